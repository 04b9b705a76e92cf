"""Whether a certificate is valid for a host: libpq's rules, and OpenSSL's. They differ.

libpq compares by its own code (`sslmode=verify-full`), most other programs by OpenSSL's `X509_check_host`:

| certificate | host | libpq | OpenSSL |
|---|---|---|---|
| DNS `*.test` | `db.test` | yes | no: two dots must follow the star |
| DNS `db*.a.test` | `db1.a.test` | no | yes, unless the program forbids parts of labels (Python does) |
| DNS `*.a.test` | `d_b.a.test` | yes | no: letters, digits, hyphens only |
| IP address as DNS name or as common name only | that address | yes | no |
| several common names, no DNS name | any of them | the first only | yes |
"""

from __future__ import annotations

import socket

from preflight.model.record import Record, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

REASONS = (
    "matches_san",
    "matches_common_name",
    "no_name_matches",
    "no_names",
    "embedded_nul",
    "no_host",
)


class HostMatch(Record):
    """Whether a certificate is valid for a host, and by which name."""

    matches: bool = field("Whether it is valid for the host.")
    reason: str = field("Why, or why not.", choices=REASONS)
    name: str | None = field("The name that matched.", default=None)


def match_libpq(host: str, sans: Sequence[tuple[str, str]], common_names: Sequence[str]) -> HostMatch:
    """Match as libpq 15 and later do under `sslmode=verify-full`.

    Names are compared in their order, without regard to the case of ASCII letters. An address is compared with the
    addresses and, as text, with the DNS names. The common name counts only where there is no alternative name of the
    host's own type; then the first one. A wildcard is a leading `*.` and stands for one label of any characters
    (fe-secure-common.c; libpq manual, section 32.19.1). A trailing dot is a part of the name.

    Args:
        host: `host` of the connection, not `hostaddr`.
        sans: Alternative names as (type, value), in order; the types that count are `dns` and `ip`.
        common_names: The subject's common names, in order.
    """
    if not host:
        return HostMatch(matches=False, reason="no_host")
    kind = "ip" if is_ip_address(host) else "dns"
    examined = False
    for san_kind, value in sans:
        if san_kind not in ("dns", "ip"):
            continue
        examined = True
        if "\0" in value:
            return HostMatch(matches=False, reason="embedded_nul")
        if _same_address(value, host) if san_kind == "ip" else _libpq_name(value, host):
            return HostMatch(matches=True, reason="matches_san", name=value)
    if not any(san_kind == kind for san_kind, _ in sans) and common_names:
        first = common_names[0]
        if "\0" in first:
            return HostMatch(matches=False, reason="embedded_nul")
        if _libpq_name(first, host):
            return HostMatch(matches=True, reason="matches_common_name", name=first)
        examined = True
    return HostMatch(matches=False, reason="no_name_matches" if examined else "no_names")


def is_ip_address(host: str) -> bool:
    """Say whether libpq takes a host for an address: by the C library's own `inet_aton` (`127.1`, `0x7f000001`), or IPv6."""
    return _ipv4(host) is not None or _ipv6(host) is not None


def match_openssl(
    host: str, sans: Sequence[tuple[str, str]], common_names: Sequence[str], *, partial_wildcards: bool = True
) -> HostMatch:
    """Match a host name as `X509_check_host` does (`openssl x509 -checkhost`); use it for names, not for addresses.

    The common names count, all of them, only where there is no DNS name at all. A wildcard stands in the first label
    alone, at its start or its end, not in an internationalised one, and two more labels must follow
    (crypto/x509/v3_utl.c). A host that starts with a dot, which asks for any name below it, matches nothing here.

    Args:
        host: The name.
        sans: Alternative names as (type, value), in order.
        common_names: The subject's common names.
        partial_wildcards: Whether `db*.example.com` counts; OpenSSL's default. Python's `ssl`, curl and others forbid it.
    """
    if not host or host.startswith(".") or "\0" in host:
        return HostMatch(matches=False, reason="no_host")
    names = [value for kind, value in sans if kind == "dns"]
    reason = "matches_san" if names else "matches_common_name"
    for name in names or common_names:
        if _openssl_name(name, host, partial=partial_wildcards):
            return HostMatch(matches=True, reason=reason, name=name)
    return HostMatch(matches=False, reason="no_name_matches" if names or common_names else "no_names")


def match_openssl_address(address: str, sans: Sequence[tuple[str, str]]) -> HostMatch:
    """Match an address as `X509_check_ip` does (`openssl x509 -checkip`): only IP alternative names count.

    Args:
        address: Dotted IPv4 with four decimal parts, or IPv6; other spellings match nothing.
        sans: Alternative names as (type, value), in order.
    """
    packed = _dotted(address) or _ipv6(address)
    if packed is None:
        return HostMatch(matches=False, reason="no_host")
    addresses = [value for kind, value in sans if kind == "ip"]
    for value in addresses:
        if _dotted(value) == packed or _ipv6(value) == packed:
            return HostMatch(matches=True, reason="matches_san", name=value)
    return HostMatch(matches=False, reason="no_name_matches" if addresses else "no_names")


def _libpq_name(pattern: str, host: str) -> bool:
    wanted, given = _lower(host), _lower(pattern)
    if given == wanted:
        return True
    if len(given) < 3 or not given.startswith("*.") or len(given) > len(wanted):
        return False
    # The suffix starts with a dot; the host's first dot must not stand left of it.
    return wanted.endswith(given[1:]) and wanted.index(".") >= len(wanted) - len(given)


def _same_address(value: str, host: str) -> bool:
    packed = _dotted(value)
    return _ipv4(host) == packed if packed is not None else _ipv6(host) == _ipv6(value)


def _ipv4(text: str) -> bytes | None:
    try:
        return socket.inet_aton(text)
    except (OSError, ValueError, UnicodeError):
        return None


def _dotted(text: str) -> bytes | None:
    try:
        return socket.inet_pton(socket.AF_INET, text)
    except (OSError, ValueError, UnicodeError):
        return None


def _ipv6(text: str) -> bytes | None:
    try:
        return socket.inet_pton(socket.AF_INET6, text)
    except (OSError, ValueError, UnicodeError):
        return None


def _openssl_name(pattern: str, host: str, *, partial: bool) -> bool:
    wanted, given = _lower(host), _lower(pattern)
    star = _valid_star(given, partial=partial)
    if star is None:
        return given == wanted and "\0" not in given
    before, after = given[:star], given[star + 1 :]
    if len(wanted) < len(before) + len(after) or not (wanted.startswith(before) and wanted.endswith(after)):
        return False
    matched = wanted[len(before) : len(wanted) - len(after)]
    whole_label = not before and after.startswith(".")
    if whole_label and not matched:
        return False
    if not whole_label and wanted[len(before) :].startswith("xn--"):
        return False
    return matched == "*" or all(character in _WORD or character == "-" for character in matched)


_WORD = frozenset("abcdefghijklmnopqrstuvwxyz0123456789")


def _valid_star(pattern: str, *, partial: bool) -> int | None:
    """Return where a pattern's only legal wildcard stands, or None when it has none and is compared as it is."""
    labels = pattern.split(".")
    first = labels[0]
    if len(labels) < 3 or pattern.count("*") != 1 or "*" not in first or (first != "*" and not partial):
        return None
    if not (first.startswith("*") or first.endswith("*")) or first.startswith("xn--"):
        return None
    bare = first.replace("*", "")
    if bare.endswith("-") or (bare.startswith("-") and not first.startswith("*")):
        return None
    for label in labels[1:]:
        if not label or label.startswith("-") or label.endswith("-"):
            return None
    if any(character not in _WORD and character != "-" for label in (bare, *labels[1:]) for character in label):
        return None
    return first.index("*")


def _lower(text: str) -> str:
    """Lower ASCII letters only, as `pg_strcasecmp` in the C locale and OpenSSL do."""
    return "".join(chr(ord(one) + 32) if "A" <= one <= "Z" else one for one in text)
