from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from preflight.configuration.fields import FIELDS
from preflight.configuration.reader import effective, resolve
from preflight.documents.nodes import Mapping as MappingNode
from preflight.errors import EXIT_CONFIGURATION, ConfigurationError, UsageError
from preflight.model.origin import Origin

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from preflight.configuration.model import Configuration
    from preflight.model.problem import Problem

FILE = """\
profile: staging
fail_on: medium
inputs:
  env_files: [.env, .env.local]
contract: .env.example
disable:
  - jwt-length
  - cors-any
override:
  env-mode:
    severity: low
    where: {tracked: true}
    parameters: {mode: "0640", names: [a, b]}
parameters:
  min_length: 40
bindings:
  jwt_secret: [SIGNING]
deadline: 2m
"""


def read(
    folder: Path,
    text: str | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    command_line: dict[str, Any] | None = None,
    name: str = "preflight.yaml",
) -> Configuration:
    if text is not None:
        (folder / name).write_text(text, encoding="utf-8")
    return resolve(
        folder=str(folder),
        config_file=None,
        no_config=False,
        environment=environment or {},
        command_line=command_line or {},
    )


def problems(folder: Path, text: str | None = None, **more: Mapping[str, str]) -> tuple[Problem, ...]:
    with pytest.raises(ConfigurationError) as refused:
        read(folder, text, **more)
    assert refused.value.exit_code == EXIT_CONFIGURATION
    assert all(problem.kind == "configuration" for problem in refused.value.problems)
    return refused.value.problems


def test_without_anything_the_defaults_hold(tmp_path: Path) -> None:
    found = read(tmp_path)
    assert (found.profile, found.stage, found.fail_on, found.deadline, found.log) == (None, None, "high", 30.0, "off")
    assert found.defer_paths == ("/run/secrets/", "/var/run/secrets/")
    assert (found.file, found.sha256, found.examples, found.contract) == (None, None, None, ())
    assert {option.source for option in found.options.values()} == {"default"}


def test_everything_in_a_file_has_its_place(tmp_path: Path) -> None:
    found = read(tmp_path, FILE)

    def place(name: str) -> str:
        assert found.options[name].source == "file"
        return str(found.options[name].origin)

    assert found.file == "preflight.yaml"
    assert found.sha256 is not None
    assert place("profile") == "preflight.yaml:1:1"
    assert place("inputs.env_files") == "preflight.yaml:4:3"
    assert place("parameters.min_length") == "preflight.yaml:15:3"
    assert place("bindings.jwt_secret") == "preflight.yaml:17:3"
    assert place("override.env-mode") == "preflight.yaml:10:3"
    assert [(rule, str(origin)) for rule, origin in found.disable] == [
        ("jwt-length", "preflight.yaml:7:5"),
        ("cors-any", "preflight.yaml:8:5"),
    ]
    assert found.parameters == {"min_length": (40, "file", Origin(file="preflight.yaml", line=15, column=3))}
    assert (found.env_files, found.contract, found.deadline) == ((".env", ".env.local"), (".env.example",), 120.0)
    assert found.bindings == {"jwt_secret": ("SIGNING",)}


def test_an_override_is_what_the_packs_take(tmp_path: Path) -> None:
    (change,) = read(tmp_path, FILE).override
    assert (change.rule, change.severity, str(change.origin)) == ("env-mode", "low", "preflight.yaml:10:3")
    assert isinstance(change.where, MappingNode)
    assert change.parameters == (("mode", "0640"), ("names", ("a", "b")))


def test_command_line_over_environment_over_file_over_default(tmp_path: Path) -> None:
    environment = {"PREFLIGHT_FAIL_ON": "low", "PREFLIGHT_DEADLINE": "20s", "PREFLIGHT_LOG": ""}
    found = read(tmp_path, FILE, environment=environment, command_line={"deadline": "10", "format": None})
    sources = {name: found.options[name].source for name in ("deadline", "fail_on", "profile", "format", "log")}
    assert sources == {
        "deadline": "command line",
        "fail_on": "environment",
        "profile": "file",
        "format": "default",
        "log": "default",
    }
    assert (found.deadline, found.fail_on, found.profile) == (10.0, "low", "staging")
    assert found.options["fail_on"].origin == Origin(setting="PREFLIGHT_FAIL_ON")


def test_parameters_are_layered_one_by_one(tmp_path: Path) -> None:
    text = "parameters: {a: 1, b: 1, c: 1}\nallow_environment: [parameters]"
    environment = {"PREFLIGHT_PARAMETERS__B": "2", "PREFLIGHT_PARAMETERS__C": "2"}
    found = read(tmp_path, text, environment=environment, command_line={"parameters": {"c": "[x, y]"}})
    said = {name: (value, source) for name, (value, source, _) in found.parameters.items()}
    assert said == {"a": (1, "file"), "b": (2, "environment"), "c": (("x", "y"), "command line")}


def test_a_list_on_the_command_line_replaces_the_file_s(tmp_path: Path) -> None:
    found = read(tmp_path, FILE, command_line={"disable": ["env-mode"], "env_files": "a, b"})
    assert found.disable == (("env-mode", None),)
    assert found.env_files == ("a", "b")


def test_one_path_in_the_file_is_not_split_at_commas(tmp_path: Path) -> None:
    assert read(tmp_path, "contract: a,b").contract == ("a,b",)


def test_no_config_reads_no_file(tmp_path: Path) -> None:
    (tmp_path / "preflight.yaml").write_text("not even: [yaml")
    found = resolve(folder=str(tmp_path), config_file=None, no_config=True, environment={}, command_line={})
    assert found.file is None


def test_all_mistakes_of_file_and_environment_at_once(tmp_path: Path) -> None:
    environment = {"PREFLIGHT_STAGE": "later", "PREFLIGHT_PACKS": "mine"}
    found = problems(tmp_path, "fail_onn: high\ndeadline: [1]\n", environment=environment)
    assert [(problem.code, str(problem.origin)) for problem in found] == [
        ("unknown_key", "preflight.yaml:1:1"),
        ("wrong_type", "preflight.yaml:2:11"),
        ("not_from_environment", "environment variable PREFLIGHT_PACKS"),
        ("wrong_type", "environment variable PREFLIGHT_STAGE"),
    ]
    assert found[0].message == 'unknown key "fail_onn" in the configuration; did you mean "fail_on"?'


@pytest.mark.parametrize(
    ("text", "place", "code", "message"),
    [
        (
            "deadline: 0s",
            "1:11",
            "wrong_form",
            '"deadline" must be a duration such as 30, 30s or 2m, of at most 1 hour',
        ),
        (
            "deadline: 61m",
            "1:11",
            "wrong_form",
            '"deadline" must be a duration such as 30, 30s or 2m, of at most 1 hour',
        ),
        ("deadline: .nan", "1:11", "wrong_type", '"deadline" must be a number or a text, and is not a finite number'),
        ("log: false", "1:6", "not_one_of", '"log" must be one of off, json, and is "false"'),
        ("disable: [Bad]", "1:11", "wrong_form", 'an entry of "disable" is not of the form that is expected: "Bad"'),
        ("allow_environment: [packs]", "1:21", "not_one_of", None),
        ("required_roles: [jwt_secet]", "1:18", "not_one_of", None),
        ("bindings: {jwt: [A]}", "1:12", "unknown_key", 'unknown key "jwt" in "bindings"'),
        ("bindings: {jwt_secret: []}", "1:24", "too_few", '"jwt_secret" needs at least 1 entry'),
        (
            "bindings: {jwt_secret: [A], token: [B, A]}",
            "1:40",
            "bound_twice",
            "a setting is bound to two roles: jwt_secret and token",
        ),
        ("parameters: {Bad: 1}", "1:14", "wrong_form", '"Bad" in "parameters" is not of the form that is expected'),
        (
            "override: {a-b: {sevrity: low}}",
            "1:18",
            "unknown_key",
            'unknown key "sevrity" in an override; did you mean "severity"?',
        ),
        ("- profile", "1:1", "wrong_type", "the configuration file must be a mapping of names to values"),
        ("# nothing yet\n", "1:1", "empty", "the configuration file is empty"),
        ("log: off\nlog: json", "2:1", "duplicate_key", "the key 'log' is written twice: here and on line 1"),
    ],
)
def test_a_mistake_in_the_file(tmp_path: Path, text: str, place: str, code: str, message: str | None) -> None:
    (problem,) = problems(tmp_path, text)
    assert (str(problem.origin), problem.code) == (f"preflight.yaml:{place}", code)
    if message is not None:
        assert problem.message == message


@pytest.mark.parametrize(
    ("command_line", "said"),
    [
        ({"fail_on": "never"}, "--fail-on must be one of critical, high, medium, low"),
        ({"deadline": "0"}, "--deadline must be a duration such as 30, 30s or 2m, of at most 1 hour"),
        ({"as_uid": "root"}, "--as-uid must be a user's number"),
        ({"as_gids": (-1,)}, "--as-gid must be groups' numbers"),
        ({"endpoints": ("example.com",)}, "--endpoint must be HOST:PORT"),
        ({"process_env": "maybe"}, "--process-env must be true or false"),
        ({"profile": "Prod"}, "--profile must be lower-case words joined by hyphens"),
        ({"disable": ["A"]}, "--disable must be a list of rule ids"),
        ({"packs": 3}, "--pack must be texts"),
        (
            {"parameters": {"a": None}},
            "the parameter a must be a number, true or false, a text, or a list of texts such as [a, b]",
        ),
        ({"parameters": {"A": 1}}, "a parameter's name is lower-case words joined by underscores"),
    ],
)
def test_a_mistake_on_the_command_line_is_one_of_usage(tmp_path: Path, command_line: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError) as refused:
        read(tmp_path, "fail_on: nonsense", command_line=command_line)
    assert [problem.message for problem in refused.value.problems] == [said]


@pytest.mark.parametrize("name", ["override", "bindings", "allow_environment", "nonsense"])
def test_what_the_command_line_cannot_set_is_a_bug_in_the_caller(tmp_path: Path, name: str) -> None:
    with pytest.raises(TypeError, match=name):
        read(tmp_path, command_line={name: "x"})


def test_the_report_shows_every_value_with_its_origin(tmp_path: Path) -> None:
    text = "fail_on: high\nallow_environment: [fail_on]\nbindings: {jwt_secret: [A]}\noverride: {a-b: {severity: low}}"
    found = read(tmp_path, text, environment={"PREFLIGHT_FAIL_ON": "critical"}, command_line={"parameters": {"x": 1}})
    rows = effective(found)
    assert [row["name"] for row in rows] == sorted(row["name"] for row in rows)
    paths = {spec.path for spec in FIELDS.values() if spec.kind != "mapping"}
    assert {row["name"] for row in rows} == paths | {"bindings.jwt_secret", "override.a-b", "parameters.x"}
    by_name = {row.pop("name"): row for row in rows}
    assert by_name["fail_on"] == {
        "value": "critical",
        "source": "environment",
        "origin": {"file": None, "line": None, "column": None, "setting": "PREFLIGHT_FAIL_ON"},
        "loosens": True,
    }
    assert by_name["bindings.jwt_secret"]["value"] == ["A"]
    assert by_name["override.a-b"]["value"] == {"severity": "low"}
    assert by_name["deadline"] == {"value": 30.0, "source": "default", "origin": None, "loosens": False}


def test_the_start_path_stays_light(tmp_path: Path) -> None:
    (tmp_path / "preflight.yaml").write_text(FILE)
    program = f"""
import sys
sys.path.insert(0, {str(sys.path[0])!r}); sys.path[1:1] = {sys.path[1:]!r}
before = set(sys.modules)
from preflight.configuration.reader import effective, resolve
environment = {{"PREFLIGHT_FAIL_ON": "low", "PREFLIGHT_FORMATT": "json"}}
found = resolve(folder={str(tmp_path)!r}, config_file=None, no_config=False, environment=environment,
                command_line={{"parameters": {{"a": "[b]"}}}})
assert effective(found) and found.unknown_variables == (("PREFLIGHT_FORMATT", "PREFLIGHT_FORMAT"),)
dear = set("re typing dataclasses enum json inspect logging pathlib functools collections yaml pydantic argparse "
           "urllib.parse ipaddress datetime subprocess tomllib hashlib".split())
print(sorted(dear & (set(sys.modules) - before)))
"""
    ran = subprocess.run([sys.executable, "-I", "-S", "-c", program], capture_output=True, text=True, check=True)
    assert ran.stdout == "[]\n"
