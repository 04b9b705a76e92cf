"""Golden Compose projects: one text file each, and beside it what Docker Compose answers.

A case `NAME.txt` holds files after lines such as `-- compose.yaml --`; `-- args --` and `-- environment --` hold arguments
and variables. `NAME.json` holds Docker Compose's answer, and for a refusal the problems that preflight gives. To write the
answers again: `python tests/differential/golden_projects.py`, and read the difference.
"""

from __future__ import annotations

import json
import shlex
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import compose_reading
import docker_compose

FOLDER = Path(__file__).resolve().parents[1] / "golden" / "compose"


class Case:
    """A golden project.

    Attributes:
        name: Its name.
        files: The texts of its files by their paths.
        args: Arguments before `config`.
        environment: Variables of the process.
    """

    def __init__(self, path: Path) -> None:
        self.name = path.stem
        self.files: dict[str, str] = {}
        lines: list[str] = []
        for line in path.read_text(encoding="utf-8").splitlines(keepends=True):
            if line.startswith("-- ") and line.endswith(" --\n"):
                lines = []
                self.files[line[3:-4]] = ""
                current = line[3:-4]
            else:
                lines.append(line)
                self.files[current] = "".join(lines)
        self.args = shlex.split(self.files.pop("args", ""))
        pairs = self.files.pop("environment", "").splitlines()
        self.environment = dict(pair.split("=", 1) for pair in pairs)

    def write(self, folder: Path) -> None:
        """Write the files into a folder."""
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in self.files.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")

    @property
    def answer(self) -> Path:
        """Return the path of the committed answer."""
        return FOLDER / f"{self.name}.json"


def cases() -> list[Case]:
    """Return every case, by name."""
    return [Case(path) for path in sorted(FOLDER.glob("*.txt"))]


def asked(case: Case, folder: Path) -> dict[str, Any]:
    """Return Docker Compose's answer to a case."""
    answer = docker_compose.config(folder, case.args, case.environment)
    if not answer["ok"]:
        return {"ok": False}
    return {"ok": True, "project": compose_reading.comparable(answer["project"])}


def main() -> None:
    for case in cases():
        with tempfile.TemporaryDirectory() as created:
            folder = Path(created).resolve() / "proj"
            case.write(folder)
            answer = asked(case, folder)
            own = compose_reading.read(folder, case.args, case.environment)
        if not answer["ok"]:
            answer["problems"] = own.get("problems", [])
            answer["outcome"] = own.get("outcome")
        case.answer.write_text(
            json.dumps(answer, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8"
        )
        if answer["ok"] != own["ok"] or compose_reading.comparable(own.get("project")) != answer.get("project"):
            print(
                case.name,
                "differs:",
                compose_reading.differences(answer.get("project"), compose_reading.comparable(own.get("project")))
                or own,
            )


if __name__ == "__main__":
    main()
