"""Read and write on a connection, bounded in time and in memory."""

from __future__ import annotations

import socket

from preflight.live.failures import LiveError, failure, of_system

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Protocol

    from preflight.live.deadline import Deadline

    class Stream(Protocol):
        """A connection in clear or in TLS."""

        def send(self, data: bytes) -> None:
            """Send all of it, or raise `LiveError`."""

        def receive(self) -> bytes:
            """Return what came next, empty at the end, or raise `LiveError`."""

        def close(self) -> None:
            """Close the connection."""


CHUNK = 16 * 1024
_SHORTEST = 0.001  # seconds; a timeout of 0 would mean: do not wait at all
LIMIT = 1024 * 1024
"""How many bytes are taken from a server at most."""


class PlainStream:
    """A connection as it is.

    Args:
        connection: A connected socket, which belongs to the stream from now on.
        deadline: When every read and write has ended; a server that sends a byte now and then does not move it.
        limit: How many bytes are received at most.
    """

    def __init__(self, connection: socket.socket, deadline: Deadline, *, limit: int = LIMIT) -> None:
        self._connection = connection
        self.deadline = deadline
        self._left = limit

    def send(self, data: bytes) -> None:
        """Send all of it.

        Raises:
            LiveError: It took too long, or the connection broke.
        """
        try:
            self._connection.settimeout(self._time_left())
            self._connection.sendall(data)
        except OSError as error:
            raise LiveError(of_system(error, self.deadline)) from None

    def receive(self) -> bytes:
        """Return what came next, at most 16 KiB; empty at the end.

        Raises:
            LiveError: It took too long, the connection broke, or the server sends more than it may.
        """
        if self._left <= 0:
            raise LiveError(failure("answer_too_long"))
        try:
            self._connection.settimeout(self._time_left())
            data = self._connection.recv(CHUNK)
        except OSError as error:
            raise LiveError(of_system(error, self.deadline)) from None
        self._left -= len(data)
        return data

    def readable(self, patience: float) -> bool:
        """Wait until something can be received, the end included, and say whether it can.

        Args:
            patience: Seconds, never past the deadline.

        Raises:
            LiveError: The connection broke.
        """
        try:
            self._connection.settimeout(max(min(patience, self.deadline.remaining()), _SHORTEST))
            self._connection.recv(1, socket.MSG_PEEK)
        except TimeoutError:
            return False
        except OSError as error:
            raise LiveError(of_system(error, self.deadline)) from None
        return True

    def _time_left(self) -> float:
        if self.deadline.passed():
            raise LiveError(failure(self.deadline.reason()))
        return max(self.deadline.remaining(), _SHORTEST)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()
