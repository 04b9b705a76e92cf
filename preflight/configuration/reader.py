"""The configuration in force: command line over environment over file over defaults.

This is the start path's reader. `preflight.configuration.schema.Settings` says the same with pydantic-settings and is
the authority; a contract test holds both equal.
"""

from __future__ import annotations

from preflight.configuration.document import read_document
from preflight.configuration.environment import hold_parameter, is_parameter, parameter_value, read_variables
from preflight.configuration.fields import FIELDS, Unfit, fit
from preflight.configuration.model import Configuration, Option
from preflight.configuration.policy import loosens
from preflight.documents.nodes import Mapping, Scalar, Sequence, plain_value
from preflight.errors import ConfigurationError, UsageError
from preflight.model.origin import Origin
from preflight.model.problem import Problem
from preflight.packs.model import SEVERITIES, Override

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from collections.abc import Mapping as MappingOf
    from typing import Any

    from preflight.configuration.document import Document
    from preflight.configuration.environment import Variables
    from preflight.documents.nodes import Node

_FILE_ONLY = ("override", "bindings", "allow_environment")
_REPEATED = ("env_files", "compose_profiles", "packs", "endpoints", "as_gids")


def resolve(
    *,
    folder: str,
    config_file: str | None,
    no_config: bool,
    environment: MappingOf[str, str],
    command_line: MappingOf[str, object],
) -> Configuration:
    """Put the configuration of a run together.

    Args:
        folder: The project folder, in which the configuration file is looked for.
        config_file: A configuration file to read instead, as given on the command line.
        no_config: Read no configuration file.
        environment: The environment, of which only `PREFLIGHT_*` is looked at.
        command_line: Values by the name of the `Configuration` field, `parameters` as a mapping; None means not given.
            A text is read as in a variable: a list is separated by commas.

    Raises:
        UsageError: A value on the command line does not fit.
        ConfigurationError: The file or a variable is wrong, or a variable would weaken the gate without permission.
            Every mistake is named.
        TypeError: `command_line` names a field that is not there or that only a file can set (a bug in the caller).
    """
    said = _command_line(command_line)
    variables = read_variables(environment, shadowed=frozenset(said))
    try:
        document = None if no_config else read_document(folder, config_file)
    except ConfigurationError as bad:
        raise ConfigurationError([*bad.problems, *variables.problems]) from None
    builder = _Builder(document)
    builder.problems += variables.problems
    builder.take_variables(variables)
    if builder.problems:
        raise ConfigurationError(builder.problems)
    for name, value in said.items():
        builder.options[name] = Option(value=value, source="command line")
    return builder.configuration(tuple(variables.unknown))


def effective(configuration: Configuration) -> list[dict[str, Any]]:
    """Return the rows of the report: every value with its source, origin, and whether it loosens; sorted by name."""
    return [
        {
            "name": name,
            "value": list(option.value) if isinstance(option.value, tuple) else option.value,
            "source": option.source,
            "origin": None if option.origin is None else dict(option.origin.items()),
            "loosens": option.loosens,
        }
        for name, option in sorted(configuration.options.items())
    ]


def _command_line(given: MappingOf[str, object]) -> dict[str, Any]:
    """Return the values that the command line sets, by field or `parameters.NAME`."""
    flat: dict[str, object] = {}
    for name, value in given.items():
        if name not in FIELDS or name in _FILE_ONLY:
            raise TypeError(f"the command line cannot set {name!r}")
        if name == "parameters" and isinstance(value, dict):
            flat.update({f"parameters.{parameter}": setting for parameter, setting in value.items()})
        elif value is not None:
            flat[name] = value
    found: dict[str, Any] = {}
    problems: list[Problem] = []
    for name, said in flat.items():
        parameter = name.removeprefix("parameters.")
        if parameter != name and not is_parameter(parameter):
            message = "a parameter's name is lower-case words joined by underscores"
            problems.append(Problem(kind="configuration", code="wrong_form", message=message, hint="See --help."))
            continue
        try:
            if parameter == name:
                found[name] = fit(name, said)
            else:
                found[name] = parameter_value(said) if isinstance(said, str) and said else hold_parameter(said)
        except Unfit as bad:
            option = f"the parameter {parameter}" if parameter != name else _option_of(name)
            wanted = str(bad).removeprefix("a list of ") if name in _REPEATED else str(bad)
            message = f"{option} must be {wanted}"
            problems.append(Problem(kind="configuration", code="wrong_type", message=message, hint="See --help."))
    if problems:
        raise UsageError(problems)
    return found


def _option_of(name: str) -> str:
    """Return the option that sets a field: one that is given once for each entry is named in the singular."""
    return f"--{name.removesuffix('s') if name in _REPEATED else name}".replace("_", "-")


class _Builder:
    """Layers what the sources say, lowest first; `options` are by field, or `parameters.NAME` and the like."""

    def __init__(self, document: Document | None) -> None:
        self.problems: list[Problem] = []
        self.document = document
        self.options: dict[str, Option] = {
            name: Option(value=spec.default) for name, spec in FIELDS.items() if spec.kind != "mapping"
        }
        self.disable: tuple[tuple[str, Origin | None], ...] | None = None
        self.override: list[Override] = []
        if document is not None:
            self.take_file(document.root)

    # -- the file ----------------------------------------------------------------------------------------------------

    def origin(self, node: Node) -> Origin:
        return Origin(file=self.document.path if self.document else None, line=node.line, column=node.column)

    def say(self, name: str, value: object, key: Node) -> None:
        self.options[name] = Option(value=value, source="file", origin=self.origin(key))

    def refuse(self, node: Node, code: str, message: str, hint: str) -> None:
        origin = self.origin(node)
        self.problems.append(Problem(kind="configuration", code=code, message=message, hint=hint, origin=origin))

    def take_file(self, root: Mapping) -> None:
        """Take what the file says; its shape was checked against the schema."""
        for key, node in _leaves(root):
            if key.text == "parameters":
                for name, value in _pairs(node):
                    self.say(f"parameters.{name.text}", _argument(value), name)
            elif key.text == "bindings":
                self.take_bindings(_pairs(node))
            elif key.text == "override":
                for rule, change in _pairs(node):
                    self.override.append(self.changed(rule, change))
                    self.say(f"override.{rule.text}", plain_value(change), rule)
            else:
                self.take_field(key, node)

    def take_field(self, key: Scalar, node: Node) -> None:
        name = key.text
        value = plain_value(node)
        if FIELDS[name].kind == "names" and isinstance(value, str):
            value = [value]  # one path may be written without brackets, and holds no list in the file
        if FIELDS[name].kind == "numbers" and isinstance(value, str):
            value = False  # only a variable writes a list as a text
        try:
            said = FIELDS[name].default if value is None else fit(name, value)
        except Unfit as bad:
            self.refuse(node, "wrong_form", f'"{name}" must be {bad}', "Correct the value.")
            return
        self.say(name, said, key)
        if name == "disable" and isinstance(node, Sequence):
            self.disable = tuple((item.text, self.origin(item)) for item in node.items if isinstance(item, Scalar))

    def take_bindings(self, pairs: Iterable[tuple[Scalar, Node]]) -> None:
        roles: dict[str, str] = {}
        for role, names in pairs:
            items = [item for item in names.items if isinstance(item, Scalar)] if isinstance(names, Sequence) else []
            for item in items:
                if roles.setdefault(item.text, role.text) != role.text:
                    message = f"a setting is bound to two roles: {roles[item.text]} and {role.text}"
                    self.refuse(item, "bound_twice", message, "Keep one of them.")
            self.say(f"bindings.{role.text}", tuple(item.text for item in items), role)

    def changed(self, rule: Scalar, node: Node) -> Override:
        change = node if isinstance(node, Mapping) else Mapping([], node.line, node.column)
        severity = change.get("severity")
        word = severity.text if isinstance(severity, Scalar) else None
        return Override(
            rule=rule.text,
            severity=next((one for one in SEVERITIES if one == word), None),
            where=change.get("where"),
            parameters=tuple((name.text, _argument(value)) for name, value in _pairs(change.get("parameters"))),
            origin=self.origin(rule),
        )

    # -- the environment ---------------------------------------------------------------------------------------------

    def take_variables(self, variables: Variables) -> None:
        allowed = self.options["allow_environment"].value
        for name, (value, variable) in variables.values.items():
            before = self.options.get(name)
            spec = FIELDS[name.partition(".")[0]]
            weaker = loosens(name, None if before is None else before.value, value)
            origin = Origin(setting=variable)
            if weaker and spec.permission not in allowed:
                where = self.document.path if self.document else "preflight.yaml"
                message = f"{variable} would {spec.would}, and the environment that is judged may not weaken the gate"
                hint = (
                    f"Unset it, say it on the command line, or permit it in {where}: "
                    f"allow_environment: [{spec.permission}]."
                )
                self.problems.append(
                    Problem(
                        kind="configuration",
                        code="environment_would_loosen",
                        message=message,
                        hint=hint,
                        origin=origin,
                    )
                )
            self.options[name] = Option(value=value, source="environment", origin=origin, loosens=weaker)

    # -- the result --------------------------------------------------------------------------------------------------

    def configuration(self, unknown: tuple[tuple[str, str | None], ...]) -> Configuration:
        options = self.options
        values = {name: options[name].value for name, spec in FIELDS.items() if spec.kind != "mapping"}
        disable = options["disable"]
        if disable.source == "file" and self.disable is not None:
            values["disable"] = self.disable
        else:
            values["disable"] = tuple((rule, disable.origin) for rule in disable.value)
        return Configuration(
            **values,
            override=tuple(self.override),
            parameters={
                name: (option.value, option.source, option.origin) for name, option in self.below("parameters.")
            },
            bindings={name: option.value for name, option in self.below("bindings.")},
            options={FIELDS[name].path if name in FIELDS else name: option for name, option in options.items()},
            unknown_variables=unknown,
            file=self.document.path if self.document else None,
            sha256=self.document.sha256 if self.document else None,
        )

    def below(self, prefix: str) -> list[tuple[str, Option]]:
        return [(name.removeprefix(prefix), option) for name, option in self.options.items() if name.startswith(prefix)]


def _leaves(root: Mapping) -> list[tuple[Scalar, Node]]:
    """Return the fields of a file, those below `inputs` as if they stood beside the others."""
    found: list[tuple[Scalar, Node]] = []
    for key, node in root:
        found += node.pairs if key.text == "inputs" and isinstance(node, Mapping) else [(key, node)]
    return found


def _pairs(node: Node | None) -> list[tuple[Scalar, Node]]:
    return node.pairs if isinstance(node, Mapping) else []


def _argument(node: Node) -> object:
    """Return a parameter's value: a list as a tuple of texts."""
    value = plain_value(node)
    return tuple(value) if isinstance(value, list) else value
