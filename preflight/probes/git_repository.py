"""A git repository as its files show it (gitrepository-layout(5)): finding it, and what it tracks and ignores."""

from __future__ import annotations

import os
import stat

from preflight.probes.files import FileProblem
from preflight.probes.git_config import Settings, UnanswerableError, read_optional
from preflight.probes.git_ignore import is_ignored, parse_patterns
from preflight.probes.git_index import find_entry

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from preflight.probes.files import FileProbe
    from preflight.probes.git_ignore import Pattern
    from preflight.probes.git_index import Entry

_SYSTEM = "/etc/gitconfig"
_HASH_SIZES = {"sha1": 20, "sha256": 32}
_MOST_INDEX_BYTES = 64 * 1024 * 1024
_NO_PATTERNS = frozenset({"missing", "not_a_directory", "is_directory", "empty"})


class Repository:
    """A work tree, and what git keeps about it.

    Args:
        root: The top folder of the work tree, without links.
        git_dir: The folder with this work tree's index.
        common_dir: The folder with what all work trees of the repository share.
        files: Reads git's files.
        environment: HOME and XDG_CONFIG_HOME, where the user's own configuration is.

    Raises:
        UnanswerableError: The configuration cannot be read or is malformed.
    """

    def __init__(
        self, root: str, git_dir: str, common_dir: str, files: FileProbe, environment: Mapping[str, str]
    ) -> None:
        self.root = root
        self._git_dir = git_dir
        self._common_dir = common_dir
        self._files = files
        self._user = _user_folder(environment)
        self._settings = self._read_settings(environment.get("HOME") or None)
        self._fold = self._settings.flag("core.ignorecase")
        self._index: bytes | None = None

    def _read_settings(self, home: str | None) -> Settings:
        settings = Settings(self._files, home)
        settings.load(_SYSTEM)
        if self._user is not None:
            settings.load(os.path.join(self._user, "config"))
        if home is not None:
            settings.load(os.path.join(home, ".gitconfig"))
        settings.load(os.path.join(self._common_dir, "config"))
        if settings.flag("extensions.worktreeconfig"):
            settings.load(os.path.join(self._git_dir, "config.worktree"))
        return settings

    def has_work_tree(self) -> bool:
        """Whether the work tree is where the repository was found.

        Raises:
            UnanswerableError: The settings put the work tree elsewhere.
        """
        if self._git_dir != self._common_dir:
            return True  # a linked work tree: both settings are about the main one (git-worktree(1))
        elsewhere = self._settings.text("core.worktree")
        if elsewhere is None:
            return not self._settings.flag("core.bare")
        if os.path.realpath(os.path.join(self._git_dir, elsewhere)) != self.root:
            raise UnanswerableError("the repository's settings put its work tree elsewhere (core.worktree)")
        return True

    def tracks(self, path: str) -> bool:
        """Whether the index has a path.

        Args:
            path: The path, absolute and without links.

        Raises:
            UnanswerableError: The index cannot be read or does not say.
        """
        return self._entry(self._relative(path)) is not None

    def ignores(self, path: str) -> bool:
        """Whether ignore rules cover a path, tracked or not.

        Args:
            path: The path, absolute and without links.

        Raises:
            UnanswerableError: A file of rules that would have to be asked cannot be read.
        """
        return is_ignored(
            self._relative(path),
            directory=os.path.isdir(path),
            in_folder=self._rules_of_folder,
            everywhere=(self._own_rules, self._users_rules),
            fold=self._fold,
        )

    def _relative(self, path: str) -> bytes:
        return os.fsencode(path)[len(os.fsencode(self.root.rstrip("/"))) + 1 :]

    def _entry(self, path: bytes) -> Entry | None:
        if self._index is None:
            place = os.path.join(self._git_dir, "index")
            self._index = read_optional(self._files, place, "the index", limit=_MOST_INDEX_BYTES)
        name = (self._settings.text("extensions.objectformat") or "sha1").lower()
        if name not in _HASH_SIZES:
            raise UnanswerableError("the repository has an object format that is not known")
        return find_entry(self._index, path, hash_size=_HASH_SIZES[name])

    def _rules_of_folder(self, folder: bytes) -> Sequence[Pattern]:
        place = os.path.join(self.root, os.fsdecode(folder) + ".gitignore")
        if os.path.islink(place):
            return ()  # git does not follow it (gitignore(5), "NOTES")
        found = self._files.read_bytes(place)
        if not isinstance(found, FileProblem):
            return parse_patterns(found, fold=self._fold)
        if found.code not in _NO_PATTERNS:
            raise UnanswerableError(f"a .gitignore cannot be read: {found.message}")
        if found.code == "missing":
            entry = self._entry(folder + b".gitignore")
            if entry is not None and entry.skip_worktree:
                raise UnanswerableError("a .gitignore is left out of this sparse checkout")
        return ()

    def _own_rules(self) -> Sequence[Pattern]:
        return self._rules(os.path.join(self._common_dir, "info", "exclude"))

    def _users_rules(self) -> Sequence[Pattern]:
        configured = self._settings.text("core.excludesfile")
        if configured is not None:
            return self._rules(os.path.join(self.root, self._settings.expanded(configured))) if configured else ()
        return () if self._user is None else self._rules(os.path.join(self._user, "ignore"))

    def _rules(self, place: str) -> Sequence[Pattern]:
        return parse_patterns(read_optional(self._files, place, "a file of ignore rules"), fold=self._fold)


def find_repository(folder: str, files: FileProbe, environment: Mapping[str, str]) -> Repository | None:
    """Return the repository whose work tree a folder lies in, or None when there is none.

    File systems' borders are crossed: a repository tracks what is mounted into its work tree.

    Args:
        folder: The folder, absolute and without links.
        files: Reads git's files.
        environment: HOME and XDG_CONFIG_HOME, where the user's own configuration is.

    Raises:
        UnanswerableError: There is a repository that cannot be looked into, or that is not here.
    """
    while True:
        place = os.path.join(folder, ".git")
        mode = _mode(place)
        found: Repository | None = None
        if stat.S_ISREG(mode):
            found = Repository(folder, *_linked(folder, place, files), files, environment)
        elif stat.S_ISDIR(mode) and _is_git_dir(place, place):
            found = Repository(folder, place, place, files, environment)
        if found is not None:
            return found if found.has_work_tree() else None
        above = os.path.dirname(folder)
        # A folder that is itself a repository is bare, or the `.git` of one: no work tree.
        if above == folder or _is_git_dir(folder, folder):
            return None
        folder = above


def _mode(path: str) -> int:
    """Return the mode of what stands at a path, 0 when nothing does."""
    try:
        return os.stat(path).st_mode
    except (FileNotFoundError, NotADirectoryError):
        return 0
    except OSError:
        raise UnanswerableError("the repository's folder cannot be looked into") from None


def _is_git_dir(git_dir: str, common_dir: str) -> bool:
    """Whether git would take a folder for a repository."""
    head = os.path.join(git_dir, "HEAD")
    return (
        (stat.S_ISREG(_mode(head)) or os.path.islink(head))
        and stat.S_ISDIR(_mode(os.path.join(common_dir, "objects")))
        and stat.S_ISDIR(_mode(os.path.join(common_dir, "refs")))
    )


def _linked(folder: str, place: str, files: FileProbe) -> tuple[str, str]:
    """Follow a `.git` file, as linked work trees and submodules have; return its own and the shared folder."""
    target = _pointer(read_optional(files, place, "the .git file"), "gitdir: ")
    if target is None:
        raise UnanswerableError("the .git file does not say where the repository is")
    git_dir = os.path.normpath(os.path.join(folder, target))
    shared = read_optional(files, os.path.join(git_dir, "commondir"), "the repository")
    common_dir = os.path.normpath(os.path.join(git_dir, _pointer(shared, "") or "."))
    if not _is_git_dir(git_dir, common_dir):
        raise UnanswerableError("the repository that the .git file points at is not here")
    return git_dir, common_dir


def _pointer(data: bytes, prefix: str) -> str | None:
    text = os.fsdecode(data).rstrip("\r\n")
    return text.removeprefix(prefix) if text.startswith(prefix) and len(text) > len(prefix) else None


def _user_folder(environment: Mapping[str, str]) -> str | None:
    """Return the folder of the user's configuration of git (git-config(1), "FILES"), or None where it is not known."""
    if environment.get("XDG_CONFIG_HOME"):
        return os.path.join(environment["XDG_CONFIG_HOME"], "git")
    return os.path.join(environment["HOME"], ".config", "git") if environment.get("HOME") else None
