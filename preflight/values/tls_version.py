"""TLS versions in the spellings that servers, clouds and languages use, and OpenSSL's cipher strings.

nginx, PostgreSQL and Redis write `TLSv1.2`, Azure `TLS1_2`, Kubernetes `VersionTLS12`, Vault `tls12`, .NET `Tls12`, the
wire 0x0303 or 771 (RFC 8446, section 4.2.1), Apache, OpenSSL and Tomcat lists such as `all -SSLv3`. Unknown words are
never guessed: what cannot be told for certain is None.
"""

from __future__ import annotations

from preflight.model.fact import SCALES
from preflight.values._words import split, unquote

SCALE = SCALES["tls_version"]  # weakest first
_NEWEST = SCALE[-1]
_ALL = ("SSLv3", "1.0", "1.1", "1.2", "1.3")  # `all` of mod_ssl's SSLProtocol; no OpenSSL in use has SSLv2
_WIRE = {768: "SSLv3", 769: "1.0", 770: "1.1", 771: "1.2", 772: "1.3"}
_SSL = {"2": "SSLv2", "20": "SSLv2", "3": "SSLv3", "30": "SSLv3"}
_PREFIXES = ("sslversion", "ssl_version", "version", "protocol", "minimum", "min", "prefer")
_SEPARATORS = " \t_.-"
_LIBPQ = frozenset({"tlsv1", "tlsv1.1", "tlsv1.2", "tlsv1.3"})

# What is broken, as OpenSSL and IANA name it: no encryption, no authentication, export grade, broken primitives.
_BROKEN = frozenset(
    """null enull anull adh aecdh anon exp exp1024 export export40 export56 low rc2 rc4 des md5 idea seed
    complementofall complementofdefault""".split()
)
_SAME = {"enull": "null", "exp": "export"}  # two keywords for one set of suites
_INCLUDES = {  # what a keyword takes away besides itself
    "anull": ("adh", "aecdh", "anon"),
    "export": ("export40", "export56", "exp1024"),
    "null": ("complementofall",),
}
_KEYWORDS_ONLY = frozenset({"low", "complementofall", "complementofdefault"})


def normalise(text: str) -> str | None:
    """Return the one version that a text names, on `SCALE`.

    Args:
        text: One version in any spelling: `1.2`, `TLSv1.2`, `TLS1_2`, `VersionTLS12`, `tls12`, `771`, `>=TLSv1.2`.

    Returns:
        `SSLv2`, `SSLv3`, `1.0` to `1.3`; None for anything else, such as `1`, `1.30`, `TLSv1.4`, `auto` or nothing.
    """
    word = unquote(text).lower()
    if not word.isascii():
        return None
    number = _number(word)
    if number in _WIRE:
        return _WIRE[number]
    for sign in (">=", "=>", "+"):
        word = word.removeprefix(sign)
    word = word.removesuffix("+").strip()
    prefix = next((prefix for prefix in _PREFIXES if word.startswith(prefix)), None)
    if prefix is not None:
        word = word.removeprefix(prefix).lstrip(_SEPARATORS + ":=")
    family = word[:3] if word[:3] in {"tls", "ssl"} else ""
    word = word.removeprefix(family)
    digits = (word.lstrip(_SEPARATORS) if family else word).removeprefix("v").lstrip(_SEPARATORS if family else "")
    if len(digits) == 3 and digits[1] in "._-":
        digits = digits[0] + digits[2]
    if family == "ssl":
        return _SSL.get(digits)
    if family == "tls" and digits == "1":
        digits = "10"  # `TLSv1` is TLS 1.0 everywhere; a bare `1` could be anything
    version = f"{digits[:1]}.{digits[1:]}"
    return version if len(digits) == 2 and version in SCALE else None


def _number(word: str) -> int:
    """Return a version as it stands on the wire, in decimal or hexadecimal; 0 when it is no such number."""
    if word.startswith("0x") and 3 <= len(word[2:]) <= 4 and all(digit in "0123456789abcdef" for digit in word[2:]):
        return int(word, 16)
    return int(word) if len(word) == 3 and word.isdecimal() else 0


def normalise_range(text: str) -> tuple[str, str] | None:
    """Return the lowest and the highest version that a setting allows.

    Args:
        text: One version (both ends), `>=TLSv1.2` or `TLSv1.2+` (up to the newest), a list (`TLSv1.2 TLSv1.3`,
            `["TLSv1.2"]`), or a list with signs (`all -SSLv3`, `-all +TLSv1.2`), read from left to right.

    Returns:
        Lowest and highest on `SCALE`, or None when they cannot be told: an unknown word, nothing left, or a version
        that is taken away where it is not said from what (`!SSLv3`, and `TLSv1.2-TLSv1.3`, which may mean a range).
    """
    single = normalise(text)
    if single is not None:
        word = unquote(text)
        return single, (_NEWEST if word.startswith((">=", "=>")) or word.endswith("+") else single)
    enabled: set[str] = set()
    all_said = False
    for word in _entries(text):
        taken, name = word[0] in "-!", word.lstrip("+-!")
        version = normalise(name)
        if version is None and name.lower() != "all":
            return None
        if version is None:
            all_said = True
        elif taken and not all_said:
            return None
        versions = _ALL if version is None else (version,)
        enabled = enabled.difference(versions) if taken else enabled.union(versions)
    allowed = [version for version in SCALE if version in enabled]
    return (allowed[0], allowed[-1]) if allowed else None


def _entries(text: str) -> list[str]:
    """Split a list into versions with their signs; a part that is a version as it stands (`TLS 1.2`) stays whole."""
    found: list[str] = []
    for part in split(text, ",;|:\n\r[]"):
        whole = unquote(part)
        if normalise(whole) is not None:
            found.append(whole)
            continue
        for word in split(part, " \t"):
            found += _signed(unquote(word))
    return found


def _signed(word: str) -> list[str]:
    """Split before each sign: Tomcat takes `all-SSLv3+TLSv1.2` without spaces. `TLS-1.2` is no such list."""
    if normalise(word) is not None:
        return [word]
    starts = [position for position, character in enumerate(word) if character in "+-!" and position]
    return [word[start:end] for start, end in zip([0, *starts], [*starts, len(word)], strict=True) if start < end]


def libpq_accepts(text: str) -> bool:
    """Whether libpq takes a text as `ssl_min_protocol_version` or `ssl_max_protocol_version`.

    It knows `TLSv1` to `TLSv1.3` in any case and nothing else: `1.3` is an error at connect. An empty text counts as
    unset (libpq manual, "Parameter Key Words").
    """
    return not text or text.lower() in _LIBPQ


def weak_cipher_tokens(text: str) -> tuple[str, ...]:
    """Return the tokens of a cipher string that enable what is broken, each once.

    Broken are no encryption, no authentication, export grade, RC2, RC4, single DES, MD5, IDEA and SEED (RFC 9325,
    section 4.1; RFC 7465; RFC 5469). A token is a keyword (`RC4`), a suite of OpenSSL (`RC4-SHA`, `RC4+RSA`) or of IANA
    (`TLS_RSA_WITH_RC4_128_MD5`). `-X` takes away what stands before it, `!X` what comes after as well
    (openssl-ciphers(1)). Groups such as `HIGH` are what the installed OpenSSL makes of them, and are not expanded.

    Args:
        text: The string; tokens stand between colons, commas, semicolons or white space.
    """
    found: dict[str, set[str]] = {}
    banned: set[str] = set()
    for token in split(text, ":,; \t\n\r\"'"):
        if token[0] in "!-":
            gone = _taken_away(token[1:].lower())
            found = {kept: names for kept, names in found.items() if names.isdisjoint(gone)}
            banned.update(gone if token[0] == "!" else ())
            continue
        name = token.lstrip("+")
        broken = _broken(name.lower())
        if broken and broken.isdisjoint(banned):
            found[name] = {*broken, name.lower()}
    return tuple(found)


def _taken_away(keyword: str) -> set[str]:
    keyword = _SAME.get(keyword, keyword)
    return {keyword, *_INCLUDES.get(keyword, ())}


def _broken(name: str) -> set[str]:
    """Return what is broken about a keyword or a suite."""
    parts = split(name, "-_+")
    found = {_SAME.get(part, part) for part in parts if part in _BROKEN}
    if "cbc3" in parts:
        found.discard("des")  # OpenSSL's `DES-CBC3-SHA` is triple DES
    return found if len(parts) == 1 else found - _KEYWORDS_ONLY
