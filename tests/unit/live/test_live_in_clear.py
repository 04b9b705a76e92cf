"""No password and no token goes to another machine in clear: this one's servers are taken for another's here."""

from __future__ import annotations

import json
import os
import secrets
import socket
import struct

import pytest
from support.chains import SERVER, Issuer
from support.tcp_servers import drain, serve

from preflight.live import _postgres_secrecy, nearness
from preflight.live.deadline import Deadline
from preflight.live.nearness import is_here, stays_here
from preflight.live.postgres import check_postgres, target_of
from preflight.live.redis import RedisServer, RedisTarget, check_redis
from preflight.live.vault_target import VaultTarget
from preflight.postgres.conninfo import parse_connection_string

real = pytest.mark.server


@pytest.fixture
def elsewhere(monkeypatch):
    """Take every address for one of another machine."""
    for module in (nearness, _postgres_secrecy):
        monkeypatch.setattr(module, "is_here", lambda address: not address)


@pytest.mark.parametrize(
    ("address", "here"),
    [
        ("", True), ("127.0.0.1", True), ("127.8.9.10", True), ("::1", True), ("::ffff:127.0.0.1", True),
        ("::ffff:10.0.0.1", False), ("10.0.0.1", False), ("fe80::1%eth0", False), ("fd00::2", False),
        ("169.254.1.1", False), ("localhost.example.com", False),
    ],
)  # fmt: skip
def test_what_is_this_machine(address, here):
    assert is_here(address) is here


def test_a_connection_over_this_machines_own_network_address_counts_as_one_to_another(tmp_path):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as asking:
        try:
            asking.connect(("192.0.2.1", 9))
        except OSError:
            pytest.skip("this machine has no network")
        own = asking.getsockname()[0]
    if is_here(own):
        pytest.skip("this machine has no address but its loopback's")
    with socket.create_server(("", 0)) as listener:
        port = listener.getsockname()[1]
        with socket.create_connection((own, port), timeout=5) as far:
            assert not stays_here(far)
        with socket.create_connection(("127.0.0.1", port), timeout=5) as near:
            assert stays_here(near)
    path = str(tmp_path / "s")
    with socket.socket(socket.AF_UNIX) as local, socket.socket(socket.AF_UNIX) as client:
        local.bind(path)
        local.listen()
        client.connect(path)
        assert stays_here(client)
    with socket.socket() as closed:
        assert not stays_here(closed), "where nobody can say, it is another machine"


# -- PostgreSQL --------------------------------------------------------------------------------------------------------

HBA = """\
host      all     both    all scram-sha-256
hostssl   all     tls     all scram-sha-256
hostnossl all     plain   all scram-sha-256
host      all     open    all trust
"""


@pytest.fixture(autouse=True)
def home(tmp_path, monkeypatch):
    for name in [name for name in os.environ if name.startswith("PG")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def log_in(port, user, query, password):
    who = user if password is None else f"{user}:{password}"
    target = target_of(parse_connection_string(f"postgresql://{who}@127.0.0.1:{port}/postgres?{query}"), {})
    session = check_postgres(target, deadline=Deadline(20), timeout=3.0)
    return (session.failure and session.failure.reason) or session.tls, session


@pytest.fixture
def cluster(start_postgres, tmp_path):
    tmp_path.chmod(0o755)
    certificate, key = Issuer("server", names=("localhost", "127.0.0.1"), purpose=SERVER).write(tmp_path, "server")
    running = start_postgres(certificate=certificate, key=key, hba=HBA)
    password = secrets.token_hex(16)
    running.execute(*(f"create role \"{name}\" login password '{password}'" for name in ("both", "tls", "plain")))
    running.execute("create role open login")
    return running, password


@real
@pytest.mark.parametrize(
    ("user", "query", "expected"),
    [
        ("both", "sslmode=disable", "password_in_clear"),
        ("both", "sslmode=allow", "password_in_clear"),
        ("tls", "sslmode=allow", True),
        ("both", "sslmode=prefer", True),
        ("plain", "sslmode=prefer", "password_in_clear"),
        ("both", "sslmode=require", True),
        ("plain", "sslmode=require", "no_hba_entry"),
        ("open", "sslmode=disable", False),  # it has no password
    ],
)
def test_a_login_to_another_machine_is_encrypted_or_not_tried(elsewhere, cluster, user, query, expected):
    running, password = cluster
    found, session = log_in(running.port, user, query, None if user == "open" else password)
    assert found == expected
    assert session.servers[0].plaintext is not None, "what else was seen is told all the same"
    assert session.servers[0].certificates


@real
def test_on_this_machine_the_login_is_the_services_own(cluster):
    running, password = cluster
    assert log_in(running.port, "both", "sslmode=disable", password)[0] is False
    assert log_in(running.port, "both", "sslmode=allow", password)[0] is False
    assert log_in(running.port, "plain", "sslmode=prefer", password)[0] is False


@real
def test_a_passfile_counts_as_a_password(elsewhere, cluster, home):
    running, password = cluster
    assert log_in(running.port, "both", "sslmode=disable", None)[0] == "password_missing"
    (home / ".pgpass").write_text(f"*:*:*:both:{password}\n")
    (home / ".pgpass").chmod(0o600)
    assert log_in(running.port, "both", "sslmode=disable", None)[0] == "password_in_clear"
    assert log_in(running.port, "both", "sslmode=prefer", None)[0] is True


@pytest.mark.parametrize("query", ["sslmode=disable", "sslmode=allow", "sslmode=prefer"])
def test_a_server_without_tls_that_asks_for_the_password_never_hears_it(elsewhere, query):
    heard, password = [], secrets.token_hex(16)

    def speak(connection):
        while data := connection.recv(5000):
            heard.append(data)
            asks_for_tls = data[4:8] == struct.pack("!i", 80877103)
            connection.sendall(b"N" if asks_for_tls else b"R" + struct.pack("!ii", 8, 3))

    with serve(speak) as server:
        assert log_in(server.port, "app", query, password)[0] == "password_in_clear"
    assert heard
    assert password.encode() not in b"".join(heard)


def test_a_server_that_is_silent_may_still_come_up(elsewhere):
    with serve(drain) as server:
        _, session = log_in(server.port, "app", "sslmode=prefer", "of-this-test-only")
    assert (session.failure.reason, session.failure.retriable) == ("timeout", True)


# -- Redis -------------------------------------------------------------------------------------------------------------


def redis(port, **target):
    return check_redis(RedisTarget(host="127.0.0.1", port=port, **target), timeout=5.0, deadline=Deadline(20))


@real
@pytest.mark.parametrize(
    ("settings", "unauthenticated"), [({"requirepass": "of-this-test-only"}, "refused"), ({}, "accepted")]
)
def test_redis_is_asked_without_the_login(elsewhere, start_redis, settings, unauthenticated):
    told = redis(start_redis(settings=settings).port, username="default", password="of-this-test-only")
    assert isinstance(told, RedisServer)
    assert (told.unauthenticated, told.auth_accepted, told.refusal.reason) == (
        unauthenticated,
        None,
        "password_in_clear",
    )
    assert not told.refusal.retriable


def test_neither_user_nor_password_reach_redis_in_clear(elsewhere):
    heard = []

    def speak(connection):
        while data := connection.recv(5000):
            heard.append(data)
            connection.sendall(b"-NOAUTH Authentication required.\r\n")

    with serve(speak) as server:
        redis(server.port, username="canary-user", password="canary-password")
        assert redis(server.port).refusal.reason == "password_missing"
    assert heard
    assert b"canary" not in b"".join(heard)


# -- Vault -------------------------------------------------------------------------------------------------------------

HEALTH = {"initialized": True, "sealed": False, "standby": False, "version": "2.0.0"}


@pytest.fixture
def vault():
    """A server that answers every request as if it were for its health; and what it heard."""
    pytest.importorskip("hvac", reason="hvac is not installed; it is in the extra `vault`")
    heard = []

    def speak(connection):
        data = connection.recv(65536)
        if data:
            heard.append(data.lower())
        body = json.dumps(HEALTH).encode()
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

    with serve(speak) as server:
        yield server.port, heard


def ask_vault(port, user=""):
    from preflight.live.vault import check_vault  # loads requests

    target = VaultTarget(
        address=f"http://{user}127.0.0.1:{port}", token="canary-token", namespace="team", secret_path="secret/app"
    )
    return check_vault(target, timeout=3.0, deadline=Deadline(20))


def test_no_token_goes_to_a_vault_over_http(elsewhere, vault):
    port, heard = vault
    told = ask_vault(port, "canary:canary@")
    assert (told.version, told.token_valid, told.secret, told.refusal.reason) == (
        "2.0.0", None, None, "token_in_clear",
    )  # fmt: skip
    assert [request.split()[1] for request in heard] == [b"/v1/sys/health"]
    assert b"canary" not in heard[0]
    assert b"authorization" not in heard[0]
    assert b"x-vault-namespace: team" in heard[0]


def test_no_token_is_sent_with_the_question_for_the_health(vault):
    port, heard = vault
    assert ask_vault(port).token_valid is True
    first, *others = heard
    assert first.split()[1] == b"/v1/sys/health"
    assert b"canary" not in first
    assert others
    assert all(b"x-vault-token: canary-token" in request for request in others)
