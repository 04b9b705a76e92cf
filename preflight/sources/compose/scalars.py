"""Plain scalars as Docker Compose types them, and the text it makes of them again.

Compose reads YAML with go-yaml, which follows the YAML 1.2 core schema (`yes`, `on` and `22:22` stay text) with additions of
its own: a leading zero means octal, underscores between digits are dropped, dates become timestamps. Where the value ends
up in an environment variable, a label or a build argument, Go's `%v` makes text of it again, and that text may differ from
what is written: `0123456789` becomes `1.23456789e+08`.
"""

from __future__ import annotations

import math

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias


class Timestamp:
    """A date or time; `text` is what Go's `time.Time` prints."""

    __slots__ = ("text",)

    def __init__(self, text: str) -> None:
        self.text = text

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Timestamp) and other.text == self.text

    def __hash__(self) -> int:
        return hash(self.text)


if TYPE_CHECKING:
    Plain: TypeAlias = str | int | float | bool | Timestamp | None

_WORDS: dict[str, bool | float | None] = {
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
    "-0": -0.0,
    "-0.0": -0.0,
    ".nan": math.nan,
    ".NaN": math.nan,
    ".NAN": math.nan,
    **{sign + word: math.inf for sign in ("", "+") for word in (".inf", ".Inf", ".INF")},
    **{"-" + word: -math.inf for word in (".inf", ".Inf", ".INF")},
}
_DIGITS = frozenset("0123456789")
_STARTS = frozenset("+-.0123456789")
_LONGEST_NUMBER = 400  # int() is quadratic, and a longer run of digits is out of range for Go as well
_MOST_SIGNED = 2**63
_MOST_UNSIGNED = 2**64
_SHORTEST_TIMESTAMP = 8  # 2001-1-1


def resolve(text: str) -> Plain:
    """Return what a plain scalar is to Compose.

    Args:
        text: The scalar as written, without quotes.
    """
    if text in _WORDS:
        return _WORDS[text]
    if text[0] not in _STARTS or len(text) > _LONGEST_NUMBER:
        return text
    if text[0] == ".":
        return _dotted(text)
    if len(text) >= _SHORTEST_TIMESTAMP and text[4] == "-" and _DIGITS.issuperset(text[:4]):
        moment = _timestamp(text)
        if moment is not None:
            return moment
    digits = text.replace("_", "")
    whole = _integer(digits)
    if whole is not None:
        return whole
    number = _float(digits)
    return text if number is None else number


def _integer(text: str) -> int | None:
    sign = text[:1] if text[:1] in ("+", "-") else ""
    body = text[len(sign) :]
    base = 10
    prefix = body[:2].lower()
    if prefix in ("0x", "0o", "0b"):
        base = {"0x": 16, "0o": 8, "0b": 2}[prefix]
        body = body[2:]
    elif body[:1] == "0" and len(body) > 1:
        base = 8
        body = body[1:]
    allowed = {2: "01", 8: "01234567", 10: "0123456789", 16: "0123456789abcdefABCDEF"}[base]
    if not body or any(letter not in allowed for letter in body):
        return None
    value = int(body, base)
    if sign == "-":
        value = -value
    if -_MOST_SIGNED <= value < _MOST_SIGNED:
        return value
    return value if 0 <= value < _MOST_UNSIGNED and not sign else None


def _float(text: str) -> float | None:
    body = text[1:] if text[:1] in ("+", "-") else text
    mantissa, mark, exponent = body.replace("E", "e").partition("e")
    if mark:
        exponent = exponent[1:] if exponent[:1] in ("+", "-") else exponent
        if not exponent or not _DIGITS.issuperset(exponent):
            return None
    whole, _, fraction = mantissa.partition(".")
    if not (whole or fraction) or not _DIGITS.issuperset(whole) or not _DIGITS.issuperset(fraction):
        return None
    value = float(text)
    return None if math.isinf(value) else value


def _dotted(text: str) -> str | float:
    """Read `.5` and `.5_0e1`: underscores may stand between digits only."""
    parts = text[1:].replace("E", "e").replace("e+", "e").replace("e-", "e").split("e")
    good = len(parts) <= 2 and all(
        all(piece and _DIGITS.issuperset(piece) for piece in part.split("_")) for part in parts
    )
    value = _float(text.replace("_", "")) if good else None
    return text if value is None else value


def _timestamp(text: str) -> Timestamp | None:
    import re

    match = re.match(
        r"(\d{4})-(\d{1,2})-(\d{1,2})(?:([Tt ])(\d{1,2}):(\d{1,2}):(\d{1,2})(?:[.,](\d+))?(Z|[-+]\d\d:\d\d)?)?\Z",
        text,
        re.ASCII,
    )
    if match is None:
        return None
    year, month, day = (int(part) for part in match.group(1, 2, 3))
    separator, fraction, zone = match.group(4, 8, 9)
    hour, minute, second = (int(part or 0) for part in match.group(5, 6, 7))
    if separator is not None and (separator == " ") != (zone is None):
        return None
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    days = (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    if not (1 <= month <= 12 and 1 <= day <= days[month - 1] and hour < 24 and minute < 60 and second < 60):
        return None
    offset = "+0000 UTC"
    if zone is not None and zone not in ("Z", "+00:00", "-00:00"):
        if int(zone[1:3]) > 24 or int(zone[4:6]) >= 60:
            return None
        name = zone[:3] + zone[4:]
        offset = f"{name} {name}"
    parts = (fraction or "")[:9].rstrip("0")
    tail = f".{parts}" if parts else ""
    return Timestamp(f"{match.group(1)}-{month:02d}-{day:02d} {hour:02d}:{minute:02d}:{second:02d}{tail} {offset}")


def text_of(value: Plain) -> str:
    """Return the text that Go's `%v` makes of a value; null is `<nil>` there, and no caller passes it.

    Args:
        value: A scalar.
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        return float_text(value)
    if isinstance(value, Timestamp):
        return value.text
    return "<nil>"


def float_text(value: float, exponent_from: int = 6) -> str:
    """Return a float as Compose prints it: the shortest digits that read back, exponent form from 1e6 and below 1e-4.

    Args:
        value: The number.
        exponent_from: The decimal exponent from which the exponent form is used.
    """
    if math.isnan(value):
        return "NaN"
    if math.isinf(value):
        return "+Inf" if value > 0 else "-Inf"
    if value == 0:
        return "-0" if math.copysign(1, value) < 0 else "0"
    sign = "-" if value < 0 else ""
    mantissa, _, exponent = repr(abs(value)).partition("e")
    whole, _, fraction = mantissa.partition(".")
    digits = whole + fraction
    point = len(whole) + int(exponent or 0)
    stripped = digits.lstrip("0")
    point -= len(digits) - len(stripped)
    digits = stripped.rstrip("0") or "0"
    power = point - 1
    if power < -4 or power >= exponent_from:
        tail = f".{digits[1:]}" if len(digits) > 1 else ""
        return f"{sign}{digits[0]}{tail}e{'-' if power < 0 else '+'}{abs(power):02d}"
    if point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    if len(digits) <= point:
        return sign + digits + "0" * (point - len(digits))
    return f"{sign}{digits[:point]}.{digits[point:]}"
