"""Who may read and replace the files: keys for their owner alone (600), certificates for everybody to read (644).

For keys libpq's and PostgreSQL's own rule decides: a file of root may be readable by its group, any other by its owner alone.
"""

from __future__ import annotations

import os

from preflight.certificates.inspection import Finding, finding
from preflight.x509.permissions import REASONS, libpq_client_key

TYPE_CHECKING = False
if TYPE_CHECKING:
    from preflight.probes.files import FileFacts

_REPLACEABLE = 0o022
_WORLD_READABLE = 0o004


def mode_findings(path: str, seen: FileFacts, *, certificates: bool, keys: bool) -> list[Finding]:
    """Say what is wrong with the permissions of a file and of the folders above it.

    Args:
        path: The file.
        seen: What stands there.
        certificates: Whether it holds certificates.
        keys: Whether it holds private keys.
    """
    if keys:
        return [*_of_key(path, seen), *_folders(path, seen)]
    if not certificates:
        return []
    findings = []
    if seen.mode & _REPLACEABLE:
        message = f"others than its owner may write it (mode {seen.mode:04o})"
        findings.append(
            finding("warning", "certificate_writable", path, message, "Let only its owner write it: chmod 644.")
        )
    elif not seen.mode & _WORLD_READABLE:
        message = f"not everybody may read it (mode {seen.mode:04o}); a certificate is no secret"
        hint = "chmod 644, unless every service that needs it may read it as it is."
        findings.append(finding("note", "certificate_not_readable", path, message, hint))
    return [*findings, *_folders(path, seen)]


def _of_key(path: str, seen: FileFacts) -> list[Finding]:
    code = libpq_client_key(seen.mode, seen.uid, seen.gid, uid=os.geteuid())
    if code not in {"group_or_others", "others_or_group_write"}:
        return []
    hint = "Let only its owner read it: chmod 600" + (" (640 for a key of root)." if seen.uid == 0 else ".")
    if seen.kubernetes:
        hint = "Set defaultMode: 0400 in the volume, and fsGroup in the pod for a user who is not root."
    message = f"{REASONS[code][0]} (mode {seen.mode:04o}): libpq and PostgreSQL refuse its private key"
    return [finding("warning", "key_open", path, message, hint)]


def _folders(path: str, seen: FileFacts) -> list[Finding]:
    if seen.unsafe_parent is None:
        return []
    message = f"others may replace it, because they may write to {seen.unsafe_parent}"
    return [finding("warning", "replaceable", path, message, "Take the right from them: chmod go-w FOLDER")]
