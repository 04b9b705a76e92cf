"""What is literal in a text and what is a variable: as the interpolation itself reads it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.resources._written import mark, shown_variables
from preflight.sources.env_file.interpolation import interpolate

TEXTS = st.text(alphabet="${}ab:-?+\n _1", max_size=30) | st.lists(
    st.sampled_from(["${A}", "$A", "$$", "${A:-b}", "${A-${B}}", "${A:-{}}", "${A:?m}", "${A:+w}", "}", "x", "\n"]), max_size=8
).map("".join)  # fmt: skip


def emptied(text: str) -> str:
    """Put nothing in for every variable, and defaults in for those that have one."""
    marked = mark(text)
    words = {
        letter: emptied(variable.word) if variable.operator in {"-", ":-"} else ""
        for letter, variable in marked.variables.items()
    }
    return "".join(words.get(letter, letter) for letter in marked.text)


@given(TEXTS)
def test_it_finds_what_interpolation_replaces(text):
    done = interpolate(text, lambda _: None)
    if done.ok:
        assert emptied(text) == done.text


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("${A}", ("A",)),
        ("$A", ()),  # it may be a piece of a password
        ("x${A:-${B}}y${A}", ("A", "B")),
        ("$${A}", ()),
        ("plain", ()),
    ],
)
def test_names_that_can_be_shown(text, names):
    assert shown_variables(text) == names


@pytest.mark.parametrize(
    ("text", "meant"),
    [("${word}", True), ("a${word}", True), ("$WORD", True), ("a$WORD", False), ("$word", False), ("pa$word", False)],
)
def test_a_glued_dollar_is_rather_a_piece_of_a_password(text, meant):
    assert [variable.meant for variable in mark(text).variables.values()] == [meant]


def test_letters_do_not_clash_with_those_of_the_text():
    marked = mark("一${A}丁")
    assert marked.text.replace(next(iter(marked.variables)), "") == "一丁"
