"""Whether a connection stays on this machine: what is sent in clear can be read by everybody on the way to another."""

from __future__ import annotations

import ipaddress
import socket


def is_here(address: str) -> bool:
    """Say whether what is sent to an address never leaves this machine (RFC 1122, 3.2.1.3; RFC 4291, 2.5.3).

    Args:
        address: An IPv4 or IPv6 address; empty for a local socket.
    """
    if not address:
        return True
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return (inner or found).is_loopback


def stays_here(connection: socket.socket) -> bool:
    """Say whether what is sent over a connection never leaves this machine; False where its other end is not known.

    Args:
        connection: A connected socket.
    """
    if connection.family == socket.AF_UNIX:
        return True
    try:
        return is_here(connection.getpeername()[0])
    except OSError:
        return False
