"""Which key belongs to which certificate, by their public keys; and the same key where two environments have it.

A key that fits none is no mistake by itself: its certificate may lie elsewhere. It is one where the names say that both are
meant for each other (`server-key.pem` and `server-cert.pem`), or where both stand in one file.
"""

from __future__ import annotations

import os

from preflight.certificates.inspection import Finding, finding
from preflight.certificates.names import stem
from preflight.resources.environment import STRICTEST, normalise

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from preflight.certificates.inspection import InspectedFile


def paired(files: Sequence[InspectedFile]) -> tuple[tuple[InspectedFile, ...], list[Finding]]:
    """Tell every certificate its keys and every key its certificates.

    Args:
        files: What was read.

    Returns:
        The files, and what is to be said: mismatches, keys of CAs, keys alone, keys of two environments.
    """
    keys: dict[str, list[str]] = {}
    certificates: dict[str, list[str]] = {}
    for file in files:
        for key in file.keys:
            if key.facts.spki_sha256 is not None:
                keys.setdefault(key.facts.spki_sha256, []).append(file.path)
        for certificate in file.certificates:
            certificates.setdefault(certificate.facts.spki_sha256, []).append(file.path)
    told = tuple(
        file.replace(
            certificates=tuple(
                one.replace(keys=_unique(keys.get(one.facts.spki_sha256, ()))) for one in file.certificates
            ),
            keys=tuple(
                one.replace(certificates=_unique(certificates.get(one.facts.spki_sha256 or "", ())))
                for one in file.keys
            ),
        )
        for file in files
    )
    findings = [one for file in told for one in _of_keys(file, told)]
    return told, [*findings, *_environments(told)]


def _unique(paths: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(paths))


def _of_keys(file: InspectedFile, files: Sequence[InspectedFile]) -> Iterator[Finding]:
    opened = [key for key in file.keys if key.facts.spki_sha256 is not None]
    if not opened:
        return
    if file.certificates:
        first = file.certificates[0]
        if opened[0].facts.spki_sha256 != first.facts.spki_sha256:
            message = "its private key does not belong to its first certificate"
            hint = "Put the key's own certificate first: OpenSSL pairs the key with the first one."
            yield finding("failure", "key_mismatch", file.path, message, hint)
        return
    belonging = {path for key in opened for path in key.certificates}
    meant = [one for one in files if one is not file and one.certificates and _belong(file.path, one.path)]
    if meant and not any(one.path in belonging for one in meant):
        message = f"it does not belong to {meant[0].path}: their public keys differ"
        hint = "Put the key and the certificate of one pair here; a renewed certificate often comes with a new key."
        yield finding("failure", "key_mismatch", file.path, message, hint)
    elif not belonging:
        message = "no certificate here belongs to it"
        yield finding("note", "key_alone", file.path, message, "Remove it when nothing uses it.")
    else:
        authority = next((one for one in files if one.path in belonging and one.kind == "ca"), None)
        if authority is not None and any(
            key.facts.spki_sha256 == one.facts.spki_sha256 for key in opened for one in authority.certificates
        ):
            message = f"it is the key of the CA in {authority.path}: who has it can issue certificates for any name"
            yield finding("note", "ca_key_here", file.path, message, "Put it away; only signing needs it.")


def _belong(one: str, other: str) -> bool:
    return os.path.dirname(one) == os.path.dirname(other) and stem(one) == stem(other)


def _environments(files: Sequence[InspectedFile]) -> Iterator[Finding]:
    """Yield keys and certificates that lie in the folders of two environments: one that leaks there opens both."""
    found: dict[str, dict[str, str]] = {}
    for file in files:
        held = {key.facts.spki_sha256 for key in file.keys}
        held |= {one.facts.spki_sha256 for one in file.certificates if not one.is_authority}
        for path in (file.path, *file.aliases):
            environment = _environment(path)
            for key_id in held if environment is not None else ():
                if key_id is not None and environment is not None:
                    found.setdefault(key_id, {}).setdefault(environment, path)
    told: set[tuple[str, ...]] = set()
    for places in found.values():
        paths = tuple(places[name] for name in sorted(places))
        if len(paths) > 1 and paths not in told:
            told.add(paths)
            where = " and ".join(f"{name} ({places[name]})" for name in sorted(places))
            message = f"the same key is used in {where}"
            hint = "Make a key and a certificate for each environment: what leaks from one must not open another."
            yield finding("warning", "shared_between_environments", paths[0], message, hint)


def _environment(path: str) -> str | None:
    """Return the environment that the nearest folder of a path names: `certs/staging/`, `prod-certs/`."""
    for part in reversed(os.path.dirname(path).split("/")):
        for word in (part, *part.replace("_", "-").replace(".", "-").split("-")):
            if word and (name := normalise(word)) in STRICTEST:
                return name
    return None
