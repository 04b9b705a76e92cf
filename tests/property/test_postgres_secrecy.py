"""No part of a password leaves the password's own field, whatever is wrong with the connection string."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import example, given, settings
from hypothesis import strategies as st

from preflight.model.record import Record
from preflight.postgres.conninfo import looks_like_postgres, parse_connection_string
from preflight.postgres.split import connection_of, connection_string_settings, split_clients, tls_texts
from preflight.postgres.sslmode import effective_sslmode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.postgres.connection import Connection

CANARY = "ŧŋđħĸ"  # letters that no message and no fixed part of a template contains
PIECES = st.sampled_from(
    [*CANARY, *CANARY, *"@:/?#%&=+,;[]'\"\\ \t", "%41", "%2F", "%zz", "${", "}", "$(", "://", "12", "|"]
)
PASSWORDS = st.lists(PIECES, min_size=1, max_size=9).map("".join).filter(lambda text: set(text) & set(CANARY))
URLS = st.sampled_from(
    [
        "postgresql://u:{}@h/d", "postgres://u:{}@h:5432/d?sslmode=verify-full", "postgresql://:{}@h", "postgresql://u:{}@h1,h2/d",
        "postgresql://u:{}@[::1]:5432/d", "postgresql://u:{}/d", "postgresql://u:{}", "Postgresql://u:{}@h/d", " postgres://u:{}@h",
        '"postgresql://u:{}@h/d"', "postgresql+psycopg://u:{}@h/d", "postgresql+asyncpg://u:{}@h/d?ssl=require",
        "postgresql+pg8000://u:{}@h/d", "postgresql+what://u:{}@h/d", "postgis://u:{}@h/d", "jdbc:postgresql://u:{}@h/d?ssl=true",
        "u:{}@h/d", "//u:{}@h/d", "postgresql:u:{}@h/d", "postgresql:/u:{}@h", "mysql://u:{}@h/d", "postgresql://u:{}@h/d?x=1",
        "postgresql://u:{}@h/d?sslmode=require&bogus", "postgresql://${{U}}:{}@${{H}}/d",
    ]
)  # fmt: skip
# After these a delimiter in the password legitimately begins something else, so they take none.
KEYWORDS = st.sampled_from(
    [
        "host=h dbname=d password={}", "password={} host=h dbname=d", "host=h password='{} dbname=d", "dbname='d password={}",
        "host=h dbname=d sslpassword={}", "host=h dbname=d passwor={}", "postgresql://h/d?password={}", "postgres://h/?user=u&password={}",
        "jdbc:postgresql://h/d?user=u&password={}", "postgresql+psycopg://h/d?password={}", "postgresql://h/d?apikey={}",
        "postgresql://h/d?sslpassword={}", "postgresql://h/d;password={}", "host=postgresql://u:{}@h/d dbname=d",
        "dbname=postgresql://u:{}@h/d host=h", "host=u:{}@h dbname=d", "postgresql://h?password={}@x/d",
    ]
)  # fmt: skip
PLAIN = (
    st.lists(st.sampled_from([*CANARY, *"@:/?%+;\\$|", "%41"]), min_size=1, max_size=9)
    .map("".join)
    .filter(lambda text: set(text) & set(CANARY))
)


def texts(value: Any) -> Iterator[str]:
    """Yield every text in a value, and its `repr` and `str`."""
    yield repr(value)
    yield str(value)
    if isinstance(value, (Record, dict)):
        for name, one in value.items():
            yield name
            yield from texts(one)
    elif isinstance(value, tuple):
        for one in value:
            yield from texts(one)


def assert_silent(found: Connection) -> None:
    effective = effective_sslmode(found, {})
    for value in (found, effective, effective.root_certificate, effective.min_tls_version):
        for text in texts(value):
            assert not set(text) & set(CANARY), text


@settings(max_examples=1500)
@given(URLS, PASSWORDS)
@example("postgresql://u:{}@h/d", "ŧ@ŋ")
@example("postgresql://u:{}@h/d", "ŧ/ŋ")
@example("postgresql://u:{}@h/d", "/ŋ?x=")
@example("postgresql://u:{}@h/d", "ŧ@ŋ?sslmode=đ")
@example("postgresql://u:{}@h/d", "1/ŋ?sslmode=đ")
@example("postgresql://u:{}@h/d", "ŧ%ŋ")
@example("jdbc:postgresql://u:{}@h/d?ssl=true", "/ŋ?x")
@example("postgis://u:{}@h/d", "/ŧ#x")
@example("postgresql://u:{}", "ŧ")
def test_no_url_lets_its_password_out(template, password):
    if "@" not in template:  # without a host, these delimiters would make one of what follows them
        password = "ŧ" + password.translate(dict.fromkeys(map(ord, "@/,")))
    text = template.format(password)
    looks_like_postgres(text)
    assert_silent(parse_connection_string(text))


@settings(max_examples=800)
@given(KEYWORDS, PLAIN)
@example("dbname='d password={}", "ŧ")
@example("host=h dbname=d passwor={}", "ŧ")
def test_no_parameter_lets_its_password_out(template, password):
    text = template.format(password)
    looks_like_postgres(text)
    assert_silent(parse_connection_string(text))


@settings(max_examples=300)
@example("DB_HOST", "postgresql://u:{}@h/d", ",/ŧ")
@example("DB_HOST", "postgresql://u:{}", "a,ŧ")
@given(st.sampled_from(["DB_PASSWORD", "DB_HOST", "DB_NAME", "DB_USER", "DB_PORT"]), URLS, PASSWORDS)
def test_no_group_of_settings_lets_a_password_out(name, template, password):
    values = {"DB_HOST": "h", "DB_NAME": "d", "DB_USER": "u", "DB_PORT": "5432", "DB_SSLMODE": "verify-full"}
    values[name] = password if name in ("DB_PASSWORD", "DB_PORT") else template.format(password)
    for setting in connection_string_settings(values):
        assert not set(repr(setting)) & set(CANARY)
    for group in split_clients(values):
        found = connection_of(group, values)
        if not any(
            one.code in ("invalid_host", "host_contains_at_sign", "value_contains_password") for one in found.problems
        ):
            continue
        effective = effective_sslmode(found, {}, split=tls_texts(group.roles, values))
        for text in (*texts(group), *texts(found), *texts(effective)):
            assert not set(text) & set(CANARY), text


@settings(max_examples=1000)
@given(st.text(max_size=60) | st.text("postgresqljdbc+:/@?&=%[]',# \\${}hu1", max_size=60))
def test_every_text_gives_a_result(text):
    looks_like_postgres(text)
    found = parse_connection_string(text)
    assert isinstance(found.hosts, tuple)
    assert effective_sslmode(found, {}, split={"ssl_mode": text}).driver == found.driver
