"""Resolve names in bounded time: `getaddrinfo` itself knows no timeout and can take minutes (resolv.conf(5))."""

from __future__ import annotations

import os
import socket
import threading

from preflight.live.failures import LiveError, failure

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

    from preflight.live.deadline import Deadline

    Address = tuple[int, Any]
    """The address family, and what `connect` of that family takes."""
    Lookup = Callable[..., Sequence[tuple[Any, ...]]]
    """`socket.getaddrinfo`, or what stands in for it."""

MAX_ADDRESSES = 16
"""How many addresses of one name are tried."""
_LONGEST_PATH = 107  # bytes, of a local socket (unix(7))
_NO_SUCH_NAME = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})
_BAD_QUESTION = frozenset({socket.EAI_SERVICE, socket.EAI_FAMILY, socket.EAI_SOCKTYPE, socket.EAI_BADFLAGS})


def resolve(host: str, port: int, deadline: Deadline, lookup: Lookup = socket.getaddrinfo) -> list[Address]:
    """Return the addresses of a host, in the resolver's order (RFC 6724), each once.

    Args:
        host: A name, an address, or the path of a local socket.
        port: The port.
        deadline: When the answer must be there. A lookup that takes longer is left behind in a thread that keeps no
            process alive.
        lookup: What resolves names.

    Raises:
        LiveError: There is no such name, the resolver cannot tell, it took too long, or no host can be called so.
    """
    if host.startswith("/"):
        return [(socket.AF_UNIX, _local(host))]
    if not host or "\0" in host or not 1 <= port <= 65535:
        raise LiveError(failure("invalid_address"))
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)
    except UnicodeError:
        raise LiveError(failure("invalid_address")) from None
    except OSError:
        found = []
    if not found:
        found = list(_in_thread(host, port, deadline, lookup))
    addresses: dict[Address, None] = {(family, target): None for family, _, _, _, target in found}
    if not addresses:
        raise LiveError(failure("name_not_resolved"))
    return list(addresses)[:MAX_ADDRESSES]


def _local(path: str) -> bytes:
    try:
        encoded = os.fsencode(path)
    except UnicodeError:
        encoded = b"\0"
    if b"\0" in encoded or len(encoded) > _LONGEST_PATH:
        raise LiveError(failure("invalid_address"))
    return encoded


def _in_thread(host: str, port: int, deadline: Deadline, lookup: Lookup) -> Sequence[tuple[Any, ...]]:
    answers: list[Sequence[tuple[Any, ...]] | str] = []
    answered = threading.Event()

    def ask() -> None:
        answer: Sequence[tuple[Any, ...]] | str = "resolver_failed"
        try:
            answer = lookup(host, port, type=socket.SOCK_STREAM)
        except socket.gaierror as error:
            if error.errno in _NO_SUCH_NAME:
                answer = "name_not_resolved"
            elif error.errno in _BAD_QUESTION:
                answer = "invalid_address"
        except UnicodeError:
            answer = "invalid_address"  # a label is empty or longer than 63 characters
        except Exception:  # noqa: BLE001, S110 - whatever it is, a thread's traceback would go to stderr
            pass
        finally:
            answers.append(answer)
            answered.set()

    try:
        threading.Thread(target=ask, name="preflight-resolver", daemon=True).start()
    except RuntimeError:  # no more threads may start
        raise LiveError(failure("resolver_failed")) from None
    if not answered.wait(min(deadline.remaining(), threading.TIMEOUT_MAX)):
        raise LiveError(failure(deadline.reason()))
    answer = answers[0]
    if isinstance(answer, str):
        raise LiveError(failure(answer))
    return answer
