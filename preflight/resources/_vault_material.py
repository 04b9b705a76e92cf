"""The certificate, key and CA in a secret of Vault's, judged in memory as a TLS client would use them."""

from __future__ import annotations

from preflight.resources.base import now_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from preflight.live.vault_material import CertificateMaterial
    from preflight.resources.base import Context
    from preflight.x509.purposes import Purpose

PARTS = ("certificate", "private key", "CA")


def judged(material: CertificateMaterial, context: Context, *, for_clients: bool) -> dict[str, Any]:
    """Return facts about what a secret holds. Nothing of it is kept.

    Args:
        material: The texts: PEM as it is, in one line with backslash and n, or in base64.
        context: Tells the time.
        for_clients: Whether a certificate whose entry's name does not say what it is for is a client's.
    """
    given = (material.certificate, material.private_key, material.ca)
    missing = tuple(part for part, text in zip(PARTS, given, strict=True) if not text)
    if len(missing) == len(PARTS):
        return {"material": "none", "missing": missing}
    facts: dict[str, Any] = {"material": "partial" if missing else "complete", "missing": missing}
    from preflight.x509.material import Material, MaterialProblem, read_certificates, read_private_key, read_setting

    problems: list[tuple[str, str, str]] = []
    chain: tuple[bytes, ...] = ()
    trusted: tuple[bytes, ...] = ()
    if material.certificate:
        read = read_certificates(read_setting(material.certificate))
        if isinstance(read, Material):
            chain = read.certificates
        else:
            problems.append((PARTS[0], read.code, read.message))
    if material.ca:
        read = read_certificates(read_setting(material.ca))
        if isinstance(read, Material):
            trusted = read.certificates
        else:
            problems.append((PARTS[2], read.code, read.message))
    if material.private_key:
        block = read_private_key(read_setting(material.private_key))
        if isinstance(block, MaterialProblem):
            problems.append((PARTS[1], block.code, block.message))
        else:
            facts |= _pair(block, chain, problems)
    if chain:
        facts |= _validity(chain, trusted, context, _purpose(material, for_clients=for_clients), problems)
    if problems:
        part, code, said = problems[0]
        facts |= {"problem": code, "problem_detail": f"the {part} cannot be used: {said}"}
    return facts


def _purpose(material: CertificateMaterial, *, for_clients: bool) -> Purpose | None:
    name = (material.names[0] or "").lower()
    if "client" in name or name.startswith("ssl"):
        return "client"
    if "server" in name or name.startswith("tls"):
        return "server"
    return "client" if for_clients else None


def _pair(block: Any, chain: tuple[bytes, ...], problems: list[tuple[str, str, str]]) -> dict[str, Any]:  # noqa: ANN401 - a Block, whose module is loaded late
    from preflight.x509.keys import PROBLEMS, matches, read_key

    key = read_key(block)
    if key.problem is not None:
        problems.append((PARTS[1], key.problem, PROBLEMS[key.problem][0]))
    elif key.encrypted:
        problems.append((PARTS[1], "encrypted", "it is encrypted, and nothing opens it"))
    return {"key_matches": matches(key, chain[0]) if chain and key.key is not None else None}


def _validity(
    chain: tuple[bytes, ...],
    trusted: tuple[bytes, ...],
    context: Context,
    purpose: Purpose | None,
    problems: list[tuple[str, str, str]],
) -> dict[str, Any]:
    from preflight.resources._live import of_certificates
    from preflight.x509.certificate import CertificateProblem, read_certificate
    from preflight.x509.chain import verify_chain

    leaf = read_certificate(chain[0])
    if isinstance(leaf, CertificateProblem):
        problems.append((PARTS[0], leaf.code, leaf.message))
        return {}
    facts = of_certificates(chain[:1], context)
    if trusted:
        verdict = verify_chain(chain, trusted, now_of(context), purpose=purpose)
        first = verdict.failures[0] if verdict.failures else None
        facts["chain"] = verdict.reason or "verified"
        facts["chain_detail"] = None if first is None else first.message
    return facts
