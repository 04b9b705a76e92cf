"""New files in a folder, all or none: never over an existing one, never through a link, with exactly the modes given.

Each file is written under a temporary name, synced, and then linked to its own name, which fails if that name is taken
(`link(2)`: EEXIST). What was made is removed again when anything goes wrong. A process killed between two links leaves
whole files with their right modes, never half of one.
"""

from __future__ import annotations

import errno
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from preflight.errors import InputError
from preflight.model.origin import Origin
from preflight.model.problem import Problem
from preflight.model.record import Record, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from types import TracebackType
    from typing import Self

DIRECTORY_MODE = 0o700
_NO_LINKS = {errno.EPERM, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK}
_CREATE = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC

_ELSEWHERE = "Choose another directory with --out."
_REASONS = {
    errno.EACCES: ("not_permitted", "this user may not write here", f"Give the user the right to it. {_ELSEWHERE}"),
    errno.EPERM: ("not_permitted", "this user may not write here", f"Give the user the right to it. {_ELSEWHERE}"),
    errno.EROFS: ("read_only", "the file system is mounted read-only", _ELSEWHERE),
    errno.ENOSPC: ("disk_full", "no space is left on the file system", f"Make room. {_ELSEWHERE}"),
    errno.EDQUOT: ("disk_full", "the user's disk quota is used up", f"Make room. {_ELSEWHERE}"),
    errno.EFBIG: ("file_too_large", "the limit on the size of files is too low", "Raise it (ulimit -f)."),
    errno.ENOENT: (
        "missing",
        "a directory on the way to it is gone, or a symbolic link there points to nothing",
        _ELSEWHERE,
    ),
    errno.ENOTDIR: ("not_a_directory", "it, or something on the way to it, is no directory", _ELSEWHERE),
    errno.ENAMETOOLONG: ("name_too_long", "the file system takes no name as long as this", _ELSEWHERE),
    errno.ELOOP: ("link_loop", "symbolic links on the way to it lead in a circle", _ELSEWHERE),
}


class NewFile(Record):
    """A file to make."""

    name: str = field("Its name, without a directory.")
    content: bytes = field("What it holds.", secret=True)
    mode: int = field("Its permission bits.")


class Folder:
    """A directory that is made when it is not there, opened once, and put back as it was when the block fails.

    Everything happens relative to the open directory, so that nobody can put another in its place meanwhile.

    Attributes:
        path: The directory as given.
        was_empty: Whether it held nothing at first, or did not exist.
    """

    def __init__(self, path: str) -> None:
        self.path = path
        self.was_empty = True
        self._descriptor = -1
        self._directories: list[Path] = []
        self._files: list[str] = []

    def __enter__(self) -> Self:
        """Make and open the directory.

        Raises:
            InputError: That cannot be done.
        """
        try:
            self._make(Path(self.path))
            self._descriptor = os.open(self.path, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
            self.was_empty = not os.listdir(self._descriptor)
        except BaseException as bad:
            self._undo()
            if isinstance(bad, OSError):
                raise _translated(bad, self.path) from None
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Keep everything, or remove what was made when the block failed."""
        if kind is not None:
            self._undo()
        else:
            os.close(self._descriptor)

    def refuse_existing(self, names: Iterable[str]) -> None:
        """Make sure that a few names are free and that the directory can be written to.

        Raises:
            InputError: Some are taken (a dangling link takes a name too), and all of those are named.
        """
        try:
            taken = [name for name in names if self.has(name)]
            writable = os.access(".", os.W_OK | os.X_OK, dir_fd=self._descriptor)
        except OSError as bad:
            raise _translated(bad, self.path) from None
        if taken:
            raise _existing(self.path, taken)
        if not writable:
            raise _translated(PermissionError(errno.EACCES, ""), self.path)

    def has(self, name: str) -> bool:
        """Say whether the directory has an entry of this name, whatever it is."""
        try:
            os.stat(name, dir_fd=self._descriptor, follow_symlinks=False)
        except FileNotFoundError:
            return False
        return True

    def write(self, files: Sequence[NewFile]) -> None:
        """Write files under names that must be free.

        Raises:
            InputError: It was not possible; leaving the block removes what is there of them.
        """
        temporary = {file.name: f".preflight-{secrets.token_hex(8)}" for file in files}
        name = ""
        try:
            for file in files:
                name = file.name
                self._write(temporary[name], file)
            for name, written in temporary.items():
                self._publish(written, name)
            os.fsync(self._descriptor)
        except FileExistsError:
            raise _existing(self.path, [name]) from None
        except OSError as bad:
            raise _translated(bad, os.path.join(self.path, name)) from None

    def _make(self, directory: Path) -> None:
        """Make a directory and its parents with a mode that does not depend on the umask."""
        try:
            directory.mkdir(DIRECTORY_MODE)
        except FileExistsError:
            return
        except FileNotFoundError:
            if directory == directory.parent:
                raise
            self._make(directory.parent)
            try:
                directory.mkdir(DIRECTORY_MODE)
            except FileExistsError:  # `new/..`, or somebody was quicker
                return
        self._directories.append(directory)
        directory.chmod(DIRECTORY_MODE)

    def _write(self, temporary: str, file: NewFile) -> None:
        # Private from the first moment: the mode is widened, where it should be, on the open file.
        descriptor = os.open(temporary, _CREATE, 0o600, dir_fd=self._descriptor)
        self._files.append(temporary)
        try:
            os.fchmod(descriptor, file.mode)
            if stat.S_IMODE(os.fstat(descriptor).st_mode) != file.mode:
                raise _mode_not_kept(self.path)
            rest = memoryview(file.content)
            while rest:
                rest = rest[os.write(descriptor, rest) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)

    def _publish(self, temporary: str, name: str) -> None:
        here = self._descriptor
        try:
            os.link(temporary, name, src_dir_fd=here, dst_dir_fd=here, follow_symlinks=False)
        except OSError as bad:
            if bad.errno not in _NO_LINKS:
                raise
            # A file system without hard links (FAT, some network ones): take the name first, then put the file there.
            os.close(os.open(name, _CREATE, 0o600, dir_fd=here))
            self._files.append(name)
            os.replace(temporary, name, src_dir_fd=here, dst_dir_fd=here)
        else:
            self._files.append(name)
            os.unlink(temporary, dir_fd=here)
        self._files.remove(temporary)

    def _undo(self) -> None:
        for name in self._files:
            with suppress(OSError):
                os.unlink(name, dir_fd=self._descriptor)
        if self._descriptor >= 0:
            os.close(self._descriptor)
        for directory in reversed(self._directories):
            with suppress(OSError):
                directory.rmdir()


def _translated(bad: OSError, path: str) -> InputError:
    code, message, hint = _REASONS.get(
        bad.errno or 0, ("cannot_write", f"it cannot be written ({os.strerror(bad.errno or 0)})", _ELSEWHERE)
    )
    problem = Problem(
        kind="input", code=code, message=f"{message}; nothing was made.", hint=hint, origin=Origin(file=path)
    )
    return InputError([problem])


def _existing(path: str, names: Sequence[str]) -> InputError:
    message = f"the directory already has {', '.join(names)}, and nothing is ever overwritten; nothing was made."
    hint = "Move those files away first, or choose another directory with --out."
    return InputError([Problem(kind="input", code="exists", message=message, hint=hint, origin=Origin(file=path))])


def _mode_not_kept(path: str) -> InputError:
    message = "the file system does not keep permissions, so a private key would not be private; nothing was made."
    hint = "Choose a directory on a file system that does with --out."
    return InputError(
        [Problem(kind="input", code="mode_not_kept", message=message, hint=hint, origin=Origin(file=path))]
    )
