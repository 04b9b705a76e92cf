"""What a rule says of a resource."""

from __future__ import annotations

from preflight.model.digest import sha256_hex
from preflight.model.record import Record, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Literal

    from preflight.model.origin import Origin

    Status = Literal["pass", "fail", "error", "deferred", "not_applicable"]

STATUSES = ("pass", "fail", "error", "deferred", "not_applicable")
SEVERITY_RANK = {"low": 0, "medium": 1, "high": 2, "critical": 3}
HIDDEN = object()


class Finding(Record):
    """Rule times resource, with a status. It cannot be built without a rule, a subject, a message and a remediation."""

    rule: str = field("Id of the rule.")
    pack: str = field("The rule's pack.")
    status: Status = field("pass, fail, error, deferred or not_applicable.")
    severity: str = field("critical, high, medium or low.")
    blocking: bool = field("Whether it refuses the start.")
    subjects: tuple[str, ...] = field("Ids of the subjects it holds for.")
    resource: tuple[str, str] | None = field("(type, name) of the resource, where there is one.")
    origin: Origin | None = field("Where the resource is written.")
    via: tuple[Origin, ...] = field("Further places its value passed through.", default=())
    title: str = field("The rule's title.")
    message: str = field("One sentence: what is the case.")
    expected: str | None = field("What was expected, in words.", default=None)
    observed: Any = field("What is the case; HIDDEN for facts about secrets.", default=HIDDEN)
    reason: str | None = field("Stable code of the cause.", default=None)
    rationale: str = field("Why it matters.")
    remediation: str = field("What to do.")
    references: tuple[str, ...] = field("Where it is written.")

    @property
    def fingerprint(self) -> str:
        """Identify the finding across runs: by rule, subjects and resource, never by line or value."""
        kind, name = self.resource or ("", "")
        parts = (self.rule, *self.subjects, kind, name)
        return sha256_hex("\x00".join(parts).encode("utf-8", "surrogatepass"))[:32]
