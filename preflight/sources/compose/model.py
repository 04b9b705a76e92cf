"""What a Compose project comes to: services with everything resolved, and where each value is written."""

from __future__ import annotations

from preflight.model.record import Record, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Literal, TypeAlias

    from preflight.model.origin import Origin
    from preflight.model.problem import Problem
    from preflight.model.secret_text import SecretText
    from preflight.model.setting import Setting
    from preflight.sources.compose.tree import Node

    Outcome: TypeAlias = Literal["refused", "fragment", "env_file_missing", "no_file"]


class PublishedPort(Record):
    """A port that a service publishes. Several where a range is written."""

    host_ip: str | None = field("Address on the host; None is every interface.", default=None)
    published: str | None = field("Port or range on the host; None is one that Docker chooses.", default=None)
    target: int = field("Port in the container.")
    protocol: str = field("Such as `tcp`.", default="tcp")
    mode: str = field("`ingress` or `host`.", default="ingress")
    origin: Origin = field("Where it is written.")
    via: tuple[Origin, ...] = field("Where its variables were set.", default=())
    references: tuple[str, ...] = field("Variables that it was put together from.", default=())
    blanked_by: tuple[str, ...] = field("Those of them that were unset.", default=())


class Mount(Record):
    """Something mounted into a container."""

    type: str = field("`bind`, `volume`, `tmpfs`, `image`, `npipe` or `cluster`.")
    source: str | None = field(
        "Absolute path on the host, or name of the volume; None for one without a name.", default=None
    )
    target: str | None = field("Path in the container.", default=None)
    read_only: bool = field("Whether the container cannot write to it.", default=False)
    subpath: str | None = field("Folder in the volume that is mounted instead of its root.", default=None)
    origin: Origin = field("Where it is written.")
    via: tuple[Origin, ...] = field("Where its variables were set.", default=())


class Grant(Record):
    """A secret or config that a service is given as a file."""

    source: str = field("Its name in the project.")
    target: str = field("Absolute path in the container.")
    mode: str | None = field(
        "Mode in base 8 where one is written. Compose ignores it for a secret from a file.", default=None
    )
    uid: str | None = field("Owner, where one is written.", default=None)
    gid: str | None = field("Group, where one is written.", default=None)
    origin: Origin = field("Where it is written.")


class ContentSource(Record):
    """A secret or config of the project, and where its content comes from."""

    name: str = field("Its name in the project.")
    resource_name: str = field("Its name for Docker.")
    kind: Literal["file", "environment", "content", "external", "driver"] = field(
        "Where the content comes from.", choices=("file", "environment", "content", "external", "driver")
    )
    file: str | None = field("Absolute path of the file, for one from a file.", default=None)
    variable: str | None = field("Name of the variable, for one from the environment.", default=None)
    content: SecretText | None = field("The content where it is known without reading a file.", default=None)
    origin: Origin = field("Where it is defined.")
    via: tuple[Origin, ...] = field("Where its variables were set.", default=())


class Network(Record):
    """A network of the project."""

    name: str = field("Its name in the project.")
    resource_name: str = field("Its name for Docker.")
    external: bool = field("Whether it is made outside of the project.", default=False)
    internal: bool = field("Whether it has no way out.", default=False)
    driver: str | None = field("Its driver, where one is written.", default=None)
    driver_opts: Mapping[str, str] = field("Options of the driver.")
    origin: Origin = field("Where it is defined.")

    def __hash__(self) -> int:
        return hash((self.name, self.origin))


class Volume(Record):
    """A named volume of the project."""

    name: str = field("Its name in the project.")
    resource_name: str = field("Its name for Docker.")
    external: bool = field("Whether it is made outside of the project.", default=False)
    driver: str | None = field("Its driver, where one is written.", default=None)
    device: str | None = field("The folder on the host that it stands for (`o: bind`), where it does.", default=None)
    origin: Origin = field("Where it is defined.")


class Dependency(Record):
    """A service that another waits for."""

    service: str = field("Its name.")
    condition: str = field("`service_started`, `service_healthy` or `service_completed_successfully`.")
    required: bool = field("Whether the other cannot start without it.", default=True)
    origin: Origin = field("Where it is written.")


class ServiceEnvFile(Record):
    """An entry of `env_file:`."""

    path: str = field("Absolute path.")
    name: str = field("The path for messages.")
    required: bool = field("Whether Compose refuses the project without it.", default=True)
    raw: bool = field("Whether it is of `format: raw`.", default=False)
    found: bool = field("Whether it exists.", default=True)
    origin: Origin = field("Where the entry is written.")


class ComposeService(Record):
    """A service that would run, with everything resolved."""

    name: str = field("Its name.")
    origin: Origin = field("Where it is first described.")
    image: str | None = field("Its image; None where it is only built.", default=None)
    environment: Mapping[str, Setting] = field("Its environment; a setting without a value is not passed at all.")
    env_files: tuple[ServiceEnvFile, ...] = field("The env files it reads, in order.", default=())
    ports: tuple[PublishedPort, ...] = field("The ports it publishes.", default=())
    mounts: tuple[Mount, ...] = field("What is mounted into it.", default=())
    secrets: tuple[Grant, ...] = field("The secrets it is given.", default=())
    configs: tuple[Grant, ...] = field("The configs it is given.", default=())
    command: tuple[SecretText, ...] | None = field("Its command in words; None is the image's.", default=None)
    entrypoint: tuple[SecretText, ...] | None = field("Its entrypoint in words; None is the image's.", default=None)
    network_mode: str | None = field("Such as `host` or `service:other`; None where it has networks.", default=None)
    networks: tuple[str, ...] = field("Its networks, by their names in the project.", default=())
    depends_on: tuple[Dependency, ...] = field(
        "What it waits for, also where that follows from another field.", default=()
    )
    tree: Node = field("The service whole, each value with its place. Holds values that may be secrets.")

    def __hash__(self) -> int:
        return hash((self.name, self.origin))

    def value(self, *path: str) -> Any:  # noqa: ANN401 - any value of a Compose file
        """Return a value of the resolved service without its places, such as `value("deploy", "replicas")`; None if absent."""
        from preflight.sources.compose.tree import plain

        node: Node | None = self.tree
        for name in path:
            node = node.child(name) if node is not None else None
        return plain(node)

    def origin_of(self, *path: str) -> Origin:
        """Return where a key is written; where it is not, the place of the nearest one above it."""
        node = self.tree
        origin = self.origin
        for name in path:
            child = node.child(name)
            if child is None:
                break
            origin = node.key_origin(name)
            node = child
        return origin

    def via_of(self, *path: str) -> tuple[Origin, ...]:
        """Return where the variables of a value were set."""
        node: Node | None = self.tree
        for name in path:
            node = node.child(name) if node is not None else None
        return node.trace.via if node is not None and node.trace is not None else ()


class Trap(Record):
    """Something that Compose does without a word, or with a mere warning, to what is written. Never quotes a value."""

    code: str = field("Stable identifier in snake case, such as `variable_blanked`.")
    message: str = field("One sentence.")
    hint: str = field("What to do.")
    origin: Origin = field("Where.")
    service: str | None = field("The service, where it is one's.", default=None)
    setting: str | None = field("The setting, where it is one.", default=None)
    variables: tuple[str, ...] = field("The variables that it is about.", default=())


class ComposeProject(Record):
    """A project as Docker Compose would run it."""

    name: str = field("Its name.")
    directory: str = field("The folder that its relative paths are relative to, absolute.")
    files: tuple[str, ...] = field("The Compose files that were read, in order, as given.")
    env_files: tuple[str, ...] = field("The env files that its variables came from, as given.", default=())
    services: tuple[ComposeService, ...] = field("The enabled services, by name.")
    disabled: tuple[str, ...] = field("Services that no profile enables.", default=())
    secrets: Mapping[str, ContentSource] = field("Its secrets.")
    configs: Mapping[str, ContentSource] = field("Its configs.")
    networks: Mapping[str, Network] = field("Its networks.")
    volumes: Mapping[str, Volume] = field("Its volumes.")
    traps: tuple[Trap, ...] = field("What Compose does silently to it.", default=())
    tree: Node = field("The project whole, each value with its place. Holds values that may be secrets.")

    def __hash__(self) -> int:
        return hash((self.name, self.files))

    def service(self, name: str) -> ComposeService | None:
        """Return a service by name."""
        return next((service for service in self.services if service.name == name), None)


class ComposeRefusal(Record):
    """A project that Compose would not run as it is given."""

    outcome: Outcome = field(
        "`refused`; `fragment`: an override file without the file it overrides; `env_file_missing`: only env files of "
        "services are missing; `no_file`: there is no Compose file.",
        choices=("refused", "fragment", "env_file_missing", "no_file"),
    )
    problems: tuple[Problem, ...] = field("What is wrong, each with its place and what to do.")
    project: ComposeProject | None = field("For `env_file_missing`, the project without those files.", default=None)
