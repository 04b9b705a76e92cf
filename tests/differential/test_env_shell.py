"""Random env files: preflight reads what bash has after `set -a; . file`, wherever it says that it knows."""

from __future__ import annotations

import os
import subprocess
import tempfile
from pathlib import Path

import pytest
from env_texts import ENVIRONMENT, NAMES, env_texts
from hypothesis import HealthCheck, given, settings

from preflight.sources.env_file import parse

# `exit` of a sourced file would end the shell; nothing generated here says it. What runs in the background is waited for.
SCRIPT = "set -a; . ./file; wait; /usr/bin/env -0"


def theirs(text: str) -> dict[str, str]:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "file").write_bytes(text.encode())
        done = subprocess.run(
            ["/bin/bash", "--noprofile", "--norc", "-c", SCRIPT],
            cwd=folder,
            env={**ENVIRONMENT, "PATH": "/nowhere", "LC_ALL": "C.UTF-8"},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
            timeout=20,
        )
    pairs = (line.partition(b"=") for line in done.stdout.split(b"\0") if line)
    return {name.decode("utf-8", "replace"): value.decode("utf-8", "replace") for name, _, value in pairs}


@pytest.mark.slow
@pytest.mark.skipif(not os.path.exists("/bin/bash"), reason="bash is not installed")
@given(env_texts(operators=True))
@settings(max_examples=1_000, deadline=None, suppress_health_check=list(HealthCheck))
def test_preflight_reads_what_bash_reads(text: str) -> None:
    document = parse(text, dialect="shell", environment=ENVIRONMENT)
    if document.fatal:  # it says that the file is refused, or that only running it would tell
        return
    unknown = {entry.name for entry in document.entries if entry.undetermined}
    found = {**ENVIRONMENT, **{name: value for name, value in document.values.items() if value is not None}}
    seen = theirs(text)
    for name in NAMES:
        if name not in unknown:
            assert found.get(name) == seen.get(name), name
