"""What the paths in a service's container stand for on this machine: mounts, secrets and configs.

Compose gives a secret or config from a file as a read-only bind mount, with the mode and owner that the file has here, whatever
`mode`, `uid` and `gid` say; one from a variable or a text is written into the container, with mode 0444 unless another is
given (Docker Compose, `pkg/compose/secrets.go`).
"""

from __future__ import annotations

import posixpath

from preflight.model.service import FilePlace
from preflight.sources.compose.paths import relative_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from preflight.model.service import ContentSource, Grant, Mount
    from preflight.sources.compose.model import ComposeProject, ComposeService, Volume

_WRITTEN_MODE = 0o444


def file_places(service: ComposeService, project: ComposeProject) -> tuple[FilePlace, ...]:
    """Return what paths in a service's container stand for, the longest first: the deepest mount decides.

    Args:
        service: The service.
        project: Its project.
    """
    found = [*_mounts(service, project), *_grants(service.secrets, project.secrets, "secret", project.folder)]
    found += _grants(service.configs, project.configs, "config", project.folder)
    return tuple(sorted(found, key=lambda place: len(place.target), reverse=True))


def _mounts(service: ComposeService, project: ComposeProject) -> Iterator[FilePlace]:
    for mount in service.mounts:
        if mount.target is None:
            continue
        source, shown = _source(mount, project)
        yield FilePlace(
            target=posixpath.normpath(mount.target),
            source=source,
            shown=shown,
            origin=mount.origin,
            read_only=mount.read_only,
        )
    for path in service.value("tmpfs") or ():
        target = posixpath.normpath(str(path).partition(":")[0])
        yield FilePlace(target=target, source=None, shown=f"the tmpfs {target}", origin=service.origin_of("tmpfs"))


def _source(mount: Mount, project: ComposeProject) -> tuple[str | None, str]:
    if mount.type == "bind" and mount.source is not None:
        return mount.source, relative_name(mount.source, project.folder)
    if mount.type != "volume":
        return None, f"the {mount.type} mount {mount.target}"
    if mount.source is None:
        return None, f"the volume of {mount.target}"
    volume: Volume | None = project.volumes.get(mount.source)
    if volume is not None and volume.device is not None:
        source = posixpath.join(volume.device, mount.subpath) if mount.subpath else volume.device
        return source, relative_name(source, project.folder)
    return None, f"the volume {mount.source}"


def _grants(
    grants: tuple[Grant, ...], contents: Mapping[str, ContentSource], word: str, folder: str
) -> Iterator[FilePlace]:
    for grant in grants:
        content = contents.get(grant.source)
        if content is None:
            continue
        if content.kind == "file" and content.file is not None:
            source, shown = content.file, relative_name(content.file, folder)
            yield FilePlace(target=grant.target, source=source, shown=shown, origin=grant.origin, read_only=True)
        elif content.content is not None:
            yield FilePlace(
                target=grant.target,
                source=None,
                shown=f"the {word} {grant.source}",
                origin=grant.origin,
                content=content.content,
                mode=int(grant.mode, 8) if grant.mode else _WRITTEN_MODE,
                uid=int(grant.uid) if grant.uid and grant.uid.isdecimal() else 0,
                gid=int(grant.gid) if grant.gid and grant.gid.isdecimal() else 0,
            )
        else:
            yield FilePlace(
                target=grant.target, source=None, shown=f"the {content.kind} {word} {grant.source}", origin=grant.origin
            )
