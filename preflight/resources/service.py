"""Services as a whole: what would limit the damage when one of them is taken over, or stuck."""

from __future__ import annotations

from preflight.model.record import field
from preflight.resources.base import Resource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.model.fact import Fact
    from preflight.model.subject import Subject
    from preflight.resources.base import Context


class ServiceResource(Resource):
    """One service."""

    image: Fact[str] = field("Its image as written; absent where it is only built.")
    user: Fact[str] = field("User that it runs as; absent where the image decides.")
    runs_as_root: Fact[bool] = field("Whether it or a hook of it runs as root, or leaves that to its image.")
    root_hook: Fact[str] = field("A hook that runs as root in a service that does not; absent where none does.")
    read_only: Fact[bool] = field("Whether its root file system is read-only.")
    drops_capabilities: Fact[bool] = field("Whether it drops all capabilities.")
    no_new_privileges: Fact[bool] = field("Whether its processes cannot gain privileges.")
    healthcheck: Fact[str] = field("Its health check.", choices=("set", "disabled", "absent"))
    restart: Fact[str] = field("Its restart policy; absent where none is written.")
    memory_limited: Fact[bool] = field("Whether its memory is limited.")
    cpu_limited: Fact[bool] = field("Whether its share of the processors is limited.")
    processes_limited: Fact[bool] = field("Whether its number of processes is limited.")


RESOURCE = ServiceResource

_ROOT = frozenset({"0", "root", ""})


def collect(subject: Subject, context: Context) -> Iterator[ServiceResource]:  # noqa: ARG001 - a collector's signature
    """Collect a service."""
    service = subject.service
    if service is None:
        return
    options = {word.text.replace("=", ":").replace(" ", "").lower() for word in service.security_options}
    as_root = (service.user or "root").partition(":")[0] in _ROOT
    hook = next(
        (one.name for one in service.hooks if one.user is not None and one.user.partition(":")[0] in _ROOT), None
    )
    yield ServiceResource(
        name=subject.name,
        origin=subject.origin,
        image=service.image,
        user=service.user,
        runs_as_root=as_root or hook is not None,
        root_hook=hook if not as_root else None,
        read_only=service.read_only,
        drops_capabilities=any(word.text.upper() in {"ALL", "CAP_ALL"} for word in service.capabilities_dropped),
        no_new_privileges=bool(options & {"no-new-privileges", "no-new-privileges:true"}),
        healthcheck=service.healthcheck,
        restart=service.restart,
        memory_limited=service.memory_limited,
        cpu_limited=service.cpu_limited,
        processes_limited=service.processes_limited,
    )
