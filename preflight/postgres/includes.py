"""Files that `pg_hba.conf` and `postgresql.conf` include, put in where their lines stand.

`include`, `include_if_exists` and `include_dir` take one path; a relative one starts at the file that includes it, a directory
gives its files `*.conf` in the order of their bytes, and ten levels is the deepest (conffiles.c, `AbsoluteConfigLocation` and
`GetConfFilesInDir`; hba.c, `tokenize_auth_file`; guc-file.l, `ParseConfigFile`; PostgreSQL 18). Files that include each other are
no case of their own there: they get too deep.
"""

from __future__ import annotations

import posixpath

from preflight.model.record import Record, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Protocol, TypeAlias

    from preflight.model.fact import Deferred, Unknown

    #: Lines of a file in their order: number, and what was made of the line (text is the code of what is wrong).
    Lines: TypeAlias = Iterable[tuple[int, object]]

    class Files(Protocol):
        """Opens what is included."""

        def file(self, path: str) -> Opened:
            """Return a file."""

        def folder(self, path: str) -> Listed:
            """Return the names in a directory."""


INCLUDES = ("include", "include_if_exists", "include_dir")
PROBLEMS = {
    "include_missing": "the file or directory that it includes is not there",
    "include_of_directory": "what it includes as a file is a directory",
    "include_too_deep": "files include each other, or more than ten levels deep",
}
_DEEPEST = 10  # conffiles.h, CONF_FILE_MAX_DEPTH
_MOST_FILES = 500
_BLANKS = " \t\r\n"
_CONF = ".conf"


class Include(Record):
    """A line that includes others."""

    kind: str = field("What it is.", choices=INCLUDES)
    path: str = field("The path as written, without quotes.")


class Opened(Record):
    """A file that is included."""

    shown: str = field("What to call it.")
    text: str | None = field("What it holds; None where that is not known, or it is not there.", default=None)
    later: Unknown | Deferred | None = field("Why it is not known, where it may be there.", default=None)


class Listed(Record):
    """A directory that is included."""

    names: tuple[str, ...] | None = field("The names in it; None where it is not there, or not known.", default=None)
    later: Unknown | Deferred | None = field("Why it is not known, where it may be there.", default=None)


class Unread(Record):
    """In the place of an include that cannot be followed here."""

    later: Unknown | Deferred | None = field("Why not; None where too many files are included.")


class Place(Record):
    """Where a line stands."""

    file: str = field("What to call the file; empty for the one that is read first.")
    line: int = field("Line, counted from 1.")


def followed(
    text: str, path: str, parse: Callable[[str], Lines], files: Files | None
) -> Iterator[tuple[Place, object]]:
    """Yield the lines of a file with those that it includes, in the order in which the server reads them.

    Args:
        text: The file's text.
        path: Its absolute path, where the server opens it.
        parse: Makes lines of a text; an `Include` among them is followed.
        files: Opens what is included; without it nothing is followed.

    Yields:
        The place, and what `parse` made of the line; a code of `PROBLEMS` or an `Unread` in the place of an include that leads
        nowhere. After files that are too deep or too many nothing more comes.
    """
    try:
        yield from _Walk(parse, files).lines(text, path, "", 0)
    except _Enough as end:
        yield end.place, end.instead


class _Enough(Exception):  # noqa: N818 - the walk's end, not an error
    """Nothing more is looked at: two files that include each other twice would make a thousand."""

    def __init__(self, place: Place, instead: object) -> None:
        super().__init__()
        self.place = place
        self.instead = instead


class _Walk:
    def __init__(self, parse: Callable[[str], Lines], files: Files | None) -> None:
        self._parse = parse
        self._files = files
        self._opened = 0

    def lines(self, text: str, path: str, shown: str, depth: int) -> Iterator[tuple[Place, object]]:
        for line, item in self._parse(text):
            place = Place(file=shown, line=line)
            if not isinstance(item, Include):
                yield place, item
            elif self._files is None:
                yield place, Unread(later=None)
            else:
                yield from self._include(item, place, path, depth + 1, self._files)

    def _include(
        self, include: Include, place: Place, path: str, depth: int, files: Files
    ) -> Iterator[tuple[Place, object]]:
        if not include.path.strip(_BLANKS):
            yield place, "include_missing"
            return
        wanted = posixpath.normpath(posixpath.join(posixpath.dirname(path), include.path))
        if include.kind != "include_dir":
            yield from self._file(wanted, place, depth, files, optional=include.kind == "include_if_exists")
            return
        listed = files.folder(wanted)
        if listed.names is None:
            yield place, "include_missing" if listed.later is None else Unread(later=listed.later)
            return
        for name in sorted(listed.names, key=lambda name: name.encode("utf-8", "surrogateescape")):
            if name.endswith(_CONF) and not name.startswith("."):
                below = posixpath.join(wanted, name)
                if files.folder(below).names is None:  # directories in it are passed over
                    yield from self._file(below, place, depth, files, optional=False)

    def _file(
        self, path: str, place: Place, depth: int, files: Files, *, optional: bool
    ) -> Iterator[tuple[Place, object]]:
        if depth > _DEEPEST:
            raise _Enough(place, "include_too_deep")
        self._opened += 1
        if self._opened > _MOST_FILES:
            raise _Enough(place, Unread(later=None))
        if files.folder(path).names is not None:
            yield place, "include_of_directory"  # Docker makes one where the file of a mount is missing
            return
        opened = files.file(path)
        if opened.text is not None:
            yield from self.lines(opened.text, path, opened.shown, depth)
        elif opened.later is not None:
            yield place, Unread(later=opened.later)
        elif not optional:
            yield place, "include_missing"
