"""Certificates of every wrong kind, for servers of the tests: what `preflight certs create` rightly never makes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

if TYPE_CHECKING:
    from pathlib import Path

_DAY = timedelta(days=1)
_USAGES = (
    "digital_signature content_commitment key_encipherment data_encipherment key_agreement key_cert_sign crl_sign encipher_only "
    "decipher_only"
).split()
SERVER, CLIENT = ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH


class Issuer:
    """A key and a certificate that can sign others.

    Args:
        name: The common name.
        issuer: Who signs it; None: itself.
        key: Its key; None: a new one, on P-256.
        names: Subject alternative names; addresses are told from names.
        days: The first and the last day in which it is valid, counted from now.
        ca: Whether it is a CA.
        path_length: How many CAs may follow.
        purpose: The extended key usage.
        permitted: The DNS subtree to which a CA is constrained.
        identified: Whether it names its own key and its issuer's, as strict verifiers ask (Python's own from 3.13 on).
    """

    def __init__(
        self,
        name: str,
        issuer: Issuer | None = None,
        *,
        key: Any = None,
        names: tuple[str, ...] = (),
        days: tuple[float, float] = (-1, 30),
        ca: bool = False,
        path_length: int | None = None,
        purpose: x509.ObjectIdentifier | None = None,
        permitted: str | None = None,
        identified: bool = True,
    ) -> None:
        self.key = key or ec.generate_private_key(ec.SECP256R1())
        subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        now = datetime.now(UTC).replace(microsecond=0)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer.certificate.subject if issuer else subject)
            .public_key(self.key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + days[0] * _DAY)
            .not_valid_after(now + days[1] * _DAY)
            .add_extension(x509.BasicConstraints(ca=ca, path_length=path_length), critical=True)
        )
        if names:
            builder = builder.add_extension(
                x509.SubjectAlternativeName([_general(one) for one in names]), critical=False
            )
        if purpose is not None:
            builder = builder.add_extension(x509.ExtendedKeyUsage([purpose]), critical=False)
        if permitted is not None:
            limits = x509.NameConstraints(permitted_subtrees=[x509.DNSName(permitted)], excluded_subtrees=None)
            builder = builder.add_extension(limits, critical=True)
        if identified:
            own, above = self.key.public_key(), (issuer.key if issuer else self.key).public_key()
            builder = builder.add_extension(x509.SubjectKeyIdentifier.from_public_key(own), critical=False)
            builder = builder.add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(above), critical=False)
        if ca:
            usage = dict.fromkeys(_USAGES, False) | {"key_cert_sign": True, "crl_sign": True}
            builder = builder.add_extension(x509.KeyUsage(**usage), critical=True)
        self.certificate = builder.sign(issuer.key if issuer else self.key, hashes.SHA256())

    @property
    def pem(self) -> bytes:
        """The certificate, PEM."""
        return self.certificate.public_bytes(Encoding.PEM)

    @property
    def der(self) -> bytes:
        """The certificate, DER."""
        return self.certificate.public_bytes(Encoding.DER)

    def key_pem(self, passphrase: str | None = None) -> bytes:
        """The key, PEM, PKCS#8."""
        encryption = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
        return self.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption)

    def write(self, directory: Path, name: str, *more: Issuer, passphrase: str | None = None) -> tuple[Path, Path]:
        """Write `NAME.pem` (with more certificates behind it) and `NAME.key`, and return both paths."""
        certificate, key = directory / f"{name}.pem", directory / f"{name}.key"
        certificate.write_bytes(b"".join([self.pem, *(one.pem for one in more)]))
        key.write_bytes(self.key_pem(passphrase))
        key.chmod(0o600)
        return certificate, key


def _general(name: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(name))
    except ValueError:
        return x509.DNSName(name)
