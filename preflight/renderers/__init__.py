"""Reports as text: one module for each format, found by walking this folder.

A format is named after its module: underscores become dashes, and a final `_text` falls away (`json_text` gives `json`). Modules
whose name starts with an underscore are helpers. A module of a format has one function, `render(report, **options) -> str`.
"""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_SUFFIX = ".py"


def formats() -> tuple[str, ...]:
    """Return the names of all formats, sorted."""
    return tuple(sorted(_modules()))


def render(report: Mapping[str, Any], kind: str, **options: object) -> str:
    """Render a report.

    Args:
        report: The report, a plain dictionary in the shape of `schemas/report.schema.json`.
        kind: One of `formats()`.
        options: What the format takes: `text` takes width, colour and verbose.

    Raises:
        KeyError: There is no such format.
    """
    module = __import__(f"{__name__}.{_modules()[kind]}", fromlist=("render",))
    text: str = module.render(report, **options)
    return text


def _modules() -> dict[str, str]:
    names = (entry.removesuffix(_SUFFIX) for entry in os.listdir(__path__[0]) if entry.endswith(_SUFFIX))
    found: dict[str, str] = {}
    for name in sorted(name for name in names if name.isidentifier() and not name.startswith("_")):
        kind = name.removesuffix("_text").replace("_", "-")
        if kind in found:
            raise AssertionError(f"{found[kind]} and {name} are both the format {kind}")
        found[kind] = name
    return found
