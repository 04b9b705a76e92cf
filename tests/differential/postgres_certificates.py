"""Certificates and keys for the table of PostgreSQL connections: made anew in each run, good for nothing else."""

from __future__ import annotations

import base64
import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
from support import pki
from support.chains import CLIENT, SERVER, Issuer

if TYPE_CHECKING:
    from pathlib import Path

PASSPHRASE = "opens-the-key-of-this-test"
NOBODY = 65534
_NAMES = ("localhost", "db.internal", "*.cluster.test", "127.0.0.1", "::1")


def make(directory: Path) -> None:
    """Write everything that the rows name.

    Args:
        directory: One that everybody may read.
    """
    ca = Issuer("preflight test CA", days=(-900, 900), ca=True)
    other = Issuer("another test CA", days=(-900, 900), ca=True)
    _write(directory / "ca.pem", ca.pem)
    _write(directory / "other-ca.pem", other.pem)
    _write(directory / "two-ca.pem", other.pem + ca.pem)
    for name, days in {"server": (-1, 90), "expired": (-60, -1), "future": (1, 90)}.items():
        Issuer("db.internal", ca, days=days, names=_NAMES, purpose=SERVER).write(directory, name)
    Issuer("db.internal", ca, purpose=SERVER).write(directory, "common-name")
    _write_ed25519(directory)
    _write_ca_files(directory, ca)
    _write_old_root(directory)
    client = Issuer("app", ca, purpose=CLIENT)
    client.write(directory, "client")
    Issuer("app", ca, days=(-60, -1), purpose=CLIENT).write(directory, "client-expired")
    Issuer("app", other, purpose=CLIENT).write(directory, "client-other-ca")
    Issuer("mallory", ca, purpose=CLIENT).write(directory, "client-other-user")
    _write(directory / "mismatched.key", Issuer("app", ca).key_pem(), 0o600)
    _write(directory / "encrypted.key", client.key_pem(PASSPHRASE), 0o600)
    _write(directory / "world.key", client.key_pem(), 0o644)
    _write(directory / "root-group.key", client.key_pem(), 0o640)
    _write(directory / "group.key", client.key_pem(), 0o640)
    if os.geteuid() == 0:
        os.chown(directory / "group.key", NOBODY, NOBODY)
    _write(directory / "der.key", client.key.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption()), 0o600)
    _write(directory / "garbage", b"no PEM\n", 0o600)
    (directory / "directory").mkdir(mode=0o755)


def _write_ca_files(directory: Path, ca: Issuer) -> None:
    """Write the CA's certificate as it should not be written, and chains through a CA that was renewed."""
    garbage = _block("CERTIFICATE", b"none at all")
    _write(directory / "ca-and-garbage.pem", ca.pem + garbage)
    _write(directory / "garbage-and-ca.pem", garbage + ca.pem)
    _write(directory / "ca-headers.pem", ca.pem.replace(b"CERTIFICATE-----\n", b"CERTIFICATE-----\nX: y\n\n", 1))
    _write(directory / "ca-trusted.pem", _block("TRUSTED CERTIFICATE", ca.der))
    for_clients = bytes.fromhex("300c300a06082b06010505070302")  # X509_CERT_AUX: trusted for clientAuth alone
    _write(directory / "ca-trusted-for-clients.pem", _block("TRUSTED CERTIFICATE", ca.der + for_clients))
    stale, current = (Issuer("between", ca, days=days, ca=True) for days in ((-800, -1), (-100, 800)))
    client = Issuer("app", current, purpose=CLIENT)
    client.write(directory, "client-stale-first", stale, current)
    client.write(directory, "client-stale-last", current, stale)
    client.write(directory, "client-and-garbage", current)
    _write(directory / "client-and-garbage.pem", client.pem + current.pem + garbage)


def _write_old_root(directory: Path) -> None:
    """Write a server's certificate below a root without basicConstraints, as some roots of long ago are."""
    now = datetime.now(UTC).replace(microsecond=0)
    valid = {"not_before": now - timedelta(days=1), "not_after": now + timedelta(days=90)}
    root, server = pki.ca("old root", ca=None, **valid), pki.Shape(dns=("localhost",), **valid)
    _write(directory / "old-root.pem", pki.pem(pki.issue(root)))
    _write(directory / "below-old-root.pem", pki.pem(pki.issue(server, root)))
    _write(directory / "below-old-root.key", pki.key_pem(server.private_key), 0o600)


def _block(label: str, data: bytes) -> bytes:
    return f"-----BEGIN {label}-----\n{base64.encodebytes(data).decode()}-----END {label}-----\n".encode()


def _write_ed25519(directory: Path) -> None:
    """Write a server's certificate that signs itself, with a key whose signatures have no hash of their own."""
    key = ed25519.Ed25519PrivateKey.generate()
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "db.internal")])
    now = datetime.now(UTC).replace(microsecond=0)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=30))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .sign(key, None)
    )
    _write(directory / "ed25519.pem", certificate.public_bytes(Encoding.PEM))
    _write(directory / "ed25519.key", key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()), 0o600)


def _write(path: Path, data: bytes, mode: int = 0o644) -> None:
    path.write_bytes(data)
    path.chmod(mode)
