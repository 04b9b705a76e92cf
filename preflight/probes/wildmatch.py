"""Patterns of paths as git reads them (gitignore(5)): `*`, `?`, `[…]`, and `**` for any number of directories.

A pattern becomes a row of symbols and the text is walked once with the set of places it may have reached, so that no
pattern takes longer than its length times the text's.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    Symbol: TypeAlias = frozenset[int] | str

_SLASH = ord("/")
_ANY = frozenset(range(256)) - {_SLASH}
# Symbols besides sets of bytes.
_STAR = "any bytes but slashes"
_GLOB = "any bytes"
_FORK = "the next two symbols, or neither"

_LOWER, _UPPER = frozenset(b"abcdefghijklmnopqrstuvwxyz"), frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ")
_DIGITS, _BLANKS = frozenset(b"0123456789"), frozenset(b" \t")
_GRAPHIC = frozenset(range(0x21, 0x7F))
_ALPHANUMERIC = _LOWER | _UPPER | _DIGITS
_CLASSES = {
    b"alnum": _ALPHANUMERIC, b"alpha": _LOWER | _UPPER, b"blank": _BLANKS, b"cntrl": frozenset(range(0x20)) | {0x7F},
    b"digit": _DIGITS, b"graph": _GRAPHIC, b"lower": _LOWER, b"print": _GRAPHIC | {0x20}, b"punct": _GRAPHIC - _ALPHANUMERIC,
    b"space": frozenset(b" \t\n\v\f\r"), b"upper": _UPPER, b"xdigit": _DIGITS | frozenset(b"abcdefABCDEF"),
}  # fmt: skip


def compiled(pattern: bytes, *, fold: bool = False) -> tuple[Symbol, ...] | None:
    """Return a pattern as a row of symbols, or None when it is malformed and so never matches.

    Args:
        pattern: The pattern.
        fold: Whether the texts that it will meet are in lower case, because case does not matter.
    """
    symbols: list[Symbol] = []
    position = 0
    while position < len(pattern):
        character = pattern[position : position + 1]
        if character == b"*":
            position = _stars(pattern, position, symbols)
        elif character == b"?":
            symbols.append(_ANY)
            position += 1
        elif character == b"[":
            found = _bracket(pattern, position + 1, fold=fold)
            if found is None:
                return None
            symbols.append(found[0])
            position = found[1]
        else:
            position += character == b"\\"
            literal = pattern[position : position + 1]
            if not literal:
                return None  # a backslash at the end escapes nothing
            symbols.append(frozenset(literal.lower() if fold else literal))
            position += 1
    return tuple(symbols)


def _stars(pattern: bytes, start: int, symbols: list[Symbol]) -> int:
    """Add the symbols of a row of asterisks, and return the position after it.

    Two or more cross directories where they stand between slashes or ends; anywhere else they are one.
    """
    end = start
    while pattern[end : end + 1] == b"*":
        end += 1
    before = start == 0 or pattern[start - 1] == _SLASH
    after = pattern[end : end + 1] in {b"", b"/"} or pattern[end : end + 2] == b"\\/"
    if end - start == 1 or not (before and after):
        symbols.append(_STAR)
        return end
    if pattern[end : end + 1] == b"/":
        symbols += (_FORK, _GLOB, frozenset(b"/"))
        return end + 1
    symbols.append(_GLOB)
    return end


def _bracket(pattern: bytes, start: int, *, fold: bool) -> tuple[frozenset[int], int] | None:
    """Read a bracket expression from behind its `[`; return its bytes and the position after it."""
    position = start + (pattern[start : start + 1] in {b"!", b"^"})
    negated = position > start
    members: set[int] = set()
    previous: int | None = None
    first = True
    while first or pattern[position : position + 1] != b"]":
        first = False
        if pattern[position : position + 2] == b"[:":
            found = _named(pattern, position + 2, fold=fold)
            if found is None:
                return None
            if found[1]:
                members |= found[0]
                position, previous = found[1], None
                continue
        if (
            pattern[position : position + 1] == b"-"
            and previous is not None
            and pattern[position + 1 : position + 2] not in {b"", b"]"}
        ):
            end, position = _member(pattern, position + 1)
            if end is None:
                return None
            between = bytes(range(previous, end + 1))
            members |= {*between, *(between.lower() if fold else b"")}
            previous = None
            continue
        previous, position = _member(pattern, position)
        if previous is None:
            return None
        members.add(previous)
    chosen = frozenset(range(256)) - members if negated else frozenset(members)
    return chosen - {_SLASH}, position + 1


def _member(pattern: bytes, position: int) -> tuple[int | None, int]:
    """Read one byte of a bracket expression, escaped or not; None where the pattern ends instead."""
    position += pattern[position : position + 1] == b"\\"
    return (pattern[position], position + 1) if position < len(pattern) else (None, position)


def _named(pattern: bytes, start: int, *, fold: bool) -> tuple[frozenset[int], int] | None:
    """Read a class such as `[:alpha:]` from behind its `[:`.

    Returns:
        Its bytes and the position after it; position 0 where it is no class but the characters it is made of; None where
        the class is unknown or the pattern ends.
    """
    end = pattern.find(b"]", start)
    if end < 0:
        return None
    if end == start or pattern[end - 1 : end] != b":":
        return frozenset(), 0
    name = pattern[start : end - 1]
    if name not in _CLASSES:
        return None
    return _CLASSES[name] | (_LOWER if fold and name == b"upper" else frozenset()), end + 1


def matches(symbols: tuple[Symbol, ...] | None, text: bytes) -> bool:
    """Whether a pattern matches the whole of a text.

    Args:
        symbols: The pattern, from `compiled`.
        text: The text: a path or a part of one.
    """
    if symbols is None:
        return False
    places = _reached(symbols, [0])
    for byte in text:
        after: list[int] = []
        for place in places:
            symbol = symbols[place] if place < len(symbols) else frozenset()
            if isinstance(symbol, frozenset):
                if byte in symbol:
                    after.append(place + 1)
            elif symbol == _GLOB or (symbol == _STAR and byte != _SLASH):
                after.append(place)
        if not after:
            return False
        places = _reached(symbols, after)
    return len(symbols) in places


def _reached(symbols: tuple[Symbol, ...], places: list[int]) -> set[int]:
    """Return the places that are reached without reading a byte."""
    found: set[int] = set()
    while places:
        place = places.pop()
        if place in found:
            continue
        found.add(place)
        if place < len(symbols):
            symbol = symbols[place]
            if symbol in (_STAR, _GLOB, _FORK):
                places.append(place + 1)
            if symbol == _FORK:
                places.append(place + 3)
    return found
