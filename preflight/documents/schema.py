"""Holds a marked YAML tree against a JSON Schema, and says every mistake with its place.

It knows the part of JSON Schema (2020-12) that pydantic writes for the models of packs and configuration. pydantic is the
authority on shape, but costs 110 ms to load; the schema it generated costs the reading of a file.
"""

from __future__ import annotations

from preflight.documents.nodes import Mapping, Scalar, Sequence
from preflight.documents.patterns import matches
from preflight.documents.shapes import Shapes, constants, listed
from preflight.documents.suggestions import did_you_mean
from preflight.documents.wording import article, kind_of, literal, noun, pattern_hint, quoted, seen, type_hint
from preflight.model.origin import Origin
from preflight.model.problem import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping as MappingOf
    from collections.abc import Sequence as SequenceOf
    from typing import Any

    from preflight.documents.nodes import Node
    from preflight.documents.shapes import Schema

MOST_PROBLEMS = 100  # further ones are left out: nobody reads them, and a broken file of 1 MiB would have 100,000
MOST_LISTED = 13  # more words than this do not fit into a message; the hint lists them

_HELD = (
    *("$ref", "type", "enum", "const", "anyOf", "oneOf", "discriminator"),
    *("properties", "required", "additionalProperties", "patternProperties", "propertyNames", "minProperties"),
    *("items", "minItems", "maxItems", "uniqueItems", "minLength", "maxLength", "pattern"),
    *("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"),
)
# What describes, and what only helps editors: conditions that the typed checks repeat with better messages.
_NOT_HELD = (
    *("$schema", "$id", "$comment", "$defs", "title", "description", "default", "examples", "deprecated"),
    *("allOf", "if", "then", "else"),
)
_KEYWORDS = frozenset(_HELD + _NOT_HELD)
_TAGS = (None, "!", "tag:yaml.org,2002:str", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq")


def check(node: Node, schema: MappingOf[str, Any], *, file: str) -> tuple[Problem, ...]:
    """Hold a document against a JSON Schema.

    Args:
        node: The document's root.
        schema: The schema, as pydantic v2 writes it.
        file: The document's path as given, for the problems' origins.

    Returns:
        Every problem in the order of the document, at most `MOST_PROBLEMS` and one that says there are more. Keys and short
        plain words are quoted, other values never.

    Raises:
        NotImplementedError: The schema uses a keyword that this module does not know, so it cannot hold what it promises.
    """
    label = f"the {noun(schema['title'])}" if "title" in schema else "the document"
    found = sorted(dict.fromkeys(_Checker(schema, file).hold(node, schema, label)), key=_place)
    if len(found) > MOST_PROBLEMS:
        message = f"there are more problems; the first {MOST_PROBLEMS} are shown"
        last = found[MOST_PROBLEMS]
        found[MOST_PROBLEMS:] = [last.replace(code="more_problems", message=message, hint="Correct these first.")]
    return tuple(found)


class _Checker:
    """Holds nodes against parts of one schema."""

    def __init__(self, root: MappingOf[str, Any], file: str) -> None:
        self.root = root
        self.shapes = Shapes(root)
        self.file = file
        # A collection is reached once for each alias and each alternative above it; what was found of it stays true.
        self.known: dict[tuple[int, int], list[Problem]] = {}

    def problem(self, node: Node, code: str, message: str, hint: str) -> list[Problem]:
        origin = Origin(file=self.file, line=node.line, column=node.column)
        return [Problem(kind="configuration", code=code, message=message, hint=hint, origin=origin)]

    def hold(self, node: Node, schema: Schema, label: str) -> list[Problem]:
        """Return what is wrong with a node.

        Args:
            node: The node.
            schema: The part of the schema that it is held against.
            label: What the node is, in words.
        """
        if isinstance(schema, bool):
            message = f"nothing is expected at {label}"
            return [] if schema else self.problem(node, "unexpected", message, "Leave it out.")
        if isinstance(node, Scalar):
            return self._hold(node, schema, label)
        place = (id(node), id(schema))
        if place not in self.known:
            self.known[place] = self._hold(node, schema, label)
        return self.known[place]

    def _hold(self, node: Node, schema: MappingOf[str, Any], label: str) -> list[Problem]:
        if not _KEYWORDS.issuperset(schema):
            raise NotImplementedError(f"JSON Schema keyword {', '.join(sorted(set(schema) - _KEYWORDS))}")
        if node.tag not in _TAGS:
            return self.problem(node, "unexpected_tag", f"the tag at {label} means nothing here", "Leave the tag out.")
        found: list[Problem] = []
        if "$ref" in schema:
            found += self.hold(node, self.shapes.resolve(schema), label)
        kind = kind_of(node)
        values = constants(schema)
        if values and not _is_one_of(node, values):
            scalar = isinstance(node, Scalar) and kind != "null"
            wrong = self.not_one_of(node, values, label) if scalar else self.wrong_type(node, [schema], label)
            return found or wrong
        if "type" in schema and not _fits(kind, schema["type"]):
            return found or self.wrong_type(node, [schema], label)
        found += self.alternatives(node, schema, label)
        if isinstance(node, Scalar):
            return found + self.scalar(node, schema, label)
        if isinstance(node, Sequence):
            return found + self.sequence(node, schema, label)
        return found + self.mapping(node, schema, label)

    # -- alternatives ------------------------------------------------------------------------------------------------

    def alternatives(self, node: Node, schema: MappingOf[str, Any], label: str) -> list[Problem]:
        found: list[Problem] = []
        if "anyOf" in schema:
            results = [self.hold(node, branch, label) for branch in schema["anyOf"]]
            if all(results):
                found += self.meant(node, schema["anyOf"], results, label, None)
        if "oneOf" in schema:
            results = [self.hold(node, branch, label) for branch in schema["oneOf"]]
            fitting = sum(not result for result in results)
            if fitting > 1:
                message = f"{label} can be read in {fitting} ways"
                found += self.problem(node, "ambiguous", message, "Say which one is meant.")
            elif fitting == 0:
                tag = schema.get("discriminator", {}).get("propertyName")
                found += self.meant(node, schema["oneOf"], results, label, tag)
        return found

    def meant(
        self, node: Node, branches: SequenceOf[Schema], results: list[list[Problem]], label: str, tag: str | None
    ) -> list[Problem]:
        """Return the problems of the alternative that the author most likely meant; none of them fits."""
        kind = kind_of(node)
        near = [at for at, branch in enumerate(branches) if kind in self.shapes.kinds(branch)]
        if not near:
            values = [self.shapes.constants(branch) for branch in branches]
            if all(values) and isinstance(node, Scalar) and kind != "null":
                return self.not_one_of(node, [value for own in values for value in own], label)
            return self.wrong_type(node, branches, label)
        if len(near) == 1:
            return results[near[0]]
        if isinstance(node, Mapping):
            shapes = {at: self.shapes.resolve(branches[at]) for at in near}
            tagged = self.by_tag(node, shapes, results, tag, label)
            if tagged is not None:
                return tagged
            return results[min(near, key=lambda at: (-_known_keys(node, shapes[at]), len(results[at])))]
        values = [self.shapes.constants(branches[at]) for at in near]
        if all(values):
            return self.not_one_of(node, [value for own in values for value in own], label)
        return results[min(near, key=lambda at: len(results[at]))]

    def by_tag(
        self,
        node: Mapping,
        shapes: MappingOf[int, MappingOf[str, Any]],
        results: list[list[Problem]],
        tag: str | None,
        label: str,
    ) -> list[Problem] | None:
        """Choose by the key whose constants tell the alternatives apart, if there is one."""
        properties = {at: shape.get("properties", {}) for at, shape in shapes.items()}
        if tag is None:
            names = next(iter(properties.values()))
            shared = (name for name in names if all(self.tags(own, name) for own in properties.values()))
            tag = next(shared, None)
        if tag is None:
            return None
        written = node.get(tag)
        if written is None:
            return self.missing(node, tag, {}, label)
        everything: list[object] = []
        for at, own in properties.items():
            if _is_one_of(written, self.tags(own, tag)):
                return results[at]
            everything += self.tags(own, tag)
        return self.not_one_of(written, everything, f'"{tag}"')

    def tags(self, properties: MappingOf[str, Any], name: str) -> list[object]:
        return self.shapes.constants(properties[name]) if name in properties else []

    # -- what is said ------------------------------------------------------------------------------------------------

    def wrong_type(self, node: Node, branches: SequenceOf[Schema], label: str) -> list[Problem]:
        kinds = frozenset().union(*(self.shapes.kinds(branch) for branch in branches))
        message = f"{label} must be {self.shapes.expected(branches)}, and is {seen(node)}"
        return self.problem(node, "wrong_type", message, type_hint(node, kinds))

    def not_one_of(self, node: Node, values: SequenceOf[object], label: str) -> list[Problem]:
        word = quoted(node.text) if isinstance(node, Scalar) else None
        near = did_you_mean(node.text, [str(value) for value in values]) if isinstance(node, Scalar) else None
        expected = listed(values) if len(values) <= MOST_LISTED else f"one of {len(values)} words"
        message = f"{label} must be {expected}" + (f", and is {word}" if word else "")
        hint = f'Did you mean "{near}"?' if near else f"Write {listed(values)}."
        return self.problem(node, "not_one_of", message, hint)

    def missing(self, node: Mapping, name: str, schema: Schema, label: str) -> list[Problem]:
        description = "" if isinstance(schema, bool) else schema.get("description", "")
        hint = f"{name}: {description}" if description else f'Add "{name}".'
        return self.problem(node, "missing_key", f'{label} needs the key "{name}"', hint)

    def unknown_key(self, key: Scalar, known: Iterable[str], label: str) -> list[Problem]:
        names = list(known)
        near = did_you_mean(key.text, names)
        word = quoted(key.text)
        message = f"unknown key {word} in {label}" if word else f"unknown key in {label}"
        message += f'; did you mean "{near}"?' if near else ""
        hint = f"Known keys: {', '.join(names)}." if names else "Leave it out."
        return self.problem(key, "unknown_key", message, hint)

    # -- the three kinds of node -------------------------------------------------------------------------------------

    def scalar(self, node: Scalar, schema: MappingOf[str, Any], label: str) -> list[Problem]:
        value = node.value
        if isinstance(value, str):
            return self.text(node, value, schema, label)
        if value is None or isinstance(value, bool):
            return []
        if "minimum" in schema and value < schema["minimum"]:
            return self.too(node, "too_small", f"at least {literal(schema['minimum'])}", label)
        if "exclusiveMinimum" in schema and value <= schema["exclusiveMinimum"]:
            return self.too(node, "too_small", f"more than {literal(schema['exclusiveMinimum'])}", label)
        if "maximum" in schema and value > schema["maximum"]:
            return self.too(node, "too_large", f"at most {literal(schema['maximum'])}", label)
        if "exclusiveMaximum" in schema and value >= schema["exclusiveMaximum"]:
            return self.too(node, "too_large", f"less than {literal(schema['exclusiveMaximum'])}", label)
        return []

    def too(self, node: Scalar, code: str, limit: str, label: str) -> list[Problem]:
        return self.problem(node, code, f"{label} must be {limit}", f"Write a number that is {limit}.")

    def text(self, node: Scalar, text: str, schema: MappingOf[str, Any], label: str) -> list[Problem]:
        shortest, longest = schema.get("minLength", 0), schema.get("maxLength")
        if len(text) < shortest:
            message = f"{label} must have at least {shortest} characters" if text else f"{label} must not be empty"
            return self.problem(node, "too_short", message, "Write more, or leave it out.")
        if longest is not None and len(text) > longest:
            return self.problem(node, "too_long", f"{label} has more than {longest} characters", "Shorten it.")
        pattern = schema.get("pattern")
        if pattern is not None and not matches(pattern, text):
            word = quoted(text)
            message = f"{label} is not of the form that is expected" + (f": {word}" if word else "")
            return self.problem(node, "wrong_form", message, pattern_hint(pattern))
        return []

    def sequence(self, node: Sequence, schema: MappingOf[str, Any], label: str) -> list[Problem]:
        found: list[Problem] = []
        fewest, most = schema.get("minItems", 0), schema.get("maxItems")
        if len(node.items) < fewest:
            message = f"{label} needs at least {fewest} {'entry' if fewest == 1 else 'entries'}"
            found += self.problem(node, "too_few", message, "Add one, or leave the key out.")
        if most is not None and len(node.items) > most:
            found += self.problem(node, "too_many", f"{label} has more than {most} entries", "Leave some out.")
        if schema.get("uniqueItems"):
            found += self.repeated(node, label)
        if "items" in schema:
            for item in node.items:
                found += self.hold(item, schema["items"], f"an entry of {label}")
                if len(found) > MOST_PROBLEMS:
                    break
        return found

    def repeated(self, node: Sequence, label: str) -> list[Problem]:
        found: list[Problem] = []
        lines: dict[object, int] = {}
        for item in node.items:
            value = _comparable(item)
            if value in lines:
                message = f"{label} has the same entry twice; the first is on line {lines[value]}"
                found += self.problem(item, "duplicate_item", message, "Leave one out.")
            lines.setdefault(value, item.line)
        return found

    def mapping(self, node: Mapping, schema: MappingOf[str, Any], label: str) -> list[Problem]:
        found: list[Problem] = []
        properties = schema.get("properties", {})
        if "title" in schema and properties and schema is not self.root:
            label = article(noun(schema["title"]))
        for name in schema.get("required", ()):
            if node.get(name) is None:
                found += self.missing(node, name, properties.get(name, {}), label)
        fewest = schema.get("minProperties", 0)
        if len(node.pairs) < fewest:
            message = f"{label} needs at least {fewest} {'key' if fewest == 1 else 'keys'}"
            found += self.problem(node, "too_few", message, "Add one, or leave it out.")
        for key, value in node:
            found += self.entry(key, value, schema, label)
            if len(found) > MOST_PROBLEMS:
                break
        return found

    def entry(self, key: Scalar, value: Node, schema: MappingOf[str, Any], label: str) -> list[Problem]:
        """Hold one key and its value."""
        name = key.text
        if "propertyNames" in schema:
            wrong = self.key_name(key, schema["propertyNames"], label)
            if wrong:
                return wrong
        properties = schema.get("properties", {})
        inner = quoted(name) or f"an entry of {label}"
        patterns = [pattern for pattern in schema.get("patternProperties", ()) if matches(pattern, name)]
        found: list[Problem] = []
        if name in properties:
            found += self.hold(value, properties[name], inner)
        for pattern in patterns:
            found += self.hold(value, schema["patternProperties"][pattern], inner)
        others = schema.get("additionalProperties", True)
        if name in properties or patterns:
            return found
        if others is not False:
            return self.hold(value, others, inner)
        if "patternProperties" in schema and not properties:
            word = quoted(name) or "a key"
            hint = pattern_hint(next(iter(schema["patternProperties"])))
            return self.problem(key, "wrong_form", f"{word} in {label} is not of the form that is expected", hint)
        return self.unknown_key(key, properties, label)

    def key_name(self, key: Scalar, schema: Schema, label: str) -> list[Problem]:
        """Hold a key's name, which is a text however it is written."""
        wrong = self.hold(Scalar(key.text, key.line, key.column, plain=False), schema, f"a key of {label}")
        names = self.shapes.constants(schema)
        return self.unknown_key(key, [str(name) for name in names], label) if wrong and names else wrong


def _place(problem: Problem) -> tuple[int, int]:
    origin = problem.origin
    return (0, 0) if origin is None else (origin.line or 0, origin.column or 0)


def _fits(kind: str, types: str | SequenceOf[str]) -> bool:
    wanted = (types,) if isinstance(types, str) else types
    return kind in wanted or (kind == "integer" and "number" in wanted)


def _is_one_of(node: Node, values: Iterable[object]) -> bool:
    if not isinstance(node, Scalar):
        return False
    value = node.value
    return any(value == one and isinstance(value, bool) == isinstance(one, bool) for one in values)


def _known_keys(node: Mapping, schema: MappingOf[str, Any]) -> int:
    return sum(key.text in schema.get("properties", {}) for key, _ in node)


def _comparable(node: Node) -> object:
    """Return something that is equal for equal JSON values: `1` equals `1.0`, and `true` equals no number."""
    if isinstance(node, Mapping):
        return ("object", frozenset((key.text, _comparable(value)) for key, value in node))
    if isinstance(node, Sequence):
        return ("array", tuple(_comparable(item) for item in node.items))
    return (isinstance(node.value, bool), node.value)
