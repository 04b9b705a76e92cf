"""JSON as `json.dumps(report, indent=2)` writes it, without importing `json` (which imports `re`: 6 ms).

In a long report each finding is a line: indented, twenty thousand of them are a million lines that nobody reads, and take half
of the whole run to write.
"""

from __future__ import annotations

from math import isfinite

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

try:
    from _json import encode_basestring_ascii as _quoted  # the C function that json itself uses
except ImportError:  # another interpreter
    from json.encoder import encode_basestring_ascii as _quoted

_MANY = 500


class _Written:
    """The members of an array, as they are to stand in the document."""

    __slots__ = ("lines",)

    def __init__(self, lines: str) -> None:
        self.lines = lines


def render(report: Mapping[str, object]) -> str:
    """Return exactly one JSON document.

    It is ASCII whatever the report holds, lone surrogates included (RFC 8259, section 7, allows every escape), so that no
    locale's encoding can break it.

    Raises:
        TypeError: Something in the report is no JSON.
        ValueError: A number is not finite; JSON has no word for it (RFC 8259, section 6).
    """
    findings = report.get("findings")
    if isinstance(findings, list) and len(findings) > _MANY:
        from json import JSONEncoder  # by now its import costs less than it saves

        encode = JSONEncoder(allow_nan=False).encode  # in C, because nothing is indented
        lines = _Written(",\n".join(f"    {encode(finding)}" for finding in findings))
        report = {**report, "findings": lines}
    parts: list[str] = []
    _write(report, "\n", parts)
    return "".join(parts)


def _write(value: object, line: str, parts: list[str]) -> None:
    """Append a value; `line` is the line break with the indentation of where it stands."""
    if isinstance(value, str):
        parts.append(_quoted(value))
    elif value is None:
        parts.append("null")
    elif value is True:
        parts.append("true")
    elif value is False:
        parts.append("false")
    elif isinstance(value, int):
        parts.append(int.__repr__(value))
    elif isinstance(value, float):
        if not isfinite(value):
            raise ValueError("JSON has no number that is not finite")
        parts.append(float.__repr__(value))
    elif isinstance(value, _Written):
        parts.append(f"[\n{value.lines}{line}]")
    elif isinstance(value, dict):
        _write_object(value, line, parts)
    elif isinstance(value, (list, tuple)):
        _write_array(value, line, parts)
    else:
        raise TypeError(f"{type(value).__name__} is no JSON")


def _write_object(items: dict[object, object], line: str, parts: list[str]) -> None:
    inner = line + "  "
    before = "{" + inner
    for key, value in items.items():
        if not isinstance(key, str):
            raise TypeError(f"{type(key).__name__} is no name of a JSON member")
        parts.append(f"{before}{_quoted(key)}: ")
        _write(value, inner, parts)
        before = "," + inner
    parts.append(line + "}" if items else "{}")


def _write_array(items: list[object] | tuple[object, ...], line: str, parts: list[str]) -> None:
    inner = line + "  "
    before = "[" + inner
    for value in items:
        parts.append(before)
        _write(value, inner, parts)
        before = "," + inner
    parts.append(line + "]" if items else "[]")
