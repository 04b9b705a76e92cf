"""The findings of a text report: one entry for each cause, in the order in which they are to be dealt with."""

from __future__ import annotations

from preflight.renderers._wording import GUTTER, lead, many, place_of, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from typing import Any, TypeAlias

    from preflight.renderers._page import Page, Piece

    Finding: TypeAlias = Mapping[str, Any]

_SEVERITIES = ("critical", "high", "medium", "low")
_PROSE = 100  # longer lines of prose tire the eye, however wide the terminal is
_RULES = 10  # more rules than that with one cause are counted
_AFTERWORDS = {
    "error": (("why", "What cannot be judged is not let through."),),
    "refused": (
        ("why", "A start is refused while something it needs cannot be judged yet."),
        ("fix", "Run preflight where the value is known: in the container, after whatever resolves the reference."),
    ),
    "deferred": (("why", "Known only where the service starts; the start gate decides."),),
}


def show_findings(page: Page, findings: Iterable[Finding], *, stage: str, verbose: bool) -> None:
    """Add what failed, could not be judged, was put off, or is waived.

    Args:
        page: Where to.
        findings: All findings of the report, in its order.
        stage: The report's stage.
        verbose: Whether to show references, and what was expected and found.
    """
    shown_ones = [one for one in findings if one["status"] in {"fail", "error", "deferred"}]
    blocking = [one for one in shown_ones if one["blocking"]]
    rest = [one for one in shown_ones if not one["blocking"]]
    _failures(page, [one for one in blocking if one["status"] == "fail"], verbose=verbose)
    _undecided(page, [one for one in blocking if one["status"] == "error"], "error", verbose=verbose)
    _undecided(page, [one for one in blocking if one["status"] == "deferred"], "refused", verbose=verbose)
    _failures(page, [one for one in rest if one["waiver"] is None and one["status"] == "fail"], verbose=verbose)
    _undecided(page, [one for one in rest if one["status"] == "error"], "error", verbose=verbose)
    waiting = "deferred" if stage == "build" else "refused"
    _undecided(page, [one for one in rest if one["status"] == "deferred"], waiting, verbose=verbose)
    _failures(page, [one for one in rest if one["waiver"] is not None and one["status"] == "fail"], verbose=verbose)


def _failures(page: Page, findings: Sequence[Finding], *, verbose: bool) -> None:
    """Add failures rule by rule: every place, then once why, and all that is to be done."""
    groups: dict[str, list[Finding]] = {}
    for finding in sorted(findings, key=lambda one: _SEVERITIES.index(one["severity"])):
        groups.setdefault(finding["rule"], []).append(finding)
    for group in groups.values():
        page.blank()
        for finding in group:
            _headline(page, finding)
            _details(page, finding, verbose=verbose)
        first = group[0]
        if _is_waived(first) and not verbose:  # why and how were weighed when it was waived
            continue
        page.paragraph(lead("    why:"), ("", _prose(first["rationale"])), width=_PROSE)
        _remedies(page, _shared_remedies(group))
        if verbose and first["references"]:
            page.paragraph(lead("    see:"), ("dim", "  ".join(first["references"])))


def _headline(page: Page, finding: Finding) -> None:
    severity, waived = finding["severity"], _is_waived(finding)
    label = "waived" if waived else severity
    note = f" ({severity})" if waived else "" if finding["blocking"] else " (warning)"
    page.paragraph(lead(label, label), ("name", finding["rule"]), ("dim", note), *_where_and_what(finding))


def _where_and_what(finding: Finding) -> Iterator[Piece]:
    """Yield the place, the setting, and the message, each name once."""
    message, place = finding["message"], place_of(finding["origin"])
    setting = (finding["origin"] or {}).get("setting") or ""
    name = finding["resource"]["name"] if finding["resource"] else setting
    if place:
        yield "", "  "
        yield "place", place
    if setting and setting != name and setting not in message:
        yield "", "  "
        yield "name", setting
    yield "", "  "
    if message.startswith(name):
        yield "name", name
        yield "", message[len(name) :]
    elif name in message:
        yield "", message
    else:
        yield "name", name
        yield "", f": {message}"
    observed, expected = finding.get("observed"), finding["expected"]
    if observed is not None and expected and expected in message and shown(observed) not in message:
        yield "", f"; it is {shown(observed)}"


def _details(page: Page, finding: Finding, *, verbose: bool) -> None:
    message, place = finding["message"], place_of(finding["origin"])
    for origin in finding.get("via") or ():
        through = place_of(origin)
        if through not in message or verbose:
            page.paragraph(lead("    via:"), ("place", through), ("", f"  {origin['setting'] or ''}"))
    subjects = finding["subjects"]
    if len(subjects) > 1 or (subjects[0] != "process" and subjects[0].partition(":")[2] not in place + message):
        page.paragraph(lead("    for:"), ("", ", ".join(subjects)))
    if verbose and finding["expected"]:
        found = f"; found: {shown(finding['observed'])}" if "observed" in finding else ""
        page.paragraph(lead("   want:"), ("dim", finding["expected"] + found))
    waiver = finding["waiver"]
    if waiver is not None:
        page.paragraph(lead("  until:"), ("", f"{waiver['expires']}, by {waiver['owner']}: {waiver['reason']}"))


def _shared_remedies(group: Sequence[Finding]) -> list[str]:
    """Return what to do about findings of one rule: what they begin with alike once, then what differs, under the names it is for."""
    names: dict[tuple[str, ...], dict[str, None]] = {}
    for finding in group:
        name = finding["resource"]["name"] if finding["resource"] else (finding["origin"] or {}).get("setting") or ""
        names.setdefault(tuple(finding["remediation"].split("\n")), {})[name] = None
    remedies = list(names)
    alike = 0
    while (
        len(remedies) > 1 and all(len(one) > alike for one in remedies) and len({one[alike] for one in remedies}) == 1
    ):
        alike += 1
    lines = list(remedies[0][:alike])
    for remedy in remedies:
        rest = remedy[alike:]
        heads = [line for line in rest if line.strip() and not line.startswith("$ ")]
        if len(remedies) > 1 and heads and not any(name and name in heads[0] for name in names[remedy]):
            rest = (f"{', '.join(names[remedy])}:", *rest)
        lines += rest
    return list(dict.fromkeys(lines)) if all(line.startswith("$ ") for line in lines[alike:]) else lines


def _remedies(page: Page, lines: Iterable[str]) -> None:
    """Add what to do: sentences, and commands alone on their lines, ready to be copied."""
    first = True
    for line in lines:
        if line.startswith("$ "):
            command = line[2:].strip()
            if len(command) > 2 and command[0] == command[-1] == "`" and command.count("`") == 2:
                command = command[1:-1]
            if first:
                page.paragraph(lead("    fix:"), ("", "Run"))
            page.line(("", " " * (GUTTER + 4)), ("command", command))
        elif line.strip():
            page.paragraph(lead("    fix:" if first else ""), ("", _prose(line)), width=_PROSE)
        else:
            continue
        first = False


def _undecided(page: Page, findings: Sequence[Finding], kind: str, *, verbose: bool) -> None:
    """Add what could not be decided: one entry for each cause, with the rules that wait for it."""
    causes: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        origin = finding["origin"] or {}
        cause = (
            *(origin.get(part) for part in ("file", "line", "column", "setting")),
            *finding["subjects"],
            finding["message"],
        )
        causes.setdefault(cause, []).append(finding)
    label = "error" if kind == "error" else "deferred"
    for group in causes.values():
        page.blank()
        first = group[0]
        rules = list(dict.fromkeys(one["rule"] for one in group))
        name = rules[0] if len(rules) == 1 else many(len(rules), "rule")
        page.paragraph(lead(label, label), ("name", name), *_where_and_what(first))
        _details(page, first, verbose=False)
        if len(rules) > 1:
            some = rules if verbose or len(rules) <= _RULES else rules[:_RULES]
            more = f" and {len(rules) - len(some)} more" if len(some) < len(rules) else ""
            page.paragraph(lead("  rules:"), ("", ", ".join(some) + more), width=_PROSE)
    for word, text in _AFTERWORDS[kind] if causes else ():
        page.paragraph(lead(f"    {word}:"), ("", text), width=_PROSE)


def _is_waived(finding: Finding) -> bool:
    return finding["waiver"] is not None and not finding["blocking"]


def _prose(text: str) -> str:
    """Return text of a rule in one line: its line breaks are those of its YAML."""
    return " ".join(text.split())
