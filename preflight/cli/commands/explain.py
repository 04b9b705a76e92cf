"""`preflight explain RULE`: everything about a rule, in the order in which somebody woken at night needs it."""

from __future__ import annotations

import textwrap

from preflight.cli.output import write
from preflight.documents.nodes import Mapping, Sequence, plain_value
from preflight.documents.yaml import load
from preflight.errors import UsageError
from preflight.gate.examples import examples_of
from preflight.model.problem import Problem
from preflight.packs.library import assemble, builtin_packs, builtin_path, read_packs

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from typing import Any

    from preflight.documents.nodes import Node
    from preflight.packs.model import Pack, Rule

_WIDTH = 96


def run(options: argparse.Namespace) -> int:
    """Print a rule: what it asks, why, what to do, its examples, its parameters."""
    own = read_packs(options.pack, {}, before=builtin_packs()) if options.pack else ()
    rules = assemble("production", own)
    rule = next((one for one in rules.rules if options.rule in {one.id, *one.aliases}), None)
    if rule is None:
        from preflight.documents.suggestions import did_you_mean

        near = did_you_mean(options.rule, [one.id for one in rules.rules])
        hint = f'Did you mean "{near}"?' if near else "See `preflight rules list`."
        raise UsageError(
            [Problem(kind="configuration", code="unknown_rule", message=f'"{options.rule}" is no rule.', hint=hint)]
        )
    pack = next(one for one in rules.packs if one.name == rule.pack)
    write(explanation(rule, pack, _root(pack), {name: value for name, (value, _) in rules.parameters.items()}))
    return 0


def explanation(rule: Rule, pack: Pack, root: Node | None, parameters: dict[str, Any]) -> str:
    """Return the text about a rule.

    Args:
        rule: The rule.
        pack: Its pack.
        root: The pack's tree, for the examples and the expectation as written.
        parameters: Values of the parameters it uses.
    """
    lines = [f"{rule.id}  ({rule.severity}, pack {rule.pack} version {pack.version})", "", rule.title + ".", ""]
    lines += _section("why", rule.rationale)
    lines += ["what to do", *_remediation(rule.remediation), ""]
    written = _written(root, rule.id)
    asks: dict[str, Any] = {
        key: written[key]
        for key in ("resource", "when", "where", "quantifier", "required", "expect", "requires")
        if key in written
    }
    lines += ["what it asks", *(f"  {line}" for line in _yaml(asks)), ""]
    used = [name for name in parameters if f"${name}" in str(asks)]
    if used:
        lines += ["parameters", *(f"  {name}: {_scalar(parameters[name])}" for name in used), ""]
    lines += ["references", *(f"  {reference}" for reference in rule.references), ""]
    if rule.aliases:
        lines += ["earlier ids", *(f"  {alias}" for alias in rule.aliases), ""]
    for example in examples_of(root) if root is not None else ():
        if example.rule == rule.id:
            lines += [
                f"{'accepted' if example.passes else 'refused'}, example {example.number}",
                *(f"  {line}" for line in _yaml(example.content)),
                "",
            ]
    return "\n".join(lines)


def _section(title: str, text: str) -> list[str]:
    return [title, *textwrap.wrap(text, _WIDTH, initial_indent="  ", subsequent_indent="  "), ""]


def _remediation(text: str) -> list[str]:
    lines: list[str] = []
    for line in text.splitlines():
        lines += (
            [f"    {line}"]
            if line.startswith("$ ")
            else textwrap.wrap(line, _WIDTH, initial_indent="  ", subsequent_indent="  ")
        )
    return lines


def _root(pack: Pack) -> Node | None:
    path = f"{builtin_path()}/{pack.path.removeprefix('rules/')}" if pack.builtin else pack.path
    with open(path, encoding="utf-8") as file:
        return load(file.read())


def _written(root: Node | None, rule_id: str) -> dict[str, Any]:
    rules = root.get("rules") if isinstance(root, Mapping) else None
    for node in rules.items if isinstance(rules, Sequence) else ():
        plain = plain_value(node)
        if isinstance(plain, dict) and plain.get("id") == rule_id:
            return plain
    return {}


def _yaml(value: Any, indent: str = "") -> list[str]:  # noqa: ANN401 - plain data of any shape
    """Write plain data as the block YAML that people write."""
    lines: list[str] = []
    if isinstance(value, dict):
        for key, item in value.items():
            if isinstance(item, (dict, list)) and item:
                lines += [f"{indent}{key}:", *_yaml(item, indent + "  ")]
            elif isinstance(item, str) and "\n" in item.strip("\n"):
                lines += [f"{indent}{key}: |", *(f"{indent}  {line}" for line in item.splitlines())]
            else:
                lines.append(f"{indent}{key}: {_scalar(item)}")
    elif isinstance(value, list):
        for item in value:
            first, *rest = _yaml(item, "") if isinstance(item, (dict, list)) else [_scalar(item)]
            lines += [f"{indent}- {first}", *(f"{indent}  {line}" for line in rest)]
    return lines


def _scalar(value: Any) -> str:  # noqa: ANN401 - plain data
    if isinstance(value, bool) or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    text = str(value).rstrip("\n")
    return f'"{text}"' if not text or text[0] in "*&!%@`{[<>|'\"#$-?:" or text != text.strip() or ": " in text else text
