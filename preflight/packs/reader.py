"""From the text of a pack or profile to its compiled form."""

from __future__ import annotations

from preflight.documents.nodes import Mapping, Scalar, Sequence
from preflight.documents.schema import check
from preflight.documents.schemas import json_schema
from preflight.documents.yaml import YamlError, load
from preflight.errors import ConfigurationError
from preflight.model.digest import sha256_hex
from preflight.model.origin import Origin
from preflight.model.problem import Problem
from preflight.packs.compiler import Compiler, argument_value
from preflight.packs.model import Pack, Profile

TYPE_CHECKING = False
if TYPE_CHECKING:
    from preflight.documents.nodes import Node
    from preflight.packs.model import Override, Parameter


def parse(text: str, file: str, *, schema: str | None) -> Mapping:
    """Parse a pack or profile and hold it against its schema.

    Args:
        text: The document.
        file: Its path as given, for messages.
        schema: Name of the schema file, or None for a document that ships with preflight (held to it by the test suite).

    Raises:
        ConfigurationError: It is not YAML, or not of that shape; every mistake is named.
    """
    try:
        root = load(text)
    except YamlError as bad:
        origin = Origin(file=file, line=bad.line, column=bad.column)
        raise ConfigurationError(
            [Problem(kind="configuration", code=bad.code, message=bad.message, hint="Correct the YAML.", origin=origin)]
        ) from None
    if not isinstance(root, Mapping):
        origin = Origin(file=file, line=1, column=1)
        raise ConfigurationError(
            [
                Problem(
                    kind="configuration",
                    code="empty",
                    message="the file holds no mapping",
                    hint="See `preflight schema rule-pack`.",
                    origin=origin,
                )
            ]
        )
    if schema is not None:
        problems = check(root, json_schema(schema), file=file)
        if problems:
            raise ConfigurationError(problems)
    return root


def kind_of(root: Mapping) -> str:
    """Tell a profile from a pack by its first key."""
    return "profile" if root.get("profile") is not None else "pack"


def read_pack(text: str, file: str, *, builtin: bool = False, known: dict[str, Parameter] | None = None) -> Pack:
    """Read a rule pack.

    Args:
        text: The document.
        file: Its path as given.
        builtin: Whether it ships with preflight.
        known: Parameters that packs read before have declared.

    Raises:
        ConfigurationError: Something in it is wrong; every mistake is named with file, line and column.
    """
    root = parse(text, file, schema=None if builtin else "rule-pack.schema.json")
    name = _text(root, "pack")
    compiler = Compiler(file, name, dict(known or {}))
    declared: list[Parameter] = []
    for key, value in _pairs(root.get("parameters")):
        if isinstance(value, Mapping):
            parameter = compiler.declare(key, value)
            if key.text in compiler.parameters:
                compiler.refuse(
                    key,
                    "duplicate_parameter",
                    f'the parameter "{key.text}" is declared twice',
                    f"The first is in pack {compiler.parameters[key.text].pack}.",
                )
            compiler.parameters[key.text] = parameter
            declared.append(parameter)
    rules = [compiler.rule(item) for item in _items(root.get("rules")) if isinstance(item, Mapping)]
    overrides = tuple(
        compiler.override(key, value) for key, value in _pairs(root.get("override")) if isinstance(value, Mapping)
    )
    if compiler.problems:
        raise ConfigurationError(compiler.problems)
    return Pack(
        name=name,
        title=_text(root, "title"),
        version=int(_text(root, "version") or 1),
        extends=tuple(item.text for item in _items(root.get("extends")) if isinstance(item, Scalar)),
        disable=_places(root, compiler),
        overrides=overrides,
        parameters=tuple(declared),
        rules=tuple(rule for rule in rules if rule is not None),
        path=file,
        builtin=builtin,
        sha256=sha256_hex(text.encode("utf-8", "surrogatepass")),
    )


def read_profile(text: str, file: str, *, builtin: bool = False) -> Profile:
    """Read a profile.

    Raises:
        ConfigurationError: Something in it is wrong; every mistake is named with file, line and column.
    """
    root = parse(text, file, schema=None if builtin else "profile.schema.json")
    compiler = Compiler(file, "", {})
    packs = root.get("packs")
    overrides: list[Override] = [
        compiler.override(key, value) for key, value in _pairs(root.get("override")) if isinstance(value, Mapping)
    ]
    return Profile(
        name=_text(root, "profile"),
        title=_text(root, "title"),
        extends=_text(root, "extends") or None,
        packs=tuple(item.text for item in packs.items if isinstance(item, Scalar))
        if isinstance(packs, Sequence)
        else None,
        disable=_places(root, compiler),
        overrides=tuple(overrides),
        parameters={
            key.text: (argument_value(value), compiler.origin(key)) for key, value in _pairs(root.get("parameters"))
        },
        path=file,
    )


def _places(root: Mapping, compiler: Compiler) -> tuple[tuple[str, Origin], ...]:
    return tuple((item.text, compiler.origin(item)) for item in _items(root.get("disable")) if isinstance(item, Scalar))


def _pairs(node: Node | None) -> list[tuple[Scalar, Node]]:
    return node.pairs if isinstance(node, Mapping) else []


def _items(node: Node | None) -> list[Node]:
    return node.items if isinstance(node, Sequence) else []


def _text(node: Mapping, name: str) -> str:
    value = node.get(name)
    return value.text if isinstance(value, Scalar) else ""
