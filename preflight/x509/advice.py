"""A second, stricter opinion on a chain: what OpenSSL and libpq accept today and others refuse.

`cryptography` verifies as browsers do (CA/Browser Forum Baseline Requirements, RFC 5280 to the letter); Go, Java and
rustls refuse some of the same things. Advice never decides.
"""

from __future__ import annotations

import ipaddress
import warnings
from datetime import UTC

from cryptography import x509
from cryptography.x509 import verification

from preflight.x509.certificate import CertificateProblem, facts_of, load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from preflight.x509.certificate import CertificateFacts

    _Read = tuple[x509.Certificate, CertificateFacts]

# code: (what is the case, what to do)
ADVICE = {
    "v1": (
        "it is an X.509 version 1 certificate, as `openssl x509 -req` makes without -extfile",
        "Have it issued as version 3, with a subject alternative name.",
    ),
    "no_san": (
        "it names its hosts in the common name alone, which most clients no longer read",
        "Have it issued with a subject alternative name.",
    ),
    "no_basic_constraints": ("a CA above it does not say that it is one", "Have the CA's certificate issued with CA:TRUE."),
    "no_key_usage": ("a CA above it has no key usage", "Have the CA's certificate issued with keyUsage=keyCertSign,cRLSign."),
    "no_extended_key_usage": ("it does not say what it is for", "Have it issued with extendedKeyUsage=serverAuth or clientAuth."),
    "ca_leaf": (
        "it is a CA and a server's certificate in one, as `openssl req -x509` makes it",
        "Issue the server's certificate from a CA, with CA:FALSE.",
    ),
    "no_authority_key_identifier": ("it does not name its issuer's key", "Have it issued with authorityKeyIdentifier."),
    "serial_not_positive": ("its serial number is zero or negative", "Have it issued with a random positive serial number."),
    "serial_too_long": ("its serial number has more than 20 bytes", "Have it issued with a serial number of up to 159 bits."),
    "unusual_key": ("its key is of a kind that browsers do not take", "Use RSA of 2048 bits or more, P-256, P-384 or P-521."),
    "unusual_signature": ("it is signed in a way that browsers do not take", "Have it issued with SHA-256 or better."),
    "unreadable": ("it is encoded in a way that strict readers refuse", "Have it issued again."),
    "strict_refused": ("a strict verifier refuses the chain", "Have it issued by a tool that follows RFC 5280."),
}  # fmt: skip

_HASHES = ("sha256", "sha384", "sha512")
_LONGEST_SERIAL = 40
"""Hexadecimal digits of 20 bytes (RFC 5280 section 4.1.2.2)."""


def strict_advice(presented: Sequence[bytes], trusted: Sequence[bytes], now: datetime) -> tuple[str, ...]:
    """Say what strict verifiers dislike in a server's chain that OpenSSL accepts.

    Names of hosts are no matter of this: the certificate is verified for the first of its own.

    Args:
        presented: Certificates as the server sends them, DER, the leaf first.
        trusted: The certificates of the CA file, DER. Only those count that the chain leads to.
        now: The time at which it must be valid, with its zone.

    Returns:
        Codes of `ADVICE`, sorted. `strict_refused` only where the verifier refuses and no other code tells why; so it is
        for a chain that OpenSSL refuses, too.
    """
    chain, bundle = _read(presented), _read(trusted)
    found: set[str] = set()
    if len(chain) < len(presented):
        found.add("unreadable")
    if chain:
        found.update(_of_leaf(chain[0][1]))
        for _, authority in _above(chain, bundle):
            found.update(_of_authority(authority))
        if not found and not _accepted(chain, bundle, now):
            found.add("strict_refused")
    return tuple(sorted(found))


def _read(ders: Sequence[bytes]) -> list[tuple[x509.Certificate, CertificateFacts]]:
    found = []
    for der in ders:
        certificate = load(der)
        if isinstance(certificate, CertificateProblem):
            continue
        facts = facts_of(certificate)
        if not isinstance(facts, CertificateProblem):
            found.append((certificate, facts))
    return found


def _above(chain: Sequence[_Read], bundle: Sequence[_Read]) -> list[_Read]:
    """Return the CAs that a chain passes: those presented, and those of the bundle that issued one of them."""
    passed = list(chain[1:])
    wanted = {facts.issuer for _, facts in chain}
    left = [one for one in bundle if one[1].sha256 != chain[0][1].sha256]
    while found := [one for one in left if one[1].subject in wanted]:
        passed.extend(found)
        wanted.update(facts.issuer for _, facts in found)
        left = [one for one in left if one not in found]
    return passed


def _of_leaf(leaf: CertificateFacts) -> Iterator[str]:
    yield from _of_any(leaf)
    if leaf.version == 1:
        return  # it cannot say anything of the rest
    if not any(kind in ("dns", "ip") for kind, _ in leaf.sans):
        yield "no_san"
    if leaf.is_ca:
        yield "ca_leaf"
    if leaf.extended_key_usage is None:
        yield "no_extended_key_usage"
    if not leaf.self_issued and not leaf.has_authority_key_identifier:
        yield "no_authority_key_identifier"


def _of_authority(authority: CertificateFacts) -> Iterator[str]:
    yield from _of_any(authority)
    if authority.version == 1:
        return
    if authority.is_ca is None:
        yield "no_basic_constraints"
    if authority.key_usage is None:
        yield "no_key_usage"
    if not authority.self_issued and not authority.has_authority_key_identifier:
        yield "no_authority_key_identifier"


def _of_any(one: CertificateFacts) -> Iterator[str]:
    if one.version == 1:
        yield "v1"
    digits = one.serial.removeprefix("-")
    if one.serial.startswith("-") or not digits.strip("0"):
        yield "serial_not_positive"
    if len(digits) + (digits[0] in "89abcdef" and len(digits) % 2 == 0) > _LONGEST_SERIAL:
        yield "serial_too_long"
    usual = one.key.strong and one.key.type in {"rsa", "ec"} and not one.explicit_curve
    if not usual:
        yield "unusual_key"
    if one.signature_hash not in _HASHES and not (one.self_signed and usual):
        yield "unusual_signature"


def _accepted(chain: Sequence[_Read], bundle: Sequence[_Read], now: datetime) -> bool:
    names = (value for kind, value in chain[0][1].sans if kind in ("dns", "ip"))
    subject = _subject(next(names, ""))
    if not bundle or subject is None:
        return False
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            policy = verification.PolicyBuilder().store(verification.Store([one for one, _ in bundle]))
            verifier = policy.time(now.astimezone(UTC).replace(tzinfo=None)).build_server_verifier(subject)
            verifier.verify(chain[0][0], [one for one, _ in chain[1:]])
        except (verification.VerificationError, ValueError, TypeError):
            return False
    return True


def _subject(name: str) -> x509.DNSName | x509.IPAddress | None:
    host = f"a{name[1:]}" if name.startswith("*.") else name
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        pass
    try:
        return x509.DNSName(host) if host else None
    except ValueError:
        return None
