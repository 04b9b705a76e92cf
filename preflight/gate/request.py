"""What a run was asked to do, settled: command line, configuration and surroundings in one value."""

from __future__ import annotations

from preflight.model.record import Record, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from typing import Any

    from preflight.model.origin import Origin
    from preflight.packs.library import Changes
    from preflight.probes.clock import Clock
    from preflight.probes.files import FileProbe
    from preflight.probes.git import GitProbe
    from preflight.sources.env_file import Dialect


class ComposeProjectFiles(Record):
    """A Compose project as `docker compose` is pointed at it."""

    files: tuple[str, ...] = field(
        "Compose files as given with `-f`; none: `COMPOSE_FILE` or the usual names.", default=()
    )
    project_directory: str | None = field("As given with `--project-directory`.", default=None)
    profiles: tuple[str, ...] = field("Compose's own profiles.", default=())
    environment: Mapping[str, str] = field("The environment that variables are taken from first.")

    def __hash__(self) -> int:
        return hash((self.files, self.project_directory, self.profiles))


class LiveRequest(Record):
    """Live checks, as they were asked for."""

    wait: float = field("Seconds in which what waiting can cure is tried again.", default=0.0)
    timeout: float = field("Seconds for each step of a check.", default=5.0)
    endpoints: tuple[str, ...] = field("TLS endpoints to look at, as HOST:PORT.", default=())
    endpoints_at: Origin | None = field("Where the configuration names them, where it does.", default=None)
    announce: Callable[[str], None] | None = field("Told what is waited for; None: nobody is.", default=None)
    recorded: Mapping[str, Mapping[str, Any]] | None = field(
        "Facts by type of resource, of a rule's example: with them no server is asked.", default=None
    )

    def __hash__(self) -> int:
        return hash((self.wait, self.timeout, self.endpoints))


class Request(Record):
    """One run."""

    folder: str = field("The project folder; relative paths start here.", default=".")
    stage: str = field("build or start.")
    profile: tuple[str, str] | None = field(
        "A pinned profile and who pinned it; None lets the declared environment choose.", default=None
    )
    fail_on: str = field("Failures of this severity and above block.", default="high")
    env_files: tuple[str, ...] = field("Env files to judge.", default=())
    discover: bool = field("Whether to look for env files and Compose files in the folder.", default=False)
    compose: ComposeProjectFiles | None = field("The Compose project to judge.", default=None)
    process: Mapping[str, str] | None = field("The process environment, where it is judged.", default=None)
    home: Mapping[str, str] = field("HOME and the like, for git's own configuration.")
    dialect: Dialect | None = field("How env files are read; None decides by the folder.", default=None)
    contracts: tuple[str, ...] = field("Example files whose keys must be set.", default=())
    examples: tuple[str, ...] | None = field(
        "Example files whose values must not be kept; None looks for them beside the inputs.", default=None
    )
    packs: tuple[str, ...] = field("The project's own packs.", default=())
    changes: Changes | None = field("What the project's configuration changes.", default=None)
    bindings: Mapping[str, Sequence[str]] = field("The project's own bindings: role to names.")
    required_roles: tuple[str, ...] = field("Roles that some setting must play.", default=())
    not_secret: tuple[str, ...] = field("Names that are no secrets.", default=())
    defer_paths: tuple[str, ...] = field("Beginnings of paths that exist only where the service starts.", default=())
    deadline: float = field("Seconds for the whole run.", default=30.0)
    in_container: bool | None = field(
        "Whether the process runs in a container; None where only its start will tell.", default=None
    )
    as_uid: int | None = field("The user that will read the files.", default=None)
    as_gids: tuple[int, ...] = field("The groups that this user is in.", default=())
    live: LiveRequest | None = field("Which live checks to make; None: none.", default=None)
    configuration: tuple[Mapping[str, Any], ...] = field(
        "Effective settings of preflight itself, for the report.", default=()
    )
    configuration_file: tuple[str, str | None] | None = field(
        "The configuration file and the digest of its text, where there is one.", default=None
    )
    notes: tuple[str, ...] = field("What the report should say besides.", default=())
    files: FileProbe = field("Looks at files.")
    git: GitProbe = field("Looks at git.")
    clock: Clock = field("Tells the time.")
