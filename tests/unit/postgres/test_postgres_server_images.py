"""What images of PostgreSQL are known for."""

from __future__ import annotations

import pytest

from preflight.postgres.hba import read_access
from preflight.postgres.server_images import (
    bitnami_access,
    bitnami_settings,
    official_access,
    official_settings,
    server_image,
)


@pytest.mark.parametrize(
    ("repository", "tag", "family", "major", "user"),
    [
        ("postgres", "17.2", "official", 17, 999),
        ("postgres", "16-alpine", "official", 16, 70),
        ("postgres", "", "official", None, 999),
        ("docker/library/postgres", "15", "official", 15, 999),
        ("postgis/postgis", "16-3.4-alpine", "official", 16, 70),
        ("pgvector/pgvector", "pg17", "official", 17, 999),
        ("pgvector/pgvector", "0.8.0-pg16", "official", 16, 999),
        ("timescale/timescaledb", "2.17.2-pg16", "official", 16, 70),
        ("bitnami/postgresql", "17.2.0", "bitnami", 17, 1001),
        ("example/postgres", "17", "other", None, None),
        ("supabase/postgres", "15.8.1", "other", None, None),
    ],
)
def test_servers(repository, tag, family, major, user):
    found = server_image(repository, tag)
    assert (found.is_server, found.family, found.major, found.user) == (True, family, major, user)


@pytest.mark.parametrize(
    "repository",
    ["postgrest/postgrest", "dpage/pgadmin4", "prodrigestivill/postgres-backup-local", "prometheuscommunity/postgres-exporter", "redis", "example/age"],
)  # fmt: skip
def test_what_runs_no_server(repository):
    assert not server_image(repository, "latest").is_server


@pytest.mark.parametrize(
    ("image", "environment", "folder"),
    [
        (("postgres", "17"), {}, "/var/lib/postgresql/data"),
        (("postgres", "18"), {}, "/var/lib/postgresql/18/docker"),
        (("postgres", "18"), {"PGDATA": "/data"}, "/data"),
        (("bitnami/postgresql", "17"), {}, "/bitnami/postgresql/data"),
        (("example/postgres", "17"), {}, None),
    ],
)
def test_the_folder_of_the_database(image, environment, folder):
    assert server_image(*image).data_directory(environment) == folder


@pytest.mark.parametrize(
    ("tag", "method"), [("13", "md5"), ("9.6", "md5"), ("14", "scram-sha-256"), ("", "scram-sha-256")]
)
def test_how_passwords_are_hashed(tag, method):
    assert server_image("postgres", tag).password_encryption == method


def test_the_official_entrypoint_lets_plaintext_in():
    row = read_access(official_access({}, "scram-sha-256")).plaintext_rows()[-1]
    assert row.text == "host all all all scram-sha-256"
    row = read_access(official_access({"POSTGRES_HOST_AUTH_METHOD": "trust"}, "md5")).plaintext_rows()[-1]
    assert row.method == "trust"


def test_initdb_takes_settings():
    made = official_settings({"POSTGRES_INITDB_ARGS": "--data-checksums -c ssl=on --set=a=b -cport=1 --set 'c=d'"})
    assert [(name, value) for name, value, _ in made] == [
        ("listen_addresses", "*"), ("ssl", "on"), ("a", "b"), ("port", "1"), ("c", "d"),
    ]  # fmt: skip


def test_bitnamis_variables():
    given = {"POSTGRESQL_ENABLE_TLS": "YES", "POSTGRESQL_TLS_CERT_FILE": "/c", "POSTGRESQL_PASSWORD_ENCRYPTION": "md5"}
    assert ("ssl", "on", "POSTGRESQL_ENABLE_TLS") in bitnami_settings(given)
    assert ("ssl_cert_file", "/c", "POSTGRESQL_TLS_CERT_FILE") in bitnami_settings(given)
    assert ("password_encryption", "md5", "POSTGRESQL_PASSWORD_ENCRYPTION") in bitnami_settings(given)
    assert not [one for one in bitnami_settings({}) if one[0] == "ssl"]


@pytest.mark.parametrize(
    ("environment", "password", "methods"),
    [
        ({}, True, {"md5"}),
        ({}, False, {"trust"}),
        ({"POSTGRESQL_ALLOW_REMOTE_CONNECTIONS": "no"}, True, set()),
        ({"POSTGRESQL_ENABLE_LDAP": "yes"}, True, {"md5", "ldap"}),
    ],
)
def test_bitnamis_rows(environment, password, methods):
    read = read_access(bitnami_access(environment, authority=True, password=password))
    assert {row.method for row in read.plaintext_rows()} == methods
    assert read.encrypted_rows()[0].method == "cert"
