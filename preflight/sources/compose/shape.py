"""Holds a model against the schema of the Compose Specification, and says every mistake with its place.

The schema is the specification's own (`compose-spec.json`), the one that Docker Compose validates with. It is compiled to
functions, part by part as a project needs it: most models fit, so first only that is asked, and words are found for those
that do not.
"""

from __future__ import annotations

import os

from preflight.documents.suggestions import did_you_mean
from preflight.sources.compose.scalars import Timestamp
from preflight.sources.compose.tree import Refused, plain, problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, TypeAlias

    from preflight.model.origin import Origin
    from preflight.model.problem import Problem
    from preflight.sources.compose.tree import Node

    Schema: TypeAlias = "dict[str, Any]"
    Check: TypeAlias = Callable[[Node], bool]

MOST_PROBLEMS = 50


def validate(root: Node) -> None:
    """Hold a model against the specification.

    Raises:
        Refused: It does not fit; every reason is given, at most `MOST_PROBLEMS`.
    """
    schema = _schema()
    if schema.check(schema.root)(root):
        return
    found = schema.explain(root, schema.root, "", root.origin())
    raise Refused(found[:MOST_PROBLEMS])


_TYPES: dict[str, tuple[type, ...]] = {
    "object": (dict,),
    "array": (list,),
    # Compose's validator takes a date for a text; binding it to a field that is one fails later.
    "string": (str, Timestamp),
    "boolean": (bool,),
    "null": (type(None),),
    "number": (int, float),
    "integer": (int,),
}
_WORDS = {
    "object": "a mapping",
    "array": "a list",
    "string": "a text",
    "boolean": "true or false",
    "null": "nothing",
    "number": "a number",
    "integer": "a whole number",
}


def _kinds(schema: Schema) -> list[str]:
    kinds = schema.get("type", [])
    return [kinds] if isinstance(kinds, str) else list(kinds)


def _fits(value: Any, kinds: list[str]) -> bool:  # noqa: ANN401 - any YAML value
    for kind in kinds:
        if isinstance(value, _TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool)):
            return True
        if kind == "integer" and isinstance(value, float) and value.is_integer():
            return True
    return False


class _Schema:
    """The schema with the functions compiled so far."""

    def __init__(self, root: Schema) -> None:
        self.root = root
        self.compiled: dict[int, Check] = {}

    def resolve(self, schema: Schema) -> Schema:
        """Follow `$ref`."""
        while "$ref" in schema:
            schema = self.root["$defs"][schema["$ref"].rpartition("/")[2]]
        return schema

    def flat(self, schema: Schema) -> Schema:
        """Return a schema with the properties of those it is put together from: `unevaluatedProperties` closes them all."""
        schema = self.resolve(schema)
        if "allOf" not in schema:
            return schema
        made = {key: value for key, value in schema.items() if key not in ("allOf", "unevaluatedProperties")}
        properties = dict(made.get("properties", {}))
        patterns = dict(made.get("patternProperties", {}))
        for part in schema["allOf"]:
            whole = self.flat(part)
            properties.update(whole.get("properties", {}))
            patterns.update(whole.get("patternProperties", {}))
        return {
            **made,
            "type": "object",
            "properties": properties,
            "patternProperties": patterns,
            "additionalProperties": False,
        }

    # -- does it fit? ------------------------------------------------------------------------------------------------

    def check(self, schema: Schema) -> Check:
        """Return the function that tells whether a node fits, compiled when it is first called."""
        known = self.compiled.get(id(schema))
        if known is None:
            compiled: Check | None = None

            def later(node: Node) -> bool:
                nonlocal compiled
                if compiled is None:
                    compiled = self.compile(self.flat(schema))
                return compiled(node)

            known = self.compiled[id(schema)] = later
        return known

    def compile(self, schema: Schema) -> Check:
        kinds = _kinds(schema)
        checks: list[Check] = []
        if kinds:
            checks.append(_type_check(kinds))
        if "enum" in schema:
            allowed = schema["enum"]
            checks.append(lambda node: node.value in allowed)
        if "pattern" in schema:
            checks.append(_pattern_check(schema["pattern"]))
        if "minimum" in schema or "maximum" in schema:
            low, high = schema.get("minimum", float("-inf")), schema.get("maximum", float("inf"))
            checks.append(lambda node: not isinstance(node.value, (int, float)) or low <= node.value <= high)
        if "oneOf" in schema or "anyOf" in schema:
            branches = [self.resolve(branch) for branch in schema.get("oneOf") or schema["anyOf"]]
            checks.append(self.alternatives(branches))
        if "properties" in schema or "patternProperties" in schema or "required" in schema:
            checks.append(self.members(schema))
        if "items" in schema:
            below = self.check(schema["items"])
            checks.append(lambda node: not isinstance(node.value, list) or all(map(below, node.value)))
        if schema.get("uniqueItems"):
            checks.append(_unique)
        if len(checks) == 1:
            return checks[0]
        return lambda node: all(check(node) for check in checks)

    def alternatives(self, branches: list[Schema]) -> Check:
        # The alternatives of this schema differ in type, except where `required` tells them apart.
        checks = [self.check(branch) for branch in branches]
        return lambda node: any(check(node) for check in checks)

    def members(self, schema: Schema) -> Check:
        properties = {name: self.check(below) for name, below in schema.get("properties", {}).items()}
        patterns = [(pattern, self.check(below)) for pattern, below in schema.get("patternProperties", {}).items()]
        required = schema.get("required", ())
        closed = schema.get("additionalProperties") is False

        def check(node: Node) -> bool:
            value = node.value
            if not isinstance(value, dict):
                return True
            for name in required:
                if name not in value:
                    return False
            for name, child in value.items():
                own = properties.get(name)
                if own is not None:
                    if not own(child):
                        return False
                    continue
                known = False
                for pattern, below in patterns:
                    if _matches(pattern, name):
                        known = True
                        if not below(child):
                            return False
                if closed and not known:
                    return False
            return True

        return check

    # -- why does it not fit? ----------------------------------------------------------------------------------------

    def explain(self, node: Node, schema: Schema, path: str, origin: Origin) -> list[Problem]:
        """Return why a node does not fit; nothing where it does."""
        if self.check(schema)(node):
            return []
        schema = self.flat(schema)
        kinds = _kinds(schema)
        if kinds and not _fits(node.value, kinds):
            return [_wrong_type(node, kinds, path, origin)]
        branches = [self.flat(branch) for branch in schema.get("oneOf", ())]
        if branches:
            near = [branch for branch in branches if _fits(node.value, _kinds(branch))]
            if near:
                return self.explain(node, near[0], path, origin)
            return [_wrong_type(node, [kind for branch in branches for kind in _kinds(branch)], path, origin)]
        found: list[Problem] = []
        if isinstance(node.value, dict):
            found += self.explain_members(node, schema, path, origin)
        elif isinstance(node.value, list) and "items" in schema:
            for place, item in enumerate(node.value):
                if len(found) >= MOST_PROBLEMS:
                    break
                found += self.explain(item, schema["items"], f"{path}[{place}]", item.origin())
        if not found and schema.get("uniqueItems") and not _unique(node):
            found.append(problem("repeated_item", f"{path} has the same entry twice", "Remove one of them.", origin))
        if not found and "enum" in schema:
            hint = f"Write one of {', '.join(map(str, schema['enum']))}."
            found.append(problem("invalid_value", f"{path} has a value that is not known", hint, origin))
        if not found:
            found.append(
                problem(
                    "invalid_value",
                    f"{path} has a value that is not allowed",
                    "See the Compose Specification for its form.",
                    origin,
                )
            )
        return found

    def explain_members(self, node: Node, schema: Schema, path: str, origin: Origin) -> list[Problem]:
        found: list[Problem] = []
        properties = schema.get("properties", {})
        patterns = schema.get("patternProperties", {})
        found += [
            problem("missing_key", f"{path or 'the file'} needs the key {name}", f"Add `{name}:`.", origin)
            for name in schema.get("required", ())
            if name not in node.value
        ]
        for name, child in node.value.items():
            if len(found) >= MOST_PROBLEMS:
                break
            below = f"{path}.{name}" if path else name
            place = node.key_origin(name)
            if name in properties:
                found += self.explain(child, properties[name], below, place)
                continue
            fitting = [part for pattern, part in patterns.items() if _matches(pattern, name)]
            for part in fitting:
                found += self.explain(child, part, below, place)
            if not fitting and schema.get("additionalProperties") is False:
                if properties:
                    guess = did_you_mean(name, properties)
                    hint = f"Did you mean {guess}?" if guess else "Remove it, or prefix it with x-."
                    found.append(problem("unknown_key", f"{below} is no key that Compose knows", hint, place))
                else:
                    hint = "Use letters, digits, `.`, `_` and `-`."
                    found.append(problem("invalid_name", f"{below} is no valid name", hint, place))
        return found


def _pattern_check(pattern: str) -> Check:
    return lambda node: not isinstance(node.value, str) or _matches(pattern, node.value)


def _type_check(kinds: list[str]) -> Check:
    types = tuple(kind for name in kinds for kind in _TYPES[name])
    if "integer" not in kinds and ("boolean" in kinds or "number" not in kinds):
        return lambda node: isinstance(node.value, types)
    return lambda node: _fits(node.value, kinds)


def _wrong_type(node: Node, kinds: list[str], path: str, origin: Origin) -> Problem:
    words = [_WORDS[kind] for kind in dict.fromkeys(kinds)]
    expected = words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"
    hint = "Fill it in, or remove the key." if node.value is None else "Write it in that form."
    if "string" in kinds and isinstance(node.value, (bool, int, float)):
        hint = "Quote it."
    return problem("wrong_type", f"{path or 'the file'} must be {expected}", hint, origin)


def _unique(node: Node) -> bool:
    if not isinstance(node.value, list) or len(node.value) < 2:
        return True
    seen = set()
    for item in node.value:
        value = item.value
        seen.add((type(value) in (int, float), value) if not isinstance(value, (dict, list)) else repr(plain(item)))
    return len(seen) == len(node.value)


_LETTERS = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")
_NAME = _LETTERS | frozenset("0123456789._-")


def _matches(pattern: str, text: str) -> bool:
    own = _PATTERNS.get(pattern)
    if own is not None:
        return own(text)
    import re

    return re.search(pattern, text) is not None


_PATTERNS: dict[str, Callable[[str], bool]] = {
    "^x-": lambda text: text.startswith("x-"),
    "^[a-zA-Z0-9._-]+$": lambda text: bool(text) and _NAME.issuperset(text),
    ".+": lambda text: bool(text.strip("\n")),
    "^.+$": lambda text: bool(text) and "\n" not in text,
}

_loaded: _Schema | None = None


def _schema() -> _Schema:
    global _loaded  # noqa: PLW0603 - read once in a process
    if _loaded is None:
        import json

        with open(f"{os.path.dirname(os.path.abspath(__file__))}/compose-spec.json", encoding="utf-8") as stream:
            _loaded = _Schema(json.load(stream))
    return _loaded
