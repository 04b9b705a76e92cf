from __future__ import annotations

import base64

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, PublicFormat, pkcs12
from support.pki import Shape, ca, issue, key, key_pem, name, pem

from preflight.x509.material import (
    LIMIT,
    PROBLEMS,
    Block,
    Material,
    MaterialProblem,
    read_certificates,
    read_material,
    read_private_key,
    read_setting,
)

LEAF = issue(Shape(), ca())
ROOT = issue(ca())
CHAIN = pem(LEAF, ROOT)
KEY = key_pem(key())
REQUEST = (
    x509.CertificateSigningRequestBuilder()
    .subject_name(name("x"))
    .sign(key(), x509.load_der_x509_certificate(LEAF).signature_hash_algorithm)
    .public_bytes(Encoding.PEM)
)
PUBLIC = key().public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
PKCS12 = pkcs12.serialize_key_and_certificates(b"x", key(), x509.load_der_x509_certificate(LEAF), None, NoEncryption())


def code(found: object) -> str:
    assert isinstance(found, MaterialProblem), found
    assert found.message == PROBLEMS[found.code][0]
    assert found.hint == PROBLEMS[found.code][1]
    return found.code


@pytest.mark.parametrize(
    "data",
    [
        CHAIN,
        CHAIN.replace(b"\n", b"\r\n"),
        CHAIN.replace(b"\n", b"  \n"),
        b"\xef\xbb\xbf" + CHAIN,
        b"Certificate:\n    Data:\n        Version: 3 (0x2)\n" + CHAIN,
        CHAIN.rstrip(b"\n"),
        CHAIN.replace(b"-----\n-----", b"-----\n\nsubject=CN = x\n-----"),
        CHAIN.replace(b"BEGIN CERT", b"BEGIN X509 CERT").replace(b"END CERT", b"END X509 CERT"),
    ],
    ids=["plain", "CRLF", "trailing spaces", "BOM", "preamble", "no last line end", "text between", "old label"],
)
def test_certificates_are_read_in_their_order(data):
    found = read_certificates(data)
    assert isinstance(found, Material)
    assert found.certificates == (LEAF, ROOT)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"", "empty"),
        (b" \r\n\t", "empty"),
        (b"\xef\xbb\xbf\n", "empty"),
        (b"hello", "not_pem"),
        (LEAF, "der"),
        (LEAF + b"\n", "der"),
        (PKCS12, "pkcs12"),
        (base64.b64encode(LEAF), "no_armor"),
        (base64.encodebytes(LEAF), "no_armor"),
        (CHAIN.decode().encode("utf-16-le"), "nul_bytes"),
        (b"".join(b"  " + line for line in CHAIN.splitlines(keepends=True)), "indented"),
        (CHAIN[: len(CHAIN) // 4], "truncated"),
        (CHAIN[:-30], "truncated"),
        (pem(LEAF).replace(b"-----END CERTIFICATE-----\n", b"") + pem(ROOT), "nested"),
        (CHAIN.replace(b"-----END CERTIFICATE", b"-----END CERTIFICATES"), "truncated"),
        (CHAIN.replace(b"MII", b"M!I", 1), "bad_base64"),
        (b"-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n", "truncated"),
        (KEY, "key_instead_of_certificate"),
        (REQUEST, "request_instead_of_certificate"),
        (PUBLIC, "public_key_instead_of_certificate"),
        (CHAIN.replace(b"CERTIFICATE", b"TRUSTED CERTIFICATE"), "trusted_certificate"),
        (CHAIN.replace(b"CERTIFICATE", b"PKCS7"), "pkcs7"),
        (CHAIN.replace(b"CERTIFICATE", b"X509 CRL"), "no_certificate"),
        (CHAIN.replace(b"CERTIFICATE-----\n", b"CERTIFICATE-----\nX: y\n\n", 1), "headers"),
        (CHAIN.replace(b"CERTIFICATE-----\n", b"CERTIFICATE-----\n\n\n", 1), "blank_line"),
        (CHAIN.replace(b"\n-----END", b"\n\n-----END", 1), "blank_line"),
        (CHAIN.replace(b"\n", b"\n\n", 3).replace(b"\n\n", b"\n", 2), "blank_line"),
        (b"x" * (LIMIT + 1), "too_large"),
    ],
)
def test_what_is_no_certificate_has_its_own_code(data, expected):
    assert code(read_certificates(data)) == expected


@pytest.mark.parametrize("first", [b"\n", b"  \r\n"])
def test_one_empty_line_before_the_base64_ends_no_headers(first):
    found = read_certificates(CHAIN.replace(b"CERTIFICATE-----\n", b"CERTIFICATE-----\n" + first, 1))
    assert isinstance(found, Material)
    assert found.certificates == (LEAF, ROOT)


def test_the_line_of_a_broken_block_is_told():
    found = read_material(b"text\n" + CHAIN.replace(b"MII", b"M!I", 1))
    assert isinstance(found, MaterialProblem)
    assert found.line == 2


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (CHAIN, "certificate_instead_of_key"),
        (PUBLIC, "public_key_instead_of_key"),
        (REQUEST, "no_key"),
        (b"", "empty"),
        (KEY[:60], "truncated"),
    ],
)
def test_what_is_no_key_has_its_own_code(data, expected):
    assert code(read_private_key(data)) == expected


def test_a_key_may_be_der():
    der = key().private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    found = read_private_key(der)
    assert isinstance(found, Block)
    assert (found.kind, found.label, found.data) == ("private_key", "", der)


def test_a_key_beside_its_certificates_is_found_from_both_sides():
    both = read_certificates(CHAIN + KEY)
    assert isinstance(both, Material)
    assert both.certificates == (LEAF, ROOT)
    assert [block.label for block in both.private_keys] == ["PRIVATE KEY"]
    found = read_private_key(CHAIN + KEY)
    assert isinstance(found, Block)
    assert found.pem == KEY


def test_the_first_of_several_keys_counts():
    found = read_private_key(KEY + key_pem(key("ed25519")))
    assert isinstance(found, Block)
    assert found.pem == KEY


@pytest.mark.parametrize(
    "text",
    [
        CHAIN.decode(),
        "\n  " + CHAIN.decode() + "\n",
        CHAIN.decode().replace("\n", "\\n"),
        CHAIN.decode().replace("\n", "\\r\\n"),
        '"' + CHAIN.decode().replace("\n", "\\n") + '"',
        base64.b64encode(CHAIN).decode(),
        base64.encodebytes(CHAIN).decode(),
    ],
    ids=["lines", "indented start", "backslash n", "backslash r n", "quoted", "base64", "base64 lines"],
)
def test_a_setting_may_hold_pem_in_many_forms(text):
    found = read_certificates(read_setting(text))
    assert isinstance(found, Material)
    assert found.certificates == (LEAF, ROOT)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "empty"),
        ("changeme", "not_pem"),
        ("/etc/ssl/cert.pem", "not_pem"),
        (base64.b64encode(LEAF).decode(), "no_armor"),
        (CHAIN.decode().replace("\n", " "), "one_line"),
        (CHAIN.decode().replace("\n", ""), "one_line"),
        ("A" * (2 * LIMIT + 1), "too_large"),
        ("\udcff", "not_pem"),
    ],
)
def test_a_setting_that_holds_no_pem_has_a_code(text, expected):
    assert code(read_setting(text)) == expected


def test_what_is_read_shows_no_key():
    found = read_material(KEY + CHAIN)
    shown = repr(found) + str(found)
    body = KEY.decode().splitlines()[1]
    assert body[:12] not in shown
    assert "data" not in shown
