"""Certificates and keys for the table of PostgreSQL connections: made anew in each run, good for nothing else."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID
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
