"""`preflight config`: what will start, resolved as Docker resolves it, with the place of every value and no secret."""

from __future__ import annotations

import sys

from preflight.cli.judging import asked
from preflight.cli.output import appearance, write
from preflight.documents.suggestions import did_you_mean
from preflight.errors import EXIT_INPUT, EXIT_PASS, UsageError
from preflight.gate.resolved import resolved
from preflight.model.problem import Problem
from preflight.renderers import _subjects, json_text
from preflight.sources.process import environment

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from typing import Any


def run(options: argparse.Namespace) -> int:
    """Print the resolved subjects; exit code 4 where an input cannot be read or Docker would refuse it.

    Raises:
        UsageError: There is no subject of that name.
    """
    variables = environment()
    found = resolved(asked(options, variables))
    if options.subject and found["subjects"]:
        found["subjects"] = _chosen(found["subjects"], options.subject)
    if options.format == "json":
        write(json_text.render(found) + "\n")
    else:
        terminal = sys.stdout is not None and sys.stdout.isatty()
        width, colour = appearance(options.color, variables, terminal=terminal)
        write(_subjects.render(found, width=width, colour=colour))
    return EXIT_INPUT if found["problems"] else EXIT_PASS


def _chosen(subjects: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    chosen = [one for one in subjects if name in {one["name"], one["id"]}]
    if not chosen:
        names = [one["name"] for one in subjects]
        near = did_you_mean(name, names)
        hint = f'Did you mean "{near}"?' if near else f"There are: {', '.join(names[:20])}."
        problem = Problem(kind="input", code="unknown_subject", message=f'"{name}" is no service here.', hint=hint)
        raise UsageError([problem])
    return chosen
