"""Values that must not be kept: those of example files, and of the env files of other environments."""

from __future__ import annotations

from preflight.model.origin import Origin
from preflight.sources.env_file import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from preflight.model.digest import KeyedDigest


def example_digests(text: str, path: str, digest: KeyedDigest) -> dict[bytes, Origin]:
    """Return the digests of a file's values, with where each stands.

    Only digests under this process's key are kept, so that no value of one file can reach the report of another.
    """
    found: dict[bytes, Origin] = {}
    for entry in parse(text, dialect="compose", environment={}).entries:
        value = entry.value.reveal() if entry.value is not None else ""
        if value:
            found.setdefault(digest.of(value), Origin(file=path, line=entry.line, column=entry.column))
    return found
