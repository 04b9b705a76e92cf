"""`preflight certs inspect`: what certificates, keys and CA files there are, whether they are right, and when they end."""

from __future__ import annotations

import sys

from preflight.cli.output import appearance, write, write_whole
from preflight.errors import UsageError
from preflight.model.problem import Problem
from preflight.sources.process import environment

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping
    from datetime import datetime
    from typing import Any

_EPILOG = """\
PATH is a file or a folder, which is looked into with its folders. Without one: certificates and keys of this folder, and its
folders ssl, tls, pki, cert, certs, certificates, dev-certs, keys, secrets, such of config, deploy, docker and nginx, and what is
called ssl-*, tls-* or certs*.

exit codes:
  0 all is fine
  1 something has expired, is not valid yet, cannot be read, does not belong together, or OpenSSL refuses it;
    with --fail-within also what expires by then, with --strict also warnings
  2 wrong usage
  4 nothing was found, or nothing at a path that was named; a file of --ca cannot be used, or the output not be written

examples:
  preflight certs inspect
  preflight certs inspect deploy/ssl --fail-within 30d
  preflight certs inspect server.crt --ca /etc/ssl/certs/ca-certificates.crt --at 2027-01-31
  preflight certs inspect /etc/app/tls --format prometheus -o /var/lib/node_exporter/textfile/certificates.prom
"""
_DAYS = {"h": 1 / 24, "d": 1, "w": 7}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `preflight certs inspect`.

    Args:
        parser: The command's own parser.
    """
    add = parser.add_argument
    parser.epilog = _EPILOG
    add("paths", nargs="*", metavar="PATH", help="files and folders (default: this folder's usual places)")
    trusted = "trust the CAs of this file only, not the self-signed ones that are found (repeatable)"
    add("--ca", action="append", default=[], metavar="FILE", help=trusted)
    add("--fail-within", metavar="DURATION", help="fail what expires within 30d, 2w or 12h")
    add("--at", metavar="DATE", help="look from another day or time: 2027-01-31, 2027-01-31T12:00:00Z (default: now)")
    add("--strict", action="store_true", help="let warnings fail, too")
    add("--format", choices=("text", "json", "prometheus"), default="text", help="default: text")
    add("-o", "--output", metavar="FILE", help="write to a file, which is replaced at once, instead of standard output")
    add("--color", choices=("auto", "always", "never"), default="auto", help="colour of the text (default: auto)")


def run(options: argparse.Namespace) -> int:
    """Inspect, and print what was found.

    Returns:
        The exit code of the inspection.

    Raises:
        UsageError: An option is wrong; nothing was looked at.
        InputError: A CA file cannot be used.
        OutputError: What was found cannot be written.
    """
    within = _duration(options.fail_within) if options.fail_within is not None else None
    at = _moment(options.at)
    from preflight.certificates.document import document
    from preflight.certificates.inspect import inspect

    inspection = inspect(options.paths, at, trusted=options.ca, fail_within=within, strict=options.strict)
    text = _rendered(document(inspection), options)
    if options.output is None:
        write(text)
    else:
        write_whole(options.output, text)
    return inspection.exit_code


def _rendered(found: Mapping[str, Any], options: argparse.Namespace) -> str:
    if options.format == "json":
        from preflight.renderers import json_text

        return json_text.render(found) + "\n"
    if options.format == "prometheus":
        from preflight.renderers.certificates import openmetrics

        return openmetrics.render(found)
    from preflight.renderers.certificates import text

    variables = environment()
    terminal = options.output is None and sys.stdout is not None and sys.stdout.isatty()
    width, colour = appearance(options.color, variables, terminal=terminal)
    return text.render(found, width=width, colour=colour, unicode=shows_unicode(variables))


def shows_unicode(variables: Mapping[str, str]) -> bool:
    """Say whether more than ASCII may be drawn: by the locale (POSIX: LC_ALL before LC_CTYPE before LANG) and TERM.

    Args:
        variables: The process environment.
    """
    locale = next((variables[name] for name in ("LC_ALL", "LC_CTYPE", "LANG") if variables.get(name)), "")
    return "utf8" in locale.lower().replace("-", "") and variables.get("TERM") not in {"dumb", "linux"}


def _duration(text: str) -> float:
    """Read `30d`, `2w`, `12h`, or a number of days."""
    unit = text[-1:].lower()
    number = text[:-1] if unit in _DAYS else text
    if not (number.isascii() and number.isdecimal()) or len(number) > 6:
        hint = "Write days, weeks or hours: --fail-within 30d, 2w or 12h."
        raise _usage("invalid_duration", "--fail-within is no duration.", hint)
    return int(number) * _DAYS.get(unit, 1)


def _moment(text: str | None) -> datetime:
    """Read a date (its first second, UTC) or a time, which is UTC where it has no zone; None is now."""
    from datetime import UTC, datetime

    if text is None:
        return datetime.now(UTC)
    try:
        read = datetime.fromisoformat(text)
        moment = read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)
    except (ValueError, OverflowError):
        hint = "Write it as ISO 8601: --at 2027-01-31, or --at 2027-01-31T12:00:00Z."
        raise _usage("invalid_date", "--at is no date.", hint) from None
    return moment


def _usage(code: str, message: str, hint: str) -> UsageError:
    return UsageError([Problem(kind="input", code=code, message=message, hint=hint)])
