"""The authoritative schema of rule packs and profiles, as pydantic models.

`schemas/rule-pack.schema.json` and `schemas/profile.schema.json` are generated from here; the start path holds packs
against those with `preflight.documents.schema` and never imports this module.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter

from preflight.documents.generation import ClosedKeys

KebabId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$", max_length=80)]
SnakeName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]*(_[a-z0-9]+)*$", max_length=80)]
Sentence = Annotated[str, StringConstraints(min_length=3, max_length=2000)]
Severity = Literal["critical", "high", "medium", "low"]
Scalar = bool | int | float | str


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True, populate_by_name=True)


class MatcherModel(_Strict):
    """What must hold of one fact. Several matchers in one mapping must all hold."""

    equals: Scalar | None = Field(None, description="The fact is this value.")
    not_equals: Scalar | None = Field(None, description="The fact is another value, or absent.")
    one_of: Annotated[list[Scalar], Field(min_length=1)] | str | None = Field(
        None, description="The fact is one of these, or of a $parameter's."
    )
    none_of: Annotated[list[Scalar], Field(min_length=1)] | str | None = Field(
        None, description="The fact is none of these."
    )
    at_least: int | float | str | None = Field(
        None, description="The number or the position on the fact's scale is not below this."
    )
    at_most: int | float | str | None = Field(
        None, description="The number or the position on the fact's scale is not above this."
    )
    matches: Annotated[str, StringConstraints(min_length=1)] | None = Field(
        None, description="A regular expression (Python's re) found in the text."
    )
    contains: Scalar | None = Field(None, description="The list has this element; the text has this part.")
    present: Literal[True] | None = Field(None, description="The fact has a value; a list has elements.")
    absent: Literal[True] | None = Field(None, description="The fact has no value; a list has no elements.")
    every: MatcherModel | Scalar | None = Field(None, description="Each element of the list matches.")
    some: MatcherModel | Scalar | None = Field(None, description="At least one element of the list matches.")
    none: MatcherModel | Scalar | None = Field(None, description="No element of the list matches.")
    not_: MatcherModel | Scalar | None = Field(None, alias="not", description="The matcher does not hold.")


class ExpectationModel(BaseModel):
    """What must hold of a resource: facts with their matchers, or alternatives."""

    model_config = ConfigDict(extra="allow", hide_input_in_errors=True)
    __pydantic_extra__: dict[str, MatcherModel | Scalar]

    every: Annotated[list[ExpectationModel], Field(min_length=1)] | None = Field(
        None, description="Each of these expectations holds."
    )
    some: Annotated[list[ExpectationModel], Field(min_length=1)] | None = Field(
        None, description="At least one of these expectations holds."
    )
    none: Annotated[list[ExpectationModel], Field(min_length=1)] | None = Field(
        None, description="None of these expectations holds."
    )


class WhenModel(_Strict):
    """When the rule applies at all; otherwise it is `not_applicable`, with the condition's value."""

    environment: MatcherModel | Scalar | None = Field(
        None, description="The declared environment: production, staging, development, test, or another word."
    )
    stage: MatcherModel | Scalar | None = Field(None, description="The stage: build or start.")
    profile: MatcherModel | Scalar | None = Field(None, description="The profile in force.")
    subject: MatcherModel | Scalar | None = Field(
        None, description="The kind of subject: process, env_file, service, container."
    )
    parameters: Annotated[dict[SnakeName, MatcherModel | Scalar], Field(min_length=1)] | None = Field(
        None, description="Conditions on parameters."
    )
    present: Annotated[list[SnakeName], Field(min_length=1)] | None = Field(
        None, description="The subject has a resource of each of these types."
    )
    absent: Annotated[list[SnakeName], Field(min_length=1)] | None = Field(
        None, description="The subject has no resource of any of these types."
    )


class ExampleCertificateModel(_Strict):
    """A certificate that is made while an example runs. What bears the same name has the same key."""

    name: SnakeName = Field(description="Its common name, and the name of its key.")
    issuer: SnakeName | None = Field(None, description="The name of one made before; left out, it is self-signed.")
    use: Literal["server", "client", "ca"] = Field("server", description="What it is for.")
    days: float = Field(400, description="Days of its lifetime.")
    age: float = Field(1, description="Days since it became valid; negative for one that is not valid yet.")
    hosts: list[str] = Field(["service.internal"], description="Names in its subject alternative name.")
    key: Annotated[str, StringConstraints(pattern=r"^(ec|rsa-[0-9]{4})$")] = Field("ec", description="Kind of its key.")
    hash: Literal["sha256", "sha1"] = Field("sha256", description="Hash of its signature.")


class ExampleFileModel(_Strict):
    """A file that exists while an example runs."""

    certificate: ExampleCertificateModel | None = Field(None, description="It holds this certificate.")
    chain: list[SnakeName] | None = Field(None, description="It holds these certificates, made before, in this order.")
    private_key: SnakeName | None = Field(None, description="It holds the private key of this name.")
    passphrase: str | None = Field(None, description="That key's passphrase.")
    tracked: bool = Field(False, description="Whether git tracks it.")
    text: str | None = Field(None, description="Its content; `%{...}` stands for generated text as in `env`.")
    kind: Literal["file", "directory", "fifo", "dangling_symlink"] = Field("file", description="What it is.")
    mode: Annotated[str, StringConstraints(pattern=r"^0[0-7]{3}$")] = Field("0600", description="Its permission bits.")


class ExampleModel(_Strict):
    """A configuration and, by where it stands, the rule's verdict on it.

    In texts `%{base64:32}`, `%{hex:32}`, `%{letters:20}`, `%{symbols:24}`, `%{encoded:48}` stand for that many random bytes or characters, fresh
    at each run, so that no secret is ever written down; `%{dir}` stands for the folder that holds the example's files, and
    `%{same:base64:32}` for the same text everywhere in the example.
    """

    env: dict[str, str | None] | None = Field(
        None, description="The process environment; null is a name without a value."
    )
    compose: str | None = Field(
        None, description="The text of a compose.yaml; its services are judged as Docker Compose would run them."
    )
    env_file: str | None = Field(None, description="The text of an env file, judged as a subject of its own.")
    env_file_name: str = Field(".env", description="The env file's name.")
    env_file_mode: Annotated[str, StringConstraints(pattern=r"^0[0-7]{3}$")] = Field(
        "0600", description="The env file's permission bits."
    )
    dialect: Literal["compose", "dotenv", "shell"] | None = Field(None, description="How the env file is read.")
    git: Literal["tracked", "ignored", "untracked"] | None = Field(
        None, description="Make the folder a git work tree in which the env file is this."
    )
    contract: str | None = Field(None, description="The text of an example file that is the contract.")
    example_file: str | None = Field(None, description="The text of a .env.example beside it.")
    files: dict[str, ExampleFileModel] | None = Field(None, description="Files below %{dir}.")
    stage: Literal["build", "start"] = Field("start", description="The stage.")
    required_roles: list[SnakeName] | None = Field(None, description="Roles that some setting must play.")
    live: Annotated[dict[SnakeName, dict[SnakeName, Scalar | list[str]]], Field(min_length=1)] | None = Field(
        None,
        description="Facts by type of resource, as if a live server had shown them to every client of that type; facts that "
        "are left out are absent. No server is asked.",
    )
    profile: str | None = Field(None, description="The profile; production unless the environment says otherwise.")
    parameters: dict[SnakeName, Any] | None = Field(None, description="Parameters, as a project would set them.")


class ExamplesModel(_Strict):
    """Configurations that pass and that fail."""

    pass_: Annotated[list[ExampleModel], Field(min_length=1)] = Field(
        alias="pass", description="Configurations that the rule accepts."
    )
    fail: Annotated[list[ExampleModel], Field(min_length=1)] = Field(
        description="Configurations that the rule refuses."
    )


class RuleModel(_Strict):
    """One judgement."""

    id: KebabId = Field(description="Unique over all packs, never reused.")
    title: Sentence = Field(description="What holds where the rule passes.")
    severity: Severity = Field(description="How bad it is where it does not hold.")
    resource: SnakeName = Field(description="Which type of resource it judges.")
    where: ExpectationModel | None = Field(None, description="Which of them.")
    expect: ExpectationModel = Field(description="What must hold.")
    quantifier: Literal["every", "some", "none"] = Field(
        "every", description="Of how many of those selected it must hold."
    )
    required: bool = Field(default=False, description="Finding no such resource is a fail instead of not applicable.")
    when: WhenModel | None = Field(None, description="When the rule applies at all.")
    requires: list[KebabId] = Field(
        default_factory=list, description="Rules that must not have failed for the same resource."
    )
    message: Sentence | None = Field(None, description="What a failing line says; {name} and {fact} are filled in.")
    rationale: Sentence = Field(description="Why it matters.")
    remediation: Sentence = Field(description="What to do; a line that starts with `$ ` is a command.")
    references: Annotated[list[str], Field(min_length=1)] = Field(
        description="Where it is written: addresses, CWE numbers."
    )
    aliases: list[KebabId] = Field(default_factory=list, description="Earlier ids of the rule.")
    examples: ExamplesModel = Field(description="Run by `preflight rules test`.")


class ParameterModel(_Strict):
    """A number, word or list that a project may set."""

    type: Literal["text", "number", "flag", "list", "sslmode", "tls_version", "severity"] = Field(
        description="Its type."
    )
    default: Any = Field(description="Its value when nobody sets it.")
    description: Sentence = Field(description="What it decides.")


class OverrideModel(_Strict):
    """What is changed of a rule."""

    severity: Severity | None = Field(None, description="Another severity.")
    where: ExpectationModel | None = Field(None, description="Another selection.")
    parameters: Annotated[dict[SnakeName, Any], Field(min_length=1)] | None = Field(
        None, description="Other parameters, for this rule alone."
    )


class PackModel(_Strict):
    """A versioned file of rules."""

    pack: KebabId = Field(description="The pack's name.")
    title: Sentence = Field(description="What it is about.")
    version: Annotated[int, Field(ge=1)] = Field(description="Raised with every change that can alter a verdict.")
    extends: list[KebabId] = Field(default_factory=list, description="Packs that come with it.")
    disable: list[KebabId] = Field(default_factory=list, description="Rules of those packs that are left out.")
    override: dict[KebabId, OverrideModel] = Field(
        default_factory=dict, description="Rules of those packs that are changed."
    )
    parameters: dict[SnakeName, ParameterModel] = Field(
        default_factory=dict, description="Parameters, for use as $name."
    )
    rules: list[RuleModel] = Field(default_factory=list, description="Its rules, most severe first.")


class ProfileModel(_Strict):
    """A named selection of packs with parameters."""

    profile: KebabId = Field(description="The profile's name.")
    title: Sentence = Field(description="What it is for.")
    extends: KebabId | None = Field(None, description="The profile it changes.")
    packs: Annotated[list[KebabId], Field(min_length=1)] | None = Field(
        None, description="Its packs; all that ship with preflight when left out."
    )
    disable: list[KebabId] = Field(default_factory=list, description="Rules that are left out.")
    override: dict[KebabId, OverrideModel] = Field(default_factory=dict, description="Rules that are changed.")
    parameters: dict[SnakeName, Any] = Field(default_factory=dict, description="Parameters.")


def pack_json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a rule pack."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **TypeAdapter(PackModel).json_schema(by_alias=True, schema_generator=ClosedKeys),
    }


def profile_json_schema() -> dict[str, Any]:
    """Return the JSON Schema of a profile."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **TypeAdapter(ProfileModel).json_schema(by_alias=True, schema_generator=ClosedKeys),
    }
