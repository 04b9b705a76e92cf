"""The services of a project as subjects, one for each."""

from __future__ import annotations

from preflight.model.secret_text import SecretText
from preflight.model.service import Service, Word
from preflight.model.setting import Setting
from preflight.model.subject import EnvFile, Subject
from preflight.sources.compose.container_paths import file_places
from preflight.sources.compose.relations import Relations
from preflight.sources.names import presentable, presentable_variable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from preflight.model.origin import Origin
    from preflight.model.service import Network, Trap
    from preflight.sources.compose.model import ComposeProject, ComposeService
    from preflight.sources.compose.tree import Node

_OFF = frozenset({"", "0", "0b", "-1"})


def subjects(project: ComposeProject) -> tuple[Subject, ...]:
    """Return the enabled services of a project as subjects.

    A setting without a value is none for the container, so it is left out of the subject's settings.
    """
    names = tuple(service.name for service in project.services)
    traps: dict[str | None, list[Trap]] = {}
    for trap in project.traps:
        traps.setdefault(trap.service, []).append(trap)
    first = names[0] if names else None
    near = _neighbours(project)
    relations = Relations(project)
    return tuple(
        Subject(
            kind="service",
            name=service.name,
            settings={
                setting.name: setting
                for setting in map(_presentable, service.environment.values())
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
                # What is the project's own is said once, of its first service.
                (*traps.get(service.name, ()), *(traps.get(None, ()) if service.name == first else ())),
            ),
        )
        for service in project.services
    )


def _presentable(setting: Setting) -> Setting:
    """Return a setting whose variables have names that can be shown: `$word` in `pa$word` is the end of a password."""
    if setting.written is None and setting.value is not None and setting.origin.line is not None:
        # From an env file, where the second line of a pasted secret stands like a name.
        name = presentable(setting.name, setting.origin.line, assigned=True)
        if name != setting.name:
            return setting.replace(name=name, origin=setting.origin.replace(setting=name))
    if not setting.references and not setting.blanked_by:
        return setting
    text = setting.written.reveal() if setting.written is not None else None
    line = setting.origin.line or 0

    def shown(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(
            name
            if name == setting.name  # passed through by its name alone
            else presentable(name, line, assigned=False)
            if text is None
            else presentable_variable(name, text)
            for name in names
        )

    changed: Setting = setting.replace(references=shown(setting.references), blanked_by=shown(setting.blanked_by))
    return changed


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
    return Service(
        image=service.image,
        built=value("build") is not None,
        command=service.command,
        entrypoint=service.entrypoint,
        texts=(
            *_texts(service.tree.child("command"), "command"),
            *_texts(service.tree.child("entrypoint"), "entrypoint"),
            *_texts(_below(service.tree, "healthcheck", "test"), "healthcheck"),
        ),
        build_args=tuple(_pairs(_below(service.tree, "build", "args"))),
        labels=(
            *_pairs(service.tree.child("labels")),
            *_pairs(_below(service.tree, "deploy", "labels")),
            *_pairs(_below(service.tree, "build", "labels")),
        ),
        working_dir=value("working_dir"),
        user=value("user"),
        group_add=tuple(str(group) for group in value("group_add") or ()),
        ports=relations.ports(service),
        guest_images=relations.guest_images(service),
        mounts=service.mounts,
        secrets=service.secrets,
        configs=service.configs,
        contents=project.secrets,
        files=file_places(service, project),
        network_mode=service.network_mode,
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
        places=_places(service),
        traps=traps,
    )


def _below(tree: Node, *path: str) -> Node | None:
    node: Node | None = tree
    for name in path:
        node = node.child(name) if node is not None else None
    return node


def _texts(node: Node | None, name: str) -> Iterator[Setting]:
    """Yield the texts of a command: a list's elements, or the one text that was split into words."""
    if node is None or not isinstance(node.value, list):
        return
    if isinstance(node.written, str):  # written as one text; its own places are those of the text
        yield _text(node, name, node.written, node.origin())
        return
    for item in node.value[1:] if name == "healthcheck" else node.value:  # `CMD` or `CMD-SHELL` stands first there
        if isinstance(item.value, str):
            yield _text(item, name, item.value, item.origin())


def _pairs(node: Node | None) -> Iterator[Setting]:
    """Yield the entries of a mapping that have a value."""
    if node is None or not isinstance(node.value, dict):
        return
    for name, child in node.value.items():
        if isinstance(child.value, str):
            yield _text(child, name, child.value, node.key_origin(name))


def _text(node: Node, name: str, value: str, origin: Origin) -> Setting:
    trace = node.trace
    if trace is None:
        text = SecretText(value)
        return Setting(name=name, value=text, origin=origin, written=text)
    return _presentable(
        Setting(
            name=name,
            value=SecretText(value),
            origin=origin,
            via=trace.via,
            references=trace.names,
            written=SecretText(trace.written),
            blanked_by=trace.blanked,
        )
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


def _places(service: ComposeService) -> dict[str, Origin]:
    return {key: service.tree.key_origin(key) for key in service.tree.value}
