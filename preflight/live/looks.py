"""Second looks at a server that did not understand: does it speak TLS, where it was spoken to in clear?"""

from __future__ import annotations

from preflight.live.dialing import dial
from preflight.live.failures import LiveFailure, TlsFailure
from preflight.live.handshake import TlsOptions, TlsSession, handshake

TYPE_CHECKING = False
if TYPE_CHECKING:
    from preflight.live.deadline import Deadline

LOOK = 1.0
"""Seconds for a second look, at most."""
_SILENT = frozenset({"not_tls", "closed", "handshake_failed"})


def speaks_tls(host: str, port: int, deadline: Deadline) -> bool:
    """Say whether a server answers a TLS handshake with TLS, be it with a refusal. Nothing is verified or sent.

    Args:
        host: Its name or address.
        port: Its port.
        deadline: When the answer must be there; it takes a second at most.
    """
    connection = dial(host, port, timeout=LOOK, deadline=deadline)
    if isinstance(connection, LiveFailure):
        return False
    session = handshake(connection, TlsOptions(server_name=host), timeout=LOOK, deadline=deadline)
    if isinstance(session, TlsSession):
        session.close()
        return True
    return isinstance(session, TlsFailure) and session.reason not in _SILENT
