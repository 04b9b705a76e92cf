"""The `PREFLIGHT_*` variables.

A name is the field's in capitals; `__` goes one level down: `PREFLIGHT_FAIL_ON`, `PREFLIGHT_INPUTS__ENV_FILES`,
`PREFLIGHT_PARAMETERS__POSTGRES_MIN_SSLMODE`. An empty variable counts as unset. A value is never repeated in a message.
"""

from __future__ import annotations

from preflight.configuration.fields import FIELDS, LONGEST_NAME, Unfit, fit
from preflight.documents.nodes import Scalar, Sequence, resolve
from preflight.documents.patterns import SNAKE, matches
from preflight.documents.suggestions import did_you_mean
from preflight.model.origin import Origin
from preflight.model.problem import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

PREFIX = "PREFLIGHT_"
_PARAMETER = "PREFLIGHT_PARAMETERS__"
_PARAMETER_KINDS = "a number, true or false, a text, or a list of texts such as [a, b]"
_VARIABLES = {spec.variable: name for name, spec in FIELDS.items()}


class Variables:
    """What the environment says of the configuration.

    Attributes:
        values: Values by field, or `parameters.NAME`, each with its variable.
        problems: Variables that do not fit their field, or may not set it.
        unknown: Names that mean nothing to preflight, each with the one that may have been meant: they may belong to
            the service.
    """

    def __init__(self) -> None:
        self.values: dict[str, tuple[Any, str]] = {}
        self.problems: list[Problem] = []
        self.unknown: list[tuple[str, str | None]] = []

    def refuse(self, variable: str, code: str, message: str, hint: str) -> None:
        """Record a problem of a variable."""
        origin = Origin(setting=variable)
        self.problems.append(Problem(kind="configuration", code=code, message=message, hint=hint, origin=origin))


def read_variables(environment: Mapping[str, str], *, shadowed: frozenset[str]) -> Variables:
    """Read the `PREFLIGHT_*` variables.

    Args:
        environment: The environment.
        shadowed: Fields, and `parameters.NAME`, that the command line sets: their variables have no effect.
    """
    found = Variables()
    for variable in sorted(name for name in environment if name.startswith(PREFIX)):
        text = environment[variable]
        if not text:
            continue
        target = _target(variable)
        if target is None:
            near = did_you_mean(variable.removeprefix(PREFIX), [name.removeprefix(PREFIX) for name in _VARIABLES])
            found.unknown.append((_printable(variable), near and PREFIX + near))
        elif target not in shadowed:
            _read(found, variable, target, text)
    return found


def _target(variable: str) -> str | None:
    if variable.startswith(_PARAMETER):
        name = variable.removeprefix(_PARAMETER)
        return f"parameters.{name.lower()}" if name == name.upper() and is_parameter(name.lower()) else None
    for name in ("override", "bindings"):
        if variable.startswith(f"{FIELDS[name].variable}__"):
            return name
    return "inputs" if variable == "PREFLIGHT_INPUTS" else _VARIABLES.get(variable)


def _read(found: Variables, variable: str, target: str, text: str) -> None:
    if target in {"parameters", "inputs"}:
        example = _PARAMETER + "NAME" if target == "parameters" else "PREFLIGHT_INPUTS__ENV_FILES"
        message = f"{variable} sets several things at once, which the environment cannot"
        found.refuse(variable, "wrong_type", message, f"Set one at a time: {example}.")
        return
    spec = FIELDS[target.partition(".")[0]]
    if spec.policy == "never":
        message = f"{variable} is refused: the environment that is judged cannot set {spec.path}"
        hint = f"Write {spec.path} in preflight.yaml, or unset the variable."
        found.refuse(variable, "not_from_environment", message, hint)
        return
    try:
        text.encode()
        value = parameter_value(text) if spec.kind == "mapping" else fit(target, text)
    except Unfit as bad:
        found.refuse(variable, "wrong_type", f"{variable} must be {bad}", "Correct the variable, or unset it.")
    except UnicodeEncodeError:
        found.refuse(variable, "wrong_type", f"{variable} must be UTF-8", "Correct the variable, or unset it.")
    else:
        found.values[target] = (value, variable)


def is_parameter(name: str) -> bool:
    """Tell whether a text is written as a parameter's name is."""
    return len(name) <= LONGEST_NAME and matches(SNAKE, name)


def parameter_value(text: str) -> Any:  # noqa: ANN401 - a parameter's type is known to its pack
    """Return a parameter's value from a text: as YAML reads it, so `12` is a number, `"12"` a text and `[a, b]` a list.

    Raises:
        Unfit: It is no number, flag, text or list of texts.
    """
    value: object = resolve(text)
    if text[0] in "['\"":
        from preflight.documents.yaml import YamlError, load

        try:
            node = load(text)
        except YamlError:
            raise Unfit(_PARAMETER_KINDS) from None
        value = node.value if isinstance(node, Scalar) else None
        if isinstance(node, Sequence):
            value = tuple(item.value if isinstance(item, Scalar) else None for item in node.items)
    return hold_parameter(value)


def hold_parameter(value: object) -> Any:  # noqa: ANN401 - as above
    """Return a value that a parameter can have.

    Raises:
        Unfit: It is none.
    """
    if isinstance(value, (list, tuple)) and all(isinstance(item, str) for item in value):
        return tuple(value)
    if isinstance(value, (bool, int, str)) or (isinstance(value, float) and value - value == 0):
        return value
    raise Unfit(_PARAMETER_KINDS)


def _printable(name: str) -> str:
    return name if name.isprintable() else ascii(name)[1:-1]
