"""Whether a certificate comes from a public CA: one of those that this machine trusts without being told to."""

from __future__ import annotations

from cryptography import x509

from preflight.x509.material import MaterialProblem, read_certificates

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

STORES = (
    "/etc/ssl/certs/ca-certificates.crt",  # Debian, Alpine, Arch
    "/etc/pki/tls/certs/ca-bundle.crt",  # Red Hat
    "/etc/ssl/ca-bundle.pem",  # SUSE
    "/etc/ssl/cert.pem",  # macOS, OpenBSD
)
"""Where systems keep the certificates of public CAs in one file."""
_MOST_BYTES = 8 * 1024 * 1024

_read: dict[tuple[str, ...], tuple[bytes, ...]] = {}


def issued_publicly(chain: Sequence[bytes]) -> bool:
    """Return whether a CA of the system's trust store issued the last certificate of a chain, or one before it.

    Told by the CA's name: whether the signature is right is decided elsewhere. Without a trust store nothing is public.

    Args:
        chain: Certificates in DER, the one that is presented first.
    """
    roots = _roots(STORES)
    return bool(roots) and any(_issuer(one) in root for one in chain for root in roots)


def _issuer(certificate: bytes) -> bytes:
    try:
        return x509.load_der_x509_certificate(certificate).issuer.public_bytes()
    except (ValueError, TypeError):
        return b"\0 no name"


def _roots(stores: tuple[str, ...]) -> tuple[bytes, ...]:
    if stores not in _read:
        _read[stores] = next((found for path in stores if (found := _store(path))), ())
    return _read[stores]


def _store(path: str) -> tuple[bytes, ...]:
    try:
        with open(path, "rb") as stream:
            text = stream.read(_MOST_BYTES)
    except OSError:
        return ()
    found = read_certificates(text)
    return () if isinstance(found, MaterialProblem) else tuple(block.data for block in found.of("certificate"))
