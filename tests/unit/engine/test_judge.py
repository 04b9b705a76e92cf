"""Rules times resources, with made-up resources."""

from __future__ import annotations

import pytest

from preflight.engine.collecting import Crash
from preflight.engine.judge import Judge, Surroundings, in_order
from preflight.engine.merging import merged
from preflight.engine.verdict import exit_code, judged_nothing, verdict
from preflight.model.fact import Deferred, Unknown
from preflight.model.origin import Origin
from preflight.model.problem import Problem
from preflight.model.subject import Subject
from preflight.packs.model import Rule
from preflight.resources.redis_client import RedisClient

TLS = ("fact", "tls", (("equals", ("value", True)),))


def client(name="A", **facts):
    return RedisClient(
        name=name,
        origin=Origin(file="f", line=1, column=1),
        **{"network": "remote", "tls": True, "verifies": True, "password": True, "scheme_meant": None, **facts},
    )


def rule(rule_id="r-tls", **changes):
    values = {
        "id": rule_id, "pack": "p", "title": "Title", "severity": "high", "resource": "redis_client", "expect": TLS, "rationale": "Why.",
        "remediation": "Do.", "references": ("CWE-1",), "origin": Origin(file="p.yaml", line=1, column=1), **changes,
    }  # fmt: skip
    return Rule(**values)


class Fixed:
    def __init__(self, *resources, **by_type):
        self.resources = {"redis_client": resources, "environment": (), "vault_client": (), **by_type}

    def of(self, _subject, resource_type):
        return self.resources[resource_type]


def run(rules, collection, *, subjects=("s",), expired=lambda: False, **around):
    values = {
        "stage": "build",
        "profile": "production",
        "fail_on": "high",
        "parameters": {},
        "environments": {},
        "expired": expired,
        **around,
    }
    judge = Judge(collection, Surroundings(**values))
    judge.run(rules, [Subject(kind="env_file", name=name, settings={}, origin=Origin(file=name)) for name in subjects])
    return judge


def statuses(*args, **kwargs):
    return [finding.status for finding in run(*args, **kwargs).findings]


def test_every_resource_gets_its_own_finding():
    assert sorted(statuses([rule()], Fixed(client(), client("B", tls=False)))) == ["fail", "pass"]


def test_some_needs_one_and_none_needs_the_contrary():
    assert statuses([rule(quantifier="some")], Fixed(client(tls=False), client("B"))) == ["pass"]
    assert statuses([rule(quantifier="some")], Fixed(client(tls=False), client("B", tls=False))) == ["fail"]
    assert statuses([rule(quantifier="none")], Fixed(client(tls=False), client("B"))) == ["fail", "pass"]


def test_nothing_found_is_not_applicable_or_a_failure_where_it_is_required():
    assert statuses([rule()], Fixed()) == ["not_applicable"]
    assert statuses([rule(required=True)], Fixed()) == ["fail"]
    assert statuses([rule(required=True, where=TLS)], Fixed(client(tls=False))) == ["fail"]


@pytest.mark.parametrize("stage", ["build", "start"])
def test_what_cannot_be_told_is_an_error_or_deferred(stage):
    judge = run(
        [rule()],
        Fixed(
            client(tls=Unknown(reason="malformed", detail="x")),
            client("B", tls=Deferred(reason="reference", detail="x")),
        ),
        stage=stage,
    )
    assert [finding.status for finding in judge.findings] == ["error", "deferred"]
    assert [finding.blocking for finding in judge.findings] == [True, stage == "start"]


def test_a_selection_that_cannot_be_told_does_not_pass():
    assert statuses([rule(where=TLS)], Fixed(client(tls=Unknown(reason="malformed", detail="x")))) == ["error"]


def test_a_crash_is_an_error_and_the_rest_is_judged():
    judge = run(
        [rule(), rule("r-vault", resource="vault_client", expect=("fact", "https", (("equals", ("value", True)),)))],
        Fixed(client(), vault_client=Crash(exception="ValueError", place="x, line 1")),
    )
    assert [(f.rule, f.status, f.blocking) for f in judge.findings] == [
        ("r-tls", "pass", False),
        ("r-vault", "error", True),
    ]
    assert "ValueError" in judge.findings[1].message


def test_requirements_give_one_root_cause():
    second = rule("a-second", requires=("r-tls",), expect=("fact", "verifies", (("equals", ("value", True)),)))
    third = rule("b-third", requires=("a-second",), expect=("fact", "password", (("equals", ("value", True)),)))
    judge = run([second, third, rule()], Fixed(client(tls=False, verifies=False, password=False), client("B")))
    got = {(f.rule, f.resource[1]): (f.status, f.reason) for f in judge.findings}
    assert got["r-tls", "A"] == ("fail", "not_equal")
    assert got["a-second", "A"] == ("not_applicable", "blocked_by")
    assert got["b-third", "A"] == ("not_applicable", "blocked_by")
    assert got["b-third", "B"] == ("pass", None)


@pytest.mark.parametrize(
    ("when", "status"),
    [
        ((("stage", (("equals", ("value", "build")),)),), "pass"),
        ((("stage", (("equals", ("value", "start")),)),), "not_applicable"),
        ((("environment", (("equals", ("value", "production")),)),), "not_applicable"),
        ((("present", ("vault_client",)),), "not_applicable"),
        ((("absent", ("vault_client",)),), "pass"),
        ((("parameter", ("least", (("at_least", ("value", 3)),))),), "pass"),
        ((("parameter", ("least", (("at_least", ("value", 4)),))),), "not_applicable"),
    ],
)
def test_conditions(when, status):
    judge = run([rule(when=when)], Fixed(client()), parameters={"least": 3})
    assert [finding.status for finding in judge.findings] == [status]


def test_a_condition_says_the_value_and_where_it_comes_from():
    when = (("environment", (("equals", ("value", "production")),)),)
    judge = run(
        [rule(when=when)], Fixed(client()), environments={"env_file:s": ("test", Origin(file=".env", line=3, column=1))}
    )
    assert judge.findings[0].message == "does not apply where environment is test (.env:3:1)"


def test_the_threshold_decides_what_blocks():
    for fail_on, blocking in (("low", True), ("high", True), ("critical", False)):
        assert run([rule()], Fixed(client(tls=False)), fail_on=fail_on).findings[0].blocking is blocking


def test_after_the_deadline_everything_left_is_an_error():
    ticks = iter([False, True, True, True])
    judge = run([rule("a-first"), rule("b-next"), rule("c-last")], Fixed(client()), expired=lambda: next(ticks))
    assert [f.status for f in judge.findings] == ["pass", "error", "error"]
    assert judge.late


def test_the_deadline_is_looked_at_whichever_subjects_a_rule_concerns():
    class Second(Fixed):
        def of(self, subject, resource_type):
            return super().of(subject, resource_type) if subject.name == "b" else ()

    judge = run([rule()], Second(client()), subjects=("a", "b"), expired=lambda: True)
    assert [(f.status, f.subjects) for f in judge.findings if f.status != "not_applicable"] == [
        ("error", ("env_file:b",))
    ]
    assert judge.late


def test_equal_findings_of_several_subjects_are_one():
    judge = run([rule()], Fixed(client(tls=False)), subjects=("a", "b", "c"))
    assert len(judge.findings) == 3
    one = merged(judge.findings)
    assert len(one) == 1
    assert one[0].subjects == ("env_file:a", "env_file:b", "env_file:c")


def test_messages_are_filled():
    judge = run(
        [rule(message="{name}: {network} ${NAME} {$least} {tls}")], Fixed(client(tls=False)), parameters={"least": 7}
    )
    assert judge.findings[0].message == "A: remote ${NAME} 7 false"


def test_order_puts_requirements_first():
    rules = [rule("a-a", requires=("c-c",)), rule("b-b", requires=("a-a",)), rule("c-c")]
    assert [one.id for one in in_order(rules)] == ["c-c", "a-a", "b-b"]


def test_exit_codes_take_the_first_of_the_table():
    def problem(kind):
        return Problem(kind=kind, code="x", message="x", hint="x")

    failing = run([rule()], Fixed(client(tls=False))).findings
    assert exit_code([], []) == 0
    assert exit_code(failing, []) == 1
    assert exit_code(failing, [problem("deadline")]) == 5
    assert exit_code(failing, [problem("deadline"), problem("input")]) == 4
    assert exit_code(failing, [problem("input"), problem("configuration")]) == 3
    assert exit_code(failing, [problem("internal"), problem("configuration")]) == 70
    assert exit_code(failing, [problem("internal")], 15) == 143
    assert [verdict(code) for code in (0, 1, 3, 4, 5, 70, 143)] == [
        "pass",
        "fail",
        "error",
        "error",
        "error",
        "error",
        "error",
    ]


def test_only_not_applicable_is_nothing_judged():
    assert judged_nothing(run([rule()], Fixed()).findings)
    assert not judged_nothing(run([rule()], Fixed(client())).findings)


def test_what_is_filled_into_a_command_is_quoted_for_the_shell():
    rules = [rule(remediation="Close {name}.\n$ chmod 600 {name}")]
    judge = run(rules, Fixed(client("a;id 'x'", tls=False), client("a/b.pem", tls=False)))
    assert (
        judge.findings[0].remediation
        == r"""Close a;id 'x'.
$ chmod 600 'a;id '\''x'\'''"""
    )
    assert judge.findings[1].remediation.endswith("$ chmod 600 a/b.pem")
