"""Where a new value of a secret comes from: in the form that the program asks for, and with what its change costs."""

from __future__ import annotations

import pytest

from preflight.bindings import Bindings
from preflight.resources._renewal import renewal


@pytest.mark.parametrize(
    ("name", "words", "command"),
    [
        ("FERNET_KEY", "32 bytes in URL-safe base64", "openssl rand -base64 32 | tr '+/' '-_'"),
        ("AIRFLOW__CORE__FERNET_KEY", "airflow rotate-fernet-key", "openssl rand -base64 32 | tr '+/' '-_'"),
        ("RAILS_MASTER_KEY", "32 hexadecimal characters", "bin/rails credentials:edit"),
        ("ACTIVE_RECORD_ENCRYPTION_PRIMARY_KEY", "cannot be read with another one", "bin/rails db:encryption:init"),
        ("SECRET_KEY_BASE", "64 bytes", "openssl rand -hex 64"),
        ("APP_KEY", "php artisan key:generate --show", 'echo "base64:$(openssl rand -base64 32)"'),
        ("ENCRYPTION_KEY", "exactly 16, 24 or 32 bytes", "openssl rand -base64 32"),
        ("ENCRYPTION_KEY", "cannot be read with another one", "openssl rand -base64 32"),
        ("PASSWORD_PEPPER", "No hash", "openssl rand -base64 48"),
        ("HMAC_SECRET", "What was signed", "openssl rand -base64 48"),
        ("JWT_PRIVATE_KEY", "RSA for RS256", "openssl genpkey -algorithm RSA -pkeyopt rsa_keygen_bits:3072"),
        ("HASURA_GRAPHQL_JWT_SECRET", '{"type": "HS256"', "openssl rand -hex 32"),
        ("NEXTAUTH_SECRET", "Make a random key.", "openssl rand -base64 48"),
        ("SENDGRID_PASSWORD", "Take it from SendGrid", None),
        ("GITHUB_TOKEN", "Take it from GitHub", None),
        ("SMTP_PASSWORD", "set it at the server that checks it too", "openssl rand -hex 32"),
    ],
)
def test_a_remedy_has_the_form_that_the_program_reads(name, words, command):
    text, _, line = renewal(Bindings().role(name), name).partition("\n")
    assert words in text
    assert line == (f"$ {command}" if command else "")


def test_a_key_in_the_address_of_a_tracker_comes_from_there():
    assert renewal("password", "SENTRY_DSN", embedded=True).startswith("Take it from Sentry")
    assert renewal("password", "UPSTREAM_URL", embedded=True).startswith("Make a random password")
