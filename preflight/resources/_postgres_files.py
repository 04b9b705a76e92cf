"""Configuration files of a PostgreSQL server by their paths in its container, and the places of what its command says."""

from __future__ import annotations

import os
import posixpath

from preflight.model.fact import Deferred, Unknown
from preflight.model.origin import Origin
from preflight.postgres.includes import Listed, Opened
from preflight.probes.files import PROBLEMS, FileText

TYPE_CHECKING = False
if TYPE_CHECKING:
    from preflight.model.service import Service
    from preflight.model.setting import Setting
    from preflight.postgres.includes import Place, Unread
    from preflight.probes.files import FileProbe
    from preflight.resources.base import Context

_SCRIPTS = "/docker-entrypoint-initdb.d"
_SCRIPT_ENDINGS = (".sh", ".sql")
_MOST_SCRIPTS = 100
_MOST_BYTES = 64 * 1024 * 1024  # of a Compose file that has been read once already
_GONE = frozenset({"missing", "dangling_symlink", "not_a_directory"})
_MADE_BY_SERVER = frozenset({"elsewhere", "missing", "dangling_symlink"})

_last_read: tuple[FileProbe, str, list[str]] | None = None


class ServerFile:
    """A configuration file of a server.

    Attributes:
        path: Its path in the container.
        shown: What to call it: the file on this machine, or the path.
        text: What it holds; None where that is not known, or the image makes it.
        made: Whether it lies where the image makes it with a new database, and nothing is mounted over it.
        later: Why it is not known, where it is neither.
    """

    __slots__ = ("later", "made", "path", "shown", "text")

    def __init__(self, path: str, context: Context, *, made_by_image: bool) -> None:
        """Read it.

        Args:
            path: Its absolute path in the container.
            context: Looks at files.
            made_by_image: Whether the image makes it with a new database.
        """
        seen = context.files.inspect(path)
        data = context.files.read_bytes(path)
        self.path = path
        self.shown = seen.place if seen.place is not None and seen.kind != "elsewhere" else path
        self.text: str | None = None
        self.made = False
        self.later: Unknown | Deferred | None = None
        if isinstance(data, bytes):
            self.text = data.decode("utf-8", "surrogateescape")
        elif data.code == "empty":
            self.text = ""
        elif made_by_image and data.code in _MADE_BY_SERVER:
            self.made = True
        elif data.code == "elsewhere":
            detail = f"{path} is in {data.place or 'the image'}, known only where the service runs"
            self.later = Deferred(reason="elsewhere", detail=detail)
        elif not seen.exists and context.defer_paths and (seen.place or path).startswith(context.defer_paths):
            self.later = Deferred(reason="path", detail=f"{self.shown} exists only where the service starts")
        else:
            self.later = Unknown(reason=data.code, detail=f"{self.shown}: {PROBLEMS[data.code][0]}")

    def origin(self, line: int | None = None, *, included: str = "") -> Origin | None:
        """Return the place of a line, or None where the file is not here.

        Args:
            line: The line.
            included: The file that it is in, where that is one that this one includes.
        """
        return Origin(file=included or self.shown, line=line) if self.text is not None else None

    def at(self, place: Place) -> str:
        """Return a place in it, or in a file that it includes, as it is written in messages."""
        return f"{place.file or self.shown}:{place.line}"


class IncludedFiles:
    """Opens what configuration files include, by paths in the container.

    Args:
        context: Looks at files.
    """

    __slots__ = ("_context",)

    def __init__(self, context: Context) -> None:
        self._context = context

    def file(self, path: str) -> Opened:
        """Return a file.

        Args:
            path: Its absolute path in the container.
        """
        read = ServerFile(path, self._context, made_by_image=False)
        gone = isinstance(read.later, Unknown) and read.later.reason in _GONE
        return Opened(shown=read.shown, text=read.text, later=None if gone else read.later)

    def folder(self, path: str) -> Listed:
        """Return the names in a directory.

        Args:
            path: Its absolute path in the container.
        """
        files = self._context.files
        seen = files.inspect(path)
        if seen.kind == "directory":
            place = files.local_path(path)
            if place is not None and os.access(place, os.R_OK | os.X_OK):
                return Listed(names=files.names(path))
            return Listed(later=Unknown(reason="permission_denied", detail=f"{seen.place or path} cannot be listed"))
        if seen.exists:
            return Listed()
        return Listed(later=self.file(path).later)


def not_followed(at: str, unread: Unread, decides: str) -> Unknown | Deferred:
    """Return why something is not known behind an include.

    Args:
        at: Where the include stands.
        unread: Why it is not followed.
        decides: What the included file decides, as a part of a sentence.
    """
    if isinstance(unread.later, Deferred):
        return Deferred(
            reason="include", detail=f"{at} includes what is known only where the service runs, and {decides}"
        )
    why = unread.later.detail if unread.later is not None else "too many files are included"
    return Unknown(reason="include", detail=f"{at} includes what cannot be read, and {decides}: {why}")


def extended(folder: str, service: Service, context: Context) -> str:
    """Return the lines that include what is mounted into the `conf.d` of a folder; empty where nothing is.

    Args:
        folder: The folder of the configuration, in the container.
        service: What is mounted where.
        context: Looks at files.
    """
    below = posixpath.join(folder, "conf.d")
    if any(below == place.target or below.startswith(place.target.rstrip("/") + "/") for place in service.files):
        seen = context.files.inspect(below)
        # A volume above the folder is the database's, in which there is none unless somebody put it there.
        own = any(place.target.rstrip("/") in (folder, below) for place in service.files)
        return "include_dir 'conf.d'\n" if seen.exists or (own and seen.kind == "elsewhere") else ""
    names = sorted(posixpath.basename(one.target) for one in service.files if posixpath.dirname(one.target) == below)
    return "".join(f"include 'conf.d/{name}'\n" for name in names if name.endswith(".conf") and "'" not in name)


def init_scripts(service: Service, context: Context) -> str:
    """Return the texts of the scripts that the image runs when it makes a new database, in lower case.

    Args:
        service: What is mounted where.
        context: Looks at files.
    """
    paths = [posixpath.join(_SCRIPTS, name) for name in context.files.names(_SCRIPTS)]
    paths += [place.target for place in service.files if posixpath.dirname(place.target) == _SCRIPTS]
    texts = [context.files.read(path) for path in paths if path.endswith(_SCRIPT_ENDINGS)][:_MOST_SCRIPTS]
    return "\n".join(one.text.lower() for one in texts if isinstance(one, FileText))


def place_of_word(service: Service, position: int, written: str, context: Context) -> Setting | None:
    """Return the text of a command that a word belongs to, at the word's own line where that can be told.

    Args:
        service: Its command.
        position: Which word of the command; -1 for one of the entrypoint.
        written: How what is looked for begins.
        context: Reads the Compose file, for a text that goes over several lines.
    """
    name, words = ("command", service.command or ()) if position >= 0 else ("entrypoint", service.entrypoint or ())
    texts = [text for text in service.texts if text.name == name]
    if not texts:
        return None
    text = texts[position] if len(texts) == len(words) and position >= 0 else texts[-1]
    if len(texts) > 1 and position < 0:
        text = next((one for one in texts if written in (one.text or "")), text)
    origin = text.origin
    if (text.text or "").startswith((written, f"--{written}")) or origin.file is None or origin.line is None:
        return text
    found = _line_with(_lines_of(origin.file, context.host), written, origin.line - 1)
    if found is None:
        return text
    moved: Setting = text.replace(origin=origin.replace(line=found[0] + 1, column=found[1] + 1))
    return moved


def _lines_of(file: str, host: FileProbe) -> list[str]:
    global _last_read  # noqa: PLW0603 - one file describes thousands of services, and is read once in a run
    if _last_read is None or _last_read[0] is not host or _last_read[1] != file:
        read = host.read(file, limit=_MOST_BYTES)
        _last_read = (host, file, read.text.split("\n") if isinstance(read, FileText) else [])
    return _last_read[2]


def _line_with(lines: list[str], written: str, start: int) -> tuple[int, int] | None:
    """Return line and column of the last place, from 0, at which a text stands in the block that begins at a line."""
    found = None
    indentation = _indentation(lines[start]) if start < len(lines) else 0
    for number in range(start, len(lines)):
        line = lines[number]
        if number > start and line.strip() and _indentation(line) <= indentation:
            break
        column = line.rfind(written)
        if column >= 0:
            found = (number, column)
    return found


def _indentation(line: str) -> int:
    return len(line) - len(line.lstrip(" "))
