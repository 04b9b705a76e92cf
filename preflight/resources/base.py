"""What every resource has, and what collectors are given."""

from __future__ import annotations

from preflight.model.record import Record, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from typing import TypeVar

    from preflight.bindings import Bindings
    from preflight.live.checks import LiveChecks
    from preflight.model.digest import KeyedDigest
    from preflight.model.origin import Origin
    from preflight.model.secret_text import SecretText
    from preflight.model.subject import Subject
    from preflight.probes.clock import Clock
    from preflight.probes.files import FileProbe
    from preflight.probes.git import GitProbe

    T = TypeVar("T")


class Resource(Record):
    """A typed view that rules talk about. Its facts are the fields that a subclass adds."""

    name: str = field("What people call it: the setting's name, the path.")
    origin: Origin = field("Where it is written.")
    via: tuple[Origin, ...] = field("Further places its value passed through.", default=())


class ContractKey(Record):
    """One key of the contract that a project's example file states."""

    name: str = field("Its name.")
    required: bool = field("Whether it must be set.")
    sensitive: bool = field("Whether it is a secret.")
    type: str | None = field("Its declared type.")
    choices: tuple[str, ...] = field("The words of an enum.", default=())
    example: SecretText = field("The example's value.")
    origin: Origin = field("Where the example names it.")


class Context(Record):
    """What collectors may use besides the subject: the outside world behind small ports."""

    bindings: Bindings = field("Which setting plays which role.")
    files: FileProbe = field(
        "Looks at files as the subject will see them: for a service, by their paths in its container."
    )
    host: FileProbe = field("Looks at files of this machine.")
    git: GitProbe = field("Looks at git's index and ignore rules.")
    clock: Clock = field("Tells the time.")
    stage: str = field("build or start.")
    digest: KeyedDigest = field("Compares secrets without keeping them.")
    examples: Mapping[bytes, Origin] = field("Digests of the values of example files, with where each stands.")
    environment: Mapping[str, str] = field(
        "The process environment, for HOME and the like; empty when it is not judged."
    )
    defer_paths: tuple[str, ...] = field("Beginnings of paths that exist only where the service starts.", default=())
    contract: tuple[ContractKey, ...] = field("The keys that the project's contract asks for.", default=())
    required_roles: tuple[str, ...] = field("Roles that some setting must play.", default=())
    in_container: bool | None = field(
        "Whether the process runs in a container; None where only its start will tell.", default=None
    )
    knows_paths: bool = field(
        "Whether paths in the subject's settings can be followed here: not those that an env file gives to containers.",
        default=True,
    )
    neighbours: frozenset[str] = field(
        "Names of services that the subject reaches over a network of this machine.", default=frozenset()
    )
    peers: Mapping[str, Subject] = field(
        "Services of the project by the names under which others reach them.", default={}
    )
    context_of: Callable[[Subject], Context] | None = field(
        "Returns what collectors may use for another subject of the project.", default=None
    )
    deployment: Subject | None = field(
        "Where several subjects are one deployment: the one that answers for all, with the settings of all.",
        default=None,
    )
    as_uid: int | None = field("The user that will read the files, where it is not this one.", default=None)
    as_gids: tuple[int, ...] = field("The groups that this user is in.", default=())
    made: dict[tuple[object, int], tuple[Subject, object]] | None = field(
        "What several collectors make of a subject, with the subject; None where nothing is kept.", default=None
    )
    live: LiveChecks | None = field("Asks live servers; None where nobody asked for that.", default=None)


def once(make: Callable[[Subject, Context], T], subject: Subject, context: Context) -> T:
    """Return what a function makes of a subject, made once: several collectors begin with the same.

    Args:
        make: The function.
        subject: The subject.
        context: What it may use; that of one subject, or the same for all.
    """
    if context.made is None:
        return make(subject, context)
    key = (make, id(subject))
    if key not in context.made:  # the subject is kept, so that its identity stays its own
        context.made[key] = (subject, make(subject, context))
    made: T = context.made[key][1]  # type: ignore[assignment]  # what this function made
    return made


def now_of(context: Context) -> datetime:
    """Return the time, in UTC."""
    from datetime import UTC, datetime

    return datetime.fromtimestamp(context.clock.now(), UTC)


def deployment_of(subject: Subject, context: Context) -> Subject | None:
    """Return what is asked about a whole deployment, such as whether a role is played at all.

    A subject that stands alone answers for itself. Of several, one answers for all, and of the others nothing is asked.

    Args:
        subject: The subject that is looked at.
        context: Knows whether it stands alone.
    """
    if context.deployment is None:
        return subject
    return context.deployment if context.deployment.id == subject.id else None
