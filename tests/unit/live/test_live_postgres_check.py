"""A whole check against servers that hang, hang up, lie or flood at each step: always an answer, always in time."""

from __future__ import annotations

import os
import resource
import signal
import socket
import struct
import sys
import time

import pytest
from support.chains import SERVER, Issuer
from support.tcp_servers import drain, serve, server_context

from preflight.live.deadline import Deadline
from preflight.live.postgres import POSTGRES_REASONS, check_postgres, target_of
from preflight.model.secret_text import SecretText
from preflight.postgres.conninfo import parse_connection_string
from preflight.postgres.split import connection_of, split_clients

PASSWORD = "of-this-test-only"
TIMEOUT = 0.6  # seconds for each step
ASK_PASSWORD = b"R" + struct.pack("!ii", 8, 3)
LET_IN = b"R" + struct.pack("!ii", 8, 0)
READY = b"Z" + struct.pack("!i", 5) + b"I"


def message(kind, body):
    return kind + struct.pack("!i", len(body) + 4) + body


def refusal(sqlstate, text=b"", routine=b""):
    return message(b"E", b"SFATAL\0VFATAL\0C" + sqlstate + b"\0M" + text + b"\0R" + routine + b"\0\0")


STATUS = message(b"S", b"server_version\x0017.2\0")
NOTICE = message(b"N", b"SNOTICE\0VNOTICE\0C00000\0Mwelcome\0\0")


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    for name in [name for name in os.environ if name.startswith("PG")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def check(port, query="sslmode=require", *, seconds=20.0, host="127.0.0.1"):
    text = f"postgresql://app:{PASSWORD}@{host}:{port}/shop?{query}"
    began = time.monotonic()
    session = check_postgres(target_of(parse_connection_string(text), {}), deadline=Deadline(seconds), timeout=TIMEOUT)
    assert time.monotonic() - began < min(seconds, 8) + 1
    assert PASSWORD not in repr(session)
    return session


def reason(session):
    return session.failure and session.failure.reason


def receive(connection):
    """Receive a message without a kind, as the first one of a connection is."""
    head = connection.recv(4, socket.MSG_WAITALL)
    if len(head) < 4:
        raise EOFError
    return connection.recv(int.from_bytes(head, "big") - 4, socket.MSG_WAITALL)


def speak(*, tls=b"N", start_up=b"", after=drain):
    """Answer an SSLRequest with one thing and a start-up message with another, then do something else."""

    def handler(connection):
        body = receive(connection)
        if body == struct.pack("!i", 80877103):
            connection.sendall(tls)
            if tls != b"N":
                after(connection)
                return
            receive(connection)
        connection.sendall(start_up)
        after(connection)

    return handler


def hang_up(connection):
    connection.shutdown(socket.SHUT_RDWR)


def flood(data):
    def forever(connection):
        while True:
            connection.sendall(data * 100)

    return forever


@pytest.mark.parametrize(
    ("handler", "query", "expected"),
    [
        (drain, "sslmode=require", "timeout"),
        (hang_up, "sslmode=require", "closed"),
        (lambda connection: connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n"), "sslmode=require", "not_postgresql"),
        (lambda connection: connection.sendall(b"SSH-2.0-x\r\n"), "sslmode=require", "data_before_tls"),
        (speak(tls=b"S"), "sslmode=require", "timeout"),
        (speak(tls=b"S", after=hang_up), "sslmode=require", "closed"),
        (speak(tls=b"S" + LET_IN + READY), "sslmode=require", "data_before_tls"),
        (speak(tls=b"S", after=lambda connection: (connection.recv(5000), connection.sendall(LET_IN))), "sslmode=require", "not_tls"),
        (speak(tls=b"N", start_up=ASK_PASSWORD), "sslmode=verify-full&sslrootcert=system", "plaintext_only"),
        (speak(tls=refusal(b"53300")), "sslmode=require", "too_many_connections"),
        (speak(tls=b"Ecould not fork new process for connection\n\0"), "sslmode=require", "not_postgresql"),
        (speak(tls=b"E" + struct.pack("!i", 2**31 - 1) + b"x" * 1_000_000), "sslmode=require", "not_postgresql"),
        (speak(start_up=b""), "sslmode=disable", "timeout"),
        (speak(start_up=b"", after=hang_up), "sslmode=disable", "login_failed"),
        (speak(start_up=b"garbage"), "sslmode=disable", "login_failed"),
        (speak(start_up=ASK_PASSWORD), "sslmode=disable", "timeout"),
        (speak(start_up=ASK_PASSWORD, after=hang_up), "sslmode=disable", "login_failed"),
        (speak(start_up=LET_IN), "sslmode=disable", "timeout"),
        (speak(start_up=NOTICE + LET_IN), "sslmode=disable", "login_failed"),
        (speak(start_up=refusal(b"57P03")), "sslmode=disable", "starting_up"),
        (speak(start_up=LET_IN + refusal(b"3D000")), "sslmode=disable", "database_missing"),
        (speak(start_up=LET_IN + NOTICE + refusal(b"53300")), "sslmode=disable", "too_many_connections"),
        (speak(start_up=refusal(b"28000", b"no pg_hba.conf entry" + b"x" * 25_000, b"ClientAuthentication")), "sslmode=disable", "no_hba_entry"),
        (speak(start_up=refusal(b"28P01", b"x" * 60_000)), "sslmode=disable", "password_refused"),
        (speak(start_up=refusal(b"28P01 ")), "sslmode=disable", "login_refused"),
    ],
)  # fmt: skip
def test_each_wrong_turn_has_its_reason(handler, query, expected):
    with serve(handler) as server:
        session = check(server.port, query)
    assert (session.connected, reason(session)) == (False, expected)
    assert session.failure.retriable is POSTGRES_REASONS[expected].retriable


def test_a_server_that_lets_in_and_falls_silent_has_let_in():
    with serve(speak(start_up=LET_IN + STATUS + READY)) as server:
        session = check(server.port, "sslmode=disable")
    assert (session.connected, session.tls, session.server_version, session.authentication) == (
        True,
        False,
        "17.2",
        "none",
    )
    assert (session.tls_version, session.client_certificate) == (None, None)
    assert session.servers[0].plaintext == "open"


def test_notices_go_nowhere(capfd):
    with serve(speak(start_up=LET_IN + NOTICE + READY, after=flood(NOTICE))) as server:
        session = check(server.port, "sslmode=disable")
    assert session.connected
    assert capfd.readouterr() == ("", "")


ROW = message(b"T", struct.pack("!h", 1) + b"x\0" + struct.pack("!ihihih", 0, 0, 25, -1, -1, 0))


@pytest.mark.parametrize(
    ("start_up", "endless"),
    [
        (LET_IN, STATUS),
        (LET_IN, NOTICE),
        (LET_IN + READY, message(b"D", struct.pack("!hi", 1, 1000) + b"x" * 1000)),
        (LET_IN + READY + ROW, message(b"D", struct.pack("!hi", 1, 1000) + b"x" * 1000)),
        (LET_IN + READY, message(b"S", b"name\0" + b"x" * 20_000 + b"\0")),
    ],
)
def test_a_flood_ends_in_time_and_in_little_memory(start_up, endless):
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with serve(speak(start_up=start_up, after=flood(endless))) as server:
        check(server.port, "sslmode=disable")
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 64 * 1024  # KiB on Linux


def test_the_run_as_a_whole_has_a_deadline():
    with serve(drain) as server:
        session = check(server.port, seconds=0.3)
        assert reason(session) == "deadline_passed"
        assert session.failure.retriable is False
        assert reason(check(server.port, seconds=0.0)) == "deadline_passed"


def test_no_password_is_sent_to_a_server_that_is_not_the_one():
    heard = []

    def listen(connection):
        receive(connection)
        connection.sendall(b"N")
        data = connection.recv(5000)
        heard.append(data)
        connection.sendall(ASK_PASSWORD)
        heard.append(connection.recv(5000))

    with serve(listen) as server:
        assert reason(check(server.port)) == "plaintext_only"
    assert PASSWORD.encode() not in b"".join(heard)


def test_the_certificate_of_a_server_is_seen_even_where_it_is_refused(tmp_path):
    ca = Issuer("Root", ca=True)
    expired = Issuer("localhost", ca, names=("127.0.0.1",), days=(-9, -1), purpose=SERVER)
    certificate, key = expired.write(tmp_path, "server")
    trusted, _ = ca.write(tmp_path, "ca")
    context = server_context(certificate, key)

    def handler(connection):
        if receive(connection) != struct.pack("!i", 80877103):
            connection.sendall(refusal(b"28000", b"pg_hba.conf"))
            return
        connection.sendall(b"S")
        with context.wrap_socket(connection, server_side=True) as secured:
            drain(secured)

    with serve(handler) as server:
        session = check(server.port, f"sslmode=verify-full&sslrootcert={trusted}")
    assert reason(session) == "expired"
    assert session.servers[0].certificates[0] == expired.der
    assert (session.servers[0].tls_offered, session.servers[0].plaintext) == (True, "refused")


@pytest.mark.parametrize(
    ("parameter", "expected"),
    [
        ("sslrootcert", "ca_unusable"),
        ("sslcert", "client_certificate_unusable"),
        ("sslcrl", "crl_not_regular"),
        ("sslkey", "key_not_regular"),
    ],
)
def test_a_pipe_where_a_file_should_be_is_never_opened(parameter, expected, tmp_path):
    os.mkfifo(tmp_path / "pipe")
    Issuer("app").write(tmp_path, "app")
    files = {"sslcert": tmp_path / "app.pem", "sslkey": tmp_path / "app.key", parameter: tmp_path / "pipe"}
    query = "&".join(f"{name}={path}" for name, path in files.items())
    with serve(speak(tls=b"S", start_up=refusal(b"28000"), after=hang_up)) as server:
        session = check(server.port, f"sslmode=require&{query}")
    assert reason(session) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("postgresql://app@${HOST}/shop", "unresolved_reference"),
        ("postgresql://app:${PASSWORD}@127.0.0.1:{port}/shop", "unresolved_reference"),
        ("postgresql://app@127.0.0.1:{port}/shop?sslmode=${MODE}", "unresolved_reference"),
        ("postgresql://app@127.0.0.1:{port}/shop?service=shop", "service_file"),
        ("postgresql://app:a@b@127.0.0.1:{port}/shop", "settings_refused"),
        ("postgresql+asyncpg://app@127.0.0.1:{port}/shop?sslmode=require", "settings_refused"),
        ("host=127.0.0.1 port={port},{port},{port} user=app sslmode=require", "settings_refused"),
    ],
)
def test_what_cannot_be_tried_is_not_tried(text, expected):
    with serve(drain) as server:
        connection = parse_connection_string(text.replace("{port}", str(server.port)))
        session = check_postgres(target_of(connection, {}), deadline=Deadline(20), timeout=TIMEOUT)
        assert server.connections == 0
    assert reason(session) == expected
    assert session.servers == ()


def test_without_psycopg_it_says_so(monkeypatch):
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with serve(speak(start_up=ASK_PASSWORD)) as server:
        session = check(server.port, "sslmode=disable")
    assert reason(session) == "driver_missing"
    assert session.servers[0].plaintext == "accepted"


def test_a_signal_ends_it_and_leaves_nothing_open(tmp_path):
    class StopError(Exception):
        pass

    def stop(*_):
        raise StopError

    before = signal.signal(signal.SIGALRM, stop)
    try:
        for query, handler in {"sslmode=require": drain, "sslmode=disable": speak(start_up=LET_IN)}.items():
            with serve(handler) as server:
                signal.setitimer(signal.ITIMER_REAL, TIMEOUT / 2)
                with pytest.raises(StopError):
                    check(server.port, query)
                signal.setitimer(signal.ITIMER_REAL, 0)
                assert not [link for link in links() if "preflight" in link]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def links():
    for name in os.listdir("/proc/self/fd"):
        try:
            yield os.readlink(f"/proc/self/fd/{name}")
        except OSError:
            continue


def target(text, environment=None, **more):
    return target_of(parse_connection_string(text), environment or {}, **more)


def test_what_the_text_leaves_open_comes_from_beside_it_then_from_variables():
    environment = {
        "PGUSER": "app",
        "PGPORT": "6432",
        "PGPASSWORD": PASSWORD,
        "PGSSLMODE": "verify-ca",
        "PGSSLROOTCERT": "/env.pem",
    }
    found = target(
        "postgresql://db.internal/shop", environment, beside={"sslrootcert": "/beside.pem", "sslcert": "/c.pem"}
    )
    assert [(one.host, one.address, one.port) for one in found.servers] == [("db.internal", "", 6432)]
    assert (found.user, found.database, found.sslmode) == ("app", "shop", "verify-ca")
    assert found.password == SecretText(PASSWORD)
    assert found.parameters == {"sslrootcert": "/env.pem", "sslcert": "/c.pem"}
    assert PASSWORD not in repr(found)


def test_the_database_is_named_like_the_role_where_none_is_named():
    assert target("postgresql://app@db").database == "app"
    assert target("postgresql://db", {"PGUSER": "app"}).database == "app"
    assert target("postgresql://db").user != ""


def test_several_servers_keep_their_order_and_ports():
    found = target("postgresql://app@a:1,b,[::1]:3/shop?hostaddr=10.0.0.1,10.0.0.2,::1")
    assert [(one.host, one.address, one.port) for one in found.servers] == [
        ("a", "10.0.0.1", 1), ("b", "10.0.0.2", 5432), ("::1", "::1", 3),
    ]  # fmt: skip


def test_a_socket_is_local_and_an_address_is_not():
    assert target("postgresql:///shop?host=/run/postgresql").servers[0].local
    assert target("postgresql:///shop").servers[0].local
    assert not target("hostaddr=10.0.0.1 dbname=shop").servers[0].local
    assert target("hostaddr=10.0.0.1 dbname=shop").servers[0].host == ""
    assert target("jdbc:postgresql:shop?user=app").servers[0].host == "localhost"


def test_other_drivers_modes_become_libpqs():
    asyncpg = target("postgresql+asyncpg://app@db/shop?ssl=verify-full", driver="sqlalchemy-asyncpg")
    assert (asyncpg.driver, asyncpg.sslmode, asyncpg.problem) == ("sqlalchemy-asyncpg", "verify-full", None)
    assert "ssl" not in asyncpg.parameters
    assert target("jdbc:postgresql://db/shop?user=app&ssl=true").sslmode == "verify-full"


def test_what_writes_files_or_asks_people_is_not_handed_on():
    found = target(
        "postgresql://app@db/shop?sslkeylogfile=/tmp/keys&oauth_issuer=https://id.test&oauth_client_id=x&sslpassword=s"
    )
    assert found.parameters == {}
    assert found.key_passphrase == SecretText("s")


def test_split_settings_count():
    environment = {
        "DB_HOST": "db.internal",
        "DB_USER": "app",
        "DB_PASSWORD": PASSWORD,
        "DB_NAME": "shop",
        "DB_SSLMODE": "verify-full",
    }
    (group,) = split_clients(environment)
    found = target_of(connection_of(group, environment), environment, split={"ssl_mode": "verify-full"})
    assert (found.sslmode, found.user, found.problem) == ("verify-full", "app", None)
    assert found.password == SecretText(PASSWORD)
