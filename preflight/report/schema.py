"""The authoritative schema of the report, as pydantic models; `schemas/report.schema.json` is generated from here.

Names are API: they change with `schema_version` only. The start path fills plain dictionaries (`preflight.gate.report`), and a
contract test holds those to this.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, model_validator

Severity = Literal["critical", "high", "medium", "low"]
Status = Literal["pass", "fail", "error", "deferred", "not_applicable"]
Plain = str | bool | int | float | None
Count = Annotated[int, Field(ge=0)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)


class OriginModel(_Strict):
    """Where something is written."""

    file: str | None = Field(description="Path as given; null for the process environment.")
    line: int | None = Field(description="Line, counted from 1.")
    column: int | None = Field(description="Column, counted from 1.")
    setting: str | None = Field(description="Name of the setting, where it is one.")


class ToolModel(_Strict):
    """Who says it."""

    name: Literal["preflight"]
    version: str


class ProfileModel(_Strict):
    """The profile in force."""

    name: str = Field(description="Its name.")
    source: str = Field(description="Who chose it.")


class EnvironmentModel(_Strict):
    """The declared environment."""

    name: str | None = Field(
        description="production, staging, development, test or another word; null when nothing declares one."
    )
    origin: OriginModel | None = Field(description="Where it is declared.")


class ConfigurationModel(_Strict):
    """One effective setting of preflight itself."""

    name: str = Field(description="Its name in preflight.yaml.")
    value: Any = Field(description="Its value.")
    source: Literal["default", "file", "environment", "command line"] = Field(description="Who set it.")
    origin: OriginModel | None = Field(description="Where.")
    loosens: bool = Field(
        description="Whether a variable of the judged environment weakened the gate by it, as the configuration file allows."
    )


class InputModel(_Strict):
    """Something that was read."""

    kind: Literal["env_file", "process_environment", "contract", "examples", "configuration", "pack"] = Field(
        description="What it is."
    )
    path: str | None = Field(description="Its path as given; null for the process environment.")
    sha256: str | None = Field(description="Digest of its text; null where it holds secrets.")


class PackModel(_Strict):
    """A pack in force."""

    name: str
    version: int
    sha256: str = Field(description="Digest of its text.")
    origin: str = Field(description="Its path, or `built in`.")


class ParameterModel(_Strict):
    """A parameter in force."""

    value: Plain | list[str] = Field(description="Its value.")
    source: str = Field(description="Who set it.")


class ProblemModel(_Strict):
    """What kept the gate from judging."""

    kind: Literal["configuration", "input", "deadline", "internal", "interrupted"] = Field(description="Whose fault.")
    code: str = Field(description="Stable identifier.")
    message: str = Field(description="What is wrong.")
    hint: str = Field(description="What to do.")
    origin: OriginModel | None = Field(description="Where.")


class SummaryModel(_Strict):
    """Counts of findings."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    pass_: Count = Field(alias="pass")
    fail: Count
    error: Count
    deferred: Count
    not_applicable: Count
    waived: Count
    blocking: Count = Field(description="Findings that refuse the start.")


class ResourceModel(_Strict):
    """What was judged."""

    type: str
    name: str


class WaiverModel(_Strict):
    """Why a finding does not block."""

    reason: str
    owner: str
    expires: str


class FindingModel(_Strict):
    """Rule times resource, with a status."""

    rule: str = Field(description="Id of the rule; never reused.")
    pack: str
    status: Status
    severity: Severity
    blocking: bool = Field(description="Whether it refuses the start.")
    subjects: Annotated[list[str], Field(min_length=1)] = Field(description="What would start with it.")
    resource: ResourceModel | None
    origin: OriginModel | None
    via: list[OriginModel] | None = Field(
        None, description="Further places the value passed through; left out when there are none."
    )
    title: str
    message: str
    expected: str | None
    observed: Plain | list[str] = Field(None, description="Left out for facts about secrets.")
    reason: str | None = Field(description="Stable code of the cause.")
    rationale: str
    remediation: str = Field(description="What to do; a line that starts with `$ ` is a command.")
    references: list[str]
    fingerprint: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")] = Field(
        description="The same across runs for the same rule, subjects and resource."
    )
    waiver: WaiverModel | None


class UnresolvedModel(_Strict):
    """A value that only the place where the service starts knows."""

    setting: str
    origin: str
    reason: str


class CoverageModel(_Strict):
    """How much was looked at."""

    files: Count
    rules: Count
    subjects: Count
    settings: Count
    unresolved: list[UnresolvedModel]


class RunModel(_Strict):
    """The only part that differs between two runs over the same input."""

    started_at: str = Field(description="ISO 8601, UTC.")
    duration_ms: Count


class ReportModel(_Strict):
    """One run of the gate."""

    schema_version: Literal["1.0"]
    tool: ToolModel
    verdict: Literal["pass", "fail", "error"] = Field(
        description="pass: may start; fail: refused; error: not judged, or not whole."
    )
    exit_code: Literal[0, 1, 3, 4, 5, 70, 130, 143]
    stage: Literal["build", "start"]
    profile: ProfileModel
    environment: EnvironmentModel
    fail_on: Severity = Field(description="Failures of this severity and above refuse the start.")
    configuration: list[ConfigurationModel]
    inputs: list[InputModel]
    packs: list[PackModel]
    parameters: dict[str, ParameterModel]
    problems: list[ProblemModel]
    notes: list[str] = Field(description="What else is worth saying: files left out, variables that mean nothing.")
    summary: SummaryModel
    findings: list[FindingModel]
    coverage: CoverageModel
    run: RunModel

    @model_validator(mode="after")
    def _adds_up(self) -> ReportModel:
        counts = self.summary.model_dump(by_alias=True)
        for status in ("pass", "fail", "error", "deferred", "not_applicable"):
            if counts[status] != sum(finding.status == status for finding in self.findings):
                raise ValueError(f"the summary's {status} does not add up")
        if counts["blocking"] != sum(finding.blocking for finding in self.findings):
            raise ValueError("the summary's blocking does not add up")
        if counts["blocking"] and self.verdict == "pass":
            raise ValueError("a pass with findings that block")
        if (self.exit_code == 0) is not (self.verdict == "pass") or (self.exit_code == 1) is not (
            self.verdict == "fail"
        ):
            raise ValueError("verdict and exit code disagree")
        return self


def report_json_schema() -> dict[str, Any]:
    """Return the JSON Schema of the report."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **TypeAdapter(ReportModel).json_schema(by_alias=True),
    }
