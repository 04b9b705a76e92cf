"""Reports as text: one module for each format, found by walking this folder."""

from __future__ import annotations

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_MODULES = {"json": "json_text"}


def formats() -> tuple[str, ...]:
    """Return the names of all formats, sorted."""
    names = {os.path.splitext(entry)[0] for entry in os.listdir(__path__[0]) if not entry.startswith("_")}
    return tuple(sorted(next((key for key, module in _MODULES.items() if module == name), name) for name in names))


def render(report: Mapping[str, Any], kind: str, **options: object) -> str:
    """Render a report.

    Args:
        report: The report.
        kind: One of `formats()`.
        options: What the format takes: `text` takes width, colour and verbose.

    Raises:
        KeyError: There is no such format.
    """
    if kind not in formats():
        raise KeyError(kind)
    module = __import__(f"{__name__}.{_MODULES.get(kind, kind)}", fromlist=("render",))
    text: str = module.render(report, **options)
    return text
