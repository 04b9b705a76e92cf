"""Which entries of a secret are a certificate, its private key and its CA: by the names in common use."""

from __future__ import annotations

from preflight.model.record import Record, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

# In order of preference. Compared in lower case, with `_` for `-`, `.` and blanks, and without `_pem` at the end; the
# first of each row is what Vault's PKI engine calls it.
CERTIFICATE = (
    "certificate", "cert", "client_certificate", "client_cert", "client_crt", "sslcert", "ssl_cert", "tls_certificate",
    "tls_cert", "tls_crt", "public_cert", "crt",
)  # fmt: skip
PRIVATE_KEY = (
    "private_key",
    "key",
    "client_private_key",
    "client_key",
    "sslkey",
    "ssl_key",
    "tls_private_key",
    "tls_key",
)
CA = (
    "ca_chain", "issuing_ca", "ca", "ca_certificate", "ca_cert", "ca_crt", "ca_bundle", "sslrootcert", "ssl_root_cert",
    "root_ca", "root_cert", "rootcert", "server_ca",
)  # fmt: skip


class CertificateMaterial(Record):
    """What a secret holds of a TLS client's pair. Lives in memory alone, and does not show its texts."""

    certificate: str | None = field("The certificate's text.", secret=True)
    private_key: str | None = field("The private key's text.", secret=True)
    ca: str | None = field("The text of the CA's certificates.", secret=True)
    names: tuple[str | None, str | None, str | None] = field(
        "The names of the entries: of the certificate, of the key, of the CA; None for what is not there."
    )

    def __repr__(self) -> str:
        return f"CertificateMaterial(names={self.names!r})"


def pick(entries: Mapping[str, object]) -> CertificateMaterial:
    """Pick a pair and its CA from a secret's entries. A list of texts, as of `ca_chain`, is put together.

    Args:
        entries: Entries by name.
    """
    written = {_normal(name): name for name in reversed(list(entries))}
    found = [next((written[one] for one in known if one in written), None) for known in (CERTIFICATE, PRIVATE_KEY, CA)]
    certificate, private_key, ca = (_text(entries[name]) if name is not None else None for name in found)
    return CertificateMaterial(
        certificate=certificate, private_key=private_key, ca=ca, names=(found[0], found[1], found[2])
    )


def _normal(name: str) -> str:
    return name.lower().replace("-", "_").replace(".", "_").replace(" ", "_").removesuffix("_pem")


def _text(value: object) -> str | None:
    if isinstance(value, list) and all(isinstance(one, str) for one in value):
        return "\n".join(value)
    return value if isinstance(value, str) else None
