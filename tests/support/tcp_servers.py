"""TCP and TLS servers in threads of the test, on a free port of 127.0.0.1, that end with the block."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Handler = Callable[[socket.socket], object]

_STUCK = 20.0  # seconds after which a handler that never ends fails the test


class Server:
    """A server that is running.

    Attributes:
        port: Its port on 127.0.0.1.
        connections: How many connections it took so far.
        ended: Set when the block ends, for handlers that wait for it.
    """

    def __init__(self, port: int) -> None:
        self.port = port
        self.connections = 0
        self.ended = threading.Event()


@contextmanager
def serve(handler: Handler, *, port: int = 0) -> Iterator[Server]:
    """Take connections and hand each to a thread; the connection is closed when the handler returns.

    Args:
        handler: What speaks on a connection. What it raises of the network is the client's doing, and forgotten.
        port: The port, where it is not just any that is free.
    """
    with socket.create_server(("127.0.0.1", port)) as listener:
        server = Server(listener.getsockname()[1])
        open_connections: list[socket.socket] = []
        threads: list[threading.Thread] = []

        def speak(connection: socket.socket) -> None:
            with connection, suppress(OSError, EOFError):
                handler(connection)

        def accept() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                if server.ended.is_set():
                    connection.close()
                    return
                server.connections += 1
                open_connections.append(connection)
                thread = threading.Thread(target=speak, args=(connection,), daemon=True)
                threads.append(thread)
                thread.start()

        accepting = threading.Thread(target=accept, daemon=True)
        accepting.start()
        try:
            yield server
        finally:
            server.ended.set()
            with suppress(OSError), socket.create_connection(("127.0.0.1", server.port), timeout=1):
                pass  # wakes up accept()
            accepting.join(_STUCK)
            for connection in open_connections:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
            for thread in threads:
                thread.join(_STUCK)
            assert not accepting.is_alive()
            assert not any(thread.is_alive() for thread in threads)


def server_context(
    certificate: Path,
    key: Path,
    *,
    minimum: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2,
    maximum: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3,
    client_ca: Path | None = None,
    ciphers: str | None = None,
) -> ssl.SSLContext:
    """Make a server's context.

    Args:
        certificate: PEM: its certificate, and what it sends with it.
        key: PEM: its key.
        minimum: Lowest version.
        maximum: Highest version.
        client_ca: The CA of client certificates, which are then required.
        ciphers: OpenSSL's cipher string.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    if ciphers is not None:
        context.set_ciphers(ciphers)
    context.load_cert_chain(certificate, key)
    context.minimum_version, context.maximum_version = minimum, maximum
    if client_ca is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(client_ca)
    return context


def drain(connection: socket.socket) -> None:
    """Read until the client ends."""
    while connection.recv(65536):
        pass


@contextmanager
def serve_tls(context: ssl.SSLContext, handler: Handler = drain) -> Iterator[Server]:
    """Serve TLS; the handler gets the connection after the handshake.

    Args:
        context: As `server_context` makes it.
        handler: What speaks then; by default, what only listens.
    """

    def speak(connection: socket.socket) -> None:
        with context.wrap_socket(connection, server_side=True) as tls:
            handler(tls)

    with serve(speak) as server:
        yield server
