"""Certificates and keys for the examples of rules, made afresh at each run, so that none is ever written down."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    Key = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey

_RSA_SHA256 = bytes.fromhex("06092a864886f70d01010b")
_RSA_SHA1 = bytes.fromhex("06092a864886f70d010105")
_USES = {"server": ExtendedKeyUsageOID.SERVER_AUTH, "client": ExtendedKeyUsageOID.CLIENT_AUTH}


class Workshop:
    """Makes the certificates and keys that one example names; the same name is the same key."""

    def __init__(self) -> None:
        self._keys: dict[str, Key] = {}
        self._made: dict[str, x509.Certificate] = {}
        self._now = datetime.now(UTC).replace(microsecond=0)

    def key(self, name: str, kind: str = "ec") -> Key:
        """Return the key of a name: `ec` (P-256), or `rsa-BITS`."""
        if name not in self._keys:
            self._keys[name] = (
                ec.generate_private_key(ec.SECP256R1())
                if kind == "ec"
                else rsa.generate_private_key(public_exponent=65537, key_size=int(kind.removeprefix("rsa-")))
            )
        return self._keys[name]

    def private_key(self, name: str, passphrase: str) -> str:
        """Return a key as PKCS#8 in PEM, encrypted where a passphrase is given, which is not empty."""
        encryption = BestAvailableEncryption(passphrase.encode()) if passphrase else NoEncryption()
        return self.key(name).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, encryption).decode()

    def certificate(self, spec: dict[str, Any]) -> str:
        """Make a certificate and return it in PEM, with its issuer's behind it where `with` asks so.

        Args:
            spec: `name`; `issuer` (a name made before; itself by default), `use` (server, client, ca), `days`, `age`, `hosts`,
                `key` (`ec`, `rsa-2048`, …), `hash` (sha256 or sha1).
        """
        name, use = str(spec["name"]), str(spec.get("use", "server"))
        issuer = str(spec.get("issuer", name))
        key, signer = self.key(name, str(spec.get("key", "ec"))), self.key(issuer, str(spec.get("key", "ec")))
        start = self._now - timedelta(days=float(spec.get("age", 1)))
        subject = _name(name)
        builder = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._made[issuer].subject if issuer != name else subject)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(start)
            .not_valid_after(start + timedelta(days=float(spec.get("days", 400))))
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False)
            .add_extension(x509.BasicConstraints(ca=use == "ca", path_length=None), critical=True)
        )
        if use == "ca":
            builder = builder.add_extension(_ca_usage(), critical=True)
        else:
            builder = builder.add_extension(x509.ExtendedKeyUsage([_USES[use]]), critical=False)
            hosts = [_general_name(str(host)) for host in spec.get("hosts", ["service.internal"])]
            if hosts:
                builder = builder.add_extension(x509.SubjectAlternativeName(hosts), critical=False)
        made = builder.sign(signer, hashes.SHA256())
        self._made[name] = made
        der = made.public_bytes(Encoding.DER)
        if spec.get("hash") == "sha1":
            der = _signed_with_sha1(made, signer)
        return _pem(der)

    def chain(self, names: list[str]) -> str:
        """Return certificates that were made before, in the order named."""
        return "".join(self._made[name].public_bytes(Encoding.PEM).decode() for name in names)


def _name(text: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _ca_usage() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=False, content_commitment=False, key_encipherment=False, data_encipherment=False,
        key_agreement=False, key_cert_sign=True, crl_sign=True, encipher_only=False, decipher_only=False,
    )  # fmt: skip


def _signed_with_sha1(made: x509.Certificate, signer: Key) -> bytes:
    """Sign anew with SHA-1, which no library does any more: the two algorithms' names are of one length (RFC 8017, A.2.4)."""
    if not isinstance(signer, rsa.RSAPrivateKey):
        raise TypeError("only RSA is signed with SHA-1 here")
    body = made.tbs_certificate_bytes.replace(_RSA_SHA256, _RSA_SHA1)
    whole = made.public_bytes(Encoding.DER)
    signature = signer.sign(body, padding.PKCS1v15(), hashes.SHA1())  # noqa: S303 - a weak signature is what the example shows
    return (
        whole.replace(made.tbs_certificate_bytes, body)
        .replace(_RSA_SHA256, _RSA_SHA1)
        .replace(made.signature, signature)
    )


def _pem(der: bytes) -> str:
    import base64

    text = base64.b64encode(der).decode()
    lines = [text[start : start + 64] for start in range(0, len(text), 64)]
    return "\n".join(["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""])
