"""Answer questions about Compose projects in JSON lines, so that answers can be compared with those of Docker Compose.

On standard input, one line each: {"dir": "/absolute/folder", "args": ["-f", "compose.yaml", "--env-file", "x.env"]}.
On standard output, one line each: {"ok": true, "services": {...}} in the shape of `docker compose config --format json`
with `$` not doubled, or {"ok": false, "error": "..."}.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from preflight.model.secret_text import SecretText
from preflight.sources.compose import ComposeProject, load_project
from preflight.sources.compose.document import as_document

OPTIONS = {"-f": "files", "--file": "files", "--env-file": "env_files", "--profile": "profiles"}


def answer(folder: str, args: list[str], environment: dict[str, str]) -> dict:
    given: dict[str, list[str]] = {"files": [], "env_files": [], "profiles": []}
    single: dict[str, str] = {}
    for option, value in zip(args[::2], args[1::2], strict=True):
        if option == "--project-directory":
            single["project_directory"] = value
        elif option in ("-p", "--project-name"):
            single["project_name"] = value
        else:
            given[OPTIONS[option]].append(value)
    loaded = load_project(
        given["files"],
        environment=environment,
        env_files=given["env_files"],
        profiles=given["profiles"],
        folder=folder,
        **single,
    )
    if isinstance(loaded, ComposeProject):
        return {"ok": True, **as_document(loaded, SecretText.reveal)}
    return {"ok": False, "outcome": loaded.outcome, "error": "; ".join(f"{one.code}: {one}" for one in loaded.problems)}


def main() -> None:
    for line in sys.stdin:
        question = json.loads(line)
        print(json.dumps(answer(question["dir"], question["args"], dict(os.environ))), flush=True)


if __name__ == "__main__":
    main()
