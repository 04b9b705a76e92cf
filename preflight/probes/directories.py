"""The directories that a path leads through, and who could replace what lies in them."""

from __future__ import annotations

import os
import stat

from preflight.model.record import Record, field

_MOST_LINKS = 40  # as Linux (path_resolution(7))


class Directory(Record):
    """A directory that a path leads through."""

    path: str = field("Its path, without links.")
    mode: int = field("Permission bits, at most 0o7777.")
    uid: int = field("User id of its owner.")
    gid: int = field("Id of its group.")

    @property
    def unsafe(self) -> bool:
        """Whether somebody besides its owner and root can replace what lies in it."""
        if self.mode & stat.S_ISVTX:
            return False
        by_group = self.mode & stat.S_IWGRP and self.gid not in {0, self.uid}
        return bool(self.mode & stat.S_IWOTH or by_group)


def traversed(path: str) -> tuple[tuple[Directory, ...], bool]:
    """Return the directories that resolving a path leads through, and whether Kubernetes wrote what lies there.

    A link counts where it stands as well as where it points: whoever can replace either replaces the file. Kubernetes
    publishes a volume's files as links into `..data`, itself a link that it swaps (Kubernetes, "AtomicWriter").

    Args:
        path: A path that exists.

    Returns:
        The directories, nearest first, each once; those that cannot be looked at are left out (behind a link of /proc).
    """
    try:
        pending = os.path.join(os.getcwd(), path).split("/")[::-1]
    except OSError:
        return (), False  # the working directory is gone
    current, kubernetes, links = "/", False, 0
    found = {"/": None}
    while pending:
        name = pending.pop()
        if name in {"", "."}:
            continue
        if name == "..":
            current = os.path.dirname(current)
            continue
        place = os.path.join(current, name)
        target = _target(place)
        if target is None or links >= _MOST_LINKS:
            current = place
            if pending:
                found.pop(current, None)  # the last visit counts: nearest first
                found[current] = None
            continue
        links += 1
        kubernetes = kubernetes or name == "..data"
        pending += target.split("/")[::-1]
        if target.startswith("/"):
            current = "/"
    seen = (_look(directory) for directory in reversed(found))
    return tuple(directory for directory in seen if directory is not None), kubernetes


def _target(path: str) -> str | None:
    try:
        return os.readlink(path)
    except OSError:
        return None


def _look(path: str) -> Directory | None:
    try:
        seen = os.stat(path)
    except OSError:
        return None
    return Directory(path=path, mode=stat.S_IMODE(seen.st_mode), uid=seen.st_uid, gid=seen.st_gid)
