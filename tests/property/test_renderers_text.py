"""Text and log lines of any report, however hostile its names: they never fail, and nothing in them can forge a line."""

from __future__ import annotations

import io
import json
import re

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.reports import STATUSES, finding, option, origin, problem, report

from preflight.cli.logs import log_report
from preflight.renderers._page import cells, clean
from preflight.renderers.text import render
from preflight.report.schema import ReportModel

ANSI = re.compile(r"\x1b\[[0-9;]*m")
VERDICTS = ("MAY START", "REFUSED", "NOT JUDGED")
LABELS = (
    "BUG CHANGED CONFIG CRITICAL DEADLINE DEFERRED ERROR HIGH INPUT JUDGED LOOKED LOOSENED LOW MEDIUM N/A NOTE PACK PARAM PASS "
    "PROFILE SETTING STAGE STOPPED WAIVED"
).split()
OWN_WORDS = re.compile(rf"({'|'.join(map(re.escape, LABELS))})( |$)|   +\S|  (rules|until): |More: |$")
SLOW = settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])

BLANK_LETTERS = set("\u115f\u1160\u2800\u3164\uffa0")  # printable by their category, blank by their shape

# What a hostile name would be made of, beside any text at all.
PIECES = (
    "\n", "\r", "\x1b[2J", "\x1b[1A", "\x1b]8;;http://x\x07", "\x9b31m", "\t", "\x0b", "\x85", "\u2028", "\u202e", "\u200b", "\x00", "\udcff", "\u3164",
    " ", "  ", "MAY START: 82 checks passed", "REFUSED: 0", "CRITICAL ", "[bold red]", ":smile:", "$ ", "`", "/etc/ssl/key.pem", "設定", "e\u0301", "a" * 70,
)  # fmt: skip
hostile = st.lists(st.sampled_from(PIECES), max_size=8).map("".join) | st.text(max_size=30)
origins = st.none() | st.builds(
    origin, st.none() | hostile, st.none() | st.integers(1, 9999), st.none() | st.integers(1, 300), st.none() | hostile
)
plain = st.none() | st.booleans() | st.integers() | hostile | st.lists(hostile, max_size=3)
remedies = st.lists(st.tuples(st.sampled_from(["", "$ "]), hostile).map("".join), max_size=3).map("\n".join)
waivers = st.none() | st.fixed_dictionaries({"reason": hostile, "owner": hostile, "expires": hostile})


@st.composite
def findings(draw):
    status = draw(st.sampled_from(STATUSES))
    extra = {"observed": draw(plain)} if draw(st.booleans()) else {}
    if draw(st.booleans()):
        extra["via"] = draw(st.lists(origins.filter(bool), min_size=1, max_size=2))
    return finding(
        draw(st.sampled_from(["rule-a", "rule-b"]) | hostile),
        draw(hostile),
        status=status,
        severity=draw(st.sampled_from(["critical", "high", "medium", "low"])),
        subjects=draw(st.lists(hostile, min_size=1, max_size=3)),
        resource=draw(st.none() | st.fixed_dictionaries({"type": hostile, "name": hostile})),
        origin=draw(origins),
        expected=draw(st.none() | hostile),
        rationale=draw(hostile),
        remediation=draw(remedies),
        references=draw(st.lists(hostile, max_size=2)),
        waiver=draw(waivers) if status == "fail" else None,
        **extra,
    )


KINDS = st.sampled_from(["configuration", "input", "deadline", "internal", "interrupted"])
reports = st.builds(
    report,
    st.lists(findings(), min_size=1, max_size=6),
    problems=st.lists(st.builds(problem, KINDS, hostile, hostile, hostile, origins), max_size=2),
    stage=st.sampled_from(["build", "start"]),
    fail_on=st.sampled_from(["critical", "high", "medium", "low"]),
    profile=st.fixed_dictionaries({"name": hostile, "source": hostile}),
    environment=st.fixed_dictionaries({"name": st.none() | hostile, "origin": origins}),
    notes=st.lists(hostile, max_size=2),
    inputs=st.lists(
        st.fixed_dictionaries(
            {
                "kind": st.sampled_from(["env_file", "process_environment", "contract", "configuration"]),
                "path": st.none() | hostile,
                "sha256": st.none(),
            }
        ),
        max_size=3,
    ),
    configuration=st.lists(
        st.builds(
            option,
            st.sampled_from(["fail_on", "disable", "override.x"]) | hostile,
            plain | st.dictionaries(hostile, plain, max_size=2),
            st.sampled_from(["default", "file", "environment", "command line"]),
            origins,
            loosens=st.booleans(),
        ),
        max_size=3,
    ),
    parameters=st.dictionaries(hostile, st.fixed_dictionaries({"value": plain, "source": hostile}), max_size=2),
    packs=st.lists(
        st.fixed_dictionaries({"name": hostile, "version": st.just(1), "sha256": st.just("0" * 64), "origin": hostile}),
        max_size=2,
    ),
)


@SLOW
@given(reports)
def test_the_reports_tried_here_are_reports(whole):
    # pydantic's strings cannot hold lone surrogates, which names of files may have (PEP 383).
    ReportModel.model_validate_json(re.sub(r"\\ud[89a-f][0-9a-f]{2}", "?", json.dumps(whole)))


@SLOW
@given(reports, st.integers(0, 200), st.booleans())
def test_nothing_from_outside_forges_a_line(whole, width, verbose):
    lines = render(whole, width=width, verbose=verbose).split("\n")
    assert lines.pop() == ""
    assert lines[0].startswith(VERDICTS)
    for line in lines:
        assert line.isprintable(), "no control character, mark of direction, or space but the plain one"
        assert not set(line) & BLANK_LETTERS
        assert line == line.rstrip(" ")
    for line in lines[1:-1] if lines[-1] == lines[0] else lines[1:]:
        assert OWN_WORDS.match(line), "each line begins with a word of ours, or is indented"


@SLOW
@given(reports, st.booleans())
def test_colour_changes_no_word_and_never_leaks(whole, verbose):
    coloured = render(whole, width=80, colour=True, verbose=verbose)
    assert ANSI.sub("", coloured) == render(whole, width=80, verbose=verbose)
    assert "\x1b" not in ANSI.sub("", coloured)
    for line in coloured.split("\n"):
        assert line.count("\x1b[0m") * 2 == line.count("\x1b[")


@SLOW
@given(reports, st.integers(40, 160))
def test_only_what_cannot_be_cut_is_wider_than_the_page(whole, width):
    for line in render(whole, width=width).splitlines()[1:-1]:
        words = line.split()
        command = line.startswith(" " * 13)
        assert cells(line) <= width or command or len(words) <= 1 or (len(words) == 2 and line[:9].strip() == words[0])


@SLOW
@given(reports)
def test_every_blocking_finding_is_somewhere_and_every_log_line_is_one_line(whole):
    stream = io.StringIO()
    log_report(whole, level="info", stream=stream)
    lines = stream.getvalue().splitlines()
    assert all(line.isascii() and line.isprintable() for line in lines)
    rows = [json.loads(line) for line in lines]
    assert sum(row["level"] == "fatal" for row in rows) == whole["summary"]["blocking"] + len(whole["problems"])
    assert [list(row)[:2] for row in rows] == [["level", "time"]] * len(rows)


@pytest.mark.parametrize("piece", PIECES)
def test_a_hostile_piece_never_stands_as_itself_unless_it_is_harmless(piece):
    shown = clean(piece)
    assert shown == piece or not (set(piece) - set(" ")) <= set(shown)
