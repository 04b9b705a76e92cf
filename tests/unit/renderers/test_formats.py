from __future__ import annotations

import json

import pytest
from support.report_cases import CASES

from preflight import renderers


def test_every_module_of_the_folder_is_a_format():
    assert renderers.formats() == ("json", "text")


def test_a_report_is_rendered_by_the_module_of_its_format():
    assert json.loads(renderers.render(CASES["pass"], "json")) == CASES["pass"]
    assert renderers.render(CASES["pass"], "text", width=80).startswith("MAY START")


@pytest.mark.parametrize("kind", ["xml", "json_text", "_page", "", "../text", "text.py"])
def test_what_is_no_format_is_refused(kind):
    with pytest.raises(KeyError):
        renderers.render(CASES["pass"], kind)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(renderers, "__path__", [str(tmp_path)])
    return tmp_path


def test_names_follow_from_modules_and_nothing_else_counts(folder):
    (folder / "__pycache__").mkdir()
    names = "json_text.py policy_report.py _page.py __init__.py text.py~ .text.py.swp notes.md sarif.py.orig 2fast.py"
    for name in names.split():
        (folder / name).touch()
    assert renderers.formats() == ("json", "policy-report")


def test_two_modules_of_one_format_are_a_mistake(folder):
    for name in ("junit.py", "junit_text.py"):
        (folder / name).touch()
    with pytest.raises(AssertionError, match="junit"):
        renderers.formats()
