"""One file, read: the certificates and keys in it, and what is wrong with the file itself.

What a file cannot be read for is a reason of its own, taken from where the gate has it too: `preflight.probes.files` for
what stands at the path, `preflight.x509.material` for what is in it.
"""

from __future__ import annotations

from preflight.certificates.inspection import Finding, InspectedCertificate, InspectedFile, InspectedKey, finding
from preflight.certificates.modes import mode_findings
from preflight.certificates.names import expected_kind, is_binary_name
from preflight.model.record import Record, field
from preflight.probes.files import FileProbe, FileProblem
from preflight.x509 import keys as private_keys
from preflight.x509.certificate import CertificateFacts, CertificateProblem, read_certificate
from preflight.x509.lifetime import lifetime
from preflight.x509.material import (
    LIMIT,
    PROBLEMS,
    Block,
    Material,
    MaterialProblem,
    read_certificates,
    read_material,
    read_private_key,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime

    from preflight.certificates.search import Candidate
    from preflight.probes.files import FileFacts

_BOM = b"\xef\xbb\xbf"
_KINDS = ("request", "public_key", "crl")


class Read(Record):
    """A file, as far as it says something by itself."""

    file: InspectedFile = field("It.")
    findings: tuple[Finding, ...] = field("What is to be said about it.")


def read_file(candidate: Candidate, now: datetime) -> Read | None:
    """Read a file.

    Args:
        candidate: Where it is.
        now: The moment that counts.

    Returns:
        None for a file of a folder that neither is named like a certificate or key nor holds one.
    """
    probe = FileProbe()
    seen = probe.inspect(candidate.path)
    wanted = candidate.named or expected_kind(candidate.path) is not None
    data = probe.read_bytes(candidate.path, limit=LIMIT)
    if isinstance(data, FileProblem):
        return _unreadable(candidate, seen, data.code, data.message, data.hint) if wanted else None
    material = read_material(data)
    if isinstance(material, MaterialProblem):
        material = _binary(data) if material.code == "der" else material
    if isinstance(material, MaterialProblem):
        return _unreadable(candidate, seen, material.code, _at_line(material), material.hint) if wanted else None
    if not wanted and not (material.of("certificate") or material.of("trusted_certificate") or material.private_keys):
        return None
    return _read(candidate, seen, data, material, now)


def _read(candidate: Candidate, seen: FileFacts, data: bytes, material: Material, now: datetime) -> Read:
    path = candidate.path
    findings = [*_as_expected(path, material), *_writing(path, data, material)]
    certificates = []
    for position, block in enumerate(material.of("certificate"), 1):
        facts = read_certificate(block.data)
        if isinstance(facts, CertificateProblem):
            findings.append(finding("failure", facts.code, path, facts.message, facts.hint, certificate=position))
        else:
            certificates.append(_certificate(position, block, facts, now))
    keys = []
    for block in material.private_keys:
        key = private_keys.read_key(block)
        keys.append(InspectedKey(line=block.line, facts=key))
        findings += _key_findings(path, key)
    findings += mode_findings(path, seen, certificates=bool(certificates), keys=bool(keys))
    usable = certificates or any(key.facts.problem is None for key in keys)
    problem = None if usable else next((one.code for one in findings if one.level == "failure"), None)
    file = InspectedFile(
        path=path,
        aliases=candidate.aliases,
        kind="unreadable" if problem else _kind(material, certificates, keys),
        mode=seen.mode,
        certificates=tuple(certificates),
        keys=tuple(keys),
        problem=problem,
    )
    return Read(file=file, findings=tuple(findings))


def _certificate(position: int, block: Block, facts: CertificateFacts, now: datetime) -> InspectedCertificate:
    return InspectedCertificate(
        position=position,
        line=block.line,
        der=block.data,
        facts=facts,
        life=lifetime(facts.not_before, facts.not_after, now),
        role=_role(facts),
    )


def _role(facts: CertificateFacts) -> str:
    """Say what a certificate is for, by itself.

    A self-signed one that names hosts is a server's, although `openssl req -x509` makes it a CA, too.
    """
    extended = facts.extended_key_usage
    if facts.self_signed and not facts.dns_names and not facts.ip_addresses and (facts.is_ca or extended is None):
        return "root"
    if facts.is_ca and not facts.self_signed:
        return "ca"
    server = extended is None or "server_auth" in extended
    client = extended is None or "client_auth" in extended
    if server and client:
        return "server_and_client"
    return "server" if server else "client" if client else "other"


def _kind(material: Material, certificates: list[InspectedCertificate], keys: list[InspectedKey]) -> str:
    if certificates:
        if keys:
            return "certificate_and_key"
        return "ca" if all(one.is_authority for one in certificates) else "certificate"
    if keys:
        return "private_key"
    return next((kind for kind in _KINDS if any(block.kind == kind for block in material.blocks)), "other")


def _binary(data: bytes) -> Material | MaterialProblem:
    """Take a DER file for the certificate or the key that it is."""
    raw = data.removeprefix(_BOM)
    if isinstance(read_certificate(raw), CertificateFacts):
        return Material(blocks=(Block(kind="certificate", label="", line=0, data=raw, pem=b""),), encoding="der")
    block = read_private_key(data)
    if isinstance(block, Block) and private_keys.read_key(block).problem is None:
        return Material(blocks=(block,), encoding="der")
    return MaterialProblem(code="der")


def _as_expected(path: str, material: Material) -> list[Finding]:
    """Say that a file is not of the kind that its name says."""
    expected = expected_kind(path)
    read: object = None
    if expected == "certificate" or material.of("trusted_certificate"):
        read = read_certificates(material)
    elif expected == "private_key":
        read = read_private_key(material)
    if isinstance(read, MaterialProblem):
        return [finding("failure", read.code, path, _at_line(read), read.hint)]
    if material.of("pkcs7") and not material.of("certificate"):
        message, hint = PROBLEMS["pkcs7"]
        return [finding("failure", "pkcs7", path, message, hint)]
    return []


def _writing(path: str, data: bytes, material: Material) -> list[Finding]:
    """Say how a file is written, where that is not how most programs want it."""
    findings = []
    if material.encoding == "der":
        message, hint = PROBLEMS["der"]
        # libpq reads a key as either, and nobody names a file `.der` by mistake.
        fine = is_binary_name(path) or material.private_keys
        findings.append(finding("note" if fine else "failure", "der", path, message, hint))
    elif data.startswith(_BOM):
        message = "it starts with a byte order mark, which OpenSSL skips and others do not"
        findings.append(finding("note", "byte_order_mark", path, message, "Save it as UTF-8 without a BOM."))
    if material.encoding == "pem" and b"\r\n" in data:
        message = "its lines end as on Windows (CRLF), which OpenSSL reads and some parsers do not"
        findings.append(finding("note", "crlf", path, message, "Convert it: sed -i 's/\\r$//' FILE"))
    return findings


def _key_findings(path: str, key: private_keys.PrivateKeyFacts) -> list[Finding]:
    if key.problem is not None:
        message, hint = private_keys.PROBLEMS[key.problem]
        return [finding("failure", f"{key.problem}_key", path, f"its private key: {message}", hint)]
    findings = []
    if key.encrypted:
        message = "its private key is encrypted; which certificate it belongs to cannot be told without its passphrase"
        hint = "Configure the passphrase where the key is used (libpq: sslpassword), or the start waits for one."
        findings.append(finding("note", "encrypted_key", path, message, hint))
    if not key.openssl_reads:
        message = "its private key is in a form that OpenSSL, libpq and PostgreSQL do not read"
        hint = (
            "Write it as PKCS #8: ssh-keygen -p -m PKCS8 -f FILE, or openssl pkcs8 -in FILE -inform DER -out FILE.pem"
        )
        findings.append(finding("warning", "unusual_key_form", path, message, hint))
    return findings


def _unreadable(candidate: Candidate, seen: FileFacts, code: str, message: str, hint: str) -> Read:
    kind = "unreadable" if seen.kind == "regular" else "not_a_file"
    mode = seen.mode if seen.exists else None
    file = InspectedFile(path=candidate.path, aliases=candidate.aliases, kind=kind, mode=mode, problem=code)
    return Read(file=file, findings=(finding("failure", code, candidate.path, message, hint),))


def _at_line(problem: MaterialProblem) -> str:
    return problem.message + (f" (line {problem.line})" if problem.line else "")
