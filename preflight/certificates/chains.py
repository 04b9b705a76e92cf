"""Whether each certificate's chain leads to a trusted root, as OpenSSL decides it, with what lies among the files.

Trusted are the self-signed certificates of all files, or those of the CA files that were named. What a peer would present
is the certificate's own file; the intermediate CAs of other files are tried as well, as `openssl verify -untrusted` does,
and it is said where they were needed.
"""

from __future__ import annotations

from preflight.certificates.inspection import VERIFIED, Chain, Finding, said_of
from preflight.x509.advice import ADVICE, strict_advice
from preflight.x509.certificate import CertificateProblem, load
from preflight.x509.chain import REASONS, verify_chain
from preflight.x509.links import canonical

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from preflight.certificates.inspection import InspectedCertificate, InspectedFile
    from preflight.x509.chain import ChainVerdict
    from preflight.x509.links import Canonical
    from preflight.x509.purposes import Purpose

# Chains that end because something is not there are no contradiction: the CA may be known where it is needed.
_INCOMPLETE = frozenset({"issuer_not_found", "root_missing"})
# Said of the certificate itself already.
_OF_ITS_DATES = frozenset({"expired", "not_yet_valid"})


class Authorities:
    """Certificates by the name that they bear, so that a chain is verified against few of many.

    Args:
        files: Everything that was read.
        trusted: Certificates that alone are trusted, DER; None: every self-signed one among the files.
    """

    def __init__(self, files: Iterable[InspectedFile], trusted: Sequence[bytes] | None) -> None:
        self.given = trusted is not None
        self.files: dict[str, str] = {}
        self._trusted: dict[Canonical, list[bytes]] = {}
        self._others: dict[Canonical, list[bytes]] = {}
        for der in dict.fromkeys(trusted or ()):
            self._add(self._trusted, der)
        for file in files:
            for one in file.certificates:
                self.files.setdefault(one.facts.sha256, file.path)
                if one.facts.self_signed:
                    if trusted is None:
                        self._add(self._trusted, one.der)
                elif one.role == "ca" or one.facts.is_ca is None:
                    self._add(self._others, one.der)

    def above(self, certificate: InspectedCertificate, beside: Sequence[bytes]) -> tuple[list[bytes], list[bytes]]:
        """Return the intermediate CAs and the trusted ones whose names lie above a certificate.

        Args:
            certificate: The certificate.
            beside: What its own file holds; that leads on, too.
        """
        own = [loaded for der in beside if not isinstance(loaded := load(der), CertificateProblem)]
        names = {canonical(one.issuer) for one in own} | _issuer(certificate.der)
        seen: set[Canonical] = set()
        others: list[bytes] = []
        trusted: list[bytes] = []
        while names:
            name = names.pop()
            if name in seen:
                continue
            seen.add(name)
            trusted += self._trusted.get(name, ())
            found = self._others.get(name, ())
            others += found
            for der in found:
                names |= _issuer(der)
            if self.given:
                for der in self._trusted.get(name, ()):
                    names |= _issuer(der)
        return [der for der in others if der != certificate.der], trusted

    def named_issuer(self, certificate: InspectedCertificate) -> bool:
        """Say whether a certificate with the name of its issuer is here, whatever its key."""
        return any(name in self._trusted or name in self._others for name in _issuer(certificate.der))

    def issued_another(self, certificate: InspectedCertificate, files: Iterable[InspectedFile]) -> bool:
        """Say whether a certificate bears the name of another one's issuer."""
        return any(
            one.facts.issuer == certificate.facts.subject and one.facts.sha256 != certificate.facts.sha256
            for file in files
            for one in file.certificates
        )

    @staticmethod
    def _add(to: dict[Canonical, list[bytes]], der: bytes) -> None:
        loaded = load(der)
        if isinstance(loaded, CertificateProblem):
            return
        try:
            to.setdefault(canonical(loaded.subject), []).append(der)
        except (ValueError, TypeError):  # a name that cannot be read is nobody's issuer
            return


def _issuer(der: bytes) -> set[Canonical]:
    loaded = load(der)
    if isinstance(loaded, CertificateProblem):
        return set()
    try:
        return {canonical(loaded.issuer)}
    except (ValueError, TypeError):
        return set()


def verify(
    file: InspectedFile, certificate: InspectedCertificate, authorities: Authorities, now: datetime
) -> tuple[Chain, list[Finding]]:
    """Verify the chain of a certificate.

    Args:
        file: Its file.
        certificate: It.
        authorities: Who is trusted, and what may lie between.
        now: The moment that counts.

    Returns:
        The chain, and what is to be said about it.
    """
    beside = [one.der for one in file.certificates if one.position != certificate.position]
    others, trusted = authorities.above(certificate, beside)
    presented = [certificate.der, *beside, *(der for der in others if der not in beside)]
    verdicts = [verify_chain(presented, trusted, now, purpose=purpose) for purpose in _purposes(certificate)]
    # What names its uses must do for all of them; without an extended key usage one of them is enough.
    wanted = certificate.facts.extended_key_usage is None
    verdict = next((one for one in verdicts if one.accepted is wanted), verdicts[0])
    chain = Chain(
        verdict=VERIFIED if verdict.accepted else verdict.failures[0].reason,
        detail=None if verdict.accepted else _words(verdict),
        path=verdict.path,
        anchor=authorities.files.get(verdict.anchor_sha256) if verdict.anchor_sha256 is not None else None,
    )
    if not verdict.accepted:
        return chain, _refused(file, certificate, verdict, authorities)
    findings = []
    if certificate.role in {"server", "server_and_client"}:
        findings += _advice(file, certificate, presented, trusted, now)
    if not certificate.is_authority and len(verdict.path) > 2 and others:
        alone = verify_chain([certificate.der, *beside], trusted, now, purpose=None)
        if not alone.accepted:
            message = "its file lacks the intermediate CA's certificate, which lies in another file here"
            hint = "A server or client must send it: append it to the file that is configured."
            findings.append(said_of("note", "intermediate_elsewhere", file, certificate, message, hint))
    return chain, findings


def _purposes(certificate: InspectedCertificate) -> list[Purpose | None]:
    """Return for what it is verified: what it is issued for."""
    if certificate.is_authority or certificate.role == "other":
        return [None]
    if certificate.role == "server":
        return ["server"]
    return ["client"] if certificate.role == "client" else ["server", "client"]


def _refused(
    file: InspectedFile, certificate: InspectedCertificate, verdict: ChainVerdict, authorities: Authorities
) -> list[Finding]:
    first = verdict.failures[0]
    if first.depth == 0 and first.reason in _OF_ITS_DATES:
        return []
    if first.reason in _INCOMPLETE and not authorities.given:
        if first.reason == "issuer_not_found" and first.depth == 0 and authorities.named_issuer(certificate):
            message = "a CA of its issuer's name is here, but another key signed it: another CA of that name did"
            hint = "Put the certificate of the CA that really issued it here, or have it issued again by this one."
            return [said_of("failure", "wrong_ca", file, certificate, message, hint)]
        message = f"its chain was not verified: {_words(verdict)}"
        hint = "Inspect the CA's file with it, or name it: --ca FILE (public CAs: /etc/ssl/certs/ca-certificates.crt)."
        return [said_of("warning", first.reason, file, certificate, message, hint)]
    message = f"OpenSSL refuses its chain: {_words(verdict)}"
    return [said_of("failure", first.reason, file, certificate, message, first.hint)]


def _words(verdict: ChainVerdict) -> str:
    first = verdict.failures[0]
    about = f" ({first.subject})" if first.subject and first.depth else ""
    return f"{REASONS[first.reason][0]}{about}"


def _advice(
    file: InspectedFile,
    certificate: InspectedCertificate,
    presented: Sequence[bytes],
    trusted: Sequence[bytes],
    now: datetime,
) -> list[Finding]:
    return [
        said_of("note", code, file, certificate, f"strict clients refuse what OpenSSL accepts: {ADVICE[code][0]}", ADVICE[code][1])
        for code in strict_advice(presented, trusted, now)
    ]  # fmt: skip
