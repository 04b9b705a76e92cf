"""What stands at a path, and its text: never blocks, never reads more than it should, never raises.

`stat` follows links, as every program that opens the file does; modes of a link itself mean nothing (symlink(7)). Files are
opened with O_NONBLOCK, so that a FIFO or a device cannot hold the gate, and judged again on the open descriptor.
"""

from __future__ import annotations

import errno
import os
import stat

from preflight.model.record import Record, field

LIMIT = 1024 * 1024
_CHUNK = 64 * 1024

# code: (what is the case, what to do)
PROBLEMS = {
    "missing": ("there is no such file", "Create it, mount it, or correct the path."),
    "dangling_symlink": ("it is a symbolic link whose target is gone", "Restore the target, or correct the link."),
    "symlink_loop": ("it is a symbolic link that leads back to itself", "Correct the link."),
    "not_a_directory": ("a part of the path is a file, not a directory", "Correct the path."),
    "is_directory": ("it is a directory", "Name a file."),
    "is_fifo": ("it is a named pipe", "Name a regular file; process substitution cannot be read twice."),
    "is_socket": ("it is a socket", "Name a regular file."),
    "is_device": ("it is a device", "Name a regular file."),
    "permission_denied": ("this user may not read it", "Give this user the permission to read, or run as its owner."),
    "too_large": ("it is larger than such a file may be", "Name the right file."),
    "empty": ("it is empty", "Fill it, or name the right file."),
    "binary": ("it holds NUL bytes, so it is no text", "Name a text file."),
    "not_utf8": ("it is not UTF-8 text", "Convert it to UTF-8."),
    "utf16": ("it is UTF-16 text", "Save it as UTF-8."),
    "name_too_long": ("the path is too long", "Correct the path."),
    "invalid_path": ("the path holds a NUL byte", "Correct the path."),
    "io_error": ("reading it failed", "Look at the file system."),
}
_BY_ERRNO = {
    errno.ENOENT: "missing",
    errno.ENOTDIR: "not_a_directory",
    errno.ELOOP: "symlink_loop",
    errno.EACCES: "permission_denied",
    errno.EPERM: "permission_denied",
    errno.ENAMETOOLONG: "name_too_long",
    errno.ENXIO: "is_socket",
}
_KINDS = (
    (stat.S_ISREG, "regular"),
    (stat.S_ISDIR, "directory"),
    (stat.S_ISFIFO, "fifo"),
    (stat.S_ISSOCK, "socket"),
)


class FileProblem(Record):
    """Why a file cannot be read."""

    path: str = field("The path as given.")
    code: str = field("One of PROBLEMS.")

    @property
    def message(self) -> str:
        """What is the case."""
        return PROBLEMS[self.code][0]

    @property
    def hint(self) -> str:
        """What to do."""
        return PROBLEMS[self.code][1]


class FileText(Record):
    """A file's text. May hold secrets."""

    path: str = field("The path as given.")
    text: str = field("Its text, line ends as written, a byte order mark kept.")


class Directory(Record):
    """A directory above a file."""

    path: str = field("Its path.")
    mode: int = field("Permission bits.")
    uid: int = field("Owner.")
    gid: int = field("Group.")


class FileFacts(Record):
    """What stands at a path."""

    path: str = field("The path as given.")
    exists: bool = field("Whether anything stands there, links followed.")
    kind: str = field("regular, directory, fifo, socket, device, missing, dangling_symlink, symlink_loop, not_a_directory, permission_denied, invalid_path or io_error.")
    readable: bool = field("Whether the mode bits let this process's user read it; root's privilege does not count.", default=False)
    size: int = field("Bytes.", default=0)
    mode: int = field("Permission bits.", default=0)
    uid: int = field("Owner.", default=-1)
    gid: int = field("Group.", default=-1)
    symlink: bool = field("Whether the path itself is a link.", default=False)
    kubernetes: bool = field("Whether it lies in a volume that Kubernetes writes (`..data`).", default=False)
    parents: tuple[Directory, ...] = field("The directories above it, nearest first.", default=())

    def readable_by(self, uid: int, gids: tuple[int, ...]) -> bool:
        """Whether the mode bits let a user read it: the owner's bits for the owner, else the group's, else the others'."""
        if uid == self.uid:
            return bool(self.mode & stat.S_IRUSR)
        if self.gid in gids:
            return bool(self.mode & stat.S_IRGRP)
        return bool(self.mode & stat.S_IROTH)

    @property
    def unsafe_parent(self) -> str | None:
        """The nearest directory in which somebody else can replace what lies below: writable by others without the sticky bit."""
        for directory in self.parents:
            others = directory.mode & stat.S_IWOTH and not directory.mode & stat.S_ISVTX
            group = directory.mode & stat.S_IWGRP and not directory.mode & stat.S_ISVTX and directory.gid not in {0, directory.uid}
            if others or group:
                return directory.path
        return None


class FileProbe:
    """Looks at files.

    Args:
        folder: Where relative paths start.
    """

    __slots__ = ("_folder",)

    def __init__(self, folder: str = ".") -> None:
        self._folder = folder

    def _at(self, path: str) -> str:
        return path if self._folder == "." else os.path.join(self._folder, path)

    def inspect(self, path: str) -> FileFacts:
        """Say what stands at a path. Opens nothing."""
        if "\x00" in path:
            return FileFacts(path=path, exists=False, kind="invalid_path")
        full = self._at(path)
        try:
            seen = os.stat(full)
        except OSError as bad:
            kind = _BY_ERRNO.get(bad.errno or 0, "io_error")
            if kind == "missing" and os.path.islink(full):
                kind = "dangling_symlink"
            return FileFacts(path=path, exists=False, kind=kind, symlink=os.path.islink(full))
        except ValueError:
            return FileFacts(path=path, exists=False, kind="invalid_path")
        facts = FileFacts(
            path=path,
            exists=True,
            kind=next((kind for test, kind in _KINDS if test(seen.st_mode)), "device"),
            size=seen.st_size,
            mode=stat.S_IMODE(seen.st_mode),
            uid=seen.st_uid,
            gid=seen.st_gid,
            symlink=os.path.islink(full),
            kubernetes=os.path.islink(os.path.join(os.path.dirname(full), "..data")),
            parents=_parents(os.path.dirname(os.path.realpath(full))),
        )
        mine = facts.readable_by(os.geteuid(), (os.getegid(), *os.getgroups()))
        return facts.replace(readable=mine)

    def read(self, path: str, *, limit: int = LIMIT) -> FileText | FileProblem:
        """Read a text file, or say why not.

        Args:
            path: The path.
            limit: Most bytes it may have.
        """
        try:
            data = _bytes(self._at(path), limit)
        except _Stopped as stopped:
            code = stopped.args[0]
            if code == "missing" and os.path.islink(self._at(path)):
                code = "dangling_symlink"
            return FileProblem(path=path, code=code)
        if not data:
            return FileProblem(path=path, code="empty")
        if data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
            return FileProblem(path=path, code="utf16")
        if b"\x00" in data:
            return FileProblem(path=path, code="binary")
        try:
            return FileText(path=path, text=data.decode("utf-8"))
        except UnicodeDecodeError:
            return FileProblem(path=path, code="not_utf8")


class _Stopped(Exception):  # noqa: N818 - carries a code to the one place that turns it into a problem
    pass


def _bytes(path: str, limit: int) -> bytes:
    if "\x00" in path:
        raise _Stopped("invalid_path")
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    except OSError as bad:
        raise _Stopped(_BY_ERRNO.get(bad.errno or 0, "io_error")) from None
    try:
        mode = os.fstat(descriptor).st_mode
        kind = next((name for test, name in _KINDS if test(mode)), "device")
        if kind != "regular":
            raise _Stopped(f"is_{kind}")
        parts: list[bytes] = []
        size = 0
        while size <= limit:
            part = os.read(descriptor, min(_CHUNK, limit + 1 - size))
            if not part:
                return b"".join(parts)
            parts.append(part)
            size += len(part)
        raise _Stopped("too_large")
    except OSError:
        raise _Stopped("io_error") from None
    finally:
        os.close(descriptor)


def _parents(folder: str) -> tuple[Directory, ...]:
    found: list[Directory] = []
    while True:
        try:
            seen = os.stat(folder)
        except OSError:
            break
        found.append(Directory(path=folder, mode=stat.S_IMODE(seen.st_mode), uid=seen.st_uid, gid=seen.st_gid))
        above = os.path.dirname(folder)
        if above == folder:
            break
        folder = above
    return tuple(found)
