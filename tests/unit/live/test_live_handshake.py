"""TLS handshakes against servers of Python's `ssl`: the exact reason of each failure, and what the server showed."""

from __future__ import annotations

import os
import select
import signal
import socket
import ssl
import subprocess
import sys
import time

import pytest
from support.chains import CLIENT, SERVER, Issuer
from support.tcp_servers import serve, serve_tls, server_context

from preflight.errors import Interrupted
from preflight.live.deadline import Deadline
from preflight.live.dialing import dial
from preflight.live.failures import LiveFailure, TlsFailure
from preflight.live.handshake import ClientCertificate, TlsOptions, TlsSession, _certificates, handshake

NAMES = ("localhost", "127.0.0.1")


@pytest.fixture(scope="module")
def ca():
    return Issuer("Root", ca=True)


@pytest.fixture(scope="module")
def good(ca):
    return Issuer("localhost", ca, names=NAMES, purpose=SERVER)


def shake(port, *, timeout=5.0, deadline=None, redial=True, **options):
    """Connect and do a handshake; the session is closed, its facts stay."""
    deadline = deadline or Deadline(20)

    def connect():
        return dial("127.0.0.1", port, timeout=5.0, deadline=deadline)

    connection = connect()
    assert isinstance(connection, socket.socket), connection
    told = handshake(
        connection, TlsOptions(**{"server_name": "localhost", **options}), timeout=timeout, deadline=deadline,
        redial=connect if redial else None,
    )  # fmt: skip
    if isinstance(told, TlsSession):
        told.close()
    return told


@pytest.fixture
def served(tmp_path, ca):
    """Serve with a certificate that is written first; gives the failure or session of one handshake."""

    def one(issuer, *more, trusted=None, **options):
        server = {name: options.pop(name) for name in ("minimum_served", "maximum_served") if name in options}
        context = server_context(
            *issuer.write(tmp_path, "server", *more),
            **{name.removesuffix("_served"): value for name, value in server.items()},
        )
        (tmp_path / "ca.pem").write_bytes((trusted or ca).pem)
        with serve_tls(context) as server:
            return shake(server.port, ca_file=str(tmp_path / "ca.pem"), **options)

    return one


@pytest.mark.parametrize("version", ["1.2", "1.3"])
def test_a_handshake_tells_version_cipher_and_certificates(served, good, ca, version):
    session = served(good, ca, maximum=version)
    assert isinstance(session, TlsSession), session
    assert session.version == version
    assert session.cipher.startswith("TLS_" if version == "1.3" else "ECDHE")
    assert session.certificates == (good.der, ca.der)
    assert session.verified


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1"])
def test_a_name_or_an_address_of_the_certificate_is_accepted(served, good, name):
    assert isinstance(served(good, server_name=name), TlsSession)


def test_without_anything_trusted_nothing_is_verified(good, tmp_path):
    with serve_tls(server_context(*good.write(tmp_path, "server"))) as server:
        session = shake(server.port, server_name="elsewhere.example")
    assert isinstance(session, TlsSession)
    assert not session.verified
    assert session.certificates == (good.der,)


def leaf(issuer, name="localhost", names=NAMES, **more):
    return Issuer(name, issuer, names=names, **more)


def root(name="Another", **more):
    return Issuer(name, ca=True, **more)


def chain(top, **more):
    """A server's certificate behind an intermediate."""
    middle = Issuer("Middle", top, ca=True)
    return leaf(middle, **more), middle


# What the server sends, what the client trusts, the client's other options; and the reason.
WRONG = {
    "expired": (lambda ca: ([leaf(ca, days=(-30, -1))], ca, {}), "expired"),
    "not yet": (lambda ca: ([leaf(ca, days=(1, 30))], ca, {}), "not_yet_valid"),
    "self-signed": (lambda ca: ([leaf(None)], ca, {}), "self_signed"),
    "issuer missing": (lambda ca: ([leaf(root())], ca, {}), "issuer_unknown"),
    "intermediate missing": (lambda ca: ([chain(ca)[0]], ca, {}), "issuer_unknown"),
    "same name, other key": (lambda ca: ([leaf(root("Root"), identified=False)], ca, {}), "bad_signature"),
    "same name, another key named": (lambda ca: ([leaf(root("Root"))], ca, {}), "issuer_unknown"),
    "name": (lambda ca: ([leaf(ca, names=("db.internal",))], ca, {}), "name_mismatch"),
    "only a common name": (lambda ca: ([leaf(ca, names=())], ca, {}), "name_mismatch"),
    "address": (lambda ca: ([leaf(ca, names=("localhost",))], ca, {"server_name": "127.0.0.1"}), "ip_mismatch"),
    "purpose": (lambda ca: ([leaf(ca, purpose=CLIENT)], ca, {}), "wrong_purpose"),
    "root of the other": (lambda ca: ([leaf(other := root()), other], ca, {}), "wrong_ca"),
    "ca expired": (lambda _: ([leaf(old := root(days=(-30, -1)))], old, {}), "expired"),
    "only the intermediate": (lambda ca: ([(both := chain(ca))[0]], both[1], {}), "chain_incomplete"),
    "no ca": (lambda ca: ([leaf(no := leaf(ca, "Leaf")), no], ca, {}), "invalid_ca"),
    "path length": (lambda _: ([*chain(short := root(path_length=0))], short, {}), "path_too_long"),
    "constrained": (lambda _: ([leaf(narrow := root(permitted="example.com"))], narrow, {}), "name_constrained"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_a_certificate_is_refused_for_its_own_reason_and_still_shown(served, ca, kind):
    make, reason = WRONG[kind]
    sent, trusted, options = make(ca)
    told = served(*sent, trusted=trusted, **options)
    assert isinstance(told, TlsFailure), told
    assert told.reason == reason
    assert not told.retriable
    assert told.verify_code
    assert told.certificates == tuple(one.der for one in sent)


def test_a_common_name_counts_where_the_client_still_reads_it(served, ca):
    assert isinstance(served(Issuer("localhost", ca), common_name=True), TlsSession)


def test_without_the_check_of_names_any_name_will_do(served, ca):
    assert isinstance(served(leaf(ca, names=("db.internal",)), check_name=False), TlsSession)


def test_without_a_second_connection_the_reason_is_the_same(served, ca):
    told = served(Issuer("localhost", ca, names=NAMES, days=(-30, -1)), redial=False)
    assert (told.reason, told.certificates) == ("expired", ())


@pytest.mark.parametrize(
    ("client", "server"),
    [({"minimum": "1.3"}, {"maximum_served": ssl.TLSVersion.TLSv1_2}),
     ({"maximum": "1.2"}, {"minimum_served": ssl.TLSVersion.TLSv1_3})],
)  # fmt: skip
def test_no_version_in_common(served, good, client, server):
    told = served(good, **client, **server)
    assert (told.reason, told.retriable) == ("protocol_version", False)


def test_no_cipher_in_common(good, tmp_path):
    context = server_context(
        *good.write(tmp_path, "server"), maximum=ssl.TLSVersion.TLSv1_2, ciphers="ECDHE-RSA-AES128-GCM-SHA256"
    )  # only for RSA keys, and the key is none
    with serve_tls(context) as server:
        assert shake(server.port).reason == "handshake_refused"


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"HTTP/1.0 400 Bad Request\r\n\r\nyou sent TLS to a server that has none", "not_tls"),
        (b"-ERR unknown command\r\n", "not_tls"),
        (b"220 mail.example ESMTP\r\n", "not_tls"),
        (b"\x00" * 64, "not_tls"),
        (b"\x16\x03\x03\xff\xff" + b"\x00" * 70000, "handshake_failed"),
        (b"\x16\x03\x03\x00\x04\x63\x00\x00\x00", "handshake_failed"),
        (b"\x15\x03\x01\x00\x02\x02\x28", "handshake_refused"),
        (b"\x15\x03\x01\x00\x02\x02\x46", "protocol_version"),
        (b"\x15\x03\x01\x00\x02\x02\x70", "name_unknown_to_server"),
        (b"\x15\x03\x01\x00\x02\x02\x74", "client_certificate_required"),
        (b"", "closed"),
    ],
)
def test_what_is_no_handshake_has_its_reason(answer, reason):
    def speak(connection):
        connection.recv(65536)
        connection.sendall(answer)
        connection.shutdown(socket.SHUT_WR)
        connection.recv(65536)

    with serve(speak) as server:
        told = shake(server.port)
    assert isinstance(told, LiveFailure)
    assert told.reason == reason


def test_a_server_that_resets_is_told_apart_from_one_that_closes():
    def speak(connection):
        connection.recv(10)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    with serve(speak) as server:
        told = shake(server.port)
    assert (told.reason, told.retriable) == ("reset", True)


@pytest.mark.parametrize("first", [b"", b"\x16\x03\x03\x40\x00\x02\x00"])
def test_a_server_that_stops_talking_costs_the_timeout_and_no_more(first):
    with serve(lambda connection: (connection.sendall(first), server.ended.wait(10))) as server:
        began = time.monotonic()
        told = shake(server.port, timeout=0.3)
        assert 0.25 < time.monotonic() - began < 2
    assert (told.reason, told.retriable) == ("timeout", True)


def test_a_server_that_sends_a_byte_now_and_then_does_not_move_the_deadline():
    def speak(connection):
        connection.sendall(b"\x16\x03\x03\x40\x00")
        while not server.ended.wait(0.05):
            connection.sendall(b"\0")

    with serve(speak) as server:
        began = time.monotonic()
        told = shake(server.port, timeout=0.5)
        assert time.monotonic() - began < 2
    assert told.reason == "timeout"


def test_the_runs_deadline_is_told_apart_from_the_checks():
    with serve(lambda _: server.ended.wait(10)) as server:
        told = shake(server.port, timeout=5, deadline=Deadline(0.3))
    assert (told.reason, told.retriable) == ("deadline_passed", False)


def test_an_endless_handshake_is_cut_off():
    record = b"\x16\x03\x03\x40\x00" + b"\x0e\x00\x00\x00" * 4096

    def speak(connection):
        connection.sendall(b"\x16\x03\x03\x40\x00\x0b\x0f\xff\xff" + b"\0" * 16380)
        for _ in range(7000):
            connection.sendall(record)

    with serve(speak) as server:
        assert shake(server.port).reason in {"answer_too_long", "handshake_failed"}


@pytest.fixture
def mutual(tmp_path, ca, good):
    """A server that wants client certificates of the CA; gives what the first words after the handshake bring."""

    def one(version, certificate, key=None, passphrase=None):
        context = server_context(*good.write(tmp_path, "server"), client_ca=tmp_path / "ca.pem", maximum=version)
        shown = None
        if certificate is not None:
            shown = ClientCertificate(
                certificate_file=str(certificate), key_file=None if key is None else str(key), passphrase=passphrase
            )
        deadline = Deadline(10)
        with serve_tls(context, lambda connection: connection.sendall(b"hello")) as server:
            connection = dial("127.0.0.1", server.port, timeout=5.0, deadline=deadline)
            options = TlsOptions(server_name="localhost", ca_data=ca.pem.decode(), certificate=shown)
            told = handshake(connection, options, timeout=5.0, deadline=deadline)
            if isinstance(told, LiveFailure):
                return told
            try:
                return told.stream.receive()
            except Exception as error:  # noqa: BLE001 - whatever comes must be the one that carries a failure
                return error.failure
            finally:
                told.close()

    (tmp_path / "ca.pem").write_bytes(ca.pem)
    return one


BOTH = pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])


@BOTH
def test_a_client_certificate_is_shown(mutual, ca, tmp_path, version):
    assert mutual(version, *Issuer("app", ca, purpose=CLIENT).write(tmp_path, "client")) == b"hello"


@BOTH
def test_certificate_and_key_may_lie_in_one_file(mutual, ca, tmp_path, version):
    client = Issuer("app", ca, purpose=CLIENT)
    both = tmp_path / "both.pem"
    both.write_bytes(client.key_pem() + client.pem)
    assert mutual(version, both) == b"hello"


@BOTH
@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("none", {"client_certificate_required", "handshake_refused"}),
        ("other ca", {"client_certificate_unknown_ca"}),
        ("expired", {"client_certificate_expired"}),
        ("purpose", {"client_certificate_refused"}),
    ],
)
def test_a_refused_client_certificate_has_its_reason(mutual, ca, tmp_path, version, kind, reason):
    client = {
        "none": None,
        "other ca": Issuer("app", Issuer("Other", ca=True)),
        "expired": Issuer("app", ca, days=(-3, -1)),
        "purpose": Issuer("app", ca, purpose=SERVER),
    }[kind]
    told = mutual(version, *(client.write(tmp_path, "client") if client else (None,)))
    assert told.reason in reason
    assert not told.retriable


def test_an_encrypted_key_opens_with_its_passphrase_alone(mutual, ca, tmp_path):
    files = Issuer("app", ca, purpose=CLIENT).write(tmp_path, "client", passphrase="open-me-in-tests")
    newest = ssl.TLSVersion.TLSv1_3
    assert mutual(newest, *files, "open-me-in-tests") == b"hello"
    assert mutual(newest, *files).reason == "client_key_encrypted"
    assert mutual(newest, *files, "something-else").reason == "client_key_passphrase_wrong"
    assert mutual(newest, *files, "x" * 5000).reason == "client_key_passphrase_wrong"


ASKS = "import ssl; ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_cert_chain(*__import__('sys').argv[1:])"
DOES_NOT_ASK = """
import sys
from preflight.live.handshake import ClientCertificate, TlsOptions, make_context
print(make_context(TlsOptions(certificate=ClientCertificate(certificate_file=sys.argv[1], key_file=sys.argv[2]))).reason)
"""


@pytest.mark.parametrize(
    ("program", "said"), [(ASKS, b"Enter PEM pass phrase"), (DOES_NOT_ASK, b"client_key_encrypted")]
)
def test_an_encrypted_key_never_asks_on_the_terminal(ca, tmp_path, program, said):
    files = Issuer("app", ca).write(tmp_path, "client", passphrase="open-me-in-tests")
    leader, follower = os.openpty()  # the controlling terminal of the program, on which nobody answers
    command = ["setsid", "--ctty", "--wait", sys.executable, "-c", program, *map(str, files)]
    process = subprocess.Popen(command, stdin=follower, stdout=follower, stderr=follower)
    os.close(follower)
    shown = b""
    try:
        while said not in shown:
            assert select.select([leader], [], [], 20)[0], shown
            shown += os.read(leader, 4096)
    finally:
        os.close(leader)  # hangs up whoever still asks
        process.wait(20)
    assert (b"pass phrase" in shown) == (program == ASKS)


def test_a_passphrase_does_not_show():
    shown = ClientCertificate(certificate_file="c.pem", key_file="k.pem", passphrase="open-me-in-tests")
    assert "open-me-in-tests" not in repr(TlsOptions(certificate=shown))


def test_what_is_wrong_with_the_clients_files_is_told(mutual, ca, tmp_path):
    certificate, key = Issuer("app", ca).write(tmp_path, "client")
    _, foreign = Issuer("app", ca).write(tmp_path, "foreign")
    garbage, fifo = tmp_path / "garbage", tmp_path / "fifo"
    garbage.write_text("no certificate\n")
    os.mkfifo(fifo)
    newest = ssl.TLSVersion.TLSv1_3
    cases = {
        (certificate, foreign): "client_key_mismatch",
        (certificate, garbage): "client_key_unusable",
        (certificate, tmp_path): "client_key_unusable",
        (certificate, fifo): "client_key_unusable",
        (certificate, None): "client_key_unusable",
        (certificate, tmp_path / "none"): "client_key_unusable",
        (garbage, key): "client_certificate_unusable",
        (key, certificate): "client_certificate_unusable",
        (fifo, key): "client_certificate_unusable",
        (tmp_path / "none", key): "client_certificate_unusable",
    }
    assert {pair: mutual(newest, *pair).reason for pair in cases} == cases


@pytest.mark.parametrize("kind", ["missing", "directory", "fifo", "garbage", "key", "huge", "empty", "nul"])
def test_trusted_certificates_that_cannot_be_read_are_told(tmp_path, good, kind):
    path = tmp_path / "ca.pem"
    match kind:
        case "directory":
            path.mkdir()
        case "fifo":
            os.mkfifo(path)
        case "garbage":
            path.write_bytes(b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
        case "key":
            path.write_bytes(good.key_pem())
        case "huge":
            with path.open("wb") as file:
                file.truncate(50 * 1024 * 1024)
        case "empty":
            path.touch()
    with serve(lambda connection: connection.recv(1)) as server:
        told = shake(server.port, ca_file="a\0b" if kind == "nul" else str(path))
    assert told.reason == "ca_unusable"


@pytest.mark.parametrize("text", ["", "no certificate", "\udc80", "-----BEGIN CERTIFICATE-----\n\n"])
def test_trusted_certificates_as_text_that_are_none_are_told(text):
    with serve(lambda connection: connection.recv(1)) as server:
        assert shake(server.port, ca_data=text).reason == "ca_unusable"


@pytest.mark.parametrize("name", [".localhost", "a..b", "x" * 70 + ".example", "\udc80", "b\u00fccher..x"])
def test_a_name_that_is_none_is_told(served, good, name):
    assert served(good, server_name=name).reason == "invalid_address"


def test_the_systems_cas_do_not_know_ours(served, good):
    told = served(good, trusted=root(), system=True)
    assert told.reason == "issuer_unknown"


@pytest.mark.parametrize("options", [{"minimum": "1.4"}, {"maximum": "SSLv3"}, {"minimum": "1.3", "maximum": "1.2"}])
def test_a_version_that_cannot_be_had_is_told(served, good, options):
    assert served(good, **options).reason == "version_unavailable"


def test_a_name_to_compare_must_be_there(served, good):
    assert served(good, server_name=None).reason == "invalid_address"
    assert served(good, server_name="/run/socket").reason == "invalid_address"
    assert isinstance(served(good, server_name=None, check_name=False), TlsSession)


def test_protocols_are_offered(good, tmp_path):
    context = server_context(*good.write(tmp_path, "server"))
    context.set_alpn_protocols(["postgresql"])
    chosen = []
    with serve_tls(context, lambda tls: chosen.append(tls.selected_alpn_protocol())) as server:
        assert isinstance(shake(server.port, alpn=("postgresql",)), TlsSession)
    assert chosen == ["postgresql"]


def test_a_signal_ends_a_handshake_at_once():
    def arrived(number, _):
        raise Interrupted([], number)

    with serve(lambda _: server.ended.wait(20)) as server:
        before = signal.signal(signal.SIGALRM, arrived)
        signal.setitimer(signal.ITIMER_REAL, 0.3)
        began = time.monotonic()
        try:
            with pytest.raises(Interrupted):
                shake(server.port, timeout=20)
        finally:
            signal.signal(signal.SIGALRM, before)
        assert time.monotonic() - began < 2


def test_what_a_tls_stream_does_after_the_handshake(good, tmp_path):
    def speak(tls):
        tls.sendall(b"early")
        assert tls.recv(10) == b"ping"
        tls.sendall(b"pong")
        tls.unwrap()

    with serve_tls(server_context(*good.write(tmp_path, "server")), speak) as server:
        deadline = Deadline(10)
        session = handshake(
            dial("127.0.0.1", server.port, timeout=5, deadline=deadline), TlsOptions(), timeout=5, deadline=deadline
        )
        stream = session.stream
        stream.settle(0.5)
        received = stream.receive()
        stream.send(b"ping")
        while len(received) < 9:
            received += stream.receive()
        assert (received, stream.receive()) == (b"earlypong", b"")
        session.close()


def test_a_silent_server_settles_when_patience_ends(good, tmp_path):
    context = server_context(*good.write(tmp_path, "server"))
    context.num_tickets = 0
    with serve_tls(context) as server:
        deadline = Deadline(10)
        session = handshake(
            dial("127.0.0.1", server.port, timeout=5, deadline=deadline), TlsOptions(), timeout=5, deadline=deadline
        )
        began = time.monotonic()
        session.stream.settle(0.3)
        assert 0.25 < time.monotonic() - began < 2
        session.close()


class Since313:
    def get_unverified_chain(self):
        return [b"leaf", b"issuer"]


class WithoutChain:
    def getpeercert(self, *, binary_form):
        assert binary_form
        return b"leaf"


class WithoutCertificate(WithoutChain):
    def getpeercert(self, *, binary_form):
        return None


@pytest.mark.parametrize(
    ("tls", "told"), [(Since313(), (b"leaf", b"issuer")), (WithoutChain(), (b"leaf",)), (WithoutCertificate(), ())]
)
def test_the_chain_is_read_in_every_python(tls, told):
    assert _certificates(tls) == told
