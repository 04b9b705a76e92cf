"""JSON lines for log collectors, in the shape of a service's own startup logs.

    {"level": "info", "time": "2025-01-15T10:00:00Z", "message": "configuration accepted", …}
    {"level": "fatal", "time": "2025-01-15T10:00:00Z", "error": "invalid config: …", …}

structlog writes them; it is imported here, and only where there is something to say (it costs 100 ms).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TextIO

import structlog

if TYPE_CHECKING:
    from collections.abc import Mapping, MutableMapping

_FAILED = {"fail", "error"}


def log_report(report: Mapping[str, Any], *, level: str, stream: TextIO) -> None:
    """Write a report's lines: what blocks, what warns, and at level `info` that a start is allowed.

    Args:
        report: The report.
        level: `fatal` for refusals only, `info` for everything.
        stream: Where the lines go.
    """
    log = structlog.wrap_logger(
        structlog.PrintLogger(stream),
        processors=[_shape, structlog.processors.JSONRenderer(ensure_ascii=True)],
        wrapper_class=structlog.BoundLogger,
    )
    time = report["run"]["started_at"]
    for problem in report["problems"]:
        log.fatal(
            f"preflight: {problem['message']}",
            time=time,
            code=problem["code"],
            origin=_place(problem["origin"]),
            hint=problem["hint"],
        )
    for finding in report["findings"]:
        if finding["blocking"]:
            log.fatal(f"invalid config: {finding['message']}", time=time, **_fields(finding))
    if level == "info":
        for finding in report["findings"]:
            if finding["status"] in _FAILED and not finding["blocking"]:
                log.warning(finding["message"], time=time, **_fields(finding))
        if report["exit_code"] == 0:
            summary = report["summary"]
            log.info(
                "configuration accepted",
                time=time,
                profile=report["profile"]["name"],
                passed=summary["pass"],
                warnings=summary["fail"],
                deferred=summary["deferred"],
            )


def _fields(finding: Mapping[str, Any]) -> dict[str, Any]:
    origin = finding["origin"] or {}
    fields = {
        "rule": finding["rule"],
        "severity": finding["severity"],
        "origin": _place(origin),
        "setting": origin.get("setting"),
        "remediation": finding["remediation"],
    }
    return {name: value for name, value in fields.items() if value is not None}


def _place(origin: Mapping[str, Any] | None) -> str | None:
    if not origin or origin["file"] is None:
        return "environment" if origin and origin["setting"] else None
    parts = [origin["file"], origin["line"], origin["column"]]
    return ":".join(str(part) for part in parts if part is not None)


def _shape(_logger: object, method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    """Put level, time and message (or error) first, as the startup logs do."""
    said = event.pop("event")
    head: dict[str, Any] = {"level": {"warning": "warn"}.get(method, method), "time": event.pop("time")}
    head["error" if method == "fatal" else "message"] = said
    return {**head, **{name: value for name, value in event.items() if value is not None}}
