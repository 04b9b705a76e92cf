"""What a service waits for before it starts (Compose Specification, `depends_on`)."""

from __future__ import annotations

from preflight.model.record import field
from preflight.resources.base import Resource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.model.fact import Fact
    from preflight.model.subject import Subject
    from preflight.resources.base import Context


class DependencyResource(Resource):
    """One service that is waited for."""

    service: Fact[str] = field("Its name.")
    condition: Fact[str] = field(
        "What is waited for.", choices=("service_started", "service_healthy", "service_completed_successfully")
    )
    required: Fact[bool] = field("Whether the service cannot start without it.")
    gate: Fact[bool] = field("Whether it is a gate: it runs preflight, judges, and ends.")


RESOURCE = DependencyResource


def collect(subject: Subject, context: Context) -> Iterator[DependencyResource]:  # noqa: ARG001 - a collector's signature
    """Collect what a service waits for."""
    service = subject.service
    for one in service.depends_on if service is not None else ():
        yield DependencyResource(
            name=f"{subject.name} waits for {one.service}",
            origin=one.origin,
            service=one.service,
            condition=one.condition,
            required=one.required,
            gate=service is not None and one.service in service.gates,
        )
