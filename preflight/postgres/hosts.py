"""The servers of a connection, and where they are."""

from __future__ import annotations

from preflight.postgres.connection import UNKNOWN_HOST, Host
from preflight.postgres.escapes import is_hole

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from preflight.postgres.reading import Reading

_UNKNOWN_PORT = "?"
_ADDRESS_6 = frozenset("0123456789abcdefABCDEF:.")


def read_hosts(reading: Reading, form: str) -> tuple[Host, ...]:
    """Pair hosts with ports, as libpq does: one port serves all hosts, else there are as many ports as hosts.

    A port that is no number, or a host that is no host, may be the tail of a password: it is left out, and in a URL
    so is everything else that could be.

    Args:
        reading: What was read.
        form: How the text is written.
    """
    values = reading.values
    written = values.get("host") or values.get("hostaddr") or ""
    names = written.split(",") if written else []
    ports = values["port"].split(",") if values.get("port") else [""]
    addresses = values["hostaddr"].split(",") if values.get("hostaddr") else names
    if len(addresses) != len(names) or (len(ports) > 1 and len(ports) != max(len(names), 1)):
        reading.refuse("port_count_mismatch")
        ports = [_UNKNOWN_PORT]
    if len(ports) == 1:
        ports *= max(len(names), 1)
    if not all(port == _UNKNOWN_PORT or is_hole(port) or is_port(port) for port in ports):
        if not reading.spilled:
            reading.refuse("invalid_port")
        if form in ("uri", "jdbc"):
            reading.spilled = True
    for name in names:
        if not is_hole(name) and not is_host(name):
            reading.refuse("host_contains_at_sign" if "@" in name else "invalid_host")
            # A whole address stands here, and a comma in its password makes pieces of that look like hosts.
            reading.spilled |= "@" in written or "://" in written
    if reading.spilled:
        return (UNKNOWN_HOST,)
    return tuple(
        Host(
            host=name if is_host(name) and not is_hole(name) else None,
            port=port if is_port(port) and port != _UNKNOWN_PORT else None,
        )
        for name, port in zip(names, ports, strict=False)
    )


def is_port(text: str) -> bool:
    """Say whether a text is a port, or empty for the default."""
    digits = text.strip(" ")
    return not text or (digits.isdecimal() and digits.isascii() and 0 < int(digits[:6]) <= 65535)


def is_host(text: str) -> bool:
    """Say whether a text can be a host: a name, an address, a socket's directory (`/…`, or `@…` on Linux), or empty."""
    if not text or text.startswith("/"):
        return True
    if text.startswith("@"):
        return "@" not in text[1:] and ":" not in text
    if ":" in text:
        return set(text.partition("%")[0]) <= _ADDRESS_6
    return text.replace("-", "").replace("_", "").replace(".", "").isalnum()


def network_of(hosts: Iterable[str | None]) -> str:
    """Say how far a connection reaches: `remote`, `unknown`, `loopback` or `local_socket`, the farthest of its servers.

    Args:
        hosts: Names, addresses or socket directories; None for one that is not known. A name other than `localhost` is
            remote: a neighbour's name crosses a network like any other.
    """
    found = {_network_of_host(host) for host in hosts}
    return next((network for network in ("remote", "unknown", "loopback") if network in found), "local_socket")


def _network_of_host(host: str | None) -> str:
    if host is None:
        return "unknown"
    if host.startswith(("/", "@")) or not host:
        return "local_socket"
    name = host.lower().rstrip(".").removeprefix("::ffff:")
    if name == "localhost" or name.endswith(".localhost") or name in ("::1", "0:0:0:0:0:0:0:1"):
        return "loopback"
    parts = name.split(".")
    if (
        parts[0] == "127"
        and len(parts) <= 4
        and all(part.isdecimal() and part.isascii() and len(part) <= 3 for part in parts)
    ):
        return "loopback"
    return "remote"
