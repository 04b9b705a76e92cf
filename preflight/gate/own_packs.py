"""The texts of a project's own rule packs: files, and folders opened up, read as every other input is."""

from __future__ import annotations

import os

from preflight.model.origin import Origin
from preflight.model.problem import Problem
from preflight.sources.env_subject import read_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from preflight.probes.files import FileProbe

_ENDINGS = (".yaml", ".yml")


def own_pack_texts(
    paths: Iterable[str], files: FileProbe, *, folder: str = "."
) -> tuple[dict[str, str], list[Problem]]:
    """Read the packs that somebody names.

    Args:
        paths: Files, or folders whose `.yaml` files are meant.
        files: Reads them.
        folder: Where relative paths start.

    Returns:
        Each pack's text by its path, in order, and what could not be read.
    """
    texts: dict[str, str] = {}
    problems: list[Problem] = []
    for path in paths:
        found = _files_at(path, folder)
        if not found:
            hint = "Name a file, or a folder with .yaml files."
            message = "the folder holds no rule pack"
            origin = Origin(file=path)
            problems.append(Problem(kind="configuration", code="no_packs", message=message, hint=hint, origin=origin))
        for one in found:
            text = read_text(one, files, kind="configuration")
            if isinstance(text, Problem):
                problems.append(text)
            else:
                texts[one] = text
    return texts, problems


def _files_at(path: str, folder: str) -> list[str]:
    full = path if folder == "." else os.path.join(folder, path)
    if not os.path.isdir(full):
        return [path]
    try:
        names = sorted(name for name in os.listdir(full) if name.endswith(_ENDINGS))
    except OSError:
        return []
    return [os.path.join(path, name) for name in names]
