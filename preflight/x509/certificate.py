"""Facts about one certificate (RFC 5280). Names and numbers, no judgement, and nothing of it is secret.

`cryptography` reads stricter than OpenSSL: it refuses wrong encodings and broken extensions that libpq would never look
at. Such a certificate gives a code instead of facts.
"""

from __future__ import annotations

import hashlib
import ipaddress
import warnings

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, ExtensionOID, NameOID

from preflight.model.record import Record, field
from preflight.x509.signatures import (
    KEY_TYPES,
    explicit_curve,
    key_facts,
    public_key,
    signature_hash,
    signature_type,
    signed_by,
    spki_of,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

    from preflight.x509.signatures import KeyFacts

PROBLEMS = {
    "malformed": ("its bytes are no certificate", "Copy it again from where it was made."),
    "bad_name": ("its subject's or issuer's name is wrongly encoded", "Have it issued again."),
    "bad_extension": ("one of its extensions is wrongly encoded or appears twice", "Have it issued again."),
    "bad_version": ("its X.509 version is none that exists", "Have it issued again as version 3."),
    "bad_time": ("its validity is no pair of dates", "Have it issued again."),
}
_KEY_USAGES = (
    "digital_signature content_commitment key_encipherment data_encipherment key_agreement key_cert_sign crl_sign"
).split()
_EKU_WORDS = {
    ExtendedKeyUsageOID.SERVER_AUTH: "server_auth",
    ExtendedKeyUsageOID.CLIENT_AUTH: "client_auth",
    ExtendedKeyUsageOID.CODE_SIGNING: "code_signing",
    ExtendedKeyUsageOID.EMAIL_PROTECTION: "email_protection",
    ExtendedKeyUsageOID.TIME_STAMPING: "time_stamping",
    ExtendedKeyUsageOID.OCSP_SIGNING: "ocsp_signing",
    ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE: "any",
}

# Netscape's certificate type (OpenSSL: nsCertType), a bit string: names of its bits, the first one first.
_NETSCAPE_TYPE = x509.ObjectIdentifier("2.16.840.1.113730.1.1")
_NETSCAPE_BITS = "ssl_client ssl_server smime object_signing reserved ssl_ca smime_ca object_signing_ca".split()


class CertificateFacts(Record):
    """Facts about one certificate."""

    subject: str = field("Subject, RFC 4514 text.")
    issuer: str = field("Issuer, RFC 4514 text.")
    serial: str = field("Serial number, hexadecimal; RFC 5280 wants it positive, OpenSSL does not mind.")
    version: int = field("X.509 version: 1 or 3.")
    not_before: datetime = field("First second of its validity, UTC.")
    not_after: datetime = field("Last second of its validity, UTC.")
    key: KeyFacts = field("Its public key.")
    explicit_curve: bool = field(
        "Whether its elliptic curve is spelled out in numbers instead of named (RFC 5480 forbids it)."
    )
    signature_type: str = field("What kind of key made the issuer's signature.", choices=KEY_TYPES)
    signature_hash: str | None = field(
        "Hash of the issuer's signature (sha256, sha1, md5, …); None for Ed25519 and Ed448."
    )
    is_ca: bool | None = field("CA flag of basicConstraints; None without that extension.")
    path_length: int | None = field("How many CAs may follow below it; None without a limit.")
    key_usage: tuple[str, ...] | None = field("Words of keyUsage (RFC 5280 section 4.2.1.3); None without it.")
    extended_key_usage: tuple[str, ...] | None = field(
        "server_auth, client_auth, …, an OID in dots for others; None without that extension."
    )
    netscape_types: tuple[str, ...] | None = field(
        "ssl_client, ssl_server, …: Netscape's old certificate type, which OpenSSL still obeys; None without it."
    )
    sans: tuple[tuple[str, str], ...] = field(
        "Alternative names as (type, value), in order; the type is dns, ip, email, uri, directory or other."
    )
    common_names: tuple[str, ...] = field("The subject's common names, in order.")
    self_issued: bool = field("Whether issuer and subject are the same name.")
    self_signed: bool = field(
        "Whether it is self-issued and its own key verifies its signature, or is of a kind that cannot be tried here."
    )
    has_authority_key_identifier: bool = field("Whether it names its issuer's key.")
    has_name_constraints: bool = field("Whether it limits the names that may stand below it.")
    unknown_critical: tuple[str, ...] = field("OIDs of critical extensions that nobody here knows.")
    spki_sha256: str = field(
        "SHA-256 of its public key (SubjectPublicKeyInfo), hexadecimal: the same for a renewal with the same key."
    )
    sha256: str = field("SHA-256 of the certificate, hexadecimal: its fingerprint.")

    @property
    def dns_names(self) -> tuple[str, ...]:
        """The DNS names among the alternative names."""
        return tuple(value for kind, value in self.sans if kind == "dns")

    @property
    def ip_addresses(self) -> tuple[str, ...]:
        """The addresses among the alternative names."""
        return tuple(value for kind, value in self.sans if kind == "ip")

    @property
    def common_name(self) -> str | None:
        """The first common name, which is the one that libpq looks at."""
        return self.common_names[0] if self.common_names else None


class CertificateProblem(Record):
    """Why a certificate has no facts."""

    code: str = field("The reason.", choices=tuple(PROBLEMS))

    @property
    def message(self) -> str:
        """What is the case, as the end of a sentence."""
        return PROBLEMS[self.code][0]

    @property
    def hint(self) -> str:
        """What to do."""
        return PROBLEMS[self.code][1]


def read_certificate(der: bytes) -> CertificateFacts | CertificateProblem:
    """Read one certificate.

    Args:
        der: Its DER, as `Material.certificates` has it.
    """
    certificate = load(der)
    return certificate if isinstance(certificate, CertificateProblem) else facts_of(certificate)


def load(der: bytes) -> x509.Certificate | CertificateProblem:
    """Parse a certificate, without a warning or a foreign exception."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            return x509.load_der_x509_certificate(der)
        except x509.InvalidVersion:
            return CertificateProblem(code="bad_version")
        except (ValueError, TypeError, UnsupportedAlgorithm):
            return CertificateProblem(code="malformed")


def facts_of(certificate: x509.Certificate) -> CertificateFacts | CertificateProblem:
    """Read the facts of a certificate that was parsed."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return _facts(certificate)


def _facts(certificate: x509.Certificate) -> CertificateFacts | CertificateProblem:
    try:
        version = {x509.Version.v1: 1, x509.Version.v3: 3}[certificate.version]
        serial = certificate.serial_number
    except (ValueError, x509.InvalidVersion, KeyError):
        return CertificateProblem(code="bad_version")
    try:
        subject, issuer = certificate.subject, certificate.issuer
        subject_text, issuer_text = subject.rfc4514_string(), issuer.rfc4514_string()
        common_names = tuple(str(one.value) for one in subject.get_attributes_for_oid(NameOID.COMMON_NAME))
    except (ValueError, TypeError):
        return CertificateProblem(code="bad_name")
    try:
        not_before, not_after = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    except (ValueError, OverflowError):
        return CertificateProblem(code="bad_time")
    try:
        extensions = {one.oid: one for one in certificate.extensions}
        sans = tuple(_san(one) for one in _value(extensions, ExtensionOID.SUBJECT_ALTERNATIVE_NAME) or ())
    except (ValueError, TypeError, x509.DuplicateExtension, x509.UnsupportedGeneralNameType):
        return CertificateProblem(code="bad_extension")
    constraints = _value(extensions, ExtensionOID.BASIC_CONSTRAINTS)
    usage = _value(extensions, ExtensionOID.KEY_USAGE)
    extended = _value(extensions, ExtensionOID.EXTENDED_KEY_USAGE)
    self_issued = subject == issuer
    return CertificateFacts(
        subject=subject_text,
        issuer=issuer_text,
        serial=f"{serial:x}",
        version=version,
        not_before=not_before,
        not_after=not_after,
        key=key_facts(public_key(certificate)),
        explicit_curve=explicit_curve(certificate),
        signature_type=signature_type(certificate),
        signature_hash=signature_hash(certificate),
        is_ca=constraints.ca if constraints is not None else None,
        path_length=constraints.path_length if constraints is not None else None,
        key_usage=tuple(word for word in _KEY_USAGES if getattr(usage, word)) if usage is not None else None,
        extended_key_usage=(
            tuple(_EKU_WORDS.get(oid, oid.dotted_string) for oid in extended) if extended is not None else None
        ),
        netscape_types=_netscape_types(_value(extensions, _NETSCAPE_TYPE)),
        sans=sans,
        common_names=common_names,
        self_issued=self_issued,
        self_signed=self_issued and signed_by(certificate, certificate) is not False,
        has_authority_key_identifier=ExtensionOID.AUTHORITY_KEY_IDENTIFIER in extensions,
        has_name_constraints=ExtensionOID.NAME_CONSTRAINTS in extensions,
        unknown_critical=tuple(
            oid.dotted_string
            for oid, one in extensions.items()
            if one.critical and isinstance(one.value, x509.UnrecognizedExtension)
        ),
        spki_sha256=hashlib.sha256(spki_of(certificate)).hexdigest(),
        sha256=hashlib.sha256(certificate.public_bytes(Encoding.DER)).hexdigest(),
    )


def _value(
    extensions: dict[x509.ObjectIdentifier, x509.Extension[x509.ExtensionType]], oid: x509.ObjectIdentifier
) -> Any:  # noqa: ANN401 - each OID has its own type
    found = extensions.get(oid)
    return found.value if found is not None else None


def _san(name: x509.GeneralName) -> tuple[str, str]:
    if isinstance(name, x509.DNSName):
        return "dns", name.value
    if isinstance(name, x509.IPAddress):
        return "ip", _address(name.value)
    if isinstance(name, x509.RFC822Name):
        return "email", name.value
    if isinstance(name, x509.UniformResourceIdentifier):
        return "uri", name.value
    if isinstance(name, x509.DirectoryName):
        return "directory", name.value.rfc4514_string()
    return "other", ""


def _address(value: object) -> str:
    """Write an address as `inet_ntop` does, so that it can be read back."""
    if isinstance(value, ipaddress.IPv6Address) and value.ipv4_mapped is not None:
        return f"::ffff:{value.ipv4_mapped}"
    return str(value)


def _netscape_types(extension: object) -> tuple[str, ...] | None:
    if not isinstance(extension, x509.UnrecognizedExtension):
        return None
    der = extension.value  # a bit string: tag 3, size, unused bits, bits
    bits = der[3] if len(der) > 3 and der[0] == 3 else 0
    return tuple(word for place, word in enumerate(_NETSCAPE_BITS) if bits & (0x80 >> place))
