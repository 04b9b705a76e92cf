"""The environment of a service: env files, above them `environment:`, each setting with the chain it came through."""

from __future__ import annotations

import os

from preflight.model.secret_text import SecretText
from preflight.model.setting import Setting
from preflight.sources.compose.model import ServiceEnvFile
from preflight.sources.compose.paths import relative_name
from preflight.sources.compose.tree import Node, Refused, Trace, problem, refuse
from preflight.sources.names import presentable_variable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from preflight.model.origin import Origin
    from preflight.model.problem import Problem
    from preflight.sources.compose.env_files import EnvFiles, EnvValue
    from preflight.sources.compose.variables import Variables


class ServiceEnvironments:
    """Puts the environments of services together.

    Attributes:
        missing: Env files that are required and do not exist.
    """

    def __init__(self, files: EnvFiles, variables: Variables, directory: str) -> None:
        self.files = files
        self.variables = variables
        self.directory = directory
        self.missing: list[Problem] = []

    def settings(self, service: Node) -> tuple[dict[str, Setting], tuple[ServiceEnvFile, ...]]:
        """Return a service's settings, by name, and the env files it reads.

        Raises:
            Refused: An env file cannot be read, or Compose would refuse a line of it.
        """
        own = service.child("environment")
        values: dict[str, Node] = own.value if own is not None and isinstance(own.value, dict) else {}
        settings: dict[str, Setting] = {}
        uses: tuple[ServiceEnvFile, ...] = ()
        env_file = service.child("env_file")
        if env_file is not None and env_file.value:
            uses = tuple(self._use(entry) for entry in env_file.value)
            found = self._read(uses, own, values)
            for name, value in found.items():
                settings[name] = Setting(
                    name=name,
                    value=SecretText(value.text),
                    origin=value.origin,
                    via=value.via,
                    references=_shown(value.names, value.line),
                    blanked_by=_shown(value.blanked, value.line),
                )
        for name, node in values.items():
            settings[name] = self._setting(name, node, own)
        return settings, uses

    def _setting(self, name: str, node: Node, own: Node | None) -> Setting:
        origin = own.key_origin(name, name) if own is not None else node.origin(name)
        value, trace = node.value, node.trace
        if value is None:
            value = self.variables.get(name)
            if value is None:
                return Setting(name=name, value=None, origin=origin)
            return Setting(
                name=name, value=SecretText(value), origin=origin, via=self.variables.origins(name), references=(name,)
            )
        if trace is None:
            text = SecretText(value)
            return Setting(name=name, value=text, origin=origin, written=text)
        return Setting(
            name=name,
            value=SecretText(value),
            origin=origin,
            via=trace.via,
            references=trace.names,
            written=SecretText(trace.written),
            blanked_by=trace.blanked,
        )

    def _use(self, entry: Node) -> ServiceEnvFile:
        path, required, kind = entry.child("path"), entry.child("required"), entry.child("format")
        text = path.value if path is not None else ""
        form = kind.value if kind is not None else ""
        if form not in ("", ".env", "raw"):
            raise refuse(
                "invalid_format",
                "the format of an env file is none that Compose knows",
                "Write `raw`, or leave it out.",
                kind,
            )
        needed = required is None or required.value is not False
        return ServiceEnvFile(
            path=text,
            name=relative_name(text, self.directory),
            required=needed,
            raw=form == "raw",
            found=bool(text) and os.path.exists(text),
            origin=path.origin() if path is not None else entry.origin(),
        )

    def _read(self, uses: tuple[ServiceEnvFile, ...], own: Node | None, values: dict[str, Node]) -> dict[str, EnvValue]:
        found: dict[str, EnvValue] = {}
        seen = {name: node.value for name, node in values.items() if node.value is not None}
        seen.update(self.variables.values())

        def origins_of(name: str) -> tuple[Origin, ...]:
            if self.variables.get(name) is not None:
                return self.variables.origins(name)
            return (own.key_origin(name, name),) if own is not None and name in values else ()

        for use in uses:
            if not use.found:
                if use.required:
                    self._missing(use)
                continue
            if use.raw:
                self.files.raw(use.path, use.name, found, self.variables, use.origin)
            else:
                self.files.read(use.path, use.name, seen, found, use.origin, origins_of=origins_of)
        return found

    def labels(self, service: Node) -> Node:
        """Return a service with the labels of its label files below its own.

        Raises:
            Refused: A label file cannot be read, or Compose would refuse a line of it.
        """
        files = service.child("label_file")
        if files is None or not files.value:
            return service
        found: dict[str, EnvValue] = {}
        for entry in files.value:
            name = relative_name(entry.value, self.directory)
            self.files.read(
                entry.value, name, self.variables.values(), found, entry.origin(), origins_of=self.variables.origins
            )
        made = {}
        for name, value in found.items():
            place = value.origin
            trace = Trace(value.text, value.via, value.names, value.blanked)
            made[name] = Node(value.text, place.file or "", place.line or 1, place.column or 1, trace=trace)
        own = service.child("labels")
        labels = (
            Node({**made, **own.value}, own.file, own.line, own.column, marks=own.marks) if own is not None else None
        )
        return service.with_children({"labels": labels or Node(made, files.file, files.line, files.column)})

    def _missing(self, use: ServiceEnvFile) -> None:
        if not use.path:
            raise Refused((problem("empty_path", "the path of an env file is empty", "Write the path.", use.origin),))
        example = next((use.name + end for end in _EXAMPLES if os.path.exists(use.path + end)), None)
        hint = (
            "Write the file"
            + (f", from {example}" if example else "")
            + (
                ". Only where the service can do without it, write `required: false` beside its path: Compose then starts the "
                "service without these settings, and says nothing."
            )
        )
        self.missing.append(problem("env_file_missing", f"the env file {use.name} does not exist", hint, use.origin))


def _shown(names: tuple[str, ...], line: str) -> tuple[str, ...]:
    """Return variables of an env file by names that can be shown; the text that tells is not kept."""
    return tuple(presentable_variable(name, line) for name in names) if line else names


_EXAMPLES = (".example", ".sample", ".template", ".dist")
