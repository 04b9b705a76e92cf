"""Golden projects: preflight makes of each what Docker Compose answered, and names the place of what it refuses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import compose_reading
import docker_compose
import pytest
from golden_projects import Case, asked, cases

if TYPE_CHECKING:
    from pathlib import Path

CASES = cases()
BY_NAME = pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])


@BY_NAME
def test_preflight_gives_the_committed_answer(case: Case, tmp_path: Path) -> None:
    folder = tmp_path.resolve() / "proj"
    case.write(folder)
    expected = json.loads(case.answer.read_text(encoding="utf-8"))
    found = compose_reading.read(folder, case.args, case.environment)
    assert found["ok"] == expected["ok"], found
    if expected["ok"]:
        assert not compose_reading.differences(expected["project"], compose_reading.comparable(found["project"]))
    else:
        assert found["problems"] == expected["problems"]
        assert found["outcome"] == expected["outcome"]


@pytest.mark.slow
@BY_NAME
def test_docker_compose_still_gives_the_committed_answer(case: Case, tmp_path: Path) -> None:
    docker_compose.required()
    folder = tmp_path.resolve() / "proj"
    case.write(folder)
    expected = json.loads(case.answer.read_text(encoding="utf-8"))
    answer = asked(case, folder)
    assert answer == {name: expected[name] for name in answer}


def test_the_set_covers_enough() -> None:
    assert len(CASES) >= 120
    assert sum(not json.loads(case.answer.read_text(encoding="utf-8"))["ok"] for case in CASES) >= 60
