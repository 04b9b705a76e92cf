"""The short form of a published port: `[[ADDRESS:]HOST:]CONTAINER[/PROTOCOL]`, with ranges.

The grammar is that of docker/go-connections (`nat.ParsePortSpec`), which Compose uses. An empty address means every
interface of the host, without a word from Compose.
"""

from __future__ import annotations

from preflight.sources.compose.tree import Node, refuse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_PROTOCOLS = frozenset(("tcp", "udp", "sctp"))
_MOST = 65535


class _Bad(Exception):  # noqa: N818 - a refusal without its place
    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__()
        self.reason = (code, message, hint)


def parse_port(node: Node) -> list[dict[str, Any]]:
    """Read a short form.

    Args:
        node: The text.

    Returns:
        One entry for each port of a range: `target`, `protocol`, `mode`, and where they are given `host_ip`, `published`.

    Raises:
        Refused: It is no port.
    """
    try:
        return _parse(node.value)
    except _Bad as bad:
        code, message, hint = bad.reason
        if node.trace is not None and node.trace.blanked:
            hint = node.trace.set_them()
        raise refuse(code, message, hint, node) from None


def _parse(text: str) -> list[dict[str, Any]]:
    address, host, container = _split(text)
    if address.startswith("["):
        if not address.endswith("]"):
            raise _Bad("invalid_address", "the address before the port is malformed", _ADDRESS)
        address = address[1:-1]
    container, _, protocol = container.partition("/")
    protocol = protocol.lower() or "tcp"
    if not container:
        raise _Bad("missing_target", "the port has no port in the container", "Write HOST:CONTAINER.")
    if address and not is_address(address):
        raise _Bad("invalid_address", "the part before the first colon is no IP address", _ADDRESS)
    first, last = _range(container, "the port in the container")
    host_first, host_last = _range(host, "the port on the host") if host else (0, 0)
    shared = bool(host) and last - first != host_last - host_first
    if shared and last != first:
        raise _Bad(
            "unequal_ranges", "the ranges of ports on both sides have different lengths", "Make them equally long."
        )
    if protocol not in _PROTOCOLS:
        raise _Bad(
            "invalid_protocol", "the protocol of the port is none of tcp, udp and sctp", "Write tcp, udp or sctp."
        )
    found = []
    if first == 0:
        raise _Bad("missing_target", "the port in the container cannot be 0", f"Write a number from 1 to {_MOST}.")
    for step in range(last - first + 1):
        port: dict[str, Any] = {"mode": "ingress", "target": first + step, "protocol": protocol}
        if address:
            port["host_ip"] = address
        if host:
            port["published"] = f"{host_first}-{host_last}" if shared else str(host_first + step)
        found.append(port)
    return found


_ADDRESS = "Write an address such as 127.0.0.1 or [::1]; an address needs ADDRESS:HOST:CONTAINER."


def _split(text: str) -> tuple[str, str, str]:
    parts = text.split(":")
    if len(parts) == 1:
        return "", "", parts[0]
    if len(parts) == 2:
        return "", parts[0], parts[1]
    return ":".join(parts[:-2]), parts[-2], parts[-1]


def _range(text: str, what: str) -> tuple[int, int]:
    low, dash, high = text.partition("-")
    first = _number(low, what)
    last = _number(high, what) if dash else first
    if last < first:
        raise _Bad("invalid_port", f"the range of {what} ends before it begins", "Write LOW-HIGH.")
    return first, last


def _number(text: str, what: str) -> int:
    text = text.removeprefix("+")
    if not text.isdigit() or not text.isascii() or len(text) > 20 or int(text) > _MOST:
        code = "address_without_port" if "." in text else "invalid_port"
        hint = _ADDRESS if "." in text else f"Write a number from 0 to {_MOST}."
        raise _Bad(code, f"{what} is no port number", hint)
    return int(text)


def is_address(text: str) -> bool:
    """Tell whether a text is an IP address as Go's `netip.ParseAddr` reads it: four plain numbers, or IPv6 without zone."""
    if ":" in text:
        return _is_six(text)
    parts = text.split(".")
    return len(parts) == 4 and all(
        part.isdigit() and part.isascii() and len(part) <= 3 and int(part) < 256 and (part == "0" or part[0] != "0")
        for part in parts
    )


def _is_six(text: str) -> bool:
    import ipaddress

    try:
        ipaddress.IPv6Address(text)
    except ValueError:
        return False
    return "%" not in text
