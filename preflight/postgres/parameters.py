"""The parameters that clients know, by client."""

from __future__ import annotations

#: libpq's parameters, with the environment variable that gives each where the text does not (libpq manual, 32.1.2 and
#: 32.15).
LIBPQ: dict[str, str | None] = {
    "service": "PGSERVICE",
    "user": "PGUSER",
    "password": "PGPASSWORD",
    "passfile": "PGPASSFILE",
    "channel_binding": "PGCHANNELBINDING",
    "connect_timeout": "PGCONNECT_TIMEOUT",
    "dbname": "PGDATABASE",
    "host": "PGHOST",
    "hostaddr": "PGHOSTADDR",
    "port": "PGPORT",
    "client_encoding": "PGCLIENTENCODING",
    "options": "PGOPTIONS",
    "application_name": "PGAPPNAME",
    "fallback_application_name": None,
    "keepalives": None,
    "keepalives_idle": None,
    "keepalives_interval": None,
    "keepalives_count": None,
    "tcp_user_timeout": None,
    "sslmode": "PGSSLMODE",
    "sslnegotiation": "PGSSLNEGOTIATION",
    "sslcompression": "PGSSLCOMPRESSION",
    "sslcert": "PGSSLCERT",
    "sslkey": "PGSSLKEY",
    "sslcertmode": "PGSSLCERTMODE",
    "sslpassword": None,
    "sslrootcert": "PGSSLROOTCERT",
    "sslcrl": "PGSSLCRL",
    "sslcrldir": "PGSSLCRLDIR",
    "sslsni": "PGSSLSNI",
    "requirepeer": "PGREQUIREPEER",
    "require_auth": "PGREQUIREAUTH",
    "min_protocol_version": "PGMINPROTOCOLVERSION",
    "max_protocol_version": "PGMAXPROTOCOLVERSION",
    "ssl_min_protocol_version": "PGSSLMINPROTOCOLVERSION",
    "ssl_max_protocol_version": "PGSSLMAXPROTOCOLVERSION",
    "gssencmode": "PGGSSENCMODE",
    "krbsrvname": "PGKRBSRVNAME",
    "gsslib": "PGGSSLIB",
    "gssdelegation": "PGGSSDELEGATION",
    "replication": None,
    "target_session_attrs": "PGTARGETSESSIONATTRS",
    "load_balance_hosts": "PGLOADBALANCEHOSTS",
    "scram_client_key": None,
    "scram_server_key": None,
    "oauth_issuer": None,
    "oauth_client_id": None,
    "oauth_client_secret": None,
    "oauth_scope": None,
    "sslkeylogfile": None,
}
#: Never carried as a plain parameter.
SECRET = frozenset({"password", "sslpassword", "oauth_client_secret", "scram_client_key", "scram_server_key"})
#: Carried in fields of their own.
PROMOTED = frozenset({"host", "port", "user", "password", "dbname"})

#: Values that libpq accepts, where it accepts a closed set (case-sensitive; fe-connect.c, `pqConnectOptions2`).
VALUES: dict[str, tuple[str, ...]] = {
    "sslmode": ("disable", "allow", "prefer", "require", "verify-ca", "verify-full"),
    "sslnegotiation": ("postgres", "direct"),
    "sslcertmode": ("disable", "allow", "require"),
    "channel_binding": ("disable", "prefer", "require"),
    "gssencmode": ("disable", "prefer", "require"),
    "target_session_attrs": ("any", "read-write", "read-only", "primary", "standby", "prefer-standby"),
    "load_balance_hosts": ("disable", "random"),
}
#: Values of `ssl_min_protocol_version` and `ssl_max_protocol_version`, in lower case because libpq ignores theirs.
TLS_VERSIONS = {"tlsv1": "1.0", "tlsv1.1": "1.1", "tlsv1.2": "1.2", "tlsv1.3": "1.3"}

#: Arguments of the `connect` functions that SQLAlchemy hands the parameters of a URL to, by its driver's name.
SQLALCHEMY_ARGUMENTS: dict[str, frozenset[str]] = {
    "asyncpg": frozenset(
        {
            "host", "port", "user", "password", "passfile", "database", "loop", "timeout", "statement_cache_size",
            "max_cached_statement_lifetime", "max_cacheable_statement_size", "command_timeout", "ssl", "direct_tls",
            "connection_class", "record_class", "server_settings", "target_session_attrs", "krbsrvname", "gsslib",
            "service", "servicefile", "prepared_statement_cache_size", "prepared_statement_name_func", "async_fallback",
            "async_creator_fn", "dsn",
        }
    ),
    "pg8000": frozenset(
        {
            "host", "port", "user", "password", "database", "source_address", "unix_sock", "ssl_context", "timeout",
            "tcp_keepalive", "application_name", "replication", "startup_params", "sock",
        }
    ),
    "psycopg": frozenset({"autocommit", "prepare_threshold", "context", "row_factory", "cursor_factory"}),
    "psycopg2": frozenset({"connection_factory", "cursor_factory", "async", "database"}),
    "psycopg2cffi": frozenset({"connection_factory", "cursor_factory", "async", "database"}),
}  # fmt: skip

#: Parameters that libpq refuses, and the client that they are for. `other`: several clients hand such names to the
#: server.
FOREIGN: dict[str, str] = {
    name: client
    for client, names in {
        "node-postgres": "uselibpqcompat idleTimeoutMillis connectionTimeoutMillis query_timeout",
        "prisma": (
            "schema connection_limit pool_timeout socket_timeout pgbouncer sslaccept sslidentity"
            " max_connection_lifetime max_idle_connection_lifetime"
        ),
        "activerecord": (
            "pool encoding reconnect adapter prepared_statements checkout_timeout reaping_frequency statement_limit"
            " schema_search_path min_messages variables advisory_locks"
        ),
        "pgx": (
            "pool_max_conns pool_min_conns pool_min_idle_conns pool_max_conn_lifetime pool_max_conn_idle_time"
            " pool_health_check_period pool_max_conn_lifetime_jitter default_query_exec_mode statement_cache_capacity"
            " description_cache_capacity servicefile"
        ),
        "sqlx": "statement-cache-capacity ssl-mode ssl-root-cert ssl-ca ssl-cert ssl-key",
        "django": "conn_max_age conn_health_checks disable_server_side_cursors atomic_requests",
        "other": (
            "pool_size max_connections statement_cache_size currentSchema search_path timezone TimeZone datestyle"
            " DateStyle intervalstyle IntervalStyle statement_timeout lock_timeout"
            " idle_in_transaction_session_timeout idle_session_timeout transaction_timeout extra_float_digits"
            " default_transaction_isolation default_transaction_read_only role work_mem jit plan_cache_mode"
            " synchronous_commit client_min_messages row_security bytea_output standard_conforming_strings"
            " binary_parameters prefer_simple_protocol krbspn"
        ),
    }.items()
    for name in names.split()
    if name not in LIBPQ
}
#: Names of sqlx's own for parameters of libpq.
SQLX_ALIASES = {
    "ssl-mode": "sslmode",
    "ssl-root-cert": "sslrootcert",
    "ssl-ca": "sslrootcert",
    "ssl-cert": "sslcert",
    "ssl-key": "sslkey",
}

#: Parameters of JDBC's that are of use here; names are case-sensitive, and unknown ones are ignored
#: (https://jdbc.postgresql.org/documentation/use/).
JDBC = frozenset(
    {
        "ssl", "sslmode", "sslfactory", "sslrootcert", "sslcert", "sslkey", "sslNegotiation", "sslhostnameverifier",
        "gssEncMode", "channelBinding", "service", "targetServerType", "ApplicationName", "currentSchema",
    }
)  # fmt: skip


def resembling(key: str) -> str | None:
    """Return the parameter of libpq that an unknown one was probably meant to be: same letters, or one letter off."""
    folded = key.lower().replace("-", "").replace("_", "").replace(" ", "")
    for name in LIBPQ:
        if name.replace("_", "") == folded:
            return name
    if len(folded) < 5:
        return None
    return next((name for name in LIBPQ if _one_edit(name.replace("_", ""), folded)), None)


def _one_edit(left: str, right: str) -> bool:
    """Say whether one inserted, missing, changed or exchanged letter lies between two words."""
    if abs(len(left) - len(right)) > 1:
        return False
    start = 0
    while start < min(len(left), len(right)) and left[start] == right[start]:
        start += 1
    left, right = left[start:], right[start:]
    return (
        left[1:] == right
        or left == right[1:]
        or left[1:] == right[1:]
        or (left[:2] == right[1::-1] and left[2:] == right[2:])
    )
