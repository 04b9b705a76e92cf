"""When certificates end, as bars over one time axis that people can look at.

                         -90d  today     30d    90d       1y     2y
    ssl/old.pem   -12 d  ......X  |       :      :         :      :
    ssl/db.pem      9 d     ......|===    :      :         :      :
    ssl/ca.pem    730 d  .........|=======:======:=========:======

Lives of certificates go from weeks to decades, so the axis is compressed away from today (by a logarithm): thirty days stay
visible beside ten years. Its marks say what is where. What has passed takes less room than what is to come.
"""

from __future__ import annotations

import math
from datetime import UTC, datetime

from preflight.renderers._page import cells, clean
from preflight.x509.lifetime import days_until

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from preflight.renderers._page import Piece

_DAY = 86400
_BEND = 10.0
"""Days from today up to which the axis is nearly even."""
_PAST = 0.4
"""Room of the past, as a share of what the same time to come has."""
_LONGEST_PAST = 730.0
_LONGEST = 365.25 * 30
_LEAST_AHEAD = 120.0  # so that the marks of 30 and 90 days are always there
_NARROWEST = 24
_MOST_ROWS = 60
_WIDEST_LABEL = 44

_ALWAYS = ((0.0, "today"), (30.0, "30d"), (90.0, "90d"))
_ALSO = (
    (365.25, "1y"), (-365.25, "-1y"), (3652.5, "10y"), (730.5, "2y"), (1826.25, "5y"), (-90.0, "-90d"), (7305.0, "20y"),
    (1095.75, "3y"), (-3652.5, "-10y"),
)  # fmt: skip

# What has passed, what is left, the end of what is over, today, a mark, what goes on beyond the axis on either side.
_UNICODE = {"past": "░", "left": "█", "over": "✗", "today": "┃", "mark": "┆", "before": "◂", "after": "▸"}
_ASCII = {"past": ".", "left": "=", "over": "X", "today": "|", "mark": ":", "before": "<", "after": ">"}
_STYLES = {
    "valid": "good",
    "notice": "medium",
    "warning": "loud",
    "critical": "bad",
    "expired": "bad",
    "not_yet_valid": "low",
}


def timeline(inspection: Mapping[str, Any], *, width: int, unicode: bool) -> list[list[Piece]]:
    """Return the lines of the timeline; none where there is no certificate.

    Args:
        inspection: Plain data in the shape of `schemas/certificates.schema.json`.
        width: Columns.
        unicode: Whether the terminal shows more than ASCII.
    """
    now = datetime.fromisoformat(inspection["at"]).timestamp()
    rows = _rows(inspection, now)
    if not rows:
        return []
    shown = rows[:_MOST_ROWS]
    labels = max(cells(row["label"]) for row in shown)
    left = max(len(row["left"]) for row in shown)
    axis = _Axis(shown, width=max(width - labels - left - 4, _NARROWEST))
    signs = _UNICODE if unicode else _ASCII
    indent = " " * (labels + 2 + left + 2)
    lines: list[list[Piece]] = [[("", indent), ("dim", axis.legend())]]
    for row in shown:
        label = row["label"] + " " * max(labels - cells(row["label"]), 0)
        lines.append([
            ("", f"{label}  "), (_STYLES[row["state"]], row["left"].rjust(left)), ("", "  "), *_bar(row, axis, signs),
        ])  # fmt: skip
    if len(rows) > len(shown):
        lines.append([("dim", f"and {len(rows) - len(shown)} more that end later")])
    return lines


def days_left(certificate: Mapping[str, Any], at: str) -> str:
    """Return the days to a certificate's end by the calendar, as the table and the timeline both show them.

    Args:
        certificate: One of an inspection.
        at: The moment it is looked at, ISO 8601.
    """
    end = datetime.fromtimestamp(certificate["not_after_timestamp"], UTC)
    return f"{days_until(end, datetime.fromisoformat(at))} d"


def _rows(inspection: Mapping[str, Any], now: float) -> list[dict[str, Any]]:
    """Return one row for each certificate, however many files hold it, the soonest end first."""
    found: dict[str, dict[str, Any]] = {}
    for file in inspection["files"]:
        several = len(file["certificates"]) > 1
        for one in file["certificates"]:
            label = clean(file["path"]) + (f" #{one['position']}" if several else "")
            if one["sha256"] in found:
                found[one["sha256"]]["copies"] += 1
                continue
            found[one["sha256"]] = {
                "label": label,
                "copies": 0,
                "start": (one["not_before_timestamp"] - now) / _DAY,
                "end": (one["not_after_timestamp"] - now) / _DAY,
                "left": days_left(one, inspection["at"]),
                "state": one["validity"],
            }
    for row in found.values():
        more = f" (+{row['copies']})" if row["copies"] else ""
        row["label"] = _short(row["label"], _WIDEST_LABEL - len(more)) + more
    return sorted(found.values(), key=lambda row: (row["end"], row["label"]))


def _short(label: str, width: int) -> str:
    """Cut the start of a long path off: its end tells files apart, and the table has it whole."""
    if cells(label) <= width:
        return label
    while cells(label) > width - 2:
        label = label[1:]
    return f"..{label}"


class _Axis:
    """Days from today as columns.

    Attributes:
        width: How many columns there are.
        today: The column of today.
        marks: The columns of marks.
    """

    def __init__(self, rows: Sequence[Mapping[str, Any]], *, width: int) -> None:
        ahead = max(_LEAST_AHEAD, *(row["end"] for row in rows), *(row["start"] for row in rows))
        past = max(min(max(-row["start"] for row in rows), _LONGEST_PAST), *(-row["end"] for row in rows), 1.0)
        self.width = width
        self._from, to = _bent(-min(past, _LONGEST)), _bent(min(ahead, _LONGEST))
        if any(row["end"] <= 0 for row in rows):
            self._from = min(self._from, -to / (width - 2))  # a column before today, for the end of what is over
        self._scale = (width - 1) / (to - self._from)
        self.today = self.column(0.0)
        self._labels = self._labelled()
        self.marks = {column for column, _, _ in self._labels} - {self.today}

    def column(self, days: float) -> int:
        """Return the column of a moment; those beyond the axis stand left of 0 or right of the width."""
        return round((_bent(days) - self._from) * self._scale)

    def legend(self) -> str:
        """Return the line of labels."""
        line = [" "] * self.width
        for _, start, label in self._labels:
            line[start : start + len(label)] = label
        return "".join(line).rstrip()

    def _labelled(self) -> list[tuple[int, int, str]]:
        """Place labels where they do not touch: today first, then what is asked for, then round times."""
        placed: list[tuple[int, int, str]] = []
        for days, label in (*_ALWAYS, *_ALSO):
            column = self.column(days)
            start = min(max(column - len(label) // 2, 0), self.width - len(label))
            free = all(start > other + len(text) or start + len(label) < other for _, other, text in placed)
            if 0 <= column < self.width and free:
                placed.append((column, start, label))
        return placed


def _bent(days: float) -> float:
    bent = math.log1p(abs(days) / _BEND)
    return bent if days >= 0 else -bent * _PAST


def _bar(row: Mapping[str, Any], axis: _Axis, signs: Mapping[str, str]) -> Iterator[Piece]:
    start, end = axis.column(row["start"]), axis.column(row["end"])
    over = row["state"] == "expired"
    # What ended today must not look as if it went on, nor what ends today as if it were over.
    end = min(end, axis.today - 1) if over else max(end, axis.today + 1)
    start = min(start, end) if over else start
    if row["state"] == "not_yet_valid":
        start = max(start, axis.today + 1)
    style = _STYLES[row["state"]]
    line: list[Piece] = []
    for column in range(axis.width):
        inside = start <= column <= end
        if column == axis.today:
            line.append(("name", signs["today"]))
        elif inside and over and column == end:
            line.append((style, signs["over"]))
        elif inside and column == 0 and start < 0:
            line.append(("dim", signs["before"]))
        elif inside and column == axis.width - 1 and end > column:
            line.append((style, signs["after"]))
        elif column in axis.marks and not (inside and column == end):  # the end is always seen
            line.append(("dim", signs["mark"]))
        elif inside and (column < axis.today or over):
            line.append(("dim", signs["past"]))
        elif inside:
            line.append((style, signs["left"]))
        else:
            line.append(("", " "))
    yield from _joined(line)


def _joined(line: Sequence[Piece]) -> Iterator[Piece]:
    style, text = line[0]
    for other, sign in line[1:]:
        if other == style:
            text += sign
        else:
            yield style, text
            style, text = other, sign
    yield style, text
