"""Facts about a private key, without ever asking for a passphrase and without showing anything of it.

Whether a key is encrypted is seen from its outside: the label `ENCRYPTED PRIVATE KEY` (RFC 5958), the header
`Proc-Type: 4,ENCRYPTED` (RFC 1421, OpenSSL's traditional form), the cipher's name in OpenSSH's format, or the structure
of DER. Only a key that is not encrypted, or one with a passphrase at hand, is opened.
"""

from __future__ import annotations

import hashlib
import warnings

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import (
    load_der_private_key,
    load_pem_private_key,
    load_ssh_private_key,
)

from preflight.model.record import Record, field
from preflight.x509.certificate import CertificateProblem, load
from preflight.x509.signatures import key_facts, public_bytes, public_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from cryptography.hazmat.primitives.asymmetric.types import PrivateKeyTypes

    from preflight.x509.material import Block
    from preflight.x509.signatures import KeyFacts

    Passphrase = Literal["not_needed", "missing", "right", "wrong", "unused"]

FORMATS = ("pkcs8", "pkcs8_encrypted", "pkcs1", "sec1", "dsa", "openssh", "other")
PASSPHRASES = ("not_needed", "missing", "right", "wrong", "unused")

PROBLEMS = {
    "malformed": ("it cannot be read as a private key", "Make it again, or copy it again from where it was made."),
    "unsupported": (
        "its algorithm, or the cipher that encrypts it, is none that is known here",
        "Use RSA, EC or Ed25519.",
    ),
}

_FORMATS = {
    "PRIVATE KEY": "pkcs8",
    "ENCRYPTED PRIVATE KEY": "pkcs8_encrypted",
    "RSA PRIVATE KEY": "pkcs1",
    "EC PRIVATE KEY": "sec1",
    "DSA PRIVATE KEY": "dsa",
    "OPENSSH PRIVATE KEY": "openssh",
}
_OPENSSH_MAGIC = b"openssh-key-v1\0"


class PrivateKeyFacts(Record):
    """Facts about one private key. Nothing in it helps to find the key."""

    format: str = field("How it is written.", choices=FORMATS)
    encoding: str = field("PEM or DER.", choices=("pem", "der"))
    encrypted: bool = field("Whether it needs a passphrase.")
    passphrase: Passphrase = field(
        "What became of the passphrase: unused when one is given for a key that needs none.", choices=PASSPHRASES
    )
    key: KeyFacts | None = field("What kind of key it is; None when it could not be opened.")
    spki_sha256: str | None = field(
        "SHA-256 of its public half, hexadecimal, equal to that of its certificate; None when it could not be opened."
    )
    problem: str | None = field(
        "Why it could not be opened, a passphrase apart.", choices=tuple(PROBLEMS), default=None
    )

    @property
    def opened(self) -> bool:
        """Whether the key itself was read."""
        return self.key is not None

    @property
    def openssl_reads(self) -> bool:
        """Whether OpenSSL, and so libpq and PostgreSQL, read this form: not OpenSSH's own, no encrypted DER."""
        return self.format != "openssh" and not (self.encoding == "der" and self.encrypted)


def read_key(block: Block, *, passphrase: str | None = None) -> PrivateKeyFacts:
    """Read a private key.

    Args:
        block: The key, as `read_private_key` of `preflight.x509.material` gives it.
        passphrase: Its passphrase, where one is configured. An empty one counts as none, as in libpq's `sslpassword`.
    """
    encoding = "pem" if block.label else "der"
    encrypted = is_encrypted(block)
    form = _FORMATS.get(block.label, "other") if block.label else _der_form(block.data)
    given = passphrase or None
    if encrypted and given is None:
        state: Passphrase = "missing"
        return PrivateKeyFacts(
            format=form, encoding=encoding, encrypted=True, passphrase=state, key=None, spki_sha256=None
        )
    opened = _open(block, given.encode() if encrypted and given is not None else None)
    used: Passphrase = "right" if encrypted else "unused" if given is not None else "not_needed"
    if isinstance(opened, str):
        wrong = opened == "wrong"
        return PrivateKeyFacts(
            format=form,
            encoding=encoding,
            encrypted=encrypted,
            passphrase="wrong" if wrong else used,
            key=None,
            spki_sha256=None,
            problem=None if wrong else opened,
        )
    return PrivateKeyFacts(
        format=form,
        encoding=encoding,
        encrypted=encrypted,
        passphrase=used,
        key=key_facts(opened),
        spki_sha256=hashlib.sha256(public_bytes(opened.public_key())).hexdigest(),
    )


def matches(key: PrivateKeyFacts, certificate: bytes) -> bool | None:
    """Say whether a private key belongs to a certificate: their public keys are equal byte by byte.

    Args:
        key: The key's facts.
        certificate: The certificate, DER: the first one of its file, which is the one that OpenSSL pairs with the key.

    Returns:
        None when either could not be read.
    """
    loaded = load(certificate)
    if key.spki_sha256 is None or isinstance(loaded, CertificateProblem):
        return None
    public = public_key(loaded)
    return None if public is None else hashlib.sha256(public_bytes(public)).hexdigest() == key.spki_sha256


def is_encrypted(block: Block) -> bool:
    """Say whether a private key needs a passphrase, without opening it."""
    if block.label == "OPENSSH PRIVATE KEY":
        return _openssh_cipher(block.data) not in (b"none", None)
    if block.label == "ENCRYPTED PRIVATE KEY":
        return True
    if block.label:
        return any(name == "Proc-Type" and value.endswith("ENCRYPTED") for name, value in block.headers)
    return _der_form(block.data) == "pkcs8_encrypted"


def _open(block: Block, passphrase: bytes | None) -> PrivateKeyTypes | str:
    """Open a key, or say why not: `wrong` passphrase, or a code of `PROBLEMS`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            if block.label == "OPENSSH PRIVATE KEY":
                return load_ssh_private_key(block.pem, passphrase)
            # Proving an RSA key sound takes half a second at 4096 bits; OpenSSL does not at loading, and neither do we.
            if block.label:
                return load_pem_private_key(block.pem, passphrase, unsafe_skip_rsa_key_validation=True)
            return load_der_private_key(block.data, passphrase, unsafe_skip_rsa_key_validation=True)
        except UnsupportedAlgorithm:
            return "unsupported"
        except (ValueError, TypeError):
            # Which of the two is the case nobody can tell: decrypting with a wrong passphrase gives broken padding.
            return "wrong" if passphrase is not None else "malformed"


def _der_form(data: bytes) -> str:
    """Tell the structures apart by the first elements of the sequence."""
    start = 2 + (data[1] & 0x7F if data[1] & 0x80 else 0)
    body = data[start:]
    if body[:1] == b"\x30":
        return "pkcs8_encrypted"
    if body[:3] in (b"\x02\x01\x00", b"\x02\x01\x01"):
        after = body[3:4]
        if after == b"\x30":
            return "pkcs8"
        return {b"\x02": "pkcs1", b"\x04": "sec1"}.get(after, "other")
    return "other"


def _openssh_cipher(data: bytes) -> bytes | None:
    """Return the cipher's name of an OpenSSH key (PROTOCOL.key of OpenSSH), None when it is no such key."""
    if not data.startswith(_OPENSSH_MAGIC):
        return None
    start = len(_OPENSSH_MAGIC)
    size = int.from_bytes(data[start : start + 4])
    return data[start + 4 : start + 4 + size]
