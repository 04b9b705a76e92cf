"""Facts about a file that a setting points at, as whoever will read it finds it."""

from __future__ import annotations

from preflight.model.fact import Deferred, Unknown
from preflight.model.record import field
from preflight.probes.files import KINDS
from preflight.resources.base import Resource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from preflight.model.fact import Fact
    from preflight.probes.files import FileFacts
    from preflight.resources.base import Context


class FileResource(Resource):
    """A file that a setting points at."""

    path: Fact[str] = field("Its path, as configured.")
    file: Fact[str] = field("The file on this machine: behind a path in a container, what is mounted there.")
    host_path: Fact[str] = field(
        "Where a path in a container leads to on this machine, whether or not a file is there; absent for one of this machine."
    )
    deferrable_folder: Fact[str] = field(
        "At stage build the folder of a missing file, as `defer_paths` can name it; absent at stage start, or where it has none."
    )
    kind: Fact[str] = field("What stands there.", choices=KINDS)
    reader: Fact[int] = field("User id of who will read it; absent where it is not known.")
    readable: Fact[bool] = field(
        "Whether who will read it can, by owner and mode bits (root's privilege does not count)."
    )
    closed_directory: Fact[str] = field("The directory that keeps who will read it from it; absent where none does.")
    empty: Fact[bool] = field("Whether it has no content.")
    mode: Fact[str] = field("Its permission bits, such as 0640.")
    owner: Fact[int] = field("User id of its owner.")
    others_access: Fact[bool] = field("Whether users outside owner and group may read, write or execute it.")
    others_write: Fact[bool] = field("Whether users outside owner and group may write it.")
    group_access: Fact[bool] = field("Whether its group may read, write or execute it.")
    group_write: Fact[bool] = field("Whether its group may write it.")
    unsafe_directory: Fact[str] = field(
        "The nearest directory above it in which others can replace it; absent when there is none."
    )


NO_PATH = "a value that looks like no path, and is not shown"
_LONGEST_PATH = 200
_LONGEST_NAME = 20
_LONGEST_WORD = 32
_EXTENSIONS = frozenset(
    """pem crt cer cert der key p8 p12 pfx jks ca bundle chain crl csr txt env json yaml yml toml ini conf cfg secret password
    pass token asc gpg pub""".split()
)
_FACTS = tuple(name for name in FileResource.fields() if name not in {"name", "origin", "via", "path"})


def file_facts(path: str, context: Context, *, on_host: bool = False) -> dict[str, Any]:
    """Return the facts about a file, by name.

    Args:
        path: The path as configured; a relative one starts in the project folder.
        context: Looks at the file. A missing path that exists only where the service starts is deferred.
        on_host: Whether it is a path of this machine even for a service, whose other paths are its container's.
    """
    seen = (context.host if on_host else context.files).inspect(path)
    shown: Fact[str] = path if seen.exists or is_path(path) else Unknown(reason="no_path", detail=NO_PATH)
    said = shown if isinstance(shown, str) else "its file"
    if seen.kind == "elsewhere":
        later = Deferred(
            reason="elsewhere", detail=f"{said} is in {seen.place or 'the image'}, known only where the service runs"
        )
        return {"path": shown, **dict.fromkeys(_FACTS, later)}
    if not seen.exists and context.defer_paths and (seen.place or path).startswith(context.defer_paths):
        later = Deferred(reason="path", detail=f"{said} exists only where the service starts")
        return {"path": shown, **dict.fromkeys(_FACTS, later)}
    facts: dict[str, Any] = {"path": shown, **dict.fromkeys(_FACTS)}
    facts |= {"kind": seen.kind, "file": _file(seen, shown)}
    facts["host_path"] = seen.place if seen.on_host and isinstance(shown, str) else None
    if not seen.exists and context.stage == "build" and isinstance(shown, str):
        facts["deferrable_folder"] = _folder(seen.place or path)
    if seen.kind != "regular":
        return facts
    mode = seen.mode
    facts |= {
        "reader": context.as_uid,
        "readable": _readable(seen, context),
        "closed_directory": seen.closed_to(context.as_uid, context.as_gids) if context.as_uid is not None else None,
        "empty": seen.size == 0,
        "mode": f"{mode:04o}",
        "owner": seen.uid,
        "others_access": bool(mode & 0o007),
        "others_write": bool(mode & 0o002),
        "group_access": bool(mode & 0o070),
        "group_write": bool(mode & 0o020),
        "unsafe_directory": seen.unsafe_parent,
    }
    return facts


def _folder(path: str) -> str | None:
    """Return the folder of a path as the beginning of a path; None where that would be the beginning of every path."""
    folder = path.rpartition("/")[0].removeprefix("./")
    return f"{folder}/" if folder else None


def _file(seen: FileFacts, shown: Fact[str]) -> Fact[str]:
    if not seen.on_host:
        return None
    return seen.place if seen.place and isinstance(shown, str) else shown


def _readable(seen: FileFacts, context: Context) -> bool:
    if context.as_uid is not None:
        return seen.readable_by(context.as_uid, context.as_gids)
    # Whom an image runs as is not known here, and most run as root; what nobody can read is unreadable for all.
    return seen.readable if seen.place is None else bool(seen.mode & 0o444)


def unknown_file(reason: Unknown | Deferred) -> dict[str, Any]:
    """Return the facts about a file whose path is not known here."""
    return {"path": reason, **dict.fromkeys(_FACTS, reason)}


def path_of(text: str) -> str:
    """Return a path as a program would open it: `file://` taken away, `~` kept (no library expands it)."""
    return text.removeprefix("file://").strip()


def is_path(text: str) -> bool:
    """Whether a text looks like a path and nothing else, so that it can be shown: somebody may have pasted the secret itself.

    It is made of names as people give them, which are short and do not mix capitals, small letters and digits, and it
    starts at a root, or ends in an extension that files of keys, certificates and secrets have.
    """
    parts = text.removeprefix("~").split("/")
    names = [word for part in parts for word in part.replace("_", ".").replace("-", ".").split(".") if word]
    if not names or len(text) > _LONGEST_PATH or not all(map(_is_name, names)):
        return False
    rooted = text.startswith(("/", "./", "../", "~/")) and len([part for part in parts if part.strip(".")]) > 1
    return rooted or ("." in parts[-1][1:] and names[-1].lower() in _EXTENSIONS)


def _is_name(word: str) -> bool:
    if not word.isascii() or not word.isalnum():
        return False
    if word.isalpha() and (word.islower() or word.isupper()):
        return len(word) <= _LONGEST_WORD
    kinds = sum(any(map(kind, word)) for kind in (str.isupper, str.islower, str.isdigit))
    return len(word) <= _LONGEST_NAME and kinds < 3


def is_pem_text(text: str) -> bool:
    """Whether a setting holds a PEM text instead of a path."""
    return "-----BEGIN" in text or text.startswith("LS0tLS1CRUdJTi")


def or_unknown(fact: bool | None, reason: str) -> Fact[bool]:  # noqa: FBT001 - a fact
    """Return what git knows as a fact, or why it is not known."""
    return (
        Unknown(reason="git_unreadable", detail=f"git's own files could not be read: {reason}")
        if fact is None
        else fact
    )
