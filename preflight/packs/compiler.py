"""From the marked tree of a pack to typed rules.

The shape was checked against the schema; here everything is held against the resources: facts exist, matchers fit the
fact's type, words stand on its scale, parameters exist and have the right type. All mistakes are collected.
"""

from __future__ import annotations

from itertools import pairwise

from preflight.documents.nodes import Mapping, Scalar, Sequence
from preflight.documents.suggestions import did_you_mean
from preflight.model.origin import Origin
from preflight.model.problem import Problem
from preflight.packs.facts import FactType, fact_types, parameter_type
from preflight.packs.model import SEVERITIES, Override, Parameter, Rule

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

    from preflight.documents.nodes import Node
    from preflight.packs.model import Argument, Expectation, Matcher, Quantifier, Severity

_ALTERNATIVES = ("every", "some", "none")
_CONDITIONS = {
    "environment": FactType("text"),
    "stage": FactType("text", None, ("build", "start")),
    "profile": FactType("text"),
    "subject": FactType("text", None, ("process", "env_file", "service", "container")),
}


class Compiler:
    """Compiles the rules of one file.

    Args:
        file: The path as given, for messages.
        pack: The pack's name.
        parameters: The parameters that `$name` can mean.

    Attributes:
        problems: Every mistake found so far.
    """

    def __init__(self, file: str, pack: str, parameters: dict[str, Parameter]) -> None:
        self.file = file
        self.pack = pack
        self.parameters = parameters
        self.problems: list[Problem] = []

    def origin(self, node: Node) -> Origin:
        """Return the place of a node."""
        return Origin(file=self.file, line=node.line, column=node.column)

    def refuse(self, node: Node, code: str, message: str, hint: str) -> None:
        """Record a mistake."""
        self.problems.append(
            Problem(kind="configuration", code=code, message=message, hint=hint, origin=self.origin(node))
        )

    def unknown(self, node: Node, what: str, word: str, known: Iterable[str]) -> None:
        """Record a word that names nothing, with the nearest that does."""
        names = tuple(known)
        near = did_you_mean(word, names)
        hint = f'Did you mean "{near}"?' if near else f"Known: {', '.join(names)}." if names else "There is none."
        self.refuse(node, f"unknown_{what.replace(' ', '_')}", f'"{word}" is no {what}', hint)

    # -- rules -----------------------------------------------------------------------------------------------------

    def rule(self, node: Mapping) -> Rule | None:
        """Compile one rule; None when its resource is unknown."""
        types = self.resource(_scalar(node, "resource"))
        if types is None:
            return None
        where, when, message = node.get("where"), node.get("when"), node.get("message")
        expect = node.get("expect")
        rule = Rule(
            id=_text(node, "id"),
            pack=self.pack,
            title=_text(node, "title"),
            severity=_severity(node),
            resource=_text(node, "resource"),
            where=self.expectation(where, types) if isinstance(where, Mapping) else None,
            expect=self.expectation(expect, types) if isinstance(expect, Mapping) else ("every", ()),
            quantifier=_quantifier(node),
            required=_value(node, "required") is True,
            when=self.conditions(when) if isinstance(when, Mapping) else (),
            requires=_texts(node, "requires"),
            message=message.text if isinstance(message, Scalar) else None,
            rationale=_text(node, "rationale").strip(),
            remediation=_text(node, "remediation").strip(),
            references=_texts(node, "references"),
            aliases=_texts(node, "aliases"),
            origin=self.origin(node),
        )
        for template in (message, node.get("remediation")):
            if isinstance(template, Scalar):
                self.template(template, types)
        return rule

    def resource(self, node: Scalar) -> dict[str, FactType] | None:
        """Return the fact types of a resource named in a rule."""
        from preflight.resources import resource_class, resource_types

        if node.text not in resource_types():
            self.unknown(node, "resource", node.text, resource_types())
            return None
        return fact_types(resource_class(node.text))

    def template(self, node: Scalar, types: dict[str, FactType]) -> None:
        """Check the placeholders of a message: they name facts that may be shown."""
        for name in placeholders(node.text):
            if name == "name":
                continue
            if name.startswith("$"):
                if name[1:] not in self.parameters:
                    self.unknown(node, "parameter", name[1:], sorted(self.parameters))
                continue
            if name not in types:
                self.unknown(node, "fact", name, ("name", *types))
            elif types[name].secret:
                self.refuse(
                    node,
                    "secret_in_message",
                    f'"{name}" says something about a secret and cannot be shown',
                    "Leave it out of the message.",
                )

    # -- expectations ----------------------------------------------------------------------------------------------

    def expectation(self, node: Mapping, types: dict[str, FactType]) -> Expectation:
        """Compile what must hold of a resource."""
        parts: list[Expectation] = []
        for key, value in node:
            if key.text in _ALTERNATIVES and isinstance(value, Sequence):
                alternatives = tuple(self.expectation(item, types) for item in value.items if isinstance(item, Mapping))
                if not alternatives:
                    self.refuse(
                        key,
                        "empty",
                        f'"{key.text}" has no alternatives, so it decides nothing',
                        "Name at least one expectation.",
                    )
                parts.append((key.text, alternatives))
            elif key.text not in types:
                self.unknown(key, "fact", key.text, types)
            else:
                parts.append(("fact", key.text, self.matcher(value, types[key.text], key.text)))
        if not node.pairs:
            self.refuse(
                node, "empty", "an empty expectation always holds", "Name at least one fact and what must hold of it."
            )
        return parts[0] if len(parts) == 1 else ("every", tuple(parts))

    def matcher(self, node: Node, fact: FactType, name: str) -> Matcher:
        """Compile a matcher: a bare value means `equals`."""
        if isinstance(node, Scalar):
            if "equals" not in fact.matchers:
                self.refuse(
                    node,
                    "matcher_does_not_fit",
                    f'"{name}" is a {fact.kind}, which equals no single value',
                    f"Use one of: {', '.join(sorted(fact.matchers))}.",
                )
                return ()
            return (("equals", self.argument("equals", node, fact, name)),)
        if isinstance(node, Sequence):
            self.refuse(
                node, "matcher_does_not_fit", "a list says nothing by itself", "Write one_of: [...] or none_of: [...]."
            )
            return ()
        if not node.pairs:
            self.refuse(
                node, "empty", "an empty matcher always holds", f"Use one of: {', '.join(sorted(fact.matchers))}."
            )
        pairs: list[tuple[str, Argument]] = []
        for key, value in node:
            if key.text not in fact.matchers:
                self.refuse(
                    key,
                    "matcher_does_not_fit",
                    f'"{key.text}" does not fit "{name}", which is a {fact.scale or fact.kind}',
                    f"Use one of: {', '.join(sorted(fact.matchers))}.",
                )
                continue
            pairs.append((key.text, self.argument(key.text, value, fact, name)))
        return tuple(pairs)

    def argument(self, operator: str, node: Node, fact: FactType, name: str) -> Argument:
        """Compile a matcher's argument."""
        if operator == "not":
            return ("matcher", self.matcher(node, fact, name))
        if operator in _ALTERNATIVES:
            return ("matcher", self.matcher(node, FactType("text", None, fact.choices, secret=fact.secret), name))
        if operator in {"one_of", "none_of"}:
            if isinstance(node, Sequence):
                return ("value", tuple(self.literal(item, fact, name) for item in node.items))
            return self.parameter(node, FactType("list", None, fact.words))
        if isinstance(node, Scalar) and node.text.startswith("$") and not node.text.startswith("$$"):
            element = FactType("text", None, fact.choices) if operator == "contains" else fact
            return self.parameter(node, element)
        if operator in {"present", "absent"}:
            if not isinstance(node, Scalar) or node.value is not True:
                self.refuse(
                    node,
                    "wrong_type",
                    f'"{operator}" takes only true',
                    f"Write {operator}: true, or the other of present and absent.",
                )
            return ("value", True)
        if operator == "matches":
            return ("value", self.pattern(node))
        if operator == "contains":
            return ("value", self.literal(node, FactType("text", None, fact.choices), name))
        return ("value", self.literal(node, fact, name))

    def literal(self, node: Node, fact: FactType, name: str) -> object:
        """Return a value written in a rule, held against the fact's type."""
        if not isinstance(node, Scalar) or node.value is None:
            self.refuse(
                node,
                "wrong_type",
                f'"{name}" is compared with a value here',
                "Write a value; for no value write absent: true.",
            )
            return None
        value = node.value
        if fact.kind == "flag" and not isinstance(value, bool):
            self.refuse(node, "wrong_type", f'"{name}" is true or false', "Write true or false.")
        elif fact.kind == "number" and (isinstance(value, bool) or not isinstance(value, (int, float))):
            self.refuse(node, "wrong_type", f'"{name}" is a number', "Write a number.")
        elif fact.kind in {"text", "scale"}:
            text = node.text.removeprefix("$") if node.text.startswith("$$") else node.text
            if fact.words and text not in fact.words:
                self.unknown(node, f"value of {name}", text, fact.words)
            return text
        return value

    def pattern(self, node: Node) -> str:
        """Return a regular expression, tried."""
        import re

        text = node.text if isinstance(node, Scalar) else ""
        try:
            re.compile(text)
        except (re.error, OverflowError, RecursionError) as bad:
            self.refuse(
                node,
                "bad_pattern",
                f"it is no regular expression: {getattr(bad, 'msg', 'too large')}",
                "See the syntax of Python's re module.",
            )
        return text

    def parameter(self, node: Node, fact: FactType) -> Argument:
        """Compile `$name`, held against the parameter's type."""
        text = node.text if isinstance(node, Scalar) else ""
        if not text.startswith("$"):
            self.refuse(node, "wrong_type", "a list or a $parameter is expected", "Write [a, b] or $name.")
            return ("value", ())
        declared = self.parameters.get(text[1:])
        if declared is None:
            self.unknown(node, "parameter", text[1:], sorted(self.parameters))
            return ("value", None)
        wanted = fact.scale or fact.kind
        if declared.type != wanted:
            self.refuse(
                node,
                "wrong_type",
                f'"{text}" is a {declared.type}, and a {wanted} is compared here',
                "Use a parameter of that type.",
            )
        return ("parameter", text[1:])

    # -- conditions, overrides -------------------------------------------------------------------------------------

    def conditions(self, node: Mapping) -> tuple[tuple[str, Any], ...]:
        """Compile `when`."""
        from preflight.resources import resource_types

        compiled: list[tuple[str, Any]] = []
        for key, value in node:
            if key.text in _CONDITIONS:
                compiled.append((key.text, self.matcher(value, _CONDITIONS[key.text], key.text)))
            elif key.text == "parameters" and isinstance(value, Mapping):
                for name, condition in value:
                    declared = self.parameters.get(name.text)
                    if declared is None:
                        self.unknown(name, "parameter", name.text, sorted(self.parameters))
                    else:
                        compiled.append(
                            (
                                "parameter",
                                (name.text, self.matcher(condition, parameter_type(declared.type), name.text)),
                            )
                        )
            elif isinstance(value, Sequence):
                names = [item for item in value.items if isinstance(item, Scalar)]
                for item in names:
                    if item.text not in resource_types():
                        self.unknown(item, "resource", item.text, resource_types())
                compiled.append((key.text, tuple(item.text for item in names)))
        if not node.pairs:
            self.refuse(node, "empty", "an empty condition always holds", "Leave `when` out, or name a condition.")
        return tuple(compiled)

    def override(self, key: Scalar, node: Mapping) -> Override:
        """Compile one override; its `where` is typed once the rule is known."""
        parameters = node.get("parameters")
        return Override(
            rule=key.text,
            severity=_severity(node) if node.get("severity") is not None else None,
            where=node.get("where"),
            parameters=tuple((name.text, argument_value(value)) for name, value in parameters)
            if isinstance(parameters, Mapping)
            else (),
            origin=self.origin(key),
        )

    def declare(self, key: Scalar, node: Mapping) -> Parameter:
        """Compile the declaration of a parameter and hold its default against its type."""
        default = node.get("default")
        declared = Parameter(
            name=key.text, type=_text(node, "type"), default=argument_value(default) if default is not None else None,
            description=_text(node, "description").strip(), pack=self.pack, origin=self.origin(key),
        )  # fmt: skip
        wrong = wrong_parameter(declared, declared.default)
        if wrong:
            self.refuse(
                default or key, "wrong_type", f'the default of "{key.text}" {wrong}', "Correct the default or the type."
            )
        return declared


def wrong_parameter(declared: Parameter, value: object) -> str | None:
    """Say what is wrong with a parameter's value, or None.

    Args:
        declared: The parameter.
        value: What it is set to.
    """
    kind = parameter_type(declared.type)
    if kind.kind == "scale":
        if str(value) in kind.words and not isinstance(value, bool):
            return None
        return f"must be one of {', '.join(kind.words)}"
    if kind.kind == "flag":
        return None if isinstance(value, bool) else "must be true or false"
    if kind.kind == "number":
        return None if isinstance(value, (int, float)) and not isinstance(value, bool) else "must be a number"
    if kind.kind == "list":
        return (
            None
            if isinstance(value, tuple) and all(isinstance(item, str) for item in value)
            else "must be a list of texts"
        )
    return None if isinstance(value, str) else "must be a text"


def argument_value(node: Node) -> object:
    """Return the plain value of a parameter: lists become tuples of texts, so that they cannot change."""
    if isinstance(node, Sequence):
        return tuple(item.text if isinstance(item, Scalar) else None for item in node.items)
    return node.value if isinstance(node, Scalar) else None


def placeholders(template: str) -> list[str]:
    """Return the names in braces of a message template, in order."""
    names: list[str] = []
    for before, part in pairwise(template.split("{")):
        name, brace, _ = part.partition("}")
        if brace and not before.endswith("$"):  # `${NAME}` is a text about shells
            names.append(name)
    return names


def _scalar(node: Mapping, name: str) -> Scalar:
    value = node.get(name)
    return value if isinstance(value, Scalar) else Scalar("", node.line, node.column)


def _text(node: Mapping, name: str, default: str = "") -> str:
    value = node.get(name)
    return value.text if isinstance(value, Scalar) else default


def _severity(node: Mapping) -> Severity:
    text = _text(node, "severity")
    return next((severity for severity in SEVERITIES if severity == text), "critical")


def _quantifier(node: Mapping) -> Quantifier:
    text = _text(node, "quantifier")
    return "some" if text == "some" else "none" if text == "none" else "every"


def _value(node: Mapping, name: str) -> object:
    value = node.get(name)
    return value.value if isinstance(value, Scalar) else None


def _texts(node: Mapping, name: str) -> tuple[str, ...]:
    value = node.get(name)
    return tuple(item.text for item in value.items if isinstance(item, Scalar)) if isinstance(value, Sequence) else ()
