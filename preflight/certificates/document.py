"""What `preflight certs inspect` found, as one plain document: the shape of `schemas/certificates.schema.json`."""

from __future__ import annotations

from preflight import __version__
from preflight.certificates.inspection import LEVELS, VERIFIED
from preflight.x509.certificate import PROBLEMS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from datetime import datetime
    from typing import Any

    from preflight.certificates.inspection import InspectedCertificate, InspectedFile, InspectedKey, Inspection
    from preflight.x509.signatures import KeyFacts

SCHEMA_VERSION = "1.0"


def document(inspection: Inspection) -> dict[str, Any]:
    """Return an inspection as plain data, in the order in which its schema documents it.

    Args:
        inspection: What was found.
    """
    certificates = [one for file in inspection.files for one in file.certificates]
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "preflight", "version": __version__},
        "exit_code": inspection.exit_code,
        "at": _time(inspection.at),
        "paths": list(inspection.paths),
        "trusted": list(inspection.trusted),
        "fail_within_days": inspection.fail_within,
        "strict": inspection.strict,
        "summary": {
            "files": len(inspection.files),
            "unreadable": sum(file.problem is not None for file in inspection.files) + _unread(inspection),
            "certificates": len(certificates),
            "keys": sum(len(file.keys) for file in inspection.files),
            "expired": sum(one.facts.not_after <= inspection.at for one in certificates),
            "not_yet_valid": sum(one.facts.not_before > inspection.at for one in certificates),
            "verified": sum(one.chain is not None and one.chain.verdict == VERIFIED for one in certificates),
            "next_expiry": min((_time(one.facts.not_after) for one in certificates if one.facts.not_after > inspection.at), default=None),
            **{f"{level}s": sum(one.level == level for one in inspection.findings) for level in LEVELS},
        },
        "files": [_file(file, inspection.at) for file in inspection.files],
        "findings": [dict(one.items()) for one in inspection.findings],
    }  # fmt: skip


def _unread(inspection: Inspection) -> int:
    """Return how many certificates cannot be read of files that hold others."""
    read = {file.path for file in inspection.files if file.problem is None}
    return sum(one.certificate is not None and one.code in PROBLEMS and one.path in read for one in inspection.findings)


def _time(moment: datetime) -> str:
    return moment.replace(tzinfo=None, microsecond=0).isoformat() + "Z"


def _file(file: InspectedFile, at: datetime) -> dict[str, Any]:
    return {
        "path": file.path,
        "aliases": list(file.aliases),
        "kind": file.kind,
        "mode": f"{file.mode:04o}" if file.mode is not None else None,
        "problem": file.problem,
        "certificates": [_certificate(one, at) for one in file.certificates],
        "keys": [_key(one) for one in file.keys],
    }


def _certificate(one: InspectedCertificate, at: datetime) -> dict[str, Any]:
    facts, life, chain = one.facts, one.life, one.chain
    return {
        "position": one.position,
        "line": one.line,
        "role": one.role,
        "subject": facts.subject,
        "common_name": facts.common_name,
        "issuer": facts.issuer,
        "serial": facts.serial,
        "sha256": facts.sha256,
        "public_key_sha256": facts.spki_sha256,
        "version": facts.version,
        "names": [{"type": kind, "value": value} for kind, value in facts.sans],
        "not_before": _time(facts.not_before),
        "not_after": _time(facts.not_after),
        "not_before_timestamp": int(facts.not_before.timestamp()),
        "not_after_timestamp": int(facts.not_after.timestamp()),
        # What OpenSSL calls over in its last second already, and valid in its first one only.
        "validity": ("expired" if facts.not_after <= at else "not_yet_valid" if facts.not_before > at else life.state),
        "remaining_days": life.remaining_days,
        "lifetime_days": life.days,
        "key": _key_kind(facts.key),
        "signature": {"type": facts.signature_type, "hash": facts.signature_hash},
        "self_signed": facts.self_signed,
        "extended_key_usage": list(facts.extended_key_usage) if facts.extended_key_usage is not None else None,
        "chain": {
            "verified": chain is not None and chain.verdict == VERIFIED,
            "reason": chain.verdict if chain is not None and chain.verdict != VERIFIED else None,
            "detail": chain.detail if chain is not None else None,
            "path": list(chain.path) if chain is not None else [],
            "anchor": chain.anchor if chain is not None else None,
        },
        "key_files": list(one.keys),
    }


def _key(one: InspectedKey) -> dict[str, Any]:
    facts = one.facts
    return {
        "line": one.line,
        "format": facts.format,
        "encrypted": facts.encrypted,
        "key": _key_kind(facts.key) if facts.key is not None else None,
        "public_key_sha256": facts.spki_sha256,
        "problem": facts.problem,
        "certificate_files": list(one.certificates),
    }


def _key_kind(key: KeyFacts) -> dict[str, Any]:
    return {"type": key.type, "bits": key.bits, "curve": key.curve}
