"""URLs that another parser than libpq's reads: SQLAlchemy's, JDBC's, and Python's `urlsplit` (for Django)."""

from __future__ import annotations

from preflight.postgres.escapes import HOLE, form_decode
from preflight.postgres.parameters import JDBC, LIBPQ, SQLALCHEMY_ARGUMENTS
from preflight.postgres.reading import Reading, has_stray_at_sign


def read_sqlalchemy(rest: str, driver: str) -> Reading:
    """Read what follows `postgresql+driver://` as `sqlalchemy.engine.make_url` does.

    Args:
        rest: What follows `://`.
        driver: SQLAlchemy's name of the driver, in lower case.
    """
    reading = Reading()
    rest = _credentials(reading, rest)
    reading.look_for_spill(rest)
    location, _, query = rest.partition("?")
    authority, _, database = location.partition("/")
    if authority.startswith("[") and "]" in authority:
        host, _, tail = authority[1:].rpartition("]")
        port = tail.removeprefix(":")
    else:
        host, _, port = authority.partition(":")
    for name, value in (("host", host), ("port", port), ("dbname", form_decode(database, plus=False))):
        if value:
            reading.values[name] = value
    _sqlalchemy_query(reading, query, driver)
    return reading


def _credentials(reading: Reading, rest: str) -> str:
    """Take `user:password@` off: the user ends at the first `:` or `/`, the password at the first `@` after that."""
    end = next((position for position, character in enumerate(rest) if character in ":/"), len(rest))
    if rest.startswith(":", end) and "@" in rest[end:]:
        password, _, remainder = rest[end + 1 :].partition("@")
        user = rest[:end]
        reading.password = form_decode(password, plus=False) or None
    else:
        user, at, host = rest[:end].rpartition("@")
        if not at:
            return rest
        remainder = host + rest[end:]
    if user:
        reading.values["user"] = form_decode(user, plus=False)
    return remainder


def _sqlalchemy_query(reading: Reading, query: str, driver: str) -> None:
    """Hand each parameter to the driver's `connect` function: a name that it does not take stops the start."""
    known = SQLALCHEMY_ARGUMENTS.get(driver, frozenset())
    through_libpq = driver.startswith("psycopg")
    taken = known | LIBPQ.keys() if through_libpq else known
    seen: set[str] = set()
    hosts: list[str] = []
    for name, value in _pairs(reading, query):
        if not value:
            continue  # parse_qsl drops parameters without a value
        if name == "host":
            hosts.append(value)
            continue
        if name in seen:
            reading.refuse("duplicate_parameter", name if name in taken else None)
        seen.add(name)
        if name in taken:
            _keep(reading, "dbname" if name == "database" else name, value)
        elif name in LIBPQ or name == "ssl":
            reading.refuse("driver_unsupported_parameter", name)
            if (
                name == "sslmode"
            ):  # nothing connects, so the mode that is meant is the one to judge: one cause, one finding
                _keep(reading, name, value)
        elif through_libpq:
            reading.strangers.append((name, value))
        else:
            reading.refuse("driver_unsupported_parameters")
    if len(hosts) > 1 or (hosts and "port" not in seen and _is_host_and_port(hosts[0])):
        pairs = [host.partition(":") for host in hosts]
        reading.values["host"] = ",".join(host for host, _, _ in pairs)
        reading.values["port"] = ",".join(port for _, _, port in pairs)
    elif hosts:
        reading.values["host"] = hosts[0]


def _is_host_and_port(text: str) -> bool:
    host, colon, port = text.partition(":")
    return bool(colon) and host.replace("-", "").replace(".", "").isalnum() and (not port or port.isdecimal())


def read_jdbc(rest: str) -> Reading:
    """Read what follows `jdbc:postgresql:` as pgjdbc's `Driver.parseURL` does: `+` is a blank, no user before the host.

    Args:
        rest: What follows the second colon.
    """
    reading = Reading()
    location, _, query = rest.partition("?")
    if has_stray_at_sign(rest):
        reading.refuse("jdbc_userinfo")
        reading.spilled = True
    database = location.removeprefix("/")
    if location.startswith("//"):
        authority, slash, database = location[2:].partition("/")
        if not slash:
            reading.refuse("jdbc_without_database")
        addresses = [_host_and_port(address) for address in authority.split(",")]
        if authority:
            reading.values["host"] = ",".join(host for host, _ in addresses)
            reading.values["port"] = ",".join(port for _, port in addresses)
    if database:
        reading.values["dbname"] = form_decode(database, plus=True)
    for name, value in _pairs(reading, query):
        if name in JDBC:
            reading.values[name] = value  # an empty `ssl` is a switch that is on
        elif name in ("user", "password"):
            _keep(reading, name, value)
    return reading


def _host_and_port(address: str) -> tuple[str, str]:
    host, colon, port = address.rpartition(":")
    if not colon or address.rfind("]") > len(host):
        host, port = address, ""
    return host.removeprefix("[").removesuffix("]"), port


def read_generic(rest: str) -> Reading:
    """Read a URL as Python's `urlsplit` and `parse_qs` do, on which Django's URL packages build.

    Args:
        rest: What follows `://`.
    """
    reading = Reading()
    rest, hash_sign, fragment = rest.partition("#")
    end = next((position for position, character in enumerate(rest) if character in "/?"), len(rest))
    credentials, at, endpoint = rest[:end].rpartition("@")
    if at:
        user, _, password = credentials.partition(":")
        _keep(reading, "password", form_decode(password, plus=False))
        _keep(reading, "user", form_decode(user, plus=False))
    reading.look_for_spill(endpoint + rest[end:] + hash_sign + fragment)
    path, _, query = rest[end:].partition("?")
    host, port = _host_and_port(endpoint)
    for name, value in (("host", host), ("port", port), ("dbname", path[1:])):
        _keep(reading, name, form_decode(value, plus=False))
    for name, value in _pairs(reading, query):
        if name in LIBPQ:
            _keep(reading, name, value)
        else:
            reading.strangers.append((name, value))
    return reading


def _keep(reading: Reading, name: str, value: str) -> None:
    if name == "password":
        reading.password = value or None
    elif value:
        reading.values[name] = value


def _pairs(reading: Reading, query: str) -> list[tuple[str, str]]:
    """Take a query apart: `+` is a blank, and a piece without `=` is a name with an empty value."""
    pairs: list[tuple[str, str]] = []
    for piece in query.split("&"):
        name, _, value = piece.partition("=")
        if HOLE in name:
            reading.incomplete = True
        elif name:
            pairs.append((form_decode(name, plus=True), form_decode(value, plus=True)))
    return pairs
