"""Host names and addresses as a certificate's subject alternative names can hold them.

Sources: RFC 5280 section 4.2.1.6 (dNSName, iPAddress), RFC 1123 section 2.1 (labels), RFC 6125 section 6.4.3
(wildcards).
"""

from __future__ import annotations

from preflight.model.record import Record, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    HostKind = Literal["dns", "ip"]

MAX_NAME_LENGTH = 253  # RFC 1035: 255 octets on the wire
MAX_LABEL_LENGTH = 63
_LABEL_CHARACTERS = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-_")


class HostError(ValueError):
    """A text is neither a DNS name nor an IP address. Its message says why and never quotes the text."""


class Host(Record):
    """One name that a client may connect to."""

    kind: HostKind = field("Which kind of subject alternative name it becomes.", choices=("dns", "ip"))
    value: str = field("The DNS name in lower case, or the address in its shortest form.")


def read_host(text: str) -> Host:
    """Read a host as it is written on a command line or in a DSN.

    Underscores are taken although RFC 1123 has none, because Compose service names have them and libpq, OpenSSL and Go
    match them. A wildcard is taken only as the whole first label with two more behind it: OpenSSL matches no other.

    Args:
        text: A DNS name (`postgres`, `*.db.internal`), an IPv4 or an IPv6 address without brackets, port or zone.

    Raises:
        HostError: It is none of these.
    """
    from ipaddress import ip_address

    try:
        address = ip_address(text)
    except ValueError:
        return _read_name(text.lower())
    if getattr(address, "scope_id", None):
        raise HostError("a certificate cannot hold an address with a zone (the part after %)")
    return Host(kind="ip", value=str(address))


def _read_name(name: str) -> Host:
    if not name:
        raise HostError("it is empty")
    if not name.isascii():
        raise HostError("a certificate holds international names in their ASCII form (xn--...)")
    if ":" in name or "/" in name or "@" in name or name.startswith("["):
        raise HostError("only the bare host is wanted: no scheme, user, port, path or brackets")
    if len(name) > MAX_NAME_LENGTH:
        raise HostError(f"a DNS name has at most {MAX_NAME_LENGTH} characters")
    labels = name.split(".")
    if labels[-1] == "" and len(labels) > 1:
        raise HostError("clients compare names without the trailing dot")
    if labels[0] == "*":
        if len(labels) < 3:
            raise HostError("a wildcard needs two labels behind it, as in *.db.internal")
        labels = labels[1:]
    for label in labels:
        _check_label(label)
    if labels[-1].isdigit():
        raise HostError("a name that ends in a number reads as an IP address, and it is none")
    return Host(kind="dns", value=name)


def _check_label(label: str) -> None:
    if not label:
        raise HostError("it has an empty label (two dots, or a dot in front)")
    if len(label) > MAX_LABEL_LENGTH:
        raise HostError(f"a label of a DNS name has at most {MAX_LABEL_LENGTH} characters")
    if not _LABEL_CHARACTERS.issuperset(label):
        raise HostError("a DNS name is made of letters, digits, hyphens and dots")
    if label[0] == "-" or label[-1] == "-":
        raise HostError("a label of a DNS name neither starts nor ends with a hyphen")
