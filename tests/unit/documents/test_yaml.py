"""Marked YAML."""

from __future__ import annotations

import subprocess
import sys

import pytest
import yaml as pyyaml
from hypothesis import given
from hypothesis import strategies as st

from preflight.documents.nodes import Mapping, plain_value, resolve
from preflight.documents.yaml import MAX_DEPTH, YamlError, load, load_all


def code_of(text):
    with pytest.raises(YamlError) as raised:
        load(text)
    return raised.value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("yes", "yes"), ("on", "on"), ("no", "no"), ("22:22", "22:22"), ("12:34:56", "12:34:56"), ("true", True), ("False", False),
        ("null", None), ("~", None), ("", None), ("0o17", 15), ("0x1F", 31), ("017", 17), ("1_000", "1_000"), ("1.5", 1.5), ("1.", 1.0),
        (".5", 0.5), ("1e3", 1000.0), ("-2", -2), ("+3", 3), ("+", "+"), (".", "."), ("-", "-"), ("1.2.3", "1.2.3"), ("0x", "0x"),
        ("-.inf", float("-inf")), ("2001-12-14", "2001-12-14"), ("9" * 500, "9" * 500), ("١٢", "١٢"),
    ],
)  # fmt: skip
def test_plain_scalars_follow_the_core_schema(text, value):
    assert resolve(text) == value
    assert type(resolve(text)) is type(value)


@pytest.mark.parametrize(
    ("text", "code"),
    [("a: *{0}", "unknown_anchor"), ("a: &{0} [*{0}]", "recursive_anchor"), ("*{0}: a", "unknown_anchor")],
)
def test_the_name_of_an_alias_may_be_a_secret_that_begins_with_an_asterisk(text, code):
    name = "Zq7Wk3Xv"
    found = code_of(text.format(name))
    assert found.code == code
    assert name not in found.message
    assert "anchor of that name" in found.message or "what it names" in found.message


def test_places_are_counted_from_one():
    root = load("a: 1\nbb:\n  - x\n  - {c: d}\n")
    assert isinstance(root, Mapping)
    assert [(key.text, key.line, key.column) for key, _ in root] == [("a", 1, 1), ("bb", 2, 1)]
    items = root.get("bb").items
    assert (items[1].line, items[1].column) == (4, 5)


@pytest.mark.parametrize(
    ("text", "code", "line", "column"),
    [
        ("a: 1\nb: 2\na: 3\n", "duplicate_key", 3, 1),
        ("{a: 1, a: 2}", "duplicate_key", 1, 8),
        ("a: [1, 2", "syntax", 2, 1),
        ("a: *x", "unknown_anchor", 1, 4),
        ("a: &a [*a]", "recursive_anchor", 1, 8),
        ("? [1]\n: 2", "key_not_text", 1, 5),
        ("a: b: c", "syntax", 1, 5),
        ("---\na: 1\n---\nb: 2\n", "syntax", 4, 1),
    ],
)
def test_mistakes_are_named_with_their_place(text, code, line, column):
    bad = code_of(text)
    assert (bad.code, bad.line, bad.column) == (code, line, column)


def test_both_lines_of_a_duplicate_key_are_named():
    assert "line 2" in code_of("x: 0\na: 1\nb: 2\na: 3\n").message


@pytest.mark.parametrize("text", ["a: \x00", "\x01", "a: \ud800", b"\xff\xfe\x00a\xff"])
def test_characters_that_yaml_forbids_are_refused(text):
    assert code_of(text).code in {"syntax", "invalid_characters"}


def test_hostile_documents_end_soon():
    bomb = "a: &a [x,x,x,x,x,x,x,x,x]\n" + "".join(
        f"{chr(98 + i)}: &{chr(98 + i)} [{','.join(['*' + chr(97 + i)] * 9)}]\n" for i in range(20)
    )
    assert code_of(bomb).code == "too_large"
    assert code_of("[" * 100_000).code == "too_deep"
    assert code_of("x" * (17 * 1024 * 1024)).code == "too_large"
    assert load("[" * MAX_DEPTH + "]" * MAX_DEPTH) is not None


def test_aliases_share_their_node():
    root = load("a: &x {b: 1}\nc: *x\n")
    assert plain_value(root) == {"a": {"b": 1}, "c": {"b": 1}}
    assert root.get("a") is root.get("c")


def test_several_documents_and_empty_ones():
    assert len(load_all("a: 1\n---\nb: 2\n---\n")) == 2
    assert load("") is None
    assert load("# only a comment\n") is None


def test_errors_quote_no_value():
    bad = code_of("password: hunter2-canary\nother: [hunter2-canary\n")
    assert "canary" not in bad.message


_SCALARS = (
    st.none()
    | st.booleans()
    | st.integers(-(10**6), 10**6)
    | st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), max_size=12)
)
_DATA = st.recursive(
    _SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.text(st.characters(categories=("Ll", "Lu", "Nd")), min_size=1, max_size=6), inner, max_size=4
        )
    ),
    max_leaves=12,
)


@given(_DATA)
def test_what_pyyaml_writes_is_read_back(data):
    text = pyyaml.safe_dump({"root": data}, allow_unicode=True)
    read = plain_value(load(text))["root"]
    # YAML 1.1's writer quotes what 1.1 would misread; only its own words for floats and dates differ, and none are generated.
    assert read == data


@given(st.text(max_size=60) | st.binary(max_size=60))
def test_nothing_but_a_yaml_error_is_raised(text):
    try:
        load_all(text)
    except YamlError as bad:
        place = (bad.line, bad.column)
    else:
        place = (1, 1)
    assert min(place) >= 1


def test_the_binding_leaves_pyyaml_whole_and_loads_little():
    script = (
        "import sys; from preflight.documents.yaml import load; load('a: 1');"
        "heavy = [m for m in ('re', 'enum', 'typing', 'yaml') if m in sys.modules]; import yaml;"
        "assert yaml.safe_load('a: [1]') == {'a': [1]}; assert yaml.load('a: 1', Loader=yaml.CSafeLoader) == {'a': 1}; print(heavy)"
    )
    assert (
        subprocess.run(
            [sys.executable, "-I", "-S", "-c", f"import sys; sys.path[:0] = {sys.path!r}; {script}"],
            check=True,
            capture_output=True,
            text=True,
        ).stdout.strip()
        == "[]"
    )
