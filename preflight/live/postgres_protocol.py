"""As much of PostgreSQL's wire protocol as it takes to ask a server how it lets clients in, without a login.

Source: PostgreSQL manual, 54.2.1 (start-up), 54.2.11 (TLS) and 54.7 (message formats). Everything read is bounded: a
message by libpq's own limit (fe-connect.c, `MAX_ERRLEN`), everything together by the stream's, and time by its deadline,
also for a server that sends a byte now and then. No text that a server sends leaves this module.
"""

from __future__ import annotations

import struct

from preflight.live._postgres_errors import ServerError, postgres_failure, server_error
from preflight.live.failures import LiveError, failure
from preflight.model.record import Record, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from preflight.live.streams import Stream

MAX_MESSAGE = 30_000
"""Bytes of one message before the login, as libpq limits them."""
MAX_RECEIVED = 64 * 1024
"""Bytes before the login, all messages together: the limit for the stream."""
_SSL_REQUEST = struct.pack("!ii", 8, 80877103)
_VERSION_3_0 = 196608
_ERROR, _NOTICE, _AUTHENTICATION, _NEGOTIATE_VERSION = b"ENRv"
_NUL = "\0"
METHODS = {0: "none", 2: "kerberos", 3: "password", 5: "md5", 7: "gss", 9: "sspi", 10: "sasl"}
"""Authentication requests by number (manual, 54.7)."""


class Answer(Record):
    """What a server says to a start-up message: exactly one of the two."""

    method: str | None = field(
        "The authentication that it asks for; `none`: it asks for nothing.", choices=(*METHODS.values(), "unknown")
    )
    error: ServerError | None = field("Why it refuses.")


def ask_for_tls(stream: Stream) -> bool | ServerError:
    """Send an SSLRequest, and say whether the server agrees to TLS.

    When it does, nothing but the one byte that says so has been read, and the TLS handshake can begin on the same
    connection.

    Args:
        stream: The connection in clear, with nothing sent or received yet.

    Returns:
        Whether the server goes on with TLS, or its error.

    Raises:
        LiveError: It hangs up (`closed`), takes too long, answers what no PostgreSQL server does (`not_postgresql`), or
            sends more in clear than the one byte (`data_before_tls`): a client that went on could be fed with it.
    """
    stream.send(_SSL_REQUEST)
    data = stream.receive()
    if not data:
        raise LiveError(failure("closed"))
    if data[0] == _ERROR:
        return _error_of(_Messages(stream, data[1:]).body())
    if data[:1] not in (b"S", b"N"):
        raise LiveError(postgres_failure("not_postgresql"))
    if len(data) > 1:
        raise LiveError(postgres_failure("data_before_tls" if data[:1] == b"S" else "not_postgresql"))
    return data == b"S"


def start_up(stream: Stream, *, user: str, database: str) -> Answer:
    """Send a start-up message without a password, and return what the server wants of this user.

    Args:
        stream: The connection, in clear or under TLS.
        user: The role's name.
        database: The database's name.

    Raises:
        LiveError: The server hangs up (`closed`), takes too long, sends too much or answers what no PostgreSQL server
            does (`not_postgresql`); a name cannot be sent (`settings_refused`).
    """
    stream.send(_start_up_message(user, database))
    messages = _Messages(stream)
    while True:
        kind = messages.exactly(1)[0]
        if kind not in (_AUTHENTICATION, _ERROR, _NOTICE, _NEGOTIATE_VERSION):
            raise LiveError(postgres_failure("not_postgresql"))
        body = messages.body()
        if kind == _ERROR:
            return Answer(method=None, error=_error_of(body))
        if kind == _AUTHENTICATION:
            if len(body) < 4:
                raise LiveError(postgres_failure("not_postgresql"))
            return Answer(method=METHODS.get(int.from_bytes(body[:4], "big"), "unknown"), error=None)


def _start_up_message(user: str, database: str) -> bytes:
    texts = ("user", user, "database", database, "application_name", "preflight")
    if any(_NUL in text for text in texts):
        raise LiveError(postgres_failure("settings_refused"))
    body = struct.pack("!i", _VERSION_3_0)
    body += b"".join(text.encode("utf-8", "surrogateescape") + b"\0" for text in texts) + b"\0"
    return struct.pack("!i", len(body) + 4) + body


def _error_of(body: bytes) -> ServerError:
    """Take an ErrorResponse apart: a byte for the kind of each field, its text, a NUL (manual, 54.8)."""
    fields: dict[bytes, bytes] = {}
    for part in body.split(b"\0"):
        fields.setdefault(part[:1], part[1:])
    return server_error(fields.get(b"C", b""), fields.get(b"R", b""), fields.get(b"M", b""))


class _Messages:
    """Cuts what arrives into messages."""

    def __init__(self, stream: Stream, received: bytes = b"") -> None:
        self._stream = stream
        self._received = received

    def body(self) -> bytes:
        """Read what follows a message's kind: its length, which counts itself, and the rest."""
        length = int.from_bytes(self.exactly(4), "big") - 4
        if not 0 <= length <= MAX_MESSAGE:
            raise LiveError(postgres_failure("not_postgresql"))
        return self.exactly(length)

    def exactly(self, size: int) -> bytes:
        """Read as many bytes."""
        while len(self._received) < size:
            data = self._stream.receive()
            if not data:
                raise LiveError(failure("closed"))
            self._received += data
        taken, self._received = self._received[:size], self._received[size:]
        return taken
