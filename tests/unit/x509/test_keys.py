from __future__ import annotations

import subprocess

import pytest
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from support.pki import Shape, ca, issue, key, key_pem

from preflight.x509.keys import is_encrypted, matches, read_key
from preflight.x509.material import Block, read_private_key

PASSPHRASE = "correct horse"
LOCK = BestAvailableEncryption(PASSPHRASE.encode())
PLAIN = NoEncryption()


def block(data: bytes) -> Block:
    found = read_private_key(data)
    assert isinstance(found, Block), found
    return found


def form(kind: str, encoding: Encoding, shape: PrivateFormat, lock=PLAIN) -> bytes:
    return key(kind).private_bytes(encoding, shape, lock)


PEM, DER = Encoding.PEM, Encoding.DER
PKCS8, OLD, SSH = PrivateFormat.PKCS8, PrivateFormat.TraditionalOpenSSL, PrivateFormat.OpenSSH


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (form("rsa2048", PEM, PKCS8), ("pkcs8", "pem", "rsa", True)),
        (form("rsa2048", PEM, OLD), ("pkcs1", "pem", "rsa", True)),
        (form("p256", PEM, OLD), ("sec1", "pem", "ec", True)),
        (form("dsa", PEM, OLD), ("dsa", "pem", "dsa", True)),
        (form("ed25519", PEM, PKCS8), ("pkcs8", "pem", "ed25519", True)),
        (form("ed25519", PEM, SSH), ("openssh", "pem", "ed25519", False)),
        (form("rsa2048", DER, PKCS8), ("pkcs8", "der", "rsa", True)),
        (form("rsa2048", DER, OLD), ("pkcs1", "der", "rsa", True)),
        (form("p256", DER, OLD), ("sec1", "der", "ec", True)),
    ],
)
def test_keys_that_are_not_encrypted(data, expected):
    found = read_key(block(data))
    assert found.key is not None
    assert (found.format, found.encoding, found.key.type, found.openssl_reads) == expected
    assert (found.encrypted, found.passphrase, found.problem, found.opened) == (False, "not_needed", None, True)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (form("rsa2048", PEM, PKCS8, LOCK), ("pkcs8_encrypted", "pem", True)),
        (form("rsa2048", PEM, OLD, LOCK), ("pkcs1", "pem", True)),
        (form("p256", PEM, OLD, LOCK), ("sec1", "pem", True)),
        (form("p256", DER, PKCS8, LOCK), ("pkcs8_encrypted", "der", False)),
    ],
)
def test_encrypted_keys_need_their_passphrase(data, expected):
    one = block(data)
    assert is_encrypted(one)
    for passphrase, state in ((None, "missing"), ("", "missing"), ("wrong", "wrong"), (PASSPHRASE, "right")):
        found = read_key(one, passphrase=passphrase)
        assert (found.format, found.encoding, found.openssl_reads) == expected
        assert (found.encrypted, found.passphrase, found.problem) == (True, state, None)
        assert found.opened == (state == "right")
        assert (found.spki_sha256 is not None) == (state == "right")


def test_an_encrypted_openssh_key_is_seen_without_being_opened():
    # An encrypted one takes an optional library to make; the name of the cipher is what tells.
    plain = block(form("ed25519", PEM, SSH))
    locked = plain.replace(data=plain.data.replace(b"\0\0\0\4none", b"\0\0\0\nAES256-CTR".lower(), 1))
    assert (is_encrypted(plain), is_encrypted(locked)) == (False, True)
    assert read_key(locked).passphrase == "missing"


def test_a_passphrase_for_a_key_that_needs_none_is_not_used():
    found = read_key(block(key_pem(key())), passphrase="x")
    assert (found.passphrase, found.opened) == ("unused", True)


@pytest.mark.parametrize(
    "data",
    [
        b"-----BEGIN PRIVATE KEY-----\nMAMCAQA=\n-----END PRIVATE KEY-----\n",
        b"-----BEGIN RSA PRIVATE KEY-----\nAAAA\n-----END RSA PRIVATE KEY-----\n",
        b"-----BEGIN OPENSSH PRIVATE KEY-----\nAAAA\n-----END OPENSSH PRIVATE KEY-----\n",
        b"-----BEGIN EC PRIVATE KEY-----\nMAMCAQE=\n-----END EC PRIVATE KEY-----\n",
        b"0\x03\x02\x01\x00",
    ],
)
def test_what_is_no_key_inside_is_malformed(data):
    found = read_key(block(data))
    assert (found.problem, found.key, found.spki_sha256) == ("malformed", None, None)


def test_a_key_of_an_unknown_kind_is_unsupported(openssl, tmp_path):
    made = subprocess.run(
        [openssl, "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp112r1"],
        capture_output=True,
        timeout=20,
        check=True,
    )
    assert read_key(block(made.stdout)).problem in ("unsupported", "malformed")


def test_a_key_belongs_to_its_certificate_alone():
    for kind in ("rsa2048", "p256", "ed25519"):
        facts = read_key(block(key_pem(key(kind))))
        assert matches(facts, issue(Shape(key=kind), ca())) is True
        assert matches(facts, issue(Shape(key="p384"), ca())) is False
    assert matches(facts, b"0") is None
    locked = read_key(block(form("p256", PEM, PKCS8, LOCK)))
    assert matches(locked, issue(Shape(), ca())) is None


def test_nothing_of_a_key_is_shown():
    one = block(form("p256", PEM, PKCS8, LOCK))
    shown = repr(one) + repr(read_key(one, passphrase=PASSPHRASE)) + repr(read_key(one, passphrase="wrong"))
    assert PASSPHRASE not in shown
    assert one.pem.decode().splitlines()[1][:16] not in shown
    assert repr(one.data)[2:20] not in shown
