"""Why libpq did not log in: from what the server said, and from what was seen of it before."""

from __future__ import annotations

from preflight.live._postgres_errors import postgres_failure, reason_of
from preflight.live._postgres_tls import libpq_tls

TYPE_CHECKING = False
if TYPE_CHECKING:
    from preflight.live._postgres_login import Login
    from preflight.live._postgres_server import PostgresServer, Probe
    from preflight.live.failures import LiveFailure
    from preflight.live.postgres_target import PostgresTarget


def why(target: PostgresTarget, server: PostgresServer, probe: Probe, login: Login) -> LiveFailure:
    """Say why a login failed.

    Args:
        target: The connection.
        server: What the server that libpq tried last showed before.
        probe: Asks it once more, where its alert to the client's certificate is still to be seen.
        login: What libpq made of it.
    """
    if login.failure is not None:
        # libpq waits where a server goes on that should have been left: for what it sent before TLS, say.
        certain = server.failure if server.failure is not None and not server.failure.retriable else None
        return certain or postgres_failure(login.failure)
    encrypts = bool(probe.address) and target.sslmode != "disable"
    shows = encrypts and libpq_tls(target, server.host).shows
    if login.error is not None:
        code = reason_of(login.error, certificate_sent=login.tls and shows)
        if code != "no_hba_entry" or login.tls or not encrypts:
            return postgres_failure(code)
        # libpq went on in clear after TLS had failed: that the server wants TLS is not what is wrong.
        return server.failure or postgres_failure(code)
    if login.needs_password:
        return postgres_failure("password_missing")
    refused = server.failure
    if refused is None and shows and not login.ready:
        refused = probe.refusal_after_handshake()
    return refused or postgres_failure(_unmet_demand(target, server, login, shows=shows))


def _unmet_demand(target: PostgresTarget, server: PostgresServer, login: Login, *, shows: bool) -> str:
    """Name the demand of the client's own that the server did not meet: libpq gave up, and nobody refused anything."""
    parameters = target.parameters
    if login.ready:
        attributes = parameters.get("target_session_attrs", "any")
        return "wrong_session_attributes" if attributes != "any" else "login_failed"
    if not login.traced:
        return "login_failed"
    if not login.started:
        if not server.host or server.host.startswith("@"):  # only libpq knows where it would be
            return "socket_missing"
        if parameters.get("sslnegotiation") == "direct":
            return "direct_tls_unsupported"
        return "revoked" if parameters.get("sslcrl") or parameters.get("sslcrldir") else "login_failed"
    if parameters.get("sslcertmode") == "require" and not shows:
        return "client_certificate_unasked"
    if parameters.get("require_auth"):
        return "method_refused"
    if parameters.get("channel_binding") == "require":
        return "channel_binding_impossible"
    if parameters.get("sslcertmode") == "require":
        return "client_certificate_unasked"
    if login.tls and parameters.get("channel_binding") != "disable" and not _binds_channel(server):
        return "channel_binding_digest"
    return "login_failed"


def _binds_channel(server: PostgresServer) -> bool:
    """Say whether libpq finds a hash for `tls-server-end-point` (RFC 5929): it does not with Ed25519 signatures."""
    from preflight.x509.certificate import CertificateFacts, read_certificate

    leaf = read_certificate(server.certificates[0]) if server.certificates else None
    return not isinstance(leaf, CertificateFacts) or leaf.signature_hash is not None
