"""JSON, as `json.dumps(report, indent=2)` writes it, without importing `json` (which imports `re`: 6 ms)."""

from __future__ import annotations

from math import isfinite

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

try:
    from _json import encode_basestring_ascii as _quoted  # the C function that json itself uses
except ImportError:  # another interpreter
    from json.encoder import encode_basestring_ascii as _quoted


def render(report: Mapping[str, Any]) -> str:
    """Return exactly one JSON document, in ASCII, so that no terminal's encoding can break it.

    Raises:
        TypeError: Something in the report is no JSON.
    """
    parts: list[str] = []
    _write(report, "\n", parts)
    return "".join(parts)


def _write(value: Any, line: str, parts: list[str]) -> None:  # noqa: ANN401 - plain data
    if value is None:
        parts.append("null")
    elif value is True or value is False:
        parts.append("true" if value else "false")
    elif isinstance(value, str):
        parts.append(_quoted(value))
    elif isinstance(value, (int, float)):
        if isinstance(value, float) and not isfinite(value):
            raise TypeError("not a number")
        parts.append(repr(value))
    elif isinstance(value, (list, tuple)):
        _write_many(((item, None) for item in value), "[]", line, parts)
    elif isinstance(value, dict):
        _write_many(((item, key) for key, item in value.items()), "{}", line, parts)
    else:
        raise TypeError(f"{type(value).__name__} is no JSON")


def _write_many(items: Any, brackets: str, line: str, parts: list[str]) -> None:  # noqa: ANN401 - (value, key) pairs
    inner = line + "  "
    before = brackets[0] + inner
    empty = True
    for value, key in items:
        parts.append(before)
        if key is not None:
            parts.append(_quoted(key) + ": ")
        _write(value, inner, parts)
        before = "," + inner
        empty = False
    parts.append(brackets if empty else line + brackets[1])
