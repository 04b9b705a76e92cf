"""The server's certificate that a renewal replaces, where it lies beside the CA, and the names that the new one lacks.

A client that connects by such a name is cut off (RFC 9525, section 6.3).
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_MOST_BYTES = 1024 * 1024


def lost_names(replaced: str, names: Iterable[str]) -> tuple[str, ...]:
    """Return the subject alternative names of a certificate that are not among others, in its order.

    Args:
        replaced: Path of the certificate, PEM. A file that is missing or holds none has no names.
        names: The names of the new certificate.
    """
    try:
        with open(replaced, "rb") as file:
            content = file.read(_MOST_BYTES)
    except (OSError, ValueError):
        return ()
    from cryptography import x509

    try:
        extensions = x509.load_pem_x509_certificates(content)[0].extensions
        found = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except (ValueError, x509.ExtensionNotFound, x509.DuplicateExtension):
        return ()
    own = [*found.get_values_for_type(x509.DNSName), *map(str, found.get_values_for_type(x509.IPAddress))]
    kept = {name.lower() for name in names}
    return tuple(name for name in dict.fromkeys(own) if name.lower() not in kept)


def beside(authority: str, name: str) -> str:
    """Return the path of a file in the folder of a CA's certificate."""
    return os.path.join(os.path.dirname(authority), name)
