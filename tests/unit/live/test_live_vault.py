"""Vault: a real OpenBao for what it really says, and scripted servers for what it rarely does."""

from __future__ import annotations

import builtins
import json
import os
import signal
import socket
import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.chains import CLIENT, Issuer
from support.tcp_servers import serve

from preflight.errors import Interrupted
from preflight.live.deadline import Deadline
from preflight.live.failures import LiveFailure
from preflight.live.handshake import ClientCertificate, TlsOptions
from preflight.live.reasons import REASONS as COMMON
from preflight.live.vault import VaultServer, VaultToken, check_vault
from preflight.live.vault_material import pick
from preflight.live.vault_reasons import REASONS
from preflight.live.vault_target import VaultTarget

if os.environ.get("PREFLIGHT_REQUIRE_SERVERS") != "1":
    pytest.importorskip("hvac", reason="hvac is not installed; it is in the extra `vault`")
real = pytest.mark.server
PATH = "secret/service/certs"


def ask(address, *, timeout=5.0, inspect=None, **target):
    return check_vault(VaultTarget(address=address, **target), timeout=timeout, deadline=Deadline(20), inspect=inspect)


def outcome(told):
    assert isinstance(told, VaultServer), told
    return told.token_valid, told.secret is not None, told.refusal and told.refusal.reason


@pytest.fixture
def bao(start_openbao):
    """A server with a secret, and tokens of several kinds."""
    server = start_openbao()
    client = server.client()
    leaf = Issuer("app")
    secret = {
        "certificate": leaf.pem.decode(),
        "private_key": leaf.key_pem().decode(),
        "ca_chain": [leaf.pem.decode()] * 2,
    }
    client.secrets.kv.v2.create_or_update_secret(path="service/certs", secret=secret)
    client.secrets.kv.v1.create_or_update_secret(path="service/certs", secret={"cert": "c"}, mount_point="old/kv")
    client.sys.create_or_update_policy(
        "reader", 'path "secret/data/service/*" { capabilities=["read"] }\npath "old/kv/*" { capabilities=["read"] }'
    )

    def token(**more):
        return client.auth.token.create(**{"policies": ["reader"], "ttl": "1h", **more})["auth"]["client_token"]

    yield server, client, token
    client.adapter.close()


@real
def test_a_token_that_may_read_its_secret(bao):
    server, _, token = bao
    seen = []
    told = ask(
        server.address, token=token(), secret_path=PATH, inspect=lambda material: seen.append(material) or "looked"
    )
    assert outcome(told) == (True, True, None)
    assert (told.standby, told.tls, told.version.split(".")[0]) == (False, None, "2")
    assert told.token.root is False
    assert 3590 <= told.token.ttl <= 3600
    secret = told.secret
    assert (secret.kv_version, secret.inspected) == (2, "looked")
    (material,) = seen
    assert material.names == ("certificate", "private_key", "ca_chain")
    assert material.certificate.startswith("-----BEGIN CERTIFICATE")
    assert material.private_key.startswith("-----BEGIN PRIVATE")
    assert material.ca.count("BEGIN CERTIFICATE") == 2
    for text in (repr(told), repr(material)):
        assert "BEGIN" not in text


@real
def test_a_path_may_be_written_in_other_ways(bao):
    server, _, token = bao
    for path in ("secret/data/service/certs", "/secret/service/certs/", "secret//service/certs"):
        assert outcome(ask(server.address, token=token(), secret_path=path)) == (True, True, None)


@real
def test_an_engine_of_version_1_below_a_mount_of_two_words(bao):
    server, _, token = bao
    told = ask(
        server.address, token=token(), secret_path="old/kv/service/certs", inspect=lambda material: material.names
    )
    assert outcome(told) == (True, True, None)
    assert (told.secret.kv_version, told.secret.inspected) == (1, ("cert", None, None))


@real
def test_a_secret_that_cannot_be_read_has_its_reason(bao):
    server, _, token = bao
    paths = {
        "secret/service/none": "secret_missing",
        "secret/elsewhere": "secret_forbidden",
        "nomount/service/certs": "secret_forbidden",
        "old/kv/none": "secret_missing",
        "secret": "path_malformed",
        "": "path_malformed",
        "secret/data": "path_malformed",
        "secret/../sys/seal": "path_malformed",
        "secret/service/../service/certs": "path_malformed",
    }
    reader = token()
    told = {path: outcome(ask(server.address, token=reader, secret_path=path)) for path in paths}
    assert told == {path: (True, False, reason) for path, reason in paths.items()}


@real
def test_a_deleted_secret_and_an_engine_of_another_kind(bao):
    server, client, token = bao
    client.secrets.kv.v2.delete_latest_version_of_secret(path="service/certs")
    assert outcome(ask(server.address, token=token(), secret_path=PATH)) == (True, False, "secret_deleted")
    assert outcome(ask(server.address, token=server.root_token, secret_path="sys/x"))[2] == "not_kv"
    assert outcome(ask(server.address, token=server.root_token, secret_path="nomount/x"))[2] == "secret_missing"


@real
def test_the_root_token_is_known(bao):
    server, _, _ = bao
    told = ask(server.address, token=server.root_token)
    assert (outcome(told), told.token) == (
        (True, False, None),
        VaultToken(root=True, ttl=None),
    )


@real
@pytest.mark.parametrize("path", [None, PATH])
def test_a_token_that_is_none(bao, path):
    server, client, token = bao
    revoked = token()
    client.auth.token.revoke(revoked)
    for wrong in ("s.nothing", revoked):
        assert outcome(ask(server.address, token=wrong, secret_path=path)) == (False, False, "token_refused")
    assert outcome(ask(server.address, secret_path=path)) == (None, False, "token_missing")
    assert outcome(ask(server.address, token="", secret_path=path)) == (None, False, "token_missing")


@real
def test_a_token_that_may_not_look_at_itself_is_none_the_less_good(bao):
    server, _, token = bao
    bare = token(no_default_policy=True)
    assert outcome(ask(server.address, token=bare)) == (True, False, None)
    assert outcome(ask(server.address, token=bare, secret_path=PATH)) == (True, True, None)
    assert outcome(ask(server.address, token=bare, secret_path="secret/elsewhere")) == (True, False, "secret_forbidden")
    assert ask(server.address, token=bare).token is None


@real
def test_nothing_is_written(bao):
    server, client, token = bao
    before = client.secrets.kv.v2.read_secret_metadata(path="service/certs")["data"]
    reader = token()
    accessors = client.auth.token.list_accessors()["data"]["keys"]
    ask(server.address, token=reader, secret_path=PATH)
    assert client.secrets.kv.v2.read_secret_metadata(path="service/certs")["data"] == before
    assert sorted(client.auth.token.list_accessors()["data"]["keys"]) == sorted(accessors)


@real
def test_a_sealed_server_heals_and_so_does_one_without_keys(start_openbao):
    sealed = start_openbao(sealed=True)
    told = ask(sealed.address, token=sealed.root_token)
    assert (told.reason, told.retriable) == ("sealed", True)
    told = ask(start_openbao(initialised=False).address, token="s.nothing")
    assert (told.reason, told.retriable) == ("not_initialised", True)


@pytest.fixture(scope="module")
def pki(tmp_path_factory):
    directory = tmp_path_factory.mktemp("vault")
    ca = Issuer("Root", ca=True)
    (directory / "ca.pem").write_bytes(ca.pem)
    Issuer("localhost", ca, names=("localhost",)).write(directory, "server")
    Issuer("app", ca, purpose=CLIENT).write(directory, "client")
    Issuer("Other", ca=True).write(directory, "other")
    return directory


@real
def test_a_server_over_tls(start_openbao, pki):
    ca = pki / "ca.pem"
    server = start_openbao(certificate=pki / "server.pem", key=pki / "server.key", ca=ca)
    told = ask(server.address, token=server.root_token, tls=TlsOptions(ca_file=str(ca)))
    assert outcome(told) == (True, False, None)
    assert (told.tls.version, told.tls.verified) == ("1.3", True)
    told = ask(server.address, token=server.root_token, tls=TlsOptions(ca_file=str(pki / "other.pem")))
    assert (told.reason, told.retriable, len(told.certificates)) == ("issuer_unknown", False, 1)
    assert ask(server.address, token=server.root_token).reason == "issuer_unknown"  # the system's CAs by default
    wrong_name = server.address.replace("localhost", "127.0.0.1")
    assert ask(wrong_name, token=server.root_token, tls=TlsOptions(ca_file=str(ca))).reason == "ip_mismatch"
    assert ask(server.address.replace("https", "http"), token=server.root_token).reason == "tls_expected"


@real
def test_a_server_that_wants_a_client_certificate(start_openbao, pki):
    ca = pki / "ca.pem"
    server = start_openbao(
        certificate=pki / "server.pem", key=pki / "server.key", ca=ca, client_ca=ca, initialised=False
    )
    options = TlsOptions(ca_file=str(ca))
    assert ask(server.address, token="t", tls=options).reason == "client_certificate_required"
    shown = ClientCertificate(certificate_file=str(pki / "client.pem"), key_file=str(pki / "client.key"))
    assert ask(server.address, token="t", tls=options.replace(certificate=shown)).reason == "not_initialised"


@real
def test_https_towards_a_server_without_tls_and_one_that_is_stopped(start_openbao):
    server = start_openbao(initialised=False)
    assert ask(server.address.replace("http", "https"), token="t").reason == "not_tls"
    os.kill(server.pid, signal.SIGSTOP)
    began = time.monotonic()
    told = ask(server.address, token="t", timeout=0.5)
    assert (told.reason, told.retriable) == ("timeout", True)
    assert time.monotonic() - began < 3
    os.kill(server.pid, signal.SIGCONT)


@pytest.mark.parametrize(
    "address",
    ["", "vault.example", "vault.example:8200", "ftp://vault.example", "https://", "https://[::1", "https://h:port",
     "https://h:99999", "https://h h", "https://h\n"],
)  # fmt: skip
def test_an_address_that_is_none_is_told(address):
    assert ask(address, token="t").reason == "address_malformed"


@pytest.mark.parametrize(
    "more", [{"token": "a b"}, {"token": "a\r\nX: y"}, {"token": "\u00fc"}, {"token": "t", "namespace": "a\n"}]
)
def test_a_token_that_no_header_can_carry_is_told_and_not_sent(more):
    with serve(lambda connection: connection.recv(1)) as server:
        assert ask(f"http://127.0.0.1:{server.port}", **more).reason == "token_malformed"
        assert server.connections == 0


def test_without_hvac_the_extra_is_named(monkeypatch):
    importing = builtins.__import__

    def without(name, *arguments, **named):
        if name.partition(".")[0] == "hvac":
            raise ImportError(name)
        return importing(name, *arguments, **named)

    monkeypatch.delitem(sys.modules, "preflight.live.vault_client", raising=False)
    monkeypatch.setattr(builtins, "__import__", without)
    told = ask("https://vault.example", token="t")
    assert (told.reason, told.retriable) == ("extra_missing", False)
    assert "[vault]" in told.hint


def test_hvac_is_not_loaded_before_it_is_needed():
    program = "import sys, preflight.live.vault; print('hvac' in sys.modules, 'requests' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "False False\n"


HEALTH = {"initialized": True, "sealed": False, "standby": False, "version": "1.15.2+ent"}
TOKEN = {"data": {"policies": ["reader"], "ttl": 60, "expire_time": "2030-01-01T00:00:00Z", "renewable": False}}


def answering(*answers):
    """Serve one HTTP answer for each connection, in this order: a status and a body, or bytes as they are."""
    left = list(answers)
    requests = []

    def speak(connection):
        requests.append(connection.recv(65536))
        answer = left.pop(0) if left else b""
        if isinstance(answer, tuple):
            status, body, *headers = answer
            data = body if isinstance(body, bytes) else json.dumps(body).encode()
            lines = [
                f"HTTP/1.1 {status} X",
                f"Content-Length: {len(data)}",
                "Content-Type: application/json",
                *headers,
                "",
                "",
            ]
            answer = "\r\n".join(lines).encode() + data
        connection.sendall(answer)

    running = serve(speak)
    running.requests = requests
    return running


def reason_of(*answers, path=None):
    with answering(*answers) as server:
        told = ask(f"http://127.0.0.1:{server.port}", token="t", secret_path=path, timeout=2.0)
    if isinstance(told, LiveFailure):
        return told.reason, told.retriable
    return told.refusal and told.refusal.reason, False


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([(200, b"<html>")], ("not_vault", False)),
        ([(404, b"")], ("not_vault", False)),
        ([(200, b"[" * 200_000)], ("not_vault", False)),
        ([(200, ["initialized"])], ("not_vault", False)),
        ([(200, {"initialized": "yes", "sealed": "no"})], ("not_vault", False)),
        ([(502, b"Bad Gateway")], ("busy", True)),
        ([(503, {**HEALTH, "sealed": True})], ("sealed", True)),
        ([(501, {**HEALTH, "initialized": False, "sealed": True})], ("not_initialised", True)),
        ([(307, b"", "Location: http://127.0.0.1:1/v1/sys/health")], ("redirected", False)),
        ([(200, HEALTH), (307, b"", "Location: http://127.0.0.1:1/")], ("redirected", False)),
        ([(200, HEALTH), (429, {"errors": ["request path rate limited"]})], ("busy", True)),
        ([(200, HEALTH), (500, {"errors": ["internal"]})], ("busy", True)),
        ([(200, HEALTH), (400, {"errors": ["no"]})], ("request_refused", False)),
        ([(200, HEALTH), (403, {"errors": ["2 errors occurred:\n\t* permission denied\n\t* invalid token\n\n"]})], ("token_refused", False)),
        ([b"SSH-2.0-OpenSSH_9\r\n"], ("protocol_error", False)),
        ([b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 500], ("protocol_error", False)),
        ([b"HTTP/1.1 200 OK\r\nX: " + b"y" * 100_000], ("protocol_error", False)),
        ([b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n{"], ("reset", True)),
        ([b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"], ("protocol_error", False)),
        ([b"HTTP/1.1 100 Continue\r\n\r\n" * 50_000], ("answer_too_long", False)),
        ([b""], ("closed", True)),
    ],
)  # fmt: skip
def test_answers_that_a_vault_rarely_gives(answers, reason):
    assert reason_of(*answers) == reason


MOUNT = (200, {"data": {"path": "secret/", "type": "kv", "options": {"version": "2"}}})


@pytest.mark.parametrize(
    ("answers", "reason"),
    [
        ([MOUNT, (200, {"data": {"data": {"certificate": 1}, "metadata": {"version": 1}}})], None),
        ([(403, {}), (200, {"data": {"data": None}})], None),
        ([(200, {"data": {"path": "other/", "type": "kv"}}), (404, {})], "secret_missing"),
        ([(200, {"data": {"path": 7}}), (404, {"data": {"metadata": {"deletion_time": "2025"}}})], "secret_deleted"),
        ([(200, {"data": {"path": "secret/", "type": "database"}})], "not_kv"),
        ([MOUNT, (403, {"errors": ["1 error occurred:\n\t* permission denied\n\n"]})], "secret_forbidden"),
        ([MOUNT, (412, {})], "busy"),
    ],
)
def test_secrets_of_scripted_servers(answers, reason):
    assert reason_of((200, HEALTH), (200, TOKEN), *answers, path=PATH)[0] == reason


def test_a_standby_and_its_version_are_told():
    with answering((429, {**HEALTH, "standby": True}), (200, TOKEN)) as server:
        told = ask(f"http://127.0.0.1:{server.port}", token="t")
    assert (told.standby, told.version, told.token.ttl) == (True, "1.15.2+ent", 60)


@pytest.mark.parametrize("version", ["<b>1</b>", "v1", "1" * 99, 1, None, "1\u0661"])
def test_a_version_that_looks_like_none_is_not_told(version):
    with answering((200, {**HEALTH, "version": version}), (200, TOKEN)) as server:
        assert ask(f"http://127.0.0.1:{server.port}", token="t").version is None


def test_the_token_goes_nowhere_but_to_the_server(monkeypatch, tmp_path):
    with serve(lambda connection: connection.recv(1)) as trap:
        for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "VAULT_ADDR"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{trap.port}")
        monkeypatch.setenv("VAULT_TOKEN", "from-the-environment")
        monkeypatch.setenv("HOME", str(tmp_path))
        (tmp_path / ".netrc").write_text("machine 127.0.0.1 login a password b\n")
        running = answering(
            (200, HEALTH), (307, b"", f"Location: http://127.0.0.1:{trap.port}/v1/auth/token/lookup-self")
        )
        with running as server:
            assert ask(f"http://127.0.0.1:{server.port}", token="mine").reason == "redirected"
        with answering((200, HEALTH)) as server:
            assert ask(f"http://127.0.0.1:{server.port}").refusal.reason == "token_missing"
        assert trap.connections == 0
    sent = b"".join(running.requests)
    assert b"X-Vault-Token: mine" in sent
    assert b"Authorization" not in sent
    assert b"environment" not in sent


def test_a_hundred_megabytes_are_not_read():
    sent = 0

    def flood(connection):
        nonlocal sent
        connection.recv(65536)
        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n")
        while sent < 100_000_000:
            connection.sendall(b"x" * 65536)
            sent += 65536

    with serve(flood) as server:
        began = time.monotonic()
        assert ask(f"http://127.0.0.1:{server.port}", token="t").reason == "answer_too_long"
        assert time.monotonic() - began < 3
    assert sent < 20_000_000  # what fits into both sides' buffers


def test_a_byte_now_and_then_does_not_move_the_deadline():
    def drip(connection):
        connection.sendall(b"HTTP/1.1 200 OK\r\n")
        while not server.ended.wait(0.05):
            connection.sendall(b"X: y\r\n")

    with serve(drip) as server:
        began = time.monotonic()
        assert ask(f"http://127.0.0.1:{server.port}", token="t", timeout=0.6).reason == "timeout"
        assert time.monotonic() - began < 3


def test_a_signal_is_not_swallowed_by_hvac():
    def arrived(number, _):
        raise Interrupted([], number)

    with serve(lambda connection: (connection.recv(9999), server.ended.wait(20))) as server:
        before = signal.signal(signal.SIGALRM, arrived)
        signal.setitimer(signal.ITIMER_REAL, 0.4)
        began = time.monotonic()
        try:
            with pytest.raises(Interrupted):
                ask(f"http://127.0.0.1:{server.port}", token="t", timeout=20)
        finally:
            signal.signal(signal.SIGALRM, before)
        assert time.monotonic() - began < 3


def test_what_an_inspection_raises_is_not_hidden():
    with (
        answering((200, HEALTH), (200, TOKEN), MOUNT, (200, {"data": {"data": {"cert": "c"}}})) as server,
        pytest.raises(ZeroDivisionError),
    ):
        ask(f"http://127.0.0.1:{server.port}", token="t", secret_path=PATH, inspect=lambda _: 1 / 0)


@pytest.mark.parametrize(
    ("entries", "names"),
    [
        ({"certificate": "c", "private_key": "k", "ca_chain": ["a"]}, ("certificate", "private_key", "ca_chain")),
        ({"tls.crt": "c", "tls.key": "k", "ca.crt": "a"}, ("tls.crt", "tls.key", "ca.crt")),
        ({"client-cert.pem": "c", "client-key.pem": "k", "ca-cert.pem": "a"}, ("client-cert.pem", "client-key.pem", "ca-cert.pem")),
        ({"sslcert": "c", "sslkey": "k", "sslrootcert": "a"}, ("sslcert", "sslkey", "sslrootcert")),
        ({"CERT": "c", "Key": "k", "issuing_ca": "a"}, ("CERT", "Key", "issuing_ca")),
        ({"cert": "c", "certificate": "d"}, ("certificate", None, None)),
        ({"password": "p", "keyboard": "k"}, (None, None, None)),
        ({}, (None, None, None)),
    ],
)  # fmt: skip
def test_the_entries_of_a_pair_are_known_by_name(entries, names):
    assert pick(entries).names == names


@pytest.mark.parametrize("value", [1, None, {"a": "b"}, [1], True])
def test_an_entry_that_is_no_text_has_none(value):
    assert (pick({"certificate": value}).certificate, pick({"certificate": value}).names[0]) == (None, "certificate")


def test_a_token_does_not_show():
    assert "hidden-in-tests" not in repr(VaultTarget(address="https://u:hidden-in-tests@h", token="hidden-in-tests"))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 10**6) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(
        st.sampled_from(["data", "path", "type", "options", "version", "metadata", "policies", "ttl", "num_uses", "errors", "deletion_time"]),
        inner, max_size=5,
    ), max_leaves=12,
)  # fmt: skip


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from([200, 204, 400, 403, 404, 500]), JSON), min_size=3, max_size=3))
def test_whatever_a_server_answers_has_a_reason_of_ours(answers):
    with answering((200, HEALTH), *answers) as server:
        told = ask(f"http://127.0.0.1:{server.port}", token="t", secret_path=PATH, timeout=2)
    found = told if isinstance(told, LiveFailure) else told.refusal
    assert found is None or found.reason in COMMON | REASONS


def test_a_name_that_does_not_resolve_is_told():
    told = ask("https://no-such-host.invalid:8200", token="t")
    assert (told.reason in {"name_not_resolved", "resolver_failed"}, told.retriable) == (True, True)


def test_an_address_of_version_6():
    try:
        listener = socket.create_server(("::1", 0), family=socket.AF_INET6)
    except OSError:
        pytest.skip("this machine has no IPv6")
    port = listener.getsockname()[1]
    listener.close()
    assert ask(f"http://[::1]:{port}", token="t").reason == "refused"
