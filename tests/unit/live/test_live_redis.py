"""Redis: real servers for what they really say, and scripted ones for what real ones rarely do."""

from __future__ import annotations

import os
import signal
import socket
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.chains import CLIENT, Issuer
from support.tcp_servers import serve

from preflight.live.deadline import Deadline
from preflight.live.failures import LiveFailure
from preflight.live.handshake import ClientCertificate, TlsOptions
from preflight.live.reasons import REASONS as COMMON
from preflight.live.redis import REASONS, RedisServer, RedisTarget, check_redis
from preflight.live.redis_protocol import Connection

GOOD, BAD = "correct-horse-in-tests", "wrong-horse-in-tests"
real = pytest.mark.server


def ask(port, *, timeout=5.0, host="127.0.0.1", **target):
    return check_redis(RedisTarget(host=host, port=port, **target), timeout=timeout, deadline=Deadline(20))


def outcome(told):
    assert isinstance(told, RedisServer), told
    return told.unauthenticated, told.auth_accepted, told.refusal and told.refusal.reason


@pytest.fixture(scope="module")
def pki(tmp_path_factory):
    directory = tmp_path_factory.mktemp("redis")
    ca = Issuer("Root", ca=True)
    (directory / "ca.pem").write_bytes(ca.pem)
    certificate, key = Issuer("localhost", ca, names=("localhost", "127.0.0.1")).write(directory, "server")
    Issuer("app", ca, purpose=CLIENT).write(directory, "client")
    Issuer("Other", ca=True).write(directory, "other")
    return directory, {"tls-cert-file": certificate, "tls-key-file": key, "tls-ca-cert-file": directory / "ca.pem"}


@real
@pytest.mark.parametrize(
    ("login", "expected"),
    [
        ({}, ("refused", None, "password_missing")),
        ({"password": GOOD}, ("refused", True, None)),
        ({"username": "default", "password": GOOD}, ("refused", True, None)),
        ({"password": BAD}, ("refused", False, "password_refused")),
        ({"username": "nobody", "password": GOOD}, ("refused", False, "password_refused")),
        ({"password": ""}, ("refused", False, "password_refused")),
        ({"password": "sp ace \u00fc\r\n$5"}, ("refused", False, "password_refused")),
    ],
)
def test_a_server_with_a_password(start_redis, login, expected):
    told = ask(start_redis(settings={"requirepass": GOOD}).port, **login)
    assert outcome(told) == expected
    assert told.auth_required
    assert (told.version is not None) == (told.refusal is None)
    assert told.tls is None


@real
@pytest.mark.parametrize(
    ("login", "expected"),
    [
        ({}, ("accepted", None, None)),
        ({"password": GOOD}, ("accepted", False, "no_password_on_server")),
        ({"username": "default", "password": GOOD}, ("accepted", True, None)),  # a user with `nopass` takes any
        ({"username": "nobody", "password": GOOD}, ("accepted", False, "password_refused")),
    ],
)
def test_a_server_without_a_password(start_redis, login, expected):
    told = ask(start_redis().port, **login)
    assert outcome(told) == expected
    assert not told.auth_required


@real
@pytest.mark.parametrize(
    ("user", "expected"),
    [
        ("all", ("refused", True, None)),
        ("few", ("refused", True, None)),
        ("off", ("refused", False, "password_refused")),
        (None, ("refused", False, "password_refused")),
    ],
)
def test_users_of_an_access_control_list(start_redis, user, expected):
    users = ("default off", f"all on >{GOOD} +@all ~*", f"few on >{GOOD} +get ~*", f"off off >{GOOD} +@all ~*")
    told = ask(start_redis(users=users).port, username=user, password=GOOD)
    assert outcome(told) == expected
    assert (told.version or "").count(".") == (2 if expected[1] else 0)


@real
def test_a_default_user_who_may_not_ping_needs_no_login_all_the_same(start_redis):
    told = ask(start_redis(users=("default on nopass -@all +get ~*",)).port)
    assert outcome(told) == ("restricted", None, None)
    assert not told.auth_required


@real
def test_a_server_over_tls(start_redis, pki):
    directory, tls = pki
    server = start_redis(settings={"requirepass": GOOD, "tls-auth-clients": "no"}, tls=tls)
    told = ask(server.port, password=GOOD, tls=TlsOptions(ca_file=str(directory / "ca.pem")))
    assert outcome(told) == ("refused", True, None)
    assert (told.tls.version, told.tls.verified) == ("1.3", True)
    told = ask(server.port, password=GOOD, tls=TlsOptions(ca_file=str(directory / "other.pem")))
    assert (told.reason, told.retriable, len(told.certificates)) == ("wrong_ca", False, 2)  # Redis sends its CA, too
    told = ask(server.port, password=GOOD, tls=TlsOptions(ca_file=str(directory / "ca.pem"), server_name="elsewhere"))
    assert told.reason == "name_mismatch"
    assert ask(server.port, password=GOOD).reason == "tls_expected"


@real
def test_a_server_over_tls_that_wants_a_client_certificate(start_redis, pki):
    directory, tls = pki
    server = start_redis(settings={"requirepass": GOOD, "tls-auth-clients": "yes"}, tls=tls)
    options = TlsOptions(ca_file=str(directory / "ca.pem"))
    assert ask(server.port, password=GOOD, tls=options).reason == "client_certificate_required"
    assert ask(server.port, password=GOOD).reason == "tls_expected"
    names = {"client": None, "other": "client_certificate_unknown_ca"}
    for name, reason in names.items():
        shown = ClientCertificate(
            certificate_file=str(directory / f"{name}.pem"), key_file=str(directory / f"{name}.key")
        )
        told = ask(server.port, password=GOOD, tls=options.replace(certificate=shown))
        assert (told.reason if isinstance(told, LiveFailure) else None) == reason


@real
@pytest.mark.parametrize("password", [None, GOOD])
def test_tls_towards_a_server_without_it(start_redis, password):
    server = start_redis(settings={"requirepass": password} if password else {})
    told = ask(server.port, password=password, tls=TlsOptions(), timeout=1.5)
    assert (told.reason, told.retriable) == ("not_tls", False)


@real
def test_protected_mode(start_redis):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as one:
        one.connect(("192.0.2.1", 9))  # sends nothing; tells which address of this machine leads out
        outside = one.getsockname()[0]
    if outside.startswith("127."):
        pytest.skip("this machine has no address but loopback")
    server = start_redis(settings={"bind": "0.0.0.0"})  # noqa: S104 - that is the case to be seen
    told = ask(server.port, host=outside, password=GOOD)
    assert outcome(told) == ("protected", None, "protected_mode")
    assert not told.auth_required


@real
def test_a_server_that_was_stopped_costs_the_timeout(start_redis):
    server = start_redis()
    os.kill(server.pid, signal.SIGSTOP)
    began = time.monotonic()
    told = ask(server.port, timeout=0.5)
    assert (told.reason, told.retriable) == ("timeout", True)
    assert ask(server.port, timeout=0.5, tls=TlsOptions()).reason == "timeout"
    assert time.monotonic() - began < 4
    os.kill(server.pid, signal.SIGCONT)


@real
def test_a_server_that_is_gone_refuses(redis_binary):
    from support import redis_server

    with redis_server.start(redis_binary) as server:
        assert outcome(ask(server.port))[0] == "accepted"
    assert (ask(server.port).reason, ask(server.port).retriable) == ("refused", True)


@real
def test_the_password_is_sent_once(start_redis):
    server = start_redis(settings={"requirepass": GOOD})
    ask(server.port, password=BAD)
    log = check_acl_log(server.port)
    assert log == 1


def check_acl_log(port):
    """Ask the server how many refused logins it remembers."""
    from preflight.live.streams import PlainStream

    talk = Connection(PlainStream(socket.create_connection(("127.0.0.1", port)), Deadline(5)))
    talk.ask("AUTH", GOOD)
    entries = talk.ask("ACL", "LOG")
    talk.close()
    (entry,) = entries
    return entry[1]


def scripted(*answers, then=None):
    """Serve connections that answer each thing they get with the next answer."""

    def speak(connection):
        for answer in answers:
            if not connection.recv(65536):
                return
            connection.sendall(answer)
        if then is not None:
            then(connection)

    return serve(speak)


@pytest.mark.parametrize(
    ("answers", "reason", "retriable"),
    [
        ([b"-LOADING Redis is loading the dataset in memory\r\n"], "loading", True),
        ([b"-NOAUTH Authentication required.\r\n", b"+OK\r\n", b"-LOADING Redis is loading\r\n"], "loading", True),
        ([b"-MASTERDOWN Link with MASTER is down\r\n"], "busy", True),
        ([b"-BUSY Redis is busy running a script\r\n"], "busy", True),
        ([b"-ERR max number of clients reached\r\n"], "busy", True),
        ([b"-ERR unknown command 'PING'\r\n"], "protocol_error", False),
        ([b"+OK POP3 ready\r\n"], "protocol_error", False),
        ([b"-MOVED 1 10.0.0.1:6379\r\n"], "login_failed", False),
        ([b"HTTP/1.1 400 Bad Request\r\n\r\n"], "protocol_error", False),
        ([b"220 ready"], "protocol_error", False),
        ([b"\x15\x03\x01\x00\x02\x02\x28"], "tls_expected", False),
        ([b"*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n"], "protocol_error", False),
        ([b"*100000\r\n"], "answer_too_long", False),
        ([b"$99999999\r\n"], "answer_too_long", False),
        ([b"$-x\r\n"], "protocol_error", False),
        ([b":99999999999999999999\r\n"], "protocol_error", False),
        ([b"+" + b"P" * 8192], "answer_too_long", False),
        ([b"+PON"], "protocol_error", False),
        ([b"$4\r\nPO"], "protocol_error", False),
        ([b":1\r\n"], "protocol_error", False),
        ([b"$-1\r\n"], "protocol_error", False),
        ([b"-NOAUTH x\r\n", b":1\r\n"], "protocol_error", False),
    ],
)
def test_answers_that_real_servers_rarely_give(answers, reason, retriable):
    with scripted(*answers) as server:
        told = ask(server.port, password=GOOD)
    assert isinstance(told, LiveFailure), told
    assert (told.reason, told.retriable) == (reason, retriable)
    assert (COMMON | REASONS)[reason].message == told.message


NOAUTH = b"-NOAUTH Authentication required.\r\n"


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (b"-ERR invalid password\r\n", "password_refused"),  # Redis 5 and older
        (b"-ERR Client sent AUTH, but no password is set\r\n", "no_password_on_server"),
        (b"-ERR wrong number of arguments for 'auth' command\r\n", "username_unsupported"),
        (b"-ERR something new\r\n", "login_failed"),
        (b"-NOPERM auth\r\n", "login_failed"),
    ],
)
def test_refused_logins_of_other_servers(reply, reason):
    with scripted(NOAUTH, reply) as server:
        assert outcome(ask(server.port, username="app", password=GOOD)) == ("refused", False, reason)


@pytest.mark.parametrize(
    ("after", "version"),
    [
        (
            [b"-ERR unknown command `HELLO`\r\n", b"$45\r\n# Server\r\nredis_version:5.0.14\r\nredis_mode:st\r\n\r\n"],
            "5.0.14",
        ),
        ([b"-NOPERM no\r\n"], None),
        ([b"*4\r\n$6\r\nserver\r\n$6\r\nvalkey\r\n$7\r\nversion\r\n$5\r\n8.0.1\r\n"], "8.0.1"),
        ([b"*2\r\n$7\r\nversion\r\n$9\r\n<script>x\r\n"], None),
        ([b"*2\r\n$7\r\nversion\r\n:7\r\n"], None),
        ([b"*3\r\n$7\r\nversion\r\n"], None),
        ([b"garbage\r\n"], None),
        ([b"-ERR no\r\n", b"-ERR no\r\n"], None),
    ],
)
def test_the_version_is_told_where_it_is_one(after, version):
    with scripted(NOAUTH, b"+OK\r\n", b"+PONG\r\n", *after) as server:
        told = ask(server.port, password=GOOD)
    assert (outcome(told), told.version) == (("refused", True, None), version)


def test_a_hundred_megabytes_are_not_read():
    sent = 0

    def flood(connection):
        nonlocal sent
        connection.recv(100)
        connection.sendall(b"*200\r\n")
        while sent < 100_000_000:
            connection.sendall(b"$1000\r\n" + b"x" * 1000 + b"\r\n")
            sent += 1009

    with serve(flood) as server:
        began = time.monotonic()
        told = ask(server.port)
        assert time.monotonic() - began < 2
    assert told.reason == "answer_too_long"
    assert sent < 20_000_000  # what fits into both sides' buffers


def test_a_byte_now_and_then_does_not_move_the_deadline():
    def drip(connection):
        while not server.ended.wait(0.05):
            connection.sendall(b"+")

    with serve(drip) as server:
        began = time.monotonic()
        assert ask(server.port, timeout=0.5).reason == "timeout"
        assert time.monotonic() - began < 3


def test_a_server_that_closes_at_once_is_told(monkeypatch):
    with serve(lambda connection: connection.recv(100)) as server:
        told = ask(server.port)
    assert (told.reason, told.retriable) == ("closed", True)


def test_a_password_does_not_show():
    assert GOOD not in repr(RedisTarget(host="h", password=GOOD))


@settings(max_examples=60)
@given(st.lists(st.one_of(
    st.binary(max_size=40),
    st.sampled_from([b"+PONG\r\n", b"+OK\r\n", NOAUTH, b"*2\r\n", b"$3\r\nabc\r\n", b":1\r\n", b"-ERR x\r\n", b"*-1\r\n"]),
), min_size=1, max_size=5))  # fmt: skip
def test_whatever_a_server_answers_has_a_reason_of_ours(answers):
    with scripted(*answers) as server:
        told = ask(server.port, password=GOOD, timeout=0.3)
    if isinstance(told, LiveFailure):
        assert told.reason in COMMON | REASONS
    else:
        assert told.refusal is None or told.refusal.reason in REASONS
