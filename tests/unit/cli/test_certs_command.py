"""`preflight certs create`: what it prints can be typed, and what it refuses is told in a line."""

from __future__ import annotations

import argparse
import json
import os
import resource
import shlex
import subprocess
import sys

import pytest
from psycopg.conninfo import conninfo_to_dict

from preflight.cli.commands.certs import add_arguments, run
from preflight.cli.main import main
from preflight.errors import UsageError


@pytest.fixture(autouse=True)
def _folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def certs(capfd):
    """Run the command with the quickest keys; returns exit code, standard output and standard error."""

    def call(*arguments, key_type="ed25519"):
        code = main(["certs", "create", "--key-type", key_type, *arguments])
        said = capfd.readouterr()
        return code, said.out, said.err

    return call


def parsed(*arguments):
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return parser.parse_args(arguments)


def test_the_options_have_their_defaults():
    assert vars(parsed()) == {
        "out": "ssl", "days": 365, "ca_days": None, "country": "US", "state": "State", "city": "City",
        "org": "Development", "cn": "postgres", "host": [], "client": "app", "key_type": "rsa-4096", "format": "text",
        "ca_cert": None, "ca_key": None,
    }  # fmt: skip


def test_every_option_reaches_the_certificates(certs):
    code, out, _ = certs(
        "-o", "new/ssl", "--days", "90", "--ca-days", "100", "--country", "de", "--state", "Bavaria",
        "--city", "Munich", "--org", "Example", "--cn", "db.internal", "--host", "10.0.0.5", "--host", "other",
        "--client", "api", "--format", "json", key_type="ec-p256",
    )  # fmt: skip
    made = json.loads(out)
    assert (code, made["directory"], made["notes"]) == (0, "new/ssl", [])
    assert made["files"][3]["names"] == ["db.internal", "localhost", "127.0.0.1", "::1", "10.0.0.5", "other"]
    assert made["files"][5]["names"] == ["api"]
    assert subject("new/ssl/client-cert.pem") == "C = DE, ST = Bavaria, L = Munich, O = Example, CN = api"
    assert subject("new/ssl/server-cert.pem").endswith("CN = db.internal")
    ca_end, server_end = made["files"][1]["not_after"], made["files"][3]["not_after"]
    assert ca_end > server_end
    assert server_end.endswith("Z")


def subject(path):
    from cryptography import x509

    with open(path, "rb") as file:
        name = x509.load_pem_x509_certificate(file.read()).subject
    short = {"countryName": "C", "stateOrProvinceName": "ST", "localityName": "L", "organizationName": "O"}
    return ", ".join(f"{short.get(one.oid._name, 'CN')} = {one.value}" for one in name)


def test_the_text_lists_each_file_with_its_mode_and_each_certificate_with_its_end(certs):
    code, out, err = certs()
    lines = out.splitlines()
    assert (code, err) == (0, "")
    for name in ("ca", "server", "client"):
        assert [line.split() for line in lines if line.startswith(f"  ssl/{name}-key.pem ")] == [
            [f"ssl/{name}-key.pem", "0600", "private", "key"]
        ]
        (told,) = [line for line in lines if line.startswith(f"  ssl/{name}-cert.pem ")]
        assert told.split()[1:5] == ["0644", "certificate", "valid", "until"]
        assert told.endswith(" UTC")
    assert "PRIVATE KEY" not in out
    assert "sudo chown 999 ssl/server-key.pem" in out


@pytest.mark.parametrize("directory", ["ssl", "my ssl", "a'b & c=d"])
@pytest.mark.usefixtures("openssl")
def test_what_is_printed_works_when_it_is_typed(certs, directory):
    _, out, _ = certs("--out", directory, "--client", "dart cloud", "--format", "json")
    made = json.loads(out)
    commands = [command for step in made["next_steps"] for command in step["commands"]]
    (verify,) = [command for command in commands if command.startswith("openssl ")]
    done = subprocess.run(["sh", "-c", verify], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.count(": OK\n")) == (0, 2), done.stderr
    (server,) = [command for command in commands if command.startswith("postgres ")]
    words = shlex.split(server)
    assert words[1::2] == ["-c"] * 4
    assert dict(word.split("=", 1) for word in words[2::2]) == made["settings"]["server"]
    (chown,) = [command for command in commands if command.startswith("sudo chown ")]
    assert shlex.split(chown, comments=True)[2:] == ["999", f"{directory}/server-key.pem"]
    (dsn,) = [command for command in commands if command.startswith("postgresql://")]
    expected = {"host": "postgres", "port": "5432", "user": "dart cloud", "dbname": "DATABASE"}
    assert conninfo_to_dict(dsn) == {**expected, **made["settings"]["client"]}
    for path in made["settings"]["client"].values():
        assert path == "verify-full" or os.path.exists(path)


@pytest.mark.parametrize(
    ("name", "host"),
    [("::1", "::1"), ("10.0.0.5", "10.0.0.5"), ("db.internal", "db.internal"), ("*.db.internal", "HOST")],
)
def test_the_dsn_names_the_server(certs, name, host):
    _, out, _ = certs("--cn", name, "--format", "json")
    (dsn,) = [line for step in json.loads(out)["next_steps"] for line in step["commands"] if "://" in line]
    assert conninfo_to_dict(dsn)["host"] == host


@pytest.mark.parametrize(
    ("arguments", "key_type", "notes"),
    [
        (["--days", "825"], "ec-p256", []),
        (["--days", "826"], "ec-p256", ["--days 826"]),
        (["--days", "3650"], "ed25519", ["--days 3650", "ed25519"]),
    ],
)
def test_what_may_not_work_everywhere_is_said(certs, arguments, key_type, notes):
    _, out, _ = certs(*arguments, key_type=key_type)
    told = [line.removeprefix("note: ") for line in out.splitlines() if line.startswith("note: ")]
    assert len(told) == len(notes)
    assert all(line.startswith(note) for line, note in zip(told, notes, strict=True))


def test_a_second_time_is_refused_and_nothing_changes(certs):
    certs()
    before = {entry.name: entry.stat().st_mtime_ns for entry in os.scandir("ssl")}
    code, out, err = certs()
    assert (code, out, err.count("\n")) == (4, "", 1)
    assert err.startswith("preflight: ssl: the directory already has ca-key.pem, ")
    assert {entry.name: entry.stat().st_mtime_ns for entry in os.scandir("ssl")} == before


@pytest.mark.parametrize(
    "arguments",
    [["--country", "USA"], ["--days", "0"], ["--days", "9" * 40], ["--host", "a b"], ["--cn", ""], ["--ca-days", "1"]],
)
def test_wrong_options_are_usage_errors(certs, arguments):
    code, out, err = certs(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith("preflight: --")
    assert not os.path.exists("ssl")
    with pytest.raises(UsageError):
        run(parsed(*arguments))


@pytest.mark.parametrize(
    "arguments", [["--days", "x"], ["--key-type", "dsa"], ["--format", "xml"], ["--da", "3"], ["extra"]]
)
def test_what_argparse_refuses_is_a_usage_error_too(certs, arguments):
    code, out, err = certs(*arguments)
    assert (code, out) == (2, "")
    assert "Traceback" not in err
    assert not os.path.exists("ssl")


def test_a_name_that_is_no_text_can_be_printed(certs):
    name = os.fsdecode(b"ssl-\xff")
    code, out, _ = certs("--out", name)
    assert code == 0
    assert "ssl-\\udcff/ca-key.pem" in out
    code, out, _ = certs("--out", name + "2", "--format", "json")
    assert json.loads(out)["directory"] == name + "2"


def limited():
    resource.setrlimit(resource.RLIMIT_FSIZE, (64, 64))


def test_a_disk_that_takes_no_more_leaves_nothing_behind():
    command = [sys.executable, "-B", "-m", "preflight", "certs", "create", "--key-type", "ec-p256"]
    done = subprocess.run(command, preexec_fn=limited, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (4, "")
    assert done.stderr.startswith("preflight: ssl/")
    assert "the limit on the size of files is too low; nothing was made." in done.stderr
    assert not os.path.exists("ssl")


def test_to_know_the_options_loads_no_cryptography():
    program = "import sys, preflight.cli.commands.certs; print({'cryptography', 'rich', 'json'} & {*sys.modules})"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout == "set()\n"
