"""Secrets within a text that is none as a whole, in the forms in which a secret stands beside its name, or tells itself.

JSON and what is written like it, XML, `name=value`, the Authorization header (RFC 9110), private keys in PEM (RFC 7468), and
tokens that their issuers gave a prefix. One reader for settings, labels, commands and files; it takes time in proportion to the text.
"""

from __future__ import annotations

from preflight.bindings.tokens import tokens
from preflight.resources._given import ISSUED

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from collections.abc import Iterator

    from preflight.bindings import Bindings

MOST_READ = 524_288  # characters of one text; of a longer one is said that it is not known
PRIVATE_KEY = "a private key"
TOKEN = "a token"  # noqa: S105 - what to call one
HEADER = "Authorization"
SCHEMES = frozenset({"bearer", "basic", "token", "apikey", "digest"})
_SHORTEST_KEY = 16
_DEEPEST = 4
_SHORTEST_CREDENTIALS = 8
_NUMBERED = frozenset({"password", "passwd", "passphrase"})  # mount.cifs(8): `password2`
_FURTHER_NAMES = frozenset({("rediscli", "auth"), ("valkeycli", "auth")})
_HEADER_WORDS = frozenset({"authorization", "auth", "header", "headers", "bearer"})
_PATTERNS = {
    "json": r"""(["'])([\w.:/ -]{1,100})\1\s{0,20}:\s{0,20}(?:(["'])((?:(?!\3)[^\\]|\\.)*)\3|([0-9]{4,100}))""",
    "named": r"""\b(?:[Nn]ame|[Kk]ey)["']?\s{0,8}[:=]\s{0,8}["']?([\w.:-]{1,100})["']?"""
    r"""(?:[,\s]{1,40}["']?[Vv]alue["']?\s{0,8}[:=]\s{0,8}|\s{0,8}>)(["']?)([^"'<>\s]{1,10000})""",
    "xml": r"<([\w.:-]{1,100})(?:\s[^<>]{0,500})?>(?:<!\[CDATA\[)?\s{0,40}([^<>\]\s][^<>\]]{0,10000})(?=[<\]])",
    "pair": r"""(?<![\w.])([A-Za-z_][\w.-]{0,100}) ?=(?![=~>]) ?(?:"([^"\n]*)"|'([^'\n]*)'|([^\s,;&"'<>]+))""",
    "header": r"""[Aa][Uu][Tt][Hh][Oo][Rr][Ii][Zz][Aa][Tt][Ii][Oo][Nn]["']?\s{0,4}[:=]?\s{0,4}["']?"""
    r"""(?:[Bb]earer|BEARER|[Bb]asic|BASIC|[Tt]oken|[Aa]pi[Kk]ey)(?:\s{1,4}|%20)([^\s"'`,;<>\\]{4,})""",
    "issued": r"(?<![\w-])(?:" + "|".join(one.replace(".", r"\.") for one in ISSUED) + r")[\w.-]{0,40}?[A-Za-z0-9]{16,}",
}  # fmt: skip
_compiled: dict[str, re.Pattern[str]] = {}


def pattern(name: str) -> re.Pattern[str]:
    """Return one of the patterns, compiled at its first use.

    Args:
        name: Its name.
    """
    found = _compiled.get(name)
    if found is None:
        import re

        found = _compiled[name] = re.compile(_PATTERNS[name], re.DOTALL)
    return found


def is_named(name: str, bindings: Bindings, value: str | None = None) -> bool:
    """Whether a name is a secret's: by the names in force, or by what only certain programs call theirs.

    Args:
        name: The name of a setting, an option, a key.
        bindings: Which names are secrets.
        value: Its value, where known; a switch is no secret.
    """
    if bindings.is_secret(name, value):
        return True
    words = tokens(name)
    if not words or name in bindings.not_secret:
        return False
    last = words[-1]
    if last == "pw" or last in _HEADER_WORDS:
        if last == "pw":
            return len(words) > 1 and bindings.is_secret(f"{name}_password", value)
        return words in _FURTHER_NAMES or (value is not None and is_credentials(value))
    stem = last.rstrip("0123456789")
    return stem != last and stem in _NUMBERED and bindings.is_secret("_".join((*words[:-1], stem)), value)


def is_credentials(text: str) -> bool:
    """Whether a text is the value of a header that proves who asks: a scheme and what it takes (RFC 9110, section 11).

    Args:
        text: Such as `Bearer 0123456789`.
    """
    scheme, _, credentials = text.strip().partition(" ")
    return (
        scheme.lower() in SCHEMES
        and len(credentials) >= _SHORTEST_CREDENTIALS
        and " " not in credentials
        and credentials not in {"authentication", "authorization"}
    )


def self_evident(text: str) -> Iterator[tuple[str, str]]:
    """Yield what is a secret whatever stands beside it, with what to call it: private keys, issued tokens.

    Args:
        text: The text.
    """
    if "PRIVATE KEY-----" in text and "-----BEGIN" in text:
        for piece in text.split("-----BEGIN")[1:]:
            head, _, body = piece.partition("PRIVATE KEY-----")
            body = body.partition("-----END")[0].replace("\\n", "").strip()
            if (
                len(head) < _SHORTEST_KEY + len("ENCRYPTED")
                and body
                and (len(body) >= _SHORTEST_KEY or ord(body[0]) > 127)
            ):
                yield PRIVATE_KEY, body
    for prefix in ISSUED:
        if prefix in text:
            for match in pattern("issued").finditer(text):
                yield TOKEN, match[0]
            return


def embedded(text: str, bindings: Bindings, *, pairs: bool = True) -> Iterator[tuple[str, str]]:
    """Yield the secrets in a text, each with its name.

    Args:
        text: The text, a letter for each variable.
        bindings: Which names are secrets.
        pairs: Whether `name=value` and headers are looked for as well; in a command they are words.
    """
    yield from self_evident(text)
    if '\\"' in text:
        text = _unescaped(text)
    if ":" in text and ('"' in text or "'" in text):
        for match in pattern("json").finditer(text):
            name, value = match[2], match[4] if match[4] is not None else match[5]
            if is_named(name.rpartition("/")[2], bindings, value):
                yield name.replace(" ", "_"), value  # what to call it is no name, and has blanks
    if "alue" in text or "</" in text:
        for match in pattern("named").finditer(text):
            if is_named(match[1], bindings, match[3]):
                yield match[1], match[3]
    if "</" in text:
        for match in pattern("xml").finditer(text):
            if is_named(match[1].rpartition(":")[2], bindings, match[2]):
                yield match[1], match[2].strip()
    if pairs:
        yield from _pairs(text, bindings)


def _unescaped(text: str) -> str:
    """Return a text with the JSON that stands in its strings, or in a shell's quotes, as part of its own."""
    for _ in range(_DEEPEST):
        if '\\"' not in text:
            break
        text = text.replace('\\"', '"')
    return text.replace('"{', "{").replace('}"', "}")


def _pairs(text: str, bindings: Bindings) -> Iterator[tuple[str, str]]:
    if "=" in text:
        for match in pattern("pair").finditer(text):
            name = match[1]
            value = match[2] or match[3] or match[4]
            if not value or value[0] == "+" or "://" in value or not is_named(name, bindings, value):
                continue
            if match[4] is None or text[match.end() : match.end() + 1] not in {'"', "'"}:  # else an expression
                yield name, value
    if "uthorization" in text or "AUTHORIZATION" in text:
        for match in pattern("header").finditer(text):
            if match[1].lower() not in SCHEMES:
                yield HEADER, match[1]


def basic_users(text: str) -> Iterator[str]:
    """Yield the passwords in a list of `user:password` between commas that are no hashes (`{SHA}`, `$apr1$`, `$2y$`).

    Args:
        text: The list, a letter for each variable.
    """
    for entry in text.split(","):
        user, colon, value = entry.strip().partition(":")
        if user and colon and value and value[0] not in "${" and ord(value[0]) < 128:
            yield value
