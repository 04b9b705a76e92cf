"""Golden cases: a folder with inputs and `case.json` → `report.json`, `report.txt`, exit code.

    pytest tests/golden --update-golden     rewrite, then review the diff

`case.json` has `arguments`, `env`, and `formats` where one of the two is enough. A file named `NAME.template` is written as
NAME with `@RANDOM32@` and the like filled in by fixed, obviously fake text made here, so that nothing that looks like a secret is
committed; one named `dot.NAME` as `.NAME`, because git is told to leave out environment files.
"""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
CASES = sorted(path.parent.name for path in HERE.glob("*/case.json"))
PREFLIGHT = shutil.which("preflight", path=os.path.dirname(sys.executable)) or "preflight"


def filled(text, case):
    """Fill in @RANDOM…@ from a hash of the case's name: strong enough to pass, made afresh, and the same in every run."""

    def one(match):
        digest = hashlib.sha512(f"{case}{match.group(0)}".encode()).hexdigest()
        return digest[: int(match.group(1))]

    return re.sub(r"@RANDOM(\d+)[A-Z]?@", one, text)


@pytest.fixture
def folder(tmp_path, request):
    case = request.getfixturevalue("case")
    for path in (HERE / case).rglob("*"):
        name = path.relative_to(HERE / case).as_posix()
        if path.is_dir() or name in {"case.json", "report.json", "report.txt"}:
            continue
        target = tmp_path / re.sub(r"^dot(?=\.)", "", name.removesuffix(".template"))
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(filled(path.read_text(encoding="utf-8"), case), encoding="utf-8", newline="")
        target.chmod(0o600)
    return tmp_path


@pytest.mark.parametrize("case", CASES)
def test_golden(case, folder, request):
    spec = json.loads((HERE / case / "case.json").read_text(encoding="utf-8"))
    for path, mode in spec.get("modes", {}).items():
        (folder / path).chmod(int(mode, 8))
    env = {name: filled(value, case) for name, value in spec.get("env", {}).items()}
    outputs = {}
    for kind, file in (("json", "report.json"), ("text", "report.txt")):
        if kind not in spec.get("formats", ("json", "text")):
            continue
        done = subprocess.run(
            [PREFLIGHT, *spec["arguments"], "--format", kind],
            cwd=folder,
            env={"PATH": os.defpath, "COLUMNS": "110", **env},
            capture_output=True,
            text=True,
            check=False,
        )
        outputs[file] = normal(done.stdout)
        assert done.returncode == spec["exit_code"], done.stdout + done.stderr
        assert "Traceback" not in done.stderr
    for file, text in outputs.items():
        path = HERE / case / file
        if request.config.getoption("--update-golden"):
            path.write_text(text, encoding="utf-8")
        assert path.read_text(encoding="utf-8") == text


def normal(text):
    """Take away what differs from run to run: the time, the duration, the version, and the digests of packs."""
    text = re.sub(r'"started_at": "[^"]*"', '"started_at": "2025-01-15T10:00:00Z"', text)
    text = re.sub(r'"duration_ms": \d+', '"duration_ms": 0', text)
    text = re.sub(r'("name": "preflight",\s+"version": )"[^"]*"', r'\1"0"', text)
    return re.sub(r'"sha256": "[0-9a-f]{64}"', '"sha256": "…"', text)
