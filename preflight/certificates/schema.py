"""The authoritative schema of what `preflight certs inspect --format json` prints, as pydantic models.

`schemas/certificates.schema.json` is generated from here. Names are API: they change with `schema_version` only.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

Count = Annotated[int, Field(ge=0)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 in hexadecimal digits.")]
Time = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z$", description="UTC, to the second.")]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class InspectToolModel(_Strict):
    """Who says it."""

    name: Literal["preflight"] = Field(description="The program.")
    version: str = Field(description="Its version.")


class KeyKindModel(_Strict):
    """What kind of key it is."""

    type: Literal["rsa", "ec", "ed25519", "ed448", "dsa", "other"] = Field(description="The algorithm.")
    bits: int | None = Field(description="Size of the modulus, or of the curve's field; null where it is not known.")
    curve: str | None = Field(description="The curve's name for ec.")


class SignatureModel(_Strict):
    """How a certificate is signed."""

    type: Literal["rsa", "ec", "ed25519", "ed448", "dsa", "other"] = Field(description="What kind of key signed it.")
    hash: str | None = Field(description="The hash; null for Ed25519 and Ed448.")


class NameModel(_Strict):
    """A subject alternative name."""

    type: Literal["dns", "ip", "email", "uri", "directory", "other"] = Field(description="Its kind.")
    value: str = Field(description="The name.")


class ChainModel(_Strict):
    """What OpenSSL decides about the chain."""

    verified: bool = Field(description="Whether it leads to a trusted root.")
    reason: str | None = Field(description="The first reason why it does not; null where it does.")
    detail: str | None = Field(description="That reason in words.")
    path: list[str] = Field(description="Subjects from the certificate upwards, as far as the chain goes.")
    anchor: str | None = Field(description="The inspected file that holds the trusted root; null where none does.")


class InspectedCertificateModel(_Strict):
    """One certificate of a file."""

    position: Annotated[int, Field(ge=1)] = Field(description="Which certificate of its file it is.")
    line: Count = Field(description="Line of its BEGIN line; 0 for DER.")
    role: Literal["root", "ca", "server", "client", "server_and_client", "other"] = Field(
        description="What it is for, by its CA flag and extended key usage. Without the latter it may serve as both."
    )
    subject: str = Field(description="Whom it names, RFC 4514 text.")
    common_name: str | None = Field(description="The first common name of the subject.")
    issuer: str = Field(description="Who issued it, RFC 4514 text.")
    serial: str = Field(description="Serial number, hexadecimal.")
    sha256: Digest = Field(description="Its fingerprint.")
    public_key_sha256: Digest = Field(description="Digest of its public key (SubjectPublicKeyInfo).")
    version: Literal[1, 3] = Field(description="X.509 version.")
    names: list[NameModel] = Field(description="Subject alternative names, in order.")
    not_before: Time = Field(description="First second of its validity.")
    not_after: Time = Field(description="Last second of its validity.")
    not_before_timestamp: int = Field(description="The same, in seconds since the epoch.")
    not_after_timestamp: int = Field(description="The same, in seconds since the epoch.")
    validity: Literal["valid", "notice", "warning", "critical", "expired", "not_yet_valid"] = Field(
        description="How it stands: notice, warning and critical are 90, 30 and 7 days before the end, fewer for a short life."
    )
    remaining_days: int = Field(
        description="Whole days of 24 hours left, as scripts count; negative when it has expired."
    )
    lifetime_days: Count = Field(description="Days of its whole life.")
    key: KeyKindModel = Field(description="Its public key.")
    signature: SignatureModel = Field(description="How its issuer signed it.")
    self_signed: bool = Field(description="Whether its own key signed it.")
    extended_key_usage: list[str] | None = Field(
        description="server_auth, client_auth, other words or OIDs; null without any."
    )
    chain: ChainModel = Field(description="Whether it leads to a trusted root.")
    key_files: list[str] = Field(description="Inspected files that hold its private key.")


class InspectedKeyModel(_Strict):
    """One private key of a file. Nothing in it helps to find the key."""

    line: Count = Field(description="Line of its BEGIN line; 0 for DER.")
    format: Literal["pkcs8", "pkcs8_encrypted", "pkcs1", "sec1", "dsa", "openssh", "other"] = Field(
        description="How it is written."
    )
    encrypted: bool = Field(description="Whether it needs a passphrase.")
    key: KeyKindModel | None = Field(description="What kind of key it is; null when it could not be opened.")
    public_key_sha256: Digest | None = Field(description="Digest of its public half; null when it could not be opened.")
    problem: Literal["malformed", "unsupported"] | None = Field(
        description="Why it could not be opened, a passphrase apart."
    )
    certificate_files: list[str] = Field(description="Inspected files that hold its certificate.")


class InspectedFileModel(_Strict):
    """One file."""

    path: str = Field(description="Its path: as given, or below what was given.")
    aliases: list[str] = Field(description="Other paths that lead to the same file.")
    kind: Literal[
        "certificate",
        "ca",
        "private_key",
        "certificate_and_key",
        "request",
        "public_key",
        "crl",
        "other",
        "unreadable",
        "not_a_file",
    ] = Field(description="What it holds.")
    mode: Annotated[str, Field(pattern=r"^[0-7]{4}$")] | None = Field(description="Permission bits, octal.")
    problem: str | None = Field(description="Why it cannot be read; null where it can.")
    certificates: list[InspectedCertificateModel] = Field(description="Its certificates, in order.")
    keys: list[InspectedKeyModel] = Field(description="Its private keys, in order.")


class InspectFindingModel(_Strict):
    """Something that is to be said."""

    level: Literal["failure", "warning", "note"] = Field(
        description="failure: exit code 1 or 4; warning: exit code 1 with --strict only; note: never."
    )
    code: str = Field(description="Stable identifier in snake case.")
    path: str = Field(description="The file or folder.")
    certificate: Annotated[int, Field(ge=1)] | None = Field(
        description="Which certificate of the file; null for the file itself."
    )
    message: str = Field(description="What is the case.")
    hint: str = Field(description="What to do.")


class InspectSummaryModel(_Strict):
    """Counts."""

    files: Count = Field(description="Files that hold something, or should.")
    unreadable: Count = Field(description="Those that cannot be read, and certificates that cannot in files that can.")
    certificates: Count = Field(description="Certificates in them.")
    keys: Count = Field(description="Private keys in them.")
    expired: Count = Field(description="Certificates that have expired.")
    not_yet_valid: Count = Field(description="Certificates that are not valid yet.")
    verified: Count = Field(description="Certificates whose chain leads to a trusted root.")
    next_expiry: Time | None = Field(description="When the next certificate expires; null when none is left.")
    failures: Count = Field(description="Findings of this level.")
    warnings: Count = Field(description="Findings of this level.")
    notes: Count = Field(description="Findings of this level.")


class InspectionModel(_Strict):
    """What `preflight certs inspect` found."""

    schema_version: Literal["1.0"] = Field(description="Version of this schema.")
    tool: InspectToolModel = Field(description="Who says it.")
    exit_code: Literal[0, 1, 4] = Field(
        description="0: all is fine; 1: a failure; 4: nothing was found, or a named path is not there."
    )
    at: Time = Field(description="The moment that counts: now, or that of --at.")
    paths: list[str] = Field(description="Where it was looked.")
    trusted: list[str] = Field(description="CA files that alone are trusted; empty when the roots among the files are.")
    fail_within_days: float | None = Field(description="Days left below which a certificate is a failure.")
    strict: bool = Field(description="Whether warnings give exit code 1, too.")
    summary: InspectSummaryModel = Field(description="Counts.")
    files: list[InspectedFileModel] = Field(description="What was found, by path.")
    findings: list[InspectFindingModel] = Field(description="What is to be said, failures first.")

    @model_validator(mode="after")
    def _adds_up(self) -> InspectionModel:
        for level in ("failure", "warning", "note"):
            if getattr(self.summary, f"{level}s") != sum(one.level == level for one in self.findings):
                raise ValueError(f"the summary's {level}s do not add up")
        failed = self.summary.failures > 0 or (self.strict and self.summary.warnings > 0)
        if failed is (self.exit_code == 0):
            raise ValueError("the exit code and the findings disagree")
        return self


def inspection_json_schema() -> dict[str, Any]:
    """Return the JSON Schema of an inspection."""
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **TypeAdapter(InspectionModel).json_schema()}
