"""What a run loads: the gate starts with every container, so every module on the way counts."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

NEVER = {
    "pydantic",
    "pydantic_core",
    "pydantic_settings",
    "structlog",
    "psycopg",
    "cryptography",
    "rich",
    "json",
    "typing",
    "dataclasses",
    "logging",
    "inspect",
    "yaml",
    "dotenv",
    "pathlib",
    "datetime",
    "urllib.parse",
    "ipaddress",
    "subprocess",
    "importlib.metadata",
    "hashlib",
    "signal",
    "shtab",
    "ssl",
    "socket",
    "preflight.live",
}
SCRIPT = """
import sys
from preflight.cli.main import main
code = main(sys.argv[1:])
sys.stdout.flush()
print(code, *sorted(sys.modules), file=sys.stderr)
"""


def loaded(tmp_path, env, *arguments):
    done = subprocess.run(
        [sys.executable, "-I", "-c", SCRIPT, *arguments],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    json.loads(done.stdout)
    code, *modules = done.stderr.splitlines()[-1].split()
    return int(code), set(modules)


@pytest.mark.parametrize("source", ["environment", "file", "configuration"])
def test_a_start_that_is_allowed_loads_nothing_heavy(tmp_path, good, source):
    arguments = ["--validate-only", "--format", "json"]
    if source == "file":
        path = tmp_path / ".env.production"
        path.write_text("".join(f"{name}='{value}'\n" for name, value in good.items()))
        path.chmod(0o600)
        arguments = ["check", ".env.production", "--format", "json"]
    elif source == "configuration":
        (tmp_path / "preflight.yaml").write_text("profile: production\nparameters: {password_min_length: 12}\n")
    code, modules = loaded(tmp_path, good, *arguments)
    assert code == 0
    assert sorted(modules & NEVER) == []


def test_a_refused_check_loads_no_more(tmp_path, good):
    (tmp_path / ".env.production").write_text("ENV=production\nCORS_ORIGINS=*\n")
    code, modules = loaded(tmp_path, {}, "check", ".env.production", "--format", "json")
    assert code == 1
    assert sorted(modules & NEVER) == []
