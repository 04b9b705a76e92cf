"""Sizes and durations as Compose writes them: `1g`, `1.5gb`, `1m30s`, `1d`."""

from __future__ import annotations

_SIZES = {"": 1, "b": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40, "p": 1 << 50}
_MICRO = 1_000
_MILLI = 1_000_000
_SECOND = 1_000_000_000
_MINUTE = 60 * _SECOND
_HOUR = 60 * _MINUTE
_UNITS = {
    "ns": 1,
    "us": _MICRO,
    "\u00b5s": _MICRO,
    "\u03bcs": _MICRO,
    "ms": _MILLI,
    "s": _SECOND,
    "m": _MINUTE,
    "h": _HOUR,
    "d": 24 * _HOUR,
    "w": 7 * 24 * _HOUR,
}
_DIGITS = frozenset("0123456789")
_LARGEST = 2**63


def size(text: str) -> int:
    """Read a number of bytes, as docker/go-units' `RAMInBytes`: units of 1024, `-1` as it is.

    Raises:
        ValueError: It is no size.
    """
    number = text
    end = max((place for place, letter in enumerate(number) if letter in _DIGITS or letter in ". "), default=-1)
    if end == -1:
        raise ValueError
    number, unit = text[: end + 1], text[end + 1 :].lower()
    number = number.removesuffix(" ")
    if "_" in number or number != number.strip():
        raise ValueError
    value = float(number)
    if value < 0:
        if value == -1 and not unit:
            return -1
        raise ValueError
    if len(unit) > 3 or (len(unit) == 3 and not unit.endswith("ib")) or (len(unit) == 2 and not unit.endswith("b")):
        raise ValueError
    factor = _SIZES.get(unit[:1])
    if factor is None or (unit[:1] == "b" and len(unit) > 1):
        raise ValueError
    return int(value * factor)


def duration(text: str) -> int:
    """Read a duration, as xhit/go-str2duration.

    Returns:
        Nanoseconds.

    Raises:
        ValueError: It is no duration.
    """
    body = text[1:] if text[:1] in ("+", "-") else text
    sign = -1 if text[:1] == "-" else 1
    if body == "0":
        return 0
    if not body:
        raise ValueError
    total = 0.0
    place = 0
    exact = 0
    while place < len(body):
        start = place
        while place < len(body) and (body[place] in _DIGITS or body[place] == "."):
            place += 1
        number = body[start:place]
        start = place
        while place < len(body) and body[place] not in _DIGITS and body[place] != ".":
            place += 1
        factor = _UNITS.get(body[start:place])
        if factor is None or not number or number == "." or number.count(".") > 1 or len(number) > 40:
            raise ValueError
        if "." in number:
            total += float(number) * factor
        else:
            exact += int(number) * factor
    value = exact + int(total)
    if value >= _LARGEST:
        raise ValueError
    return sign * value


def duration_text(nanoseconds: int) -> str:
    """Return a duration as Go prints it: `1h0m0s`, `1m30s`, `1.5s`, `100ms`."""
    sign = "-" if nanoseconds < 0 else ""
    rest = abs(nanoseconds)
    if rest == 0:
        return "0s"
    if rest < _SECOND:
        for unit, factor in (("ms", _MILLI), ("\u00b5s", _MICRO), ("ns", 1)):
            if rest >= factor:
                return f"{sign}{_decimal(rest, factor)}{unit}"
    hours, rest = divmod(rest, _HOUR)
    minutes, rest = divmod(rest, _MINUTE)
    text = f"{_decimal(rest, _SECOND)}s"
    if hours:
        return f"{sign}{hours}h{minutes}m{text}"
    return f"{sign}{minutes}m{text}" if minutes else sign + text


def _decimal(value: int, factor: int) -> str:
    whole, rest = divmod(value, factor)
    if not rest:
        return str(whole)
    digits = str(rest).rjust(len(str(factor)) - 1, "0").rstrip("0")
    return f"{whole}.{digits}"
