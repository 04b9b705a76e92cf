"""One run: read the inputs, put the rules together, judge, and decide.

Whatever happens on the way, an outcome comes back: inputs that cannot be read are problems in it, and a signal or the
deadline leaves what was decided so far.
"""

from __future__ import annotations

from preflight.bindings import Bindings
from preflight.engine.collecting import Collection, Crash
from preflight.engine.judge import Judge, Surroundings
from preflight.engine.merging import merged
from preflight.engine.verdict import exit_code, judged_nothing
from preflight.errors import ConfigurationError, DeadlineError, Interrupted
from preflight.gate.inputs import Inputs
from preflight.gate.report import Outcome
from preflight.model.digest import KeyedDigest
from preflight.model.problem import Problem
from preflight.packs.library import assemble, profile_names, read_packs
from preflight.probes.container_files import files_of
from preflight.resources import LIVE_TYPES
from preflight.resources.base import Context
from preflight.resources.environment import STRICTEST, Environment
from preflight.sources.secret_files import with_secret_files

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from preflight.gate.request import Request
    from preflight.live.checks import LiveChecks
    from preflight.model.origin import Origin
    from preflight.model.setting import Setting
    from preflight.model.subject import Subject
    from preflight.packs.library import RuleSet
    from preflight.packs.model import Pack, Rule


_AHEAD = 0.25  # seconds
NOT_KNOWN = "not known: the run stopped before it was chosen"


class Run:
    """One run of the gate.

    Args:
        request: What was asked.

    Attributes:
        change: Turns each rule into the one to run instead; the mutation of examples uses it.
    """

    def __init__(self, request: Request) -> None:
        self._request = request
        self.change: Callable[[Rule], Rule] | None = None
        self._started = request.clock.monotonic()
        self._started_at = request.clock.iso8601()
        self._problems: list[Problem] = []
        self._inputs = Inputs(request)
        self._rules: RuleSet | None = None
        self._judge: Judge | None = None
        self._subjects: tuple[Subject, ...] = ()
        self._profile: tuple[str, str] | None = request.profile
        self._environments: dict[str, tuple[str | None, Origin | None]] = {}
        self._strictest: tuple[str | None, Origin | None] = (None, None)
        self._deployment: Subject | None = None
        self._signal: int | None = None

    def outcome(self, *, settled: Callable[[], None] | None = None) -> Outcome:
        """Run, and return everything that was found out.

        Args:
            settled: Called when nothing is judged any more, so that an alarm for the deadline can be taken back.
        """
        try:
            try:
                self._go()
            finally:
                if settled is not None:
                    settled()
        except Interrupted as stop:
            self._signal = stop.exit_code - 128
            self._problems += stop.problems
        except DeadlineError:  # before the judge began, who would have made the rest `error`
            self._late()
        except ConfigurationError as bad:
            self._problems += bad.problems
        return self._outcome()

    def _late(self) -> None:
        hint = "Raise the deadline, or look at what is slow (a network file system?)."
        message = "the deadline passed before every check was decided"
        self._problems.append(Problem(kind="deadline", code="deadline", message=message, hint=hint))

    def _go(self) -> None:
        request = self._request
        inputs = self._inputs
        bindings = Bindings(request.bindings, request.not_secret)
        digest = KeyedDigest()
        inputs.read(bindings, digest)
        self._problems += inputs.problems
        bindings = inputs.bindings(bindings)
        deferred = request.defer_paths if request.stage == "build" else ()
        services = any(subject.service is not None for subject in inputs.subjects)
        self._subjects = tuple(
            subject
            if services and subject.kind == "env_file"  # its paths are those of containers
            else with_secret_files(subject, bindings, files_of(subject, request.files), deferred=deferred)
            for subject in inputs.subjects
        )
        self._deployment = _deployment(self._subjects)
        peers = {
            name: subject
            for subject in self._subjects
            if subject.service is not None
            for name in subject.service.host_names
        }
        context = Context(
            bindings=bindings,
            files=request.files,
            host=request.files,
            deployment=self._deployment,
            neighbours=frozenset(peers),
            peers=peers,
            git=request.git,
            clock=request.clock,
            stage=request.stage,
            digest=digest,
            examples=inputs.examples,
            environment=request.home,
            defer_paths=deferred,
            contract=inputs.contract,
            required_roles=request.required_roles,
            in_container=request.in_container,
            as_uid=request.as_uid,
            as_gids=request.as_gids,
            live=self._live(),
        )
        collection = Collection(context)
        profile = self._declare(collection)
        self._profile = profile if profile[0] in profile_names() else None  # one that there is not is not in force
        self._rules = self._asked_for(assemble(profile[0], self._own_packs(), request.changes))
        if not self._subjects:
            return
        parameters = {name: value for name, (value, _) in self._rules.parameters.items()}
        around = Surroundings(
            stage=request.stage,
            profile=profile[0],
            fail_on=request.fail_on,
            parameters=parameters,
            environments=self._environments,
            expired=self._expired,
        )
        self._judge = Judge(collection, around)
        rules = self._rules.rules if self.change is None else tuple(self.change(rule) for rule in self._rules.rules)
        self._judge.run(rules, self._subjects)
        if self._judge.late:
            self._late()
        elif judged_nothing(self._judge.findings):
            bind = "bind your settings' names to roles in preflight.yaml (docs/recognised-names.md tells which are known by themselves)."
            hint = (
                f"Name the inputs (`preflight check .env.production`), or {bind}"
                if self._request.discover
                else f"Nothing in them has a name that a rule knows: {bind}"
                if self._request.process is None
                else "This process has no setting that a rule knows: look at what gives it its environment, or bind your "
                "settings' names to roles in preflight.yaml."
            )
            self._problems.append(
                Problem(
                    kind="input",
                    code="nothing_to_judge",
                    message="no rule found anything to judge in the inputs",
                    hint=hint,
                )
            )

    def _asked_for(self, rules: RuleSet) -> RuleSet:
        """Leave rules about live servers out where nobody asked for live checks."""
        if self._request.live is not None:
            return rules
        asked: RuleSet = rules.replace(rules=tuple(rule for rule in rules.rules if rule.resource not in LIVE_TYPES))
        return asked

    def _live(self) -> LiveChecks | None:
        asked = self._request.live
        if asked is None:
            return None
        from preflight.live.checks import LiveChecks
        from preflight.live.deadline import Deadline

        left = self._request.deadline - (self._request.clock.monotonic() - self._started)
        # A little earlier than the alarm: a server that was waited for in vain then has its reason in the report.
        return LiveChecks(
            Deadline(left - min(_AHEAD, left / 10)),
            wait=asked.wait,
            timeout=asked.timeout,
            endpoints=asked.endpoints,
            endpoints_at=asked.endpoints_at,
            announce=asked.announce,
            recorded=asked.recorded,
        )

    def _expired(self) -> bool:
        return self._request.clock.monotonic() - self._started > self._request.deadline

    def _own_packs(self) -> tuple[Pack, ...]:
        paths, texts, problems = self._inputs.own_packs()
        if problems:
            raise ConfigurationError(problems)
        from preflight.packs.library import builtin_packs

        return read_packs(paths, texts, before=builtin_packs()) if paths else ()

    def _declare(self, collection: Collection) -> tuple[str, str]:
        """Find out which environment each subject declares, and return the profile: the strictest chooses it."""
        for subject in self._subjects:
            found = collection.of(subject, "environment")
            rows: Sequence[Environment] = (
                () if isinstance(found, Crash) else [row for row in found if isinstance(row, Environment)]
            )
            named = [(row.declared, row.origin) for row in rows if isinstance(row.declared, str)]
            named.sort(key=lambda pair: STRICTEST.index(pair[0]) if pair[0] in STRICTEST else -1)
            self._environments[subject.id] = named[0] if named else (None, None)
        known = [pair for pair in self._environments.values() if pair[0] is not None]
        known.sort(key=lambda pair: STRICTEST.index(pair[0]) if pair[0] in STRICTEST else -1)
        # Of a deployment's services one that declares it is enough; subjects that stand alone each need to.
        undeclared = len(known) < len(self._subjects) and self._deployment is None
        if known:
            self._strictest = known[0]
        if self._request.profile is not None:
            return self._request.profile
        if not known or undeclared:
            return ("production", "default: nothing declares the environment")
        name, origin = known[0]
        if name in profile_names():
            return (name, f"declared by {_declared_by(origin)}")
        return ("production", f"default: {_declared_by(origin)} declares no environment that has a profile")

    def _outcome(self) -> Outcome:
        findings = merged(self._judge.findings) if self._judge is not None else []
        code = exit_code(findings, self._problems, self._signal)
        elapsed = self._request.clock.monotonic() - self._started
        unresolved = [
            {"setting": setting.name, "origin": str(setting.origin), "reason": setting.value.kind}
            for subject in self._subjects
            for setting in subject.settings.values()
            if setting.value is not None and hasattr(setting.value, "kind")
        ]
        coverage = {
            "files": len([one for one in self._inputs.read_inputs if one.path is not None]),
            "rules": len(self._rules.rules) if self._rules is not None else 0,
            "subjects": len(self._subjects),
            "settings": sum(len(subject.settings) for subject in self._subjects),
            "unresolved": unresolved,
        }
        return Outcome(
            exit_code=code,
            stage=self._request.stage,
            profile=self._profile or (None, NOT_KNOWN),
            environment=self._strictest,
            fail_on=self._request.fail_on,
            configuration=self._request.configuration,
            inputs=tuple(self._inputs.read_inputs),
            rules=self._rules,
            problems=tuple(self._problems),
            findings=tuple(findings),
            coverage=coverage,
            notes=(*self._request.notes, *self._inputs.notes),
            started_at=self._started_at,
            duration_ms=round(elapsed * 1000),
        )


def _deployment(subjects: tuple[Subject, ...]) -> Subject | None:
    """Return the subject that answers for all services and the env files beside them, with the settings of all: what runs before what is only interpolated."""
    if all(subject.service is None for subject in subjects):
        return None
    settings: dict[str, Setting] = {}
    for subject in sorted(subjects, key=lambda one: one.kind == "env_file"):
        for name, setting in subject.settings.items():
            if name not in settings or not settings[name].is_set:
                settings[name] = setting
    env_files = tuple(dict.fromkeys(one for subject in subjects for one in subject.env_files))
    whole: Subject = subjects[0].replace(settings=settings, env_files=env_files)
    return whole


def _declared_by(origin: Origin | None) -> str:
    if origin is None:
        return "the environment"
    if origin.setting is None:
        return f"the name of {origin.file}"
    return f"{origin.setting} at {origin}" if origin.file is not None else f"the environment variable {origin.setting}"
