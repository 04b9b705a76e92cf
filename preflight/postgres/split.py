"""Connections whose parts stand in settings of their own: `DB_HOST`, `DB_PASSWORD`, `DB_SSLMODE`, libpq's `PG*`."""

from __future__ import annotations

from preflight.bindings.tokens import tokens
from preflight.model.record import Record, field
from preflight.model.secret_text import SecretText
from preflight.postgres.checks import refused_values
from preflight.postgres.connection import UNKNOWN_HOST, Connection
from preflight.postgres.escapes import is_hole, mask_references
from preflight.postgres.hosts import read_hosts
from preflight.postgres.names import (
    LIBPQ_PREFIX,
    OTHER_DATABASE_HOSTS,
    OTHER_DATABASES,
    OTHER_PORTS,
    POSTGRES_ENGINES,
    POSTGRES_WORDS,
    canonical,
    role_of,
)
from preflight.postgres.parameters import LIBPQ, PROMOTED, SECRET
from preflight.postgres.problems import problem
from preflight.postgres.reading import Reading, may_be_shown, shown_part

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

TLS_ROLES = ("ssl_mode", "ssl", "ssl_require", "ssl_disabled", "ssl_verify")
_SERVER_ROLES = ("host", "hostaddr", "service")
_BESIDE_HOST = ("database", "password", "user", "sslmode", *TLS_ROLES)
_URL_SCHEMES_OF_OTHERS = (
    "mysql",
    "mariadb",
    "mongodb",
    "mssql",
    "sqlserver",
    "oracle",
    "sqlite",
    "redis",
    "jdbc:mysql",
    "jdbc:mariadb",
)


class SplitSettings(Record):
    """Settings that share a prefix and belong to one PostgreSQL connection."""

    prefix: str = field("The words they share, joined by `_`; `PG*` for libpq's own variables.")
    roles: Mapping[str, str] = field(
        "Name of the setting by role: host, hostaddr, port, database, user, password, ssl_mode, ssl, ssl_require, ssl_disabled, "
        "ssl_verify, sslrootcert, sslcert, sslkey, sslpassword, sslcrl, engine, url; for `PG*` the parameters of libpq, and `database`."
    )

    def __hash__(self) -> int:
        return hash((self.prefix, tuple(self.roles.items())))


class ConnectionStringSetting(Record):
    """A setting that carries a connection string, as its name says."""

    name: str = field("The setting's name.")
    beside: Mapping[str, str] = field(
        "Settings that share its prefix, or one that means the same, by role: they may override parts of it."
    )

    def __hash__(self) -> int:
        return hash((self.name, tuple(self.beside.items())))


def split_clients(settings: Mapping[str, str | None]) -> tuple[SplitSettings, ...]:
    """Find the groups of settings that are PostgreSQL clients.

    A group needs a host that is not empty and at least one of database, password, user or TLS mode, under a prefix
    that ends in a word for a database. A group whose driver, port, host or prefix names another database is none.

    Args:
        settings: Value by name; None for a value that is not known here.
    """
    elsewhere = _Elsewhere(settings)
    return tuple(
        SplitSettings(prefix="_".join(prefix), roles=roles)
        for prefix, roles in _groups(settings).items()
        if any(role in roles and settings[roles[role]] != "" for role in _SERVER_ROLES)
        and any(role in roles for role in _BESIDE_HOST)
        and not _says_otherwise(prefix, roles, settings, elsewhere)
    )


def connection_string_settings(names: Iterable[str]) -> tuple[ConnectionStringSetting, ...]:
    """Find the settings whose name says that they carry a database's connection string: `DATABASE_URL`, `PG_DSN`.

    Whether it is PostgreSQL's, the value decides: see `conninfo.looks_like_postgres`.

    Args:
        names: The names of all settings of the subject.
    """
    names = tuple(names)
    groups = _groups(dict.fromkeys(names))
    merged: dict[tuple[str, ...], dict[str, str]] = {}
    for prefix, roles in groups.items():
        for role, name in roles.items():
            merged.setdefault(canonical(prefix), {}).setdefault(role, name)
    found: list[ConnectionStringSetting] = []
    for name in names:
        place = role_of(name)
        if place is not None and place[1] == "url":
            prefix = place[0]
            beside = {**merged.get(canonical(prefix), {}), **groups.get(prefix, {})}
            found.append(
                ConnectionStringSetting(
                    name=name, beside={role: other for role, other in beside.items() if role not in ("url", "engine")}
                )
            )
    return tuple(found)


def connection_of(group: SplitSettings, settings: Mapping[str, str | None]) -> Connection:
    """Put a group of settings together to a connection; its TLS roles are for `effective_sslmode`.

    Args:
        group: The group.
        settings: Value by name; None for a value that is not known here.
    """
    own_variables = group.prefix == LIBPQ_PREFIX[0]
    reading = Reading()
    unknown: set[str] = set()
    host_unknown = False
    for role, name in group.roles.items():
        target = "dbname" if role == "database" else role
        if target not in LIBPQ:
            continue
        value, is_reference = mask_references(settings.get(name) or "")
        if settings.get(name) is None or is_reference or (target != "password" and is_hole(value)):
            unknown.add(target)
            host_unknown |= target in ("host", "hostaddr")
        elif target == "password":
            reading.password = value
        elif value or own_variables:
            reading.values[target] = value
    if not own_variables:
        _take_ports_off(reading)
    hosts = (UNKNOWN_HOST,) if host_unknown else read_hosts(reading, "environment" if own_variables else "settings")
    user, database = (shown_part(name, reading) or None for name in ("user", "dbname"))
    parameters = {
        name: value
        for name, value in reading.values.items()
        if name not in PROMOTED and name not in SECRET and may_be_shown(name, value, reading)
    }
    if own_variables:
        for code, parameter in refused_values(parameters, "libpq", elsewhere=LIBPQ):
            reading.refuse(code, parameter)
    return Connection(
        form="environment" if own_variables else "settings",
        driver="libpq",
        hosts=hosts,
        user=user,
        password=SecretText(reading.password) if reading.password else None,
        database=database,
        parameters={} if own_variables else parameters,
        unknown=tuple(sorted(unknown - {"host", "port", "hostaddr"})),
        problems=tuple(problem(code, parameter) for code, parameter in reading.codes),
    )


def tls_texts(roles: Mapping[str, str], settings: Mapping[str, str | None]) -> dict[str, str | None]:
    """Return the values of the TLS roles, as `effective_sslmode` takes them for `split`.

    Args:
        roles: Name of the setting by role.
        settings: Value by name; None for a value that is not known here.
    """
    return {role: settings.get(roles[role]) for role in TLS_ROLES if role in roles}


def repeats(connection: Connection, group: Connection) -> bool:
    """Say whether a group of settings names the servers of a connection string, so that both are one connection."""
    first, second = ({host.host for host in one.hosts if host.host} for one in (connection, group))
    same_database = not (connection.database and group.database) or connection.database == group.database
    return bool(first) and first == second and same_database


def _groups(settings: Mapping[str, str | None]) -> dict[tuple[str, ...], dict[str, str]]:
    """Return the roles of each prefix; of two settings with the same role the first that is not empty counts."""
    groups: dict[tuple[str, ...], dict[str, str]] = {}
    for name, value in settings.items():
        place = role_of(name)
        if place is None:
            continue
        roles = groups.setdefault(place[0], {})
        held = roles.get(place[1])
        if held is None or (settings[held] == "" and value):
            roles[place[1]] = name
    return groups


def _take_ports_off(reading: Reading) -> None:
    """Move `host:port` of a host setting to where ports belong."""
    written = reading.values.get("host", "")
    if written.count(":") == 0 or written.startswith(("/", "@")):
        return
    hosts, ports = [], []
    for entry in written.split(","):
        host, colon, port = entry.strip().rpartition(":")
        takes = bool(colon) and (":" not in host or host.endswith("]")) and port.isdecimal()
        hosts.append((host if takes else entry).strip().removeprefix("[").removesuffix("]"))
        ports.append(port if takes else "")
    reading.values["host"] = ",".join(hosts)
    if any(ports):
        reading.values["port"] = ",".join(ports)


def _says_postgres(prefix: tuple[str, ...], roles: Mapping[str, str], settings: Mapping[str, str | None]) -> bool:
    """Say whether name, driver, host or port tell that the database is PostgreSQL."""
    if prefix == LIBPQ_PREFIX or POSTGRES_WORDS.intersection(prefix):
        return True
    words = _words_of(settings.get(roles.get("engine", ""))) | _words_of(settings.get(roles.get("host", "")))
    return bool(words & POSTGRES_ENGINES) or _port(roles, settings) in ("5432", "6432") or "ssl_mode" in roles


class _Elsewhere:
    """What the names of all settings say, found out once, and only where a group says nothing itself."""

    def __init__(self, names: Iterable[str]) -> None:
        self._names = names
        self._mysql: bool | None = None

    @property
    def mysql(self) -> bool:
        """Whether they name MySQL, and no PostgreSQL."""
        if self._mysql is None:
            everything = {word for name in self._names for word in tokens(name)}
            self._mysql = bool(everything & {"mysql", "mariadb"}) and not everything & POSTGRES_WORDS
        return self._mysql


def _says_otherwise(
    prefix: tuple[str, ...], roles: Mapping[str, str], settings: Mapping[str, str | None], elsewhere: _Elsewhere
) -> bool:
    """Say whether something tells that the database is another one; what is nearest to the group tells first."""
    if prefix == LIBPQ_PREFIX:
        return False
    engine = _words_of(settings.get(roles.get("engine", "")))
    if engine & (POSTGRES_ENGINES | OTHER_DATABASES):
        return not engine & POSTGRES_ENGINES
    url = (settings.get(roles.get("url", "")) or "").strip().lower()
    host = (settings.get(roles.get("host", "")) or "").partition(".")[0].partition(":")[0]
    if (
        url.startswith(_URL_SCHEMES_OF_OTHERS)
        or _words_of(host) & OTHER_DATABASE_HOSTS
        or _port(roles, settings) in OTHER_PORTS
    ):
        return True
    return not _says_postgres(prefix, roles, settings) and elsewhere.mysql


def _port(roles: Mapping[str, str], settings: Mapping[str, str | None]) -> str:
    written = settings.get(roles.get("port", ""))
    return (written or (settings.get(roles.get("host", "")) or "").rpartition(":")[2]).strip()


def _words_of(text: str | None) -> set[str]:
    return set(tokens(text[:200])) if text else set()
