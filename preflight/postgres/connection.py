"""A connection as its settings describe it."""

from __future__ import annotations

from preflight.model.record import Record, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal

    from preflight.model.secret_text import SecretText

    Form = Literal["uri", "keyword", "jdbc", "ado", "environment", "settings", "unknown"]

FORMS = ("uri", "keyword", "jdbc", "ado", "environment", "settings", "unknown")

#: Clients whose reading of a connection string is known here. `other` is a client that is none of them and not libpq.
DRIVERS = (
    "libpq",
    "sqlalchemy-psycopg",
    "sqlalchemy-psycopg2",
    "sqlalchemy-psycopg2cffi",
    "sqlalchemy-asyncpg",
    "sqlalchemy-pg8000",
    "jdbc",
    "npgsql",
    "asyncpg",
    "pgx",
    "sqlx",
    "activerecord",
    "django",
    "node-postgres",
    "porsager",
    "prisma",
    "other",
)


class ConnectionProblem(Record):
    """Something that a driver refuses or reads otherwise than it looks. Never quotes what was written."""

    code: str = field("Stable identifier in snake case.")
    message: str = field("A clause that says what is wrong; fixed for its code and parameter.")
    parameter: str | None = field("The known parameter it is about, by the name its driver documents.", default=None)


class Host(Record):
    """One server of a connection."""

    host: str | None = field(
        "Name, address without brackets or socket directory; empty for the client's default; None where it is unknown."
    )
    port: str | None = field("Digits; empty for the client's default; None where it is unknown.", default="")


#: A server that is given, but not known here.
UNKNOWN_HOST = Host(host=None, port=None)


class Connection(Record):
    """What one connection string, or one group of settings, says about a connection.

    Only `password` and `key_passphrase` may hold a secret: values that a malformed text could have filled with a part of
    the password are left out.
    """

    form: Form = field("How it is written.", choices=FORMS)
    driver: str = field(
        "The client that the text names or can only be meant for; `libpq` where nothing tells.", choices=DRIVERS
    )
    hosts: tuple[Host, ...] = field("Servers in the order they are tried; empty when none is written.", default=())
    user: str | None = field("User name; None when none is written, or it is unknown.", default=None)
    password: SecretText | None = field("Password; None when none is written.", default=None)
    key_passphrase: SecretText | None = field(
        "What opens the client's private key (`sslpassword`); None when it is not written, or empty.", default=None
    )
    database: str | None = field("Database name; None when none is written, or it is unknown.", default=None)
    parameters: Mapping[str, str] = field(
        "Further known parameters by the driver's own names; passwords and unknown parameters are left out."
    )
    unknown: tuple[str, ...] = field(
        "Parameters (`user`, `dbname` and `password` among them) whose value is a reference that nothing has replaced.",
        default=(),
    )
    incomplete: bool = field("Whether a reference may add further parameters.", default=False)
    problems: tuple[ConnectionProblem, ...] = field("What the driver refuses or misreads.", default=())
    advice: tuple[ConnectionProblem, ...] = field(
        "What another client than the presumed one would refuse or read differently.", default=()
    )

    def __hash__(self) -> int:
        return hash((self.form, self.driver, self.hosts, self.user, self.database, tuple(self.parameters.items())))
