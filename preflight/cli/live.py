"""Live checks on the command line: the options, what they come to, and who is told that a server is waited for."""

from __future__ import annotations

import argparse
import sys

from preflight.cli.output import complain
from preflight.gate.request import LiveRequest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from preflight.configuration.model import Configuration


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the options of live checks; all but `--no-live` turn them on."""
    group = parser.add_argument_group(
        "live servers", "Ask the servers that the service uses whether they let it in, and how (docs/live-checks.md)."
    )
    group.add_argument(
        "--live", action=argparse.BooleanOptionalAction, default=None,
        help="ask PostgreSQL, Redis and Vault, and each --endpoint",
    )  # fmt: skip
    group.add_argument(
        "--wait", metavar="DURATION", help="wait so long (60s, 2m) for servers that may still come up; implies --live"
    )
    group.add_argument(
        "--live-timeout", metavar="SECONDS", help="longest time for each step of a check (default: 5); implies --live"
    )
    group.add_argument(
        "--endpoint", action="append", default=[], metavar="HOST:PORT",
        help="also look at this TLS endpoint (repeatable); implies --live",
    )  # fmt: skip


def said(options: argparse.Namespace) -> dict[str, object]:
    """Return what the options say of the configuration; None for what they leave open."""
    wait, timeout = getattr(options, "wait", None), getattr(options, "live_timeout", None)
    endpoints = tuple(getattr(options, "endpoint", ())) or None
    live = getattr(options, "live", None)
    implied = any(one is not None for one in (wait, timeout, endpoints))
    return {
        "live": True if live is None and implied else live,
        "wait": wait,
        "live_timeout": timeout,
        "endpoints": endpoints,
    }


def deadline_of(configuration: Configuration) -> float:
    """Return the seconds of a run. Nobody who asks to wait means the default to cut that short."""
    more = configuration.wait if configuration.live and configuration.options["deadline"].source == "default" else None
    return configuration.deadline + (more or 0.0)


def request_of(configuration: Configuration, *, to_file: bool) -> LiveRequest | None:
    """Return the live checks to make; None where nobody asked for them.

    Args:
        configuration: The configuration in force.
        to_file: Whether the report goes to a file.
    """
    if not configuration.live:
        return None
    return LiveRequest(
        wait=configuration.wait or 0.0,
        timeout=configuration.live_timeout,
        endpoints=configuration.endpoints,
        endpoints_at=configuration.options["endpoints"].origin,
        announce=_announcer(configuration, to_file=to_file),
    )


def _announcer(configuration: Configuration, *, to_file: bool) -> Callable[[str], None] | None:
    """Return what tells a person; nobody is told among JSON lines, or where only a program reads."""
    terminal = not to_file and sys.stdout is not None and sys.stdout.isatty()
    text = (configuration.format or ("text" if terminal else "json")) == "text"
    watched = sys.stderr is not None and sys.stderr.isatty()
    if configuration.log == "json" or not (text or watched):
        return None
    return lambda line: complain(f"preflight: {line}")
