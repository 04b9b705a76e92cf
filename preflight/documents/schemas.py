"""The JSON Schemas that ship with preflight."""

from __future__ import annotations

from preflight.documents.locations import data_path
from preflight.documents.nodes import plain_value
from preflight.documents.yaml import load

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, ClassVar

_read: dict[str, Any] = {}


def json_schema(name: str) -> Mapping[str, Any]:
    """Return a schema from `schemas/`, read once in a process.

    Args:
        name: The file's name, such as `config.schema.json`.

    Raises:
        FileNotFoundError: There is none of that name, so the installation is broken.
    """
    if name not in _read:
        with open(f"{data_path('schemas')}/{name}", encoding="utf-8") as file:
            text = file.read()
        try:
            _read[name] = _scan(text)
        except Exception:  # noqa: BLE001 - whatever an interpreter changes there, JSON is also YAML
            _read[name] = _as_yaml(text)
    schema: Mapping[str, Any] = _read[name]
    return schema


class _Context:
    """What CPython's JSON scanner wants to know: nothing is built in a special way."""

    strict = True
    object_hook = object_pairs_hook = array_hook = parse_constant = None
    parse_float = float
    parse_int = int
    memo: ClassVar[dict[str, str]] = {}


def _scan(text: str) -> Any:  # noqa: ANN401 - any JSON
    """Parse our own JSON with the C scanner alone: 0.2 ms, where `import json` costs 6 and reading it as YAML 3."""
    from _json import make_scanner

    context: Any = _Context
    value, end = make_scanner(context)(text, 0)
    if text[end:].strip():
        raise ValueError(end)
    return value


def _as_yaml(text: str) -> Any:  # noqa: ANN401 - any JSON
    root = load(text)
    return plain_value(root) if root is not None else {}
