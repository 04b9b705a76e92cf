"""Git's index: which paths are tracked (gitformat-index(5), versions 2 to 4)."""

from __future__ import annotations

from preflight.model.record import Record, field
from preflight.probes.git_config import UnanswerableError

_HEADER = 12
_STAT = 40  # times, device, inode, mode, owner, size
_MODE_AT = 24
_EXTENDED = 0x4000
_SKIP_WORKTREE = 0x4000  # in the second flags
_LENGTH = 0x0FFF
_DIRECTORY = 0o040000
_SPLIT, _SPARSE = b"link", b"sdir"


class Entry(Record):
    """One tracked path."""

    skip_worktree: bool = field("Whether it is left out of the work tree (sparse checkout).", default=False)


def find_entry(data: bytes, path: bytes, *, hash_size: int) -> Entry | None:
    """Return a path's entry, or None when the path is not tracked.

    Args:
        data: The index file; nothing at all is an empty index.
        path: The path from the root of the work tree on.
        hash_size: Bytes of an object id: 20 (SHA-1) or 32 (SHA-256).

    Raises:
        UnanswerableError: The index is damaged, newer than version 4, or does not hold all entries itself.
    """
    if not data:
        return None
    if data[:4] != b"DIRC" or len(data) < _HEADER + hash_size:
        raise UnanswerableError("the index is no index")
    version = int.from_bytes(data[4:8], "big")
    if version not in {2, 3, 4}:
        raise UnanswerableError(f"the index has version {version}, which is not known")
    whole = _SPLIT in data or _SPARSE in data  # perhaps a part of some name; then looking closer costs time only
    if version < 4 and not whole and path not in data:
        return None  # names stand in full before version 4, and searching bytes is a hundred times faster
    try:
        return _walked(data, path, version=version, hash_size=hash_size, whole=whole)
    except IndexError:
        raise UnanswerableError("the index is cut off or damaged") from None


def _walked(data: bytes, path: bytes, *, version: int, hash_size: int, whole: bool) -> Entry | None:
    at, end = _HEADER, len(data) - hash_size
    name = b""
    for _ in range(int.from_bytes(data[8:_HEADER], "big")):
        start = at
        flags_at = at + _STAT + hash_size
        flags = data[flags_at] << 8 | data[flags_at + 1]
        at = flags_at + 2
        more = 0
        if version > 2 and flags & _EXTENDED:
            more = data[at] << 8 | data[at + 1]
            at += 2
        if version == 4:
            cut, at = _number(data, at)
            close = _close(data, at)
            if cut > len(name):
                raise IndexError
            name = name[: len(name) - cut] + data[at:close]
            at = close + 1
        else:
            length = flags & _LENGTH
            close = at + length if length < _LENGTH else _close(data, at)
            name = data[at:close]
            at = start + (close - start + 8 & ~7)
        if at > end:
            raise IndexError
        if name == path:
            return Entry(skip_worktree=bool(more & _SKIP_WORKTREE))
        mode = int.from_bytes(data[start + _MODE_AT : start + _MODE_AT + 4], "big")
        if mode == _DIRECTORY and path.startswith(name):
            raise UnanswerableError("the index is sparse, and the path lies in a directory that it does not list")
        if name > path and not whole:
            return None  # entries are sorted by name
    _refuse_split(data, at, end)
    return None


def _close(data: bytes, at: int) -> int:
    """Return where a name ends."""
    close = data.find(b"\0", at)
    if close < 0:
        raise IndexError
    return close


def _number(data: bytes, at: int) -> tuple[int, int]:
    """Read a number of variable width, as in pack files' offsets; return it and the position after it."""
    value = data[at] & 0x7F
    while data[at] & 0x80:
        at += 1
        value = (value + 1) << 7 | data[at] & 0x7F
    return value, at + 1


def _refuse_split(data: bytes, at: int, end: int) -> None:
    """Look through the extensions for what says that entries stand elsewhere.

    Raises:
        UnanswerableError: Some do, or an extension must be understood and is not known (its name is in lower case).
    """
    while at < end:
        name, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "big")
        if len(name) < 4 or at + 8 + size > end:
            raise IndexError
        if name == _SPLIT:
            raise UnanswerableError("the index is split, and entries stand in a shared index")
        if name[:1].islower() and name != _SPARSE:
            raise UnanswerableError("the index has an extension that is not known")
        at += 8 + size
