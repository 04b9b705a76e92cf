"""What a service is given beyond a container's isolation, each at its own line: what is not written is not given.

Docker documentation, "Runtime privilege and Linux capabilities" and "Docker daemon attack surface"; capabilities(7).
"""

from __future__ import annotations

import posixpath

from preflight.model.record import field
from preflight.resources._devices import reaches_memory_or_disks, rule_reaches_memory_or_disks
from preflight.resources._host_paths import EXPOSURES, exposure, is_socket_proxy, may_be_a_secret, worse
from preflight.resources._images import repository
from preflight.resources.base import Resource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.model.fact import Fact
    from preflight.model.origin import Origin
    from preflight.model.service import FilePlace, Mount, Service
    from preflight.model.subject import Subject
    from preflight.resources.base import Context

KINDS = ("privileged", "capability", "network", "namespace", "mount", "security_option", "device")

# What they allow beyond the container (capabilities(7)). Those that reach no further than its own network, files and processes
# (NET_BIND_SERVICE, CHOWN, IPC_LOCK, SYS_NICE) are not among them.
_CAPABILITIES = {
    "ALL": "it may do whatever root may",
    "SYS_ADMIN": "it can mount file systems and change namespaces, and so leave its container",
    "SYS_MODULE": "it can load modules into the host's kernel",
    "SYS_RAWIO": "it can write to the host's memory and devices",
    "SYS_PTRACE": "it can read the memory of other processes, with their secrets",
    "NET_ADMIN": "it can change the addresses, routes and firewall of its networks, and take others' traffic there",
    "SYS_BOOT": "it can restart the host",
    "SYS_TIME": "it can set the host's clock, by which certificates and tokens are judged",
    "SYSLOG": "it can read the log of the host's kernel, with its addresses",
    "DAC_READ_SEARCH": "it can open every file of the host by its number",
    "MAC_ADMIN": "it can change the host's mandatory access control",
    "MAC_OVERRIDE": "it is past the host's mandatory access control",
    "AUDIT_CONTROL": "it can switch the host's audit log off",
    "BPF": "it can load programs into the host's kernel",
    "PERFMON": "it can watch the host's kernel and all processes",
}
_CAPABILITIES_IN_HOST_NETWORK = {
    "NET_ADMIN": "in the host's network, it can change the host's addresses, routes and firewall",
    "NET_RAW": "in the host's network, it can read and forge the host's packets",
}
_SECURITY_OPTIONS = {
    "seccomp:unconfined": "every system call is allowed",
    "apparmor:unconfined": "AppArmor does not confine it",
    "label:disable": "SELinux does not confine it",
    "label:type:spc_t": "SELinux does not confine it",
    "label:type:unconfined_t": "SELinux does not confine it",
    "label:type:unconfined_service_t": "SELinux does not confine it",
    "label:type:container_runtime_t": "SELinux confines it no more than the container engine itself",
    "systempaths:unconfined": "it can write what Docker hides of /proc and /sys",
    "no-new-privileges:false": "setuid programs may make its processes root",
}
_NAMESPACES = (
    ("network_mode", "network", "everything it listens on is open on the host, and it reaches what listens on the host's loopback"),
    ("pid", "namespace", "it sees the host's processes, and as root can read their memory and end them"),
    ("ipc", "namespace", "it shares memory with the host's processes"),
    ("uts", "namespace", "it can change the host's name"),
    ("userns_mode", "namespace", "its root is the host's root, whatever user remapping the engine is set to"),
    ("cgroup", "namespace", "it sees the control groups of all containers"),
)  # fmt: skip
_MEMORY_AND_DISKS = "it can read and write the host's memory or disks"


class Privilege(Resource):
    """One of them."""

    kind: Fact[str] = field("What kind it is.", choices=KINDS)
    value: Fact[str] = field("What is given: a capability, a namespace, a path, an option.")
    granted: Fact[bool] = field("Whether it takes isolation from the container.")
    risk: Fact[str] = field("What it lets the service do; absent where nothing beyond a container.")
    exposes: Fact[str] = field("What a mount lets the container reach of the host.", choices=EXPOSURES)
    read_only: Fact[bool] = field("Whether a mount cannot be written to.")


RESOURCE = Privilege


def collect(subject: Subject, context: Context) -> Iterator[Privilege]:
    """Collect what a service's description says about its privileges."""
    service = subject.service
    if service is None:
        return
    places = service.places
    if "privileged" in places:
        yield _privileged(subject, "privileged", places["privileged"], privileged=service.privileged)
    for hook in service.hooks:
        if "privileged" in hook.places:
            yield _privileged(subject, f"{hook.name} privileged", hook.places["privileged"], privileged=hook.privileged)
    for key, kind, sharing in _NAMESPACES:
        text = _shared(service, key)
        if text is not None and key in places:
            by_name = key == "network_mode" and service.host_network is not None
            said = f"networks: {service.host_network}, which is the host's" if by_name else f"{key}: {text}"
            yield _one(subject, kind, said, text, places[key], sharing if text == "host" else None)
    in_host_network = service.network_mode == "host"
    for word in service.capabilities_added:
        name = word.text.upper().removeprefix("CAP_")
        risk = (_CAPABILITIES_IN_HOST_NETWORK.get(name) if in_host_network else None) or _CAPABILITIES.get(name)
        yield _one(subject, "capability", f"cap_add: {name}", name, word.origin, risk)
    for word in service.security_options:
        risk = _SECURITY_OPTIONS.get(plain_option(word.text))
        yield _one(subject, "security_option", f"security_opt: {word.text}", word.text, word.origin, risk)
    for word in service.devices:
        shown = _device(word.text, context)
        risk = None if shown is None else _MEMORY_AND_DISKS
        yield _one(subject, "device", f"devices: {shown or word.text}", word.text, word.origin, risk)
    for word in service.device_rules:
        risk = _MEMORY_AND_DISKS if rule_reaches_memory_or_disks(word.text) else None
        yield _one(subject, "device", f"device_cgroup_rules: {word.text}", word.text, word.origin, risk)
    yield from _mounts(subject, service, context)
    yield from _granted(subject, service, context)


def plain_option(text: str) -> str:
    """Return a security option in one spelling: `seccomp:unconfined` for `seccomp = unconfined`.

    Args:
        text: The option as written.
    """
    return text.replace("=", ":").replace(" ", "").lower()


def _privileged(subject: Subject, key: str, origin: Origin, *, privileged: bool) -> Privilege:
    risk = "it is root on the host: it reaches every device, and no confinement holds it" if privileged else None
    value = "true" if privileged else "false"
    return _one(subject, "privileged", f"{key}: {value}", value, origin, risk)


def _device(written: str, context: Context) -> str | None:
    """Return what to call a device that is memory or a disk, by its own path or the one it leads to; None for others."""
    if reaches_memory_or_disks(written):
        return written
    real = context.host.real_path(written) if written.startswith("/") else written
    return f"{written} (a link to {real})" if reaches_memory_or_disks(real) else None


def _one(subject: Subject, kind: str, said: str, value: str, origin: Origin, risk: str | None) -> Privilege:
    return Privilege(
        name=f"{subject.name} {said}",
        origin=origin,
        kind=kind,
        value=value,
        granted=risk is not None,
        risk=risk,
        exposes=None,
        read_only=None,
    )


def _shared(service: Service, key: str) -> str | None:
    return {
        "network_mode": service.network_mode,
        "pid": service.pid,
        "ipc": service.ipc,
        "uts": service.uts,
        "userns_mode": service.user_namespace,
        "cgroup": service.cgroup,
    }[key]


def _mounts(subject: Subject, service: Service, context: Context) -> Iterator[Privilege]:
    if not service.mounts and not service.api_socket:
        return
    proxy = service.image is not None and is_socket_proxy(repository(service.image))
    if service.api_socket:
        yield _mount(
            subject,
            "Docker's socket",
            service.places.get("use_api_socket", subject.origin),
            "engine_socket",
            proxy=proxy,
        )
    places = {place.target: place for place in service.files}
    for mount in service.mounts:
        place = places.get(posixpath.normpath(mount.target)) if mount.target else None
        source = _source(mount, place)
        if source is not None:
            shown, exposes = _exposed(source, place.shown if place is not None else source, context)
            yield _mount(subject, shown, mount.origin, exposes, proxy=proxy, via=mount.via, read_only=mount.read_only)
        for reached in mount.reaches:
            shown, exposes = _exposed(reached.path, reached.shown, context)
            yield _mount(subject, shown, mount.origin, exposes, via=mount.via, read_only=reached.read_only)


def _granted(subject: Subject, service: Service, context: Context) -> Iterator[Privilege]:
    """Yield the files of secrets and configs that are more than that; Compose mounts them read-only, whatever they are."""
    for word, grants, contents in (
        ("secret", service.secrets, service.contents),
        ("config", service.configs, service.config_contents),
    ):
        for grant in grants:
            source = contents.get(grant.source)
            if source is None or source.file is None:
                continue
            place = next((one for one in service.files if one.target == grant.target), None)
            shown, exposes = _exposed(source.file, place.shown if place is not None else source.file, context)
            meant = (
                word == "secret" and exposes == "credentials" and may_be_a_secret(context.host.real_path(source.file))
            )
            if exposes != "nothing" and not meant:
                named = f"of the {word} {grant.source}, {shown}"
                yield _mount(subject, named, grant.origin, exposes, via=(source.origin, *source.via), read_only=True)


def _exposed(source: str, shown: str, context: Context) -> tuple[str, str]:
    """Return what to call a path of the host and what it gives: by itself, or by where its links lead, whatever is more."""
    written = exposure(source)
    if not source.startswith("/"):
        return shown, written
    real = context.host.real_path(source)
    found = exposure(real) if real != source else written
    return (f"{shown} (a link to {real})", found) if worse(found, written) else (shown, written)


def _source(mount: Mount, place: FilePlace | None) -> str | None:
    """Return the path of the host that is mounted, also where a named volume stands for one; None where none is."""
    return mount.source if mount.type in {"bind", "npipe"} else place.source if place is not None else None


def _mount(
    subject: Subject, shown: str, origin: Origin, exposes: str, *, proxy: bool = False, via: tuple[Origin, ...] = (), read_only: bool = False
) -> Privilege:  # fmt: skip
    if proxy and exposes == "engine_socket":
        exposes = "filtered_socket"
    return Privilege(
        name=f"{subject.name} mount {shown}",
        origin=origin,
        via=via,
        kind="mount",
        value=shown,
        granted=exposes not in {"nothing", "filtered_socket"},
        risk=_RISKS.get(exposes),
        exposes=exposes,
        read_only=read_only,
    )


_RISKS = {
    "engine_socket": "it can start a privileged container, and so is root on the host",
    "host_root": "it has the whole file system of the host, with every key and password in it",
    "credentials": "keys, passwords or other containers' data lie there",
    "system": "what the host itself runs lies there",
}
