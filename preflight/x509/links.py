"""Certificates as links of a chain: what OpenSSL compares when it looks for an issuer.

Names are compared in OpenSSL's canonical form (crypto/x509/x509_cmp.c, x_name.c): without regard to the case of ASCII
letters, to the kind of string, and to more or less white space.
"""

from __future__ import annotations

import warnings

from cryptography import x509
from cryptography.x509.oid import ExtensionOID

from preflight.x509.certificate import CertificateProblem, facts_of, load
from preflight.x509.signatures import only_pss, signed_with_pss

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from preflight.x509.certificate import CertificateFacts

    Canonical = tuple[frozenset[tuple[str, str | bytes]], ...]

# Critical extensions that OpenSSL handles (crypto/x509/v3_purp.c, `X509_supported_extension`).
_HANDLED = frozenset(
    {
        "2.16.840.1.113730.1.1",
        "2.5.29.14",
        "2.5.29.15",
        "2.5.29.17",
        "2.5.29.19",
        "2.5.29.30",
        "2.5.29.31",
        "2.5.29.32",
        "2.5.29.33",
        "2.5.29.35",
        "2.5.29.36",
        "2.5.29.37",
        "2.5.29.54",
        "1.3.6.1.5.5.7.1.7",
        "1.3.6.1.5.5.7.1.8",
        "1.3.6.1.5.5.7.1.14",
    }
)
_SPACES = dict.fromkeys(map(ord, "\t\n\v\f\r"), " ")
_PROXY = "1.3.6.1.5.5.7.1.14"


class Link:
    """One certificate, with what is compared often.

    Attributes:
        certificate: The certificate.
        facts: Its facts.
        der: Its bytes.
        subject: Its subject's canonical name.
        issuer: Its issuer's canonical name.
        only_pss: Whether its key makes no signatures but RSASSA-PSS.
        constraints: Its name constraints, None without any.
        self_issued: Whether its canonical names are the same.
        self_signed: Whether OpenSSL takes it for self-signed: self-issued, and it names its own key, whoever signed it.
        proxy: Whether it is a proxy certificate (RFC 3820).
        unhandled: Whether a critical extension in it is none that OpenSSL handles.
    """

    __slots__ = (
        "_authority",
        "_subject_key",
        "certificate",
        "constraints",
        "der",
        "facts",
        "issuer",
        "only_pss",
        "proxy",
        "self_issued",
        "self_signed",
        "subject",
        "unhandled",
    )

    def __init__(self, der: bytes, certificate: x509.Certificate, facts: CertificateFacts) -> None:
        self.der = der
        self.certificate = certificate
        self.facts = facts
        self.subject = canonical(certificate.subject)
        self.issuer = canonical(certificate.issuer)
        self.only_pss = only_pss(certificate)
        extensions = {one.oid: one for one in certificate.extensions}

        def value(oid: x509.ObjectIdentifier) -> Any:  # noqa: ANN401 - each OID has its own type
            return extensions[oid].value if oid in extensions else None

        self._authority: x509.AuthorityKeyIdentifier | None = value(ExtensionOID.AUTHORITY_KEY_IDENTIFIER)
        subject_key: x509.SubjectKeyIdentifier | None = value(ExtensionOID.SUBJECT_KEY_IDENTIFIER)
        self._subject_key = subject_key.digest if subject_key is not None else None
        self.constraints: x509.NameConstraints | None = value(ExtensionOID.NAME_CONSTRAINTS)
        oids = {oid.dotted_string: one.critical for oid, one in extensions.items()}
        self.proxy = _PROXY in oids
        self.unhandled = any(critical and oid not in _HANDLED for oid, critical in oids.items())
        self.self_issued = self.subject == self.issuer
        self.self_signed = issued(self, self)

    def names_key_of(self, issuer: Link) -> bool:
        """Say whether the key identifier of its authority, where there is one, fits an issuer (`X509_check_akid`)."""
        named = self._authority
        if named is None:
            return True
        key = issuer._subject_key
        if named.key_identifier is not None and key is not None and named.key_identifier != key:
            return False
        serial = named.authority_cert_serial_number
        if serial is not None:
            with warnings.catch_warnings():  # cryptography frowns on serial numbers that OpenSSL does not mind
                warnings.simplefilter("ignore")
                if serial != issuer.certificate.serial_number:
                    return False
        directories = [one.value for one in named.authority_cert_issuer or () if isinstance(one, x509.DirectoryName)]
        return not directories or canonical(directories[0]) == issuer.issuer


def read_link(der: bytes) -> Link | None:
    """Read a certificate; None for one that cannot be read here."""
    certificate = load(der)
    if isinstance(certificate, CertificateProblem):
        return None
    facts = facts_of(certificate)
    if isinstance(facts, CertificateProblem):
        return None
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return Link(der, certificate, facts)
        except (ValueError, TypeError):
            return None


class Candidates:
    """Certificates among which issuers are looked for. Only those of the right name are read whole.

    Attributes:
        unreadable: Whether one of them cannot be read, as far as that is known.
    """

    def __init__(self, ders: Iterable[bytes]) -> None:
        self.unreadable = False
        self._waiting: dict[Canonical, list[bytes]] = {}
        self._links: dict[Canonical, tuple[Link, ...]] = {}
        for der in ders:
            certificate = load(der)
            try:
                name = None if isinstance(certificate, CertificateProblem) else canonical(certificate.subject)
            except (ValueError, TypeError):
                name = None
            if name is None:
                self.unreadable = True
            else:
                self._waiting.setdefault(name, []).append(der)

    def named(self, name: Canonical) -> tuple[Link, ...]:
        """Return those of a name, in their order."""
        if name not in self._links:
            links = [read_link(der) for der in self._waiting.get(name, ())]
            self.unreadable |= None in links
            self._links[name] = tuple(one for one in links if one is not None)
        return self._links[name]


def issued(issuer: Link, subject: Link) -> bool:
    """Say whether one certificate looks like the issuer of another: by name, key identifier and kind of key.

    OpenSSL picks issuers by this alone (`ossl_x509_likely_issued`), and looks at the signature only when the chain is
    complete.
    """
    return (
        issuer.subject == subject.issuer
        and subject.names_key_of(issuer)
        and issuer.facts.key.type == subject.facts.signature_type
        and (not issuer.only_pss or signed_with_pss(subject.certificate))
    )


def canonical(name: x509.Name) -> Canonical:
    """Return a name in the form in which OpenSSL compares it."""
    return tuple(
        frozenset((one.oid.dotted_string, _canonical_value(one.value)) for one in relative) for relative in name.rdns
    )


def _canonical_value(value: str | bytes) -> str | bytes:
    if isinstance(value, bytes):
        return value
    words = " ".join(one for one in value.translate(_SPACES).split(" ") if one)
    return "".join(chr(ord(one) + 32) if "A" <= one <= "Z" else one for one in words)
