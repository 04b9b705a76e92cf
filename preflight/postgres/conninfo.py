"""From the text of a connection string to a `Connection`: every notation in use, one result."""

from __future__ import annotations

from preflight.model.secret_text import SecretText
from preflight.postgres.ado import is_npgsql, read_ado
from preflight.postgres.checks import refused_values
from preflight.postgres.clients import client_of
from preflight.postgres.connection import Connection
from preflight.postgres.escapes import BLANKS, HOLE, is_hole, mask_references
from preflight.postgres.hosts import read_hosts
from preflight.postgres.libpq import read_keywords, read_uri
from preflight.postgres.parameters import LIBPQ, PROMOTED, SECRET
from preflight.postgres.problems import problem
from preflight.postgres.reading import may_be_shown, shown_part
from preflight.postgres.urls import read_generic, read_jdbc, read_sqlalchemy

TYPE_CHECKING = False
if TYPE_CHECKING:
    from preflight.postgres.connection import Form
    from preflight.postgres.reading import Reading

_LONGEST = 65536
_LIBPQ_SCHEMES = ("postgresql", "postgres")
#: Schemes of Django's URL packages, and of databases that speak PostgreSQL's protocol.
_GENERIC_SCHEMES = frozenset(
    {"pgsql", "psql", "postgis", "timescale", "timescaledb", "timescalegis", "cockroach", "cockroachdb", "redshift"}
)
_SQLALCHEMY_DRIVERS = {
    "psycopg": "sqlalchemy-psycopg",
    "psycopg_async": "sqlalchemy-psycopg",
    "psycopg2": "sqlalchemy-psycopg2",
    "psycopg2cffi": "sqlalchemy-psycopg2cffi",
    "asyncpg": "sqlalchemy-asyncpg",
    "pg8000": "sqlalchemy-pg8000",
}
_JDBC = "jdbc:postgresql:"
_TELLING = frozenset({"host", "hostaddr", "dbname"})


def looks_like_postgres(text: str) -> bool:
    """Say whether a text is meant to be a PostgreSQL connection string, well-formed or not.

    Args:
        text: A setting's value. A URL is known by its scheme; a keyword list by two known keywords of libpq, one of
            them `host`, `hostaddr` or `dbname`; an ADO.NET string by Npgsql's keywords. A lone `service=name` is not
            taken for one: it reads like any label.
    """
    stripped = text[:_LONGEST].strip().lstrip("\"'").lstrip()
    lowered = stripped[:80].lower()
    if lowered.startswith(_JDBC):
        return True
    scheme, separator, _ = lowered.partition("://")
    if separator and "=" not in scheme:
        return scheme.partition("+")[0] in (*_LIBPQ_SCHEMES, *_GENERIC_SCHEMES)
    if "=" not in stripped:
        return False
    if ";" in stripped and is_npgsql(stripped):
        return True
    words = stripped.replace("=", " = ").split()
    known = [word for position, word in enumerate(words[:-1], 1) if words[position] == "=" and word in LIBPQ]
    return words[0] in LIBPQ and len(known) >= 2 and bool(_TELLING.intersection(known))


def parse_connection_string(text: str, *, driver: str | None = None) -> Connection:
    """Take a connection string apart, whatever its notation.

    Accepted are libpq's URIs and keyword lists, SQLAlchemy's `postgresql+driver://`, JDBC's `jdbc:postgresql:`, Npgsql's
    `Host=…;Username=…`, and the schemes of Django's URL packages. Every text gives a result: what is wrong with it stands in `problems`.

    Args:
        text: The setting's value, exactly as the application gets it.
        driver: The client that reads it, one of `DRIVERS`, where that is known and the text names none.
    """
    if len(text) > _LONGEST:
        return _nothing("not_a_connection_string")
    masked, has_references = mask_references(text)
    surroundings: list[str] = []
    body = _unwrapped(masked, surroundings)
    found = _recognise(body, surroundings)
    if found is None:
        if has_references and "://" not in body:
            return _nothing("unexpanded_reference")
        return _nothing("unknown_scheme" if "://" in body else "not_a_connection_string")
    form, named, reading = found
    if has_references:
        reading.note("unexpanded_reference")
    if "\x00" in text:
        reading.refuse("invalid_character")
    for code in surroundings:
        reading.refuse(code)
    return _connection(form, driver if driver is not None and named == "libpq" else named, reading, body)


def _unwrapped(text: str, codes: list[str]) -> str:
    """Take off what surrounds a URL by mistake, and note it."""
    body = text.strip(BLANKS)
    if len(body) >= 2 and body[0] == body[-1] and body[0] in "\"'":
        codes.append("wrapped_in_quotes")
        return body[1:-1].strip(BLANKS)
    if "://" in body[:40] and (text[:1] in BLANKS or text[len(text.rstrip(BLANKS)) :].strip(" ")):
        codes.append("surrounding_blank")
    return body


def _recognise(body: str, codes: list[str]) -> tuple[Form, str, Reading] | None:
    """Read a text by the notation it is in, or return None when it is in none that is known."""
    if body[: len(_JDBC)].lower() == _JDBC:
        if not body.startswith(_JDBC):
            codes.append("scheme_case")
        return "jdbc", "jdbc", read_jdbc(body[len(_JDBC) :])
    written, separator, rest = body.partition("://")
    scheme = written.lower()
    base, plus, dialect = scheme.partition("+")
    if separator and base in (*_LIBPQ_SCHEMES, "cockroachdb", "redshift") and plus:
        driver = _SQLALCHEMY_DRIVERS.get(dialect)
        reading = read_sqlalchemy(rest, dialect.removesuffix("_async"))
        if driver is None or base == "postgres":
            reading.refuse("unknown_scheme")
        return "uri", driver or "other", reading
    if separator and scheme in _LIBPQ_SCHEMES:
        if written != scheme:
            codes.append("scheme_case")
        return "uri", "libpq", read_uri(rest)
    if separator and scheme in _GENERIC_SCHEMES:
        return "uri", "django", read_generic(rest)
    if is_npgsql(body):
        return "ado", "npgsql", read_ado(body)
    first = body.partition("=")[0]
    if "=" in body and (first.strip(BLANKS) in LIBPQ or looks_like_postgres(body)):
        return "keyword", "libpq", read_keywords(body)
    return None


def _connection(form: Form, driver: str, reading: Reading, body: str) -> Connection:
    """Turn what was read into the result: names the client, judges values, and leaves out what may hold a password."""
    driver, advice = client_of(driver, reading)
    if driver == "libpq" and body.startswith("postgres://"):
        advice.append(problem("scheme_not_supported_by_sqlalchemy"))
    if reading.cut_elsewhere:
        advice.append(problem("unescaped_delimiter"))
    hosts = read_hosts(reading, form)
    unknown = sorted(name for name, value in reading.values.items() if name not in ("host", "port") and is_hole(value))
    parameters = {
        name: value
        for name, value in reading.values.items()
        if name not in PROMOTED and name not in SECRET and name not in unknown and may_be_shown(name, value, reading)
    }
    user, database = (shown_part(name, reading) for name in ("user", "dbname"))
    for code, parameter in refused_values(parameters, driver, elsewhere=LIBPQ):
        reading.refuse(code, parameter)
    password = _meant_password(body) if reading.spilled and form == "uri" else reading.password
    if password and HOLE in password:
        unknown.append("password")
        password = None
    passphrase = reading.values.get("sslpassword")
    return Connection(
        form=form,
        driver=driver,
        hosts=hosts,
        user=user,
        password=SecretText(password) if password else None,
        key_passphrase=SecretText(passphrase) if passphrase and not is_hole(passphrase) else None,
        database=database,
        parameters=parameters,
        unknown=tuple(unknown),
        incomplete=reading.incomplete,
        problems=tuple(problem(code, parameter) for code, parameter in reading.codes),
        advice=tuple(advice),
    )


def _meant_password(body: str) -> str | None:
    """Return what was probably meant to be the password: between the first `:` and the last `@` of a URL."""
    rest = body.partition("://")[2]
    return rest.partition(":")[2].rpartition("@")[0] or None


def _nothing(code: str) -> Connection:
    return Connection(form="unknown", driver="other", parameters={}, problems=(problem(code),))
