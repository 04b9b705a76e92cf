"""What published images of PostgreSQL bring along: their server's user, folders, and who is let in when nothing else is said.

docker-library/postgres, `docker-entrypoint.sh` (images made from it keep its entrypoint), and bitnami/containers,
`libpostgresql.sh`.
"""

from __future__ import annotations

from preflight.model.record import Record, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Literal

    Family = Literal["official", "bitnami", "other"]

# Images made from the official one, which keep its entrypoint, folders and user.
_OFFICIAL = frozenset(
    {
        "postgres", "postgis/postgis", "imresamu/postgis", "pgvector/pgvector", "ankane/pgvector", "timescale/timescaledb",
        "citusdata/citus", "apache/age", "pgrouting/pgrouting",
    }
)  # fmt: skip
_ALPINE = frozenset({"timescale/timescaledb"})
_BITNAMI = frozenset({"postgresql", "postgresql-repmgr"})
# Names of images that run a server, whoever publishes them.
_SERVERS = frozenset(
    {
        "postgres", "postgresql", "postgis", "pgvector", "pgrouting", "timescaledb", "timescaledb-ha", "timescaledb-postgis",
        "postgresql-repmgr", "pgvecto-rs", "vchord-postgres", "citus", "paradedb", "spilo", "postgres-ssl", "age",
    }
)  # fmt: skip
_SCRAM_SINCE = 14  # password_encryption is scram-sha-256 by default
_TLS_1_2_SINCE = 13
_DATA_BY_VERSION_SINCE = 18
_DEBIAN_USER, _ALPINE_USER, _BITNAMI_USER = 999, 70, 1001
_CLUSTER_ROWS = """local all all trust
host all all 127.0.0.1/32 trust
host all all ::1/128 trust
local replication all trust
host replication all 127.0.0.1/32 trust
host replication all ::1/128 trust
"""
_INITDB = "POSTGRES_INITDB_ARGS"
_TRUE = frozenset({"yes", "true", "1"})


class ServerImage(Record):
    """An image, as far as its name tells."""

    repository: str = field("Its repository, without registry and tag.")
    family: Family = field("Whose entrypoint it has.", choices=("official", "bitnami", "other"))
    major: int | None = field("Major version of PostgreSQL; None where the tag does not tell.", default=None)
    user: int | None = field("User that the server runs as; None where that is not known.", default=None)

    @property
    def is_server(self) -> bool:
        """Whether it runs a server by itself."""
        owner, _, name = self.repository.rpartition("/")
        # `apache/age` and `citusdata/citus` are servers, `example/age` is anything.
        return self.family != "other" or (name in _SERVERS and (name not in {"age", "citus"} or not owner))

    @property
    def password_encryption(self) -> str:
        """How its server hashes new passwords when nothing is said."""
        return "md5" if self.major is not None and self.major < _SCRAM_SINCE else "scram-sha-256"

    @property
    def ssl_min_protocol_version(self) -> str:
        """Lowest TLS version of its server when nothing is said (release notes of version 13)."""
        return "TLSv1" if self.major is not None and self.major < _TLS_1_2_SINCE else "TLSv1.2"

    def data_directory(self, environment: Mapping[str, str]) -> str | None:
        """Return the folder of its database, None where that is not known.

        Args:
            environment: The variables it is given.
        """
        if self.family == "bitnami":
            return environment.get("POSTGRESQL_DATA_DIR") or "/bitnami/postgresql/data"
        written = environment.get("PGDATA")
        if written or self.family == "other":
            return written or None
        if self.major is not None and self.major >= _DATA_BY_VERSION_SINCE:
            return f"/var/lib/postgresql/{self.major}/docker"
        return "/var/lib/postgresql/data"


def server_image(repository: str, tag: str) -> ServerImage:
    """Return what is known of an image.

    Args:
        repository: Its repository, without the registry.
        tag: Its tag; empty where there is none.
    """
    known = repository.removeprefix("docker/library/").removeprefix("library/")
    owner, _, name = known.rpartition("/")
    if known in _OFFICIAL:
        alpine = "alpine" in tag or known in _ALPINE
        return ServerImage(
            repository=known, family="official", major=_major(known, tag), user=_ALPINE_USER if alpine else _DEBIAN_USER
        )
    if owner in ("bitnami", "bitnamilegacy", "bitnamisecure") and name in _BITNAMI:
        return ServerImage(repository=known, family="bitnami", major=_major(known, tag), user=_BITNAMI_USER)
    return ServerImage(repository=known, family="other")


def _major(repository: str, tag: str) -> int | None:
    """Return the major version that a tag names: `16-alpine`, `latest-pg16`, `pg16`; a number alone is the image's own elsewhere."""
    for part in tag.replace(".", "-").split("-"):
        if part.startswith("pg") and part[2:].isdecimal():
            return int(part[2:])
    first = tag.replace(".", "-").partition("-")[0]
    own = repository in {"postgres", "postgis/postgis", "imresamu/postgis"} or repository.startswith("bitnami")
    return int(first) if own and first.isdecimal() and first.isascii() and len(first) <= 2 else None


def official_access(environment: Mapping[str, str], password_encryption: str) -> str:
    """Return the `pg_hba.conf` that the official entrypoint makes with a new database.

    Args:
        environment: The variables it is given.
        password_encryption: What the server says to that setting, which is the method unless POSTGRES_HOST_AUTH_METHOD is set.
    """
    method = environment.get("POSTGRES_HOST_AUTH_METHOD") or password_encryption
    return f"{_CLUSTER_ROWS}\nhost all all all {method}\n"


def official_settings(environment: Mapping[str, str]) -> tuple[tuple[str, str, str], ...]:
    """Return what the official entrypoint writes into `postgresql.conf` with a new database: name, value, and who says so.

    Args:
        environment: The variables it is given; `initdb` takes `-c name=value` (since PostgreSQL 16) from POSTGRES_INITDB_ARGS.
    """
    made = [("listen_addresses", "*", "")]
    words = environment.get(_INITDB, "").replace("'", "").replace('"', "").split()
    for position, word in enumerate(words):
        text = ""
        if word in ("-c", "--set"):
            text = "".join(words[position + 1 : position + 2])
        elif word.startswith(("-c", "--set=")):
            text = word.removeprefix("-c").removeprefix("--set=")
        name, equals, value = text.partition("=")
        if equals:
            made.append((name.lower(), value, _INITDB))
    return tuple(made)


def bitnami_access(environment: Mapping[str, str], *, authority: bool, password: bool) -> str:
    """Return the `pg_hba.conf` that Bitnami's scripts make at each start.

    Args:
        environment: The variables it is given.
        authority: Whether TLS is on with a CA.
        password: Whether a password is set.
    """
    method = "md5" if password else "trust"
    rows = ""
    if environment.get("POSTGRESQL_ALLOW_REMOTE_CONNECTIONS", "yes").lower() in _TRUE:
        remote = "ldap" if environment.get("POSTGRESQL_ENABLE_LDAP", "").lower() in _TRUE else method
        if remote == "ldap":
            rows += f"host all postgres 0.0.0.0/0 {method}\nhost all postgres ::/0 {method}\n"
        rows += f"host all all 0.0.0.0/0 {remote}\nhost all all ::/0 {remote}\n"
        rows += f"local all all {method}\nhost all all 127.0.0.1/32 {method}\nhost all all ::1/128 {method}\n"
    if authority:
        rows = "hostssl all all 0.0.0.0/0 cert\nhostssl all all ::/0 cert\n" + rows
    return rows


def bitnami_settings(environment: Mapping[str, str]) -> tuple[tuple[str, str, str], ...]:
    """Return what Bitnami's scripts write into `postgresql.conf`: name, value, and the variable that says so, if one does.

    Args:
        environment: The variables it is given.
    """
    made = [("listen_addresses", "*", "")]
    if environment.get("POSTGRESQL_ENABLE_TLS", "no").lower() in _TRUE:
        made.append(("ssl", "on", "POSTGRESQL_ENABLE_TLS"))
        for name, variable in (
            ("ssl_cert_file", "POSTGRESQL_TLS_CERT_FILE"),
            ("ssl_key_file", "POSTGRESQL_TLS_KEY_FILE"),
            ("ssl_ca_file", "POSTGRESQL_TLS_CA_FILE"),
            ("ssl_crl_file", "POSTGRESQL_TLS_CRL_FILE"),
        ):
            if environment.get(variable):
                made.append((name, environment[variable], variable))
    elif "POSTGRESQL_ENABLE_TLS" in environment:
        made.append(("ssl", "off", "POSTGRESQL_ENABLE_TLS"))
    if environment.get("POSTGRESQL_PASSWORD_ENCRYPTION"):
        made.append(
            ("password_encryption", environment["POSTGRESQL_PASSWORD_ENCRYPTION"], "POSTGRESQL_PASSWORD_ENCRYPTION")
        )
    return tuple(made)
