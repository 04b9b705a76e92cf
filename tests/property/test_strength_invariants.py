"""What holds of the strength of every text."""

from __future__ import annotations

import random
import string
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from preflight.strength import CLASSES, assess, character_classes, decoded_bytes, is_pem, placeholder_kind

ALNUM = string.ascii_letters + string.digits
ANY_TEXT = st.text(st.characters(), max_size=400)  # lone surrogates, NUL, emoji and combining marks included
PIECES = st.lists(
    st.sampled_from(
        [
            "password",
            "secret",
            "1q2w3e",
            "2024-01-02",
            "aaaa",
            "x",
            "_",
            ",",
            "00",
            "qwerty",
            "\u0416",
            "%41",
            "=",
            "e\u0301",
        ]
    ),
    max_size=80,
).map("".join)


@given(ANY_TEXT | PIECES)
def test_every_fact_of_every_text_has_its_range(text):
    strength = assess(text)
    assert 0 <= strength.bits < 2000
    assert 0 <= strength.coverage <= 1
    assert strength.likeness >= -99
    assert strength.human == (strength.coverage >= 0.30 or strength.likeness >= 9)
    assert placeholder_kind(text) in (None, "placeholder", "unexpanded")
    assert 0 <= decoded_bytes(text) <= len(text.encode("utf-8", "surrogatepass"))
    assert set(character_classes(text)) <= set(CLASSES)
    assert is_pem(text) in (True, False)


@given(ANY_TEXT | PIECES)
def test_the_same_text_has_the_same_strength(text):
    assert assess(text) == assess(text)


@settings(max_examples=60)
@given(seed=st.integers(0, 2**64), size=st.integers(32, 200), more=st.integers(1, 200))
def test_more_random_characters_do_not_weaken_a_random_value(seed, size, more):
    draw = random.Random(seed)
    text = "".join(draw.choices(ALNUM, k=size))
    longer = text + "".join(draw.choices(ALNUM, k=more))
    assert assess(longer).bits >= assess(text).bits - 12


@given(
    text=st.sampled_from(["correct horse battery staple ", "MySuperSecretPassword2024!", "qwertyuiopasdfghjkl"]),
    count=st.integers(2, 3000),
)
def test_repetition_makes_no_key(text, count):
    strength = assess(text * count)
    assert strength.human or strength.bits < 100


@pytest.mark.parametrize("unit", ["a", "ab", "password", "1q2w3e4r5t", "your-x-", "YWFh", "\u0416", "00", "x1,"])
def test_long_texts_take_no_longer_than_short_ones(unit):
    text = unit * 50_000
    best = min(_seconds(text) for _ in range(5))
    # Some 3 ms on an idle machine; the bound is for busy ones.
    assert best < 0.05


def _seconds(text: str) -> float:
    start = time.perf_counter()
    assess(text)
    return time.perf_counter() - start
