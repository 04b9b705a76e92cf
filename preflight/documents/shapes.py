"""What a JSON Schema accepts in outline: which types, which constants, in words."""

from __future__ import annotations

from preflight.documents.wording import TYPES, either, kind_of_value, literal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any, TypeAlias

    Schema: TypeAlias = Mapping[str, Any] | bool

ANY = frozenset(TYPES) | {"infinite"}


class Shapes:
    """Looks into the parts of one schema.

    Args:
        root: The whole schema, in which references are followed.
    """

    __slots__ = ("root",)

    def __init__(self, root: Mapping[str, Any]) -> None:
        self.root = root

    def resolve(self, schema: Schema) -> Mapping[str, Any]:
        """Follow references, as far as they lead."""
        while not isinstance(schema, bool) and "$ref" in schema:
            target: Any = self.root
            for part in schema["$ref"].removeprefix("#").split("/")[1:]:
                target = target[part]
            schema = target
        return {} if isinstance(schema, bool) else schema

    def kinds(self, schema: Schema) -> frozenset[str]:
        """Return the JSON types that a schema can accept."""
        if isinstance(schema, bool):
            return ANY if schema else frozenset()
        schema = self.resolve(schema)
        if "type" in schema:
            kinds = frozenset([schema["type"]] if isinstance(schema["type"], str) else schema["type"])
            return kinds | {"integer"} if "number" in kinds else kinds
        if "enum" in schema or "const" in schema:
            return frozenset(kind_of_value(value) for value in constants(schema))
        branches = alternatives(schema)
        return frozenset().union(*(self.kinds(branch) for branch in branches)) if branches else ANY

    def constants(self, schema: Schema) -> list[object]:
        """Return the values that a schema lists; empty when it lists none."""
        return constants(self.resolve(schema))

    def expected(self, schemas: Iterable[Schema]) -> str:
        """Say in words what these alternatives expect."""
        return either(word for schema in schemas for word in self._words(schema))

    def _words(self, schema: Schema) -> list[str]:
        schema = self.resolve(schema)
        values = constants(schema)
        if values:
            return [listed(values)]
        branches = alternatives(schema)
        if branches:
            return [word for branch in branches for word in self._words(branch)]
        kinds = self.kinds(schema)
        return [TYPES[kind] for kind in TYPES if kind in kinds]


def constants(schema: Mapping[str, Any]) -> list[object]:
    """Return the values that a schema lists by itself; empty when it lists none."""
    if "const" in schema:
        return [schema["const"]]
    return list(schema.get("enum", ()))


def alternatives(schema: Mapping[str, Any]) -> list[Schema]:
    """Return the alternatives of a schema; empty when it has none."""
    return list(schema.get("anyOf") or schema.get("oneOf") or ())


def listed(values: Iterable[object]) -> str:
    """Say which values there are: `one of a, b`, or the only one."""
    words = list(dict.fromkeys(literal(value) for value in values))
    return words[0] if len(words) == 1 else f"one of {', '.join(words)}"
