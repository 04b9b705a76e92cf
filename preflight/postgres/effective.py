"""Which parameters a connection ends up with: the text's own, then a service file's, then the environment's."""

from __future__ import annotations

from preflight.model.record import Record, field
from preflight.postgres.hosts import is_host, network_of
from preflight.postgres.parameters import LIBPQ, PROMOTED, SECRET

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from preflight.postgres.connection import Connection

#: Drivers that are built on libpq itself.
ON_LIBPQ = frozenset(
    {"libpq", "sqlalchemy-psycopg", "sqlalchemy-psycopg2", "sqlalchemy-psycopg2cffi", "django", "activerecord"}
)
_ASYNCPG = {
    name: LIBPQ[name]
    for name in (
        "host", "port", "user", "dbname", "passfile", "sslmode", "sslrootcert", "sslcert", "sslkey", "sslcrl",
        "sslnegotiation", "ssl_min_protocol_version", "ssl_max_protocol_version", "target_session_attrs",
    )
}  # fmt: skip
_SERVERS = {"host": "PGHOST", "port": "PGPORT", "user": "PGUSER", "dbname": "PGDATABASE"}
#: The environment variables that a driver reads, by parameter. Those of libpq where a driver is not listed.
_ENVIRONMENT: dict[str, Mapping[str, str | None]] = {
    "asyncpg": {**_ASYNCPG, "service": "PGSERVICE"},
    "sqlalchemy-asyncpg": _ASYNCPG,
    "sqlalchemy-pg8000": {},
    "jdbc": {},
    "npgsql": {name: LIBPQ[name] for name in ("user", "passfile", "sslrootcert", "sslcert", "sslkey")},
    "prisma": {},
    "node-postgres": {**_SERVERS, "sslmode": "PGSSLMODE", "sslnegotiation": "PGSSLNEGOTIATION"},
    "porsager": {**_SERVERS, "ssl": "PGSSL"},
}
#: Beside libpq, which takes every empty variable for a value: asyncpg does so with PGSSLMODE.
_REFUSES_EMPTY_MODE = frozenset({"asyncpg", "sqlalchemy-asyncpg"})
_NO_SERVICES = frozenset(
    {"npgsql", "sqlalchemy-asyncpg", "sqlalchemy-pg8000", "prisma", "node-postgres", "porsager", "sqlx"}
)
#: Drivers that go to a Unix socket when no host is given; the others go to localhost.
_SOCKET_BY_DEFAULT = ON_LIBPQ | {"asyncpg", "sqlalchemy-asyncpg", "pgx", "sqlx", "other"}


class Effective(Record):
    """The parameters that the driver ends up with, without passwords."""

    parameters: Mapping[str, str] = field("Value by parameter, without host, port, user and database.")
    sources: Mapping[str, str] = field(
        "Where each comes from: `connection_string`, `service_file` or the environment variable's name."
    )
    network: str = field("Where the servers are.", choices=("local_socket", "loopback", "remote", "unknown"))
    unknown: tuple[str, ...] = field("Parameters that come from an environment variable whose value is not known here.")
    service_unknown: bool = field("Whether a service file applies whose content is not known.")

    def __hash__(self) -> int:
        return hash((self.network, self.service_unknown, tuple(self.parameters.items())))


def effective_parameters(
    connection: Connection,
    environment: Mapping[str, str | None],
    *,
    service: Mapping[str, str] | None = None,
    driver: str | None = None,
) -> Effective:
    """Put the parameters together, in the order in which libpq fills them (fe-connect.c, `conninfo_add_defaults`).

    A service file's value wins over the environment's, and both fill only what the text leaves open.

    Args:
        connection: What the text says.
        environment: The environment that the service starts with, values by name; None for one that is not known here.
        service: The parameters of the section of the service file that applies; None when they are not known.
        driver: The client, where it is known better than the text tells.
    """
    driver = driver or connection.driver
    parameters: dict[str, str] = {}
    sources: dict[str, str] = {}

    def take(values: Mapping[str, str], source: str) -> None:
        for name, value in values.items():
            if name not in SECRET:
                parameters[name] = value
                sources[name] = source

    unknown: set[str] = set()
    for name, variable in _ENVIRONMENT.get(driver, LIBPQ).items():
        if variable is None or variable not in environment:
            continue
        value = environment[variable]
        if value is None:
            unknown.add(name)
        elif value or driver in ON_LIBPQ or (name == "sslmode" and driver in _REFUSES_EMPTY_MODE):
            take({name: value}, variable)
    named = connection.parameters.get("service") or parameters.get("service")
    uses_service = (bool(named) or "service" in unknown) and driver not in _NO_SERVICES
    if uses_service and service is not None:
        take(service, "service_file")
    unknown.difference_update(parameters, connection.parameters)
    for name in connection.unknown:
        parameters.pop(name, None)
        sources.pop(name, None)
    take(connection.parameters, "connection_string")
    service_unknown = uses_service and service is None
    network = _network(connection, parameters, driver, unknown=service_unknown or "host" in unknown)
    if "hostaddr" in unknown and network != "remote":
        network = "unknown"
    return Effective(
        parameters={name: value for name, value in parameters.items() if name not in PROMOTED},
        sources=sources,
        network=network,
        unknown=tuple(sorted(unknown)),
        service_unknown=service_unknown,
    )


def _network(connection: Connection, parameters: Mapping[str, str], driver: str, *, unknown: bool) -> str:
    """Say where the servers are: `hostaddr` is what libpq connects to, where it is given."""
    addresses = parameters.get("hostaddr") if driver in _SOCKET_BY_DEFAULT else None
    written: list[str | None] = [host.host for host in connection.hosts]
    if addresses:
        names: list[str | None] = [*addresses.split(",")]
        if len(names) == len(written):  # an empty address leaves it to the name
            names = [address or name for address, name in zip(names, written, strict=True)]
    elif written:
        names = written
    elif unknown:
        return "unknown"
    else:
        names = [name if is_host(name) else None for name in parameters.get("host", "").split(",")]
    if driver not in _SOCKET_BY_DEFAULT:
        names = ["localhost" if name == "" else name for name in names]
    return network_of(names)
