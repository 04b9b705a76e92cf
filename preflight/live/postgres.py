"""A connection to PostgreSQL, tried as the service makes it. Nothing is written, and nothing is tried twice.

In this order: TCP, TLS, what the server makes of a login without TLS, and then the login itself by libpq, whose answer
decides. What was seen before says why it failed; libpq's own texts, OpenSSL's and the server's are read by nobody. A login
that would carry a password to another machine in clear is not tried.

The server's log shows it: a refused login without TLS on every server that is configured well, and a session of
`preflight`.
"""

from __future__ import annotations

from preflight.live._postgres_errors import POSTGRES_REASONS, postgres_failure
from preflight.live._postgres_login import log_in
from preflight.live._postgres_secrecy import guarded_sslmode, passfile_is_usable
from preflight.live._postgres_server import PostgresServer, Probe
from preflight.live._postgres_tls import unopenable
from preflight.live._postgres_why import why
from preflight.live.postgres_target import PostgresTarget, Server, target_of
from preflight.model.record import Record, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from preflight.live._postgres_login import Login
    from preflight.live.deadline import Deadline
    from preflight.live.failures import LiveFailure

__all__ = (
    "POSTGRES_REASONS",
    "PostgresServer",
    "PostgresSession",
    "PostgresTarget",
    "Server",
    "check_postgres",
    "target_of",
)

TIMEOUT = 5.0
"""Seconds for each step."""
METHODS = ("none", "password", "md5", "sasl", "gss", "sspi", "kerberos")


class PostgresSession(Record):
    """What came of it. Free of secrets, and of every text that is not our own."""

    connected: bool = field("Whether libpq logs in.")
    failure: LiveFailure | None = field("Why not: a code of `POSTGRES_REASONS`, and what to do; None when it does.")
    servers: tuple[PostgresServer, ...] = field("What each server showed, in the order in which they are tried.")
    tls: bool | None = field("Whether the session was encrypted; None without a session.", default=None)
    tls_version: str | None = field("Its TLS version, as the server says (pg_stat_ssl).", default=None)
    cipher: str | None = field("Its cipher suite, as the server says.", default=None)
    client_certificate: bool | None = field("Whether the server verified a client certificate.", default=None)
    authentication: str | None = field(
        "How the server had the client prove itself: `none` is trust, a client certificate or the socket's owner, `sasl`"
        " is SCRAM; None where that cannot be seen.",
        choices=METHODS,
        default=None,
    )
    server_version: str | None = field("`15.18`.", default=None)


def check_postgres(target: PostgresTarget, *, deadline: Deadline, timeout: float = TIMEOUT) -> PostgresSession:
    """Try a connection, once.

    Args:
        target: The connection.
        deadline: The deadline of the run.
        timeout: Seconds for each step.

    Returns:
        The session, or why there is none; `failure.retriable` says whether waiting can cure it.
    """
    if target.problem is not None:
        return PostgresSession(connected=False, failure=postgres_failure(target.problem), servers=())
    probes = [Probe(target, server, deadline=deadline, timeout=timeout) for server in target.servers]
    servers = tuple(probe.look() for probe in probes)
    reached = [index for index, server in enumerate(servers) if server.reached]
    if not reached:
        failures = [server.failure for server in servers if server.failure is not None]
        return PostgresSession(connected=False, failure=_worst(failures), servers=servers)
    encrypts = target.sslmode != "disable" and any(probe.address for probe in probes)
    forbidden = unopenable(target) if encrypts else None
    if forbidden is not None:
        return PostgresSession(connected=False, failure=postgres_failure(forbidden), servers=servers)
    places = [(target.servers[index], probes[index].address) for index in reached]
    sslmode = guarded_sslmode(target, [(servers[index], probes[index].address) for index in reached])
    if sslmode is None:
        passing = (one for index in reached if (one := servers[index].failure) is not None and one.retriable)
        failure = next(passing, None) or postgres_failure("password_in_clear")
        return PostgresSession(connected=False, failure=failure, servers=servers)
    parameters = {**_parameters(target, places), "sslmode": sslmode}
    login = log_in(parameters, deadline.within(timeout), use_passfile=passfile_is_usable(target))
    if not login.connected:
        tried = _tried(places, login)
        server = servers[reached[tried]]
        failure = why(target, server, probes[reached[tried]], login)
        if sslmode != target.sslmode and failure.reason == "no_hba_entry" and server.plaintext != "refused":
            failure = postgres_failure("password_in_clear")  # the service itself would go on in clear
        return PostgresSession(connected=False, failure=failure, servers=servers, authentication=login.method)
    return PostgresSession(
        connected=True,
        failure=None,
        servers=servers,
        tls=login.tls,
        tls_version=login.tls_version,
        cipher=login.cipher,
        client_certificate=login.client_certificate,
        authentication=login.method,
        server_version=_version(login.server_version),
    )


def _worst(failures: Sequence[LiveFailure]) -> LiveFailure:
    """Return the first failure that waiting does not cure, or the first."""
    return next((one for one in failures if not one.retriable), failures[0])


def _parameters(target: PostgresTarget, places: Sequence[tuple[Server, str]]) -> dict[str, str]:
    """Put libpq's parameters together: the service's own, with the addresses that answered."""
    parameters = {
        **target.parameters,
        "host": ",".join(server.host for server, _ in places),
        "port": ",".join(str(server.port) for server, _ in places),
        "user": target.user,
        "dbname": target.database,
    }
    if any(address for _, address in places):
        parameters["hostaddr"] = ",".join(address for _, address in places)
    for name, secret in (("password", target.password), ("sslpassword", target.key_passphrase)):
        if secret is not None:
            parameters[name] = secret.reveal()
    return parameters


def _tried(places: Sequence[tuple[Server, str]], login: Login) -> int:
    """Return which server libpq tried last."""
    found = [
        index
        for index, (server, address) in enumerate(places)
        if str(server.port) == login.port and address == login.address
    ]
    return found[0] if found else 0


def _version(number: int | None) -> str | None:
    """Write a version number as the server does: two parts since version 10."""
    if number is None:
        return None
    if number >= 100_000:
        return f"{number // 10_000}.{number % 10_000}"
    return f"{number // 10_000}.{number // 100 % 100}.{number % 100}"
