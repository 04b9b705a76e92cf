"""Reports that cannot be written: never a bug, never a start, and the verdict's own code stays."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

REFUSED = "ENV=production\nCORS_ORIGINS=*\n"
ACCEPTED = "ENV=production\nCORS_ORIGINS=https://app.example.com\n"


@pytest.fixture
def shell(tmp_path, preflight):
    """Run a shell line in a folder with a refused and an accepted env file; returns code, output and errors."""
    for name, text in (("refused.env", REFUSED), ("accepted.env", ACCEPTED)):
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o600)
    path = preflight("--version") and f"{os.path.dirname(sys.executable)}:{os.environ['PATH']}"

    def run(line):
        done = subprocess.run(
            ["bash", "-c", line], cwd=tmp_path, env={"PATH": path}, capture_output=True, text=True, check=False
        )
        return done.returncode, done.stdout, done.stderr

    return run


@pytest.mark.parametrize(("name", "code"), [("refused", 1), ("accepted", 4)])
@pytest.mark.parametrize(
    ("where", "said"),
    [(">&-", "standard output is closed"), ("> /dev/full", "No space left"), ("-o nowhere/report.json", "nowhere")],
)
def test_a_report_that_cannot_be_written_starts_nothing_and_says_so_in_one_line(shell, name, code, where, said):
    found, out, err = shell(f"preflight check {name}.env --format json {where}")
    assert (found, out) == (code, "")
    assert said in err
    assert err.startswith("preflight: ")
    assert err.count("\n") == 1
    assert "bug" not in err


@pytest.mark.parametrize(("name", "code"), [("refused", 1), ("accepted", 4)])
def test_a_reader_that_went_away_is_told_nothing(shell, name, code):
    line = f"preflight check {name}.env --format json | true; echo ${{PIPESTATUS[0]}}"
    # `true` may end after a small report was taken by the pipe: close it for certain first.
    closed = f"exec 3> >(true); sleep 0.3; preflight check {name}.env --format json >&3; echo $?"
    assert shell(closed)[1:] == (f"{code}\n", "")
    assert shell(line)[2] == ""


def test_a_first_line_of_a_long_report_is_enough_for_whoever_asks_for_it(shell, tmp_path):
    lines = "".join(f"SERVICE_{number}_PASSWORD=changeme{number}\n" for number in range(200))
    (tmp_path / "long.env").write_text("ENV=production\n" + lines)
    code, out, err = shell("preflight check long.env --format json | head -1; exit ${PIPESTATUS[0]}")
    assert (code, out, err) == (1, "{\n", "")


def test_nothing_starts_without_the_report_that_was_asked_for(shell, good, tmp_path):
    variables = " ".join(f"{name}='{value}'" for name, value in good.items())
    code, _, err = shell(f"env {variables} preflight exec -o nowhere/report.json -- touch started")
    assert code == 4
    assert "cannot be written" in err
    assert not (tmp_path / "started").exists()


def test_a_closed_output_is_the_services_own_affair(shell, good, tmp_path):
    variables = " ".join(f"{name}='{value}'" for name, value in good.items())
    assert shell(f"env {variables} preflight exec -- touch started >&-")[0] == 0
    assert (tmp_path / "started").exists()


@pytest.mark.parametrize(
    ("command", "code"),
    [("check refused.env -o report.json --log json", 1), ("explain no-such-rule", 2), ("rules lint gone.yaml", 3)],
)
@pytest.mark.parametrize("where", ["2> /dev/full", "2>&-"])
def test_errors_that_nobody_can_read_change_no_code(shell, command, code, where):
    found, out, _ = shell(f"preflight {command} {where}")
    assert found == code
    assert "preflight:" not in out


@pytest.mark.parametrize("command", ["rules list", "explain jwt-key-set", "schema report", "completion bash"])
def test_other_output_that_cannot_be_written_is_no_bug_either(shell, command):
    code, _, err = shell(f"preflight {command} > /dev/full")
    assert code == 4
    assert "cannot be written to standard output" in err


def test_help_that_nobody_reads_is_no_traceback(shell):
    assert shell("preflight --help > /dev/full")[2] == ""
