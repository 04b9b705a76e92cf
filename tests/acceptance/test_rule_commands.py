"""`rules` and `explain`: what is wrong with a pack is said with its file, and the folder's configuration counts."""

from __future__ import annotations

import json

import pytest

MINE = """\
pack: mine
title: Mine
version: 1
rules:
  - id: my-session-key
    title: Session keys meet our own bar
    severity: high
    resource: secret
    where: {role: session_secret}
    expect: {bits: {at_least: 128}}
    rationale: Our sessions live for a month.
    remediation: "Make a longer one: openssl rand -base64 48."
    references: [CWE-331]
    examples: {pass: [{env: {SESSION_SECRET: "%{base64:48}"}}], fail: [{env: {SESSION_SECRET: "%{hex:8}"}}]}
"""


@pytest.fixture
def project(tmp_path):
    (tmp_path / "mine.yaml").write_text(MINE)
    (tmp_path / "preflight.yaml").write_text(
        "packs: [mine.yaml]\ndisable: [cors-local-origin]\n"
        "override: {postgres-sslmode: {severity: low, parameters: {postgres_min_sslmode: require}}}\n"
    )
    return tmp_path


@pytest.mark.parametrize(
    "arguments",
    [
        ("rules", "list", "--pack", "gone.yaml"),
        ("explain", "jwt-key-set", "--pack", "gone.yaml"),
        ("rules", "test", "gone.yaml"),
        ("rules", "lint", "gone.yaml"),
        ("rules", "list", "--config", "gone.yaml"),
    ],
)
def test_a_file_that_is_missing_is_named_with_what_to_do(preflight, arguments):
    done = preflight(*arguments)
    assert done.returncode == 3
    assert "gone.yaml: " in done.stderr
    assert "there is no such file. Create it" in done.stderr
    assert "bug" not in done.stderr


@pytest.mark.parametrize("arguments", [("rules", "list", "--pack"), ("rules", "test"), ("rules", "lint")])
def test_a_pack_that_is_a_pipe_or_a_folder_without_packs_is_no_bug(preflight, tmp_path, arguments):
    import os

    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "empty").mkdir()
    done = preflight(*arguments, "pipe.yaml", timeout=20)
    assert (done.returncode, "named pipe" in done.stderr) == (3, True)
    done = preflight(*arguments, "empty")
    assert (done.returncode, "holds no rule pack. Name" in done.stderr) == (3, True)
    assert done.stderr.count("\n") == 1


def test_the_rules_in_force_are_those_of_the_folders_configuration(preflight, project):
    listed = json.loads(preflight("rules", "list", "--format", "json").stdout)
    severities = {rule["id"]: rule["severity"] for rule in listed["rules"]}
    assert severities["my-session-key"] == "high"
    assert severities["postgres-sslmode"] == "low"
    assert listed["disabled"]["cors-local-origin"] == "configuration"
    without = json.loads(preflight("rules", "list", "--format", "json", "--no-config").stdout)
    assert {rule["id"]: rule["severity"] for rule in without["rules"]}["postgres-sslmode"] == "critical"


def test_a_profile_that_is_pinned_is_the_one_that_is_listed(preflight, tmp_path):
    (tmp_path / "preflight.yaml").write_text("profile: development\n")
    assert "in profile development" in preflight("rules", "list").stdout
    assert "in profile staging" in preflight("rules", "list", "--profile", "staging").stdout


def test_explaining_a_rule_says_what_the_project_made_of_it(preflight, project):
    assert "openssl rand -base64 48" in preflight("explain", "my-session-key").stdout
    changed = preflight("explain", "postgres-sslmode").stdout
    assert "its severity is critical in its pack, and low here" in changed
    assert "postgres_min_sslmode: require" in changed
    assert "not in force: left out by configuration" in preflight("explain", "cors-local-origin").stdout


def test_an_explanation_shows_no_placeholders(preflight):
    for rule in ("private-key-file-private", "env-file-not-tracked", "secret-file-private"):
        done = preflight("explain", rule)
        assert done.returncode == 0
        told = done.stdout.partition("what to do")[2].partition("what it asks")[0]
        assert "{" not in told
        assert any(word in told for word in ("NAME", "PATH", "FILE"))


@pytest.mark.parametrize(
    ("arguments", "usage", "hint"),
    [
        (("chek",), "preflight [-h]", "did you mean check?"),
        (("check", "--formt", "json"), "preflight check [-h]", "did you mean --format?"),
        (("rules", "lst"), "preflight rules [-h]", "did you mean list?"),
        (("rules", "list", "--formt", "json"), "preflight rules list [-h]", "did you mean --format?"),
        (("check", "--stage", "biuld"), "preflight check [-h]", "did you mean build?"),
        (("--validate-only", "--formt", "json"), "preflight --validate-only [-h]", "did you mean --format?"),
        (("--format", "json", "check"), "preflight [-h]", "options stand behind the command"),
    ],
)
def test_wrong_usage_shows_the_right_usage_and_what_was_meant(preflight, arguments, usage, hint):
    done = preflight(*arguments)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith(f"usage: {usage}")
    assert hint in done.stderr


def test_a_value_behind_an_unknown_option_is_not_repeated(preflight):
    done = preflight("check", "--pasword=Zq7Rk2Vx9Lm4")
    assert done.returncode == 2
    assert "there is no option --pasword\n" in done.stderr
    assert "Zq7Rk2Vx9Lm4" not in done.stderr


def test_a_message_and_its_hint_are_sentences(preflight):
    assert 'is no rule. Did you mean "jwt-key-set"?' in preflight("explain", "jwt-key-sett").stderr
    assert "has no value. Write --param NAME=VALUE.\n" in preflight("check", "--param", "x").stderr
