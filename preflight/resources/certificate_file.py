"""Certificate files, before anybody looks inside: do they exist, can the service read them, who can replace them."""

from __future__ import annotations

from preflight.model.record import field
from preflight.resources._files import FileResource
from preflight.resources._tls_files import tls_files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.model.fact import Fact
    from preflight.model.subject import Subject
    from preflight.resources.base import Context


class CertificateFile(FileResource):
    """One file of certificates."""

    purpose: Fact[str] = field(
        "certificate: presented to the other side; authority: trusted.", choices=("certificate", "authority")
    )


RESOURCE = CertificateFile


def collect(subject: Subject, context: Context) -> Iterator[CertificateFile]:
    """Collect the files that settings and connection strings name."""
    for purpose in ("certificate", "authority"):
        for one in tls_files(subject, context, purpose):
            yield CertificateFile(name=one.label, origin=one.origin, via=one.setting.via, purpose=purpose, **one.facts)
