"""Connections to Redis or Valkey: from `redis://` URLs (IANA provisional schemes `redis`, `rediss`) or split settings."""

from __future__ import annotations

from preflight.model.fact import Unknown
from preflight.model.record import field
from preflight.resources._network import NETWORKS, network_of
from preflight.resources._url import meant_url, parse_url
from preflight.resources._values import not_literal, prefix_of, state_of, switch, with_role
from preflight.resources.base import Resource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.model.fact import Fact
    from preflight.model.setting import Setting
    from preflight.model.subject import Subject
    from preflight.resources.base import Context

MARKS = ("REDIS", "VALKEY", "KEYDB", "DRAGONFLY")
_SCHEMES = {
    "redis": False,
    "valkey": False,
    "rediss": True,
    "valkeys": True,
    "redis+sentinel": False,
    "rediss+sentinel": True,
}
_URLS = tuple(f"{scheme}://" for scheme in _SCHEMES)
_NO_VERIFICATION = frozenset({"none", "cert_none", "false", "0"})


class RedisClient(Resource):
    """One connection."""

    network: Fact[str] = field("Where the server is.", choices=NETWORKS)
    tls: Fact[bool] = field("Whether the connection is encrypted; absent where no setting says so.")
    verifies: Fact[bool] = field("Whether the server's certificate is verified.")
    password: Fact[bool] = field("Whether a password is configured.")
    scheme_meant: Fact[str] = field(
        "The beginning that seems to be meant where no client knows that of the URL; absent where one does."
    )


RESOURCE = RedisClient


def collect(subject: Subject, context: Context) -> Iterator[RedisClient]:
    """Collect a connection for each URL, and one for each group of split settings with a host."""
    for setting in subject.settings.values():
        by_value = (setting.text or "").lower().startswith(_URLS)
        if setting.is_set and (by_value or context.bindings.role(setting.name) == "redis_url"):
            found = _from_url(setting, context)
            if found is not None:
                yield found
    beside: dict[tuple[str | None, str], Setting] = {}
    for setting in with_role(subject, context.bindings, "redis_password", "redis_tls"):
        beside.setdefault((context.bindings.role(setting.name), prefix_of(setting.name, *MARKS)), setting)
    for setting in with_role(subject, context.bindings, "redis_host"):
        if setting.is_set:
            prefix = prefix_of(setting.name, *MARKS)
            password, turns = beside.get(("redis_password", prefix)), beside.get(("redis_tls", prefix))
            yield _from_split(setting, password, turns, context)


def _from_url(setting: Setting, context: Context) -> RedisClient | None:
    other = not_literal(setting)
    if other is not None:
        return _client(setting, network=other, tls=other, verifies=other, password=other)
    written = setting.text or ""
    meant = meant_url(written, _SCHEMES)
    url = parse_url(meant or written)
    if url is None or url.scheme == "unix":
        if written.startswith(("unix:", "/")):
            return _client(setting, network="local_socket", tls=False, verifies=False, password=None)
        malformed = Unknown(reason="malformed", detail="it is no URL; write rediss://:PASSWORD@HOST:PORT/0")
        return _client(setting, network="unknown", tls=malformed, verifies=malformed, password=malformed)
    if url.scheme not in _SCHEMES:
        return None  # CELERY_BROKER_URL may name another broker
    tls = _SCHEMES[url.scheme]
    return _client(
        setting,
        network=network_of(url.host or "localhost", context.neighbours),
        tls=tls,
        verifies=tls and url.query.get("ssl_cert_reqs", "required").lower() not in _NO_VERIFICATION,
        password=bool(url.password) or bool(url.query.get("password")),
        scheme_meant=f"{url.scheme}://" if meant is not None else None,
    )


def _from_split(host: Setting, password: Setting | None, turns: Setting | None, context: Context) -> RedisClient:
    tls = switch(turns)
    reference = not_literal(password) if password is not None else None
    address = host.text
    return _client(
        host,
        network=network_of(address.partition(":")[0], context.neighbours) if address is not None else "unknown",
        tls=tls,
        verifies=tls,
        password=reference if reference is not None else state_of(password) == "set",
    )


def _client(
    setting: Setting,
    *,
    network: Fact[str],
    tls: Fact[bool],
    verifies: Fact[bool],
    password: Fact[bool],
    scheme_meant: str | None = None,
) -> RedisClient:
    return RedisClient(
        name=setting.name,
        origin=setting.origin,
        via=setting.via,
        network=network,
        tls=tls,
        verifies=verifies,
        password=password,
        scheme_meant=scheme_meant,
    )
