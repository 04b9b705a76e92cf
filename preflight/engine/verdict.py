"""One verdict, computed once, before anything is rendered."""

from __future__ import annotations

from preflight.errors import (
    EXIT_BLOCKED,
    EXIT_CONFIGURATION,
    EXIT_DEADLINE,
    EXIT_INPUT,
    EXIT_INTERNAL,
    EXIT_PASS,
    EXIT_PRECEDENCE,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from preflight.model.finding import Finding
    from preflight.model.problem import Problem

_BY_KIND = {
    "configuration": EXIT_CONFIGURATION,
    "input": EXIT_INPUT,
    "deadline": EXIT_DEADLINE,
    "internal": EXIT_INTERNAL,
}


def exit_code(findings: Iterable[Finding], problems: Iterable[Problem], signal_number: int | None = None) -> int:
    """Return the exit code: the first in the table's order of all that hold.

    Args:
        findings: Everything that was judged.
        problems: Everything that kept the gate from judging.
        signal_number: The signal that ended the run, if one did.
    """
    codes = {_BY_KIND[problem.kind] for problem in problems if problem.kind in _BY_KIND}
    if signal_number is not None:
        codes.add(128 + signal_number)
    if any(finding.blocking for finding in findings):
        codes.add(EXIT_BLOCKED)
    return next((code for code in EXIT_PRECEDENCE if code in codes), EXIT_PASS)


def verdict(code: int) -> str:
    """Return the verdict that goes with an exit code: pass, fail or error."""
    return {EXIT_PASS: "pass", EXIT_BLOCKED: "fail"}.get(code, "error")


# What every file and every environment has: that alone is nothing to judge.
_INCIDENTAL = frozenset({"environment", "environment_declaration", "setting", "env_file", "env_line"})


def judged_nothing(findings: Iterable[Finding]) -> bool:
    """Whether no rule decided anything: the configuration says nothing that we know."""
    return not any(
        finding.status != "not_applicable" and (finding.resource is None or finding.resource[0] not in _INCIDENTAL)
        for finding in findings
    )
