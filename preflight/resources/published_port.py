"""Ports that services publish on the host: who can reach them, and what stands behind.

A port without a host address is published on every interface of the host, IPv6 included, past the host's own firewall rules
(Docker documentation, "Port publishing and mapping"), unless the networks of its container say otherwise with
`com.docker.network.bridge.host_binding_ipv4`. In the network of the host, of another container or in none Docker publishes no port.
"""

from __future__ import annotations

from preflight.model.record import field
from preflight.resources._image_roles import ROLES, STORES, led_to, role_of
from preflight.resources._network import bound_address
from preflight.resources.base import Resource
from preflight.values.listen_address import parse_listen_address

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.model.fact import Fact
    from preflight.model.service import PublishedPort as Written
    from preflight.model.service import Service
    from preflight.model.subject import Subject
    from preflight.resources._image_roles import Led
    from preflight.resources.base import Context

SCOPES = ("every", "public", "private", "loopback")
EVERY_INTERFACE = "every interface"


class PublishedPort(Resource):
    """One port."""

    address: Fact[str] = field("The host's address that it is published on, or `every interface`.")
    scope: Fact[str] = field("Who can reach it.", choices=SCOPES)
    published: Fact[str] = field("The host's port or range of ports; absent where Docker chooses one.")
    target: Fact[int] = field("The container's port; of a range the first.")
    protocol: Fact[str] = field("Such as tcp.")
    role: Fact[str] = field("What stands behind it, by the image's name, else by the container's port.", choices=ROLES)
    product: Fact[str] = field("What that is called; absent where it is not known.")
    unset: Fact[tuple[str, ...]] = field("Variables that are unset, so that it has no address of the host.")
    beside_public: Fact[str] = field("Where the same port is published on every interface as well; absent elsewhere.")
    conflict: Fact[str] = field("Another one of the same address and port of the host: its service, with its place.")
    swarm: Fact[str] = field("The key of its service that only a swarm looks at; absent where there is none.")
    on_loopback: Fact[str] = field("The same port on loopback, as `ports:` takes it: a list with the short form.")


RESOURCE = PublishedPort


def collect(subject: Subject, context: Context) -> Iterator[PublishedPort]:  # noqa: ARG001 - a collector's signature
    """Collect the ports of a service, in the order written; those of a service without a network of its own do nothing.

    Of a range, ports that lead to the same are one.
    """
    service = subject.service
    if service is None or service.network_mode not in {None, "bridge"}:
        return
    images = (service.image if not service.built else None, *service.guest_images)
    alike: dict[object, tuple[Led, list[Written]]] = {}
    for port in service.ports:
        led = led_to(_behind(service, port.target) or images, port.target)
        # Ports of one entry have its place. Those that nobody insists on are alike, whatever they lead to.
        key = (port.origin, port.host_ip, port.protocol, None if led[0] in {"web", "other"} else led)
        alike.setdefault(key, (led, []))[1].append(port)
    for led, ports in alike.values():
        yield _resource(subject.name, service, ports, led)


def _behind(service: Service, port: int) -> tuple[str, ...]:
    """Return the image of the store that is told to listen on a port, where one is."""
    told = (image for number, image in service.told_ports if number == port and role_of(image) in STORES)
    return tuple(told)[:1]


def _resource(subject: str, service: Service, ports: list[Written], led: Led) -> PublishedPort:
    port = ports[0]
    address = bound_address(port.host_ip, service)
    scope = _scope(address)
    published = _published(ports)
    target = _range(str(port.target), str(ports[-1].target))
    protocol = "" if port.protocol == "tcp" else f"/{port.protocol}"
    return PublishedPort(
        name=f"{subject} {_short_form(port.host_ip, published, target)}{protocol}",
        origin=port.origin,
        via=port.via,
        address=EVERY_INTERFACE if scope == "every" else address,
        scope=scope,
        published=published,
        target=port.target,
        protocol=port.protocol,
        role=led[0],
        product=led[1],
        unset=_shown(port) if scope in {"every", "public"} and not port.host_ip else (),
        beside_public=_public_twin(port, service) if scope == "loopback" else None,
        conflict=next((one.conflict for one in ports if one.conflict is not None), None),
        swarm=service.swarm_key,
        on_loopback=f'["{_short_form("127.0.0.1", published, target)}{protocol}"]',
    )


def _short_form(address: str | None, published: str | None, target: str) -> str:
    """Write a port as Compose's short form does."""
    if address is None:
        return target if published is None else f"{published}:{target}"
    return f"{f'[{address}]' if ':' in address else address}:{published or ''}:{target}"


def _published(ports: list[Written]) -> str | None:
    first, last = ports[0].published, ports[-1].published
    # `0` is a port that Docker chooses, too.
    return None if first is None or last is None or not first.strip("0") else _range(first, last)


def _range(first: str, last: str) -> str:
    return first if first == last else f"{first}-{last}"


def _scope(address: str | None) -> str:
    """Return who can reach an address; what is no address is taken for the widest."""
    scope = parse_listen_address(address).scope if address else "every"
    return scope if scope in SCOPES else "every"


def _shown(port: Written) -> tuple[str, ...]:
    return tuple(
        dict.fromkeys(name if name.isascii() and name.isidentifier() else "a variable" for name in port.blanked_by)
    )


def _public_twin(port: Written, service: Service) -> str | None:
    key = (port.published, port.target, port.protocol)
    for other in service.ports:
        same = (other.published, other.target, other.protocol) == key
        if same and _scope(bound_address(other.host_ip, service)) == "every":
            return str(other.origin)
    return None
