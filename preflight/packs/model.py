"""Compiled packs: what the engine runs. Plain data, so that it can be written down and read back."""

from __future__ import annotations

from preflight.model.record import Record, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any, Literal, TypeAlias

    from preflight.model.origin import Origin

    Severity = Literal["critical", "high", "medium", "low"]
    Quantifier = Literal["every", "some", "none"]
    # A matcher is (operator, argument) pairs that must all hold. An argument is ("value", v), ("parameter", name) or ("matcher", m).
    Argument: TypeAlias = tuple[str, Any]
    Matcher: TypeAlias = tuple[tuple[str, Argument], ...]
    # An expectation is ("fact", name, matcher) or ("every" | "some" | "none", (expectation, ...)).
    Expectation: TypeAlias = tuple[Any, ...]

SEVERITIES: tuple[Severity, ...] = ("critical", "high", "medium", "low")


class Rule(Record):
    """One judgement, typed and ready to run."""

    id: str = field("Kebab case, unique over all packs.")
    pack: str = field("The pack it belongs to.")
    title: str = field("What holds where it passes.")
    severity: Severity = field("How bad it is where it does not hold.")
    resource: str = field("The type of resource it judges.")
    where: Expectation | None = field("Which of them.", default=None)
    expect: Expectation = field("What must hold.")
    quantifier: Quantifier = field("Of how many it must hold.", default="every")
    required: bool = field("Whether finding no such resource is a fail.", default=False)
    when: tuple[tuple[str, Any], ...] = field("(condition, matcher or names) pairs.", default=())
    requires: tuple[str, ...] = field("Rules that must not have failed for the same resource.", default=())
    message: str | None = field("Template of a failing line.", default=None)
    rationale: str = field("Why it matters.")
    remediation: str = field("What to do.")
    references: tuple[str, ...] = field("Where it is written.")
    aliases: tuple[str, ...] = field("Earlier ids.", default=())
    overrides: tuple[tuple[str, Any, str], ...] = field(
        "Parameters for this rule alone: (name, value, source).", default=()
    )
    origin: Origin = field("Where the rule is written.")


class Parameter(Record):
    """A number, word or list that a project may set."""

    name: str = field("Its name.")
    type: str = field("text, number, flag, list, or the name of a scale.")
    default: Any = field("Its value when nobody sets it.")
    description: str = field("What it decides.")
    pack: str = field("The pack that declares it.")
    origin: Origin = field("Where it is declared.")


class Override(Record):
    """What is changed of a rule."""

    rule: str = field("The rule's id, or an alias.")
    severity: Severity | None = field("Another severity.", default=None)
    where: Any = field("Another selection, as a marked node; it is typed against the rule's resource.", default=None)
    parameters: tuple[tuple[str, Any], ...] = field("Other parameters, for this rule alone.", default=())
    origin: Origin = field("Where it is written.")


class Pack(Record):
    """A versioned file of rules."""

    name: str = field("Its name.")
    title: str = field("What it is about.")
    version: int = field("Raised with every change that can alter a verdict.")
    extends: tuple[str, ...] = field("Packs that come with it.", default=())
    disable: tuple[tuple[str, Origin], ...] = field("Rules that are left out, and where that is said.", default=())
    overrides: tuple[Override, ...] = field("Rules that are changed.", default=())
    parameters: tuple[Parameter, ...] = field("Its parameters.", default=())
    rules: tuple[Rule, ...] = field("Its rules.", default=())
    path: str = field("Where it was read.")
    builtin: bool = field("Whether it ships with preflight.")
    sha256: str = field("Digest of its text.")


class Profile(Record):
    """A named selection of packs with parameters."""

    name: str = field("Its name.")
    title: str = field("What it is for.")
    extends: str | None = field("The profile it changes.", default=None)
    packs: tuple[str, ...] | None = field("Its packs; None means all that ship with preflight.", default=None)
    disable: tuple[tuple[str, Origin], ...] = field("Rules that are left out, and where that is said.", default=())
    overrides: tuple[Override, ...] = field("Rules that are changed.", default=())
    parameters: Mapping[str, tuple[Any, Origin]] = field("Parameters, with where each is set.")
    path: str = field("Where it was read.")
