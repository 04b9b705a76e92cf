"""Bash's `$'…'`: the escapes of ANSI C."""

from __future__ import annotations

_SIMPLE = {
    "a": "\a",
    "b": "\b",
    "e": "\x1b",
    "E": "\x1b",
    "f": "\f",
    "n": "\n",
    "r": "\r",
    "t": "\t",
    "v": "\v",
    "\\": "\\",
    "'": "'",
    '"': '"',
    "?": "?",
}
_OCTAL = frozenset("01234567")
_HEXADECIMAL = frozenset("0123456789abcdefABCDEF")


def ansi_c(text: str, start: int) -> tuple[str, int]:
    """Read the inside of a `$'…'`.

    Args:
        text: The whole text.
        start: Offset behind the opening quote.

    Returns:
        The text it stands for and the offset behind the closing quote, or -1 for that when it is never closed. Bytes
        given as numbers are read as UTF-8; what is no UTF-8 stays as lone surrogates (PEP 383). A zero ends the text.
    """
    pieces: list[str] = []
    raw_bytes = ended = False
    position = start
    while True:
        quote = text.find("'", position)
        if quote < 0:
            return "", -1
        slash = text.find("\\", position, quote)
        pieces.append("" if ended else text[position : quote if slash < 0 else slash])
        if slash < 0:
            result = "".join(pieces)
            return (_joined(result) if raw_bytes else result), quote + 1
        piece, position = _escape(text, slash + 1)
        raw_bytes = raw_bytes or "\udc80" <= piece <= "\udcff"
        ended = ended or piece == "\0"
        pieces.append("" if ended else piece)


def _escape(text: str, start: int) -> tuple[str, int]:
    """Read the escape whose character is at `start`."""
    character = text[start : start + 1]
    if character in _SIMPLE:
        return _SIMPLE[character], start + 1
    if character in _OCTAL:
        end = _run(text, start, 3, _OCTAL)
        return _byte(int(text[start:end], 8) & 0xFF), end
    if character and character in "xuU":
        end = _run(text, start + 1, {"x": 2, "u": 4, "U": 8}[character], _HEXADECIMAL)
        if end == start + 1:
            return "\\" + character, end
        number = int(text[start + 1 : end], 16)
        if character == "x":
            return _byte(number), end
        return chr(number) if number <= 0x10FFFF else "\ufffd", end
    if character == "c" and text[start + 1 : start + 2] not in {"", "\\"}:
        return chr(ord(text[start + 1].upper()[0]) & 0x1F), start + 2
    return "\\" + character, start + 1


def _run(text: str, start: int, most: int, digits: frozenset[str]) -> int:
    end = start
    while end < start + most and text[end : end + 1] in digits:
        end += 1
    return end


def _byte(number: int) -> str:
    return chr(number) if number < 0x80 else chr(0xDC00 + number)


def _joined(text: str) -> str:
    try:
        return text.encode("utf-8", "surrogateescape").decode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text  # the file itself has other lone surrogates
