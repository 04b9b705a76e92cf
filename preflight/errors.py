"""Every way preflight can stop, and the exit code of each.

    PreflightError                 something stops the gate itself
    ├── UsageError            (2)  the command line is wrong; nothing was judged, no report is written
    ├── ConfigurationError    (3)  a pack, a waiver file or preflight's own configuration is wrong
    ├── InputError            (4)  an input is missing, unreadable or unparsable, or there was nothing to judge
    ├── DeadlineError         (5)  the deadline passed before every check was decided
    └── Interrupted     (130/143)  SIGINT or SIGTERM arrived

An input that is wrong is usually a value (a `Problem` in the report), so that the rest is still judged; these exceptions
carry problems up to the one boundary in `preflight.cli.main`, where they become a report and an exit code.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from preflight.model.problem import Problem

EXIT_PASS = 0
EXIT_BLOCKED = 1
EXIT_USAGE = 2
EXIT_CONFIGURATION = 3
EXIT_INPUT = 4
EXIT_DEADLINE = 5
EXIT_INTERNAL = 70
EXIT_SIGINT = 130
EXIT_SIGTERM = 143

# Which code is told when several hold at once, first wins (docs/exit-codes.md).
EXIT_PRECEDENCE = (
    EXIT_SIGINT,
    EXIT_SIGTERM,
    EXIT_INTERNAL,
    EXIT_CONFIGURATION,
    EXIT_INPUT,
    EXIT_DEADLINE,
    EXIT_BLOCKED,
    EXIT_USAGE,
    EXIT_PASS,
)


class PreflightError(Exception):
    """Base of all errors that end a run.

    Attributes:
        exit_code: The process exit code.
        problems: What went wrong, each with its place and what to do.
    """

    exit_code = EXIT_INTERNAL

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__("; ".join(str(problem) for problem in problems))
        self.problems = tuple(problems)


class UsageError(PreflightError):
    """The command line cannot be understood."""

    exit_code = EXIT_USAGE


class ConfigurationError(PreflightError):
    """A rule pack, a profile, a waiver or preflight's own configuration is wrong."""

    exit_code = EXIT_CONFIGURATION


class InputError(PreflightError):
    """An input is missing, unreadable or unparsable, or nothing is there to judge."""

    exit_code = EXIT_INPUT


class DeadlineError(PreflightError):
    """The deadline passed."""

    exit_code = EXIT_DEADLINE


class Interrupted(PreflightError):  # noqa: N818 - a signal is no error, but it travels the same road
    """A signal asked the gate to end.

    Attributes:
        exit_code: 128 plus the signal's number.
    """

    def __init__(self, problems: Sequence[Problem], signal_number: int) -> None:
        super().__init__(problems)
        self.exit_code = 128 + signal_number
