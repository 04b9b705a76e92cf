"""What a fact can be besides a plain value.

A fact is a value of its type, `None` (absent: there is none), `Unknown` (it should be known and could not be found out) or
`Deferred` (it exists only where the service starts).
"""

from __future__ import annotations

from preflight.model.record import Record, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias, TypeVar

    T = TypeVar("T")


class Unknown(Record):
    """The fact should be known and could not be: judging it gives status `error`."""

    reason: str = field("Stable code, such as `malformed` or `permission_denied`.")
    detail: str = field("One sentence for people; never quotes a value.")


class Deferred(Record):
    """The fact exists only where the service starts: judging it gives status `deferred`."""

    reason: str = field("Stable code, such as `reference`.")
    detail: str = field("One sentence for people.")


if TYPE_CHECKING:
    Fact: TypeAlias = T | Unknown | Deferred | None
    # On the scales below; as text, so that a value that stands on none can be told.
    SslMode: TypeAlias = str
    TlsVersion: TypeAlias = str

# Ordered scales, weakest first: `at_least` and `at_most` compare positions.
SCALES: dict[str, tuple[str, ...]] = {
    "sslmode": ("disable", "allow", "prefer", "require", "verify-ca", "verify-full"),
    "tls_version": ("SSLv2", "SSLv3", "1.0", "1.1", "1.2", "1.3"),
    "severity": ("low", "medium", "high", "critical"),
}
