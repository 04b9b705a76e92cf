"""Which secrets share a value without being one credential."""

from __future__ import annotations

import secrets
import time

import pytest
from gating import judge

from preflight.gate.request import ComposeProjectFiles
from preflight.model.digest import KeyedDigest
from preflight.model.origin import Origin
from preflight.model.secret_text import SecretText
from preflight.model.setting import Setting
from preflight.resources._reuse import reuse
from preflight.resources._secrets import FoundSecret


class Surroundings:
    digest = KeyedDigest()


def found(label, text, role="password"):
    value = SecretText(text)
    return FoundSecret(setting=Setting(name=label, value=value, origin=Origin()), role=role, value=value, label=label)


def told(tmp_path, compose=None, **settings):
    """Return what is said of reuse: names, each with the ones it shares its value with."""
    asked = {"process": settings}
    if compose is not None:
        (tmp_path / "compose.yaml").write_text(compose)
        asked = {"process": None, "compose": ComposeProjectFiles(files=("compose.yaml",), environment=settings)}
    report = judge(tmp_path, stage="build", **asked)
    return [
        (one["resource"]["name"], one["observed"])
        for one in report["findings"]
        if one["rule"] == "secret-reuse" and one["status"] == "fail"
    ]


def test_one_of_a_group_names_the_others():
    rows = [found("A", "same value"), found("B", "another one"), found("C", "same value")]
    assert reuse(rows, None, Surroundings) == [("C",), (), ()]


def test_a_credential_written_twice_is_no_reuse_and_is_named_once():
    rows = [found("A", "same value", "database_password"), found("B", "same value", "database_password")]
    assert reuse(rows, None, Surroundings) == [(), ()]
    assert reuse([*rows, found("C", "same value")], None, Surroundings) == [(), (), ("A",)]


def test_of_many_the_first_are_named_and_the_rest_are_counted():
    reused = reuse([found(f"S{chr(65 + number)}", "same value") for number in range(20)], None, Surroundings)
    assert reused[0] == (*(f"S{chr(65 + number)}" for number in range(1, 9)), "11 more")
    assert not any(reused[1:])


def test_twenty_thousand_equal_secrets_take_no_quadratic_time():
    for role in ("password", "database_password"):
        rows = [found(f"S{number}", "same value", role) for number in range(20_000)]
        begun = time.monotonic()
        reused = reuse(rows, None, Surroundings)
        assert time.monotonic() - begun < 10
        assert bool(reused[0]) is (role == "password")


ONE = [
    ("RABBITMQ_DEFAULT_PASS", "RABBITMQ_PASSWORD"),
    ("RABBITMQ_PASSWORD", "AMQP_URL=amqp://shop:{}@mq/"),
    ("BROKER_PASSWORD", "CELERY_BROKER_URL=amqp://shop:{}@mq/"),
    ("MQ_PASSWORD", "EVENTS=amqp://shop:{}@broker.internal/"),
    ("SMTP_PASSWORD", "SMTP_URL=smtp://shop:{}@mail.example/"),
    ("SMTP_PASSWORD", "EMAIL_URL=smtp+tls://shop:{}@mail.example/"),
    ("ELASTIC_PASSWORD", "ES_PASSWORD"),
    ("ELASTIC_PASSWORD", "ELASTICSEARCH_URL=https://elastic:{}@es:9200"),
    ("MINIO_ROOT_PASSWORD", "AWS_SECRET_ACCESS_KEY"),
    ("NEXTAUTH_SECRET", "AUTH_SECRET"),
    ("SECRET_KEY", "DJANGO_SECRET_KEY"),
    ("JWT_SECRET", "SHOP_JWT_SECRET"),
    ("SENDGRID_API_KEY", "EMAIL_HOST_PASSWORD"),
    ("GITHUB_TOKEN", "GITHUB_API_TOKEN"),
    ("POSTGRES_PASSWORD", "SPRING_DATASOURCE_PASSWORD"),
    ("DB_PASSWORD", "DATABASE_URL=postgresql://a:{}@db/a"),
    ("MONGO_INITDB_ROOT_PASSWORD", "MONGO_URL=mongodb+srv://a:{}@db/a"),
    ("DATABASE_URL=postgresql://a:{}@pooler.example/a", "DIRECT_URL=postgresql://a:{}@db.example/a"),
    ("DATABASE_URL=postgresql://a:{}@db/a", "CELERY_RESULT_BACKEND=db+postgresql://a:{}@db/a"),
    ("API_URL=https://me:{}@api.example/a", "OTHER_URL=https://me:{}@api.example/b"),
    ("REDIS_PASSWORD", "CACHE_URL=rediss://:{}@cache/0"),
]
TWO = [
    ("JWT_SECRET", "DB_PASSWORD"),
    ("JWT_SECRET", "SESSION_SECRET"),
    ("JWT_ACCESS_SECRET", "JWT_REFRESH_SECRET"),
    ("ADMIN_PASSWORD", "DB_PASSWORD"),
    ("GRAFANA_ADMIN_PASSWORD", "GRAFANA_DB_PASSWORD"),
    ("GRAFANA_ADMIN_PASSWORD", "GITLAB_ADMIN_PASSWORD"),
    ("ADMIN_PASSWORD", "DATABASE_URL=postgresql://a:{}@db/a"),
    ("SHOP_URL=postgresql://a:{}@db1/a", "BOOKS_URL=postgresql://a:{}@db2/a"),
    ("A_URL=amqp://a:{}@mq1/", "B_URL=amqp://a:{}@mq2/"),
    ("POSTGRES_PASSWORD", "MYSQL_ROOT_PASSWORD"),
    ("REDIS_PASSWORD", "DATABASE_URL=postgresql://a:{}@db/a"),
    ("RABBITMQ_PASSWORD", "SMTP_URL=smtp://shop:{}@mail.example/"),
    ("ENCRYPTION_KEY", "SESSION_SECRET"),
    ("API_TOKEN", "GITHUB_TOKEN"),
]


def pair(rows, value):
    return {name: (text or "{}").format(value) for name, _, text in (row.partition("=") for row in rows)}


@pytest.mark.parametrize("rows", ONE)
def test_one_credential_in_two_places_is_no_reuse(tmp_path, rows):
    assert told(tmp_path, **pair(rows, secrets.token_hex(32))) == []


@pytest.mark.parametrize("rows", TWO)
def test_two_credentials_of_one_value_are_one_finding(tmp_path, rows):
    assert len(told(tmp_path, **pair(rows, secrets.token_hex(32)))) == 1


def test_the_host_beside_a_password_tells_servers_apart(tmp_path):
    both = dict.fromkeys(("SHOP_DB_PASSWORD", "BOOKS_DB_PASSWORD"), secrets.token_hex(32))
    assert told(tmp_path, **both) == []
    assert len(told(tmp_path, **both, SHOP_DB_HOST="one.example", BOOKS_DB_HOST="two.example")) == 1
    assert told(tmp_path, **both, SHOP_DB_HOST="one.example", BOOKS_DB_HOST="one.example") == []


def test_the_one_that_is_changed_most_easily_is_told_to_change(tmp_path):
    value = secrets.token_hex(32)
    assert told(tmp_path, DB_PASSWORD=value, JWT_SECRET=value) == [("JWT_SECRET", ["DB_PASSWORD"])]


COMPOSE = "services:\n  app:\n    image: example/app:1.2.3\n    environment:\n      {}\n      {}\n"


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("AMQP_URL: amqp://shop:${X:?}@mq/", "EVENTS_URL: amqp://shop:${X:?}@other/", 0),
        ("FIRST_PASSWORD: ${X}", "SECOND_PASSWORD: ${X:?}", 0),
        ("FIRST_PASSWORD: ${X}", "SECOND_PASSWORD: ${Y}", 1),
        ("JWT_SECRET: ${X}", "DB_PASSWORD: ${X}", 1),
        ("REDIS_PASSWORD: ${X}", "DB_PASSWORD: ${X}", 1),
        ("FIRST_URL: amqp://${Y}:${X}@one/", "SECOND_URL: amqp://${Y}:${Z}@two/", 1),
    ],
)
def test_what_is_written_as_one_variable_is_one_credential(tmp_path, first, second, expected):
    value = secrets.token_hex(32)
    found_there = told(tmp_path, COMPOSE.format(first, second), X=value, Y=value, Z=value)
    assert len([one for one in found_there if one[0].split()[0] not in {"X", "Y", "Z"}]) == expected
