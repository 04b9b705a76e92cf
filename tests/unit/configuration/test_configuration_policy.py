"""A variable in the environment that is judged can never weaken the gate silently."""

from __future__ import annotations

import traceback
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from preflight.configuration.fields import FIELDS, PERMISSIONS
from preflight.configuration.policy import loosens
from preflight.configuration.reader import resolve
from preflight.configuration.schema import load_settings
from preflight.errors import ConfigurationError, PreflightError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from preflight.configuration.model import Configuration


def read(folder: Path, file: str, environment: Mapping[str, str], **command_line: object) -> Configuration:
    if file:
        (folder / "preflight.yaml").write_text(file)
    return resolve(
        folder=str(folder), config_file=None, no_config=False, environment=environment, command_line=command_line
    )


# file, variable, its value, the permission it needs
LOOSENING = [
    ("", "PREFLIGHT_PROFILE", "staging", "profile"),
    ("profile: production", "PREFLIGHT_PROFILE", "development", "profile"),
    ("profile: staging", "PREFLIGHT_PROFILE", "test", "profile"),
    ("", "PREFLIGHT_STAGE", "build", "stage"),
    ("stage: start", "PREFLIGHT_STAGE", "build", "stage"),
    ("", "PREFLIGHT_FAIL_ON", "critical", "fail_on"),
    ("fail_on: low", "PREFLIGHT_FAIL_ON", "medium", "fail_on"),
    ("", "PREFLIGHT_INPUTS__ENV_FILES", ".env.good", "inputs"),
    ("inputs: {env_files: [a, b]}", "PREFLIGHT_INPUTS__ENV_FILES", "a", "inputs"),
    ("inputs: {process_env: true}", "PREFLIGHT_INPUTS__PROCESS_ENV", "false", "inputs"),
    ("", "PREFLIGHT_DIALECT", "shell", "dialect"),
    ("", "PREFLIGHT_EXAMPLES", "nothing", "examples"),
    ("examples: [a]", "PREFLIGHT_EXAMPLES", ",", "examples"),
    ("", "PREFLIGHT_DISABLE", "jwt-length", "disable"),
    ("disable: [cors-any]", "PREFLIGHT_DISABLE", "cors-any,jwt-length", "disable"),
    ("", "PREFLIGHT_PARAMETERS__MIN_LENGTH", "1", "parameters"),
    ("parameters: {min_length: 2}", "PREFLIGHT_PARAMETERS__MIN_LENGTH", "99", "parameters"),
    ("parameters: {flag: 1}", "PREFLIGHT_PARAMETERS__FLAG", "true", "parameters"),
    ("", "PREFLIGHT_NOT_SECRET", "PASSWORD", "not_secret"),
    ("required_roles: [jwt_secret, token]", "PREFLIGHT_REQUIRED_ROLES", "token", "required_roles"),
    ("required_roles: [jwt_secret]", "PREFLIGHT_REQUIRED_ROLES", ",", "required_roles"),
    ("", "PREFLIGHT_DEFER_PATHS", "/", "defer_paths"),
    ("", "PREFLIGHT_DEADLINE", "31", "deadline"),
    ("deadline: 5", "PREFLIGHT_DEADLINE", "6s", "deadline"),
    ("", "PREFLIGHT_AS_UID", "0", "as_uid"),
    ("", "PREFLIGHT_AS_GIDS", "0,2000", "as_gids"),
    ("live: true", "PREFLIGHT_LIVE", "false", "live"),
    ("", "PREFLIGHT_WAIT", "1", "wait"),
    ("wait: 60s", "PREFLIGHT_WAIT", "61", "wait"),
    ("", "PREFLIGHT_LIVE_TIMEOUT", "6", "live_timeout"),
    ("endpoints: ['a:1', 'b:1']", "PREFLIGHT_ENDPOINTS", "a:1,c:1", "endpoints"),
]
TIGHTENING = [
    ("", "PREFLIGHT_PROFILE", "production"),
    ("profile: development", "PREFLIGHT_PROFILE", "production"),
    ("profile: staging", "PREFLIGHT_PROFILE", "staging"),
    ("", "PREFLIGHT_STAGE", "start"),
    ("stage: build", "PREFLIGHT_STAGE", "build"),
    ("", "PREFLIGHT_FAIL_ON", "high"),
    ("", "PREFLIGHT_FAIL_ON", "low"),
    ("", "PREFLIGHT_INPUTS__PROCESS_ENV", "true"),
    ("", "PREFLIGHT_INPUTS__PROCESS_ENV", "off"),
    ("inputs: {env_files: [a, b]}", "PREFLIGHT_INPUTS__ENV_FILES", "a,b"),
    ("dialect: shell", "PREFLIGHT_DIALECT", "shell"),
    ("disable: [a-b, c-d]", "PREFLIGHT_DISABLE", "c-d"),
    ("disable: [a-b]", "PREFLIGHT_DISABLE", ","),
    ("parameters: {min_length: 2}", "PREFLIGHT_PARAMETERS__MIN_LENGTH", "2"),
    ("not_secret: [A, B]", "PREFLIGHT_NOT_SECRET", "B"),
    ("required_roles: [token]", "PREFLIGHT_REQUIRED_ROLES", "jwt_secret,token"),
    ("", "PREFLIGHT_DEFER_PATHS", "/run/secrets/"),
    ("", "PREFLIGHT_DEADLINE", "30s"),
    ("", "PREFLIGHT_DEADLINE", "0.1m"),
    ("", "PREFLIGHT_LOG", "json"),
    ("log: json", "PREFLIGHT_LOG", "off"),
    ("format: text", "PREFLIGHT_FORMAT", "json"),
    ("as_uid: 1000", "PREFLIGHT_AS_UID", "1000"),
    ("as_gids: [1000, 2000]", "PREFLIGHT_AS_GIDS", "1000,2000"),
    ("", "PREFLIGHT_LIVE", "true"),
    ("wait: 2m", "PREFLIGHT_WAIT", "10s"),
    ("", "PREFLIGHT_LIVE_TIMEOUT", "1"),
    ("endpoints: ['a:1']", "PREFLIGHT_ENDPOINTS", "a:1,c:1"),
]


@pytest.mark.parametrize(("file", "variable", "text", "permission"), LOOSENING)
def test_a_loosening_variable_is_refused(tmp_path: Path, file: str, variable: str, text: str, permission: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        read(tmp_path, file, {variable: text})
    (problem,) = refused.value.problems
    assert (problem.code, refused.value.exit_code) == ("environment_would_loosen", 3)
    assert problem.message.startswith(f"{variable} would ")
    assert f"preflight.yaml: allow_environment: [{permission}]." in problem.hint
    assert "command line" in problem.hint
    assert str(problem.origin) == f"environment variable {variable}"


@pytest.mark.parametrize(("file", "variable", "text", "permission"), LOOSENING)
def test_with_permission_it_applies_and_is_shown(
    tmp_path: Path, file: str, variable: str, text: str, permission: str
) -> None:
    found = read(tmp_path, f"{file}\nallow_environment: [{permission}]", {variable: text})
    assert [option.source for option in found.options.values() if option.loosens] == ["environment"]


@pytest.mark.parametrize(("file", "variable", "text", "permission"), LOOSENING)
def test_no_other_permission_helps(tmp_path: Path, file: str, variable: str, text: str, permission: str) -> None:
    others = ", ".join(name for name in PERMISSIONS if name != permission)
    with pytest.raises(ConfigurationError):
        read(tmp_path, f"{file}\nallow_environment: [{others}]", {variable: text})


@pytest.mark.parametrize(("file", "variable", "text"), TIGHTENING)
def test_a_variable_that_does_not_loosen_applies(tmp_path: Path, file: str, variable: str, text: str) -> None:
    found = read(tmp_path, file, {variable: text})
    assert [option.loosens for option in found.options.values() if option.source == "environment"] == [False]


def test_every_field_that_can_be_loosened_is_tried_above() -> None:
    assert {permission for *_, permission in LOOSENING} == set(PERMISSIONS)


@pytest.mark.parametrize(
    "variable",
    [
        "PREFLIGHT_ALLOW_ENVIRONMENT",
        "PREFLIGHT_PACKS",
        "PREFLIGHT_CONTRACT",
        "PREFLIGHT_BINDINGS",
        "PREFLIGHT_BINDINGS__JWT_SECRET",
        "PREFLIGHT_OVERRIDE",
        "PREFLIGHT_OVERRIDE__JWT_LENGTH__SEVERITY",
    ],
)
def test_some_things_the_environment_never_sets(tmp_path: Path, variable: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        read(tmp_path, f"allow_environment: [{', '.join(PERMISSIONS)}]", {variable: "fail_on"})
    (problem,) = refused.value.problems
    assert problem.code == "not_from_environment"
    assert variable in problem.message


def test_what_the_command_line_says_makes_a_variable_void(tmp_path: Path) -> None:
    environment = {"PREFLIGHT_FAIL_ON": "critical", "PREFLIGHT_PARAMETERS__A": "1", "PREFLIGHT_PACKS": "x"}
    found = read(tmp_path, "", environment, fail_on="critical", parameters={"a": 2}, packs=["y"])
    assert (found.fail_on, found.packs, found.parameters["a"][:2]) == ("critical", ("y",), (2, "command line"))
    assert not any(option.loosens for option in found.options.values())


def test_names_that_mean_nothing_are_noted_and_may_belong_to_the_service(tmp_path: Path) -> None:
    environment = {
        "PREFLIGHT_FAILON": "x",
        "PREFLIGHT_PARAMETERS__": "x",
        "PREFLIGHT_Profile": "x",
        "PREFLIGHT_\x1b[31m": "x",
        "PREFLIGHT_SHIP": "",
        "FLIGHT": "x",
    }
    assert read(tmp_path, "", environment).unknown_variables == (
        ("PREFLIGHT_\\x1b[31m", None),
        ("PREFLIGHT_FAILON", "PREFLIGHT_FAIL_ON"),
        ("PREFLIGHT_PARAMETERS__", "PREFLIGHT_PARAMETERS"),
        ("PREFLIGHT_Profile", "PREFLIGHT_PROFILE"),
    )


@pytest.mark.parametrize("variable", ["PREFLIGHT_PARAMETERS", "PREFLIGHT_INPUTS"])
def test_several_things_at_once_are_not_understood(tmp_path: Path, variable: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        read(tmp_path, "", {variable: '{"a": 1}'})
    assert [problem.code for problem in refused.value.problems] == ["wrong_type"]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12", 12), ("1.5", 1.5), ("true", True), ("verify-full", "verify-full"), ("'12'", "12"), ('"a b"', "a b"),
        ("[a, b]", ("a", "b")), ("[]", ()), ("a: b", "a: b"), ("yes", "yes"),
    ],
)  # fmt: skip
def test_a_parameter_is_read_as_yaml_reads_it(tmp_path: Path, text: str, value: object) -> None:
    found = read(tmp_path, "allow_environment: [parameters]", {"PREFLIGHT_PARAMETERS__A": text})
    assert repr(found.parameters["a"][0]) == repr(value)


@pytest.mark.parametrize("text", ["[a", "[1]", "~", "null", ".nan", "'a", "'a': b", "[[a]]", "\udcff"])
def test_a_parameter_that_is_none(tmp_path: Path, text: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        read(tmp_path, "allow_environment: [parameters]", {"PREFLIGHT_PARAMETERS__A": text})
    assert [problem.code for problem in refused.value.problems] == ["wrong_type"]


def test_a_gate_that_only_tightens_never_loosens_back() -> None:
    """For fields with an order: if neither way is loosening, both say the same."""
    ranks = ("critical", "high", "medium", "low")
    for name, values in {"fail_on": ranks, "deadline": (1.0, 2.0), "process_env": (True, False)}.items():
        for one in values:
            for other in values:
                assert loosens(name, one, other) or loosens(name, other, one) or one == other


CANARY = st.text("ŁØßÞðĦ", min_size=6, max_size=12)  # letters that no message uses
OTHERS = ("PREFLIGHT_PARAMETERS__A", "PREFLIGHT_BINDINGS__TOKEN", "PREFLIGHT_INPUTS", "PREFLIGHT_OTHER")
VARIABLES = st.sampled_from([*sorted({spec.variable for spec in FIELDS.values()}), *OTHERS])
SHAPES = st.sampled_from(
    ["{}", "[{}]", "'{}", "[{}", "{}, x", " {}s", "12{}", "true{}", "critical {}", "'{}': x", "- {}"]
)


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    environment=st.dictionaries(VARIABLES, st.builds(str.format, SHAPES, CANARY), min_size=1, max_size=4),
    permitted=st.booleans(),
)
def test_no_value_of_a_variable_is_ever_repeated(
    tmp_path: Path, environment: dict[str, str], *, permitted: bool
) -> None:
    file = f"allow_environment: [{', '.join(PERMISSIONS)}]" if permitted else "log: off"
    (tmp_path / "preflight.yaml").write_text(file)
    for load in (read_lean, read_whole):
        try:
            load(tmp_path, environment)
        except PreflightError as bad:
            said = "".join(traceback.format_exception(bad)) + repr(bad.problems)
            assert not set(said) & set("ŁØßÞðĦ")


def read_lean(folder: Path, environment: dict[str, str]) -> None:
    resolve(folder=str(folder), config_file=None, no_config=False, environment=environment, command_line={})


def read_whole(folder: Path, environment: dict[str, str]) -> None:
    load_settings(folder=str(folder), environment=environment, command_line={})
