"""Origins: JSON is read as `json` reads it, and a pattern that is called sound never matches a foreign origin."""

from __future__ import annotations

import json
import re

from hypothesis import example, given, settings
from hypothesis import strategies as st

from preflight.values.cors_origin import CODES, classify, classify_all, classify_regex, parse_origins

# Their registered domains hold a z, and no piece below names one: only what varies too much can match them.
FOREIGN = (
    "https://z.test", "https://zexample.com", "https://example.com.z", "https://examplezcom", "https://example.comz",
    "https://app-example.z", "https://z.com", "https://app.zexample.com", "https://example.com.z.com", "https://z",
    "https://appzexample.com", "https://app.examplezcom", "https://app.z.com", "https://example.com.zz.zz",
)  # fmt: skip
PIECES = (
    "^", "$", "https://", "http://", "https?://", ".*", ".+", ".", r"\.", "[a-z]+", "[^.]+", r"\w+", "(", ")", "|", "?", "*",
    "example", r"example\.com", "example.com", "app", r"\.com", "com", r"(:\d+)?", r"(.*\.)?", r"([a-z-]+\.)*", "(?:", "{2}",
    "{0,1}", "[.]", r"\S", "a", "e", r"(app|admin)\.",
)  # fmt: skip
patterns = st.one_of(
    st.lists(st.sampled_from(PIECES), max_size=8).map("".join),
    st.lists(st.sampled_from(PIECES), max_size=6).map(lambda parts: "^https://" + "".join(parts) + r"example\.com$"),
    st.lists(st.sampled_from(PIECES), max_size=4).map(lambda parts: r"^https://example\.com" + "".join(parts) + "$"),
)


@settings(deadline=None)
@given(st.one_of(st.text(), st.text(alphabet="htps:/.*?^$|()[]{}\\a1@#%, \"'", max_size=40)))
def test_every_text_is_classified(text: str) -> None:
    codes = classify_all(text)
    assert codes
    assert set(codes) <= set(CODES)
    assert classify(text) == codes[0]
    assert classify_regex(text) in CODES
    assert all(isinstance(token, str) for token in parse_origins(text).tokens)


@settings(deadline=None, max_examples=1500)
@given(patterns)
@example(r"^https://(.*|app)\.example\.com$")
@example(r"^https://.*.example\.com$")
@example(r"^https://app\.example\.com|https://example\.com$")
def test_a_sound_pattern_matches_no_foreign_origin(pattern: str) -> None:
    if classify_regex(pattern) != "regex_anchored":
        return
    compiled = re.compile(pattern)  # and so it is at least one that compiles
    assert not [origin for origin in FOREIGN if compiled.search(origin)]
    assert not [
        origin for origin in ("null", "http://example.com", "http://app.example.com") if compiled.search(origin)
    ]


@settings(deadline=None)
@given(st.lists(st.sampled_from(["app", "admin", "a-b", "x1"]), min_size=1, max_size=4, unique=True), st.booleans())
def test_patterns_of_named_hosts_are_sound(names: list[str], any_port: bool) -> None:  # noqa: FBT001 - drawn, not called
    pattern = rf"^https://({'|'.join(names)})\.example\.com{'(:[0-9]+)?' if any_port else ''}$"
    assert classify_regex(pattern) == "regex_anchored"


blanks = st.text(alphabet=" \t\n\r", max_size=2)


@settings(deadline=None)
@given(st.lists(st.text(max_size=12), max_size=4), blanks, st.booleans())
def test_json_that_is_valid_is_read_as_json_reads_it(values: list[str], blank: str, ascii_only: bool) -> None:  # noqa: FBT001 - drawn
    text = json.dumps(values, ensure_ascii=ascii_only, separators=(f"{blank},{blank}", ":"))
    parsed = parse_origins(f"{blank}{text}{blank}")
    assert (parsed.format, list(parsed.tokens), parsed.problem) == ("json", values, None)


@settings(deadline=None)
@given(st.text(alphabet='[]",\\un0a1 \t{}:', max_size=16).map(lambda rest: "[" + rest))
def test_what_json_refuses_is_refused(text: str) -> None:
    try:
        value = json.loads(text.strip())
    except ValueError:
        value = None
    strings = isinstance(value, list) and all(isinstance(one, str) for one in value)
    assert (parse_origins(text).problem is None) == strings
