"""Random projects: preflight and Docker Compose accept the same ones, and make the same of them."""

from __future__ import annotations

import tempfile
from pathlib import Path

import compose_reading
import docker_compose
import pytest
from compose_projects import projects
from hypothesis import HealthCheck, given, settings

# Docker Compose 5.6 crashes on these (a Go panic), or answers by the order of a map, which is random.
UNDECIDED = ("panic:", "goroutine ")


@pytest.mark.slow
@given(projects())
@settings(max_examples=1_000, deadline=None, suppress_health_check=list(HealthCheck))
def test_preflight_reads_what_docker_compose_reads(project: tuple[dict[str, str], list[str], dict[str, str]]) -> None:
    docker_compose.required()
    files, args, environment = project
    with tempfile.TemporaryDirectory() as created:
        folder = Path(created).resolve() / "proj"
        for name, text in files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        expected = docker_compose.config(folder, args, environment)
        found = compose_reading.read(folder, args, environment)
    if any(word in expected.get("error", "") for word in UNDECIDED):
        return
    assert found["ok"] == expected["ok"], (
        f"{expected.get('error')} / {found.get('codes')}\n{shown(files)} {args} {environment}"
    )
    if expected["ok"]:
        pair = compose_reading.comparable(expected["project"]), compose_reading.comparable(found["project"])
        assert not (lines := compose_reading.differences(*pair)), (
            "\n".join(lines) + f"\n{shown(files)} {args} {environment}"
        )


def shown(files: dict[str, str]) -> str:
    return "\n".join(f"--- {name}\n{text}" for name, text in files.items())
