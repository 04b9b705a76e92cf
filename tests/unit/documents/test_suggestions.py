from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.documents.suggestions import did_you_mean, distance

KEYS = ("severity", "title", "resource", "where", "expect", "fail_on", "env", "postgres-sslmode")
TEXTS = st.text("abc", max_size=6)


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("severty", "severity"),
        ("sevreity", "severity"),
        ("Severity", "severity"),
        ("fail-on", "fail_on"),
        ("failon", "fail_on"),
        ("tilte", "title"),
        ("evn", "env"),
        ("postgres-slmode", "postgres-sslmode"),
        ("expects", "expect"),
        ("no", None),
        ("", None),
        ("completely", None),
        ("severity", None),
        ("x" * 81, None),
    ],
)
def test_the_nearest_word(word: str, meant: str | None) -> None:
    assert did_you_mean(word, KEYS) == meant


def test_of_equally_near_words_the_first() -> None:
    assert did_you_mean("cats", ["cars", "bats"]) == "cars"


def naive(left: str, right: str) -> int:
    """Recursive definition of optimal string alignment."""
    if not left or not right:
        return len(left) + len(right)
    best = min(
        naive(left[1:], right) + 1, naive(left, right[1:]) + 1, naive(left[1:], right[1:]) + (left[0] != right[0])
    )
    if len(left) > 1 and len(right) > 1 and left[0] == right[1] and left[1] == right[0]:
        best = min(best, naive(left[2:], right[2:]) + 1)
    return best


@given(TEXTS, TEXTS, st.integers(1, 8))
def test_the_distance_is_the_recursive_definition_up_to_the_limit(left: str, right: str, limit: int) -> None:
    assert distance(left, right, limit) == min(naive(left, right), limit)
