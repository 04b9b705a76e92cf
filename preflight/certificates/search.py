"""Which files are looked at: those that are named, and those of folders that hold certificates or keys, each once.

Links are followed, and a file or folder that several paths lead to is taken once, so that a link to a folder above cannot
lead in a circle. The volumes of Kubernetes are read as a program reads them: `tls.crt` is a link into `..data`, itself a
link to a dated folder, and names that start with two dots are not listed again (Kubernetes, "AtomicWriter").
"""

from __future__ import annotations

import os
import stat

from preflight.certificates.names import LEFT_OUT, PLACES, PLACES_BY_PREFIX, expected_kind
from preflight.model.record import Record, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

DEPTH = 8
"""How many folders deep a folder is looked into."""
MOST_ENTRIES = 20_000
"""Most names in folders that are looked at in one run."""

# code: (what is the case, what to do)
PROBLEMS = {
    "missing": ("there is no such file or folder", "Correct the path, or mount what belongs there."),
    "too_deep": (
        f"it lies more than {DEPTH} folders deep and was not looked into",
        "Name it itself: preflight certs inspect THAT_FOLDER",
    ),
    "too_many": (
        f"there are more than {MOST_ENTRIES} files; what follows was not looked at",
        "Name the folders of the certificates themselves.",
    ),
    "not_listable": ("this user may not list it", "Let this user read and search it, or name the files."),
}


class Candidate(Record):
    """A path to look at."""

    path: str = field("The first path that leads to it.")
    aliases: tuple[str, ...] = field("Other ones, in order.", default=())
    named: bool = field("Whether it was named itself, and not only a folder above it.")


class SearchProblem(Record):
    """What could not be looked at."""

    path: str = field("Where.")
    code: str = field("Why.", choices=tuple(PROBLEMS))

    @property
    def message(self) -> str:
        """What is the case."""
        return PROBLEMS[self.code][0]

    @property
    def hint(self) -> str:
        """What to do."""
        return PROBLEMS[self.code][1]


class Search(Record):
    """What there is to look at."""

    places: tuple[str, ...] = field("Where it was looked.")
    candidates: tuple[Candidate, ...] = field("Files, each once, and paths that cannot be looked at, in order.")
    problems: tuple[SearchProblem, ...] = field("What could not be looked at.")


def search(paths: Sequence[str]) -> Search:
    """Find what there is to look at.

    Args:
        paths: Files and folders; empty for the usual places of the working directory: its own files, and the folders of
            `PLACES` and `PLACES_BY_PREFIX` that it has.
    """
    walk = _Walk()
    if paths:
        for path in paths:
            walk.named(path)
        places = tuple(paths)
    else:
        walk.own_files(".")
        found = [place for place in (*PLACES, *_by_prefix()) if os.path.isdir(place)]
        for place in found:
            walk.folder(place, 1)
        places = (".", *found)
    candidates = tuple(
        Candidate(
            path=first, aliases=tuple(dict.fromkeys(one for one in more if one != first)), named=first in walk.explicit
        )
        for first, *more in walk.files.values()
    )
    return Search(places=places, candidates=candidates, problems=tuple(walk.problems))


def _by_prefix() -> list[str]:
    try:
        names = sorted(os.listdir("."))
    except OSError:  # the walk says so
        return []
    return [name for name in names if name.startswith(PLACES_BY_PREFIX) and name not in PLACES]


class _Walk:
    def __init__(self) -> None:
        # What a path leads to, as (device, inode), or the path itself where it leads nowhere: the paths.
        self.files: dict[tuple[int, int] | str, list[str]] = {}
        self.explicit: set[str] = set()
        self.problems: list[SearchProblem] = []
        self._folders: set[tuple[int, int]] = set()
        self._entries = 0

    def named(self, path: str) -> None:
        try:
            seen = os.stat(path)
        except (OSError, ValueError):
            if not path or "\0" in path or not os.path.lexists(path):
                self.problems.append(SearchProblem(path=path, code="missing"))
                return
            seen = None
        if seen is not None and stat.S_ISDIR(seen.st_mode):
            self.folder(path, 1)
        else:
            self.explicit.add(path)
            self._take(path, seen)

    def own_files(self, folder: str) -> None:
        """Take the files of a folder that are named like certificates or keys, without looking into folders."""
        for entry in self._listed(folder, ""):
            if expected_kind(entry.name) is not None and not _leads_to_folder(entry):
                self._take(entry.name, _stat(entry.name))

    def folder(self, path: str, depth: int) -> None:
        seen = _stat(path)
        if seen is None or (seen.st_dev, seen.st_ino) in self._folders:
            return
        self._folders.add((seen.st_dev, seen.st_ino))
        if depth > DEPTH:
            self.problems.append(SearchProblem(path=path, code="too_deep"))
            return
        below = []
        empty = True
        for entry in self._listed(path, path):
            empty = False
            place = os.path.join(path, entry.name)
            if _leads_to_folder(entry):
                if entry.name not in LEFT_OUT:
                    below.append(place)
            else:
                self._take(place, _stat(place))
        if empty and expected_kind(path) is not None:
            self._take(path, seen)  # what Docker makes where the file of a mount is missing
        for place in below:
            self.folder(place, depth + 1)

    def _listed(self, path: str, shown: str) -> Iterator[os.DirEntry[str]]:
        try:
            with os.scandir(path) as entries:
                names: Iterable[os.DirEntry[str]] = sorted(entries, key=lambda one: one.name)
        except OSError:
            self.problems.append(SearchProblem(path=path, code="not_listable"))
            return
        for entry in names:
            if entry.name.startswith(".."):
                continue
            self._entries += 1
            if self._entries > MOST_ENTRIES:
                if not any(one.code == "too_many" for one in self.problems):
                    self.problems.append(SearchProblem(path=shown or path, code="too_many"))
                return
            yield entry

    def _take(self, path: str, seen: os.stat_result | None) -> None:
        key = (seen.st_dev, seen.st_ino) if seen is not None else path
        taken = self.files.setdefault(key, [])
        if path in self.explicit:
            taken.insert(0, path)
        elif path not in taken:
            taken.append(path)


def _leads_to_folder(entry: os.DirEntry[str]) -> bool:
    try:
        return entry.is_dir()
    except OSError:  # a link in a circle
        return False


def _stat(path: str) -> os.stat_result | None:
    try:
        return os.stat(path)
    except OSError:
        return None
