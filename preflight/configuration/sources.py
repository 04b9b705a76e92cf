"""Where pydantic-settings reads the configuration. Never imported on the start path."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from pydantic import TypeAdapter
from pydantic_settings import BaseSettings, EnvSettingsSource, YamlConfigSettingsSource

from preflight.configuration.document import locate, parse_yaml, read_text
from preflight.configuration.environment import parameter_value
from preflight.configuration.fields import FIELDS
from preflight.documents.nodes import plain_value

if TYPE_CHECKING:
    from collections.abc import Mapping
    from importlib.resources.abc import Traversable
    from pathlib import Path

    from pydantic.fields import FieldInfo


class PreflightYaml(YamlConfigSettingsSource):
    """Reads with our own YAML reader: `off` and `yes` are texts (YAML 1.2), and a key written twice is refused."""

    def _read_file(self, file_path: Path | Traversable) -> dict[str, Any]:
        location = locate("", str(file_path))
        assert location is not None  # noqa: S101 - a named file is never looked for
        value = plain_value(parse_yaml(read_text(location), file_path.name))
        return value if isinstance(value, dict) else {}


class Variables(EnvSettingsSource):
    """Reads `PREFLIGHT_*` from a given mapping, with lists separated by commas."""

    # Other names may be the service's own.
    _NAMES = re.compile(
        r"PREFLIGHT_([A-Z]+(_[A-Z]+)*|(OVERRIDE|BINDINGS)__.*|INPUTS__(COMPOSE|COMPOSE_PROFILES|ENV_FILES|PROCESS_ENV)"
        r"|PARAMETERS__[A-Z][A-Z0-9]*(_[A-Z0-9]+)*)"
    )

    def __init__(self, settings_cls: type[BaseSettings], environment: Mapping[str, str]) -> None:
        self._environment = environment
        super().__init__(settings_cls)

    def _load_env_vars(self) -> Mapping[str, str | None]:
        texts = {name: text for name, text in self._environment.items() if text and self._NAMES.fullmatch(name)}
        return {name.lower(): text for name, text in texts.items()}

    def prepare_field_value(self, field_name: str, field: FieldInfo, value: Any, value_is_complex: bool) -> Any:  # noqa: ANN401, ARG002, FBT001 - pydantic-settings' signature
        """Turn a variable's text into the field's type; what the command line sets is not looked at."""
        given = self.current_state.get(field_name)
        if given is not None and not isinstance(given, dict):
            return None
        nested = self._below(f"preflight_{field_name}__", given or {})
        spec = FIELDS.get(field_name)
        if spec is not None and spec.policy == "never" and (value is not None or nested):
            raise ValueError("it cannot be set in the environment")
        if field_name in {"parameters", "inputs"} and value is not None:
            raise ValueError("its parts are set one at a time")
        if field_name == "parameters":
            return {name: _listed(parameter_value(text)) for name, text in nested.items()} or None
        if field_name == "inputs":
            return {name: _typed(FIELDS[name].kind, text) for name, text in nested.items()} or None
        return _typed(spec.kind, value) if spec is not None and value is not None else value

    def _below(self, prefix: str, given: dict[str, Any]) -> dict[str, str]:
        names = {name: name.removeprefix(prefix) for name in self.env_vars if name.startswith(prefix)}
        return {short: self.env_vars[name] or "" for name, short in names.items() if short not in given}


def _listed(value: object) -> object:
    return list(value) if isinstance(value, tuple) else value


def _typed(kind: str, text: str) -> object:
    text.encode()
    if kind == "names":
        return [part.strip() for part in text.split(",") if part.strip()]
    if kind == "flag":
        return TypeAdapter(bool).validate_python(text)
    if kind == "numbers":
        return [_typed("number", part.strip()) for part in text.split(",") if part.strip()]
    if kind == "number":
        return int(text) if text.isascii() and text.isdecimal() else text
    return text
