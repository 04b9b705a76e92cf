"""The chain that OpenSSL builds before it looks closer (crypto/x509/x509_vfy.c, `build_chain`).

At each step the trusted certificates are asked first, then those that were presented, until a trusted self-signed one
is reached. Once a trusted certificate is part of the chain only trusted ones may follow.
"""

from __future__ import annotations

from preflight.model.record import Record, field
from preflight.x509.links import issued

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from preflight.x509.links import Candidates, Link

DEPTH = 100
"""Most certificates above the leaf (`DEFAULT_DEPTH`)."""


class Path(Record):
    """A chain from the leaf upwards, as far as it goes."""

    links: tuple[Link, ...] = field("The certificates, the leaf first.")
    problem: str | None = field("Why it does not reach a trusted root; it concerns the last certificate.")


def build_path(leaf: Link, presented: Candidates, trusted: Candidates, now: datetime) -> Path:
    """Build the chain of a leaf.

    Args:
        leaf: The certificate to verify.
        presented: What was sent with it, in any order.
        trusted: The bundle.
        now: When; among several issuers one that is valid now is preferred.
    """
    chain = [leaf]
    used: list[Link] = []
    untrusted = 1
    while len(chain) <= DEPTH:
        last = chain[-1]
        issuer = _best(last, trusted.named(last.issuer), now)
        if issuer is not None and last.self_signed:
            # The very same certificate, or somebody else's with the same name.
            if issuer.der == last.der:
                return Path(links=(*chain[:-1], issuer), problem=None)
            issuer = None
        if issuer is not None:
            chain.append(issuer)
            if issuer.self_signed:
                return Path(links=tuple(chain), problem=None)
            continue
        if len(chain) > untrusted:
            return Path(links=tuple(chain), problem="root_missing")
        left = [one for one in presented.named(last.issuer) if not any(one is other for other in used)]
        following = None if last.self_signed else _best(last, _usable(left, chain), now)
        if following is None:
            return Path(links=tuple(chain), problem=_why_not(last, depth=len(chain) - 1))
        used.append(following)
        chain.append(following)
        untrusted += 1
    return Path(links=tuple(chain), problem="chain_too_long")


def _why_not(last: Link, *, depth: int) -> str:
    if not last.self_signed:
        return "issuer_not_found"
    return "self_signed_in_chain" if depth else "self_signed_leaf"


def _usable(left: Iterable[Link], chain: Sequence[Link]) -> list[Link]:
    """Leave out what the chain holds already, unless it is a self-issued leaf's."""
    if len(chain) == 1 and chain[0].self_issued:
        return list(left)
    held = {one.der for one in chain}
    return [one for one in left if one.der not in held]


def _best(subject: Link, candidates: Iterable[Link], now: datetime) -> Link | None:
    """Return the first issuer that is valid now, else the one that was valid last."""
    best: Link | None = None
    for candidate in candidates:
        if not issued(candidate, subject):
            continue
        if candidate.facts.not_before <= now < candidate.facts.not_after:
            return candidate
        if best is None or candidate.facts.not_after > best.facts.not_after:
            best = candidate
    return best
