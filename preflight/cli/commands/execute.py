"""`preflight exec -- COMMAND`: judge, then become the service.

The process is replaced (`execvpe`), so the service keeps the process id, gets every signal, and nothing of preflight stays
behind. CPython ignores SIGPIPE and SIGXFSZ, and ignored signals survive exec (POSIX), so both are given back first. The
environment is passed on untouched.
"""

from __future__ import annotations

import os

from preflight.cli import signals
from preflight.cli.brief import HOW_TO_GET_ALL, HOW_TO_GET_THE_REPORT
from preflight.cli.judging import judge, without_meaning
from preflight.cli.output import complain, deliver, shown_as, write_log
from preflight.errors import UsageError
from preflight.model.problem import Problem
from preflight.sources.process import environment

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from typing import Literal

# What a shell says of a command that it cannot start (POSIX, Shell Command Language, 2.8.2).
CANNOT_EXECUTE = 126
NOT_FOUND = 127


def run(options: argparse.Namespace) -> int:
    """Judge the environment; replace this process where it may start, report where it may not."""
    command = list(options.argv)
    only_validate = options.validate_only
    if not command and not only_validate:
        raise UsageError(
            [
                Problem(
                    kind="configuration",
                    code="no_command",
                    message="exec needs a command.",
                    hint="Write preflight exec -- COMMAND.",
                )
            ]
        )
    variables = environment()
    judged = judge(options, variables, stage="start")
    chosen = options.format or (judged.configuration.format if judged.configuration is not None else None)
    log = options.log or (judged.configuration.log if judged.configuration is not None else "off")
    code = judged.exit_code
    if code or only_validate or options.output is not None:
        code = deliver(judged.report, options, variables, chosen=chosen, into_log=True)
    in_text = shown_as(options, chosen) == "text"
    if log == "json" or (judged.exit_code and not in_text):  # a text says everything already
        level: Literal["info", "fatal"] = "info" if log == "json" and code == judged.exit_code else "fatal"
        more = HOW_TO_GET_THE_REPORT if in_text else HOW_TO_GET_ALL
        write_log(judged.report, level=level, more=None if only_validate else more)
    if code or only_validate:
        return code
    if judged.configuration is not None and log != "json":  # an allowed start shows no report, and its notes with it
        for name, meant in judged.configuration.unknown_variables:
            complain(f"preflight: {without_meaning(name, meant)}")
    return _become(command, variables)


def _become(command: list[str], variables: dict[str, str]) -> int:
    """Replace this process; return only where that fails."""
    signals.reset_for_exec()
    try:
        os.execvpe(command[0], command, variables)  # noqa: S606 - becoming the service, without a shell, is what this command is for
    except OSError as bad:
        missing = isinstance(bad, (FileNotFoundError, NotADirectoryError))
        complain(f"preflight: the configuration is accepted, but {command[0]} cannot be started ({bad.strerror})")
        return NOT_FOUND if missing else CANNOT_EXECUTE
    return CANNOT_EXECUTE
