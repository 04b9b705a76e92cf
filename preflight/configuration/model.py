"""The configuration in force, with the origin of everything in it."""

from __future__ import annotations

from preflight.model.record import Record, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Literal, TypeAlias

    from preflight.model.origin import Origin
    from preflight.packs.model import Override, Severity

    Source: TypeAlias = Literal["default", "file", "environment", "command line"]
    Stage: TypeAlias = Literal["build", "start"]
    Dialect: TypeAlias = Literal["compose", "dotenv", "shell"]


class Option(Record):
    """One value and who said it."""

    value: Any = field("The value: text, number, flag, None, or a tuple of texts.")
    source: Source = field("default, file, environment or command line.", default="default")
    origin: Origin | None = field("Place in the file, or the variable; None for the others.", default=None)
    loosens: bool = field("A variable that weakens the gate, as the configuration file allows.", default=False)


class Configuration(Record):
    """Everything that can be configured. `options` says of each field where it comes from."""

    profile: str | None = field("The profile; None lets the declared environment decide.")
    stage: Stage | None = field("The stage; None lets the command decide.")
    fail_on: Severity = field("Failures of this severity and above block.")
    env_files: tuple[str, ...] = field("Env files to judge; empty lets preflight discover them.")
    compose: tuple[str, ...] = field("Compose files to judge; empty lets preflight discover them.")
    compose_profiles: tuple[str, ...] = field("Compose's own profiles that are enabled.")
    process_env: bool = field("Whether the process environment is judged at stage build too.")
    dialect: Dialect | None = field("How env files are read; None lets the context decide.")
    contract: tuple[str, ...] = field("Env files every key of which must be set.")
    examples: tuple[str, ...] | None = field("Paths and globs of example env files; None lets preflight discover them.")
    packs: tuple[str, ...] = field("Paths of the project's own packs, files or folders.")
    disable: tuple[tuple[str, Origin | None], ...] = field("Rules that are left out, each with its place.")
    override: tuple[Override, ...] = field("Rules that are changed.")
    parameters: Mapping[str, tuple[Any, Source, Origin | None]] = field("Parameters: value, source, place.")
    bindings: Mapping[str, tuple[str, ...]] = field("Names of settings by the role they play.")
    not_secret: tuple[str, ...] = field("Settings that are no secrets, whatever they are called.")
    required_roles: tuple[str, ...] = field("Roles that some setting must play.")
    defer_paths: tuple[str, ...] = field("Prefixes of paths that exist only where the service starts.")
    deadline: float = field("Seconds after which what is undecided is an error.")
    live: bool = field("Whether live servers are asked.")
    wait: float | None = field("Seconds in which servers that may still come up are waited for; None: not at all.")
    live_timeout: float = field("Seconds for each step of a live check.")
    endpoints: tuple[str, ...] = field("TLS endpoints that live checks look at, as HOST:PORT.")
    log: Literal["off", "json"] = field("Whether a log is written to stderr.")
    format: Literal["json", "text"] | None = field("Format of the report; None lets the terminal decide.")
    allow_environment: tuple[str, ...] = field("Fields that a variable may loosen.")
    as_uid: int | None = field("The user whose access to files is judged; None is the one that runs.")
    as_gids: tuple[int, ...] = field("The groups that this user is in.")

    options: Mapping[str, Option] = field("By name as the file writes it: fail_on, inputs.env_files, parameters.NAME.")
    unknown_variables: tuple[tuple[str, str | None], ...] = field(
        "PREFLIGHT_* variables that mean nothing to preflight, each with the one that may have been meant."
    )
    file: str | None = field("The configuration file that was read, as given.", default=None)
    sha256: str | None = field("Digest of that file's text.", default=None)
