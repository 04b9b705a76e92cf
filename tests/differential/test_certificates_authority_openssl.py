"""Issuing from a CA that is there: certificates are made exactly where `openssl verify` accepts them under it."""

from __future__ import annotations

import subprocess
from datetime import timedelta
from ipaddress import ip_network

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key
from support.pki import NOW, Shape, ca, issue, key_pem, name, pem

from preflight.certificates.create import CreateOptions, create
from preflight.errors import InputError
from preflight.x509.chain import verify_chain

SERVER, CLIENT = "1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2"
UNKNOWN = x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3.4.5"), b"\5\0")
ELSEWHERE = x509.DirectoryName(name("Elsewhere"))
# The CA, and why it is refused before anything is written; None: OpenSSL takes what it issues.
AUTHORITIES = {
    "sound": (ca(), None),
    "names elsewhere": (ca(permitted=(".corp.internal",)), "name_constraint"),
    "no loopback": (ca(excluded=(x509.IPAddress(ip_network("127.0.0.0/8")),)), "name_constraint"),
    "directories elsewhere": (ca(permitted=(ELSEWHERE,)), "name_constraint"),
    "directories excluded elsewhere": (ca(excluded=(ELSEWHERE,)), None),
    "unknown critical extension": (ca(extra=(UNKNOWN,), extra_critical=True), "unknown_critical_extension"),
    "unknown extension": (ca(extra=(UNKNOWN,)), None),
    "for clients": (ca(extended=(CLIENT,)), "wrong_purpose"),
    "for servers": (ca(extended=(SERVER,)), "wrong_purpose"),
    "for both": (ca(extended=(SERVER, CLIENT)), None),
    "RSA 1024": (ca(key="rsa1024"), "key_too_weak"),
    "RSA 2048": (ca(key="rsa2048"), None),
    "P-192": (ca(key="p192"), "key_too_weak"),
    "explicit curve": (ca(explicit=True), "explicit_curve"),
    "Ed448": (ca(key="ed448"), None),
    "signed with SHA-1": (ca(key="rsa2048", hash="sha1"), None),
    "signed with SHA-1 and ECDSA": (ca(hash="sha1"), None),
    "signed with MD5": (ca(key="rsa2048", hash="md5"), None),
    "signed with RSASSA-PSS": (ca(key="rsa2048", hash="pss"), None),
    "own signature broken": (ca(broken=True), None),
    "no identifiers": (ca(identifiers=False), None),
}


def make(folder, certificate, key):
    """Issue from a CA of that certificate, PEM, and that key."""
    (folder / "ca.pem").write_bytes(certificate)
    (folder / "ca.key").write_bytes(key_pem(key))
    files = {"ca_certificate": str(folder / "ca.pem"), "ca_key": str(folder / "ca.key")}
    create(CreateOptions(directory=str(folder / "new"), days=30, key_type="ec-p256", **files), now=NOW)


def refuses(openssl, folder, purpose, leaf, at=NOW):
    """Say whether OpenSSL refuses a certificate under the CA, as a client or a server does."""
    command = [openssl, "verify", "-no-CApath", "-no-CAstore", "-auth_level", "2", "-purpose", f"ssl{purpose}"]
    command += ["-attime", str(int(at.timestamp())), "-CAfile", "ca.pem", leaf]
    return subprocess.run(command, cwd=folder, capture_output=True, check=False).returncode != 0


@pytest.mark.parametrize("case", AUTHORITIES)
def test_certificates_are_made_where_openssl_accepts_them(openssl, tmp_path, case):
    shape, expected = AUTHORITIES[case]
    try:
        make(tmp_path, pem(issue(shape)), shape.private_key)
    except InputError as wrong:
        (problem,) = wrong.problems
        assert problem.code == expected
        assert not (tmp_path / "new").exists()
        # Would it have been refused? As a stand-in, what another issuer makes below the same CA.
        hosts, addresses = ("postgres", "localhost"), ("127.0.0.1", "::1")
        for purpose, extended in (("server", SERVER), ("client", CLIENT)):
            leaf = Shape("postgres", dns=hosts, ips=addresses, extended=(extended,))
            (tmp_path / purpose).write_bytes(pem(issue(leaf, shape)))
        assert any(refuses(openssl, tmp_path, purpose, purpose) for purpose in ("server", "client"))
    else:
        assert expected is None
        for at in (NOW, NOW + timedelta(days=29)):
            for purpose in ("server", "client"):
                assert not refuses(openssl, tmp_path, purpose, f"new/{purpose}-cert.pem", at)


@pytest.fixture
def only_pss(openssl, tmp_path):
    """A root whose key makes no signatures but RSASSA-PSS, which `cryptography` cannot make: its PEM and its key."""
    key_options = ["-newkey", "rsa-pss", "-pkeyopt", "rsa_keygen_bits:2048", "-noenc", "-keyout", "k"]
    command = [openssl, "req", "-x509", *key_options, "-subj", "/O=Example/CN=Root", "-days", "90", "-out", "c"]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    return (tmp_path / "c").read_bytes(), load_pem_private_key((tmp_path / "k").read_bytes(), None)


def test_a_ca_whose_key_signs_with_pss_alone_makes_nothing(only_pss, tmp_path):
    certificate, _ = only_pss
    start = x509.load_pem_x509_certificate(certificate).not_valid_before_utc
    (tmp_path / "ca.pem").write_bytes(certificate)
    (tmp_path / "ca.key").write_bytes((tmp_path / "k").read_bytes())
    files = {"ca_certificate": str(tmp_path / "ca.pem"), "ca_key": str(tmp_path / "ca.key")}
    wanted = CreateOptions(directory=str(tmp_path / "new"), days=9, key_type="ec-p256", **files)
    with pytest.raises(InputError) as refused:
        create(wanted, now=start + timedelta(hours=1))
    assert refused.value.problems[0].code == "wrong_key"
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("signature", ["sha256", "pss"])
def test_a_key_for_pss_alone_makes_no_other_signatures(openssl, only_pss, tmp_path, signature):
    certificate, key = only_pss
    root = x509.load_pem_x509_certificate(certificate)
    at = root.not_valid_before_utc + timedelta(hours=1)

    class Root(Shape):
        private_key = key

    leaf = issue(
        Shape(hash=signature, not_before=at - timedelta(hours=1), not_after=at + timedelta(days=9)), Root("Root")
    )
    (tmp_path / "leaf").write_bytes(pem(leaf))
    (tmp_path / "ca.pem").write_bytes(certificate)
    verdict = verify_chain([leaf], [root.public_bytes(Encoding.DER)], at)
    assert verdict.accepted is not refuses(openssl, tmp_path, "server", "leaf", at)
    assert verdict.reason == (None if signature == "pss" else "issuer_not_found")
