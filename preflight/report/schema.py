"""The authoritative schema of the report, as pydantic models; `schemas/report.schema.json` is generated from here.

Names are API: they change with `schema_version` only. The start path fills plain dictionaries (`preflight.gate.report`), and a
contract test holds those to this.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, TypeAdapter, model_validator

from preflight.model.finding import SEVERITY_RANK

Severity = Literal["critical", "high", "medium", "low"]
Status = Literal["pass", "fail", "error", "deferred", "not_applicable"]
Plain = str | bool | int | float | None
Count = Annotated[int, Field(ge=0)]
Digest = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$", description="SHA-256 in hexadecimal digits.")]


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

    name: Literal["preflight"] = Field(description="The program.")
    version: str = Field(description="Its version.")


class ProfileModel(_Strict):
    """The profile in force."""

    name: str | None = Field(
        description="Its name; null where the run stopped before it was known which one would have applied."
    )
    source: str = Field(
        description="Who chose it, in words: an option, a place in a file, what declares the environment, or the default."
    )


class EnvironmentModel(_Strict):
    """The declared environment."""

    name: str | None = Field(
        description="production, staging, development, test or another word; null when nothing declares one."
    )
    origin: OriginModel | None = Field(description="Where it is declared.")


class ConfigurationModel(_Strict):
    """One effective setting of preflight itself."""

    name: str = Field(description="Its name in preflight.yaml.")
    value: Plain | list[str] | dict[str, JsonValue] = Field(
        description="Its value; null where nothing is set, an object for the override of a rule."
    )
    source: Literal["default", "file", "environment", "command line"] = Field(description="Who set it.")
    origin: OriginModel | None = Field(description="Where.")
    loosens: bool = Field(
        description="Whether a variable of the judged environment weakened the gate by it, as the configuration file allows."
    )


class InputModel(_Strict):
    """Something that was read."""

    kind: Literal[
        "env_file",
        "compose_file",
        "process_environment",
        "contract",
        "examples",
        "other_environment",
        "configuration",
        "pack",
    ] = Field(description="What it is.")
    path: str | None = Field(description="Its path as given; null for the process environment.")
    sha256: Digest | None = Field(description="Digest of its text; null where it holds secrets or was not read.")


class PackModel(_Strict):
    """A pack in force."""

    name: str = Field(description="Its name.")
    version: Annotated[int, Field(ge=1)] = Field(description="Raised with every change that can alter a verdict.")
    sha256: Digest = Field(description="Digest of its text.")
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

    pass_: Count = Field(alias="pass", description="Judged, and it holds.")
    fail: Count = Field(description="Judged, and it does not hold; waived ones included.")
    error: Count = Field(description="It should have been judged and could not be.")
    deferred: Count = Field(description="Known only where the service starts.")
    not_applicable: Count = Field(description="The rule's condition does not hold here.")
    waived: Count = Field(description="Failures that a waiver covers.")
    blocking: Count = Field(description="Findings that refuse the start.")


class ResourceModel(_Strict):
    """What was judged."""

    type: str = Field(description="Its kind, such as postgres_client.")
    name: str = Field(description="Its name within the subject.")


class WaiverModel(_Strict):
    """Why a finding does not block."""

    reason: str = Field(description="Why it is accepted.")
    owner: str = Field(description="Who answers for it.")
    expires: str = Field(description="The last day on which it counts, YYYY-MM-DD.")


class FindingModel(_Strict):
    """Rule times resource, with a status."""

    rule: str = Field(description="Id of the rule; never reused.")
    pack: str = Field(description="The pack that the rule is in.")
    status: Status = Field(
        description="pass, fail, error (could not be judged), deferred (known only at the start), or not_applicable."
    )
    severity: Severity = Field(description="How much depends on it.")
    blocking: bool = Field(description="Whether it refuses the start.")
    subjects: Annotated[list[str], Field(min_length=1)] = Field(description="What would start with it.")
    resource: ResourceModel | None = Field(description="What was judged; null where there is none.")
    origin: OriginModel | None = Field(description="Where it is written.")
    via: list[OriginModel] | None = Field(
        None, description="Further places the value passed through; left out when there are none."
    )
    title: str = Field(description="What the rule asks for.")
    message: str = Field(description="What is the case.")
    expected: str | None = Field(description="What had to hold, in words.")
    observed: Plain | list[str] = Field(None, description="Left out for facts about secrets.")
    reason: str | None = Field(description="Stable code of the cause.")
    rationale: str = Field(
        "", description="Why it matters; this and the next two are left out where nothing is to be done."
    )
    remediation: str = Field("", description="What to do; a line that starts with `$ ` is a command.")
    references: list[str] = Field(default_factory=list, description="Addresses and CWE numbers.")
    fingerprint: Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")] = Field(
        description="The same across runs for the same rule, subjects and resource."
    )
    waiver: WaiverModel | None = Field(description="What keeps a failure from blocking; null without one.")

    @model_validator(mode="after")
    def _blocks_as_its_status_says(self) -> FindingModel:
        if self.status in {"pass", "not_applicable"} and self.blocking:
            raise ValueError("what holds or does not apply blocks")
        if self.status == "error" and not self.blocking:
            raise ValueError("what could not be judged does not block")
        if self.waiver is not None and self.status != "fail":
            raise ValueError("only a failure can be waived")
        return self


class UnresolvedModel(_Strict):
    """A value that only the place where the service starts knows."""

    setting: str = Field(description="Its name.")
    origin: str = Field(description="Where it is written, in words.")
    reason: str = Field(description="What stands there instead of the value.")


class CoverageModel(_Strict):
    """How much was looked at."""

    files: Count = Field(description="Files that were read.")
    rules: Count = Field(description="Rules that were in force.")
    subjects: Count = Field(description="Subjects that were judged.")
    settings: Count = Field(description="Settings of all subjects.")
    unresolved: list[UnresolvedModel] = Field(description="Settings whose value is not known here.")


class RunModel(_Strict):
    """The only part that differs between two runs over the same input."""

    started_at: Annotated[str, Field(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$")] = Field(
        description="ISO 8601, UTC, to the second."
    )
    duration_ms: Count = Field(description="Milliseconds.")


class ReportModel(_Strict):
    """One run of the gate."""

    schema_version: Literal["1.0"] = Field(description="Raised when a name or a meaning changes.")
    tool: ToolModel = Field(description="Who says it.")
    verdict: Literal["pass", "fail", "error"] = Field(
        description="pass: may start; fail: refused; error: not judged, or not whole."
    )
    exit_code: Literal[0, 1, 3, 4, 5, 70, 130, 143] = Field(
        description="The exit code of the process; 2, wrong usage, has no report."
    )
    stage: Literal["build", "start"] = Field(description="build: files are looked at; start: what is really there.")
    profile: ProfileModel = Field(description="The profile in force.")
    environment: EnvironmentModel = Field(description="The declared environment.")
    fail_on: Severity = Field(description="Failures of this severity and above refuse the start.")
    configuration: list[ConfigurationModel] = Field(description="Effective settings of preflight itself.")
    inputs: list[InputModel] = Field(description="What was read.")
    packs: list[PackModel] = Field(description="Packs in force.")
    parameters: dict[str, ParameterModel] = Field(description="Parameters in force, by name.")
    problems: list[ProblemModel] = Field(description="What kept the gate from judging.")
    notes: list[str] = Field(description="What else is worth saying: files left out, variables that mean nothing.")
    summary: SummaryModel = Field(description="Counts of findings.")
    findings: list[FindingModel] = Field(description="What was judged, most severe first.")
    coverage: CoverageModel = Field(description="How much was looked at.")
    run: RunModel = Field(description="Time and duration.")

    @model_validator(mode="after")
    def _adds_up(self) -> ReportModel:
        counts = self.summary.model_dump(by_alias=True)
        for status in ("pass", "fail", "error", "deferred", "not_applicable"):
            if counts[status] != sum(finding.status == status for finding in self.findings):
                raise ValueError(f"the summary's {status} does not add up")
        if counts["blocking"] != sum(finding.blocking for finding in self.findings):
            raise ValueError("the summary's blocking does not add up")
        if counts["waived"] != sum(finding.waiver is not None and not finding.blocking for finding in self.findings):
            raise ValueError("the summary's waived does not add up")
        return self

    @model_validator(mode="after")
    def _decides_as_it_found(self) -> ReportModel:
        if self.verdict != {0: "pass", 1: "fail"}.get(self.exit_code, "error"):
            raise ValueError("verdict and exit code disagree")
        if self.verdict == "pass" and self.summary.blocking:
            raise ValueError("a pass with findings that block")
        if self.verdict == "pass" and not self.findings:
            raise ValueError("a pass without anything judged")
        if self.verdict == "fail" and not self.summary.blocking:
            raise ValueError("a refusal without a finding that blocks")
        if self.verdict != "error" and self.problems:
            raise ValueError("problems, and yet a verdict")
        for finding in self.findings:
            if finding.blocking is not self._must_block(finding):
                raise ValueError(f"{finding.rule} blocks, or does not, against its status, severity and stage")
        return self

    def _must_block(self, finding: FindingModel) -> bool:
        if finding.status == "fail":
            return finding.waiver is None and SEVERITY_RANK[finding.severity] >= SEVERITY_RANK[self.fail_on]
        return finding.status == "error" or (finding.status == "deferred" and self.stage == "start")


def report_json_schema() -> dict[str, Any]:
    """Return the JSON Schema of the report."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **TypeAdapter(ReportModel).json_schema(by_alias=True),
    }
