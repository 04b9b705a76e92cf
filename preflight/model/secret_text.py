"""An opaque carrier of a literal value: nothing prints it by accident."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn

REDACTED = "[redacted]"


class SecretText:
    """A value that may be a secret.

    `repr`, `str`, `format` and JSON see only the redaction, and it does not pickle. `reveal()` is for sources, collectors
    and probes; a contract test holds that nobody else calls it.
    """

    __slots__ = ("__text",)

    def __init__(self, text: str) -> None:
        self.__text = text

    def reveal(self) -> str:
        """Return the value itself."""
        return self.__text

    def __repr__(self) -> str:
        return f"SecretText({REDACTED})"

    def __str__(self) -> str:
        return REDACTED

    def __format__(self, spec: str) -> str:
        return REDACTED

    def __eq__(self, other: object) -> bool:
        return isinstance(other, SecretText) and self.__text == other.__text

    def __hash__(self) -> int:
        return hash(self.__text)

    def __bool__(self) -> bool:
        return bool(self.__text)

    def __reduce__(self) -> NoReturn:
        raise TypeError("a SecretText does not pickle")
