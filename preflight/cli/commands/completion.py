"""`preflight completion SHELL`: print a completion script."""

from __future__ import annotations

from preflight.cli.output import write
from preflight.cli.parser import build_parser

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse


def run(options: argparse.Namespace) -> int:
    """Print the completion script of the shell that was asked for."""
    import shtab

    write(shtab.complete(build_parser(), shell=options.shell) + "\n")
    return 0
