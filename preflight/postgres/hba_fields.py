"""Lines and fields of `pg_hba.conf`: words with commas between them, in quotes where they hold anything else (`hba.c`, `next_token`)."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    # The words of a field, each with whether it began with a quote.
    Field: TypeAlias = tuple[tuple[str, bool], ...]

_BLANKS = " \t\r"


def lines_of(text: str) -> Iterator[tuple[int, str]]:
    """Yield the lines with their numbers, those that end in a backslash joined with the next.

    Args:
        text: The file's text.
    """
    joined, start = "", 0
    for number, line in enumerate(text.split("\n"), start=1):
        start = start or number
        text_of_line = line.rstrip("\r")
        if text_of_line.endswith("\\"):
            joined += text_of_line[:-1]
            continue
        yield start, joined + text_of_line
        joined, start = "", 0
    if joined:
        yield start, joined


def fields_of(line: str) -> Iterator[Field]:
    """Yield the fields of a line, without its comment.

    Args:
        line: The line.
    """
    at = 0
    while at < len(line):
        found: list[tuple[str, bool]] = []
        more = True
        while more:
            word, quoted, at, more = _word(line, at)
            if word or quoted:
                found.append((word, quoted))
            elif not more:
                break
        if found:
            yield tuple(found)


def _word(line: str, at: int) -> tuple[str, bool, int, bool]:
    """Return the next word, whether it begins with a quote, where it ends, and whether a comma follows (`next_token`)."""
    while at < len(line) and (line[at] in _BLANKS or line[at] == ","):
        at += 1
    word, quoted, inside, was_quote = "", False, False, False
    while at < len(line) and (inside or line[at] not in _BLANKS):
        character = line[at]
        if character == "#" and not inside:
            return word, quoted, len(line), False
        if character == "," and not inside:
            return word, quoted, at + 1, True
        if character != '"' or was_quote:
            word += character
        was_quote = not was_quote if inside and character == '"' else False
        if character == '"':
            inside = not inside
            quoted = quoted or not word
        at += 1
    return word, quoted, at, False
