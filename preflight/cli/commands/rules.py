"""`preflight rules list|lint|test`: work with rule packs."""

from __future__ import annotations

import os

from preflight.cli.output import complain, said, write
from preflight.cli.rules_in_force import rules_in_force
from preflight.documents.yaml import load
from preflight.errors import EXIT_BLOCKED, EXIT_CONFIGURATION, ConfigurationError
from preflight.gate.examples import examples_of, flips, run_example
from preflight.model.origin import Origin
from preflight.model.problem import Problem
from preflight.packs.library import assemble, builtin_packs, builtin_path, profile_names, read_packs
from preflight.packs.reader import kind_of, parse, read_pack, read_profile
from preflight.probes.files import FileProbe
from preflight.renderers._wording import many
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
    rules, _ = rules_in_force(options)
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
    width = max(len(name) for name in (*(rule.id for rule in rules.rules), *rules.disabled))
    lines = [f"{rule.severity:8}  {rule.id:{width}}  {rule.title}" for rule in rules.rules]
    lines += [f"{'off':8}  {name:{width}}  left out by {source}" for name, source in sorted(rules.disabled.items())]
    lines.append(f"{many(len(rules.rules), 'rule')} in profile {rules.profile}; `preflight explain RULE` says more")
    write("\n".join(lines) + "\n")
    return 0


def _lint(options: argparse.Namespace) -> int:
    problems: list[Problem] = []
    builtin = all(map(_ships, options.paths))
    known = {} if builtin else {parameter.name: parameter for pack in builtin_packs() for parameter in pack.parameters}
    files = _files(options.paths, problems)
    packs: dict[str, str] = {}
    for path, text in _texts(files, problems).items():
        try:
            if kind_of(parse(text, path, schema=None)) == "profile":
                read_profile(text, path)
            else:
                packs[path] = text
                known.update({parameter.name: parameter for parameter in read_pack(text, path, known=known).parameters})
        except ConfigurationError as bad:
            problems += bad.problems
    if not problems:
        try:
            own = () if builtin else read_packs(packs, packs, before=builtin_packs())
            for profile in profile_names():
                assemble(profile, own)
        except ConfigurationError as bad:
            problems += bad.problems
    for problem in problems:
        complain(said(problem))
    if problems:
        write(f"{many(len(files), 'file')}, {many(len(problems), 'problem')}\n")
        return EXIT_CONFIGURATION
    write(f"{many(len(files), 'file')} {'is' if len(files) == 1 else 'are'} in order\n")
    return 0


def _ships(path: str) -> bool:
    """Whether a path is that of a pack that ships with preflight, or of their folder."""
    here = os.path.realpath(path)
    return here == os.path.realpath(builtin_path()) or here.startswith(os.path.realpath(builtin_path()) + os.sep)


def _test(options: argparse.Namespace) -> int:
    problems: list[Problem] = []
    texts = _texts(_files(options.paths, problems), problems)
    if problems:
        raise ConfigurationError(problems)
    packs = {path: text for path, text in texts.items() if kind_of(parse(text, path, schema=None)) == "pack"}
    if not packs:
        raise _nothing("no_packs", "there is no rule pack to test", "Name a pack, or a folder of them.")
    # A pack that ships is in force already, and cannot be added to itself.
    own = tuple(os.path.abspath(path) for path in packs if not _ships(path))
    judging: tuple[Pack, ...] = (
        read_packs([path for path in packs if not _ships(path)], packs, before=builtin_packs())
        if own
        else builtin_packs()
    )
    failed = ran = 0
    for path, text in packs.items():
        root = load(text)
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
                    complain(
                        f"{path}:{example.line}: {example.rule}, {side} example {example.number}: {result.explanation}"
                    )
    if not ran:
        raise _nothing("no_examples", "no example ran", "Name rules that exist in these packs.")
    rules = many(sum(len(pack.rules) for pack in judging), "rule")
    write(f"{rules}, {many(ran, 'run')} of their examples, {failed} failed\n")
    return EXIT_BLOCKED if failed else 0


def _texts(files: list[str], problems: list[Problem]) -> dict[str, str]:
    """Read files, and record what cannot be read."""
    texts: dict[str, str] = {}
    for path in files:
        text = read_text(path, FileProbe(), kind="configuration")
        if isinstance(text, Problem):
            problems.append(text)
        else:
            texts[path] = text
    return texts


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
                message = "the folder holds no rule pack"
                problems += _nothing("no_packs", message, "Name another.", Origin(file=path)).problems
            found += inside
        else:
            found.append(path)
    return found


def _nothing(code: str, message: str, hint: str, origin: Origin | None = None) -> ConfigurationError:
    return ConfigurationError([Problem(kind="configuration", code=code, message=message, hint=hint, origin=origin)])
