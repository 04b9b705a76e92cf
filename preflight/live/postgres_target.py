"""What the service would connect to, and with which parameters: everything settled before anything is sent."""

from __future__ import annotations

import os

from preflight.model.record import Record, field
from preflight.postgres.effective import ON_LIBPQ, effective_parameters
from preflight.postgres.parameters import LIBPQ, PROMOTED, SECRET, VALUES
from preflight.postgres.sslmode import effective_sslmode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from preflight.model.secret_text import SecretText
    from preflight.postgres.connection import Connection
    from preflight.postgres.effective import Effective
    from preflight.postgres.sslmode import EffectiveSslMode

DEFAULT_PORT = "5432"
#: Never handed on: they write files, begin a dialogue with a person, or are set here.
_NOT_HANDED_ON = frozenset(
    {
        "sslkeylogfile", "oauth_issuer", "oauth_client_id", "oauth_scope", "hostaddr", "sslmode", "connect_timeout",
        "application_name", "fallback_application_name", "service",
    }
)  # fmt: skip
_TCP_BY_DEFAULT = frozenset({"jdbc", "sqlalchemy-pg8000", "node-postgres", "porsager", "prisma"})
_NO_PASSWORD_VARIABLE = frozenset({"jdbc", "sqlalchemy-pg8000", "prisma"})
_LOCAL = ("/", "@")
_UNEXPANDED = "unexpanded_reference"


class Server(Record):
    """One of the servers that are tried."""

    host: str = field(
        "Name, address or socket directory; empty for libpq's own default, or where only `address` is given."
    )
    address: str = field("What is connected to instead of asking for the host's address (`hostaddr`); empty for none.")
    port: int = field("The port.")

    @property
    def local(self) -> bool:
        """Whether it is reached over a local socket, where no TLS is spoken."""
        return not self.address and (not self.host or self.host.startswith(_LOCAL))


class PostgresTarget(Record):
    """A connection as the service makes it."""

    driver: str = field("The client that makes it.")
    servers: tuple[Server, ...] = field("In the order in which they are tried.")
    user: str = field("The role.")
    database: str = field("The database.")
    password: SecretText | None = field("The password; None: none, or in a passfile.", default=None)
    key_passphrase: SecretText | None = field("What opens the client's key.", default=None)
    sslmode: str = field("The TLS mode in force.", choices=VALUES["sslmode"])
    parameters: Mapping[str, str] = field("libpq's further parameters, none of them secret.")
    problem: str | None = field("Why it cannot be tried: a code of `POSTGRES_REASONS`; None when it can.", default=None)

    def __hash__(self) -> int:
        return hash((self.servers, self.user, self.database, self.sslmode))


def target_of(
    connection: Connection,
    environment: Mapping[str, str | None],
    *,
    split: Mapping[str, str | None] | None = None,
    beside: Mapping[str, str] | None = None,
    driver: str | None = None,
) -> PostgresTarget:
    """Settle a connection: what its text leaves open is filled from the settings beside it, then from `PG*`.

    For a driver that is not built on libpq, libpq is given what the driver makes of its own parameters: the same servers
    and credentials, the same TLS mode, the same files.

    Args:
        connection: What the connection string, or the group of settings, says.
        environment: The environment that the service starts with, values by name; None for one that is not known here.
        split: Value by role of the TLS settings beside it, as for `effective_sslmode`.
        beside: Further parameters by libpq's names (`sslrootcert`, `sslcert`, `sslkey`) from the settings beside it.
        driver: The client, where it is known better than the text tells.
    """
    found = effective_sslmode(connection, environment, split=split, driver=driver)
    effective = effective_parameters(connection, environment, driver=driver)
    parameters = {**(beside or {}), **found.parameters}
    variables = {
        name: environment.get(effective.sources.get(name, ""), "") or "" for name in ("host", "port", "user", "dbname")
    }
    servers = _servers(connection, variables, parameters.get("hostaddr", ""), found.driver)
    user = connection.user or variables["user"] or _user_of_this_process()
    password = connection.password
    if password is None and found.driver not in _NO_PASSWORD_VARIABLE:
        password = _secret(environment.get("PGPASSWORD"))
    fallback = parameters.get("sslmode", "") if not found.applicable else ""
    return PostgresTarget(
        driver=found.driver,
        servers=servers or (),
        user=user,
        database=connection.database or variables["dbname"] or user,
        password=password,
        key_passphrase=connection.key_passphrase,
        sslmode=found.mode or (fallback if fallback in VALUES["sslmode"] else "prefer"),
        parameters={name: value for name, value in parameters.items() if _handed_on(name, found.driver)},
        problem=_problem(connection, found, effective) or ("settings_refused" if servers is None else None),
    )


def _handed_on(name: str, driver: str) -> bool:
    if name not in LIBPQ or name in SECRET or name in PROMOTED or name in _NOT_HANDED_ON:
        return False
    return driver in ON_LIBPQ or name.startswith("ssl") or name == "passfile"


def _problem(connection: Connection, found: EffectiveSslMode, effective: Effective) -> str | None:
    """Say why nothing can be tried, or None."""
    codes = {problem.code for problem in connection.problems}
    if connection.incomplete or found.unknown or "reference" in found.reasons or _UNEXPANDED in codes:
        return "unresolved_reference"
    if effective.service_unknown or "service" in effective.parameters:
        return "service_file"
    if connection.problems or found.problems or (found.mode is None and found.applicable):
        return "settings_refused"
    return "unresolved_reference" if any(host.host is None for host in connection.hosts) else None


def _servers(
    connection: Connection, variables: Mapping[str, str], addresses: str, driver: str
) -> tuple[Server, ...] | None:
    """Pair hosts, addresses and ports as libpq does, or return None where their numbers do not fit."""
    hosts = [host.host or "" for host in connection.hosts]
    ports = [host.port or "" for host in connection.hosts]
    given = addresses.split(",") if addresses else []
    if hosts == given:  # `hostaddr` stands in for hosts that are not written: there is no name to verify
        hosts = [""] * len(given)
    if not any(hosts) and variables["host"]:
        hosts = variables["host"].split(",")
        ports = ports or [""]
    if not any(ports) and variables["port"]:
        ports = variables["port"].split(",")
    count = max(len(hosts), len(given), 1)
    hosts, given, ports = hosts or [""] * count, given or [""] * count, ports or [""]
    if len(ports) == 1:
        ports *= count
    if not len(hosts) == len(given) == len(ports) == count:
        return None
    if driver in _TCP_BY_DEFAULT:
        hosts = [host or "localhost" for host in hosts]
    try:
        numbers = [int(port.strip() or DEFAULT_PORT) for port in ports]
    except ValueError:
        return None
    return tuple(
        Server(host=host, address=address, port=number)
        for host, address, number in zip(hosts, given, numbers, strict=True)
    )


def _secret(text: str | None) -> SecretText | None:
    if not text:
        return None
    from preflight.model.secret_text import SecretText

    return SecretText(text)


def _user_of_this_process() -> str:
    """Return the name that libpq takes for the role where none is given."""
    import pwd

    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        return ""
