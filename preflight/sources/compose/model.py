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
    from preflight.model.service import ContentSource, Dependency, Grant, Mount, Network, PublishedPort, Trap
    from preflight.model.setting import Setting
    from preflight.sources.compose.tree import Node

    Outcome: TypeAlias = Literal["refused", "fragment", "env_file_missing", "no_file"]


class Volume(Record):
    """A named volume of the project."""

    name: str = field("Its name in the project.")
    resource_name: str = field("Its name for Docker.")
    external: bool = field("Whether it is made outside of the project.", default=False)
    driver: str | None = field("Its driver, where one is written.", default=None)
    device: str | None = field("The folder on the host that it stands for (`o: bind`), where it does.", default=None)
    origin: Origin = field("Where it is defined.")


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
        node: Any = self.tree
        for name in path:
            node = node.value.get(name) if isinstance(node.value, dict) else None
            if node is None:  # as most that are asked for
                return None
        if not isinstance(node.value, (dict, list)):
            return node.value
        from preflight.sources.compose.tree import plain

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


class ComposeProject(Record):
    """A project as Docker Compose would run it."""

    name: str = field("Its name.")
    directory: str = field("The folder that its relative paths are relative to, absolute.")
    folder: str = field("The folder that paths are shown relative to, absolute.", default="/")
    files: tuple[str, ...] = field("The Compose files that were read, in order, as given.")
    env_files: tuple[str, ...] = field("The env files that its variables came from, as given.", default=())
    services: tuple[ComposeService, ...] = field("The enabled services, by name.")
    disabled: tuple[str, ...] = field("Services that no profile enables.", default=())
    asked_profiles: tuple[str, ...] = field("The profiles that are asked for; `*` is all.", default=())
    profiles: tuple[str, ...] = field("The profiles that its services have, sorted.", default=())
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
