"""Which TLS mode a connection has, to which driver, and where it comes from."""

from __future__ import annotations

import pytest

from preflight.model.fact import SCALES
from preflight.postgres.conninfo import parse_connection_string
from preflight.postgres.hosts import is_host, is_port, network_of
from preflight.postgres.sslmode import (
    SOURCES,
    SSLMODES,
    effective_sslmode,
    is_switch,
    normalise,
    split_sslmode,
    strict,
    weaker,
)


def effective(text: str, environment: dict[str, str | None] | None = None, **options):
    return effective_sslmode(parse_connection_string(text, driver=options.get("driver")), environment or {}, **options)


def mode_and_source(text: str, environment: dict[str, str | None] | None = None, **options) -> tuple[str | None, str]:
    found = effective(text, environment, **options)
    assert found.source in SOURCES
    return found.mode, found.source


def test_the_scale_is_the_one_of_the_rules():
    assert SCALES["sslmode"] == SSLMODES
    assert weaker("verify-full", "require") == "require"


# --- libpq: connection string, service file, environment, default ---------------------------------------------------


@pytest.mark.parametrize(
    ("text", "environment", "expected"),
    [
        ("postgresql://h/d", {}, ("prefer", "driver_default")),
        ("postgresql://h/d?sslmode=verify-ca", {}, ("verify-ca", "connection_string")),
        ("postgresql://h/d?sslmode=disable", {"PGSSLMODE": "verify-full"}, ("disable", "connection_string")),
        ("postgresql://h/d", {"PGSSLMODE": "verify-full"}, ("verify-full", "PGSSLMODE")),
        ("host=h dbname=d", {"PGSSLMODE": "allow"}, ("allow", "PGSSLMODE")),
        ("postgresql://h/d", {"PGREQUIRESSL": "1"}, ("require", "PGREQUIRESSL")),
        ("postgresql://h/d", {"PGREQUIRESSL": "0"}, ("prefer", "driver_default")),
        ("postgresql://h/d", {"PGREQUIRESSL": "1", "PGSSLMODE": "disable"}, ("disable", "PGSSLMODE")),
        ("postgresql://h/d?sslrootcert=system", {}, ("verify-full", "sslrootcert")),
        ("postgresql://h/d", {"PGSSLROOTCERT": "system"}, ("verify-full", "sslrootcert")),
        ("postgresql://h/d?sslrootcert=system", {"PGREQUIRESSL": "1"}, ("require", "PGREQUIRESSL")),
        ("postgresql://h/d?sslmode=VERIFY-FULL", {}, (None, "connection_string")),
        ("postgresql://h/d?sslmode=", {"PGSSLMODE": "verify-full"}, (None, "connection_string")),
        ("postgresql://h/d", {"PGSSLMODE": ""}, (None, "PGSSLMODE")),
        ("postgresql://h/d", {"PGSSLMODE": "Verify-Full"}, (None, "PGSSLMODE")),
        ("postgresql://h/d", {"PGSSLMODE": None}, (None, "connection_string")),
        ("postgresql://h/d?sslmode=verify-full", {"PGSSLMODE": None}, ("verify-full", "connection_string")),
        ("postgresql://h/d?sslmode=${MODE}", {"PGSSLMODE": "verify-full"}, (None, "connection_string")),
        ("postgresql://h/d?${MORE}", {}, (None, "connection_string")),
        ("postgresql+psycopg://h/d", {"PGSSLMODE": "verify-ca"}, ("verify-ca", "PGSSLMODE")),
        ("not a connection string", {}, (None, "unknown")),
    ],
)
def test_libpq_takes_the_first_that_speaks(text, environment, expected):
    assert mode_and_source(text, environment) == expected


def test_a_service_file_comes_before_the_environment_and_after_the_text():
    environment: dict[str, str | None] = {"PGSSLMODE": "verify-full", "PGSERVICE": "orders"}
    assert mode_and_source("postgresql://h/d", environment, service={"sslmode": "disable"}) == (
        "disable", "service_file",
    )  # fmt: skip
    assert mode_and_source("postgresql://h/d", environment, service={"dbname": "x"}) == ("verify-full", "PGSSLMODE")
    assert mode_and_source("postgresql://h/d?sslmode=require", environment, service={"sslmode": "disable"}) == (
        "require", "connection_string",
    )  # fmt: skip


def test_a_service_file_that_is_not_known_leaves_the_mode_unknown():
    found = effective("postgresql://h/d?service=orders", {"PGSSLMODE": "verify-full"})
    assert (found.mode, found.source, found.reasons) == (None, "service_file", ("service_file_unknown",))
    assert mode_and_source("postgresql://h/d?service=orders&sslmode=verify-ca") == ("verify-ca", "connection_string")
    assert effective("dbname=d service=orders").network == "unknown"
    assert mode_and_source("postgresql://h/d", {}, service={"sslmode": "disable"}) == ("prefer", "driver_default")


def test_problems_of_the_effective_parameters_are_named():
    found = effective("postgresql://h/d?sslmode=require", {"PGSSLROOTCERT": "system"})
    assert [one.code for one in found.problems] == ["weak_with_system_roots"]
    found = effective("postgresql://h/d", {"PGSSLMODE": ""})
    assert [one.code for one in found.problems] == ["empty_sslmode"]
    found = effective("postgresql://h/d", {"PGSSLMINPROTOCOLVERSION": "1.3"})
    assert [one.code for one in found.problems] == ["tls_version_spelling"]


@pytest.mark.parametrize(
    ("text", "environment", "codes"),
    [
        ("postgresql://h/d?ssl_max_protocol_version=TLSv1.1", {}, ["tls_version_range"]),
        ("postgresql://h/d?ssl_max_protocol_version=TLSv1.2", {}, []),
        ("postgresql://h/d", {"PGSSLMAXPROTOCOLVERSION": "TLSv1"}, ["tls_version_range"]),
        ("postgresql://h/d?ssl_max_protocol_version=TLSv1.1", {"PGSSLMINPROTOCOLVERSION": "TLSv1"}, []),
        ("postgresql://h/d?ssl_max_protocol_version=TLSv1.1", {"PGSSLMINPROTOCOLVERSION": None}, []),
        ("postgresql://h/d?ssl_max_protocol_version=TLSv1.1&ssl_min_protocol_version=${LOWEST}", {}, []),
    ],
)
def test_the_lowest_version_of_tls_is_1_2_where_nothing_sets_it(text, environment, codes):
    connection = parse_connection_string(text)
    found = effective_sslmode(connection, environment)
    assert "tls_version_range" not in [one.code for one in connection.problems]
    assert [one.code for one in found.problems] == codes


def test_facts_beside_the_mode():
    found = effective(
        "postgresql://h/d?sslmode=verify-full&sslcert=/c&channel_binding=require",
        {
            "PGSSLROOTCERT": "/ca",
            "PGSSLKEY": "/k",
            "PGSSLMINPROTOCOLVERSION": "TLSv1.3",
            "PGSSLCERT": "/other",
            "PGPASSWORD": "pw",
        },
    )
    assert (found.root_certificate, found.client_certificate, found.client_key) == ("/ca", "/c", "/k")
    assert found.min_tls_version == "1.3"
    assert "password" not in found.parameters
    plain = effective("postgresql://h/d")
    assert (plain.root_certificate, plain.min_tls_version) == (None, None)


# --- where the servers are ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "environment", "network"),
    [
        ("postgresql://db.internal/d", {}, "remote"),
        ("postgresql://localhost/d", {}, "loopback"),
        ("postgresql://[::1]/d", {}, "loopback"),
        ("postgresql://127.0.0.1,db/d", {}, "remote"),
        ("postgresql://%2Frun,localhost/d", {}, "loopback"),
        ("postgresql://%2Frun/d", {}, "local_socket"),
        ("postgresql:///d", {}, "local_socket"),
        ("postgresql:///d", {"PGHOST": "db"}, "remote"),
        ("postgresql:///d", {"PGHOST": None}, "unknown"),
        ("postgresql:///d", {"PGHOST": "not a host"}, "unknown"),
        ("postgresql://h/d", {"PGHOSTADDR": "127.0.0.1"}, "loopback"),
        ("postgresql://localhost/d", {"PGHOSTADDR": "10.0.0.1"}, "remote"),
        ("postgresql://localhost/d", {"PGHOSTADDR": None}, "unknown"),
        ("postgresql://%2Frun/d?hostaddr=10.0.0.1", {}, "remote"),
        ("host=localhost,db hostaddr=127.0.0.1, dbname=d", {}, "remote"),
        ("postgresql://${HOST}/d", {}, "unknown"),
        ("postgresql://u:p@w@h/d", {}, "unknown"),
        ("jdbc:postgresql:d", {}, "loopback"),
        ("jdbc:postgresql:d", {"PGHOST": "db"}, "loopback"),
        ("postgresql+pg8000:///d", {}, "loopback"),
        ("postgresql+asyncpg:///d", {"PGHOST": "db"}, "remote"),
    ],
)
def test_networks(text, environment, network):
    assert effective(text, environment).network == network


def test_a_local_socket_has_no_mode():
    found = effective("postgresql:///d?host=/run/postgresql&sslmode=verify-full")
    assert (found.mode, found.applicable, found.reasons) == (None, False, ("local_socket",))
    assert not found.driver_dependent
    assert effective("postgresql://%2Frun,db/d?sslmode=verify-full").mode == "verify-full"


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("localhost", "loopback"),
        ("LOCALHOST.", "loopback"),
        ("app.localhost", "loopback"),
        ("127.1", "loopback"),
        ("127.255.255.254", "loopback"),
        ("::ffff:127.0.0.1", "loopback"),
        ("127.example", "remote"),
        ("127.0.0.1.example", "remote"),
        ("127.0.0.1.2", "remote"),
        ("localhost.example", "remote"),
        ("0.0.0.0", "remote"),  # noqa: S104 - a host to connect to, nothing binds
        ("::ffff:10.0.0.1", "remote"),
        ("/run", "local_socket"),
        ("@abstract", "local_socket"),
        (None, "unknown"),
    ],
)
def test_hosts_and_their_networks(host, network):
    assert network_of([host]) == network
    assert network_of([host, "db.internal"]) == "remote"


def test_hosts_and_ports_are_told_from_what_is_none():
    assert all(
        map(is_host, ("", "db", "db-1.internal", "my_db", "10.0.0.1", "::1", "fe80::1%eth0", "/run", "@x", "bücher"))
    )
    assert not any(map(is_host, ("a b", "u:pw", "u@h", "@x@y", "h#", "<h>", "$H", "a/b")))
    assert all(map(is_port, ("", "1", "5432", "65535", " 5432 ")))
    assert not any(map(is_port, ("0", "65536", "x", "-1", "5432x", "٥٤٣٢", " ", "1" * 5000)))


# --- other drivers --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "environment", "expected"),
    [
        ("postgresql+asyncpg://h/d", {}, ("prefer", "driver_default")),
        ("postgresql+asyncpg://h/d?ssl=verify-full", {}, ("verify-full", "connection_string")),
        ("postgresql+asyncpg://h/d?ssl=verify_ca", {}, ("verify-ca", "connection_string")),
        ("postgresql+asyncpg://h/d?ssl=require", {"PGSSLMODE": "verify-full"}, ("require", "connection_string")),
        ("postgresql+asyncpg://h/d", {"PGSSLMODE": "verify-full"}, ("verify-full", "PGSSLMODE")),
        ("postgresql+asyncpg://h/d?ssl=true", {}, (None, "connection_string")),
        ("postgresql+asyncpg://h/d", {"PGREQUIRESSL": "1"}, ("prefer", "driver_default")),
        ("postgresql+pg8000://h/d", {"PGSSLMODE": "verify-full"}, ("prefer", "driver_default")),
        ("jdbc:postgresql://h/d", {"PGSSLMODE": "verify-full"}, ("prefer", "driver_default")),
        ("jdbc:postgresql://h/d?ssl=true", {}, ("verify-full", "connection_string")),
        ("jdbc:postgresql://h/d?ssl", {}, ("verify-full", "connection_string")),
        ("jdbc:postgresql://h/d?ssl=", {}, ("verify-full", "connection_string")),
        ("jdbc:postgresql://h/d?ssl=false", {}, ("prefer", "driver_default")),
        ("jdbc:postgresql://h/d?sslmode=Require&ssl=true", {}, ("require", "connection_string")),
        ("jdbc:postgresql://h/d?sslMode=verify-full", {}, ("prefer", "driver_default")),
        (
            "jdbc:postgresql://h/d?ssl=true&sslfactory=org.postgresql.ssl.NonValidatingFactory",
            {},
            ("require", "connection_string"),
        ),
        ("jdbc:postgresql://h/d?service=s", {}, (None, "service_file")),
        ("postgres://h/d?ssl=0", {}, ("disable", "connection_string")),
        ("postgres://h/d?ssl=no-verify", {}, ("require", "connection_string")),
        ("postgres://h/d?sslmode=no-verify", {}, ("require", "connection_string")),
        ("postgres://h/d?ssl=false", {}, ("disable", "connection_string")),
        ("postgres://h/d?ssl=verify-full", {}, ("verify-full", "connection_string")),
        ("postgres://h/d?schema=s", {}, ("prefer", "driver_default")),
        ("postgres://h/d?schema=s&sslmode=require", {}, ("require", "connection_string")),
        ("postgres://h/d?schema=s&sslmode=require&sslaccept=strict", {}, ("verify-full", "connection_string")),
        ("postgres://h/d?schema=s&sslmode=verify-full", {}, ("prefer", "connection_string")),
        ("postgres://h/d?pool=5&sslmode=verify-full", {}, ("verify-full", "connection_string")),
        ("postgres://h/d?ssl-mode=verify-ca", {}, ("verify-ca", "connection_string")),
    ],
)
def test_other_drivers_take_other_meanings(text, environment, expected):
    assert mode_and_source(text, environment) == expected


@pytest.mark.parametrize(
    ("query", "environment", "mode", "version_dependent"),
    [
        ("", {}, "disable", False),
        ("", {"PGSSLMODE": "verify-full"}, "verify-full", False),
        ("", {"PGSSLMODE": "require"}, "require", True),
        ("", {"PGSSLMODE": "no-verify"}, "require", False),
        ("?sslmode=verify-full", {}, "verify-full", False),
        ("?sslmode=verify-ca", {}, "verify-ca", True),
        ("?sslmode=require", {}, "require", True),
        ("?sslmode=prefer", {}, "prefer", True),
        ("?sslmode=disable", {}, "disable", False),
        ("?sslmode=something", {}, None, False),
        ("?ssl=true", {}, "verify-full", False),
        ("?ssl=1", {}, "verify-full", False),
        ("?ssl=0", {}, "disable", False),
        ("?ssl=false", {}, "disable", False),
        ("?ssl=require", {}, None, False),
        ("?ssl=true&sslmode=require", {}, "require", True),
        ("?sslrootcert=/ca", {"PGSSLMODE": "disable"}, "verify-full", False),
        ("?sslnegotiation=direct", {}, "verify-full", False),
    ],
)
def test_node_postgres(query, environment, mode, version_dependent):
    found = effective(f"postgresql://h/d{query}", environment, driver="node-postgres")
    assert (found.mode, found.driver_dependent) == (mode, version_dependent)


@pytest.mark.parametrize(
    ("query", "environment", "mode"),
    [
        ("", {}, "disable"),
        ("", {"PGSSLMODE": "verify-full"}, "disable"),
        ("", {"PGSSL": "require"}, "require"),
        ("?sslmode=require", {}, "require"),
        ("?ssl=verify-full", {}, "verify-full"),
        ("?ssl=true", {}, "verify-full"),
        ("?ssl=false", {}, "disable"),
        ("?sslrootcert=system", {}, "verify-full"),
        ("?ssl=nonsense", {}, None),
    ],
)
def test_porsager(query, environment, mode):
    assert effective(f"postgresql://h/d{query}", environment, driver="porsager").mode == mode


@pytest.mark.parametrize(
    ("query", "environment", "mode"),
    [
        ("", {}, "prefer"),
        ("?sslmode=verify_full", {}, "verify-full"),
        ("?ssl=true", {}, "prefer"),
        ("", {"PGSSLMODE": "require"}, "require"),
        ("", {"PGREQUIRESSL": "1"}, "prefer"),
        ("", {"PGSSLMODE": ""}, None),
    ],
)
def test_asyncpg_by_itself(query, environment, mode):
    assert effective(f"postgresql://h/d{query}", environment, driver="asyncpg").mode == mode


@pytest.mark.parametrize(
    ("text", "dependent"),
    [
        ("postgresql://h/d", True),
        ("postgresql://h/d?sslmode=prefer", True),
        ("postgresql://h/d?sslmode=require", True),
        ("postgresql://h/d?sslmode=disable", False),
        ("postgresql://h/d?sslmode=verify-ca", False),
        ("postgresql://h/d?sslmode=verify-full", False),
        ("host=h dbname=d sslmode=require", False),
        ("postgresql+psycopg://h/d?sslmode=require", False),
        ("jdbc:postgresql://h/d?sslmode=require", False),
        ("postgresql://h/d?uselibpqcompat=true&sslmode=verify-ca&sslrootcert=/ca", True),
        ("postgresql://h/d?schema=s&sslmode=verify-full", True),
    ],
)
def test_a_mode_that_other_clients_read_otherwise_is_told(text, dependent):
    assert effective(text).driver_dependent is dependent


def test_a_driver_that_is_known_makes_nothing_dependent():
    assert not effective("postgresql://h/d?sslmode=require", driver="sqlalchemy-psycopg").driver_dependent


# --- settings of the application ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("verify-full", "verify-full"),
        ("VERIFY_FULL", "verify-full"),
        ("VerifyFull", "verify-full"),
        (" 'verify ca' ", "verify-ca"),
        ("Require", "require"),
        ("true", "require"),
        ("1", "require"),
        ("on", "require"),
        ("YES", "require"),
        ("no-verify", "require"),
        ("prefer", "prefer"),
        ("allow", "allow"),
        ("false", "disable"),
        ("0", "disable"),
        ("off", "disable"),
        ("no", "disable"),
        ("", None),
        ("strict", None),
        ("verify", None),
        ("full", None),
    ],
)
def test_what_people_write(text, mode):
    assert normalise(text) == mode


def test_libpq_takes_nothing_but_its_own_words():
    assert [strict(mode) for mode in SSLMODES] == list(SSLMODES)
    assert [strict(text) for text in ("VERIFY_FULL", "true", "", "verify-full ")] == [None] * 4
    assert is_switch("on")
    assert not is_switch("require")


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ({}, (None, ())),
        ({"ssl_mode": ""}, (None, ())),
        ({"ssl_mode": "VERIFY_CA"}, ("verify-ca", ())),
        ({"ssl": "true"}, ("require", ("switch_names_no_mode",))),
        ({"ssl": "false"}, ("disable", ("switch_names_no_mode",))),
        ({"ssl_require": "true"}, ("require", ("switch_names_no_mode",))),
        ({"ssl_require": "false"}, (None, ())),
        ({"ssl_mode": "verify-full", "ssl": "true"}, ("require", ("switch_names_no_mode",))),
        ({"ssl": "true", "ssl_verify": "true"}, ("verify-full", ())),
        ({"ssl_mode": "verify-full", "ssl_verify": "false"}, ("require", ("verification_off",))),
        ({"ssl_mode": "certainly"}, (None, ("unrecognised_mode",))),
        ({"ssl_mode": None}, (None, ("reference",))),
    ],
)
def test_separate_settings(texts, expected):
    assert split_sslmode(texts) == expected


@pytest.mark.parametrize(
    ("text", "split", "expected", "disagrees"),
    [
        ("postgresql://h/d?sslmode=verify-full", {"ssl_mode": "require"}, ("require", "split_setting"), True),
        ("postgresql://h/d?sslmode=require", {"ssl_mode": "verify-full"}, ("require", "connection_string"), True),
        (
            "postgresql://h/d?sslmode=verify-full",
            {"ssl_mode": "VERIFY_FULL"},
            ("verify-full", "connection_string"),
            False,
        ),
        ("postgresql://h/d?sslmode=verify-full", {"ssl_require": "true"}, ("require", "split_setting"), True),
        ("postgresql://h/d?sslmode=verify-full", {"ssl_require": "false"}, ("verify-full", "connection_string"), False),
        ("postgresql://h/d", {"ssl_mode": "verify-full"}, ("verify-full", "split_setting"), False),
        ("postgresql://h/d", {"ssl": "false"}, ("disable", "split_setting"), False),
        ("postgresql://h/d?sslmode=verify-full", {"ssl_mode": "what"}, (None, "split_setting"), False),
        ("postgresql://h/d?sslmode=VERIFY", {"ssl_mode": "verify-full"}, (None, "connection_string"), False),
        ("postgresql://h/d?sslrootcert=system", {"ssl_mode": "require"}, ("require", "split_setting"), True),
    ],
)
def test_of_two_settings_the_weaker_counts(text, split, expected, disagrees):
    found = effective(text, split=split)
    assert (found.mode, found.source) == expected
    assert found.disagrees is disagrees


def test_both_sides_of_a_disagreement_are_told():
    found = effective("postgresql://h/d?sslmode=verify-full", split={"ssl_mode": "require"})
    assert found.candidates == (("connection_string", "verify-full"), ("split_setting", "require"))
    assert found.driver_dependent


def test_a_setting_beside_the_text_wins_over_the_environment_and_an_unknown_service():
    assert mode_and_source("postgresql://h/d", {"PGSSLMODE": "disable"}, split={"ssl_mode": "verify-full"}) == (
        "verify-full", "split_setting",
    )  # fmt: skip
    found = effective("postgresql://h/d?service=s", split={"ssl_mode": "verify-ca"})
    assert (found.mode, found.reasons) == ("verify-ca", ())
    assert hash(found) == hash(found.replace())
