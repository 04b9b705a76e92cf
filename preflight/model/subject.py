"""One thing that will start with a configuration."""

from __future__ import annotations

from preflight.model.record import Record, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal

    from preflight.model.origin import Origin
    from preflight.model.service import Service
    from preflight.model.setting import Setting

    SubjectKind = Literal["process", "env_file", "service", "container"]


class AmbiguousLine(Record):
    """A line that other readers of the same env file read differently. Holds no value."""

    name: str = field("Name that the line sets.")
    line: int = field("Line, counted from 1.")
    column: int = field("Column, counted from 1.")
    reasons: tuple[str, ...] = field("What the readers disagree about, as codes.")
    dialects: tuple[str, ...] = field("Dialects that read something else than the file's own.")
    shortened: bool = field("Whether some dialect cuts the value short.")


class EnvFile(Record):
    """An env file that a subject is made of."""

    path: str = field("Path as given.")
    dialect: str = field("Dialect it was read with.")
    stray: tuple[int, ...] = field(
        "Lines that nobody reads as a setting: the rest of a value that was pasted.", default=()
    )
    ambiguous: tuple[AmbiguousLine, ...] = field("Lines that other readers read differently.", default=())


class Subject(Record):
    """One thing that will start with a configuration: the process, an env file, a Compose service, a container."""

    kind: SubjectKind = field("What it is.")
    name: str = field("Its name: a path, a service name; `process` for the process itself.")
    settings: Mapping[str, Setting] = field("The settings it will start with, by name, in the order written.")
    origin: Origin = field("Where the subject as a whole is described.")
    env_files: tuple[EnvFile, ...] = field("The env files it is made of.", default=())
    service: Service | None = field("What an orchestrator runs for it, where one does.", default=None)

    @property
    def id(self) -> str:
        """Return `kind:name`, or the bare name of the process."""
        return self.name if self.kind == "process" else f"{self.kind}:{self.name}"

    def __hash__(self) -> int:
        return hash((self.kind, self.name))
