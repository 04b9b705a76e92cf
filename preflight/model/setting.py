"""A named value of a subject, with its origin."""

from __future__ import annotations

from preflight.model.record import Record, field
from preflight.model.secret_text import SecretText

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TypeAlias

    from preflight.model.origin import Origin


class Reference(Record):
    """A value known only where the service runs."""

    kind: str = field("What refers: `vault`, `docker_secret`, `secret_key_ref`, `unset_variable`, …")
    target: str = field("What is referred to, by name; never a value.")


class Unreadable(Record):
    """A value that should be readable here (a secret file) and is not."""

    code: str = field("Code of the file probe, such as `missing` or `is_directory`.")
    detail: str = field("One sentence with the path.")


if TYPE_CHECKING:
    Value: TypeAlias = SecretText | Reference | Unreadable | None


class Setting(Record):
    """A named value. `None` as value says: named without a value, so unset; empty is a `SecretText` of length 0."""

    name: str = field("Name as written.")
    value: Value = field("The literal, the reference, or None.")
    origin: Origin = field("Where it is written.")
    via: tuple[Origin, ...] = field("Further places the value passed through, nearest first.", default=())
    path: str | None = field("The file it was read from, for a value given as NAME_FILE.", default=None)
    references: tuple[str, ...] = field("Variables that its value was put together from.", default=())
    written: SecretText | None = field(
        "Its text as an orchestrator's file has it, before variables were put in; None where it comes from elsewhere.",
        default=None,
    )
    blanked_by: tuple[str, ...] = field("Those of them that were unset, so that their part came out empty.", default=())

    @property
    def text(self) -> str | None:
        """Return the literal, or None when it is not one. For collectors only."""
        return self.value.reveal() if isinstance(self.value, SecretText) else None

    @property
    def is_set(self) -> bool:
        """Whether the setting has a value that is not empty (a reference counts)."""
        if isinstance(self.value, SecretText):
            return bool(self.value)
        return self.value is not None
