"""A PostgreSQL client and the server of the same project that it connects to: will the one accept the other's certificate?

libpq compares the name in the connection string with the server's certificate (`verify-full`), and verifies its chain to the CA
file (libpq manual, section 32.19.1). Both ends lie in the project, so both are read here; a server elsewhere only live checks see.
"""

from __future__ import annotations

from preflight.model.fact import Deferred, Unknown
from preflight.model.record import field
from preflight.probes.files import FileProblem
from preflight.resources.base import Resource, now_of
from preflight.resources.postgres_client import clients, root_certificate

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from preflight.model.fact import Fact, SslMode
    from preflight.model.subject import Subject
    from preflight.resources.base import Context
    from preflight.x509.material import Block


class PostgresPeer(Resource):
    """One connection to one server of the project."""

    host: Fact[str] = field("The name that the client connects to.")
    server: Fact[str] = field("The service that answers to it.")
    sslmode: Fact[SslMode] = field("The TLS mode of the client, in libpq's words.")
    names_host: Fact[bool] = field("Whether the server's certificate is valid for that name, as libpq decides.")
    names: Fact[tuple[str, ...]] = field("What the server's certificate names.")
    chain: Fact[str] = field(
        "verified, or why OpenSSL refuses the server's chain to the client's CA file; absent where one is not known."
    )
    chain_detail: Fact[str] = field("That reason in words.")


RESOURCE = PostgresPeer


def collect(subject: Subject, context: Context) -> Iterator[PostgresPeer]:
    """Collect the connections of a service to servers of its project."""
    if not context.peers or context.context_of is None or subject.service is None:
        return
    for client in clients(subject, context):
        if not client.found.applicable or client.found.mode is None:
            continue
        for host in client.connection.hosts:
            peer = context.peers.get(host.host or "")
            if peer is None or peer is subject:
                continue
            blocks = _presented(peer, context.context_of(peer))
            if blocks is None:
                continue
            yield PostgresPeer(
                name=client.setting.name,
                origin=client.setting.origin,
                via=client.setting.via,
                host=host.host,
                server=peer.name,
                sslmode=client.found.mode,
                **_facts(blocks, str(host.host), root_certificate(client, subject.settings), context),
            )


def _presented(peer: Subject, context: Context) -> tuple[Block, ...] | Deferred | None:
    """Return the certificates that a server presents; None where it is no PostgreSQL server, or has none that can be read."""
    from preflight.resources._postgres_server import server_of
    from preflight.x509.material import MaterialProblem, read_certificates

    server = server_of(peer, context)
    if server is None or server.setting("ssl").value != "on":
        return None
    path = server.setting("ssl_cert_file").value
    if not isinstance(path, str):
        return path if isinstance(path, Deferred) else None
    content = context.files.read_bytes(server.absolute(path))
    if isinstance(content, FileProblem):
        later = Deferred(reason="elsewhere", detail="the server's certificate is known only where it runs")
        return later if content.code == "elsewhere" else None
    read = read_certificates(content)
    return None if isinstance(read, MaterialProblem) else read.of("certificate")


def _facts(blocks: tuple[Block, ...] | Deferred, host: str, authority: str | None, context: Context) -> dict[str, Any]:
    if isinstance(blocks, Deferred):
        return dict.fromkeys(("names_host", "names", "chain", "chain_detail"), blocks)
    from preflight.x509.certificate import CertificateProblem, read_certificate
    from preflight.x509.chain import verify_chain
    from preflight.x509.hosts import match_libpq

    leaf = read_certificate(blocks[0].data)
    if isinstance(leaf, CertificateProblem):
        unknown = Unknown(reason=leaf.code, detail=f"the server's certificate cannot be read: {leaf.message}")
        return dict.fromkeys(("names_host", "names", "chain", "chain_detail"), unknown)
    facts: dict[str, Any] = {
        "names_host": match_libpq(host, leaf.sans, leaf.common_names).matches,
        "names": tuple(value for _, value in leaf.sans) or leaf.common_names,
        "chain": None,
        "chain_detail": None,
    }
    trusted = _trusted(authority, context)
    if trusted is not None:
        verdict = verify_chain([block.data for block in blocks], trusted, now_of(context), purpose="server")
        first = verdict.failures[0] if verdict.failures else None
        facts["chain"] = "verified" if first is None else first.reason
        facts["chain_detail"] = None if first is None else first.message
    return facts


def _trusted(authority: str | None, context: Context) -> list[bytes] | None:
    from preflight.x509.material import MaterialProblem, read_certificates

    if not authority or authority == "system":
        return None
    content = context.files.read_bytes(authority)
    if isinstance(content, FileProblem):
        return None
    read = read_certificates(content)
    return None if isinstance(read, MaterialProblem) else [block.data for block in read.of("certificate")]
