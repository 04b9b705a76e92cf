"""The wire protocol against servers that do not keep to it: bounded in time and memory, each with its reason."""

from __future__ import annotations

import socket
import struct
import threading
import time
import tracemalloc
from contextlib import suppress

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from preflight.live._postgres_errors import POSTGRES_REASONS, ServerError, reason_of, server_error
from preflight.live._postgres_trace import read_trace
from preflight.live.deadline import Deadline
from preflight.live.failures import LiveError
from preflight.live.postgres_protocol import MAX_RECEIVED, Answer, ask_for_tls, start_up
from preflight.live.streams import PlainStream

SASL = b"R" + struct.pack("!ii", 23, 10) + b"SCRAM-SHA-256\0\0"
OK = b"R" + struct.pack("!ii", 8, 0)


def message(kind, body):
    return kind + struct.pack("!i", len(body) + 4) + body


def error(**fields):
    return message(b"E", b"".join(name.encode() + text + b"\0" for name, text in fields.items()) + b"\0")


HBA = error(
    S=b"FATAL", C=b"28000", M=b'kein pg_hba.conf-Eintrag f\xc3\xbcr Host "127.0.0.1"', R=b"ClientAuthentication"
)
NOTICE = message(b"N", b"SNOTICE\0C00000\0Mwelcome\0\0")


class Pieces:
    """A stream that gives what a server sends, piece by piece, then ends, and keeps what it is sent."""

    def __init__(self, *pieces):
        self.pieces = list(pieces)
        self.sent = b""

    def send(self, data):
        self.sent += data

    def receive(self):
        return self.pieces.pop(0) if self.pieces else b""

    def close(self):
        pass


def told(ask):
    """Return what a question gives, or the code of why it gives nothing."""
    try:
        return ask()
    except LiveError as failed:
        return failed.failure.reason


def tls(*pieces):
    return told(lambda: ask_for_tls(Pieces(*pieces)))


def start(*pieces):
    return told(lambda: start_up(Pieces(*pieces), user="app", database="shop"))


def test_the_requests_are_those_of_the_manual():
    stream = Pieces(b"S")
    assert ask_for_tls(stream) is True
    assert stream.sent == bytes.fromhex("00000008 04d2162f")
    stream = Pieces(OK)
    start_up(stream, user="äpp", database="shop")
    pairs = b"user\0\xc3\xa4pp\0database\0shop\0application_name\0preflight\0\0"
    assert stream.sent == struct.pack("!ii", len(pairs) + 8, 3 << 16) + pairs
    assert b"password" not in stream.sent


@pytest.mark.parametrize(
    ("pieces", "answer"),
    [
        ((b"S",), True),
        ((b"N",), False),
        ((b"S\x16\x03\x03",), "data_before_tls"),
        ((b"S" + OK,), "data_before_tls"),
        ((b"N" + OK,), "not_postgresql"),
        ((), "closed"),
        ((b"HTTP/1.1 400 Bad Request\r\n",), "not_postgresql"),
        ((b"SSH-2.0-OpenSSH_9.2\r\n",), "data_before_tls"),
        ((b"\x15\x03\x01\0\x02\x02\x0a",), "not_postgresql"),
        ((b"\0",), "not_postgresql"),
        ((b"E", b"", b"x"), "closed"),
        ((b"Ecould not fork new process for connection: no memory\n\0",), "not_postgresql"),
        ((b"E" + struct.pack("!i", 2**31 - 1) + b"x" * 100,), "not_postgresql"),
        ((b"E" + struct.pack("!i", -1),), "not_postgresql"),
        ((b"E" + struct.pack("!i", 3),), "not_postgresql"),
        ((HBA,), ServerError(sqlstate="28000", routine="ClientAuthentication", names_hba=True)),
        (tuple(bytes([one]) for one in HBA), ServerError(sqlstate="28000", routine="ClientAuthentication", names_hba=True)),
        ((error(C=b"53300"),), ServerError(sqlstate="53300", routine="", names_hba=False)),
        ((error(M=b"secret"),), ServerError(sqlstate="", routine="", names_hba=False)),
        ((message(b"E", b""),), ServerError(sqlstate="", routine="", names_hba=False)),
    ],
)  # fmt: skip
def test_answers_to_an_ssl_request(pieces, answer):
    assert tls(*pieces) == answer


@pytest.mark.parametrize(
    ("pieces", "answer"),
    [
        ((SASL,), "sasl"),
        ((message(b"R", struct.pack("!i", 5) + b"salt"),), "md5"),
        ((message(b"R", struct.pack("!i", 3)),), "password"),
        ((OK,), "none"),
        ((message(b"R", struct.pack("!i", 99)),), "unknown"),
        ((NOTICE, NOTICE + SASL[:3], SASL[3:]), "sasl"),
        ((message(b"v", struct.pack("!ii", 196608, 0)) + SASL,), "sasl"),
        ((message(b"R", b"\0\0"),), "not_postgresql"),
        ((b"S", b"\x16\x03\x03"), "not_postgresql"),
        ((b"Z\0\0\0\5I",), "not_postgresql"),
        ((NOTICE,), "closed"),
        ((SASL[:-1],), "closed"),
        ((b"R" + struct.pack("!i", 30_005),), "not_postgresql"),
        ((b"R" + struct.pack("!i", 30_004),), "closed"),
    ],
)
def test_answers_to_a_start_up_message(pieces, answer):
    got = start(*pieces)
    assert (got.method if isinstance(got, Answer) else got) == answer


def test_a_refusal_is_told_by_what_no_language_changes():
    got = start(NOTICE, HBA)
    assert got == Answer(
        method=None, error=ServerError(sqlstate="28000", routine="ClientAuthentication", names_hba=True)
    )
    assert "Eintrag" not in repr(got)


def test_a_name_that_cannot_be_sent_is_not_sent():
    stream = Pieces(OK)
    assert told(lambda: start_up(stream, user="app\0user\0postgres", database="shop")) == "settings_refused"
    assert stream.sent == b""


@pytest.mark.parametrize(
    ("sqlstate", "routine", "hba", "certificate", "reason", "retriable"),
    [
        ("28P01", "auth_failed", False, False, "password_refused", False),
        ("28000", "ClientAuthentication", True, True, "no_hba_entry", False),
        ("28000", "ClientAuthentication", False, False, "client_certificate_required", False),
        ("28000", "auth_failed", False, True, "client_certificate_user", False),
        ("28000", "auth_failed", False, False, "login_refused", False),
        ("28000", "InitializeSessionUserId", False, True, "role_missing", False),
        ("28000", "", False, True, "login_refused", False),
        ("3D000", "InitPostgres", False, False, "database_missing", False),
        ("57P03", "ProcessStartupPacket", False, False, "starting_up", True),
        ("57P01", "", False, False, "starting_up", True),
        ("53300", "InitProcess", False, False, "too_many_connections", True),
        ("53200", "", False, False, "out_of_resources", True),
        ("42501", "", False, False, "database_forbidden", False),
        ("XX000", "", False, False, "login_refused", False),
        ("", "", False, False, "login_refused", False),
    ],
)
def test_refusals_have_reasons(sqlstate, routine, hba, certificate, reason, retriable):
    refused = ServerError(sqlstate=sqlstate, routine=routine, names_hba=hba)
    assert reason_of(refused, certificate_sent=certificate) == reason
    assert POSTGRES_REASONS[reason].retriable is retriable


def test_every_reason_says_what_is_the_case_and_what_to_do():
    for code, reason in POSTGRES_REASONS.items():
        assert code == code.lower()
        assert reason.message.endswith(".")
        assert reason.hint.endswith(".")


BYTES = st.binary(max_size=80) | st.sampled_from([SASL, OK, HBA, NOTICE, b"S", b"N", b"E", b"R", b"\0\0\0\x08"])


@settings(max_examples=400)
@given(st.lists(BYTES, max_size=6))
@example([b"E\0\0\0\x04"])
def test_no_answer_breaks_it(pieces):
    assert isinstance(tls(*pieces), bool | str | ServerError)
    assert isinstance(start(*pieces), Answer | str)


@given(st.binary(max_size=40), st.binary(max_size=80), st.binary(max_size=80))
def test_what_a_server_writes_does_not_pass_through(state, routine, text):
    got = server_error(state, routine, text)
    assert got.sqlstate in ("", state.decode("latin-1"))
    assert all(
        character.isascii() and (character.isalnum() or character == "_") for character in got.sqlstate + got.routine
    )


def trace(*lines):
    return read_trace("".join(f"{line}\n" for line in lines).encode())


SENT = 'F\t36\tStartupMessage\t 3 0 "user" "app" "database" "shop"'
REFUSED = 'B\t98\tErrorResponse\t S "FATAL" V "FATAL" C "28P01" M "password authentication failed" F "auth.c" L "334" R "auth_failed" \\x00'


def test_traces_are_read():
    asked = 'B\t42\tAuthenticationSASL\t "SCRAM-SHA-256-PLUS" "SCRAM-SHA-256" ""'
    seen = trace("F\t8\tSSLRequest\t 1234 5679", "B\t1\tSSLResponse\t S", SENT, asked, REFUSED)
    assert (seen.started, seen.method, seen.ready) == (True, "sasl", False)
    assert seen.error == ServerError(sqlstate="28P01", routine="auth_failed", names_hba=False)
    let_in = trace(SENT, 'B\t22\tParameterStatus\t "application_name" ""', "B\t5\tReadyForQuery\t I")
    assert (let_in.method, let_in.ready, let_in.error) == ("none", True, None)
    md5 = trace(SENT, "B\t12\tAuthenticationMD5Password", "mismatched message length: consumed 8, expected 12")
    assert md5.method == "md5"
    assert (
        trace(SENT, "B\t23\tAuthentication\t 10", "B\t8\tAuthentication\t 0", "B\t5\tReadyForQuery\t I").method
        == "sasl"
    )
    assert trace("").started is False


def test_a_message_of_several_lines_is_one_message():
    text = 'B\t98\tErrorResponse\t S "FATAL" C "28000" M "no pg_hba.conf entry\nfor "x"" H "a\n\nb" F "auth.c" L "1" R "ClientAuthentication" \\x00'
    assert trace(SENT, text).error == ServerError(sqlstate="28000", routine="ClientAuthentication", names_hba=True)


def test_the_last_attempt_counts():
    seen = trace(SENT, "B\t8\tAuthenticationCleartextPassword", SENT, REFUSED)
    assert (seen.method, seen.error.sqlstate) == (None, "28P01")


@given(st.binary(max_size=300))
@example(b"B\t1\tErrorResponse")
@example(b"B\tErrorResponse\t\t\t")
def test_no_trace_breaks_the_reader(text):
    read_trace(text)
    read_trace(b"B\t9\tErrorResponse\t" + text)


@pytest.fixture
def pair():
    ours, theirs = socket.socketpair()
    with ours, theirs:
        yield ours, theirs


def ask(ours, question, seconds=0.3):
    stream = PlainStream(ours, Deadline(30).within(seconds), limit=MAX_RECEIVED)
    began = time.monotonic()
    answer = told(lambda: question(stream))
    return answer, time.monotonic() - began


@pytest.mark.parametrize("question", [ask_for_tls, lambda stream: start_up(stream, user="app", database="shop")])
def test_a_silent_server_is_not_waited_for(pair, question):
    answer, seconds = ask(pair[0], question)
    assert answer == "timeout"
    assert 0.25 < seconds < 1.5


def test_a_server_that_sends_a_byte_now_and_then_is_not_waited_for_either(pair):
    ours, theirs = pair
    ended = threading.Event()

    def drip():
        for byte in NOTICE * 50:
            if ended.wait(0.05):
                return
            theirs.sendall(bytes([byte]))

    thread = threading.Thread(target=drip)
    thread.start()
    answer, seconds = ask(ours, lambda stream: start_up(stream, user="app", database="shop"))
    ended.set()
    thread.join()
    assert answer == "timeout"
    assert seconds < 1.5


def test_notices_without_end_fill_no_memory(pair):
    ours, theirs = pair
    notices = message(b"N", b"SNOTICE\0M" + b"x" * 20_000 + b"\0\0") * 400

    def flood():
        with suppress(OSError):
            theirs.sendall(notices)

    thread = threading.Thread(target=flood)
    thread.start()
    tracemalloc.start()
    answer, seconds = ask(ours, lambda stream: start_up(stream, user="app", database="shop"), 10)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    ours.close()
    thread.join()
    assert answer == "answer_too_long"
    assert peak < 1_000_000
    assert seconds < 5
