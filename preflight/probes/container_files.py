"""Files by their paths in a container: followed through mounts, secrets and configs to this machine.

A link below a mount is followed as the container would: its target is a path in the container (path_resolution(7)).
"""

from __future__ import annotations

import os
import posixpath

from preflight.probes.files import LIMIT, FileFacts, FileProbe, FileProblem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from preflight.model.service import FilePlace, Service
    from preflight.model.subject import Subject

_MOST_LINKS = 40  # as Linux (path_resolution(7))
_IMAGE = "the image"


class ContainerFiles(FileProbe):
    """Looks at files as a service's container will see them.

    Args:
        service: What is mounted where.
        host: Looks at files of this machine.
    """

    __slots__ = ("_host", "_service")

    def __init__(self, service: Service, host: FileProbe) -> None:
        super().__init__("/")
        self._service = service
        self._host = host

    def inspect(self, path: str) -> FileFacts:
        """Say what stands at a path in the container; what is known only there is `elsewhere`."""
        found = self._follow(path)
        if isinstance(found, str):
            return FileFacts(path=path, exists=False, kind=found, place=_IMAGE if found == "elsewhere" else None)
        place, below = found
        if place.source is not None:
            seen: FileFacts = self._host.inspect(posixpath.join(place.source, *below))
            mount = place.source if "\0" in place.source else os.path.realpath(place.source)
            inside = [one for one in seen.parents if one.path == mount or one.path.startswith(mount + "/")]
            changed: FileFacts = seen.replace(
                path=path,
                place=posixpath.join(place.shown, *below),
                parents=tuple(inside) if below else (),
                above=tuple(one for one in seen.parents if one not in inside),
            )
            return changed
        if place.content is None:
            return FileFacts(path=path, exists=False, kind="elsewhere", place=place.shown)
        return FileFacts(
            path=path,
            exists=True,
            kind="regular",
            readable=True,
            size=len(place.content.reveal().encode("utf-8", "surrogatepass")),
            mode=place.mode or 0,
            uid=place.uid or 0,
            gid=place.gid or 0,
            place=place.shown,
            on_host=False,
        )

    def local_path(self, path: str) -> str | None:
        """Return what to open on this machine for a path in the container; None where it leads to no file of this machine.

        Args:
            path: The path in the container.
        """
        found = self._follow(path)
        if isinstance(found, str) or found[0].source is None:
            return None
        return self._host.local_path(posixpath.join(found[0].source, *found[1]))

    def names(self, path: str) -> tuple[str, ...]:
        """Return the names in a directory of the container, sorted; none where it is not known here.

        Args:
            path: The directory's path in the container.
        """
        found = self._follow(path)
        if isinstance(found, str) or found[0].source is None:
            return ()
        return self._host.names(posixpath.join(found[0].source, *found[1]))

    def read_bytes(self, path: str, *, limit: int = LIMIT) -> bytes | FileProblem:
        """Read what stands at a path in the container, or say why not.

        Args:
            path: The path in the container.
            limit: Most bytes it may have.
        """
        found = self._follow(path)
        if isinstance(found, str):
            return FileProblem(path=path, code=found, place=_IMAGE if found == "elsewhere" else None)
        place, below = found
        if place.source is not None:
            data = self._host.read_bytes(posixpath.join(place.source, *below), limit=limit)
            if not isinstance(data, FileProblem):
                return data
            moved: FileProblem = data.replace(path=path, place=posixpath.join(place.shown, *below))
            return moved
        if place.content is None:
            return FileProblem(path=path, code="elsewhere", place=place.shown)
        content = place.content.reveal().encode("utf-8", "surrogatepass")
        if len(content) > limit:
            return FileProblem(path=path, code="too_large", place=place.shown)
        return content or FileProblem(path=path, code="empty", place=place.shown)

    def _follow(self, path: str) -> tuple[FilePlace, list[str]] | str:
        """Return what a path leads to and what is left of it below that, or the code of why it leads nowhere."""
        if not path or "\x00" in path:
            return "invalid_path"
        if not path.startswith("/"):
            if self._service.working_dir is None:
                return "elsewhere"  # relative to a folder that only the image knows
            path = posixpath.join("/", self._service.working_dir, path)
        for _ in range(_MOST_LINKS):
            current = posixpath.normpath(path)
            place = self._place(current)
            if place is None:
                return "elsewhere"
            below = [part for part in current[len(place.target.rstrip("/")) :].split("/") if part]
            if place.source is None:
                return (place, below) if not below or place.content is None else "not_a_directory"
            link = _first_link(place, below)
            if link is None:
                return place, below
            path = link
        return "symlink_loop"

    def _place(self, path: str) -> FilePlace | None:
        for place in self._service.files:  # the longest first
            target = place.target.rstrip("/")
            if path == place.target or path.startswith(target + "/"):
                return place
        return None


def _first_link(place: FilePlace, below: list[str]) -> str | None:
    """Return the container's path that the first link below a mount leads to, with the rest behind it."""
    source = place.source or "/"
    for position in range(1, len(below) + 1):
        here = posixpath.join(source, *below[:position])
        try:
            target = os.readlink(here)
        except OSError:
            continue
        folder = posixpath.join(place.target, *below[: position - 1])
        return posixpath.join(folder, target, *below[position:])
    return None


def files_of(subject: Subject, host: FileProbe) -> FileProbe:
    """Return what looks at files as a subject will see them: for a service, by the paths of its container."""
    return host if subject.service is None else ContainerFiles(subject.service, host)
