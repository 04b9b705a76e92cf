"""Values that look better than they are."""

from __future__ import annotations

import base64
import json
import secrets

import pytest
from gating import judge

GOOD = {"ENV": "production"}


def failed(tmp_path, **settings):
    report = judge(tmp_path, process={**GOOD, **settings})
    return {one["rule"] for one in report["findings"] if one["status"] in {"fail", "error"}}


def token(payload):
    parts = [
        base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode()
        for part in ({"alg": "HS256"}, payload)
    ]
    return ".".join([*parts, secrets.token_urlsafe(32)])


@pytest.mark.parametrize("name", ["JWT_SECRET", "SESSION_SECRET", "ENCRYPTION_KEY", "DB_PASSWORD"])
def test_hashes_and_tokens_are_no_secrets_of_ones_own(tmp_path, name):
    assert "secret-own" in failed(tmp_path, **{name: f"$2b$12${secrets.token_hex(26)}X"})
    assert ("secret-own" in failed(tmp_path, **{name: token({"sub": "a"})})) is (name != "DB_PASSWORD")
    assert "secret-placeholder" in failed(tmp_path, **{name: token({"sub": "1234567890", "name": "John Doe"})})


def test_tokens_and_hashes_are_fine_where_they_belong(tmp_path):
    assert (
        failed(
            tmp_path,
            API_TOKEN=token({"sub": "a"}),
            HASHED_PASSWORD=f"$argon2id$v=19$m=65536,t=3,p=4${secrets.token_hex(11)}$Ab{secrets.token_hex(20)}",
        )
        == set()
    )


@pytest.mark.parametrize(
    "text", ["[[[[", '["https://a.example.com"', "[https://a.example.com]", "[1, 2]", '{"a": 1}', "https://"]
)
def test_a_list_of_origins_that_cannot_be_read_blocks(tmp_path, text):
    report = judge(tmp_path, process={**GOOD, "CORS_ORIGINS": text})
    assert any(one["rule"].startswith("cors-") and one["blocking"] for one in report["findings"])


@pytest.mark.parametrize("text", ["[]", '["https://a.example.com"]', "https://a.example.com, https://b.example.com"])
def test_a_list_of_origins_that_can_be_read_is_fine(tmp_path, text):
    assert failed(tmp_path, CORS_ORIGINS=text) == set()


@pytest.mark.parametrize(
    ("settings", "rule"),
    [
        ({"DISABLE_TLS": "true"}, "tls-enabled"),
        ({"TLS_DISABLED": "1"}, "tls-enabled"),
        (
            {"SERVER_TLS_DISABLED": "yes", "SERVER_TLS_CERT_FILE": "/c.pem", "SERVER_TLS_KEY_FILE": "/k.pem"},
            "tls-enabled",
        ),
        ({"TLS_ENABLED": "false"}, "tls-enabled"),
        ({"TLS_VERIFY_DISABLED": "true"}, "tls-verification"),
        ({"DISABLE_SSL_VERIFICATION": "true"}, "tls-verification"),
        ({"SSL_VERIFICATION_ENABLED": "false"}, "tls-verification"),
        (
            {
                "REDIS_HOST": "cache.example.com",
                "REDIS_PASSWORD": "Zq7Rk2Vx9Lm4.Tp6~Wd3-Hn8",
                "REDIS_TLS_DISABLED": "true",
            },
            "redis-tls",
        ),
        (
            {"DB_HOST": "db.internal", "DB_PASSWORD": "Zq7Rk2Vx9Lm4.Tp6~Wd3-Hn8", "DB_SSL_DISABLED": "true"},
            "postgres-sslmode",
        ),
    ],
)
def test_switches_that_turn_protection_off_by_being_on(tmp_path, settings, rule):
    assert rule in failed(tmp_path, **settings)
    turned = {"true": "false", "1": "0", "yes": "no", "false": "true"}
    name = next(name for name in settings if "ABLE" in name)
    assert rule not in failed(tmp_path, **{**settings, name: turned[settings[name]]}) or name == "DB_SSL_DISABLED"


def test_a_certificate_beside_a_switch_of_another_form_belongs_to_it(tmp_path):
    (tmp_path / "c.pem").write_text("x")
    (tmp_path / "k.pem").write_text("x")
    (tmp_path / "k.pem").chmod(0o600)
    for switch in ({"ENABLE_TLS": "true"}, {"DISABLE_TLS": "false"}):
        found = judge(tmp_path, process={**GOOD, "TLS_CERT_FILE": "c.pem", "TLS_KEY_FILE": "k.pem", **switch})
        listeners = {
            one["resource"]["name"]
            for one in found["findings"]
            if one["resource"] and one["resource"]["type"] == "tls_listener"
        }
        assert listeners == set(switch)


@pytest.mark.parametrize(
    ("text", "refused"),
    [
        ("verify-full", False),
        ("VERIFY_FULL", False),
        ("VerifyFull", False),
        ("VERIFY-FULL", True),
        ("Verify-Full", True),
        (" verify-full", True),
        ('"verify-full"', True),
        ("'verify-full'", True),
    ],
)
def test_a_split_mode_is_judged_as_libpq_takes_it(tmp_path, text, refused):
    settings = {"DB_HOST": "db.internal", "DB_PASSWORD": "Zq7Rk2Vx9Lm4.Tp6~Wd3-Hn8", "DB_SSLMODE": text}
    found = failed(tmp_path, **settings, DB_SSLROOTCERT="system")
    assert found == ({"postgres-connection-valid"} if refused else set())
