"""The live checks of a run: each server once, patience shared by all, a deadline that ends the run, and who is told."""

from __future__ import annotations

import pytest

from preflight.errors import DeadlineError
from preflight.live.checks import LiveChecks, clause
from preflight.live.deadline import Deadline
from preflight.live.failures import failure
from preflight.live.postgres import POSTGRES_REASONS
from preflight.live.reasons import REASONS
from preflight.live.redis import REASONS as REDIS
from preflight.live.vault_reasons import REASONS as VAULT

REFUSED, WRONG = failure("refused"), failure("wrong_ca")


class World:
    """A clock that only sleeping moves, servers that come up at a time, and what was said."""

    def __init__(self, *, wait=0.0, deadline=None, cost=0.0):
        self.now, self.cost, self.lines, self.asked, self.given = 100.0, cost, [], [], []
        clock = lambda: self.now  # noqa: E731 - shorter than a method for what it is
        self.checks = LiveChecks(
            Deadline(deadline, clock=clock), wait=wait, announce=self.lines.append, clock=clock, sleep=self.sleep
        )

    def sleep(self, seconds):
        self.now += seconds

    def ask(self, target, *, up_after=0.0, answer="up", until=REFUSED):
        def check(deadline):
            self.asked.append(target)
            self.given.append((target, deadline.remaining()))
            self.now += min(self.cost, deadline.remaining())
            return answer if self.now >= 100.0 + up_after else until

        return self.checks.ask(target, f"setting of {target}", check)


def test_equal_targets_are_asked_once():
    world = World()
    first = world.ask("a")
    assert world.ask("a", answer="another") is first
    world.ask("b")
    assert world.asked == ["a", "b"]


def test_the_patience_is_shared():
    world = World(wait=20)
    world.ask("a", up_after=12)
    assert 112 <= world.now < 118
    world.ask("b", up_after=1000)
    assert 119.9 < world.now < 126, "the time of both together"


def test_a_server_that_never_comes_leaves_the_next_one_time_to_be_tried_again():
    world = World(wait=20)
    world.ask("a", up_after=1000)
    assert world.now >= 120
    begun = world.now
    assert world.ask("b", up_after=begun - 100 + 3)[0] == "up"
    assert world.ask("c", up_after=1000)[1].attempts > 2
    assert world.ask("d", answer=WRONG)[1].attempts == 1


def test_a_short_wait_is_no_longer_for_a_server_that_comes_later():
    world = World(wait=1)
    world.ask("a", up_after=1000)
    begun = world.now
    world.ask("b", up_after=1000)
    assert world.now - begun == pytest.approx(1, abs=0.01)


def test_no_server_takes_all_the_time_up_to_the_deadline():
    world = World(wait=60, deadline=20)
    for name in "abc":
        answer, effort = world.ask(name, up_after=1000)
        assert answer is REFUSED
        assert effort.attempts > 1, name
    assert world.now < 120


def test_what_hangs_when_it_is_tried_again_does_not_take_the_time_of_the_others():
    world = World(wait=60, deadline=40, cost=25)
    world.ask("a", up_after=1000)
    again = [left for target, left in world.given if target == "a"][1:]
    assert again
    assert all(left < 17 for left in again), "the share of a, and one step of a check"
    assert world.ask("b")[0] == "up"


def test_what_comes_up_is_there_and_what_waiting_does_not_cure_is_not_waited_for():
    world = World(wait=60)
    answer, effort = world.ask("a", up_after=7)
    assert answer == "up"
    assert effort.attempts > 3
    begun = world.now
    assert world.ask("b", answer=WRONG)[1].attempts == 1
    assert world.now == begun


def test_somebody_is_told_at_once_and_every_ten_seconds():
    world = World(wait=35)
    world.ask("a", up_after=1000)
    assert (
        world.lines[0]
        == "waiting for setting of a (nothing listens on that port: the connection was refused), 35 s left"
    )
    assert len(world.lines) == 4


def test_nobody_is_told_where_nothing_is_waited_for():
    world = World()
    world.ask("a", answer=REFUSED)
    world.ask("b", answer=WRONG)
    assert world.lines == []


def test_the_deadline_ends_the_run_and_not_the_knowledge():
    late = World(deadline=0)
    with pytest.raises(DeadlineError):
        late.ask("a", answer=failure("deadline_passed"))
    waited = World(wait=60, deadline=5)
    answer, effort = waited.ask("a", up_after=1000)
    assert answer is REFUSED
    assert effort.attempts > 1
    assert waited.now <= 105


@pytest.mark.parametrize("table", [REASONS, POSTGRES_REASONS, REDIS, VAULT])
def test_every_reason_reads_well_behind_a_name_and_says_what_to_do(table):
    for reason in table.values():
        assert reason.message.endswith(".")
        said = clause(reason.message)
        assert not said.endswith(".")
        assert said[0].islower() or said[:3].isupper(), said
        assert reason.hint.endswith("."), reason.hint
        assert "{" not in reason.message + reason.hint
