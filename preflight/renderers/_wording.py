"""Words that all parts of the text report share."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from preflight.renderers._page import Piece

GUTTER = 9


def lead(word: str, style: str = "dim") -> Piece:
    """Return a word in the left gutter: labels in capitals, flush left; words with a colon keep their indentation."""
    return style, (word if word.endswith(":") else word.upper()).ljust(GUTTER)


def many(count: int, word: str) -> str:
    """Return a count with its noun."""
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def place_of(origin: Mapping[str, Any] | None) -> str:
    """Return `file:line:column`, `environment` for the process environment, or nothing."""
    if origin is None:
        return ""
    if origin["file"] is None:
        return "environment"
    return ":".join(str(part) for part in (origin["file"], origin["line"], origin["column"]) if part is not None)


def shown(value: object) -> str:
    """Return a plain value as people write it."""
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return ", ".join(shown(one) for one in value) or "empty"
    if isinstance(value, dict):
        return ", ".join(f"{name} {shown(one)}" for name, one in value.items()) or "empty"
    return str(value) or "empty"
