"""What Redis or Valkey lets its clients do, without a login and with the service's own; only with `--live`.

Parameters of a URL are those of redis-py (`ssl_cert_reqs`, `ssl_ca_certs`, `ssl_certfile`, `ssl_keyfile`,
`ssl_check_hostname`, `username`, `password`), which Celery and others hand on.
"""

from __future__ import annotations

from preflight.bindings.tokens import tokens
from preflight.model.fact import Deferred, Unknown
from preflight.model.record import field
from preflight.resources import redis_client
from preflight.resources._client_tls import settings_beside, tls_options
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
    withheld,
)
from preflight.resources._network import NETWORKS
from preflight.resources._url import parse_url
from preflight.resources._values import flag_of, not_literal, prefix_of, with_role
from preflight.resources.redis_client import MARKS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from preflight.live.checks import LiveChecks
    from preflight.live.deadline import Deadline
    from preflight.live.failures import LiveFailure
    from preflight.live.handshake import TlsOptions
    from preflight.live.redis import RedisServer, RedisTarget
    from preflight.model.fact import Fact, TlsVersion
    from preflight.model.setting import Setting
    from preflight.model.subject import Subject
    from preflight.resources._live import Asked
    from preflight.resources._url import Url
    from preflight.resources.base import Context
    from preflight.resources.redis_client import RedisClient

UNAUTHENTICATED = ("refused", "restricted", "accepted", "protected")
_DEFAULT_PORT = "6379"
_MALFORMED = Unknown(reason="malformed", detail="host and port cannot be told; write rediss://:PASSWORD@HOST:PORT/0")
_SENTINEL = Unknown(reason="unsupported", detail="live checks do not ask Redis Sentinel where the server is")
_PLACEHOLDER = Deferred(reason="reference", detail="the address has a reference, known only where the service starts")


class RedisSession(LiveResource):
    """One session, or why there is none."""

    network: Fact[str] = field("Where the server is.", choices=NETWORKS)
    connected: Fact[bool] = field("Whether the server lets the service in, as it is configured.")
    tls: Fact[bool] = field("Whether the session is encrypted; absent where nothing answers.")
    tls_version: Fact[TlsVersion] = field("The TLS version in use.")
    unauthenticated: Fact[str] = field(
        "What becomes of a PING without a login: refused, accepted; restricted: no login is needed, but PING is not allowed; "
        "protected: protected mode refuses other machines.",
        choices=UNAUTHENTICATED,
    )
    auth_required: Fact[bool] = field("Whether nothing is allowed without a login.")
    auth_accepted: Fact[bool] = field("Whether the server takes the password; absent where none is configured.")
    version: Fact[str] = field("Version of the server, where it tells this user.")
    certificate_days: Fact[int] = field(
        "Whole days that the server's certificate is still valid, negative when it has expired."
    )
    certificate_not_after: Fact[str] = field("Last day of that certificate.")


RESOURCE = RedisSession


def collect(subject: Subject, context: Context) -> Iterator[RedisSession]:
    """Ask the server of each Redis client of the subject."""
    clients = redis_client.collect(subject, context)
    return live_resources(
        RedisSession, "redis_session", clients, lambda client: _look(client, subject, context), context
    )


def _look(client: RedisClient, subject: Subject, context: Context) -> dict[str, Any] | Unknown | Deferred:
    hidden = unreachable_here(subject, client.network)
    if hidden is not None:
        return hidden
    target = _target(client, subject, context)
    if isinstance(target, (Unknown, Deferred)):
        return target
    from preflight.live.failures import LiveFailure
    from preflight.live.redis import check_redis

    def check(live: LiveChecks, deadline: Deadline) -> RedisServer | LiveFailure:
        return check_redis(target, timeout=live.timeout, deadline=deadline)

    server = shown_servers([(target.host, target.port)], subject, context)
    found = ask(("redis", target), client.name, server, check, context, hosts=[target.host])
    if isinstance(found, Deferred):
        return found
    answer, asked = found
    told = answer if isinstance(answer, LiveFailure) else answer.refusal
    return not_asked(told) or {
        "network": client.network,
        "connected": told is None,
        **course(told, asked),
        **({} if isinstance(answer, LiveFailure) else _facts(answer, context)),
        **_not_tried(told, asked),
    }


def _not_tried(failure: LiveFailure | None, asked: Asked) -> dict[str, Any]:
    """Return what only a login tells, where none was tried."""
    if failure is None or failure.reason != "password_in_clear":
        return {}
    return dict.fromkeys(("connected", "auth_accepted", "version"), withheld(failure, asked))


def _facts(server: RedisServer, context: Context) -> dict[str, Any]:
    session = server.tls
    return {
        "tls": session is not None,
        "tls_version": session.version if session is not None else None,
        "unauthenticated": server.unauthenticated,
        "auth_required": server.auth_required,
        "auth_accepted": server.auth_accepted,
        "version": server.version,
        **of_certificates(session.certificates[:1] if session is not None else (), context),
    }


# -- what is connected to ----------------------------------------------------------------------------------------------


def _target(client: RedisClient, subject: Subject, context: Context) -> RedisTarget | Unknown | Deferred:
    for fact in (client.tls, client.verifies, client.password):
        if isinstance(fact, (Unknown, Deferred)):
            return fact
    if client.scheme_meant is not None:
        return _MALFORMED
    setting = subject.settings[client.name]
    text = (setting.text or "").strip()
    url = parse_url(text)
    if context.bindings.role(client.name) == "redis_host" and url is None:
        return _split_target(client, setting, subject, context)
    if url is None or url.scheme == "unix":
        return _local_target(url, text, context)
    if "sentinel" in url.scheme:
        return _SENTINEL
    return _url_target(client, url, subject, context)


def _url_target(client: RedisClient, url: Url, subject: Subject, context: Context) -> RedisTarget | Unknown | Deferred:
    if "$" in url.host or "$" in url.port:
        return _PLACEHOLDER
    port = _port(url.port)
    if port is None:
        return _MALFORMED
    query = url.query
    options = _tls(client, query, subject, context)
    if isinstance(options, (Unknown, Deferred)):
        return options
    from preflight.live.redis import RedisTarget

    password = url.password.reveal() if url.password else query.get("password")
    return RedisTarget(
        host=url.host or "localhost",
        port=port,
        tls=options,
        username=url.user or query.get("username") or None,
        password=password or None,
    )


def _tls(
    client: RedisClient, query: Mapping[str, str], subject: Subject, context: Context
) -> TlsOptions | Unknown | Deferred | None:
    """Return how TLS is done: by the URL's parameters, then by the settings beside it; None in clear."""
    if not client.tls:
        return None
    beside = settings_beside(subject, context, prefix_of(client.name, *MARKS), MARKS)
    return tls_options(
        query.get("ssl_ca_certs") or beside.get("tls_ca_file"),
        query.get("ssl_certfile") or beside.get("tls_cert_file"),
        query.get("ssl_keyfile") or beside.get("tls_key_file"),
        context,
        verifies=client.verifies is True,
        check_name=flag_of(query.get("ssl_check_hostname", "true"), "ssl_check_hostname") is True,
    )


def _local_target(url: Url | None, text: str, context: Context) -> RedisTarget | Unknown | Deferred:
    """Return what a local socket's URL names: `unix://[:password@]/path`, or a bare path."""
    from preflight.live.redis import RedisTarget

    path = url.path if url is not None else text.removeprefix("unix:").partition("?")[0]
    here = local_file(path, context)
    if isinstance(here, (Unknown, Deferred)):
        return here
    password = url.password.reveal() if url is not None and url.password else None
    return RedisTarget(host=here, username=(url.user or None) if url is not None else None, password=password)


def _split_target(
    client: RedisClient, host: Setting, subject: Subject, context: Context
) -> RedisTarget | Unknown | Deferred:
    prefix = prefix_of(host.name, *MARKS)
    beside = {
        word: _beside(subject, prefix, *words)
        for word, words in {"port": ("port",), "username": ("username", "user")}.items()
    }
    password = next(
        (
            one
            for one in with_role(subject, context.bindings, "redis_password")
            if prefix_of(one.name, *MARKS) == prefix
        ),
        None,
    )
    for one in (host, *beside.values(), password):
        other = not_literal(one) if one is not None else None
        if other is not None:
            return other
    name, colon, behind = (host.text or "").strip().partition(":")
    port = _port(behind if colon else _text(beside["port"]))
    if not name or port is None:
        return _MALFORMED
    options = _tls(client, {}, subject, context)
    if isinstance(options, (Unknown, Deferred)):
        return options
    from preflight.live.redis import RedisTarget

    return RedisTarget(
        host=name, port=port, tls=options, username=_text(beside["username"]) or None, password=_text(password) or None
    )


def _beside(subject: Subject, prefix: str, *words: str) -> Setting | None:
    """Return the setting that shares a prefix before one of the marks and ends in one of the words."""
    for setting in subject.settings.values():
        upper = setting.name.upper()
        if (
            setting.is_set
            and tokens(setting.name)[-1:] in {(word,) for word in words}
            and any(mark in upper for mark in MARKS)
            and prefix_of(setting.name, *MARKS) == prefix
        ):
            return setting
    return None


def _text(setting: Setting | None) -> str:
    return (setting.text or "") if setting is not None else ""


def _port(text: str) -> int | None:
    written = text.strip() or _DEFAULT_PORT
    return int(written) if written.isascii() and written.isdigit() and len(written) <= 5 else None
