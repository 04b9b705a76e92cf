"""What an env file says: entries in file order, the names its consumer ends up with, and what is wrong with it."""

from __future__ import annotations

from preflight.model.record import Record, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal, TypeAlias

    from preflight.model.secret_text import SecretText

    Dialect: TypeAlias = Literal["compose", "dotenv", "shell"]
    Reader: TypeAlias = Literal["compose", "dotenv", "shell", "docker", "node"]
    Resolution: TypeAlias = Literal["environment", "earlier", "default", "unset", "shell"]
    Quote: TypeAlias = Literal["", "'", '"']

# Most characters that variables may insert into all values of one file: `B=$A$A`, `C=$B$B`, … doubles with every line.
MAX_INSERTED = 4 * 1024 * 1024


class EnvReference(Record):
    """One use of a variable inside a value."""

    name: str = field("The variable's name.")
    resolved: Resolution = field(
        "What took its place: the environment's value, an earlier entry's, the text written beside it (`${X:-text}`), "
        "nothing because it is unset, or what the running shell sets by itself (`$$`, `$PWD`).",
        choices=("environment", "earlier", "default", "unset", "shell"),
    )


class EnvEntry(Record):
    """One assignment. Lines and columns count from 1; a column counts characters, without a byte order mark."""

    name: str = field("The name it sets. Compose can set the empty name.")
    value: SecretText | None = field("The value its consumer reads; None for a key without value.")
    line: int = field("Line of the name; lines end with a line feed.")
    column: int = field("Column of the name.")
    value_column: int = field("Column of the first written character of the value, its quote included.")
    quote: Quote = field("The quote that encloses the value, or empty.", default="")
    references: tuple[EnvReference, ...] = field("The variables it uses, in the order written.", default=())
    unset: tuple[str, ...] = field("Names among them that are unset and came out as empty, each once.", default=())
    undetermined: bool = field(
        "Part of the value is known only where the shell runs: a command's output, a pattern, `$$`. "
        "The value then holds the rest.",
        default=False,
    )
    stray: bool = field(
        "The line is not meant as an assignment: it is the rest of the base64 text that the line before starts, "
        "so the name is a piece of a secret.",
        default=False,
    )


class EnvProblem(Record):
    """Something its consumer stumbles over. Never quotes a value."""

    line: int = field("Line, counted from 1.")
    column: int = field("Column, counted from 1.")
    code: str = field("Stable identifier in snake case.")
    message: str = field("One sentence in our own words.")
    fatal: bool = field(
        "The consumer refuses the file (Compose; a POSIX shell at a syntax error, where bash only stops reading), or "
        "what it would read cannot be known without running the file.",
        default=False,
    )


class EnvDocument(Record):
    """An env file as one consumer reads it."""

    entries: tuple[EnvEntry, ...] = field("Every assignment in file order, duplicates kept.")
    settings: Mapping[str, SecretText | None] = field("The names its consumer ends up with.")
    problems: tuple[EnvProblem, ...] = field("What is wrong, in file order.", default=())

    @property
    def values(self) -> dict[str, str | None]:
        """Return the names its consumer ends up with and their values; None for a key without value.

        A file that Compose refuses gives none. The values are revealed: for sources, collectors and tests only.
        """
        return {name: None if value is None else value.reveal() for name, value in self.settings.items()}

    @property
    def fatal(self) -> bool:
        """Return whether some problem is fatal."""
        return any(problem.fatal for problem in self.problems)

    def __hash__(self) -> int:
        return hash((self.entries, self.problems))


def shown(name: str) -> str:
    """Return a variable's name for a message, or `a variable` where it could be a piece of a password (`pa$word`)."""
    return name if name.isascii() and name.isidentifier() and name.isupper() else "a variable"


def unique(names: list[str]) -> tuple[str, ...]:
    """Return each name once, in the order first seen."""
    return tuple(dict.fromkeys(names))
