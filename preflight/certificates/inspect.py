"""Every certificate, key and CA file of a few paths: what is in it, whether it is right, and how long it still is.

Nothing is changed, nobody is asked (no passphrase, no network), and nothing of a key is shown. Revocation is not looked at.
"""

from __future__ import annotations

import warnings

from preflight.certificates.chains import Authorities, verify
from preflight.certificates.inspection import LEVELS, VERIFIED, Chain, Finding, InspectedFile, Inspection
from preflight.certificates.pairs import paired
from preflight.certificates.quality import quality, validity
from preflight.certificates.reading import read_file
from preflight.certificates.search import search
from preflight.errors import EXIT_BLOCKED, EXIT_INPUT, EXIT_PASS, InputError
from preflight.model.origin import Origin
from preflight.model.problem import Problem
from preflight.probes.files import FileProbe, FileProblem
from preflight.x509.chain import verify_chain
from preflight.x509.material import MaterialProblem, read_certificates

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from preflight.certificates.inspection import InspectedCertificate
    from preflight.certificates.search import Search

_STORE_LIMIT = 1024 * 1024


def inspect(
    paths: Sequence[str],
    now: datetime,
    *,
    trusted: Sequence[str] = (),
    fail_within: float | None = None,
    strict: bool = False,
) -> Inspection:
    """Inspect files and folders.

    Args:
        paths: What to look at; empty for the usual places of the working directory.
        now: The moment that counts, with its zone.
        trusted: CA files that alone are trusted; empty: the self-signed certificates among the files are.
        fail_within: Days: whoever has fewer left is a failure.
        strict: Whether warnings give exit code 1, too.

    Raises:
        InputError: A file of `trusted` holds no certificate, or cannot be read.
    """
    with warnings.catch_warnings():  # cryptography warns of odd serial numbers as often as they are looked at
        warnings.simplefilter("ignore")
        return _inspect(paths, now, trusted=trusted, fail_within=fail_within, strict=strict)


def _inspect(
    paths: Sequence[str], now: datetime, *, trusted: Sequence[str], fail_within: float | None, strict: bool
) -> Inspection:
    roots = [der for path in trusted for der in _store(path)] if trusted else None
    looked = search(paths)
    findings: list[Finding] = [
        Finding(level="failure", code=one.code, path=one.path, message=one.message, hint=one.hint)
        for one in looked.problems
    ]
    files = []
    for candidate in looked.candidates:
        read = read_file(candidate, now)
        if read is not None:
            files.append(read.file)
            findings += read.findings
    told, more = paired(sorted(files, key=lambda one: one.path))
    authorities = Authorities(told, roots)
    verified = []
    for file in told:
        certificates = []
        for one in file.certificates:
            certificate = _root_or_not(one, authorities, told)
            chain, said = _chain(file, certificate, authorities, now)
            certificates.append(certificate.replace(chain=chain))
            more += [*validity(file, certificate, now, fail_within), *quality(file, certificate), *said]
        verified.append(file.replace(certificates=tuple(certificates)))
    findings = sorted({*findings, *more}, key=_order)
    if not verified and not findings:
        findings = [_nothing(looked)]
    return Inspection(
        at=now,
        paths=looked.places,
        trusted=tuple(trusted),
        fail_within=fail_within,
        strict=strict,
        files=tuple(verified),
        findings=tuple(findings),
        exit_code=_exit_code(findings, strict=strict),
    )


def _order(finding: Finding) -> tuple[int, str, int, str]:
    return LEVELS.index(finding.level), finding.path, finding.certificate or 0, finding.code


def _exit_code(findings: Sequence[Finding], *, strict: bool) -> int:
    if any(one.code in {"missing", "nothing_found"} and one.level == "failure" for one in findings):
        return EXIT_INPUT
    levels = {one.level for one in findings}
    return EXIT_BLOCKED if "failure" in levels or (strict and "warning" in levels) else EXIT_PASS


def _store(path: str) -> Iterator[bytes]:
    """Read a file of trusted certificates, as large as the system's."""
    data = FileProbe().read_bytes(path, limit=_STORE_LIMIT)
    material = data if isinstance(data, FileProblem) else read_certificates(data)
    if isinstance(material, (FileProblem, MaterialProblem)):
        message = f"the CA file cannot be used: {material.message}"
        problem = Problem(
            kind="input", code=material.code, message=message, hint=material.hint, origin=Origin(file=path)
        )
        raise InputError([problem])
    yield from material.certificates


def _nothing(looked: Search) -> Finding:
    where = ", ".join("this folder" if place == "." else place for place in looked.places)
    return Finding(
        level="failure",
        code="nothing_found",
        path=looked.places[0],
        message=f"there is no certificate, no key and no CA file in {where}",
        hint="Name files or folders: preflight certs inspect PATH; make some: preflight certs create.",
    )


def _root_or_not(
    certificate: InspectedCertificate, authorities: Authorities, files: Sequence[InspectedFile]
) -> InspectedCertificate:
    """Take a self-signed certificate that issued another one for a root, whatever names it has."""
    if certificate.facts.self_signed and certificate.facts.is_ca and authorities.issued_another(certificate, files):
        return certificate.replace(role="root")
    return certificate


def _chain(
    file: InspectedFile, certificate: InspectedCertificate, authorities: Authorities, now: datetime
) -> tuple[Chain, list[Finding]]:
    if certificate.role != "root":
        return verify(file, certificate, authorities, now)
    alone = verify_chain(
        [certificate.der], [certificate.der], now, purpose=None
    )  # whether it is trusted is not its own matter
    reason = alone.failures[0] if alone.failures else None
    chain = Chain(
        verdict=reason.reason if reason is not None else VERIFIED,
        detail=reason.message if reason is not None else None,
        path=alone.path,
        anchor=file.path,
    )
    return chain, []
