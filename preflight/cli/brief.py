"""The report of a start on one line: what a container's log has room for.

It is a report by the same schema, of the findings that need somebody: failures, errors, and what is put off. Where nothing keeps
the start, it is what passed that the verdict rests on, and that stays.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

HOW_TO_GET_THE_REPORT = "--format json or -o FILE gives the whole report"
HOW_TO_GET_ALL = f"--format text explains each, {HOW_TO_GET_THE_REPORT}"


def brief(report: Mapping[str, Any]) -> dict[str, Any]:
    """Return a report without what did not apply and, where it is no pass, what passed; without defaults and built-in packs.

    Its summary counts what is listed, and a note says how much is left out.

    Args:
        report: The whole report.
    """
    passed = report["verdict"] == "pass"  # which is never one without anything judged
    quiet = ("not_applicable",) if passed else ("pass", "not_applicable")
    findings = [finding for finding in report["findings"] if finding["status"] not in quiet]
    left_out = len(report["findings"]) - len(findings)
    which = "do not apply" if passed else "passed or do not apply"
    note = f"left out: {left_out} findings that {which}, and defaults; {HOW_TO_GET_ALL}"
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
        "summary": {**report["summary"], **dict.fromkeys(quiet, 0)},
        "findings": findings,
    }


def one_line(report: Mapping[str, Any]) -> str:
    """Return a report as JSON without a line break: ASCII, whatever it holds (RFC 8259, section 7).

    Args:
        report: The report.
    """
    import json  # a start that is allowed never comes here

    return json.dumps(report, allow_nan=False, separators=(",", ":"))
