"""Filling a rule's texts: what a failing line says, and what to do about it.

    {name}  {fact}  {$parameter}    the resource's name, a fact that may be shown, a parameter's value
    [, mode {mode}]                 left out where one of its facts has no value
    [lowest is {min}|none is set]   the second wording there
    $ chmod 600 {path}              a command: values are quoted for a shell, and where one is missing there is no command

The compiler has refused facts that must not be shown. Without a resource, placeholders stand as words (PATH, NAME), and of two
wordings the second is taken.
"""

from __future__ import annotations

from preflight.model.fact import Deferred, Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from preflight.resources.base import Resource


# Facts that are a remedy as a whole, worded for each case.
_WHOLE = frozenset({"remedy", "correction"})


def filled(template: str, resource: Resource, name: str, parameters: Mapping[str, Any]) -> str:
    """Return a rule's text about one resource.

    Args:
        template: The text as the pack writes it.
        resource: The resource.
        name: What people call it.
        parameters: Values of the parameters.
    """

    def value_of(key: str) -> object:
        if key.startswith("$"):
            return parameters[key[1:]]
        return name if key == "name" else getattr(resource, key, None)

    return _lines(template, value_of, second=False)


def generic(template: str, parameters: Mapping[str, Any], *, name: str = "NAME") -> str:
    """Return a rule's text about no resource in particular: `chmod 600 PATH`.

    Args:
        template: The text as the pack writes it.
        parameters: Values of the parameters.
        name: What stands for the resource's name.
    """

    def value_of(key: str) -> object:
        if key.startswith("$"):
            return parameters[key[1:]]
        if key in _WHOLE:
            return "What to do depends on the case; the report names it."
        return name if key == "name" else key.upper()

    return _lines(template, value_of, second=True)


def _lines(template: str, value_of: Callable[[str], object], *, second: bool) -> str:
    if "{" not in template:
        return template
    lines: list[str] = []
    for line in template.split("\n"):
        if line.startswith("$ "):
            command, complete = _put(line, value_of, _quoted)
            lines += [command] if complete else []
        else:
            lines.append(_sentence(line, value_of, second=second))
    return "\n".join(lines)


def _sentence(line: str, value_of: Callable[[str], object], *, second: bool) -> str:
    """Fill a line: choose between the wordings of each pair of brackets, then put the values in."""
    text, rest = "", line
    while (start := rest.find("[")) >= 0 and (end := rest.find("]", start)) >= 0:
        inner = rest[start + 1 : end]
        first, bar, other = inner.partition("|")
        chosen, complete = _put(first, value_of, str)
        if "{" not in inner:
            chosen = f"[{inner}]"  # brackets that mean themselves
        elif not complete or (bar and second):
            chosen = _put(other, value_of, str)[0]
        text += _put(rest[:start], value_of, str)[0] + chosen
        rest = rest[end + 1 :]
    return text + _put(rest, value_of, str)[0]


def _put(template: str, value_of: Callable[[str], object], written: Callable[[str], str]) -> tuple[str, bool]:
    """Put the values into a text; also say whether there was one for each placeholder."""
    first, *pieces = template.split("{")
    text, complete = first, True
    for piece in pieces:
        key, brace, rest = piece.partition("}")
        if not brace or text.endswith("$"):  # `${NAME}` is a text about shells
            text += "{" + piece
            continue
        value = value_of(key)
        complete = complete and value is not None and not isinstance(value, (Unknown, Deferred))
        text += written(_shown(value)) + rest
    return text, complete


def _quoted(word: str) -> str:
    """Quote a word for a shell (POSIX, Shell Command Language, 2.2.2): people paste these commands."""
    if word and word.isascii() and all(character.isalnum() or character in "_-./@:+,%" for character in word):
        return word
    return "'" + word.replace("'", "'\\''") + "'"


def _shown(value: object) -> str:
    if value is None:
        return "(none)"
    if isinstance(value, (Unknown, Deferred)):
        return f"({value.detail})"
    if isinstance(value, tuple):
        return ", ".join(str(item) for item in value)
    return str(value).lower() if isinstance(value, bool) else str(value)
