"""What somebody new stumbles over: one finding for one mistake, at the place that tells most, with a remedy that fits."""

from __future__ import annotations

import json
import secrets

import pytest

PASSWORD = "%s$cd%s"


def judged(preflight, *arguments):
    done = preflight("check", "--format", "json", *arguments)
    return json.loads(done.stdout)


def said(report, *statuses):
    return {one["rule"]: one for one in report["findings"] if one["status"] in (statuses or ("fail", "error"))}


@pytest.fixture
def certificates(preflight, tmp_path):
    assert preflight("certs", "create", "--cn", "db.internal", "--key-type", "ec-p256").returncode == 0
    return tmp_path / "ssl"


def env_file(tmp_path, **settings):
    path = tmp_path / ".env.production"
    path.write_text("".join(f"{name}={value}\n" for name, value in {"ENV": "production", **settings}.items()))
    path.chmod(0o600)
    return path.name


DSN = "'postgresql://app@db.internal/app?sslmode=verify-full&sslrootcert=ssl/ca-cert.pem&sslcert={}&sslkey={}'"


@pytest.mark.usefixtures("certificates")
@pytest.mark.parametrize(
    "settings",
    [
        {"DATABASE_URL": DSN.format("ssl/client-key.pem", "ssl/client-cert.pem")},
        {"TLS_CERT_FILE": "ssl/server-key.pem", "TLS_KEY_FILE": "ssl/server-cert.pem", "TLS_MIN_VERSION": "1.3"},
    ],
)
def test_swapped_certificate_and_key_are_one_finding(preflight, tmp_path, settings):
    found = said(judged(preflight, env_file(tmp_path, **settings)))
    assert list(found) == ["private-key-swapped"]
    for word in ("are swapped", "-cert.pem holds the certificate", "-key.pem the private key"):
        assert word in found["private-key-swapped"]["message"]


@pytest.mark.usefixtures("certificates")
def test_a_pair_in_its_places_is_not_swapped(preflight, tmp_path):
    settings = {"DATABASE_URL": DSN.format("ssl/client-cert.pem", "ssl/client-key.pem")}
    report = judged(preflight, env_file(tmp_path, **settings))
    assert said(report) == {}
    assert "private-key-swapped" in said(report, "pass")


@pytest.mark.usefixtures("certificates")
def test_a_certificate_that_cannot_be_read_is_one_finding_too(preflight, tmp_path):
    (tmp_path / "ssl/broken.pem").write_text("no certificate\n")
    settings = {"TLS_CERT_FILE": "ssl/broken.pem", "TLS_KEY_FILE": "ssl/server-key.pem", "TLS_MIN_VERSION": "1.3"}
    report = judged(preflight, env_file(tmp_path, **settings))
    assert list(said(report)) == ["certificate-parses"]
    blocked = {one["rule"] for one in report["findings"] if one["reason"] == "blocked_by"}
    assert {"certificate-signature", "certificate-server-chain", "certificate-strict"} <= blocked


def test_a_value_that_is_published_is_named_where_the_project_publishes_it(preflight, tmp_path):
    value = secrets.token_urlsafe(33)
    for name in (".env.a", ".env.production.example", ".env.zz", "other.env"):
        (tmp_path / name).write_text(f"API_TOKEN={value}\n")
    found = said(judged(preflight, env_file(tmp_path, API_TOKEN=value)))
    assert "stands at .env.production.example:1:1" in found["secret-not-example"]["message"]
    (tmp_path / "contract.txt").write_text(f"# ours\nAPI_TOKEN={value}\n")
    found = said(judged(preflight, ".env.production", "--contract", "contract.txt"))
    assert "stands at contract.txt:2:1" in found["secret-not-example"]["message"]


@pytest.mark.parametrize(
    ("name", "words", "command"),
    [
        ("AWS_SECRET_ACCESS_KEY", "Take it from AWS", False),
        ("STRIPE_SECRET_KEY", "Take it from Stripe", False),
        ("API_KEY", "Take it from the party that issues it", False),
        ("VAULT_TOKEN", "Let Vault issue a token", False),
        ("SESSION_SECRET", "Make a random key.", True),
        ("DB_PASSWORD", "Make a random password, and set it at the database too.", True),
    ],
)
def test_a_placeholder_is_replaced_by_what_works_there(preflight, tmp_path, name, words, command):
    found = said(judged(preflight, env_file(tmp_path, **{name: "changeme"})))["secret-placeholder"]
    assert words in found["remediation"]
    assert ("\n$ openssl rand" in found["remediation"]) is command


@pytest.mark.parametrize(
    ("role", "words", "commands"),
    [
        ("tls_enabled", "Set TLS_ENABLED=true.", []),
        ("tls_cert_file", "Set TLS_CERT_FILE to the path", ["$ preflight certs create --out ssl"]),
        ("vault_address", "Set VAULT_ADDR.", []),
        ("token", "Set GITHUB_TOKEN. ", []),
        ("jwt_secret", "Set JWT_SECRET. ", ["$ openssl rand -base64 48"]),
        ("database_password", "Set DB_PASSWORD. ", ["$ openssl rand -hex 32"]),
    ],
)
def test_what_a_required_role_needs_fits_the_role(preflight, tmp_path, role, words, commands):
    (tmp_path / "preflight.yaml").write_text(f"required_roles: [{role}]\n")
    found = said(judged(preflight, env_file(tmp_path)))["required-role"]
    assert words in found["remediation"]
    assert [line for line in found["remediation"].splitlines() if line.startswith("$ ")] == commands


def test_a_missing_file_of_a_container_is_named_on_this_machine(preflight, tmp_path):
    (tmp_path / "certs").mkdir()
    (tmp_path / "compose.yaml").write_text(
        "services:\n  app:\n    image: example/app:1.2.3\n"
        "    environment: {TLS_CERT_FILE: /app/ssl/server.crt}\n    volumes: [./certs:/app/ssl:ro]\n"
    )
    found = said(judged(preflight))["certificate-file-exists"]
    assert found["message"] == "TLS_CERT_FILE not found: /app/ssl/server.crt, which is certs/server.crt on this machine"
    assert found["remediation"].startswith("Put the certificate at certs/server.crt, or correct the mount or the path.")


def test_a_missing_file_of_this_machine_is_named_once(preflight, tmp_path):
    found = said(judged(preflight, env_file(tmp_path, TLS_CERT_FILE="ssl/gone.pem")))["certificate-file-exists"]
    assert found["message"] == "TLS_CERT_FILE not found: ssl/gone.pem"


COMPOSE = """\
services:
  first:
    image: example/first:1.2.3
  app:
    image: example/app:1.2.3
    environment:
      ENV: production
      DB_PASSWORD: ${PASSWORD}
      DATABASE_URL: postgresql://app:${PASSWORD}@db.internal/app?sslmode=verify-full&sslrootcert=system
"""


def test_a_secret_that_compose_cuts_in_an_env_file_is_said_of_the_service_that_takes_it(preflight, tmp_path):
    written = PASSWORD % (secrets.token_hex(12), secrets.token_hex(12))
    (tmp_path / "compose.yaml").write_text(COMPOSE)
    (tmp_path / ".env").write_text(f"PASSWORD={written}\n")
    report = judged(preflight)
    found = said(report, "fail")
    for rule, line in (("compose-secret-cut-at-dollar", 8), ("compose-value-cut-at-dollar", 9)):
        assert found[rule]["subjects"] == ["service:app"]
        assert found[rule]["origin"]["line"] == line
        assert "in its variable at .env:1:1" in found[rule]["message"]
    assert report["verdict"] == "fail"
    (tmp_path / ".env").write_text(f"PASSWORD='{written}'\n")
    assert not {"compose-secret-cut-at-dollar", "compose-value-cut-at-dollar"} & set(said(judged(preflight)))


def test_a_variable_that_the_environment_sets_instead_is_not_cut(preflight, tmp_path):
    (tmp_path / "compose.yaml").write_text(COMPOSE)
    (tmp_path / ".env").write_text(f"PASSWORD={PASSWORD % (secrets.token_hex(12), secrets.token_hex(12))}\n")
    done = preflight("check", "--format", "json", env={"PASSWORD": secrets.token_hex(32)})
    assert "compose-secret-cut-at-dollar" not in said(json.loads(done.stdout))
