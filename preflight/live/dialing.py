"""Connect to a host and a port, in bounded time, with the reason where it fails."""

from __future__ import annotations

import socket

from preflight.live.failures import LiveError, LiveFailure, failure, of_system
from preflight.live.resolving import resolve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from preflight.live.deadline import Deadline
    from preflight.live.resolving import Address, Lookup

# Of several addresses, the reason that says most about the server is told.
_MOST_TELLING = (
    "refused", "reset", "timeout", "deadline_passed", "forbidden_here", "out_of_descriptors", "network_error",
    "unreachable",
)  # fmt: skip


def dial(
    host: str, port: int, *, timeout: float, deadline: Deadline, lookup: Lookup = socket.getaddrinfo
) -> socket.socket | LiveFailure:
    """Connect by TCP, or to a local socket where the host is a path.

    All addresses of a name are tried, one after the other in the resolver's order, each with an equal share of the time
    that is left, so that one that never answers does not hide the next.

    Args:
        host: A name, an IPv4 or IPv6 address without brackets, or the path of a local socket, beginning with `/`.
        port: The port, 1 to 65535; of no account for a local socket.
        timeout: Seconds for everything, name resolution included.
        deadline: The deadline of the run.
        lookup: What resolves names.

    Returns:
        A connected socket, which the caller closes, or why there is none: `name_not_resolved`, `resolver_failed`,
        `invalid_address`, `refused`, `timeout`, `deadline_passed`, `unreachable`, `reset`, `forbidden_here`,
        `socket_missing`, `out_of_descriptors` or `network_error`.
    """
    own = deadline.within(timeout)
    if own.passed():
        return failure(own.reason())
    try:
        addresses = resolve(host, port, own, lookup)
    except LiveError as error:
        return error.failure
    failures: list[LiveFailure] = []
    for index, address in enumerate(addresses):
        answer = _connect(address, own.within(own.remaining() / (len(addresses) - index)))
        if not isinstance(answer, LiveFailure):
            return answer
        failures.append(answer)
    ranks = {reason: rank for rank, reason in enumerate(_MOST_TELLING)}
    return min(failures, key=lambda one: ranks.get(one.reason, 0))


def _connect(address: Address, own: Deadline) -> socket.socket | LiveFailure:
    family, target = address
    if own.passed():
        return failure(own.reason())
    try:
        connection = socket.socket(family, socket.SOCK_STREAM)
    except OSError as error:
        return of_system(error, own)
    try:
        connection.settimeout(own.remaining())
        connection.connect(target)
        if family != socket.AF_UNIX:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    except OSError as error:
        connection.close()
        return of_system(error, own)
    except BaseException:
        connection.close()  # a signal ends the run
        raise
    return connection
