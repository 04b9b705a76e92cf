"""libpq itself, through psycopg, reads connection strings as we do: same values, same refusals."""

from __future__ import annotations

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from preflight.postgres.conninfo import parse_connection_string
from preflight.postgres.libpq import read_keywords, read_uri
from preflight.postgres.parameters import LIBPQ, PROMOTED, SECRET

psycopg = pytest.importorskip("psycopg")
conninfo = pytest.importorskip("psycopg.conninfo")

pytestmark = pytest.mark.skipif(psycopg.pq.version() < 180000, reason="compares with libpq 18")

FRAGMENTS = st.sampled_from(
    [
        *"hup@:/?&=%,[]#+$\\'\" \t\n",
        "%2F", "%41", "%00", "%zz", "%", "[::1]", "é", "sslmode", "=require", "host=", "password=", "ssl=true", "requiressl=1",
        "requiressl=0", "user=", "port=5432", "dbname=x", "sslrootcert=/a", "options=", "bogus=1", "SSLMODE=x",
    ]
)  # fmt: skip
SOUP = st.lists(FRAGMENTS, max_size=14).map("".join)
NAMES = st.text("abcxyz019-_.", min_size=1, max_size=8)
ENCODED = st.text("abc019-_.~", max_size=6) | st.sampled_from(["%2Fvar%2Frun", "a%40b", "%C3%A9", "%20"])
PORTS = st.sampled_from(["", ":5432", ":6432", ":"])
HOSTS = st.sampled_from(["[::1]", "[2001:db8::7]", "%2Fvar%2Frun", ""]) | NAMES
KEYWORDS = st.sampled_from(sorted(LIBPQ))
QUOTED = st.text("abc \\'=@/\t", max_size=8).map(
    lambda text: "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"
)


@st.composite
def uris(draw: st.DrawFn) -> str:
    scheme = draw(st.sampled_from(["postgresql://", "postgres://"]))
    user = draw(st.none() | ENCODED)
    password = draw(st.none() | ENCODED)
    credentials = "" if user is None else user + ("" if password is None else ":" + password) + "@"
    servers = ",".join(draw(st.lists(st.tuples(HOSTS, PORTS).map("".join), max_size=3)))
    database = draw(st.none() | ENCODED)
    query = "&".join(f"{draw(KEYWORDS)}={draw(ENCODED)}" for _ in range(draw(st.integers(0, 3))))
    return (
        scheme + credentials + servers + ("" if database is None else "/" + database) + ("?" + query if query else "")
    )


@st.composite
def keyword_lists(draw: st.DrawFn) -> str:
    equals = st.sampled_from(["=", " = ", "= ", " ="])
    value = QUOTED | st.text("abc019-_./", min_size=1, max_size=8)
    pairs = draw(st.lists(st.tuples(KEYWORDS, equals, value).map("".join), max_size=5))
    return draw(st.sampled_from([" ", "\n", "  "])).join(pairs)


def theirs(text: str) -> dict[str, str] | None:
    """Return what libpq reads, or None when it refuses."""
    try:
        return {name: str(value) for name, value in conninfo.conninfo_to_dict(text).items()}
    except psycopg.ProgrammingError:
        return None


def ours(text: str) -> dict[str, str] | None:
    """Return what our readers read, or None when they say that libpq refuses."""
    scheme = next((one for one in ("postgresql://", "postgres://") if text.startswith(one)), None)
    reading = read_keywords(text) if scheme is None else read_uri(text[len(scheme) :])
    if reading.refused or reading.strangers:
        return None
    return reading.values | ({} if reading.password is None else {"password": reading.password})


@settings(max_examples=400)
@given(uris())
@example("postgresql://h1:5432,h2:5433,h3/d")
@example("postgresql:///d?host=/sock")
@example("postgresql://h?sslmode=verify-full&ssl=true")
@example("postgresql:// u:p @h /d ?sslmode=require ")
@example("postgresql://u:a b@h")
def test_uris_are_read_as_libpq_reads_them(text):
    assert ours(text) == theirs(text)


@settings(max_examples=300)
@given(keyword_lists())
@example("host= port=3")
@example("host='a'port=1")
@example("host=a\\ b")
@example("password='a\\")
def test_keyword_lists_are_read_as_libpq_reads_them(text):
    assert ours(text) == theirs(text)


@settings(max_examples=600)
@given(st.sampled_from(["", "postgresql://", "postgres://"]), SOUP)
@example("", "ssl=true")
@example("postgresql://", "u@h?user=a@b")
def test_whatever_is_written_libpq_refuses_what_we_say_it_refuses(scheme, text):
    try:
        expected = theirs(scheme + text)
    except UnicodeDecodeError:
        return  # psycopg cannot show bytes that are no UTF-8
    assert ours(scheme + text) == expected


@settings(max_examples=300)
@given(uris())
def test_the_connection_says_what_libpq_reads(text):
    expected = theirs(text)
    found = parse_connection_string(text)
    # What may hold a part of a password is left out, whatever libpq makes of it.
    hidden = ("value_contains_password", "invalid_port", "host_contains_at_sign")
    if expected is None or any(one.code in hidden for one in found.problems):
        return
    assert found.user == expected.get("user")
    assert found.database == expected.get("dbname")
    assert (found.password.reveal() if found.password else "") == expected.get("password", "")
    assert found.parameters == {
        name: value for name, value in expected.items() if name not in PROMOTED and name not in SECRET
    }
    hosts = expected.get("host") or expected.get("hostaddr")
    if not any(one.code == "port_count_mismatch" for one in found.problems):
        assert len(found.hosts) == (len(hosts.split(",")) if hosts else 0)
        for host, written in zip(found.hosts, (hosts or "").split(","), strict=False):
            assert host.host in (written, None)
