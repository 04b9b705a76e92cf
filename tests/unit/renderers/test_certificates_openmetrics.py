"""Metrics: what the parsers of Prometheus's own client read back is what was found."""

from __future__ import annotations

import os
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.openmetrics.parser import text_string_to_metric_families as openmetrics
from prometheus_client.parser import text_string_to_metric_families as plain
from support import certificate_folders as folders
from support import pki

from preflight.certificates.document import document
from preflight.certificates.inspect import inspect
from preflight.renderers.certificates.openmetrics import render

PARSERS = pytest.mark.parametrize("parse", [openmetrics, plain])
NAMES = (
    "preflight_certificate_not_after_timestamp_seconds",
    "preflight_certificate_not_before_timestamp_seconds",
    "preflight_certificate_verified",
    "preflight_inspect_errors",
    "preflight_inspect_failures",
)


@pytest.fixture(autouse=True)
def _here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


def read(parse, text):
    families = {family.name: family for family in parse(text)}
    assert tuple(families) == NAMES
    assert {family.type for family in families.values()} == {"gauge"}
    return {name: {frozenset(s.labels.items()): s.value for s in family.samples} for name, family in families.items()}


@PARSERS
def test_each_certificate_has_its_times_and_whether_it_is_verified(parse, tmp_path):
    folders.whole(tmp_path / "ssl")
    os.unlink(tmp_path / "ssl/ca-cert.pem")
    folders.write(tmp_path / "ssl/empty.crt", b"")
    series = read(parse, render(document(inspect(["ssl"], pki.NOW))))
    labels = frozenset(
        {"path": "ssl/server-cert.pem", "subject": "CN=db.example.test,O=Example", "serial": "1267"}.items()
    )
    shape = folders.SERVER_LEAF
    assert series[NAMES[0]][labels] == shape.not_after.timestamp()
    assert series[NAMES[1]][labels] == shape.not_before.timestamp()
    assert series[NAMES[2]] == dict.fromkeys(series[NAMES[2]], 0)
    assert len(series[NAMES[2]]) == 2
    assert (series[NAMES[3]], series[NAMES[4]]) == ({frozenset(): 1}, {frozenset(): 1})
    folders.write(tmp_path / "ssl/ca-cert.pem", pki.pem(pki.issue(folders.ROOT)))
    series = read(parse, render(document(inspect(["ssl"], pki.NOW))))
    assert set(series[NAMES[2]].values()) == {1}


@PARSERS
def test_nothing_found_is_an_error_and_not_an_empty_page(parse):
    series = read(parse, render(document(inspect([], pki.NOW))))
    assert (series[NAMES[0]], series[NAMES[3]]) == ({}, {frozenset(): 1})


@PARSERS
def test_a_series_appears_once_and_the_worst_counts(parse, tmp_path):
    root = pki.ca("Example Root")
    soon = pki.Shape(not_after=pki.NOW + timedelta(days=5))
    folders.write(
        tmp_path / "bundle.pem", pki.pem(pki.issue(pki.Shape(), root), pki.issue(soon), pki.issue(pki.Shape(), root))
    )
    series = read(parse, render(document(inspect(["bundle.pem"], pki.NOW))))
    assert list(series[NAMES[0]].values()) == [soon.not_after.timestamp()]
    assert list(series[NAMES[2]].values()) == [0]


def test_it_ends_as_openmetrics_ends():
    text = render(document(inspect([], pki.NOW)))
    assert text.endswith("\n# EOF\n")
    assert text.count("# EOF") == 1
    assert "# UNIT preflight_certificate_not_after_timestamp_seconds seconds\n" in text


TEXTS = st.text(st.characters(exclude_categories=("Cs",)), max_size=30)
TRICKY = st.text('\\"n\n,{}= #\té', max_size=12)


@given(path=TEXTS | TRICKY, subject=TEXTS | TRICKY)
def test_labels_come_back_as_they_were(path, subject):
    found = {
        "files": [
            {
                "path": path,
                "certificates": [
                    {"subject": subject, "serial": "1f", "not_after_timestamp": 253402300799, "not_before_timestamp": -1,
                     "chain": {"verified": True}}
                ],
            }
        ],
        "findings": [],
        "summary": {"unreadable": 0, "failures": 0},
    }  # fmt: skip
    for parse in (openmetrics, plain):
        series = read(parse, render(found))
        labels = frozenset({"path": path, "subject": subject, "serial": "1f"}.items())
        assert series[NAMES[0]] == {labels: 253402300799}
        assert series[NAMES[1]] == {labels: -1}


def test_bytes_that_are_no_utf_8_are_written_out(tmp_path):
    name = os.fsdecode(b"\xff.crt")
    folders.write(tmp_path / name, pki.pem(pki.issue(folders.ROOT)))
    text = render(document(inspect(["."], pki.NOW)))
    text.encode("utf-8")
    (labels,) = read(openmetrics, text)[NAMES[0]]
    assert dict(labels)["path"] == "./\\udcff.crt"
