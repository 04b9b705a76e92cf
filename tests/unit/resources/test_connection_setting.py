"""An address that is set and empty is a mistake, unless the connection is given in another way, or none is wanted."""

from __future__ import annotations

import pytest
from gating import judge
from hypothesis import given
from hypothesis import strategies as st

RULE = "connection-not-empty"
URL = "postgresql://app@db.internal/app"


def empty(folder=".", **settings):
    report = judge(folder, process={"ENV": "production", **settings})
    return [one["resource"]["name"] for one in report["findings"] if one["rule"] == RULE and one["status"] == "fail"]


@pytest.mark.parametrize(
    "name", ["DATABASE_URL", "DB_HOST", "PAYMENTS_DB_DSN", "REDIS_URL", "CACHE_REDIS_HOST", "VAULT_ADDR", "BAO_ADDR"]
)
def test_an_empty_address_is_told_by_its_name(tmp_path, name):
    assert empty(tmp_path, **{name: ""}) == [name]
    assert empty(tmp_path, **{name: "elsewhere.internal"}) == []


@pytest.mark.parametrize(
    "settings",
    [
        {"DATABASE_URL": "", "DB_HOST": "db.internal"},
        {"DB_HOST": "", "DATABASE_URL": URL},
        {"DB_HOST": "", "ANYTHING": URL},
        {"DATABASE_URL": "", "PGHOST": "db.internal"},
        {"DATABASE_URL": "", "MYSQL_HOST": "db.internal"},
        {"DATABASE_URL": "", "DATABASE_URL_FILE": "/run/secrets/url"},
        {"DB_HOST": "", "DB_CONNECTION": "sqlite"},
        {"DB_HOST": "", "DB_SOCKET": "/run/postgresql"},
        {"REDIS_HOST": "", "REDIS_URL": "rediss://cache.internal"},
        {"REDIS_URL": "", "REDIS_ENABLED": "false"},
        {"VAULT_ADDR": "", "VAULT_URL": "https://vault.internal:8200"},
        {"VAULT_ADDR": "", "VAULT_ENABLED": "no"},
        {"CELERY_RESULT_BACKEND": ""},
        {"PGHOST": ""},  # libpq's default
    ],
)
def test_what_is_given_in_another_way_or_not_wanted_is_let_alone(tmp_path, settings):
    assert empty(tmp_path, **settings) == []


def test_another_servers_address_gives_nothing(tmp_path):
    assert empty(tmp_path, REDIS_URL="", DATABASE_URL=URL, VAULT_ADDR="https://vault.internal") == ["REDIS_URL"]
    assert empty(tmp_path, DATABASE_URL="", REDIS_URL="rediss://cache.internal") == ["DATABASE_URL"]


def test_what_the_contract_says_is_optional_may_be_empty(tmp_path):
    (tmp_path / ".env.example").write_text("# @optional\nREDIS_URL=\n", encoding="utf-8")
    report = judge(tmp_path, process={"ENV": "production", "REDIS_URL": ""}, contracts=(".env.example",))
    assert not [one for one in report["findings"] if one["rule"] == RULE and one["status"] == "fail"]


@given(st.sampled_from(["DATABASE_URL", "DB_HOST", "REDIS_URL", "VAULT_ADDR"]), st.text("abz.:/-", min_size=1))
def test_no_address_that_is_set_is_called_empty(name, text):
    assert empty(**{name: text}) == []
