"""What stands at a path, and its text: never blocks, never reads more than it should, never raises.

`stat` follows links, as every program that opens the file does; the mode of a link itself means nothing (symlink(7)).
Only regular files are ever opened: opening a device can set it off, and opening a FIFO wakes up whoever writes to it.
Between looking and opening the file can change, so it is opened without blocking and looked at again.
"""

from __future__ import annotations

import errno
import os
import stat

from preflight.model.record import Record, field
from preflight.probes.directories import Directory, traversed

LIMIT = 1024 * 1024
_CHUNK = 64 * 1024

# code: (what is the case, what to do)
PROBLEMS = {
    "missing": ("there is no such file", "Create it, mount it, or correct the path."),
    "dangling_symlink": ("it is a symbolic link whose target is gone", "Restore the target, or correct the link."),
    "symlink_loop": ("its symbolic links lead back to themselves", "Correct the link."),
    "not_a_directory": ("a part of the path is a file, not a directory", "Correct the path."),
    "is_directory": (
        "it is a directory",
        "Name a file in it. Docker makes a directory where a mounted file is missing.",
    ),
    "is_fifo": ("it is a named pipe", "Name a regular file; `<(…)` makes a pipe, which can be read only once."),
    "is_socket": ("it is a socket", "Name a regular file."),
    "is_device": ("it is a device", "Name a regular file."),
    "permission_denied": ("this user may not read it", "Let this user read it and search the directories above it."),
    "too_large": ("it is larger than such a file may be", "Name the right file."),
    "empty": ("it is empty", "Fill it, or name the right file."),
    "binary": ("it holds NUL bytes, so it is no text", "Name a text file."),
    "not_utf8": ("it is not UTF-8 text", "Save it as UTF-8."),
    "name_too_long": ("the path is longer than the file system takes", "Correct the path."),
    "invalid_path": ("no path can look like that: it is empty or holds a NUL byte", "Correct the path."),
    "io_error": ("the system could not read it", "Look at the file system and its mounts, then try again."),
    "elsewhere": ("it is known only where the service runs", "Judge it there: run the gate at the container's start."),
}
_BY_ERRNO = {
    errno.ENOENT: "missing",
    errno.ENOTDIR: "not_a_directory",
    errno.ELOOP: "symlink_loop",
    errno.EACCES: "permission_denied",
    errno.EPERM: "permission_denied",
    errno.ENAMETOOLONG: "name_too_long",
    errno.EISDIR: "is_directory",
    errno.EOVERFLOW: "too_large",
    # EINTR is retried by Python (PEP 475); ESTALE, EIO and the rest are io_error.
}
_KINDS = (
    (stat.S_ISREG, "regular"),
    (stat.S_ISDIR, "directory"),
    (stat.S_ISFIFO, "fifo"),
    (stat.S_ISSOCK, "socket"),
)
KINDS = (
    "regular", "directory", "fifo", "socket", "device", "missing", "dangling_symlink", "symlink_loop", "not_a_directory",
    "permission_denied", "invalid_path", "io_error", "elsewhere",
)  # fmt: skip
# Other encodings by their byte order mark (Unicode, section 23.8), the longer first.
_MARKS = (
    (b"\xff\xfe\x00\x00", "UTF-32"), (b"\x00\x00\xfe\xff", "UTF-32"), (b"\xff\xfe", "UTF-16"), (b"\xfe\xff", "UTF-16"),
)  # fmt: skip


class FileProblem(Record):
    """Why a file cannot be read. Quotes nothing of it."""

    path: str = field("The path as given.")
    code: str = field("What is the case.", choices=tuple(PROBLEMS))
    offset: int | None = field("Where the first byte stands that is not UTF-8, from 0.", default=None)
    encoding: str | None = field("What it is instead of UTF-8, where it says so: UTF-16 or UTF-32.", default=None)
    place: str | None = field(
        "What lies at the path, where that is not this machine's: `the volume data`.", default=None
    )

    @property
    def message(self) -> str:
        """What is the case: a part of a sentence, to stand behind the path."""
        said = PROBLEMS[self.code][0]
        if self.place is not None:
            return (
                f"it is in {self.place}, and {said.removeprefix('it is ')}"
                if self.code == "elsewhere"
                else f"{said} ({self.place})"
            )
        return said if self.offset is None else f"{said} (from byte {self.offset} on)"

    @property
    def hint(self) -> str:
        """What to do next."""
        said = PROBLEMS[self.code][1]
        return said if self.encoding is None else f"It is {self.encoding}. {said}"


class FileText(Record):
    """A file's text. May hold secrets."""

    path: str = field("The path as given.")
    text: str = field("Its text, line ends as written, a byte order mark kept.")


class FileFacts(Record):
    """What stands at a path."""

    path: str = field("The path as given.")
    exists: bool = field("Whether anything stands there, links followed.")
    kind: str = field("What it is, or why that cannot be said.", choices=KINDS)
    readable: bool = field(
        "Whether this process's user can read it. For root, whose privilege does not count, what the mode bits say.",
        default=False,
    )
    size: int = field(
        "Bytes. 0 also for files that the kernel writes as they are read, such as those in /proc.", default=0
    )
    mode: int = field("Permission bits, at most 0o7777.", default=0)
    uid: int = field("User id of its owner; -1 where there is none.", default=-1)
    gid: int = field("Id of its group; -1 where there is none.", default=-1)
    symlink: bool = field("Whether the path itself is a link.", default=False)
    place: str | None = field(
        "What lies behind a path in a container: the path on this machine, or `the volume data`.", default=None
    )
    on_host: bool = field("Whether it is a file of this machine.", default=True)
    kubernetes: bool = field(
        "Whether the path leads through a volume that Kubernetes writes (`..data`).", default=False
    )
    above: tuple[Directory, ...] = field(
        "Directories above a mount: others of this machine reach the file through them, its container does not.",
        default=(),
    )
    parents: tuple[Directory, ...] = field(
        "Every directory that the path leads through, links followed, nearest first, down to the root.", default=()
    )

    def readable_by(self, uid: int, gids: tuple[int, ...]) -> bool:
        """Whether the mode bits let a user read the file and search the directories above it.

        The owner's bits count for the owner, else the group's for its members, else the others' (path_resolution(7)).
        Root searches any directory, but is judged by the bits of the file itself. Access control lists are not seen.

        Args:
            uid: The user.
            gids: The groups the user is in.
        """
        if self.kind != "regular" or not _allows(self, stat.S_IRUSR, uid, gids):
            return False
        return uid == 0 or all(_allows(directory, stat.S_IXUSR, uid, gids) for directory in self.parents)

    def closed_to(self, uid: int, gids: tuple[int, ...]) -> str | None:
        """Return the nearest directory that keeps a user from the file; None where none does.

        Args:
            uid: The user. Root enters every directory.
            gids: The groups the user is in.
        """
        if uid == 0:
            return None
        return next((one.path for one in self.parents if not _allows(one, stat.S_IXUSR, uid, gids)), None)

    @property
    def unsafe_parent(self) -> str | None:
        """The nearest directory in which somebody else can replace what lies below it.

        Others may write there, or a group that is neither root's nor the owner's own of the same number (a user private
        group), and no sticky bit keeps them from what is not theirs (unlink(2)).
        """
        return next((directory.path for directory in (*self.parents, *self.above) if directory.unsafe), None)


class FileProbe:
    """Looks at files.

    Args:
        folder: Where relative paths start.
    """

    __slots__ = ("_folder", "_seen")

    def __init__(self, folder: str = ".") -> None:
        self._folder = folder
        self._seen: dict[str, FileFacts] = {}

    def _at(self, path: str) -> str:
        return path if self._folder == "." or not path else os.path.join(self._folder, path)

    def inspect(self, path: str) -> FileFacts:
        """Say what stands at a path. Opens nothing; looks once, however often it is asked (a run lasts a moment)."""
        if path not in self._seen:
            self._seen[path] = self._inspect(path)
        return self._seen[path]

    def _inspect(self, path: str) -> FileFacts:
        full = self._at(path)
        try:
            seen = os.stat(full)
        except (OSError, ValueError) as bad:
            code = _code_of(bad, full)
            kind = "invalid_path" if code == "name_too_long" else code if code in KINDS else "io_error"
            return FileFacts(path=path, exists=False, kind=kind, symlink=os.path.islink(full))
        directories, through_kubernetes = traversed(full)
        facts = FileFacts(
            path=path,
            exists=True,
            kind=_kind_of(seen.st_mode),
            size=seen.st_size,
            mode=stat.S_IMODE(seen.st_mode),
            uid=seen.st_uid,
            gid=seen.st_gid,
            symlink=os.path.islink(full),
            kubernetes=through_kubernetes,
            parents=directories,
        )
        readable: FileFacts = facts.replace(readable=_readable_here(facts, full))
        return readable

    def local_path(self, path: str) -> str | None:
        """Return what to open on this machine for a path, be it there or not; None where it is known only elsewhere."""
        return self._at(path)

    def real_path(self, path: str) -> str:
        """Return where a path of this machine leads with every link followed, be anything there or not.

        Links of this machine count, as they do for a mount's source; what is no path, or leads in a circle, comes back as it is.

        Args:
            path: The path on this machine.
        """
        try:
            return os.path.realpath(self._at(path))
        except (OSError, ValueError):
            return path

    def names(self, path: str) -> tuple[str, ...]:
        """Return the names in a directory, sorted; none where it cannot be listed.

        Args:
            path: The directory.
        """
        try:
            return tuple(sorted(os.listdir(self._at(path))))
        except (OSError, ValueError):
            return ()

    def read(self, path: str, *, limit: int = LIMIT) -> FileText | FileProblem:
        """Read a text file, or say why not.

        Args:
            path: The path.
            limit: Most bytes it may have.
        """
        data = self.read_bytes(path, limit=limit)
        if isinstance(data, FileProblem):
            return data
        encoding = next((name for mark, name in _MARKS if data.startswith(mark)), None)
        if encoding is not None:
            return FileProblem(path=path, code="not_utf8", encoding=encoding)
        if b"\x00" in data:
            return FileProblem(path=path, code="binary")
        try:
            return FileText(path=path, text=data.decode("utf-8"))
        except UnicodeDecodeError as bad:
            return FileProblem(path=path, code="not_utf8", offset=bad.start)

    def read_bytes(self, path: str, *, limit: int = LIMIT) -> bytes | FileProblem:
        """Read a regular file that is not empty, or say why not.

        Args:
            path: The path.
            limit: Most bytes it may have.
        """
        full = self._at(path)
        try:
            data = _kind_problem(os.stat(full)) or _regular_bytes(full, limit)
        except (OSError, ValueError) as bad:
            return FileProblem(path=path, code=_code_of(bad, full))
        if isinstance(data, str):
            return FileProblem(path=path, code=data)
        return data or FileProblem(path=path, code="empty")


def _regular_bytes(path: str, limit: int) -> bytes | str:
    """Return what a regular file holds, or the code of what it is instead.

    Raises:
        OSError: It cannot be opened or read.
    """
    descriptor = os.open(path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    try:
        seen = os.fstat(descriptor)
        problem = _kind_problem(seen)
        if problem is not None or seen.st_size > limit:
            return problem or "too_large"
        parts: list[bytes] = []
        room = limit + 1  # the size is not to be trusted: it is 0 in /proc, and a file may grow while it is read
        while room:
            part = os.read(descriptor, min(_CHUNK, room))
            if not part:
                return b"".join(parts)
            parts.append(part)
            room -= len(part)
        return "too_large"
    finally:
        os.close(descriptor)


def _kind_of(mode: int) -> str:
    return next((kind for test, kind in _KINDS if test(mode)), "device")


def _kind_problem(seen: os.stat_result) -> str | None:
    kind = _kind_of(seen.st_mode)
    return None if kind == "regular" else f"is_{kind}"


def _code_of(bad: OSError | ValueError, path: str) -> str:
    if not path or not isinstance(bad, OSError):
        return "invalid_path"
    code = _BY_ERRNO.get(bad.errno or 0, "io_error")
    return "dangling_symlink" if code == "missing" and os.path.islink(path) else code


def _allows(seen: FileFacts | Directory, owners_bit: int, uid: int, gids: tuple[int, ...]) -> bool:
    if uid == seen.uid:
        return bool(seen.mode & owners_bit)
    return bool(seen.mode & (owners_bit >> 3 if seen.gid in gids else owners_bit >> 6))


def _readable_here(facts: FileFacts, path: str) -> bool:
    uid = os.geteuid()
    if uid == 0 or os.access not in os.supports_effective_ids:
        return facts.readable_by(uid, (os.getegid(), *os.getgroups()))
    # For anybody but root the kernel knows best: access control lists, security modules, user namespaces.
    return facts.kind == "regular" and os.access(path, os.R_OK, effective_ids=True)
