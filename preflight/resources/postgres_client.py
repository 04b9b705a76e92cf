"""Connections to PostgreSQL: from a connection string, from libpq's `PG*` variables, or from split settings that share a prefix.

What they mean is decided in `preflight.postgres`, as libpq 18 and the other drivers read them. A TLS mode applies to TCP only:
over a local socket every driver ignores it.
"""

from __future__ import annotations

from preflight.model.fact import Deferred, Unknown
from preflight.model.record import Record, field
from preflight.model.setting import Reference
from preflight.postgres.connection import DRIVERS, FORMS
from preflight.postgres.conninfo import looks_like_postgres, parse_connection_string
from preflight.postgres.names import beside as named_beside
from preflight.postgres.problems import problem
from preflight.postgres.remedies import correction, remedy
from preflight.postgres.split import connection_of, connection_string_settings, repeats, split_clients, tls_texts
from preflight.postgres.sslmode import effective_sslmode, is_switch, normalise
from preflight.resources._files import NO_PATH, is_path
from preflight.resources._network import NETWORKS, network_of_all
from preflight.resources._url import meant_url
from preflight.resources._values import STATES, deferred, not_literal, state_of
from preflight.resources.base import Resource, once

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from preflight.model.fact import Fact, SslMode, TlsVersion
    from preflight.model.setting import Setting
    from preflight.model.subject import Subject
    from preflight.postgres.connection import Connection
    from preflight.postgres.sslmode import EffectiveSslMode
    from preflight.resources.base import Context

_TLS_ROLES = ("ssl_mode", "ssl", "ssl_require", "ssl_disabled", "ssl_verify")
_SCHEMES = ("postgresql", "postgres")
_SOURCE_WORDS = {
    "connection_string": "from the connection string",
    "service_file": "from the service file",
    "driver_default": "the driver's default",
    "sslrootcert": "because sslrootcert is system",
}


class PostgresClient(Resource):
    """One connection."""

    form: Fact[str] = field("How it is written.", choices=FORMS)
    driver: Fact[str] = field("The driver that reads it, as far as it says; libpq where nothing does.", choices=DRIVERS)
    network: Fact[str] = field("Where the server is; the farthest of several hosts.", choices=NETWORKS)
    sslmode: Fact[SslMode] = field(
        "The TLS mode in force, in libpq's words, or that is meant where the driver refuses the parameter; absent over a "
        "local socket."
    )
    sslmode_source: Fact[str] = field("Where the mode comes from, in words.")
    root_certificate: Fact[str] = field("The CA file that is named, or system; absent when none is.")
    root_certificate_setting: Fact[str] = field("The setting or parameter that names it, or that would.")
    password: Fact[str] = field("State of its password.", choices=STATES)
    credential: Fact[bool] = field("Whether a password or a client certificate with its key is configured.")
    client_certificate: Fact[str] = field(
        "Which of client certificate and key are set.", choices=("none", "both", "certificate_only", "key_only")
    )
    settings_agree: Fact[bool] = field(
        "Whether connection string and split settings of the same connection agree on the TLS mode."
    )
    driver_dependent: Fact[bool] = field(
        "Whether the mode means something else in another driver or another version of it."
    )
    min_tls_version: Fact[TlsVersion] = field("Lowest TLS version it accepts; absent when none is configured.")
    problems: Fact[tuple[str, ...]] = field("What the driver refuses or misreads, in words.")
    correction: Fact[str] = field("How to correct what the driver refuses or misreads.")
    remedy: Fact[str] = field("What makes it verify the server, in the words of its driver.")


RESOURCE = PostgresClient
_FACTS = tuple(name for name in PostgresClient.fields() if name not in {"name", "origin", "via"})


class Client(Record):
    """A connection as it is configured, and what decides about its TLS."""

    setting: Setting = field("The connection string, or the setting of the host.")
    connection: Connection = field("The connection.")
    found: EffectiveSslMode = field("Its TLS mode, and where that comes from.")
    roles: Mapping[str, str] = field("Settings beside it, by role.")

    def __hash__(self) -> int:
        return hash(self.setting)


def clients(subject: Subject, context: Context) -> tuple[Client, ...]:
    """Return the connections whose text is known: each connection string, and each group of split settings that repeats none."""
    return once(_clients, subject, context)


def _clients(subject: Subject, context: Context) -> tuple[Client, ...]:
    return tuple(_each(subject, context))


def _each(subject: Subject, context: Context) -> Iterator[Client]:
    texts = {name: setting.text for name, setting in subject.settings.items() if setting.value is not None}
    beside = {one.name: one.beside for one in connection_string_settings(texts)}
    strings: list[Connection] = []
    for name, setting in subject.settings.items():
        named = name in beside or context.bindings.role(name) == "database_url"
        connection = _written(setting.text, named=named) if setting.text else None
        if connection is not None:
            strings.append(connection)
            roles = beside.get(name, {})
            found = effective_sslmode(connection, texts, split=tls_texts(roles, texts))
            yield Client(setting=setting, connection=connection, found=found, roles=roles)
    for group in split_clients(texts):
        connection = connection_of(group, texts)
        if any(repeats(string, connection) for string in strings):
            continue
        found = effective_sslmode(connection, texts, split=tls_texts(group.roles, texts))
        name = next(group.roles[role] for role in ("host", "hostaddr", "service") if role in group.roles)
        yield Client(setting=subject.settings[name], connection=connection, found=found, roles=group.roles)


def _written(text: str, *, named: bool) -> Connection | None:
    """Read a connection string; one that does not look like PostgreSQL's only where the setting's name says so."""
    if looks_like_postgres(text):
        return parse_connection_string(text)
    meant = meant_url(text, _SCHEMES) if named else None
    if meant is None:
        return None
    if meant.startswith(("postgres:", "postgres+")):
        meant = f"postgresql{meant.removeprefix('postgres')}"  # which every client knows
    connection = parse_connection_string(meant)
    scheme = meant.partition("://")[0]
    shown = scheme if connection.driver != "other" else scheme.partition("+")[0]  # never what cannot be read
    return connection.replace(problems=(problem("misspelled_scheme", f"{shown}://"), *connection.problems))


def collect(subject: Subject, context: Context) -> Iterator[PostgresClient]:
    """Collect the connections, and those known only where the service starts."""
    for setting in context.bindings.playing(subject.settings, "database_url"):
        other = not_literal(setting)
        if other is not None and connection_string_settings((setting.name,)):
            yield PostgresClient(
                name=setting.name, origin=setting.origin, via=setting.via, **dict.fromkeys(_FACTS, other)
            )
    for one in clients(subject, context):
        yield _client(one.setting, one.connection, one.found, subject.settings, one.roles, context.neighbours)


def root_certificate(one: Client, settings: Mapping[str, Setting]) -> str | None:
    """Return the CA file of a connection, as configured; None where none is."""
    return one.found.root_certificate or _text(settings, one.roles, "sslrootcert")


def _client(
    setting: Setting,
    connection: Connection,
    found: EffectiveSslMode,
    settings: Mapping[str, Setting],
    roles: Mapping[str, str],
    neighbours: frozenset[str],
) -> PostgresClient:
    certificate, key = (
        bool(found.parameters.get(one)) or one in found.unknown or _is_set(settings, roles, one)
        for one in ("sslcert", "sslkey")
    )
    pair = "both" if certificate and key else "certificate_only" if certificate else "key_only" if key else "none"
    password = "set" if connection.password else _best_state(settings, roles.get("password"), "PGPASSWORD")
    tls = [settings[roles[role]].origin for role in _TLS_ROLES if role in roles and roles[role] != setting.name]
    problems = [
        one
        for one in (*connection.problems, *found.problems)
        if one.code != "unexpanded_reference" or not connection.incomplete
    ]
    return PostgresClient(
        name=setting.name,
        origin=setting.origin,
        via=(*setting.via, *tls),
        form=connection.form,
        driver=found.driver,
        network=network_of_all(found.network, (one.host for one in connection.hosts), neighbours),
        sslmode=_mode(found, settings, roles),
        sslmode_source=_source(found, settings, roles),
        root_certificate=_authority(found, settings, roles),
        root_certificate_setting=_authority_setting(setting, connection, roles),
        password=password,
        credential=password in {"set", "reference"} or bool(found.parameters.get("passfile")) or pair == "both",
        client_certificate=pair,
        settings_agree=not found.disagrees,
        driver_dependent=found.driver_dependent,
        min_tls_version=found.min_tls_version,
        problems=tuple(dict.fromkeys(one.message for one in problems)),
        correction=correction(problems, found.driver, connection.form),
        remedy=_remedy(setting, connection, found, settings, roles),
    )


def _remedy(
    setting: Setting,
    connection: Connection,
    found: EffectiveSslMode,
    settings: Mapping[str, Setting],
    roles: Mapping[str, str],
) -> str:
    """Say what to write, with the settings named as those in use are."""
    split = connection.form == "settings"
    texts = {role: _text(settings, roles, role) or "" for role in _TLS_ROLES if role in roles}
    modes = [role for role in ("ssl_mode", "ssl") if role in roles and not is_switch(texts[role])]
    mode = roles[modes[0]] if modes and (split or found.source == "split_setting") else None
    in_the_way = tuple(
        roles[role]
        for role, text in texts.items()
        if text and roles[role] != mode and (role != "ssl_verify" or normalise(text) == "disable")
    )
    return remedy(
        found.driver,
        connection.form,
        mode or (named_beside(setting.name, "sslmode") if split else None),
        _authority_setting(setting, connection, roles) if split or "sslrootcert" in roles else None,
        in_the_way if split or found.source == "split_setting" else (),
    )


def _authority(found: EffectiveSslMode, settings: Mapping[str, Setting], roles: Mapping[str, str]) -> Fact[str]:
    path = found.root_certificate or _text(settings, roles, "sslrootcert")
    if path is not None:
        return _shown_file(path)
    setting = settings.get(roles.get("sslrootcert", ""))
    other = not_literal(setting) if setting is not None else None
    if other is None and "sslrootcert" in found.unknown:
        other = Deferred(reason="reference", detail="its CA file is a reference, known only where the service starts")
    return other


def _authority_setting(setting: Setting, connection: Connection, roles: Mapping[str, str]) -> str:
    if connection.form == "environment":
        return "PGSSLROOTCERT"
    return roles.get("sslrootcert") or (
        named_beside(setting.name, "sslrootcert") if connection.form == "settings" else "sslrootcert"
    )


def _mode(found: EffectiveSslMode, settings: Mapping[str, Setting], roles: Mapping[str, str]) -> Fact[SslMode]:
    """Return the mode, or why it is not known: a reference, a word that is no mode, a service file."""
    if not found.applicable:
        return None
    for name in (*(roles[role] for role in _TLS_ROLES if role in roles), "PGSSLMODE"):
        setting = settings.get(name)
        if setting is not None and isinstance(setting.value, Reference) and found.source != "connection_string":
            return deferred(setting.value)
    if "unrecognised_mode" in found.reasons:
        return Unknown(reason="malformed", detail="the setting of its TLS mode names no mode; write verify-full")
    if found.mode is None:
        if "reference" in found.reasons:
            return Deferred(
                reason="reference", detail="its TLS mode is a reference, known only where the service starts"
            )
        return Unknown(
            reason="undecided",
            detail="its TLS mode cannot be told; write sslmode=verify-full into the connection string",
        )
    return found.mode


def _is_set(settings: Mapping[str, Setting], roles: Mapping[str, str], role: str) -> bool:
    setting = settings.get(roles.get(role, ""))
    return setting is not None and setting.is_set


def _text(settings: Mapping[str, Setting], roles: Mapping[str, str], role: str) -> str | None:
    setting = settings.get(roles.get(role, ""))
    return setting.text or None if setting is not None else None


def _shown_file(path: str | None) -> str | None:
    """Return the path of a file as it can be shown: somebody may have pasted something else there."""
    return path if path in {None, "system"} or is_path(path or "") else NO_PATH


def _source(found: EffectiveSslMode, settings: Mapping[str, Setting], roles: Mapping[str, str]) -> str:
    """Say in words where the mode comes from, with the place of the setting that decides."""
    names = [roles[role] for role in _TLS_ROLES if role in roles] if found.source == "split_setting" else [found.source]
    places = [
        f"from {name} at {settings[name].origin}" if settings[name].origin.file else f"from {name}"
        for name in names
        if name in settings
    ]
    return " and ".join(places) or _SOURCE_WORDS.get(found.source, f"from {found.source}")


def _best_state(settings: Mapping[str, Setting], *names: str | None) -> str:
    states = [state_of(settings.get(name)) for name in names if name is not None]
    return next((state for state in ("set", "reference", "unreadable", "empty") if state in states), "unset")
