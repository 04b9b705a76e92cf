"""The one error boundary: whatever happens, an exit code of the table and, where something was to be judged, a report."""

from __future__ import annotations

import sys

from preflight.errors import EXIT_INTERNAL, EXIT_USAGE, PreflightError, UsageError

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command line.

    Args:
        argv: The arguments without the program's name; those of this process by default.

    Returns:
        The exit code (docs/exit-codes.md).
    """
    try:
        return _run(list(sys.argv[1:] if argv is None else argv))
    finally:
        _flush()


def _run(arguments: list[str]) -> int:
    try:
        options = _parse(arguments)
    except SystemExit as stop:  # argparse has printed help, a version, or what is wrong
        return stop.code if isinstance(stop.code, int) else EXIT_USAGE
    try:
        return _dispatch(options)
    except PreflightError as bad:
        return _refused(bad, options)
    except Exception as bug:  # noqa: BLE001 - the boundary: a bug is exit 70, and its text could quote a secret
        from preflight.cli.output import complain
        from preflight.engine.collecting import place_of

        complain(
            f"preflight: a bug in preflight ({type(bug).__name__} in {place_of(bug.__traceback__)}); please report it"
        )
        return EXIT_INTERNAL


def _refused(bad: PreflightError, options: argparse.Namespace) -> int:
    """Say what stopped a command, and return its exit code."""
    from preflight.cli.output import OutputError, complain, said

    if not (isinstance(bad, OutputError) and bad.quiet):
        for problem in bad.problems:
            complain(f"preflight: {said(problem)}")
        if isinstance(bad, UsageError):
            words = ["--validate-only"] if options.command == "validate" else [options.command]
            if getattr(options, "action", None) is not None:
                words.append(options.action)
            complain(f"preflight: try `preflight {' '.join(words)} --help`")
    return bad.exit_code


def _parse(arguments: list[str]) -> argparse.Namespace:
    from preflight.cli.parser import COMMANDS, build_parser, split_command, validate_only_parser

    command: list[str] = []
    first = next((word for word in arguments if word != "--"), "")
    if arguments[:1] == ["exec"]:
        before, command = split_command(arguments[1:])
        if command[:1] == ["--validate-only"]:  # what is given to a container stands behind its entrypoint's `--`
            more, command = split_command(command)
            before += more
        arguments = ["exec", *before]
    elif first == "--validate-only" or (
        "--validate-only" in arguments and first.startswith("-") and first not in {"-h", "--help", "--version"}
    ):
        options = validate_only_parser().parse_args(arguments)
        options.command, options.argv = "validate", []
        return options
    parser = build_parser(first if first in COMMANDS else None)
    if first.startswith("-") and not parser.knows(first):
        option = first.partition("=")[0]
        parser.error(f"there is no option {option} here; options stand behind the command: preflight check {option}")
    options = parser.parse_args(arguments)
    if options.command is None:
        parser.print_help(sys.stderr)
        raise SystemExit(EXIT_USAGE)
    options.argv = command
    return options


def _dispatch(options: argparse.Namespace) -> int:
    command = options.command
    if command in {"check", "validate"}:
        from preflight.cli.commands.check import run
    elif command == "exec":
        from preflight.cli.commands.execute import run
    elif command == "config":
        from preflight.cli.commands.config import run
    elif command == "explain":
        from preflight.cli.commands.explain import run
    elif command == "rules":
        from preflight.cli.commands.rules import run
    elif command == "schema":
        from preflight.cli.commands.schema import run
    elif command == "certs" and options.action == "inspect":
        from preflight.cli.commands.certs_inspect import run
    elif command == "certs":
        from preflight.cli.commands.certs import run
    else:
        from preflight.cli.commands.completion import run
    return run(options)


def _flush() -> None:
    """Write out what is still buffered (help, a version); where that cannot be, keep Python from complaining at exit."""
    for stream in (sys.stdout, sys.stderr):
        if stream is None:
            continue
        try:
            stream.flush()
        except OSError:
            from preflight.cli.output import drop

            drop(stream.fileno())
