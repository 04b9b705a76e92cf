"""The table: one row for each way in which a service's connection to PostgreSQL can be right or wrong.

`{d}` is the directory of the certificates, `{port}` the server's port, `{socket}` its socket's directory, `{free}` a port
on which nothing listens. What libpq makes of a row is written down here and held against libpq itself; the live verdict
must be the same, and the static one must be, except where a row says why it cannot.
"""

# ruff: noqa: E501 - a table, one row on a line

from __future__ import annotations

from dataclasses import dataclass, field

PASSWORD = "of-this-test-only"
CA = "sslrootcert={d}/ca.pem"
FULL = f"sslmode=verify-full&{CA}"
CLIENT = "sslcert={d}/client.pem&sslkey={d}/client.key"

# What a server is started with: certificate's name (None: no TLS) and settings.
SERVERS = {
    "good": ("server", {}),
    "expired": ("expired", {}),
    "future": ("future", {}),
    "common name": ("common-name", {}),
    "ed25519": ("ed25519", {}),
    "below an old root": ("below-old-root", {}),
    "no tls": (None, {}),
    "at most 1.2": ("server", {"ssl_max_protocol_version": "TLSv1.2"}),
    "at least 1.3": ("server", {"ssl_min_protocol_version": "TLSv1.3"}),
}
HBA = """\
hostssl   shared  all     all scram-sha-256
hostssl   trusted all     all trust
hostssl   all     app     all cert
hostssl   all     pw      all scram-sha-256
hostssl   all     md      all md5
hostssl   all     clear   all password
hostssl   all     pwcert  all scram-sha-256 clientcert=verify-ca
hostssl   all     pwname  all scram-sha-256 clientcert=verify-full
hostssl   all     full    all scram-sha-256
host      all     mixed   all scram-sha-256
hostnossl all     plain   all scram-sha-256
host      all     open    all trust
local     all     pw          scram-sha-256
"""
HBA_WITHOUT_TLS = "host all mixed all scram-sha-256\n"
ROLES = [
    "set password_encryption = 'md5'",
    f"create role md login password '{PASSWORD}'",
    "set password_encryption = 'scram-sha-256'",
    "create role app login",
    "create role open login",
    "create role nologin",
    f"create role full login password '{PASSWORD}' connection limit 0",
    *(f"create role {name} login password '{PASSWORD}'" for name in "pw clear pwcert pwname mixed plain".split()),
    "create database shared",
    "create database trusted",
    "create database closed allow_connections false",
    "create database forbidden",
    "revoke connect on database forbidden from public",
]

SERVER_ONLY = "what the server is made of is not in the client's configuration"
SECRET_ONLY = "only the server knows its passwords and roles"
RULES_ONLY = "only the server knows its pg_hba.conf"
NETWORK_ONLY = "only the network knows what answers"
UNSAID = "libpq falls back silently, and says nothing of what it left out"
HOME_ONLY = (
    "in whose home libpq will look for its own files is known only where it runs; a warning says that none is named"
)
ADDRESS_ONLY = "a host that is missing and one that repeats its address look alike in the configuration"


@dataclass(frozen=True)
class Case:
    """One row.

    Attributes:
        name: What it is about.
        query: Parameters of the URI.
        reason: The live verdict: a code of `POSTGRES_REASONS`; None: the connection works.
        user: The role; `pw` unless it matters.
        password: None: none is given.
        host: What stands between `@` and `/`.
        text: The whole connection string, where it is no such URI; None without an `environment`.
        libpq: What is handed to libpq instead, where it does not read the text itself.
        environment: Settings beside the connection string, or instead of it.
        server: A key of `SERVERS`.
        facts: Facts of the session, or of its first server, that must hold.
        failures: Whether a server has a failure although libpq connects: it went to another, or on in clear.
        only_live: Why no look at the configuration can tell that it fails.
        stricter: Why the static verdict refuses what libpq accepts.
        uid: Who runs it, where the tests run as root.
        alone: Whether libpq runs in a session without a terminal: it would ask for a passphrase.
        below: Only for servers below this major version.
        root: Only as root.
    """

    name: str
    query: str = FULL
    reason: str | None = None
    user: str = "pw"
    password: str | None = PASSWORD
    host: str = "localhost:{port}"
    database: str = "postgres"
    text: str | None = None
    libpq: str | None = None
    environment: dict[str, str] = field(default_factory=dict)
    server: str = "good"
    facts: dict[str, object] = field(default_factory=dict)
    failures: bool = False
    only_live: str | None = None
    stricter: str | None = None
    uid: int | None = None
    alone: bool = False
    below: int | None = None
    root: bool = False

    def texts(self, **places):
        """Return what the service is configured with, what libpq is given, and the environment beside it."""
        credentials = self.user if self.password is None else f"{self.user}:{self.password}"
        uri = f"postgresql://{credentials}@{self.host}/{self.database}?{self.query}"
        text = self.text if self.text is not None else None if "PGHOST" in self.environment else uri
        environment = {name: value.format(**places) for name, value in self.environment.items()}
        text = None if text is None else text.format(**places)
        return text, text if self.libpq is None else self.libpq.format(**places), environment


def _at(host, address="127.0.0.1"):
    """Name a host that is somewhere else than its name says."""
    return {"host": f"{host}:{{port}}", "query": f"{FULL}&hostaddr={address}"}


def _cert(query="", *, certificate="client.pem", key="client.key", user="app", base=FULL):
    return {
        "user": user,
        "password": None if user == "app" else PASSWORD,
        "query": f"{base}&sslcert={{d}}/{certificate}&sslkey={{d}}/{key}{query}",
    }


_TLS = {"tls": True}
_PLAIN = {"tls": False}

CASES = [
    # Who is let in, and how.
    Case("password, verified", facts={"tls": True, "authentication": "sasl", "plaintext": "refused", "tls_offered": True}),
    Case("client certificate", **_cert(), facts={"tls": True, "authentication": "none", "client_certificate": True}),
    Case("md5", user="md", facts={"authentication": "md5"}),
    Case("password in clear inside TLS", user="clear", facts={"authentication": "password"}),
    Case("password and client certificate", **_cert(user="pwcert"), facts={"client_certificate": True}),
    Case("plaintext accepted beside TLS", user="mixed", facts={"tls": True, "plaintext": "accepted"}),
    Case("plaintext open to everybody", user="open", password=None, facts={"tls": True, "plaintext": "open"}),
    Case("password refused", password="wrong-one", reason="password_refused", only_live=SECRET_ONLY, facts={"authentication": "sasl", "plaintext": "refused"}),
    Case("md5 password refused", user="md", password="wrong-one", reason="password_refused", only_live=SECRET_ONLY),
    Case("password missing", password=None, reason="password_missing", only_live="no credential is a policy's failure, not libpq's"),
    Case("role unknown where a password is asked", user="ghost", database="shared", reason="password_refused", only_live=SECRET_ONLY),
    Case("role unknown where none is asked", user="ghost", database="trusted", reason="role_missing", only_live=SECRET_ONLY),
    Case("role may not log in", user="nologin", database="trusted", reason="role_missing", only_live=SECRET_ONLY),
    Case("role unknown to pg_hba.conf", user="ghost", reason="no_hba_entry", only_live=RULES_ONLY),
    Case("database unknown", database="nowhere", reason="database_missing", only_live=SECRET_ONLY),
    Case("database closed", database="closed", reason="database_closed", only_live=SECRET_ONLY),
    Case("database forbidden", database="forbidden", reason="database_forbidden", only_live=SECRET_ONLY),
    Case("no connection left", user="full", reason="too_many_connections", only_live=SERVER_ONLY),
    # How the server's certificate is verified.
    Case("verify-ca", query=f"sslmode=verify-ca&{CA}", facts=_TLS),
    Case("address", host="127.0.0.1:{port}", facts=_TLS),
    Case("address of version 6", host="[::1]:{port}", facts=_TLS),
    Case("name in capitals", **_at("DB.Internal"), facts=_TLS),
    Case("wildcard", **_at("db.cluster.test"), facts=_TLS),
    Case("wildcard, one label too many", **_at("a.db.cluster.test"), reason="name_mismatch", only_live=SERVER_ONLY),
    Case("wildcard, no label", **_at("cluster.test"), reason="name_mismatch", only_live=SERVER_ONLY),
    Case("wrong host", **_at("elsewhere.test"), reason="name_mismatch", only_live=SERVER_ONLY, facts={"tls_offered": True, "plaintext": "refused"}),
    Case("wrong host, verify-ca", host="elsewhere.test:{port}", query=f"sslmode=verify-ca&{CA}&hostaddr=127.0.0.1", facts=_TLS),
    Case("wrong address", **_at("192.0.2.7"), reason="ip_mismatch", only_live=SERVER_ONLY),
    Case("trailing dot", **_at("db.internal."), reason="name_mismatch", only_live=SERVER_ONLY),
    Case("address without a name", text=f"hostaddr=127.0.0.1 port={{port}} user=pw password={PASSWORD} dbname=postgres sslmode=verify-full sslrootcert={{d}}/ca.pem", reason="host_missing", only_live=ADDRESS_ONLY),
    Case("address without a name, verify-ca", text=f"hostaddr=127.0.0.1 port={{port}} user=pw password={PASSWORD} dbname=postgres sslmode=verify-ca sslrootcert={{d}}/ca.pem", facts=_TLS),
    Case("common name alone", server="common name", **_at("db.internal"), facts=_TLS),
    Case("common name of another", server="common name", reason="name_mismatch", only_live=SERVER_ONLY),
    Case("expired", server="expired", reason="expired", only_live=SERVER_ONLY),
    Case("expired, verify-ca", server="expired", query=f"sslmode=verify-ca&{CA}", reason="expired", only_live=SERVER_ONLY),
    Case("expired, unverified", server="expired", query="sslmode=require", facts=_TLS),
    Case("not yet valid", server="future", reason="not_yet_valid", only_live=SERVER_ONLY),
    Case("wrong CA", query="sslmode=verify-full&sslrootcert={d}/other-ca.pem", reason="wrong_ca", only_live=SERVER_ONLY),
    Case("wrong CA, verify-ca", query="sslmode=verify-ca&sslrootcert={d}/other-ca.pem", reason="wrong_ca", only_live=SERVER_ONLY),
    Case("wrong CA, require", query="sslmode=require&sslrootcert={d}/other-ca.pem", reason="wrong_ca", only_live=SERVER_ONLY),
    Case("wrong CA, prefer, TLS demanded", query="sslmode=prefer&sslrootcert={d}/other-ca.pem", reason="wrong_ca", only_live=SERVER_ONLY),
    Case("wrong CA, prefer, goes on in clear", user="mixed", query="sslmode=prefer&sslrootcert={d}/other-ca.pem", facts=_PLAIN, failures=True),
    Case("two CAs in the file", query="sslmode=verify-full&sslrootcert={d}/two-ca.pem", facts=_TLS),
    Case("CA file missing", query="sslmode=verify-full&sslrootcert={d}/none.pem", reason="ca_file_missing"),
    Case("CA file missing, verify-ca", query="sslmode=verify-ca&sslrootcert={d}/none.pem", reason="ca_file_missing"),
    Case("CA file missing, require", query="sslmode=require&sslrootcert={d}/none.pem", facts=_TLS, stricter=UNSAID),
    Case("CA not named, no default", query="sslmode=verify-full", reason="ca_file_missing", only_live=HOME_ONLY),
    Case("CA file garbage", query="sslmode=verify-full&sslrootcert={d}/garbage", reason="ca_unusable"),
    Case("CA file garbage, require", query="sslmode=require&sslrootcert={d}/garbage", reason="ca_unusable"),
    Case("CA file garbage, prefer, goes on in clear", user="mixed", query="sslmode=prefer&sslrootcert={d}/garbage", facts=_PLAIN, failures=True, stricter=UNSAID),
    Case("client certificate refused, prefer, TLS 1.3", **_cert(certificate="client-other-ca.pem", key="client-other-ca.key", base="sslmode=prefer", user="mixed"), reason="client_certificate_unknown_ca", only_live=SERVER_ONLY),
    Case("client certificate refused, prefer, TLS 1.2 goes on in clear", server="at most 1.2", **_cert(certificate="client-other-ca.pem", key="client-other-ca.key", base="sslmode=prefer", user="mixed"), facts=_PLAIN, failures=True),
    Case("CA file with something that is no certificate", query="sslmode=verify-full&sslrootcert={d}/ca-and-garbage.pem", reason="ca_unusable"),
    Case("CA file with something that is no certificate first", query="sslmode=verify-full&sslrootcert={d}/garbage-and-ca.pem", reason="ca_unusable"),
    Case("CA file with headers in a block", query="sslmode=verify-full&sslrootcert={d}/ca-headers.pem", reason="ca_unusable"),
    Case("CA with OpenSSL's trust settings", query="sslmode=verify-full&sslrootcert={d}/ca-trusted.pem", facts=_TLS),
    Case("CA that OpenSSL's trust settings leave to clients", query="sslmode=verify-full&sslrootcert={d}/ca-trusted-for-clients.pem", reason="certificate_refused"),
    Case("root without basicConstraints", server="below an old root", query="sslmode=verify-full&sslrootcert={d}/old-root.pem", facts=_TLS),
    Case("CA file a directory", query="sslmode=verify-full&sslrootcert={d}/directory", reason="ca_unusable"),
    Case("system's CAs do not know it", query="sslmode=verify-full&sslrootcert=system", reason="wrong_ca", only_live=SERVER_ONLY),
    Case("system's CAs know it", query="sslmode=verify-full&sslrootcert=system", environment={"SSL_CERT_FILE": "{d}/ca.pem"}, facts=_TLS),
    Case("system's CAs with require", query="sslmode=require&sslrootcert=system", reason="settings_refused"),
    Case("certificate of Ed25519 binds no channel", server="ed25519", query="sslmode=verify-full&sslrootcert={d}/ed25519.pem", reason="channel_binding_digest", only_live=SERVER_ONLY),
    Case("certificate of Ed25519, no binding", server="ed25519", query="sslmode=verify-full&sslrootcert={d}/ed25519.pem&channel_binding=disable", facts=_TLS),
    # Modes that verify nothing.
    Case("require", query="sslmode=require", facts=_TLS),
    Case("no mode", query="", facts=_TLS),
    Case("prefer", query="sslmode=prefer", facts=_TLS),
    Case("ssl=true", query="ssl=true", facts=_TLS),
    Case("allow, TLS demanded", query="sslmode=allow", facts=_TLS),
    Case("allow, plaintext accepted", user="mixed", query="sslmode=allow", facts=_PLAIN),
    Case("disable, TLS demanded", query="sslmode=disable", reason="no_hba_entry", only_live=RULES_ONLY, facts={"tls_offered": True, "plaintext": "refused"}),
    Case("disable, plaintext accepted", user="mixed", query="sslmode=disable", facts={"tls": False, "plaintext": "accepted"}),
    Case("TLS refused by pg_hba.conf", user="plain", reason="no_hba_entry", only_live=RULES_ONLY, facts={"plaintext": "accepted"}),
    Case("plaintext demanded by pg_hba.conf", user="plain", query="sslmode=disable", facts=_PLAIN),
    *(Case(f"server without TLS, {mode}", server="no tls", user="mixed", query=f"sslmode={mode}", facts={"tls": False, "tls_offered": False, "plaintext": "accepted"}) for mode in ("disable", "allow", "prefer")),
    *(Case(f"server without TLS, {mode}", server="no tls", user="mixed", query=f"sslmode={mode}&{CA}", reason="plaintext_only", only_live=SERVER_ONLY, facts={"tls_offered": False}) for mode in ("require", "verify-ca", "verify-full")),
    # Versions.
    Case("TLS 1.3 at least, server at most 1.2", server="at most 1.2", query=f"{FULL}&ssl_min_protocol_version=TLSv1.3", reason="protocol_version", only_live=SERVER_ONLY),
    Case("TLS 1.2 with a server at most 1.2", server="at most 1.2", facts={"tls_version": "1.2"}),
    Case("TLS 1.2 at most, server at least 1.3", server="at least 1.3", query=f"{FULL}&ssl_max_protocol_version=TLSv1.2", reason="protocol_version", only_live=SERVER_ONLY),
    Case("TLS 1.3 at least", query=f"{FULL}&ssl_min_protocol_version=tlsv1.3", facts={"tls_version": "1.3"}),
    Case("version misspelled", query=f"{FULL}&ssl_min_protocol_version=1.3", reason="settings_refused"),
    Case("versions crossed", query=f"{FULL}&ssl_min_protocol_version=TLSv1.3&ssl_max_protocol_version=TLSv1.2", reason="settings_refused"),
    # The client's certificate and key.
    Case("client certificate wanted, none given", user="app", password=None, reason="client_certificate_required", only_live=RULES_ONLY),
    Case("client certificate wanted beside the password", user="pwcert", reason="client_certificate_required", only_live=RULES_ONLY),
    Case("client certificate switched off", **_cert("&sslcertmode=disable"), reason="client_certificate_required", only_live=RULES_ONLY),
    Case("client certificate demanded, none there", query=f"{FULL}&sslcertmode=require", reason="client_certificate_unasked", only_live=HOME_ONLY),
    Case("client certificate's file missing", **_cert(certificate="none.pem"), reason="client_certificate_required"),
    Case("client certificate's file missing, not wanted", **_cert(certificate="none.pem", user="pw"), stricter=UNSAID),
    Case("client certificate garbage", **_cert(certificate="garbage"), reason="client_certificate_unusable"),
    Case("client certificate with something that is none behind it", **_cert(certificate="client-and-garbage.pem", key="client-and-garbage.key"), reason="client_certificate_unusable"),
    Case("client certificate below a renewed CA, the stale one first", **_cert(certificate="client-stale-first.pem", key="client-stale-first.key"), facts={"client_certificate": True}),
    Case("client certificate below a renewed CA, the stale one last", **_cert(certificate="client-stale-last.pem", key="client-stale-last.key"), facts={"client_certificate": True}),
    Case("client certificate expired", **_cert(certificate="client-expired.pem", key="client-expired.key"), reason="client_certificate_expired"),
    Case("client certificate expired, TLS 1.2", server="at most 1.2", **_cert(certificate="client-expired.pem", key="client-expired.key"), reason="client_certificate_expired"),
    Case("client certificate of another CA", **_cert(certificate="client-other-ca.pem", key="client-other-ca.key"), reason="client_certificate_unknown_ca"),
    Case("client certificate of another CA, TLS 1.2", server="at most 1.2", **_cert(certificate="client-other-ca.pem", key="client-other-ca.key"), reason="client_certificate_unknown_ca"),
    Case("client certificate of another user", **_cert(certificate="client-other-user.pem", key="client-other-user.key"), reason="client_certificate_user", only_live=RULES_ONLY),
    Case("client certificate of another user, beside the password", **_cert(user="pwname"), reason="password_refused", only_live="the server itself calls it a refused password"),
    Case("client certificate refused, prefer", **_cert(certificate="client-other-ca.pem", key="client-other-ca.key", base="sslmode=prefer"), reason="client_certificate_unknown_ca", only_live=SERVER_ONLY),
    Case("key missing", **_cert(key="none.key"), reason="key_missing"),
    Case("key a directory", **_cert(key="directory"), reason="key_not_regular"),
    Case("key readable by everybody", **_cert(key="world.key"), reason="key_permissions"),
    Case("key readable by its group", **_cert(key="group.key"), reason="key_permissions"),
    Case("key of root's readable by its group", **_cert(key="root-group.key"), facts=_TLS, root=True),
    Case("key unreadable", **_cert(), reason="client_key_unusable", uid=65534, root=True),
    Case("key of another certificate", **_cert(key="mismatched.key"), reason="client_key_mismatch"),
    Case("key garbage", **_cert(key="garbage"), reason="client_key_unusable"),
    Case("key in DER", **_cert(key="der.key"), facts={"client_certificate": True}),
    Case("key encrypted, no passphrase", **_cert(key="encrypted.key"), reason="client_key_encrypted", alone=True),
    Case("key encrypted, passphrase", **_cert("&sslpassword={passphrase}", key="encrypted.key"), facts={"client_certificate": True}),
    Case("key encrypted, wrong passphrase", **_cert("&sslpassword=wrong-one", key="encrypted.key"), reason="client_key_passphrase_wrong"),
    # Values that libpq refuses, and demands of the client's own.
    Case("mode misspelled", query=f"sslmode=verify_full&{CA}", reason="settings_refused"),
    Case("mode empty", query=f"sslmode=&{CA}", reason="settings_refused"),
    Case("parameter unknown", query=f"{FULL}&sslmod=require", reason="settings_refused"),
    Case("setting unknown to the server", query=f"{FULL}&options=-c%20no_such_setting%3D1", reason="settings_refused", only_live="the server's settings are its own"),
    Case("channel bound", query=f"{FULL}&channel_binding=require", facts=_TLS),
    Case("channel bound, without a password", **_cert("&channel_binding=require"), reason="channel_binding_impossible", only_live=RULES_ONLY),
    Case("channel bound, without TLS", query="sslmode=disable&channel_binding=require", reason="settings_refused"),
    Case("direct TLS, server before 17", query=f"{FULL}&sslnegotiation=direct", reason="direct_tls_unsupported", only_live=SERVER_ONLY, below=17),
    Case("direct TLS, prefer", query="sslmode=prefer&sslnegotiation=direct", reason="settings_refused"),
    Case("method demanded", query=f"{FULL}&require_auth=scram-sha-256", facts=_TLS),
    Case("method demanded, another asked", query=f"{FULL}&require_auth=md5", reason="method_refused", only_live=RULES_ONLY),
    Case("primary demanded", query=f"{FULL}&target_session_attrs=read-write", facts=_TLS),
    Case("standby demanded", query=f"{FULL}&target_session_attrs=standby", reason="wrong_session_attributes", only_live=SERVER_ONLY),
    # Where the server is.
    Case("first of two hosts down", host="localhost:{free},localhost:{port}", facts=_TLS, failures=True),
    Case("second of two hosts down", host="localhost:{port},localhost:{free}", facts=_TLS, failures=True),
    Case("both hosts down", host="localhost:{free},127.0.0.1:{free}", reason="refused", only_live=NETWORK_ONLY),
    Case("first of two hosts misnamed", host="elsewhere.test:{port},localhost:{port}", query=f"{FULL}&hostaddr=127.0.0.1,127.0.0.1", reason="name_mismatch", only_live=SERVER_ONLY),
    Case("nothing listens", host="localhost:{free}", reason="refused", only_live=NETWORK_ONLY),
    Case("name unknown", host="no-such-host.invalid:{port}", reason="name_not_resolved", only_live=NETWORK_ONLY),
    Case("local socket", text=f"postgresql://pw:{PASSWORD}@/postgres?host={{socket}}&port={{port}}", facts=_PLAIN),
    Case("local socket, mode of no account", text=f"postgresql://pw:{PASSWORD}@/postgres?host={{socket}}&port={{port}}&sslmode=verify-full", facts=_PLAIN),
    Case("local socket, password refused", text="postgresql://pw:wrong-one@/postgres?host={socket}&port={port}", reason="password_refused", only_live=SECRET_ONLY),
    Case("local socket missing", text=f"postgresql://pw:{PASSWORD}@/postgres?host={{d}}/directory&port={{port}}", reason="socket_missing", only_live=NETWORK_ONLY),
    # How it is written.
    Case("postgres://", text=f"postgres://pw:{PASSWORD}@localhost:{{port}}/postgres?{FULL}", facts=_TLS),
    Case("keyword list", text=f"host=localhost port={{port}} user=pw password='{PASSWORD}' dbname=postgres sslmode=verify-full sslrootcert={{d}}/ca.pem", facts=_TLS),
    Case("keyword list, wrong CA", text=f"host=localhost port={{port}} user=pw password='{PASSWORD}' dbname=postgres sslmode=verify-full sslrootcert={{d}}/other-ca.pem", reason="wrong_ca", only_live=SERVER_ONLY),
    Case("SQLAlchemy's URL", text=f"postgresql+psycopg://pw:{PASSWORD}@localhost:{{port}}/postgres?{FULL}", libpq=f"postgresql://pw:{PASSWORD}@localhost:{{port}}/postgres?{FULL}", facts=_TLS),
    Case("variables", environment={"PGHOST": "localhost", "PGPORT": "{port}", "PGUSER": "pw", "PGPASSWORD": PASSWORD, "PGDATABASE": "postgres", "PGSSLMODE": "verify-full", "PGSSLROOTCERT": "{d}/ca.pem"}, facts=_TLS),
    Case("variables, wrong CA", environment={"PGHOST": "localhost", "PGPORT": "{port}", "PGUSER": "pw", "PGPASSWORD": PASSWORD, "PGDATABASE": "postgres", "PGSSLMODE": "verify-full", "PGSSLROOTCERT": "{d}/other-ca.pem"}, reason="wrong_ca", only_live=SERVER_ONLY),
    Case("variables, client certificate", environment={"PGHOST": "localhost", "PGPORT": "{port}", "PGUSER": "app", "PGDATABASE": "postgres", "PGSSLMODE": "verify-full", "PGSSLROOTCERT": "{d}/ca.pem", "PGSSLCERT": "{d}/client.pem", "PGSSLKEY": "{d}/client.key"}, facts={"client_certificate": True}),
    Case("URL with the rest in variables", text="postgresql://localhost:{port}", environment={"PGUSER": "pw", "PGPASSWORD": PASSWORD, "PGDATABASE": "postgres", "PGSSLMODE": "verify-full", "PGSSLROOTCERT": "{d}/ca.pem"}, facts=_TLS),
    Case("URL against a variable", query=f"sslmode=disable&{CA}", environment={"PGSSLMODE": "verify-full"}, reason="no_hba_entry", only_live=RULES_ONLY),
    Case("variable empty", text=f"postgresql://pw:{PASSWORD}@localhost:{{port}}/postgres", environment={"PGSSLMODE": ""}, reason="settings_refused"),
]  # fmt: skip
