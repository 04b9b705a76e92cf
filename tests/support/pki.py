"""Certificates to test with: of any shape, also such as no CA would issue. Keys are made once and used again."""

from __future__ import annotations

import base64
import functools
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

NOW = datetime(2026, 6, 1, 12, 0, 0, tzinfo=UTC)
DAY = timedelta(days=1)
_USAGES = (
    "digital_signature content_commitment key_encipherment data_encipherment key_agreement "
    "key_cert_sign crl_sign encipher_only decipher_only"
).split()
_P256 = bytes.fromhex("06072a8648ce3d020106082a8648ce3d030107")  # id-ecPublicKey, prime256v1
_MD5_RSA = bytes.fromhex("300d06092a864886f70d0101040500")
_SHA1_RSA = bytes.fromhex("300d06092a864886f70d0101050500")
_SHA1_ECDSA = bytes.fromhex("300906072a8648ce3d0401")


def key(kind: str = "p256", number: int = 0) -> Any:
    """Return a private key: the same one for the same kind and number."""
    return _key(kind, number)


@functools.cache
def _key(kind: str, number: int) -> Any:
    del number
    if kind.startswith("rsa"):
        return rsa.generate_private_key(public_exponent=65537, key_size=int(kind[3:]))
    if kind == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    if kind == "ed448":
        return ed448.Ed448PrivateKey.generate()
    if kind == "dsa":
        return dsa.generate_private_key(2048)
    curve = {
        "p256": ec.SECP256R1,
        "p384": ec.SECP384R1,
        "p521": ec.SECP521R1,
        "p224": ec.SECP224R1,
        "p192": ec.SECP192R1,
        "k1": ec.SECP256K1,
        "brainpool": ec.BrainpoolP256R1,
    }[kind]
    return ec.generate_private_key(curve())


def name(common_name: str, **more: str) -> x509.Name:
    """Return a name: `O=Example, CN=…`; an empty text gives an empty name."""
    organization = more.get("organization", "Example")
    if not common_name:
        return x509.Name([])
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, organization),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name),
        ]
    )


@dataclass(frozen=True)
class Shape:
    """How a certificate is to be. The defaults are those of a sound leaf."""

    common_name: str = "db.example.test"
    key: str = "p256"
    number: int = 0
    ca: bool | None = False
    path_length: int | None = None
    usage: tuple[str, ...] | None = ("digital_signature",)
    extended: tuple[str, ...] | None = ("1.3.6.1.5.5.7.3.1",)
    dns: tuple[str, ...] = ("db.example.test",)
    ips: tuple[str, ...] = ()
    not_before: datetime = NOW - 10 * DAY
    not_after: datetime = NOW + 100 * DAY
    hash: str = "sha256"
    version: int = 3
    permitted: tuple[str | x509.GeneralName, ...] = ()
    excluded: tuple[str | x509.GeneralName, ...] = ()
    sans: tuple[x509.GeneralName, ...] = ()
    authority: x509.AuthorityKeyIdentifier | None = None
    serial: int = 4711
    serial_bytes: bytes | None = None
    identifiers: bool = True
    broken: bool = False
    subject: x509.Name | None = None
    explicit: bool = False
    extra: tuple[x509.UnrecognizedExtension, ...] = field(default=())
    extra_critical: bool = False

    @property
    def private_key(self) -> Any:
        return key(self.key, self.number)

    @property
    def full_name(self) -> x509.Name:
        return self.subject if self.subject is not None else name(self.common_name)


def ca(common_name: str = "Root", **more: Any) -> Shape:
    """Return the shape of a sound CA."""
    usual = {
        "ca": True,
        "usage": ("key_cert_sign", "crl_sign"),
        "extended": None,
        "dns": (),
        "not_after": NOW + 1000 * DAY,
        "number": 1,
    }
    return Shape(common_name=common_name, **(usual | more))


def issue(shape: Shape, issuer: Shape | None = None) -> bytes:
    """Return a certificate, DER; self-signed without an issuer."""
    above = issuer or shape
    builder = (
        x509.CertificateBuilder()
        .subject_name(shape.full_name)
        .issuer_name(above.full_name)
        .public_key(shape.private_key.public_key())
        .serial_number(shape.serial)
        .not_valid_before(shape.not_before)
        .not_valid_after(shape.not_after)
    )
    for value, critical in _extensions(shape, above):
        builder = builder.add_extension(value, critical=critical)
    signer = above.private_key
    plain = isinstance(signer, (ed25519.Ed25519PrivateKey, ed448.Ed448PrivateKey))
    algorithm = (
        None if plain else {"sha384": hashes.SHA384(), "sha512": hashes.SHA512()}.get(shape.hash, hashes.SHA256())
    )
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), 32) if shape.hash == "pss" else None
    der = builder.sign(signer, algorithm, rsa_padding=pss).public_bytes(Encoding.DER)
    if shape.version == 1 or shape.explicit or shape.serial_bytes is not None or shape.hash in ("sha1", "md5"):
        der = _signed_again(der, signer, shape)
    if shape.broken:
        der = der[:-4] + bytes([der[-4] ^ 1]) + der[-3:]
    return der


def pem(*ders: bytes) -> bytes:
    """Return certificates as PEM."""
    return b"".join(
        b"-----BEGIN CERTIFICATE-----\n%b-----END CERTIFICATE-----\n"
        % b"".join(base64.b64encode(der[at : at + 48]) + b"\n" for at in range(0, len(der), 48))
        for der in ders
    )


def key_pem(private_key: Any) -> bytes:
    """Return a key as PKCS #8, PEM, not encrypted."""
    return private_key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _extensions(shape: Shape, above: Shape) -> list[tuple[x509.ExtensionType, bool]]:
    found: list[tuple[x509.ExtensionType, bool]] = []
    if shape.ca is not None:
        found.append((x509.BasicConstraints(ca=shape.ca, path_length=shape.path_length if shape.ca else None), True))
    if shape.usage is not None:
        found.append((x509.KeyUsage(**{word: word in shape.usage for word in _USAGES}), True))
    if shape.extended is not None:
        found.append((x509.ExtendedKeyUsage([x509.ObjectIdentifier(oid) for oid in shape.extended]), False))
    sans = [*map(x509.DNSName, shape.dns), *(x509.IPAddress(ip_address(one)) for one in shape.ips), *shape.sans]
    if sans:
        found.append((x509.SubjectAlternativeName(sans), False))
    if shape.identifiers:
        named = x509.AuthorityKeyIdentifier.from_issuer_public_key(above.private_key.public_key())
        found.append((x509.SubjectKeyIdentifier.from_public_key(shape.private_key.public_key()), False))
        found.append((shape.authority or named, False))
    if shape.permitted or shape.excluded:
        constraints = x509.NameConstraints(
            [_general(one) for one in shape.permitted] or None, [_general(one) for one in shape.excluded] or None
        )
        found.append((constraints, True))
    found.extend((one, shape.extra_critical) for one in shape.extra)
    return found


def _general(one: str | x509.GeneralName) -> x509.GeneralName:
    return x509.DNSName(one) if isinstance(one, str) else one


def element(tag: int, *contents: bytes) -> bytes:
    """Return a DER element."""
    body = b"".join(contents)
    if len(body) < 128:
        return bytes([tag, len(body)]) + body
    size = len(body).to_bytes((len(body).bit_length() + 7) // 8)
    return bytes([tag, 0x80 | len(size)]) + size + body


def elements(body: bytes) -> list[bytes]:
    """Return the DER elements that stand one after another."""
    found = []
    at = 0
    while at < len(body):
        size, start = body[at + 1], at + 2
        if size & 0x80:
            octets = size & 0x7F
            size, start = int.from_bytes(body[start : start + octets]), start + octets
        found.append(body[at : start + size])
        at = start + size
    return found


def content(der: bytes) -> bytes:
    """Return what a DER element holds."""
    return der[2 + (der[1] & 0x7F if der[1] & 0x80 else 0) :]


def _spelled_out(spki: bytes) -> bytes:
    """Put numbers in place of the name of the curve P-256 in a SubjectPublicKeyInfo (RFC 3279 section 2.3.5)."""
    algorithm, bits = elements(content(spki))
    oid, _ = elements(content(algorithm))
    prime = 2**256 - 2**224 + 2**192 + 2**96 - 1
    a, b = (prime - 3).to_bytes(32), bytes.fromhex("5ac635d8aa3a93e7b3ebbd55769886bc651d06b0cc53b0f63bce3c3e27d2604b")
    base = bytes.fromhex(
        "046b17d1f2e12c4247f8bce6e563a440f277037d812deb33a0f4a13945d898c296"
        "4fe342e2fe1a7f9b8ee7eb4a7c0f9e162bce33576b315ececbb6406837bf51f5"
    )
    order = bytes.fromhex("ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551")
    field_type = element(0x30, bytes.fromhex("06072a8648ce3d0101"), element(0x02, b"\0", prime.to_bytes(32)))
    curve = element(0x30, element(0x04, a), element(0x04, b))
    numbers = element(
        0x30, b"\x02\x01\x01", field_type, curve, element(0x04, base), element(0x02, b"\0", order), b"\x02\x01\x01"
    )
    return element(0x30, element(0x30, oid, numbers), bits)


def _signed_again(der: bytes, signer: Any, shape: Shape) -> bytes:
    """Make version 1 of it, or sign it with a hash that `cryptography` does not sign with."""
    tbs, algorithm, _ = elements(content(der))
    parts = elements(content(tbs))
    if shape.version == 1:
        parts = [one for one in parts if one[0] not in (0xA0, 0xA3)]
    is_rsa = isinstance(signer, rsa.RSAPrivateKey)
    weak = {"sha1": _SHA1_RSA if is_rsa else _SHA1_ECDSA, "md5": _MD5_RSA}
    new = weak.get(shape.hash, algorithm)
    parts = [new if one == algorithm else one for one in parts]
    if shape.serial_bytes is not None:
        place = 1 if parts[0][0] == 0xA0 else 0
        parts[place] = element(0x02, shape.serial_bytes)
    if shape.explicit:
        parts = [_spelled_out(one) if _P256 in one else one for one in parts]
    signed = element(0x30, *parts)
    how = {"sha1": hashes.SHA1(), "md5": hashes.MD5(), "sha384": hashes.SHA384(), "sha512": hashes.SHA512()}.get(  # noqa: S303 - weak hashes are what is tested
        shape.hash, hashes.SHA256()
    )
    if is_rsa:
        signature = signer.sign(signed, padding.PKCS1v15(), how)
    elif isinstance(signer, ec.EllipticCurvePrivateKey):
        signature = signer.sign(signed, ec.ECDSA(how))
    else:
        signature = signer.sign(signed)
    return element(0x30, signed, new, element(0x03, b"\0", signature))
