"""Strengths as OpenSSL counts them; whole chains are held against it in tests/differential/test_x509_openssl.py."""

from __future__ import annotations

import pytest
from support.pki import Shape, ca, issue

from preflight.x509.certificate import CertificateFacts, read_certificate
from preflight.x509.purposes import key_strength, serves, signature_strength, strong_key, strong_signature
from preflight.x509.signatures import KeyFacts


def facts(shape: Shape, issuer: Shape | None = None) -> CertificateFacts:
    found = read_certificate(issue(shape, issuer or ca()))
    assert isinstance(found, CertificateFacts)
    return found


@pytest.mark.parametrize(
    ("kind", "bits", "curve", "strength"),
    [
        ("rsa", 512, None, 56),
        ("rsa", 1024, None, 80),
        ("rsa", 1536, None, 96),
        ("rsa", 2048, None, 112),
        ("rsa", 3072, None, 128),
        ("rsa", 4096, None, 152),
        ("rsa", 7680, None, 192),
        ("rsa", 15360, None, 256),
        ("rsa", 4, None, 0),
        ("dsa", 2048, None, 112),
        ("ec", 192, "secp192r1", 80),
        ("ec", 224, "secp224r1", 112),
        ("ec", 256, "secp256k1", 128),
        ("ec", 384, "secp384r1", 192),
        ("ec", 521, "secp521r1", 256),
        ("ec", 571, "sect571r1", 256),
        ("ec", 112, "secp112r1", 56),
        ("ed25519", 256, None, 128),
        ("ed448", 456, None, 224),
        ("other", None, None, 0),
    ],
)
def test_the_strength_of_a_key(kind, bits, curve, strength):
    assert key_strength(KeyFacts(type=kind, bits=bits, curve=curve)) == strength


@pytest.mark.parametrize(("level", "expected"), [(0, True), (1, True), (2, True), (3, False), (5, False)])
def test_levels_ask_for_more_and_more(level, expected):
    assert strong_key(KeyFacts(type="rsa", bits=2048, curve=None), level) is expected


def test_nothing_is_asked_at_level_0():
    assert strong_key(KeyFacts(type="other", bits=None, curve=None), 0)
    assert not strong_key(KeyFacts(type="other", bits=None, curve=None), 1)


@pytest.mark.parametrize(
    ("algorithm", "strength"),
    [("md5", 39), ("sha1", 63), ("sha256", 128), ("sha384", 192), ("sha512", 256), ("pss", 128)],
)
def test_the_strength_of_a_signature(algorithm, strength):
    found = facts(Shape(hash=algorithm), ca(key="rsa2048"))
    assert signature_strength(found) == strength
    assert strong_signature(found) is (strength >= 112)
    assert strong_signature(found, 0)


@pytest.mark.parametrize(("kind", "strength"), [("ed25519", 128), ("ed448", 224)])
def test_the_strength_of_a_signature_without_a_hash(kind, strength):
    assert signature_strength(facts(Shape(), ca(key=kind))) == strength


@pytest.mark.parametrize(
    ("extended", "server", "client"),
    [
        (None, True, True),
        (("1.3.6.1.5.5.7.3.1",), True, False),
        (("1.3.6.1.5.5.7.3.2",), False, True),
        (("2.5.29.37.0",), False, False),
        (("1.3.6.1.4.1.311.10.3.3",), True, False),
    ],
)
def test_extended_key_usage_limits_leaves_and_cas(extended, server, client):
    for shape, as_ca in ((Shape(extended=extended), False), (ca(extended=extended), True)):
        assert serves(facts(shape), "server", as_ca=as_ca) is server
        assert serves(facts(shape), "client", as_ca=as_ca) is client


def test_key_usage_limits_leaves_alone():
    signing = facts(ca())
    assert serves(signing, "server", as_ca=True)
    assert not serves(signing, "server", as_ca=False)
