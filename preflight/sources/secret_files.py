"""`NAME_FILE`: a secret given as the path of a file, as the official images read it.

docker-library's `file_env` takes the variable or its `_FILE`, refuses both, and strips trailing newlines only.
"""

from __future__ import annotations

from preflight.model.secret_text import SecretText
from preflight.model.setting import Reference, Setting, Unreadable
from preflight.probes.files import FileText
from preflight.resources._files import NO_PATH, is_path

TYPE_CHECKING = False
if TYPE_CHECKING:
    from preflight.bindings import Bindings
    from preflight.model.subject import Subject
    from preflight.probes.files import FileProbe

SUFFIX = "_FILE"
LIMIT = 64 * 1024


def with_secret_files(
    subject: Subject, bindings: Bindings, files: FileProbe, *, deferred: tuple[str, ...] = ()
) -> Subject:
    """Return the subject with the secrets that its `NAME_FILE` settings point at.

    A `NAME_FILE` counts where NAME is a secret's name; `TLS_KEY_FILE` and the like are paths, and no secrets. Where both are
    set, NAME stays as it is, and a rule refuses the pair.

    Args:
        subject: The subject.
        bindings: Which names are secrets.
        files: Reads the files.
        deferred: Beginnings of paths that exist only where the service starts.
    """
    found: dict[str, Setting] = {}
    for name, setting in subject.settings.items():
        base = name[: -len(SUFFIX)]
        if not name.endswith(SUFFIX) or not bindings.is_secret(base) or not setting.is_set:
            continue
        beside = subject.settings.get(base)
        if beside is not None and beside.is_set:
            continue
        found[base] = _resolve(base, setting, files, deferred)
    return subject.replace(settings={**subject.settings, **found}) if found else subject


def shown_path(path: str) -> str:
    """Return the path of a secret's file as it can be shown: whoever puts the secret itself into NAME_FILE writes no path."""
    return path if is_path(path) else f"({NO_PATH})"


def _resolve(base: str, setting: Setting, files: FileProbe, deferred: tuple[str, ...]) -> Setting:
    path = setting.text
    if path is None:
        return setting.replace(name=base)
    value: SecretText | Reference | Unreadable
    read = files.read(path, limit=LIMIT)
    if isinstance(read, FileText):
        value = SecretText(read.text.rstrip("\n"))
    elif read.code == "elsewhere":
        value = Reference(kind="secret_file", target=f"{shown_path(path)} in {read.place or 'the image'}")
    elif read.code in {"missing", "permission_denied"} and (read.place or path).startswith(deferred):
        value = Reference(kind="secret_file", target=shown_path(path))
    elif read.code == "empty":
        value = SecretText("")
    else:
        value = Unreadable(code=read.code, detail=f"its file {shown_path(path)}: {read.message}")
    return Setting(name=base, value=value, origin=setting.origin, via=setting.via, path=path)
