"""Does an expectation hold of a resource? True, False, or cannot tell.

Three-valued logic (Kleene): a fact that is unknown or deferred decides only where the rest leaves it open. A false part
makes an `every` false whatever else is unknown; a true part makes a `some` true.
"""

from __future__ import annotations

from preflight.model.fact import Deferred, Unknown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, TypeAlias

    from preflight.packs.facts import FactType
    from preflight.packs.model import Argument, Expectation, Matcher
    from preflight.resources.base import Resource

    Verdict: TypeAlias = bool | Unknown | Deferred

_UNTOLD = (Unknown, Deferred)

REASONS = {
    "equals": "not_equal",
    "not_equals": "equal",
    "one_of": "not_allowed",
    "none_of": "forbidden",
    "at_least": "below_minimum",
    "at_most": "above_maximum",
    "matches": "no_match",
    "contains": "missing_element",
    "present": "absent",
    "absent": "present",
    "every": "element_does_not_match",
    "some": "no_element_matches",
    "none": "element_matches",
    "not": "matches",
}


class Matching:
    """Evaluates expectations with one set of parameters.

    Args:
        parameters: Values by name.
        types: The types of the resource's facts.
    """

    __slots__ = ("_parameters", "_types")

    def __init__(self, parameters: Mapping[str, Any], types: Mapping[str, FactType]) -> None:
        self._parameters = parameters
        self._types = types

    def holds(self, expectation: Expectation, resource: Resource) -> Verdict:
        """Say whether an expectation holds of a resource."""
        return self.test(expectation)(resource)

    def test(self, expectation: Expectation) -> Callable[[Resource], Verdict]:
        """Return what says whether an expectation holds: put together once for a rule, and asked of each resource."""
        kind = expectation[0]
        if kind == "fact":
            _, name, matcher = expectation
            asked = self._asked(matcher, self._types[name])
            return lambda resource: asked(getattr(resource, name))
        parts = [self.test(part) for part in expectation[1]]
        if kind == "every":
            return lambda resource: conjunction([part(resource) for part in parts])
        if kind == "some":
            return lambda resource: disjunction([part(resource) for part in parts])
        return lambda resource: negation(disjunction([part(resource) for part in parts]))

    def matches(self, matcher: Matcher, value: object, fact: FactType) -> Verdict:
        """Say whether a matcher holds of a fact's value."""
        return self._asked(matcher, fact)(value)

    def _asked(self, matcher: Matcher, fact: FactType) -> Callable[[Any], Verdict]:
        operators = [self._operator(operator, argument, fact) for operator, argument in matcher]
        if len(operators) == 1:  # by far the most
            (only,) = operators
            return lambda value: value if isinstance(value, _UNTOLD) else only(value)
        return lambda value: (
            value if isinstance(value, _UNTOLD) else conjunction([operator(value) for operator in operators])
        )

    def _operator(self, operator: str, argument: Argument, fact: FactType) -> Callable[[Any], Verdict]:
        if operator == "present":
            return lambda value: value is not None and value != ()
        if operator == "absent":
            return lambda value: value is None or value == ()
        if operator in {"not", "every", "some", "none"}:
            asked = self._asked(argument[1], fact)
            return {
                "not": lambda value: negation(asked(value)),
                "every": lambda value: conjunction([asked(item) for item in value or ()]),
                "some": lambda value: disjunction([asked(item) for item in value or ()]),
                "none": lambda value: negation(disjunction([asked(item) for item in value or ()])),
            }[operator]
        wanted, scale, compare = self.value(argument), fact.words if fact.scale else (), _COMPARISONS[operator]
        absent = operator in {"not_equals", "none_of"}
        return lambda value: absent if value is None else compare(value, wanted, scale)

    def value(self, argument: Argument) -> Any:  # noqa: ANN401 - any parameter
        """Return an argument's value, looking parameters up."""
        kind, content = argument
        return self._parameters[content] if kind == "parameter" else content

    # -- what failed, in words -------------------------------------------------------------------------------------

    def first_failure(self, expectation: Expectation, resource: Resource) -> tuple[str, str] | None:
        """Return the (fact, operator) that decided against the resource, or None where alternatives did."""
        if expectation[0] == "every":
            for part in expectation[1]:
                if self.holds(part, resource) is not True:
                    return self.first_failure(part, resource)
        if expectation[0] == "fact":
            _, name, matcher = expectation
            value = getattr(resource, name)
            for operator, argument in matcher:
                if self.matches(((operator, argument),), value, self._types[name]) is not True:
                    return name, operator
        return None

    def describe(self, expectation: Expectation) -> str:
        """Put an expectation into words."""
        if expectation[0] == "fact":
            _, name, matcher = expectation
            return f"{name.replace('_', ' ')} {self._matcher_words(matcher)}"
        words = [self.describe(part) for part in expectation[1]]
        if expectation[0] == "every":
            return " and ".join(words)
        joined = " or ".join(f"({word})" if " and " in word else word for word in words)
        return joined if expectation[0] == "some" else f"not: {joined}"

    def _matcher_words(self, matcher: Matcher) -> str:
        return " and ".join(self._operator_words(operator, argument) for operator, argument in matcher)

    def _operator_words(self, operator: str, argument: Argument) -> str:
        if operator in {"present", "absent"}:
            return operator
        if argument[0] == "matcher":
            inner = self._matcher_words(argument[1])
            return f"not {inner}" if operator == "not" else f"{operator} element {inner}"
        wanted = self.value(argument)
        text = ", ".join(map(_word, wanted)) if isinstance(wanted, tuple) else _word(wanted)
        return {
            "equals": text,
            "not_equals": f"not {text}",
            "one_of": f"one of {text}",
            "none_of": f"none of {text}",
        }.get(operator, f"{operator.replace('_', ' ')} {text}")


def _word(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def conjunction(verdicts: list[Verdict]) -> Verdict:
    """Return false if one is false, else the first that cannot be told (unknown before deferred), else true."""
    return _first(verdicts, decisive=False)


def disjunction(verdicts: list[Verdict]) -> Verdict:
    """Return true if one is true, else the first that cannot be told (unknown before deferred), else false."""
    return _first(verdicts, decisive=True)


def negation(verdict: Verdict) -> Verdict:
    """Turn true and false around; what cannot be told stays so."""
    return verdict if isinstance(verdict, (Unknown, Deferred)) else not verdict


def _first(verdicts: list[Verdict], *, decisive: bool) -> Verdict:
    if decisive in verdicts:
        return decisive
    untold = [verdict for verdict in verdicts if isinstance(verdict, _UNTOLD)]
    if not untold:
        return not decisive
    return next((verdict for verdict in untold if isinstance(verdict, Unknown)), untold[0])


def _equals(value: object, wanted: object, _: tuple[str, ...]) -> bool:
    if isinstance(value, bool) is not isinstance(wanted, bool):
        return False  # 1 is no true
    return value == wanted


def _position(word: object, scale: tuple[str, ...]) -> float:
    """Return a number as it is, a word as its position on the scale."""
    if scale:
        return scale.index(str(word))
    return float(word)  # type: ignore[arg-type]  # the compiler held both sides to numbers


def _matches(value: Any, pattern: Any, _: tuple[str, ...]) -> bool:  # noqa: ANN401 - texts, held by the compiler
    import re

    return re.search(pattern, value) is not None


_COMPARISONS: dict[str, Callable[[Any, Any, tuple[str, ...]], bool]] = {
    "equals": _equals,
    "not_equals": lambda value, wanted, scale: not _equals(value, wanted, scale),
    "one_of": lambda value, wanted, scale: any(_equals(value, item, scale) for item in wanted),
    "none_of": lambda value, wanted, scale: not any(_equals(value, item, scale) for item in wanted),
    "at_least": lambda value, wanted, scale: _position(value, scale) >= _position(wanted, scale),
    "at_most": lambda value, wanted, scale: _position(value, scale) <= _position(wanted, scale),
    "contains": lambda value, wanted, _: wanted in value,
    "matches": _matches,
}
