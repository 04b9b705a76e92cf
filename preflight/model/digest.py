"""Digests without `hashlib`, which loads OpenSSL (3 ms): CPython's own implementations of the same functions."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    T = TypeVar("T")

try:
    from _sha2 import sha256 as _sha256  # type: ignore[import-not-found]  # CPython 3.12 and later
except ImportError:
    try:
        from _sha256 import sha256 as _sha256  # type: ignore[import-not-found]  # 3.11
    except ImportError:  # another interpreter
        from hashlib import sha256 as _sha256
try:
    from _blake2 import blake2b as _blake2b
except ImportError:
    from hashlib import blake2b as _blake2b


def sha256_hex(data: bytes) -> str:
    """Return the SHA-256 digest in hexadecimal. For texts that are no secrets: an unsalted digest can be guessed back."""
    digest: str = _sha256(data).hexdigest()
    return digest


class KeyedDigest:
    """Compares values without keeping them: a keyed BLAKE2b whose key is drawn for this process alone (RFC 7693)."""

    __slots__ = ("_key", "_made")

    def __init__(self) -> None:
        import os

        self._key = os.urandom(32)
        self._made: dict[tuple[object, bytes], object] = {}

    def of(self, text: str) -> bytes:
        """Return the digest of a text; equal texts have equal digests within this process only."""
        digest: bytes = _blake2b(text.encode("utf-8", "surrogatepass"), key=self._key, digest_size=16).digest()
        return digest

    def once(self, make: Callable[[str], T], text: str) -> T:
        """Return what a function makes of a text, made once for equal texts: a secret often reaches many services.

        Args:
            make: The function; what it returns depends on the text alone, and does not hold it.
            text: The text.
        """
        key = (make, self.of(text))
        if key not in self._made:
            self._made[key] = make(text)
        made: T = self._made[key]  # type: ignore[assignment]  # what this function made
        return made
