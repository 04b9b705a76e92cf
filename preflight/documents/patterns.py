r"""The patterns of our own schemas, matched without `re`.

`import re` costs a container's start 5 ms, and 44 ms where the image ships the standard library without compiled files.
The patterns that a configuration or pack is held against at a start have a function each; every other pattern goes to
`re`. A test holds each function equal to its pattern.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

KEBAB = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
SNAKE = r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$"
SECONDS = r"^[0-9]+(\.[0-9]+)?[sm]?$"
ENDPOINT = r"^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9_.-]+):[0-9]{1,5}$"

_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")
_DIGITS = frozenset("0123456789")
_WORD = _LETTERS | _DIGITS


def matches(pattern: str, text: str) -> bool:
    r"""Tell whether a pattern is found in a text, as JSON Schema means it: `$` is the very end, not before a last `\n`.

    Args:
        pattern: A regular expression in the common subset of ECMA-262 and Python's `re`.
        text: The text.
    """
    own = _OWN.get(pattern)
    if own is not None:
        return own(text)
    import re

    if pattern.endswith("$") and not pattern.endswith("\\$"):
        pattern = pattern[:-1] + r"\Z"
    return re.search(pattern, text) is not None


def _words(text: str, separator: str) -> bool:
    return text[:1] in _LETTERS and all(part and _WORD.issuperset(part) for part in text.split(separator))


def _seconds(text: str) -> bool:
    number = text[:-1] if text.endswith(("s", "m")) else text
    whole, dot, fraction = number.partition(".")
    return bool(whole) and _DIGITS.issuperset(whole) and bool(fraction) == bool(dot) and _DIGITS.issuperset(fraction)


_OWN: dict[str, Callable[[str], bool]] = {
    KEBAB: lambda text: _words(text, "-"),
    SNAKE: lambda text: _words(text, "_"),
    SECONDS: _seconds,
}
