"""Text reports: golden expectations in `expected/`, and what each part promises.

pytest tests/unit/renderers --update-golden     rewrite, then review the diff
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.report_cases import CASES, CORS_HTTP, MALFORMED, PASSED, REFERENCED, SSLMODE, WAIVED, open_key, placeholder
from support.reports import finding, option, origin, problem, report

from preflight.renderers.text import render

EXPECTED = Path(__file__).parent / "expected"
ANSI = re.compile(r"\x1b\[[0-9;]*m")


@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize("case", sorted(CASES))
def test_a_report_reads_as_expected(case, width, request):
    compare(EXPECTED / f"{case}.{width}.txt", render(CASES[case], width=width), request)


@pytest.mark.parametrize("case", ["pass-with-more", "loosened", "refused"])
def test_a_verbose_report_reads_as_expected(case, request):
    compare(EXPECTED / f"{case}.verbose.txt", render(CASES[case], width=100, verbose=True), request)


def compare(path, text, request):
    if request.config.getoption("--update-golden"):
        path.write_text(text, encoding="utf-8")
    assert text == path.read_text(encoding="utf-8")


def test_every_expectation_has_its_case():
    names = {f"{case}.{kind}.txt" for case in CASES for kind in ("80", "120", "verbose")}
    assert {path.name for path in EXPECTED.iterdir()} <= names


# -- the verdict -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("whole", "verdict"),
    [
        (report(PASSED), "MAY START: 3 checks passed"),
        (report(PASSED[:1]), "MAY START: 1 check passed"),
        (report([*PASSED, CORS_HTTP]), "MAY START: 3 checks passed, 1 warning"),
        (report([*PASSED, WAIVED]), "MAY START: 3 checks passed, 1 waived"),
        (report([*PASSED, *REFERENCED]), "MAY START: 3 checks passed, 3 deferred to the start"),
        (report([SSLMODE]), "REFUSED: 1 of 47 rules blocks this start (1 critical)"),
        (report([placeholder("A", 1), placeholder("B", 2), SSLMODE]), "REFUSED: 2 of 47 rules block this start (2 critical)"),
        (report(MALFORMED), "REFUSED: 2 of 47 rules block this start (2 undecided)"),
        (report([{**MALFORMED[0], "rule": SSLMODE["rule"]}, SSLMODE]), "REFUSED: 1 of 47 rules blocks this start (1 critical)"),
        (report(REFERENCED, stage="start"), "REFUSED: 3 of 47 rules block this start (3 deferred)"),
        (report(problems=[problem("input", "missing", "m", "h")]), "NOT JUDGED: an input cannot be judged (exit code 4)"),
        (report([SSLMODE], problems=[problem("input", "missing", "m", "h")]), "NOT JUDGED: an input cannot be judged (exit code 4); 1 rule blocks too"),
        (report(MALFORMED, problems=[problem("deadline", "late", "m", "h")]), "NOT JUDGED: the deadline passed (exit code 5); 2 rules block too"),
        (report(problems=[problem("configuration", "bad", "m", "h")]), "NOT JUDGED: preflight itself is misconfigured (exit code 3)"),
        (report(problems=[problem("internal", "bug", "m", "h")]), "NOT JUDGED: a bug in preflight (exit code 70)"),
        (report(problems=[problem("interrupted", "interrupted", "m", "h")], exit_code=130), "NOT JUDGED: interrupted (exit code 130)"),
        (report(problems=[problem("interrupted", "interrupted", "m", "h")]), "NOT JUDGED: terminated (exit code 143)"),
    ],
)  # fmt: skip
def test_the_verdict_is_the_first_line_and_said_once_where_it_stays_in_sight(whole, verdict):
    lines = render(whole).splitlines()
    assert lines[0] == verdict
    assert lines.count(verdict) == 1
    assert lines[-1]


def test_the_verdict_of_a_long_report_is_its_last_line_too():
    lines = render(report([placeholder(f"S{number}", number) for number in range(1, 30)])).splitlines()
    assert lines[0] == lines[-1]
    assert lines[0].startswith("REFUSED")


def test_a_run_that_stopped_before_it_knew_the_profile_names_none():
    whole = report(
        problems=[problem("configuration", "bad", "m", "h")],
        profile={"name": None, "source": "not known: the run stopped before it was chosen"},
        environment={"name": None, "origin": None},
        inputs=[],
    )
    text = render(whole)
    assert "profile not known: the run stopped" in text
    assert "production" not in text


# -- findings ----------------------------------------------------------------------------------------------------------


def order_of(text):
    labels = "CRITICAL|HIGH|MEDIUM|LOW|ERROR|DEFERRED|WAIVED"
    return re.findall(rf"^(?:{labels}) +\S+(?: \(warning\))?", text, re.MULTILINE)


def test_what_blocks_comes_first_and_the_most_severe_before_the_rest():
    low = finding("low-rule", "m", severity="low")
    text = render(report([low, CORS_HTTP, WAIVED, open_key("/k", 1), MALFORMED[0], SSLMODE]))
    assert order_of(text) == [
        "CRITICAL postgres-sslmode",
        "HIGH     private-key-file-private",
        "ERROR    tls-min-version",
        "MEDIUM   cors-plain-http (warning)",
        "LOW      low-rule (warning)",
        "WAIVED   postgres-sslmode",
    ]


def test_the_first_line_alone_tells_rule_place_setting_and_what_is_wrong():
    lines = render(report([SSLMODE]), width=120).splitlines()
    assert (
        "CRITICAL postgres-sslmode  .env.production:4:1  DATABASE_URL: sslmode is require; at least verify-ca is needed"
        in lines
    )


def test_findings_of_one_rule_share_why_and_fix_and_lose_no_command():
    text = render(report([open_key("/a.pem", 21), open_key("/b.pem", 22), open_key("/a.pem", 23)]))
    assert text.count("why:") == text.count("fix:") == text.count("Close it.") == 1
    assert [line.strip() for line in text.splitlines() if "chmod" in line] == ["chmod 600 /a.pem", "chmod 600 /b.pem"]
    assert [text.count(f".env.production:{line}:1") for line in (21, 22, 23)] == [1, 1, 1]


@pytest.mark.parametrize("command", ["$ openssl rand -base64 48", "$ `openssl rand -base64 48`"])
def test_a_command_stands_alone_on_its_line_without_decoration(command):
    lines = render(report([finding("r", "m", remediation=f"Make one.\n{command}")])).splitlines()
    assert [line.strip() for line in lines if "openssl" in line] == ["openssl rand -base64 48"]


def test_a_command_with_backticks_of_its_own_keeps_them():
    text = render(report([finding("r", "m", remediation="$ `date` > `tty`")]))
    assert "\n             `date` > `tty`\n" in text


def test_a_long_command_is_never_cut():
    command = "kubectl create secret generic payments-db-password " + "--from-literal=password=x " * 12
    assert command.strip() in render(report([finding("r", "m", remediation=f"$ {command}")]), width=60)


def test_causes_that_several_rules_wait_for_are_said_once():
    text = render(report(MALFORMED, stage="start"))
    assert text.count("names no TLS version") == 1
    assert "ERROR    2 rules  environment  TLS_ENABLED: TLS_MIN_VERSION" in text
    assert "  rules: tls-min-version, tls-version-order\n" in text


def test_the_rules_that_wait_for_one_cause_are_counted_when_they_are_many_and_listed_when_asked():
    rules = [f"rule-{number}" for number in range(25)]
    whole = report([finding(rule, "unreadable", status="error") for rule in rules])
    assert "and 15 more" in render(whole)
    assert all(rule in render(whole, verbose=True) for rule in rules)


def test_several_subjects_are_listed_once():
    text = render(CASES["subjects"])
    assert text.count("sslmode is require") == 1
    assert all(text.count(f":{name}") == 1 for name in ("worker", "scheduler", "webhooks", "migrations"))


def test_the_subject_is_named_where_the_place_does_not_tell_it():
    assert "for: compose_service:docker-compose.yml:api" in render(CASES["subjects"])
    assert "for:" not in render(report([SSLMODE]))
    assert "for:" not in render(report([{**SSLMODE, "subjects": ["process"]}]))


def test_the_place_that_a_value_came_through_is_shown_unless_the_message_tells_it():
    assert "via: .env.production:11:1  PAYMENTS_DATABASE_SSL_MODE" in render(CASES["refused"])
    told = {**SSLMODE, "message": "sslmode is require (from X at .env.production:11:1)", "via": [origin(".env.production", 11, 1, "X")]}  # fmt: skip
    assert "via:" not in render(report([told]))


@pytest.mark.parametrize(
    ("message", "shown"),
    [
        ("POOL: expected size at most 20", "POOL: expected size at most 20; it is 64"),
        ("expected size at most 20", "POOL: expected size at most 20; it is 64"),
        ("POOL: size is 64, expected size at most 20", "POOL: size is 64, expected size at most 20\n"),
        ("POOL: too many connections", "POOL: too many connections\n"),
    ],
)
def test_what_was_found_is_said_where_the_message_only_says_what_was_expected(message, shown):
    one = finding(
        "pool", message, expected="size at most 20", observed=64, resource={"type": "setting", "name": "POOL"}
    )
    assert shown in render(report([one]))


def test_a_setting_that_the_message_does_not_name_is_named():
    one = finding("r", "JWT_SECRET: is unreadable", resource={"type": "jwt_key", "name": "JWT_SECRET"}, origin=origin(setting="JWT_SECRET_FILE"))  # fmt: skip
    assert "environment  JWT_SECRET_FILE  JWT_SECRET: is unreadable" in render(report([one]))
    assert "  POOL: too small" in render(report([finding("r", "too small", origin=origin("f", 1, 1, "POOL"))]))


def test_nothing_observed_is_shown_of_a_secret():
    text = render(report([placeholder("A", 1)]), verbose=True)
    assert "want: placeholder false\n" in text


def test_a_waived_failure_says_who_answers_for_it_and_until_when():
    assert "  until: 2025-03-31, by dba@example.com: the proxy verifies it" in render(report([*PASSED, WAIVED]))


def test_an_expired_waiver_does_not_hide_that_the_finding_blocks():
    whole = report([SSLMODE])
    whole["findings"][0]["waiver"] = WAIVED["waiver"]
    text = render(whole)
    assert "CRITICAL postgres-sslmode  " in text
    assert "until: 2025-03-31" in text


def test_deferred_findings_say_whether_they_refuse_the_start():
    assert "the start gate decides" in render(report([*PASSED, *REFERENCED]))
    assert "A start is refused while" in render(report(REFERENCED, stage="start"))


# -- the header --------------------------------------------------------------------------------------------------------


def test_any_profile_but_production_is_loud_and_says_who_chose_it_and_what_it_means():
    said = "PROFILE  development is in force, not production (pinned by the command line): it lets pass what production refuses"
    assert f"\n{said}; to judge as production, add --profile production\n" in render(CASES["loosened"], width=200)


def test_a_profile_that_a_file_declares_is_named_with_its_place():
    declared = {**CASES["loosened"], "profile": {"name": "staging", "source": "declared by ENV at .env:3:1"}}
    assert "\nPROFILE  staging is in force, not production (declared by ENV at .env:3:1): " in render(
        declared, width=200
    )


def test_a_stricter_profile_is_not_taken_for_a_loosening():
    strict = {**CASES["loosened"], "profile": {"name": "hardening", "source": "pinned by the command line"}}
    text = render(strict, width=200)
    assert "it asks for all that production does, and more\n" in text
    assert "lets pass" not in text


def test_what_does_not_apply_is_one_line_for_each_reason():
    about = "there is no jwt key that this rule is about"
    idle = [
        finding("jwt-b", about, status="not_applicable", subjects=("service:a", "service:b")),
        finding("jwt-a", about, status="not_applicable", subjects=("service:a", "service:b")),
        finding(
            "secret-set", "there is no secret that this rule is about", status="not_applicable", subjects=("service:b",)
        ),
        finding("secret-set", "Held", status="pass", subjects=("service:a",)),
    ]
    lines = [line for line in render(report(idle), verbose=True, width=200).splitlines() if line.startswith("N/A")]
    assert lines == [
        "N/A      there is no jwt key that these rules are about: jwt-a, jwt-b",
        "N/A      there is no secret that this rule is about (service:b): secret-set",
    ]
    assert "PROFILE " not in render(CASES["pass"])


def test_what_loosens_the_gate_is_always_shown():
    text = render(CASES["loosened"])
    assert "\nLOOSENED fail_on is critical  (by PREFLIGHT_FAIL_ON)\n" in text
    assert "\nLOOSENED disable is cors-wildcard, redis-tls  (by preflight.yaml:3:1)\n" in text
    assert "\nCHANGED  override.vault-https is severity low  (by preflight.yaml:6:3)\n" in text
    assert "deadline" not in text


def test_what_was_read_is_told_apart_from_what_was_judged():
    inputs = [
        {"kind": "configuration", "path": "preflight.yaml", "sha256": None},
        {"kind": "env_file", "path": ".env", "sha256": None},
        {"kind": "process_environment", "path": None, "sha256": None},
        {"kind": "contract", "path": ".env.example", "sha256": None},
    ]
    text = render(report(PASSED, inputs=inputs))
    assert "\nJUDGED   .env, the environment; by configuration preflight.yaml, contract .env.example\n" in text


# -- width, colour, hostile input --------------------------------------------------------------------------------------


@pytest.mark.parametrize("case", sorted(CASES))
@pytest.mark.parametrize("width", [40, 80, 100, 200])
def test_lines_are_wrapped_and_words_are_whole(case, width):
    for line in render(CASES[case], width=width).splitlines():
        words = line.split()
        command = line.startswith(" " * 13)
        alone = len(words) <= 1 or (len(words) == 2 and words[0].endswith(":"))
        verdict = line.startswith(("REFUSED", "MAY START", "NOT JUDGED"))
        assert len(line) <= width or command or alone or verdict


@pytest.mark.parametrize("case", sorted(CASES))
@pytest.mark.parametrize("verbose", [False, True])
def test_colour_says_the_same_words_in_the_same_order(case, verbose):
    plain = render(CASES[case], width=90, verbose=verbose)
    coloured = render(CASES[case], width=90, colour=True, verbose=verbose)
    assert ANSI.sub("", coloured) == plain
    assert coloured != plain
    assert all(line.count("\x1b[0m") * 2 == line.count("\x1b[") for line in coloured.splitlines()), "nothing leaks on"


@pytest.mark.parametrize("variable", ["NO_COLOR", "FORCE_COLOR", "TERM", "COLUMNS"])
def test_colour_is_decided_by_the_caller_alone(monkeypatch, variable):
    before = render(CASES["refused"], colour=True)
    monkeypatch.setenv(variable, {"TERM": "dumb", "COLUMNS": "20"}.get(variable, "1"))
    assert render(CASES["refused"], colour=True) == before


def test_what_cannot_be_shown_is_written_out():
    lines = render(CASES["hostile"], width=200).splitlines()
    assert len([line for line in lines if line.startswith("MAY START")]) == 0
    assert r"a\nMAY START: 82 checks passed\r\x1b[2J\x1b[32m/\u202egpj.pem\xff" in "\n".join(lines)


def test_plain_text_loads_nothing_and_colour_loads_rich():
    script = (
        "import sys; from support.report_cases import CASES; from preflight.renderers import render\n"
        "before = set(sys.modules); render(CASES['refused'], 'text', verbose=True)\n"
        "print(*sorted({name.split('.')[0] for name in set(sys.modules) - before} - {'preflight'}))\n"
        "render(CASES['refused'], 'text', colour=True); print('rich.style' in sys.modules)\n"
    )
    tests = Path(__file__).resolve().parents[2]
    path = os.pathsep.join(sys.path)
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tests, env={"PYTHONPATH": path}, capture_output=True, text=True, check=True
    )
    assert done.stdout.splitlines() == ["", "True"]


@pytest.mark.parametrize(
    ("place", "words"),
    [
        (origin(".env", 2, 1, "APP_ENV"), "environment staging (declared by APP_ENV at .env:2:1)"),
        (origin(setting="APP_ENV"), "environment staging (declared by APP_ENV)"),
        (origin(".env.staging"), "environment staging (declared by .env.staging)"),
        (None, "environment staging (declared by the environment)"),
    ],
)
def test_another_environment_than_the_profile_is_told_with_who_declares_it(place, words):
    assert words in render(report(PASSED, environment={"name": "staging", "origin": place}), width=200)


def test_a_waived_failure_is_short_unless_asked():
    assert "fix:" not in render(report([*PASSED, WAIVED]))
    assert "fix:" in render(report([*PASSED, WAIVED]), verbose=True)


def test_a_problem_tells_the_setting_that_its_message_leaves_out():
    place = origin(".env", 3, 5, "SMTP_PASSWORD")
    text = render(report(problems=[problem("input", "open_quote", "the quote is never closed", "Close it.", place)]))
    assert "INPUT    open_quote  .env:3:5  SMTP_PASSWORD: the quote is never closed\n    fix: Close it.\n" in text


def test_who_loosened_the_gate_is_named_without_a_place_too():
    whole = report(PASSED, fail_on="critical", configuration=[option("fail_on", "critical", "command line")])
    assert "LOOSENED fail_on is critical  (by the command line)\n" in render(whole)


def test_equal_remedies_are_said_once_and_different_ones_under_the_names_they_are_for():
    make = "Make a random password, and set it at {} too.\n$ openssl rand -hex 32"
    rows = [
        finding(
            "r",
            f"{name}: m",
            resource={"type": "secret", "name": name},
            remediation=f"Change it.\n{make.format(where)}",
        )
        for name, where in (
            ("DB_PASSWORD", "the database"),
            ("PG_PASSWORD", "the database"),
            ("SMTP_PASSWORD", "the server"),
        )
    ]
    lines = [line.strip() for line in render(report(rows), width=120).splitlines()]
    first = lines.index("fix: Change it.")
    assert lines[first + 1 : first + 7] == [
        "DB_PASSWORD, PG_PASSWORD:",
        "Make a random password, and set it at the database too.",
        "openssl rand -hex 32",
        "SMTP_PASSWORD:",
        "Make a random password, and set it at the server too.",
        "openssl rand -hex 32",
    ]
    lines = render(report(rows[:2]), width=120).splitlines()
    assert not any(line.strip().endswith("PASSWORD:") for line in lines)
    assert sum("openssl" in line for line in lines) == 1
