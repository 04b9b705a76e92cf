"""No password in clear to another machine: when libpq would send one, and how it is kept from that.

What libpq does with each sslmode: libpq manual, table 32.1. `prefer` goes on in clear where TLS fails, `allow` begins in clear.
"""

from __future__ import annotations

import os
import stat

from preflight.live._postgres_tls import DEMANDING
from preflight.live.nearness import is_here

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from preflight.live._postgres_server import PostgresServer
    from preflight.live.postgres_target import PostgresTarget


def guarded_sslmode(target: PostgresTarget, servers: Iterable[tuple[PostgresServer, str]]) -> str | None:
    """Return the sslmode by which a login can be tried; None where it cannot without a password in clear.

    What libpq may do in clear is not left to it: between the look at a server and the login, somebody could take TLS away.

    Args:
        target: The connection.
        servers: What each server that was reached showed, with its address; empty for a local socket.
    """
    mode = target.sslmode
    far = [server for server, address in servers if not is_here(address)]
    if mode in DEMANDING or not far or not _has_password(target):
        return mode
    if mode == "disable" or any(server.tls_version is None for server in far):
        return None
    if mode == "allow" and any(server.plaintext in {"accepted", "open"} for server in far):
        return None
    return "require"


def passfile_is_usable(target: PostgresTarget) -> bool:
    """Say whether libpq reads the passfile, or finds none, without a complaint (fe-connect.c, `passwordFromFile`).

    Args:
        target: The connection.
    """
    mode = _mode_of_passfile(target)
    return mode is None or _is_private_file(mode)


def _has_password(target: PostgresTarget) -> bool:
    """Say whether libpq has a password, or a passfile that may hold one."""
    mode = _mode_of_passfile(target)
    return target.password is not None or (mode is not None and _is_private_file(mode))


def _mode_of_passfile(target: PostgresTarget) -> int | None:
    path = target.parameters.get("passfile") or os.path.join(os.path.expanduser("~"), ".pgpass")
    try:
        return os.stat(path).st_mode
    except (OSError, ValueError):
        return None


def _is_private_file(mode: int) -> bool:
    return stat.S_ISREG(mode) and not mode & (stat.S_IRWXG | stat.S_IRWXO)
