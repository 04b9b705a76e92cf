"""A connection string whose scheme is misspelled is told; one of another kind of server is let alone."""

from __future__ import annotations

import secrets

import pytest
from gating import every_output, judge

from preflight.resources._url import meant_url

OTHERS = (
    "mysql mysql+pymysql mariadb mongodb mongodb+srv sqlite sqlite3 sqlserver mssql oracle clickhouse cockroachdb redshift amqp amqps"
    " kafka nats http https file memory sqs jdbc:mysql jdbc:oracle jdbc:sqlserver"
).split()


def found(tmp_path, **settings):
    report = judge(tmp_path, process={"ENV": "production", **settings})
    return report, {one["rule"]: one for one in report["findings"] if one["status"] in {"fail", "error"}}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("postgresl://", "postgresql://"),
        ("postgre://", "postgresql://"),
        ("postgress://", "postgresql://"),
        ("Postgersql://", "postgresql://"),
        ("postgresl+psycopg://", "postgresql+psycopg://"),
        ("postgresql//", "postgresql://"),
        ("postgres:/", "postgresql://"),
        ("jdbc:postgresl://", "jdbc:postgresql://"),
    ],
)
@pytest.mark.parametrize("name", ["DATABASE_URL", "PAYMENTS_DB_DSN"])
def test_the_scheme_of_a_database_that_is_meant_is_named(tmp_path, name, written, meant):
    password = secrets.token_hex(16)
    report, failures = found(tmp_path, **{name: f"{written}app:{password}@db.internal/app?sslmode=verify-full"})
    assert f"{meant} seems to be meant" in failures["postgres-connection-valid"]["message"]
    assert f"Write {meant} at its start." in failures["postgres-connection-valid"]["remediation"]
    assert password not in every_output(report)


def test_the_rest_of_the_connection_is_judged_as_it_was_meant(tmp_path):
    _, failures = found(tmp_path, DATABASE_URL="postgresl://app@db.internal/app?sslmode=require")
    assert {"postgres-connection-valid", "postgres-sslmode", "postgres-credential"} <= set(failures)


@pytest.mark.parametrize(
    ("written", "meant"),
    [("redi://", "redis://"), ("reddis://", "redis://"), ("rediss//", "rediss://"), ("valky://", "valkey://")],
)
def test_the_scheme_of_redis_that_is_meant_is_named(tmp_path, written, meant):
    _, failures = found(tmp_path, REDIS_URL=f"{written}:{secrets.token_hex(16)}@cache.internal:6379/0")
    assert f"{meant} seems to be meant" in failures["redis-connection-valid"]["message"]


@pytest.mark.parametrize("scheme", OTHERS)
@pytest.mark.parametrize("name", ["DATABASE_URL", "REDIS_URL"])
def test_another_kind_of_server_is_let_alone(tmp_path, scheme, name):
    _, failures = found(tmp_path, **{name: f"{scheme}://app:{secrets.token_hex(16)}@server.internal/app"})
    assert not {"postgres-connection-valid", "redis-connection-valid"}.intersection(failures)


def test_a_setting_that_is_no_connection_string_by_name_is_let_alone(tmp_path):
    _, failures = found(tmp_path, DOCUMENTATION="postgresl://app@db.internal/app")
    assert not failures


def test_what_stands_where_a_driver_belongs_is_not_shown(tmp_path):
    pasted = secrets.token_hex(16)
    report, failures = found(tmp_path, DATABASE_URL=f"postgresl+{pasted}://db.internal/app")
    assert "postgres-connection-valid" in failures
    assert pasted not in every_output(report)


@pytest.mark.parametrize("text", ["", "://", "//", "postgresql", "x://y", "pg//h", "postgresql://h", "post gres://h"])
def test_what_is_well_formed_or_nothing_like_it_is_not_corrected(text):
    assert meant_url(text, ("postgresql", "postgres")) is None
