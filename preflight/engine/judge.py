"""Rules times resources: findings.

Each selected rule gives at least one finding for each subject; the count is asserted before the findings leave.
"""

from __future__ import annotations

from preflight.engine.collecting import Crash
from preflight.engine.matching import REASONS, Matching, disjunction, negation
from preflight.engine.question import Question
from preflight.errors import DeadlineError
from preflight.model.fact import Deferred, Unknown
from preflight.model.finding import HIDDEN, SEVERITY_RANK, Finding
from preflight.model.record import Record, field
from preflight.packs.facts import FactType, fact_types
from preflight.packs.wording import filled, generic
from preflight.resources import LIVE_TYPES, resource_class

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from typing import Any

    from preflight.engine.collecting import Collection
    from preflight.engine.matching import Verdict
    from preflight.model.finding import Status
    from preflight.model.origin import Origin
    from preflight.model.subject import Subject
    from preflight.packs.model import Matcher, Rule
    from preflight.resources.base import Resource


_OFTEN = 64
"""The deadline is looked at once for so many subjects; the alarm goes off between them."""
_NOTHING_TO_DO = frozenset({"pass", "not_applicable"})


class Surroundings(Record):
    """What conditions and decisions look at besides resources."""

    stage: str = field("build or start.")
    profile: str = field("The profile in force.")
    fail_on: str = field("Failures of this severity and above block.")
    parameters: Mapping[str, Any] = field("Values of all parameters.")
    environments: Mapping[str, tuple[str | None, Origin | None]] = field(
        "Declared environment and its place, by subject id."
    )
    expired: Callable[[], bool] = field("Whether the deadline has passed.")


class Judge:
    """Judges subjects by rules.

    Args:
        collection: The resources.
        surroundings: Stage, profile, parameters, deadline.

    Attributes:
        findings: What was decided so far; whole after `run`, partial when it was interrupted.
        late: Whether the deadline passed before everything was decided.
    """

    def __init__(self, collection: Collection, surroundings: Surroundings) -> None:
        self._collection = collection
        self._around = surroundings
        self._types: dict[str, dict[str, FactType]] = {}
        self._failed: dict[tuple[str, int], set[str | None]] = {}
        self._ids: dict[int, str] = {}
        self._said = 0
        self._done = (0, 0)
        self._concerning: dict[str, tuple[list[Subject], list[tuple[int, Subject]]]] = {}
        self._quiet: dict[tuple[Status, str | None, str | None, str], tuple[Resource | None, list[Subject]]] = {}
        self.findings: list[Finding] = []
        self.late = False

    def run(self, rules: Sequence[Rule], subjects: Sequence[Subject]) -> None:
        """Judge every subject by every rule, in an order in which a rule comes after those it requires.

        Where the deadline passes, or its alarm goes off in the middle of something, the rest becomes `error`. Live servers
        come last: while they are waited for, everything else is decided.
        """
        self._ids = {id(subject): subject.id for subject in subjects}
        live = [rule for rule in rules if rule.resource in LIVE_TYPES]
        ordered = [*in_order(rule for rule in rules if rule.resource not in LIVE_TYPES), *in_order(live)]
        try:
            self._run(ordered, subjects)
        except DeadlineError:
            self.late = True
            self._run(ordered, subjects)

    def _run(self, rules: Sequence[Rule], subjects: Sequence[Subject]) -> None:
        """Go on after the last rule and subject that were decided."""
        start, begun = self._done
        for position, rule in enumerate(rules[start:], start=start):
            question = self._question(rule)
            for count, (number, subject) in enumerate(self._concerned(question, subjects, begun)):
                before = len(self.findings) + self._said
                if self.late or (count % _OFTEN == 0 and self._around.expired()):
                    self.late = True
                    self._add(
                        rule, subject, "error", reason="deadline", message="the deadline passed before this was decided"
                    )
                else:
                    self._judge(question, subject)
                if len(self.findings) + self._said == before:
                    raise AssertionError(f"rule {rule.id} gave no finding for {subject.id}")
                self._done = (position, number + 1)
            self._add_said(rule)
            self._done, begun = (position + 1, 0), 0

    def _concerned(self, question: Question, subjects: Sequence[Subject], begun: int) -> Iterable[tuple[int, Subject]]:
        """Return the subjects that a rule has something to judge of, each with its position, from one position on.

        Of a thousand services most have no resource of a type: they are counted together, once for each type.
        """
        rule = question.rule
        refused = self._refused(rule) if rule.when and not self.late else None
        if refused is not None:
            self._say_of_all(subjects[begun:], "condition", refused)
            return ()
        if self.late or question.varies or rule.required:
            return enumerate(subjects[begun:], start=begun)
        if rule.resource not in self._concerning:
            collected = [
                (number, subject, self._collection.of(subject, rule.resource))
                for number, subject in enumerate(subjects)
            ]
            self._concerning[rule.resource] = (
                [subject for _, subject, found in collected if found == ()],
                [(number, subject) for number, subject, found in collected if found != ()],
            )
        without, concerned = self._concerning[rule.resource]
        if without and not begun:
            self._say_of_all(without, "no_resource", question.nothing)
        return [pair for pair in concerned if pair[0] >= begun] if begun else concerned

    # -- one rule, one subject -------------------------------------------------------------------------------------

    def _judge(self, question: Question, subject: Subject) -> None:
        rule, where = question.rule, question.where
        condition = self._condition(rule, subject) if question.varies else None
        if condition is not None:
            self._say("not_applicable", subject, "condition", condition)
            return
        collected = self._collection.of(subject, rule.resource)
        if isinstance(collected, Crash):
            self._crashed(rule, subject, collected)
            return
        selected: list[Resource] = []
        undecided = False
        for resource in collected:
            chosen = True if where is None else where(resource)
            # Whether it is concerned cannot be told of what could not be read: one root cause, not ten symptoms.
            if chosen is True or (chosen is not False and self._blocked_by(rule, subject, resource)):
                selected.append(resource)
            elif chosen is not False:
                undecided = True
                self._undecided(rule, subject, resource, chosen)
        if not selected:
            if not undecided:
                self._nothing(question, subject)
        elif rule.quantifier == "some":
            self._some(question, subject, selected)
        else:
            for resource in selected:
                self._each(question, subject, resource)

    def _parameters(self, rule: Rule) -> Mapping[str, Any]:
        own = {name: value for name, value, _ in rule.overrides}
        return {**self._around.parameters, **own} if own else self._around.parameters

    def _question(self, rule: Rule) -> Question:
        if rule.resource not in self._types:
            self._types[rule.resource] = fact_types(resource_class(rule.resource))
        return Question(rule, Matching(self._parameters(rule), self._types[rule.resource]))

    def _nothing(self, question: Question, subject: Subject) -> None:
        rule = question.rule
        if rule.required:
            kind = rule.resource.replace("_", " ")
            self._failed.setdefault((rule.id, id(subject)), set()).add(None)
            self._add(
                rule,
                subject,
                "fail",
                reason="absent",
                message=generic(rule.message, self._parameters(rule), name=kind)
                if rule.message
                else f"no {kind} that the rule asks for is configured",
            )
        else:
            self._say("not_applicable", subject, "no_resource", question.nothing)

    def _each(self, question: Question, subject: Subject, resource: Resource) -> None:
        rule = question.rule
        blocked = self._blocked_by(rule, subject, resource) if rule.requires else None
        if blocked:
            message = f"not judged, because {blocked} failed for it"
            self._say("not_applicable", subject, "blocked_by", message, resource)
            return
        verdict = question.expect(resource)
        self._decide(question, subject, resource, negation(verdict) if rule.quantifier == "none" else verdict)

    def _some(self, question: Question, subject: Subject, selected: Sequence[Resource]) -> None:
        verdicts = [(question.expect(resource), resource) for resource in selected]
        overall = disjunction([verdict for verdict, _ in verdicts])
        # The one that decided stands for all: the first that holds, else the first that cannot be told, else the first.
        deciding = next(resource for verdict, resource in verdicts if verdict is overall)
        self._decide(question, subject, deciding, overall)

    def _decide(self, question: Question, subject: Subject, resource: Resource, verdict: Verdict) -> None:
        rule, matching = question.rule, question.matching
        if verdict is True:
            self._say("pass", subject, None, rule.title, resource)
            return
        if isinstance(verdict, (Unknown, Deferred)):
            self._undecided(rule, subject, resource, verdict)
            return
        self._failed.setdefault((rule.id, id(subject)), set()).add(resource.name)
        expected = matching.describe(rule.expect)
        failure = matching.first_failure(rule.expect, resource) if rule.quantifier != "none" else None
        fact, operator = failure or (None, None)
        shown = fact is not None and not self._types[rule.resource][fact].secret
        observed = getattr(resource, fact) if fact is not None and shown else HIDDEN
        # Which of several bars a secret missed would already say something about it.
        reason = REASONS[operator] if operator and shown else "not_met"
        self._add(
            rule,
            subject,
            "fail",
            resource=resource,
            reason=reason,
            expected=expected if rule.quantifier != "none" else f"not: {expected}",
            observed=list(observed) if isinstance(observed, tuple) else observed,
            message=filled(rule.message, resource, resource.name, self._parameters(rule))
            if rule.message
            else f"{resource.name}: expected {expected}",
        )

    def _undecided(self, rule: Rule, subject: Subject, resource: Resource, verdict: Unknown | Deferred) -> None:
        message = f"{resource.name}: {verdict.detail}"
        if isinstance(verdict, Deferred):
            self._say("deferred", subject, verdict.reason, message, resource)
            return
        self._failed.setdefault((rule.id, id(subject)), set()).add(resource.name)
        self._add(rule, subject, "error", resource=resource, reason=verdict.reason, message=message)

    def _crashed(self, rule: Rule, subject: Subject, crash: Crash) -> None:
        self._failed.setdefault((rule.id, id(subject)), set()).add(None)
        message = f"preflight's own code failed while it looked at {rule.resource.replace('_', ' ')} ({crash.exception} in {crash.place}); please report it"
        self._add(rule, subject, "error", reason="crash", message=message)

    # -- conditions and requirements -------------------------------------------------------------------------------

    def _refused(self, rule: Rule) -> str | None:
        """Return why the rule applies to no subject of this run, or None where that depends on the subject."""
        of_run = {"stage": self._around.stage, "profile": self._around.profile}
        for name, content in rule.when:
            if name == "parameter":
                parameter, matcher = content
                unmet = self._unmet(parameter, matcher, self._parameters(rule)[parameter])
            else:
                unmet = self._unmet(name, content, of_run[name]) if name in of_run else None
            if unmet is not None:
                return unmet
        return None

    def _condition(self, rule: Rule, subject: Subject) -> str | None:
        """Return why the rule does not apply to a subject, or None when it does."""
        for name, content in rule.when:
            unmet = None
            if name in {"present", "absent"}:
                for wanted in content:
                    found = self._collection.of(subject, wanted)
                    has = isinstance(found, Crash) or bool(found)
                    if has is not (name == "present"):
                        return f"applies only where a {wanted.replace('_', ' ')} is {name}"
            elif name == "environment":
                value, origin = self._around.environments.get(self._ids[id(subject)], (None, None))
                unmet = self._unmet(name, content, value, f" ({origin})" if origin is not None else "")
            elif name == "subject":
                unmet = self._unmet(name, content, subject.kind)
            if unmet is not None:
                return unmet
        return None

    def _unmet(self, condition: str, matcher: Matcher, value: Any, place: str = "") -> str | None:  # noqa: ANN401 - any parameter
        if Matching(self._around.parameters, {}).matches(matcher, value, _PLAIN[type(value)]) is True:
            return None
        shown = (
            "not declared" if value is None else ", ".join(value) if isinstance(value, tuple) else str(value).lower()
        )
        return f"does not apply where {condition.replace('_', ' ')} is {shown or 'empty'}{place}"

    def _blocked_by(self, rule: Rule, subject: Subject, resource: Resource) -> str | None:
        for required in rule.requires:
            names = self._failed.get((required, id(subject)), ())
            if None in names or resource.name in names:
                # What is blocked has failed too, as far as the rules that require it are concerned.
                self._failed.setdefault((rule.id, id(subject)), set()).add(resource.name)
                return required
        return None

    # -- what is no failure: one finding for all subjects that it is said of ---------------------------------------

    def _say(
        self, status: Status, subject: Subject, reason: str | None, message: str, resource: Resource | None = None
    ) -> None:
        """Keep for the end of the rule what is the same for many of a thousand services."""
        self._said += 1
        key = (status, resource.name if resource is not None else None, reason, message)
        kept = self._quiet.get(key)
        if kept is None:
            self._quiet[key] = (resource, [subject])
        else:
            kept[1].append(subject)

    def _say_of_all(self, subjects: Sequence[Subject], reason: str, message: str) -> None:
        """Keep that a rule does not apply to many at once."""
        self._said += len(subjects)
        self._quiet.setdefault(("not_applicable", None, reason, message), (None, []))[1].extend(subjects)

    def _add_said(self, rule: Rule) -> None:
        """Add what was kept, at the end of a rule."""
        for (status, _, reason, message), (resource, subjects) in self._quiet.items():
            ids = tuple(sorted({self._ids[id(subject)] for subject in subjects})) if len(subjects) > 1 else ()
            self._add(rule, subjects[0], status, resource=resource, reason=reason, message=message, ids=ids)
        self._quiet.clear()

    # -- findings --------------------------------------------------------------------------------------------------

    def _add(
        self, rule: Rule, subject: Subject, status: Status, *, message: str, resource: Resource | None = None,
        reason: str | None = None, expected: str | None = None, observed: Any = HIDDEN,  # noqa: ANN401 - any fact
        ids: tuple[str, ...] = (),
    ) -> None:  # fmt: skip
        severe = SEVERITY_RANK[rule.severity] >= SEVERITY_RANK[self._around.fail_on]
        blocking = (
            status == "error"
            or (status == "fail" and severe)
            or (status == "deferred" and self._around.stage == "start")
        )
        self.findings.append(
            Finding(
                rule=rule.id,
                pack=rule.pack,
                status=status,
                severity=rule.severity,
                blocking=blocking,
                subjects=ids or (self._ids[id(subject)],),
                resource=(rule.resource, resource.name) if resource is not None else None,
                origin=resource.origin if resource is not None else subject.origin,
                via=resource.via if resource is not None else (),
                title=rule.title,
                message=message,
                expected=expected,
                observed=observed,
                reason=reason,
                rationale=rule.rationale,
                remediation=rule.remediation
                if status in _NOTHING_TO_DO
                else filled(rule.remediation, resource, resource.name, self._parameters(rule))
                if resource is not None
                else generic(rule.remediation, self._parameters(rule)),
                references=rule.references,
            )
        )


def in_order(rules: Iterable[Rule]) -> list[Rule]:
    """Sort rules so that each comes after those it requires; otherwise by id.

    Requirements were checked for cycles when the packs were put together.
    """
    remaining = {rule.id: rule for rule in sorted(rules, key=lambda rule: rule.id)}
    ordered: list[Rule] = []
    while remaining:
        ready = [rule for rule in remaining.values() if not any(required in remaining for required in rule.requires)]
        for rule in ready or list(remaining.values()):
            ordered.append(rule)
            del remaining[rule.id]
    return ordered


_KINDS = {bool: "flag", int: "number", float: "number", str: "text", tuple: "list", type(None): "text"}
_PLAIN = {python_type: FactType(kind) for python_type, kind in _KINDS.items()}
