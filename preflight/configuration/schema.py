"""The authoritative schema of the configuration, with pydantic-settings.

`schemas/config.schema.json` is generated from here. The start path reads with `preflight.configuration.reader`, which a
contract test holds equal to this, and never imports this module.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    WithJsonSchema,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    PyprojectTomlConfigSettingsSource,
    SettingsConfigDict,
)

from preflight.bindings.roles import ROLES
from preflight.configuration.document import TABLE, locate
from preflight.configuration.fields import FIELDS, HIGHEST_UID, LONGEST_DEADLINE, PERMISSIONS, seconds
from preflight.configuration.policy import loosens
from preflight.configuration.sources import PreflightYaml, Variables
from preflight.documents.generation import ClosedKeys
from preflight.documents.patterns import ENDPOINT, SECONDS
from preflight.errors import ConfigurationError
from preflight.model.problem import Problem
from preflight.packs.schema import (  # noqa: TC001 - pydantic reads the annotations at run time
    KebabId,
    OverrideModel,
    Severity,
    SnakeName,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from preflight.configuration.document import Location


def _one_of(words: tuple[str, ...]) -> Callable[[str], str]:
    def hold(word: str) -> str:
        if word not in words:
            raise ValueError("it is not one of the words that are known")
        return word

    return hold


def _several(value: str | list[str] | None) -> list[str]:
    return [value] if isinstance(value, str) else value or []


Text = Annotated[str, StringConstraints(min_length=1)]
Role = Annotated[str, AfterValidator(_one_of(tuple(ROLES))), Field(json_schema_extra={"enum": list(ROLES)})]
Permission = Annotated[str, AfterValidator(_one_of(PERMISSIONS)), Field(json_schema_extra={"enum": list(PERMISSIONS)})]
Seconds = Annotated[
    float,
    BeforeValidator(seconds),
    WithJsonSchema(
        {
            "anyOf": [
                {"type": "number", "exclusiveMinimum": 0, "maximum": LONGEST_DEADLINE},
                {"type": "string", "pattern": SECONDS},
            ]
        }
    ),
]
Endpoint = Annotated[str, StringConstraints(pattern=ENDPOINT)]
ParameterValue = bool | int | Annotated[float, Field(allow_inf_nan=False)] | str | list[str]


class InputsModel(BaseModel):
    """What is judged when nothing is named on the command line."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, hide_input_in_errors=True)

    env_files: list[Text] = Field(
        default_factory=list, description="Env files; discovered in the folder when left out."
    )
    compose: list[Text] = Field(
        default_factory=list, description="Compose files, later over earlier; discovered in the folder when left out."
    )
    compose_profiles: list[Text] = Field(default_factory=list, description="Profiles of Compose to enable; `*` is all.")
    process_env: bool = Field(default=False, description="Judge the process environment at stage build too.")


class Settings(BaseSettings):
    """preflight's configuration: `preflight.yaml`, or `[tool.preflight]` in `pyproject.toml`."""

    model_config = SettingsConfigDict(
        title="Configuration",
        extra="forbid",
        strict=True,
        frozen=True,
        hide_input_in_errors=True,
        env_prefix="PREFLIGHT_",
        env_ignore_empty=True,
    )

    location: ClassVar[Location | None] = None
    environment: ClassVar[Mapping[str, str]] = {}

    profile: KebabId | None = Field(
        default=None,
        description="The profile: production, staging, development, test. Left out, the declared environment decides.",
    )
    stage: Literal["build", "start"] | None = Field(
        default=None,
        description="The stage: build judges files, start what is really there. Left out, the command decides.",
    )
    fail_on: Severity = Field(default="high", description="Failures of this severity and above refuse the start.")
    inputs: InputsModel = Field(
        default_factory=InputsModel, description="What is judged when nothing is named on the command line."
    )
    dialect: Literal["compose", "dotenv", "shell"] | None = Field(
        default=None, description="How env files are read. Left out, the context decides."
    )
    contract: Annotated[Text | list[Text] | None, AfterValidator(_several)] = Field(
        default=None,
        description="Example env files every key of which must be set, to something else than its example.",
        validate_default=True,
    )
    examples: list[Text] | None = Field(
        default=None,
        description="Paths and globs of example env files whose values are forbidden. Left out, those beside the inputs are found by name.",
    )
    packs: list[Text] = Field(
        default_factory=list, description="The project's own rule packs: files, or folders of them."
    )
    disable: list[KebabId] = Field(default_factory=list, description="Rules that are left out, by id.")
    override: dict[KebabId, OverrideModel] = Field(default_factory=dict, description="Rules that are changed, by id.")
    parameters: dict[SnakeName, ParameterValue] = Field(
        default_factory=dict, description="Parameters of the rules, by name."
    )
    bindings: dict[Role, Annotated[list[Text], Field(min_length=1)]] = Field(
        default_factory=dict, description="Names of settings, by the role they play."
    )
    not_secret: list[Text] = Field(
        default_factory=list, description="Settings that are no secrets, whatever they are called."
    )
    required_roles: list[Role] = Field(default_factory=list, description="Roles that some setting must play.")
    defer_paths: list[Text] = Field(
        default_factory=lambda: ["/run/secrets/", "/var/run/secrets/"],
        description="Prefixes of paths that exist only where the service starts; at stage build they are not looked for.",
    )
    deadline: Seconds = Field(
        default=30.0, description="How long a run may take: seconds, or a text such as 30s or 2m."
    )
    live: bool = Field(
        default=False, description="Ask the live servers that the service uses: see docs/live-checks.md."
    )
    wait: Seconds | None = Field(
        default=None,
        description="How long live checks wait for servers that may still come up: seconds, or a text such as 60s or 2m.",
    )
    live_timeout: Seconds = Field(
        default=5.0, description="How long each step of a live check may take: seconds, or a text such as 5s."
    )
    endpoints: list[Endpoint] = Field(
        default_factory=list, description="TLS endpoints that live checks look at, as HOST:PORT."
    )
    log: Literal["off", "json"] = Field(default="off", description="Whether JSON lines are logged to stderr.")
    format: Literal["json", "text"] | None = Field(
        default=None, description="Format of the report. Left out: text on a terminal, else JSON."
    )
    allow_environment: list[Permission] = Field(
        default_factory=list, description="Fields that a PREFLIGHT_* variable may loosen."
    )
    as_uid: Annotated[int, Field(ge=0, le=HIGHEST_UID)] | None = Field(
        default=None, description="The user whose access to files is judged. Left out: the one that runs preflight."
    )
    as_gids: list[Annotated[int, Field(ge=0, le=HIGHEST_UID)]] = Field(
        default_factory=list, description="The groups that this user is in, such as the `fsGroup` of a pod."
    )

    @model_validator(mode="after")
    def _each_setting_plays_one_role(self) -> Self:
        names = [name for names in self.bindings.values() for name in set(names)]
        if len(names) > len(set(names)):
            raise ValueError("a setting is bound to two roles")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - replaced: ours reads the environment it is given
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - what is judged does not configure the judge
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003 - as above
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Layer the sources: arguments, `PREFLIGHT_*`, the file."""
        sources = (init_settings, Variables(settings_cls, cls.environment))
        if cls.location is None:
            return sources
        path = Path(cls.location.path)
        if path.suffix == ".toml":
            return *sources, PyprojectTomlConfigSettingsSource(settings_cls, path)
        return *sources, PreflightYaml(settings_cls, path)


def load_settings(
    *,
    folder: str = ".",
    config_file: str | None = None,
    no_config: bool = False,
    environment: Mapping[str, str],
    command_line: Mapping[str, object],
) -> Settings:
    """Read the configuration with pydantic-settings.

    Args:
        folder: The project folder.
        config_file: A configuration file to read instead of the folder's.
        no_config: Read no configuration file.
        environment: The environment.
        command_line: Values by field, as `preflight.configuration.reader.resolve` takes them but typed.

    Raises:
        ConfigurationError: Something in it is wrong, or a variable would weaken the gate without permission. For messages
            with places use `preflight.configuration.reader.resolve`.
    """
    found = None if no_config else locate(folder, config_file)
    inputs = {
        name: command_line[name]
        for name in ("env_files", "compose", "compose_profiles", "process_env")
        if name in command_line
    }
    given: dict[str, Any] = {name: value for name, value in command_line.items() if name not in inputs}
    given |= {"inputs": inputs} if inputs else {}

    class Silent(Settings):
        if found is not None and found.path.endswith(".toml"):
            model_config = SettingsConfigDict(pyproject_toml_table_header=TABLE)
        location = found

    class Whole(Silent):
        pass

    Whole.environment = environment
    try:
        Silent()  # a mistake in the file is one, even where something above it hides it
        before, after = Silent(**given), Whole(**given)
    except (ValueError, TypeError, AttributeError) as bad:  # the latter from sources that expected a table
        places = bad.errors(include_input=False, include_context=False) if isinstance(bad, ValidationError) else []
        names = sorted({".".join(map(str, one["loc"])) for one in places})
        raise _refused(f"the configuration is wrong: {', '.join(names)}" if names else "a variable is wrong") from None
    for name in _weaker(before, after):
        if FIELDS[name.partition(".")[0]].permission not in after.allow_environment:
            raise _refused(f"the environment would loosen {name}")
    return after


def _weaker(before: Settings, after: Settings) -> list[str]:
    flat_before, flat_after = _flat(before), _flat(after)
    return [name for name, value in flat_after.items() if loosens(name, flat_before.get(name), value)]


def _flat(settings: Settings) -> dict[str, Any]:
    values = dict(settings)
    values |= dict(values.pop("inputs"))
    return values | {f"parameters.{name}": value for name, value in values.pop("parameters").items()}


def _refused(message: str) -> ConfigurationError:
    hint = "See `preflight schema config`."
    return ConfigurationError([Problem(kind="configuration", code="invalid", message=message, hint=hint)])


def config_json_schema() -> dict[str, Any]:
    """Return the JSON Schema of the configuration."""
    schema = Settings.model_json_schema(by_alias=True, schema_generator=ClosedKeys)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}
