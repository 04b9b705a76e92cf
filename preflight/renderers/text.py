"""Reports for people: what is wrong, where, why, and what to type; readable from its first line at three in the morning.

    REFUSED: 2 of 77 rules block this start (1 critical, 1 high)          the verdict; again at the end of a long report
    STAGE    build, profile production (pinned by preflight.yaml:2:1)
    JUDGED   .env.production

    CRITICAL tls-enabled  .env.production:4:1  TLS_ENABLED: must be on    rule, place, setting, what is wrong
        why: Without TLS, every credential crosses the network in clear.
        fix: Set it to true.                                              and commands, each alone on its line

What refuses the start comes first, most severe first; then what could not be judged, what was put off to the start, what only
warns, and what is waived. Plain text needs no import; colour comes from rich, which is loaded only when colour is asked for.
"""

from __future__ import annotations

from preflight.renderers._findings import show_findings
from preflight.renderers._page import Page
from preflight.renderers._wording import lead, many, place_of, shown

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from preflight.renderers._page import Piece

_NARROWEST = 40
_SCREEN = 20  # lines of the smallest terminal that people use, less the prompt
_SEVERITIES = ("critical", "high", "medium", "low")
_STOPPED = {
    3: "preflight itself is misconfigured",
    4: "an input cannot be judged",
    5: "the deadline passed",
    70: "a bug in preflight",
    130: "interrupted",
    143: "terminated",
}
_PROBLEMS = {
    "configuration": "CONFIG",
    "input": "INPUT",
    "deadline": "DEADLINE",
    "internal": "BUG",
    "interrupted": "STOPPED",
}
_STRICTER = "hardening"
# Settings of preflight that take rules away, whoever set them.
_EXEMPTING = ("disable", "not_secret")
# Read, but not what would start.
_BESIDE = ("configuration", "pack", "contract", "examples", "other_environment")


def render(report: Mapping[str, Any], *, width: int = 100, colour: bool = False, verbose: bool = False) -> str:
    """Return the report as text.

    Args:
        report: The report, a plain dictionary in the shape of `schemas/report.schema.json`.
        width: Columns to wrap to, 40 at least; words of a path and commands are never cut.
        colour: Whether to use ANSI colours.
        verbose: Whether to show references, what was expected and found, what passed or did not apply, and what was in force.
    """
    page = Page(max(width, _NARROWEST))
    verdict = _verdict(report)
    page.line(*verdict)
    _header(page, report)
    _loosened(page, report)
    for note in report["notes"]:
        page.paragraph(lead("note"), ("", note))
    _problems(page, report)
    show_findings(page, report["findings"], stage=report["stage"], verbose=verbose)
    if verbose:
        _decided(page, report)
        _in_force(page, report)
    elif any(finding["status"] == "fail" for finding in report["findings"]):
        page.blank()
        page.line(("dim", "More: preflight explain RULE"))
    if page.height > _SCREEN:  # what scrolled away is said again
        page.blank()
        page.line(*verdict)
    return page.coloured() if colour else page.plain()


def _verdict(report: Mapping[str, Any]) -> list[Piece]:
    """Return the verdict in one line that holds nothing but our own words and numbers."""
    code, summary = report["exit_code"], report["summary"]
    labels = _blocking_rules(report)
    if code == 0:
        warnings = sum(one["status"] == "fail" and one["waiver"] is None for one in report["findings"])
        counts = (
            (warnings, many(warnings, "warning")),
            (summary["waived"], f"{summary['waived']} waived"),
            (summary["deferred"], f"{summary['deferred']} deferred to the start"),
        )
        rest = "".join(f", {said}" for count, said in counts if count)
        return [("good", "MAY START"), ("", f": {many(summary['pass'], 'check')} passed{rest}")]
    if code == 1:
        of = f" of {report['coverage']['rules']}" if report["coverage"]["rules"] >= len(labels) else ""
        rules = "rule" if len(labels) == 1 and not of else "rules"
        counted = ((label, sum(one == label for one in labels)) for label in (*_SEVERITIES, "undecided", "deferred"))
        by = ", ".join(f"{count} {label}" for label, count in counted if count)
        verb = "blocks" if len(labels) == 1 else "block"
        return [("bad", "REFUSED"), ("", f": {len(labels)}{of} {rules} {verb} this start ({by})")]
    more = f"; {many(len(labels), 'rule')} {'blocks' if len(labels) == 1 else 'block'} too" if labels else ""
    return [("bad", "NOT JUDGED"), ("", f": {_STOPPED.get(code, 'stopped')} (exit code {code}){more}")]


def _blocking_rules(report: Mapping[str, Any]) -> list[str]:
    """Return one word for each rule that blocks: its severity, or that it is undecided or deferred."""
    labels: dict[str, str] = {}
    for status in ("fail", "error", "deferred"):
        for finding in report["findings"]:
            if finding["blocking"] and finding["status"] == status:
                word = {"fail": finding["severity"], "error": "undecided"}.get(status, status)
                labels.setdefault(finding["rule"], word)
    return list(labels.values())


def _header(page: Page, report: Mapping[str, Any]) -> None:
    profile, environment = report["profile"], report["environment"]
    words = f"{report['stage']}, "
    words += f"profile {profile['name']} ({profile['source']})" if profile["name"] else f"profile {profile['source']}"
    if environment["name"] not in {None, profile["name"]}:
        words += f", environment {environment['name']} (declared by {_writer(environment)})"
    if report["fail_on"] != "high":
        words += f", fails on {report['fail_on']}"
    page.paragraph(lead("stage"), ("dim", words))
    judged = dict.fromkeys(one["path"] or "the environment" for one in report["inputs"] if one["kind"] not in _BESIDE)
    beside = [
        f"{one['kind'].replace('_', ' ')} {one['path'] or ''}".rstrip()
        for one in report["inputs"]
        if one["kind"] in _BESIDE
    ]
    words = (", ".join(judged) or "nothing") + (f"; by {', '.join(beside)}" if beside else "")
    page.paragraph(lead("judged"), ("dim", words))
    if profile["name"] not in {None, "production"}:
        stricter = profile["name"] == _STRICTER
        means = (
            "it asks for all that production does, and more"
            if stricter
            else "it lets pass what production refuses; to judge as production, add --profile production"
        )
        page.paragraph(
            lead("profile", "dim" if stricter else "loud"), ("loud", profile["name"]),
            ("", f" is in force, not production ({profile['source']}): {means}"),
        )  # fmt: skip


def _loosened(page: Page, report: Mapping[str, Any]) -> None:
    """Show every setting by which the gate lets more through, and every override of a rule, which may."""
    for row in report["configuration"]:
        name, value = row["name"], row["value"]
        if row["loosens"] or (value if name in _EXEMPTING else (name, value) == ("fail_on", "critical")):
            label = "loosened"
        elif name.startswith("override."):
            label = "changed"
        else:
            continue
        page.paragraph(lead(label, "loud"), ("name", name), ("", f" is {shown(value)}  (by {_writer(row)})"))


def _writer(row: Mapping[str, Any]) -> str:
    """Return who said something: a setting, its place, or the command line."""
    origin = row["origin"]
    if origin is None or (origin["file"] is None and not origin["setting"]):
        return f"the {row.get('source', 'environment')}"
    words = (origin["setting"], place_of(origin) if origin["file"] is not None else None)
    return " at ".join(word for word in words if word)


def _problems(page: Page, report: Mapping[str, Any]) -> None:
    for problem in report["problems"]:
        page.blank()
        place = place_of(problem["origin"])
        pieces = [("name", problem["code"]), *([("", "  "), ("place", place)] if place else []), ("", "  ")]
        setting = (problem["origin"] or {}).get("setting") or ""
        if setting not in problem["message"]:
            pieces += [("name", setting), ("", ": ")]
        said = problem["message"].removeprefix(f"{place} ") if place else problem["message"]
        page.paragraph(lead(_PROBLEMS[problem["kind"]], "error"), *pieces, ("", said))
        page.paragraph(lead("    fix:", "dim"), ("", " ".join(problem["hint"].split())))


def _decided(page: Page, report: Mapping[str, Any]) -> None:
    """Show what passed, rule by rule, and what did not apply, reason by reason."""
    passed: dict[str, dict[str, None]] = {}
    reasons: dict[tuple[str, str, tuple[str, ...]], dict[str, None]] = {}
    everything = {subject for finding in report["findings"] for subject in finding["subjects"]}
    for finding in report["findings"]:
        name = finding["resource"]["name"] if finding["resource"] else ""
        if finding["status"] == "pass":
            passed.setdefault(finding["rule"], {}).update({name: None} if name else {})
        elif finding["status"] == "not_applicable":
            some = () if everything <= set(finding["subjects"]) else tuple(finding["subjects"])
            reasons.setdefault((finding["message"], name, some), {})[finding["rule"]] = None
    page.blank()
    for rule, names in sorted(passed.items()):
        page.paragraph(lead("pass", "pass"), ("name", rule), ("dim", f"  {', '.join(names)}"))
    page.blank()
    for (said, name, subjects), rules in sorted(reasons.items()):
        why = said if len(rules) == 1 else said.replace("that this rule is about", "that these rules are about")
        about = f"{name}: " if name else ""
        where = f" ({', '.join(subjects)})" if subjects else ""
        page.paragraph(lead("n/a"), ("dim", f"{about}{why}{where}: "), ("", ", ".join(sorted(rules))))


def _in_force(page: Page, report: Mapping[str, Any]) -> None:
    """Show by what was judged: settings of preflight that somebody set, packs, parameters; and how much was looked at."""
    page.blank()
    for row in report["configuration"]:
        if row["source"] != "default":
            by = place_of(row["origin"]) or row["source"]
            page.paragraph(lead("setting", "dim"), ("", f"{row['name']} is {shown(row['value'])}  ({by})"))
    for pack in report["packs"]:
        page.paragraph(lead("pack", "dim"), ("", f"{pack['name']} version {pack['version']}, {pack['origin']}"))
    for name, parameter in report["parameters"].items():
        page.paragraph(lead("param", "dim"), ("", f"{name} is {shown(parameter['value'])}  ({parameter['source']})"))
    for one in report["coverage"]["unresolved"]:
        page.paragraph(lead("later", "dim"), ("", f"{one['setting']}  {one['origin']}  {one['reason']}"))
    counts = ", ".join(many(report["coverage"][f"{word}s"], word) for word in ("file", "rule", "subject", "setting"))
    page.paragraph(lead("looked", "dim"), ("", f"at {counts}, in {report['run']['duration_ms']} ms"))
