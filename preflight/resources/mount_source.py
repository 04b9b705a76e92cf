"""Files of this machine that a container gets as a file: what Docker mounts where they are missing is an empty directory.

Docker documentation, "Bind mounts" (`-v`); Compose specification, "volumes", `create_host_path`. What a folder is for cannot be told,
and a folder of data that is made at the first start is as it should be: mounts that are not clearly of one file are left alone.
"""

from __future__ import annotations

import posixpath

from preflight.bindings.tokens import tokens
from preflight.model.fact import Deferred, Unknown
from preflight.model.record import field
from preflight.probes.files import PROBLEMS
from preflight.resources.base import Resource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.model.fact import Fact
    from preflight.model.subject import Subject
    from preflight.resources.base import Context

PURPOSES = ("configuration", "credential", "file")
STATES = ("there", "missing", "an empty directory")

_CONFIGURATION = frozenset(
    "cfg cnf conf config env hcl ini json lua properties rules tf toml vcl xml yaml yml".split()
)  # fmt: skip
_CREDENTIALS = frozenset(
    "asc ca cer cert crl crt der gpg htpasswd jks key keystore netrc p12 passwd pem pfx pgpass truststore vault-token".split()
)  # fmt: skip
_OTHERS = frozenset(
    """bash crontab css csv db gz html jar js list log md php pl py rb service sh so sql sqlite sqlite3 tar template tmpl tpl ts txt
    war zip""".split()
)  # fmt: skip
_NAMES = {"Caddyfile": "configuration", "Corefile": "configuration", "Dockerfile": "file", "Procfile": "file", "crontab": "file"}  # fmt: skip
# The last words of settings that name one file, not a folder.
_FILE_WORDS = frozenset("file keyfile certfile cafile cert certificate key pem crt".split())
_MISSING = frozenset({"missing", "dangling_symlink", "not_a_directory"})


class MountSource(Resource):
    """The file behind such a mount."""

    target: Fact[str] = field("The path in the container.")
    file: Fact[str] = field("The path on this machine.")
    purpose: Fact[str] = field("What it is for, by its name.", choices=PURPOSES)
    state: Fact[str] = field("Whether it is there.", choices=STATES)


RESOURCE = MountSource


def collect(subject: Subject, context: Context) -> Iterator[MountSource]:
    """Collect the mounts of single files; other subjects than services have none."""
    service = subject.service
    if service is None:
        return
    named: frozenset[str] | None = None
    shown = {place.target: place.shown for place in service.files}
    for mount in service.mounts:
        if not mount.creates_source or mount.source is None or mount.target is None:
            continue
        purpose = _purpose(mount.target)
        if purpose is None and named is None:
            named = _named_files(subject)
        if purpose is None and mount.target in (named or ()):
            purpose = "credential"
        if purpose is None:
            continue
        target = posixpath.normpath(mount.target)
        file = shown.get(target, mount.source)
        yield MountSource(
            name=f"{subject.name} mount {target}",
            origin=mount.origin,
            via=mount.via,
            target=target,
            file=file,
            purpose=purpose,
            state=_state(mount.source, file, context),
        )


def _purpose(target: str) -> str | None:
    """Say what a path is for that is a file's by its name; None where it may be a folder's."""
    name = posixpath.basename(target.rstrip("/"))
    if name in _NAMES:
        return _NAMES[name]
    extension = name.rpartition(".")[2] if "." in name else ""
    if not extension or (name.startswith(".") and name.count(".") == 1 and extension not in {"env", *_CREDENTIALS}):
        return None
    low = extension.lower()
    if low in _CONFIGURATION:
        return "configuration"
    return "credential" if low in _CREDENTIALS else "file" if low in _OTHERS else None


def _named_files(subject: Subject) -> frozenset[str]:
    """Return the paths that settings and secrets name as files."""
    found = {setting.path for setting in subject.settings.values() if setting.path is not None}
    for setting in subject.settings.values():
        if setting.text and setting.text.startswith("/") and set(tokens(setting.name)[-1:]) & _FILE_WORDS:
            found.add(posixpath.normpath(setting.text))
    return frozenset(found)


def _state(source: str, shown: str, context: Context) -> Fact[str]:
    seen = context.host.inspect(source)
    if seen.kind in _MISSING:
        if context.defer_paths and source.startswith(context.defer_paths):
            return Deferred(reason="path", detail="its source exists only where the service starts")
        return "missing"
    if not seen.exists:
        return Unknown(reason=seen.kind, detail=f"whether {shown} is there cannot be told: {PROBLEMS[seen.kind][0]}")
    # Docker has made it before, in its place.
    return "an empty directory" if seen.kind == "directory" and not context.host.names(source) else "there"
