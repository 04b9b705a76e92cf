"""Something that kept the gate from judging: a value in the report, not a traceback."""

from __future__ import annotations

from preflight.model.record import Record, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    from preflight.model.origin import Origin

    ProblemKind = Literal["configuration", "input", "deadline", "internal", "interrupted"]


class Problem(Record):
    """What is wrong, where, and what to do. Never quotes a value."""

    kind: ProblemKind = field(
        "Whose fault: the gate's configuration, an input, the deadline, preflight itself, a signal."
    )
    code: str = field("Stable identifier in snake case, such as `missing` or `unknown_key`.")
    message: str = field("One sentence that says what was expected.")
    hint: str = field("What to do next.")
    origin: Origin | None = field("Where.", default=None)

    def __str__(self) -> str:
        place = f"{self.origin}: " if self.origin is not None else ""
        return f"{place}{self.message}"
