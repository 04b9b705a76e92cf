"""What a service is given beyond a container's isolation, each at its own line: what is not written is not given.

Docker documentation, "Runtime privilege and Linux capabilities" and "Docker daemon attack surface"; capabilities(7).
"""

from __future__ import annotations

import posixpath

from preflight.model.record import field
from preflight.resources.base import Resource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.model.fact import Fact
    from preflight.model.origin import Origin
    from preflight.model.service import Mount, Service
    from preflight.model.subject import Subject
    from preflight.resources.base import Context

KINDS = ("privileged", "capability", "namespace", "mount", "security_option", "device", "user")
EXPOSURES = ("nothing", "engine_socket", "host_root", "system", "credentials")

# With these a process gets out of its container, or reads what is not its own (capabilities(7)).
_DANGEROUS = frozenset(
    """ALL SYS_ADMIN SYS_PTRACE SYS_MODULE SYS_RAWIO SYS_BOOT SYS_TIME SYSLOG NET_ADMIN DAC_READ_SEARCH MAC_ADMIN
    MAC_OVERRIDE BPF PERFMON LINUX_IMMUTABLE CHECKPOINT_RESTORE AUDIT_CONTROL""".split()
)
_SOCKETS = frozenset(
    {"docker.sock", "containerd.sock", "podman.sock", "crio.sock", "cri-dockerd.sock", "buildkitd.sock"}
)
# Folders that hold an engine's socket.
_AROUND_SOCKETS = frozenset({"/run", "/var/run", "/var", "/run/docker", "/run/containerd", "/run/podman"})
_SYSTEM = frozenset(
    """/etc /boot /dev /proc /sys /usr /lib /lib64 /bin /sbin /var/lib /var/lib/docker /var/lib/containerd /var/lib/kubelet /var/log
    /opt /home /mnt /media /srv""".split()
)
_CREDENTIALS = (
    ".ssh",
    ".aws",
    ".kube",
    ".docker",
    ".gnupg",
    ".config/gcloud",
    ".azure",
    ".netrc",
    ".pgpass",
    ".vault-token",
)
_MEMORY_AND_DISKS = (
    "/dev/mem",
    "/dev/kmem",
    "/dev/port",
    "/dev/sd",
    "/dev/nvme",
    "/dev/vd",
    "/dev/dm-",
    "/dev/mapper",
    "/dev/kmsg",
)


class Privilege(Resource):
    """One of them."""

    kind: Fact[str] = field("What kind it is.", choices=KINDS)
    value: Fact[str] = field("What is given: a capability, a namespace, a path, an option.")
    granted: Fact[bool] = field("Whether it takes the container's isolation away.")
    exposes: Fact[str] = field("What a mount lets the container reach of the host.", choices=EXPOSURES)
    read_only: Fact[bool] = field("Whether a mount cannot be written to.")


RESOURCE = Privilege


def collect(subject: Subject, context: Context) -> Iterator[Privilege]:  # noqa: ARG001 - a collector's signature
    """Collect what a service's description says about its privileges."""
    service = subject.service
    if service is None:
        return
    places = service.places
    if "privileged" in places:
        yield _one(subject, "privileged", "all privileges", places["privileged"], granted=service.privileged)
    for kind, key, value in _namespaces(service):
        yield _one(subject, "namespace", kind, places[key], granted=value == "host")
    if service.user is not None and "user" in places:
        yield _one(subject, "user", "root", places["user"], granted=service.user.partition(":")[0] in {"0", "root"})
    for word in service.capabilities_added:
        name = word.text.upper().removeprefix("CAP_")
        yield _one(subject, "capability", name, word.origin, granted=name in _DANGEROUS)
    for word in service.security_options:
        yield _one(subject, "security_option", word.text, word.origin, granted=_switches_off(word.text))
    for word in service.devices:
        yield _one(subject, "device", word.text, word.origin, granted=word.text.startswith(_MEMORY_AND_DISKS))
    for mount in service.mounts:
        if mount.type == "bind" and mount.source is not None:
            exposes = _exposes(mount)
            yield Privilege(
                name=f"{subject.name} mount {mount.source if exposes != 'nothing' else mount.target}",
                origin=mount.origin,
                via=mount.via,
                kind="mount",
                value=mount.source,
                granted=exposes != "nothing",
                exposes=exposes,
                read_only=mount.read_only,
            )


def _one(subject: Subject, kind: str, value: str, origin: Origin, *, granted: bool) -> Privilege:
    return Privilege(
        name=f"{subject.name} {value}",
        origin=origin,
        kind=kind,
        value=value,
        granted=granted,
        exposes=None,
        read_only=None,
    )


def _namespaces(service: Service) -> Iterator[tuple[str, str, str]]:
    for kind, key, value in (
        ("the host's network", "network_mode", service.network_mode),
        ("the host's processes", "pid", service.pid),
        ("the host's shared memory", "ipc", service.ipc),
        ("the host's name", "uts", service.uts),
        ("the host's users", "userns_mode", service.user_namespace),
        ("the host's control groups", "cgroup", service.cgroup),
    ):
        if value is not None and key in service.places:
            yield kind, key, value


def _switches_off(option: str) -> bool:
    text = option.replace("=", ":").replace(" ", "").lower()
    return text in {
        "seccomp:unconfined", "apparmor:unconfined", "label:disable", "systempaths:unconfined", "no-new-privileges:false",
    }  # fmt: skip


def _exposes(mount: Mount) -> str:
    source = posixpath.normpath(mount.source or "")
    name = posixpath.basename(source)
    if name in _SOCKETS or source in _AROUND_SOCKETS:
        return "engine_socket"
    if source == "/":
        return "host_root"
    home = source == "/root" or source.startswith(("/root/", "/home/"))
    if home and any(source.endswith("/" + end) or f"/{end}/" in source for end in _CREDENTIALS):
        return "credentials"
    if source in {"/root", "/etc/shadow", "/etc/ssh", "/etc/kubernetes"}:
        return "credentials"
    return "system" if source in _SYSTEM else "nothing"
