"""What libpq and the server say to each other during a login, from libpq's own trace.

libpq gives no SQLSTATE for a login that fails, only a text that is translated and may quote names. Its trace of the
protocol (`PQtrace`, libpq manual, 32.3.2) has the fields of the server's ErrorResponse. It goes to anonymous memory of
this process and is read once: where the server asks for the password in clear, the trace has it, too. On systems without
`memfd_create`, or with a libpq before 14, nothing is seen.
"""

from __future__ import annotations

import os

from preflight.live._postgres_errors import ServerError, server_error
from preflight.model.record import Record, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType
    from typing import Self

    from psycopg.pq.abc import PGconn

LIMIT = 1024 * 1024
"""Bytes; a login has some thousand."""
_FROM_CLIENT, _FROM_SERVER = b"F\t", b"B\t"
_METHODS = {
    b"AuthenticationSASL": "sasl",
    b"AuthenticationMD5Password": "md5",
    b"AuthenticationCleartextPassword": "password",
    b"AuthenticationGSS": "gss",
    b"AuthenticationSSPI": "sspi",
    b"AuthenticationKerberosV5": "kerberos",
}
_METHODS_BY_NUMBER = {b"2": "kerberos", b"3": "password", b"5": "md5", b"7": "gss", b"9": "sspi", b"10": "sasl"}
_LET_IN = frozenset({b"BackendKeyData", b"ParameterStatus", b"ReadyForQuery"})


class Seen(Record):
    """What a trace shows."""

    traced: bool = field("Whether there is one.", default=True)
    started: bool = field("Whether a start-up message was sent.", default=False)
    method: str | None = field(
        "The authentication that the server asked for; `none` where it let the client in without.", default=None
    )
    ready: bool = field("Whether the server let the client in.", default=False)
    error: ServerError | None = field("The last refusal.", default=None)


class Trace:
    """Lets libpq write its trace, while the block runs.

    Args:
        connection: A connection that has begun, and that is finished before the block ends.
    """

    def __init__(self, connection: PGconn) -> None:
        self._connection = connection
        self._file: int | None = None

    def __enter__(self) -> Self:
        from psycopg import NotSupportedError, pq

        if hasattr(os, "memfd_create"):
            self._file = os.memfd_create("preflight")
            try:
                self._connection.trace(self._file)
                self._connection.set_trace_flags(pq.Trace.SUPPRESS_TIMESTAMPS)
            except NotSupportedError:
                self._close()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._close()

    def _close(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def is_full(self) -> bool:
        """Whether the server says more than any server does during a login."""
        return self._file is not None and os.fstat(self._file).st_size > LIMIT

    def read(self) -> Seen:
        """Stop tracing, and return what was seen."""
        if self._file is None:
            return Seen(traced=False)
        self._connection.untrace()
        return read_trace(os.pread(self._file, LIMIT, 0))


def read_trace(text: bytes) -> Seen:
    """Say what a trace shows.

    Args:
        text: A trace without times, as libpq 14 and later write it: lines of direction, length, message, content.
    """
    started = ready = False
    method: str | None = None
    error: ServerError | None = None
    for from_server, name, content in _messages(text):
        if not from_server:
            if name == b"StartupMessage":
                started, ready, method = True, False, None
        elif name == b"ErrorResponse":
            error = _error(content)
        elif name in _METHODS:
            method = _METHODS[name]
        elif name == b"Authentication":  # libpq 14 to 16
            method = _METHODS_BY_NUMBER.get(content.split(b"\n")[0].strip(), method)
        elif name in _LET_IN:
            ready = True
    return Seen(started=started, method=method or ("none" if ready else None), ready=ready, error=error)


def _messages(text: bytes) -> Iterator[tuple[bool, bytes, bytes]]:
    """Yield whether the server sent it, the message's name and its content, which may go over several lines."""
    whole: list[bytes] = []
    for line in text.split(b"\n"):
        if line.startswith((_FROM_CLIENT, _FROM_SERVER)) or not whole:
            whole.append(line)
        else:
            whole[-1] += b"\n" + line
    for one in whole:
        direction, _, rest = one.partition(b"\t")
        _, _, rest = rest.partition(b"\t")
        name, _, content = rest.partition(b"\t")
        yield direction == b"B", name.partition(b"\n")[0], content


def _error(content: bytes) -> ServerError:
    """Read the fields of an ErrorResponse: ` C "28P01" M "…" … R "auth_failed"`."""
    _, _, rest = content.partition(b' C "')
    sqlstate, _, rest = rest.partition(b'" M "')
    message, _, rest = rest.rpartition(b'" R "')
    return server_error(sqlstate, rest.partition(b'"')[0], message or rest)
