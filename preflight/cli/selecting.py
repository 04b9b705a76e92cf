"""What a run judges: from the command line, the configuration, and what the folder has."""

from __future__ import annotations

import os

from preflight.errors import UsageError
from preflight.gate.request import ComposeProjectFiles
from preflight.model.problem import Problem
from preflight.model.record import Record, field
from preflight.sources.discovery import COMPOSE_NAMES, discover, is_compose_name, is_example_name

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping

    from preflight.configuration.model import Configuration


class Selection(Record):
    """What is judged."""

    env_files: tuple[str, ...] = field("Env files.")
    compose: ComposeProjectFiles | None = field("The Compose project.")
    discover: bool = field("Whether the folder's env files are looked for.")


def select(
    options: argparse.Namespace, configuration: Configuration, environment: Mapping[str, str], *, process: bool
) -> Selection:
    """Settle what is judged: what the command line names, else what the configuration names, else what the folder has.

    Args:
        options: The parsed command line.
        configuration: The configuration in force.
        environment: The process environment.
        process: Whether the process environment is judged; then nothing is looked for in the folder.

    Raises:
        UsageError: An example file is named as an input, or Compose files of several projects.
    """
    env_files, compose, directory = _named(options)
    # An --env-file leaves the project of the configuration or of the folder in place: it gives it its variables, as for Docker.
    named = bool(getattr(options, "paths", ()) or compose or directory)
    if not compose and not getattr(options, "paths", ()):
        compose = list(configuration.compose)
    env_files = env_files or list(configuration.env_files)
    if not compose and not named and not process and not configuration.env_files and _has_project(".", environment):
        directory = "."
    project = None
    if compose or directory is not None:
        project = ComposeProjectFiles(
            files=tuple(compose),
            project_directory=getattr(options, "project_directory", None)
            or (directory if directory not in {None, "."} else None),
            profiles=tuple(getattr(options, "compose_profile", ())) or configuration.compose_profiles,
            environment=environment,
        )
    return Selection(
        env_files=tuple(dict.fromkeys(env_files)),
        compose=project,
        discover=not named and not env_files and not process and (not compose or directory == "."),
    )


def without_services(
    options: argparse.Namespace, configuration: Configuration, selection: Selection
) -> tuple[Selection, tuple[str, ...]]:
    """Leave the Compose project out where the process environment is judged, and say so.

    One process starts here, and services are containers elsewhere. Where this is a container nothing of Compose lies
    beside it; somebody who tries the stage out on the host has its files, and would take the verdict for theirs.

    Args:
        options: The parsed command line.
        configuration: The configuration in force.
        selection: What was selected.

    Returns:
        What is judged, and the notes for the report.

    Raises:
        UsageError: The command line itself names a Compose project.
    """
    files = selection.compose.files if selection.compose is not None else ()
    if selection.compose is not None and any(getattr(options, name, None) for name in ("compose", "paths")):
        message = "a Compose project is judged by its files, and here the environment of this process is judged."
        raise _usage(
            "two_things", message, "Judge one at a time: leave out --stage start and --process-env, or the project."
        )
    name = files[0] if files else None if options.command == "exec" else _compose_file(".")
    if name is None:
        return selection, ()
    configured = configuration.process_env and not getattr(options, "process_env", None)
    how = "without process_env in the configuration" if configured else f"preflight check --stage build -f {name}"
    note = f"{name} is not judged, only the environment of this process; for its services: {how}"
    return selection.replace(compose=None), (note,)


def left_beside(options: argparse.Namespace, selection: Selection) -> tuple[str, ...]:
    """Say that a Compose project lies beside the env files that the command line names: its services are not judged with them.

    Args:
        options: The parsed command line.
        selection: What was selected.

    Returns:
        A note for the report, or none.
    """
    here = [path for path in getattr(options, "paths", ()) if not os.path.dirname(path)]
    name = _compose_file(".")
    if not here or name is None or selection.compose is not None:
        return ()
    return (f"{name} is not judged; for its services: preflight check -f {name} --env-file {here[0]}",)


def _named(options: argparse.Namespace) -> tuple[list[str], list[str], str | None]:
    """Return the env files, the Compose files, and the folder of a Compose project that the command line names."""
    env_files: list[str] = list(options.env_file)
    compose: list[str] = list(getattr(options, "compose", ()))
    directory: str | None = None
    for path in getattr(options, "paths", ()):
        if os.path.isdir(path):
            inside = discover(path)
            has_project = _compose_file(path) is not None
            if has_project:
                directory = path
            elif not inside.taken:
                env_files.append(os.path.join(path, ".env"))  # which is missing, and the report says so
            env_files += [os.path.join(path, name) if path != "." else name for name in inside.taken if not has_project]
        elif is_compose_name(path):
            compose.append(path)
        else:
            env_files.append(path)
    if len({os.path.dirname(os.path.abspath(path)) for path in compose}) > 1 and not options.compose:
        message = "the Compose files lie in several folders, so they are several projects."
        raise _usage("several_projects", message, "Judge one project at a time, or name its files with -f.")
    for path in env_files:
        # To Compose any file can give variables; their values are judged all the same.
        if is_example_name(path) and not (compose or directory):
            message = f"{path} is an example file: it holds no real values to judge."
            raise _usage("example_file", message, "Use it as the contract: --contract FILE.")
    return env_files, compose, directory


def _has_project(folder: str, environment: Mapping[str, str]) -> bool:
    return bool(environment.get("COMPOSE_FILE")) or _compose_file(folder) is not None


def _compose_file(folder: str) -> str | None:
    """Return the name of the Compose file that a folder has, as Compose looks for it."""
    return next((name for name in COMPOSE_NAMES if os.path.isfile(os.path.join(folder, name))), None)


def _usage(code: str, message: str, hint: str) -> UsageError:
    return UsageError([Problem(kind="input", code=code, message=message, hint=hint)])
