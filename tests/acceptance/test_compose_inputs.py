"""Compose projects as inputs: found or named, judged as Docker would run them, refused where it would refuse them."""

from __future__ import annotations

import json

import pytest

GOOD = """\
services:
  api:
    image: registry.example.com/api:1.4.2
    environment:
      ENV: production
      DATABASE_URL: postgresql://app:${DB_PASSWORD:?}@db.example.com/app?sslmode=verify-full&sslrootcert=system
"""
PASSWORD = "DB_PASSWORD=%s\n"


@pytest.fixture
def project(tmp_path):
    """Write a project's files, secrets readable by nobody else."""

    def write(files):
        for name, text in files.items():
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(text, encoding="utf-8")
            path.chmod(0o600)
        return tmp_path

    return write


@pytest.fixture
def password(good):
    return PASSWORD % good["PAYMENTS_DATABASE_PASSWORD"].replace("+", "a").replace("/", "b").replace("=", "c")


def report_of(done):
    assert "Traceback" not in done.stderr
    return json.loads(done.stdout)


def subjects(report):
    return {subject for finding in report["findings"] for subject in finding["subjects"]}


def test_a_folder_with_a_compose_file_is_judged_without_a_word(preflight, project, password):
    project({"compose.yaml": GOOD, ".env": password})
    done = preflight("check", "--format", "json")
    report = report_of(done)
    assert done.returncode == 0, report
    assert subjects(report) == {"service:api", "env_file:.env"}
    assert [(one["kind"], one["path"]) for one in report["inputs"]] == [
        ("compose_file", "compose.yaml"),
        ("env_file", ".env"),
    ]


def test_files_and_variables_are_taken_as_named(preflight, project, password):
    project(
        {
            "docker-compose.prod.yml": GOOD,
            "docker-compose.more.yml": "services: {api: {environment: {LOG_LEVEL: info}}}\n",
            ".env.production": password,
            "compose.yaml": "services: {other: {image: a:1}}\n",
        }
    )
    named = ("-f", "docker-compose.prod.yml", "-f", "docker-compose.more.yml", "--env-file", ".env.production")
    done = preflight("check", *named, "--format", "json")
    report = report_of(done)
    assert done.returncode == 0, report
    assert subjects(report) == {"service:api", "env_file:.env.production"}
    positional = preflight("check", "docker-compose.prod.yml", ".env.production", "--format", "json")
    assert positional.returncode == 0, positional.stdout


def test_the_process_environment_gives_variables_first(preflight, project, password):
    project({"compose.yaml": GOOD, ".env": password})
    done = preflight("check", "--format", "json", env={"DB_PASSWORD": "short"})
    rules = {one["rule"] for one in report_of(done)["findings"] if one["status"] == "fail"}
    assert done.returncode == 1
    assert "password-length" in rules


def test_a_variable_that_must_be_set_names_the_env_file_that_was_meant(preflight, project, password):
    project({"compose.yaml": GOOD, ".env.production": password})
    done = preflight("check", "compose.yaml", "--format", "json")
    (problem,) = report_of(done)["problems"]
    assert done.returncode == 4
    assert problem["code"] == "missing_variable"
    assert problem["origin"]["line"] == 6
    assert "--env-file .env.production" in problem["hint"]


def test_a_key_written_twice_names_both_lines(preflight, project):
    project({"compose.yaml": "services:\n  a:\n    image: x:1\n    environment: [A=1]\n    environment: [B=2]\n"})
    done = preflight("check", "--format", "json")
    (problem,) = report_of(done)["problems"]
    assert done.returncode == 4
    assert problem["origin"]["line"] == 5
    assert "4" in problem["message"]


def test_an_env_file_that_is_missing_leaves_the_rest_judged(preflight, project):
    project(
        {
            "compose.yaml": "services:\n  a:\n    image: x:1\n    env_file: [gone.env]\n    environment: {JWT_SECRET: secret}\n"
        }
    )
    done = preflight("check", "--format", "json")
    report = report_of(done)
    assert done.returncode == 4
    assert [one["code"] for one in report["problems"]] == ["env_file_missing"]
    assert any(one["rule"] == "secret-placeholder" and one["status"] == "fail" for one in report["findings"])


def test_an_override_alone_says_what_to_add(preflight, project):
    project({"compose.yaml": GOOD, "compose.override.yaml": "services: {api: {ports: ['80:80']}}\n"})
    done = preflight("check", "-f", "compose.override.yaml", "--format", "json")
    (problem,) = report_of(done)["problems"]
    assert done.returncode == 4
    assert "-f compose.yaml -f compose.override.yaml" in problem["hint"]


def test_services_of_profiles_that_are_off_are_named(preflight, project, password):
    project({"compose.yaml": GOOD + "  tool: {image: 'a:1', profiles: [tools], privileged: true}\n", ".env": password})
    report = report_of(preflight("check", "--format", "json"))
    assert any("tool" in note for note in report["notes"])
    assert "service:tool" not in subjects(report)
    assert "service:tool" in subjects(report_of(preflight("check", "--compose-profile", "tools", "--format", "json")))


def test_one_value_that_reaches_several_services_is_one_finding(preflight, project):
    project(
        {
            "compose.yaml": "x-env: &env {JWT_SECRET: '${JWT_SECRET}'}\nservices:\n"
            + "".join(f"  s{n}: {{image: 'x:1', environment: *env}}\n" for n in range(5)),
            ".env": "JWT_SECRET=changeme\n",
        }
    )
    report = report_of(preflight("check", "--format", "json"))
    found = [one for one in report["findings"] if one["rule"] == "secret-placeholder" and one["status"] == "fail"]
    assert [one["subjects"] for one in found] == [["env_file:.env", *(f"service:s{n}" for n in range(5))]]


def test_paths_in_a_container_are_followed_to_this_machine(preflight, project):
    folder = project(
        {
            "compose.yaml": "services:\n  a:\n    image: x:1\n    environment:\n      ENV: production\n"
            "      TLS_CERT_FILE: /tls/server.crt\n      TLS_KEY_FILE: /tls/server.key\n      TLS_CA_FILE: /data/ca.pem\n"
            "    volumes: ['./ssl:/tls:ro', 'data:/data']\nvolumes: {data: {}}\n"
        }
    )
    (folder / "ssl").mkdir()
    (folder / "ssl" / "server.key").write_text("x")
    (folder / "ssl" / "server.key").chmod(0o644)
    report = report_of(preflight("check", "--format", "json"))
    found = {(one["rule"], one["status"]): one for one in report["findings"]}
    assert "ssl/server.key" in found["private-key-file-private", "fail"]["remediation"]
    assert ("certificate-file-exists", "fail") in found
    assert ("certificate-file-exists", "deferred") in found


def test_config_prints_what_docker_sees_and_no_secret(preflight, project, password):
    project({"compose.yaml": GOOD + "    ports: ['127.0.0.1:${PORT:-8000}:80']\n", ".env": password})
    secret = password.strip().partition("=")[2]
    text = preflight("config", "--subject", "api")
    assert text.returncode == 0
    assert secret not in text.stdout
    assert "postgresql://app:***@db.example.com/app" in text.stdout
    assert "127.0.0.1 port 8000 to 80/tcp" in text.stdout
    assert "DB_PASSWORD from .env:1:1" in " ".join(text.stdout.split())
    data = json.loads(preflight("config", "--format", "json").stdout)
    assert {one["id"] for one in data["subjects"]} == {"service:api", "env_file:.env"}
    assert secret not in json.dumps(data)


def test_config_says_what_compose_refuses(preflight, project):
    project({"compose.yaml": "services: {a: {image: x, imagee: y}}\n"})
    done = preflight("config")
    assert done.returncode == 4
    assert "compose.yaml:1" in done.stdout


def test_config_of_an_unknown_service_is_wrong_usage(preflight, project, password):
    project({"compose.yaml": GOOD, ".env": password})
    done = preflight("config", "--subject", "apj")
    assert done.returncode == 2
    assert "api" in done.stderr


def test_files_of_several_folders_are_several_projects(preflight, project):
    project({"a/compose.yaml": GOOD, "b/compose.yaml": GOOD})
    assert preflight("check", "a/compose.yaml", "b/compose.yaml").returncode == 2


def test_a_folder_is_a_project(preflight, project, password):
    project({"a/compose.yaml": GOOD, "a/.env": password})
    done = preflight("check", "a", "--format", "json")
    report = report_of(done)
    assert done.returncode == 0, report
    assert "service:api" in subjects(report)


def test_a_yaml_file_that_is_no_compose_file_is_refused(preflight, project):
    project({"other.yaml": "a: 1\n"})
    done = preflight("check", "other.yaml", "--format", "json")
    assert done.returncode == 4
    assert report_of(done)["problems"][0]["origin"]["file"] == "other.yaml"
