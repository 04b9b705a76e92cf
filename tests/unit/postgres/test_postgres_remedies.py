"""What to write, in the words of the driver; and one cause gives one finding."""

from __future__ import annotations

import pytest
from gating import judge

from preflight.postgres.connection import DRIVERS, FORMS
from preflight.postgres.remedies import remedy

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
