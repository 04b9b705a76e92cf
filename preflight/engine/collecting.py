"""The resources of subjects, collected once each, and what happens when a collector crashes."""

from __future__ import annotations

from preflight.errors import DeadlineError, Interrupted
from preflight.model.record import Record, field
from preflight.probes.container_files import files_of
from preflight.resources import collector

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType

    from preflight.model.service import Service
    from preflight.model.subject import Subject
    from preflight.resources import Collector
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

    __slots__ = ("_apart", "_context", "_contexts", "_known")

    def __init__(self, context: Context) -> None:
        self._context = context.replace(made={})
        self._apart = context.replace(knows_paths=False, made={})
        self._contexts: dict[int, Context] = {}
        # By identity, which is quicker than any name; the subject is kept, so that its identity stays its own.
        self._known: dict[str, dict[int, tuple[Subject, tuple[Resource, ...] | Crash]]] = {}

    def of(self, subject: Subject, resource_type: str) -> tuple[Resource, ...] | Crash:
        """Return a subject's resources of a type, or the crash that happened while they were collected."""
        of_type = self._known.get(resource_type)
        if of_type is None:
            of_type = self._known[resource_type] = {}
        found = of_type.get(id(subject))
        if found is None:
            found = of_type[id(subject)] = (subject, self._collect(subject, collector(resource_type)))
        return found[1]

    def _context_of(self, subject: Subject) -> Context:
        """Return what collectors may use for a subject: a service sees its container's files, and reads them as its user."""
        service = subject.service
        if service is None:
            apart = self._context.deployment is not None and subject.kind == "env_file"
            # What an env file gives to containers are their paths; the services that get them are judged themselves.
            return self._apart if apart else self._context
        known = self._contexts.get(id(subject))
        if known is None:
            uid, gids = _user(service)
            known = self._contexts[id(subject)] = self._context.replace(
                files=files_of(subject, self._context.host),
                as_uid=uid if uid is not None else self._context.as_uid,
                as_gids=gids if uid is not None else (*self._context.as_gids, *gids),
                neighbours=service.neighbours,
                context_of=self._context_of,
                made={},
            )
        return known

    def _collect(self, subject: Subject, collect: Collector) -> tuple[Resource, ...] | Crash:
        try:
            return tuple(collect(subject, self._contexts.get(id(subject)) or self._context_of(subject)))
        except (Interrupted, DeadlineError):  # a signal's, not a collector's
            raise
        except Exception as crash:  # noqa: BLE001 - one collector's bug must not keep the rest from being judged
            return Crash(exception=type(crash).__name__, place=place_of(crash.__traceback__))


def _user(service: Service) -> tuple[int | None, tuple[int, ...]]:
    """Return the user and groups that a service runs with, as far as they are written as numbers."""
    user, _, group = (service.user or "").partition(":")
    gids = tuple(int(one) for one in (group, *service.group_add) if one.isdecimal())
    return (int(user) if user.isdecimal() else None), gids


def place_of(traceback: TracebackType | None) -> str:
    """Name the innermost line of preflight in a traceback; the frames' locals are not looked at."""
    place = "unknown"
    while traceback is not None:
        name = traceback.tb_frame.f_globals.get("__name__", "")
        if str(name).startswith("preflight"):
            place = f"{name}, line {traceback.tb_lineno}"
        traceback = traceback.tb_next
    return place
