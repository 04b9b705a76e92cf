"""Running the examples that every rule carries: its own proof.

An example becomes a folder with its files, is judged by the whole gate, and the findings of its rule are compared with
where the example stands. With `mutate` the rule's expectation is turned around, and the verdict must flip.
"""

from __future__ import annotations

import os
import shutil
import tempfile

from preflight.documents.nodes import Mapping, Sequence, plain_value
from preflight.errors import ConfigurationError
from preflight.gate.generated_text import Generator
from preflight.gate.request import ComposeProjectFiles, LiveRequest, Request
from preflight.gate.run import Run
from preflight.model.record import Record, field
from preflight.packs.library import Changes
from preflight.probes.clock import Clock
from preflight.probes.files import FileProbe
from preflight.probes.git import GitProbe
from preflight.resources import LIVE_TYPES, resource_class

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

    from preflight.documents.nodes import Node
    from preflight.packs.model import Rule


class Example(Record):
    """One example of a rule."""

    rule: str = field("The rule's id.")
    passes: bool = field("Whether the rule should accept it.")
    number: int = field("Its position among those, from 1.")
    content: Any = field("The example as plain data.")
    line: int = field("Where it is written.")


class Result(Record):
    """What came out of one example."""

    example: Example = field("The example.")
    statuses: tuple[str, ...] = field("The statuses of the rule's findings.")
    kept: bool = field("Whether the verdict is the expected one.")
    explanation: str = field("Why not, for people; empty when it is kept.")


def examples_of(root: Node) -> Iterator[Example]:
    """Yield the examples of a pack's tree, in order."""
    rules = root.get("rules") if isinstance(root, Mapping) else None
    for rule in rules.items if isinstance(rules, Sequence) else ():
        if not isinstance(rule, Mapping):
            continue
        examples, name = rule.get("examples"), plain_value(rule.get("id") or Mapping([], 1, 1))
        for side in ("pass", "fail"):
            listed = examples.get(side) if isinstance(examples, Mapping) else None
            for number, node in enumerate(listed.items if isinstance(listed, Sequence) else (), start=1):
                yield Example(
                    rule=str(name), passes=side == "pass", number=number, content=plain_value(node), line=node.line
                )


def run_example(
    example: Example, *, own_packs: tuple[str, ...] = (), change: Callable[[Rule], Rule] | None = None
) -> Result:
    """Judge one example in a folder of its own.

    Args:
        example: The example.
        own_packs: Packs besides those that ship with preflight.
        change: Turns the rule into the one to run instead, for mutation.
    """
    wrong = _wrong_facts((example.content or {}).get("live") or {})
    if wrong:
        return Result(example=example, statuses=(), kept=False, explanation=wrong)
    folder = tempfile.mkdtemp(prefix="preflight-example-")
    os.chmod(folder, 0o755)  # noqa: S103 - what others may do to a folder is a fact; a temporary one is 0700
    try:
        request = _request(example, folder, own_packs)
        run = Run(request)
        run.change = change
        outcome = run.outcome()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    broken = [str(problem) for problem in outcome.problems if problem.code != "nothing_to_judge"]
    statuses = tuple(finding.status for finding in outcome.findings if finding.rule == example.rule)
    if broken:
        return Result(example=example, statuses=statuses, kept=False, explanation="; ".join(broken))
    wanted = "pass" if example.passes else "fail"
    kept = wanted in statuses and (not example.passes or not {"fail", "error"}.intersection(statuses))
    result = Result(example=example, statuses=statuses, kept=kept, explanation="")
    return result if kept else result.replace(explanation=f"expected {wanted}, got {_said(result)}")


def inverted(rule: Rule) -> Rule:
    """Turn a rule's expectation around; one that demands a resource demands none any more."""
    changed: Rule = rule.replace(expect=("none", (rule.expect,)), required=False)
    return changed


def flips(example: Example, *, own_packs: tuple[str, ...] = ()) -> Result:
    """Run an example with its rule turned around: what passed must fail, and what failed must not."""
    before = run_example(example, own_packs=own_packs)
    after = run_example(
        example, own_packs=own_packs, change=lambda rule: inverted(rule) if rule.id == example.rule else rule
    )
    kept = before.kept and after.statuses.count("fail") == before.statuses.count("pass")
    said = f"{_said(before)}; with the expectation turned around {_said(after)}: the expectation does not decide"
    return after.replace(kept=kept, explanation="" if kept else said)


def _said(result: Result) -> str:
    return ", ".join(result.statuses) or "nothing"


def _request(example: Example, folder: str, own_packs: tuple[str, ...]) -> Request:
    content: dict[str, Any] = example.content or {}
    fill = Generator(folder).fill
    for path, spec in _with_material(content.get("files") or {}, fill).items():
        _write(os.path.join(folder, path), spec, fill)
    env_files: tuple[str, ...] = ()
    if content.get("env_file") is not None:
        name = str(content.get("env_file_name", ".env"))
        _write(
            os.path.join(folder, name),
            {"text": content["env_file"], "mode": content.get("env_file_mode", "0600")},
            fill,
        )
        env_files = (name,)
        _git(folder, name, content.get("git"))
    for path, spec in (content.get("files") or {}).items():
        _git(folder, path, "tracked" if spec.get("tracked") else None)
    compose = None
    if content.get("compose") is not None:
        _write(os.path.join(folder, "compose.yaml"), {"text": content["compose"], "mode": "0644"}, fill)
        compose = ComposeProjectFiles(files=("compose.yaml",), environment={"HOME": folder})
    for key, name in (("example_file", ".env.example"), ("contract", ".env.contract.example")):
        if content.get(key) is not None:
            _write(os.path.join(folder, name), {"text": content[key], "mode": "0644"}, fill)
    env = {name: fill(str(value)) for name, value in (content.get("env") or {}).items() if value is not None}
    parameters = {
        name: (tuple(value) if isinstance(value, list) else value, "example", None)
        for name, value in (content.get("parameters") or {}).items()
    }
    profile = content.get("profile")
    return Request(
        folder=folder,
        stage=str(content.get("stage", "start" if compose is None else "build")),
        profile=(str(profile), "example") if profile is not None else None,
        env_files=env_files,
        compose=compose,
        process=env if content.get("env") is not None else None,
        home={},
        dialect=content.get("dialect"),
        contracts=(".env.contract.example",) if content.get("contract") is not None else (),
        packs=own_packs,
        changes=Changes(parameters=parameters),
        bindings={},
        required_roles=tuple(content.get("required_roles") or ()),
        in_container=False,
        live=_live(content.get("live")),
        files=FileProbe(folder),
        git=GitProbe({}, folder),
        clock=Clock(),
    )


def _wrong_facts(recorded: dict[str, dict[str, Any]]) -> str:
    """Say what an example records that no live server shows; empty where nothing is wrong."""
    for name, facts in recorded.items():
        if name not in LIVE_TYPES:
            return f"live records {name}, and live servers are {', '.join(sorted(LIVE_TYPES))}"
        unknown = [fact for fact in facts if fact not in resource_class(name).fields()]
        if unknown:
            return f"live records {', '.join(unknown)}, which {name} does not have"
    return ""


def _live(recorded: dict[str, dict[str, Any]] | None) -> LiveRequest | None:
    """Return the live checks of an example, whose facts are recorded; for those of endpoints there is one."""
    return None if recorded is None else LiveRequest(endpoints=("www.example.com:443",), recorded=recorded)


def _with_material(files: dict[str, dict[str, Any]], fill: Callable[[str], str]) -> dict[str, dict[str, Any]]:
    """Return the files with the certificates and keys that they ask for, made in the order written."""
    if not any(spec.keys() & {"certificate", "chain", "private_key"} for spec in files.values()):
        return files
    from preflight.gate.example_material import Workshop

    workshop = Workshop()
    made: dict[str, dict[str, Any]] = {}
    for path, spec in files.items():
        text = str(spec.get("text") or "")
        if "certificate" in spec:
            text = workshop.certificate(spec["certificate"])
        if "chain" in spec:
            text = workshop.chain(spec["chain"])
        if "private_key" in spec:
            text += workshop.private_key(str(spec["private_key"]), fill(str(spec.get("passphrase", ""))))
        made[path] = {**spec, "text": text}
    return made


def _write(path: str, spec: dict[str, Any], fill: Callable[[str], str]) -> None:
    mode = int(str(spec.get("mode", "0600")), 8)
    kind = spec.get("kind", "file")
    os.makedirs(os.path.dirname(path), mode=0o755, exist_ok=True)
    if kind == "directory":
        os.makedirs(path, exist_ok=True)
    elif kind == "fifo":
        os.mkfifo(path)
    elif kind == "dangling_symlink":
        os.symlink(path + ".gone", path)
        return
    else:
        with open(path, "w", encoding="utf-8", newline="") as file:
            file.write(fill(str(spec.get("text") or "")))
    os.chmod(path, mode)


def _git(folder: str, name: str, state: str | None) -> None:
    """Make the folder a git work tree in which a file is tracked, ignored, or neither."""
    if state is None:
        return
    import subprocess

    git = shutil.which("git")
    if git is None:
        raise ConfigurationError([])
    words = [["init", "-q"]] + ([["add", "-f", name]] if state == "tracked" else [])
    for arguments in words:
        subprocess.run(  # noqa: S603 - git itself, on a folder of ours
            [git, "-C", folder, *arguments], check=True, capture_output=True, env={"HOME": folder, "PATH": os.defpath}
        )
    if state == "ignored":
        with open(os.path.join(folder, ".gitignore"), "w", encoding="utf-8") as file:
            file.write(f"{name}\n")
