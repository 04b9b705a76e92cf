"""Which TLS versions a server really accepts, one handshake for each: what it is configured for is another matter."""

from __future__ import annotations

import ssl
import warnings

from preflight.live.failures import LiveError, LiveFailure
from preflight.live.streams import PlainStream
from preflight.live.tls_streams import TlsStream

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from typing import Literal

    from preflight.live.deadline import Deadline

    Answer = Literal["accepted", "refused", "unknown"]

VERSIONS = {
    "1.0": ssl.TLSVersion.TLSv1,
    "1.1": ssl.TLSVersion.TLSv1_1,
    "1.2": ssl.TLSVersion.TLSv1_2,
    "1.3": ssl.TLSVersion.TLSv1_3,
}
"""Every version of TLS, weakest first."""
_REFUSALS = frozenset({"protocol_version", "handshake_refused", "closed", "reset", "name_unknown_to_server"})


def accepts(
    connect: Callable[[], socket.socket | LiveFailure],
    version: str,
    *,
    server_name: str | None,
    timeout: float,
    deadline: Deadline,
    alpn: tuple[str, ...] = (),
) -> Answer:
    """Ask a server for one version and nothing else.

    Every cipher is offered that this machine has, also weak ones, and nothing is verified: a server that accepts the
    version for any client accepts it here. What counts is its ServerHello; what comes after may fail.

    Args:
        connect: Connects, up to the point where the server is ready to begin TLS.
        version: `1.0` to `1.3`.
        server_name: The name for the server (SNI).
        timeout: Seconds, after the connection.
        deadline: The deadline of the run.
        alpn: Protocols offered.

    Returns:
        `accepted`; `refused`, where the server said no or hung up; or `unknown`, where this machine's OpenSSL does not
        speak the version, or the server could not be asked or did not answer in time.
    """
    context = _only(version)
    if context is None:
        return "unknown"
    if alpn:
        context.set_alpn_protocols(list(alpn))
    connection = connect()
    if isinstance(connection, LiveFailure):
        return "unknown"
    stream = PlainStream(connection, deadline.within(timeout))
    try:
        tls = TlsStream(stream, context, server_name)
        return _ask(tls, version)
    except ValueError:  # the name is no name
        return "unknown"
    finally:
        stream.close()


def _ask(tls: TlsStream, version: str) -> Answer:
    try:
        tls.handshake()
    except LiveError as error:
        if _answered(tls, version):
            return "accepted"
        # Where nothing was sent, the refusal is this machine's own.
        return "refused" if tls.asked and error.failure.reason in _REFUSALS else "unknown"
    return "accepted"


def _answered(tls: TlsStream, version: str) -> bool:
    """Whether a ServerHello of the version came. That of TLS 1.3 says 1.2 there (RFC 8446, section 4.1.3)."""
    return version != "1.3" and tls.said_hello == {"1.0": (3, 1), "1.1": (3, 2), "1.2": (3, 3)}[version]


def _only(version: str) -> ssl.SSLContext | None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        # Level 0 alone lets OpenSSL 3 speak TLS 1.0 and 1.1 (SSL_CTX_set_security_level(3)); distributions raise it.
        context.set_ciphers("ALL:@SECLEVEL=0")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # that they are old is why they are asked for
            context.minimum_version = VERSIONS[version]
            context.maximum_version = VERSIONS[version]
    except (ValueError, ssl.SSLError):
        return None
    return context
