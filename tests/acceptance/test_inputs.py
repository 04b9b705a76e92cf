"""Inputs that are wrong: each its own named error, exit code 4, a whole report, no traceback, soon."""

from __future__ import annotations

import json
import os
import socket

import pytest


def missing(path):
    pass


def empty(path):
    path.write_text("")


def binary(path):
    path.write_bytes(b"A=\x00\x01")


def huge(path):
    with open(path, "wb") as file:
        file.write(b"A=" + b"x" * 100 + b"\n")
        file.truncate(50 * 1024 * 1024)


def fifo(path):
    os.mkfifo(path)


def directory(path):
    path.mkdir()
    (path / ".env").mkdir()


def latin1(path):
    path.write_bytes("A=caf\xe9\n".encode("latin-1"))


def utf16(path):
    path.write_text("A=b\n", encoding="utf-16")


def dangling(path):
    path.symlink_to("nowhere")


def loop(path):
    path.symlink_to(path.name)


def a_socket(path):
    server = socket.socket(socket.AF_UNIX)
    old = os.getcwd()
    os.chdir(path.parent)
    server.bind(path.name)
    os.chdir(old)
    server.close()


def comments_only(path):
    path.write_text("# nothing\n\n")


CASES = {
    missing: "missing", empty: "empty", binary: "binary", huge: "too_large", fifo: "is_fifo", directory: "is_directory",
    latin1: "not_utf8", utf16: "not_utf8", dangling: "dangling_symlink", loop: "symlink_loop", a_socket: "is_socket", comments_only: "no_settings",
}  # fmt: skip


@pytest.mark.parametrize(("make", "code"), CASES.items(), ids=lambda x: getattr(x, "__name__", x))
def test_an_input_that_cannot_be_read_is_named(preflight, tmp_path, make, code):
    make(tmp_path / ".env.production")
    done = preflight("check", ".env.production", "--format", "json", timeout=30)
    report = json.loads(done.stdout)
    assert done.returncode == 4 == report["exit_code"], report["problems"]
    assert report["verdict"] == "error"
    problem = report["problems"][0]
    assert (problem["code"], problem["kind"]) == (code, "input")
    assert problem["origin"]["file"].startswith(".env.production")
    assert problem["hint"]
    assert "Traceback" not in done.stderr


def test_what_can_be_read_is_still_judged(preflight, tmp_path):
    (tmp_path / "good.env").write_text("ENV=production\nCORS_ORIGINS=*\n")
    done = preflight("check", "good.env", "gone.env")
    report = json.loads(done.stdout)
    assert done.returncode == 4
    assert any(f["rule"] == "cors-any-origin" and f["status"] == "fail" for f in report["findings"])


def test_an_empty_folder_is_nothing_to_judge(preflight):
    done = preflight("check")
    report = json.loads(done.stdout)
    assert done.returncode == 4
    assert report["problems"][0]["code"] == "no_inputs"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("pack: mine\ntitle: Mine\nversion: 1\nrules:\n  - id: my-rule\n    titel: x\n", "6:5"),
        ("pack: mine\ntitle: Mine\nversion: 1\nversion: 2\n", "4:1"),
        ("pack: mine\ntitle: [\n", None),
        ("", None),
    ],
)
def test_a_wrong_pack_is_exit_3_with_its_place(preflight, tmp_path, good, text, expected):
    (tmp_path / "mine.yaml").write_text(text)
    done = preflight("--validate-only", "--pack", "mine.yaml", env=good)
    report = json.loads(done.stdout)
    assert done.returncode == 3 == report["exit_code"]
    assert report["findings"] == []
    places = [f"{p['origin']['line']}:{p['origin']['column']}" for p in report["problems"] if p["origin"]]
    assert expected is None or expected in places, places
    assert all(p["origin"]["file"] == "mine.yaml" for p in report["problems"])


def test_a_missing_pack_and_a_missing_configuration_are_exit_3(preflight, good):
    for arguments in (("--pack", "gone.yaml"), ("--config", "gone.yaml")):
        done = preflight("--validate-only", *arguments, env=good)
        assert done.returncode == 3
        assert json.loads(done.stdout)["problems"][0]["origin"]["file"] == "gone.yaml"


def test_leaving_every_rule_out_is_exit_3(preflight, good, root):
    listed = json.loads(preflight("rules", "list", "--format", "json").stdout)
    arguments = [word for rule in listed["rules"] for word in ("--disable", rule["id"])]
    done = preflight("--validate-only", *arguments, env=good)
    assert done.returncode == 3
    assert json.loads(done.stdout)["problems"][0]["code"] == "no_rules"


def test_a_report_larger_than_a_pipe_arrives_whole(preflight, tmp_path):
    lines = "".join(f"SERVICE_{number}_PASSWORD=changeme{number}\n" for number in range(400))
    (tmp_path / ".env").write_text("ENV=production\n" + lines)
    done = preflight("check", ".env", "--format", "json")
    assert len(done.stdout) > 256 * 1024
    assert json.loads(done.stdout)["exit_code"] == 1


def test_closed_output_is_no_pass(good, root, tmp_path):
    import subprocess
    import sys

    command = f"'{os.path.dirname(sys.executable)}/preflight' --validate-only --format json >&-; echo $?"
    done = subprocess.run(
        ["sh", "-c", command],
        env={**good, "CORS_ORIGINS": "*"},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.strip() != "0"
