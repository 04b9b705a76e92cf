"""Log lines: the shape of a service's own startup logs, one line for each thing that refuses the start."""

from __future__ import annotations

import io
import json
import subprocess
import sys

import pytest
import structlog
from support.report_cases import CASES, CORS_HTTP, HOSTILE_PATH, MALFORMED, PASSED, REFERENCED, SSLMODE, WAIVED
from support.reports import env, finding, origin, problem, report

from preflight.cli.logs import log_report

TIME = "2025-01-15T10:00:00Z"


def lines(whole, level="info", **options):
    stream = io.StringIO()
    log_report(whole, level=level, stream=stream, **options)
    return stream.getvalue().splitlines()


def rows(whole, level="info"):
    return [json.loads(line) for line in lines(whole, level)]


def test_a_refusal_reads_as_the_service_itself_would_say_it():
    missing = finding("database-password-set", "database.password required in production", remediation="Set it.")
    (line,) = lines(report([missing]))
    said = '{"level":"fatal","time":"2025-01-15T10:00:00Z","error":"invalid config: database.password required in production",'
    assert line.startswith(said)


def test_a_refusal_tells_rule_place_setting_and_what_to_do():
    (row,) = rows(report([SSLMODE]))
    assert row == {
        "level": "fatal",
        "time": TIME,
        "error": "invalid config: DATABASE_URL: sslmode is require; at least verify-ca is needed",
        "rule": "postgres-sslmode",
        "severity": "critical",
        "origin": ".env.production:4:1",
        "setting": "DATABASE_URL",
        "subjects": ["env_file:.env.production"],
        "remediation": SSLMODE["remediation"],
    }
    assert list(row)[:3] == ["level", "time", "error"]


def test_a_start_that_is_allowed_ends_with_one_line():
    whole = report([*PASSED, CORS_HTTP, WAIVED, *REFERENCED])
    *_, last = lines(whole)
    assert last == (
        '{"level":"info","time":"2025-01-15T10:00:00Z","message":"configuration accepted","stage":"build","profile":"production",'
        '"passed":3,"warnings":1,"deferred":3,"waived":1}'
    )


def test_what_does_not_refuse_the_start_warns():
    warned, waived, accepted = rows(report([*PASSED, CORS_HTTP, WAIVED]))
    assert [row["level"] for row in (warned, waived, accepted)] == ["warn", "warn", "info"]
    assert warned["message"] == CORS_HTTP["message"]
    assert (waived["waived_by"], waived["waived_until"]) == ("dba@example.com", "2025-03-31")
    assert "error" not in warned
    assert "waived_by" not in warned


def test_what_loosens_the_gate_warns():
    row = next(row for row in rows(CASES["loosened"]) if "loosens" in row.get("message", ""))
    assert row["level"] == "warn"
    assert (row["name"], row["value"], row["setting"]) == ("fail_on", "critical", "PREFLIGHT_FAIL_ON")


def test_what_could_not_be_judged_gets_no_advice_that_is_meant_for_failures():
    row = rows(report(MALFORMED[:1], stage="start"))[0]
    assert row["level"] == "fatal"
    assert row["status"] == "error"
    assert row["origin"] == "environment"
    assert "remediation" not in row


def test_problems_come_first():
    place = origin(".env.production", 3, 7)
    whole = report(
        [SSLMODE], problems=[problem("input", "open_quote", "the quote is never closed", "Close it.", place)]
    )
    first, second = rows(whole)
    assert first == {
        "level": "fatal",
        "time": TIME,
        "error": "preflight: the quote is never closed",
        "code": "open_quote",
        "origin": ".env.production:3:7",
        "hint": "Close it.",
    }
    assert second["error"].startswith("invalid config: ")


@pytest.mark.parametrize(("level", "levels"), [("info", ["warn", "info"]), ("warn", ["warn"]), ("fatal", [])])
def test_the_level_is_the_least_that_is_written(level, levels):
    assert [row["level"] for row in rows(report([*PASSED, CORS_HTTP]), level)] == levels


def test_every_blocking_finding_and_every_problem_has_its_fatal_line():
    for whole in CASES.values():
        fatal = [row for row in rows(whole) if row["level"] == "fatal"]
        assert len(fatal) == whole["summary"]["blocking"] + len(whole["problems"])
        assert [row["level"] for row in rows(whole)].count("info") == (whole["exit_code"] == 0)


def test_an_unknown_level_is_refused():
    with pytest.raises(ValueError, match="debug"):
        lines(CASES["pass"], "debug")


def test_the_time_can_be_given():
    assert json.loads(lines(CASES["pass"], time="2030-01-01T00:00:00Z")[0])["time"] == "2030-01-01T00:00:00Z"


def test_one_thing_is_one_line_of_ascii_whatever_it_holds():
    (line,) = lines(CASES["hostile"])
    assert line.isascii()
    assert line.isprintable()
    assert HOSTILE_PATH in json.loads(line)["error"]


def test_a_stream_that_is_closed_at_the_start_gets_nothing_and_standard_output_stays_clean(capsys):
    log_report(CASES["refused"], level="info", stream=None)
    assert capsys.readouterr().out == ""


def test_structlog_of_the_application_is_neither_used_nor_changed(capsys):
    def spoil(_logger, _method, event):
        return f"spoiled {event}"

    structlog.configure(processors=[spoil], context_class=None, cache_logger_on_first_use=True)
    try:
        before = dict(structlog.get_config())
        assert json.loads(lines(report([*PASSED]))[0])["message"] == "configuration accepted"
        assert structlog.get_config() == before
    finally:
        structlog.reset_defaults()
    assert capsys.readouterr().out == ""


SCRIPT = """
import io, sys
from support.report_cases import CASES, PASSED
from support.reports import report
from preflight.cli.logs import log_report
print("structlog" in sys.modules)
log_report(report(PASSED), level="fatal", stream=io.StringIO()); print("structlog" in sys.modules)
log_report(report(PASSED), level="info", stream=None); print("structlog" in sys.modules)
log_report(report(PASSED), level="info", stream=io.StringIO()); print("structlog" in sys.modules)
"""


def test_structlog_is_loaded_only_where_there_is_something_to_say(pytestconfig):
    path = ":".join([str(pytestconfig.rootpath / "tests"), *sys.path])
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT], env={"PYTHONPATH": path}, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "False", "False", "True"]


def test_a_variable_of_the_environment_is_an_origin():
    (row,) = rows(report([finding("r", "m", origin=env("X"))]))
    assert (row["origin"], row["setting"]) == ("environment", "X")
