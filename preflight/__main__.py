"""`python -m preflight`, and the entry point of the installed command."""

from __future__ import annotations

import sys


def main() -> int:
    """Run the command line and return the exit code."""
    from preflight.cli.main import main as run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
