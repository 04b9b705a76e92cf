"""Vectors: small projects with what Docker Compose made of each, or that it refused it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from compose_reading import comparable

from preflight.model.secret_text import SecretText
from preflight.sources.compose import ComposeProject, load_project
from preflight.sources.compose.document import as_document

VECTORS = json.loads((Path(__file__).parents[1] / "data" / "compose_vectors.json").read_text(encoding="utf-8"))


@pytest.mark.parametrize("vector", VECTORS, ids=[f"{at}-{vector['name'][:40]}" for at, vector in enumerate(VECTORS)])
def test_vector_holds(vector: dict[str, Any], tmp_path: Path) -> None:
    around = tmp_path.resolve()
    folder = around / "proj"
    for name, text in vector["files"].items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode())
    folder.mkdir(exist_ok=True)
    options = vector["options"]
    loaded = load_project(
        vector["compose_files"],
        environment={"HOME": "/home/somebody", **vector["environ"]},
        env_files=options.get("env_files", []),
        profiles=options.get("profiles", []),
        folder=str(folder),
    )
    assert isinstance(loaded, ComposeProject) == vector["ok"], getattr(loaded, "problems", vector["error"])
    if isinstance(loaded, ComposeProject):
        found: Any = as_document(loaded, SecretText.reveal)
        for name in filter(None, vector["path"].split(".")):
            found = found.get(name) if isinstance(found, dict) else None
        text = json.dumps(found).replace(str(folder), "$D").replace(str(around), "$W")
        assert (comparable(json.loads(text)) or None) == (comparable(vector["value"]) or None)
