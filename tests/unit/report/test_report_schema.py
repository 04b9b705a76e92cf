"""The report's models: strict, documented, and holding a report to what it says."""

from __future__ import annotations

import copy
import json

import jsonschema
import pytest
from pydantic import ValidationError
from support.report_cases import CASES, CORS_HTTP, MALFORMED, PASSED, REFERENCED, SSLMODE, WAIVED
from support.reports import problem, report

from preflight.documents.locations import data_path
from preflight.report.schema import ReportModel, report_json_schema

SCHEMA = jsonschema.Draft202012Validator(report_json_schema())


@pytest.mark.parametrize("case", sorted(CASES))
def test_a_report_that_adds_up_is_accepted(case):
    ReportModel.model_validate(CASES[case])
    SCHEMA.validate(CASES[case])


def test_what_is_read_is_what_is_written():
    whole = CASES["refused"]
    again = ReportModel.model_validate(whole).model_dump(by_alias=True, exclude_unset=True)
    assert again == whole
    assert json.dumps(again, sort_keys=True) == json.dumps(whole, sort_keys=True)


def test_the_committed_schema_is_the_one_of_the_models():
    with open(f"{data_path('schemas')}/report.schema.json", encoding="utf-8") as file:
        assert file.read() == json.dumps(report_json_schema(), indent=2) + "\n"


def objects(schema):
    yield "report", schema
    yield from schema["$defs"].items()


def test_every_field_is_documented_and_every_object_is_closed():
    for name, shape in objects(report_json_schema()):
        if shape.get("type") != "object":
            continue
        assert shape["additionalProperties"] is False, name
        assert shape["description"], name
        for field, content in shape["properties"].items():
            target = report_json_schema()["$defs"].get(content.get("$ref", "").rpartition("/")[2], {})
            assert content.get("description") or target.get("description"), (name, field)


def test_only_what_is_left_out_on_purpose_is_optional():
    optional = {
        (name, field)
        for name, shape in objects(report_json_schema())
        for field in set(shape.get("properties", ())) - set(shape.get("required", ()))
    }
    of_failures = {("FindingModel", name) for name in ("rationale", "remediation", "references")}
    assert optional == {("FindingModel", "observed"), ("FindingModel", "via"), *of_failures}


def changed(whole, *path, **values):
    """Return a copy in which the object at a path has other values; `drop` takes a member away."""
    new = copy.deepcopy(whole)
    place = new
    for step in path:
        place = place[step]
    if "drop" in values:
        del place[values.pop("drop")]
    place.update(values)
    return new


REFUSED = report([SSLMODE, *PASSED])
ACCEPTED = report([*PASSED, CORS_HTTP, WAIVED, *REFERENCED])
STOPPED = report(problems=[problem("input", "missing", "m", "h")])
WRONG = {
    "an unknown member": changed(REFUSED, extra=1),
    "an unknown member of a finding": changed(REFUSED, "findings", 0, value="x"),
    "a member too few": changed(REFUSED, drop="notes"),
    "another version": changed(REFUSED, schema_version="1.1"),
    "an exit code of the shell": changed(STOPPED, exit_code=2),
    "an unknown exit code": changed(STOPPED, exit_code=6),
    "a count below zero": changed(REFUSED, "coverage", files=-1),
    "no subject": changed(REFUSED, "findings", 0, subjects=[]),
    "no fingerprint": changed(REFUSED, "findings", 0, fingerprint="abc"),
    "a local time": changed(REFUSED, "run", started_at="2025-01-15T10:00:00+01:00"),
    "a digest that is none": changed(REFUSED, "packs", 0, sha256="abc"),
    "an unknown status": changed(REFUSED, "findings", 0, status="skipped"),
    "an unknown kind of problem": changed(STOPPED, "problems", 0, kind="warning"),
}
LOOSE = report([CORS_HTTP, *PASSED], fail_on="critical")
UNSURE = report([SSLMODE, MALFORMED[0]])
CONTRADICTORY = {
    "summary's pass": changed(REFUSED, "summary", **{"pass": 4}),
    "summary's fail": changed(REFUSED, "summary", fail=0),
    "summary's blocking": changed(REFUSED, "summary", blocking=0),
    "summary's waived": changed(ACCEPTED, "summary", waived=0),
    "disagree": changed(REFUSED, exit_code=0),
    "disagree ": changed(ACCEPTED, exit_code=1),
    "disagree  ": changed(STOPPED, exit_code=1),
    "a pass with findings that block": changed(REFUSED, verdict="pass", exit_code=0),
    "a refusal without a finding": changed(ACCEPTED, verdict="fail", exit_code=1),
    "problems, and yet": changed(REFUSED, problems=STOPPED["problems"]),
    "problems, and yet ": changed(ACCEPTED, problems=STOPPED["problems"]),
    "without anything judged": changed(report(), verdict="pass", exit_code=0),
    "against its": changed(changed(UNSURE, "findings", 0, blocking=False), "summary", blocking=1),
    "against its ": changed(changed(changed(LOOSE, "findings", 0, blocking=True), "summary", blocking=1), verdict="fail", exit_code=1),
    "what holds or does not apply blocks": changed(changed(REFUSED, "findings", 1, blocking=True), "summary", blocking=2),
    "could not be judged does not block": changed(changed(UNSURE, "findings", 1, blocking=False), "summary", blocking=1),
    "only a failure can be waived": changed(UNSURE, "findings", 1, waiver=WAIVED["waiver"]),
    "against its  ": changed(ACCEPTED, stage="start"),
}  # fmt: skip


@pytest.mark.parametrize("why", sorted(WRONG))
def test_a_report_of_another_shape_is_refused_by_models_and_schema(why):
    with pytest.raises(ValidationError):
        ReportModel.model_validate(WRONG[why])
    assert not SCHEMA.is_valid(WRONG[why])


@pytest.mark.parametrize("why", sorted(CONTRADICTORY))
def test_a_report_that_contradicts_itself_is_refused(why):
    with pytest.raises(ValidationError, match=why.strip()):
        ReportModel.model_validate(CONTRADICTORY[why])


def test_an_error_of_the_models_quotes_nothing():
    with pytest.raises(ValidationError) as bad:
        ReportModel.model_validate(changed(REFUSED, "findings", 0, severity="hunter2-canary"))
    assert "canary" not in str(bad.value)
