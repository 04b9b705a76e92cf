"""Every secret of a subject: settings that are one, and passwords inside connection strings."""

from __future__ import annotations

from preflight.model.record import Record, field
from preflight.model.secret_text import SecretText
from preflight.postgres.conninfo import looks_like_postgres, parse_connection_string
from preflight.resources._url import parse_url

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.model.setting import Setting, Value
    from preflight.model.subject import Subject
    from preflight.resources._url import Url
    from preflight.resources.base import Context


class FoundSecret(Record):
    """A secret and where it was found."""

    setting: Setting = field("The setting that holds it.")
    role: str = field("The role it plays.")
    value: Value = field("The secret itself, or what stands for it.")
    label: str = field("How the report names it.")
    embedded: bool = field("Whether it is the password inside a connection string.", default=False)
    scheme: str = field("The scheme of a connection string; empty where there is none.", default="")
    host: str = field("The host or hosts in a connection string; empty where there are none.", default="")


def secrets_of(subject: Subject, context: Context) -> Iterator[FoundSecret]:
    """Yield the secrets of a subject, in the order written.

    A contract's `@sensitive` and the project's own bindings count; a switch that only carries a secret's name does not.
    Where a token's value is a URL with a password, that is the secret: the rest of it can be guessed.
    """
    for setting in subject.settings.values():
        role = context.bindings.role(setting.name)
        secret = context.bindings.is_secret(setting.name, setting.text)
        embedded = _embedded(setting) if not secret or role == "token" else None
        if embedded is not None:
            yield embedded
        elif secret:
            yield FoundSecret(setting=setting, role=role or "token", value=setting.value, label=setting.name)


def _embedded(setting: Setting) -> FoundSecret | None:
    """Return the password inside a connection string."""
    text = setting.text or ""
    if "://" not in text:
        return _in_keywords(setting, text) if "=" in text else None
    url = parse_url(text.removeprefix("jdbc:").removeprefix("r2dbc:"))
    password = url.password or _from_query(url) if url is not None else None
    if url is None or password is None:
        return None
    return FoundSecret(
        setting=setting,
        role=_role_of(url.scheme),
        value=password,
        label=f"{setting.name} (password)",
        embedded=True,
        scheme=url.scheme,
        host=url.host,
    )


def _in_keywords(setting: Setting, text: str) -> FoundSecret | None:
    """Return the password of a keyword list (`host=… password=…`) or an ADO.NET string (`Host=…;Password=…`)."""
    if not looks_like_postgres(text):
        return None
    connection = parse_connection_string(text)
    if connection.password is None:
        return None
    return FoundSecret(
        setting=setting,
        role="database_password",
        value=connection.password,
        label=f"{setting.name} (password)",
        embedded=True,
        scheme="postgresql",
        host=",".join(host.host for host in connection.hosts if host.host),
    )


def _from_query(url: Url) -> SecretText | None:
    """Return the password that is given as a parameter, as JDBC drivers take it."""
    written = url.query.get("password")
    return SecretText(written) if written is not None else None


def _role_of(scheme: str) -> str:
    if scheme.startswith(("redis", "valkey")):
        return "redis_password"
    return "database_password" if _is_database(scheme) else "password"


def _is_database(scheme: str) -> bool:
    return not set(scheme.split("+")).isdisjoint(
        {
            "db",
            "postgres",
            "postgresql",
            "mysql",
            "mariadb",
            "mongodb",
            "mssql",
            "oracle",
            "cockroachdb",
            "jdbc",
        }
    )
