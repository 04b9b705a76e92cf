"""`preflight explain RULE`: everything about a rule, in the order in which somebody woken at night needs it."""

from __future__ import annotations

import textwrap

from preflight.cli.output import write
from preflight.cli.rules_in_force import rules_in_force
from preflight.documents.nodes import Mapping, Sequence, plain_value
from preflight.documents.yaml import load
from preflight.errors import UsageError
from preflight.gate.examples import examples_of
from preflight.model.problem import Problem
from preflight.packs.library import builtin_packs, builtin_path
from preflight.packs.wording import generic

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Mapping as MappingOf
    from typing import Any

    from preflight.documents.nodes import Node
    from preflight.packs.library import RuleSet
    from preflight.packs.model import Pack, Rule

_WIDTH = 96


def run(options: argparse.Namespace) -> int:
    """Print a rule: what it asks, why, what to do, its examples, its parameters."""
    rules, texts = rules_in_force(options)
    everywhere = {pack.name: pack for pack in (*builtin_packs(), *rules.packs)}
    known = {rule.id: rule for pack in everywhere.values() for rule in pack.rules}
    known |= {rule.id: rule for rule in rules.rules}
    rule = next((one for one in known.values() if options.rule in {one.id, *one.aliases}), None)
    if rule is None:
        from preflight.documents.suggestions import did_you_mean

        near = did_you_mean(options.rule, known)
        hint = f'Did you mean "{near}"?' if near else "See `preflight rules list`."
        raise UsageError(
            [Problem(kind="configuration", code="unknown_rule", message=f'"{options.rule}" is no rule', hint=hint)]
        )
    pack = everywhere[rule.pack]
    write(explanation(rule, pack, _root(pack, texts), rules))
    return 0


def explanation(rule: Rule, pack: Pack, root: Node | None, rules: RuleSet) -> str:
    """Return the text about a rule.

    Args:
        rule: The rule, as it is in force.
        pack: Its pack.
        root: The pack's tree, for the examples and the expectation as written.
        rules: The rules in force: whether it is one of them, and the values of the parameters.
    """
    parameters = {**_defaults(pack), **rules.parameters}
    parameters |= {name: (value, source) for name, value, source in rule.overrides}
    values = {name: value for name, (value, _) in parameters.items()}
    lines = [f"{rule.id}  ({rule.severity}, pack {rule.pack} version {pack.version})", "", rule.title + ".", ""]
    lines += _in_force(rule, pack, rules)
    lines += _section("why", rule.rationale)
    lines += ["what to do", *_remediation(generic(rule.remediation, values)), ""]
    written = _written(root, rule.id)
    asks: dict[str, Any] = {
        key: written[key]
        for key in ("resource", "when", "where", "quantifier", "required", "expect", "requires")
        if key in written
    }
    lines += ["what it asks", *(f"  {line}" for line in _yaml(asks)), ""]
    named = _names(asks)
    used = {name: pair for name, pair in parameters.items() if f"${name}" in named}
    if used:
        lines += ["parameters", *(f"  {name}: {_plain(value)}  ({source})" for name, (value, source) in used.items())]
        lines.append("")
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


def _in_force(rule: Rule, pack: Pack, rules: RuleSet) -> list[str]:
    """Say what this project makes of the rule, where that is not what its pack says."""
    said: list[str] = []
    shipped = next((one for one in pack.rules if one.id == rule.id), rule)
    if rule.id in rules.disabled:
        said.append(f"not in force: left out by {rules.disabled[rule.id]}")
    elif rule.id not in {one.id for one in rules.rules}:
        said.append(f"not in force: profile {rules.profile} does not have it")
    if shipped.severity != rule.severity:
        said.append(f"its severity is {shipped.severity} in its pack, and {rule.severity} here")
    if shipped.where != rule.where:
        said.append("which resources it judges was changed here")
    return [*(f"  {line}" for line in said), ""] if said else []


def _defaults(pack: Pack) -> dict[str, tuple[Any, str]]:
    return {one.name: (one.default, f"pack {pack.name}") for one in pack.parameters}


def _names(value: Any) -> set[str]:  # noqa: ANN401 - plain data of any shape
    """Return every text in plain data."""
    if isinstance(value, dict):
        return {name for key, item in value.items() for name in (f"${key}", *_names(item))}
    if isinstance(value, list):
        return {name for item in value for name in _names(item)}
    return {str(value)}


def _plain(value: Any) -> str:  # noqa: ANN401 - plain data
    return ", ".join(map(str, value)) if isinstance(value, tuple) else _scalar(value)


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


def _root(pack: Pack, texts: MappingOf[str, str]) -> Node | None:
    if not pack.builtin:
        return load(texts[pack.path])
    with open(f"{builtin_path()}/{pack.path.removeprefix('rules/')}", encoding="utf-8") as file:
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
