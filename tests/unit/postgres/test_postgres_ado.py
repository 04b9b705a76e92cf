"""ADO.NET connection strings, as Npgsql reads them (https://www.npgsql.org/doc/security.html)."""

from __future__ import annotations

import pytest
from gating import every_output, judge
from hypothesis import given
from hypothesis import strategies as st

from preflight.postgres.ado import is_npgsql
from preflight.postgres.conninfo import looks_like_postgres, parse_connection_string
from preflight.postgres.sslmode import effective_sslmode

PLAIN = "Host=db.internal;Username=app;Password=pw;Database=shop"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (PLAIN, True),
        ("Server=h;Port=5432;User Id=u;Password=p;Database=d", True),
        ("HOST = h ; USERNAME = u ; ", True),
        ("Host=h;Username=u;Port=3306", False),
        ("Server=h;Uid=u;Pwd=p;Database=d", False),
        ("Server=tcp:h,1433;Initial Catalog=d;User ID=u;Password=p;Encrypt=True;TrustServerCertificate=true", False),
        ("Data Source=h;User Id=u;Password=p", False),
        ("Server=h;Database=d;User=u;Password=p;AllowPublicKeyRetrieval=True;Port=5432", False),
        ("Host=h;Pooling=true", False),
        ("postgresql://h/d?a=b;c=d", False),
        ("key=value;other=thing", False),
    ],
)
def test_what_is_npgsqls(text, found):
    assert is_npgsql(text) is found
    assert found is False or looks_like_postgres(text)


@pytest.mark.parametrize(
    ("more", "mode"),
    [
        ("", "prefer"),
        (";SSL Mode=Disable", "disable"),
        (";SSL Mode=Require", "require"),
        (";SSL Mode=Require;Trust Server Certificate=true", "require"),
        (";SslMode=verifyca", "verify-ca"),
        (";SSL Mode=VerifyFull", "verify-full"),
        (";ssl mode = VERIFYFULL ", "verify-full"),
        (";SSL Mode=5", "verify-full"),
        (";SSL Mode=Disable;SSL Mode=VerifyFull", "verify-full"),
        (";SSL Mode=verify-full", None),
        (";SSL Mode=9", None),
    ],
)
def test_the_mode(more, mode):
    found = effective_sslmode(parse_connection_string(PLAIN + more), {"PGSSLMODE": "disable"})
    assert (found.mode, found.driver, found.network) == (mode, "npgsql", "remote")


def test_trust_and_verification_contradict_each_other():
    text = f"{PLAIN};SSL Mode=VerifyFull;Trust Server Certificate=true"
    assert [one.code for one in parse_connection_string(text).problems] == ["trust_with_verification"]
    assert parse_connection_string(f"{PLAIN};SSL Mode=VerifyFull;Trust Server Certificate=false").problems == ()


@pytest.mark.parametrize(
    ("text", "password"),
    [
        ("Host=h;Username=u;Password=a b", "a b"),
        ("Host=h;Username=u;Password='a;b'", "a;b"),
        ('Host=h;Username=u;Pwd="a""b"', 'a"b'),
        ("Host=h;Username=u;Password=a=b;Database=d", "a=b"),
        ("Host=h;Username=u;PSW=a", "a"),
        ("Host=h;Username=u;Password=", None),
    ],
)
def test_the_password(text, password):
    found = parse_connection_string(text).password
    assert (found.reveal() if found is not None else None) == password


def test_hosts_and_ports():
    hosts = parse_connection_string("Host=a:5433,b;Username=u;Port=5434").hosts
    assert [(one.host, one.port) for one in hosts] == [("a", "5433"), ("b", "5434")]
    socket = parse_connection_string("Host=/run/postgresql;Username=u;Database=d")
    assert effective_sslmode(socket, {}).network == "local_socket"


def test_a_reference_leaves_the_rest_readable():
    found = parse_connection_string("Host=${DB_HOST};Username=u;Password=${DB_PW};SSL Mode=VerifyCA")
    assert found.unknown == ("password",)
    assert found.parameters["sslmode"] == "verify-ca"


@given(st.text(alphabet="Host=Username;Password'\" abc", max_size=60))
def test_every_text_gives_a_result(text):
    parse_connection_string("Host=h;Username=u;" + text)


def test_the_gate_judges_them(tmp_path):
    weak = {
        "ENV": "production",
        "ConnectionStrings__Default": f"{PLAIN}X;SSL Mode=Require;Trust Server Certificate=true",
    }
    report = judge(tmp_path, process=weak)
    failed = {one["rule"]: one for one in report["findings"] if one["status"] == "fail"}
    assert "SSL Mode=VerifyFull" in failed["postgres-sslmode"]["remediation"]
    assert failed["password-length"]["resource"]["name"] == "ConnectionStrings__Default (password)"
    secret = "Zq7Rk2Vx9Lm4.Tp6~Wd3-Hn8"
    strong = f"Host=db.internal;Username=app;Password={secret};SSL Mode=VerifyFull;Root Certificate=/etc/ca.pem"
    report = judge(tmp_path, process={"ENV": "production", "ConnectionStrings__Default": strong})
    assert [one["rule"] for one in report["findings"] if one["status"] in {"fail", "error"}] == []
    assert secret not in every_output(report)


def test_the_password_of_a_keyword_list_is_judged(tmp_path):
    report = judge(
        tmp_path,
        process={"ENV": "production", "DATABASE_URL": "host=db.internal dbname=shop user=app password=changeme"},
    )
    failed = {one["rule"]: one["resource"] for one in report["findings"] if one["status"] == "fail"}
    assert failed["secret-placeholder"]["name"] == "DATABASE_URL (password)"
