"""Connections: every address tried, every wait bounded, each failure with its reason."""

from __future__ import annotations

import errno
import os
import signal
import socket
import subprocess
import sys
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.tcp_servers import serve

from preflight.errors import Interrupted
from preflight.live.deadline import Deadline
from preflight.live.dialing import dial
from preflight.live.failures import LiveFailure, of_system
from preflight.live.reasons import REASONS


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as one:
        return one.getsockname()[1]


def answers(*addresses):
    def lookup(host, port, **_):
        return [
            (socket.AF_INET6 if ":" in address else socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))
            for address in addresses
        ]

    return lookup


def raises(error):
    def lookup(*_, **__):
        raise error

    return lookup


def reason(host, port=5432, *, timeout=2.0, deadline=None, **more):
    told = dial(host, port, timeout=timeout, deadline=deadline or Deadline(10), **more)
    if isinstance(told, LiveFailure):
        return told.reason
    told.close()
    return "connected"


def test_a_server_is_reached_by_address_and_by_name():
    with serve(lambda connection: connection.recv(1)) as server:
        assert reason("127.0.0.1", server.port) == "connected"
        assert reason("localhost", server.port) == "connected"


def test_a_port_without_a_server_refuses():
    told = dial("127.0.0.1", free_port(), timeout=2, deadline=Deadline(10))
    assert (told.reason, told.retriable) == ("refused", True)


def test_the_next_address_is_tried_after_one_that_refuses_or_never_answers():
    with serve(lambda connection: connection.recv(1)) as server:
        assert reason("db", server.port, lookup=answers("127.0.0.2", "127.0.0.1")) == "connected"
        began = time.monotonic()
        with full_queue() as silent:
            lookup = lambda *_, **__: [  # noqa: E731 - two ports, which no resolver gives
                (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)) for port in (silent, server.port)
            ]
            assert reason("db", timeout=1.0, lookup=lookup) == "connected"
        assert time.monotonic() - began < 1.0


class full_queue:  # noqa: N801 - reads as the context it is
    """A port whose queue is full: Linux then drops what asks to connect, as a firewall does."""

    def __enter__(self):
        self.listener = socket.create_server(("127.0.0.1", 0), backlog=0)
        address = self.listener.getsockname()
        self.waiting = []
        for _ in range(3):
            one = socket.socket()
            one.setblocking(False)
            one.connect_ex(address)
            self.waiting.append(one)
        return address[1]

    def __exit__(self, *_):
        for one in (*self.waiting, self.listener):
            one.close()


def test_a_server_that_never_answers_costs_the_timeout():
    with full_queue() as port:
        began = time.monotonic()
        assert reason("127.0.0.1", port, timeout=0.3) == "timeout"
        assert reason("127.0.0.1", port, timeout=9, deadline=Deadline(0.3)) == "deadline_passed"
        assert time.monotonic() - began < 2


def test_of_several_addresses_the_most_telling_reason_is_given():
    with full_queue() as silent:
        lookup = lambda *_, **__: [  # noqa: E731 - two ports, which no resolver gives
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)) for port in (silent, free_port())
        ]
        assert reason("db", timeout=0.5, lookup=lookup) == "refused"


def test_a_lookup_that_hangs_costs_the_timeout_and_keeps_nothing_alive():
    held = threading.Event()
    began = time.monotonic()
    assert reason("db", timeout=0.3, lookup=lambda *_, **__: held.wait(30)) == "timeout"
    assert reason("db", timeout=9, deadline=Deadline(0.3), lookup=lambda *_, **__: held.wait(30)) == "deadline_passed"
    assert time.monotonic() - began < 2
    assert all(thread.daemon for thread in threading.enumerate() if thread.name == "preflight-resolver")
    held.set()


def test_a_process_ends_while_a_lookup_hangs():
    program = (
        "import time; from preflight.live.deadline import Deadline; from preflight.live.dialing import dial\n"
        "print(dial('db', 1, timeout=0.2, deadline=Deadline(9), lookup=lambda *_, **__: time.sleep(60)).reason)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=20, check=True)
    assert (done.stdout, done.stderr) == ("timeout\n", "")


@pytest.mark.parametrize("slow", ["lookup", "connect"])
def test_a_signal_ends_it_at_once(slow):
    def arrived(number, _):
        raise Interrupted([], number)

    before = signal.signal(signal.SIGALRM, arrived)
    signal.setitimer(signal.ITIMER_REAL, 0.2)
    held = threading.Event()
    began = time.monotonic()
    try:
        with full_queue() as port:
            host = "127.0.0.1" if slow == "connect" else "db"
            with pytest.raises(Interrupted):
                reason(host, port, timeout=20, deadline=Deadline(), lookup=lambda *_, **__: held.wait(30))
    finally:
        signal.signal(signal.SIGALRM, before)
        held.set()
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (socket.gaierror(socket.EAI_NONAME, "SECRET"), "name_not_resolved"),
        (socket.gaierror(socket.EAI_NODATA, "SECRET"), "name_not_resolved"),
        (socket.gaierror(socket.EAI_AGAIN, "SECRET"), "resolver_failed"),
        (socket.gaierror(socket.EAI_FAIL, "SECRET"), "resolver_failed"),
        (socket.gaierror(socket.EAI_SYSTEM, "SECRET"), "resolver_failed"),
        (socket.gaierror(socket.EAI_SERVICE, "SECRET"), "invalid_address"),
        (OSError(errno.EMFILE, "SECRET"), "resolver_failed"),
        (MemoryError("SECRET"), "resolver_failed"),
    ],
)
def test_what_the_resolver_says_has_its_reason(error, code):
    told = dial("db", 5432, timeout=2, deadline=Deadline(10), lookup=raises(error))
    assert (told.reason, told.retriable) == (code, code != "invalid_address")
    assert "SECRET" not in repr(told)


def test_a_resolver_that_cannot_start_has_its_reason(monkeypatch):
    def start(_):
        raise RuntimeError

    monkeypatch.setattr(threading.Thread, "start", start)
    assert reason("db", lookup=answers("127.0.0.1")) == "resolver_failed"


def test_a_name_without_addresses_does_not_resolve():
    assert reason("db", lookup=answers()) == "name_not_resolved"


def test_a_name_that_cannot_exist_does_not_resolve():
    assert reason("no-such-host.invalid", timeout=8) in {"name_not_resolved", "resolver_failed"}  # RFC 6761


@pytest.mark.parametrize(
    "host", ["", "a..b", "x" * 64 + ".example", "a\0b", "/a\0b", "/" + "x" * 200, "\udc80", "b..\u00fc", "/\ud800"]
)
def test_a_host_that_is_none_is_told(host):
    assert reason(host) == "invalid_address"


@pytest.mark.parametrize("port", [0, -1, 65536, 10**30])
def test_a_port_that_is_none_is_told(port):
    assert reason("127.0.0.1", port) == "invalid_address"


@given(st.text(max_size=80), st.integers())
def test_any_host_and_port_has_a_reason(host, port):
    told = dial(host, port, timeout=0.5, deadline=Deadline(2), lookup=raises(socket.gaierror(socket.EAI_NONAME)))
    if isinstance(told, LiveFailure):
        assert told.reason in REASONS
    else:
        told.close()


def test_a_local_socket_is_reached_by_its_path(tmp_path):
    path = str(tmp_path / "s")
    assert reason(path, 0) == "socket_missing"
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind(path)
        assert reason(path, 0) == "refused"
        listener.listen()
        assert reason(path, 0) == "connected"
    os.unlink(path)
    (tmp_path / "s").write_text("no socket")
    assert reason(path, 0) == "refused"


def test_a_deadline_that_has_passed_dials_nothing():
    with serve(lambda connection: connection.recv(1)) as server:
        assert reason("127.0.0.1", server.port, deadline=Deadline(0)) == "deadline_passed"
        assert server.connections == 0


@pytest.mark.parametrize(
    ("number", "code"),
    [
        (errno.ECONNREFUSED, "refused"),
        (errno.ETIMEDOUT, "timeout"),
        (errno.ECONNRESET, "reset"),
        (errno.EHOSTUNREACH, "unreachable"),
        (errno.ENETUNREACH, "unreachable"),
        (errno.EACCES, "forbidden_here"),
        (errno.EMFILE, "out_of_descriptors"),
        (errno.EDOM, "network_error"),
    ],
)
def test_each_error_of_the_system_has_its_reason(number, code):
    told = of_system(OSError(number, "SECRET"), Deadline(1))
    assert told.reason == code
    assert "SECRET" not in repr(told)


def test_every_reason_says_what_is_the_case_and_what_to_do():
    for code, told in REASONS.items():
        assert code.replace("_", "").isalnum() and code.islower()  # noqa: PT018 - one property, two halves
        assert told.message.endswith(".") and told.hint.endswith("."), code  # noqa: PT018 - the same


def test_a_checks_deadline_is_never_past_the_runs():
    now = 100.0
    run = Deadline(10, clock=lambda: now)
    assert run.within(3).remaining() == 3
    assert run.within(30).remaining() == 10
    assert run.within(30).within(2).remaining() == 2
    assert Deadline(clock=lambda: now).remaining() == float("inf")
    check = run.within(3)
    now = 104.0
    assert (check.passed(), check.remaining(), check.reason(), run.passed()) == (True, 0.0, "timeout", False)
    now = 110.0
    assert (run.passed(), check.reason()) == (True, "deadline_passed")
