"""Digests without `hashlib`, which loads OpenSSL (3 ms): CPython's own implementations of the same functions."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def _sha256(data: bytes) -> Any:  # noqa: ANN401 - a hash object
    for module in ("_sha2", "_sha256", "hashlib"):  # CPython 3.12 and later; 3.11; another interpreter
        try:
            return __import__(module).sha256(data)
        except ImportError:
            continue
    raise ImportError("hashlib")


def sha256_hex(data: bytes) -> str:
    """Return the SHA-256 digest in hexadecimal. For texts that are no secrets: an unsalted digest can be guessed back."""
    digest: str = _sha256(data).hexdigest()
    return digest


class KeyedDigest:
    """Compares values without keeping them: a keyed BLAKE2b whose key is drawn for this process alone (RFC 7693)."""

    __slots__ = ("_key",)

    def __init__(self) -> None:
        import os

        self._key = os.urandom(32)

    def of(self, text: str) -> bytes:
        """Return the digest of a text; equal texts have equal digests within this process only."""
        try:
            from _blake2 import blake2b
        except ImportError:
            from hashlib import blake2b
        digest: bytes = blake2b(text.encode("utf-8", "surrogatepass"), key=self._key, digest_size=16).digest()
        return digest
