"""Where something was written."""

from __future__ import annotations

from preflight.model.record import Record, field


class Origin(Record):
    """A place in a file, or a variable of the process environment (`file` is None)."""

    file: str | None = field(
        "Path as given, or relative to the project folder; None for the process environment.", default=None
    )
    line: int | None = field("Line, counted from 1.", default=None)
    column: int | None = field("Column, counted from 1.", default=None)
    setting: str | None = field("Name of the setting, where it is one.", default=None)

    def __str__(self) -> str:
        """Render as `file:line:column`, or as the variable of the environment."""
        if self.file is None:
            return f"environment variable {self.setting}" if self.setting else "process environment"
        place = self.file
        if self.line is not None:
            place += f":{self.line}"
            if self.column is not None:
                place += f":{self.column}"
        return place
