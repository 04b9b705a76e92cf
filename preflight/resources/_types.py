"""Types that a contract can declare, and whether a text is of one."""

from __future__ import annotations

TYPES = ("string", "integer", "number", "port", "boolean", "url", "host", "path", "email", "duration", "list", "enum")
_SWITCHES = frozenset({"true", "false", "1", "0", "yes", "no", "on", "off"})
_UNITS = ("ms", "s", "m", "h", "d")


def well_formed(text: str, kind: str, choices: tuple[str, ...] = ()) -> bool:
    """Say whether a text is of a declared type.

    Args:
        text: The value.
        kind: One of `TYPES`.
        choices: The words of an `enum`.
    """
    value = text.strip()
    if kind == "integer":
        return value.removeprefix("-").isdecimal() and value.isascii()
    if kind == "number":
        return _is_number(value)
    if kind == "port":
        return value.isdecimal() and value.isascii() and 1 <= int(value[:6]) <= 65535
    if kind == "boolean":
        return value.lower() in _SWITCHES
    if kind == "url":
        scheme, separator, rest = value.partition("://")
        return bool(separator and scheme and rest) and scheme[0].isalpha() and " " not in value
    if kind == "host":
        return bool(value) and not set(value) & set(" /@?#\\") and "://" not in value
    if kind == "path":
        return bool(value) and "\x00" not in value
    if kind == "email":
        user, at, host = value.rpartition("@")
        return bool(at and user) and "." in host and " " not in value
    if kind == "duration":
        return any(value.endswith(unit) and _is_number(value.removesuffix(unit)) for unit in _UNITS) or _is_number(
            value
        )
    if kind == "enum":
        return value in choices
    return True


def _is_number(value: str) -> bool:
    whole, _, fraction = value.removeprefix("-").partition(".")
    return (
        value.isascii()
        and (whole.isdecimal() or (not whole and fraction.isdecimal()))
        and (not fraction or fraction.isdecimal())
    )
