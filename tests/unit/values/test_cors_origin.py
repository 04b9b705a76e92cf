from __future__ import annotations

import time

import pytest

from preflight.values.cors_origin import CODES, classify, classify_all, classify_regex, parse_origins

TOKENS = {
    "exact": (
        "https://app.example.com", "https://app.example.com:8443", "https://a-b.example.co.uk", "https://xn--bcher-kva.example",
        "https://203.0.113.7", "https://[2001:db8::1]:8443", "https://10.0.0.5", "capacitor://localhost",
        "chrome-extension://abcdefgh", "https://app.internal",
    ),
    "wildcard": ("*", "**", " * "),
    "reflects_any": (
        "true", "TRUE", ".*", "^.*$", "^.*", ".+", "/.*/", "/^.*$/i", "https://*", "http://*", "*://*", "http*://*", "http*",
        "https://*:*", "*:*", "https://.*", "^https?://.*$", "^https://(.*)$", "*.*",
    ),
    "null_origin": ("null", "NULL", " null "),
    "wildcard_subdomain": (
        "https://*.example.com", "*.example.com", "https://app-*.example.com", "https://app.example.com:*", "http://*.com",
    ),
    "regex_unanchored": (
        r"https://.*\.example\.com", r"/example\.com$/", r"^https://.*example\.com$", "https://.*.example.com",
        "https?://example.com", r"^https://example\.com", "https://(app|admin).example.com", "https://app[0-9].example.com",
    ),
    "regex_unescaped_dot": ("^https://app.example.com$",),
    "regex_anchored": (r"^https://app\.example\.com$", r"/^https:\/\/app\.example\.com$/"),
    "plain_http": ("http://app.example.com", "http://10.0.0.5:8080", r"^https?://app\.example\.com$", "http://app.example.com/"),
    "loopback": (
        "http://localhost:3000", "https://localhost", "http://127.0.0.1:5173", "http://127.1", "http://[::1]:3000",
        "http://app.localhost", "http://0.0.0.0:8000", r"^http://localhost:\d+$",
    ),
    "userinfo": ("https://user@app.example.com", "https://user:word@app.example.com:8443"),
    "path": ("https://app.example.com/login", "https://app.example.com//", "https://app.example.com?x=1", "https://a.example#x"),
    "trailing_slash": ("https://app.example.com/", "https://app.example.com:8443/"),
    "upper_case": ("https://App.example.com", "HTTPS://app.example.com"),
    "default_port": ("https://app.example.com:443", "https://app.example.com:0443"),
    "non_ascii": ("https://b\N{LATIN SMALL LETTER U WITH DIAERESIS}cher.example",),
    "no_scheme": ("app.example.com", "localhost:3000", "//app.example.com", "app.example.com/path", "false"),
    "space": ("https://app. example.com", " https://app.example.com", "https://app.example.com\n"),
    "unparsable": (
        "", "https://", "://app.example.com", "https://app.example.com:", "https://app.example.com:99999",
        "https://app.example.com:8443x", "https://app.example.com:08443", "https://[::1", "https://[nonsense]", "file://",
        "${FRONTEND_URL}", "<your-origin>", "https://${HOST}", "https://a..example", "1http://app.example.com", "https://a_%.b",
    ),
}  # fmt: skip
PATTERNS = {
    "regex_anchored": (
        r"^https://app\.example\.com$",
        r"^https://app[.]example[.]com$",
        r"\Ahttps://app\.example\.com\Z",
        r"(?i)^https://app\.example\.com$",
        r"/^https:\/\/app\.example\.com$/i",
        r"^https://.*\.example\.com$",
        r"^https://[^.]+\.example\.com$",
        r"^https://(app|admin)\.example\.com(:\d+)?$",
        r"^https://(?:[a-z0-9-]+\.)*example\.com$",
        r"^https://(?P<name>.+\.)?example\.com$",
        r"^https://a\.example\.com$|^https://b\.example\.com$",
        r"^(https://a\.example\.com|https://b\.example\.com)$",
        r"^https://pr-\d{1,4}\.preview\.example\.com$",
        r"^https://example\.com:.*$",
        r"^https://a\.example\.com$,^https://b\.example\.com$",
        r'["^https://a\\.example\\.com$", "^https://b\\.example\\.com$"]',
    ),
    "regex_unanchored": (
        r"https://app\.example\.com",
        r"^https://app\.example\.com",
        r"https://app\.example\.com$",
        r"^https://a\.example\.com|https://b\.example\.com$",
        r"^https://.*example\.com$",
        r"^https://(.*)example\.com$",
        r"^https://example\.com.*$",
        r"^https://app\.example\.[a-z]+$",
        r"^https://[a-z]+\.com$",
        r"^.+://example\.com$",
        r"^(?!https://evil).*example\.com$",
        r"^https://example\.com(?=x)$",
        r"^https://example\x2ecom$",
        r"^https://example\.com$.*",
        r"^https://a**\.example\.com$",
        r"^*https://a\.example\.com$",
        r"^https://example\.com:?.*$",
        r'["^https://a\\.example\\.com$", "example"]',
    ),
    "regex_unescaped_dot": ("^https://app.example.com$", r"^https://app\.example.com$", r"^https://.*\.example.com$"),
    "reflects_any": (
        ".*",
        "^.*$",
        "",
        "^https?://.*$",
        "/.*/",
        ".",
        r"^https://[a-z]+\.[a-z]+$",
        r"\S+",
        '["a", ".*"]',
        "x|.*",
    ),
    "plain_http": (r"^https?://app\.example\.com$", r"^http://.*\.example\.com$"),
    "loopback": (r"^https?://(localhost|127\.0\.0\.1)(:[0-9]+)?$", r"^http://\[::1\]:3000$", r"^http://.*\.localhost$"),
    "unparsable": (
        "^$",
        "^https://a\\.example(",
        "^https://a\\.example)$",
        "*",
        "[a",
        "{2}",
        "^https://({2})$",
        "^https://a\\",
    ),
}


@pytest.mark.parametrize(("token", "code"), [(token, code) for code, tokens in TOKENS.items() for token in tokens])
def test_each_entry_has_its_code(token: str, code: str) -> None:
    assert classify(token) == code


@pytest.mark.parametrize(("text", "code"), [(text, code) for code, texts in PATTERNS.items() for text in texts])
def test_each_pattern_has_its_code(text: str, code: str) -> None:
    assert classify_regex(text) == code


def test_every_code_is_explained_and_reached() -> None:
    assert set(CODES) == set(TOKENS) | set(PATTERNS)
    assert all(reason.endswith(".") and reason.count(". ") == 0 for reason in CODES.values())


def test_all_that_is_wrong_is_said_gravest_first() -> None:
    assert classify_all("http://User@App.example.com:80/x") == (
        "plain_http", "userinfo", "path", "upper_case", "default_port",
    )  # fmt: skip
    assert classify_all("https://app.example.com") == ("exact",)
    assert classify_all(" * ") == ("wildcard",)  # some libraries take the blanks away


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", ()),
        ("  ", ()),
        ("https://a.example", ("https://a.example",)),
        ("https://a.example,https://b.example", ("https://a.example", "https://b.example")),
        ("https://a.example, https://b.example;https://c.example\n*", ("https://a.example", "https://b.example", "https://c.example", "*")),
        (",https://a.example,,", ("https://a.example",)),
        ("\"https://a.example\", 'https://b.example'", ("https://a.example", "https://b.example")),
    ],
)  # fmt: skip
def test_a_list_is_split_at_commas_semicolons_and_white_space(text: str, tokens: tuple[str, ...]) -> None:
    parsed = parse_origins(text)
    assert (parsed.format, parsed.tokens, parsed.problem) == ("list", tokens, None)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("[]", ()),
        (" [ ] ", ()),
        ('["https://a.example"]', ("https://a.example",)),
        ('[ "a" ,\n\t"b" ]', ("a", "b")),
        (r'["a\u0041\n\"", ""]', ('aA\n"', "")),
        ('["https://a.example https://b.example"]', ("https://a.example https://b.example",)),
    ],
)
def test_a_json_array_is_read_as_json(text: str, tokens: tuple[str, ...]) -> None:
    parsed = parse_origins(text)
    assert (parsed.format, parsed.tokens, parsed.problem) == ("json", tokens, None)


@pytest.mark.parametrize(
    ("text", "tokens", "problem"),
    [
        ("['https://a.example']", ("https://a.example",), "malformed_json"),
        ('["https://a.example",]', ("https://a.example",), "malformed_json"),
        ('["https://a.example" "*"]', ("https://a.example", "*"), "malformed_json"),
        ('["https://a.example"', ("https://a.example",), "malformed_json"),
        ('["https://a.example"],', ("https://a.example",), "malformed_json"),
        ('["a', ("a",), "malformed_json"),
        ('["\\q"]', ("\\q",), "malformed_json"),
        ("[", (), "malformed_json"),
        ("[null]", ("null",), "not_strings"),
        ("[1, 2]", ("1", "2"), "not_strings"),
        ("[*]", ("*",), "not_strings"),
    ],
)
def test_broken_json_is_told_and_its_entries_are_judged_all_the_same(
    text: str, tokens: tuple[str, ...], problem: str
) -> None:
    parsed = parse_origins(text)
    assert (parsed.format, parsed.problem) == ("list", problem)
    assert tuple(token.strip("]\"'") for token in parsed.tokens) == tokens


@pytest.mark.parametrize(
    "text",
    ["(a|b)" * 40, "(a?){0,1}" * 500, "(" * 5000, "(?:" * 15 + "a|b" * 30 + ")" * 15, "a" * 500_000, "[" * 50_000, "^" * 5000],
    ids=len,
)  # fmt: skip
def test_no_pattern_takes_long(text: str) -> None:
    started = time.process_time()
    assert classify_regex(text) != "regex_anchored"
    assert time.process_time() - started < 1


def test_a_long_list_of_hosts_is_still_followed() -> None:
    hosts = "|".join(f"app{number}" for number in range(200))
    assert classify_regex(rf"^https://({hosts})\.example\.com(:\d+)?$") == "regex_anchored"
