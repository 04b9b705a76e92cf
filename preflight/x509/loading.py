"""Certificates of a file as OpenSSL loads them: all of them, or none.

`SSL_CTX_load_verify_locations` for CA files and `SSL_CTX_use_certificate_chain_file` for what is presented, which libpq and
PostgreSQL call, give up at the first block that is labelled as a certificate and is none. What stands behind a certificate
in its block is not looked at: in a block `TRUSTED CERTIFICATE` these are trust settings (`X509_CERT_AUX`,
crypto/x509/x_x509a.c; openssl-x509, "Trust Options").
"""

from __future__ import annotations

from preflight.x509.certificate import CertificateProblem, load
from preflight.x509.material import MaterialProblem, read_certificates

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.x509.material import Block, Material
    from preflight.x509.purposes import Purpose

# anyExtendedKeyUsage (2.5.29.37.0), serverAuth and clientAuth, DER.
_ANY = bytes.fromhex("0604551d2500")
_USES = {"server": bytes.fromhex("06082b06010505070301"), "client": bytes.fromhex("06082b06010505070302")}
_TRUSTED, _REJECTED = 0x30, 0xA0
_SETTINGS = (_TRUSTED, _REJECTED, 0x0C, 0x04, 0xA1)  # uses it is trusted or rejected for, alias, key identifier, other


def load_certificates(
    found: bytes | Material | MaterialProblem, *, trusted: bool = False, anchors_for: Purpose | None = None
) -> tuple[Block, ...] | MaterialProblem:
    """Ask for certificates that can all be decoded.

    Args:
        found: A file's bytes, or what `read_setting` made of a setting.
        trusted: Whether OpenSSL is who reads them, so that they may stand with its own trust settings.
        anchors_for: Whose chains they are to verify, for a CA file: one whose settings forbid that is left out, and of a
            certificate that stands there twice the first counts.

    Returns:
        The certificates in the file's order, each without what stands behind it, or why OpenSSL refuses the file.
    """
    material = read_certificates(found, trusted=trusted)
    if isinstance(material, MaterialProblem):
        return material
    kept: dict[bytes, Block] = {}
    loaded: list[Block] = []
    forbidden: Block | None = None
    for block in material.blocks:
        if block.kind not in ("certificate", "trusted_certificate"):
            continue
        if block.kind == "trusted_certificate" and loaded and anchors_for is None:
            continue  # the first certificate may stand with settings, those of the chain behind it are passed over
        size = _size(block.data)
        der, settings = block.data[:size], block.data[size:]
        # The first certificate that is presented is read as one with settings, whatever its label.
        has_settings = block.kind == "trusted_certificate" or (anchors_for is None and not loaded)
        if not _decodes(der) or (has_settings and settings and not _are_settings(settings)):
            return MaterialProblem(code="malformed", line=block.line)
        one = block.replace(kind="certificate", data=der)
        if anchors_for is not None and der not in kept:
            kept[der] = one
            if block.kind == "trusted_certificate" and not _allows(settings, anchors_for):
                forbidden = forbidden or block
                continue
        elif anchors_for is not None and not any(earlier.data == der for earlier in loaded):
            continue  # the first of them was left out
        loaded.append(one)
    if not loaded and forbidden is not None:
        return MaterialProblem(code="trusted_certificate", line=forbidden.line)
    return tuple(loaded)


def _decodes(der: bytes) -> bool:
    """Say whether OpenSSL decodes a certificate. It is asked itself where `cryptography`, which is stricter, does not."""
    if not isinstance(load(der), CertificateProblem):
        return True
    import ssl

    try:
        ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT).load_verify_locations(cadata=der)
    except (ssl.SSLError, ValueError):
        return False
    return True


def _are_settings(der: bytes) -> bool:
    """Say whether trust settings can be decoded: a sequence of lists and names, each optional, in this order."""
    tags = [tag for tag, _ in _elements(_inner(der[: _size(der)]))]
    return der[:1] == b"\x30" and tags == [tag for tag in _SETTINGS if tag in tags]


def _allows(settings: bytes, purpose: Purpose) -> bool:
    """Say whether trust settings leave a root trusted for chains of a purpose (crypto/x509/x509_trust.c, `obj_trust`)."""
    wanted = (_USES[purpose], _ANY)
    for tag, uses in _elements(_inner(settings)):
        named = any(use in wanted for use in (one for _, one in _elements(uses, whole=True)))
        if (tag == _REJECTED and named) or (tag == _TRUSTED and uses and not named):
            return False
    return True


def _elements(body: bytes, *, whole: bool = False) -> Iterator[tuple[int, bytes]]:
    """Yield the tag and the content of each DER element, or all of it."""
    while body:
        size = _size(body)
        yield body[0], body[:size] if whole else _inner(body[:size])
        body = body[size:]


def _inner(der: bytes) -> bytes:
    return der[2 + (der[1] & 0x7F if der[1] & 0x80 else 0) :] if len(der) > 1 else b""


def _size(der: bytes) -> int:
    """Return the size of the first DER element with its tag, at most of all there is."""
    if len(der) < 2 or not der[1] & 0x80:
        return min(len(der), 2 + der[1]) if len(der) > 1 else len(der)
    octets = der[1] & 0x7F
    return min(len(der), 2 + octets + int.from_bytes(der[2 : 2 + octets]))
