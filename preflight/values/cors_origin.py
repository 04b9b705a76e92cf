"""Origins as CORS settings write them (RFC 6454, section 6.2; Fetch standard, "CORS protocol").

A browser sends scheme, host and port in lower case, the scheme's default port left out, and nothing behind. Libraries
compare with exactly that (Starlette, Django), or take `*` and patterns (Spring, Traefik, express), so that what never
matches in one lets too much in with another.
"""

from __future__ import annotations

from preflight.model.record import Record, field
from preflight.values._words import split, unquote
from preflight.values.listen_address import parse_listen_address

# code: why it matters, for people; what lets more in than it should comes first
CODES = {
    "wildcard": "It lets every origin in.",
    "reflects_any": "It lets every origin in, by repeating whatever origin asks.",
    "null_origin": "Every sandboxed frame and every local file has the origin null.",
    "regex_unanchored": "The pattern also matches other hosts, such as a longer name that an attacker registers.",
    "regex_unescaped_dot": "A dot in the pattern matches any character, so that it also matches other hosts.",
    "wildcard_subdomain": "Libraries that compare exactly never match this pattern; others match whatever it covers.",
    "plain_http": "The page is not served over https, so whoever is on the way can change it.",
    "loopback": "It lets in pages of the visitor's own machine.",
    "userinfo": "An origin has no user name, so this never matches.",
    "path": "An origin ends with its host or port, so this never matches.",
    "trailing_slash": "An origin has no slash at its end, so this never matches.",
    "upper_case": "Browsers send origins in lower case, so this never matches.",
    "default_port": "Browsers leave the scheme's default port out, so this never matches.",
    "non_ascii": "Browsers send international names as xn--, so this never matches.",
    "no_scheme": "An origin starts with its scheme, such as https://, so this never matches.",
    "space": "An origin has no white space, so this never matches.",
    "unparsable": "This is no origin and no pattern of origins.",
    "regex_anchored": "The pattern matches whole origins of one domain.",
    "exact": "This is an origin as browsers send it.",
}
_DEFAULT_PORTS = {"http": 80, "https": 443}
_WEB = frozenset({"http", "https"})
_NAME = frozenset("abcdefghijklmnopqrstuvwxyz0123456789-._")
_SPACE = " \t\n\r\f\v"


class ParsedOrigins(Record):
    """A list of origins."""

    format: str = field("How it is written.", choices=("json", "list"))
    tokens: tuple[str, ...] = field("The entries, in order, without quotes.")
    problem: str | None = field(
        "malformed_json (it starts like JSON and is none) or not_strings (its entries are no strings).", default=None
    )


def parse_origins(text: str) -> ParsedOrigins:
    """Split a setting into its entries.

    Args:
        text: A JSON array where it starts with `[` (the only form that pydantic-settings takes for a list); else entries
            between commas, semicolons or white space, each with or without quotes. Nothing at all is an empty list.
    """
    stripped = text.strip()
    if not stripped.startswith("["):
        return ParsedOrigins(format="list", tokens=_entries(stripped))
    values, problem = _json_strings(stripped)
    if problem is None:
        return ParsedOrigins(format="json", tokens=values)
    return ParsedOrigins(format="list", tokens=_entries(stripped.strip("[]")), problem=problem)


def _entries(text: str) -> tuple[str, ...]:
    return tuple(word for word in map(unquote, split(text, ",;" + _SPACE)) if word)


def _json_strings(text: str) -> tuple[tuple[str, ...], str | None]:
    """Read a JSON array of strings without importing `json` (6 ms, for the sake of `re`).

    Returns:
        The strings, and None or the code of what is wrong.
    """
    try:
        from _json import scanstring  # the C function that json itself uses
    except ImportError:  # another interpreter
        from json.decoder import scanstring  # type: ignore[attr-defined,no-redef]  # typeshed leaves it out

    found: list[str] = []
    position, wanted = _after_space(text, 1), False
    while wanted or text[position : position + 1] != "]":
        if text[position : position + 1] != '"':
            return (), "malformed_json" if text[position : position + 1] in {"", "'", ",", "]"} else "not_strings"
        try:
            value, position = scanstring(text, position + 1, True)
        except ValueError:
            return (), "malformed_json"
        found.append(value)
        position = _after_space(text, position)
        wanted = text[position : position + 1] == ","
        if wanted:
            position = _after_space(text, position + 1)
        elif text[position : position + 1] != "]":
            return (), "malformed_json"
    return tuple(found), None if position == len(text) - 1 else "malformed_json"


def _after_space(text: str, position: int) -> int:
    while text[position : position + 1] in {" ", "\t", "\n", "\r"}:
        position += 1
    return position


def classify(token: str) -> str:
    """Return the code of one entry of a list: the gravest of `classify_all`."""
    return classify_all(token)[0]


def classify_all(token: str) -> tuple[str, ...]:
    """Return every code of one entry of a list, gravest first (the order of `CODES`); `exact` stands alone.

    Args:
        token: One entry, such as `https://app.example.com`, `*`, `https://*.example.com`, or a regular expression.
    """
    word = token.strip(_SPACE)
    found = _codes(word)
    if word != token and found <= {"exact", "regex_anchored"}:
        found = {"space"}
    return tuple(code for code in CODES if code in found)


def classify_regex(text: str) -> str:
    """Return the code of a pattern of origins: `regex_anchored` where it matches whole origins of named domains.

    Args:
        text: A regular expression, bare or between slashes as in JavaScript. Several, as a JSON array or as a list of
            which each begins with `^` and ends with `$`, are judged by the gravest.
    """
    from preflight.values.origin_pattern import pattern_codes

    found = {code for pattern in _patterns(text) for code in pattern_codes(unquote(pattern))}
    return next(code for code in CODES if code in found)


def _patterns(text: str) -> tuple[str, ...]:
    parsed = parse_origins(text)
    if parsed.tokens and (
        parsed.format == "json" or all(one.startswith("^") and one.endswith("$") for one in parsed.tokens)
    ):
        return parsed.tokens
    return (text,)


def _codes(word: str) -> set[str]:
    lower = word.lower()
    if word and not word.strip("*"):
        return {"wildcard"}
    if lower in {"true", "http*"} or ("*" in word and not word.rpartition("://")[2].strip("*.:")):
        return {"reflects_any"}  # express reads `true`, patterns such as https://*:* name no host
    if lower == "null":
        return {"null_origin"}
    if _looks_like_regex(word):
        return {classify_regex(word)}
    if "*" in word:
        return {"wildcard_subdomain"}
    if any(character in word for character in _SPACE):
        return {"space"}
    scheme, separator, rest = word.partition("://")
    if not separator:
        named = _is_host(_host_and_port(word.removeprefix("//").partition("/")[0].lower())[0])
        return {"no_scheme"} if named else {"unparsable"}
    return _origin_codes(scheme, rest) or {"exact"}


def _looks_like_regex(word: str) -> bool:
    if word.startswith("^") or word.endswith("$") or any(part in word for part in ("\\", ".*", ".+", "(", "|", "s?:")):
        return True
    if word.startswith("/") and not word.startswith("//"):
        return "/" in word[1:]
    return "[" in word.replace("://[", "")


def _origin_codes(scheme: str, rest: str) -> set[str]:
    """Return what is wrong with an origin; nothing for one as browsers send it."""
    found: set[str] = set()
    end = min((place for place in map(rest.find, "/?#") if place >= 0), default=len(rest))
    authority, behind = rest[:end], rest[end:]
    if behind:
        found.add("trailing_slash" if behind == "/" else "path")
    if "@" in authority:
        found.add("userinfo")
        authority = authority.rpartition("@")[2]
    if scheme + authority != (scheme + authority).lower():
        found.add("upper_case")
    if not authority.isascii():
        found.add("non_ascii")
    scheme, authority = scheme.lower(), authority.lower()
    host, colon, port = _host_and_port(authority)
    number = int(port) if port.isdecimal() and port.isascii() and len(port) <= 5 else -1
    if not _is_scheme(scheme) or not _is_host(host) or (colon and not 0 <= number <= 65535):
        return {"unparsable"}
    if colon and number == _DEFAULT_PORTS.get(scheme):
        found.add("default_port")
    elif colon and str(number) != port:
        return {"unparsable"}
    if scheme in _WEB and is_this_machine(host):
        found.add("loopback")
    elif scheme == "http":
        found.add("plain_http")
    return found


def _host_and_port(authority: str) -> tuple[str, str, str]:
    if authority.startswith("["):
        host, bracket, tail = authority.partition("]")
        return (host + bracket, tail[:1], tail[1:]) if bracket and tail[:1] in {"", ":"} else ("", "", "")
    return authority.partition(":")


def _is_scheme(scheme: str) -> bool:
    return scheme[:1].isalpha() and scheme.isascii() and all(c.isalnum() or c in "+-." for c in scheme)


def _is_host(host: str) -> bool:
    if host.startswith("["):
        return ":" in host and parse_listen_address(host).scope != "unknown"
    return bool(host) and host[0] != "." and ".." not in host and all(c in _NAME or not c.isascii() for c in host)


def is_this_machine(host: str) -> bool:
    """Whether a page's host is the visitor's own machine: `localhost`, 127.0.0.0/8, `[::1]`, 0.0.0.0."""
    return parse_listen_address(host).scope in {"loopback", "all"}
