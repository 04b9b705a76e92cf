from __future__ import annotations

import pytest

from preflight.renderers._page import Page, cells, clean


def wrapped(text, width, lead=""):
    page = Page(width)
    page.paragraph(("", lead), ("", text))
    return page.plain().splitlines()


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain", "plain"),
        ("line\nbreak\r\ttab", r"line\nbreak\r\ttab"),
        ("\x1b[31mred\x1b]8;;x\x07", r"\x1b[31mred\x1b]8;;x\x07"),
        ("\x00\x7f\x9b31m", r"\x00\x7f\x9b31m"),
        ("\u202egpj\u2066\u200b\ufeff", r"\u202egpj\u2066\u200b\ufeff"),
        ("\u2028\u2029\x85", r"\u2028\u2029\x85"),
        ("a\u00a0b\u2003c", r"a\xa0b\u2003c"),
        ("\u3164\u2800\u115f\uffa0", r"\u3164\u2800\u115f\uffa0"),
        ("\ud83d \udcff", r"\ud83d \xff"),
        ("\U000e0041\U0010fffd", r"\U000e0041\U0010fffd"),
        ("grün, наблюдение, 設定, 🔥", "grün, наблюдение, 設定, 🔥"),
    ],
)
def test_what_a_terminal_would_not_show_as_itself_is_written_out(text, shown):
    assert clean(text) == shown


@pytest.mark.parametrize(("text", "count"), [("abc", 3), ("grün", 4), ("設定", 4), ("e\u0301", 1), ("🔥", 2), ("", 0)])
def test_columns_are_counted_as_a_terminal_does(text, count):
    assert cells(text) == count


def test_text_is_wrapped_below_itself():
    assert wrapped("one two three four", 12, "    why:  ".rstrip() + " ") == ["    why: one", "         two", "         three", "         four"]  # fmt: skip
    assert wrapped("one two three four", 9) == ["one two", "three", "four"]


def test_a_word_is_never_cut():
    assert wrapped("see /a/very/long/path.pem now", 8) == ["see", "/a/very/long/path.pem", "now"]


def test_wide_letters_take_two_columns():
    assert wrapped("設定 設定", 8) == ["設定", "設定"]
    assert wrapped("設定 設定", 9) == ["設定 設定"]


def test_spaces_within_a_text_stay_and_those_at_a_break_go():
    assert wrapped("a  b   c", 20) == ["a  b   c"]
    assert wrapped("aaaa   bbbb", 6) == ["aaaa", "bbbb"]


def test_words_may_change_their_style_on_the_way():
    page = Page(12)
    page.paragraph(("", ""), ("bad", "REFUSED"), ("", ": six rules"))
    assert page.plain() == "REFUSED: six\nrules\n"


def test_a_line_is_left_as_it_is_but_clean():
    page = Page(10)
    page.line(("command", "chmod 600 a/long/path\nrm -rf"))
    assert page.plain() == "chmod 600 a/long/path\\nrm -rf\n"


def test_blank_lines_do_not_pile_up():
    page = Page(10)
    page.blank()
    page.line(("", "a"))
    page.blank()
    page.blank()
    page.line(("", "b"))
    assert page.plain() == "a\n\nb\n"


def test_colour_begins_and_ends_with_its_words():
    page = Page(40)
    page.paragraph(("error", "ERROR    "), ("name", "two words"), ("", " plain"))
    assert page.coloured() == "\x1b[1;35mERROR\x1b[0m    \x1b[1mtwo words\x1b[0m plain\n"


def test_no_space_is_left_at_the_end_of_a_line():
    page = Page(40)
    page.paragraph(("dim", "    fix: "), ("", ""))
    page.line(("", "a"), ("dim", "  "))
    assert page.plain() == "    fix:\na\n"
    assert page.coloured() == "\x1b[2m    fix:\x1b[0m\na\n"
