"""What is judged where a Compose file lies beside other inputs, and what is said of what is left out."""

from __future__ import annotations

import json

import pytest

COMPOSE = "services:\n  app:\n    image: example/app:1.2.3\n"


@pytest.mark.parametrize(
    "command", [("check", "--stage", "start"), ("check", "--process-env"), ("--validate-only", "--format", "json")]
)
def test_a_compose_file_beside_the_process_is_named_as_not_judged(preflight, good, tmp_path, command):
    (tmp_path / "compose.yaml").write_text(COMPOSE)
    report = json.loads(preflight(*command, env=good).stdout)
    assert [one["kind"] for one in report["inputs"]] == ["process_environment"]
    (note,) = report["notes"]
    assert note.startswith("compose.yaml is not judged, only the environment of this process")
    assert note.endswith("preflight check --stage build -f compose.yaml")


def test_the_option_that_the_note_names_judges_the_services(preflight, good, tmp_path):
    (tmp_path / "compose.yaml").write_text(COMPOSE)
    report = json.loads(preflight("check", "--stage", "build", "-f", "compose.yaml", env=good).stdout)
    assert {"service:app"} == {subject for one in report["findings"] for subject in one["subjects"]}


def test_a_configured_project_is_left_out_with_a_note_too(preflight, good, tmp_path):
    (tmp_path / "docker-compose.prod.yml").write_text(COMPOSE)
    (tmp_path / "preflight.yaml").write_text("inputs: {compose: [docker-compose.prod.yml]}\n")
    report = json.loads(preflight("--validate-only", env=good).stdout)
    assert "docker-compose.prod.yml" not in {one["path"] for one in report["inputs"]}
    assert report["notes"][0].startswith("docker-compose.prod.yml is not judged")


@pytest.mark.parametrize("where", [("-f", "compose.yaml"), ("compose.yaml",), (".",)])
def test_a_project_that_the_command_line_names_is_never_left_out_silently(preflight, good, tmp_path, where):
    (tmp_path / "compose.yaml").write_text(COMPOSE)
    done = preflight("check", "--stage", "start", *where, env=good)
    assert (done.returncode, done.stdout) == (2, "")
    assert "Judge one at a time" in done.stderr


PRIVILEGED = f"{COMPOSE}    privileged: true\n    environment: {{MODE: '${{MODE:?}}'}}\n"


def test_an_env_file_option_gives_the_project_of_the_folder_its_variables(preflight, tmp_path):
    (tmp_path / "compose.yaml").write_text(PRIVILEGED)
    (tmp_path / "prod.env").write_text("MODE=a\n")
    done = preflight("check", "--env-file", "prod.env", "--format", "json")
    report = json.loads(done.stdout)
    assert "compose.yaml" in {one["path"] for one in report["inputs"]}
    assert "container-privileged" in {one["rule"] for one in report["findings"] if one["blocking"]}
    assert done.returncode == 1


def test_an_env_file_that_is_named_alone_is_judged_alone_and_says_so(preflight, tmp_path):
    (tmp_path / "compose.yaml").write_text(PRIVILEGED)
    (tmp_path / "prod.env").write_text("MODE=a\n")
    report = json.loads(preflight("check", "prod.env", "--format", "json").stdout)
    assert "compose.yaml" not in {one["path"] for one in report["inputs"]}
    assert (
        "compose.yaml is not judged; for its services: preflight check -f compose.yaml --env-file prod.env"
        in report["notes"]
    )


def test_a_file_that_compose_reads_is_not_said_to_be_left_out(preflight, tmp_path):
    (tmp_path / "compose.yaml").write_text(PRIVILEGED)
    (tmp_path / ".env").write_text("MODE=a\n")
    (tmp_path / ".env.production").write_text("OTHER=b\n")
    report = json.loads(preflight("check", "--format", "json").stdout)
    assert {".env", ".env.production"} <= {one["path"] for one in report["inputs"]}
    assert not [note for note in report["notes"] if note.startswith(".env was found")]
