"""Writing the report where it was asked for, whole, whatever the terminal or pipe is."""

from __future__ import annotations

import os
import sys

from preflight.errors import InputError
from preflight.model.origin import Origin
from preflight.model.problem import Problem
from preflight.renderers import render

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping
    from typing import Any

_PLAIN_WIDTH = 100


def write_report(
    report: Mapping[str, Any], options: argparse.Namespace, environment: Mapping[str, str], *, chosen: str | None
) -> None:
    """Render the report and write it to standard output or the file that was named.

    Args:
        report: The report.
        options: The parsed command line: `output`, `color`, `verbose`.
        environment: The process environment, for NO_COLOR and COLUMNS.
        chosen: The format asked for; None means text on a terminal, else JSON.

    Raises:
        InputError: The file cannot be written.
    """
    terminal = options.output is None and sys.stdout.isatty()
    kind = chosen or ("text" if terminal else "json")
    if kind == "json":
        text = render(report, "json")
    else:
        colour = options.color == "always" or (
            options.color == "auto"
            and terminal
            and not environment.get("NO_COLOR")
            and environment.get("TERM") != "dumb"
        )
        text = render(
            report, "text", width=_width(environment, terminal=terminal), colour=colour, verbose=options.verbose
        )
    if not text.endswith("\n"):
        text += "\n"
    if options.output is None:
        write(text)
    else:
        _write_file(options.output, text)


def write(text: str) -> None:
    """Write text to standard output in UTF-8, all of it: a pipe that takes less at a time is written to again."""
    data = text.encode("utf-8", "backslashreplace")
    sys.stdout.flush()
    descriptor = sys.stdout.fileno()
    while data:
        data = data[os.write(descriptor, data) :]


def _write_file(path: str, text: str) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except OSError as bad:
        message = f"the report cannot be written ({bad.strerror})."
        raise InputError(
            [
                Problem(
                    kind="input",
                    code="cannot_write",
                    message=message,
                    hint="Name another file with --output.",
                    origin=Origin(file=path),
                )
            ]
        ) from None


def _width(environment: Mapping[str, str], *, terminal: bool) -> int:
    columns = environment.get("COLUMNS", "")
    if columns.isdecimal() and int(columns) > 0:
        return int(columns)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns if terminal else _PLAIN_WIDTH
    except OSError:
        return _PLAIN_WIDTH
