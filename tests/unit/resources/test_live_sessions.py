"""What the collectors of live servers ask, of whom, and what they leave to the place where the service runs."""

from __future__ import annotations

import secrets
import socket
import threading

import pytest
from gating import every_output, judge
from hypothesis import given, settings
from hypothesis import strategies as st
from support.chains import CLIENT, SERVER, Issuer
from support.tcp_servers import serve, serve_tls, server_context

from preflight.gate.request import ComposeProjectFiles, LiveRequest
from preflight.live import _postgres_secrecy, nearness
from preflight.live.redis_protocol import LIMIT  # noqa: F401 - loads what the first check would load
from preflight.live.vault_material import pick
from preflight.probes.clock import Clock
from preflight.resources import LIVE_TYPES, redis_client, resource_class, resource_types
from preflight.resources._live import LiveResource
from preflight.resources._vault_material import judged


def findings(report, kind):
    return {one["rule"]: one for one in report["findings"] if one["resource"] and one["resource"]["type"] == kind}


def ask(folder, *, kind, live=None, **changes):
    report = judge(folder, live=live or LiveRequest(timeout=2.0), clock=Clock(), **changes)
    return findings(report, kind), report


def compose(folder, text, **live):
    (folder / "compose.yaml").write_text(text)
    return {
        "process": None, "stage": "build", "compose": ComposeProjectFiles(files=("compose.yaml",), environment={}),
        "live": LiveRequest(timeout=2.0, **live),
    }  # fmt: skip


def test_the_live_types_are_those_that_ask():
    asking = {name for name in resource_types() if issubclass(resource_class(name), LiveResource)}
    assert asking == LIVE_TYPES


# -- what is not known here --------------------------------------------------------------------------------------------


def test_what_only_a_container_reaches_is_deferred(tmp_path):
    text = """
services:
  api:
    image: api:1
    environment:
      DATABASE_URL: postgresql://app:x@no-such-neighbour.invalid/app?sslmode=require
      REDIS_URL: redis://:x@localhost:6379/0
      CACHE_REDIS_URL: redis://:x@cache:6379/0
  cache: {image: "redis:7"}
"""
    changes = compose(tmp_path, text, wait=30.0)
    report = judge(tmp_path, clock=Clock(), **{**changes, "live": LiveRequest(timeout=2.0)})
    redis = [one for one in report["findings"] if one["rule"] == "live-redis-connects"]
    assert {(one["resource"]["name"], one["status"], one["reason"]) for one in redis if one["resource"]} == {
        ("REDIS_URL", "deferred", "container"), ("CACHE_REDIS_URL", "deferred", "neighbour"),
    }  # fmt: skip
    assert findings(report, "postgres_session")["live-postgres-connects"]["observed"] is False


def test_a_neighbour_is_not_waited_for(tmp_path):
    text = """
services:
  api: {image: "api:1", environment: {REDIS_URL: "redis://:x@cache:6379/0"}}
  cache: {image: "redis:7"}
"""
    lines = []
    judge(tmp_path, clock=Clock(), **compose(tmp_path, text, wait=20.0, announce=lines.append))
    assert lines == []


def test_a_service_that_verifies_by_the_files_of_its_image_is_deferred(tmp_path):
    text = """
services:
  api: {image: "api:1", environment: {DATABASE_URL: "postgresql://app:x@db.invalid/app?sslmode=verify-full"}}
"""
    report = judge(tmp_path, clock=Clock(), **compose(tmp_path, text))
    found = findings(report, "postgres_session")["live-postgres-connects"]
    assert (found["status"], found["reason"]) == ("deferred", "elsewhere")


@pytest.mark.parametrize(
    "environment",
    [
        {"DATABASE_URL": "postgresql://app:${SECRET}@db.invalid/app"},
        {"DB_HOST": "db.invalid", "DB_USER": "app", "DB_NAME": "app", "DB_PASSWORD_FILE": "/run/secrets/none"},
    ],
)
def test_a_connection_with_a_part_that_is_not_known_is_not_tried(tmp_path, environment):
    found, _ = ask(
        tmp_path, kind="postgres_session", process=environment, stage="build", defer_paths=("/run/secrets/",)
    )
    assert {one["status"] for one in found.values()} <= {"deferred", "error"}
    assert found


# -- what is asked -----------------------------------------------------------------------------------------------------


def redis(expected, *, password):
    """Speak as much of Redis as a check needs, and take one password."""

    def speak(connection):
        lines = b""
        let_in = False
        while data := connection.recv(65536):
            lines += data
            if b"AUTH" in lines:
                let_in = password.encode() in lines and expected.encode() in lines
                connection.sendall(b"+OK\r\n" if let_in else b"-WRONGPASS no\r\n")
            elif b"HELLO" in lines or b"INFO" in lines:
                connection.sendall(b"-NOPERM no\r\n")
            else:
                connection.sendall(b"+PONG\r\n" if let_in else b"-NOAUTH Authentication required.\r\n")
            lines = b""

    return speak


@pytest.mark.parametrize(
    "settings_of",
    [
        lambda port, password: {"REDIS_URL": f"redis://worker:{password}@127.0.0.1:{port}/3"},
        lambda port, password: {"REDIS_URL": f"redis://127.0.0.1:{port}/3?username=worker&password={password}"},
        lambda port, password: {"CELERY_BROKER_URL": f"redis://worker:{password}@127.0.0.1:{port}"},
        lambda port, password: {
            "APP_REDIS_HOST": "127.0.0.1", "APP_REDIS_PORT": str(port), "APP_REDIS_USERNAME": "worker", "APP_REDIS_PASSWORD": password,
            "REDIS_PORT": "1", "REDIS_USERNAME": "another",
        },
        lambda port, password: {"REDIS_HOST": f"127.0.0.1:{port}", "REDIS_USER": "worker", "REDIS_PASSWORD": password},
    ],
)  # fmt: skip
def test_redis_is_asked_as_the_settings_say(tmp_path, settings_of):
    password = secrets.token_hex(16)
    with serve(redis("worker", password=password)) as server:
        found, report = ask(tmp_path, kind="redis_session", process=settings_of(server.port, password))
    assert found["live-redis-connects"]["status"] == "pass", found["live-redis-connects"]["message"]
    assert password not in every_output(report)


def test_two_settings_of_one_server_ask_it_once(tmp_path):
    password = secrets.token_hex(16)
    with serve(redis("", password=password)) as server:
        url = f"redis://:{password}@127.0.0.1:{server.port}/0"
        found, _ = ask(tmp_path, kind="redis_session", process={"REDIS_URL": url, "CACHE_REDIS_URL": url})
        assert server.connections == 1
    assert found["live-redis-connects"]["status"] == "pass"


@pytest.mark.parametrize(
    ("url", "reason"),
    [("redis+sentinel://127.0.0.1:1/mymaster", "unsupported"), ("redis://127.0.0.1:port/0", "malformed")],
)
def test_what_cannot_be_asked_is_an_error_and_no_pass(tmp_path, url, reason):
    found, _ = ask(tmp_path, kind="redis_session", process={"REDIS_URL": url})
    assert (found["live-redis-connects"]["status"], found["live-redis-connects"]["reason"]) == ("error", reason)


@pytest.fixture(scope="module")
def pki(tmp_path_factory):
    directory = tmp_path_factory.mktemp("pki")
    ca = Issuer("CA of sessions", days=(-1, 900), ca=True)
    (directory / "ca.pem").write_bytes(ca.pem)
    Issuer("server", ca, days=(-1, 90), names=("localhost",), purpose=SERVER).write(directory, "server")
    return directory, ca


def test_an_endpoint_is_judged_once_for_a_whole_deployment(tmp_path, pki):
    directory, _ = pki
    text = f"""
services:
  one: {{image: "a:1", environment: {{SSL_CERT_FILE: /certs/ca.pem}}, volumes: ["{directory}:/certs:ro"]}}
  two: {{image: "a:1", environment: {{SSL_CERT_FILE: /certs/ca.pem}}, volumes: ["{directory}:/certs:ro"]}}
"""
    with serve_tls(server_context(directory / "server.pem", directory / "server.key")) as server:
        changes = compose(tmp_path, text, endpoints=(f"localhost:{server.port}",))
        report = judge(tmp_path, clock=Clock(), **changes)
    listed = [one for one in report["findings"] if one["rule"] == "live-endpoint-chain" and one["resource"]]
    assert [(one["status"], one["resource"]["name"]) for one in listed] == [("pass", f"localhost:{server.port}")]


def test_nothing_is_imported_or_connected_to_where_nobody_asks(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.2)
        judge(tmp_path, process={"REDIS_URL": f"redis://:x@127.0.0.1:{listener.getsockname()[1]}/0"})
        with pytest.raises(TimeoutError):
            listener.accept()


# -- certificates in a secret ------------------------------------------------------------------------------------------


class Now:
    """As much of a context as the judgement needs."""

    clock = Clock()


def look(*, for_clients=True, **entries):
    return judged(pick(entries), Now(), for_clients=for_clients)


@pytest.fixture(scope="module")
def pair():
    ca = Issuer("CA of a secret", days=(-1, 900), ca=True)
    leaf = Issuer("app", ca, days=(-1, 90), purpose=CLIENT)
    return ca, leaf


def test_a_whole_secret_is_usable(pair):
    ca, leaf = pair
    facts = look(certificate=leaf.pem.decode(), private_key=leaf.key_pem().decode(), ca_chain=[ca.pem.decode()])
    assert facts == {
        "material": "complete", "missing": (), "key_matches": True, "chain": "verified", "chain_detail": None,
        "certificate_days": 89, "certificate_not_after": facts["certificate_not_after"],
    }  # fmt: skip
    one_line = {
        name: text.replace("\n", "\\n")
        for name, text in {"cert": leaf.pem.decode(), "key": leaf.key_pem().decode()}.items()
    }
    assert look(**one_line, ca=ca.pem.decode())["key_matches"] is True


def test_what_is_wrong_with_a_secret(pair):
    ca, leaf = pair
    good = {"certificate": leaf.pem.decode(), "private_key": leaf.key_pem().decode(), "ca": ca.pem.decode()}
    assert look(password="x")["material"] == "none"
    assert look(**{**good, "ca": ""})["missing"] == ("CA",)
    assert look(**{**good, "private_key": Issuer("x").key_pem().decode()})["key_matches"] is False
    assert look(**{**good, "certificate": good["private_key"]})["problem"] == "key_instead_of_certificate"
    assert look(**{**good, "private_key": leaf.key_pem("opens").decode()})["problem"] == "encrypted"
    assert look(**{**good, "ca": Issuer("another", ca=True).pem.decode()})["chain"] == "issuer_not_found"
    expired = Issuer("app", ca, days=(-9, -1), purpose=CLIENT)
    facts = look(**{**good, "certificate": expired.pem.decode(), "private_key": expired.key_pem().decode()})
    assert (facts["chain"], facts["certificate_days"]) == ("expired", -2)


def test_what_a_certificate_is_for_is_told_by_its_entry_or_by_the_service(pair):
    ca, _ = pair
    server = Issuer("app", ca, days=(-1, 90), purpose=SERVER)
    text = {"private_key": server.key_pem().decode(), "ca": ca.pem.decode()}
    assert look(**text, certificate=server.pem.decode())["chain"] == "wrong_purpose"
    assert look(**text, certificate=server.pem.decode(), for_clients=False)["chain"] == "verified"
    assert look(**text, tls_crt=server.pem.decode())["chain"] == "verified"
    assert look(**text, client_cert=server.pem.decode(), for_clients=False)["chain"] == "wrong_purpose"


@settings(max_examples=50)
@given(
    st.text(max_size=80),
    st.text(max_size=80),
    st.one_of(st.text(max_size=80), st.lists(st.text(max_size=20), max_size=3)),
)
def test_no_text_in_a_secret_comes_back_or_breaks_anything(certificate, key, ca):
    facts = look(certificate=certificate, private_key=key, ca=ca)
    words = repr(facts)
    for text in (certificate, key):
        assert len(text) < 12 or text not in words


# -- what is said of a server, and what is not sent to it --------------------------------------------------------------


@pytest.fixture
def elsewhere(monkeypatch):
    """Take every address for one of another machine."""
    for module in (nearness, _postgres_secrecy):
        monkeypatch.setattr(module, "is_here", lambda address: not address)


def test_redis_in_clear_on_another_machine_is_looked_at_without_the_login(tmp_path, elsewhere):
    password = secrets.token_hex(16)
    with serve(redis("worker", password=password)) as server:
        at = f"127.0.0.1:{server.port}"
        found, report = ask(tmp_path, kind="redis_session", process={"REDIS_URL": f"redis://worker:{password}@{at}/0"})
    told = found["live-redis-connects"]
    assert (told["status"], told["reason"], told["blocking"]) == ("error", "password_in_clear", True)
    assert told["message"].endswith(f"so it was not sent to {at}")
    assert "rediss://" in told["remediation"]
    assert "pass" not in {one["status"] for one in found.values()}
    assert password not in every_output(report)


def test_what_is_seen_of_such_a_redis_without_a_login_is_judged(tmp_path, elsewhere, monkeypatch):
    monkeypatch.setattr(redis_client, "network_of", lambda *_: "remote")

    def speak(connection):
        while connection.recv(65536):
            connection.sendall(b"+PONG\r\n")

    with serve(speak) as server:
        found, _ = ask(tmp_path, kind="redis_session", process={"REDIS_URL": f"redis://:x@127.0.0.1:{server.port}/0"})
    assert {rule: one["status"] for rule, one in found.items()} == {
        "live-redis-connects": "error", "live-redis-auth-required": "fail", "live-redis-tls": "fail",
    }  # fmt: skip
    assert found["live-redis-tls"]["message"].startswith(f"REDIS_URL at 127.0.0.1:{server.port}: ")


def test_vault_over_http_on_another_machine_gets_no_token_and_nothing_that_needs_one_passes(tmp_path, elsewhere):
    pytest.importorskip("hvac", reason="hvac is not installed; it is in the extra `vault`")
    heard, token = [], secrets.token_hex(16)
    body = b'{"initialized": true, "sealed": false, "standby": false, "version": "2.0.0"}'

    def speak(connection):
        heard.append(connection.recv(65536))
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))

    with serve(speak) as server:
        address = f"http://127.0.0.1:{server.port}"
        found, _ = ask(
            tmp_path, kind="vault_session",
            process={"VAULT_ADDR": address, "VAULT_TOKEN": token, "VAULT_CERT_PATH": "secret/app/certs"},
        )  # fmt: skip
    assert {rule for rule, one in found.items() if one["status"] == "pass"} == {
        "live-vault-connects", "live-vault-unsealed",
    }  # fmt: skip
    told = found["live-vault-token"]
    assert (told["status"], told["reason"]) == ("error", "token_in_clear")
    assert found["live-vault-secret"]["status"] == found["live-vault-key-matches"]["status"] == "error"
    assert heard
    assert token.encode() not in b"".join(heard)


def test_postgres_in_clear_on_another_machine_is_not_logged_in_to(tmp_path, elsewhere):
    with serve(lambda connection: connection.recv(5000) and connection.sendall(b"N")) as server:
        at, password = f"127.0.0.1:{server.port}", secrets.token_hex(16)
        url = f"postgresql://app:{password}@{at}/app"
        found, report = ask(tmp_path, kind="postgres_session", process={"DATABASE_URL": url})
    told = found["live-postgres-connects"]
    assert told["status"] == "fail"
    assert told["message"].startswith(f"DATABASE_URL at {at}: the login would cross the network in clear")
    assert password not in every_output(report)


def free_port():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


@pytest.mark.parametrize(
    ("kind", "settings_of", "message"),
    [
        ("redis", lambda port: {"REDIS_HOST": "localhost", "REDIS_PORT": str(port)}, "REDIS_HOST at localhost:{port}: "),
        ("redis", lambda port: {"REDIS_URL": f"redis://[::1]:{port}/0"}, "REDIS_URL at [::1]:{port}: "),
        ("vault", lambda port: {"VAULT_ADDR": f"http://127.0.0.1:{port}", "VAULT_TOKEN": "t" * 20}, "VAULT_ADDR at 127.0.0.1:{port}: "),
        (
            "postgres",
            lambda port: {"DATABASE_URL": f"postgresql://app@127.0.0.1:{port},localhost:{port}/app"},
            "DATABASE_URL at 127.0.0.1:{port}, localhost:{port}: ",
        ),
        ("postgres", lambda port: {"DATABASE_URL": f"postgresql://app@%2Fnone:{port}/app"}, "DATABASE_URL at /none/.s.PGSQL.{port}: "),
    ],
)  # fmt: skip
def test_a_message_names_the_server_that_was_asked(tmp_path, kind, settings_of, message):
    if kind == "vault":
        pytest.importorskip("hvac", reason="hvac is not installed; it is in the extra `vault`")
    port, lines = free_port(), []
    live = LiveRequest(timeout=2.0, wait=0.3, announce=lines.append)
    found, _ = ask(tmp_path, kind=f"{kind}_session", live=live, process=settings_of(port))
    assert found[f"live-{kind}-connects"]["message"].startswith(message.format(port=port))
    assert lines[0].startswith(f"waiting for {message.format(port=port).removesuffix(': ')} (")


def test_a_host_that_is_a_secret_in_the_wrong_place_is_masked(tmp_path):
    key = secrets.token_urlsafe(32).replace("-", "a").replace("_", "b")
    live = LiveRequest(timeout=2.0)
    found, report = ask(tmp_path, kind="redis_session", live=live, process={"REDIS_URL": f"redis://{key}"})
    assert found["live-redis-connects"]["message"].startswith("REDIS_URL at ***:6379: ")
    assert key not in every_output(report)
    process = {"REDIS_HOST": "my-own.invalid", "REDIS_PASSWORD": "my-own.invalid"}
    found, report = ask(tmp_path, kind="redis_session", live=live, process=process)
    assert found["live-redis-connects"]["message"].startswith("REDIS_HOST at ***:6379: ")


def test_a_server_that_never_comes_leaves_time_for_the_next(tmp_path):
    port, late = free_port(), free_port()
    password = secrets.token_hex(16)

    def come():
        come.server = serve(redis("", password=password), port=late)
        come.server.__enter__()

    live = LiveRequest(timeout=0.5, wait=1.0)
    process = {"A_REDIS_URL": f"redis://127.0.0.1:{port}/0", "B_REDIS_URL": f"redis://:{password}@127.0.0.1:{late}/0"}
    timer = threading.Timer(1.6, come)
    timer.start()
    try:
        report = judge(tmp_path, clock=Clock(), live=live, process=process)
    finally:
        timer.join()
        come.server.__exit__(None, None, None)
    told = {one["resource"]["name"]: one for one in report["findings"] if one["rule"] == "live-redis-connects"}
    assert (told["A_REDIS_URL"]["status"], told["B_REDIS_URL"]["status"]) == ("fail", "pass")
