"""What the paths in a service's container stand for on this machine: mounts, secrets and configs.

Compose gives a secret or config from a file as a read-only bind mount, with the mode and owner that the file has here, whatever
`mode`, `uid` and `gid` say; one from a variable or a text is written into the container, with mode 0444 unless another is
given (Docker Compose, `pkg/compose/secrets.go`).
"""

from __future__ import annotations

import posixpath

from preflight.model.service import FilePlace, HostPath
from preflight.sources.compose.paths import relative_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from preflight.model.service import ContentSource, Grant, Mount
    from preflight.sources.compose.model import ComposeProject, ComposeService, Volume

_WRITTEN_MODE = 0o444
# What the local driver mounts by `type` alone, as mount(8) does for the host (Docker documentation, "docker volume create").
_KERNEL = {"proc": "/proc", "sysfs": "/sys", "devtmpfs": "/dev"}
_PERSISTING = "local-persist"  # a plugin, whose volumes are folders of the host
# Disks that machines run from; a second one holds data, and may well be a volume's.
_FIRST_DISKS = ("sda", "hda", "vda", "xvda", "nvme0n1", "mmcblk0", "root", "dm-0", "md0", "dasda", "cciss/c0d0")
_FIRST_VOLUMES = ("root", "ubuntu-lv", "ubuntu--lv")  # of LVM, by what installers call them


def file_places(service: ComposeService, project: ComposeProject) -> tuple[FilePlace, ...]:
    """Return what paths in a service's container stand for, the longest first: the deepest mount decides.

    Args:
        service: The service.
        project: Its project.
    """
    found = [*_mounts(service, project), *_grants(service.secrets, project.secrets, "secret", project.folder)]
    found += _grants(service.configs, project.configs, "config", project.folder)
    return tuple(sorted(found, key=lambda place: len(place.target), reverse=True))


def mounts_of(service: ComposeService, project: ComposeProject) -> tuple[Mount, ...]:
    """Return what is mounted into a service, with what becomes of a missing source, and what volumes show of the host.

    Args:
        service: The service.
        project: Its project.
    """
    node = service.tree.child("volumes")
    entries = node.value if node is not None and isinstance(node.value, list) else []
    found = []
    for mount, entry in zip(service.mounts, entries, strict=True):
        bind = entry.child("bind")
        create = bind.child("create_host_path") if bind is not None else None
        changed = mount
        if mount.type == "bind" and (create is None or create.value is not False):
            changed = mount.replace(creates_source=True)
        elif mount.type == "volume" and mount.source in project.volumes:
            reaches = tuple(_reaches(mount, project))
            changed = mount.replace(reaches=reaches) if reaches else mount
        found.append(changed)
    return tuple(found)


def _reaches(mount: Mount, project: ComposeProject) -> Iterator[HostPath]:
    """Yield what is seen of the host in a volume of the local driver that is no folder of it."""
    volume = project.volumes[mount.source or ""]
    node = project.tree.child("volumes")
    entry = node.child(volume.name) if node is not None else None
    written = entry.child("driver_opts") if entry is not None else None
    if volume.device is not None or written is None or not written.value:
        return
    options = {name: str(child.value) for name, child in written.value.items()}
    if _PERSISTING in (volume.driver or "") and options.get("mountpoint"):
        path = options["mountpoint"]
        yield HostPath(path=path, shown=f"the volume {volume.name} ({path})", read_only=mount.read_only)
    if volume.driver not in {None, "local"}:
        return
    kind, device = options.get("type", ""), posixpath.normpath(options.get("device") or ".")
    flags = options.get("o", "").split(",")
    read_only = mount.read_only or "ro" in flags
    name = f"the volume {volume.name}"
    if kind in _KERNEL:
        yield HostPath(path=_KERNEL[kind], shown=f"{name} ({_KERNEL[kind]} of the host)", read_only=read_only)
    elif kind == "overlay":
        for flag in flags:
            option, _, paths = flag.partition("=")
            for path in paths.split(":") if option in {"lowerdir", "upperdir"} else ():
                # What is written lands in the upper layer alone.
                below = read_only or option == "lowerdir"
                yield HostPath(path=path, shown=f"{name} ({path})", read_only=below)
    elif is_first_disk(device):
        yield HostPath(path="/", shown=f"{name} ({device})", read_only=read_only)


def is_first_disk(device: str) -> bool:
    """Whether a device is, by its name, the disk or partition that a machine runs from.

    Args:
        device: Its path, such as `/dev/sda1`.
    """
    name = device.removeprefix("/dev/")
    if name == device:
        return False
    if "/" in name and any(word in name for word in _FIRST_VOLUMES):
        return True
    rest = next((name[len(disk) :] for disk in _FIRST_DISKS if name.startswith(disk)), None)
    return rest is not None and (not rest or rest.removeprefix("p").isdecimal())


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
