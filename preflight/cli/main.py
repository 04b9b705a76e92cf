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
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        options = _parse(arguments)
    except SystemExit as stop:  # argparse has printed help, a version, or what is wrong
        return stop.code if isinstance(stop.code, int) else EXIT_USAGE
    try:
        return _dispatch(options)
    except UsageError as bad:
        for problem in bad.problems:
            print(f"preflight: {problem} {problem.hint}", file=sys.stderr)
        print("preflight: try `preflight --help`", file=sys.stderr)
        return EXIT_USAGE
    except PreflightError as bad:
        for problem in bad.problems:
            print(f"preflight: {problem} {problem.hint}", file=sys.stderr)
        return bad.exit_code
    except BrokenPipeError:
        return _closed_pipe()
    except Exception as bug:  # noqa: BLE001 - the boundary: a bug is exit 70, and its text could quote a secret
        from preflight.engine.collecting import place_of

        print(
            f"preflight: a bug in preflight ({type(bug).__name__} in {place_of(bug.__traceback__)}); please report it",
            file=sys.stderr,
        )
        return EXIT_INTERNAL


def _parse(arguments: list[str]) -> argparse.Namespace:
    from preflight.cli.parser import COMMANDS, build_parser, split_command, validate_only_parser

    command: list[str] = []
    first = next((word for word in arguments if word != "--"), "")
    if arguments[:1] == ["exec"]:
        before, command = split_command(arguments[1:])
        arguments = ["exec", *before]
    elif first == "--validate-only" or (
        "--validate-only" in arguments and first.startswith("-") and first not in {"-h", "--help", "--version"}
    ):
        options = validate_only_parser().parse_args(arguments)
        options.command, options.argv = "validate", []
        return options
    parser = build_parser(first if first in COMMANDS else None)
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
    elif command == "explain":
        from preflight.cli.commands.explain import run
    elif command == "rules":
        from preflight.cli.commands.rules import run
    elif command == "schema":
        from preflight.cli.commands.schema import run
    elif command == "certs":
        from preflight.cli.commands.certs import run
    else:
        from preflight.cli.commands.completion import run
    return run(options)


def _closed_pipe() -> int:
    """Whoever read our output went away: say so, and keep Python from complaining about it at exit."""
    import os

    null = os.open(os.devnull, os.O_WRONLY)
    os.dup2(null, sys.stdout.fileno())
    os.close(null)
    return EXIT_INTERNAL
