"""Where a host is, as far as its name tells."""

from __future__ import annotations

NETWORKS = ("local_socket", "loopback", "remote", "unknown")


def network_of(host: str) -> str:
    """Say where a host is: `local_socket`, `loopback`, `remote`, or `unknown` for one that is not written here.

    A name that is not `localhost` is remote: a sidecar's or a neighbour's name crosses a network like any other.
    """
    if host.startswith(("/", "@")):
        return "local_socket"
    if "${" in host or host.startswith("$"):
        return "unknown"
    name = host.strip("[]").lower().rstrip(".")
    if name == "localhost" or name.endswith(".localhost") or name in {"::1", "0:0:0:0:0:0:0:1"}:
        return "loopback"
    name = name.removeprefix("::ffff:")
    parts = name.split(".")
    if (
        parts[0] == "127"
        and all(part.isdigit() and int(part) <= 255 for part in parts if len(part) <= 3)
        and len(parts) <= 4
    ):
        return "loopback"
    return "remote" if name else "unknown"
