"""Plain words for what a schema expects and what a document says, for messages."""

from __future__ import annotations

from preflight.documents.nodes import Mapping, Scalar, Sequence
from preflight.documents.patterns import KEBAB, SECONDS, SNAKE

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from preflight.documents.nodes import Node

LONGEST_QUOTE = 40  # characters
_PLAIN = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.$")

TYPES = {
    "string": "a text",
    "integer": "a whole number",
    "number": "a number",
    "boolean": "true or false",
    "array": "a list",
    "object": "a mapping",
    "null": "null",
}
_SEEN = {**TYPES, "boolean": "a flag", "null": "empty", "infinite": "not a finite number"}
_PATTERN_HINTS = {
    KEBAB: "Write lower-case words joined by hyphens, such as `jwt-length`.",
    SNAKE: "Write lower-case words joined by underscores, such as `min_length`.",
    SECONDS: "Write a number of seconds, `30s` or `2m`.",
}


def kind_of(node: Node) -> str:
    """Return a node's JSON type; `infinite` for what YAML calls a number and JSON does not have."""
    if isinstance(node, Mapping):
        return "object"
    if isinstance(node, Sequence):
        return "array"
    return kind_of_value(node.value)


def kind_of_value(value: object) -> str:
    """Return the JSON type of a scalar's value: `1.0` is an integer, as JSON Schema has it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "boolean"
    if isinstance(value, int):
        return "integer"
    if isinstance(value, float):
        if value - value != 0:  # infinite or not a number
            return "infinite"
        return "integer" if value.is_integer() else "number"
    return "string"


def quoted(text: str) -> str | None:
    """Return a short plain word in quotes, or None for a text that is better not repeated."""
    return f'"{text}"' if 0 < len(text) <= LONGEST_QUOTE and _PLAIN.issuperset(text) else None


def literal(value: object) -> str:
    """Return a schema's own constant as YAML writes it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def noun(title: str) -> str:
    """Return the words of a model's title: `ExampleFileModel` is an `example file`."""
    name = title.removesuffix("Model")
    return "".join(f" {char.lower()}" if char.isupper() else char for char in name).strip()


def article(words: str) -> str:
    """Put the article before words: a rule, an expectation, the examples."""
    if words.endswith("s"):
        return f"the {words}"
    return f"an {words}" if words[:1] in "aeiou" else f"a {words}"


def either(words: Iterable[str]) -> str:
    """Join alternatives: `a, b or c`. Each is named once; null only alone, as who wants none leaves the key out."""
    unique = list(dict.fromkeys(words))
    if TYPES["number"] in unique and TYPES["integer"] in unique:
        unique.remove(TYPES["integer"])
    if TYPES["null"] in unique and len(unique) > 1:
        unique.remove(TYPES["null"])
    return unique[0] if len(unique) == 1 else f"{', '.join(unique[:-1])} or {unique[-1]}"


def seen(node: Node) -> str:
    """Say what a node is, without its value."""
    return _SEEN[kind_of(node)]


def type_hint(node: Node, expected: frozenset[str]) -> str:
    """Say how to write the type that is expected where another was written."""
    kind = kind_of(node)
    if "string" in expected and isinstance(node, Scalar) and kind not in {"null", "string"}:
        return "Put it in quotes."
    if kind == "null" and "null" not in expected:
        return "Write a value, or leave the key out."
    if "boolean" in expected and isinstance(node, Scalar) and node.text.lower() in {"yes", "no", "on", "off"}:
        return "Write true or false: `yes`, `no`, `on` and `off` are texts in YAML 1.2."
    if expected & {"integer", "number"} and isinstance(node, Scalar) and not node.plain:
        return "Write it without quotes."
    if "array" in expected:
        return "Write `[a, b]`, or a line with `- ` for each entry."
    if "object" in expected:
        return "Write `key: value` on lines of their own, indented."
    return "Write it as the schema says."


def pattern_hint(pattern: str) -> str:
    """Say what a text must look like."""
    return _PATTERN_HINTS.get(pattern) or f"It must match {pattern}."
