"""Weak suites of an OpenSSL cipher list: which are meant, and that OpenSSL itself means the same ones."""

from __future__ import annotations

import functools
import shutil
import subprocess

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from preflight.postgres.ciphers import _BUILT, _SUITES, KINDS, selects_nothing, weak_kinds, weak_suites
from preflight.postgres.server_settings import DEFAULTS


@pytest.mark.parametrize(
    "ciphers",
    [
        DEFAULTS["ssl_ciphers"],
        "HIGH:!aNULL",
        "HIGH:MEDIUM:!aNULL:!MD5",
        "ALL",
        "DEFAULT",
        "DEFAULT@SECLEVEL=2",
        "ECDHE+AESGCM:ECDHE+CHACHA20:!aNULL:!eNULL:!EXPORT:!DES:!RC4:!3DES:!MD5:!PSK",
        "ECDHE-RSA-AES256-GCM-SHA384",
        "!eNULL:eNULL",
        "RC4:-RC4",
        "aNULL:!aNULL:aNULL",
        "ALL:!aNULL:!eNULL@SECLEVEL=0",
        "DEFAULT:aNULL@SECLEVEL=0",
        "PROFILE=SYSTEM",
        "HIGH:+3DES",
        "enull",
        "",
    ],
)
def test_lists_without_weak_suites(ciphers):
    assert weak_kinds(ciphers) == ()


@pytest.mark.parametrize(
    ("ciphers", "kinds"),
    [
        ("HIGH:eNULL", ("eNULL", "aNULL", "MD5")),
        ("NULL-SHA256", ("eNULL",)),
        ("HIGH:COMPLEMENTOFALL:!aNULL:!MD5", ("eNULL",)),
        ("HIGH:aNULL:!eNULL:!3DES:!RC4:!DES:!EXPORT", ("aNULL",)),
        ("AECDH-AES128-SHA", ("aNULL",)),
        ("aNULL+AESGCM", ("aNULL",)),
        ("ALL:!eNULL@SECLEVEL=0", ("aNULL",)),
        ("kRSA:!MD5 @SECLEVEL=0", ("eNULL",)),
        ("HIGH:RC4:!MD5:!aNULL", ("RC4",)),
        ("RC4-SHA,AES128-SHA", ("RC4",)),
        ("HIGH:3DES:!aNULL", ("3DES",)),
        ("HIGH:-3DES:DES-CBC3-SHA", ("3DES",)),
        ("EDH-RSA-DES-CBC3-SHA", ("3DES",)),
        ("LOW:!aNULL", ("DES",)),
        ("EXP-RC4-MD5", ("EXPORT", "RC4", "MD5")),
        ("EXPORT+DES+kRSA", ("EXPORT", "DES")),
        ("MD5:!RC4:!EXPORT", ("eNULL", "MD5")),
        ("ALL:RC4+kECDHE:!aNULL", ("RC4",)),
    ],
)
def test_lists_with_weak_suites(ciphers, kinds):
    assert weak_kinds(ciphers) == kinds
    assert set(kinds) <= KINDS.keys()


@given(st.text(alphabet="!-+@:, =.ADEFHLNRSUVTCMKP0134dk", max_size=30))
def test_any_text_is_read(ciphers):
    assert set(weak_kinds(ciphers)) <= KINDS.keys()
    assert weak_kinds(f"{ciphers}:!aNULL:!eNULL:!EXPORT:!DES:!3DES:!RC4:!MD5:!RC2") == ()


_WORDS = """ALL HIGH MEDIUM eNULL NULL aNULL ADH AECDH kRSA RSA aRSA kECDHE ECDHE EECDH kEECDH DH DHE kEDH ECDH AES AES128 AES256 AESGCM
    CAMELLIA CAMELLIA128 SHA SHA1 SHA256 MD5 SSLv3 TLSv1 TLSv1.0 TLSv1.2 FIPS ECDSA aECDSA COMPLEMENTOFALL COMPLEMENTOFDEFAULT
    ADH-AES128-SHA NULL-SHA256 NULL-MD5 ECDHE-RSA-NULL-SHA AES128-SHA ECDHE-RSA-AES128-GCM-SHA256 SHA384 nothing""".split()
_RULES = st.builds(
    lambda prefix, words: prefix + "+".join(words),
    st.sampled_from(["", "", "", "!", "-", "+"]),
    st.lists(st.sampled_from(_WORDS), min_size=1, max_size=2),
)


def version():
    return subprocess.run(["openssl", "version"], capture_output=True, text=True, check=False).stdout


NEEDS_OPENSSL = pytest.mark.skipif(
    shutil.which("openssl") is None or not version().startswith("OpenSSL 3"), reason="compares with OpenSSL 3"
)


def selected_by_openssl(ciphers):
    """Return the weak suites that a list selects, of those that this OpenSSL has; None where it selects nothing at all."""
    done = subprocess.run(["openssl", "ciphers", "-s", "-v", ciphers], capture_output=True, text=True, check=False)
    if done.returncode:
        return None
    rows = [line.split() for line in done.stdout.splitlines()]
    return {row[0] for row in rows if "Au=None" in row or "Enc=None" in row or row[-1] == "Mac=MD5"}


def selected_here(ciphers):
    """Return the same as it is read here; a distribution may leave some suites out."""
    return set(weak_suites(ciphers)) & _BUILT.keys() & suites_of_openssl()


@functools.cache
def suites_of_openssl():
    return selected_by_openssl("ALL:eNULL@SECLEVEL=0")


@NEEDS_OPENSSL
@pytest.mark.parametrize("word", sorted({*_WORDS, *_BUILT}))
def test_openssl_means_the_same_by_a_word(word):
    """At security level 0; AES128-SHA keeps the list from being empty."""
    assert len(suites_of_openssl()) > 10
    for ciphers in (f"{word}:AES128-SHA@SECLEVEL=0", f"ALL:eNULL:!{word}:AES256-SHA:AES128-SHA@SECLEVEL=0"):
        theirs = selected_by_openssl(ciphers)
        assert theirs is None or selected_here(ciphers) == theirs, ciphers


@NEEDS_OPENSSL
@settings(max_examples=150, deadline=None)
@example(rules=["aNULL", "!eNULL", "NULL-SHA256"], default=False, separator=":")
@example(rules=["ALL"], default=True, separator=" ")
@given(rules=st.lists(_RULES, max_size=5), default=st.booleans(), separator=st.sampled_from([":", ",", " "]))
def test_openssl_selects_the_same(rules, default, separator):
    ciphers = separator.join([*(["DEFAULT"] if default else []), *rules, "AES128-SHA"]) + "@SECLEVEL=0"
    theirs = selected_by_openssl(ciphers)
    assert theirs is None or selected_here(ciphers) == theirs


NOTHING = (
    "", "garbage", "enull", "high", "SEED", "IDEA-CBC-SHA", "kRSA+SEED", "TLS_AES_256_GCM_SHA384", "!aNULL", "-ALL", "+HIGH",
    "HIGH!", "DEFAULT:@FOO", "HIGH:@SECLEVEL=9", "@STRENGTH",
)  # fmt: skip
SOMETHING = (
    "HIGH", "DEFAULT", "eNULL", "HIGH:garbage", "garbage:HIGH", "HIGH:MEDIUM:+3DES:!aNULL", "ECDHE+AESGCM", "AES128-SHA", "PSK",
    "ECDHE-RSA-CHACHA20-POLY1305", "DEFAULT@SECLEVEL=1", "HIGH:!aNULL:@STRENGTH", "PROFILE=SYSTEM", "TLSv1.2", "ECDHE-ECDSA-AES256-CCM8",
)  # fmt: skip


@pytest.mark.parametrize(
    ("ciphers", "expected"), [*((one, True) for one in NOTHING), *((one, False) for one in SOMETHING)]
)
def test_lists_that_select_nothing(ciphers, expected):
    assert selects_nothing(ciphers) is expected


@pytest.mark.parametrize("name", _SUITES)
def test_every_weak_suite_is_something(name):
    assert not selects_nothing(name)
