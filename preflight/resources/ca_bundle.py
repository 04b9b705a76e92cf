"""CA files: who is trusted, and whether anything can be verified with them at all.

Only those that could be opened are here; what is missing or unreadable is the matter of `certificate_file`.
"""

from __future__ import annotations

from preflight.model.record import field
from preflight.resources._tls_material import certificates_of, tls_items, unreadable
from preflight.resources.base import Resource, now_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from preflight.model.fact import Fact
    from preflight.model.subject import Subject
    from preflight.resources._tls_material import TlsItem
    from preflight.resources.base import Context


class CaBundle(Resource):
    """One file, or one setting's text, of trusted certificates."""

    path: Fact[str] = field("Path of the file; absent where the setting holds the text.")
    file: Fact[str] = field("The file on this machine: behind a path in a container, what is mounted there.")
    problem: Fact[str] = field("Why it cannot be read, as a code; absent where it can.")
    detail: Fact[str] = field("That problem in words.")
    certificates: Fact[int] = field("How many certificates it holds.")
    has_root: Fact[bool] = field(
        "Whether a self-signed certificate is in it: without one OpenSSL and libpq accept nothing."
    )
    authority: Fact[bool] = field(
        "Whether OpenSSL lets a certificate in it issue others (roots of version 1 or without basicConstraints count)."
    )
    usable: Fact[bool] = field("Whether a root in it is valid today.")
    not_after: Fact[str] = field("Last day of the root that is valid longest.")
    ends: Fact[str] = field(
        "When that is, by the calendar, in words such as `in 90 days`, `tomorrow` or `12 days ago`."
    )
    remaining_days: Fact[int] = field("Whole days of 24 hours until then; negative when it is over.")
    validity: Fact[str] = field(
        "How the validity of that root stands.",
        choices=("valid", "notice", "warning", "critical", "expired", "not_yet_valid"),
    )
    keys_strong: Fact[bool] = field("Whether every certificate in it has a key that is safe today.")
    holds_key: Fact[bool] = field("Whether it holds a private key too: the CA's own, most likely.")


RESOURCE = CaBundle
_FACTS = tuple(name for name in CaBundle.fields() if name not in {"name", "origin", "via", "path", "file"})
_STATES = ("valid", "notice", "warning", "critical", "not_yet_valid", "expired")


def collect(subject: Subject, context: Context) -> Iterator[CaBundle]:
    """Collect the bundles that settings and connection strings name, and those that settings hold."""
    for item in tls_items(subject, context):
        if item.purpose == "authority":
            yield CaBundle(
                name=item.label,
                origin=item.origin,
                via=item.setting.via,
                path=item.path,
                file=item.file,
                **_facts(item, context),
            )


def _facts(item: TlsItem, context: Context) -> dict[str, Any]:
    if item.later is not None:
        return dict.fromkeys(_FACTS, item.later)
    from preflight.x509.certificate import CertificateProblem, read_certificate
    from preflight.x509.chain import may_issue
    from preflight.x509.lifetime import days_until, in_days, lifetime
    from preflight.x509.links import read_link
    from preflight.x509.material import Material, MaterialProblem, read_material

    blocks = certificates_of(item)
    if isinstance(blocks, MaterialProblem):
        return unreadable(_FACTS, blocks.code, blocks.message)
    links = [link for block in blocks if (link := read_link(block.data)) is not None]
    if not links:
        first = read_certificate(blocks[0].data)
        problem = first if isinstance(first, CertificateProblem) else CertificateProblem(code="bad_name")
        return unreadable(_FACTS, problem.code, problem.message)
    now = now_of(context)
    known = [link.facts for link in links]
    roots = [link.facts for link in links if link.self_signed]  # nobody verifies a root's own signature
    lives = [(lifetime(one.not_before, one.not_after, now), one) for one in roots or known]
    best, longest = min(lives, key=lambda pair: (_STATES.index(pair[0].state), -pair[0].remaining_seconds))
    material = item.material()
    whole = read_material(material) if isinstance(material, bytes) else material
    return {
        "problem": None,
        "detail": None,
        "certificates": len(blocks),
        "has_root": bool(roots),
        "authority": any(may_issue(link, top=link.self_signed) for link in links),
        "usable": best.state not in {"expired", "not_yet_valid"},
        "not_after": longest.not_after.date().isoformat(),
        "ends": in_days(days_until(longest.not_after, now)),
        "remaining_days": best.remaining_days,
        "validity": best.state,
        "keys_strong": all(one.key.strong for one in known),
        "holds_key": isinstance(whole, Material) and bool(whole.private_keys),
    }
