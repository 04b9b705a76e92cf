"""Where a host is, as far as its name tells."""

from __future__ import annotations

from preflight.postgres.hosts import network_of as farthest

NETWORKS = ("local_socket", "loopback", "remote", "unknown")


def network_of(host: str) -> str:
    """Say where a host is: `local_socket`, `loopback`, `remote`, or `unknown` for one that is not written here."""
    name = host.strip("[]")
    return farthest([None if not name or "${" in name or name.startswith("$") else name])
