"""What `preflight config` shows of values."""

from __future__ import annotations

import secrets

import pytest

from preflight.bindings import Bindings
from preflight.model.origin import Origin
from preflight.model.secret_text import SecretText
from preflight.model.setting import Setting
from preflight.resources._redaction import MASK, Redaction


def setting(name, text):
    return Setting(name=name, value=SecretText(text), origin=Origin(setting=name))


def shown(name, text, *others):
    one = setting(name, text)
    return Redaction(Bindings(), [one, *others]).setting(one)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("LOG_LEVEL", "info"),
        ("PUBLIC_URL", "https://app.example.com/a?page=2"),
        ("TLS_KEY_FILE", "/run/secrets/server.key"),
        ("DATABASE_URL", "postgresql://app@db.internal/app?sslmode=verify-full&sslkey=/ssl/client.key"),
        ("IMAGE", "registry.example.com/team/service:1.2.3"),
        ("EMPTY", ""),
        ("LIST", "a, b, c"),
    ],
)
def test_what_is_no_secret_is_shown_as_it_is(name, text):
    assert shown(name, text) == text


@pytest.mark.parametrize("name", ["DB_PASSWORD", "JWT_SECRET", "STRIPE_API_KEY"])
def test_secrets_by_name_are_hidden(name):
    assert shown(name, "hunter2") is None


def test_passwords_in_addresses_are_masked():
    assert shown("DATABASE_URL", "postgresql://app:hunter2@db/app") == f"postgresql://app:{MASK}@db/app"
    assert shown("DATABASE_URL", "postgresql://app:p/w?d#x@db/app") == f"postgresql://app:{MASK}@db/app"
    assert shown("HOOK", "https://example.com/hook?token=abc&x=1") == f"https://example.com/hook?token={MASK}&x=1"


def test_a_random_value_is_hidden_whatever_its_name():
    assert shown("SOMETHING", secrets.token_hex(20)) is None
    assert shown("SOMETHING", f"prefix {secrets.token_urlsafe(24)}") is None


def test_what_is_secret_in_one_place_is_shown_in_none():
    assert shown("COPY", "hunter2", setting("DB_PASSWORD", "hunter2")) is None
    assert shown("COPY", "hunter2", setting("DATABASE_URL", "postgresql://a:hunter2@db/app")) is None
    assert shown("TEXT", "it is correct-horse!", setting("DB_PASSWORD", "correct-horse")) is None


def test_several_lines_and_keys_are_hidden():
    assert shown("A", "first\nsecond") is None
    assert shown("A", "-----BEGIN PRIVATE KEY-----") is None


def test_words_behind_an_option_that_is_named_like_a_secret_are_masked():
    redaction = Redaction(Bindings(), [])
    words = ["redis-server", "--api-key", "hunter2", "--password=hunter2", "--port", "6379"]
    assert redaction.words(map(SecretText, words)) == [
        "redis-server", "--api-key", MASK, f"--password={MASK}", "--port", "6379",
    ]  # fmt: skip
