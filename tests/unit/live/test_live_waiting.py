"""Waiting: only for what can heal, no longer than asked, and never deaf to signals."""

from __future__ import annotations

import signal
import socket
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.tcp_servers import serve

from preflight.errors import Interrupted
from preflight.live.deadline import Deadline
from preflight.live.dialing import dial
from preflight.live.failures import failure, tls_failure
from preflight.live.reasons import REASONS
from preflight.live.redis import REASONS as REDIS
from preflight.live.redis import RedisTarget, check_redis
from preflight.live.vault_reasons import REASONS as VAULT
from preflight.live.waiting import Attempts, attempt, failure_of
from preflight.model.record import Record, field


class World:
    """A clock that only sleeping and checking move."""

    def __init__(self, *answers, cost=0.0):
        self.now, self.cost = 1000.0, cost
        self.answers, self.pauses, self.begun = list(answers), [], []

    def clock(self):
        return self.now

    def sleep(self, seconds):
        assert seconds > 0
        self.pauses.append(seconds)
        self.now += seconds

    def check(self):
        self.begun.append(self.now)
        self.now += self.cost
        return self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]

    def run(self, wait, deadline=None):
        limit = Deadline(deadline, clock=self.clock)
        return attempt(self.check, wait=wait, deadline=limit, sleep=self.sleep, clock=self.clock)


REFUSED = failure("refused")


def test_what_succeeds_is_tried_once():
    assert World("up").run(60) == ("up", Attempts(attempts=1, seconds=0.0))


def test_without_waiting_there_is_one_attempt():
    assert World(REFUSED).run(0) == (REFUSED, Attempts(attempts=1, seconds=0.0))


def test_pauses_double_up_to_five_seconds():
    world = World(*[REFUSED] * 8, "up")
    assert world.run(60)[0] == "up"
    assert world.pauses == [0.25, 0.5, 1, 2, 4, 5, 5, 5]


def test_the_last_attempt_begins_when_the_time_is_over():
    world = World(REFUSED)
    answer, how = world.run(3)
    assert (answer, how) == (REFUSED, Attempts(attempts=5, seconds=3.0))
    assert world.pauses == [0.25, 0.5, 1, 1.25]


def test_what_the_checks_cost_counts():
    answer, how = World(failure("timeout"), cost=2.0).run(3)
    assert (answer.reason, how.attempts, how.seconds) == ("timeout", 2, 4.25)


@pytest.mark.parametrize("code", [code for code, told in (REASONS | REDIS | VAULT).items() if not told.retriable])
def test_what_does_not_heal_is_tried_once(code):
    told = failure(code, REASONS | REDIS | VAULT)
    assert World(told, "up").run(60) == (told, Attempts(attempts=1, seconds=0.0))


def test_only_these_reasons_heal():
    healing = {code for code, told in (REASONS | REDIS | VAULT).items() if told.retriable}
    assert healing == {
        "name_not_resolved", "resolver_failed", "refused", "timeout", "unreachable", "reset", "closed", "socket_missing",
        "loading", "busy", "sealed", "not_initialised",
    }  # fmt: skip


def test_a_failure_that_heals_into_one_that_does_not_ends_the_waiting():
    told = tls_failure("expired", verify_code=10)
    answer, how = World(REFUSED, failure("timeout"), told, "up").run(60)
    assert (answer, how.attempts) == (told, 3)


def test_the_deadline_ends_the_waiting_with_the_reason_before_it():
    answer, how = World(REFUSED).run(60, deadline=2)
    assert (answer, how) == (REFUSED, Attempts(attempts=4, seconds=2.0))
    answer, how = World(REFUSED, failure("deadline_passed")).run(60, deadline=10)
    assert (answer, how.attempts) == (REFUSED, 2)
    answer, how = World(failure("deadline_passed")).run(60, deadline=10)
    assert (answer.reason, how.attempts) == ("deadline_passed", 1)


def test_an_answer_may_have_its_failure_inside():
    class Session(Record):
        failure: object = field("Why not.", default=None)

    answers = [Session(failure=REFUSED), Session()]
    answer, how = World(*answers).run(60)
    assert (answer, how.attempts) == (answers[1], 2)
    assert failure_of(Session(failure="no failure of ours")) is None
    assert failure_of(None) is None


@given(
    wait=st.floats(0, 120), deadline=st.none() | st.floats(0, 120), cost=st.floats(0, 20),
    answers=st.lists(st.sampled_from(["refused", "expired", "timeout", "up"]), min_size=1, max_size=30),
)  # fmt: skip
def test_it_ends_in_time_and_repeats_only_what_can_heal(wait, deadline, cost, answers):
    world = World(*[one if one == "up" else failure(one) for one in answers], cost=cost)
    limit = min(wait, float("inf") if deadline is None else deadline)
    answer, how = world.run(wait, deadline)
    assert how.seconds <= limit + cost + 1e-6
    assert how.attempts == len(world.begun) == len(world.pauses) + 1 or deadline is not None
    assert all(one in {"refused", "timeout"} for one in answers[: how.attempts - 1])
    if answer != "up" and answer.retriable:
        assert how.seconds >= limit - 1e-6


def test_a_server_that_comes_up_is_found():
    with socket.create_server(("127.0.0.1", 0)) as one:
        port = one.getsockname()[1]
    listening = []
    threading.Timer(0.4, lambda: listening.append(socket.create_server(("127.0.0.1", port)))).start()
    deadline = Deadline(20)
    answer, how = attempt(lambda: dial("127.0.0.1", port, timeout=1, deadline=deadline), wait=10, deadline=deadline)
    assert isinstance(answer, socket.socket), answer
    answer.close()
    listening[0].close()
    assert how.attempts in {2, 3, 4}
    assert 0.3 < how.seconds < 3


@pytest.mark.server
def test_a_redis_is_waited_for_but_a_wrong_password_is_not_repeated(redis_binary):
    from support import redis_server

    deadline = Deadline(30)
    with redis_server.start(redis_binary, settings={"requirepass": "correct-in-tests"}) as server:
        target = RedisTarget(host="127.0.0.1", port=server.port, password="wrong-in-tests")
        answer, how = attempt(lambda: check_redis(target, timeout=2, deadline=deadline), wait=10, deadline=deadline)
        assert (answer.refusal.reason, how.attempts) == ("password_refused", 1)
    answer, how = attempt(lambda: check_redis(target, timeout=2, deadline=deadline), wait=0.6, deadline=deadline)
    assert (answer.reason, how.attempts) == ("refused", 3)


@pytest.mark.parametrize("hears", ["pause", "check"])
def test_a_signal_ends_the_waiting_at_once(hears):
    def arrived(number, _):
        raise Interrupted([], number)

    with serve(lambda _: server.ended.wait(20)) as server:
        target = RedisTarget(host="127.0.0.1", port=server.port)
        check = (lambda: check_redis(target, timeout=20, deadline=Deadline())) if hears == "check" else lambda: REFUSED
        before = signal.signal(signal.SIGALRM, arrived)
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        began = time.monotonic()
        try:
            with pytest.raises(Interrupted):
                attempt(check, wait=20, deadline=Deadline())
        finally:
            signal.signal(signal.SIGALRM, before)
        assert time.monotonic() - began < 2
