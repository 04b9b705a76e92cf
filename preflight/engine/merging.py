"""One fact that reaches several subjects is one finding."""

from __future__ import annotations

from preflight.model.finding import HIDDEN

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from preflight.model.finding import Finding


def merged(findings: Iterable[Finding]) -> list[Finding]:
    """Make one finding with several subjects of equal failures that differ in nothing else; the judge itself did so with the rest."""
    groups: dict[tuple[object, ...], list[Finding]] = {}
    rest: list[Finding] = []
    for finding in findings:
        if finding.status not in {"fail", "error"}:
            rest.append(finding)
            continue
        observed = str(finding.observed) if finding.observed is not HIDDEN else None
        # One value that reaches several services is one fact: what counts is where the value itself is written.
        written = finding.via[-1] if finding.via else finding.origin
        place = (
            (written.file, written.line, written.column)
            if finding.resource is not None and written is not None
            else finding.subjects
        )
        key = (finding.rule, finding.status, finding.resource, place, finding.reason, finding.message, observed)
        groups.setdefault(key, []).append(finding)
    return [*rest, *(group[0] if len(group) == 1 else _together(group) for group in groups.values())]


def _together(group: list[Finding]) -> Finding:
    """Return one finding for several that say the same: all subjects, and every place that the value passes through."""
    first = group[0]
    places = [place for one in group for place in (*((one.origin,) if one.origin is not None else ()), *one.via)]
    via = tuple(place for place in dict.fromkeys(places) if place != first.origin)
    subjects = dict.fromkeys(subject for one in group for subject in one.subjects)
    together: Finding = first.replace(subjects=tuple(sorted(subjects)), via=via)
    return together
