from __future__ import annotations

from typing import Any, TypeAlias

import pytest

from preflight.documents.nodes import plain_value
from preflight.documents.schema import MOST_PROBLEMS, check
from preflight.documents.yaml import load
from preflight.packs.schema import pack_json_schema

Json: TypeAlias = Any
PACK = pack_json_schema()
GOOD = """\
pack: own
title: Our own rules
version: 1
rules:
  - id: own-rule
    title: It holds
    severity: high
    resource: secret
    expect: {length: {at_least: 32}}
    rationale: Because it matters.
    remediation: Make it longer.
    references: [CWE-521]
    examples:
      pass: [{env: {A: b}}]
      fail: [{env: {A: null}}]
"""


def problems(text: str, schema: Json = PACK) -> list[tuple[str, str, str]]:
    node = load(text)
    assert node is not None
    found = check(node, schema, file="own.yaml")
    assert all(problem.kind == "configuration" and problem.hint.endswith((".", "?")) for problem in found)
    return [(str(problem.origin).removeprefix("own.yaml:"), problem.code, problem.message) for problem in found]


def one(text: str, schema: Json) -> tuple[str, str]:
    ((_, code, message),) = problems(text, schema)
    return code, message


def test_a_good_pack_has_no_problems() -> None:
    assert problems(GOOD) == []


def test_all_problems_at_once_in_the_order_of_the_document() -> None:
    text = GOOD.replace("title: Our own rules\n", "")
    text = text.replace("severity: high", "severty: high").replace("version: 1", "version: one")
    text = text.replace("references: [CWE-521]", "references: []").replace("pass: [{env", "passes: [{env")
    assert problems(text) == [
        ("1:1", "missing_key", 'the pack needs the key "title"'),
        ("2:10", "wrong_type", '"version" must be a whole number, and is a text'),
        ("4:5", "missing_key", 'a rule needs the key "severity"'),
        ("6:5", "unknown_key", 'unknown key "severty" in a rule; did you mean "severity"?'),
        ("11:17", "too_few", '"references" needs at least 1 entry'),
        ("13:7", "missing_key", 'the examples needs the key "pass"'),
        ("13:7", "unknown_key", 'unknown key "passes" in the examples; did you mean "pass"?'),
    ]


def test_the_hint_of_a_missing_key_says_what_it_is_for() -> None:
    node = load(GOOD.replace("    severity: high\n", ""))
    assert node is not None
    (problem,) = check(node, PACK, file="own.yaml")
    assert problem.hint == "severity: How bad it is where it does not hold."


def test_a_word_off_the_list_is_answered_with_the_nearest() -> None:
    node = load(GOOD.replace("severity: high", "severity: hihg"))
    assert node is not None
    (problem,) = check(node, PACK, file="own.yaml")
    assert problem.code == "not_one_of"
    assert problem.message == '"severity" must be one of critical, high, medium, low, and is "hihg"'
    assert problem.hint == 'Did you mean "high"?'


@pytest.mark.parametrize(
    ("matcher", "place", "code", "message"),
    [
        ("{at_laest: 3}", "9:23", "unknown_key", 'unknown key "at_laest" in a matcher; did you mean "at_least"?'),
        ("{one_of: []}", "9:31", "too_few", '"one_of" needs at least 1 entry'),
        ("{present: false}", "9:32", "not_one_of", '"present" must be true, and is "false"'),
        ("{present: yes}", "9:32", "wrong_type", '"present" must be true, and is a text'),
        ("{at_least: [3]}", "9:33", "wrong_type", '"at_least" must be a number or a text, and is a list'),
        ("[3]", "9:22", "wrong_type", '"length" must be a mapping, true or false, a number or a text, and is a list'),
        ("{not: {equal: 3}}", "9:29", "unknown_key", 'unknown key "equal" in a matcher; did you mean "equals"?'),
    ],
)
def test_the_message_is_about_the_alternative_that_was_meant(matcher: str, place: str, code: str, message: str) -> None:
    assert problems(GOOD.replace("{at_least: 32}", matcher)) == [(place, code, message)]


TAGGED = {
    "oneOf": [
        {
            "properties": {"kind": {"const": "cat"}, "lives": {"type": "integer"}},
            "required": ["kind"],
            "additionalProperties": False,
        },
        {
            "properties": {"kind": {"const": "dog"}, "barks": {"type": "boolean"}},
            "required": ["kind"],
            "additionalProperties": False,
        },
    ]
}


@pytest.mark.parametrize("discriminator", [{}, {"discriminator": {"propertyName": "kind", "mapping": {}}}])
def test_a_key_that_tells_alternatives_apart_is_used(discriminator: dict[str, Any]) -> None:
    schema = {**TAGGED, **discriminator}
    assert problems("{kind: cat, lives: 9}", schema) == []
    assert one("{kind: dog, lives: 9}", schema) == ("unknown_key", 'unknown key "lives" in the document')
    assert one("{kind: cow}", schema) == ("not_one_of", '"kind" must be one of cat, dog, and is "cow"')
    assert one("{lives: 9}", schema) == ("missing_key", 'the document needs the key "kind"')


def test_a_long_list_of_words_stands_in_the_hint() -> None:
    words = [f"word-{number}" for number in range(20)]
    node = load("other")
    assert node is not None
    (problem,) = check(node, {"enum": words}, file="f")
    assert problem.message == 'the document must be one of 20 words, and is "other"'
    assert problem.hint == f"Write one of {', '.join(words)}."


def test_without_such_a_key_the_alternative_that_knows_the_keys_is_meant() -> None:
    schema = {
        "anyOf": [
            {"properties": {"a": {"type": "string"}}, "required": ["a"], "additionalProperties": False},
            {"properties": {"b": {"type": "string"}, "c": {}}, "required": ["b"], "additionalProperties": False},
        ]
    }
    assert one("{c: 1}", schema) == ("missing_key", 'the document needs the key "b"')
    assert one("{a: 1}", schema) == ("wrong_type", '"a" must be a text, and is a whole number')


def test_a_document_that_fits_two_exclusive_alternatives_is_ambiguous() -> None:
    assert one("1", {"oneOf": [{"type": "integer"}, {"type": "number"}]})[0] == "ambiguous"


@pytest.mark.parametrize(
    ("text", "schema", "code", "message"),
    [
        ("0", {"minimum": 1}, "too_small", "the document must be at least 1"),
        ("0", {"exclusiveMinimum": 0}, "too_small", "the document must be more than 0"),
        ("2", {"maximum": 1}, "too_large", "the document must be at most 1"),
        ("1", {"const": True}, "not_one_of", 'the document must be true, and is "1"'),
        ("true", {"enum": [1]}, "not_one_of", 'the document must be 1, and is "true"'),
        ("1.0", {"exclusiveMaximum": 1}, "too_large", "the document must be less than 1"),
        (".nan", {"type": "number"}, "wrong_type", "the document must be a number, and is not a finite number"),
        (
            "-.inf",
            {"type": ["integer", "null"]},
            "wrong_type",
            "the document must be a whole number, and is not a finite number",
        ),
        ("''", {"minLength": 1}, "too_short", "the document must not be empty"),
        ("abc", {"minLength": 4}, "too_short", "the document must have at least 4 characters"),
        ("abc", {"maxLength": 2}, "too_long", "the document has more than 2 characters"),
        ("[1, 2]", {"maxItems": 1}, "too_many", "the document has more than 1 entries"),
        ("{}", {"minProperties": 1}, "too_few", "the document needs at least 1 key"),
        ("{}", {"minProperties": 2}, "too_few", "the document needs at least 2 keys"),
        (
            "[1, true, 1.0]",
            {"uniqueItems": True},
            "duplicate_item",
            "the document has the same entry twice; the first is on line 1",
        ),
        (
            "[{a: [1]}, {a: [1]}]",
            {"uniqueItems": True},
            "duplicate_item",
            "the document has the same entry twice; the first is on line 1",
        ),
        ("!secret x", {"type": "string"}, "unexpected_tag", "the tag at the document means nothing here"),
        ("{a: 1}", {"properties": {"a": False}}, "unexpected", 'nothing is expected at "a"'),
        (
            "x",
            {"anyOf": [{"const": 1}, {"const": True}]},
            "not_one_of",
            'the document must be one of 1, true, and is "x"',
        ),
        (
            "x",
            {"anyOf": [{"enum": ["a"]}, {"enum": ["b"]}]},
            "not_one_of",
            'the document must be one of a, b, and is "x"',
        ),
        ("x y", {"pattern": "^[a-z]+$"}, "wrong_form", "the document is not of the form that is expected"),
        ("A", {"pattern": "^[a-z]+$"}, "wrong_form", 'the document is not of the form that is expected: "A"'),
        ("'a\n\n'", {"pattern": "^[a-z]+$"}, "wrong_form", "the document is not of the form that is expected"),
    ],
)
def test_each_keyword_has_its_words(text: str, schema: dict[str, Any], code: str, message: str) -> None:
    assert one(text, schema) == (code, message)


@pytest.mark.parametrize(
    ("text", "schema", "hint"),
    [
        ("1.3", {"type": "string"}, "Put it in quotes."),
        ("on", {"type": "boolean"}, "Write true or false: `yes`, `no`, `on` and `off` are texts in YAML 1.2."),
        ("'12'", {"type": "integer"}, "Write it without quotes."),
        ("a", {"type": "array"}, "Write `[a, b]`, or a line with `- ` for each entry."),
        ("a", {"type": "object"}, "Write `key: value` on lines of their own, indented."),
        ("~", {"type": "string"}, "Write a value, or leave the key out."),
        (
            "{a-b: 1}",
            {"patternProperties": {"^[a-z][a-z0-9]*(_[a-z0-9]+)*$": {}}, "additionalProperties": False},
            "Write lower-case words joined by underscores, such as `min_length`.",
        ),
        ("{lef: 1}", {"propertyNames": {"enum": ["left", "right"]}}, "Known keys: left, right."),
    ],
)
def test_the_hint_says_how_to_write_it(text: str, schema: dict[str, Any], hint: str) -> None:
    node = load(text)
    assert node is not None
    (problem,) = check(node, schema, file="f")
    assert problem.hint == hint


def test_values_that_are_no_short_plain_words_are_not_repeated() -> None:
    schema = {
        "properties": {"a": {"enum": ["x"]}, "b": {"type": "integer"}, "c": {"pattern": "^x$"}},
        "additionalProperties": False,
    }
    text = "{a: 'p@ss w0rd', b: hunter2, c: 'a/b=', 'top secret': 1}"
    said = " ".join(message for _, _, message in problems(text, schema))
    assert not any(part in said for part in ("p@ss", "hunter2", "a/b", "top secret"))
    assert "x" * 41 not in one(f"{{a: {'x' * 41}}}", schema)[1]
    assert "x" * 40 in one(f"{{a: {'x' * 40}}}", schema)[1]


def test_a_keyword_it_does_not_know_is_a_bug_in_the_schema() -> None:
    with pytest.raises(NotImplementedError, match="prefixItems"):
        problems("[1]", {"prefixItems": [{}]})


def test_keywords_that_only_help_editors_are_ignored() -> None:
    schema = {"allOf": [{"type": "string"}], "if": {}, "then": False, "default": 1, "description": "d", "title": "T"}
    assert problems("1", schema) == []


def test_an_alias_is_judged_once_and_many_alternatives_stay_linear() -> None:
    schema: dict[str, Any] = {
        "$defs": {
            "N": {"anyOf": [{"$ref": "#/$defs/L"}, {"$ref": "#/$defs/L"}, {"type": "integer"}]},
            "L": {"type": "array", "items": {"$ref": "#/$defs/N"}},
        },
        "$ref": "#/$defs/N",
    }
    assert problems("[" * 60 + "1" + "]" * 60, schema) == []
    bombs = "\n".join(f"- &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 15))
    ((place, code, _),) = problems(f"- &a0 [x]\n{bombs}", schema)
    assert (place, code) == ("1:8", "wrong_type")


def test_a_hopeless_document_gives_a_bounded_number_of_problems() -> None:
    found = problems("[" + "x, " * 5000 + "]", {"items": {"type": "integer"}})
    assert len(found) == MOST_PROBLEMS + 1
    assert found[-1][1] == "more_problems"


def test_our_own_schema_survives_being_read_as_yaml() -> None:
    import json

    node = load(json.dumps(PACK))
    assert node is not None
    assert plain_value(node) == PACK
