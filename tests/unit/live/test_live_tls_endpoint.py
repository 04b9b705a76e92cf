"""What is found out about TLS servers, against servers of Python's `ssl`."""

from __future__ import annotations

import ssl
import time
import warnings

import pytest
from support.chains import CLIENT, SERVER, Issuer
from support.tcp_servers import serve, serve_tls, server_context

from preflight.live.deadline import Deadline
from preflight.live.failures import LiveFailure
from preflight.live.handshake import ClientCertificate, TlsOptions
from preflight.live.tls_endpoint import TlsEndpoint, check_tls_endpoint
from preflight.live.tls_versions import accepts

V10, V11, V12, V13 = (ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3)
ALL_CIPHERS = "ALL:@SECLEVEL=0"


@pytest.fixture(scope="module")
def ca():
    return Issuer("Root", ca=True)


@pytest.fixture(scope="module")
def good(ca):
    return Issuer("localhost", ca, names=("localhost", "127.0.0.1"), purpose=SERVER)


@pytest.fixture
def look(tmp_path, ca, good):
    def one(leaf=None, *more, host="localhost", timeout=10.0, deadline=None, served=None, **options):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)
            context = server_context(*(leaf or good).write(tmp_path, "server", *more), **(served or {}))
        with serve_tls(context) as server:
            return check_tls_endpoint(
                host, server.port, TlsOptions(**{"ca_data": ca.pem.decode(), **options}),
                timeout=timeout, deadline=deadline or Deadline(30),
            )  # fmt: skip

    return one


def test_a_good_server(look, good, ca):
    seen = look(good, ca)
    assert isinstance(seen, TlsEndpoint), seen
    assert seen.version == "1.3"
    assert (seen.accepted, seen.undetermined, seen.floor) == (("1.2", "1.3"), (), "1.2")
    assert (seen.verified, seen.refusal, seen.name_matches) == (True, None, True)
    assert seen.certificates == (good.der, ca.der)


@pytest.mark.parametrize(
    ("minimum", "maximum", "accepted"),
    [
        (V10, V10, ("1.0",)),
        (V10, V12, ("1.0", "1.1", "1.2")),
        (V11, V13, ("1.1", "1.2", "1.3")),
        (V12, V12, ("1.2",)),
        (V13, V13, ("1.3",)),
    ],
)
def test_each_version_is_asked_for(look, minimum, maximum, accepted):
    # A client of today speaks 1.2; the floor of an older server shows all the same.
    served = {"minimum": minimum, "maximum": maximum, "ciphers": ALL_CIPHERS}
    seen = look(served=served)
    if maximum == V10:
        assert (seen.reason, seen.retriable) == ("protocol_version", False)
        seen = look(served=served, minimum="1.0")
        assert isinstance(seen, LiveFailure)  # OpenSSL's security level of today forbids it to honest clients
        return
    assert (seen.accepted, seen.undetermined, seen.floor) == (accepted, (), accepted[0])
    assert seen.version == accepted[-1]


def test_a_server_that_accepts_an_old_version_only_at_its_own_weak_level_refuses_it_here_too(look):
    seen = look(served={"minimum": V10, "ciphers": "DEFAULT:@SECLEVEL=1"})
    assert seen.accepted == ("1.2", "1.3")


def asked(server, version):
    from preflight.live.dialing import dial

    def connect():
        return dial("127.0.0.1", server.port, timeout=2, deadline=Deadline(5))

    return accepts(connect, version, server_name="localhost", timeout=0.4, deadline=Deadline(5))


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2", "1.3"])
def test_a_server_that_says_nothing_leaves_the_versions_unknown(version):
    with serve(lambda _: server.ended.wait(10)) as server:
        assert asked(server, version) == "unknown"


@pytest.mark.parametrize("version", ["1.0", "1.1", "1.2", "1.3"])
@pytest.mark.parametrize(
    ("answer", "told"), [(b"", "refused"), (b"\x15\3\1\0\2\2\x46", "refused"), (b"-ERR\r\n", "unknown")]
)
def test_what_no_hello_is_accepts_nothing(version, answer, told):
    with serve(lambda connection: (connection.recv(9999), connection.sendall(answer))) as server:
        assert asked(server, version) in ({told} if answer else {told, "unknown"})


def test_a_hello_counts_whatever_comes_after():
    hello = b"\x16\3\1\0\x30\2\0\0\x2c\3\1" + b"r" * 32 + b"\0\0\x2f\0" + b"\0\0"
    with serve(lambda connection: (connection.recv(9999), connection.sendall(hello))) as server:
        assert asked(server, "1.0") == "accepted"
        assert asked(server, "1.2") != "accepted"


def test_a_version_that_this_machine_does_not_speak_is_unknown(monkeypatch):
    monkeypatch.setattr("preflight.live.tls_versions._only", lambda _: None)
    with serve(lambda connection: connection.recv(1)) as server:
        assert asked(server, "1.0") == "unknown"
        assert server.connections == 0


def test_a_floor_below_which_something_is_unknown_is_not_told(look):
    seen = look().replace(undetermined=("1.0",))
    assert (seen.accepted[0], seen.floor) == ("1.2", None)
    assert seen.replace(undetermined=("1.3",), accepted=("1.2",)).floor == "1.2"


@pytest.mark.parametrize(
    ("leaf", "reason", "name"),
    [
        (lambda ca: Issuer("localhost", ca, names=("localhost",), days=(-9, -1)), "expired", True),
        (lambda ca: Issuer("localhost", ca, names=("elsewhere",), days=(-9, -1)), "expired", False),
        (lambda _: Issuer("localhost", names=("localhost",)), "self_signed", True),
        (lambda _: Issuer("localhost", Issuer("Other", ca=True), names=("elsewhere",)), "issuer_unknown", False),
        (lambda ca: Issuer("localhost", ca, names=("elsewhere",)), None, False),
        (lambda ca: Issuer("localhost", ca), None, False),
    ],
)
def test_chain_and_name_are_told_apart(look, ca, leaf, reason, name):
    leaf = leaf(ca)
    seen = look(leaf)
    assert (seen.refusal and seen.refusal.reason, seen.verified, seen.name_matches) == (reason, reason is None, name)
    assert seen.certificates == (leaf.der,)
    assert seen.version == "1.3"


@pytest.mark.parametrize(
    ("host", "names", "options", "matches"),
    [
        ("localhost", ("*.example.com",), {"server_name": "db.example.com"}, True),
        ("localhost", ("d*.example.com",), {"server_name": "db.example.com"}, False),
        ("127.0.0.1", ("127.0.0.1",), {}, True),
        ("127.0.0.1", ("localhost",), {}, False),
        ("127.0.0.1", ("::1",), {"server_name": "0:0::1"}, True),
        ("localhost", (), {"common_name": True}, True),
        ("localhost", ("elsewhere",), {"check_name": False}, None),
    ],
)
def test_names_match_as_clients_of_today_match_them(look, ca, host, names, options, matches):
    assert look(Issuer("localhost", ca, names=names), host=host, **options).name_matches is matches


def test_without_anything_trusted_the_chain_is_not_judged(look):
    assert look(ca_data=None).verified is None


@pytest.mark.parametrize("version", [V12, V13])
def test_a_server_that_wants_a_client_certificate(look, ca, tmp_path, version):
    (tmp_path / "ca.pem").write_bytes(ca.pem)
    served = {"client_ca": tmp_path / "ca.pem", "maximum": version}
    told = look(served=served)
    assert told.reason in (
        {"client_certificate_required", "handshake_refused"} if version == V12 else {"client_certificate_required"}
    )
    files = Issuer("app", ca, purpose=CLIENT).write(tmp_path, "client")
    shown = ClientCertificate(certificate_file=str(files[0]), key_file=str(files[1]))
    seen = look(served=served, certificate=shown)
    assert (seen.verified, seen.accepted[0]) == (True, "1.2")


def test_no_server_and_no_tls_are_failures(ca):
    options = TlsOptions(ca_data=ca.pem.decode())
    with serve(lambda connection: (connection.recv(999), connection.sendall(b"HTTP/1.1 400 Bad\r\n\r\n"))) as server:
        told = check_tls_endpoint("127.0.0.1", server.port, options, timeout=2, deadline=Deadline(5))
        assert told.reason == "not_tls"
    told = check_tls_endpoint("127.0.0.1", server.port, options, timeout=2, deadline=Deadline(5))
    assert (told.reason, told.retriable) == ("refused", True)


def test_trusted_certificates_that_cannot_be_read_are_a_failure(look):
    assert look(ca_data=None, ca_file="/nowhere").reason == "ca_unusable"


def test_a_server_that_hangs_after_the_first_handshake_costs_the_timeout(good, tmp_path):
    context = server_context(*good.write(tmp_path, "server"))

    def speak(connection):
        if server.connections > 2:
            server.ended.wait(10)
        else:
            with context.wrap_socket(connection, server_side=True) as tls:
                tls.recv(1)

    with serve(speak) as server:
        began = time.monotonic()
        seen = check_tls_endpoint("localhost", server.port, TlsOptions(), timeout=1, deadline=Deadline(9))
        assert time.monotonic() - began < 3
    assert (seen.version, seen.floor, set(seen.undetermined) >= {"1.3"}) == ("1.3", None, True)
