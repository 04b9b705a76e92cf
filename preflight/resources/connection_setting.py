"""Settings that a connection to a database, to Redis or to Vault is given by: its address as a URL or as a host.

An empty address is a variable that nobody filled in, unless the same connection is given in another way, or none is wanted:
by a switch, or because the driver needs no server.
"""

from __future__ import annotations

from preflight.bindings.tokens import tokens
from preflight.model.record import field
from preflight.postgres.names import LIBPQ_PREFIX, OTHER_DATABASE_HOSTS, OTHER_DATABASES, POSTGRES_ENGINES, role_of
from preflight.resources._values import STATES, flag, state_of
from preflight.resources.base import Resource
from preflight.resources.postgres_client import clients

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.model.fact import Fact
    from preflight.model.setting import Setting
    from preflight.model.subject import Subject
    from preflight.resources.base import Context

_SERVERS = {"database_url": "a database", "redis_url": "Redis", "redis_host": "Redis", "vault_address": "Vault"}
_OF_DATABASES = frozenset({"url", "host", "hostaddr", "service"})
_HOSTS = frozenset({"host", "hostname", "server", "url", "uri", "dsn"})
_DATABASES = OTHER_DATABASE_HOSTS - {"redis"}
_LOCAL = frozenset({"socket", "path", "file"})
_MARKS = {
    "a database": frozenset({"db", "database", "postgres", "postgresql", "pg"}),
    "Redis": frozenset({"redis", "valkey", "keydb", "dragonfly", "cache"}),
    "Vault": frozenset({"vault", "bao", "openbao"}),
}
# Without a result backend Celery keeps no results, which many want.
_MAY_BE_EMPTY = frozenset({"celery_result_backend"})


class ConnectionSetting(Resource):
    """One setting."""

    server: Fact[str] = field("What it is the address of.", choices=tuple(_MARKS))
    state: Fact[str] = field("Whether it is set.", choices=STATES)
    given_otherwise: Fact[bool] = field(
        "Whether another setting gives the connection, or one says that there is none to give."
    )


RESOURCE = ConnectionSetting


def collect(subject: Subject, context: Context) -> Iterator[ConnectionSetting]:
    """Collect the settings; those of env files that are for containers are judged there, where defaults have been filled in."""
    if not context.knows_paths:
        return
    contract = {key.name for key in context.contract}  # which says itself what may be empty
    for setting in subject.settings.values():
        server = _server(setting.name, context)
        told = setting.blanked_by or setting.name in contract or setting.value is None
        if server is not None and not told:
            state = state_of(setting)
            yield ConnectionSetting(
                name=setting.name,
                origin=setting.origin,
                via=setting.via,
                server=server,
                state=state,
                given_otherwise=state == "empty" and _given_otherwise(setting, server, subject, context),
            )


def _server(name: str, context: Context) -> str | None:
    if "_".join(tokens(name)) in _MAY_BE_EMPTY:
        return None
    role = context.bindings.role(name)
    if role in _SERVERS:
        return _SERVERS[role]
    place = role_of(name)
    # libpq takes an empty PGHOST for its default, a local socket.
    return "a database" if place is not None and place[0] != LIBPQ_PREFIX and place[1] in {"url", "host"} else None


def _given_otherwise(setting: Setting, server: str, subject: Subject, context: Context) -> bool:
    if server == "a database" and (clients(subject, context) or _needs_no_server(setting.name, subject)):
        return True
    for name, other in subject.settings.items():
        if not other.is_set:
            continue
        words = tokens(name)
        if name == f"{setting.name}_FILE" or _server(name, context) == server:
            return True
        if words[-1:] in {("enabled",), ("enable",)} and _MARKS[server] & set(words) and flag(other) is False:
            return True
        if server == "a database" and _names_server(name, words):
            return True
    return False


def _names_server(name: str, words: tuple[str, ...]) -> bool:
    """Whether a setting names the server of some database, PostgreSQL's or another."""
    place = role_of(name)
    if place is not None and place[1] in _OF_DATABASES:
        return True
    return bool(words) and words[-1] in _HOSTS and not _DATABASES.isdisjoint(words[:-1])


def _needs_no_server(name: str, subject: Subject) -> bool:
    """Whether settings beside it name another kind of database, such as SQLite, or a socket."""
    place = role_of(name)
    if place is None:
        return False
    for other in subject.settings.values():
        words = tokens(other.name)
        if words[:-1] == place[0] and words[-1] in _LOCAL and other.is_set:
            return True
        if role_of(other.name) == (place[0], "engine"):
            engine = set(tokens((other.text or "")[:200]))
            if engine & OTHER_DATABASES and not engine & POSTGRES_ENGINES:
                return True
    return False
