"""What `preflight certs inspect` shows: golden tables and timelines at a fixed day, and what each part promises.

pytest tests/unit/renderers --update-golden     rewrite, then review the diff
"""

from __future__ import annotations

import os
import re
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support import certificate_folders as folders
from support import pki

from preflight.certificates.document import document
from preflight.certificates.inspect import inspect
from preflight.renderers.certificates.text import render
from preflight.renderers.certificates.timeline import timeline

EXPECTED = Path(__file__).parent / "expected_certificates"
ANSI = re.compile(r"\x1b\[[0-9;]*m")
NOW, DAY = pki.NOW, pki.DAY


@pytest.fixture
def found(tmp_path, monkeypatch):
    """A folder with certificates in every state, and what is found there on a fixed day."""
    monkeypatch.chdir(tmp_path)
    ssl = tmp_path / "ssl"
    root = pki.ca("Example Root", not_before=NOW - 700 * DAY, not_after=NOW + 3650 * DAY, key="rsa2048")
    folders.write(ssl / "ca-cert.pem", pki.pem(pki.issue(root)))
    folders.pair(ssl, "server", pki.Shape(ips=("10.0.0.5",)), root)
    lives = {"db": (-340, 9), "mail": (-300, 60), "old": (-400, -12), "next": (20, 120)}
    for number, (name, (start, end)) in enumerate(lives.items(), 10):
        shape = pki.Shape(
            common_name=f"{name}.example.test", dns=(f"{name}.example.test",), number=number,
            not_before=NOW + timedelta(days=start), not_after=NOW + timedelta(days=end),
        )  # fmt: skip
        folders.write(ssl / f"{name}.crt", pki.pem(pki.issue(shape, root)))
    folders.write(ssl / "db.key", pki.key_pem(pki.key("p256", 99)))
    os.chmod(ssl / "mail.crt", 0o664)
    os.link(ssl / "server-cert.pem", ssl / "server-copy.pem")
    folders.write(ssl / "chain.pem", pki.pem(pki.issue(pki.Shape(ips=("10.0.0.5",)), root), pki.issue(root)))
    folders.write(ssl / "broken.crt", b"")
    return document(inspect(["ssl"], NOW))


def compare(name, text, request):
    if request.config.getoption("--update-golden"):
        (EXPECTED / name).write_text(text, encoding="utf-8")
    assert text == (EXPECTED / name).read_text(encoding="utf-8")


@pytest.mark.parametrize(("width", "unicode"), [(80, False), (100, True), (140, True)])
def test_an_inspection_reads_as_expected(found, width, unicode, request):
    name = f"states.{width}.{'unicode' if unicode else 'ascii'}.txt"
    compare(name, render(found, width=width, unicode=unicode), request)


def test_a_whole_folder_reads_as_expected(tmp_path, monkeypatch, request):
    monkeypatch.chdir(tmp_path)
    folders.whole(tmp_path / "ssl")
    compare("whole.100.ascii.txt", render(document(inspect([], NOW)), width=100, unicode=False), request)


def test_nothing_found_reads_as_expected(tmp_path, monkeypatch, request):
    monkeypatch.chdir(tmp_path)
    compare("nothing.100.ascii.txt", render(document(inspect([], NOW)), width=100, unicode=False), request)


def test_colour_changes_nothing_else(found):
    coloured = render(found, width=100, colour=True)
    assert ANSI.sub("", coloured) == render(found, width=100)
    assert "\x1b[" in coloured


def test_ascii_is_ascii(found):
    assert render(found, unicode=False).isascii()


def test_the_soonest_end_comes_first_and_copies_are_one_bar(found):
    lines = ["".join(text for _, text in line) for line in timeline(found, width=100, unicode=False)][1:]
    labels = [line.split("  ")[0].strip() for line in lines]
    assert labels == [
        "ssl/old.crt", "ssl/db.crt", "ssl/mail.crt", "ssl/chain.pem #1 (+1)", "ssl/next.crt", "ssl/ca-cert.pem (+1)",
    ]  # fmt: skip
    assert [line.split(" d ")[0].split()[-1] for line in lines] == ["-12", "9", "60", "100", "120", "3650"]


def one(start, end, label="a", number=0):
    """Return a file with one certificate that is valid from and until some days from now."""
    at = NOW.timestamp()
    state = "expired" if end <= 0 else "not_yet_valid" if start > 0 else "valid"
    return {
        "path": label,
        "certificates": [
            {
                "position": 1, "sha256": f"{number:064x}", "not_before_timestamp": int(at + start * 86400),
                "not_after_timestamp": int(at + end * 86400), "remaining_days": int(end // 1), "validity": state,
            }
        ],
    }  # fmt: skip


def drawn(*files, width=100):
    lines = timeline({"at": "2026-06-01T12:00:00Z", "files": list(files)}, width=width, unicode=False)
    return ["".join(text for _, text in line) for line in lines]


SPANS = st.tuples(st.floats(-9000, 9000), st.floats(0.01, 9000)).map(lambda span: (span[0], span[0] + span[1]))


@given(st.lists(SPANS, min_size=1, max_size=8), st.integers(60, 200))
@example([(0.0, 394.0), (-1.0, 0.0)], 60)  # the past would be less than a column
def test_every_bar_stands_where_its_time_is(spans, width):
    head, *lines = drawn(*(one(*span, number=number) for number, span in enumerate(spans)), width=width)
    assert {"today", "30d", "90d"} <= set(head.split())
    today = {line.index("|") for line in lines}
    assert len(today) == 1, "today is one column"
    (column,) = today
    assert abs(head.index("today") + 2 - column) <= 2
    bars = sorted(spans, key=lambda span: span[1])
    ends = []
    for (start, end), line in zip(bars, lines, strict=True):
        assert len(line) <= width
        ahead, behind = line[column + 1 :], line[:column].rpartition(" d  ")[2]
        if end <= 0:
            assert "X" in behind
            assert "=" not in line
        else:
            assert "X" not in line
        if start > 0:
            assert "." not in line
        ends.append(max(ahead.rfind("="), ahead.rfind(">")))
    assert ends == sorted(ends), "what ends later reaches further"


def test_thirty_days_can_be_told_from_today_beside_ten_years():
    head, *lines = drawn(one(-10, 29, "a", 1), one(-10, 31, "b", 2), one(-700, 3650, "c", 3))
    mark = head.index("30d") + 1
    assert lines[0][mark] == lines[2][mark] == ":"
    assert len(lines[0].rstrip(" :")) <= mark
    assert mark - head.index("today") >= 8


def test_a_very_long_path_keeps_its_end_and_many_certificates_are_counted():
    lines = drawn(*(one(-1, 100 + number, f"{'folder/' * 20}{number}.pem", number) for number in range(70)))
    assert lines[1].startswith("..")
    assert "/0.pem  " in lines[1]
    assert lines[-1] == "and 10 more that end later"
    assert len(lines) == 62


def test_no_certificate_no_timeline():
    assert drawn({"path": "a.key", "certificates": []}) == []


def test_a_name_cannot_forge_a_line(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    evil = pki.Shape(common_name="a\nFINE: all\x1b[2J", dns=("b.test",))
    folders.write(tmp_path / "x\nFINE.crt", pki.pem(pki.issue(evil)))
    text = render(document(inspect(["."], NOW)), unicode=False)
    assert "\x1b" not in text
    assert not any(line.startswith("FINE") for line in text.splitlines()[1:])
    assert r"x\nFINE.crt" in text
