"""Make a CA, a server's and a client's certificate in memory: X.509 version 3 as RFC 5280 and strict verifiers ask."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from ipaddress import ip_address

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from preflight.certificates.hosts import HostError, read_host
from preflight.certificates.options import CA_COMMON_NAME
from preflight.model.record import Record, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from preflight.certificates.hosts import Host
    from preflight.certificates.options import KeyType, Plan

    PrivateKey = rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey | ed25519.Ed25519PrivateKey
    AuthorityKey = PrivateKey | ed448.Ed448PrivateKey

BACKDATED = timedelta(minutes=5)
"""How far notBefore lies in the past: a container's clock may be a little behind the one that made the certificate."""

_ATTRIBUTES = {
    "C": NameOID.COUNTRY_NAME,
    "ST": NameOID.STATE_OR_PROVINCE_NAME,
    "L": NameOID.LOCALITY_NAME,
    "O": NameOID.ORGANIZATION_NAME,
}


class Issued(Record):
    """A key and its certificate."""

    key: bytes = field("The private key: PKCS#8, PEM, not encrypted.", secret=True)
    certificate: bytes = field("The certificate, PEM.")
    names: tuple[str, ...] = field("What it is valid for: the subject alternative names, or the CA's own name.")
    not_after: datetime = field("The last second in which it is valid, UTC.")


class Authority(Record):
    """A CA to issue from."""

    certificate: x509.Certificate = field("Its certificate.")
    key: AuthorityKey = field("Its key.", secret=True)
    bundle: tuple[bytes, ...] = field("All certificates of its file, DER: what clients will trust.", default=())


def issue(plan: Plan, now: datetime, *, authority: Authority | None = None) -> tuple[Issued, ...]:
    """Make the CA's, the server's and the client's key and certificate.

    A new CA signs no other CA (path length 0). A lifetime of N days is exactly N times 86,400 seconds, the first and the
    last second included (RFC 5280 section 4.1.2.5), counted from five minutes ago.

    Args:
        plan: What was asked for, checked.
        now: The time with its zone.
        authority: The CA to issue from; None makes a new one.

    Returns:
        The new CA, the server and the client, in this order; without the CA where it was there.
    """
    not_before = now.astimezone(UTC).replace(microsecond=0) - BACKDATED
    made: tuple[Issued, ...] = ()
    if authority is None:
        new_key = _new_key(plan.key_type)
        ca = _new_authority(plan, new_key, not_before)
        authority = Authority(certificate=ca, key=new_key)
        made = (_issued(new_key, ca, (CA_COMMON_NAME,)),)
    issuer, ca_key = authority.certificate, authority.key
    server_key = _new_key(plan.key_type)
    server = _sign(
        _leaf(_subject(plan, plan.common_name), issuer, server_key, not_before, plan.days)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(_general_names(plan.hosts)), critical=False),
        ca_key,
    )
    client_key = _new_key(plan.key_type)
    client_subject = _subject(plan, plan.client_name)
    client = _sign(
        _leaf(client_subject, issuer, client_key, not_before, plan.days)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.CLIENT_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName([_client_general_name(plan, client_subject)]), critical=False),
        ca_key,
    )
    return (
        *made,
        _issued(server_key, server, tuple(host.value for host in plan.hosts)),
        _issued(client_key, client, (plan.client_name,)),
    )


def _new_authority(plan: Plan, key: PrivateKey, not_before: datetime) -> x509.Certificate:
    subject = _subject(plan, CA_COMMON_NAME)
    own = x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key())
    return _sign(
        _certificate(subject, subject, key, not_before, plan.ca_days)
        .add_extension(own, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(authority=True), critical=True),
        key,
    )


def _new_key(key_type: KeyType) -> PrivateKey:
    if key_type == "ec-p256":
        return ec.generate_private_key(ec.SECP256R1())
    if key_type == "ed25519":
        return ed25519.Ed25519PrivateKey.generate()
    return rsa.generate_private_key(public_exponent=65537, key_size=4096 if key_type == "rsa-4096" else 2048)


def _subject(plan: Plan, common_name: str) -> x509.Name:
    place = [x509.NameAttribute(_ATTRIBUTES[attribute], value) for attribute, value in plan.place]
    return x509.Name([*place, x509.NameAttribute(NameOID.COMMON_NAME, common_name)])


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: PrivateKey, not_before: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(not_before)
        .not_valid_after(not_before + timedelta(days=days) - timedelta(seconds=1))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _leaf(
    subject: x509.Name, issuer: x509.Certificate, key: PrivateKey, not_before: datetime, days: int
) -> x509.CertificateBuilder:
    return (
        _certificate(subject, issuer.subject, key, not_before, days)
        .add_extension(_issuers_identifier(issuer), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        # Only RSA can be used to encipher a key (TLS 1.2's static RSA exchange); RFC 8410 forbids it for Ed25519.
        .add_extension(_key_usage(encipherment=isinstance(key, rsa.RSAPrivateKey)), critical=True)
    )


def _issuers_identifier(issuer: x509.Certificate) -> x509.AuthorityKeyIdentifier:
    """Return what names the CA's key: its own identifier, however that was made (RFC 5280, section 4.2.1.1)."""
    try:
        own = issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
    except x509.ExtensionNotFound:
        return x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer.public_key())  # type: ignore[arg-type] # a CA's own
    return x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(own)


def _key_usage(*, authority: bool = False, encipherment: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not authority,
        content_commitment=False,
        key_encipherment=encipherment,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=authority,
        crl_sign=authority,
        encipher_only=False,
        decipher_only=False,
    )


def _sign(builder: x509.CertificateBuilder, ca_key: AuthorityKey) -> x509.Certificate:
    hashed = not isinstance(
        ca_key, (ed25519.Ed25519PrivateKey, ed448.Ed448PrivateKey)
    )  # RFC 8410: these hash themselves
    return builder.sign(ca_key, hashes.SHA256() if hashed else None)


def _general_names(hosts: Iterable[Host]) -> list[x509.GeneralName]:
    return [x509.IPAddress(ip_address(host.value)) if host.kind == "ip" else x509.DNSName(host.value) for host in hosts]


def _client_general_name(plan: Plan, subject: x509.Name) -> x509.GeneralName:
    """Name the client as strict verifiers want it, outside the common name: by DNS where its name could be a host's."""
    try:
        host = read_host(plan.client_name)
    except HostError:
        return x509.DirectoryName(subject)
    if "_" in host.value:  # no letter of a host's name (RFC 1123, section 2.1), and strict verifiers refuse it
        return x509.DirectoryName(subject)
    return _general_names([host])[0]


def _issued(key: PrivateKey, certificate: x509.Certificate, names: tuple[str, ...]) -> Issued:
    return Issued(
        key=key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()),
        certificate=certificate.public_bytes(Encoding.PEM),
        names=names,
        not_after=certificate.not_valid_after_utc,
    )
