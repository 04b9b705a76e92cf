"""Writing the report where it was asked for, whole, whatever the terminal or pipe is, and what holds where it cannot be."""

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
    from typing import Any, Literal

_PLAIN_WIDTH = 100


class OutputError(InputError):
    """Output that could not be written whole.

    Attributes:
        quiet: The reader went away (EPIPE): it wants to hear no more of it.
    """

    def __init__(self, problem: Problem, *, quiet: bool) -> None:
        super().__init__([problem])
        self.quiet = quiet


def deliver(
    report: Mapping[str, Any],
    options: argparse.Namespace,
    environment: Mapping[str, str],
    *,
    chosen: str | None,
    into_log: bool = False,
) -> int:
    """Write the report, and return the exit code of the run.

    It is the report's own. Where the report cannot be written, a refusal keeps its code, and what may have started must
    not: nothing starts without its report.

    Args:
        report: The report.
        options: The parsed command line: `output`, `color`, `verbose`.
        environment: The process environment, for NO_COLOR and COLUMNS.
        chosen: The format asked for; None means text on a terminal, else JSON.
        into_log: Whether standard output is the log of a container: JSON that nobody asked for is then brief.
    """
    code: int = report["exit_code"]
    try:
        write_report(report, options, environment, chosen=chosen, into_log=into_log)
    except OutputError as bad:
        if not bad.quiet:
            for problem in bad.problems:
                complain(f"preflight: {said(problem)}")
        return code or bad.exit_code
    return code


def write_report(
    report: Mapping[str, Any],
    options: argparse.Namespace,
    environment: Mapping[str, str],
    *,
    chosen: str | None,
    into_log: bool = False,
) -> None:
    """Render the report and write it to standard output or the file that was named.

    Args:
        report: The report.
        options: The parsed command line: `output`, `color`, `verbose`.
        environment: The process environment, for NO_COLOR and COLUMNS.
        chosen: The format asked for; None means text on a terminal, else JSON.
        into_log: Whether standard output is the log of a container: JSON that nobody asked for is then brief.

    Raises:
        OutputError: It could not be written whole.
    """
    terminal = options.output is None and sys.stdout is not None and sys.stdout.isatty()
    kind = _kind(chosen, terminal=terminal)
    if kind == "json" and into_log and chosen is None and options.output is None:
        from preflight.cli.brief import brief, one_line

        text = one_line(brief(report))
    elif kind == "json":
        text = render(report, "json")
    else:
        width, colour = appearance(options.color, environment, terminal=terminal)
        text = render(report, "text", width=width, colour=colour, verbose=options.verbose)
    if not text.endswith("\n"):
        text += "\n"
    if options.output is None:
        write(text, what="the report")
    else:
        _write_file(options.output, text)


def shown_as(options: argparse.Namespace, chosen: str | None) -> str | None:
    """Return the format in which standard output shows a report, `json` or `text`; None where a file takes it.

    Args:
        options: The parsed command line: `output`.
        chosen: The format asked for; None means text on a terminal, else JSON.
    """
    if options.output is not None:
        return None
    return _kind(chosen, terminal=sys.stdout is not None and sys.stdout.isatty())


def _kind(chosen: str | None, *, terminal: bool) -> str:
    return chosen or ("text" if terminal else "json")


def write(text: str, *, what: str = "the output") -> None:
    """Write text to standard output in UTF-8, all of it: a pipe that takes less at a time is written to again.

    Args:
        text: The text.
        what: What it is, for the message.

    Raises:
        OutputError: Standard output is closed, full, or nobody reads it any more.
    """
    data = text.encode("utf-8", "backslashreplace")
    if sys.stdout is None:  # the descriptor was closed before we began; whatever has its number now is not ours
        message = f"{what} cannot be written, because standard output is closed"
        raise _unwritable(message, "Give it an open one.", quiet=False)
    try:
        sys.stdout.flush()
        descriptor = sys.stdout.fileno()
        while data:
            try:
                data = data[os.write(descriptor, data) :]
            except BlockingIOError:  # whoever gave us this pipe made it non-blocking
                _wait_for(descriptor)
    except OSError as bad:
        message = f"{what} cannot be written to standard output ({bad.strerror})"
        quiet = isinstance(bad, BrokenPipeError)
        raise _unwritable(message, "Look at where it goes.", quiet=quiet) from None


def complain(line: str) -> None:
    """Write a line to standard error. Where nobody can read it, that changes nothing."""
    if sys.stderr is None:  # print would take standard output instead
        return
    try:
        print(line, file=sys.stderr, flush=True)
    except OSError:
        drop(sys.stderr.fileno())


def write_log(report: Mapping[str, Any], *, level: Literal["fatal", "warn", "info"], more: str | None = None) -> None:
    """Write the report's log lines to standard error. Where nobody can read them, that changes nothing.

    Args:
        report: The report.
        level: The least that is written.
        more: How to learn more of a refusal, for a last line that gives the verdict.
    """
    from preflight.cli.logs import log_report

    try:
        log_report(report, level=level, stream=sys.stderr, more=more)
    except OSError:
        drop(sys.stderr.fileno())


def said(problem: Problem) -> str:
    """Return a problem in sentences: where, what, and what to do."""
    what = str(problem).rstrip()
    if what[-1:] not in {".", "!", "?"}:
        what += "."
    return f"{what} {' '.join(problem.hint.split())}".rstrip()


def drop(descriptor: int) -> None:
    """Let what is still buffered for a descriptor go nowhere, so that Python does not stumble over it at exit."""
    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, descriptor)
    os.close(null)


def write_whole(path: str, text: str) -> None:
    """Put text into a file that is replaced at once (rename(2)), so that whoever reads it meets the old or the new one whole.

    What is no regular file, such as a pipe or `/dev/stdout`, is written to as it is.

    Args:
        path: The file. Its mode is 0644.
        text: The text.

    Raises:
        OutputError: It cannot be written; a file that was there is as it was.
    """
    if os.path.lexists(path) and not os.path.isfile(path):
        _write_file(path, text)
        return
    target = os.path.realpath(path)
    temporary = os.path.join(os.path.dirname(target), f".{os.path.basename(target)}.{os.getpid()}")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
                os.fchmod(descriptor, 0o644)
                file.write(text)
            os.replace(temporary, target)
        except BaseException:
            os.unlink(temporary)
            raise
    except (OSError, ValueError) as bad:
        message = f"the output cannot be written ({getattr(bad, 'strerror', None) or 'no path can look like that'})"
        hint = "Name another file with --output."
        raise _unwritable(message, hint, Origin(file=path), quiet=False) from None


def _write_file(path: str, text: str) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_CLOEXEC, 0o644)
        with os.fdopen(descriptor, "w", encoding="utf-8", errors="backslashreplace") as file:
            file.write(text)
    except (OSError, ValueError) as bad:  # ValueError: the path holds a NUL byte
        message = f"the report cannot be written ({getattr(bad, 'strerror', None) or 'no path can look like that'})"
        hint = "Name another file with --output."
        raise _unwritable(message, hint, Origin(file=path), quiet=isinstance(bad, BrokenPipeError)) from None


def _unwritable(message: str, hint: str, origin: Origin | None = None, *, quiet: bool) -> OutputError:
    problem = Problem(kind="input", code="cannot_write", message=message, hint=hint, origin=origin)
    return OutputError(problem, quiet=quiet)


def _wait_for(descriptor: int) -> None:
    import select

    select.select([], [descriptor], [])


def appearance(color: str, environment: Mapping[str, str], *, terminal: bool) -> tuple[int, bool]:
    """Return the columns of a text, and whether it is coloured.

    Args:
        color: `auto`, `always` or `never`.
        environment: The process environment, for NO_COLOR, TERM and COLUMNS.
        terminal: Whether it goes to a terminal.
    """
    colour = color == "always" or (
        color == "auto" and terminal and not environment.get("NO_COLOR") and environment.get("TERM") != "dumb"
    )
    return _width(environment, terminal=terminal), colour


def _width(environment: Mapping[str, str], *, terminal: bool) -> int:
    columns = environment.get("COLUMNS", "")
    if columns.isdecimal() and int(columns) > 0:
        return int(columns)
    try:
        return os.get_terminal_size(sys.stdout.fileno()).columns if terminal else _PLAIN_WIDTH
    except OSError:
        return _PLAIN_WIDTH
