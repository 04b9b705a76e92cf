"""Resolved subjects for people: what each will start with, and where every value comes from."""

from __future__ import annotations

from preflight.renderers._page import Page, cells
from preflight.renderers._wording import lead, many, place_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_WIDEST_NAME = 32
_EVERY_INTERFACE = "every interface"
_HIDDEN = "*** (hidden: a secret, or it looks like one)"


def render(resolved: Mapping[str, Any], *, width: int = 100, colour: bool = False) -> str:
    """Return the subjects as text.

    Args:
        resolved: `inputs`, `problems`, `notes` and `subjects`, as `preflight.gate.resolved` gives them.
        width: Columns.
        colour: Whether to use ANSI colours.
    """
    page = Page(width)
    for problem in resolved["problems"]:
        page.paragraph(
            lead("REFUSED", "bad"),
            ("place", place_of(problem["origin"])),
            ("", f" {problem['message']}. {problem['hint']}"),
        )
    if resolved["problems"]:
        page.blank()
    read = ", ".join(dict.fromkeys(one["path"] or "environment" for one in resolved["inputs"]))
    page.paragraph(lead("READ"), ("", read or "nothing"))
    for note in resolved["notes"]:
        page.paragraph(lead("NOTE"), ("", note))
    for subject in resolved["subjects"]:
        page.blank()
        _subject(page, subject)
    return page.coloured() if colour else page.plain()


def _subject(page: Page, subject: Mapping[str, Any]) -> None:
    page.line(("name", subject["id"]), ("dim", f"  {place_of(subject['origin'])}"))
    if "image" in subject:
        _service(page, subject)
    settings = subject["settings"]
    page.line(("dim", f"  {many(len(settings), 'setting')}"))
    names = [cells(one["name"]) for one in settings]
    column = min(_WIDEST_NAME, max(names, default=0))
    for one in settings:
        name = one["name"] + " " * max(1, column + 2 - cells(one["name"]))
        page.paragraph(("", f"    {name}"), *_value(one), ("place", _places(one)))


def _value(setting: Mapping[str, Any]) -> list[tuple[str, str]]:
    state = setting["state"]
    if state == "set":
        said = [("dim", _HIDDEN)] if setting["redacted"] else [("", setting["value"])]
    elif state == "reference":
        said = [("deferred", f"known only where it runs: {setting['reference']}")]
    elif state == "unreadable":
        said = [("error", f"unreadable: {setting['detail']}")]
    else:
        said = [("loud", state)]
    if setting.get("blanked_by"):
        said.append(("loud", f" (unset: {', '.join(setting['blanked_by'])})"))
    return said


def _places(row: Mapping[str, Any]) -> str:
    chain = [place_of(row["origin"])]
    chain += [
        f"{origin['setting']} from {place_of(origin)}" if origin["setting"] else place_of(origin)
        for origin in row.get("via", ())
    ]
    return "   " + ", ".join(one for one in chain if one)


def _port(port: Mapping[str, Any]) -> str:
    where = f"{port['address'] or _EVERY_INTERFACE} port {port['published'] or '(chosen by Docker)'}"
    return f"{where} to {port['target']}/{port['protocol']}"


def _waiting(one: Mapping[str, Any]) -> str:
    return f"{one['service']} ({one['condition'].removeprefix('service_').replace('_', ' ')})"


def _service(page: Page, service: Mapping[str, Any]) -> None:
    rows: list[tuple[str, str, str]] = []
    if service["image"]:
        rows.append(("image", service["image"], ""))
    rows += [(key.replace("_", " "), service[key], "") for key in ("user", "network_mode") if service[key]]
    rows += [(key, " ".join(service[key]), "") for key in ("entrypoint", "command") if service[key] is not None]
    rows += [("port", _port(port), _places(port)) for port in service["ports"]]
    for place in service["files"]:
        mode = ", read-only" if place["read_only"] else ""
        later = "" if place["here"] else ", known only where it runs"
        rows.append(("file", f"{place['path']} is {place['from']}{mode}{later}", _places(place)))
    rows += [("waits for", _waiting(one), "") for one in service["depends_on"]]
    for word, text, place in rows:
        page.paragraph(("dim", f"  {word:<12}"), ("", text), ("place", place))
