"""Name constraints (RFC 5280 section 4.2.1.10) as OpenSSL holds names against them (crypto/x509/v3_ncons.c)."""

from __future__ import annotations

import ipaddress

from cryptography import x509
from cryptography.x509.oid import ExtensionOID, NameOID

from preflight.x509.links import canonical

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from preflight.x509.links import Link


def constrained(chain: Sequence[Link]) -> Iterator[int]:
    """Yield the depths of the certificates whose names a CA above them may not issue for, the highest first.

    Self-issued certificates are left out, the leaf is not. The leaf's common names count as DNS names where it has no DNS
    name and they look like one.

    Args:
        chain: The leaf first.
    """
    for depth in reversed(range(len(chain))):
        link = chain[depth]
        if depth and link.self_issued:
            continue
        above = [one.constraints for one in chain[depth + 1 :] if one.constraints is not None]
        if above and any(not _allowed(name, one) for one in above for name in _names(link, leaf=depth == 0)):
            yield depth


def _names(link: Link, *, leaf: bool) -> Iterator[x509.GeneralName]:
    subject = link.certificate.subject
    if list(subject):
        yield x509.DirectoryName(subject)
    for one in subject.get_attributes_for_oid(NameOID.EMAIL_ADDRESS):
        yield x509.RFC822Name._init_without_validation(str(one.value))  # noqa: SLF001 - it may be no address, which OpenSSL looks at all the same
    alternative: tuple[x509.GeneralName, ...] = ()
    for extension in link.certificate.extensions:
        if extension.oid == ExtensionOID.SUBJECT_ALTERNATIVE_NAME:
            alternative = tuple(extension.value)
    yield from alternative
    if leaf and not any(isinstance(one, x509.DNSName) for one in alternative):
        for text in link.facts.common_names:
            if _like_dns(text):
                yield x509.DNSName(text)


def _allowed(name: x509.GeneralName, constraints: x509.NameConstraints) -> bool:
    permitted = [one for one in constraints.permitted_subtrees or () if type(one) is type(name)]
    if permitted and not any(_within(name, one) for one in permitted):
        return False
    return not any(
        type(one) is type(name) and _within(name, one, unsure=True) for one in constraints.excluded_subtrees or ()
    )


def _within(name: x509.GeneralName, base: x509.GeneralName, *, unsure: bool = False) -> bool:
    """Say whether a name lies in a subtree; `unsure` is the answer for kinds that OpenSSL does not compare."""
    if isinstance(name, x509.DNSName) and isinstance(base, x509.DNSName):
        return _dns_within(name.value.lower(), base.value.lower())
    if isinstance(name, x509.IPAddress) and isinstance(base, x509.IPAddress):
        return _address_within(name.value, base.value)
    if isinstance(name, x509.DirectoryName) and isinstance(base, x509.DirectoryName):
        outer = canonical(base.value)
        return canonical(name.value)[: len(outer)] == outer
    if isinstance(name, x509.RFC822Name) and isinstance(base, x509.RFC822Name):
        return _email_within(name.value, base.value)
    if isinstance(name, x509.UniformResourceIdentifier) and isinstance(base, x509.UniformResourceIdentifier):
        return _uri_within(name.value, base.value.lower(), unsure=unsure)
    return unsure


def _dns_within(name: str, base: str) -> bool:
    if not base or name == base:
        return True
    return name.endswith(base) and (base.startswith(".") or name[: -len(base)].endswith("."))


def _address_within(value: object, base: object) -> bool:
    if isinstance(value, ipaddress.IPv4Address) and isinstance(base, ipaddress.IPv4Network):
        return value in base
    return isinstance(value, ipaddress.IPv6Address) and isinstance(base, ipaddress.IPv6Network) and value in base


def _email_within(name: str, base: str) -> bool:
    local, at, host = name.rpartition("@")
    if not at:
        return False
    wanted_local, wanted_at, wanted_host = base.rpartition("@")
    if not wanted_at and base.startswith("."):
        return len(name) > len(base) and name.lower().endswith(base.lower())
    if wanted_at and wanted_local and wanted_local != local:
        return False
    return host.lower() == wanted_host.lower()


def _uri_within(name: str, base: str, *, unsure: bool) -> bool:
    _, separator, rest = name.partition("://")
    host = rest.replace(":", "/").partition("/")[0].lower()
    if not separator or not host:
        return unsure
    if base.startswith("."):
        return len(host) > len(base) and host.endswith(base)
    return host == base


def _like_dns(text: str) -> bool:
    """Say whether a common name could be a host's: two labels or more of letters, digits, `_` and inner `-`."""
    plausible = False
    for place, character in enumerate(text):
        if character.isascii() and (character.isalnum() or character == "_"):
            continue
        if not 0 < place < len(text) - 1 or character not in "-.":
            return False
        if character == ".":
            if text[place + 1] in ".-" or text[place - 1] == "-":
                return False
            plausible = True
    return plausible
