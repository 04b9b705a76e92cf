"""Names of settings that configure a database client: by their words, never by a part of a word."""

from __future__ import annotations

from preflight.bindings.tokens import tokens
from preflight.postgres.parameters import LIBPQ

#: Words that make a name one of a PostgreSQL connection.
POSTGRES_WORDS = frozenset(
    {"postgres", "postgresql", "postgresdb", "pg", "pgsql", "psql", "pgbouncer", "timescale", "timescaledb"}
)
#: Words that make a name one of some database connection.
DATABASE_WORDS = POSTGRES_WORDS | {"database", "db", "sql", "rdbms", "datasource", "sqlalchemy", "jdbc"}
#: Words that name another kind of database, in a setting's name or a driver's.
OTHER_DATABASES = frozenset(
    (
        "mysql mysql2 mysqli mysqlx mysqldb pymysql aiomysql asyncmy mariadb maria percona mongo mongodb mssql"
        " sqlserver sqlsrv tedious pymssql pyodbc oracle oci oracledb sqlite sqlite3 aiosqlite redis valkey cassandra"
        " scylla clickhouse influx influxdb neo4j elastic elasticsearch opensearch couch couchdb couchbase ksql"
        " ksqldb dynamo dynamodb arango arangodb orientdb milvus qdrant weaviate chroma pinecone vector rethinkdb"
        " firebird db2 hana snowflake bigquery ldap geoip maxmind h2"
    ).split()
)
#: Those of them that hosts are named after.
OTHER_DATABASE_HOSTS = frozenset(
    {
        "mysql",
        "mariadb",
        "percona",
        "mongo",
        "mongodb",
        "mssql",
        "sqlserver",
        "oracle",
        "cassandra",
        "clickhouse",
        "redis",
    }
)
#: Products that run on MySQL alone.
MYSQL_PRODUCTS = frozenset({"wordpress", "wp", "matomo", "joomla", "prestashop", "magento", "phpmyadmin", "pma"})
#: Names of drivers, dialects and engines that are PostgreSQL's.
POSTGRES_ENGINES = POSTGRES_WORDS | {
    "asyncpg", "psycopg", "psycopg2", "pg8000", "pgx", "libpq", "postgis", "npgsql", "postgrex", "cockroachdb",
}  # fmt: skip
#: Ports on which other databases listen.
OTHER_PORTS = frozenset(
    {"3306", "33060", "27017", "27018", "1433", "1521", "6379", "9042", "8123", "9000", "5984", "50000"}
)

#: How each role is written, after the word for a database.
_SPELLINGS = {
    "host": "host hostname host_name hosts server address addr endpoint url_host",
    "hostaddr": "hostaddr host_addr",
    "port": "port port_number url_port",
    "database": "name database db dbname db_name database_name dbase url_database",
    "user": "user username user_name login",
    "password": "password passwd pass pwd passphrase",
    "ssl_mode": "sslmode ssl_mode tlsmode tls_mode",
    "ssl": "ssl tls use_ssl use_tls enable_ssl enable_tls ssl_enable ssl_enabled tls_enable tls_enabled",
    "ssl_require": "ssl_require ssl_required require_ssl requiressl force_ssl require_tls tls_required",
    "ssl_disabled": "ssl_disabled ssl_disable disable_ssl no_ssl tls_disabled tls_disable disable_tls no_tls",
    "ssl_verify": (
        "ssl_verify ssl_verification verify_ssl tls_verify verify_tls ssl_verify_cert ssl_verify_server_cert"
        " reject_unauthorized ssl_reject_unauthorized tls_reject_unauthorized"
    ),
    "sslrootcert": (
        "sslrootcert rootcert root_cert root_certificate root_ca ssl_root_cert ssl_rootcert ssl_root_certificate"
        " ssl_root_ca ca ca_cert cacert ca_certificate ca_bundle ssl_ca ssl_cafile ssl_cacert ssl_ca_cert"
        " ssl_ca_certificate ssl_ca_bundle tls_ca tls_ca_cert"
    ),
    "sslcert": (
        "sslcert ssl_cert ssl_certificate ssl_client_cert client_cert client_certificate tls_cert tls_client_cert"
    ),
    "sslkey": "sslkey ssl_key ssl_client_key client_key tls_key tls_client_key",
    "sslpassword": "sslpassword ssl_password ssl_passphrase",
    "sslcrl": "sslcrl ssl_crl ssl_crlfile",
    "engine": (
        "engine driver dialect type kind backend client connection vendor adapter provider flavor flavour"
        " driver_class_name"
    ),
    "url": (
        "url uri dsn connection_string connection_url connection_uri connection_dsn conn_string conn_str connstr"
        " conninfo jdbc_url prisma_url database_url db_url url_non_pooling url_no_ssl"
    ),
}
_SUFFIXES = {spelling: role for role, spellings in _SPELLINGS.items() for spelling in spellings.split()}
#: Every name with one of the words above contains one of these: names without are passed over at once.
_MARKS = ("db", "database", "sql", "pg", "postgres", "datasource", "jdbc", "rdbms", "timescale", "dsn")
_FILE_WORDS = frozenset({"file", "path", "filename", "location"})
#: The roles of settings that name files of certificates and keys.
FILE_ROLES = frozenset({"sslrootcert", "sslcert", "sslkey", "sslcrl"})
#: Words that tell one of several databases of an application from another, between the word for database and the role.
_QUALIFIERS = frozenset(
    (
        "replica read reader readonly ro write writer rw primary secondary standby master slave main default"
        " analytics test admin migration migrations direct pool pooler"
    ).split()
)
#: libpq's own variables.
LIBPQ_VARIABLES: dict[str, str] = {
    variable: "database" if name == "dbname" else name for name, variable in LIBPQ.items() if variable is not None
}
#: The group that they form.
LIBPQ_PREFIX = ("PG*",)

_MOST_KEPT = 10_000
_known: dict[str, tuple[tuple[str, ...], str] | None] = {}


def role_of(name: str) -> tuple[tuple[str, ...], str] | None:
    """Return the group that a setting belongs to, and its role in it; None when it is no database client's.

    The group is the words before the role, up to a word for a database: `PAYMENTS_DATABASE_SSL_MODE` has the role
    `ssl_mode` in the group (`payments`, `database`). libpq's own variables form the group `LIBPQ_PREFIX`.

    Args:
        name: The setting's name.
    """
    if name not in _known:
        found = _role_of(name)
        if len(_known) >= _MOST_KEPT:
            return found
        _known[name] = found
    return _known[name]


def _role_of(name: str) -> tuple[tuple[str, ...], str] | None:
    if name in LIBPQ_VARIABLES:
        return LIBPQ_PREFIX, LIBPQ_VARIABLES[name]
    lowered = name.lower()
    if not any(mark in lowered for mark in _MARKS):
        return None
    words = tokens(name)
    if len(words) == 1:
        return (words, "engine") if words[0] in ("db", "database") else ((), "url") if words[0] == "dsn" else None
    for size in range(min(3, len(words) - 1), 0, -1):
        prefix, suffix = words[:-size], "_".join(words[-size:])
        role = _SUFFIXES.get(suffix)
        if role is not None and _names_database(prefix):
            return prefix, role
    stem = words[:-1]
    if words[-1] in _FILE_WORDS and len(stem) > 1:
        found = role_of("_".join(stem))
        if found is not None and found[1] in FILE_ROLES:
            return found
    return (words, "engine") if words[-1] in ("db", "database") else None


def _names_database(prefix: tuple[str, ...]) -> bool:
    if OTHER_DATABASES.intersection(prefix) or MYSQL_PRODUCTS.intersection(prefix):
        return False
    return prefix[-1] in DATABASE_WORDS or (
        len(prefix) > 1 and prefix[-1] in _QUALIFIERS and prefix[-2] in DATABASE_WORDS
    )


def beside(name: str, role: str) -> str:
    """Return how a setting of the same group is named for another role: `DB_SSLMODE` beside `DB_HOST`.

    Args:
        name: A setting that belongs to a group, see `role_of`; one that belongs to none gives the role alone.
        role: libpq's name of the parameter, such as `sslmode`.
    """
    place = role_of(name)
    if place is None or place[0] == LIBPQ_PREFIX:
        return LIBPQ[role] or role
    size = next((size for size in range(len(name), 0, -1) if tokens(name[:size]) == place[0]), 0)
    prefix = name[:size]
    if prefix[-1:].isalnum():
        return prefix + role.capitalize()  # databaseHost, databaseSslmode
    return prefix + (role if prefix.islower() else role.upper())


def canonical(prefix: tuple[str, ...]) -> tuple[str, ...]:
    """Return the group's words with one word for all synonyms of database, and one for PostgreSQL."""
    return tuple(
        "postgres" if word in POSTGRES_WORDS else "database" if word in DATABASE_WORDS else word for word in prefix
    )
