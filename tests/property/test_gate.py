"""Invariants of the whole gate."""

from __future__ import annotations

import json

import jsonschema
import pytest
from gating import judge
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from strategies import environments

from preflight.documents.locations import data_path
from preflight.renderers import render
from preflight.report.schema import ReportModel

SLOW = settings(deadline=None, max_examples=80, suppress_health_check=[HealthCheck.too_slow])
with open(f"{data_path('schemas')}/report.schema.json", encoding="utf-8") as file:
    SCHEMA = jsonschema.Draft202012Validator(json.load(file))


@SLOW
@given(
    environments,
    st.sampled_from(["build", "start"]),
    st.sampled_from([None, ("production", "test"), ("development", "test"), ("test", "test")]),
)
def test_any_environment_gives_a_valid_report_and_adds_up(process, stage, profile):
    report = judge(process=process, stage=stage, profile=profile)
    SCHEMA.validate(report)
    ReportModel.model_validate(report)
    assert report["exit_code"] in {0, 1, 4}
    assert sum(report["summary"][status] for status in ("pass", "fail", "error", "deferred", "not_applicable")) == len(
        report["findings"]
    )
    assert (report["exit_code"] == 0) == (report["verdict"] == "pass")
    if report["summary"]["blocking"]:
        assert report["exit_code"] != 0
    rules = {finding["rule"] for finding in report["findings"]}
    assert len(rules) == report["coverage"]["rules"], "every rule says something"


@SLOW
@given(environments)
def test_the_same_input_gives_the_same_bytes(process):
    assert render(judge(process=process), "json") == render(judge(process=dict(reversed(process.items()))), "json")


@SLOW
@given(environments, st.sampled_from(["low", "medium", "high", "critical"]))
def test_the_gate_is_monotone_in_its_threshold(process, fail_on):
    strict = judge(process=process, fail_on="low")
    looser = judge(process=process, fail_on=fail_on)
    assert looser["summary"]["blocking"] <= strict["summary"]["blocking"]
    assert [(f["rule"], f["status"]) for f in strict["findings"]] == [
        (f["rule"], f["status"]) for f in looser["findings"]
    ]


@SLOW
@given(
    st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), max_size=300),
    st.sampled_from(["compose", "dotenv", "shell"]),
)
def test_any_env_file_gives_a_valid_report(tmp_path_factory, text, dialect):
    folder = tmp_path_factory.mktemp("any")
    (folder / ".env").write_text(text, encoding="utf-8", newline="")
    report = judge(folder, process=None, stage="build", env_files=(".env",), dialect=dialect)
    SCHEMA.validate(report)
    assert report["exit_code"] in {0, 1, 4}


@pytest.mark.parametrize("resource_type", ["secret", "postgres_client", "environment", "cors_policy"])
def test_a_crash_in_a_collector_blocks_and_the_rest_is_judged(monkeypatch, resource_type):
    import importlib

    module = importlib.import_module(f"preflight.resources.{resource_type}")

    def broken(_subject, _context):
        raise ValueError("hunter2-canary")
        yield

    monkeypatch.setattr(module, "collect", broken)
    report = judge(process={"ENV": "production", "CORS_ORIGINS": "https://a.example", "SERVER_TLS_ENABLED": "false"})
    crashed = [f for f in report["findings"] if f["reason"] == "crash"]
    assert crashed
    assert all(f["status"] == "error" and f["blocking"] for f in crashed)
    assert any(f["rule"] == "tls-enabled" and f["status"] == "fail" for f in report["findings"])
    assert report["exit_code"] == 1
    assert "canary" not in json.dumps(report)
    SCHEMA.validate(report)
