"""A CA that is there already, to issue from: its certificate and key, read and refused where what it signs would not verify.

What can be seen in its files is said before anything is made; what is left (name constraints, purposes, key sizes, critical
extensions) is asked of the certificates themselves, before they are written.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric import ec, ed448, ed25519, rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key
from cryptography.x509.oid import NameOID

from preflight.certificates.issue import BACKDATED, Authority
from preflight.errors import InputError, UsageError
from preflight.model.origin import Origin
from preflight.model.problem import Problem
from preflight.x509.certificate import load
from preflight.x509.chain import verify_chain
from preflight.x509.links import read_link
from preflight.x509.loading import load_certificates
from preflight.x509.material import MaterialProblem
from preflight.x509.signatures import only_pss

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from preflight.certificates.issue import AuthorityKey, Issued
    from preflight.certificates.options import CreateOptions, Plan
    from preflight.x509.purposes import Purpose

_MOST_BYTES = 1024 * 1024
_SWAPPED = "Are --ca-cert and --ca-key swapped?"


def read_authority(options: CreateOptions, plan: Plan, now: datetime) -> Authority:
    """Read the CA to issue from, and refuse one that cannot issue, or not for as long as is asked (RFC 5280, section 6.1).

    Args:
        options: What was asked for; both files are named.
        plan: What follows from that.
        now: The time with its zone.

    Raises:
        InputError: A file cannot be read, the key is not the certificate's, or the certificate is no CA's that may sign now.
        UsageError: What is to be made would outlive the CA, or have its name.
    """
    path, key_path = options.ca_certificate or "", options.ca_key or ""
    key = _key(key_path)
    certificates = _certificates(path)
    certificate = _of_key(certificates, key, path, key_path)
    if only_pss(certificate):
        message = "its key signs with RSASSA-PSS alone, which is not done here"
        raise _wrong("wrong_key", path, message, "Use the tool that made this CA.")
    _refuse_other_than_root(certificate, path)
    if certificate.not_valid_after_utc <= now:
        message = f"the CA expired on {certificate.not_valid_after_utc.date()}: nothing that it signs is valid"
        raise _wrong(
            "expired",
            path,
            message,
            "Make a new CA (without --ca-cert), and give its certificate to all who trust the old one.",
        )
    if certificate.not_valid_before_utc > now:
        message = f"the CA is not valid before {certificate.not_valid_before_utc.date()}"
        raise _wrong("not_yet_valid", path, message, "Wait, or correct the clock of this machine.")
    _refuse_to_outlive(certificate, plan, now)
    _refuse_its_name(certificate, plan)
    bundle = tuple(one.public_bytes(Encoding.DER) for one in certificates)
    return Authority(certificate=certificate, key=key, bundle=bundle)


def refuse_unverifiable(made: Sequence[Issued], authority: Authority, path: str, now: datetime) -> None:
    """Refuse to hand out certificates that OpenSSL would not verify under the CA that issued them.

    Args:
        made: What was issued for the server, and for the client.
        authority: The CA.
        path: The file of the CA's certificate.
        now: The time with its zone.

    Raises:
        InputError: One of them would be refused; the message has OpenSSL's own reason.
    """
    uses: tuple[Purpose, ...] = ("server", "client")
    for purpose, one in zip(uses, made, strict=True):
        der = x509.load_pem_x509_certificate(one.certificate).public_bytes(Encoding.DER)
        verdict = verify_chain([der], authority.bundle, now, purpose=purpose)
        if verdict.accepted:
            continue
        first = verdict.failures[0]
        whose = "of the CA, " if first.depth else ""
        names = f" ({', '.join(one.names)})" if first.reason == "name_constraint" else ""
        raise _wrong(
            first.reason,
            path,
            f"OpenSSL would refuse the {purpose}'s certificate that it issues: {whose}{first.message}{names}",
            "Make a new CA (without --ca-cert), or use the tool that made this one.",
        )


def _read(path: str) -> bytes:
    try:
        with open(path, "rb") as file:
            content = file.read(_MOST_BYTES + 1)
    except (OSError, ValueError) as bad:
        message = f"it cannot be read ({getattr(bad, 'strerror', None) or 'no path can look like that'})"
        raise _wrong("unreadable", path, message, "Name a file that this user may read.") from None
    if len(content) > _MOST_BYTES:
        raise _wrong("too_large", path, "it is larger than 1 MiB", "Name the CA's own file.")
    return content


def _key(path: str) -> AuthorityKey:
    content = _read(path)
    try:
        key = load_pem_private_key(content, None)
    except TypeError:
        hint = "Name a copy without a passphrase (openssl pkey -in KEY -out COPY), and remove it afterwards."
        raise _wrong("encrypted", path, "the CA's key is encrypted, and no passphrase is asked for", hint) from None
    except (ValueError, UnsupportedAlgorithm):
        hint = _SWAPPED if b"BEGIN CERTIFICATE" in content else "Name the CA's key, as PEM."
        raise _wrong("no_key", path, "it holds no private key that can be read", hint) from None
    if not isinstance(
        key, (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey, ed25519.Ed25519PrivateKey, ed448.Ed448PrivateKey)
    ):
        raise _wrong(
            "wrong_key", path, "its kind of key signs no certificates here", "Use a CA with an RSA, EC or Ed25519 key."
        )
    return key


def _certificates(path: str) -> list[x509.Certificate]:
    blocks = load_certificates(_read(path))
    if isinstance(blocks, MaterialProblem):
        hint = _SWAPPED if blocks.code == "key_instead_of_certificate" else blocks.hint
        raise _wrong("no_certificate", path, f"no CA's certificate can be read from it: {blocks.message}", hint)
    read = [load(block.data) for block in blocks]
    return [one for one in read if isinstance(one, x509.Certificate)]


def _of_key(certificates: list[x509.Certificate], key: AuthorityKey, path: str, key_path: str) -> x509.Certificate:
    form = (Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    wanted = key.public_key().public_bytes(*form)
    for one in certificates:
        try:
            if one.public_key().public_bytes(*form) == wanted:
                return one
        except (ValueError, UnsupportedAlgorithm):  # a key of a kind that is not known cannot be this one
            continue
    message = f"the key in {key_path} does not belong to this certificate"
    raise _wrong("key_mismatch", path, message, "Name the key that the CA's certificate was made for.")


def _refuse_other_than_root(certificate: x509.Certificate, path: str) -> None:
    try:
        extensions = certificate.extensions
        authority = extensions.get_extension_for_class(x509.BasicConstraints).value.ca
        used = [one for one in extensions if isinstance(one.value, x509.KeyUsage)]
    except (x509.ExtensionNotFound, x509.DuplicateExtension, ValueError):
        authority, used = False, []
    authority = authority and all(one.value.key_cert_sign for one in used)
    if not authority:
        message = "it is the certificate of no CA: verifiers would refuse what its key signs"
        raise _wrong("not_a_ca", path, message, "Name the certificate of the CA, such as ca-cert.pem.")
    link = read_link(certificate.public_bytes(Encoding.DER))
    if link is None or not link.self_signed:  # its own signature does not matter: nobody verifies a root's
        message = "the CA was signed by another one, and certificates are only issued below a root here"
        raise _wrong("not_a_root", path, message, "Use the tool that made this CA.")


def _refuse_to_outlive(certificate: x509.Certificate, plan: Plan, now: datetime) -> None:
    end = certificate.not_valid_after_utc
    begin = now.astimezone(UTC).replace(microsecond=0) - BACKDATED
    if begin + timedelta(days=plan.days) - timedelta(seconds=1) <= end:
        return
    most = (end + timedelta(seconds=1) - begin).days
    message = f"with --days {plan.days} the certificates would outlive the CA, which ends on {end.date()}."
    hint = f"Give --days {most} or less, or make a new CA." if most else "Make a new CA (without --ca-cert)."
    raise UsageError([Problem(kind="input", code="outlives_ca", message=message, hint=hint)])


def _refuse_its_name(certificate: x509.Certificate, plan: Plan) -> None:
    names = {str(name.value) for name in certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)}
    for option, name in (("--cn", plan.common_name), ("--client", plan.client_name)):
        if name in names:
            # Subject and issuer could be equal, and verifiers would take the certificate for one that signed itself.
            message = f"{option} is the CA's own name."
            raise UsageError([Problem(kind="input", code="name_of_ca", message=message, hint="Choose another name.")])


def _wrong(code: str, path: str, message: str, hint: str) -> InputError:
    return InputError([Problem(kind="input", code=code, message=message, hint=hint, origin=Origin(file=path))])
