"""What the services of a project are to each other: who shares whose network, who takes whose port, who is a gate."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from preflight.model.service import Network, PublishedPort
    from preflight.sources.compose.model import ComposeProject, ComposeService

    Holder = tuple[str, PublishedPort]

_WILDCARDS = {"4": "0.0.0.0", "6": "::"}  # noqa: S104 - compared, not bound
_ENOUGH = 4
_DIGITS = 5
_HOST = "host"
_GATE = "preflight"
# What servers take their port from: options (redis-server, postgres, mysqld, mongod, memcached), and variables of their images.
_PORT_OPTIONS = frozenset({"--port", "--tls-port", "-p", "-P"})
_PORT_BEGINNINGS = ("--port=", "--tls-port=", "port=", "-cport=", "-p", "-P")
_PORT_VARIABLES = (
    "PGPORT", "MYSQL_TCP_PORT", "POSTGRESQL_PORT_NUMBER", "MYSQL_PORT_NUMBER", "MARIADB_PORT_NUMBER", "REDIS_PORT_NUMBER",
    "VALKEY_PORT_NUMBER", "MONGODB_PORT_NUMBER",
)  # fmt: skip
_SERVERS = {
    "redis-server": "redis", "valkey-server": "valkey", "keydb-server": "keydb", "postgres": "postgres", "mysqld": "mysql",
    "mariadbd": "mariadb", "mongod": "mongo", "memcached": "memcached",
}  # fmt: skip
_ENDING = frozenset({"check", "--validate-only"})  # what preflight does and ends, where `exec` goes on as the service


class Relations:
    """How the enabled services of a project are related, worked out once for all of them.

    Attributes:
        gates: Services that run preflight, judge and end.
    """

    __slots__ = ("_guests", "_holders", "_networks", "_told", "gates")

    def __init__(self, project: ComposeProject) -> None:
        """Work it out.

        Args:
            project: The project.
        """
        self._networks = project.networks
        self.gates = frozenset(service.name for service in project.services if _is_gate(service))
        self._guests: dict[str, list[str | None]] = {}
        self._told: dict[str, list[tuple[int, str]]] = {}
        self._holders: dict[tuple[str | None, str, str], list[Holder]] = {}
        for service in project.services:
            kind, _, host = (service.network_mode or "").partition(":")
            if kind == "service":
                self._guests.setdefault(host, []).append(service.image)
                self._told.setdefault(host, []).extend(_told(service))
            for port in service.ports if self._publishes(service) else ():
                for address, family in _addresses(port):
                    # A wildcard meets every address of its family, so that each is found under the family as well.
                    for key in dict.fromkeys((address, family)):
                        self._holders.setdefault((port.published, port.protocol, key), []).append((service.name, port))

    def guest_images(self, service: ComposeService) -> tuple[str | None, ...]:
        """Return the images of the services that run in the network of this one, and are reached through its ports."""
        return tuple(self._guests.get(service.name, ()))

    def told_ports(self, service: ComposeService) -> tuple[tuple[int, str], ...]:
        """Return the ports that a service and those in its network are told to listen on, each with the image that is told so."""
        guests = self._told.get(service.name, ())
        return (*_told(service), *guests) if service.name in self._guests else ()

    def ports(self, service: ComposeService) -> tuple[PublishedPort, ...]:
        """Return the ports of a service, each with another that takes the same address and port of the host."""
        if not self._publishes(service):
            return service.ports
        found = []
        for port in service.ports:
            other = next(self._others(port, service.name), None)
            found.append(port if other is None else port.replace(conflict=f"{other[0]} ({other[1].origin})"))
        return tuple(found)

    def _publishes(self, service: ComposeService) -> bool:
        return publishes(service.network_mode) and host_network(service, self._networks) is None

    def _others(self, port: PublishedPort, service: str) -> Iterator[Holder]:
        """Yield those that take what a port takes; the same one twice, on more and on fewer addresses, is no conflict of two."""
        for address, family in _addresses(port):
            wild = _WILDCARDS[family]
            for key in (family,) if address == wild else (address, wild):
                # A thousand that take the same port are not all looked at.
                for name, one in self._holders.get((port.published, port.protocol, key), ())[:_ENOUGH]:
                    if name != service or one.target != port.target:
                        yield name, one


def publishes(network_mode: str | None) -> bool:
    """Whether Docker publishes the ports of a container with a network mode: not where the host's or another's network is used.

    Args:
        network_mode: As written; None where the service has networks.
    """
    return network_mode in {None, "bridge"}


def host_network(service: ComposeService, networks: Mapping[str, Network]) -> Network | None:
    """Return the network that puts a service into the network of the host, or None where it has its own.

    Docker has one network `host`. A service that is connected to it by that name is in it as by `network_mode: host`
    (Docker documentation, "Host network driver").

    Args:
        service: The service.
        networks: The networks of its project.
    """
    if service.network_mode is not None:
        return None
    for name in service.networks:
        network = networks.get(name)
        if network is not None and _HOST in {network.resource_name, network.driver}:
            return network
    return None


def _addresses(port: PublishedPort) -> tuple[tuple[str, str], ...]:
    """Return the addresses that a port holds one port of, each with its family; none for one that Docker chooses or a range."""
    if port.published is None or not port.published.isdecimal() or not int(port.published):
        return ()
    if not port.host_ip:
        return tuple((address, family) for family, address in _WILDCARDS.items())
    return ((port.host_ip, "6" if ":" in port.host_ip else "4"),)


def _told(service: ComposeService) -> list[tuple[int, str]]:
    """Return the ports that a service's command and variables tell it to listen on, each with its image."""
    words = " ".join(word.reveal() for word in (*(service.entrypoint or ()), *(service.command or ()))).split()
    bare = [word.strip("\"';") for word in words]
    image = service.image or next(
        (_SERVERS[name] for name in (word.rpartition("/")[2] for word in bare) if name in _SERVERS), None
    )
    if image is None:
        return []
    texts = [after for before, after in zip(bare, bare[1:], strict=False) if before in _PORT_OPTIONS]
    texts += [word.removeprefix(start) for word in bare for start in _PORT_BEGINNINGS if word.startswith(start)]
    for name in _PORT_VARIABLES:
        setting = service.environment.get(name)
        if setting is not None and setting.text is not None:
            texts.append(setting.text.strip())
    return [
        (int(text), image)
        for text in dict.fromkeys(texts)
        if text.isascii() and text.isdecimal() and len(text) <= _DIGITS
    ]


def _is_gate(service: ComposeService) -> bool:
    """Whether a service runs preflight and ends, so that others can wait for its verdict."""
    words = " ".join(word.reveal() for word in (*(service.entrypoint or ()), *(service.command or ()))).split()
    for position, word in enumerate(words):
        if word.strip("\"'").rpartition("/")[2] == _GATE:
            following = words[position + 1] if position + 1 < len(words) else ""
            return following.strip("\"';") in _ENDING
    name = (service.image or "").partition("@")[0].rpartition("/")[2].partition(":")[0]
    return name == _GATE and service.entrypoint is None and (not words or words[0] in _ENDING)
