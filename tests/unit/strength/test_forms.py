"""What a secret is by its form."""

from __future__ import annotations

import base64
import json
import secrets

import pytest

from preflight.strength import form_of, placeholder_kind


def token(payload, header=None):
    parts = (header or {"alg": "HS256", "typ": "JWT"}, payload)
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).rstrip(b"=").decode() for part in parts]
    return ".".join([*encoded, secrets.token_urlsafe(32)])


SALT = secrets.token_hex(11)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        (token({"sub": "a"}), "token"),
        (f'"{token({"sub": "a"})}"', "token"),
        (f"$2b$12${SALT}{secrets.token_hex(15)}X", "password_hash"),
        (f"$argon2id$v=19$m=65536,t=3,p=4${SALT}${SALT}", "password_hash"),
        (f"pbkdf2_sha256$870000${SALT}${SALT}", "password_hash"),
        (f"md5{secrets.token_hex(16)}", "password_hash"),
        (f"SCRAM-SHA-256$4096:{SALT}", "password_hash"),
        (secrets.token_urlsafe(48), "text"),
        (secrets.token_hex(32), "text"),
        (f"$2z${SALT}", "text"),
        ("eyJ.eyJ.x", "text"),
        (f"ey{secrets.token_hex(9)}.{secrets.token_hex(9)}.{secrets.token_hex(9)}", "text"),
        ("-----BEGIN PRIVATE KEY-----", "text"),
        ("", "text"),
    ],
    ids=lambda _: "",  # generated values make no names that two workers agree on
)
def test_forms(text, form):
    assert form_of(text) == form


@pytest.mark.parametrize(
    "payload", [{"sub": "1234567890", "name": "John Doe", "admin": True, "iat": 1516239022}, {"name": "Jane Doe"}]
)
def test_tokens_that_manuals_print_are_placeholders(payload):
    assert placeholder_kind(token(payload)) == "placeholder"
    assert placeholder_kind(token(payload, {"alg": "RS256"})) == "placeholder"


def test_other_tokens_are_none():
    assert placeholder_kind(token({"sub": secrets.token_hex(8)})) is None
