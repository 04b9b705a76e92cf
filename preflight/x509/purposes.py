"""What OpenSSL asks of a chain beyond its signatures: that it serves the purpose, and that its keys are strong enough.

A TLS client verifies a server under the purpose `sslserver`, a server its clients under `sslclient`
(crypto/x509/v3_purp.c), both at a security level (crypto/x509/x509_vfy.c, `check_auth_level`); `openssl verify` has them
as `-purpose` and `-auth_level`.
"""

from __future__ import annotations

import math

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from preflight.x509.certificate import CertificateFacts
    from preflight.x509.signatures import KeyFacts

    Purpose = Literal["server", "client"]

DEFAULT_LEVEL = 2
"""The security level of OpenSSL 3.2 and later, and of Debian's and Ubuntu's builds before; upstream's 3.0 and 3.1 have 1."""
# Bits of security that a level asks for (SSL_CTX_set_security_level(3)).
LEVEL_BITS = (0, 80, 112, 128, 192, 256)

# Server Gated Crypto of Microsoft and Netscape: OpenSSL still lets a server have one of them instead.
_SGC = ("1.3.6.1.4.1.311.10.3.3", "2.16.840.1.113730.4.1")
_EKU = {"server": ("server_auth", *_SGC), "client": ("client_auth",)}
_KEY_USAGE = {
    "server": ("digital_signature", "key_encipherment", "key_agreement"),
    "client": ("digital_signature", "key_agreement"),
}
_NETSCAPE = {"server": "ssl_server", "client": "ssl_client"}
_HASH_BITS = {"md5": 39, "sha1": 63}
_RSA_BITS = {2048: 112, 3072: 128, 4096: 152, 6144: 176, 7680: 192, 8192: 200, 15360: 256}
_EC_BITS = ((512, 256), (384, 192), (256, 128), (224, 112), (160, 80))
# Size of the group's order where it is not the field's: OpenSSL counts the order.
_ORDER_BITS = {
    "sect163k1": 163,
    "sect233k1": 232,
    "sect283k1": 281,
    "sect409k1": 407,
    "sect571k1": 570,
    "sect571r1": 570,
}
_ED_BITS = {"ed25519": 128, "ed448": 224}


def serves(certificate: CertificateFacts, purpose: Purpose, *, as_ca: bool) -> bool:
    """Say whether a certificate may stand in a chain for a purpose.

    Extended key usage, where there is any, must name the purpose, in CAs and in the root, too; `anyExtendedKeyUsage`
    does not count. Key usage matters for the leaf only, because that of CAs is a matter of being one.

    Args:
        certificate: Its facts.
        purpose: Whether it is a server's or a client's chain.
        as_ca: Whether it stands above the leaf.
    """
    extended = certificate.extended_key_usage
    if extended is not None and not any(word in extended for word in _EKU[purpose]):
        return False
    if as_ca:
        return True
    netscape = certificate.netscape_types
    if netscape is not None and _NETSCAPE[purpose] not in netscape:
        return False
    usage = certificate.key_usage
    return usage is None or any(word in usage for word in _KEY_USAGE[purpose])


def strong_key(key: KeyFacts, level: int = DEFAULT_LEVEL) -> bool:
    """Say whether a key is strong enough for a security level of OpenSSL; one of an unknown kind never is."""
    return level <= 0 or key_strength(key) >= LEVEL_BITS[level]


def strong_signature(certificate: CertificateFacts, level: int = DEFAULT_LEVEL) -> bool:
    """Say whether a certificate's signature is strong enough for a security level: by its hash alone, as OpenSSL counts."""
    return level <= 0 or signature_strength(certificate) >= LEVEL_BITS[level]


def key_strength(key: KeyFacts) -> int:
    """Return a key's bits of security, as OpenSSL counts them; 0 for an unknown kind."""
    if key.type in _ED_BITS:
        return _ED_BITS[key.type]
    if key.bits is None:
        return 0
    if key.type == "ec":
        order = _ORDER_BITS.get(key.curve or "", key.bits)
        return next((bits for size, bits in _EC_BITS if order >= size), order // 2)
    return _factoring_strength(key.bits)


def signature_strength(certificate: CertificateFacts) -> int:
    """Return the bits of security of a certificate's signature: half of the hash, 63 for SHA-1, 39 for MD5."""
    name = certificate.signature_hash
    if name is None:
        return _ED_BITS.get(certificate.signature_type, 0)
    if name in _HASH_BITS:
        return _HASH_BITS[name]
    digits = name.removeprefix("sha3-").removeprefix("sha512-").removeprefix("sha")
    return int(digits) // 2 if digits.isdecimal() else 0


def _factoring_strength(size: int) -> int:
    """Return the bits of security of an RSA or DSA modulus (NIST SP 800-56B, appendix D), rounded as OpenSSL rounds."""
    if size in _RSA_BITS:
        return _RSA_BITS[size]
    if size < 8:
        return 0
    natural = size * math.log(2)
    bits = (1.923 * (natural * math.log(natural) ** 2) ** (1 / 3) - 4.69) / math.log(2)
    return min((int(bits) + 4) & ~7, 192 if size <= 7680 else 256 if size <= 15360 else 1200)
