"""One field each: what Docker Compose 5.6 answered to hundreds of right, odd and wrong values."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import compose_reading
import docker_compose
import pytest

SNIPPETS = json.loads((Path(__file__).parents[1] / "data" / "compose_snippets.json").read_text(encoding="utf-8"))
EACH = pytest.mark.parametrize("snippet", SNIPPETS, ids=[str(at) for at in range(len(SNIPPETS))])


def written(snippet: dict[str, Any], folder: Path) -> Path:
    folder.mkdir()
    for name, text in snippet["files"].items():
        (folder / name).write_text(text, encoding="utf-8")
    return folder


@EACH
def test_snippet_is_read_as_docker_compose_read_it(snippet: dict[str, Any], tmp_path: Path) -> None:
    folder = written(snippet, tmp_path.resolve() / "proj")
    found = compose_reading.read(folder, snippet["args"], {})
    assert found["ok"] == snippet["answer"]["ok"], found
    if found["ok"]:
        assert not compose_reading.differences(
            snippet["answer"]["project"], compose_reading.comparable(found["project"])
        )
    else:
        assert found["problems"]


@pytest.mark.slow
@EACH
def test_docker_compose_still_says_so(snippet: dict[str, Any], tmp_path: Path) -> None:
    folder = written(snippet, tmp_path.resolve() / "proj")
    answer = docker_compose.config(folder, snippet["args"], {})
    assert answer["ok"] == snippet["answer"]["ok"]
    if answer["ok"]:
        assert compose_reading.comparable(answer["project"]) == snippet["answer"]["project"]
