"""A Compose project as an input of a run: its services as subjects, and what Compose would refuse."""

from __future__ import annotations

import os

from preflight.documents.suggestions import did_you_mean
from preflight.model.origin import Origin
from preflight.model.problem import Problem
from preflight.model.record import Record, field
from preflight.sources.compose import ComposeRefusal, load_project, subjects

TYPE_CHECKING = False
if TYPE_CHECKING:
    from preflight.gate.request import ComposeProjectFiles
    from preflight.model.subject import Subject
    from preflight.sources.compose import ComposeProject

# Compose reads none of these by itself.
_PRODUCTION_ENV_FILES = (".env.production", ".env.prod", "production.env", "prod.env")

_MOST_PLACES = 8  # of a variable, beside the first


class Services(Record):
    """What became of a project."""

    subjects: tuple[Subject, ...] = field("Its services.", default=())
    files: tuple[str, ...] = field("The Compose files that were read.", default=())
    env_files: tuple[str, ...] = field("The env files that its variables came from.", default=())
    problems: tuple[Problem, ...] = field("Why Compose would not run it.", default=())
    notes: tuple[str, ...] = field("What the report should say besides.", default=())


def services(named: ComposeProjectFiles, *, env_files: tuple[str, ...], folder: str) -> Services:
    """Load a project and return its services.

    Args:
        named: The project.
        env_files: Env files that variables are taken from; none: `.env`, as Compose does.
        folder: The folder that paths are relative to.
    """
    loaded = load_project(
        named.files,
        environment=named.environment,
        env_files=env_files,
        project_directory=named.project_directory,
        profiles=named.profiles,
        folder=os.path.abspath(folder),
    )
    if not isinstance(loaded, ComposeRefusal):
        return _services(loaded, _unknown_profiles(loaded, named.profiles))
    problems = tuple(_with_env_file(one, env_files, folder) for one in _once_each(loaded.problems))
    if loaded.project is not None:
        return _services(loaded.project, (*problems, *_unknown_profiles(loaded.project, named.profiles)))
    there = tuple(name for name in named.files if os.path.isfile(os.path.join(folder, name)))
    return Services(files=there, problems=problems)


def _unknown_profiles(project: ComposeProject, given: tuple[str, ...]) -> tuple[Problem, ...]:
    """Return a problem for each profile given to preflight that no service has: what was meant would go unjudged."""
    problems: list[Problem] = []
    for name in given:
        if name not in {"*", *project.profiles}:
            near = did_you_mean(name, project.profiles)
            known = f"Its profiles: {', '.join(project.profiles)}." if project.profiles else "Its services have none."
            problems.append(
                Problem(
                    kind="input",
                    code="unknown_compose_profile",
                    message=f'no service of the project has the profile "{name}"',
                    hint=f"Did you mean {near}?" if near else known,
                )
            )
    return tuple(problems)


def _once_each(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    """Return problems with a variable that is missing in several places said once, with its places."""
    uses: dict[str | None, list[Problem]] = {}
    for one in problems:
        if one.code == "missing_variable" and one.origin is not None:
            uses.setdefault(one.origin.setting, []).append(one)
    said: dict[Problem, None] = {}
    for one in problems:
        same = uses.get(one.origin.setting, ()) if one.code == "missing_variable" and one.origin is not None else ()
        if len(same) < 2:
            said[one] = None
            continue
        others = [str(other.origin) for other in same[1:]]
        more = f" and {len(others) - _MOST_PLACES} more places" if len(others) > _MOST_PLACES else ""
        places = f" (also at {', '.join(others[:_MOST_PLACES])}{more})"
        said[same[0].replace(message=same[0].message + places)] = None
    return tuple(said)


def _services(project: ComposeProject, problems: tuple[Problem, ...]) -> Services:
    found = subjects(project)
    notes: tuple[str, ...] = ()
    for name in project.asked_profiles:
        if name not in {"*", *project.profiles} and not any(one.code == "unknown_compose_profile" for one in problems):
            near = did_you_mean(name, project.profiles)
            meant = f"; did you mean {near}?" if near else ""
            notes += (f"COMPOSE_PROFILES names {name}, a profile that no service has{meant}",)
    if project.disabled:
        names = ", ".join(project.disabled)
        notes += (f"not judged, because no profile of Compose enables them: {names} (--compose-profile NAME, or '*')",)
    if not found and not problems:
        problems = (
            Problem(
                kind="input",
                code="no_services",
                message="the project runs no service",
                hint="Enable one with --compose-profile, or name the right file.",
                origin=Origin(file=project.files[0]) if project.files else None,
            ),
        )
    return Services(subjects=found, files=project.files, env_files=project.env_files, problems=problems, notes=notes)


def _with_env_file(problem: Problem, env_files: tuple[str, ...], folder: str) -> Problem:
    """Name the env file that was probably meant, where a variable that must be set is not."""
    if problem.code != "missing_variable" or env_files:
        return problem
    near = next((name for name in _PRODUCTION_ENV_FILES if os.path.isfile(os.path.join(folder, name))), None)
    if near is None:
        return problem
    changed: Problem = problem.replace(
        hint=f"{problem.hint} Compose reads .env only; is {near} meant? Add --env-file {near}."
    )
    return changed
