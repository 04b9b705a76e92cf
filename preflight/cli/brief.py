"""The report of a start on one line: what a container's log has room for.

It is a report by the same schema, of the findings that need somebody: failures, errors, and what is put off.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_QUIET = ("pass", "not_applicable")
HOW_TO_GET_THE_REPORT = "--format json or -o FILE gives the whole report"
HOW_TO_GET_ALL = f"--format text explains each, {HOW_TO_GET_THE_REPORT}"


def brief(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return a report without what passed and what did not apply, and without settings that nobody set and built-in packs.

    Its summary counts what is listed, and a note says how much is left out.

    Args:
        report: The whole report.
    """
    findings = [finding for finding in report["findings"] if finding["status"] not in _QUIET]
    left_out = len(report["findings"]) - len(findings)
    note = f"left out: {left_out} findings that passed or do not apply, and defaults; {HOW_TO_GET_ALL}"
    return {
        **report,
        "configuration": [row for row in report["configuration"] if row["source"] != "default"],
        "packs": [pack for pack in report["packs"] if pack["origin"] != "built in"],
        "parameters": {
            name: row
            for name, row in report["parameters"].items()
            if not row["source"].startswith(("pack ", "profile "))
        },
        "notes": [*report["notes"], note],
        "summary": {**report["summary"], **dict.fromkeys(_QUIET, 0)},
        "findings": findings,
    }


def one_line(report: Mapping[str, Any]) -> str:
    """Return a report as JSON without a line break: ASCII, whatever it holds (RFC 8259, section 7).

    Args:
        report: The report.
    """
    import json  # a start that is allowed never comes here

    return json.dumps(report, allow_nan=False, separators=(",", ":"))
