"""Which files a project is made of: `-f`, `COMPOSE_FILE`, the usual names, their override files, and env files."""

from __future__ import annotations

import os
import posixpath

from preflight.model.origin import Origin
from preflight.sources.compose.paths import relative_name
from preflight.sources.compose.tree import Refused, SourceFile, problem, refuse
from preflight.sources.compose.variables import Variables

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from preflight.sources.compose.env_files import EnvFiles, EnvValue

NAMES = ("compose.yaml", "compose.yml", "docker-compose.yml", "docker-compose.yaml")
OVERRIDES = (
    "compose.override.yml",
    "compose.override.yaml",
    "docker-compose.override.yml",
    "docker-compose.override.yaml",
)


class Sources:
    """What a project is read from.

    Attributes:
        files: Its Compose files.
        directory: The folder that relative paths are relative to, absolute.
        variables: What interpolation sees.
        env_files: The env files that were read, as given.
        profiles: The profiles that are asked for.
        name: The project's name where the environment gives it, or None.
        values: What the env files set, by name.
    """

    def __init__(
        self,
        files: list[SourceFile],
        directory: str,
        variables: Variables,
        env_files: tuple[str, ...],
        profiles: tuple[str, ...],
        name: str | None,
        values: dict[str, EnvValue],
    ) -> None:
        self.files = files
        self.directory = directory
        self.variables = variables
        self.env_files = env_files
        self.profiles = profiles
        self.name = name
        self.values = values


def find(
    files: Sequence[str],
    reader: EnvFiles,
    *,
    environment: Mapping[str, str],
    env_files: Sequence[str],
    project_directory: str | None,
    profiles: Sequence[str],
    folder: str,
) -> Sources:
    """Find what a project is read from, in the order that Docker Compose looks.

    Args:
        files: Compose files given with `-f`, relative to `folder`.
        reader: Reads env files.
        environment: The process environment.
        env_files: Env files given with `--env-file`.
        project_directory: The folder given with `--project-directory`.
        profiles: Profiles given with `--profile`.
        folder: The current folder, absolute.

    Raises:
        Refused: An env file is missing or malformed, or there is no Compose file (outcome `no_file`).
    """

    def absolute(path: str) -> str:
        return posixpath.normpath(posixpath.join(folder, path))

    base = folder
    if project_directory is not None:
        base = absolute(project_directory)
    elif files:
        base = posixpath.dirname(absolute(files[0]))
    named = list(env_files)
    if not named and environment.get("COMPOSE_ENV_FILES"):
        named = [path for path in environment["COMPOSE_ENV_FILES"].split(",") if path]
    process = Variables(environment if "PWD" in environment else {**environment, "PWD": folder})
    found: dict[str, EnvValue] = {}
    used: list[str] = []
    for path in named:
        _given_env_file(absolute(path), path, reader, process, found)
        used.append(path)
    if not named:
        _default_env_file(base, folder, reader, process, found, used)
    variables = _below(process, found)

    paths = [(absolute(path), path) for path in files]
    if not paths:
        listed_from = base if project_directory is not None else folder
        paths = _listed(variables, listed_from) or [(path, relative_name(path, folder)) for path in discover(base)]
        if not paths:
            message = f"there is no Compose file in {folder}, or in a folder above it"
            hint = f"Name it with -f; the usual names are {', '.join(NAMES)}."
            raise Refused((problem("no_compose_file", message, hint, None),), "no_file")
        if project_directory is None:
            base = posixpath.dirname(paths[0][0])
            if not named and base != folder:
                later: dict[str, EnvValue] = {}
                _default_env_file(base, folder, reader, variables, later, used)
                variables = _below(variables, later)
                found = {**later, **found}
    wanted = tuple(profiles) or tuple(
        profile.strip() for profile in (variables.get("COMPOSE_PROFILES") or "").split(",") if profile.strip()
    )
    sources = [SourceFile(path, name) for path, name in paths]
    return Sources(sources, base, variables, tuple(used), wanted, variables.get("COMPOSE_PROJECT_NAME") or None, found)


def _listed(variables: Variables, base: str) -> list[tuple[str, str]]:
    """Return the files of `COMPOSE_FILE`, each with its path as given."""
    separator = variables.get("COMPOSE_PATH_SEPARATOR") or os.pathsep
    names = (variables.get("COMPOSE_FILE") or "").split(separator)
    return [(posixpath.normpath(posixpath.join(base, name)), name) for name in names if name]


def discover(folder: str) -> list[str]:
    """Return the Compose file of a folder or the nearest one above it, and its override file."""
    current = folder
    while True:
        for name in NAMES:
            path = posixpath.join(current, name)
            if os.path.isfile(path):
                overrides = [posixpath.join(current, override) for override in OVERRIDES]
                return [path, *[override for override in overrides if os.path.isfile(override)][:1]]
        above = posixpath.dirname(current)
        if above == current:
            return []
        current = above


def _given_env_file(where: str, path: str, reader: EnvFiles, variables: Variables, found: dict[str, EnvValue]) -> None:
    if not os.path.exists(where):
        hint = "Check the path given with --env-file."
        raise refuse("missing", f"the env file {path} does not exist", hint, Origin(file=path))
    reader.read(where, path, variables.values(), found, None, origins_of=variables.origins)


def _default_env_file(
    base: str, folder: str, reader: EnvFiles, variables: Variables, found: dict[str, EnvValue], used: list[str]
) -> None:
    path = posixpath.join(base, ".env")
    if variables.get("COMPOSE_DISABLE_ENV_FILE") in ("1", "true") or not os.path.isfile(path):
        return
    name = relative_name(path, folder)
    reader.read(path, name, variables.values(), found, None, origins_of=variables.origins)
    used.append(name)


def _below(variables: Variables, found: dict[str, EnvValue]) -> Variables:
    return variables.below(
        {name: value.text for name, value in found.items()}, {name: value.origins for name, value in found.items()}
    )


def boundary(files: Sequence[str], directory: str) -> str:
    """Return the folder that included and extended files must lie in: the repository's, or what holds all that is given."""
    common = os.path.realpath(posixpath.commonpath([directory, *[posixpath.dirname(path) for path in files]]))
    current = common
    while True:
        if os.path.exists(posixpath.join(current, ".git")):
            return current
        above = posixpath.dirname(current)
        if above == current:
            return common
        current = above
