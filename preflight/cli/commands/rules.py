"""`preflight rules list|lint|test`: work with rule packs."""

from __future__ import annotations

import os
import sys

from preflight.cli.output import write
from preflight.documents.yaml import load
from preflight.errors import EXIT_BLOCKED, EXIT_CONFIGURATION, ConfigurationError
from preflight.gate.examples import examples_of, flips, run_example
from preflight.model.origin import Origin
from preflight.model.problem import Problem
from preflight.packs.library import assemble, builtin_packs, builtin_path, profile_names, read_packs
from preflight.packs.reader import kind_of, parse, read_pack, read_profile
from preflight.probes.files import FileProbe
from preflight.sources.env_subject import read_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from preflight.packs.model import Pack


def run(options: argparse.Namespace) -> int:
    """Run the action that was asked for."""
    if options.action == "list":
        return _list(options)
    return _lint(options) if options.action == "lint" else _test(options)


def _list(options: argparse.Namespace) -> int:
    rules = assemble(options.profile, read_packs(options.pack, {}, before=builtin_packs()) if options.pack else ())
    if options.format == "json":
        from preflight.renderers.json_text import render

        rows = [
            {
                "id": rule.id,
                "pack": rule.pack,
                "severity": rule.severity,
                "resource": rule.resource,
                "title": rule.title,
            }
            for rule in rules.rules
        ]
        write(
            render({"profile": rules.profile, "rules": rows, "disabled": dict(sorted(rules.disabled.items()))}) + "\n"
        )
        return 0
    width = max(len(rule.id) for rule in rules.rules)
    lines = [f"{rule.severity:8}  {rule.id:{width}}  {rule.title}" for rule in rules.rules]
    lines += [f"{'off':8}  {name:{width}}  left out by {source}" for name, source in sorted(rules.disabled.items())]
    lines.append(f"{len(rules.rules)} rules in profile {rules.profile}; `preflight explain RULE` says more")
    write("\n".join(lines) + "\n")
    return 0


def _lint(options: argparse.Namespace) -> int:
    problems: list[Problem] = []
    builtin = not options.paths
    known = {} if builtin else {parameter.name: parameter for pack in builtin_packs() for parameter in pack.parameters}
    files = _files(options.paths, problems)
    for path in files:
        text = read_text(path, FileProbe(), kind="configuration")
        if isinstance(text, Problem):
            problems.append(text)
            continue
        try:
            root = parse(text, path, schema=None)
            if kind_of(root) == "profile":
                read_profile(text, path)
            else:
                known.update({parameter.name: parameter for parameter in read_pack(text, path, known=known).parameters})
        except ConfigurationError as bad:
            problems += bad.problems
    if not problems:
        try:
            own = () if builtin else read_packs([path for path in files if _is_pack(path)], {}, before=builtin_packs())
            for profile in profile_names():
                assemble(profile, own)
        except ConfigurationError as bad:
            problems += bad.problems
    for problem in problems:
        print(f"{problem} {problem.hint}", file=sys.stderr)
    print(f"{len(files)} files, {len(problems)} problems" if problems else f"{len(files)} files are in order")
    return EXIT_CONFIGURATION if problems else 0


def _test(options: argparse.Namespace) -> int:
    problems: list[Problem] = []
    files = [path for path in _files(options.paths, problems) if _is_pack(path)]
    if not files:
        problems.append(
            Problem(
                kind="configuration",
                code="no_packs",
                message="there is no rule pack to test",
                hint="Name a pack, or a folder of them.",
            )
        )
    if problems:
        raise ConfigurationError(problems)
    own = tuple(os.path.abspath(path) for path in files) if options.paths else ()
    packs: tuple[Pack, ...] = read_packs(own, {}, before=builtin_packs()) if own else builtin_packs()
    failed = ran = 0
    for path in files:
        with open(path, encoding="utf-8") as file:
            root = load(file.read())
        for example in examples_of(root) if root is not None else ():
            if options.rule and example.rule not in options.rule:
                continue
            results = [run_example(example, own_packs=own)]
            if options.mutate:
                results.append(flips(example, own_packs=own))
            ran += len(results)
            for result in results:
                if not result.kept:
                    failed += 1
                    side = "pass" if example.passes else "fail"
                    print(
                        f"{path}:{example.line}: {example.rule}, {side} example {example.number}: {result.explanation}",
                        file=sys.stderr,
                    )
    if not ran:
        raise ConfigurationError(
            [
                Problem(
                    kind="configuration",
                    code="no_examples",
                    message="no example ran",
                    hint="Name rules that exist in these packs.",
                )
            ]
        )
    print(f"{sum(len(pack.rules) for pack in packs)} rules, {ran} runs of their examples, {failed} failed")
    return EXIT_BLOCKED if failed else 0


def _files(paths: list[str], problems: list[Problem]) -> list[str]:
    """Return the pack and profile files below paths; those that ship with preflight where none is named."""
    found: list[str] = []
    for path in paths or [builtin_path()]:
        if os.path.isdir(path):
            inside = sorted(
                os.path.join(folder, name)
                for folder, _, names in os.walk(path)
                for name in names
                if name.endswith((".yaml", ".yml"))
            )
            if not inside:
                problems.append(
                    Problem(
                        kind="configuration",
                        code="no_packs",
                        message="the folder holds no rule pack",
                        hint="Name another.",
                        origin=Origin(file=path),
                    )
                )
            found += inside
        else:
            found.append(path)
    return found


def _is_pack(path: str) -> bool:
    with open(path, encoding="utf-8") as file:
        return kind_of(parse(file.read(), path, schema=None)) == "pack"
