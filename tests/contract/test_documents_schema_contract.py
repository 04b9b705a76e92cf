"""The lean checker accepts what JSON Schema accepts: the `jsonschema` library is the judge."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal, TypeAlias

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, validators
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from preflight.documents.nodes import Mapping, Scalar, Sequence
from preflight.documents.schema import check
from preflight.documents.wording import literal
from preflight.packs.schema import PackModel, ProfileModel, RuleModel

Json: TypeAlias = Any
KEBAB = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Scalars(Strict):
    text: str
    short: Annotated[str, StringConstraints(min_length=2, max_length=4)] = "ab"
    name: Annotated[str, StringConstraints(pattern=KEBAB, max_length=8)] | None = None
    mode: Annotated[str, StringConstraints(pattern=r"^0[0-7]{3}$")] = "0600"
    count: int = 0
    share: Annotated[float, Field(gt=0, lt=1)] | None = None
    port: Annotated[int, Field(ge=1, le=65535)] = 1
    flag: bool = False
    word: Literal["a", "b", 1, True] | None = "a"
    only: Literal[True] | None = None
    mixed: bool | int | float | str | None = None


class Collections(Strict):
    names: Annotated[list[str], Field(min_length=1, max_length=3)]
    one_or_many: str | list[str] | None = None
    numbers: set[int] = set()
    things: set[bool | int | str] = set()
    open_map: dict[str, int] = {}
    kebab_map: Annotated[dict[Annotated[str, StringConstraints(pattern=KEBAB)], int | None], Field(min_length=1)] = {
        "a": 1
    }
    closed_map: Annotated[
        dict[Annotated[str, StringConstraints(pattern=KEBAB)], int],
        Field(json_schema_extra={"additionalProperties": False}),
    ] = {}
    word_map: dict[Literal["left", "right"], list[Scalars]] = {}
    nested: list[list[int]] = []


class Cat(Strict):
    kind: Literal["cat"]
    lives: int = 9


class Dog(Strict):
    kind: Literal["dog", "hound"]
    barks: bool


class Fish(Strict):
    fins: int


class Unions(Strict):
    tagged: Annotated[Cat | Dog, Field(discriminator="kind")] | None = None
    by_shape: Cat | Dog | Fish | None = None
    deep: Unions | list[Unions] | Scalars | None = None
    anything: Any = None


class Open(BaseModel):
    model_config = ConfigDict(extra="allow")
    __pydantic_extra__: dict[str, Scalars | bool]
    some: Annotated[list[Open], Field(min_length=1)] | None = None


MODELS = (Scalars, Collections, Unions, Open, PackModel, ProfileModel, RuleModel)


def _pattern(_validator: object, pattern: str, instance: object, _schema: object) -> Json:
    """Hold a pattern as ECMA-262 does, where `$` is the very end; the library uses Python's."""
    if isinstance(instance, str) and not re.search(re.sub(r"\$$", r"\\Z", pattern), instance):
        from jsonschema import ValidationError

        yield ValidationError("pattern")


def _pattern_properties(validator: Json, patterns: dict[str, Any], instance: object, _schema: object) -> Json:
    if isinstance(instance, dict):
        for pattern, schema in patterns.items():
            for key, value in instance.items():
                if re.search(re.sub(r"\$$", r"\\Z", pattern), key):
                    yield from validator.descend(value, schema)


Oracle = validators.extend(Draft202012Validator, {"pattern": _pattern, "patternProperties": _pattern_properties})


def tree(value: Json) -> Json:
    """Turn a plain value into nodes, as reading it from YAML would."""
    if isinstance(value, dict):
        return Mapping([(Scalar(key, 1, 1, plain=False), tree(item)) for key, item in value.items()], 1, 1)
    if isinstance(value, list):
        return Sequence([tree(item) for item in value], 1, 1)
    if isinstance(value, str):
        return Scalar(value, 1, 1, plain=False)
    return Scalar(repr(value) if isinstance(value, float) else literal(value), 1, 1)


WORDS = st.sampled_from(
    [
        "a",
        "b",
        "ab",
        "abcd",
        "abcde",
        "a-b",
        "A",
        "",
        "-",
        "cat",
        "dog",
        "left",
        "kind",
        "0600",
        "0800",
        "a\n",
        "1",
        "é",
        "every",
    ]
)
NUMBERS = st.sampled_from([0, 1, 2, 9, 65535, 65536, -1, 0.0, 0.5, 1.0, 1.5, 1e300, 10**30])
ANYTHING = st.recursive(
    st.none() | st.booleans() | NUMBERS | WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(WORDS, inner, max_size=3),
    max_leaves=6,
)


def documents(schema: Json, root: dict[str, Any], depth: int = 0) -> st.SearchStrategy[Any]:
    """Draw documents near to a schema: mostly of its shape, with something else now and then at each place."""
    return st.integers(0, 11).flatmap(lambda dice: ANYTHING if dice == 0 else _like(schema, root, depth))


def _like(schema: Json, root: dict[str, Any], depth: int) -> st.SearchStrategy[Any]:
    if not isinstance(schema, dict) or not schema:
        return ANYTHING
    if "$ref" in schema:
        return _like(root["$defs"][schema["$ref"].rsplit("/", 1)[1]], root, depth)
    if "const" in schema or "enum" in schema:
        return st.sampled_from(schema.get("enum", [schema.get("const")]))
    branches = schema.get("anyOf") or schema.get("oneOf")
    if branches:
        return st.one_of([documents(branch, root, depth) for branch in branches])
    kind = schema.get("type")
    if kind == "object":
        return _object(schema, root, depth)
    if kind == "array":
        return st.lists(documents(schema.get("items", {}), root, depth + 1), max_size=0 if depth > 4 else 4)
    simple = {"string": WORDS, "integer": NUMBERS, "number": NUMBERS, "boolean": st.booleans(), "null": st.none()}
    return simple.get(kind, ANYTHING)


def _object(schema: dict[str, Any], root: dict[str, Any], depth: int) -> st.SearchStrategy[Any]:
    properties = schema.get("properties", {})
    required = {
        name: st.deferred(lambda name=name: documents(properties[name], root, depth + 1))
        for name in schema.get("required", ())
    }
    optional = {
        name: st.deferred(lambda name=name: documents(properties[name], root, depth + 1))
        for name in properties
        if name not in required and depth < 4
    }
    values = next(iter(schema.get("patternProperties", {}).values()), schema.get("additionalProperties"))
    if isinstance(values, dict) and depth < 4:
        keys = schema.get("propertyNames", {}).get("enum")
        extra = st.dictionaries(
            st.sampled_from(keys) if keys else WORDS, documents(values, root, depth + 1), max_size=2
        )
    else:
        extra = st.just({})
    whole = st.builds(lambda known, more: {**more, **known}, st.fixed_dictionaries(required, optional=optional), extra)
    return st.builds(_damage, whole, st.integers(0, 9), WORDS)


def _damage(document: dict[str, Any], dice: int, word: str) -> dict[str, Any]:
    if dice == 0 and document:
        document.pop(min(document))
    if dice == 1:
        document[word] = 1
    return document


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_accepts_exactly_what_json_schema_accepts(model: type[BaseModel]) -> None:
    schema = model.model_json_schema(by_alias=True)
    oracle = Oracle(schema)
    seen = {True: 0, False: 0}

    @settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
    @given(documents(schema, schema))
    def same(document: Json) -> None:
        valid = oracle.is_valid(document)
        seen[valid] += 1
        problems = check(tree(document), schema, file="f.yaml")
        assert (not problems) == valid, (document, problems, [error.message for error in oracle.iter_errors(document)])

    same()
    assert seen[False] > 0
    if model not in {PackModel, RuleModel}:  # whole valid rules are too rare among drawn documents
        assert seen[True] > 0


@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
def test_every_schema_uses_only_known_keywords(model: type[BaseModel]) -> None:
    from preflight.documents.schema import _KEYWORDS

    def walk(schema: Json) -> None:
        if not isinstance(schema, dict):
            return
        assert set(schema) <= _KEYWORDS
        for keyword in ("properties", "patternProperties", "$defs"):
            for inner in schema.get(keyword, {}).values():
                walk(inner)
        for keyword in ("items", "additionalProperties", "propertyNames"):
            walk(schema.get(keyword))
        for keyword in ("anyOf", "oneOf"):
            for inner in schema.get(keyword, ()):
                walk(inner)

    walk(model.model_json_schema(by_alias=True))
