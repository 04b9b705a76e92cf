"""Which client a connection string is for, as its parameters tell."""

from __future__ import annotations

from preflight.postgres.effective import ON_LIBPQ
from preflight.postgres.parameters import FOREIGN, SQLX_ALIASES, VALUES, resembling
from preflight.postgres.problems import problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    from preflight.postgres.connection import ConnectionProblem
    from preflight.postgres.reading import Reading

#: What only these clients accept as `ssl`.
_SSL_VALUES = {"1": "node-postgres", "0": "node-postgres", "no-verify": "node-postgres", "false": "other"}
#: Clients with a parameter `ssl` of their own, whatever its value.
_OWN_SSL_PARAMETER = frozenset({"node-postgres", "porsager", "other"})


def client_of(driver: str, reading: Reading) -> tuple[str, list[ConnectionProblem]]:
    """Name the client, and judge the parameters that libpq does not know.

    A parameter of another client says who reads the text; the parameter is then kept. One that no client here knows
    is a problem, unless the client is known to be another than libpq: those pass over what they do not know.

    Args:
        driver: The driver that the scheme names, `libpq` where it names none.
        reading: What was read; known parameters of other clients are moved into its values.

    Returns:
        The client, and advice for the case that it is another one.
    """
    advice: list[ConnectionProblem] = []
    if reading.ssl_true:
        advice.append(problem("ssl_parameter_depends_on_client"))
    clients: set[str] = set()
    leftover: list[str] = []
    for name, value in reading.strangers:
        client = _client_of_parameter(name, value)
        if client is None and name == "ssl" and driver in _OWN_SSL_PARAMETER:
            reading.values["ssl"] = value
        elif client is None:
            leftover.append(name)
        elif driver.startswith("sqlalchemy"):
            reading.refuse("driver_unsupported_parameter", name)
        else:
            clients.add(client)
            advice.append(problem("parameter_of_another_client", name))
            reading.values.setdefault(SQLX_ALIASES.get(name, name), value)
    if reading.values.get("sslmode") == "no-verify":
        clients.add("node-postgres")
    if driver == "libpq" and clients:
        named = clients - {"other"}
        driver = named.pop() if len(named) == 1 else "other"
    if reading.ssl_true and driver not in ON_LIBPQ:
        reading.values["ssl"] = "true"
        del reading.values["sslmode"]
        if reading.sslmode is not None:
            reading.values["sslmode"] = reading.sslmode
    if driver in ("libpq", "django") or driver.startswith("sqlalchemy"):
        for name in leftover:
            meant = resembling(name)
            reading.refuse("misspelled_parameter" if meant else "unknown_parameter", meant)
    return driver, advice


def _client_of_parameter(name: str, value: str) -> str | None:
    if name == "ssl":
        return _SSL_VALUES.get(value.lower()) or ("porsager" if value in VALUES["sslmode"] else None)
    return FOREIGN.get(name)
