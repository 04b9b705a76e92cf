"""Taking lists apart without `re`."""

from __future__ import annotations


def split(text: str, separators: str) -> list[str]:
    """Return the parts of a text between any of some characters; empty parts are left out."""
    for separator in separators[1:]:
        text = text.replace(separator, separators[0])
    return [part for part in text.split(separators[0]) if part]


def unquote(text: str) -> str:
    """Return a text without white space and quotes around it."""
    return text.strip().strip("\"'").strip()
