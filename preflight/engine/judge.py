"""Rules times resources: findings.

Each selected rule gives at least one finding for each subject; the count is asserted before the findings leave.
"""

from __future__ import annotations

from preflight.engine.collecting import Crash
from preflight.engine.matching import REASONS, Matching, disjunction, negation
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
    from preflight.packs.model import Rule
    from preflight.resources.base import Resource


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
        self._failed: dict[tuple[str, str], set[str | None]] = {}
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
            matching = self._matching(rule)
            for number, subject in self._concerned(rule, subjects, begun):
                before = len(self.findings) + self._said
                if self.late or self._around.expired():
                    self.late = True
                    self._add(
                        rule, subject, "error", reason="deadline", message="the deadline passed before this was decided"
                    )
                else:
                    self._judge(rule, subject, matching)
                if len(self.findings) + self._said == before:
                    raise AssertionError(f"rule {rule.id} gave no finding for {subject.id}")
                self._done = (position, number + 1)
            self._add_said(rule)
            self._done, begun = (position + 1, 0), 0

    def _concerned(self, rule: Rule, subjects: Sequence[Subject], begun: int) -> Iterable[tuple[int, Subject]]:
        """Return the subjects that a rule has something to judge of, each with its position, from one position on.

        Of a thousand services most have no resource of a type: they are counted together, once for each type.
        """
        if self.late or rule.when or rule.required:
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
            self._said += len(without)
            self._keep("not_applicable", without, *_no_resource(rule))
        return [pair for pair in concerned if pair[0] >= begun] if begun else concerned

    # -- one rule, one subject -------------------------------------------------------------------------------------

    def _judge(self, rule: Rule, subject: Subject, matching: Matching) -> None:
        condition = self._condition(rule, subject) if rule.when else None
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
            chosen = True if rule.where is None else matching.holds(rule.where, resource)
            # Whether it is concerned cannot be told of what could not be read: one root cause, not ten symptoms.
            if chosen is True or (chosen is not False and self._blocked_by(rule, subject, resource)):
                selected.append(resource)
            elif chosen is not False:
                undecided = True
                self._undecided(rule, subject, resource, chosen)
        if not selected:
            if not undecided:
                self._nothing(rule, subject)
        elif rule.quantifier == "some":
            self._some(rule, subject, selected, matching)
        else:
            for resource in selected:
                self._each(rule, subject, resource, matching)

    def _parameters(self, rule: Rule) -> Mapping[str, Any]:
        own = {name: value for name, value, _ in rule.overrides}
        return {**self._around.parameters, **own} if own else self._around.parameters

    def _matching(self, rule: Rule) -> Matching:
        if rule.resource not in self._types:
            self._types[rule.resource] = fact_types(resource_class(rule.resource))
        return Matching(self._parameters(rule), self._types[rule.resource])

    def _nothing(self, rule: Rule, subject: Subject) -> None:
        kind = rule.resource.replace("_", " ")
        if rule.required:
            self._failed.setdefault((rule.id, subject.id), set()).add(None)
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
            self._say("not_applicable", subject, *_no_resource(rule))

    def _each(self, rule: Rule, subject: Subject, resource: Resource, matching: Matching) -> None:
        blocked = self._blocked_by(rule, subject, resource) if rule.requires else None
        if blocked:
            message = f"not judged, because {blocked} failed for it"
            self._say("not_applicable", subject, "blocked_by", message, resource)
            return
        verdict = matching.holds(rule.expect, resource)
        if rule.quantifier == "none":
            verdict = negation(verdict)
        self._decide(rule, subject, resource, verdict, matching)

    def _some(self, rule: Rule, subject: Subject, selected: Sequence[Resource], matching: Matching) -> None:
        verdicts = [(matching.holds(rule.expect, resource), resource) for resource in selected]
        overall = disjunction([verdict for verdict, _ in verdicts])
        # The one that decided stands for all: the first that holds, else the first that cannot be told, else the first.
        deciding = next(resource for verdict, resource in verdicts if verdict is overall)
        self._decide(rule, subject, deciding, overall, matching)

    def _decide(self, rule: Rule, subject: Subject, resource: Resource, verdict: Verdict, matching: Matching) -> None:
        if isinstance(verdict, (Unknown, Deferred)):
            self._undecided(rule, subject, resource, verdict)
            return
        if verdict:
            self._say("pass", subject, None, rule.title, resource)
            return
        self._failed.setdefault((rule.id, subject.id), set()).add(resource.name)
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
        self._failed.setdefault((rule.id, subject.id), set()).add(resource.name)
        self._add(rule, subject, "error", resource=resource, reason=verdict.reason, message=message)

    def _crashed(self, rule: Rule, subject: Subject, crash: Crash) -> None:
        self._failed.setdefault((rule.id, subject.id), set()).add(None)
        message = f"preflight's own code failed while it looked at {rule.resource.replace('_', ' ')} ({crash.exception} in {crash.place}); please report it"
        self._add(rule, subject, "error", reason="crash", message=message)

    # -- conditions and requirements -------------------------------------------------------------------------------

    def _condition(self, rule: Rule, subject: Subject) -> str | None:
        """Return why the rule does not apply to a subject, or None when it does."""
        for name, content in rule.when:
            if name in {"present", "absent"}:
                for wanted in content:
                    found = self._collection.of(subject, wanted)
                    has = isinstance(found, Crash) or bool(found)
                    if has is not (name == "present"):
                        return f"applies only where a {wanted.replace('_', ' ')} is {name}"
                continue
            condition, matcher, value, place = name, content, None, ""
            if name == "parameter":
                condition, matcher = content
                value = self._parameters(rule)[condition]
            elif name == "environment":
                value, origin = self._around.environments.get(subject.id, (None, None))
                place = f" ({origin})" if origin is not None else ""
            else:
                value = {"stage": self._around.stage, "profile": self._around.profile, "subject": subject.kind}[name]
            matching = Matching(self._around.parameters, {})
            if matching.matches(matcher, value, _PLAIN[type(value)]) is not True:
                shown = (
                    "not declared"
                    if value is None
                    else ", ".join(value)
                    if isinstance(value, tuple)
                    else str(value).lower()
                )
                return f"does not apply where {condition.replace('_', ' ')} is {shown or 'empty'}{place}"
        return None

    def _blocked_by(self, rule: Rule, subject: Subject, resource: Resource) -> str | None:
        for required in rule.requires:
            names = self._failed.get((required, subject.id), ())
            if None in names or resource.name in names:
                # What is blocked has failed too, as far as the rules that require it are concerned.
                self._failed.setdefault((rule.id, subject.id), set()).add(resource.name)
                return required
        return None

    # -- what is no failure: one finding for all subjects that it is said of ---------------------------------------

    def _say(
        self, status: Status, subject: Subject, reason: str | None, message: str, resource: Resource | None = None
    ) -> None:
        self._said += 1
        self._keep(status, [subject], reason, message, resource)

    def _keep(
        self, status: Status, subjects: Sequence[Subject], reason: str | None, message: str,
        resource: Resource | None = None,
    ) -> None:  # fmt: skip
        """Keep for the end of the rule what is the same for many of a thousand services."""
        key = (status, resource.name if resource is not None else None, reason, message)
        self._quiet.setdefault(key, (resource, []))[1].extend(subjects)

    def _add_said(self, rule: Rule) -> None:
        """Add what was kept, at the end of a rule."""
        for (status, _, reason, message), (resource, subjects) in self._quiet.items():
            ids = tuple(sorted({self._ids[id(subject)] for subject in subjects}))
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
                subjects=ids or (subject.id,),
                resource=(rule.resource, resource.name) if resource is not None else None,
                origin=resource.origin if resource is not None else subject.origin,
                via=resource.via if resource is not None else (),
                title=rule.title,
                message=message,
                expected=expected,
                observed=observed,
                reason=reason,
                rationale=rule.rationale,
                remediation=filled(rule.remediation, resource, resource.name, self._parameters(rule))
                if resource is not None
                else generic(rule.remediation, self._parameters(rule)),
                references=rule.references,
            )
        )


def _no_resource(rule: Rule) -> tuple[str, str]:
    """Return the reason and the message for a subject that has nothing that a rule is about."""
    return "no_resource", f"there is no {rule.resource.replace('_', ' ')} that this rule is about"


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


def merged(findings: Iterable[Finding]) -> list[Finding]:
    """Make one finding with several subjects of equal findings that differ in nothing else."""
    groups: dict[tuple[object, ...], list[Finding]] = {}
    for finding in findings:
        observed = str(finding.observed) if finding.observed is not HIDDEN else None
        # One value that reaches several services is one fact: what counts is where the value itself is written.
        written = finding.via[-1] if finding.via else finding.origin
        place = (
            (written.file, written.line, written.column)
            if finding.resource is not None and written is not None
            else finding.subjects
            if finding.status != "not_applicable"
            else None
        )
        key = (finding.rule, finding.status, finding.resource, place, finding.reason, finding.message, observed)
        groups.setdefault(key, []).append(finding)
    return [group[0] if len(group) == 1 else _together(group) for group in groups.values()]


def _together(group: list[Finding]) -> Finding:
    """Return one finding for several that say the same: all subjects, and every place that the value passes through."""
    first = group[0]
    places = [place for one in group for place in (*((one.origin,) if one.origin is not None else ()), *one.via)]
    via = tuple(place for place in dict.fromkeys(places) if place != first.origin)
    subjects = dict.fromkeys(subject for one in group for subject in one.subjects)
    together: Finding = first.replace(subjects=tuple(sorted(subjects)), via=via)
    return together


_KINDS = {bool: "flag", int: "number", float: "number", str: "text", tuple: "list", type(None): "text"}
_PLAIN = {python_type: FactType(kind) for python_type, kind in _KINDS.items()}
