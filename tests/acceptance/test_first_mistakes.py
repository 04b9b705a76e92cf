"""What somebody is told who makes the usual mistakes on the first day."""

from __future__ import annotations

import json
import secrets

import pytest

from preflight.report.schema import ReportModel

HEAD = "services:\n  app:\n    image: example/app:1.4\n"
SECRETS = """\
services:
  db:
    image: postgres:17.2
    environment: {ENV: production, POSTGRES_PASSWORD_FILE: /run/secrets/pw}
%s
secrets:
  pw: {file: ./pw.txt}
"""


@pytest.fixture
def good():
    """A production environment about which nothing is to be said."""
    return {"ENV": "production", "SESSION_SECRET": secrets.token_hex(32)}


def failed(report):
    """Return the failures and errors of a report, by rule."""
    return {one["rule"]: one for one in report["findings"] if one["status"] in {"fail", "error"}}


def judged(preflight, *arguments, **options):
    """Return the report of a check."""
    return json.loads(preflight("check", "--format", "json", *arguments, **options).stdout)


# -- the environment -------------------------------------------------------------------------------------------------


def test_a_slip_in_the_environment_refuses_the_start(preflight, good):
    done = preflight("exec", "--", "echo", "started", env={**good, "ENV": "prodcution"})
    assert done.returncode == 1
    assert not done.stdout.startswith("started")
    found = failed(json.loads(done.stdout))["environment-spelled"]
    assert found["message"] == "ENV: prodcution is not a known environment; did you mean production?"


def test_a_word_of_its_own_is_judged_as_production_with_a_warning(preflight, good):
    done = preflight("exec", "--validate-only", "--format", "json", env={**good, "ENV": "canary"})
    report = json.loads(done.stdout)
    assert (done.returncode, report["profile"]["name"]) == (0, "production")
    assert failed(report).keys() == {"environment-known"}


def test_a_slip_beside_a_file_name_is_one_finding(preflight, tmp_path):
    path = tmp_path / ".env.production"
    path.write_text(f"ENV=produktion\nSESSION_SECRET={secrets.token_hex(32)}\n")
    path.chmod(0o600)
    assert failed(judged(preflight, path.name)).keys() == {"environment-spelled"}


# -- profiles --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["prod", "prodution"])
def test_a_profile_that_there_is_not_is_not_in_force(preflight, tmp_path, word):
    (tmp_path / ".env").write_text("A=1\n")
    report = judged(preflight, "--profile", word)
    assert report["exit_code"] == 3
    assert report["profile"]["name"] is None
    (problem,) = [one for one in report["problems"] if one["code"] == "unknown_profile"]
    assert problem["hint"] == 'Did you mean "production"?'


@pytest.mark.parametrize("given", ["jbos", "nothing-like-it"])
def test_a_compose_profile_that_no_service_has_is_refused(preflight, tmp_path, given):
    (tmp_path / "compose.yaml").write_text(f"{HEAD}  job:\n    image: example/job:1\n    profiles: [jobs]\n")
    report = judged(preflight, "--compose-profile", given)
    assert report["exit_code"] == 4
    (problem,) = report["problems"]
    assert problem["code"] == "unknown_compose_profile"
    assert problem["hint"] == ("Did you mean jobs?" if given == "jbos" else "Its profiles: jobs.")
    for known in ("jobs", "*"):
        assert judged(preflight, "--compose-profile", known)["problems"] == []


def test_a_compose_profile_of_the_environment_that_no_service_has_is_noted(preflight, tmp_path):
    (tmp_path / "compose.yaml").write_text(f"{HEAD}  job:\n    image: example/job:1\n    profiles: [jobs]\n")
    report = judged(preflight, env={"COMPOSE_PROFILES": "jbos"})
    assert report["problems"] == []
    assert "COMPOSE_PROFILES names jbos, a profile that no service has; did you mean jobs?" in report["notes"]


# -- what a start says -----------------------------------------------------------------------------------------------


def test_options_behind_the_entrypoints_dashes_are_taken(preflight, good):
    done = preflight("exec", "--", "--validate-only", "--format", "text", env=good)
    assert done.returncode == 0
    assert done.stdout.startswith("MAY START")


@pytest.mark.parametrize("words", [("--validate-only",), ("exec", "--validate-only")])
def test_to_a_pipe_a_validation_is_one_line(preflight, good, words, tmp_path):
    done = preflight(*words, env=good)
    assert done.returncode == 0
    assert len(done.stdout.splitlines()) == 1
    brief = json.loads(done.stdout)
    ReportModel.model_validate(brief)
    assert brief["verdict"] == "pass"
    assert {one["status"] for one in brief["findings"]} == {"pass"}  # a pass rests on something that was judged
    assert brief["notes"][-1].startswith("left out: ")
    assert json.loads(preflight(*words, "--format", "json", env=good).stdout)["findings"] != []
    preflight(*words, "-o", "report.json", env=good)
    assert json.loads((tmp_path / "report.json").read_text())["findings"] != []


@pytest.mark.parametrize("words", [("exec", "--format", "text", "--", "true"), ("--validate-only", "--format", "text")])
def test_a_text_is_not_followed_by_the_same_in_json(preflight, good, words):
    bad = {**good, "SESSION_SECRET": "short"}
    done = preflight(*words, env=bad)
    assert (done.returncode, done.stderr) == (1, "")
    assert done.stdout.startswith("REFUSED")


def test_log_lines_that_are_asked_for_come_with_a_text(preflight, good):
    bad = {**good, "SESSION_SECRET": "short"}
    done = preflight("exec", "--format", "text", "--log", "json", "--", "true", env=bad)
    lines = [json.loads(line) for line in done.stderr.splitlines()]
    assert lines[0]["level"] == "fatal"
    assert "--format text" not in lines[-1]["more"]


@pytest.mark.parametrize(
    ("variable", "said"),
    [
        ("PREFLIGHT_PROFIL", "PREFLIGHT_PROFILE may be meant"),
        ("PREFLIGHT_CONFIG", "a configuration file is named with --config"),
    ],
)
def test_a_variable_that_means_nothing_is_said_at_an_allowed_start(preflight, good, variable, said):
    line = f"the variable {variable} means nothing to preflight; {said}"
    done = preflight("exec", "--", "true", env={**good, variable: "staging"})
    assert (done.returncode, done.stdout, done.stderr) == (0, "", f"preflight: {line}\n")
    logged = preflight("exec", "--log", "json", "--", "true", env={**good, variable: "staging"})
    lines = [json.loads(one) for one in logged.stderr.splitlines()]
    assert [one["message"] for one in lines if one["level"] == "warn"] == [line]


# -- files -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("rule", ["certificate-file-exists", "private-key-file-exists"])
def test_in_ci_a_missing_file_is_told_of_defer_paths(preflight, tmp_path, good, rule):
    tls = "SERVER_TLS_CERT_FILE=/etc/app/tls/cert.pem\nSERVER_TLS_KEY_FILE=/etc/app/tls/key.pem\n"
    (tmp_path / ".env.production").write_text(tls)
    said = failed(judged(preflight, ".env.production"))[rule]["remediation"]
    assert "In CI, where it never exists, name its folder in defer_paths of preflight.yaml: /etc/app/tls/." in said
    names = {"SERVER_TLS_CERT_FILE": "/etc/app/tls/cert.pem", "SERVER_TLS_KEY_FILE": "/etc/app/tls/key.pem"}
    started = preflight("--validate-only", env={**good, **names})
    assert "defer_paths" not in failed(json.loads(started.stdout))[rule]["remediation"]


def test_a_secret_without_its_file_is_one_finding_that_names_the_file(preflight, tmp_path):
    (tmp_path / "compose.yaml").write_text(SECRETS % "    secrets: [pw]")
    found = failed(judged(preflight))
    about = {rule: one for rule, one in found.items() if "POSTGRES_PASSWORD" in one["message"]}
    assert about.keys() == {"secret-file-usable"}
    assert "/run/secrets/pw, which is pw.txt on this machine (missing)" in about["secret-file-usable"]["message"]
    assert about["secret-file-usable"]["remediation"].startswith("Put the secret into pw.txt on this machine")


def test_a_service_that_is_not_given_the_secret_it_names(preflight, tmp_path):
    (tmp_path / "pw.txt").write_text(f"{secrets.token_hex(24)}\n")
    (tmp_path / "compose.yaml").write_text(SECRETS % "")
    report = judged(preflight)
    found = failed(report)["compose-secret-granted"]
    assert found["message"] == (
        "POSTGRES_PASSWORD: POSTGRES_PASSWORD_FILE names /run/secrets/pw, but the service is not given the secret pw"
    )
    assert found["remediation"] == "Add the missing line to the `secrets:` of the service: `- pw`."
    assert [one["message"] for one in report["findings"] if one["status"] == "deferred"] == []


def test_a_secret_that_the_project_does_not_define_is_known_only_in_the_image(preflight, tmp_path):
    (tmp_path / "compose.yaml").write_text(f"{HEAD}    environment: {{API_TOKEN_FILE: /run/secrets/other}}\n")
    report = judged(preflight)
    assert "compose-secret-granted" not in failed(report)
    assert "secret-file-usable" in {one["rule"] for one in report["findings"] if one["status"] == "deferred"}


@pytest.mark.parametrize(
    ("there", "given", "hint"),
    [
        ("compose.yaml", "compose.yml", "Did you mean compose.yaml?"),
        ("docker-compose.yml", "compose.yml", "Did you mean docker-compose.yml?"),
        ("production.yml", "prodution.yml", "Did you mean production.yml?"),
        ("compose.yaml", "other.yml", "Check the path."),
    ],
)
def test_a_missing_compose_file_of_the_command_line(preflight, tmp_path, there, given, hint):
    (tmp_path / there).write_text(HEAD)
    report = judged(preflight, "-f", given)
    assert [(one["code"], one["hint"]) for one in report["problems"]] == [("missing", hint)]
    assert report["inputs"] == []


def test_a_missing_compose_file_of_another_file_is_relative_to_that(preflight, tmp_path):
    (tmp_path / "compose.yaml").write_text(f"include: [more.yaml]\n{HEAD}")
    (problem,) = judged(preflight)["problems"]
    assert "relative to the file that names it" in problem["hint"]


def test_a_file_without_a_known_name_is_not_told_to_be_named(preflight, tmp_path):
    (tmp_path / ".env.other").write_text("X=1\n")
    (tmp_path / ".env.other").chmod(0o600)
    report = judged(preflight, ".env.other", "--disable", "environment-declared")
    (problem,) = [one for one in report["problems"] if one["code"] == "nothing_to_judge"]
    assert "Name the inputs" not in problem["hint"]
    assert "bind your settings' names" in problem["hint"]


# -- one line for each mistake ---------------------------------------------------------------------------------------


def test_a_variable_that_is_missing_in_several_places_is_said_once(preflight, tmp_path):
    text = f'{HEAD}    environment: {{A: "${{FOO:?}}", B: "${{FOO:?}}", C: "${{BAR:?}}"}}\n    user: "${{FOO:?}}"\n'
    (tmp_path / "compose.yaml").write_text(text)
    problems = judged(preflight)["problems"]
    assert sorted(one["origin"]["setting"] for one in problems) == ["BAR", "FOO"]
    foo, bar = sorted(problems, key=lambda one: one["origin"]["setting"], reverse=True)
    assert foo["message"].count("compose.yaml:") == 2
    assert "also at" not in bar["message"]


def test_a_missing_env_file_is_to_be_written_first(preflight, tmp_path):
    (tmp_path / "compose.yaml").write_text(f"{HEAD}    env_file: nope.env\n")
    (problem,) = judged(preflight)["problems"]
    assert problem["hint"].startswith("Write the file.")
    assert "starts the service without these settings" in problem["hint"]


@pytest.mark.parametrize(
    ("value", "hint"), [("verify_full", 'Did you mean "verify-full"?'), ("12", "Correct the value.")]
)
def test_a_parameter_that_is_no_word_of_its_scale(preflight, tmp_path, value, hint):
    (tmp_path / "preflight.yaml").write_text(f"parameters: {{postgres_min_sslmode: {value}}}\n")
    (problem,) = [one for one in judged(preflight)["problems"] if one["code"] == "wrong_type"]
    assert problem["hint"].startswith(hint)
    assert "verify-full" in problem["message"]


@pytest.mark.parametrize("name", ["compose.yaml", "preflight.yaml"])
def test_a_tab_is_called_a_tab(preflight, tmp_path, name):
    (tmp_path / name).write_text("services:\n\tapp: {}\n")
    (problem,) = [one for one in judged(preflight)["problems"] if one["code"] == "syntax"]
    assert problem["message"] == "a tab stands here: YAML is indented with spaces only"


# -- the renewal of certificates -------------------------------------------------------------------------------------


def test_a_renewal_says_what_a_renewal_needs(preflight, tmp_path):
    first = ("certs", "create", "--cn", "db", "--key-type", "ec-p256")
    assert "pg_hba.conf" in preflight(*first, "--host", "db.prod").stdout
    done = preflight(*first, "--out", "ssl-2027", "--ca-cert", "ssl/ca-cert.pem", "--ca-key", "ssl/ca-key.pem")
    assert done.returncode == 0
    assert "the server may be called: db, localhost, 127.0.0.1, ::1\nthe client is called: app\n" in done.stdout
    assert "ssl/server-cert.pem is also valid for db.prod, and the new certificate is not" in done.stdout
    assert "pg_reload_conf()" in done.stdout
    assert "pg_hba.conf" not in done.stdout
    assert "Put ssl/ca-key.pem away" not in done.stdout
    (tmp_path / "certs.old").mkdir()
    looked = preflight("certs", "inspect").stdout.splitlines()[1]
    assert looked.startswith("LOOKED   in this folder, ssl, certs.old, ssl-2027,")


def test_wrong_usage_of_an_action_points_at_its_own_help(preflight):
    done = preflight("certs", "create", "--days", "0")
    assert done.returncode == 2
    assert done.stderr.splitlines()[-1] == "preflight: try `preflight certs create --help`"
