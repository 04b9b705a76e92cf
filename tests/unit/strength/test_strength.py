"""Strength: random secrets pass, made-up ones do not."""

from __future__ import annotations

import base64
import random
import string
import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from preflight.strength import assess, character_classes, decoded_bytes, is_pem, placeholder_kind

ALNUM = string.ascii_letters + string.digits
RANDOM = {
    "base64 24": lambda r: base64.b64encode(r.randbytes(24)).decode(),
    "base64 32": lambda r: base64.b64encode(r.randbytes(32)).decode(),
    "base64 48": lambda r: base64.b64encode(r.randbytes(48)).decode(),
    "hex 16": lambda r: r.randbytes(16).hex(),
    "hex 32": lambda r: r.randbytes(32).hex(),
    "uuid4": lambda r: str(uuid.UUID(bytes=r.randbytes(16), version=4)),
    "urlsafe 32": lambda r: base64.urlsafe_b64encode(r.randbytes(32)).decode().rstrip("="),
    "alphanumeric 24": lambda r: "".join(r.choices(ALNUM, k=24)),
    "lower case 32": lambda r: "".join(r.choices(string.ascii_lowercase, k=32)),
    "base32 52": lambda r: base64.b32encode(r.randbytes(32)).decode(),
}
WEAK = """
supersecretsupersecretsupersecret
correct horse battery staple production
qazwsxedcrfvtgbyhnujmikolp1234567890
0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef
P@ssw0rd1234567!P@ssw0rd1234567!
ghp_1234567890abcdefghijklmnopqrstuvwxyz
Sup3rS3cretPassw0rd!ForTheProductionApi
aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa
abcdeabcdeabcdeabcdeabcdeabcdeabcdeabcdeabcdeabcde
2025-01-01,2025-01-02,2025-01-03,2025-01-04,2025-01-05
100,101,102,103,104,105,106,107,108,109,110,111
mi-clave-secreta-de-produccion-muy-segura
mein-geheimer-schluessel-fuer-die-produktion
https://auth.internal.example-corp.com/v1/tokens/
01010101010101010101010101010101010101010101010101
+49-151-555-0101 +49-151-555-0102 555
""".strip().splitlines()


def is_key(text: str) -> bool:
    strength = assess(text)
    return placeholder_kind(text) is None and strength.bits >= 100 and not strength.human


@pytest.mark.parametrize("family", RANDOM)
def test_random_secrets_are_key_material(family):
    draw = random.Random(f"strength {family}")
    refused = [text for text in (RANDOM[family](draw) for _ in range(500)) if not is_key(text)]
    assert len(refused) <= 1


@pytest.mark.slow
def test_of_fifty_thousand_random_secrets_at_most_five_are_refused():
    draw = random.Random("fifty thousand")
    assert sum(not is_key(make(draw)) for make in RANDOM.values() for _ in range(5000)) <= 5


@pytest.mark.parametrize("text", WEAK)
def test_made_up_secrets_are_not(text):
    assert not is_key(text)
    assert not is_key(base64.b64encode(text.encode()).decode())
    assert not is_key(text.encode().hex())


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("<FROM_SECRETS_MANAGER>", "placeholder"), ("YOUR_STRONG_PASSWORD_HERE", "placeholder"), ("${KEYVAULT_SECRET}", "unexpanded"),
        ("$(vault read x)", "unexpanded"),
        ("change-me-in-production-min-32-chars", "placeholder"), ("your-super-secret-jwt-key-min-32-chars-long", "placeholder"),
        ("test", "placeholder"), ("", "placeholder"),
        ("$k9fT2xQv8Lm4Zr7Wc1Y", None), ("Xq7<f9Kd2mP4vT8zR1", None),
    ],
)  # fmt: skip
def test_placeholders(text, kind):
    assert placeholder_kind(text) == kind


@pytest.mark.parametrize(
    ("text", "size"),
    [("00" * 32, 32), (str(uuid.UUID(int=7)), 16), ("a b c d", 7), (base64.b64encode(bytes(range(48))).decode(), 48)],
)
def test_decoded_bytes(text, size):
    assert decoded_bytes(text) == size


def test_plain_facts():
    assert len(character_classes("aA1!")) == 4
    assert is_pem("-----BEGIN PRIVATE KEY-----")
    assert not is_pem("x")


@given(st.text(max_size=300))
def test_any_text_is_assessed(text):
    strength = assess(text)
    assert strength.bits >= 0
    assert 0 <= strength.coverage <= 1


@pytest.mark.parametrize(
    "text", ["a" * 100_000, "ab1" * 40_000, "\u0430\u0431" * 5000, "\U0001f512" * 5000, "\x00" * 5000, "\ud800" * 100]
)
def test_long_and_odd_texts_are_no_keys(text):
    assert not is_key(text)
