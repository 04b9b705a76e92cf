from __future__ import annotations

import pytest

from preflight.values.tls_version import SCALE, libpq_accepts, normalise, normalise_range, weak_cipher_tokens

SPELLINGS = {
    "SSLv2": ("SSLv2", "sslv2", "SSL2", "SSL_2.0"),
    "SSLv3": ("SSLv3", "sslv3", "SSL 3.0", "768", "0x0300", "0x300"),
    "1.0": ("TLSv1", "TLS1.0", "tls10", "tls1", "VersionTLS10", "TLSv1.0", "1.0", "769", "0x0301", "10"),
    "1.1": ("TLSv1.1", "tls11", "1_1", "VersionTLS11", "770", "11"),
    "1.2": (
        "TLSv1.2", "tls1.2", "TLS1_2", "TLSv1_2", "VersionTLS12", "tls12", "Tls12", "TLS12", "1.2", "12", "TLS-1.2",
        "771", "0x0303", "TLS_V1_2", "PROTOCOL_TLSv1_2", ">=TLSv1.2", ">= 1.2", "TLSv1.2+", '"TLSv1.2"', "'1.2'",
        " TLSv1.2\n", "min 1.2", "minimum: 1.2", "ssl_version=TLSv1.2",
    ),
    "1.3": (
        "TLSv1.3", "tlsv1.3", "TLS1.3", "TLS1_3", "TLSv1_3", "VersionTLS13", "tls13", "1.3", "1_3", "v1.3", "TLS 1.3",
        "772", "0x0304", "0x304", "TLS_1_3", "13", "TLSv13", "+TLSv1.3",
    ),
}  # fmt: skip
NO_VERSIONS = (
    "", " ", '""', "1", "2", "3", "v1", "1.30", "1.20", "2.0", "0.9", "TLSv1.4", "TLSv2", "TLSv1.", "TLSv1.2.0", "auto",
    "latest", "default", "modern", "sslv23", "SSLv23", "SSLv4", "SSLv1", "DTLSv1.2", "TLS", "SSL", "767", "773",
    "0x0305", "0x", "0x03033", "0303", "-1.2", "-TLSv1.2", "!TLSv1.2", "<1.2", "TLSv1.2,TLSv1.3", "true", "min",
    "version", "TLSv\N{FULLWIDTH DIGIT ONE}.2", "1\N{MIDDLE DOT}2", "tls1..2", ".12", "_1.2",
)  # fmt: skip


@pytest.mark.parametrize(("text", "version"), [(text, version) for version, all_ in SPELLINGS.items() for text in all_])
def test_every_spelling_in_use_names_its_version(text: str, version: str) -> None:
    assert normalise(text) == version


@pytest.mark.parametrize("text", NO_VERSIONS)
def test_unknown_words_are_never_guessed(text: str) -> None:
    assert normalise(text) is None


def test_the_scale_runs_from_weak_to_strong() -> None:
    assert SCALE == ("SSLv2", "SSLv3", "1.0", "1.1", "1.2", "1.3")


@pytest.mark.parametrize(
    ("text", "ends"),
    [
        ("1.2", ("1.2", "1.2")),
        ("TLS 1.3", ("1.3", "1.3")),
        (">=TLSv1.2", ("1.2", "1.3")),
        ("TLSv1.2+", ("1.2", "1.3")),
        ("TLSv1.2 TLSv1.3", ("1.2", "1.3")),
        ("TLSv1.3 TLSv1.2", ("1.2", "1.3")),
        ("TLSv1.2,TLSv1.3", ("1.2", "1.3")),
        ("TLS 1.2, TLS 1.3", ("1.2", "1.3")),
        ("TLSv1 TLSv1.1 TLSv1.2", ("1.0", "1.2")),
        ('["TLSv1.2", "TLSv1.3"]', ("1.2", "1.3")),
        ("['TLSv1.2','TLSv1.3']", ("1.2", "1.3")),
        ("'TLSv1.2 TLSv1.3'", ("1.2", "1.3")),
        ("TLSv1.2:TLSv1.3", ("1.2", "1.3")),
        ("TLSv1.2+TLSv1.3", ("1.2", "1.3")),
        ("+TLSv1.2+TLSv1.3", ("1.2", "1.3")),
        ("all", ("SSLv3", "1.3")),
        ("all -SSLv3 -TLSv1", ("1.1", "1.3")),
        ("all -SSLv3 -TLSv1 -TLSv1.1", ("1.2", "1.3")),
        ("All-SSLv3-TLSv1-TLSv1.1", ("1.2", "1.3")),
        ("ALL,-TLSv1.3", ("SSLv3", "1.2")),
        ("all -TLSv1.1", ("SSLv3", "1.3")),  # a hole: the lowest still counts
        ("+all !SSLv3 !TLSv1 !TLSv1.1", ("1.2", "1.3")),
        ("-all +TLSv1.2", ("1.2", "1.2")),
        ("-all +TLSv1.2 +TLSv1.3", ("1.2", "1.3")),
        ("all -TLSv1 +TLSv1 -SSLv3", ("1.0", "1.3")),  # what is added again is there again
        ("TLSv1.2 all", ("SSLv3", "1.3")),
    ],
)
def test_a_list_allows_from_its_lowest_to_its_highest(text: str, ends: tuple[str, str]) -> None:
    assert normalise_range(text) == ends


@pytest.mark.parametrize(
    "text",
    ["", "[]", ",", "!SSLv2:!SSLv3", "-SSLv3 -TLSv1", "-all", "all -all", "TLSv1.2 auto", "all -foo", "auto", "1 2",
     "TLSv1.2-TLSv1.3", "-TLSv1.2", "TLSv1.2 -TLSv1.3", "+", "-", "--all",
     "all -SSLv3 -TLSv1 -TLSv1.1 -TLSv1.2 -TLSv1.3"],
)  # fmt: skip
def test_a_list_that_says_too_little_is_unknown(text: str) -> None:
    assert normalise_range(text) is None


@pytest.mark.parametrize("text", ["", "TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3", "tlsv1.3", "TLSV1.2"])
def test_what_libpq_accepts(text: str) -> None:
    assert libpq_accepts(text)


@pytest.mark.parametrize(
    "text", ["1.3", "1.2", "tls12", "TLS1.2", "TLSv1.4", "TLSv1.0", " TLSv1.2", "TLSv1.2 ", "SSLv3", "any"]
)
def test_what_libpq_refuses(text: str) -> None:
    assert not libpq_accepts(text)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("", ()),
        ("HIGH:!aNULL:!MD5", ()),
        ("DEFAULT", ()),
        # Mozilla's intermediate list, and TLS 1.3
        ("ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-CHACHA20-POLY1305:DHE-RSA-AES256-GCM-SHA384", ()),
        ("TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256", ()),
        ("PSK-AES128-GCM-SHA256", ()),
        ("ECDHE-RSA-DES-CBC3-SHA", ()),  # triple DES, whatever its name says
        ("HIGH:-RC4:!eNULL:!EXPORT:!LOW:!3DES", ()),
        ("RC4", ("RC4",)),
        ("rc4:RC4:rc4", ("rc4", "RC4")),
        ("HIGH RC4-SHA, DES-CBC-SHA; MD5", ("RC4-SHA", "DES-CBC-SHA", "MD5")),
        ("eNULL:NULL-SHA256:aNULL:ADH:AECDH-AES128-SHA", ("eNULL", "NULL-SHA256", "aNULL", "ADH", "AECDH-AES128-SHA")),
        ("EXP-RC4-MD5:EXPORT40:LOW", ("EXP-RC4-MD5", "EXPORT40", "LOW")),
        ("IDEA-CBC-SHA:SEED-SHA:RC2-CBC-MD5", ("IDEA-CBC-SHA", "SEED-SHA", "RC2-CBC-MD5")),
        ("ALL:!ADH:RC4+RSA:+HIGH:+MEDIUM:+LOW", ("RC4+RSA", "LOW")),
        ("COMPLEMENTOFALL:COMPLEMENTOFDEFAULT", ("COMPLEMENTOFALL", "COMPLEMENTOFDEFAULT")),
        ("TLS_RSA_WITH_RC4_128_MD5,TLS_RSA_WITH_AES_128_CBC_SHA", ("TLS_RSA_WITH_RC4_128_MD5",)),
        ("TLS_DH_anon_WITH_AES_128_CBC_SHA", ("TLS_DH_anon_WITH_AES_128_CBC_SHA",)),
        ("TLS_RSA_WITH_3DES_EDE_CBC_SHA", ()),
        ("TLS_RSA_WITH_NULL_SHA TLS_RSA_WITH_DES_CBC_SHA", ("TLS_RSA_WITH_NULL_SHA", "TLS_RSA_WITH_DES_CBC_SHA")),
        # what is taken away
        ("RC4-SHA:!RC4", ()),
        ("!RC4:RC4-SHA", ()),
        ("RC4-SHA:-RC4", ()),
        ("-RC4:RC4-SHA", ("RC4-SHA",)),  # `-` does not keep it from coming back
        ("EXPORT40:EXP-DES-CBC-SHA:!EXP", ()),
        ("NULL-SHA:!eNULL", ()),
        ("ADH:AECDH:!aNULL", ()),
        ("AECDH:!ADH", ("AECDH",)),
        ("aNULL:!ADH", ("aNULL",)),
        ("RC4-SHA:RC4-MD5:!RC4-SHA", ("RC4-MD5",)),
        ('"RC4"', ("RC4",)),
    ],
)  # fmt: skip
def test_tokens_of_broken_ciphers(text: str, tokens: tuple[str, ...]) -> None:
    assert weak_cipher_tokens(text) == tokens
