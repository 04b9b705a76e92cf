"""What layers cannot see: who may read the environment, print, exit, and reveal a secret."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import preflight

ROOT = Path(preflight.__file__).parent
GENERATED = {"packs/builtin_plan.py", "strength/words.py", "strength/letter_pairs.py", "strength/digests.py"}
MODULES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.rglob("*.py"))


def calls(path: str):
    for node in ast.walk(ast.parse((ROOT / path).read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call):
            yield node.func
        elif isinstance(node, ast.Attribute):
            yield node


@pytest.mark.parametrize("path", MODULES)
def test_only_the_sources_look_at_the_process_environment(path):
    used = any(isinstance(f, ast.Attribute) and f.attr in {"environ", "getenv", "environb"} for f in calls(path))
    assert not used or path == "sources/process.py"


@pytest.mark.parametrize("path", [path for path in MODULES if not path.startswith("cli/")])
def test_only_the_command_line_prints_and_exits(path):
    for function in calls(path):
        if isinstance(function, ast.Name):
            assert function.id not in {"print", "exit", "quit", "input"}
        elif isinstance(function, ast.Attribute) and isinstance(function.value, ast.Name) and path != "__main__.py":
            assert (function.value.id, function.attr) not in {("sys", "exit"), ("sys", "stdout"), ("os", "_exit")}


@pytest.mark.parametrize(
    "path",
    [
        p
        for p in MODULES
        if not p.startswith(("sources/", "resources/", "probes/", "live/"))
        and p not in {"model/secret_text.py", "model/setting.py"}
    ],
)
def test_only_sources_collectors_and_probes_reveal_a_value(path):
    assert not any(isinstance(f, ast.Attribute) and f.attr == "reveal" for f in calls(path))


@pytest.mark.parametrize("path", [p for p in MODULES if p.startswith(("engine/", "renderers/", "report/"))])
def test_what_is_downstream_never_asks_for_the_text_of_a_setting(path):
    assert not any(
        isinstance(f, ast.Attribute) and f.attr == "text" and isinstance(f.value, ast.Name) and f.value.id == "setting"
        for f in calls(path)
    )


def test_no_module_is_a_giant():
    long = {
        path: lines
        for path in MODULES
        if (lines := len((ROOT / path).read_text(encoding="utf-8").splitlines())) > 420 and path not in GENERATED
    }
    assert not long
