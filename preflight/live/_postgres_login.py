"""A login by libpq itself, through psycopg: without blocking, so that the deadline holds whatever the server does.

libpq never asks for a passphrase on a terminal here, because it always has one: a key that needs none never looks at it.
"""

from __future__ import annotations

import select

from preflight.live._postgres_trace import Trace
from preflight.model.record import Record, field
from preflight.values.tls_version import normalise

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from psycopg.pq.abc import PGconn, PGresult

    from preflight.live._postgres_errors import ServerError
    from preflight.live.deadline import Deadline

_MAX_RESULTS = 16
_NO_PASSPHRASE = "the key has no passphrase"  # noqa: S105 - libpq is given it, lest OpenSSL asks on the terminal
_NO_PASSFILE = "/dev/null/none"
#: Values that mean "not set" where libpq refuses an empty one.
_NEUTRAL = {
    "sslcertmode": "allow",
    "require_auth": "none,password,md5,gss,sspi,scram-sha-256",
    "min_protocol_version": "3.0",
    "max_protocol_version": "3.0",
}
_QUERY = (
    b"BEGIN TRANSACTION READ ONLY; SELECT ssl, version, cipher, client_dn IS NOT NULL"
    b" FROM pg_catalog.pg_stat_ssl WHERE pid = pg_catalog.pg_backend_pid(); ROLLBACK"
)


class Login(Record):
    """What came of a login."""

    connected: bool = field("Whether the session began.")
    failure: str | None = field("Why not, where neither server nor libpq said so: a code.", default=None)
    error: ServerError | None = field("Why not, where the server said so.", default=None)
    address: str = field("The address of the server that was tried last; empty for a local socket.", default="")
    port: str = field("Its port.", default="")
    traced: bool = field("Whether what libpq and the server said to each other could be seen.", default=False)
    tls: bool = field("Whether the last connection was encrypted.", default=False)
    started: bool = field("Whether a start-up message was sent, so that TLS, if any, was agreed.", default=False)
    ready: bool = field("Whether the server let the client in, whatever libpq did then.", default=False)
    needs_password: bool = field("Whether the server asks for a password that is not there.", default=False)
    method: str | None = field(
        "How the server had the client prove itself; None where that cannot be seen.", default=None
    )
    server_version: int | None = field("As `server_version_num`: 150018.", default=None)
    tls_version: str | None = field("The version in use, `1.2` or `1.3`, as the server says it.", default=None)
    cipher: str | None = field("The cipher suite in use, as the server says it.", default=None)
    client_certificate: bool | None = field("Whether the server verified a client certificate.", default=None)


def log_in(parameters: Mapping[str, str], own: Deadline, *, use_passfile: bool = True) -> Login:
    """Log in, look at the session in a transaction that can only read, and leave.

    Args:
        parameters: libpq's parameters, with credentials. Servers come as addresses: libpq resolves names without a
            deadline. What is missing here is not taken from this process's environment either.
        own: When all of it must have ended.
        use_passfile: False where libpq would complain about it on stderr, and not use it anyway.
    """
    try:
        from psycopg import pq
    except ImportError:
        return Login(connected=False, failure="driver_missing")
    given = {
        "sslpassword": _NO_PASSPHRASE,
        **parameters,
        "application_name": "preflight",
        "connect_timeout": str(max(2, int(own.remaining()))),
    }
    if not use_passfile:
        given["passfile"] = _NO_PASSFILE
    surroundings = _surroundings(given)
    if surroundings is None:
        return Login(connected=False, failure="service_file")
    if any("\0" in value for value in given.values()):
        return Login(connected=False, failure="settings_refused")
    connection = pq.PGconn.connect_start(_conninfo({**surroundings, **given}))
    with Trace(connection) as trace:
        try:
            failure = _poll(connection, own, trace)
            seen = trace.read()
            connected = failure is None and connection.status == pq.ConnStatus.OK
            login = Login(
                connected=connected,
                failure=failure,
                error=seen.error,
                address=connection.hostaddr.decode() if given.get("hostaddr") else "",
                port=connection.port.decode(),
                traced=seen.traced,
                tls=connection.ssl_in_use,
                started=seen.started,
                ready=seen.ready,
                needs_password=connection.needs_password,
                method=seen.method,
            )
            return _look(connection, login, own) if connected else login
        finally:
            connection.finish()


def _surroundings(given: Mapping[str, str]) -> dict[str, str] | None:
    """Return values that take the place of what this process's environment would give; None where nothing can."""
    from psycopg import pq

    found: dict[str, str] = {}
    for option in pq.Conninfo.get_defaults():
        name = option.keyword.decode()
        if option.envvar is None or option.val is None or option.val == option.compiled or name in given:
            continue
        if name == "service":
            return None
        found[name] = _NEUTRAL.get(name, (option.compiled or b"").decode())
    return found


def _conninfo(parameters: Mapping[str, str]) -> bytes:
    """Write a keyword list: values stand in quotes, and a backslash escapes (libpq manual, 32.1.1.1)."""
    quoted = {name: value.replace("\\", "\\\\").replace("'", "\\'") for name, value in parameters.items()}
    return " ".join(f"{name}='{value}'" for name, value in quoted.items()).encode("utf-8", "surrogateescape")


def _poll(connection: PGconn, own: Deadline, trace: Trace) -> str | None:
    """Carry the login on to its end, good or bad; return a code where it is broken off."""
    from psycopg import pq

    status: int = pq.PollingStatus.WRITING  # as after the first step (libpq manual, 32.1, PQconnectPoll)
    while connection.status != pq.ConnStatus.BAD:
        if status in (pq.PollingStatus.OK, pq.PollingStatus.FAILED):
            return None
        if not _wait(connection, own, for_writing=status == pq.PollingStatus.WRITING):
            return own.reason()
        if trace.is_full():
            return "answer_too_long"
        status = connection.connect_poll()
    return None


def _wait(connection: PGconn, own: Deadline, *, for_writing: bool) -> bool:
    """Wait for the socket; False when time is over."""
    poll = select.poll()  # `select.select` takes no descriptor above 1023
    poll.register(connection.socket, select.POLLOUT if for_writing else select.POLLIN)
    left = own.remaining()
    return left > 0 and bool(poll.poll(int(left * 1000) + 1))


def _look(connection: PGconn, login: Login, own: Deadline) -> Login:
    """Add what the session shows. Where the server does not answer the question, the login still counts."""
    login = login.replace(tls=connection.ssl_in_use, server_version=connection.server_version or None)
    row = _ask(connection, own)
    if row is None or row[0] != "t":
        return login  # behind a pooler the server sees the pooler's connection, not this one
    return login.replace(tls_version=normalise(row[1] or ""), cipher=row[2], client_certificate=row[3] == "t")


def _ask(connection: PGconn, own: Deadline) -> list[str | None] | None:
    """Return the first row of the answer to `_QUERY`."""
    from psycopg import Error, pq

    row: list[str | None] | None = None
    try:
        connection.send_query(_QUERY)
        connection.set_single_row_mode()  # a server that sends rows without end fills no memory
        for _ in range(_MAX_RESULTS):
            result = _next_result(connection, own)
            if result is None:
                break
            if row is None and result.status == pq.ExecStatus.SINGLE_TUPLE and result.nfields == 4:
                values = [result.get_value(0, column) for column in range(4)]
                row = [None if value is None else value.decode("latin-1") for value in values]
            result.clear()
    except Error:
        return None
    return row


def _next_result(connection: PGconn, own: Deadline) -> PGresult | None:
    connection.flush()
    while connection.is_busy():
        if not _wait(connection, own, for_writing=False):
            return None
        connection.consume_input()
    return connection.get_result()
