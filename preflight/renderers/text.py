"""Reports for people: what is wrong, where, why, and what to type; readable from its first line at three in the morning.

Plain text needs no import; colour comes from rich, which is loaded only when colour is asked for. Whatever comes from outside
(names, paths, values) is shown without control characters, so that no input can forge a line.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any

_INDENT = "    "
_SEVERITIES = ("critical", "high", "medium", "low")
_STYLES = {
    "critical": "bold red",
    "high": "red",
    "medium": "yellow",
    "low": "cyan",
    "error": "bold magenta",
    "deferred": "blue",
    "pass": "green",
    "good": "bold green",
    "bad": "bold red",
    "dim": "dim",
    "command": "bold",
}
_LONGEST = 60


def render(report: Mapping[str, Any], *, width: int = 100, colour: bool = False, verbose: bool = False) -> str:
    """Return the report as text.

    Args:
        report: The report.
        width: Columns to wrap to; words of a path are never cut.
        colour: Whether to use ANSI colours.
        verbose: Whether to list what passed and what did not apply, too.
    """
    page = _Page(max(width, 40))
    verdict = _verdict(report)
    page.line(*verdict)
    page.text(_header(report), style="dim")
    for row in report["configuration"]:
        if row["loosens"]:
            page.text(f"LOOSENED by the environment: {row['name']} ({_place(row['origin'])})", style="bad")
    for note in report["notes"]:
        page.text(f"note: {note}", style="dim")
    _problems(page, report["problems"])
    _findings(page, report["findings"], verbose=verbose)
    if verbose:
        _rest(page, report["findings"])
    page.blank()
    page.line(*verdict)
    return page.coloured() if colour else page.plain()


class _Page:
    """Collects lines of (style, text) pieces."""

    def __init__(self, width: int) -> None:
        self._width = width
        self._lines: list[tuple[tuple[str, str], ...]] = []

    def blank(self) -> None:
        self._lines.append(())

    def line(self, *pieces: tuple[str, str]) -> None:
        self._lines.append(tuple((style, clean(text)) for style, text in pieces))

    def text(self, text: str, *, indent: str = "", style: str = "", first: str | None = None) -> None:
        """Add wrapped text; `first` stands before its first line instead of the indent."""
        lead = indent if first is None else first
        current = lead
        empty = True
        for word in clean(text).split(" "):
            if not empty and len(current) + 1 + len(word) > self._width:
                self._lines.append(((style, current),))
                current, empty = indent, True
            current += word if empty else f" {word}"
            empty = False
        self._lines.append(((style, current),))

    def plain(self) -> str:
        return "\n".join("".join(text for _, text in line).rstrip() for line in self._lines) + "\n"

    def coloured(self) -> str:
        from rich.console import Console
        from rich.text import Text

        console = Console(
            force_terminal=True,
            width=self._width,
            color_system="standard",
            highlight=False,
            soft_wrap=True,
            legacy_windows=False,
        )
        with console.capture() as capture:
            for line in self._lines:
                console.print(Text.assemble(*((text, _STYLES.get(style, "")) for style, text in line)))
        return capture.get()


def clean(text: object) -> str:
    """Return a text in one line without control characters, marks of direction, or characters that stand for bytes."""
    return "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}"
        for character in str(text).replace("\n", " ").replace("\t", " ")
    )


def _verdict(report: Mapping[str, Any]) -> list[tuple[str, str]]:
    code = report["exit_code"]
    summary = report["summary"]
    blocking = [finding for finding in report["findings"] if finding["blocking"]]
    if code == 0:
        rest = _counts({"failure below the threshold": summary["fail"], "deferred to the start": summary["deferred"]})
        return [("good", "MAY START"), ("", f": {summary['pass']} checks passed{rest}")]
    if code == 1:
        by = ", ".join(
            f"{count} {severity}"
            for severity in _SEVERITIES
            if (count := sum(one["severity"] == severity for one in blocking))
        )
        noun = "finding blocks" if len(blocking) == 1 else "findings block"
        return [("bad", "REFUSED"), ("", f": {len(blocking)} {noun} this start ({by})")]
    whose = {
        3: "preflight itself is misconfigured",
        4: "an input cannot be judged",
        5: "the deadline passed",
        70: "a bug in preflight",
        130: "interrupted",
        143: "terminated",
    }
    more = f"; {len(blocking)} findings block as well" if blocking else ""
    return [("bad", "NOT JUDGED"), ("", f": {whose.get(code, 'stopped')} (exit code {code}){more}")]


def _counts(numbers: dict[str, int]) -> str:
    return "".join(f", {count} {what}" for what, count in numbers.items() if count)


def _header(report: Mapping[str, Any]) -> str:
    inputs = [
        one["path"] or "the process environment"
        for one in report["inputs"]
        if one["kind"] in {"env_file", "process_environment"}
    ]
    return f"stage {report['stage']}, profile {report['profile']['name']} ({report['profile']['source']}); judged: {', '.join(inputs) or 'nothing'}"


def _problems(page: _Page, problems: Iterable[Mapping[str, Any]]) -> None:
    for problem in problems:
        page.blank()
        place = _place(problem["origin"])
        page.line(("error", problem["kind"].upper()), ("", f" {problem['code']}  {place}"))
        page.text(problem["message"] + ".", indent=_INDENT)
        page.text(problem["hint"], indent=_INDENT + "     ", first=f"{_INDENT}fix: ")


def _findings(page: _Page, findings: Iterable[Mapping[str, Any]], *, verbose: bool) -> None:
    shown = [finding for finding in findings if finding["status"] in {"fail", "error", "deferred"}]
    order = {"error": 1, "fail": 0, "deferred": 2}
    shown.sort(key=lambda one: (not one["blocking"], order[one["status"]], _SEVERITIES.index(one["severity"])))
    said: set[str] = set()
    for finding in shown:
        page.blank()
        kind = finding["severity"] if finding["status"] == "fail" else finding["status"]
        note = "" if finding["blocking"] or finding["status"] == "deferred" else "  (does not block)"
        name = finding["resource"]["name"] if finding["resource"] else ""
        place = _place(finding["origin"])
        page.line(
            (kind, kind.upper()),
            ("", f" {finding['rule']}  {place}" + (f"  {name}" if name and name not in place else "")),
            ("dim", note),
        )
        page.text(finding["message"], indent=_INDENT)
        if verbose and "observed" in finding and finding["expected"] and finding["observed"] is not None:
            page.text(
                f"expected {finding['expected']}, found {_value(finding['observed'])}", indent=_INDENT, style="dim"
            )
        if len(finding["subjects"]) > 1:
            page.text(f"for {', '.join(finding['subjects'])}", indent=_INDENT, style="dim")
        if finding["status"] == "deferred":
            continue
        if finding["rule"] in said:
            page.text("why and fix: as above", indent=_INDENT, style="dim")
            continue
        said.add(finding["rule"])
        page.text(finding["rationale"], indent=_INDENT + "     ", first=f"{_INDENT}why: ")
        _remedy(page, finding["remediation"])


def _remedy(page: _Page, remediation: str) -> None:
    first: str | None = f"{_INDENT}fix: "
    for line in remediation.split("\n"):
        if line.startswith("$ "):
            page.line(("command", f"{_INDENT}     {line}"))
        else:
            page.text(line, indent=_INDENT + "     ", first=first)
            first = None


def _rest(page: _Page, findings: Iterable[Mapping[str, Any]]) -> None:
    page.blank()
    for finding in findings:
        if finding["status"] in {"pass", "not_applicable"}:
            name = f"  {finding['resource']['name']}" if finding["resource"] else ""
            why = f"  ({finding['message']})" if finding["status"] == "not_applicable" else ""
            page.line(
                ("pass" if finding["status"] == "pass" else "dim", finding["status"].replace("_", " ")),
                ("", f"  {finding['rule']}{name}{why}"),
            )


def _place(origin: Mapping[str, Any] | None) -> str:
    if origin is None:
        return ""
    if origin["file"] is None:
        return f"environment variable {origin['setting']}" if origin["setting"] else "the process environment"
    parts = [origin["file"], *(str(origin[key]) for key in ("line", "column") if origin[key] is not None)]
    return ":".join(parts) + (f"  {origin['setting']}" if origin["setting"] else "")


def _value(value: Any) -> str:  # noqa: ANN401 - plain data
    text = (
        ", ".join(map(str, value))
        if isinstance(value, list)
        else str(value).lower()
        if isinstance(value, bool)
        else str(value)
    )
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"
