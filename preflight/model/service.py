"""What an orchestrator runs for a subject: image, ports, mounts, privileges, each with its place."""

from __future__ import annotations

from preflight.model.record import Record, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal

    from preflight.model.origin import Origin
    from preflight.model.secret_text import SecretText
    from preflight.model.setting import Setting


class Word(Record):
    """A word of a list, such as a capability."""

    text: str = field("The word.")
    origin: Origin = field("Where it is written.")


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
    conflict: str | None = field(
        "Another one that takes the same address and port of the host: its service, with its place.", default=None
    )


class HostPath(Record):
    """A path of the host that is seen in a volume, without being the volume."""

    path: str = field("Absolute path on the host.")
    shown: str = field("What to call it.")
    read_only: bool = field("Whether it cannot be written to through the volume.", default=False)


class Mount(Record):
    """Something mounted into a container."""

    type: str = field("`bind`, `volume`, `tmpfs`, `image`, `npipe` or `cluster`.")
    source: str | None = field(
        "Absolute path on the host, or name of the volume; None for one without a name.", default=None
    )
    target: str | None = field("Path in the container.", default=None)
    read_only: bool = field("Whether the container cannot write to it.", default=False)
    subpath: str | None = field("Folder in the volume that is mounted instead of its root.", default=None)
    creates_source: bool = field(
        "Whether an empty directory is made of a source that is missing, without a word.", default=False
    )
    reaches: tuple[HostPath, ...] = field(
        "What is seen of the host in a volume: the layers of an overlay, the disk that the host runs from.", default=()
    )
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


class Dependency(Record):
    """A service that another waits for."""

    service: str = field("Its name.")
    condition: str = field("`service_started`, `service_healthy` or `service_completed_successfully`.")
    required: bool = field("Whether the other cannot start without it.", default=True)
    origin: Origin = field("Where it is written.")


class Trap(Record):
    """Something that an orchestrator does without a word, or with a mere warning, to what is written. Never quotes a value."""

    code: str = field("Stable identifier in snake case, such as `variable_blanked`.")
    message: str = field("One sentence.")
    hint: str = field("What to do.")
    origin: Origin = field("Where.")
    service: str | None = field("The service, where it is one's.", default=None)
    setting: str | None = field("The setting, where it is one.", default=None)
    variables: tuple[str, ...] = field("The variables that it is about.", default=())


class FilePlace(Record):
    """What a path in a container stands for on this machine."""

    target: str = field("Absolute path in the container: of a file, or of a directory with all below it.")
    source: str | None = field("Absolute path on this machine; None where it is known only where the service runs.")
    shown: str = field("What to call it: the path on this machine, or `the volume data`.")
    origin: Origin = field("Where the mount, secret or config is written.")
    read_only: bool = field("Whether the container cannot write to it.", default=False)
    content: SecretText | None = field("Its content, for one without a file.", default=None)
    mode: int | None = field(
        "Permission bits that the container sees, where they are not the file's own.", default=None
    )
    uid: int | None = field("Owner that the container sees, where it is not the file's own.", default=None)
    gid: int | None = field("Group that the container sees, where it is not the file's own.", default=None)


class Hook(Record):
    """A command that is run in a container after its start or before its end, beside the service's own."""

    name: str = field("`post_start` or `pre_stop`.")
    privileged: bool = field("Whether it may do everything that root on the host may.", default=False)
    user: str | None = field("User, or `user:group`, as written; None is the service's.", default=None)
    environment: tuple[Setting, ...] = field("What is set for it.", default=())
    texts: tuple[Setting, ...] = field("The texts of its command as they are written.", default=())
    origin: Origin = field("Where it is written.")
    places: Mapping[str, Origin] = field("Where each of its keys is written.")

    def __hash__(self) -> int:
        return hash((self.name, self.origin))


class FurtherText(Record):
    """A text of a service's description, apart from settings and commands, that may hold a secret."""

    place: Literal[
        "annotation", "build_argument", "build_context", "command", "config", "environment", "logging", "provider", "volume"
    ] = field(
        "Where it stands.",
        choices=(
            "annotation", "build_argument", "build_context", "command", "config", "environment", "logging", "provider", "volume",
        ),
    )  # fmt: skip
    form: Literal["value", "options", "content", "dockerfile", "url", "command"] = field(
        "What it is: the value of a name, a list of options between commas, what a file will hold, instructions of a "
        "Dockerfile, a URL, or a command.",
        choices=("value", "options", "content", "dockerfile", "url", "command"),
    )
    owner: str = field("What it belongs to, such as the name of the volume; empty for the service itself.", default="")
    setting: Setting = field("The text, by its name.")


class Service(Record):
    """One service (or container) as it will run."""

    image: str | None = field("Its image as written, interpolated; None where it is only built.", default=None)
    built: bool = field("Whether it is built from a folder.", default=False)
    command: tuple[SecretText, ...] | None = field("Its command in words; None is the image's.", default=None)
    entrypoint: tuple[SecretText, ...] | None = field("Its entrypoint in words; None is the image's.", default=None)
    texts: tuple[Setting, ...] = field(
        "The texts of its command, entrypoint and health check as they are written, by these names: one, or one for each word.",
        default=(),
    )
    build_args: tuple[Setting, ...] = field("The arguments it is built with.", default=())
    labels: tuple[Setting, ...] = field("The labels of it and of its image.", default=())
    further_texts: tuple[FurtherText, ...] = field("Further texts that may hold secrets.", default=())
    hooks: tuple[Hook, ...] = field("What is run in it after its start and before its end.", default=())
    working_dir: str | None = field("Where relative paths start in it; None is the image's.", default=None)
    user: str | None = field("User, or `user:group`, as written; None is the image's.", default=None)
    group_add: tuple[str, ...] = field("Further groups of its user.", default=())
    ports: tuple[PublishedPort, ...] = field("The ports it publishes.", default=())
    guest_images: tuple[str | None, ...] = field(
        "Images of the services that run in its network, and are reached through its ports.", default=()
    )
    told_ports: tuple[tuple[int, str], ...] = field(
        "Ports that it and they are told to listen on, each with the image, or what goes by the name of one.",
        default=(),
    )
    swarm_key: str | None = field("A key below `deploy` that only a swarm looks at, where there is one.", default=None)
    mounts: tuple[Mount, ...] = field("What is mounted into it.", default=())
    secrets: tuple[Grant, ...] = field("The secrets it is given.", default=())
    configs: tuple[Grant, ...] = field("The configs it is given.", default=())
    contents: Mapping[str, ContentSource] = field("Where the content of its secrets comes from, by name.")
    config_contents: Mapping[str, ContentSource] = field(
        "Where the content of its configs comes from, by name.", default={}
    )
    files: tuple[FilePlace, ...] = field("What paths in it stand for.", default=())
    network_mode: str | None = field("Such as `host` or `service:other`; None where it has networks.", default=None)
    host_network: str | None = field(
        "Name in the project of the network that puts it into the host's, where no `network_mode` does.", default=None
    )
    networks: tuple[Network, ...] = field("The networks it is in.", default=())
    pid: str | None = field("Whose process namespace it shares.", default=None)
    ipc: str | None = field("Whose IPC namespace it shares.", default=None)
    uts: str | None = field("Whose host name it shares.", default=None)
    user_namespace: str | None = field("`host` where user remapping is switched off for it.", default=None)
    cgroup: str | None = field("`host` or `private`, where it is written.", default=None)
    privileged: bool = field("Whether it may do everything that root on the host may.", default=False)
    read_only: bool = field("Whether its root file system is read-only.", default=False)
    api_socket: bool = field("Whether it is given the socket of Docker's API by `use_api_socket`.", default=False)
    capabilities_added: tuple[Word, ...] = field("Capabilities it is given, as written.", default=())
    capabilities_dropped: tuple[Word, ...] = field("Capabilities it is not given, as written.", default=())
    security_options: tuple[Word, ...] = field("Security options, such as `no-new-privileges:true`.", default=())
    devices: tuple[Word, ...] = field("Devices of the host it may use.", default=())
    device_rules: tuple[Word, ...] = field("Rules for the devices it may use, such as `c 1:3 rwm`.", default=())
    healthcheck: str = field("set, disabled or absent.", default="absent")
    restart: str | None = field("Its restart policy, where one is written.", default=None)
    memory_limited: bool = field("Whether its memory is limited.", default=False)
    cpu_limited: bool = field("Whether its share of the processors is limited.", default=False)
    processes_limited: bool = field("Whether its number of processes is limited.", default=False)
    depends_on: tuple[Dependency, ...] = field("What it waits for.", default=())
    gates: frozenset[str] = field("Services of the project that run preflight, judge, and end.", default=frozenset())
    siblings: tuple[str, ...] = field("All services of the project, by name.", default=())
    neighbours: frozenset[str] = field(
        "Names of services that it reaches over a network of one machine.", default=frozenset()
    )
    host_names: tuple[str, ...] = field("Names under which the others reach it.", default=())
    places: Mapping[str, Origin] = field("Where each of its keys is written.")
    traps: tuple[Trap, ...] = field("What the orchestrator does silently to it.", default=())

    def __hash__(self) -> int:
        return hash((self.image, self.ports, self.mounts))
