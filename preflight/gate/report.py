"""Filling the report: plain dictionaries in the shape of `schemas/report.schema.json`."""

from __future__ import annotations

from preflight import __version__
from preflight.engine.verdict import verdict
from preflight.model.finding import HIDDEN, SEVERITY_RANK, STATUSES
from preflight.model.record import Record, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

    from preflight.model.finding import Finding
    from preflight.model.origin import Origin
    from preflight.model.problem import Problem
    from preflight.packs.library import RuleSet

SCHEMA_VERSION = "1.0"
_STATUS_RANK = {status: rank for rank, status in enumerate(STATUSES)}


class Input(Record):
    """Something that was read."""

    kind: str = field("env_file, compose_file, process_environment, contract, examples, configuration or pack.")
    path: str | None = field("Its path as given; None for the process environment.", default=None)
    sha256: str | None = field("Digest of its text; None where it holds secrets.", default=None)


class Outcome(Record):
    """Everything a run found out, before it is put into a report."""

    exit_code: int = field("The exit code.")
    stage: str = field("build or start.")
    profile: tuple[str | None, str] = field("The profile, None where it is not known, and where it came from.")
    environment: tuple[str | None, Origin | None] = field("The declared environment and its place.")
    fail_on: str = field("Failures of this severity and above block.")
    configuration: Sequence[Mapping[str, Any]] = field("Effective settings of preflight itself.", default=())
    inputs: Sequence[Input] = field("What was read.", default=())
    rules: RuleSet | None = field("The rules in force, where they could be put together.", default=None)
    problems: Sequence[Problem] = field("What kept the gate from judging.", default=())
    notes: Sequence[str] = field("What else is worth saying.", default=())
    findings: Sequence[Finding] = field("What was judged.", default=())
    coverage: Mapping[str, Any] = field("Counts of what was looked at.")
    started_at: str = field("ISO 8601, UTC.")
    duration_ms: int = field("Milliseconds.")


def build(outcome: Outcome) -> dict[str, Any]:
    """Put a run into a report.

    Findings are sorted by severity, status, rule and place, so that the same input gives the same bytes.
    """
    findings = sorted(outcome.findings, key=_order)
    name, origin = outcome.environment
    rules = outcome.rules
    return {
        "schema_version": SCHEMA_VERSION,
        "tool": {"name": "preflight", "version": __version__},
        "verdict": verdict(outcome.exit_code),
        "exit_code": outcome.exit_code,
        "stage": outcome.stage,
        "profile": {"name": outcome.profile[0], "source": outcome.profile[1]},
        "environment": {"name": name, "origin": origin_dict(origin)},
        "fail_on": outcome.fail_on,
        "configuration": [dict(row) for row in outcome.configuration],
        "inputs": [{"kind": one.kind, "path": one.path, "sha256": one.sha256} for one in outcome.inputs],
        "packs": [
            {"name": pack.name, "version": pack.version, "sha256": pack.sha256, "origin": "built in" if pack.builtin else pack.path}
            for pack in (rules.packs if rules is not None else ())
        ],
        "parameters": {
            key: {"value": list(value) if isinstance(value, tuple) else value, "source": source}
            for key, (value, source) in (rules.parameters.items() if rules is not None else ())
        },
        "problems": [
            {"kind": one.kind, "code": one.code, "message": one.message, "hint": one.hint, "origin": origin_dict(one.origin)}
            for one in outcome.problems
        ],
        "notes": list(outcome.notes),
        "summary": _summary(findings),
        "findings": [_finding(finding) for finding in findings],
        "coverage": dict(outcome.coverage),
        "run": {"started_at": outcome.started_at, "duration_ms": outcome.duration_ms},
    }  # fmt: skip


def origin_dict(origin: Origin | None) -> dict[str, Any] | None:
    """Return an origin as the report writes it."""
    return (
        None
        if origin is None
        else {"file": origin.file, "line": origin.line, "column": origin.column, "setting": origin.setting}
    )


def _summary(findings: Sequence[Finding]) -> dict[str, int]:
    counts = dict.fromkeys(STATUSES, 0)
    for finding in findings:
        counts[finding.status] += 1
    if sum(counts.values()) != len(findings):
        raise AssertionError("the summary does not add up to the findings")
    return {**counts, "waived": 0, "blocking": sum(finding.blocking for finding in findings)}


def _order(finding: Finding) -> tuple[Any, ...]:
    origin = finding.origin
    place = (
        ("", 0, 0, "")
        if origin is None
        else (origin.file or "", origin.line or 0, origin.column or 0, origin.setting or "")
    )
    resource = finding.resource or ("", "")
    return (
        -SEVERITY_RANK[finding.severity],
        _STATUS_RANK[finding.status],
        finding.rule,
        *place,
        *resource,
        finding.subjects,
    )


def _finding(finding: Finding) -> dict[str, Any]:
    kind, name = finding.resource or (None, None)
    row: dict[str, Any] = {
        "rule": finding.rule,
        "pack": finding.pack,
        "status": finding.status,
        "severity": finding.severity,
        "blocking": finding.blocking,
        "subjects": list(finding.subjects),
        "resource": {"type": kind, "name": name} if kind is not None else None,
        "origin": origin_dict(finding.origin),
        "title": finding.title,
        "message": finding.message,
        "expected": finding.expected,
        "reason": finding.reason,
        "fingerprint": finding.fingerprint,
        "waiver": None,
    }
    if finding.status not in {"pass", "not_applicable"}:
        row |= {
            "rationale": finding.rationale,
            "remediation": finding.remediation,
            "references": list(finding.references),
        }
    if finding.observed is not HIDDEN:
        row["observed"] = finding.observed
    if finding.via:
        row["via"] = [origin_dict(origin) for origin in finding.via]
    return row
