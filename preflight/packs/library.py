"""The rules in force: packs put together, a profile applied, parameters settled."""

from __future__ import annotations

import os

from preflight.documents.locations import data_path
from preflight.documents.nodes import Mapping
from preflight.documents.suggestions import did_you_mean
from preflight.errors import ConfigurationError
from preflight.model.digest import sha256_hex
from preflight.model.problem import Problem
from preflight.model.record import Record, field
from preflight.packs.compiler import Compiler, wrong_parameter
from preflight.packs.facts import fact_types, parameter_type
from preflight.packs.plan import pack_from_plain, profile_from_plain

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from collections.abc import Mapping as MappingOf
    from typing import Any

    from preflight.model.origin import Origin
    from preflight.packs.model import Override, Pack, Parameter, Profile, Rule


class RuleSet(Record):
    """Everything that judges in one run."""

    rules: tuple[Rule, ...] = field("The rules in force, by id.")
    packs: tuple[Pack, ...] = field("The packs they come from.")
    profile: str = field("The profile in force.")
    parameters: MappingOf[str, tuple[Any, str]] = field("Each parameter's value and where it came from.")
    disabled: MappingOf[str, str] = field("Rules left out, and who said so.")


class Changes(Record):
    """What a project's configuration changes."""

    disable: tuple[tuple[str, Origin | None], ...] = field("Rules that are left out.", default=())
    overrides: tuple[Override, ...] = field("Rules that are changed.", default=())
    parameters: MappingOf[str, tuple[Any, str, Origin | None]] = field("Parameters: value, source, place.")


def builtin_path() -> str:
    """Return the folder of the packs that ship with preflight."""
    return data_path("rules")


def builtin_packs() -> tuple[Pack, ...]:
    """Return the packs that ship with preflight, by name: compiled ahead where their texts are those that were compiled.

    Raises:
        ConfigurationError: One of them is wrong, which is a bug that the test suite would have caught.
    """
    from preflight.packs.builtin_plan import PACKS

    folder = builtin_path()
    names = sorted(name for name in os.listdir(folder) if name.endswith(".yaml"))
    texts = {f"{folder}/{name}": _text_of(f"{folder}/{name}") for name in names}
    digests = {name: sha256_hex(texts[f"{folder}/{name}"].encode()) for name in names}
    if all(name in PACKS and PACKS[name]["sha256"] == digests[name] for name in names):
        return tuple(pack_from_plain(PACKS[name]) for name in names)
    return read_packs(list(texts), texts, builtin=True)


def _text_of(path: str) -> str:
    with open(path, encoding="utf-8", newline="") as file:
        return file.read()


def read_packs(
    paths: Iterable[str], texts: MappingOf[str, str], *, builtin: bool = False, before: Sequence[Pack] = ()
) -> tuple[Pack, ...]:
    """Read packs, each seeing the parameters of those before it.

    Args:
        paths: Their paths, in order.
        texts: Their texts, by path.
        builtin: Whether they ship with preflight.
        before: Packs read earlier.

    Raises:
        ConfigurationError: Something in them is wrong; the mistakes of all of them are named.
    """
    from preflight.packs.reader import read_pack

    packs: list[Pack] = []
    problems: list[Problem] = []
    known: dict[str, Parameter] = {parameter.name: parameter for pack in before for parameter in pack.parameters}
    for path in paths:
        text = texts[path]
        shown = f"rules/{os.path.basename(path)}" if builtin else path
        try:
            pack = read_pack(text, shown, builtin=builtin, known=known)
        except ConfigurationError as bad:
            problems += bad.problems
            continue
        known.update({parameter.name: parameter for parameter in pack.parameters})
        packs.append(pack)
    if problems:
        raise ConfigurationError(problems)
    return tuple(packs)


def profile_names() -> tuple[str, ...]:
    """Return the names of the profiles that ship with preflight."""
    entries = os.listdir(f"{builtin_path()}/profiles")
    return tuple(sorted(name.removesuffix(".yaml") for name in entries if name.endswith(".yaml")))


def builtin_profile(name: str) -> Profile:
    """Read a profile that ships with preflight.

    Raises:
        ConfigurationError: There is no such profile.
    """
    if name not in profile_names():
        from preflight.resources.environment import normalise

        short = normalise(name)  # `prod` is too far from `production` for a slip, and means it all the same
        near = short if short in profile_names() else did_you_mean(name, profile_names())
        hint = f'Did you mean "{near}"?' if near else f"Known: {', '.join(profile_names())}."
        raise ConfigurationError(
            [Problem(kind="configuration", code="unknown_profile", message=f'"{name}" is no profile', hint=hint)]
        )
    from preflight.packs.builtin_plan import PROFILES

    text = _text_of(f"{builtin_path()}/profiles/{name}.yaml")
    digest, plain = PROFILES.get(name, ("", {}))
    if digest == sha256_hex(text.encode()):
        return profile_from_plain(plain)
    from preflight.packs.reader import read_profile

    return read_profile(text, f"rules/profiles/{name}.yaml", builtin=True)


class _Assembly:
    """Puts packs, profiles and a project's changes together, collecting every mistake."""

    def __init__(self, packs: Sequence[Pack]) -> None:
        self.problems: list[Problem] = []
        self.rules: dict[str, Rule] = {}
        self.declared: dict[str, Parameter] = {}
        self.parameters: dict[str, tuple[Any, str]] = {}
        self.disabled: dict[str, str] = {}
        self.aliases: dict[str, str] = {}
        names: dict[str, Pack] = {}
        for pack in packs:
            if pack.name in names:
                self.refuse(
                    "duplicate_pack",
                    f'two packs are named "{pack.name}"',
                    f"The other is {names[pack.name].path}.",
                    None,
                )
            names[pack.name] = pack
            for parameter in pack.parameters:
                self.declared[parameter.name] = parameter
                self.parameters[parameter.name] = (parameter.default, f"pack {pack.name}")
            for rule in pack.rules:
                self._add(rule)

    def refuse(self, code: str, message: str, hint: str, origin: Origin | None) -> None:
        self.problems.append(Problem(kind="configuration", code=code, message=message, hint=hint, origin=origin))

    def _add(self, rule: Rule) -> None:
        for name in (rule.id, *rule.aliases):
            if name in self.aliases:
                self.refuse(
                    "duplicate_rule",
                    f'two rules are named "{name}"',
                    f"The other is rule {self.aliases[name]}.",
                    rule.origin,
                )
            self.aliases[name] = rule.id
        self.rules[rule.id] = rule

    def resolve(self, name: str, origin: Origin | None) -> str | None:
        """Return the id behind a rule's name or alias; record a mistake when there is none."""
        if name in self.aliases:
            return self.aliases[name]
        near = did_you_mean(name, sorted(self.aliases))
        hint = f'Did you mean "{near}"?' if near else "See `preflight rules list`."
        self.refuse("unknown_rule", f'"{name}" is no rule', hint, origin)
        return None

    def disable(self, names: Iterable[tuple[str, Origin | None]], source: str) -> None:
        for name, origin in names:
            rule_id = self.resolve(name, origin)
            if rule_id is not None:
                self.disabled[rule_id] = source

    def override(self, overrides: Iterable[Override], source: str) -> None:
        for change in overrides:
            rule_id = self.resolve(change.rule, change.origin)
            if rule_id is None:
                continue
            rule = self.rules[rule_id]
            for name, value in change.parameters:
                self.hold(name, value, change.origin)
            where = rule.where
            if isinstance(change.where, Mapping):
                from preflight.resources import resource_class

                compiler = Compiler(change.origin.file or "", rule.pack, self.declared)
                where = compiler.expectation(change.where, fact_types(resource_class(rule.resource)))
                self.problems += compiler.problems
            own = tuple((name, value, source) for name, value in change.parameters)
            self.rules[rule_id] = rule.replace(
                severity=change.severity or rule.severity, where=where, overrides=rule.overrides + own
            )

    def hold(self, name: str, value: object, origin: Origin | None) -> bool:
        """Hold a parameter's value against its declaration."""
        if name not in self.declared:
            near = did_you_mean(name, sorted(self.declared))
            hint = f'Did you mean "{near}"?' if near else f"Known: {', '.join(sorted(self.declared))}."
            self.refuse("unknown_parameter", f'"{name}" is no parameter', hint, origin)
            return False
        wrong = wrong_parameter(self.declared[name], value)
        if wrong:
            # Of a scale, the message lists the words.
            near = (
                did_you_mean(value, parameter_type(self.declared[name].type).words) if isinstance(value, str) else None
            )
            hint = f'Did you mean "{near}"?' if near else f"Correct the value. {self.declared[name].description}"
            self.refuse("wrong_type", f'the parameter "{name}" {wrong}', hint, origin)
        return not wrong

    def settle(self, name: str, value: object, source: str, origin: Origin | None) -> None:
        if self.hold(name, value, origin):
            self.parameters[name] = (value, source)

    def apply(self, profile: Profile) -> None:
        source = f"profile {profile.name}"
        self.disable(profile.disable, source)
        self.override(profile.overrides, source)
        for name, (value, origin) in profile.parameters.items():
            self.settle(name, value, source, origin)

    def check_requirements(self) -> None:
        """Every required rule exists, and no rule requires itself in the end."""
        for rule in self.rules.values():
            for required in rule.requires:
                self.resolve(required, rule.origin)
        done: set[str] = set()
        for start in self.rules:
            path: list[str] = []
            self._walk(start, path, done)

    def _walk(self, rule_id: str, path: list[str], done: set[str]) -> None:
        if rule_id in done or rule_id not in self.rules:
            return
        if rule_id in path:
            circle = " → ".join([*path[path.index(rule_id) :], rule_id])
            self.refuse(
                "circular_requires",
                f"rules require each other in a circle: {circle}",
                "Leave one of the requirements out.",
                self.rules[rule_id].origin,
            )
            done.update(path)
            return
        path.append(rule_id)
        for required in self.rules[rule_id].requires:
            self._walk(required, path, done)
        path.pop()
        done.add(rule_id)


def assemble(profile_name: str, own: Sequence[Pack] = (), changes: Changes | None = None) -> RuleSet:
    """Put the rules of a run together.

    Args:
        profile_name: The profile.
        own: The project's own packs.
        changes: What its configuration changes.

    Raises:
        ConfigurationError: Something names what does not exist, has the wrong type, or nothing is left to judge by.
    """
    shipped = builtin_packs()
    profiles = [builtin_profile(profile_name)]
    while profiles[-1].extends is not None:
        profiles.append(builtin_profile(profiles[-1].extends))
    selected = next((profile.packs for profile in profiles if profile.packs is not None), None)
    extended = {name for pack in own for name in pack.extends}
    chosen = [pack for pack in shipped if selected is None or pack.name in selected or pack.name in extended]
    assembly = _Assembly([*chosen, *own])
    _check_extends(assembly, shipped, own)
    for profile in reversed(profiles):
        assembly.apply(profile)
    for pack in own:
        assembly.disable(pack.disable, f"pack {pack.name}")
        assembly.override(pack.overrides, f"pack {pack.name}")
    if changes is not None:
        assembly.disable(changes.disable, "configuration")
        assembly.override(changes.overrides, "configuration")
        for name, (value, source, origin) in changes.parameters.items():
            assembly.settle(name, value, source, origin)
    assembly.check_requirements()
    rules = tuple(rule for name, rule in sorted(assembly.rules.items()) if name not in assembly.disabled)
    if not rules and not assembly.problems:
        assembly.refuse("no_rules", "no rule is left to judge by", "Enable at least one rule.", None)
    if assembly.problems:
        raise ConfigurationError(assembly.problems)
    return RuleSet(
        rules=rules, packs=(*chosen, *own), profile=profile_name, disabled=assembly.disabled,
        parameters=dict(sorted(assembly.parameters.items())),
    )  # fmt: skip


def _check_extends(assembly: _Assembly, shipped: Sequence[Pack], own: Sequence[Pack]) -> None:
    names = [pack.name for pack in (*shipped, *own)]
    for pack in own:
        for name in pack.extends:
            if name not in names:
                near = did_you_mean(name, names)
                hint = f'Did you mean "{near}"?' if near else f"Known: {', '.join(sorted(names))}."
                assembly.refuse(
                    "unknown_pack", f'"{name}" is no pack', hint, pack.rules[0].origin if pack.rules else None
                )
