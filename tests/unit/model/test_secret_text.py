"""The opaque carrier of literals."""

from __future__ import annotations

import copy
import json
import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.model.secret_text import SecretText

CANARY = "Ω≈ç√∫-canary-Ω"


@pytest.mark.parametrize(
    "show",
    [
        repr,
        str,
        format,
        lambda s: f"{s}",
        lambda s: f"{s!r}",
        lambda s: f"{s:>40}",
        lambda s: str([s]),
    ],
)
def test_no_way_of_printing_shows_the_value(show):
    assert "canary" not in show(SecretText(CANARY))


def test_pickle_copy_and_json_do_not_carry_it():
    with pytest.raises(TypeError, match="pickle"):
        pickle.dumps(SecretText(CANARY))
    with pytest.raises(TypeError, match="pickle"):
        copy.deepcopy(SecretText(CANARY))
    with pytest.raises(TypeError):
        json.dumps({"value": SecretText(CANARY)})


def test_vars_and_dir_do_not_show_it():
    secret = SecretText(CANARY)
    assert not hasattr(secret, "__dict__")
    assert "canary" not in str(dir(secret))


@given(st.text())
def test_it_compares_and_reveals(text):
    assert SecretText(text) == SecretText(text)
    assert SecretText(text).reveal() == text
    assert bool(SecretText(text)) is bool(text)
    assert SecretText(text) != text
