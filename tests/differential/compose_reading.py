"""What preflight makes of a project, in the form that is compared with Docker Compose's answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from docker_compose import without_folder

from preflight.model.secret_text import SecretText
from preflight.sources.compose import ComposeProject, load_project
from preflight.sources.compose.document import as_document

if TYPE_CHECKING:
    from pathlib import Path

# Fields that Compose's output holds and preflight has no use for, or that only repeat others.
_NOT_COMPARED = frozenset(("create_host_path", "ipam", "label_file"))


def read(folder: Path, args: list[str], environment: dict[str, str]) -> dict[str, Any]:
    """Return what preflight makes of a project: `ok`, and `project` or the codes of its problems."""
    given: dict[str, list[str]] = {"-f": [], "--env-file": [], "--profile": []}
    for option, value in zip(args[::2], args[1::2], strict=True):
        given[option].append(value)
    loaded = load_project(
        given["-f"],
        environment={"HOME": "/home/somebody", "PATH": "/usr/bin", **environment},
        env_files=given["--env-file"],
        profiles=given["--profile"],
        folder=str(folder),
    )
    if not isinstance(loaded, ComposeProject):
        problems = [f"{one.origin or '-'} {one.code}".replace(f"{folder}/", "") for one in loaded.problems]
        return {
            "ok": False,
            "codes": [one.code for one in loaded.problems],
            "outcome": loaded.outcome,
            "problems": problems,
        }
    text = json.dumps(as_document(loaded, SecretText.reveal))
    return {"ok": True, "project": json.loads(without_folder(text, folder))}


def comparable(value: Any) -> Any:
    """Return a project without empty values and without what is not compared."""
    if isinstance(value, dict):
        kept = {name: one for name, one in value.items() if name not in _NOT_COMPARED and not name.startswith("x-")}
        # In an environment, nothing, empty and absent are three things.
        pruned = {name: one if name == "environment" else comparable(one) for name, one in kept.items()}
        return {name: one for name, one in pruned.items() if one not in (None, {}, [], "", False)}
    if isinstance(value, list):
        return [comparable(one) for one in value]
    return value


def differences(expected: Any, found: Any, path: str = "") -> list[str]:
    """Return where two projects differ, as lines of text."""
    if isinstance(expected, dict) and isinstance(found, dict):
        lines = []
        for name in sorted(expected.keys() | found.keys()):
            lines += differences(expected.get(name), found.get(name), f"{path}.{name}")
        return lines
    if isinstance(expected, list) and isinstance(found, list) and len(expected) == len(found):
        return [
            line
            for at, pair in enumerate(zip(expected, found, strict=True))
            for line in differences(*pair, f"{path}[{at}]")
        ]
    return [] if expected == found else [f"{path}: Compose {expected!r}, preflight {found!r}"]
