"""Reports made by hand: what renderers and logs are tried on, in the shape that `preflight.report.schema` checks."""

from __future__ import annotations

import hashlib

STATUSES = ("pass", "fail", "error", "deferred", "not_applicable")
RANKS = {"low": 0, "medium": 1, "high": 2, "critical": 3}


def origin(file=None, line=None, column=None, setting=None):
    return {"file": file, "line": line, "column": column, "setting": setting}


def env(setting):
    return origin(setting=setting)


def finding(rule, message, *, status="fail", severity="critical", subjects=("env_file:.env.production",), **changes):
    """Return a finding; `report` decides whether it blocks."""
    row = {
        "rule": rule,
        "pack": rule.partition("-")[0],
        "status": status,
        "severity": severity,
        "blocking": False,
        "subjects": list(subjects),
        "resource": None,
        "origin": None,
        "title": "Something holds",
        "message": message,
        "expected": None,
        "reason": None,
        "rationale": "It matters.",
        "remediation": "Correct it.",
        "references": [],
        "fingerprint": hashlib.sha256(rule.encode("utf-8", "surrogatepass")).hexdigest()[:32],
        "waiver": None,
    }
    assert set(changes) <= {*row, "observed", "via"}
    return {**row, **changes}


def problem(kind, code, message, hint, place=None):
    return {"kind": kind, "code": code, "message": message, "hint": hint, "origin": place}


def option(name, value, source="default", place=None, *, loosens=False):
    return {"name": name, "value": value, "source": source, "origin": place, "loosens": loosens}


def report(findings=(), *, problems=(), exit_code=None, stage="build", fail_on="high", **changes):
    """Return a whole report that adds up, with the verdict that the findings and problems call for."""
    rows = [{**one, "blocking": blocks(one, stage, fail_on)} for one in findings]
    if exit_code is None:
        codes = {"internal": 70, "configuration": 3, "input": 4, "deadline": 5, "interrupted": 143}
        exit_code = codes[problems[0]["kind"]] if problems else int(any(one["blocking"] for one in rows))
    summary = {status: sum(one["status"] == status for one in rows) for status in STATUSES}
    summary["waived"] = sum(one["waiver"] is not None for one in rows)
    summary["blocking"] = sum(one["blocking"] for one in rows)
    whole = {
        "schema_version": "1.0",
        "tool": {"name": "preflight", "version": "0.1.0"},
        "verdict": {0: "pass", 1: "fail"}.get(exit_code, "error"),
        "exit_code": exit_code,
        "stage": stage,
        "profile": {"name": "production", "source": "declared by ENV at .env.production:1:1"},
        "environment": {"name": "production", "origin": origin(".env.production", 1, 1, "ENV")},
        "fail_on": fail_on,
        "configuration": [],
        "inputs": [{"kind": "env_file", "path": ".env.production", "sha256": None}],
        "packs": [{"name": "postgres", "version": 1, "sha256": "0" * 64, "origin": "built in"}],
        "parameters": {"postgres_min_sslmode": {"value": "verify-ca", "source": "pack postgres"}},
        "problems": list(problems),
        "notes": [],
        "summary": summary,
        "findings": rows,
        "coverage": {"files": 1, "rules": 47, "subjects": 1, "settings": 14, "unresolved": []},
        "run": {"started_at": "2025-01-15T10:00:00Z", "duration_ms": 21},
    }
    assert set(changes) <= set(whole)
    return {**whole, **changes}


def blocks(one, stage, fail_on):
    """Say whether a finding refuses the start: the table of statuses in docs/architecture.md, written once more."""
    if one["status"] == "fail":
        return one["waiver"] is None and RANKS[one["severity"]] >= RANKS[fail_on]
    return one["status"] == "error" or (one["status"] == "deferred" and stage == "start")
