"""Loading a Compose project: the one way in."""

from __future__ import annotations

import gc
import os
import posixpath

from preflight.model.secret_text import SecretText
from preflight.sources.compose import binding, discovery, services
from preflight.sources.compose.consistency import FRAGMENT_CODES, check_consistency
from preflight.sources.compose.defaults import each_service
from preflight.sources.compose.interpolating import Interpolator
from preflight.sources.compose.layers import Layers
from preflight.sources.compose.model import ComposeProject, ComposeRefusal
from preflight.sources.compose.normalizing import normalize
from preflight.sources.compose.paths import PathResolver, home_of
from preflight.sources.compose.reading import declared_name
from preflight.sources.compose.service_environment import ServiceEnvironments
from preflight.sources.compose.traps import find_traps
from preflight.sources.compose.tree import Refused, refuse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from preflight.model.problem import Problem
    from preflight.model.service import ContentSource
    from preflight.sources.compose.discovery import Sources
    from preflight.sources.compose.model import ComposeService
    from preflight.sources.compose.tree import Node
    from preflight.sources.compose.variables import Variables


def load_project(
    files: Sequence[str] = (),
    *,
    environment: Mapping[str, str],
    env_files: Sequence[str] = (),
    project_directory: str | None = None,
    profiles: Sequence[str] = (),
    project_name: str | None = None,
    folder: str | None = None,
) -> ComposeProject | ComposeRefusal:
    """Load a project exactly as Docker Compose would, or say why it would not run.

    Args:
        files: Compose files, as given with `-f`, later over earlier. None at all: `COMPOSE_FILE` or the usual names.
        environment: The process environment; it wins over every env file.
        env_files: Env files, as given with `--env-file`. None at all: `COMPOSE_ENV_FILES` or `.env`.
        project_directory: As given with `--project-directory`.
        profiles: As given with `--profile`; `*` enables every service.
        project_name: As given with `-p`.
        folder: The folder that all of these are relative to; None is the current one.

    Returns:
        The project, or the refusal with its outcome and every problem found. Files are read and nothing else is done;
        values that may be secrets are in no message.
    """
    here = (
        posixpath.normpath(folder) if folder is not None and folder.startswith("/") else os.path.abspath(folder or ".")
    )
    layers = Layers(PathResolver(home_of(environment)), "/", here)
    # Trees have no cycles, and looking for them in a growing heap makes a large project quadratic.
    collecting = gc.isenabled()
    gc.disable()
    sources: Sources | None = None
    try:
        sources = discovery.find(
            files,
            layers.env_files,
            environment=environment,
            env_files=env_files,
            project_directory=project_directory,
            profiles=profiles,
            folder=here,
        )
        return _load(sources, layers, project_name)
    except Refused as refused:
        problems = _unique(refused.problems)
        outcome = refused.outcome
        if outcome == "refused" and sources is not None and _is_fragment(problems, sources):
            outcome = "fragment"
            problems = tuple(_with_base(one, sources) for one in problems)
        return ComposeRefusal(outcome=outcome, problems=problems)  # type: ignore[arg-type]  # one of its words
    finally:
        if collecting:
            gc.enable()


def _load(sources: Sources, layers: Layers, project_name: str | None) -> ComposeProject | ComposeRefusal:
    layers.boundary = discovery.boundary([file.path for file in sources.files], sources.directory)
    found: list[Problem] = []
    name = _project_name(sources, layers, project_name)
    variables = sources.variables.above("COMPOSE_PROJECT_NAME", name)
    interpolator = Interpolator(variables, found)
    root = layers.model(sources.files, sources.directory, interpolator, (), None)
    root = binding.bind(normalize(root, name, variables))
    trees = each_service(root)
    enabled = {key: tree for key, tree in trees.items() if _is_enabled(tree, sources.profiles)}
    disabled = {key: tree for key, tree in trees.items() if key not in enabled}
    check_consistency(root, enabled, disabled)
    place = root.child("services")
    environments = ServiceEnvironments(layers.env_files, variables, layers.directory)
    records: list[ComposeService] = []
    for key in sorted(enabled):
        enabled[key] = environments.labels(enabled[key])
        settings, uses = environments.settings(enabled[key])
        origin = place.key_origin(key) if place is not None else root.origin()
        records.append(services.service_record(key, enabled[key], origin, settings, uses))
    project = ComposeProject(
        name=name,
        directory=sources.directory,
        folder=layers.directory,
        files=tuple(file.name for file in layers.read.values()),
        env_files=sources.env_files,
        services=tuple(records),
        disabled=tuple(sorted(disabled)),
        asked_profiles=sources.profiles,
        profiles=tuple(sorted({profile for tree in trees.values() for profile in _profiles(tree)})),
        secrets=_with_variables(_resources(root, "secrets", services.content_source), variables),
        configs=_with_variables(_resources(root, "configs", services.content_source), variables),
        networks=_resources(root, "networks", services.network),
        volumes=_resources(root, "volumes", services.volume),
        traps=find_traps(root, records, layers.obsolete, sources.values, layers.line),
        tree=root,
    )
    if environments.missing:
        return ComposeRefusal(outcome="env_file_missing", problems=tuple(environments.missing), project=project)
    return project


def _resources(root: Node, section: str, make: Any) -> dict[str, Any]:  # noqa: ANN401 - a function for each section
    entries = root.child(section)
    if entries is None or not isinstance(entries.value, dict):
        return {}
    return {name: make(name, node, entries.key_origin(name)) for name, node in entries.value.items()}


def _with_variables(contents: dict[str, ContentSource], variables: Variables) -> dict[str, ContentSource]:
    """Return secrets or configs with the content of those that come from a variable, where it is set."""
    done: dict[str, ContentSource] = {}
    for name, source in contents.items():
        value = variables.get(source.variable) if source.variable is not None and source.content is None else None
        done[name] = (
            source
            if value is None
            else source.replace(content=SecretText(value), via=variables.origins(source.variable or ""))
        )
    return done


def _is_enabled(service: Node, profiles: tuple[str, ...]) -> bool:
    own = _profiles(service)
    return not own or "*" in profiles or any(one in (profiles or ("",)) for one in own)


def _profiles(service: Node) -> tuple[str, ...]:
    own = service.child("profiles")
    return tuple(str(item.value) for item in own.value) if own is not None and own.value else ()


def _project_name(sources: Sources, layers: Layers, given: str | None) -> str:
    """Return the project's name: given, from the environment, declared in a file, or the folder's.

    Raises:
        Refused: It has characters that no project name has, or nothing is left of it.
    """
    for name in (given, sources.name):
        if name:
            if normalized_name(name) != name:
                hint = "Use lower-case letters, digits, `-` and `_`, and begin with a letter or a digit."
                raise refuse(
                    "invalid_project_name", "the project's name has characters that it cannot have", hint, None
                )
            return name
    declared = ""
    for file in sources.files:
        roots, _ = layers.documents(file, None)
        for root in roots:
            declared = declared_name(root) or declared
    if declared:
        # What is missing in it is said when the file itself is read.
        done, _ = Interpolator(sources.variables, []).text(declared, "", 0, 0) if "$" in declared else (declared, None)
        name = normalized_name(done)
        if name:
            return name
    name = normalized_name(posixpath.basename(sources.directory))
    if not name:
        raise refuse(
            "invalid_project_name", "no project name can be made of the folder's name", "Give one with `name:`.", None
        )
    return name


_NAME = frozenset("abcdefghijklmnopqrstuvwxyz0123456789_-")


def normalized_name(name: str) -> str:
    """Return a name as Compose makes a project's name of it."""
    return "".join(letter for letter in name.lower() if letter in _NAME).lstrip("_-")


def _unique(problems: tuple[Problem, ...]) -> tuple[Problem, ...]:
    return tuple(dict.fromkeys(problems))


def _is_fragment(problems: tuple[Problem, ...], sources: Sources) -> bool:
    """Tell whether a single file only refers to what is not there: then it overrides another."""
    codes = {one.code for one in problems}
    return len(sources.files) == 1 and bool(codes) and codes <= FRAGMENT_CODES and "no_image" in codes


def _with_base(one: Problem, sources: Sources) -> Problem:
    file = sources.files[0]
    folder = posixpath.dirname(file.path)
    beside = next(
        (
            name
            for name in discovery.NAMES
            if posixpath.join(folder, name) != file.path and os.path.isfile(posixpath.join(folder, name))
        ),
        None,
    )
    base = posixpath.join(posixpath.dirname(file.name), beside) if beside else "BASE.yaml"
    changed: Problem = one.replace(hint=f"This file overrides another one: give both, -f {base} -f {file.name}.")
    return changed
