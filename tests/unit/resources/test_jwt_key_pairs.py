"""Keys that sign tokens where no algorithm is configured: the key itself tells what it is."""

from __future__ import annotations

import base64
import secrets

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from gating import judge

KEY = ec.generate_private_key(ec.SECP256R1())
FORMATS = serialization.PrivateFormat
PRIVATE = KEY.private_bytes(serialization.Encoding.PEM, FORMATS.PKCS8, serialization.NoEncryption()).decode()
SEC1 = KEY.private_bytes(serialization.Encoding.PEM, FORMATS.TraditionalOpenSSL, serialization.NoEncryption()).decode()
SEALED = (
    ed25519.Ed25519PrivateKey.generate()
    .private_bytes(serialization.Encoding.PEM, FORMATS.PKCS8, serialization.BestAvailableEncryption(b"a pass phrase"))
    .decode()
)
PUBLIC = (
    KEY.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo).decode()
)


def jwt_findings(tmp_path, bindings=None, **settings):
    report = judge(tmp_path, process={"ENV": "production", **settings}, bindings=bindings or {})
    return {
        one["rule"]: one["status"]
        for one in report["findings"]
        if one["pack"] in {"jwt", "secrets"} and one["status"] in {"fail", "error"}
    }


@pytest.mark.parametrize(
    "text",
    [PRIVATE, SEC1, SEALED, PRIVATE.rstrip(), PRIVATE.replace("\n", "\\n")],
    ids=["pkcs8", "sec1", "encrypted", "unended", "escaped"],
)
@pytest.mark.parametrize("name", ["JWT_PRIVATE_KEY", "JWT_SECRET"])
@pytest.mark.parametrize("encoded", [False, True])
def test_a_private_key_without_an_algorithm_is_no_hmac_secret(tmp_path, name, text, encoded):
    value = base64.b64encode(text.encode()).decode() if encoded else text
    assert jwt_findings(tmp_path, **{name: value}) == {}


def test_a_path_is_a_key_where_the_name_says_that_it_is_half_of_a_pair(tmp_path):
    assert "jwt-key-kind" not in jwt_findings(tmp_path, JWT_PRIVATE_KEY="/etc/keys/jwt.pem")
    assert jwt_findings(tmp_path, JWT_SECRET="/etc/keys/jwt.pem")["jwt-key-kind"] == "fail"


@pytest.mark.parametrize("text", [PUBLIC, base64.b64encode(PUBLIC.encode()).decode()], ids=["pem", "base64"])
def test_a_public_key_is_one_only_where_the_name_says_so(tmp_path, text):
    bound = {"jwt_secret": ["JWT_PUBLIC_KEY"]}
    assert "jwt-key-kind" not in jwt_findings(tmp_path, bound, JWT_PUBLIC_KEY=text)
    assert jwt_findings(tmp_path, JWT_PUBLIC_KEY=text) == {}
    assert jwt_findings(tmp_path, JWT_SECRET=text)["jwt-key-kind"] == "fail"


def test_an_algorithm_that_is_configured_has_the_last_word(tmp_path):
    assert jwt_findings(tmp_path, JWT_PRIVATE_KEY=PRIVATE, JWT_ALGORITHM="HS256")["jwt-key-kind"] == "fail"
    assert jwt_findings(tmp_path, JWT_PRIVATE_KEY=PRIVATE, JWT_ALGORITHM="ES256") == {}


def test_a_text_named_private_is_judged_as_the_text_it_is(tmp_path):
    assert jwt_findings(tmp_path, JWT_PRIVATE_KEY="short")["jwt-key-length"] == "fail"
    assert jwt_findings(tmp_path, JWT_PRIVATE_KEY=base64.b64encode(secrets.token_bytes(48)).decode()) == {}
