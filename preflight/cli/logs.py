"""JSON lines for log collectors, in the shape of a service's own startup logs.

    {"level":"info","time":"2025-01-15T10:00:00Z","message":"configuration accepted",…}
    {"level":"fatal","time":"2025-01-15T10:00:00Z","error":"invalid config: …",…}

structlog writes them. It is imported only when there is a line to write (it costs 100 ms), and its global configuration, which
belongs to the application, is neither used nor changed.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, MutableMapping
    from typing import Any, Literal, TextIO, TypeAlias

    Level = Literal["fatal", "warn", "info"]
    Line: TypeAlias = tuple[Level, str, dict[str, Any]]  # (level, what is said, further fields)

_LEVELS: tuple[Level, ...] = ("info", "warn", "fatal")


def log_report(
    report: Mapping[str, Any], *, level: Level, stream: TextIO | None, time: str | None = None, more: str | None = None
) -> None:
    """Write a report's lines: what refuses the start, what warns, and that a start is allowed.

    Args:
        report: The report, a plain dictionary in the shape of `schemas/report.schema.json`.
        level: The least that is written: `fatal` (what refuses the start), `warn` (also failures that do not, what
            loosens the gate, and notes), or `info` (also that the configuration is accepted).
        stream: Where the lines go; None (Python's own for a standard stream that is closed) writes nothing.
        time: The time of the lines, ISO 8601; the start of the run by default.
        more: How to learn more of a refusal; with it a last line says that the start is refused.

    Raises:
        ValueError: There is no such level.
    """
    if level not in _LEVELS:
        raise ValueError(f"{level} is no level of a log line")
    wanted = _LEVELS[_LEVELS.index(level) :]
    lines = [line for line in _lines(report) if line[0] in wanted]
    if more is not None and report["exit_code"]:
        lines.append(_refusal(report, more))
    if not lines or stream is None:
        return
    import structlog

    log = structlog.wrap_logger(
        structlog.PrintLogger(stream),
        processors=[_shape, structlog.processors.JSONRenderer(ensure_ascii=True, separators=(",", ":"))],
        wrapper_class=structlog.BoundLogger,
        context_class=dict,
        cache_logger_on_first_use=False,
        time=time or report["run"]["started_at"],
    )
    for method, said, fields in lines:
        getattr(log, method)(said, **fields)


def _lines(report: Mapping[str, Any]) -> Iterator[Line]:
    for problem in report["problems"]:
        fields = {"code": problem["code"], "origin": _place(problem["origin"]), "hint": problem["hint"]}
        yield "fatal", f"preflight: {problem['message']}", fields
    for finding in report["findings"]:
        if finding["blocking"]:
            yield "fatal", f"invalid config: {finding['message']}", _fields(finding)
    for row in report["configuration"]:
        if row["loosens"]:
            fields = {
                "name": row["name"],
                "value": row["value"],
                "origin": _place(row["origin"]),
                "setting": _setting(row),
            }
            yield "warn", "the environment loosens the gate", fields
    for finding in report["findings"]:
        if finding["status"] in {"fail", "error"} and not finding["blocking"]:
            yield "warn", finding["message"], _fields(finding)
    for note in report["notes"]:
        yield "warn", note, {}
    if report["exit_code"] == 0:
        yield "info", "configuration accepted", _counts(report)


def _refusal(report: Mapping[str, Any], more: str) -> Line:
    """Return the line that ends a refusal: the verdict, and how to learn more."""
    rules = len({finding["rule"] for finding in report["findings"] if finding["blocking"]})
    by = f"{rules} rule{'s' if rules != 1 else ''} of profile {report['profile']['name']}"
    why = f" by {by}" if rules else f" (exit code {report['exit_code']})"
    return "fatal", f"start refused{why}", {"exit_code": report["exit_code"], "more": more}


def _counts(report: Mapping[str, Any]) -> dict[str, Any]:
    warnings = sum(one["status"] == "fail" and one["waiver"] is None for one in report["findings"])
    summary = report["summary"]
    return {
        "stage": report["stage"],
        "profile": report["profile"]["name"],
        "passed": summary["pass"],
        "warnings": warnings,
        "deferred": summary["deferred"],
        "waived": summary["waived"],
    }


def _fields(finding: Mapping[str, Any]) -> dict[str, Any]:
    fields = {
        "rule": finding["rule"],
        "status": None if finding["status"] == "fail" else finding["status"],
        "severity": finding["severity"],
        "origin": _place(finding["origin"]),
        "setting": _setting(finding),
        "subjects": finding["subjects"],
        "remediation": finding["remediation"] if finding["status"] == "fail" else None,
    }
    waiver = finding["waiver"]
    return fields if waiver is None else {**fields, "waived_by": waiver["owner"], "waived_until": waiver["expires"]}


def _setting(row: Mapping[str, Any]) -> str | None:
    name: str | None = (row["origin"] or {}).get("setting")
    return name


def _place(origin: Mapping[str, Any] | None) -> str | None:
    """Return `file:line:column` as far as it is known, or `environment`."""
    if origin is None:
        return None
    if origin["file"] is None:
        return "environment"
    return ":".join(str(part) for part in (origin["file"], origin["line"], origin["column"]) if part is not None)


def _shape(_: object, method: str, event: MutableMapping[str, Any]) -> dict[str, Any]:
    """Put level, time and message (or error) first, as startup logs do, and leave out what is not known."""
    said, time = event.pop("event"), event.pop("time")
    head = {"level": method, "time": time, "error" if method == "fatal" else "message": said}
    return {**head, **{name: value for name, value in event.items() if value is not None}}
