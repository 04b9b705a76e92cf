"""Whether a chain of certificates leads to a trusted one as OpenSSL, and so libpq and PostgreSQL, decide it.

This is the algorithm of OpenSSL 3 (crypto/x509/x509_vfy.c, `verify_chain`), step by step, with all failures told instead of
the first one alone; the first one is OpenSSL's. The OpenSSL that `cryptography` brings along is not asked: 4.0 takes the
wrong one of two CAs of the same name (openssl issue 32793 and its kin), which the OpenSSL of libpq does not, and neither
its purpose nor its security level could be set from Python. The tests hold every verdict against `openssl verify`.
"""

from __future__ import annotations

from preflight.model.record import Record, field
from preflight.x509 import purposes
from preflight.x509.constraints import constrained
from preflight.x509.links import Candidates, read_link
from preflight.x509.paths import build_path
from preflight.x509.signatures import public_key, signed_by

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime
    from typing import Literal

    from preflight.x509.certificate import CertificateFacts
    from preflight.x509.links import Link
    from preflight.x509.purposes import Purpose

    Order = Literal["leaf_first", "leaf_not_first", "unordered", "unrelated"]

# code: (what is the case, what to do)
REASONS = {
    "no_certificate": ("there is no certificate to verify", "Name the certificate's file."),
    "unreadable": ("it cannot be read", "Have it issued again, or copy it again."),
    "expired": ("it has expired", "Renew it."),
    "not_yet_valid": (
        "it is not valid yet",
        "Wait, or correct the clock of this machine or of the one that issued it.",
    ),
    "issuer_not_found": (
        "the certificate of its issuer is neither in the chain nor in the CA file",
        "Append the intermediate certificates to the certificate's file, or name the CA that really issued it.",
    ),
    "root_missing": (
        "the CA file holds this issuer but not the self-signed root above it",
        "Add the root's certificate to the CA file: OpenSSL trusts no intermediate alone.",
    ),
    "self_signed_leaf": (
        "it is self-signed and not itself in the CA file",
        "Have it issued by the CA, or put it into the CA file.",
    ),
    "self_signed_in_chain": (
        "the chain ends at a root that is not in the CA file: another CA issued it",
        "Name the CA file that belongs to this chain.",
    ),
    "not_a_ca": (
        "it issued a certificate but is no CA",
        "Have the chain issued by a certificate with CA:TRUE and keyCertSign.",
    ),
    "path_length": (
        "there are more CAs below it than its path length allows",
        "Have the chain issued without that CA.",
    ),
    "signature_invalid": (
        "its signature was not made by the key of the issuer that bears the right name",
        "Name the current certificate of the CA: another one with the same name made it, or the file was changed.",
    ),
    "issuer_key_unreadable": ("the key of its issuer cannot be read", "Have the CA's certificate issued again."),
    "name_constraint": ("a CA above it may not issue for its names", "Have it issued by a CA that may."),
    "wrong_purpose": (
        "its key usage or extended key usage does not allow this use",
        "Have it issued with serverAuth for a server, clientAuth for a client.",
    ),
    "key_too_weak": (
        "its key is weaker than OpenSSL accepts",
        "Make a new key: RSA of 2048 bits or more, or EC P-256.",
    ),
    "signature_too_weak": ("it is signed with a hash that OpenSSL no longer accepts", "Have it issued with SHA-256."),
    "unknown_critical_extension": ("a critical extension in it is unknown", "Have it issued without that extension."),
    "proxy_certificate": ("it is a proxy certificate", "Use a certificate that a CA issued."),
    "explicit_curve": ("its elliptic curve is spelled out instead of named", "Make a new key on a named curve."),
    "chain_too_long": ("the chain is too long", "Have it issued by a CA nearer to the root."),
}


class ChainFailure(Record):
    """One reason why a chain is refused."""

    reason: str = field("The reason.", choices=tuple(REASONS))
    depth: int = field("Which certificate of the chain: 0 is the leaf, then upwards.")
    subject: str | None = field("That certificate's subject, RFC 4514 text; None when it cannot be read.")

    @property
    def message(self) -> str:
        """What is the case, as the end of a sentence about the certificate."""
        return REASONS[self.reason][0]

    @property
    def hint(self) -> str:
        """What to do."""
        return REASONS[self.reason][1]


class ChainVerdict(Record):
    """What OpenSSL decides about a chain."""

    accepted: bool = field("Whether the chain is accepted.")
    failures: tuple[ChainFailure, ...] = field(
        "Why not: OpenSSL's own reason first, then what else is wrong, in OpenSSL's order."
    )
    path: tuple[str, ...] = field("Subjects from the leaf upwards, as far as the chain goes.")
    anchor_sha256: str | None = field("SHA-256 of the trusted root that was reached; None where none was.")

    @property
    def reason(self) -> str | None:
        """The first reason, None for an accepted chain."""
        return self.failures[0].reason if self.failures else None


def verify_chain(
    presented: Sequence[bytes],
    trusted: Sequence[bytes],
    now: datetime,
    *,
    purpose: Purpose | None = "server",
    security_level: int = purposes.DEFAULT_LEVEL,
) -> ChainVerdict:
    """Verify a chain against a bundle of trusted certificates, as a TLS peer does it.

    Without a self-signed certificate in the bundle nothing is accepted: that is OpenSSL's default, which libpq keeps (no
    `X509_V_FLAG_PARTIAL_CHAIN`). Revocation is not looked at, nor are names of hosts (see `preflight.x509.hosts`).

    Args:
        presented: Certificates as the peer sends them, DER: the leaf first, the others in any order.
        trusted: The certificates of the CA file, DER.
        now: The time at which it must be valid, with its zone. OpenSSL grants no skew, and takes notAfter itself as over.
        purpose: Whether a client verifies a server, or a server a client; None for neither.
        security_level: OpenSSL's, from 0 (everything goes) to 5.
    """
    leaf = read_link(presented[0]) if presented else None
    if leaf is None:
        nothing = ChainFailure(reason="unreadable" if presented else "no_certificate", depth=0, subject=None)
        return ChainVerdict(accepted=False, failures=(nothing,), path=(), anchor_sha256=None)
    others, bundle = Candidates(presented[1:]), Candidates(trusted)
    path = build_path(leaf, others, bundle, now)
    chain = path.links
    failures: list[ChainFailure] = []
    if not purposes.strong_key(leaf.facts.key, security_level):
        failures.append(_failure("key_too_weak", 0, chain))
    if path.problem is not None:
        failures.append(_failure(path.problem, len(chain) - 1, chain))
        if others.unreadable or bundle.unreadable:
            failures.append(ChainFailure(reason="unreadable", depth=len(chain), subject=None))
    failures.extend(_extensions(chain, purpose))
    failures.extend(_strength(chain, security_level, anchored=path.problem is None))
    failures.extend(_signatures_and_dates(chain, now))
    failures.extend(_failure("name_constraint", depth, chain) for depth in constrained(chain))
    return ChainVerdict(
        accepted=not failures,
        failures=tuple(dict.fromkeys(failures)),
        path=tuple(one.facts.subject for one in chain),
        anchor_sha256=chain[-1].facts.sha256 if path.problem is None else None,
    )


def chain_order(certificates: Sequence[CertificateFacts]) -> Order:
    """Say in which order the certificates of one file stand, by their names.

    Returns:
        `leaf_first`: each has issued one above it in the file, as TLS wants it (RFC 5246 section 7.4.2) and as a server's
        key is paired with the first; several of the same name may stand there, as when a CA is renewed or cross-signed
        (RFC 8446 section 4.4.2). `leaf_not_first`: the first one issued another one of the file. `unordered`: the first one
        is the leaf, the others are mixed up, which OpenSSL tolerates. `unrelated`: some do not belong to the chain.
    """
    for issuer in certificates[:1]:
        if not issuer.self_signed or len(certificates) > 1:
            issued = (one for one in certificates[1:] if one.sha256 != issuer.sha256 and not one.self_issued)
            if any(one.issuer == issuer.subject for one in issued):
                return "leaf_not_first"
    issuers: set[str] = set()
    ordered = True
    for number, one in enumerate(certificates):
        ordered = ordered and (number == 0 or one.subject in issuers)
        issuers.add(one.issuer)
    if ordered:
        return "leaf_first"
    return "unordered" if all(one.subject in issuers for one in certificates[1:]) else "unrelated"


def _failure(reason: str, depth: int, chain: Sequence[Link]) -> ChainFailure:
    return ChainFailure(reason=reason, depth=depth, subject=chain[depth].facts.subject)


def _extensions(chain: Sequence[Link], purpose: Purpose | None) -> Iterator[ChainFailure]:
    """Look at what each certificate may do, from the leaf upwards (`check_extensions`)."""
    below = 0  # CAs under this one that are not self-issued
    for depth, link in enumerate(chain):
        facts = link.facts
        if link.unhandled:
            yield _failure("unknown_critical_extension", depth, chain)
        if link.proxy:
            yield _failure("proxy_certificate", depth, chain)
        if depth and not may_issue(link, top=depth == len(chain) - 1):
            yield _failure("not_a_ca", depth, chain)
        if len(chain) > 1 and facts.explicit_curve:
            yield _failure("explicit_curve", depth, chain)
        if purpose is not None and not purposes.serves(facts, purpose, as_ca=depth > 0):
            yield _failure("wrong_purpose", depth, chain)
        if depth > 1 and facts.path_length is not None and below > facts.path_length:
            yield _failure("path_length", depth, chain)
        if depth and not link.self_issued:
            below += 1


def may_issue(link: Link, *, top: bool) -> bool:
    """Say whether OpenSSL takes a certificate for a CA (`check_ca`).

    Args:
        link: The certificate.
        top: Whether it stands at the top of a chain: there, one without basicConstraints may do, too.
    """
    facts = link.facts
    if facts.key_usage is not None and "key_cert_sign" not in facts.key_usage:
        return False
    if facts.is_ca is not None:
        return facts.is_ca
    old = (facts.version == 1 and link.self_signed) or facts.key_usage is not None
    return top and (old or any(one.endswith("_ca") for one in facts.netscape_types or ()))


def _strength(chain: Sequence[Link], level: int, *, anchored: bool) -> Iterator[ChainFailure]:
    """Look at keys of CAs and at signatures (`check_auth_level`); nobody trusts an anchor for its own signature."""
    for depth, link in enumerate(chain):
        if depth and not purposes.strong_key(link.facts.key, level):
            yield _failure("key_too_weak", depth, chain)
        anchor = link.self_signed or (anchored and depth == len(chain) - 1)
        if not anchor and not purposes.strong_signature(link.facts, level):
            yield _failure("signature_too_weak", depth, chain)


def _signatures_and_dates(chain: Sequence[Link], now: datetime) -> Iterator[ChainFailure]:
    """Verify signatures and dates from the top downwards (`internal_verify`), not the anchor's own signature."""
    for depth in reversed(range(len(chain))):
        link = chain[depth]
        if depth + 1 < len(chain):
            issuer = chain[depth + 1].certificate
            if public_key(issuer) is None:
                yield _failure("issuer_key_unreadable", depth + 1, chain)
            elif not signed_by(link.certificate, issuer):
                yield _failure("signature_invalid", depth, chain)
        if link.facts.not_before > now:
            yield _failure("not_yet_valid", depth, chain)
        elif link.facts.not_after <= now:
            yield _failure("expired", depth, chain)
