from __future__ import annotations

import tomllib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.documents.nodes import Mapping, plain_value
from preflight.documents.toml import TomlError, load_table, mentions

TEXT = """\
title = "x"

[tool.other]
a = 1

[tool.preflight]
fail_on = "high"
  deadline = 12.5
inputs.env_files = [
  ".env",
]
"quo.ted" = true
table = {inner = "1.3", deep = {number = 7}}

[tool.preflight.parameters]
infinite = -inf
"""


def table(text: str) -> Mapping:
    found = load_table(text, "tool", "preflight")
    assert found is not None
    return found


def test_values_keep_their_types() -> None:
    assert plain_value(table(TEXT)) == tomllib.loads(TEXT)["tool"]["preflight"]


def test_keys_have_places() -> None:
    found = table(TEXT)
    places = {key.text: (key.line, key.column) for key, _ in found}
    assert places == {
        "fail_on": (7, 1),
        "deadline": (8, 3),
        "inputs": (9, 1),
        "quo.ted": (12, 1),
        "table": (13, 1),
        "parameters": (15, 1),
    }
    assert (found.line, found.column) == (6, 1)
    parameters = found.get("parameters")
    assert isinstance(parameters, Mapping)
    assert [(key.text, key.line) for key, _ in parameters] == [("infinite", 16)]
    inline = found.get("table")
    assert isinstance(inline, Mapping)
    assert [(key.text, key.line, key.column) for key, _ in inline] == [("inner", 13, 1), ("deep", 13, 1)]


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("[tool.preflight]\nx = \n", "syntax", (2, 5)),
        ("[tool.preflight]\nx = 1\nx = 2", "syntax", (3, 1)),
        ("[tool.preflight", "syntax", (1, 1)),
        ("[tool.preflight]\nx = [", "syntax", (2, 1)),
        ("x = " + "9" * 5000, "syntax", (1, 1)),
        ("x = " + "[" * 5000, "syntax", (1, 1)),
        ("tool = 3\n", "wrong_type", (1, 1)),
        ("[tool]\npreflight = 3\n", "wrong_type", (2, 1)),
        ("[tool.preflight]\na = 1\nb = 2026-01-01\n", "unexpected_type", (3, 1)),
    ],
)
def test_what_cannot_be_read_is_said_with_its_place(text: str, code: str, place: tuple[int, int]) -> None:
    with pytest.raises(TomlError) as refused:
        load_table(text, "tool", "preflight")
    assert (refused.value.code, (refused.value.line, refused.value.column)) == (code, place)
    assert "99" not in refused.value.message


def test_a_document_without_the_table_has_none() -> None:
    assert load_table("[tool.other]\n", "tool", "preflight") is None
    assert load_table("", "tool", "preflight") is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("[tool.preflight]", True),
        ("[tool.preflight.parameters]", True),
        ("tool.preflight.log = 'json'", True),
        ("[ 'tool' . \"preflight\" ]", True),
        ("[tool]\npreflight = {}", True),
        ("[tool.other]\ndependencies = ['preflight']", False),
        ("", False),
    ],
)
def test_a_table_that_may_be_there_is_mentioned(text: str, *, found: bool) -> None:
    assert mentions(text, "tool", "preflight") is found


KEYS = st.text("ab-_.é ", min_size=1, max_size=4)
VALUES = st.booleans() | st.integers(-5, 10**20) | st.floats(allow_nan=False) | st.text("a\"'\\#=[]\n", max_size=6)


def written(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return '"' + "".join(f"\\u{ord(char):04x}" for char in value) + '"'
    return repr(value) if not isinstance(value, float) or "inf" in repr(value) or "." in repr(value) else f"{value:e}"


@given(st.dictionaries(KEYS, VALUES, max_size=4))
def test_what_tomllib_reads_is_what_the_tree_says(values: dict[str, Any]) -> None:
    lines = [f"{written(key)} = {written(value)}" for key, value in values.items()]
    text = "\n".join(["[tool.preflight]", *lines])
    assert plain_value(table(text)) == tomllib.loads(text)["tool"]["preflight"]
