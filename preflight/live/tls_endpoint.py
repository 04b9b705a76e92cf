"""What a TLS server at a host and a port really does: versions, chain, name, dates. Nothing is sent after the handshake."""

from __future__ import annotations

import ipaddress

from preflight.live.dialing import dial
from preflight.live.failures import LiveError, LiveFailure, TlsFailure
from preflight.live.handshake import TlsOptions, TlsSession, handshake
from preflight.live.tls_versions import VERSIONS, accepts
from preflight.model.record import Record, field
from preflight.x509.certificate import CertificateFacts, CertificateProblem, read_certificate
from preflight.x509.hosts import match_openssl, match_openssl_address

TYPE_CHECKING = False
if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from preflight.live.deadline import Deadline

_PATIENCE = 0.5  # seconds for a server of TLS 1.3 to say that it refuses the client's certificate


class TlsEndpoint(Record):
    """A server that speaks TLS."""

    version: str = field("The version that a client of today gets, `1.0` to `1.3`.")
    cipher: str = field("The cipher suite, as OpenSSL calls it.")
    accepted: tuple[str, ...] = field("The versions that it accepts, weakest first.")
    undetermined: tuple[str, ...] = field(
        "The versions that could not be asked for, weakest first: this machine's OpenSSL does not speak them, or time ran out."
    )
    verified: bool | None = field("Whether its chain leads to a trusted CA; None where nothing is trusted.")
    refusal: TlsFailure | None = field(
        "Why the chain was refused; None where it was not. The name is told apart, in `name_matches`."
    )
    name_matches: bool | None = field("Whether its certificate is for the host; None where that was not asked.")
    certificates: tuple[bytes, ...] = field("What it sends, DER, its own certificate first.")

    @property
    def floor(self) -> str | None:
        """The weakest version that it accepts; None where a weaker one than it is known to accept is undetermined."""
        lowest = self.accepted[0] if self.accepted else None
        known = list(VERSIONS)
        if lowest is None or any(known.index(one) < known.index(lowest) for one in self.undetermined):
            return None
        return lowest


def check_tls_endpoint(
    host: str,
    port: int,
    options: TlsOptions,
    *,
    timeout: float,
    deadline: Deadline,
) -> TlsEndpoint | LiveFailure:
    """Look at a TLS server: one handshake that verifies nothing, one that verifies, and one for each version.

    Args:
        host: Its name or address.
        port: Its port.
        options: What the service trusts and shows; `server_name` is the host where it is None.
        timeout: Seconds for all of it.
        deadline: The deadline of the run.

    Returns:
        What it does; or why it cannot be looked at: no connection, no TLS, files that cannot be read, or a
        client certificate that the server misses or refuses.
    """
    own = deadline.within(timeout)
    options = options if options.server_name is not None else options.replace(server_name=host)

    def reach() -> socket.socket | LiveFailure:
        return dial(host, port, timeout=timeout, deadline=own)

    blind = options.replace(ca_file=None, ca_data=None, system=False)
    session = _handshake(reach, blind, timeout, own)
    if isinstance(session, LiveFailure):
        return session
    refusal, verified = None, None
    if options.verifies:
        answer = _handshake(reach, options.replace(check_name=False), timeout, own)
        if isinstance(answer, TlsFailure) and answer.verify_code is not None:
            refusal = answer.replace(certificates=session.certificates)
        elif isinstance(answer, LiveFailure):
            return answer
        verified = refusal is None
    leaf = read_certificate(session.certificates[0]) if session.certificates else None
    facts = None if isinstance(leaf, CertificateProblem) else leaf
    accepted, undetermined = _versions(reach, options, timeout, own)
    return TlsEndpoint(
        version=session.version,
        cipher=session.cipher,
        accepted=accepted,
        undetermined=undetermined,
        verified=verified,
        refusal=refusal,
        name_matches=_name_matches(options, facts) if options.check_name and facts is not None else None,
        certificates=session.certificates,
    )


def _handshake(
    reach: Callable[[], socket.socket | LiveFailure], options: TlsOptions, timeout: float, own: Deadline
) -> TlsSession | LiveFailure:
    """Return a session that is closed already; its facts stay."""
    connection = reach()
    if isinstance(connection, LiveFailure):
        return connection
    session = handshake(connection, options, timeout=timeout, deadline=own)
    if isinstance(session, LiveFailure):
        return session
    try:
        session.stream.settle(_PATIENCE)
    except LiveError as error:
        # Whoever hangs up because nothing is said is not asked why.
        if error.failure.reason.startswith("client_certificate"):
            return error.failure
    finally:
        session.close()
    return session


def _versions(
    reach: Callable[[], socket.socket | LiveFailure], options: TlsOptions, timeout: float, own: Deadline
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    answers = {
        version: accepts(reach, version, server_name=options.sni, timeout=timeout, deadline=own, alpn=options.alpn)
        for version in VERSIONS
    }
    accepted = tuple(version for version, answer in answers.items() if answer == "accepted")
    return accepted, tuple(version for version, answer in answers.items() if answer == "unknown")


def _name_matches(options: TlsOptions, leaf: CertificateFacts) -> bool:
    name = options.server_name or ""
    try:
        address = ipaddress.ip_address(name)
    except ValueError:
        names = leaf.common_names if options.common_name else ()
        return match_openssl(name, leaf.sans, names, partial_wildcards=False).matches
    return match_openssl_address(str(address), leaf.sans).matches
