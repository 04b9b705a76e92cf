"""Texts of a Compose file as they are written, before variables were put in: what in them is literal, and what is a variable.

The grammar is the Compose specification's ("Interpolation"): `$NAME`, `${NAME}`, `${NAME:-default}` and its kin, `$$`.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_")
_NAME = _LETTERS | frozenset("0123456789")
_FIRST_MARK = 0x4E00  # letters to `str.isalnum`, and in nobody's connection string
_PRIVATE = 0xF0000  # where the planes for private use begin


class Variable:
    """A variable in a text.

    Attributes:
        name: Its name; a bare `$word` may be a piece of a password.
        braced: Whether it is written as `${NAME…}`.
        operator: One of ` - :- ? :? + :+`, or empty.
        word: What stands behind the operator, as written.
        leading: Whether nothing stands before it.
    """

    __slots__ = ("braced", "leading", "name", "operator", "word")

    def __init__(self, name: str, *, braced: bool, leading: bool, operator: str = "", word: str = "") -> None:
        self.name = name
        self.braced = braced
        self.leading = leading
        self.operator = operator
        self.word = word

    @property
    def meant(self) -> bool:
        """Whether it was meant as a variable: in braces, or in capitals at the beginning; else it is rather a password's end."""
        return self.braced or (self.leading and self.name.isupper())


class Marked:
    """A text in which a single letter stands for each variable.

    Attributes:
        text: The text; `$$` is a dollar sign in it.
        variables: The variable behind each letter.
    """

    __slots__ = ("text", "variables")

    def __init__(self, text: str, variables: Mapping[str, Variable]) -> None:
        self.text = text
        self.variables = variables


def mark(written: str, start: int = 0) -> Marked:
    """Put a letter for each variable of a text.

    Args:
        written: The text as written.
        start: How many letters were used up before, where several texts are looked at together.
    """
    if "$" not in written:
        return Marked(written, {})
    first = _FIRST_MARK
    if not written.isascii():
        first = max(_FIRST_MARK, ord(max(written)) + 1)
        if first + start + written.count("$") > sys.maxunicode:  # planes for private use: read as a question mark
            written = "".join(letter if ord(letter) < _PRIVATE else "?" for letter in written)
            first = max(_FIRST_MARK, ord(max(written)) + 1)
    pieces: list[str] = []
    found: dict[str, Variable] = {}
    position = line_end = 0
    last = -1
    while (dollar := written.find("$", position)) >= 0:
        pieces.append(written[position:dollar])
        if written.startswith("$", dollar + 1):
            pieces.append("$")
            position = dollar + 2
            continue
        if dollar >= line_end:
            end = written.find("\n", dollar)
            line_end = end if end >= 0 else len(written)
            last = written.rfind("}", dollar, line_end)
        variable, position = _variable(written, dollar, last)
        if variable is None:
            pieces.append("$")
        else:
            letter = chr(first + start + len(found))
            found[letter] = variable
            pieces.append(letter)
    pieces.append(written[position:])
    return Marked("".join(pieces), found)


def _variable(text: str, dollar: int, last: int) -> tuple[Variable | None, int]:
    """Read the variable at a dollar sign; return it, or None where there is none, and the offset behind it.

    Args:
        text: The text.
        dollar: Offset of the dollar sign.
        last: Offset of the last closing brace of its line, or -1.
    """
    braced = text.startswith("{", dollar + 1)
    start = end = dollar + 1 + braced
    if start < len(text) and text[start] in _LETTERS:
        while end < len(text) and text[end] in _NAME:
            end += 1
    name = text[start:end]
    if not name:
        return None, dollar + 1
    if not braced:
        return Variable(name, braced=False, leading=dollar == 0), end
    close = _closing_brace(text, dollar + 1, last)
    if close < 0:
        return None, dollar + 1
    rest = text[end:close]
    size = 2 if rest.startswith(":") else 1
    return Variable(name, braced=True, leading=dollar == 0, operator=rest[:size], word=rest[size:]), close + 1


def _closing_brace(text: str, opening: int, last: int) -> int:
    """Return the offset of the brace that closes a variable, or -1: the one that fits, else the last of the line, as Compose reads it."""
    if last < opening:
        return -1
    depth = 0
    offset = opening
    while offset <= last:
        if text[offset] == "}":
            depth -= 1
            if not depth:
                return offset
        elif text[offset] == "{":
            depth += 1
            offset += 1  # what stands behind an opening brace is not looked at
        offset += 1
    return last


def shown_variables(written: str) -> tuple[str, ...]:
    """Return the names of a text's variables that can be shown, the ones in defaults included, each once."""
    names: dict[str, None] = {}
    for variable in mark(written).variables.values():
        if variable.braced:
            names[variable.name] = None
            names.update(dict.fromkeys(shown_variables(variable.word)))
    return tuple(names)
