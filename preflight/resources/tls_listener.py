"""Listeners that speak TLS: settings that share what stands before `TLS`, `SSL` or `HTTPS` in their names.

Clients' settings (`REDIS_TLS_…`, `DATABASE_SSL_…`) belong to those clients and are left out.
"""

from __future__ import annotations

from preflight.bindings.tokens import tokens
from preflight.model.fact import SCALES, Deferred, Unknown
from preflight.model.record import field
from preflight.resources._values import NEGATIVE, prefix_of, state_of, switch, text, with_role
from preflight.resources.base import Resource
from preflight.values.tls_version import normalise_range, weak_cipher_tokens

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.model.fact import Fact, TlsVersion
    from preflight.model.setting import Setting
    from preflight.model.subject import Subject
    from preflight.resources.base import Context

_MARKS = ("TLS", "SSL", "HTTPS", "MTLS")
_LIMITS = frozenset({"min", "minimum", "max", "maximum"})
_OPENINGS = ("ENABLE", "USE", "DISABLE", "NO", "WITHOUT")
_ROLES = ("tls_enabled", "tls_min_version", "tls_max_version", "tls_ciphers", "tls_cert_file", "tls_key_file")
_CLIENTS = frozenset(
    """redis valkey db database postgres postgresql pg pgssl mysql mariadb mongo mongodb kafka rabbitmq amqp smtp email mail imap
    ldap elasticsearch elastic opensearch vault consul etcd client s3 minio nats mqtt upstream backend node
    azure storage""".split()
)


class TlsListener(Resource):
    """One listener."""

    enabled: Fact[bool] = field(
        "Whether it speaks TLS; on where a certificate is configured and no switch says otherwise."
    )
    off: Fact[bool] = field("Whether a setting turns it off.")
    remedy: Fact[str] = field("The setting that turns it on, with its value.")
    min_version: Fact[TlsVersion] = field("Lowest version it accepts; absent when none is configured.")
    max_version: Fact[TlsVersion] = field("Highest version it offers; absent when none is configured.")
    certificate: Fact[str] = field(
        "State of the setting of its certificate.", choices=("set", "empty", "unset", "reference", "unreadable")
    )
    key: Fact[str] = field(
        "State of the setting of its private key.", choices=("set", "empty", "unset", "reference", "unreadable")
    )
    versions_in_order: Fact[bool] = field("Whether the highest version is not below the lowest.")
    weak_ciphers: Fact[tuple[str, ...]] = field("Cipher suites it names that are broken.")


RESOURCE = TlsListener

_STATED = ("tls_min_version", "tls_max_version", "tls_ciphers")  # whoever looks for the line looks for theirs


def collect(subject: Subject, context: Context) -> Iterator[TlsListener]:
    """Collect the listeners: one for each prefix."""
    groups: dict[str, dict[str, Setting]] = {}
    for setting in with_role(subject, context.bindings, *_ROLES):
        if _CLIENTS.isdisjoint(tokens(setting.name)) and setting.value is not None:
            groups.setdefault(_prefix(setting.name), {}).setdefault(str(context.bindings.role(setting.name)), setting)
    for group in groups.values():
        if (
            group.keys() & {"tls_enabled", "tls_min_version", "tls_max_version", "tls_ciphers"}
            or {"tls_cert_file", "tls_key_file"} <= group.keys()
        ):
            yield _listener(group)


def _prefix(name: str) -> str:
    """Return what the settings of one listener share: `SERVER` of `SERVER_TLS_KEY`, `SERVER_DISABLE_TLS` and `ENABLE_SERVER_TLS`."""
    words = prefix_of(name, *_MARKS).split("_")
    return "_".join(word for word in words if word not in _OPENINGS)


def _listener(group: dict[str, Setting]) -> TlsListener:
    turns, certificate, key = group.get("tls_enabled"), group.get("tls_cert_file"), group.get("tls_key_file")
    enabled = switch(turns)
    off = enabled is False
    if enabled is None:
        enabled = (
            state_of(certificate) in {"set", "reference"} and state_of(key) in {"set", "reference"} and turns is None
        )
    lowest = _version(group.get("tls_min_version"), 0)
    highest = _version(group.get("tls_max_version"), 1)
    first = turns or next(iter(group.values()))
    order = _in_order(lowest, highest)
    ciphers = text(group.get("tls_ciphers"))
    return TlsListener(
        name=first.name,
        origin=first.origin,
        via=(*first.via, *(group[role].origin for role in _STATED if role in group and group[role] is not first)),
        enabled=enabled,
        off=off,
        remedy=_remedy(turns, first.name),
        min_version=lowest,
        max_version=highest,
        certificate=state_of(certificate),
        key=state_of(key),
        versions_in_order=order,
        weak_ciphers=weak_cipher_tokens(ciphers)
        if isinstance(ciphers, str)
        else ciphers
        if ciphers is not None
        else (),
    )


def _remedy(turns: Setting | None, name: str) -> str:
    """Return what turns TLS on: the switch there is, or one named like a setting beside it."""
    if turns is not None:
        return f"{turns.name}={'false' if not NEGATIVE.isdisjoint(tokens(turns.name)) else 'true'}"
    words = tokens(name)
    mark = next((position for position, word in enumerate(words) if word.upper() in _MARKS), None)
    if mark is None:
        return "TLS_ENABLED=true"  # the project's own name, which tells no prefix
    before = [word for word in words[:mark] if word not in _LIMITS]
    return "_".join((*before, words[mark], "enabled")).upper() + "=true"


def _version(setting: Setting | None, end: int) -> Fact[TlsVersion]:
    written = text(setting)
    if written is None or isinstance(written, (Unknown, Deferred)):
        return written
    versions = normalise_range(written)
    if versions is None:
        name = setting.name if setting is not None else ""
        return Unknown(reason="malformed", detail=f"{name} names no TLS version that is known; write 1.2 or 1.3")
    return versions[end]


def _in_order(lowest: Fact[TlsVersion], highest: Fact[TlsVersion]) -> Fact[bool]:
    for one in (lowest, highest):
        if isinstance(one, (Unknown, Deferred)):
            return one
    scale = SCALES["tls_version"]
    return lowest is None or highest is None or scale.index(str(lowest)) <= scale.index(str(highest))
