"""From parsed options to a judged report: configuration, run, and what a signal does to it."""

from __future__ import annotations

import gc
import os

from preflight.cli import live, signals
from preflight.cli.rules_in_force import changes_of
from preflight.cli.selecting import left_beside, select, without_services
from preflight.configuration.reader import effective, resolve
from preflight.engine.collecting import place_of
from preflight.errors import EXIT_INTERNAL, ConfigurationError, DeadlineError, Interrupted, UsageError
from preflight.gate.report import Outcome, build
from preflight.gate.request import Request
from preflight.gate.run import NOT_KNOWN, Run
from preflight.model.problem import Problem
from preflight.packs.library import profile_names
from preflight.probes.clock import Clock
from preflight.probes.files import FileProbe
from preflight.probes.git import GitProbe
from preflight.sources.container import in_container

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping
    from typing import Any

    from preflight.configuration.model import Configuration


class Judged:
    """A judged run.

    Attributes:
        report: The report.
        exit_code: Its exit code.
        configuration: The configuration in force; None where it could not be read.
    """

    def __init__(self, report: dict[str, Any], configuration: Configuration | None) -> None:
        self.report = report
        self.exit_code: int = report["exit_code"]
        self.configuration = configuration


def judge(options: argparse.Namespace, environment: Mapping[str, str], *, stage: str | None = None) -> Judged:
    """Read the configuration, run the gate, and build the report. Never raises but for wrong usage.

    Args:
        options: The parsed command line.
        environment: The process environment.
        stage: The stage that the command implies; None lets options and configuration decide.

    Raises:
        UsageError: The command line names what cannot be.
    """
    collecting = gc.isenabled()
    gc.disable()  # a run lives for a moment, and looking for cycles in what it keeps costs a tenth of it
    clock = Clock()
    started, started_at = clock.monotonic(), clock.iso8601()
    configuration: Configuration | None = None
    at = stage or getattr(options, "stage", None) or "build"
    try:
        signals.catch()
        configuration = _configured(options, environment)
        at = stage or configuration.stage or "build"
        run = Run(_request(options, configuration, environment, at, clock))
        signals.alarm(live.deadline_of(configuration) - (clock.monotonic() - started))
        outcome = run.outcome(settled=signals.end_alarm)
    except UsageError:
        raise
    except (ConfigurationError, DeadlineError) as bad:
        outcome = _stopped(bad.exit_code, bad.problems, at, clock, started, started_at, options.profile)
    except Interrupted as stop:
        outcome = _stopped(stop.exit_code, stop.problems, at, clock, started, started_at, options.profile)
    except Exception as bug:  # noqa: BLE001 - a bug still gives a report, without its text, which could quote a secret
        message = f"a bug in preflight ({type(bug).__name__} in {place_of(bug.__traceback__)})"
        problem = Problem(
            kind="internal", code="bug", message=message, hint="Please report it; nothing may start meanwhile."
        )
        outcome = _stopped(EXIT_INTERNAL, (problem,), at, clock, started, started_at, options.profile)
    finally:
        signals.release()
        if collecting:
            gc.freeze()  # nor is what it found looked through while the report is written
            gc.enable()
    return Judged(build(outcome), configuration)


def asked(options: argparse.Namespace, environment: Mapping[str, str]) -> Request:
    """Read the configuration, and return what a run at stage build is asked to do, without running it.

    Args:
        options: The parsed command line.
        environment: The process environment.

    Raises:
        ConfigurationError: preflight's own configuration is wrong.
        UsageError: The command line names what cannot be.
    """
    configuration = _configured(options, environment)
    return _request(options, configuration, environment, "build", Clock())


def _configured(options: argparse.Namespace, environment: Mapping[str, str]) -> Configuration:
    return resolve(
        folder=".",
        config_file=options.config,
        no_config=options.no_config,
        environment=environment,
        command_line=_command_line(options),
    )


def _command_line(options: argparse.Namespace) -> dict[str, object]:
    parameters: dict[str, str] = {}
    for word in options.param:
        name, equals, value = word.partition("=")
        if not equals or not name:
            raise UsageError(
                [
                    Problem(
                        kind="configuration",
                        code="bad_parameter",
                        message=f'--param "{name}" has no value.',
                        hint="Write --param NAME=VALUE.",
                    )
                ]
            )
        parameters[name] = value
    said: dict[str, object] = {
        "profile": options.profile,
        "stage": getattr(options, "stage", None),
        "fail_on": options.fail_on,
        "dialect": options.dialect,
        "contract": tuple(options.contract) or None,
        "packs": tuple(options.pack) or None,
        "disable": tuple(options.disable) or None,
        "deadline": options.deadline,
        "log": options.log,
        "format": options.format,
        "as_uid": options.as_uid,
        "as_gids": tuple(options.as_gid) or None,
        "process_env": getattr(options, "process_env", None),
        **live.said(options),
    }
    if parameters:
        said["parameters"] = parameters
    return {name: value for name, value in said.items() if value is not None}


def _request(
    options: argparse.Namespace, configuration: Configuration, environment: Mapping[str, str], stage: str, clock: Clock
) -> Request:
    judge_process = stage == "start" or configuration.process_env
    selection = select(options, configuration, environment, process=judge_process)
    notes = left_beside(options, selection)
    if judge_process and options.command != "config":
        selection, notes = without_services(options, configuration, selection)
    fail_on = configuration.fail_on
    profile = None
    if configuration.profile is not None:
        option = configuration.options["profile"]
        profile = (configuration.profile, f"pinned by {option.origin or 'the command line'}")
    return Request(
        stage=stage,
        profile=profile,
        fail_on=fail_on,
        env_files=selection.env_files,
        compose=selection.compose,
        discover=selection.discover,
        process=environment if judge_process else None,
        home={name: environment[name] for name in ("HOME", "XDG_CONFIG_HOME") if name in environment},
        dialect=configuration.dialect,
        contracts=configuration.contract,
        examples=configuration.examples,
        packs=configuration.packs,
        changes=changes_of(configuration),
        bindings=configuration.bindings,
        required_roles=configuration.required_roles,
        not_secret=configuration.not_secret,
        defer_paths=configuration.defer_paths,
        deadline=live.deadline_of(configuration),
        live=live.request_of(configuration, to_file=getattr(options, "output", None) is not None),
        as_uid=os.geteuid() if configuration.as_uid is None and configuration.as_gids else configuration.as_uid,
        as_gids=configuration.as_gids,
        in_container=in_container(environment) if stage == "start" else None,
        configuration=tuple(effective(configuration)),
        configuration_file=(configuration.file, configuration.sha256) if configuration.file is not None else None,
        notes=(
            *(without_meaning(name, meant) for name, meant in configuration.unknown_variables),
            *notes,
        ),
        files=FileProbe(),
        git=GitProbe(environment),
        clock=clock,
    )


def without_meaning(name: str, meant: str | None) -> str:
    """Say of a `PREFLIGHT_*` variable that it has no effect, and what may have been meant.

    Args:
        name: The variable.
        meant: The variable that may be meant.
    """
    said = f"the variable {name} means nothing to preflight"
    if name == "PREFLIGHT_CONFIG":
        return f"{said}; a configuration file is named with --config"
    return said + (f"; {meant} may be meant" if meant else "")


def _stopped(
    code: int,
    problems: tuple[Problem, ...],
    stage: str,
    clock: Clock,
    started: float,
    started_at: str,
    profile: str | None,
) -> Outcome:
    """Return the outcome of a run that could not even begin."""
    known = profile is not None and profile in profile_names()
    return Outcome(
        exit_code=code,
        stage=stage,
        profile=(profile, "pinned by the command line") if known else (None, NOT_KNOWN),
        environment=(None, None),
        fail_on="high",
        problems=problems,
        coverage={"files": 0, "rules": 0, "subjects": 0, "settings": 0, "unresolved": []},
        started_at=started_at,
        duration_ms=round((clock.monotonic() - started) * 1000),
    )
