"""TLS over a connection, by hand: what comes in is seen before OpenSSL takes it, and every wait ends at the deadline."""

from __future__ import annotations

import ssl

from preflight.live.failures import LiveError
from preflight.live.streams import CHUNK
from preflight.live.tls_reasons import of_tls

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from preflight.live.streams import PlainStream

    T = TypeVar("T")

_HEAD = 11  # the header of a record (5 bytes), of a handshake message (4), and the version of a ServerHello (2)
_HANDSHAKE, _ALERT = 22, 21  # content types (RFC 8446, section 5.1)
_SERVER_HELLO = 2


class TlsStream:
    """A client's side of TLS.

    Args:
        stream: What it runs over; closed with it.
        context: Versions, ciphers, trust.
        server_name: The name that is asked for and, where the context checks names, held against the certificate.
        presented: Whether the context has a client certificate.
    """

    def __init__(
        self, stream: PlainStream, context: ssl.SSLContext, server_name: str | None, *, presented: bool = False
    ) -> None:
        self._stream = stream
        self._incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._presented = presented
        self._head = b""
        self._early = b""
        self.asked = False
        """Whether anything was sent."""
        self.tls = context.wrap_bio(self._incoming, self._outgoing, server_hostname=server_name)

    def handshake(self) -> None:
        """Do the handshake.

        Raises:
            LiveError: It failed, with a `TlsFailure`; or the connection broke or took too long.
        """
        self._run(self.tls.do_handshake)

    def send(self, data: bytes) -> None:
        """Send all of it, or raise `LiveError`."""
        self._run(lambda: self.tls.write(data))

    def receive(self) -> bytes:
        """Return what came next, empty at the end, or raise `LiveError`.

        A server of TLS 1.3 that refuses the client's certificate says so only here (RFC 8446, section 4.4.2.4).
        """
        if self._early:
            early, self._early = self._early, b""
            return early
        try:
            return self._run(lambda: self.tls.read(CHUNK))
        except _End:
            return b""

    def settle(self, patience: float) -> None:
        """Wait a little for what the server says right after the handshake: session tickets, or why it hangs up.

        Args:
            patience: Seconds, after which silence is taken for consent.

        Raises:
            LiveError: It refuses the client after all, as a server of TLS 1.3 does only now, or the connection broke.
        """
        if self.tls.version() != "TLSv1.3":
            return
        fed = False
        try:
            while True:
                try:
                    self._early = self.tls.read(CHUNK)
                except ssl.SSLWantReadError:
                    if fed or not self._stream.readable(patience):
                        return
                    self._feed()
                    fed = True
                else:
                    return
        except ssl.SSLError as error:
            raise self._translated(error) from None

    def close(self) -> None:
        """Close the connection, without TLS's own farewell: nobody waits for it."""
        self._stream.close()

    @property
    def spoke_tls(self) -> bool:
        """Whether what the server sent first was TLS; True while it sent nothing."""
        head = self._head
        return not head or (head[0] in {_HANDSHAKE, _ALERT} and head[1:2] in {b"", b"\3"})

    @property
    def said_hello(self) -> tuple[int, int] | None:
        """The version of the server's ServerHello as on the wire, `(3, 3)` for TLS 1.2 and 1.3; None without one."""
        head = self._head
        if len(head) < _HEAD or not self.spoke_tls or head[0] != _HANDSHAKE or head[5] != _SERVER_HELLO:
            return None
        return head[9], head[10]

    def _run(self, step: Callable[[], T]) -> T:
        while True:
            try:
                result = step()
            except ssl.SSLWantReadError:
                self._feed()
            except ssl.SSLZeroReturnError:
                raise _End from None
            except ssl.SSLError as error:
                raise self._translated(error) from None
            else:
                self._flush()
                return result

    def _feed(self) -> None:
        self._flush()
        data = self._stream.receive()
        if data:
            self._head += data[: _HEAD - len(self._head)]
            self._incoming.write(data)
        else:
            self._incoming.write_eof()

    def _translated(self, error: ssl.SSLError) -> LiveError:
        self._farewell()
        return LiveError(of_tls(error, spoke_tls=self.spoke_tls, presented=self._presented))

    def _flush(self) -> None:
        if self._outgoing.pending:
            self._stream.send(self._outgoing.read())
            self.asked = True

    def _farewell(self) -> None:
        """Send the alert that says why, as far as the server still listens."""
        try:
            self._flush()
        except LiveError:
            return


class _End(Exception):  # noqa: N818 - the end of a connection is no error
    """The server ended the connection in order."""
