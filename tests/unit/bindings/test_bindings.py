"""Names of settings and the roles they play."""

from __future__ import annotations

import pytest

from preflight.bindings import ROLES, SECRET_ROLES, Bindings
from preflight.bindings.tokens import tokens

NAMES = {
    "database_password": "PAYMENTS_DATABASE_PASSWORD DB_PASS PGPASSWORD PGPASS PG_PASSWORD POSTGRES_PASSWORD MYSQL_ROOT_PASSWORD db.password mongoPassword",
    "redis_password": "REDIS_PASSWORD REDIS_AUTH VALKEY_PASSWORD PAYMENTS_REDIS_PASSWORD",
    "jwt_secret": "JWT_SECRET PAYMENTS_AUTH_JWT_SECRET JWT_SECRET_KEY JWT_SIGNING_KEY ACCESS_TOKEN_SECRET JWT_PRIVATE_KEY",
    "session_secret": "SECRET_KEY DJANGO_SECRET_KEY SESSION_SECRET NEXTAUTH_SECRET SECRET_KEY_BASE APP_KEY",
    "encryption_key": "ENCRYPTION_KEY FERNET_KEY HMAC_SECRET MASTER_KEY SIGNING_KEY",
    "vault_token": "VAULT_TOKEN BAO_TOKEN",
    "password": "SMTP_PASSWORD RABBITMQ_DEFAULT_PASS MINIO_ROOT_PASSWORD MAIL_PW PASSWORT ADMIN_PASSWORT KEYPHRASE",
    "token": "GITHUB_TOKEN API_KEY AWS_SECRET_ACCESS_KEY STRIPE_SECRET_KEY OAUTH_CLIENT_SECRET WEBHOOK_SECRET",
    "tls_enabled": "PAYMENTS_SERVER_TLS_ENABLED ENABLE_TLS SSL_ENABLED",
    "tls_cert_file": "PAYMENTS_SERVER_TLS_CERT_FILE SSL_CERTFILE TLS_CERT",
    "tls_key_file": "PAYMENTS_SERVER_TLS_KEY_FILE SSL_KEYFILE TLS_KEY_PATH",
    "tls_ca_file": "DB_SSL_ROOT_CERT DATABASE_SSL_CA_CERT SSL_CERT_FILE REQUESTS_CA_BUNDLE NODE_EXTRA_CA_CERTS DB_SSL_CA",
    "tls_min_version": "PAYMENTS_SERVER_TLS_MIN_VERSION MIN_TLS_VERSION TLS_VERSION",
    "tls_verification": "NODE_TLS_REJECT_UNAUTHORIZED PYTHONHTTPSVERIFY VERIFY_SSL OPENSEARCH_SSL_VERIFY API_INSECURE_SKIP_VERIFY TLS_INSECURE",
    "cors_origins": "CORS_ORIGINS BACKEND_CORS_ORIGINS PAYMENTS_SERVER_CORS_ALLOWED_ORIGINS ALLOWED_ORIGINS",
    "cors_credentials": "PAYMENTS_SERVER_CORS_ALLOW_CREDENTIALS",
    "cors_allow_all": "CORS_ORIGIN_ALLOW_ALL CORS_ALLOW_ALL_ORIGINS",
    "redis_tls": "REDIS_TLS REDIS_TLS_ENABLED REDIS_SSL REDIS_USE_TLS",
    "redis_url": "REDIS_URL CELERY_BROKER_URL",
    "database_url": "DATABASE_URL METADATA_POSTGRES_DSN SQLALCHEMY_DATABASE_URI",
    "vault_address": "VAULT_ADDR VAULT_URL",
    "environment": "ENV NODE_ENV APP_ENV ENVIRONMENT ASPNETCORE_ENVIRONMENT",
    "debug_mode": "DEBUG APP_DEBUG DJANGO_DEBUG FLASK_DEBUG",
    "listen_address": "HOST BIND_ADDRESS GUNICORN_CMD_ARGS PAYMENTS_SERVER_HOST",
    None: """PASSWORD_MIN_LENGTH KMS_KEY_ALIAS AWS_ACCESS_KEY_ID PWD OLDPWD PATH GPG_KEY SSH_AUTH_SOCK STRIPE_PUBLISHABLE_KEY
    password_encryption PRIMARY_KEY CACHE_KEY MAX_TOKEN MONKEY TURKEY COMPASS BYPASS DB_HOST PAYMENTS_SERVER_PORT PUBLIC_KEY
    VAULT_CERT_PATH SECRETS_DIR TOKENIZERS_PARALLELISM KEYBOARD""",
}


@pytest.mark.parametrize(("role", "name"), [(role, name) for role, names in NAMES.items() for name in names.split()])
def test_names_in_common_use_play_their_roles(role, name):
    assert Bindings().role(name) == role


def test_every_role_is_documented():
    assert {role for role in NAMES if role} <= set(ROLES)
    assert set(SECRET_ROLES) <= set(ROLES)


def test_a_project_binds_its_own_names():
    bindings = Bindings({"jwt_secret": ["APP_SIGNER"]}, ["DEMO_PASSWORD"])
    assert bindings.role("APP_SIGNER") == "jwt_secret"
    assert bindings.is_secret("APP_SIGNER")
    assert not bindings.is_secret("DEMO_PASSWORD")


@pytest.mark.parametrize(
    ("name", "text", "secret"),
    [
        ("ALLOW_EMPTY_PASSWORD", "yes", False),
        ("MYSQL_ALLOW_EMPTY_PASSWORD", "yes", False),
        ("MYSQL_RANDOM_ROOT_PASSWORD", "yes", False),
        ("REQUIRE_PASSWORD", "true", False),
        ("DB_PASSWORD", "true", True),
        ("ALLOW_EMPTY_PASSWORD", "hunter2hunter2", True),
    ],
)
def test_a_switch_that_carries_a_secrets_name_is_none(name, text, secret):
    assert Bindings().is_secret(name, text) is secret


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("DB_PASSWORD", ("db", "password")),
        ("dbPassword", ("db", "password")),
        ("server.tls-min", ("server", "tls", "min")),
        ("", ()),
    ],
)
def test_tokens(name, words):
    assert tokens(name) == words
