"""The command line: commands, options and the help that a person learns from."""

from __future__ import annotations

import argparse

from preflight import __version__
from preflight.cli import live
from preflight.cli.usage import Parser

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

_DESCRIPTION = """\
The gate that decides whether a production service may start: rules (YAML) over the configuration it will really start with,
one report, one verdict."""

_EPILOG = """\
start here:
  preflight check                        judge the Compose file and env files of this folder (by preflight.yaml, if there is one)
  preflight check .env.production        judge one file
  preflight --validate-only              judge the environment of this process, as a container would start with it
  preflight exec -- uvicorn app:app      judge it, then become the service (same process id)
  preflight explain jwt-key-strength     what a rule means and what to do

exit codes:
  0 may start   1 refused   2 wrong usage   3 preflight's own configuration   4 an input   5 deadline   70 a bug
"""


class _Help(argparse.RawDescriptionHelpFormatter):
    def __init__(self, prog: str) -> None:
        super().__init__(prog, max_help_position=34, width=100)


def build_parser(command: str | None = None) -> Parser:
    """Return the parser of the command line.

    Args:
        command: Build only this command's own options, because the command line names it; None builds them all.
    """
    parser = Parser(prog="preflight", description=_DESCRIPTION, epilog=_EPILOG, formatter_class=_Help)
    parser.add_argument("--version", action="version", version=f"preflight {__version__}")
    parser.add_argument(
        "--validate-only",
        action="store_true",
        help="judge the environment of this process and exit; takes the options of check",
    )
    commands: argparse._SubParsersAction[argparse.ArgumentParser] = parser.add_subparsers(
        dest="command", metavar="COMMAND", title="commands", parser_class=Parser
    )
    for name, build in COMMANDS.items():
        if command is None or command == name:
            build(commands)
    return parser


def validate_only_parser() -> Parser:
    """Return the parser of `preflight --validate-only`."""
    parser = Parser(
        prog="preflight --validate-only", formatter_class=_Help,
        description="Judge the environment of this process, as the service would start with it, and exit.",
    )  # fmt: skip
    parser.add_argument("--validate-only", action="store_true", required=True, help=argparse.SUPPRESS)
    _judging(parser)
    _output(parser)
    return parser


def _check(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "check", help="judge Compose files, env files or the environment", formatter_class=_Help,
        description="Judge configuration and report. Without PATHS: the inputs of preflight.yaml, else what this folder has.",
        epilog="examples:\n  preflight check .env.production\n"
        "  preflight check -f docker-compose.prod.yml --env-file .env.production\n  preflight check --contract .env.production.example\n"
        "  preflight check --process-env --stage start --format json\n"
        "  preflight check .env.production --wait 60s --endpoint api.example.com:443",
    )  # fmt: skip
    parser.add_argument(
        "paths", nargs="*", metavar="PATH", help="env files or Compose files to judge, or a folder to look into"
    )
    _compose(parser)
    parser.add_argument(
        "--process-env", action="store_true", default=None, help="judge the environment of this process"
    )
    parser.add_argument(
        "--stage",
        choices=("build", "start"),
        help="build: files in CI (default); start: what is really there, in the container",
    )
    _judging(parser)
    _output(parser)


def _compose(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group(
        "Docker Compose",
        "Variables come from this process's environment, then from --env-file or .env, as for Compose.",
    )
    group.add_argument(
        "-f",
        "--compose",
        action="append",
        default=[],
        metavar="FILE",
        help="a Compose file; later ones override earlier ones (repeatable)",
    )
    group.add_argument(
        "--compose-profile",
        action="append",
        default=[],
        metavar="NAME",
        help="enable a profile of Compose, '*' for all (repeatable)",
    )
    group.add_argument("--project-directory", metavar="DIR", help="the folder that Compose's relative paths start in")


def _config(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "config", help="what will start: every value resolved, with its place", formatter_class=_Help, allow_abbrev=False,
        description="Print what each service, env file or this process will start with, as Docker Compose resolves it: every value, "
        "where it comes from and through which variables, and what each path in a container is here. Secrets are hidden.",
        epilog="examples:\n  preflight config\n  preflight config -f docker-compose.prod.yml --env-file .env.production --subject api",
    )  # fmt: skip
    parser.add_argument("paths", nargs="*", metavar="PATH", help="env files or Compose files, or a folder to look into")
    parser.add_argument("--subject", metavar="NAME", help="only this service or file")
    _compose(parser)
    group = parser.add_argument_group("what is read")
    _env_files(group)
    group.add_argument("--process-env", action="store_true", default=None, help="also the environment of this process")
    _configuration(group)
    output = parser.add_argument_group("output")
    output.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    output.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto", help="colour of the text (default: auto)"
    )
    parser.set_defaults(
        profile=None,
        fail_on=None,
        contract=[],
        pack=[],
        disable=[],
        param=[],
        deadline=None,
        log=None,
        as_uid=None,
        as_gid=[],
    )


def _exec(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "exec", help="judge, then become the service", formatter_class=_Help, before_command=True,
        usage="preflight exec [options] -- COMMAND [ARGUMENT ...]",
        description="Judge the environment of this process; if it may start, replace this process by COMMAND (same process id, same environment).\n"
        "A refusal is short, for a container's log: one line on standard error for each finding that blocks and one for the verdict,\n"
        "and on standard output one line of JSON without what passed (on a terminal: text).\n"
        "Everything: --format text, --format json, or -o FILE.",
        epilog='as a container\'s entrypoint:\n  ENTRYPOINT ["preflight", "exec", "--"]\n  CMD ["uvicorn", "app:app"]',
    )  # fmt: skip
    parser.add_argument("--validate-only", action="store_true", help="judge and report, but start nothing")
    _judging(parser)
    _output(parser)
    parser.set_defaults(argv=())


def _judging(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("what is judged, and by what")
    _env_files(group)
    group.add_argument(
        "--contract",
        action="append",
        default=[],
        metavar="FILE",
        help="every key of this example file must be set, and its placeholders replaced (repeatable)",
    )
    group.add_argument(
        "--profile",
        metavar="NAME",
        help="production, hardening, staging, development or test; default: what the environment declares, else production",
    )
    group.add_argument(
        "--pack",
        action="append",
        default=[],
        metavar="PATH",
        help="a rule pack of your own, or a folder of them (repeatable)",
    )
    group.add_argument("--disable", action="append", default=[], metavar="RULE", help="leave a rule out (repeatable)")
    group.add_argument(
        "--param", action="append", default=[], metavar="NAME=VALUE", help="set a parameter of the rules (repeatable)"
    )
    group.add_argument(
        "--fail-on",
        choices=("low", "medium", "high", "critical"),
        help="severity from which a failure refuses the start (default: high)",
    )
    group.add_argument(
        "--deadline", metavar="SECONDS", help="longest time for the whole run (default: 30, and what --wait adds)"
    )
    group.add_argument("--as-uid", type=int, metavar="UID", help="judge files as this user will find them")
    group.add_argument(
        "--as-gid",
        type=int,
        action="append",
        default=[],
        metavar="GID",
        help="a group that this user is in, such as the fsGroup of a pod (repeatable)",
    )
    _configuration(group)
    live.add_arguments(parser)


def _output(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("output")
    group.add_argument("--format", choices=("json", "text"), help="default: text on a terminal, else json")
    group.add_argument("-o", "--output", metavar="FILE", help="write the report to a file instead of standard output")
    group.add_argument(
        "--log",
        choices=("off", "json"),
        help="JSON lines on standard error: json also for a start that is allowed (default: only refusals)",
    )
    group.add_argument(
        "--color", choices=("auto", "always", "never"), default="auto", help="colour of the text report (default: auto)"
    )
    group.add_argument("-v", "--verbose", action="store_true", help="also list what passed and what did not apply")


def _explain(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "explain",
        help="what a rule means and what to do",
        formatter_class=_Help,
        description="Print everything about a rule.",
    )
    parser.add_argument("rule", metavar="RULE", help="a rule's id, as `preflight rules list` shows it")
    _rules_in_force(parser)


def _rules(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "rules", help="list, check and test rule packs", formatter_class=_Help, description="Work with rule packs."
    )
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    listing = actions.add_parser("list", help="list the rules in force", formatter_class=_Help)
    listing.add_argument("--format", choices=("text", "json"), default="text", help="default: text")
    _rules_in_force(listing)
    lint = actions.add_parser("lint", help="check packs and profiles without judging anything", formatter_class=_Help)
    lint.add_argument(
        "paths", nargs="*", metavar="PATH", help="packs, or folders of them (default: those that ship with preflight)"
    )
    test = actions.add_parser("test", help="run the examples of every rule", formatter_class=_Help)
    test.add_argument(
        "paths", nargs="*", metavar="PATH", help="packs, or folders of them (default: those that ship with preflight)"
    )
    test.add_argument(
        "--mutate", action="store_true", help="also turn each expectation around: the examples' verdicts must flip"
    )
    test.add_argument("--rule", action="append", default=[], metavar="RULE", help="only this rule (repeatable)")


def _rules_in_force(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--profile", metavar="NAME", help="the profile (default: the one that preflight.yaml pins, else production)"
    )
    parser.add_argument(
        "--pack",
        action="append",
        default=[],
        metavar="PATH",
        help="a rule pack of your own, or a folder of them, instead of those that preflight.yaml names (repeatable)",
    )
    _configuration(parser)


def _env_files(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--env-file",
        action="append",
        default=[],
        metavar="FILE",
        help="an env file that the application loads itself, or that Compose takes variables from (repeatable)",
    )
    group.add_argument(
        "--dialect",
        choices=("compose", "dotenv", "shell"),
        help="who reads the env files: Docker Compose, python-dotenv, or a shell's `. file`",
    )


def _configuration(parser: argparse._ActionsContainer) -> None:
    config = parser.add_mutually_exclusive_group()
    config.add_argument(
        "--config",
        metavar="FILE",
        help="preflight's configuration (default: preflight.yaml, or [tool.preflight] in pyproject.toml)",
    )
    config.add_argument("--no-config", action="store_true", help="read no configuration file")


def _schema(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "schema",
        help="print a JSON Schema",
        formatter_class=_Help,
        description="Print a JSON Schema, for editors and for reading reports.",
    )
    parser.add_argument("name", choices=("report", "rule-pack", "profile", "config", "certificates"), help="which")


def _certs(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "certs", help="inspect certificates, or make some for development", formatter_class=_Help, description="Work with certificates.",
    )  # fmt: skip
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)
    create = actions.add_parser(
        "create", help="a CA, a server and a client certificate with their keys", formatter_class=_Help,
        description="Make a development CA with a server and a client certificate. Nothing is ever overwritten.",
    )  # fmt: skip
    from preflight.cli.commands.certs import add_arguments

    add_arguments(create)
    inspect = actions.add_parser(
        "inspect", help="what certificates, keys and CA files there are, and when they end", formatter_class=_Help,
        description="Look at certificates, keys and CA files: are they right, do they belong together, would OpenSSL accept them,\n"
        "and how long? Prints a table and a timeline. Nothing is changed, and no passphrase is asked for.",
    )  # fmt: skip
    from preflight.cli.commands import certs_inspect

    certs_inspect.add_arguments(inspect)


def _completion(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    parser = commands.add_parser(
        "completion", help="print shell completion", formatter_class=_Help,
        description="Print the completion script of a shell.", epilog="example:\n  preflight completion bash > /etc/bash_completion.d/preflight",
    )  # fmt: skip
    parser.add_argument("shell", choices=("bash", "zsh", "tcsh"), help="which shell")


COMMANDS = {
    "check": _check,
    "config": _config,
    "exec": _exec,
    "explain": _explain,
    "rules": _rules,
    "schema": _schema,
    "certs": _certs,
    "completion": _completion,
}


def split_command(argv: Sequence[str]) -> tuple[list[str], list[str]]:
    """Split `exec`'s arguments at the first `--`: options before, the command behind.

    Args:
        argv: Everything after `exec`.
    """
    words = list(argv)
    if "--" not in words:
        return words, []
    position = words.index("--")
    return words[:position], words[position + 1 :]
