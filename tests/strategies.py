# ruff: noqa: E501 - tables of names and values
"""Hypothesis strategies: settings, env files and secrets."""

from __future__ import annotations

from hypothesis import strategies as st

# No message, rule or name uses these letters, so what shows up in an output can only come from a planted value.
CANARY_ALPHABET = "ʘǁǃǂʬʭɮʚɞʞ"
canaries = st.text(CANARY_ALPHABET, min_size=8, max_size=40)

SECRET_NAMES = (
    "JWT_SECRET",
    "DB_PASSWORD",
    "REDIS_PASSWORD",
    "SESSION_SECRET",
    "VAULT_TOKEN",
    "API_KEY",
    "SMTP_PASSWORD",
    "ENCRYPTION_KEY",
    "APP_DATABASE_PASSWORD",
)
OTHER_NAMES = (
    "ENV", "NODE_ENV", "CORS_ORIGINS", "CORS_ORIGIN_REGEX", "CORS_ALLOW_CREDENTIALS", "SERVER_TLS_ENABLED", "SERVER_TLS_MIN_VERSION", "SERVER_TLS_MAX_VERSION",
    "SERVER_TLS_CERT_FILE", "SERVER_TLS_KEY_FILE", "SERVER_TLS_CIPHERS", "DATABASE_URL", "APP_DATABASE_HOST", "APP_DATABASE_PORT", "APP_DATABASE_SSL_MODE", "PGHOST",
    "PGSSLMODE", "PGSSLROOTCERT", "REDIS_URL", "REDIS_HOST", "REDIS_TLS", "VAULT_ADDR", "VAULT_ENABLED", "NODE_TLS_REJECT_UNAUTHORIZED", "SSL_VERIFY", "BIND_ADDRESS",
    "GUNICORN_CMD_ARGS", "JWT_ALGORITHM", "API_TOKEN_FILE", "JWT_SECRET_FILE", "SSLKEYLOGFILE", "PASSWORD_MIN_LENGTH",
)  # fmt: skip
PLAIN = (
    "", "true", "false", "production", "development", "*", "https://app.example.com", "null", "1.2", "TLSv1.3", "1.1", "auto", "require", "verify-full", "db.internal",
    "localhost", "/nowhere/file.pem", ".", "0.0.0.0:80", "127.0.0.1", "postgresql://app@db.internal/app?sslmode=require", "postgresql://app@/app?host=/run/pg",
    "redis://cache:6379/0", "rediss://:x@cache/0", "https://vault:8200", "HS256", "none", "<FROM_SECRETS_MANAGER>", "${X}", "[", "]", "://", "host=db user=x", "jdbc:postgresql://h/d",
)  # fmt: skip
values = st.sampled_from(PLAIN) | st.text(
    st.characters(exclude_categories=("Cs",), exclude_characters="\x00" + CANARY_ALPHABET), max_size=40
)
environments = st.dictionaries(st.sampled_from(SECRET_NAMES + OTHER_NAMES), values, max_size=12)

# Places in which a secret can hide, as templates.
HIDING_PLACES = (
    ("JWT_SECRET", "{}"), ("DB_PASSWORD", "{}"), ("SESSION_SECRET", "{}"), ("VAULT_TOKEN", "{}"), ("API_KEY", "{}"),
    ("DATABASE_URL", "postgresql://app:{}@db.internal/app?sslmode=verify-full"), ("DATABASE_URL", "postgresql://app:a@{}@db.internal/app"),
    ("DATABASE_URL", "postgresql://app:a/{}@db.internal/app"), ("DATABASE_URL", "postgresql+asyncpg://app:{}@h/db?ssl=require"), ("DATABASE_URL", "jdbc:postgresql://h/db?password={}"),
    ("DATABASE_URL", "host=db password={} sslmode=require"), ("DATABASE_URL", "postgresql://app:%{}@h/db"), ("DATABASE_URL", "postgresql://[{}"), ("DATABASE_URL", "{}"),
    ("DATABASE_URL", "postgresql://app@h/db?password={}&bogus=1"), ("PGPASSWORD", "{}"), ("REDIS_URL", "redis://:{}@cache:6379/0"), ("REDIS_URL", "redis://{}"),
    ("REDIS_URL", "rediss://cache/0?password={}"), ("APP_DATABASE_PASSWORD", "{}"), ("JWT_SECRET_FILE", "{}"), ("SMTP_PASSWORD", " {} "), ("CELERY_BROKER_URL", "amqp://u:{}@mq//"),
    ("CORS_ORIGINS", "https://user:{}@app.example.com"), ("VAULT_ADDR", "https://{}@vault:8200"), ("JWT_ALGORITHM", "none"), ("ENCRYPTION_KEY", "{}"),
)  # fmt: skip
