"""Carries hvac's requests over connections of ours: bounded in time and memory, with the exact reason where one fails.

A transport adapter as requests documents it ("Advanced Usage", Transport Adapters). No proxy, no `.netrc`, no variable of
the environment, no redirect: a token goes to the configured server and nowhere else, and to another machine only encrypted.
"""

from __future__ import annotations

import http.client
import io
from urllib.parse import urlsplit

import requests
from requests.adapters import BaseAdapter
from requests.structures import CaseInsensitiveDict

from preflight.live.dialing import dial
from preflight.live.failures import LiveError, LiveFailure, failure
from preflight.live.handshake import TlsSession, handshake
from preflight.live.nearness import stays_here
from preflight.live.streams import LIMIT, PlainStream
from preflight.live.vault_reasons import REASONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from typing import Any

    from preflight.live.deadline import Deadline
    from preflight.live.handshake import TlsOptions
    from preflight.live.streams import Stream

_TOKEN = "X-Vault-Token"  # noqa: S105 - the name of a header
_PATIENCE = 0.5  # seconds for a server of TLS 1.3 to say that it refuses the client's certificate


class Transport(BaseAdapter):
    """One connection for each request.

    Args:
        host: The server's name or address.
        port: Its port.
        tls: How to do TLS; None: in clear.
        timeout: Seconds for each connection.
        deadline: When everything has ended.

    Attributes:
        session: The TLS session of the last connection, closed; None in clear.
    """

    def __init__(self, host: str, port: int, tls: TlsOptions | None, *, timeout: float, deadline: Deadline) -> None:
        super().__init__()
        self._host, self._port, self._tls = host, port, tls
        self._timeout, self._deadline = timeout, deadline
        self.session: TlsSession | None = None

    def send(self, request: requests.PreparedRequest, *_: object, **__: object) -> requests.Response:
        """Send a request and return its response, whole.

        Raises:
            LiveError: There is no connection, it broke or took too long, or what came is no HTTP, or too much; or the
                request has a token, and would go to another machine in clear.
        """
        stream = self._open(request)
        try:
            stream.send(_written(request))
            return _read(stream, request)
        finally:
            stream.close()

    def close(self) -> None:
        """Nothing stays open."""

    def _open(self, request: requests.PreparedRequest) -> Stream:
        connection = self._dial()
        if isinstance(connection, LiveFailure):
            raise LiveError(connection)
        if self._tls is None:
            if not stays_here(connection):
                request.headers.pop("Authorization", None)  # of an address with a password in it
                if _TOKEN in request.headers:
                    connection.close()
                    raise LiveError(failure("token_in_clear", REASONS))
            return PlainStream(connection, self._deadline.within(self._timeout), limit=LIMIT)
        session = handshake(connection, self._tls, timeout=self._timeout, deadline=self._deadline, redial=self._dial)
        if isinstance(session, LiveFailure):
            raise LiveError(session)
        try:
            # Before the token is sent: a server that refuses the client's certificate says why only to who listens.
            session.stream.settle(_PATIENCE)
        except BaseException:
            session.close()
            raise
        self.session = session
        return session.stream

    def _dial(self) -> socket.socket | LiveFailure:
        return dial(self._host, self._port, timeout=self._timeout, deadline=self._deadline)


def _written(request: requests.PreparedRequest) -> bytes:
    headers = {
        "Host": urlsplit(request.url or "").netloc.rpartition("@")[2],
        **(request.headers or {}),
        "Connection": "close",
    }
    lines = [f"{request.method} {request.path_url} HTTP/1.1", *(f"{name}: {_text(headers[name])}" for name in headers)]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")  # only GET is ever sent: there is no body


def _text(value: str | bytes) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else value


def _read(stream: Stream, request: requests.PreparedRequest) -> requests.Response:
    answer = http.client.HTTPResponse(_Socket(stream), method=request.method)  # type: ignore[arg-type]  # of a socket, only makefile is used
    try:
        answer.begin()
        body = answer.read(LIMIT + 1)
        status, headers, cut = answer.status, list(answer.headers.items()), bool(answer.length)
    except http.client.RemoteDisconnected:
        raise LiveError(failure("closed")) from None
    except (http.client.HTTPException, ValueError):
        raise LiveError(failure("protocol_error")) from None
    finally:
        answer.close()
    if len(body) > LIMIT:
        raise LiveError(failure("answer_too_long"))
    if cut:
        raise LiveError(failure("reset"))
    response = requests.Response()
    response.status_code = status
    response.headers = CaseInsensitiveDict(headers)
    response.raw = io.BytesIO(body)
    response.url = request.url or ""
    response.request = request
    return response


class _Socket:
    """As much of a socket as `http.client` needs."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def makefile(self, *_: object) -> io.BufferedReader:
        """Return what reads from the stream."""
        return io.BufferedReader(_Reader(self._stream))


class _Reader(io.RawIOBase):
    def __init__(self, stream: Stream) -> None:
        super().__init__()
        self._stream = stream
        self._left = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:  # noqa: ANN401 - typeshed's WriteableBuffer
        data = self._left or self._stream.receive()
        count = min(len(data), len(buffer))
        buffer[:count] = data[:count]
        self._left = data[count:]
        return count
