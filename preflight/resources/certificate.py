"""Certificates that a service presents: what is in them, and whether OpenSSL would accept them.

Only those that could be opened are here; what is missing or unreadable is the matter of `certificate_file`.
"""

from __future__ import annotations

from preflight.model.fact import Deferred, Unknown
from preflight.model.record import field
from preflight.resources._tls_material import beside, certificates_of, swapped, tls_items, unreadable
from preflight.resources.base import Resource, now_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from preflight.model.fact import Fact
    from preflight.model.subject import Subject
    from preflight.resources._tls_material import TlsItem
    from preflight.resources.base import Context
    from preflight.x509.certificate import CertificateFacts
    from preflight.x509.chain import ChainVerdict
    from preflight.x509.material import Block


class Certificate(Resource):
    """One certificate with the chain behind it."""

    use: Fact[str] = field("Who presents it.", choices=("server", "client"))
    path: Fact[str] = field("Path of its file; absent where the setting holds the text.")
    file: Fact[str] = field("The file on this machine: behind a path in a container, what is mounted there.")
    problem: Fact[str] = field("Why it cannot be read, as a code; absent where it can.")
    detail: Fact[str] = field("That problem in words.")
    subject: Fact[str] = field("Whom it names, as RFC 4514 text.")
    issuer: Fact[str] = field("Who issued it, as RFC 4514 text.")
    not_before: Fact[str] = field("First day of its validity.")
    not_after: Fact[str] = field("Last day of its validity.")
    validity: Fact[str] = field(
        "How its validity stands; near its end by days that are scaled to short lifetimes.",
        choices=("valid", "notice", "warning", "critical", "expired", "not_yet_valid"),
    )
    ends: Fact[str] = field(
        "When that is, by the calendar, in words such as `in 90 days`, `tomorrow` or `12 days ago`."
    )
    remaining_days: Fact[int] = field("Whole days of 24 hours left; negative when it has expired.")
    lifetime_days: Fact[int] = field("Days of its whole lifetime.")
    remaining_percent: Fact[int] = field("Share of its life that is left, from 0 to 100.")
    public_issuer: Fact[bool] = field("Whether a CA issued it that this machine trusts without being told to.")
    longest_days: Fact[int] = field(
        "Most days that a public CA may give a server's certificate from its first day on, else 825, which is wise."
    )
    too_long: Fact[bool] = field("Whether it lives longer than that.")
    key_type: Fact[str] = field("The kind of its key.")
    key_bits: Fact[int] = field("Size of its key in bits.")
    key_strong: Fact[bool] = field(
        "Whether its key is RSA of 2048 bits or more, P-256, P-384, P-521, Ed25519 or Ed448."
    )
    signature_hash: Fact[str] = field("Hash of its signature; absent for Ed25519 and Ed448, which have none.")
    version: Fact[int] = field("X.509 version: 1 or 3.")
    authority: Fact[bool] = field("Whether it says that it is a CA.")
    self_signed: Fact[bool] = field("Whether it is signed with its own key.")
    names: Fact[tuple[str, ...]] = field("Hosts that it names in its subject alternative name.")
    order: Fact[str] = field(
        "Whether its file begins with the certificate itself.",
        choices=("leaf_first", "leaf_not_first", "unordered", "unrelated"),
    )
    fits_use: Fact[bool] = field("Whether its key usage and extended key usage allow its use.")
    chain: Fact[str] = field(
        "verified, or why OpenSSL refuses its chain to the configured CA; absent where no CA is configured beside it."
    )
    chain_detail: Fact[str] = field("That reason in words, with the certificate it is about.")
    bundle: Fact[str] = field("Name of the setting of that CA.")
    advice: Fact[tuple[str, ...]] = field(
        "What strict verifiers dislike of a server's chain that OpenSSL accepts, as codes."
    )
    holds_key: Fact[bool] = field("Whether its file holds a private key too.")
    key_exposed: Fact[bool] = field("Whether its file holds a private key, and other users may read it.")


RESOURCE = Certificate
_OWN = frozenset({"name", "origin", "via", "use", "path", "file"})
_FACTS = tuple(name for name in Certificate.fields() if name not in _OWN)


def collect(subject: Subject, context: Context) -> Iterator[Certificate]:
    """Collect the certificates that settings and connection strings name, and those that settings hold."""
    items = tls_items(subject, context)
    for item in items:
        # Where certificate and key are swapped, that is said of the key, once.
        if item.purpose == "certificate" and not swapped(item, beside(item, "key", items)):
            yield Certificate(
                name=item.label,
                origin=item.origin,
                via=item.setting.via,
                use="client" if item.client else "server",
                path=item.path,
                file=item.file,
                **_facts(item, items, context),
            )


def _facts(item: TlsItem, items: list[TlsItem], context: Context) -> dict[str, Any]:
    if item.later is not None:
        return dict.fromkeys(_FACTS, item.later)
    from preflight.x509.certificate import CertificateFacts, CertificateProblem, read_certificate
    from preflight.x509.material import MaterialProblem

    blocks = certificates_of(item)
    if isinstance(blocks, MaterialProblem):
        return unreadable(_FACTS, blocks.code, blocks.message)
    read = [read_certificate(block.data) for block in blocks]
    leaf = read[0]
    if isinstance(leaf, CertificateProblem):
        return unreadable(_FACTS, leaf.code, leaf.message)
    return {
        "problem": None,
        "detail": None,
        **_contents(leaf, [block.data for block in blocks], item, context),
        **_chain(item, blocks, [one for one in read if isinstance(one, CertificateFacts)], items, context),
        **_beside_it(item),
    }


def _contents(leaf: CertificateFacts, chain: Sequence[bytes], item: TlsItem, context: Context) -> dict[str, Any]:
    from preflight.x509.lifetime import days_until, in_days, lifetime, longest_days
    from preflight.x509.public import issued_publicly

    public = issued_publicly(chain)
    longest = longest_days(leaf.not_before, public=public and not item.client)
    now = now_of(context)
    life = lifetime(leaf.not_before, leaf.not_after, now)
    key = leaf.key
    return {
        "subject": leaf.subject,
        "issuer": leaf.issuer,
        "not_before": leaf.not_before.date().isoformat(),
        "not_after": leaf.not_after.date().isoformat(),
        "validity": life.state,
        "ends": in_days(days_until(leaf.not_after, now)),
        "remaining_days": life.remaining_days,
        "lifetime_days": life.days,
        "remaining_percent": life.remaining_percent,
        "public_issuer": public,
        "longest_days": longest,
        "too_long": life.days > longest,
        "key_type": key.type,
        "key_bits": key.bits,
        "key_strong": key.strong,
        "signature_hash": leaf.signature_hash,
        "version": leaf.version,
        "authority": leaf.is_ca is True,
        "self_signed": leaf.self_signed,
        "names": tuple(value for kind, value in leaf.sans if kind in {"dns", "ip"}),
    }


def _chain(
    item: TlsItem, blocks: Sequence[Block], read: list[CertificateFacts], items: list[TlsItem], context: Context
) -> dict[str, Any]:
    from preflight.x509.advice import strict_advice
    from preflight.x509.chain import chain_order, verify_chain
    from preflight.x509.material import MaterialProblem

    now = now_of(context)
    ders = [block.data for block in blocks]
    alone = verify_chain(ders, [], now, purpose="client" if item.client else "server")
    fits = not any(failure.reason == "wrong_purpose" and failure.depth == 0 for failure in alone.failures)
    facts: dict[str, Any] = {
        "order": chain_order(read),
        "fits_use": fits,
        "chain": None,
        "chain_detail": None,
        "bundle": None,
    }
    authority = beside(item, "authority", items)
    trusted: list[bytes] = []
    if authority is not None:
        found = certificates_of(authority) if authority.later is None else authority.later
        if isinstance(found, (Unknown, Deferred)):
            facts |= {"chain": found, "chain_detail": found, "bundle": authority.label}
        elif not isinstance(found, MaterialProblem):  # what is wrong with the bundle is said of the bundle
            trusted = [block.data for block in found]
            verdict = verify_chain(ders, trusted, now, purpose="client" if item.client else "server")
            facts |= {"bundle": authority.label, **_verdict(verdict)}
    # Strict verifiers are clients, so it is a server's certificate that they look at.
    judged = trusted and facts["chain"] == "verified" and not item.client
    facts["advice"] = strict_advice(ders, trusted, now) if judged else ()
    return facts


def _verdict(verdict: ChainVerdict) -> dict[str, Any]:
    if verdict.accepted:
        return {"chain": "verified", "chain_detail": None}
    first = verdict.failures[0]
    whom = f" ({first.subject})" if first.subject and first.depth else ""
    return {"chain": first.reason, "chain_detail": f"{first.message}{whom}"}


def _beside_it(item: TlsItem) -> dict[str, Any]:
    from preflight.x509.material import Material, read_material

    material = item.material()
    read = read_material(material) if isinstance(material, bytes) else material
    holds = isinstance(read, Material) and bool(read.private_keys)
    exposed = holds and item.facts is not None and bool(item.facts["others_access"])
    return {"holds_key": holds, "key_exposed": exposed}
