"""Which secrets share a value without being one credential.

A password in a connection string and the setting beside it, or two settings that are written as one variable, are one credential:
whoever gave each a new one would lock the service out. What tells is, in this order, the variables that both are written as, the
server that each names (scheme, host), and what each is called.
"""

from __future__ import annotations

from preflight.bindings.tokens import tokens
from preflight.model.secret_text import SecretText
from preflight.resources._written import mark

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from preflight.model.setting import Setting
    from preflight.model.subject import Subject
    from preflight.resources._secrets import FoundSecret
    from preflight.resources.base import Context

SHORTEST_COMPARED = 4  # a shorter value is refused for its length, and equal by chance
_MOST_NAMED = 8  # secrets of one value
_MOST_CREDENTIALS = 12  # told apart; whatever is left is counted as one more each
_MOST_WORDINGS = 4  # of one credential, that a further one is compared with
_OWN_KEYS = frozenset({"jwt_secret", "session_secret", "encryption_key"})
_STORES = frozenset({"database_password", "redis_password"})
# Who may get another value most easily: sessions end, a password is changed in two places, an issued token is issued anew.
_EASIEST = ("session_secret", "jwt_secret", "password", "redis_password", "database_password", "encryption_key")

# Kinds of server, by the words of names and by the schemes of URLs.
_KINDS = {
    **dict.fromkeys(("rabbit", "rabbitmq", "amqp", "amqps", "lavinmq"), "amqp"),
    **dict.fromkeys(
        ("smtp", "smtps", "mail", "mailer", "email", "sendgrid", "mailgun", "mailjet", "postmark", "brevo", "resend", "mandrill"),
        "mail",
    ),
    **dict.fromkeys(("elastic", "elasticsearch", "es", "opensearch"), "search"),
    **dict.fromkeys(("minio", "aws", "s3"), "objects"),
    **dict.fromkeys(("postgres", "postgresql", "pg", "pgsql", "psycopg", "psycopg2", "asyncpg", "pgpassword"), "postgresql"),
    **dict.fromkeys(("mysql", "mariadb", "pymysql"), "mysql"),
    **dict.fromkeys(("mongo", "mongodb"), "mongodb"),
    **dict.fromkeys(("mssql", "sqlserver"), "mssql"),
    **dict.fromkeys(("redis", "rediss", "valkey", "keydb", "dragonfly"), "redis"),
    "oracle": "oracle",
    "nats": "nats", "kafka": "kafka", "mqtt": "mqtt", "mqtts": "mqtt", "ldap": "ldap", "ldaps": "ldap", "ftp": "ftp",
    "sftp": "ftp", "clickhouse": "clickhouse", "neo4j": "neo4j", "influxdb": "influxdb", "influx": "influxdb",
    "database": "database", "db": "database", "sql": "database", "datasource": "database", "jdbc": "database",
    "admin": "admin", "superuser": "admin",
}  # fmt: skip
_ENGINES = frozenset({"postgresql", "mysql", "mongodb", "mssql", "oracle"})
# Words that say what a setting is, not whose; frameworks, whose name before a key of theirs adds nothing.
_GENERIC = frozenset(
    """password passwd passphrase pass pwd passcode secret secrets key keys token auth url uri dsn api private default root user
    host hostname server client service account connection string base64 b64 main primary django flask rails laravel app my the
    jwtsecret secretkey apikey""".split()
)
_SAME = {"nextauth": "auth", "authjs": "auth"}
# What a setting for a server is called that another one names by its scheme.
_ANY_SERVER = frozenset(
    {
        "queue",
        "broker",
        "mq",
        "message",
        "messages",
        "messaging",
        "bus",
        "celery",
        "cache",
        "store",
        "storage",
        "backend",
    }
)
# Servers that share their accounts with another one, or stand before it.
_REPLICAS = frozenset(
    """replica replicas read reader readonly ro slave secondary standby follower writer rw direct pool pooler pooled unpooled bouncer
    pgbouncer pgpool proxy migration migrations""".split()
)
_HERE = frozenset({"", "localhost", "127.0.0.1", "::1", "0.0.0.0", "host.docker.internal"})  # noqa: S104 - compared, not bound
_PASSWORD_ENDS = ("PASSWORD", "PASSWD", "PASS", "PWD")


class _Credential:
    """What tells whether two secrets of one value are one credential."""

    __slots__ = ("embedded", "hosts", "kinds", "replica", "role", "variables", "words")

    def __init__(self, one: FoundSecret, subject: Subject | None) -> None:
        name = tokens(one.setting.name)
        said = {*name, *one.scheme.replace("+", " ").split()}
        first_label = one.host.split(".")[0].replace("-", " ").replace("_", " ").lower().split()
        kinds = {_KINDS[word] for word in (*said, *first_label) if word in _KINDS}
        if kinds & _ENGINES:
            kinds.discard("database")
        self.role = one.role
        self.embedded = one.embedded
        self.kinds = frozenset(kinds)
        self.hosts = _hosts(one, subject)
        self.variables = _variables(one)
        self.replica = not _REPLICAS.isdisjoint({*name, *first_label})
        words = {_SAME.get(word, word) for word in name}
        own = words & {"auth"} if one.role == "session_secret" else frozenset()
        self.words = frozenset(word for word in words if word not in _GENERIC and word not in _KINDS) | own
        if one.embedded:
            self.words |= frozenset(first_label) - {"localhost"}

    @property
    def signature(self) -> tuple[object, ...]:
        """Return what is equal for secrets that are the same credential as the same others."""
        return (self.role, self.embedded, self.kinds, self.hosts, self.variables, self.replica, self.words)


def reuse(found: Iterable[FoundSecret], subject: Subject | None, context: Context) -> list[tuple[str, ...]]:
    """Say for each secret which others have its value and are another credential; of those that share one, of a single one.

    Args:
        found: The secrets of a subject.
        subject: The subject, for the hosts beside its passwords.
        context: Compares values.
    """
    rows = list(found)
    groups: dict[bytes, list[int]] = {}
    for position, one in enumerate(rows):
        text = one.value.reveal() if isinstance(one.value, SecretText) else ""
        if len(text) >= SHORTEST_COMPARED:
            groups.setdefault(context.digest.of(text), []).append(position)
    result: list[tuple[str, ...]] = [()] * len(rows)
    for group in groups.values():
        if len(group) > 1:
            holder, others = _told([rows[position] for position in group], subject)
            if others:
                result[group[holder]] = others
    return result


def _told(group: Sequence[FoundSecret], subject: Subject | None) -> tuple[int, tuple[str, ...]]:
    """Return which secret of a group to speak of, and the labels of one secret for each other credential."""
    credentials = [_Credential(one, subject) for one in group]
    classes: list[tuple[list[int], dict[tuple[object, ...], _Credential]]] = []
    left = 0
    for position, one in enumerate(credentials):
        signature = one.signature
        for members, kinds in classes:
            if signature in kinds or all(_is_same(one, other) for other in kinds.values()):
                members.append(position)
                if len(kinds) < _MOST_WORDINGS:
                    kinds.setdefault(signature, one)
                break
        else:
            if len(classes) < _MOST_CREDENTIALS:
                classes.append(([position], {signature: one}))
            else:
                left += 1
    if len(classes) < 2:
        return 0, ()
    chosen = min(range(len(classes)), key=lambda number: _ease(credentials[classes[number][0][0]].role))
    others = [
        next((one for one in members if not _is_same(credentials[one], credentials[classes[chosen][0][0]])), members[0])
        for number, (members, _) in enumerate(classes)
        if number != chosen
    ]
    # A credential can be one with some of another's settings: of those that are not, the first is spoken of.
    holder = next(
        (one for one in classes[chosen][0] if not _is_same(credentials[one], credentials[others[0]])),
        classes[chosen][0][0],
    )
    labels = [group[one].label for one in others[:_MOST_NAMED]]
    left += len(others) - len(labels)
    return holder, (*labels, f"{left} more") if left else tuple(labels)


def _ease(role: str) -> int:
    return _EASIEST.index(role) if role in _EASIEST else len(_EASIEST)


def _is_same(one: _Credential, other: _Credential) -> bool:
    """Whether two secrets of one value are one credential."""
    roles = {one.role, other.role}
    if not one.variables.isdisjoint(other.variables):
        # Written as one variable, they are one by the author's own words; but a server's password is no key of the service.
        return len(roles) == 1 or not roles & _STORES or not (roles & _OWN_KEYS or roles <= _STORES)
    if roles & _OWN_KEYS:
        return len(roles) == 1 and (one.words == other.words or _one_in_the_other(one, other))
    if one.hosts and other.hosts and one.hosts.isdisjoint(other.hosts):
        return one.replica or other.replica
    if len(roles) == 1 and roles & _STORES:
        engines = one.kinds & _ENGINES, other.kinds & _ENGINES
        return not (engines[0] and engines[1]) or not engines[0].isdisjoint(engines[1])
    if one.hosts & other.hosts and one.embedded and other.embedded:
        return True
    if one.kinds and other.kinds:
        shared = one.kinds & other.kinds
        if ("database" in one.kinds and other.kinds & _ENGINES) or ("database" in other.kinds and one.kinds & _ENGINES):
            return True
        return bool(shared - {"admin"}) or (bool(shared) and (one.words <= other.words or other.words <= one.words))
    if one.embedded is not other.embedded and not (one if other.embedded else other).words.isdisjoint(_ANY_SERVER):
        return True
    return _one_in_the_other(one, other)


def _one_in_the_other(one: _Credential, other: _Credential) -> bool:
    """Whether the words of one name are all in the other's (`GITHUB_TOKEN`, `GITHUB_API_TOKEN`)."""
    return bool(one.words and other.words) and (one.words <= other.words or other.words <= one.words)


def _variables(one: FoundSecret) -> frozenset[str]:
    """Return the variables that a secret is written as, or may be: exactly one, where its own text is known.

    A setting of an env file that is no reference counts as the variable that others refer to.
    """
    setting = one.setting
    if setting.path is not None:
        return frozenset({f"file {setting.path}"})
    if setting.written is not None:
        only = _only_variable(setting.written.reveal(), one)
        return frozenset({only}) if only is not None else frozenset()
    named = frozenset(name for name in setting.references if name.isidentifier())
    return named or (frozenset() if one.embedded else frozenset({setting.name}))


def _only_variable(written: str, one: FoundSecret) -> str | None:
    """Return the variable that stands for the whole of a secret in a text as it is written."""
    from preflight.resources._given import password_of

    marked = mark(written)
    part = marked.text.strip() if not one.embedded else (password_of(marked.text) or marked.text.strip())
    variable = marked.variables.get(part)
    return variable.name if variable is not None else None


def _hosts(one: FoundSecret, subject: Subject | None) -> frozenset[str]:
    """Return the hosts that a password is for, where they are known and not this machine."""
    written = one.host if one.embedded else _host_beside(one.setting, subject)
    hosts = (host.strip().rpartition("@")[2].lower() for host in written.split(","))
    return frozenset(bare for host in hosts if (bare := host.partition(":")[0]) not in _HERE)


def _host_beside(setting: Setting, subject: Subject | None) -> str:
    """Return the host in the setting beside a password: `SHOP_DB_HOST` beside `SHOP_DB_PASSWORD`, `PGHOST` beside `PGPASSWORD`."""
    upper = setting.name.upper()
    end = next((word for word in _PASSWORD_ENDS if upper.endswith(word)), None)
    if end is None or subject is None:
        return ""
    beside = subject.settings.get(f"{setting.name[: -len(end)]}HOST")
    return (beside.text or "") if beside is not None else ""
