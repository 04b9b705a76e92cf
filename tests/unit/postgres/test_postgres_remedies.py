"""What to write, in the words of the driver; and one cause gives one finding."""

from __future__ import annotations

import pytest
from gating import judge

from preflight.postgres.connection import DRIVERS, FORMS
from preflight.postgres.conninfo import parse_connection_string
from preflight.postgres.names import beside, role_of
from preflight.postgres.problems import MESSAGES, problem
from preflight.postgres.remedies import correction, remedy
from preflight.postgres.sslmode import effective_sslmode

PASSWORD = "Zq7%25Rk2.Vx9-Lm4_Tp6~Wd3"  # made up for this test, and strong enough for no further finding
RULES = ("postgres-connection-valid", "postgres-sslmode")


def failed(tmp_path, **settings):
    report = judge(tmp_path, process={"ENV": "production", **settings})
    return {
        one["rule"]: one for one in report["findings"] if one["status"] in {"fail", "error"} and one["rule"] in RULES
    }


@pytest.mark.parametrize(
    ("driver", "query", "rule", "said"),
    [
        ("+asyncpg", "?sslmode=verify-full", RULES[0], "?ssl=verify-full"),
        ("+asyncpg", "?sslmode=verify-full&sslrootcert=/etc/ca.pem", RULES[0], "PGSSLROOTCERT"),
        ("+asyncpg", "", RULES[1], "?ssl=verify-full"),
        ("+asyncpg", "?ssl=require", RULES[1], "?ssl=verify-full"),
        ("+pg8000", "?sslmode=verify-full", RULES[0], "ssl_context"),
        ("+pg8000", "", RULES[1], "ssl_context"),
        ("+psycopg", "?sslmode=require", RULES[1], "sslmode=verify-full"),
        ("", "?sslmode=require", RULES[1], "sslrootcert"),
    ],
)
def test_one_cause_gives_one_finding_with_the_drivers_own_words(tmp_path, driver, query, rule, said):
    found = failed(tmp_path, DATABASE_URL=f"postgresql{driver}://app:{PASSWORD}@db.internal/app{query}")
    assert list(found) == [rule]
    assert said in found[rule]["remediation"]
    assert "{" not in found[rule]["remediation"].replace("{'ssl_context'", "")


def test_a_weak_mode_that_the_driver_refuses_is_two_causes(tmp_path):
    found = failed(tmp_path, DATABASE_URL=f"postgresql+asyncpg://app:{PASSWORD}@db.internal/app?sslmode=require")
    assert sorted(found) == sorted(RULES)


def test_variables_and_split_settings_are_named(tmp_path):
    assert (
        "PGSSLMODE=verify-full" in failed(tmp_path, PGHOST="db.internal", PGPASSWORD=PASSWORD)[RULES[1]]["remediation"]
    )
    split = {"APP_DATABASE_HOST": "db.internal", "APP_DATABASE_PASSWORD": PASSWORD, "APP_DATABASE_SSL_MODE": "require"}
    assert "Set APP_DATABASE_SSL_MODE=verify-full" in failed(tmp_path, **split)[RULES[1]]["remediation"]


def test_a_password_that_is_not_encoded_is_told_to_be_encoded(tmp_path):
    found = failed(tmp_path, DATABASE_URL="postgresql://app:p@ss/w0rd@db.internal/app?sslmode=verify-full")
    assert found[RULES[0]]["remediation"].startswith("Percent-encode the user and the password")


@pytest.mark.parametrize("driver", DRIVERS)
@pytest.mark.parametrize("form", FORMS)
def test_there_is_a_remedy_for_every_driver_and_form(driver, form):
    said = remedy(driver, form, "DB_SSLMODE")
    assert said.endswith(".")
    assert "{}" not in said


@pytest.mark.parametrize("code", MESSAGES)
def test_each_problem_has_a_correction_of_its_own(code):
    said = correction([problem(code, "sslmode" if "{parameter}" in MESSAGES[code] else None)], "libpq", "uri")
    assert said.endswith(".")
    assert "{" not in said
    about_characters = {
        "host_contains_at_sign", "unescaped_delimiter", "unescaped_blank", "invalid_percent_encoding", "extra_separator",
    }  # fmt: skip
    assert ("Percent-encode the user" in said) <= (code in about_characters)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("postgresql://app:secret@db.internal:54322222/app", "Write the port as a number from 1 to 65535"),
        ("host=db.internal port=0 user=app dbname=app", "Write the port as a number from 1 to 65535, such as 5432."),
        ("postgresql://app@db.internal/app?sslmod=require", "Write sslmode."),
        ("postgresql://app@db.internal/app?sslmode=Require", "Write sslmode in lower case"),
        (
            "postgresql://app@db.internal/app?sslmode=require&channel_binding=always",
            "as one of disable, prefer, require",
        ),
    ],
)
def test_the_correction_fits_what_is_wrong(text, said):
    found = parse_connection_string(text)
    problems = [*found.problems, *effective_sslmode(found, {}).problems]
    assert said in correction(problems, found.driver, found.form)
    assert "user and the password" not in correction(problems, found.driver, found.form)


def test_each_switch_in_the_way_and_the_settings_to_write_are_named(tmp_path):
    split = {"SHOP_DB_HOST": "db.internal", "SHOP_DB_PASSWORD": PASSWORD}
    said = {
        switch: failed(tmp_path, **split, **({switch: "true"} if switch else {}))[RULES[1]]["remediation"]
        for switch in ("", "SHOP_DB_SSL", "SHOP_DB_SSL_DISABLED")
    }
    for switch, remediation in said.items():
        place = f" in place of {switch}" if switch else ""
        assert f"Set SHOP_DB_SSLMODE=verify-full (or verify-ca){place}, and point SHOP_DB_SSLROOTCERT at" in remediation


@pytest.mark.parametrize(
    ("name", "mode"),
    [
        ("DB_HOST", "DB_SSLMODE"),
        ("db.host", "db.sslmode"),
        ("databaseHost", "databaseSslmode"),
        ("PG_REPLICA_HOST", "PG_REPLICA_SSLMODE"),
        ("PGHOST", "PGSSLMODE"),
    ],
)
def test_a_setting_is_named_like_the_one_beside_it(name, mode):
    assert beside(name, "sslmode") == mode
    assert role_of(mode)[0] == role_of(name)[0]
