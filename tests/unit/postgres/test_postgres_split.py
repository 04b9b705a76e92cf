"""Groups of settings that are a PostgreSQL connection, and settings that carry a connection string."""

from __future__ import annotations

import pytest

from preflight.postgres.connection import Host
from preflight.postgres.conninfo import parse_connection_string
from preflight.postgres.names import DATABASE_WORDS, role_of, tokens
from preflight.postgres.split import (
    connection_of,
    connection_string_settings,
    repeats,
    split_clients,
    tls_texts,
)
from preflight.postgres.sslmode import effective_sslmode


@pytest.mark.parametrize(
    ("name", "group", "role"),
    [
        ("PAYMENTS_DATABASE_HOST", "payments database", "host"),
        ("PAYMENTS_DATABASE_SSL_MODE", "payments database", "ssl_mode"),
        ("PAYMENTS_DATABASE_SSLROOTCERT", "payments database", "sslrootcert"),
        ("DB_HOST", "db", "host"),
        ("DB_DATABASE", "db", "database"),
        ("DB_SSL_REQUIRE", "db", "ssl_require"),
        ("DB_SSL_CA_FILE", "db", "sslrootcert"),
        ("DB_SSL_REJECT_UNAUTHORIZED", "db", "ssl_verify"),
        ("DB_CONNECTION", "db", "engine"),
        ("DB_REPLICA_HOST", "db replica", "host"),
        ("POSTGRES_DB", "postgres", "database"),
        ("POSTGRES_HOST", "postgres", "host"),
        ("PG_PASSWORD", "pg", "password"),
        ("PGHOST", "PG*", "host"),
        ("PGSSLMODE", "PG*", "sslmode"),
        ("PGDATABASE", "PG*", "database"),
        ("DB_POSTGRESDB_HOST", "db postgresdb", "host"),
        ("KC_DB_URL_HOST", "kc db", "host"),
        ("KC_DB", "kc db", "engine"),
        ("LISTMONK_db__ssl_mode", "listmonk db", "ssl_mode"),
        ("databaseHost", "database", "host"),
        ("spring.datasource.url", "spring datasource", "url"),
        ("DATABASE_URL", "database", "url"),
        ("SQLALCHEMY_DATABASE_URI", "sqlalchemy database", "url"),
        ("PREFECT_API_DATABASE_CONNECTION_URL", "prefect api database", "url"),
        ("POSTGRES_DSN", "postgres", "url"),
        ("DSN", "", "url"),
    ],
)
def test_names_of_settings(name, group, role):
    assert role_of(name) == (tuple(group.split()), role)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "HOST",
        "PASSWORD",
        "SENTRY_DSN",
        "REDIS_URL",
        "REDIS_DB_HOST",
        "MYSQL_HOST",
        "MONGO_DB_PASSWORD",
        "WORDPRESS_DB_HOST",
        "DATABASE_PASSWORD_MIN_LENGTH",
        "POSTGRES_HOST_AUTH_METHOD",
        "PGDATA",
        "pghost",
        "DBHOST",
        "SMTP_HOST",
        "DB_PASSWORD_FILE",
        "DB_BACKUP_BUCKET_NAME_PREFIX",
    ],
)
def test_names_of_other_settings(name):
    assert role_of(name) is None


def test_names_that_are_passed_over_at_once_have_none_of_the_words():
    for word in DATABASE_WORDS:
        assert role_of(f"APP_{word.upper()}_HOST") == (("app", word), "host")


def test_words():
    assert tokens("PAYMENTS_Database-sslMode.x") == ("payments", "database", "ssl", "mode", "x")


def group_of(settings: dict[str, str | None]):
    (group,) = split_clients(settings)
    return group


def test_a_group_and_its_connection():
    settings: dict[str, str | None] = {
        "PAYMENTS_DATABASE_HOST": "db.internal",
        "PAYMENTS_DATABASE_PORT": "5433",
        "PAYMENTS_DATABASE_NAME": "orders",
        "PAYMENTS_DATABASE_USER": "app",
        "PAYMENTS_DATABASE_PASSWORD": "pw",
        "PAYMENTS_DATABASE_SSL_MODE": "VERIFY_FULL",
        "PAYMENTS_DATABASE_SSLROOTCERT": "/etc/ca.pem",
        "PAYMENTS_SERVER_PORT": "8080",
    }
    group = group_of(settings)
    assert group.prefix == "payments_database"
    assert group.roles["password"] == "PAYMENTS_DATABASE_PASSWORD"
    found = connection_of(group, settings)
    assert (found.form, found.driver) == ("settings", "libpq")
    assert found.hosts == (Host(host="db.internal", port="5433"),)
    assert (found.user, found.database) == ("app", "orders")
    assert found.password is not None
    assert found.password.reveal() == "pw"
    assert found.parameters == {"sslrootcert": "/etc/ca.pem"}
    assert found.problems == ()
    effective = effective_sslmode(found, {}, split=tls_texts(group.roles, settings))
    assert (effective.mode, effective.source, effective.root_certificate) == (
        "verify-full", "split_setting", "/etc/ca.pem",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("settings", "alone", "beside_mysql"),
    [
        ({"DB_HOST": "db", "DB_PASSWORD": "x"}, 1, 0),
        ({"DB_HOST": "db", "DB_NAME": "x", "DB_PORT": "5432"}, 1, 1),
        ({"DB_HOST": "db:5432", "DB_NAME": "x"}, 1, 1),
        ({"DB_HOST": "postgres", "DB_USER": "x"}, 1, 1),
        ({"DB_HOST": "db", "DB_USER": "x", "DB_CONNECTION": "pgsql"}, 1, 1),
        ({"DB_HOST": "db", "DB_USER": "x", "DB_ENGINE": "django.db.backends.postgresql"}, 1, 1),
        ({"DB_HOST": "db", "DB_SSLMODE": "require"}, 1, 1),
        ({"DB_HOST": "db", "DB_SSL": "true"}, 1, 0),
        ({"KC_DB": "postgres", "KC_DB_URL_HOST": "db", "KC_DB_USERNAME": "x"}, 1, 1),
        ({"PG_HOST": "db", "PG_DATABASE": "x"}, 1, 1),
        ({"PGHOST": "db", "PGUSER": "x"}, 1, 1),
        ({"PGHOST": "db", "PGSSLMODE": "require"}, 1, 1),
        ({"PGHOSTADDR": "10.0.0.1", "PGDATABASE": "x"}, 1, 1),
        ({"PGSERVICE": "orders", "PGUSER": "x"}, 1, 1),
        ({"PGSERVICE": None, "PGUSER": "x"}, 1, 1),
        ({"DB_HOST": None, "DB_PASSWORD": None}, 1, 0),
        ({"POSTGRES_HOST": "mysql-to-postgres", "POSTGRES_DB": "x"}, 0, 0),
        ({"DB_HOST": "db", "DB_PASSWORD": "x", "MYSQL_DATABASE": "y", "POSTGRES_DB": "z"}, 1, 1),
    ],
)
def test_groups_that_are_clients(settings, alone, beside_mysql):
    assert len(split_clients(settings)) == alone
    assert len(split_clients({**settings, "MYSQL_DATABASE": "y"})) == beside_mysql


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"DB_HOST": "db"},
        {"DB_HOST": "db", "DB_PORT": "5432"},
        {"DB_HOST": "", "DB_PASSWORD": "x"},
        {"DB_PASSWORD": "x", "DB_NAME": "y"},
        {"POSTGRES_USER": "x", "POSTGRES_PASSWORD": "y", "POSTGRES_DB": "z"},
        {"PGUSER": "x", "PGPASSWORD": "y"},
        {"DB_HOST": "db", "DB_PASSWORD": "x", "DB_CONNECTION": "mysql"},
        {"DB_HOST": "db", "DB_PASSWORD": "x", "DB_ENGINE": "django.db.backends.mysql"},
        {"DB_HOST": "db", "DB_PASSWORD": "x", "DB_DRIVER": "org.mariadb.jdbc.Driver"},
        {"DB_HOST": "db", "DB_PASSWORD": "x", "DB_DIALECT": "mssql"},
        {"DB_HOST": "db", "DB_PASSWORD": "x", "DB_PORT": "3306"},
        {"DB_HOST": "db:3306", "DB_PASSWORD": "x"},
        {"DB_HOST": "db", "DB_PASSWORD": "x", "DB_PORT": "27017"},
        {"DB_HOST": "mysql", "DB_PASSWORD": "x"},
        {"DB_HOST": "mariadb-1.internal", "DB_PASSWORD": "x"},
        {"DB_HOST": "db", "DB_PASSWORD": "x", "DB_URL": "mysql://db/x"},
        {"DB_HOST": "db", "DB_PASSWORD": "x", "MYSQL_ROOT_PASSWORD": "y"},
        {"KC_DB": "mysql", "KC_DB_URL_HOST": "db", "KC_DB_USERNAME": "x"},
        {"MYSQL_HOST": "db", "MYSQL_PASSWORD": "x"},
        {"WORDPRESS_DB_HOST": "db", "WORDPRESS_DB_PASSWORD": "x"},
        {"REDIS_DB_HOST": "r", "REDIS_DB_PASSWORD": "x"},
        {"DB_PASSWORD_HOST_POLICY": "x", "DATABASE_USER": "y"},
    ],
)
def test_groups_that_are_none(settings):
    assert split_clients(settings) == ()


def test_libpq_variables_are_a_connection_of_their_own():
    settings: dict[str, str | None] = {
        "PGHOST": "h1,h2",
        "PGPORT": "5432,6432",
        "PGDATABASE": "d",
        "PGUSER": "u",
        "PGPASSWORD": "pw",
        "PGSSLMODE": "verify-ca",
        "PGSSLROOTCERT": "/ca",
    }
    group = group_of(settings)
    found = connection_of(group, settings)
    assert found.form == "environment"
    assert found.hosts == (Host(host="h1", port="5432"), Host(host="h2", port="6432"))
    assert found.password is not None
    assert tls_texts(group.roles, settings) == {}
    effective = effective_sslmode(found, settings)
    assert (effective.mode, effective.source, effective.root_certificate) == ("verify-ca", "PGSSLMODE", "/ca")


def test_libpq_takes_its_variables_by_the_letter_and_the_application_does_not():
    libpq: dict[str, str | None] = {"PGHOST": "h", "PGSSLMODE": "VERIFY_FULL"}
    found = connection_of(group_of(libpq), libpq)
    assert [one.code for one in found.problems] == ["invalid_value"]
    assert effective_sslmode(found, libpq).mode is None
    own: dict[str, str | None] = {"DB_HOST": "h", "DB_SSLMODE": "VERIFY_FULL"}
    group = group_of(own)
    assert effective_sslmode(connection_of(group, own), {}, split=tls_texts(group.roles, own)).mode == "verify-full"


def test_a_group_without_a_mode_falls_to_the_environment_and_the_default():
    settings: dict[str, str | None] = {"DB_HOST": "h", "DB_PASSWORD": "x"}
    found = connection_of(group_of(settings), settings)
    assert effective_sslmode(found, {}).mode == "prefer"
    assert effective_sslmode(found, {}).driver_dependent
    assert effective_sslmode(found, {"PGSSLMODE": "verify-full"}).mode == "verify-full"


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("db:5433", [("db", "5433")]),
        ("h1:1, h2:2", [("h1", "1"), ("h2", "2")]),
        ("h1,h2", [("h1", ""), ("h2", "")]),
        ("[::1]:5432", [("::1", "5432")]),
        ("::1", [("::1", "")]),
        ("/run/postgresql", [("/run/postgresql", "")]),
        ("${HOST}", [(None, None)]),
        (None, [(None, None)]),
        ("postgresql://u:p@h/d", [(None, None)]),
        ("u:p@h", [(None, None)]),
    ],
)
def test_hosts_of_a_group(host, expected):
    settings = {"DB_HOST": host, "DB_PASSWORD": "x", "DB_SSLMODE": "require"}
    found = connection_of(group_of(settings), settings)
    assert [(one.host, one.port) for one in found.hosts] == expected


def test_values_that_are_not_known_are_told():
    settings: dict[str, str | None] = {"DB_HOST": "h", "DB_USER": None, "DB_PASSWORD": "${SECRET}", "DB_SSLMODE": None}
    group = group_of(settings)
    found = connection_of(group, settings)
    assert found.unknown == ("password", "user")
    assert (found.user, found.password) == (None, None)
    effective = effective_sslmode(found, {"PGSSLMODE": "verify-full"}, split=tls_texts(group.roles, settings))
    assert (effective.mode, effective.source, effective.reasons) == (None, "split_setting", ("reference",))


def test_a_url_where_a_name_belongs_is_not_carried():
    settings: dict[str, str | None] = {"DB_HOST": "h", "DB_NAME": "postgresql://u:p@h/d"}
    found = connection_of(group_of(settings), settings)
    assert found.database is None
    assert [one.code for one in found.problems] == ["value_contains_password"]


def test_of_two_settings_with_one_role_the_first_that_is_set_counts():
    settings: dict[str, str | None] = {"DB_HOST": "h", "DB_PASS": "", "DB_PASSWORD": "x"}
    assert group_of(settings).roles["password"] == "DB_PASSWORD"


def test_connection_string_settings_and_what_stands_beside_them():
    settings = {
        "APP_DATABASE_URL": "postgresql://h/d?sslmode=verify-full",
        "APP_DB_SSL_MODE": "require",
        "APP_DATABASE_SSL_REQUIRE": "true",
        "SENTRY_DSN": "https://x",
        "OTHER_DB_SSL_MODE": "disable",
    }
    (found,) = connection_string_settings(settings)
    assert found.name == "APP_DATABASE_URL"
    assert found.beside == {"ssl_mode": "APP_DB_SSL_MODE", "ssl_require": "APP_DATABASE_SSL_REQUIRE"}
    effective = effective_sslmode(
        parse_connection_string(settings[found.name]), {}, split=tls_texts(found.beside, settings)
    )
    assert (effective.mode, effective.disagrees) == ("require", True)


def test_the_same_prefix_stands_nearer_than_one_that_means_the_same():
    (found,) = connection_string_settings(["DATABASE_URL", "DB_SSLMODE", "DATABASE_SSLMODE"])
    assert found.beside == {"ssl_mode": "DATABASE_SSLMODE"}


def test_a_group_that_repeats_a_connection_string():
    settings: dict[str, str | None] = {"DB_HOST": "h", "DB_NAME": "d", "DB_PASSWORD": "x"}
    group = connection_of(group_of(settings), settings)
    assert repeats(parse_connection_string("postgresql://u:p@h:5432/d?sslmode=verify-full"), group)
    assert repeats(parse_connection_string("postgresql://u:p@h:5432"), group)
    assert not repeats(parse_connection_string("postgresql://u:p@h/other"), group)
    assert not repeats(parse_connection_string("postgresql://u:p@h,h2/d"), group)
    assert not repeats(parse_connection_string("postgresql:///d"), group)


def test_groups_are_values():
    settings: dict[str, str | None] = {"DB_HOST": "h", "DB_PASSWORD": "x", "DATABASE_URL": None}
    assert hash(group_of(settings)) == hash(group_of(settings))
    assert len({*connection_string_settings(settings), *connection_string_settings(settings)}) == 1


def test_a_service_that_is_not_known_leaves_servers_and_mode_unknown():
    settings: dict[str, str | None] = {"PGSERVICE": None, "PGUSER": "u"}
    found = effective_sslmode(connection_of(group_of(settings), settings), settings)
    assert (found.mode, found.network) == (None, "unknown")
    assert "service" in found.unknown
