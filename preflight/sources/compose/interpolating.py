"""Interpolation of a file's texts, with what is missing collected instead of raised one at a time."""

from __future__ import annotations

from preflight.model.origin import Origin
from preflight.sources.compose.tree import Trace, problem, refuse
from preflight.sources.env_file.interpolation import interpolate, name_end

TYPE_CHECKING = False
if TYPE_CHECKING:
    from preflight.model.problem import Problem
    from preflight.sources.compose.variables import Variables
    from preflight.sources.env_file.interpolation import InterpolationError

MOST_INSERTED = 4 * 1024 * 1024  # characters, over all texts of a project
MOST_VARIABLES = 100_000  # uses of variables, likewise


class Budget:
    """What variables may still put in, and how often, over all files of a project."""

    __slots__ = ("left", "uses")

    def __init__(self) -> None:
        self.left = MOST_INSERTED
        self.uses = MOST_VARIABLES


class Interpolator:
    """Replaces variables in the texts of one set of files.

    Attributes:
        variables: The variables it sees.
        problems: What is missing or malformed, in the order found; shared between the files of a project.
    """

    def __init__(self, variables: Variables, problems: list[Problem], budget: Budget | None = None) -> None:
        self.variables = variables
        self.problems = problems
        self.budget = budget or Budget()

    def seeing(self, variables: Variables) -> Interpolator:
        """Return an interpolator with other variables that adds to the same problems."""
        return Interpolator(variables, self.problems, self.budget)

    def text(self, text: str, file: str, line: int, column: int) -> tuple[str, Trace]:
        """Return a text with its variables replaced, and what was done.

        Args:
            text: The text as written; may hold a secret.
            file: The file, for origins.
            line: The text's line.
            column: The text's column.
        """
        variables = self.variables
        self.budget.uses -= text.count("$")
        if self.budget.uses < 0:
            message = f"the project uses more than {MOST_VARIABLES} variables"
            raise refuse(
                "too_large",
                message,
                "A Compose file of this size is not read.",
                Origin(file=file, line=line, column=column),
            )
        done = interpolate(text, variables.get, limit=max(self.budget.left, 0))
        self.budget.left -= done.inserted
        names: dict[str, None] = {}
        via: dict[Origin, None] = {}
        defaults: dict[str, None] = {}
        for one in done.substitutions:
            names[one.name] = None
            if one.treatment == "default":
                defaults[one.name] = None
            if variables.get(one.name) is not None:
                via.update(dict.fromkeys(variables.origins(one.name)))
        origin = Origin(file=file, line=line, column=column)
        for need in done.required:
            message = f"the variable {need.name} is required here and missing"
            hint = f"Set {need.name} in the environment, in `.env` or in a file given with --env-file."
            self.problems.append(problem("missing_variable", message, hint, origin.replace(setting=need.name)))
        for error in done.errors:
            message, hint = _ERRORS["unclosed" if _is_unclosed(text, error) else error.code]
            self.problems.append(problem(error.code, message, hint, origin))
        return done.text, Trace(text, tuple(via), tuple(names), done.unset, tuple(defaults))


def _is_unclosed(text: str, error: InterpolationError) -> bool:
    """Whether a `${NAME` was meant as a variable, and lacks its end."""
    start = error.offset + 2
    return (
        error.code == "invalid_interpolation"
        and text.startswith("${", error.offset)
        and name_end(text, start) > start
        and "}" not in text[start:].partition("\n")[0].partition("${")[0]
    )


_ERRORS = {
    "unclosed": (
        "a `${` here is never closed: the brace at its end is missing",
        "Write `${NAME}`; where a dollar sign is meant, `$$`.",
    ),
    "invalid_interpolation": (
        "a `${` here is no valid variable",
        "Write `$$` for a dollar sign that is meant as one.",
    ),
    "nesting_too_deep": ("variables are nested too deeply", "Give the inner default a variable of its own."),
    "value_too_long": ("variables make the project's texts too long", "Check for variables that repeat each other."),
}
