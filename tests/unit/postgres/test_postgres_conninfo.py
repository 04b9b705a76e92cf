"""Connection strings in every notation: what is read, what is refused, what is left out."""

from __future__ import annotations

import pytest

from preflight.postgres.connection import Host
from preflight.postgres.conninfo import looks_like_postgres, parse_connection_string
from preflight.postgres.problems import MESSAGES, problem


def codes(text: str, **options: str) -> list[str]:
    return [found.code for found in parse_connection_string(text, **options).problems]


def advice(text: str) -> list[str]:
    return [found.code for found in parse_connection_string(text).advice]


def test_a_uri_is_taken_apart():
    found = parse_connection_string(
        "postgresql://app:pw@db.internal:5433/orders?sslmode=verify-full&sslrootcert=/etc/ca.pem"
    )
    assert (found.form, found.driver) == ("uri", "libpq")
    assert found.hosts == (Host(host="db.internal", port="5433"),)
    assert (found.user, found.database) == ("app", "orders")
    assert found.password is not None
    assert found.password.reveal() == "pw"
    assert found.parameters == {"sslmode": "verify-full", "sslrootcert": "/etc/ca.pem"}
    assert found.problems == ()
    assert found.advice == ()


@pytest.mark.parametrize(
    ("text", "form", "driver"),
    [
        ("postgresql://h/d", "uri", "libpq"),
        ("postgres://h/d", "uri", "libpq"),
        ("postgresql+psycopg://h/d", "uri", "sqlalchemy-psycopg"),
        ("postgresql+psycopg2://h/d", "uri", "sqlalchemy-psycopg2"),
        ("postgresql+psycopg2cffi://h/d", "uri", "sqlalchemy-psycopg2cffi"),
        ("postgresql+asyncpg://h/d", "uri", "sqlalchemy-asyncpg"),
        ("postgresql+pg8000://h/d", "uri", "sqlalchemy-pg8000"),
        ("cockroachdb+psycopg2://h/d", "uri", "sqlalchemy-psycopg2"),
        ("jdbc:postgresql://h/d", "jdbc", "jdbc"),
        ("jdbc:postgresql:d", "jdbc", "jdbc"),
        ("pgsql://h/d", "uri", "django"),
        ("postgis://h/d", "uri", "django"),
        ("host=h dbname=d", "keyword", "libpq"),
        ("dbname = 'd' host = h", "keyword", "libpq"),
        ("postgresql://h/d?schema=public&connection_limit=5", "uri", "prisma"),
        ("postgres://h/d?pool=20&encoding=unicode&reconnect=true", "uri", "activerecord"),
        ("postgres://h/d?pool_max_conns=10", "uri", "pgx"),
        ("postgres://h/d?ssl-mode=verify-full", "uri", "sqlx"),
        ("postgres://h/d?sslmode=no-verify", "uri", "node-postgres"),
        ("postgres://h/d?ssl=1", "uri", "node-postgres"),
        ("postgres://h/d?ssl=verify-full", "uri", "porsager"),
        ("postgres://h/d?search_path=app", "uri", "other"),
        ("host=h dbname=d TimeZone=UTC", "keyword", "other"),
    ],
)
def test_the_notation_and_the_client_are_told(text, form, driver):
    found = parse_connection_string(text)
    assert (found.form, found.driver) == (form, driver)
    assert found.problems == ()
    assert looks_like_postgres(text)


@pytest.mark.parametrize(
    "text",
    [
        " postgresql://h/d",
        '"postgresql://h/d"',
        "Postgresql://h/d",
        "POSTGRES://h",
        "JDBC:postgresql://h/d",
        "postgresql+unheard://h/d",
        "user=app password=a b host=h",
        "host=db password='unterminated dbname=d",
    ],
)
def test_a_malformed_connection_string_still_looks_like_one(text):
    assert looks_like_postgres(text)
    assert parse_connection_string(text).problems


@pytest.mark.parametrize(
    "text",
    [
        "",
        "postgres",
        "postgres:16-alpine",
        "mysql://u:p@h/d",
        "mysql+pymysql://u:p@h/d",
        "jdbc:mysql://h/d",
        "redis://h",
        "https://postgresql.org/?host=x&dbname=y",
        "host",
        "host=only",
        "service=web",
        "name=app,env=prod",
        "Server=h;Database=d",
        "a=b host=h dbname=d",
        "=" * 1000,
        "${DATABASE_URL}",
    ],
)
def test_other_texts_do_not(text):
    assert not looks_like_postgres(text)


def test_several_hosts_keep_their_order_and_ports():
    found = parse_connection_string("postgresql://h1:5432,h2:5433,h3/d")
    assert [(host.host, host.port) for host in found.hosts] == [("h1", "5432"), ("h2", "5433"), ("h3", "")]
    same = parse_connection_string("host=h1,h2 port=6432 dbname=d")
    assert [(host.host, host.port) for host in same.hosts] == [("h1", "6432"), ("h2", "6432")]


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ("postgresql://[::1]:5432/d", "::1"),
        ("postgresql://[2001:db8::7]/d", "2001:db8::7"),
        ("postgresql://%2Fvar%2Frun/d", "/var/run"),
        ("postgresql:///d?host=/sock", "/sock"),
        ("postgresql:///d?host=@abstract", "@abstract"),
        ("host=/run/postgresql dbname=d", "/run/postgresql"),
        ("postgresql+psycopg://u:p@/d?host=/sock", "/sock"),
        ("postgresql+psycopg://[::1]:5432/d", "::1"),
        ("jdbc:postgresql://[::1]:5432/d", "::1"),
        ("postgresql://h?hostaddr=10.0.0.1", "h"),
        ("hostaddr=10.0.0.1 dbname=d", "10.0.0.1"),
    ],
)
def test_hosts_of_every_kind(text, host):
    found = parse_connection_string(text)
    assert [one.host for one in found.hosts] == [host]
    assert found.problems == ()


def test_sqlalchemy_takes_several_hosts_as_repeated_parameters():
    found = parse_connection_string("postgresql+psycopg://u:p@/d?host=h1:5432&host=h2:5433")
    assert [(host.host, host.port) for host in found.hosts] == [("h1", "5432"), ("h2", "5433")]
    assert found.problems == ()


def test_libpq_knows_neither_plus_nor_fragments_and_sqlalchemy_and_jdbc_decode_the_plus():
    assert parse_connection_string("postgresql://h/?sslrootcert=/a+b").parameters["sslrootcert"] == "/a+b"
    assert parse_connection_string("postgresql+psycopg://h/?sslrootcert=/a+b").parameters["sslrootcert"] == "/a b"
    assert parse_connection_string("jdbc:postgresql://h/d?sslrootcert=/a+b").parameters["sslrootcert"] == "/a b"
    assert codes("postgresql://h/?sslmode=verify-full#frag") == ["fragment_in_value"]


def test_the_last_of_equal_parameters_wins():
    assert (
        parse_connection_string("postgresql://h/?sslmode=verify-full&sslmode=disable").parameters["sslmode"]
        == "disable"
    )
    assert parse_connection_string("host=h dbname=d sslmode=disable sslmode=require").parameters["sslmode"] == "require"
    assert parse_connection_string("postgresql://h/?sslmode=verify-full&ssl=true").parameters["sslmode"] == "require"


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("postgresql://h/?ssl=true", "require"),
        ("postgresql://h/?requiressl=1", "require"),
        ("host=h dbname=d requiressl=1", "require"),
        ("host=h dbname=d requiressl=0", "prefer"),
    ],
)
def test_old_spellings_of_sslmode(text, mode):
    found = parse_connection_string(text)
    assert found.parameters == {"sslmode": mode}
    assert found.problems == ()


def test_passwords_are_in_no_other_field():
    found = parse_connection_string(
        "postgresql://h/d?user=app&password=pw&sslpassword=kw&oauth_client_secret=os&scram_client_key=sk"
    )
    assert found.parameters == {}
    assert found.user == "app"
    assert found.password is not None
    assert found.password.reveal() == "pw"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("postgresql://u:p@w@h/d", ["host_contains_at_sign"]),
        ("postgresql://u:p/w@h/d", ["host_contains_at_sign"]),
        ("postgresql://u:p@w/x@h:5432/d?sslmode=verify-full", ["host_contains_at_sign"]),
        ("postgresql+psycopg://u:p@w@h/d", ["host_contains_at_sign"]),
        ("jdbc:postgresql://u:p@h/d", ["jdbc_userinfo"]),
        ("jdbc:postgresql://h?user=u", ["jdbc_without_database"]),
        ("postgresql://u:p%w@h/d", ["invalid_percent_encoding"]),
        ("postgresql://u:p%00w@h/d", ["invalid_percent_encoding"]),
        ("postgresql://u:my pw@h/d", ["unescaped_blank"]),
        ("postgresql://[::1/d", ["unclosed_bracket"]),
        ("postgresql://[]/d", ["unclosed_bracket"]),
        ("postgresql://[::1]x/d", ["unclosed_bracket"]),
        ("postgresql://h:port/d", ["invalid_port"]),
        ("postgresql://h:0/d", ["invalid_port"]),
        ("postgresql://h:65536/d", ["invalid_port"]),
        ("host=h1,h2 port=1,2,3 dbname=d", ["port_count_mismatch"]),
        ("host=h1,h2 hostaddr=10.0.0.1 dbname=d", ["port_count_mismatch"]),
        ("host='db internal' dbname=d", ["invalid_host"]),
        ("postgresql://<HOST>/d", ["invalid_host"]),
        ("host=h dbname=d password=a b", ["missing_separator"]),
        ("host=h password='open dbname=d", ["unterminated_quote"]),
        ("postgresql://h/d?sslmode", ["missing_separator"]),
        ("postgresql://h/d?options=a=b", ["extra_separator"]),
        ("postgresql://h/d?foo=1", ["unknown_parameter"]),
        ("postgresql://h/d?sslmod=require", ["misspelled_parameter"]),
        ("postgresql://h/d?SSLMODE=require", ["misspelled_parameter"]),
        ("postgresql://h/d?ssl-root-certs=x", ["misspelled_parameter"]),
        ("host=h dbname=d HOST=x", ["misspelled_parameter"]),
        ("Postgresql://h/d", ["scheme_case"]),
        ("\tpostgresql://h/d", ["surrounding_blank"]),
        ("postgresql://h/d\n", ["surrounding_blank"]),
        ("'postgresql://h/d'", ["wrapped_in_quotes"]),
        ("postgresql://h/d\x00", ["invalid_character"]),
        ("postgresql+asyncpg://h/d?sslmode=require", ["driver_unsupported_parameter"]),
        ("postgresql+asyncpg://h/d?sslrootcert=/ca", ["driver_unsupported_parameter"]),
        ("postgresql+asyncpg://h/d?application_name=x", ["driver_unsupported_parameter"]),
        ("postgresql+asyncpg://h/d?ssl=true", ["invalid_value"]),
        ("postgresql+asyncpg://h/d?ssl=REQUIRE", ["value_case"]),
        ("postgresql+asyncpg://h/d?bogus=1", ["driver_unsupported_parameters"]),
        ("postgresql+pg8000://h/d?sslmode=require", ["driver_unsupported_parameter"]),
        ("postgresql+psycopg://h/d?ssl=true", ["driver_unsupported_parameter"]),
        ("postgresql+psycopg2://h/d?pool=5", ["driver_unsupported_parameter"]),
        ("postgresql+psycopg://h/d?sslmode=require&sslmode=disable", ["duplicate_parameter"]),
        ("postgres+psycopg://h/d", ["unknown_scheme"]),
        ("mysql://u:p@h/d", ["unknown_scheme"]),
        ("u:p@h/d", ["not_a_connection_string"]),
        ("", ["not_a_connection_string"]),
        ("x" * 70000, ["not_a_connection_string"]),
        ("postgresql://h/d?sslmode=VERIFY-FULL", ["value_case"]),
        ("postgresql://h/d?sslmode=verify_full", ["invalid_value"]),
        ("postgresql://h/d?sslmode=", ["empty_sslmode"]),
        ("postgresql://h/d?sslmode=require&sslrootcert=system", ["weak_with_system_roots"]),
        ("postgresql://h/d?sslmode=verify-full&sslrootcert=system", []),
        ("postgresql://h/d?sslrootcert=system", []),
        ("postgresql://h/d?sslnegotiation=direct&sslmode=prefer", ["sslnegotiation_conflict"]),
        ("postgresql://h/d?sslnegotiation=direct&sslmode=require", []),
        ("postgresql://h/d?sslnegotiation=Direct", ["value_case"]),
        ("postgresql://h/d?channel_binding=require&sslmode=disable", ["channel_binding_without_tls"]),
        ("postgresql://h/d?channel_binding=required", ["invalid_value"]),
        ("postgresql://h/d?ssl_min_protocol_version=1.3", ["tls_version_spelling"]),
        ("postgresql://h/d?ssl_min_protocol_version=tlsv1.2", []),
        ("postgresql://h/d?ssl_min_protocol_version=", []),
        ("postgresql://h/d?ssl_min_protocol_version=TLSv1.3&ssl_max_protocol_version=TLSv1.2", ["tls_version_range"]),
        ("jdbc:postgresql://h/d?sslmode=VERIFY-FULL", []),
        ("jdbc:postgresql://h/d?sslmode=strict", ["invalid_value"]),
        ("jdbc:postgresql://h/d?whatever=1&prepareThreshold=0", []),
        ("postgres://h/d?uselibpqcompat=true&sslmode=verify-ca", ["verify_ca_without_root"]),
        ("postgres://h/d?uselibpqcompat=true&sslmode=verify-ca&sslrootcert=/ca", []),
        ("postgresql://h/d?application_name=x%26password=pw", ["extra_separator", "value_contains_password"]),
        ("dbname=postgresql://u:p@h/d host=h", ["value_contains_password"]),
        ("postgresql://u:${PASSWORD}@h/d", ["unexpanded_reference"]),
        ("${DATABASE_URL}", ["unexpanded_reference"]),
        ("postgresql://u:pa$word@h/d", []),
        ("postgresql://u:%24%7BX%7D@h/d", []),
    ],
)
def test_what_is_wrong_is_named(text, expected):
    assert codes(text) == expected


def test_a_misspelled_parameter_names_the_one_that_was_meant_and_not_what_was_written():
    (found,) = parse_connection_string("postgresql://h/d?ssl-mode-=x").problems
    assert found.parameter == "sslmode"
    assert "sslmode seems to be meant" in found.message
    (found,) = parse_connection_string("postgresql://h/d?slsmode=x").problems
    assert found.parameter == "sslmode"


def test_a_spilled_password_takes_everything_with_it_that_may_be_a_part_of_it():
    for text in (
        "postgresql://u:p@tail@h/d?sslmode=verify-full&sslrootcert=/ca",
        "postgresql://u:p/tail@h/d?sslmode=verify-full",
        "postgresql+psycopg://u:p@tail@h/d?sslmode=verify-full",
    ):
        found = parse_connection_string(text)
        assert found.hosts == (Host(host=None, port=None),)
        assert (found.user, found.database) == (None, None)
        assert found.parameters == {"sslmode": "verify-full"}
        assert found.password is not None


def test_sqlalchemy_takes_a_slash_in_the_password_and_libpq_does_not():
    found = parse_connection_string("postgresql+psycopg://u:p/w@h/d")
    assert found.problems == ()
    assert found.password is not None
    assert found.password.reveal() == "p/w"


def test_delimiters_that_only_some_clients_cut_are_advice():
    assert advice("postgresql://u:p#w@h/d") == ["unescaped_delimiter"]
    assert advice("postgresql://u:p?w@h/d") == ["unescaped_delimiter"]
    assert codes("postgresql://u:p#w@h/d") == []
    assert advice("postgresql://u:p:w@h/d") == []


def test_the_scheme_that_sqlalchemy_does_not_know_is_advice():
    assert advice("postgres://h/d") == ["scheme_not_supported_by_sqlalchemy"]
    assert advice("postgresql://h/d") == []
    assert advice("postgresql://h/d?ssl=true") == ["ssl_parameter_depends_on_client"]


def test_parameters_of_another_client_are_kept_and_named_as_advice():
    found = parse_connection_string("postgresql://h/d?schema=public&sslmode=require&sslaccept=strict")
    assert found.parameters == {"schema": "public", "sslmode": "require", "sslaccept": "strict"}
    assert [(one.code, one.parameter) for one in found.advice] == [
        ("parameter_of_another_client", "schema"),
        ("parameter_of_another_client", "sslaccept"),
    ]


def test_a_client_that_is_known_passes_over_what_it_does_not_know():
    assert codes("postgresql://h/d?anything=1") == ["unknown_parameter"]
    assert codes("postgresql://h/d?anything=1", driver="node-postgres") == []
    assert parse_connection_string("postgresql://h/d?ssl=true", driver="node-postgres").parameters == {"ssl": "true"}
    found = parse_connection_string("postgresql+asyncpg://h/d", driver="node-postgres")
    assert found.driver == "sqlalchemy-asyncpg"


def test_references_leave_holes():
    found = parse_connection_string("postgresql://${USER}:${PW:-x/y@z}@${HOST}:${PORT}/${NAME}?sslmode=${MODE}&${MORE}")
    assert [one.code for one in found.problems] == ["unexpanded_reference"]
    assert found.hosts == (Host(host=None, port=None),)
    assert (found.user, found.password, found.database) == (None, None, None)
    assert found.unknown == ("dbname", "sslmode", "user", "password")
    assert found.incomplete


@pytest.mark.parametrize("reference", ["${A}", "$(A_B)", "{{ .Values.a }}", "${A:-${B}}", "${A:?not set}"])
def test_references_in_every_notation(reference):
    found = parse_connection_string(f"postgresql://u@{reference}/d")
    assert found.hosts == (Host(host=None, port=""),)
    assert found.database == "d"


def test_a_bare_name_counts_as_a_reference_only_where_it_is_the_whole_part():
    assert parse_connection_string("postgresql://$DB_HOST/d").hosts == (Host(host=None, port=""),)
    assert parse_connection_string("postgresql://u:$DB_PASSWORD@h/d").password is not None


def test_messages_are_fixed_and_complete():
    for code, message in MESSAGES.items():
        found = problem(code, "sslmode" if "{parameter}" in message else None)
        assert found.message == message.replace("{parameter}", "sslmode")
        assert not message.endswith(".")
        assert message[0].islower() or message.startswith(("{", "JDBC", "SQLAlchemy"))


def test_connections_are_values():
    text = "postgresql://u:p@h/d?sslmode=require"
    assert parse_connection_string(text) == parse_connection_string(text)
    assert hash(parse_connection_string(text)) == hash(parse_connection_string(text))


def test_bytes_that_are_no_utf8_stay_in_the_password_and_nowhere_else():
    found = parse_connection_string("postgresql://%FFu:p%FF@h/%FF")
    assert found.password is not None
    assert found.password.reveal().encode("utf-8", "surrogateescape") == b"p\xff"
    assert (found.user, found.database) == ("\ufffdu", "\ufffd")


def test_lone_surrogates_do_no_harm():
    for text in (
        "postgresql://u:\ud800%41@h/\ud800%41",
        "postgresql+psycopg://u:\ud800%41@h/d",
        "host=\ud800 dbname=d",
    ):
        assert parse_connection_string(text).form in ("uri", "keyword")


@pytest.mark.parametrize(
    ("text", "user", "host", "database"),
    [
        ("postgresql+psycopg://app@h/d", "app", "h", "d"),
        ("postgresql+psycopg://:pw@h/d", None, "h", "d"),
        ("postgresql+psycopg://h", None, "h", None),
        ("postgresql+psycopg2://u:p@h/d?database=e", "u", "h", "e"),
        ("postgresql+asyncpg://u:p@h/d?user=v&password=w&host=i", "v", "i", "d"),
        ("jdbc:postgresql:///d", None, None, "d"),
        ("jdbc:postgresql:/", None, None, None),
        ("jdbc:postgresql://h1:1,h2/d+e?user=u", "u", "h1", "d e"),
        ("pgsql://u:p@[::1]:5432/d#x", "u", "::1", "d"),
        ("pgsql://h", None, "h", None),
        ("pgsql://h/d?password=pw&user=u", "u", "h", "d"),
    ],
)
def test_other_notations_are_taken_apart(text, user, host, database):
    found = parse_connection_string(text)
    assert found.problems == ()
    assert (found.user, found.database) == (user, database)
    assert (found.hosts[0].host if found.hosts else None) == host


def test_references_among_the_parameters_leave_the_rest_open():
    for text in ("postgresql://h/d?${MORE}", "postgresql+psycopg://h/d?${MORE}", "jdbc:postgresql://h/d?${KEY}=1"):
        found = parse_connection_string(text)
        assert found.incomplete
        assert [one.code for one in found.problems] == ["unexpanded_reference"]
    assert parse_connection_string("host=h dbname=d ${MORE}").incomplete
    assert parse_connection_string("host=h dbname=d ${KEY}=1").incomplete
