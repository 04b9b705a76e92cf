"""The start path's reader and pydantic-settings say the same of every configuration."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from preflight.configuration.fields import FIELDS, PERMISSIONS
from preflight.configuration.reader import resolve
from preflight.configuration.schema import Settings, config_json_schema, load_settings
from preflight.documents.locations import data_path
from preflight.documents.nodes import plain_value
from preflight.documents.schemas import _as_yaml, _scan, json_schema
from preflight.errors import ConfigurationError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeAlias

    from preflight.configuration.model import Configuration

    Json: TypeAlias = Any

WORDS = st.sampled_from(["a", "b-c", "B", "", "a_b", "x y", "a,b", "30", "true", "é"])
ANYTHING = st.none() | st.booleans() | st.integers(-1, 3) | WORDS | st.lists(WORDS, max_size=2) | st.just({})
NAMES = st.lists(st.sampled_from(["one", "two", "three"]), max_size=3)
IDS = st.lists(st.sampled_from(["jwt-length", "cors-any", "env-mode"]), max_size=3)
ROLES = st.sampled_from(["jwt_secret", "database_password", "listen_address"])
SECONDS = st.sampled_from([30, 1, 0.5, 31, 3600, "30s", "2m", "45", "1.5m", "0.1s"])
ENDPOINTS = st.sampled_from(
    ["api.example.com:443", "[::1]:8443", "127.0.0.1:1", "a_b:99999", "example.com", "é:1", "a:b"]
)
BAD_SECONDS = st.sampled_from([0, -1, 3601, "0s", "61m", "30 s", "1h", "s", True, "9" * 400])
PARAMETERS = st.dictionaries(
    st.sampled_from(["length", "min_bits", "mode"]),
    st.booleans() | st.integers(0, 99) | st.just(1.5) | WORDS | NAMES,
    max_size=2,
)
FIELD_VALUES: dict[str, st.SearchStrategy[Any]] = {
    "profile": st.sampled_from(["production", "staging", "our-own", None]),
    "stage": st.sampled_from(["build", "start", None]),
    "fail_on": st.sampled_from(["critical", "high", "medium", "low"]),
    "inputs": st.fixed_dictionaries(
        {}, optional={"env_files": NAMES, "compose": NAMES, "compose_profiles": NAMES, "process_env": st.booleans()}
    ),
    "dialect": st.sampled_from(["compose", "dotenv", "shell", None]),
    "contract": st.sampled_from(["one", ["one", "two"], [], None, "a,b"]),
    "examples": st.none() | NAMES,
    "packs": NAMES,
    "disable": IDS,
    "override": st.dictionaries(
        st.sampled_from(["jwt-length", "cors-any"]),
        st.fixed_dictionaries(
            {},
            optional={
                "severity": st.sampled_from(["low", "critical", None]),
                "parameters": st.dictionaries(st.sampled_from(["length", "Bad"]), st.integers(0, 9), max_size=1),
                "where": st.just({"network": {"one_of": ["remote"]}}),
            },
        ),
        max_size=2,
    ),
    "parameters": PARAMETERS,
    "bindings": st.dictionaries(ROLES, NAMES, max_size=2),
    "not_secret": NAMES,
    "required_roles": st.lists(ROLES, max_size=2),
    "defer_paths": st.lists(st.sampled_from(["/run/secrets/", "/var/run/secrets/", "/mnt/"]), max_size=3),
    "deadline": SECONDS,
    "live": st.booleans(),
    "wait": st.none() | SECONDS,
    "live_timeout": SECONDS,
    "endpoints": st.lists(ENDPOINTS, max_size=2),
    "log": st.sampled_from(["off", "json"]),
    "format": st.sampled_from(["json", "text", None]),
    "allow_environment": st.lists(st.sampled_from(PERMISSIONS), max_size=8),
    "as_uid": st.sampled_from([0, 1000, None]),
    "as_gids": st.lists(st.sampled_from([0, 1000, 2000]), max_size=2),
}
TEXTS: dict[str, st.SearchStrategy[str]] = {
    "PREFLIGHT_PROFILE": st.sampled_from(["production", "staging", "our-own"]),
    "PREFLIGHT_STAGE": st.sampled_from(["build", "start"]),
    "PREFLIGHT_FAIL_ON": st.sampled_from(["critical", "high", "medium", "low"]),
    "PREFLIGHT_INPUTS__ENV_FILES": st.sampled_from(["one", "one,two", " one , three "]),
    "PREFLIGHT_INPUTS__PROCESS_ENV": st.sampled_from(["true", "off", "1", "No", "T"]),
    "PREFLIGHT_DIALECT": st.sampled_from(["compose", "shell"]),
    "PREFLIGHT_EXAMPLES": st.sampled_from(["one", "one,two"]),
    "PREFLIGHT_DISABLE": st.sampled_from(["jwt-length", "jwt-length, cors-any", ","]),
    "PREFLIGHT_PARAMETERS__LENGTH": st.sampled_from(["12", "word", "[a, b]", "'12'", "true", "1.5"]),
    "PREFLIGHT_PARAMETERS__MIN_BITS": st.sampled_from(["12", '"a"']),
    "PREFLIGHT_NOT_SECRET": st.sampled_from(["one", "one,two,three"]),
    "PREFLIGHT_REQUIRED_ROLES": st.sampled_from(["jwt_secret", "jwt_secret,database_password"]),
    "PREFLIGHT_DEFER_PATHS": st.sampled_from(["/run/secrets/", "/"]),
    "PREFLIGHT_DEADLINE": st.sampled_from(["10", "10s", "0.5m", "1m", "3600"]),
    "PREFLIGHT_LIVE": st.sampled_from(["true", "off"]),
    "PREFLIGHT_WAIT": st.sampled_from(["10", "1m"]),
    "PREFLIGHT_LIVE_TIMEOUT": st.sampled_from(["2s", "10"]),
    "PREFLIGHT_ENDPOINTS": st.sampled_from(["a:1", "api.example.com:443,[::1]:8443", "a:b"]),
    "PREFLIGHT_LOG": st.sampled_from(["off", "json"]),
    "PREFLIGHT_FORMAT": st.sampled_from(["json", "text"]),
    "PREFLIGHT_AS_UID": st.sampled_from(["0", "1000"]),
    "PREFLIGHT_AS_GIDS": st.sampled_from(["0", "1000, 2000", ","]),
}
WRONG_TEXTS = st.sampled_from(
    [
        "",
        "verbose",
        "HIGH",
        "-1",
        "0s",
        "99m",
        "9" * 400,
        "1e3",
        "[a",
        "[1]",
        "~",
        "null",
        ".inf",
        "{}",
        "é",
        "\udcff",
        "a--b",
        "١٢",
    ]
)
OTHER_VARIABLES = st.sampled_from(
    ["PREFLIGHT_PACKS", "PREFLIGHT_CONTRACT", "PREFLIGHT_ALLOW_ENVIRONMENT", "PREFLIGHT_BINDINGS__JWT_SECRET",
     "PREFLIGHT_OVERRIDE__JWT", "PREFLIGHT_PARAMETERS", "PREFLIGHT_INPUTS", "PREFLIGHT_FAILON", "PREFLIGHT_fail_on",
     "PREFLIGHT_PARAMETERS__", "PREFLIGHT_PARAMETERS__A__B", "PREFLIGHT_PACKS__X", "PREFLIGHT_INPUTS__COMPOSE",
     "PREFLIGHT_", "PREFLIGHT_REQUIRE_SERVERS", "HOME"]
)  # fmt: skip
COMMAND_LINE: dict[str, st.SearchStrategy[Any]] = {
    "profile": st.sampled_from(["development", "production"]),
    "fail_on": st.sampled_from(["critical", "low"]),
    "disable": IDS,
    "env_files": NAMES,
    "compose": NAMES,
    "compose_profiles": NAMES,
    "process_env": st.booleans(),
    "deadline": st.sampled_from([5, 60.0]),
    "parameters": PARAMETERS,
    "contract": st.just(["one"]),
    "live": st.booleans(),
    "wait": st.sampled_from([5, 60.0]),
    "endpoints": st.just(["a:1"]),
}


def rarely(strategy: st.SearchStrategy[Any], otherwise: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.integers(0, 15).flatmap(lambda dice: otherwise if dice == 0 else strategy)


def some_of(strategies: dict[str, st.SearchStrategy[Any]], most: int) -> st.SearchStrategy[dict[str, Any]]:
    names = st.lists(st.sampled_from(sorted(strategies)), max_size=most, unique=True)
    return names.flatmap(lambda chosen: st.fixed_dictionaries({name: strategies[name] for name in chosen}))


FILES = rarely(
    st.builds(
        lambda file, permissive: {**file, **permissive},
        some_of({name: rarely(strategy, ANYTHING) for name, strategy in FIELD_VALUES.items()}, 5),
        st.sampled_from([{}, {"allow_environment": list(PERMISSIONS)}]),
    ),
    some_of(
        {"fail-on": ANYTHING, "deadline": BAD_SECONDS, "bindings": st.just({"jwt": ["a"]}), "as_uid": st.just(2**32)}, 2
    ),
)
ENVIRONMENTS = st.builds(
    lambda known, other: {**known, **other},
    some_of({name: rarely(strategy, WRONG_TEXTS) for name, strategy in TEXTS.items()}, 3),
    rarely(st.just({}), st.dictionaries(OTHER_VARIABLES, st.just("word"), max_size=1)),
)


def values(configuration: Configuration) -> dict[str, Any]:
    """Say what a configuration says in the words of `Settings`."""
    found = {name: getattr(configuration, name) for name in FIELDS}
    found["disable"] = tuple(rule for rule, _ in configuration.disable)
    found["parameters"] = {name: value for name, (value, _, _) in configuration.parameters.items()}
    found["override"] = {
        change.rule: (
            change.severity,
            None if change.where is None else plain_value(change.where),
            dict(change.parameters),
        )
        for change in configuration.override
    }
    return {name: untupled(value) for name, value in found.items()}


def authoritative(found: Settings) -> dict[str, Any]:
    said = dict(found)
    inputs = said.pop("inputs")
    said |= {name: getattr(inputs, name) for name in type(inputs).model_fields}
    said["override"] = {
        rule: [
            change.severity,
            None if change.where is None else change.where.model_dump(exclude_unset=True),
            change.parameters or {},
        ]
        for rule, change in found.override.items()
    }
    return said


def untupled(value: Json) -> Json:
    if isinstance(value, (list, tuple)):
        return [untupled(item) for item in value]
    return {name: untupled(item) for name, item in value.items()} if isinstance(value, dict) else value


def typed(value: Json) -> str:
    """Tell `1` from `True` and `1.0`."""
    return repr(sorted(value.items()) if isinstance(value, dict) else value)


def outcome(read: Callable[[], dict[str, Any]]) -> dict[str, Any] | None:
    try:
        return read()
    except ConfigurationError as bad:
        if all(problem.message and problem.hint for problem in bad.problems) and bad.problems:
            return None
        raise


def both(text: str | None, name: str, environment: dict[str, str], command_line: dict[str, Any]) -> tuple[Any, Any]:
    with tempfile.TemporaryDirectory() as folder:
        if text is not None:
            (Path(folder) / name).write_text(text, encoding="utf-8")
        lean = outcome(
            lambda: values(
                resolve(
                    folder=folder, config_file=None, no_config=False, environment=environment, command_line=command_line
                )
            )
        )
        whole = outcome(
            lambda: authoritative(load_settings(folder=folder, environment=environment, command_line=command_line))
        )
    return lean, whole


def agree(lean: Json, whole: Json) -> None:
    assert (lean is None) == (whole is None), (lean, whole)
    if lean is not None:
        assert {name: typed(value) for name, value in lean.items()} == {
            name: typed(value) for name, value in whole.items()
        }


SLOW = settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))


@SLOW
@given(FILES, ENVIRONMENTS, rarely(st.just({}), some_of(COMMAND_LINE, 3)))
@example({"fail_on": "high", "allow_environment": ["fail_on"]}, {"PREFLIGHT_FAIL_ON": "critical"}, {})
@example(
    {"parameters": {"length": 1}, "allow_environment": ["parameters"]}, {"PREFLIGHT_PARAMETERS__LENGTH": "true"}, {}
)
@example(
    {"profile": "production"}, {"PREFLIGHT_DEADLINE": "10s", "PREFLIGHT_FAIL_ON": "low"}, {"parameters": {"length": 3}}
)
def test_yaml(file: dict[str, Any], environment: dict[str, str], command_line: dict[str, Any]) -> None:
    agree(*both(json.dumps(file) if file else None, "preflight.yaml", environment, command_line))


def test_the_drawn_configurations_are_of_both_kinds() -> None:
    """Guards the test above against agreeing on refusals only."""
    counts = {"accepted": 0, "refused": 0, "changed by a variable": 0}

    @settings(max_examples=200, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
    @given(FILES, ENVIRONMENTS)
    def count(file: dict[str, Any], environment: dict[str, str]) -> None:
        text = json.dumps(file) if file else None
        lean, _ = both(text, "preflight.yaml", environment, {})
        counts["refused" if lean is None else "accepted"] += 1
        counts["changed by a variable"] += lean is not None and lean != both(text, "preflight.yaml", {}, {})[0]

    count()
    assert min(counts.values()) >= 10, counts


@pytest.mark.parametrize(
    "table",
    [
        'profile = "production"\ndeadline = 12.5\ndisable = ["jwt-length"]\ninputs.env_files = [".env"]',
        'contract = "a.env"\n[tool.preflight.parameters]\nlong = 1\n[tool.preflight.bindings]\njwt_secret = ["A"]',
        "log = true",
        "deadline = inf",
        "deadline = nan",
        "parameters = {when = 2026-01-01}",
        "parameters = {length = inf}",
        'unknown = "x"',
        "[tool.preflight.inputs]\nprocess_env = true",
        "as_uid = 1000.0",
    ],
)
def test_toml(table: str) -> None:
    agree(*both(f"[tool.preflight]\n{table}\n", "pyproject.toml", {}, {}))


@pytest.mark.parametrize(
    "text", ["log: off", "log: no", "inputs: {process_env: yes}", "log: off\nlog: json", "profile:", "disable:"]
)
def test_yaml_1_2_and_keys_written_twice(text: str) -> None:
    agree(*both(text, "preflight.yaml", {}, {}))


def test_the_defaults_are_the_same() -> None:
    lean, whole = both(None, "preflight.yaml", {}, {})
    assert lean is not None
    agree(lean, whole)


def test_the_committed_schema_is_the_generated_one() -> None:
    text = Path(data_path("schemas"), "config.schema.json").read_text(encoding="utf-8")
    assert text == json.dumps(config_json_schema(), indent=2) + "\n", "run `make generate`"


def test_the_schema_is_read_alike_in_three_ways() -> None:
    for path in Path(data_path("schemas")).glob("*.json"):
        text = path.read_text(encoding="utf-8")
        assert _scan(text) == _as_yaml(text) == json.loads(text) == json_schema(path.name)


def test_every_field_has_a_description_and_stands_in_both_places() -> None:
    schema = config_json_schema()
    leaves = {**schema["properties"], **schema["$defs"]["InputsModel"]["properties"]}
    del leaves["inputs"]
    assert set(leaves) == set(FIELDS)
    assert all(leaf["description"].endswith(".") for leaf in leaves.values())
