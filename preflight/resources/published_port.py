"""Ports that services publish on the host: who can reach them, and what stands behind.

A port without a host address is published on every interface of the host, IPv6 included, past the host's own firewall rules
(Docker documentation, "Port publishing and mapping"). A network's `com.docker.network.bridge.host_binding_ipv4` changes that.
"""

from __future__ import annotations

from preflight.model.record import field
from preflight.resources._image_roles import ROLES, role_of
from preflight.resources.base import Resource
from preflight.values.listen_address import parse_listen_address

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.model.fact import Fact
    from preflight.model.service import PublishedPort as Written
    from preflight.model.service import Service
    from preflight.model.subject import Subject
    from preflight.resources.base import Context

_HOST_BINDING = "com.docker.network.bridge.host_binding_ipv4"
_SCOPES = {"all": "every", "unknown": "every", "name": "public"}
EVERY_INTERFACE = "every interface"


class PublishedPort(Resource):
    """One port."""

    address: Fact[str] = field("The host's address that it is published on, or `every interface`.")
    scope: Fact[str] = field("Who can reach it.", choices=("every", "public", "private", "loopback"))
    published: Fact[str] = field("The host's port or range of ports; absent where Docker chooses one.")
    target: Fact[int] = field("The container's port.")
    protocol: Fact[str] = field("Such as tcp.")
    role: Fact[str] = field("What stands behind it, by image and container port.", choices=ROLES)
    host_network: Fact[bool] = field("Whether the service is in the host's network, so that this entry does nothing.")
    unset: Fact[tuple[str, ...]] = field("Variables that are unset, so that it has no host address.")
    beside_public: Fact[str] = field("Where the same port is published on every interface as well; absent elsewhere.")
    conflicts: Fact[tuple[str, ...]] = field("Other services that publish the same port of the same address.")


RESOURCE = PublishedPort


def collect(subject: Subject, context: Context) -> Iterator[PublishedPort]:  # noqa: ARG001 - a collector's signature
    """Collect the ports of a service, in the order written."""
    service = subject.service
    if service is None:
        return
    default = _default_address(service)
    for position, port in enumerate(service.ports):
        address = port.host_ip or default
        scope = _scope(address)
        opened = scope in {"every", "public"}
        yield PublishedPort(
            name=_name(subject.name, port),
            origin=port.origin,
            via=port.via,
            address=EVERY_INTERFACE if scope == "every" else address,
            scope=scope,
            published=port.published,
            target=port.target,
            protocol=port.protocol,
            role=role_of(service.image, port.target, built=service.built),
            host_network=service.network_mode == "host",
            unset=_shown(port) if opened and not port.host_ip else (),
            beside_public=None if opened else _public_twin(port, service, default),
            conflicts=service.port_conflicts[position] if service.port_conflicts else (),
        )


def _name(service: str, port: Written) -> str:
    """Return what people call a port: `db 15432:5432`, with its protocol where that is not TCP."""
    outside = f"{port.published}:" if port.published is not None else ""
    return f"{service} {outside}{port.target}" + ("" if port.protocol == "tcp" else f"/{port.protocol}")


def _default_address(service: Service) -> str | None:
    """Return what a port without an address is bound to: the address that all of the service's networks agree on."""
    bound = {network.driver_opts.get(_HOST_BINDING) for network in service.networks}
    return bound.pop() if len(bound) == 1 else None


def _scope(address: str | None) -> str:
    if not address:
        return "every"
    scope = parse_listen_address(f"[{address}]" if ":" in address else address).scope
    return _SCOPES.get(scope, scope)


def _shown(port: Written) -> tuple[str, ...]:
    return tuple(
        name if name.isascii() and name.isidentifier() and name == name.upper() else "a variable"
        for name in port.blanked_by
    )


def _public_twin(port: Written, service: Service, default: str | None) -> str | None:
    key = (port.published, port.target, port.protocol)
    for other in service.ports:
        if (other.published, other.target, other.protocol) == key and _scope(other.host_ip or default) == "every":
            return str(other.origin)
    return None
