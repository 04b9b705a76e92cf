"""Percent-encoding, as the clients undo it, and references that nothing has replaced."""

from __future__ import annotations

#: What C's `isspace` calls a blank.
BLANKS = " \t\n\v\f\r"
_HEX = frozenset("0123456789abcdefABCDEF")

#: Stands for a reference while a text is taken apart: a private-use character that no address, name or mode contains.
HOLE = "\ue000"
_NAME_START = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ_")
_NAME = _NAME_START | frozenset("0123456789")
_LONGEST_NAME = 130


def percent_decode(text: str, *, errors: str = "replace") -> tuple[str, str | None]:
    """Undo percent-encoding as libpq's `conninfo_uri_decode` does: no `+`, spaces only around the token.

    Args:
        text: A part of a URL.
        errors: What becomes of bytes that are no UTF-8; `surrogateescape` keeps them.

    Returns:
        The decoded text, and the code of the problem that makes libpq refuse it, if there is one.
    """
    token = text.strip(" ")
    code = "unescaped_blank" if " " in token else None
    if "%" not in token:
        return token, code
    head, *parts = token.split("%")
    raw = bytearray(head.encode("utf-8", "surrogateescape" if _encodable(head) else "replace"))
    for part in parts:
        if len(part) >= 2 and part[0] in _HEX and part[1] in _HEX and part[:2] != "00":
            raw.append(int(part[:2], 16))
            part = part[2:]  # noqa: PLW2901 - the rest of the same part
        else:
            code = "invalid_percent_encoding"
            raw += b"%"
        raw += part.encode("utf-8", "surrogateescape" if _encodable(part) else "replace")
    return raw.decode("utf-8", errors), code


def _encodable(text: str) -> bool:
    try:
        text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True


def form_decode(text: str, *, plus: bool) -> str:
    """Undo percent-encoding leniently, as Python's `unquote` and Java's `URLDecoder` do.

    Args:
        text: A part of a URL. What is no valid escape stays as it is.
        plus: Whether `+` stands for a blank.
    """
    if plus:
        text = text.replace("+", " ")
    if "%" not in text:
        return text
    head, *parts = text.split("%")
    raw = bytearray(head.encode("utf-8", "replace"))
    for part in parts:
        escape = len(part) >= 2 and part[0] in _HEX and part[1] in _HEX
        raw += (
            bytes((int(part[:2], 16),)) + part[2:].encode("utf-8", "replace")
            if escape
            else b"%" + part.encode("utf-8", "replace")
        )
    return raw.decode("utf-8", "replace")


def mask_references(text: str) -> tuple[str, bool]:
    """Put a hole where a text still has `${…}`, `{{…}}` or `$(NAME)`.

    Returns:
        The text with its holes, and whether there are any.
    """
    text = text.replace(HOLE, "?")
    if "$" not in text and "{{" not in text:
        return text, False
    closing = _closing_braces(text)
    last_pair = text.rfind("}}")
    parts: list[str] = []
    position = 0
    found = False
    while position < len(text):
        end = 0
        if text.startswith("${", position):
            end = closing.get(position + 1, -1) + 1
        elif text.startswith("{{", position) and position < last_pair:
            end = text.index("}}", position) + 2
        elif text.startswith("$(", position):
            close = text.find(")", position, position + _LONGEST_NAME)
            end = close + 1 if close > position + 2 and set(text[position + 2 : close].upper()) <= _NAME else 0
        if end:
            parts.append(HOLE)
            found = True
            position = end
        else:
            parts.append(text[position])
            position += 1
    return "".join(parts), found


def _closing_braces(text: str) -> dict[int, int]:
    """Return where each opening brace closes, in one pass."""
    closing: dict[int, int] = {}
    opened: list[int] = []
    for position, character in enumerate(text):
        if character == "{":
            opened.append(position)
        elif character == "}" and opened:
            closing[opened.pop()] = position
    return closing


def is_hole(text: str) -> bool:
    """Say whether a part is a reference, or contains one: `$NAME` counts only where it is all there is."""
    return HOLE in text or (len(text) > 1 and text[0] == "$" and text[1] in _NAME_START and set(text[1:]) <= _NAME)
