"""Words for environments: which are known, which are slips, and which somebody chose."""

from __future__ import annotations

import pytest

from preflight.resources.environment import meant_by


@pytest.mark.parametrize(
    ("word", "meant"),
    [
        ("prodcution", "production"),
        ("produktion", "production"),
        ("producton", "production"),
        ("pord", "production"),
        ("stagging", "staging"),
        ("stag", "staging"),
        ("developement", "development"),
        ("tesst", "test"),
    ],
)
def test_a_slip_of_a_known_word_is_told_what_it_means(word, meant):
    assert meant_by(word) == meant


@pytest.mark.parametrize(
    "word",
    [
        "qa",
        "canary",
        "blue",
        "green",
        "stable",
        "demo",
        "pre",
        "acc",
        "prod2",
        "test-eu",
        "sandbox",
        "preview",
        "hosting",
    ],
)
def test_a_word_of_its_own_means_nothing_else(word):
    assert meant_by(word) is None


@pytest.mark.parametrize("word", ["production", "prod", "uat", "ci", "an unrecognised word"])
def test_a_known_word_and_one_that_is_not_shown_are_no_slips(word):
    assert meant_by(word) is None
