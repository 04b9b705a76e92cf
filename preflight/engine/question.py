"""A rule, put together to be asked of many subjects."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from preflight.engine.matching import Matching
    from preflight.packs.model import Rule

_OF_SUBJECT = frozenset({"present", "absent", "environment", "subject"})
"""Conditions that depend on the subject; the others hold for a whole run or not at all."""


class Question:
    """A rule with what it asks, put together for every subject at once.

    Attributes:
        rule: The rule.
        matching: Evaluates with the rule's parameters.
        where: Whether the rule is about a resource; None where it is about each.
        expect: Whether what it expects holds of one.
        varies: Whether its condition depends on the subject.
        nothing: What to say of a subject that has nothing that the rule is about.
    """

    __slots__ = ("expect", "matching", "nothing", "rule", "varies", "where")

    def __init__(self, rule: Rule, matching: Matching) -> None:
        """Put a rule together.

        Args:
            rule: The rule.
            matching: Evaluates with the rule's parameters.
        """
        self.rule = rule
        self.matching = matching
        self.where = matching.test(rule.where) if rule.where is not None else None
        self.expect = matching.test(rule.expect)
        self.varies = any(name in _OF_SUBJECT for name, _ in rule.when)
        self.nothing = f"there is no {rule.resource.replace('_', ' ')} that this rule is about"
