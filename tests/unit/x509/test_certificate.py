from __future__ import annotations

import hashlib
from datetime import timedelta
from ipaddress import IPv4Address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from support.pki import DAY, NOW, Shape, ca, issue, key, name

from preflight.x509.certificate import PROBLEMS, CertificateFacts, CertificateProblem, load, read_certificate
from preflight.x509.signatures import signed_by


def read(der: bytes) -> CertificateFacts:
    found = read_certificate(der)
    assert isinstance(found, CertificateFacts), found
    return found


def test_all_facts_of_a_leaf():
    der = issue(Shape(dns=("db.example.test", "*.a.test"), ips=("10.0.0.1", "::ffff:10.0.0.2")), ca())
    found = read(der)
    assert (found.subject, found.issuer) == ("CN=db.example.test,O=Example", "CN=Root,O=Example")
    assert (found.serial, found.version) == ("1267", 3)
    assert (found.not_before, found.not_after) == (NOW - 10 * DAY, NOW + 100 * DAY)
    assert found.not_after.utcoffset() == timedelta(0)
    assert (found.key.type, found.key.bits, found.key.curve) == ("ec", 256, "secp256r1")
    assert (found.signature_type, found.signature_hash, found.explicit_curve) == ("ec", "sha256", False)
    assert (found.is_ca, found.path_length) == (False, None)
    assert (found.key_usage, found.extended_key_usage) == (("digital_signature",), ("server_auth",))
    assert found.dns_names == ("db.example.test", "*.a.test")
    assert found.ip_addresses == ("10.0.0.1", "::ffff:10.0.0.2")
    assert (found.common_name, found.common_names) == ("db.example.test", ("db.example.test",))
    assert (found.self_issued, found.self_signed) == (False, False)
    assert (found.has_authority_key_identifier, found.has_name_constraints) == (True, False)
    assert (found.netscape_types, found.unknown_critical) == (None, ())
    spki = key().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    assert found.spki_sha256 == hashlib.sha256(spki).hexdigest()
    assert found.sha256 == hashlib.sha256(der).hexdigest()


def test_facts_of_a_ca():
    found = read(issue(ca(path_length=1, permitted=("a.test",))))
    assert (found.is_ca, found.path_length, found.has_name_constraints) == (True, 1, True)
    assert found.key_usage == ("key_cert_sign", "crl_sign")
    assert (found.extended_key_usage, found.sans) == (None, ())
    assert (found.self_issued, found.self_signed) == (True, True)


@pytest.mark.parametrize(
    ("kind", "facts"),
    [
        ("rsa2048", ("rsa", 2048, None)),
        ("p384", ("ec", 384, "secp384r1")),
        ("k1", ("ec", 256, "secp256k1")),
        ("ed25519", ("ed25519", 256, None)),
        ("ed448", ("ed448", 456, None)),
        ("dsa", ("dsa", 2048, None)),
    ],
)
def test_keys_of_all_kinds(kind, facts):
    found = read(issue(Shape(key=kind), ca()))
    assert (found.key.type, found.key.bits, found.key.curve) == facts


@pytest.mark.parametrize(
    ("issuer_key", "algorithm", "facts"),
    [
        ("rsa2048", "md5", ("rsa", "md5")),
        ("rsa2048", "sha1", ("rsa", "sha1")),
        ("rsa2048", "pss", ("rsa", "sha256")),
        ("p256", "sha1", ("ec", "sha1")),
        ("p256", "sha512", ("ec", "sha512")),
        ("ed25519", "sha256", ("ed25519", None)),
        ("ed448", "sha256", ("ed448", None)),
    ],
)
def test_signatures_of_all_kinds_are_named_and_tried(issuer_key, algorithm, facts):
    root = ca(key=issuer_key, hash=algorithm)
    found = read(issue(root))
    assert (found.signature_type, found.signature_hash) == facts
    assert found.self_signed


def test_a_self_issued_certificate_of_another_key_is_not_self_signed():
    found = read(issue(ca(number=5), ca(number=1)))
    assert (found.self_issued, found.self_signed) == (True, False)


def test_a_signature_is_tried_against_any_key():
    leaf, root, other = (load(issue(one, ca())) for one in (Shape(), ca(), ca(key="rsa2048", number=3)))
    assert isinstance(leaf, x509.Certificate)
    assert isinstance(root, x509.Certificate)
    assert isinstance(other, x509.Certificate)
    assert signed_by(leaf, root) is True
    assert signed_by(leaf, leaf) is False
    assert signed_by(leaf, other) is False


def test_version_1_has_no_extensions():
    found = read(issue(Shape(version=1), ca()))
    assert (found.version, found.is_ca, found.key_usage, found.sans) == (1, None, None, ())
    assert found.common_name == "db.example.test"


def test_an_explicit_curve_is_seen():
    found = read(issue(Shape(explicit=True), ca()))
    assert found.explicit_curve


def test_other_alternative_names_and_purposes():
    sans = (
        x509.RFC822Name("a@b.test"),
        x509.UniformResourceIdentifier("spiffe://b.test/x"),
        x509.DirectoryName(name("x")),
        x509.RegisteredID(x509.ObjectIdentifier("1.2.3")),
        x509.IPAddress(IPv4Address("10.0.0.1")),
    )
    found = read(issue(Shape(dns=(), sans=sans, extended=("2.5.29.37.0", "1.2.3.4")), ca()))
    assert found.sans == (
        ("email", "a@b.test"),
        ("uri", "spiffe://b.test/x"),
        ("directory", "CN=x,O=Example"),
        ("other", ""),
        ("ip", "10.0.0.1"),
    )
    assert found.extended_key_usage == ("any", "1.2.3.4")


def test_netscape_types_and_unknown_extensions():
    netscape = x509.UnrecognizedExtension(x509.ObjectIdentifier("2.16.840.1.113730.1.1"), b"\3\2\6\xc0")
    unknown = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4"), b"\5\0")
    found = read(issue(Shape(extra=(netscape, unknown), extra_critical=True), ca()))
    assert found.netscape_types == ("ssl_client", "ssl_server")
    assert "1.2.3.4" in found.unknown_critical


@pytest.mark.parametrize(("serial", "expected"), [(b"\0", "0"), (b"\xfb", "-5"), (b"\x7f" * 30, "7f" * 30)])
def test_serial_numbers_that_openssl_takes_are_no_problem(serial, expected):
    assert read(issue(Shape(serial_bytes=serial))).serial == expected


@pytest.mark.parametrize(
    ("der", "code"),
    [
        (b"", "malformed"),
        (b"0\x03\x02\x01\x00", "malformed"),
        (issue(Shape()) + b"\0", "malformed"),
        (issue(Shape())[:-1], "malformed"),
        (issue(Shape()).replace(b"\xa0\x03\x02\x01\x02", b"\xa0\x03\x02\x01\x07"), "bad_version"),
        (issue(Shape()).replace(b"\x06\x03\x55\x1d\x11", b"\x06\x03\x55\x1d\x13"), "bad_extension"),
        (issue(Shape()).replace(b"\x82\x0fdb.example.test", b"\x82\x0fdb\xff.example.tes"), "bad_extension"),
        (issue(Shape()).replace(b"\x0c\x07Example", b"\x0c\x07Ex\xffmple"), "bad_name"),
    ],
    ids=["empty", "a number", "more", "less", "version 8", "twice", "SAN", "name"],
)
def test_what_cannot_be_read_has_a_code(der, code):
    found = read_certificate(der)
    assert isinstance(found, CertificateProblem)
    assert found.code == code
    assert (found.message, found.hint) == PROBLEMS[code]
