"""As much of Redis's protocol as a few harmless commands need (RESP2, redis.io/docs/latest/develop/reference/protocol-spec)."""

from __future__ import annotations

from preflight.live.failures import LiveError, failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from preflight.live.streams import Stream

    Reply: TypeAlias = "str | int | list[object] | ErrorReply | None"
    """An array has replies in it."""

LIMIT = 64 * 1024
"""How many bytes are taken from a server at most; the longest answer here, of INFO, has about 2 KiB."""
_LINE = 4096
_DEEP = 4
_LONG = 256  # entries of an array


class ErrorReply:
    """An error that the server answers with. Its text stays here: it can quote what was sent.

    Attributes:
        code: The first word, in upper case as the server writes it: `NOAUTH`, `WRONGPASS`, `ERR`, …
        text: The rest, for comparisons only.
    """

    __slots__ = ("code", "text")

    def __init__(self, line: str) -> None:
        self.code, _, self.text = line.partition(" ")


class Connection:
    """Sends commands and reads replies.

    Args:
        stream: The connection, in clear or in TLS.
    """

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._buffer = b""
        self.answered = False
        """Whether the server sent anything."""

    def ask(self, *words: str) -> Reply:
        """Send a command and return its reply.

        Args:
            words: The command and its arguments.

        Raises:
            LiveError: The connection broke or took too long, the server closed it, or its answer is none of Redis.
        """
        parts = [word.encode("utf-8", "surrogateescape") for word in words]
        sent = b"".join(b"$%d\r\n%s\r\n" % (len(part), part) for part in parts)
        self._stream.send(b"*%d\r\n%s" % (len(parts), sent))
        return self._reply(0)

    def close(self) -> None:
        """Close the connection."""
        self._stream.close()

    def _reply(self, depth: int) -> Reply:
        line = self._line()
        kind, rest = line[:1], line[1:].decode("utf-8", "replace")
        match kind:
            case b"+":
                return rest
            case b"-":
                return ErrorReply(rest)
            case b":":
                return _number(rest)
            case b"$":
                return self._bulk(_number(rest))
            case b"*" if depth < _DEEP:
                count = _number(rest)
                if count > _LONG:
                    raise LiveError(failure("answer_too_long"))
                return None if count < 0 else [self._reply(depth + 1) for _ in range(count)]
        raise LiveError(failure("tls_expected" if line[:2] == b"\x15\x03" else "protocol_error"))

    def _bulk(self, size: int) -> str | None:
        if size < 0:
            return None
        if size > LIMIT:
            raise LiveError(failure("answer_too_long"))
        while len(self._buffer) < size + 2:
            self._receive()
        text, self._buffer = self._buffer[:size], self._buffer[size + 2 :]
        return text.decode("utf-8", "replace")

    def _line(self) -> bytes:
        while b"\r\n" not in self._buffer:
            if self._buffer and self._buffer[:1] not in b"+-:$*":
                # A server of another kind need not ever end its line.
                raise LiveError(failure("tls_expected" if self._buffer[:2] == b"\x15\x03" else "protocol_error"))
            if len(self._buffer) > _LINE:
                raise LiveError(failure("answer_too_long"))
            self._receive()
        line, _, self._buffer = self._buffer.partition(b"\r\n")
        return line

    def _receive(self) -> None:
        data = self._stream.receive()
        if not data:
            raise LiveError(failure("protocol_error" if self._buffer else "closed"))
        self.answered = True
        self._buffer += data


def _number(text: str) -> int:
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdecimal() and len(digits) < 19):
        raise LiveError(failure("protocol_error"))
    return int(text)
