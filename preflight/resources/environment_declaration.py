"""Whether anything declares the environment that a deployment is."""

from __future__ import annotations

from preflight.model.record import field
from preflight.resources.base import Resource, deployment_of
from preflight.resources.environment import collect as declarations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.model.fact import Fact
    from preflight.model.service import Service
    from preflight.model.subject import Subject
    from preflight.resources.base import Context


class EnvironmentDeclaration(Resource):
    """The deployment as a whole: a subject, or all services of a project together."""

    declared: Fact[bool] = field("Whether a setting or the name of an env file declares the environment.")


RESOURCE = EnvironmentDeclaration


def collect(subject: Subject, context: Context) -> Iterator[EnvironmentDeclaration]:
    """Look for a declaration anywhere in the deployment."""
    asked = deployment_of(subject, context)
    if asked is None:
        return
    services = [one.service for one in context.peers.values() if one.service is not None]
    # A project of databases alone has nothing that would behave differently in another environment.
    if services and all(_is_store(service) for service in services):
        return
    found = next(iter(declarations(asked, context)), None)
    yield EnvironmentDeclaration(
        name="environment",
        origin=found.origin if found is not None else asked.origin,
        declared=found is not None,
    )


def _is_store(service: Service) -> bool:
    # Loaded here: at the start of a container there are no services.
    from preflight.resources._image_roles import STORES, role_of

    return not service.built and role_of(service.image) in STORES
