"""The resources of subjects, collected once each, and what happens when a collector crashes."""

from __future__ import annotations

from preflight.errors import Interrupted
from preflight.model.record import Record, field
from preflight.resources import collect

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType

    from preflight.model.subject import Subject
    from preflight.resources.base import Context, Resource


class Crash(Record):
    """A collector raised: its resources cannot be judged."""

    exception: str = field("Name of the exception's type; its text could quote a secret.")
    place: str = field("Module and line in preflight where it happened.")


class Collection:
    """Resources by subject and type.

    Args:
        context: What collectors may use.
    """

    __slots__ = ("_context", "_known")

    def __init__(self, context: Context) -> None:
        self._context = context
        self._known: dict[tuple[str, str], tuple[Resource, ...] | Crash] = {}

    def of(self, subject: Subject, resource_type: str) -> tuple[Resource, ...] | Crash:
        """Return a subject's resources of a type, or the crash that happened while they were collected."""
        key = (subject.id, resource_type)
        if key not in self._known:
            self._known[key] = self._collect(subject, resource_type)
        return self._known[key]

    def _collect(self, subject: Subject, resource_type: str) -> tuple[Resource, ...] | Crash:
        try:
            return tuple(collect(resource_type, subject, self._context))
        except Interrupted:  # a signal's, not a collector's
            raise
        except Exception as crash:  # noqa: BLE001 - one collector's bug must not keep the rest from being judged
            return Crash(exception=type(crash).__name__, place=place_of(crash.__traceback__))


def place_of(traceback: TracebackType | None) -> str:
    """Name the innermost line of preflight in a traceback; the frames' locals are not looked at."""
    place = "unknown"
    while traceback is not None:
        name = traceback.tb_frame.f_globals.get("__name__", "")
        if str(name).startswith("preflight"):
            place = f"{name}, line {traceback.tb_lineno}"
        traceback = traceback.tb_next
    return place
