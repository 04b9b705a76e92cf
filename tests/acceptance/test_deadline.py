"""The deadline holds wherever it finds the run: exit 5 in time, with a report in which the rest is `error`."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest

# One look at a file that takes for ever, as on a network file system whose server is gone.
SLOW = """
import sys, time
from preflight.probes.files import FileProbe
def slow(self, *args, **options):
    time.sleep(60)
FileProbe.{method} = slow
from preflight.cli.main import main
sys.exit(main(["check", "a.env", "--stage", "start", "--format", "json", "--deadline", "1"]))
"""


def finished(tmp_path, command, env=None):
    begun = time.monotonic()
    done = subprocess.run(command, cwd=tmp_path, env=env, capture_output=True, text=True, check=False, timeout=50)
    return done.returncode, json.loads(done.stdout), time.monotonic() - begun


@pytest.mark.parametrize(("method", "judged"), [("inspect", True), ("read", False)])
def test_a_file_system_that_hangs_does_not_outlast_the_deadline(tmp_path, method, judged):
    (tmp_path / "a.env").write_text("ENV=production\nSERVER_TLS_CERT_FILE=cert.pem\nSERVER_TLS_KEY_FILE=key.pem\n")
    code, report, took = finished(tmp_path, [sys.executable, "-c", SLOW.format(method=method)])
    assert code == 5 == report["exit_code"]
    assert took < 15
    assert [one["kind"] for one in report["problems"]] == ["deadline"]
    late = [one for one in report["findings"] if one["reason"] == "deadline"]
    assert bool(late) is judged
    assert all(one["status"] == "error" and one["blocking"] for one in late)
    assert sum(report["summary"][one] for one in ("pass", "fail", "error", "deferred", "not_applicable")) == len(
        report["findings"]
    )
    rules = {one["rule"] for one in report["findings"]}
    assert len(rules) == report["coverage"]["rules"] * judged


def test_an_env_file_of_sixty_thousand_secrets_does_not_outlast_the_deadline(preflight, tmp_path):
    lines = "".join(f"SERVICE_{number}_PASSWORD=Zq7Rk2Vx9Lm4{number}\n" for number in range(60_000))
    (tmp_path / "big.env").write_text("ENV=production\n" + lines)
    begun = time.monotonic()
    done = preflight("check", "big.env", "--format", "json", "--deadline", "2")
    assert done.returncode == 5
    assert time.monotonic() - begun < 20
    assert json.loads(done.stdout)["problems"][-1]["code"] == "deadline"


def test_a_service_does_not_inherit_the_alarm(preflight, good):
    done = preflight("exec", "--deadline", "2", "--", "sh", "-c", "sleep 3; echo done", env=good)
    assert (done.returncode, done.stdout) == (0, "done\n")
