"""The examples that are Compose projects: the correct files pass without a word, the others are refused where they are wrong."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
ROOT = os.geteuid() == 0
NOT_ROOT = "the files of a container must belong to its users, and only root gives files away"
COMPOSE_PROJECTS = ("dart-cloud-backend", "contextforge")
QUIET = {"pass", "not_applicable", "deferred"}


def shell_environment():
    """The environment of a shell that finds preflight; elliptic keys, because RSA keys of 4096 bits take seconds each."""
    path = f"{os.path.dirname(sys.executable)}:{os.environ.get('PATH', os.defpath)}"
    kept = {name: value for name, value in os.environ.items() if name in {"HOME", "LANG", "TMPDIR"}}
    return {**kept, "PATH": path, "KEY_TYPE": "ec-p256"}


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
def judge(preflight):
    """Judge in a folder, and return the exit code and the report."""

    def run(folder, *arguments, **env):
        done = preflight("check", *arguments, "--format", "json", cwd=folder, env=env)
        return done.returncode, json.loads(done.stdout)

    return run


def refusals(report):
    """What blocks: rule, file and line."""
    return {(one["rule"], *place(one)) for one in report["findings"] if one["blocking"]}


def place(finding):
    origin = finding["origin"]
    return origin["file"], origin["line"]


def not_quiet(report):
    return [(one["rule"], *place(one), one["message"]) for one in report["findings"] if one["status"] not in QUIET]


def line_of(path, text):
    """The number of the only line that has a text."""
    found = [number for number, line in enumerate(path.read_text(encoding="utf-8").split("\n"), 1) if text in line]
    assert len(found) == 1, (text, found)
    return found[0]


# -- dart-cloud-backend --------------------------------------------------------------------------------------------

PRODUCTION = ("-f", "docker-compose.prod.yml", "--env-file", ".env.production")


@pytest.mark.skipif(not ROOT, reason=NOT_ROOT)
def test_the_dart_backend_may_start(prepared, judge):
    code, report = judge(prepared("dart-cloud-backend"), *PRODUCTION)
    assert not_quiet(report) == []
    assert code == 0


def test_the_guide_as_written_is_refused_where_it_is_wrong(prepared, judge):
    folder = prepared("dart-cloud-backend") / "as-written"
    code, report = judge(folder, *PRODUCTION)
    compose = folder / "docker-compose.prod.yml"
    expected = {
        "postgres-connection-valid": "DATABASE_URL:",  # a slash in the password, which stands in a URL
        "private-key-file-readable": "DATABASE_URL:",  # the key is not user 10001's
        "postgres-server-key-private": "-c ssl_key_file=",  # nor the server's user 999's
        "postgres-server-plaintext-published": "command: >",  # ssl=on only offers TLS
        "published-port-data-store": '- "5432:5432"',
    }
    places = {(rule, compose.name, line_of(compose, text)) for rule, text in expected.items()}
    assert places - refusals(report) == set()
    assert code == 1
    rules = {rule for rule, _, _ in refusals(report)}
    assert rules == {*expected, "env-line-stray"}  # nothing else is wrong; certificates and mode 0600 are right


# -- contextforge --------------------------------------------------------------------------------------------------


def test_databases_published_to_the_world_are_refused_at_each_port(prepared, judge):
    folder = prepared("contextforge")
    before = folder / "before.compose.yaml"
    code, report = judge(folder, "-f", before.name)
    ports = ('- "5434:5432"', '- "0.0.0.0:5435:5432"', "- target: 5432")
    literal, default = "POSTGRES_PASSWORD: contextforge", "POSTGRES_PASSWORD: ${PG_PASSWORD:-contextforge}"
    expected = {("published-port-data-store", before.name, line_of(before, text)) for text in ports}
    expected |= {
        ("compose-secret-plaintext", before.name, line_of(before, literal)),
        ("compose-secret-default", before.name, line_of(before, default)),
        ("secret-not-example", before.name, line_of(before, literal)),
        ("postgres-server-trust", before.name, line_of(before, "POSTGRES_HOST_AUTH_METHOD: trust")),
    }
    assert expected - refusals(report) == set()
    assert code == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ("-f", "development.compose.yaml", "--env-file", ".env.development"),
        (".env.staging",),
        (".env.production", "--config", "alone.yaml"),
        ("-f", "stack.yaml"),
    ],
)
def test_correct_files_of_contextforge_are_let_through_without_a_word(prepared, judge, arguments):
    folder = prepared("contextforge")
    # Compose mounts the CA for the API, which an env file that is judged alone does not tell.
    (folder / "alone.yaml").write_text("defer_paths: [/run/secrets/, /etc/contextforge/]\n", encoding="utf-8")
    code, report = judge(folder, *arguments)
    assert not_quiet(report) == []
    assert code == 0


@pytest.mark.skipif(not ROOT, reason=NOT_ROOT)
def test_contextforge_may_start_with_what_the_vault_gave(prepared, judge):
    code, report = judge(prepared("contextforge"), "-f", "compose.yaml", KEYVAULT_SECRET=os.urandom(24).hex())
    assert not_quiet(report) == []
    assert code == 0


def test_contextforge_is_refused_before_the_vault_was_asked(prepared, judge):
    folder = prepared("contextforge")
    code, report = judge(folder, "-f", "compose.yaml")
    assert code == 1
    expected = {
        ("compose-variable-unset", ".env.production", line_of(folder / ".env.production", "${KEYVAULT_SECRET}")),
        ("compose-secret-unset", "compose.yaml", line_of(folder / "compose.yaml", "      - db_password")),
    }
    assert expected - refusals(report) == set()


# -- what the pages say --------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", COMPOSE_PROJECTS)
@pytest.mark.skipif(not ROOT, reason=NOT_ROOT)
def test_the_commands_of_a_page_run_as_they_are_written(tmp_path, name):
    page = (EXAMPLES / name / "README.md").read_text(encoding="utf-8")
    commands = re.findall(r"^\$ (.*)$", page, re.MULTILINE)
    assert len(commands) > 3
    shutil.copytree(EXAMPLES / name, tmp_path / "examples" / name)
    script = "\n".join(["set -eu", *commands])
    done = subprocess.run(
        ["sh", "-c", script], cwd=tmp_path, env=shell_environment(), check=False, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("name", COMPOSE_PROJECTS)
def test_a_page_names_only_rules_and_files_that_exist(preflight, name):
    page = (EXAMPLES / name / "README.md").read_text(encoding="utf-8")
    listed = json.loads(preflight("rules", "list", "--format", "json").stdout)
    known = {one["id"] for one in listed["rules"]}
    table = [row for row in page.split("\n") if row.startswith("|")]
    named = {word for row in table for word in re.findall(r"`([a-z]+(?:-[a-z]+)+)`", row)}
    assert named - known - {"verify-full", "verify-ca"} == set()
    for target in re.findall(r"\]\(([^)#]+)\)", page):
        assert target.startswith("https://") or (EXAMPLES / name / target).exists(), target


# -- the server of the example, for real ---------------------------------------------------------------------------


@pytest.mark.server
def test_the_hba_file_lets_in_only_tls_with_the_certificate_and_the_password(prepared, start_postgres):
    folder = prepared("dart-cloud-backend")
    ssl = folder / "ssl"
    server = start_postgres(
        certificate=ssl / "server-cert.pem",
        key=ssl / "server-key.pem",
        ca=ssl / "ca-cert.pem",
        hba=(folder / "postgres" / "pg_hba.conf").read_text(encoding="utf-8"),
    )
    password = os.urandom(16).hex()
    server.execute(f"CREATE ROLE dart_cloud LOGIN PASSWORD '{password}'", "CREATE DATABASE dart_cloud OWNER dart_cloud")
    login = server.parameters(
        host="localhost", hostaddr="127.0.0.1", user="dart_cloud", dbname="dart_cloud", password=password
    )
    key = folder / "client.key"  # libpq takes a key that is its user's own
    shutil.copyfile(ssl / "client-key.pem", key)
    key.chmod(0o600)
    verified = {"sslmode": "verify-full", "sslrootcert": ssl / "ca-cert.pem"}
    certificate = {"sslcert": ssl / "client-cert.pem", "sslkey": key}
    with psycopg.connect(**login, **verified, **certificate) as connection:
        row = connection.execute("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()").fetchone()
    assert row == (True,)
    for refused in (
        {"sslmode": "disable"},
        {**verified, "sslcert": folder / "none", "sslkey": folder / "none"},
        {**verified, **certificate, "password": "another"},
    ):
        with pytest.raises(psycopg.OperationalError, match=r"pg_hba\.conf|certificate|password authentication"):
            psycopg.connect(**{**login, **refused})


# -- a file that Compose refuses -----------------------------------------------------------------------------------

TWICE = """\
services:
  payments:
    image: registry.example.com/payments-api:1.9.0
    environment:
      ENV: production
      PAYMENTS_SERVER_TLS_ENABLED: "true"
      PAYMENTS_SERVER_TLS_CERT_FILE: /run/secrets/certificate
      PAYMENTS_SERVER_TLS_KEY_FILE: /run/secrets/key
    secrets: [database_password, jwt_secret, certificate, key]
    environment:
      PAYMENTS_DATABASE_PASSWORD_FILE: /run/secrets/database_password
      PAYMENTS_AUTH_JWT_SECRET_FILE: /run/secrets/jwt_secret

secrets:
  database_password: {external: true}
  jwt_secret: {external: true}
  certificate: {file: ./certs/cert.pem}
  key: {file: ./certs/key.pem}
"""


def test_a_second_environment_key_is_refused_and_both_lines_are_named(preflight, tmp_path):
    (tmp_path / "compose.yaml").write_text(TWICE, encoding="utf-8")
    first, second = (number for number, line in enumerate(TWICE.split("\n"), 1) if line == "    environment:")
    done = preflight("check")
    report = json.loads(done.stdout)
    assert done.returncode == report["exit_code"] == 4
    assert report["verdict"] == "error"
    assert report["findings"] == []  # nothing is judged by half of what is written
    (problem,) = report["problems"]
    assert problem["code"] == "duplicate_key"
    assert (problem["origin"]["file"], problem["origin"]["line"]) == ("compose.yaml", second)
    assert f"line {first}" in problem["message"]
    text = preflight("check", "--format", "text").stdout
    assert f"compose.yaml:{second}:5" in text
    assert "'environment'" in text
    assert f"on line {first}" in " ".join(text.split())
