"""The services of a project as subjects, one for each."""

from __future__ import annotations

from preflight.model.service import Service, Word
from preflight.model.subject import EnvFile, Subject
from preflight.sources.compose.container_paths import file_places, mounts_of
from preflight.sources.compose.further_texts import below, further_texts, hooks, pairs, presentable_setting, texts
from preflight.sources.compose.relations import Relations, host_network

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from preflight.model.origin import Origin
    from preflight.model.service import Network, Trap
    from preflight.sources.compose.model import ComposeProject, ComposeService

# Compose passes these over (Compose Deploy Specification).
_OF_SWARM = ("mode", "placement", "endpoint_mode", "update_config", "rollback_config")
_OFF = frozenset({"", "0", "0b", "-1"})


def subjects(project: ComposeProject) -> tuple[Subject, ...]:
    """Return the enabled services of a project as subjects.

    A setting without a value is none for the container, so it is left out of the subject's settings.
    """
    names = tuple(service.name for service in project.services)
    traps: dict[str | None, list[Trap]] = {}
    for trap in project.traps:
        traps.setdefault(trap.service, []).append(trap)
    cut = tuple(trap for trap in traps.get(None, ()) if trap.code == "dollar_in_value")
    first = names[0] if names else None
    near = _neighbours(project)
    relations = Relations(project)
    return tuple(
        Subject(
            kind="service",
            name=service.name,
            settings={
                setting.name: setting
                for setting in map(presentable_setting, service.environment.values())
                if setting.value is not None
            },
            origin=service.origin,
            env_files=tuple(EnvFile(path=use.name, dialect="compose") for use in service.env_files if use.found),
            service=_service(
                service,
                project,
                names,
                relations,
                near[service.name],
                # What is the project's own is said once, of its first service; what cut a variable, to all who may use it.
                (*traps.get(service.name, ()), *(traps.get(None, ()) if service.name == first else cut)),
            ),
        )
        for service in project.services
    )


def _service(
    service: ComposeService,
    project: ComposeProject,
    names: tuple[str, ...],
    relations: Relations,
    near: frozenset[str],
    traps: tuple[Trap, ...],
) -> Service:
    value = service.value
    limits = value("deploy", "resources", "limits") or {}
    in_host = host_network(service, project.networks)
    return Service(
        image=service.image,
        built=value("build") is not None,
        command=service.command,
        entrypoint=service.entrypoint,
        texts=(
            *texts(service.tree.child("command"), "command"),
            *texts(service.tree.child("entrypoint"), "entrypoint"),
            *texts(below(service.tree, "healthcheck", "test"), "healthcheck"),
        ),
        build_args=tuple(pairs(below(service.tree, "build", "args"))),
        labels=(
            *pairs(service.tree.child("labels")),
            *pairs(below(service.tree, "deploy", "labels")),
            *pairs(below(service.tree, "build", "labels")),
        ),
        further_texts=further_texts(service, project),
        hooks=tuple(hooks(service)),
        working_dir=value("working_dir"),
        user=value("user"),
        group_add=tuple(str(group) for group in value("group_add") or ()),
        ports=relations.ports(service),
        guest_images=relations.guest_images(service),
        told_ports=relations.told_ports(service),
        swarm_key=next((f"deploy.{key}" for key in _OF_SWARM if value("deploy", key) is not None), None),
        mounts=mounts_of(service, project),
        secrets=service.secrets,
        configs=service.configs,
        contents=project.secrets,
        config_contents=project.configs,
        files=file_places(service, project),
        network_mode=service.network_mode if in_host is None else "host",
        host_network=in_host.name if in_host is not None else None,
        networks=_networks(service, project.networks),
        pid=value("pid"),
        ipc=value("ipc"),
        uts=value("uts"),
        user_namespace=value("userns_mode"),
        cgroup=value("cgroup"),
        privileged=value("privileged") is True,
        read_only=value("read_only") is True,
        api_socket=value("use_api_socket") is True,
        capabilities_added=_words(service, "cap_add"),
        capabilities_dropped=_words(service, "cap_drop"),
        security_options=_words(service, "security_opt"),
        devices=_words(service, "devices"),
        device_rules=_words(service, "device_cgroup_rules"),
        healthcheck=_healthcheck(service),
        restart=value("restart") or value("deploy", "restart_policy", "condition"),
        memory_limited=_limited(value("mem_limit"), limits.get("memory")),
        cpu_limited=_limited(value("cpus"), limits.get("cpus"), value("cpu_quota")),
        processes_limited=_limited(value("pids_limit"), limits.get("pids")),
        depends_on=service.depends_on,
        gates=relations.gates,
        siblings=names,
        neighbours=near,
        host_names=_host_names(service),
        places=_places(service, in_host),
        traps=traps,
    )


def _networks(service: ComposeService, networks: Mapping[str, Network]) -> tuple[Network, ...]:
    return tuple(networks[name] for name in service.networks if name in networks)


def _neighbours(project: ComposeProject) -> dict[str, frozenset[str]]:
    """Return for each service the names that it reaches over bridge networks of the project, which never leave the machine."""
    on: dict[str, list[str]] = {}
    for service in project.services:
        for name in service.networks:
            network = project.networks.get(name)
            if network is not None and not network.external and network.driver in {None, "bridge"}:
                on.setdefault(name, []).extend(_host_names(service))
    # Most services are in the same networks, and share one set.
    known: dict[tuple[str, ...], frozenset[str]] = {}
    for service in project.services:
        if service.networks not in known:
            known[service.networks] = frozenset(name for network in service.networks for name in on.get(network, ()))
    return {service.name: known[service.networks] for service in project.services}


def _words(service: ComposeService, key: str) -> tuple[Word, ...]:
    node = service.tree.child(key)
    if node is None or not isinstance(node.value, list):
        return ()
    words = []
    for item in node.value:
        source = item.child("source") if isinstance(item.value, dict) else item
        if source is not None and isinstance(source.value, str):
            words.append(Word(text=source.value, origin=item.origin()))
    return tuple(words)


def _healthcheck(service: ComposeService) -> str:
    check = service.value("healthcheck")
    if not check:
        return "absent"
    test = check.get("test")
    return "disabled" if check.get("disable") is True or test in ("NONE", ["NONE"]) else "set"


def _limited(*values: object) -> bool:
    return any(value is not None and str(value).strip().lower() not in _OFF for value in values)


def _host_names(service: ComposeService) -> tuple[str, ...]:
    """Return the names under which others reach a service: its own, `container_name`, and its networks' aliases."""
    names = [service.name]
    if service.value("container_name"):
        names.append(service.value("container_name"))
    for network in (service.value("networks") or {}).values():
        names += [str(alias) for alias in (network or {}).get("aliases") or ()]
    return tuple(dict.fromkeys(names))


def _places(service: ComposeService, in_host: Network | None) -> dict[str, Origin]:
    places = {key: service.tree.key_origin(key) for key in service.tree.value}
    if in_host is not None:
        written = "networks" in (service.tree.marks or {})  # else it is in the default network
        places["network_mode"] = service.origin_of("networks", in_host.name) if written else in_host.origin
    return places
