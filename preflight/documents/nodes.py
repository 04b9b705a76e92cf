"""The tree of a YAML document: every node knows its line and column."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias


class Scalar:
    """A scalar as written.

    Attributes:
        text: Its text, after quoting and folding are undone.
        plain: Whether it was written without quotes or block style, so that it can be a number, a boolean or null.
        tag: An explicit tag such as `!reset`, or None.
        line: Line of its first character, counted from 1.
        column: Column of its first character, counted from 1.
    """

    __slots__ = ("column", "line", "plain", "tag", "text")

    def __init__(self, text: str, line: int, column: int, *, plain: bool = True, tag: str | None = None) -> None:
        self.text = text
        self.line = line
        self.column = column
        self.plain = plain
        self.tag = tag

    @property
    def value(self) -> str | int | float | bool | None:
        """The value by the YAML 1.2 core schema (section 10.3.2 of the specification)."""
        return resolve(self.text) if self.plain and self.tag is None else self.text


class Sequence:
    """A sequence; `items` are nodes."""

    __slots__ = ("column", "items", "line", "tag")

    def __init__(self, items: list[Node], line: int, column: int, *, tag: str | None = None) -> None:
        self.items = items
        self.line = line
        self.column = column
        self.tag = tag


class Mapping:
    """A mapping; `pairs` are key and value nodes in the order written. Keys are unique scalars."""

    __slots__ = ("column", "line", "pairs", "tag")

    def __init__(self, pairs: list[tuple[Scalar, Node]], line: int, column: int, *, tag: str | None = None) -> None:
        self.pairs = pairs
        self.line = line
        self.column = column
        self.tag = tag

    def get(self, name: str) -> Node | None:
        """Return the value of a key, or None."""
        for key, value in self.pairs:
            if key.text == name:
                return value
        return None

    def key(self, name: str) -> Scalar | None:
        """Return the key node of a name, or None."""
        for key, _ in self.pairs:
            if key.text == name:
                return key
        return None

    def __iter__(self) -> Iterator[tuple[Scalar, Node]]:
        return iter(self.pairs)


if TYPE_CHECKING:
    Node: TypeAlias = Scalar | Sequence | Mapping

_WORDS: dict[str, bool | None] = {
    "": None,
    "~": None,
    "null": None,
    "Null": None,
    "NULL": None,
    "true": True,
    "True": True,
    "TRUE": True,
    "false": False,
    "False": False,
    "FALSE": False,
}
_FLOATS = {
    ".inf": float("inf"),
    ".Inf": float("inf"),
    ".INF": float("inf"),
    "+.inf": float("inf"),
    "-.inf": float("-inf"),
    "-.Inf": float("-inf"),
    "-.INF": float("-inf"),
    ".nan": float("nan"),
    ".NaN": float("nan"),
    ".NAN": float("nan"),
}
_DIGITS = frozenset("0123456789")
_LONGEST_NUMBER = 400  # a longer one is text: int() is quadratic, and no setting is that number


def resolve(text: str) -> str | int | float | bool | None:
    """Resolve a plain scalar by the YAML 1.2 core schema: `yes`, `on` and `22:22` stay text.

    Args:
        text: The scalar as written, without quotes.
    """
    if text in _WORDS:
        return _WORDS[text]
    first = text[0]
    if first in "+-.0123456789" and len(text) <= _LONGEST_NUMBER:
        return _number(text)
    return text


def _number(text: str) -> str | int | float:
    if text in _FLOATS:
        return _FLOATS[text]
    body = text[1:] if text[0] in "+-" else text
    if body.isdigit() and body.isascii():
        return int(text)
    if text.startswith("0o") and text[2:] and all("0" <= c <= "7" for c in text[2:]):
        return int(text, 0)
    if text.startswith("0x") and text[2:] and all(c in "0123456789abcdefABCDEF" for c in text[2:]):
        return int(text, 0)
    mantissa, mark, exponent = body.replace("E", "e").partition("e")
    if mark:
        digits = exponent[1:] if exponent[:1] in ("+", "-") else exponent
        if not digits or not _DIGITS.issuperset(digits):
            return text
    whole, dot, fraction = mantissa.partition(".")
    if not (whole or fraction) or not _DIGITS.issuperset(whole) or not _DIGITS.issuperset(fraction):
        return text
    return float(text) if dot or mark else text


def plain_value(node: Node) -> object:
    """Turn a tree into plain dictionaries, lists and scalars, dropping the places."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return [plain_value(item) for item in node.items]
    return {key.text: plain_value(value) for key, value in node.pairs}
