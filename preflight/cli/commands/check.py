"""`preflight check` and `preflight --validate-only`: judge, report, and say so in the exit code."""

from __future__ import annotations

from preflight.cli.judging import judge
from preflight.cli.output import deliver, shown_as, write_log
from preflight.sources.process import environment

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse


def run(options: argparse.Namespace) -> int:
    """Judge what was asked, write the report, and return its exit code."""
    variables = environment()
    judged = judge(options, variables, stage="start" if options.command == "validate" else None)
    chosen = options.format or (judged.configuration.format if judged.configuration is not None else None)
    at_start = options.command == "validate"
    code = deliver(judged.report, options, variables, chosen=chosen, into_log=at_start)
    log = options.log or (judged.configuration.log if judged.configuration is not None else "off")
    if log == "json" or (at_start and judged.exit_code and shown_as(options, chosen) != "text"):
        write_log(judged.report, level="info" if log == "json" else "fatal")
    return code
