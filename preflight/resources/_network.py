"""Where a host is, as far as its name tells; where its ports are bound, and the words for who reaches a server."""

from __future__ import annotations

from preflight.postgres.hosts import network_of as farthest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from preflight.model.service import Service

# neighbour: another service of the same project, on a network of one machine.
NETWORKS = ("local_socket", "loopback", "neighbour", "remote", "unknown")
# Nobody; services of the project, over networks without or with a way out; this machine; whoever is in a network that is not the
# project's own or spans machines; everybody.
REACHES = ("nobody", "internal", "project", "host", "shared", "published")


_HOST_BINDING = "com.docker.network.bridge.host_binding_ipv4"


def bound_address(host_ip: str | None, service: Service) -> str | None:
    """Return the address of the host that a port is bound to; None for every one.

    A port without an address of its own is bound to the one that all of the service's networks agree on (Docker
    documentation, "Port publishing and mapping").

    Args:
        host_ip: The address that is written.
        service: The service that publishes it.
    """
    if host_ip:
        return host_ip
    bound = {network.driver_opts.get(_HOST_BINDING) for network in service.networks}
    return bound.pop() if len(bound) == 1 else None


def network_of(host: str, neighbours: Collection[str]) -> str:
    """Say where a host is: `local_socket`, `loopback`, `neighbour`, `remote`, or `unknown` for one that is not written here.

    Args:
        host: Its name or address.
        neighbours: Names of services that are reached over a network of this machine.
    """
    name = host.strip("[]")
    if name in neighbours:
        return "neighbour"
    return farthest([None if not name or "${" in name or name.startswith("$") else name])


def network_of_all(network: str, hosts: Iterable[str | None], neighbours: Collection[str]) -> str:
    """Say where the servers of one connection are: `neighbour` where each of those that are remote is one.

    Args:
        network: Where they are by their names alone.
        hosts: The names; None for one that is not known.
        neighbours: Names of services that are reached over a network of this machine.
    """
    far = [host for host in hosts if farthest([host]) in {"remote", "unknown"}]
    return "neighbour" if network == "remote" and far and all(host in neighbours for host in far) else network
