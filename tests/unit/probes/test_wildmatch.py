from __future__ import annotations

import time

import pytest

from preflight.probes.wildmatch import compiled, matches


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("foo", "foo", True),
        ("foo", "fooo", False),
        ("", "", True),
        ("", "a", False),
        ("*", "", True),
        ("*", "foo", True),
        ("*", "foo/bar", False),
        ("foo/*", "foo/test.json", True),
        ("foo/*", "foo/bar/hello.c", False),
        ("?", "a", True),
        ("?", "/", False),
        ("??", "a", False),
        ("**/foo", "foo", True),
        ("**/foo", "a/b/foo", True),
        ("**/foo", "a/bfoo", False),
        ("abc/**", "abc/a/b", True),
        ("abc/**", "abc", False),
        ("a/**/b", "a/b", True),
        ("a/**/b", "a/x/b", True),
        ("a/**/b", "a/x/y/b", True),
        ("a/**/b", "a/xb", False),
        ("**", "a/b/c", True),
        ("a**b", "axb", True),
        ("a**b", "a/b", False),
        ("***/a", "x/y/a", True),
        ("*/**/a", "x/a", True),
        ("a*b*c", "abbc", True),
        ("a*b*c", "abb", False),
        # bracket expressions
        ("[ab]", "b", True),
        ("[!ab]", "b", False),
        ("[^ab]", "c", True),
        ("[!a]", "/", False),
        ("a[/]b", "a/b", False),
        ("[a-c]", "b", True),
        ("[a-c]", "d", False),
        ("[c-a]", "b", False),
        ("[]]", "]", True),
        ("[]a]", "a", True),
        ("[!]]", "]", False),
        ("[a-]", "-", True),
        ("[-a]", "-", True),
        ("[a-c-e]", "-", True),
        ("[a-c-e]", "d", False),
        (r"[\]]", "]", True),
        (r"[\a-\c]", "b", True),
        (r"[a-\c]", "b", True),
        ("[[:digit:]x]", "7", True),
        ("[[:digit:]x]", "x", True),
        ("[[:digit:]]", "a", False),
        ("[![:digit:]]", "a", True),
        ("[[:alpha:]-z]", "-", True),
        ("[[:al]", ":", True),
        ("[[:nope:]]", "n", False),
        # escapes
        (r"\*", "*", True),
        (r"\*", "a", False),
        (r"\\", "\\", True),
        (r"\a", "a", True),
        # what is malformed never fits
        ("[a", "a", False),
        ("[", "[", False),
        ("[a-", "a", False),
        ("a\\", "a", False),
        ("a\\", "a\\", False),
        ("[\\", "\\", False),
        ("[[:digit:", "1", False),
    ],
)
def test_patterns_of_paths(pattern: str, text: str, *, fits: bool) -> None:
    assert matches(compiled(pattern.encode()), text.encode()) == fits


@pytest.mark.parametrize(
    ("pattern", "text", "fits"),
    [
        ("ABC", "abc", True),
        ("[A-C]", "b", True),
        ("[[:upper:]]", "b", True),
        ("A*", "abc", True),
        ("[!a-c]", "b", False),
    ],
)
def test_case_can_be_left_aside(pattern: str, text: str, *, fits: bool) -> None:
    assert matches(compiled(pattern.encode(), fold=True), text.encode()) == fits


@pytest.mark.parametrize("name", "alnum alpha blank cntrl digit graph lower print punct space upper xdigit".split())
def test_every_class_of_posix_is_known(name: str) -> None:
    symbols = compiled(f"[[:{name}:]]".encode())
    tests = {
        "digit": str.isdigit,
        "alpha": str.isalpha,
        "alnum": str.isalnum,
        "lower": str.islower,
        "upper": str.isupper,
    }
    members = {chr(byte) for byte in range(128) if matches(symbols, bytes([byte]))}
    assert members
    if name in tests:
        assert members == {chr(byte) for byte in range(128) if tests[name](chr(byte))}


@pytest.mark.parametrize("pattern", [b"*a" * 50 + b"b", b"**/" * 60 + b"b", b"*?" * 60, b"[a-z]*" * 60 + b"!"])
def test_no_pattern_takes_long(pattern: bytes) -> None:
    started = time.process_time()
    matches(compiled(pattern), b"a" * 2000)
    matches(compiled(pattern), b"a/" * 1000)
    assert time.process_time() - started < 2
