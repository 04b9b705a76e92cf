"""Why a live check could not be done, in words of our own."""

from __future__ import annotations

import errno

from preflight.live.reasons import REASONS
from preflight.model.record import Record, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from preflight.live.deadline import Deadline
    from preflight.live.reasons import Reason


class LiveFailure(Record):
    """A live check that did not come to its end. All its texts are constants: nothing of a server's or a library's."""

    reason: str = field("What is the case: a code of `preflight.live.reasons`, or of the check that says it.")
    retriable: bool = field("Whether waiting can cure it.")
    message: str = field("What is the case, as a sentence.")
    hint: str = field("What to do next.")


class TlsFailure(LiveFailure):
    """A TLS handshake that did not come to its end."""

    verify_code: int | None = field(
        "The number of OpenSSL's verdict on the server's certificate (x509_vfy.h), where there is one.", default=None
    )
    certificates: tuple[bytes, ...] = field(
        "What the server sent, DER, its own certificate first; empty where nobody looked, or it sent none.", default=()
    )


class LiveError(Exception):
    """Carries a failure up to the check that returns it. It never leaves this package."""

    def __init__(self, failure: LiveFailure) -> None:
        super().__init__(failure.reason)
        self.failure = failure


def failure(reason: str, reasons: Mapping[str, Reason] = REASONS) -> LiveFailure:
    """Make a failure from its code."""
    told = reasons[reason]
    return LiveFailure(reason=reason, retriable=told.retriable, message=told.message, hint=told.hint)


def tls_failure(reason: str, *, verify_code: int | None = None) -> TlsFailure:
    """Make the failure of a handshake from its code."""
    told = REASONS[reason]
    return TlsFailure(
        reason=reason, retriable=told.retriable, message=told.message, hint=told.hint, verify_code=verify_code
    )


_BY_ERRNO = {
    errno.ECONNREFUSED: "refused",
    errno.ETIMEDOUT: "timeout",
    errno.ECONNRESET: "reset",
    errno.EPIPE: "reset",
    errno.ECONNABORTED: "reset",
    errno.EHOSTUNREACH: "unreachable",
    errno.ENETUNREACH: "unreachable",
    errno.ENETDOWN: "unreachable",
    errno.EHOSTDOWN: "unreachable",
    errno.EADDRNOTAVAIL: "unreachable",
    errno.EAFNOSUPPORT: "unreachable",
    errno.EACCES: "forbidden_here",
    errno.EPERM: "forbidden_here",
    errno.EMFILE: "out_of_descriptors",
    errno.ENFILE: "out_of_descriptors",
    errno.ENOENT: "socket_missing",
    errno.ENOTSOCK: "socket_missing",
    errno.EAGAIN: "refused",  # a local socket whose queue is full (unix(7))
}


def of_system(error: OSError, deadline: Deadline) -> LiveFailure:
    """Say what an error of the system's sockets means.

    Args:
        error: What `socket` raised, of the system itself (not of TLS or of name resolution).
        deadline: The deadline of the call that raised it.
    """
    if isinstance(error, TimeoutError) and error.errno is None:
        return failure(deadline.reason())
    return failure(_BY_ERRNO.get(error.errno or 0, "network_error"))
