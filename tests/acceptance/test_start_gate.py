"""The start gate as a process: `--validate-only` and `exec`."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from preflight.report.schema import ReportModel


def test_a_good_environment_may_start(preflight, good):
    done = preflight("--validate-only", env=good)
    report = json.loads(done.stdout)
    assert done.returncode == 0, report["findings"]
    assert report["verdict"] == "pass"
    assert report["stage"] == "start"
    assert [f for f in report["findings"] if f["status"] not in {"pass", "not_applicable"}] == []


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({"PAYMENTS_DATABASE_PASSWORD": ""}, "database-password-set"),
        ({"PAYMENTS_AUTH_JWT_SECRET": ""}, "jwt-key-set"),
        ({"PAYMENTS_AUTH_JWT_SECRET": "Zq7Rk2Vx9Lm4"}, "jwt-key-length"),
        ({"PAYMENTS_SERVER_TLS_ENABLED": "false"}, "tls-enabled"),
        ({"PAYMENTS_SERVER_TLS_CERT_FILE": "/nowhere/cert.pem"}, "certificate-file-exists"),
        ({"PAYMENTS_SERVER_CORS_ALLOWED_ORIGINS": "*"}, "cors-any-origin"),
        ({"PAYMENTS_DATABASE_SSL_MODE": "require"}, "postgres-sslmode"),
        ({"NODE_TLS_REJECT_UNAUTHORIZED": "0"}, "tls-verification"),
    ],
)
def test_one_wrong_setting_refuses_the_start_and_names_its_rule(preflight, good, change, rule):
    done = preflight("--validate-only", env={**good, **change})
    report = json.loads(done.stdout)
    assert done.returncode == 1
    failed = {f["rule"]: f for f in report["findings"] if f["status"] == "fail" and f["blocking"]}
    assert rule in failed
    assert failed[rule]["origin"]["setting"] == next(iter(change)) or failed[rule]["resource"] is not None


def test_nothing_declared_is_judged_as_production(preflight, good):
    good.pop("ENV")
    report = json.loads(preflight("--validate-only", env=good).stdout)
    assert report["profile"]["name"] == "production"
    assert "nothing declares" in report["profile"]["source"]


def test_an_empty_environment_is_never_a_pass(preflight):
    done = preflight("--validate-only")
    assert done.returncode == 4
    assert json.loads(done.stdout)["problems"][0]["code"] == "nothing_to_judge"


def test_exec_becomes_the_service_with_the_same_process_and_environment(good):
    environment = {**good, "PATH": os.environ["PATH"], "LATIN": "gr\u00fc\u00df", "EMPTY": ""}
    show = "tr '\\0' '\\n' < /proc/self/environ; echo; echo pid $$; grep -E 'Sig(Ign|Blk)' /proc/self/status"
    command = [os.path.join(os.path.dirname(sys.executable), "preflight"), "exec", "--", "/bin/sh", "-c", show]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as started:
        out, err = started.communicate(timeout=60)
    assert started.returncode == 0
    assert err == b""
    lines = out.decode().splitlines()
    split = lines.index("")
    seen = dict(line.split("=", 1) for line in lines[:split])
    assert {name: value for name, value in seen.items() if name not in {"PWD", "SHLVL", "_", "OLDPWD"}} == environment
    assert lines[split + 1] == f"pid {started.pid}"
    masks = dict(line.split(":\t") for line in lines[split + 2 :])
    assert int(masks["SigBlk"], 16) == 0
    assert not ignored(masks["SigIgn"])


def test_exec_gives_sigpipe_back(preflight, good):
    done = preflight("exec", "--", "sh", "-c", "grep SigIgn /proc/self/status", env=good)
    assert not ignored(done.stdout.split()[1])


def ignored(mask):
    """Return which of the signals that CPython or we touch are ignored; others come from whoever started the tests."""
    touched = (signal.SIGPIPE, signal.SIGXFSZ, signal.SIGINT, signal.SIGTERM)
    return [number for number in touched if int(mask, 16) >> (number - 1) & 1]


def test_the_exit_code_and_signals_are_the_services_own(preflight, good, tmp_path):
    assert preflight("exec", "--", "sh", "-c", "exit 42", env=good).returncode == 42
    command = [os.path.join(os.path.dirname(sys.executable), "preflight"), "exec", "--", "sleep", "60"]
    with subprocess.Popen(command, env={**good, "PATH": os.environ["PATH"]}, cwd=tmp_path) as started:
        deadline = time.monotonic() + 30
        while (
            b"sleep" not in Path(f"/proc/{started.pid}/cmdline").read_bytes().split(b"\0")[0]
            and time.monotonic() < deadline
        ):
            time.sleep(0.02)
        started.send_signal(signal.SIGTERM)
        assert started.wait(timeout=10) == -signal.SIGTERM


def test_a_refused_start_starts_nothing_and_reports(preflight, good, tmp_path):
    mark = tmp_path / "started"
    done = preflight("exec", "--", "touch", mark, env={**good, "PAYMENTS_AUTH_JWT_SECRET": "short"})
    assert done.returncode == 1
    assert not mark.exists()
    assert json.loads(done.stdout)["verdict"] == "fail"
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert lines[0]["level"] == "fatal"
    assert lines[0]["error"].startswith("invalid config: ")


def test_a_refused_start_is_short_enough_for_a_containers_log(preflight, good):
    environment = {**good, "PAYMENTS_AUTH_JWT_SECRET": "short", "PAYMENTS_SERVER_TLS_ENABLED": "false"}
    done = preflight("exec", "--", "true", env=environment)
    (line,) = done.stdout.splitlines()
    assert len(line) < 10_000
    brief = json.loads(line)
    ReportModel.model_validate(brief)
    whole = json.loads(preflight("exec", "--format", "json", "--", "true", env=environment).stdout)
    ReportModel.model_validate(whole)
    said = {"fail", "error", "deferred"}
    assert brief["findings"] == [one for one in whole["findings"] if one["status"] in said] != []
    left_out = len(whole["findings"]) - len(brief["findings"])
    assert brief["notes"][-1].startswith(f"left out: {left_out} findings that passed or do not apply")
    *blocking, verdict = [json.loads(one) for one in done.stderr.splitlines()]
    assert [one["rule"] for one in blocking] == [one["rule"] for one in whole["findings"] if one["blocking"]]
    rules = len({one["rule"] for one in blocking})
    assert verdict["error"] == f"start refused by {rules} rules of profile production"
    assert "--format json" in verdict["more"]


def test_the_whole_report_of_a_refused_start_goes_into_a_file(preflight, good, tmp_path):
    path = tmp_path / "report.json"
    done = preflight("exec", "-o", path, "--", "true", env={**good, "PAYMENTS_AUTH_JWT_SECRET": "short"})
    assert (done.returncode, done.stdout) == (1, "")
    assert {one["status"] for one in json.loads(path.read_text())["findings"]} >= {"pass", "fail", "not_applicable"}


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (("true",), "preflight exec -- true"),
        (("--profile", "staging", "uvicorn", "app:app", "--password=hunter"), "preflight exec -- uvicorn ..."),
    ],
)
def test_a_command_without_dashes_is_told_what_to_type(preflight, good, words, shown):
    done = preflight("exec", *words, env=good)
    assert (done.returncode, done.stdout) == (2, "")
    assert f"write -- before the command: {shown}\n" in done.stderr
    assert "hunter" not in done.stderr


@pytest.mark.parametrize("arguments", [("--validate-only", "--", "touch"), ("--", "--validate-only")])
def test_validate_only_does_not_exec(preflight, good, tmp_path, arguments):
    done = preflight("exec", *arguments, *([] if arguments[0] == "--" else ["mark"]), env=good)
    assert done.returncode == 0
    assert json.loads(done.stdout)["verdict"] == "pass"
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("command", "code"), [(("no-such-program-here",), 127), (("/",), 126)])
def test_a_command_that_cannot_start_says_so_as_a_shell_does(preflight, good, command, code):
    done = preflight("exec", "--", *command, env=good)
    assert done.returncode == code
    assert "cannot be started" in done.stderr
    assert done.stdout == ""


def test_a_start_that_is_allowed_is_silent_unless_logging_is_asked_for(preflight, good):
    silent = preflight("exec", "--", "true", env=good)
    assert (silent.returncode, silent.stdout, silent.stderr) == (0, "", "")
    told = preflight("exec", "--log", "json", "--", "true", env=good)
    assert json.loads(told.stderr.splitlines()[-1])["level"] == "info"


def test_exec_without_a_command_is_wrong_usage(preflight, good):
    done = preflight("exec", env=good)
    assert (done.returncode, done.stdout) == (2, "")
    assert "exec needs a command" in done.stderr


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_still_writes_the_report(good, tmp_path, number):
    fifo_held = tmp_path / "slow.yaml"
    fifo_held.write_text("profile: production\n")
    command = [sys.executable, "-c", SLOW, str(fifo_held)]
    with subprocess.Popen(
        command, env={**good, "PATH": os.environ["PATH"]}, cwd=tmp_path, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as started:
        assert started.stderr.readline() == b"ready\n"
        started.send_signal(number)
        out, _ = started.communicate(timeout=30)
    report = json.loads(out)
    assert started.returncode == 128 + number == report["exit_code"]
    assert report["problems"][-1]["kind"] == "interrupted"


# A run whose first look at a file takes for ever: what a network file system does at the worst moment.
SLOW = """
import sys, time
from preflight.probes.files import FileProbe
def slow(self, path):
    print("ready", file=sys.stderr, flush=True)
    time.sleep(60)
FileProbe.inspect = slow
from preflight.cli.main import main
import os
os.environ["PAYMENTS_SERVER_TLS_CERT_FILE"] = "cert.pem"
sys.exit(main(["--validate-only", "--format", "json"]))
"""
