"""Sessions of PostgreSQL clients, tried as the service makes them; only with `--live`.

What is asked is told in docs/live-checks.md. libpq's own answer decides whether there is a session.
"""

from __future__ import annotations

from preflight.model.fact import Deferred, Unknown
from preflight.model.record import field
from preflight.postgres.split import TLS_ROLES, tls_texts
from preflight.resources import postgres_client
from preflight.resources._live import (
    LiveResource,
    ask,
    course,
    live_resources,
    local_file,
    not_asked,
    of_certificates,
    shown_servers,
    unreachable_here,
)
from preflight.resources._network import NETWORKS
from preflight.resources._values import not_literal

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from preflight.live.checks import LiveChecks
    from preflight.live.deadline import Deadline
    from preflight.live.postgres import PostgresSession as Session
    from preflight.live.postgres_target import PostgresTarget
    from preflight.model.fact import Fact, TlsVersion
    from preflight.model.subject import Subject
    from preflight.resources.base import Context
    from preflight.resources.postgres_client import PostgresClient

PLAINTEXT = ("refused", "accepted", "open")
AUTHENTICATION = ("trust", "password", "md5", "scram-sha-256", "certificate", "gss", "sspi", "kerberos")
_METHODS = {"sasl": "scram-sha-256"}
_FILES = ("sslrootcert", "sslcert", "sslkey", "sslcrl", "sslcrldir", "passfile")
_VERIFYING = frozenset({"verify-ca", "verify-full"})
_NOWHERE = "/dev/null/none"
# What libpq looks for in the home of its user, which for a service is in its image.
_OWN_FILES = ("sslrootcert", "sslcert", "sslkey", "passfile")


class PostgresSession(LiveResource):
    """One session, or why there is none."""

    network: Fact[str] = field("Where the server is.", choices=NETWORKS)
    connected: Fact[bool] = field("Whether libpq logs in.")
    tls: Fact[bool] = field("Whether the session is encrypted; absent without a session.")
    tls_version: Fact[TlsVersion] = field("The TLS version in use.")
    cipher: Fact[str] = field("The cipher suite that client and server agree on, as OpenSSL calls it.")
    client_certificate: Fact[bool] = field(
        "Whether the server verified a client certificate; absent without an encrypted session."
    )
    client_certificate_configured: Fact[bool] = field("Whether a client certificate is configured.")
    plaintext: Fact[str] = field(
        "What the server does with a login without TLS: refuses it, asks it to authenticate, or lets it in without; of "
        "several servers the worst. Absent over a local socket.",
        choices=PLAINTEXT,
    )
    authentication: Fact[str] = field(
        "How the service proves itself; absent where that cannot be seen, as over a local socket.",
        choices=AUTHENTICATION,
    )
    server_version: Fact[str] = field("Version of the server.")
    certificate_days: Fact[int] = field(
        "Whole days that the server's certificate is still valid, negative when it has expired; of several servers the fewest."
    )
    certificate_not_after: Fact[str] = field("Last day of that certificate.")


RESOURCE = PostgresSession


def collect(subject: Subject, context: Context) -> Iterator[PostgresSession]:
    """Try the connection of each PostgreSQL client of the subject."""
    clients = postgres_client.collect(subject, context)
    return live_resources(
        PostgresSession, "postgres_session", clients, lambda client: _look(client, subject, context), context
    )


def _look(client: PostgresClient, subject: Subject, context: Context) -> dict[str, Any] | Unknown | Deferred:
    if isinstance(client.form, (Unknown, Deferred)):
        return client.form
    hidden = unreachable_here(subject, client.network)
    if hidden is not None:
        return hidden
    target = _target(client, subject, context)
    if isinstance(target, (Unknown, Deferred)):
        return target
    from preflight.live.postgres import check_postgres

    def check(live: LiveChecks, deadline: Deadline) -> Session:
        return check_postgres(target, deadline=deadline, timeout=live.timeout)

    hosts = [server.host for server in target.servers]
    found = ask(("postgres", target), client.name, _servers(target, subject, context), check, context, hosts=hosts)
    if isinstance(found, Deferred):
        return found
    session, asked = found
    return not_asked(session.failure) or {
        "network": client.network,
        **course(session.failure, asked),
        **_facts(session, target, context),
    }


def _servers(target: PostgresTarget, subject: Subject, context: Context) -> str:
    """Write the servers as they are configured; a local socket by its path, as libpq does."""
    places = [
        (f"{one.host}/.s.PGSQL.{one.port}" if one.host.startswith("/") else one.host or one.address, one.port)
        for one in target.servers
    ]
    return shown_servers(places, subject, context)


def _target(client: PostgresClient, subject: Subject, context: Context) -> PostgresTarget | Unknown | Deferred:
    """Settle what is connected to, with files as this machine has them."""
    from preflight.live.postgres_target import target_of

    texts = {name: setting.text for name, setting in subject.settings.items() if setting.value is not None}
    one = next(one for one in postgres_client.clients(subject, context) if one.setting.name == client.name)
    connection, roles = one.connection, one.roles
    names = [roles[role] for role in (*TLS_ROLES, *_FILES) if role in roles]
    if connection.password is None:
        names += [name for name in (roles.get("password"), "PGPASSWORD") if name in texts]
    for name in names:
        other = not_literal(subject.settings[name])
        if other is not None:
            return other
    if connection.unknown:
        return Deferred(
            reason="reference", detail="a part of the connection is a reference, known only where the service starts"
        )
    target = target_of(
        connection,
        texts,
        split=tls_texts(roles, texts),
        beside={role: texts[roles[role]] or "" for role in _FILES if role in roles},
    )
    parameters = dict(target.parameters)
    for name in _FILES:
        path = parameters.get(name)
        if not path or path == "system":
            continue
        here = local_file(path, context)
        if isinstance(here, (Unknown, Deferred)):
            return here
        parameters[name] = here
    if subject.service is not None:
        if target.sslmode in _VERIFYING and not parameters.get("sslrootcert"):
            return Deferred(reason="elsewhere", detail="its CA file is where libpq looks by itself, in the image")
        parameters = {**dict.fromkeys(_OWN_FILES, _NOWHERE), **parameters}
    settled: PostgresTarget = target.replace(parameters=parameters)
    return settled


def _facts(session: Session, target: PostgresTarget, context: Context) -> dict[str, Any]:
    seen = [server for server in session.servers if server.reached]
    plaintext = [server.plaintext for server in seen if server.plaintext is not None]
    worst = max(plaintext, key=PLAINTEXT.index, default=None)
    over_tcp = any(not server.local for server in target.servers)
    version = session.tls_version or next((server.tls_version for server in seen if server.tls_version), None)
    return {
        "connected": session.connected,
        "tls": session.tls,
        "tls_version": version if session.tls else None,
        # By the name that OpenSSL has for it here: the server's own word for it is any text.
        "cipher": next((server.cipher for server in seen if server.cipher), None) if session.tls else None,
        "client_certificate": _BEHIND_A_POOLER
        if session.tls and session.client_certificate is None
        else session.client_certificate,
        "client_certificate_configured": target.parameters.get("sslcert", _NOWHERE) != _NOWHERE,
        "plaintext": worst if worst is not None or not (session.connected and over_tcp) else _UNSEEN,
        "authentication": _authentication(session) if over_tcp else None,
        "server_version": session.server_version,
        **of_certificates([server.certificates[0] for server in seen if server.certificates], context),
    }


_UNSEEN = Unknown(
    reason="undecided",
    detail="what the server does with a login without TLS could not be seen; ask it with psql and sslmode=disable",
)


_BEHIND_A_POOLER = Unknown(
    reason="undecided", detail="behind a pooler it cannot be seen whether the client's certificate was verified"
)


def _authentication(session: Session) -> Fact[str]:
    """Return how the service proved itself, in the words of pg_hba.conf."""
    method = session.authentication
    if method is None or method != "none":
        return _METHODS.get(method or "", method)
    if not session.connected:
        return None
    if session.client_certificate is None and session.tls:
        return _BEHIND_A_POOLER
    return "certificate" if session.client_certificate else "trust"
