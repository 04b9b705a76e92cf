"""Public keys and signatures of certificates: what kind they are, and whether one made the other.

Weak and odd ones are read and tried as well as sound ones; judging them is somebody else's business.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import dsa, ec, ed448, ed25519, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from preflight.model.record import Record, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.types import PublicKeyTypes

KEY_TYPES = ("rsa", "ec", "ed25519", "ed448", "dsa", "other")

_STRONG_CURVES = ("secp256r1", "secp384r1", "secp521r1")
_LEAST_RSA = 2048  # bits
# What kind of key signs, by the start of the algorithm's OID (RFC 3279, 4055, 5758, 8410).
_SIGNATURES = (
    ("1.2.840.113549.1.1.", "rsa"),
    ("1.2.840.10045.4.", "ec"),
    ("1.3.101.112", "ed25519"),
    ("1.3.101.113", "ed448"),
    ("1.2.840.10040.4.", "dsa"),
)
_EC_OBJECT = bytes.fromhex("06072a8648ce3d0201")  # id-ecPublicKey, 1.2.840.10045.2.1
_PSS = "1.2.840.113549.1.1.10"  # id-RSASSA-PSS: of a signature, and of a key that makes no others (RFC 4055)
_PSS_OBJECT = bytes.fromhex("06092a864886f70d01010a")
_NIST_SIGNATURES = "2.16.840.1.101.3.4.3."
_NIST_KINDS = {"dsa": range(1, 9), "ec": range(9, 13), "rsa": range(13, 17)}


class KeyFacts(Record):
    """What kind of key it is: of a certificate's public key, or of a private key."""

    type: str = field("The algorithm.", choices=KEY_TYPES)
    bits: int | None = field("Size of the modulus, or of the curve's field, in bits; None where it is not known.")
    curve: str | None = field("The curve's name for `ec`, as OpenSSL and RFC 5480 have it: secp256r1, secp384r1, …")

    @property
    def strong(self) -> bool:
        """Whether it is of a kind and size that is safe today (CA/Browser Forum Baseline Requirements, 6.1.5)."""
        if self.type == "rsa":
            return (self.bits or 0) >= _LEAST_RSA
        return self.type in {"ed25519", "ed448"} or (self.type == "ec" and self.curve in _STRONG_CURVES)


def key_facts(key: object) -> KeyFacts:
    """Describe a public or private key of `cryptography`."""
    if isinstance(key, (rsa.RSAPublicKey, rsa.RSAPrivateKey)):
        return KeyFacts(type="rsa", bits=key.key_size, curve=None)
    if isinstance(key, (ec.EllipticCurvePublicKey, ec.EllipticCurvePrivateKey)):
        return KeyFacts(type="ec", bits=key.curve.key_size, curve=key.curve.name)
    if isinstance(key, (ed25519.Ed25519PublicKey, ed25519.Ed25519PrivateKey)):
        return KeyFacts(type="ed25519", bits=256, curve=None)
    if isinstance(key, (ed448.Ed448PublicKey, ed448.Ed448PrivateKey)):
        return KeyFacts(type="ed448", bits=456, curve=None)
    if isinstance(key, (dsa.DSAPublicKey, dsa.DSAPrivateKey)):
        return KeyFacts(type="dsa", bits=key.key_size, curve=None)
    return KeyFacts(type="other", bits=None, curve=None)


def public_key(certificate: x509.Certificate) -> PublicKeyTypes | None:
    """Return a certificate's public key, None when it is of a kind that cannot be read here."""
    try:
        return certificate.public_key()
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None


def public_bytes(key: PublicKeyTypes) -> bytes:
    """Return a public key as SubjectPublicKeyInfo, DER: equal for equal keys."""
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def signature_hash(certificate: x509.Certificate) -> str | None:
    """Return the hash of a certificate's signature, None where there is none or it is not known."""
    try:
        algorithm = certificate.signature_hash_algorithm
    except (ValueError, UnsupportedAlgorithm):
        return None
    return algorithm.name if algorithm is not None else None


def signed_by(certificate: x509.Certificate, issuer: x509.Certificate) -> bool | None:
    """Say whether the key of one certificate made the signature of another, whatever their names and however weak.

    Returns:
        None when the algorithm is none that can be tried here.
    """
    key = public_key(issuer)
    try:
        algorithm = certificate.signature_hash_algorithm
        signature, signed = certificate.signature, certificate.tbs_certificate_bytes
        made_by = signature_type(certificate)
        if key is None:
            return None
        if made_by != key_facts(key).type:
            return False
        if isinstance(key, (ed25519.Ed25519PublicKey, ed448.Ed448PublicKey)):
            key.verify(signature, signed)
        elif algorithm is None:
            return None
        elif isinstance(key, rsa.RSAPublicKey):
            how = certificate.signature_algorithm_parameters
            key.verify(signature, signed, how if isinstance(how, padding.PSS) else padding.PKCS1v15(), algorithm)
        elif isinstance(key, ec.EllipticCurvePublicKey):
            key.verify(signature, signed, ec.ECDSA(algorithm))
        elif isinstance(key, dsa.DSAPublicKey):
            key.verify(signature, signed, algorithm)
    except InvalidSignature:
        return False
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    return True


def spki_of(certificate: x509.Certificate) -> bytes:
    """Return a certificate's public key as SubjectPublicKeyInfo, DER, also one of a kind that cannot be read here."""
    key = public_key(certificate)
    return public_bytes(key) if key is not None else _raw_spki(certificate.tbs_certificate_bytes)


def _raw_spki(tbs: bytes) -> bytes:
    """Cut SubjectPublicKeyInfo out of a certificate's signed part (RFC 5280 section 4.1): after the subject."""
    at = _content(tbs, 0)[0]
    for _ in range(
        6 if tbs[at] == 0xA0 else 5
    ):  # version, where it is written; serial, algorithm, issuer, dates, subject
        at = sum(_content(tbs, at))
    start, size = _content(tbs, at)
    return tbs[at : start + size]


def explicit_curve(certificate: x509.Certificate) -> bool:
    """Say whether a key's parameters are a sequence where the name of a curve should be (RFC 5480 section 2.1.1)."""
    spki = _raw_spki(certificate.tbs_certificate_bytes)
    oid = _content(spki, _content(spki, 0)[0])[0]  # the first element of the algorithm
    parameters = sum(_content(spki, oid))
    return spki[oid:parameters] == _EC_OBJECT and spki[parameters : parameters + 1] == b"\x30"


def only_pss(certificate: x509.Certificate) -> bool:
    """Say whether a certificate's key is an RSA key for RSASSA-PSS alone, which `cryptography` reads as any RSA key."""
    spki = _raw_spki(certificate.tbs_certificate_bytes)
    oid = _content(spki, _content(spki, 0)[0])[0]
    return spki[oid:].startswith(_PSS_OBJECT)


def signed_with_pss(certificate: x509.Certificate) -> bool:
    """Say whether a certificate's signature is RSASSA-PSS."""
    return certificate.signature_algorithm_oid.dotted_string == _PSS


def _content(der: bytes, at: int) -> tuple[int, int]:
    """Return where the content of the DER element at a place starts, and its size."""
    size, start = der[at + 1], at + 2
    if size & 0x80:
        octets = size & 0x7F
        return start + octets, int.from_bytes(der[start : start + octets])
    return start, size


def signature_type(certificate: x509.Certificate) -> str:
    """Return the kind of key that made a certificate's signature, a word of `KEY_TYPES`."""
    oid = certificate.signature_algorithm_oid.dotted_string
    if oid.startswith(_NIST_SIGNATURES):
        number = int(oid.removeprefix(_NIST_SIGNATURES))
        return next((kind for kind, numbers in _NIST_KINDS.items() if number in numbers), "other")
    return next((kind for start, kind in _SIGNATURES if oid.startswith(start)), "other")
