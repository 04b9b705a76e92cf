"""Schemas, docs and help equal what the code says."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SPEC = importlib.util.spec_from_file_location("generate", ROOT / "tools" / "generate.py")
generate = importlib.util.module_from_spec(SPEC)
SPEC.loader.exec_module(generate)


@pytest.fixture(autouse=True)
def _width(monkeypatch):
    monkeypatch.setenv("COLUMNS", "100")


@pytest.mark.parametrize("path", sorted(generate.documents()))
def test_what_is_committed_is_current(path):
    if path == "docs/command-line.md" and sys.version_info >= (3, 13):
        pytest.skip("argparse breaks the lines of its usage differently from 3.13 on")
    assert (ROOT / path).read_text(encoding="utf-8") == generate.documents()[path], "run `make generate`"


def test_the_exit_codes_page_has_every_code():
    from preflight.errors import EXIT_PRECEDENCE

    rows = [
        line.split("|")[1]
        for line in (ROOT / "docs/exit-codes.md").read_text(encoding="utf-8").splitlines()
        if line.startswith("| ") and line[2].isdigit()
    ]
    assert [int(code) for row in rows for code in row.split(",")] == list(EXIT_PRECEDENCE)


def test_readme_commands_exist():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert "make run" in text
    assert "make test" in text
    assert text.index("make run") < 2500, "the two commands come first"
    for name in ("Makefile", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md", "LICENSE", ".env.production.example"):
        assert os.path.exists(ROOT / name)
