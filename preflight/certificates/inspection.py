"""What `preflight certs inspect` finds: plain records, nothing of them secret."""

from __future__ import annotations

from preflight.model.record import Record, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import Literal

    from preflight.x509.certificate import CertificateFacts
    from preflight.x509.keys import PrivateKeyFacts
    from preflight.x509.lifetime import Lifetime

    Level = Literal["failure", "warning", "note"]

LEVELS = ("failure", "warning", "note")
ROLES = ("root", "ca", "server", "client", "server_and_client", "other")
FILE_KINDS = (
    *("certificate", "ca", "private_key", "certificate_and_key", "request", "public_key", "crl", "other"),
    *("unreadable", "not_a_file"),
)  # fmt: skip
VERIFIED = "verified"


class Finding(Record):
    """Something that is to be said about a file, or about one certificate in it."""

    level: Level = field("failure: exit code 1; warning: with --strict only; note: never.", choices=LEVELS)
    code: str = field("What is the case, in snake case.")
    path: str = field("The file.")
    certificate: int | None = field(
        "Which certificate of the file, from 1; None for the file as a whole.", default=None
    )
    message: str = field("What is the case, in a sentence without its full stop.")
    hint: str = field("What to do.")


def finding(level: Level, code: str, path: str, message: str, hint: str, *, certificate: int | None = None) -> Finding:
    """Return a finding, in the order in which it reads."""
    return Finding(level=level, code=code, path=path, certificate=certificate, message=message, hint=hint)


class Chain(Record):
    """What OpenSSL decides about a certificate's chain to the CAs that are there."""

    verdict: str = field("`verified`, or the first reason why not.")
    detail: str | None = field("That reason in words, with the certificate it is about; None when it is verified.")
    path: tuple[str, ...] = field("Subjects from the certificate upwards, as far as the chain goes.")
    anchor: str | None = field("The file of the root that was reached; None where none was.")


class InspectedCertificate(Record):
    """One certificate of a file."""

    position: int = field("Which of its file it is, from 1.")
    line: int = field("Line of its BEGIN line, from 1; 0 for DER.")
    der: bytes = field("The certificate.", secret=True)
    facts: CertificateFacts = field("What is in it.")
    life: Lifetime = field("How its validity stands.")
    role: str = field("What it is for.", choices=ROLES)
    chain: Chain | None = field("Its chain; None where it was not verified yet.", default=None)
    keys: tuple[str, ...] = field("Files of its private key, among those that were read.", default=())

    @property
    def is_authority(self) -> bool:
        """Whether it is there to issue others."""
        return self.role in {"root", "ca"}


class InspectedKey(Record):
    """One private key of a file."""

    line: int = field("Line of its BEGIN line, from 1; 0 for DER.")
    facts: PrivateKeyFacts = field("What kind of key it is.")
    certificates: tuple[str, ...] = field("Files of its certificate, among those that were read.", default=())


class InspectedFile(Record):
    """One file."""

    path: str = field("Its path: as given, or below what was given.")
    aliases: tuple[str, ...] = field("Other paths that lead to the same file.")
    kind: str = field("What it holds.", choices=FILE_KINDS)
    mode: int | None = field("Permission bits of the file that the path leads to; None where there is none.")
    certificates: tuple[InspectedCertificate, ...] = field("Its certificates, in order.", default=())
    keys: tuple[InspectedKey, ...] = field("Its private keys, in order.", default=())
    problem: str | None = field("Why it cannot be read; None where it can.", default=None)


def said_of(
    level: Level, code: str, file: InspectedFile, certificate: InspectedCertificate, message: str, hint: str
) -> Finding:
    """Return a finding about one certificate of a file."""
    return finding(level, code, file.path, message, hint, certificate=certificate.position)


class Inspection(Record):
    """Everything that was found."""

    at: datetime = field("The moment that counts, UTC.")
    paths: tuple[str, ...] = field("Where it was looked.")
    trusted: tuple[str, ...] = field("CA files that alone are trusted; empty when the roots among the files are.")
    fail_within: float | None = field("Days left below which a certificate is a failure; None without a limit.")
    strict: bool = field("Whether warnings count as failures.")
    files: tuple[InspectedFile, ...] = field("What was found, by path.")
    findings: tuple[Finding, ...] = field("What is to be said, failures first.")
    exit_code: int = field("0: all is fine; 1: a failure; 4: nothing was found, or a path that was named is not there.")
