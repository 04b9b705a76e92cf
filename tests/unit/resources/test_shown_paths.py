"""Which values are shown as paths: whoever pastes a secret where its path belongs finds it nowhere in the report."""

from __future__ import annotations

import base64
import secrets

import pytest
from gating import every_output, judge
from hypothesis import given
from hypothesis import strategies as st

from preflight.resources._files import is_path


@pytest.mark.parametrize(
    "text",
    [
        "/etc/ssl/certs/ca-certificates.crt",
        "/run/secrets/db_password",
        "/var/run/secrets/kubernetes.io/serviceaccount/token",
        "./certs/server.pem",
        "../ssl/server-2026.key",
        "~/.postgresql/root.crt",
        "server.pem",
        "certs/tls.crt",
        "/var/lib/kubelet/pods/8f14e45f-ceea-467f-9d10-3a1c2b4d5e6f/volumes/tls.key",
    ],
)
def test_paths_are_shown(text):
    assert is_path(text)


@pytest.mark.parametrize(
    "text",
    [
        "hunter2",
        "correct.horse",
        "Sup3r.secret",
        "s3cret!",
        "/hunter2",
        "-----BEGIN",
        "",
        "..",
        "/",
        "a b.pem",
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJhIn0.dGhlIHNpZ25hdHVyZSBvZiBpdA",
        "hvs.CAESIJ4Zq7Rk2Vx9Lm4",
    ],
)
def test_what_may_be_a_secret_is_not(text):
    assert not is_path(text)


@given(st.binary(min_size=24, max_size=64))
def test_random_keys_are_no_paths(raw):
    if len(set(raw)) > 12:
        for text in (base64.b64encode(raw).decode(), base64.urlsafe_b64encode(raw).decode(), raw.hex()):
            assert not is_path(text)
            assert not is_path("/" + text)


PASTED = {
    "base64": lambda: base64.b64encode(secrets.token_bytes(32)).decode(),
    "rooted": lambda: "/" + base64.b64encode(secrets.token_bytes(32)).decode(),
    "url-safe": lambda: secrets.token_urlsafe(32),
    "hex": lambda: secrets.token_hex(24),
    "token": lambda: ".".join(secrets.token_urlsafe(24) for _ in range(3)),
    "password": lambda: f"Tr0ub4dor.{secrets.token_hex(4)}X",
}


@pytest.mark.parametrize("kind", PASTED)
@pytest.mark.parametrize(
    "name", ["SERVER_TLS_KEY_FILE", "SERVER_TLS_CERT_FILE", "PGSSLROOTCERT", "PGSSLKEY", "API_TOKEN_FILE"]
)
@pytest.mark.parametrize("stage", ["build", "start"])
def test_a_secret_pasted_where_its_path_belongs_is_nowhere_in_the_report(tmp_path, kind, name, stage):
    pasted = PASTED[kind]()
    settings = {"ENV": "production", "SERVER_TLS_ENABLED": "true", "PGHOST": "db.internal", name: pasted}
    report = judge(tmp_path, process=settings, stage=stage)
    assert any(
        one["status"] in {"fail", "error"} and (one["resource"] or {}).get("name") in {name, name.removesuffix("_FILE")}
        for one in report["findings"]
    )
    assert pasted not in every_output(report)
    assert not any(
        line.startswith("$ ") and "(" in line
        for one in report["findings"]
        if "remediation" in one
        for line in one["remediation"].splitlines()
    )


@pytest.mark.parametrize("parameter", ["sslrootcert", "sslcert", "sslkey"])
@pytest.mark.parametrize(
    "form", ["postgresql://app@db.internal/app?sslmode=verify-full&{0}={1}", "host=db.internal dbname=app {0}={1}"]
)
def test_a_secret_pasted_into_a_connection_string_is_nowhere_in_the_report(tmp_path, parameter, form):
    pasted = secrets.token_urlsafe(32)
    settings = {"ENV": "production", "DATABASE_URL": form.format(parameter, pasted)}
    assert pasted not in every_output(judge(tmp_path, process=settings))


def test_a_file_that_is_there_is_named_whatever_it_is_called(tmp_path):
    (tmp_path / "Key2026Server").write_text("x")
    (tmp_path / "Key2026Server").chmod(0o644)
    report = judge(
        tmp_path, process={"ENV": "production", "SERVER_TLS_KEY_FILE": "Key2026Server", "SERVER_TLS_ENABLED": "true"}
    )
    said = [one["message"] for one in report["findings"] if one["rule"] == "private-key-file-private"]
    assert "Key2026Server is open to others" in said[0]
