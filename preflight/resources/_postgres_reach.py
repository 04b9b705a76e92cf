"""Who reaches a PostgreSQL server: by the addresses it listens on, the ports it publishes and the networks it is in."""

from __future__ import annotations

from preflight.resources._network import bound_address
from preflight.values.listen_address import parse_listen_address

TYPE_CHECKING = False
if TYPE_CHECKING:
    from preflight.resources._postgres_server import Server

_LOCAL = frozenset({"", "localhost", "127.0.0.1", "::1"})
_PORT = 5432


def reach_of(server: Server) -> str:
    """Return who reaches a server, in the words of `_network.REACHES`.

    Args:
        server: The server.
    """
    service = server.service
    addresses = server.setting("listen_addresses")
    # What nobody wrote is not taken for `localhost`: such a server would be of no use.
    local = isinstance(addresses.value, str) and addresses.origin is not None
    local = local and {one.strip() for one in str(addresses.value).split(",")} <= _LOCAL
    if service.network_mode == "none" or (local and service.network_mode is None):
        return "nobody"
    if service.network_mode == "host":
        return "host" if local else "published"
    port = server.text_of("port")
    own = int(port) if port.isdecimal() and port.isascii() else _PORT
    published = [one for one in service.ports if one.target == own]
    bound = (bound_address(one.host_ip, service) for one in published)
    if not all(address is not None and parse_listen_address(address).scope == "loopback" for address in bound):
        return "published"
    if any(network.external or network.driver not in (None, "bridge") for network in service.networks):
        return "shared"
    if published:
        return "host"
    return "internal" if service.networks and all(network.internal for network in service.networks) else "project"
