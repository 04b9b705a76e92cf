"""Three-valued matching."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.engine.matching import Matching, conjunction, disjunction, negation
from preflight.model.fact import Deferred, Unknown
from preflight.model.origin import Origin
from preflight.model.record import field
from preflight.packs.facts import fact_types
from preflight.resources.base import Resource

UNKNOWN = Unknown(reason="malformed", detail="it is malformed")
LATER = Deferred(reason="reference", detail="known later")


class Thing(Resource):
    flag: Fact[bool] = field("A flag.", default=None)  # noqa: F821 - read as text
    number: Fact[int] = field("A number.", default=None)  # noqa: F821 - read as text
    text: Fact[str] = field("A text.", default=None)  # noqa: F821 - read as text
    words: Fact[tuple[str, ...]] = field("A list.", default=())  # noqa: F821 - read as text
    mode: Fact[SslMode] = field("A scale.", default=None)  # noqa: F821 - read as text


TYPES = fact_types(Thing)


def matches(fact, operator, argument, value, parameters=None):
    kind = "matcher" if operator in {"not", "every", "some", "none"} else "value"
    content = (("equals", ("value", argument)),) if operator in {"every", "some", "none"} else argument
    return Matching(parameters or {}, TYPES).matches(((operator, (kind, content)),), value, TYPES[fact])


@pytest.mark.parametrize(
    ("fact", "operator", "argument", "value", "verdict"),
    [
        ("flag", "equals", True, True, True), ("flag", "equals", True, False, False), ("flag", "equals", True, None, False),
        ("flag", "not_equals", True, None, True),
        ("number", "at_least", 3, 3, True), ("number", "at_least", 3, 2, False), ("number", "at_least", 3, None, False),
        ("number", "at_most", 3, 3, True), ("number", "at_most", 3, 4, False), ("number", "equals", 1, True, False),
        ("text", "one_of", ("a", "b"), "b", True), ("text", "one_of", ("a", "b"), "c", False), ("text", "one_of", ("a",), None, False),
        ("text", "none_of", ("a", "b"), "c", True), ("text", "none_of", ("a", "b"), None, True), ("text", "none_of", ("a",), "a", False),
        ("text", "matches", "^a+$", "aaa", True), ("text", "matches", "^a+$", "ab", False), ("text", "contains", "b", "abc", True),
        ("words", "contains", "b", ("a", "b"), True), ("words", "contains", "b", ("ab",), False),
        ("words", "every", "a", ("a", "a"), True), ("words", "every", "a", ("a", "b"), False), ("words", "every", "a", (), True),
        ("words", "some", "a", ("b", "a"), True), ("words", "some", "a", (), False), ("words", "none", "a", ("b",), True),
        ("words", "none", "a", ("a",), False), ("words", "present", True, (), False), ("words", "absent", True, (), True),
        ("mode", "at_least", "verify-ca", "verify-full", True), ("mode", "at_least", "verify-ca", "verify-ca", True),
        ("mode", "at_least", "verify-ca", "require", False), ("mode", "at_most", "prefer", "allow", True),
        ("text", "present", True, "x", True), ("text", "present", True, None, False), ("text", "absent", True, None, True),
    ],
)  # fmt: skip
def test_operators(fact, operator, argument, value, verdict):
    assert matches(fact, operator, argument, value) is verdict


@pytest.mark.parametrize("operator", ["equals", "not_equals", "present", "absent", "one_of", "none_of"])
def test_what_is_unknown_is_never_judged(operator):
    assert matches("text", operator, ("x",), UNKNOWN) is UNKNOWN
    assert matches("text", operator, ("x",), LATER) is LATER
    assert (
        Matching({}, TYPES).matches((("not", ("matcher", (("equals", ("value", "x")),))),), UNKNOWN, TYPES["text"])
        is UNKNOWN
    )


VERDICTS = st.sampled_from([True, False, UNKNOWN, LATER])


@given(st.lists(VERDICTS, min_size=1, max_size=5))
def test_de_morgan(verdicts):
    assert negation(conjunction(verdicts)) == disjunction([negation(v) for v in verdicts])


@given(st.lists(VERDICTS, min_size=1, max_size=5), st.lists(st.booleans(), min_size=5, max_size=5))
def test_a_decided_verdict_holds_whatever_the_unknown_turns_out_to_be(verdicts, guesses):
    for decide in (conjunction, disjunction):
        verdict = decide(verdicts)
        if isinstance(verdict, bool):
            filled = [guess if not isinstance(v, bool) else v for v, guess in zip(verdicts, guesses, strict=False)]
            assert decide(filled) is verdict


def test_parameters_alternatives_and_words():
    matching = Matching({"least": 4}, TYPES)
    expectation = (
        "some",
        (("fact", "number", (("at_least", ("parameter", "least")),)), ("fact", "text", (("equals", ("value", "ok")),))),
    )
    thing = Thing(name="T", origin=Origin(), number=3, text="ok")
    assert matching.holds(expectation, thing) is True
    assert matching.holds(expectation, thing.replace(text="no")) is False
    assert matching.holds(("none", (expectation,)), thing) is False
    assert matching.holds(expectation, thing.replace(number=UNKNOWN)) is True
    assert matching.holds(expectation, thing.replace(number=UNKNOWN, text="no")) is UNKNOWN
    assert matching.describe(expectation) == "number at least 4 or text ok"
    assert matching.first_failure(("every", (("fact", "number", (("at_least", ("parameter", "least")),)),)), thing) == (
        "number",
        "at_least",
    )
