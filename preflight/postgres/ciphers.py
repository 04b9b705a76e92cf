"""Weak suites that an OpenSSL cipher list selects, such as PostgreSQL's `ssl_ciphers` (openssl-ciphers(1), "CIPHER LIST FORMAT").

Read as `ssl_create_cipher_list` does (OpenSSL 3.0, ssl_ciph.c): words joined with `+` narrow each other, `!` takes suites out for
good, `-` until they are named again, `+` in front moves what is there to the end, and a word that is none is passed over. Only
weak suites are looked at, so nothing is said about the others. TLS 1.3 has none that is weak, and takes no part (RFC 8446, B.4).

What a list does depends on its library: OpenSSL leaves RC4, DES, 3DES and export suites out when it is built, and at its security
level of 1 or more does without suites that encrypt or authenticate nothing (SSL_CTX_set_security_level(3)). A list that names them
means them, wherever it runs; words such as ALL and HIGH mean them only together with @SECLEVEL=0.
"""

from __future__ import annotations

from preflight.model.record import Record, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

#: Kinds of weak suites, in OpenSSL's words, with what is wrong with them.
KINDS = {
    "eNULL": "no encryption",
    "aNULL": "no authentication",
    "EXPORT": "keys of 40 or 56 bits",
    "DES": "keys of 56 bits",
    "3DES": "blocks of 64 bits",
    "RC4": "a biased stream",
    "MD5": "a broken hash",
}
_DHE_ANON = "ADH DH kDHE kEDH aNULL"
_ECDHE_ANON = "AECDH ECDH kECDHE kEECDH aNULL"
_RSA = "RSA kRSA aRSA"
_ECDHE_RSA = "ECDHE EECDH ECDH kECDHE kEECDH aRSA"
_ECDHE_ECDSA = "ECDHE EECDH ECDH kECDHE kEECDH aECDSA ECDSA"
_DHE_RSA = "DHE EDH DH kDHE kEDH aRSA"
_DHE_DSS = "DHE EDH DH kDHE kEDH aDSS DSS"
_SHA = "SHA SHA1 SSLv3 ALL"
_SHA_TLS = "SHA SHA1 TLSv1 TLSv1.0 ALL"
_LEFT_OUT = "HIGH COMPLEMENTOFDEFAULT"
_NULL = "eNULL NULL COMPLEMENTOFALL"
_NULL_SHA, _NULL_SHA_TLS = f"{_NULL} SHA SHA1 SSLv3", f"{_NULL} SHA SHA1 TLSv1 TLSv1.0"
_3DES, _RC4 = "3DES MEDIUM COMPLEMENTOFDEFAULT", "RC4 MEDIUM COMPLEMENTOFDEFAULT"
_DES = "DES LOW COMPLEMENTOFDEFAULT"
_EXPORT = "EXP EXPORT EXPORT40 COMPLEMENTOFDEFAULT ALL SSLv3"
# The words that mean a suite, by its name: those that OpenSSL 3 has, without pre-shared keys, which PostgreSQL has none of.
_BUILT = {
    "ADH-AES256-GCM-SHA384": f"{_DHE_ANON} {_LEFT_OUT} AES AES256 AESGCM TLSv1.2 FIPS ALL",
    "ADH-AES128-GCM-SHA256": f"{_DHE_ANON} {_LEFT_OUT} AES AES128 AESGCM TLSv1.2 FIPS ALL",
    "ADH-AES256-SHA256": f"{_DHE_ANON} {_LEFT_OUT} AES AES256 SHA256 TLSv1.2 FIPS ALL",
    "ADH-AES128-SHA256": f"{_DHE_ANON} {_LEFT_OUT} AES AES128 SHA256 TLSv1.2 FIPS ALL",
    "ADH-CAMELLIA256-SHA256": f"{_DHE_ANON} {_LEFT_OUT} CAMELLIA CAMELLIA256 SHA256 TLSv1.2 ALL",
    "ADH-CAMELLIA128-SHA256": f"{_DHE_ANON} {_LEFT_OUT} CAMELLIA CAMELLIA128 SHA256 TLSv1.2 ALL",
    "ADH-AES256-SHA": f"{_DHE_ANON} {_LEFT_OUT} AES AES256 FIPS {_SHA}",
    "ADH-AES128-SHA": f"{_DHE_ANON} {_LEFT_OUT} AES AES128 FIPS {_SHA}",
    "ADH-CAMELLIA256-SHA": f"{_DHE_ANON} {_LEFT_OUT} CAMELLIA CAMELLIA256 {_SHA}",
    "ADH-CAMELLIA128-SHA": f"{_DHE_ANON} {_LEFT_OUT} CAMELLIA CAMELLIA128 {_SHA}",
    "AECDH-AES256-SHA": f"{_ECDHE_ANON} {_LEFT_OUT} AES AES256 FIPS {_SHA_TLS}",
    "AECDH-AES128-SHA": f"{_ECDHE_ANON} {_LEFT_OUT} AES AES128 FIPS {_SHA_TLS}",
    "AECDH-NULL-SHA": f"{_ECDHE_ANON} {_NULL_SHA_TLS}",
    "ECDHE-ECDSA-NULL-SHA": f"{_ECDHE_ECDSA} {_NULL_SHA_TLS}",
    "ECDHE-RSA-NULL-SHA": f"{_ECDHE_RSA} {_NULL_SHA_TLS}",
    "NULL-SHA256": f"{_RSA} {_NULL} SHA256 TLSv1.2",
    "NULL-SHA": f"{_RSA} {_NULL_SHA}",
    "NULL-MD5": f"{_RSA} {_NULL} MD5 SSLv3",
}
# Those that it has only where it is built with `enable-weak-ssl-ciphers`, or that are of older versions.
_UNBUILT = {
    "ECDHE-ECDSA-DES-CBC3-SHA": f"{_ECDHE_ECDSA} {_3DES} {_SHA_TLS}",
    "ECDHE-RSA-DES-CBC3-SHA": f"{_ECDHE_RSA} {_3DES} {_SHA_TLS}",
    "DHE-DSS-DES-CBC3-SHA": f"{_DHE_DSS} {_3DES} {_SHA} EDH-DSS-DES-CBC3-SHA",
    "DHE-RSA-DES-CBC3-SHA": f"{_DHE_RSA} {_3DES} {_SHA} EDH-RSA-DES-CBC3-SHA",
    "DES-CBC3-SHA": f"{_RSA} {_3DES} {_SHA}",
    "ADH-DES-CBC3-SHA": f"{_DHE_ANON} {_3DES} {_SHA}",
    "AECDH-DES-CBC3-SHA": f"{_ECDHE_ANON} {_3DES} {_SHA_TLS}",
    "ECDHE-ECDSA-RC4-SHA": f"{_ECDHE_ECDSA} {_RC4} {_SHA_TLS}",
    "ECDHE-RSA-RC4-SHA": f"{_ECDHE_RSA} {_RC4} {_SHA_TLS}",
    "RC4-SHA": f"{_RSA} {_RC4} {_SHA}",
    "RC4-MD5": f"{_RSA} {_RC4} MD5 SSLv3 ALL",
    "ADH-RC4-MD5": f"{_DHE_ANON} {_RC4} MD5 SSLv3 ALL",
    "AECDH-RC4-SHA": f"{_ECDHE_ANON} {_RC4} {_SHA_TLS}",
    "DES-CBC-SHA": f"{_RSA} {_DES} {_SHA}",
    "EDH-RSA-DES-CBC-SHA": f"{_DHE_RSA} {_DES} {_SHA}",
    "EDH-DSS-DES-CBC-SHA": f"{_DHE_DSS} {_DES} {_SHA}",
    "ADH-DES-CBC-SHA": f"{_DHE_ANON} {_DES} {_SHA}",
    "EXP-DES-CBC-SHA": f"{_RSA} DES SHA SHA1 {_EXPORT}",
    "EXP-EDH-RSA-DES-CBC-SHA": f"{_DHE_RSA} DES SHA SHA1 {_EXPORT}",
    "EXP-EDH-DSS-DES-CBC-SHA": f"{_DHE_DSS} DES SHA SHA1 {_EXPORT}",
    "EXP-ADH-DES-CBC-SHA": f"{_DHE_ANON} DES SHA SHA1 {_EXPORT}",
    "EXP-RC4-MD5": f"{_RSA} RC4 MD5 {_EXPORT}",
    "EXP-ADH-RC4-MD5": f"{_DHE_ANON} RC4 MD5 {_EXPORT}",
    "EXP-RC2-CBC-MD5": f"{_RSA} RC2 MD5 {_EXPORT}",
}
_SUITES = {name: frozenset({name, *words.split()}) for name, words in {**_BUILT, **_UNBUILT}.items()}
_NAMING = frozenset(
    """eNULL NULL aNULL ADH AECDH EXP EXPORT EXPORT40 LOW RC4 RC2 DES 3DES MD5 COMPLEMENTOFALL COMPLEMENTOFDEFAULT
    EDH-DSS-DES-CBC3-SHA EDH-RSA-DES-CBC3-SHA""".split()
).union(_SUITES)
_DEFAULT = "DEFAULT"
_OF_DEFAULT = "ALL:!COMPLEMENTOFDEFAULT:!eNULL"  # ssl.h, OSSL_default_cipher_list
# Words that mean suites besides those of the weak ones, in one version of OpenSSL or another, and what names of suites are made of.
# SEED and IDEA are left out of today's builds, and suites of TLS 1.3 are not taken from such a list.
_FURTHER = frozenset(
    """DEFAULT PROFILE=SYSTEM AESCCM AESCCM8 CHACHA20 ARIA ARIA128 ARIA256 ARIAGCM SUITEB128 SUITEB128ONLY SUITEB128C2 SUITEB192 CBC
    PSK kPSK kRSAPSK kDHEPSK kECDHEPSK aPSK SRP kSRP aSRP SHA384 kDH kDHr kDHd kECDH kECDHr kECDHe aDH aECDH GOST GOST89 GOST94
    GOST89MAC GOST12 GOST2012 kGOST kGOST18 aGOST aGOST01 aGOST12 STREEBOG256 STREEBOG512 TLSv1.1""".split()
)
_KNOWN = frozenset().union(*_SUITES.values(), _FURTHER)
_PARTS = frozenset(
    """ECDHE EECDH ECDH ECDSA DHE EDH DH RSA DSS PSK SRP ADH AECDH AES AES128 AES256 128 256 GCM CCM CCM8 CBC ARIA128 ARIA256 CHACHA20
    CAMELLIA128 CAMELLIA256 NULL SHA SHA256 SHA384 POLY1305 GOST2001 GOST2012 GOST89 GOST8912 OLD""".split()
)
_COMMANDS = frozenset({"STRENGTH", *(f"SECLEVEL={level}" for level in range(6))})
_SEPARATORS = frozenset(":,; ")
_PREFIXES = frozenset("!-+@")
_LEVEL = "SECLEVEL="


class _Rule(Record):
    """A word of a list, with those that are joined to it."""

    prefix: str = field("`!`, `-`, `+`, `@` or nothing.")
    words: tuple[str, ...] = field("The words, which a suite must all be meant by.")


def weak_suites(ciphers: str) -> tuple[str, ...]:
    """Return the names of the weak suites that a list selects.

    Args:
        ciphers: The list.
    """
    selected: dict[str, bool] = {}  # each with whether it is named
    gone: set[str] = set()
    level_is_zero = False
    for rule in _rules(ciphers):
        if rule.prefix == "@":
            if rule.words[0].startswith(_LEVEL):
                level_is_zero = rule.words[0] == f"{_LEVEL}0"
            continue
        found = [name for name, words in _SUITES.items() if words.issuperset(rule.words)]
        if rule.prefix in ("!", "-"):
            for name in found:
                selected.pop(name, None)
            gone.update(found if rule.prefix == "!" else ())
        elif not rule.prefix:
            named = not _NAMING.isdisjoint(rule.words)
            for name in found:
                if name not in gone:
                    selected[name] = named or selected.get(name, False)
    return tuple(
        name for name in _SUITES if name in selected and (selected[name] or (level_is_zero and name in _BUILT))
    )


def selects_nothing(ciphers: str) -> bool:
    """Whether OpenSSL finds no suite in a list, and refuses it: it adds none that it knows, or is not written as a list.

    Args:
        ciphers: The list. Where only the build of the library tells, it is taken to select something.
    """
    adds = False
    for rule in _rules(ciphers, whole=True):
        if not all(rule.words) or (rule.prefix == "@" and rule.words[0] not in _COMMANDS):
            return True
        adds = adds or (not rule.prefix and all(map(_may_mean_suites, rule.words)))
    return not adds


def _may_mean_suites(word: str) -> bool:
    parts = word.split("-")
    named = len(parts) > 1 and _PARTS.issuperset(parts)
    # The names of the standards, which later versions may take; those of TLS 1.3 have no WITH.
    return word in _KNOWN or named or (word.startswith(("TLS_", "SSL_")) and "_WITH_" in word)


def weak_kinds(ciphers: str) -> tuple[str, ...]:
    """Return the kinds of weak suites that a list selects, in the order of `KINDS`.

    Args:
        ciphers: The list.
    """
    words: set[str] = set()
    for name in weak_suites(ciphers):
        words |= _SUITES[name]
    return tuple(kind for kind in KINDS if kind in words)


def _rules(ciphers: str, *, whole: bool = False) -> Iterator[_Rule]:
    """Yield the words of a list up to what is none; as a whole, that as well."""
    if ciphers.startswith(_DEFAULT):  # there alone it is a word
        ciphers = f"{_OF_DEFAULT}:{ciphers.removeprefix(_DEFAULT)}"
    at = 0
    while at < len(ciphers):
        if ciphers[at] in _SEPARATORS:
            at += 1
            continue
        prefix = ciphers[at] if ciphers[at] in _PREFIXES else ""
        at += len(prefix)
        words: list[str] = []
        while True:
            end = at
            while end < len(ciphers) and ciphers[end].isascii() and (ciphers[end].isalnum() or ciphers[end] in "-_.="):
                end += 1
            words.append(ciphers[at:end])
            at = end + 1
            if prefix == "@" or ciphers[end : end + 1] != "+":
                break
        at = end
        if not all(words) and not whole:
            return  # nothing that OpenSSL reads; it refuses the whole list
        yield _Rule(prefix=prefix, words=tuple(words))
        if not all(words):
            return
