"""Who a PostgreSQL server lets in: its `pg_hba.conf`, row by row, or the one that its image makes with a new database.

The first row that matches decides, and `host` matches connections with and without TLS (manual, 20.1 "The pg_hba.conf File").
"""

from __future__ import annotations

from preflight.model.fact import Deferred
from preflight.model.record import Record, field
from preflight.resources._network import REACHES
from preflight.resources._values import not_literal
from preflight.resources.base import Resource
from preflight.resources.postgres_server import usual_place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    from preflight.model.fact import Fact, Unknown
    from preflight.model.origin import Origin
    from preflight.model.subject import Subject
    from preflight.postgres.hba import AccessFile, Row
    from preflight.postgres.includes import Place
    from preflight.resources._postgres_server import Server
    from preflight.resources.base import Context

_METHOD = "POSTGRES_HOST_AUTH_METHOD"
_PASSWORDS = ("POSTGRESQL_PASSWORD", "POSTGRES_PASSWORD", "POSTGRESQL_PASSWORD_FILE", "POSTGRES_PASSWORD_FILE")
_MADE = "the pg_hba.conf that its image makes"
_EDIT = "Write hostssl instead of host in these rows, or put `hostnossl all all all reject` above them."
_ROWS_OF_OTHERS = """and in pg_hba.conf
local all all scram-sha-256
hostssl all all all scram-sha-256"""
_MOUNT = f"""Give the server a pg_hba.conf of its own, whose rows for other hosts begin with hostssl. Add to its command:
-c hba_file=/etc/postgresql/pg_hba.conf
and to the service
volumes: ["./pg_hba.conf:/etc/postgresql/pg_hba.conf:ro"]
{_ROWS_OF_OTHERS}"""
_MOUNT_BITNAMI = f"""Give the server a pg_hba.conf of its own, whose rows for other hosts begin with hostssl. Add to the service
volumes: ["./pg_hba.conf:/bitnami/postgresql/conf/pg_hba.conf:ro"]
{_ROWS_OF_OTHERS}"""


class PostgresServerAccess(Resource):
    """The access file of one server. A row is named by file, line and fields."""

    file: Fact[str] = field("The file, on this machine where it is here.")
    plaintext_rows: Fact[tuple[str, ...]] = field("Rows that let somebody in from another host without encryption.")
    trust_rows: Fact[tuple[str, ...]] = field(
        "Rows that let everybody in from another host, whoever they say they are."
    )
    weak_rows: Fact[tuple[str, ...]] = field(
        "Rows for other hosts that send passwords as they are (password) or believe the client's machine (ident)."
    )
    md5_rows: Fact[tuple[str, ...]] = field("Rows for other hosts that take passwords hashed with MD5.")
    client_certificates: Fact[str] = field(
        "Which rows for TLS connections from other hosts ask for a client certificate.", choices=("none", "some", "all")
    )
    reach: Fact[str] = field("Who reaches the server, as for `postgres_server`.", choices=REACHES)
    problems: Fact[tuple[str, ...]] = field("What keeps the server from starting, or lets nobody in, in words.")
    remedy: Fact[str] = field("How to let in connections over TLS alone.")


RESOURCE = PostgresServerAccess
_ROWS = ("plaintext_rows", "trust_rows", "weak_rows", "md5_rows", "client_certificates", "problems")


class _Found(Record):
    """The access file and how its rows are shown."""

    content: AccessFile = field("What it says.")
    here: bool = field("Whether it is a file of this machine.")
    shown: str = field("What to call it.")

    def rows(self, rows: Iterable[Row]) -> tuple[str, ...]:
        return tuple(
            f"{row.text} ({f'{row.file or self.shown}:{row.line}' if self.here else self.shown})" for row in rows
        )


def collect(subject: Subject, context: Context) -> Iterator[PostgresServerAccess]:
    """Collect the access file of a service's server."""
    if subject.service is None:
        return
    # Loaded here: at the start of a container there are no services.
    from preflight.postgres.hba import read_access, weak_rows
    from preflight.resources._postgres_reach import reach_of
    from preflight.resources._postgres_server import server_of

    server = server_of(subject, context)
    if server is None:
        return
    reach = reach_of(server)
    later = _later(server, subject)
    place = server.setting("hba_file").origin or usual_place(server, subject)
    if later is not None:
        unknown: dict[str, Any] = dict.fromkeys(_ROWS, later)
        yield PostgresServerAccess(
            name=subject.name, origin=place, file=server.access.shown, reach=reach, remedy=None, **unknown
        )
        return
    here = server.access.text is not None
    shown = server.access.shown if here else _MADE
    content = (
        read_access(server.access.text or "", path=server.access.path, files=server.includes, major=server.image.major)
        if here
        else _read_made(_made(server, subject))
    )
    beyond = _beyond(server, content)
    found = _Found(content=content, here=here, shown=shown)
    plaintext, encrypted = content.plaintext_rows(), content.encrypted_rows()
    places = {(row.file, row.line) for row in (*plaintext, *encrypted)}
    remote = [row for row in content.rows if (row.file, row.line) in places]
    trusted, weak, hashed = weak_rows(remote, "trust"), weak_rows(remote, "password", "ident"), weak_rows(remote, "md5")
    asking = [row for row in encrypted if row.client_certificate]
    method = subject.settings.get(_METHOD) if not here and server.image.family == "official" else None
    yield PostgresServerAccess(
        name=subject.name,
        origin=_origin(server, content, (*trusted, *weak, *plaintext, *hashed)) or (method.origin if method else place),
        file=shown,
        plaintext_rows=found.rows(plaintext) or beyond or (),
        trust_rows=found.rows(trusted) or beyond or (),
        weak_rows=found.rows(weak) or beyond or (),
        md5_rows=found.rows(hashed) or beyond or (),
        client_certificates=beyond or ("none" if not asking else "all" if len(asking) == len(encrypted) else "some"),
        reach=reach,
        problems=tuple(_problems(server, content, asking)) or beyond or (),
        remedy=_EDIT if here else _MOUNT_BITNAMI if server.image.family == "bitnami" else _MOUNT,
    )


def _later(server: Server, subject: Subject) -> Unknown | Deferred | None:
    """Return why the rows are not known here."""
    named = server.setting("hba_file").value
    if isinstance(named, Deferred) and server.access.text is None:
        return named
    if server.access.later is not None:
        return server.access.later
    if not server.access.made:
        return None
    if "pg_hba" in server.scripts():
        detail = "a script in /docker-entrypoint-initdb.d changes pg_hba.conf, whose rows are known only where the service runs"
        return Deferred(reason="init_script", detail=detail)
    method = subject.settings.get(_METHOD)
    return not_literal(method) if method is not None else None


_read: dict[str, AccessFile] = {}  # what images make is one of a few texts, and thousands of services may have it


def _read_made(text: str) -> AccessFile:
    from preflight.postgres.hba import read_access

    if text not in _read:
        _read[text] = read_access(text)
    return _read[text]


def _made(server: Server, subject: Subject) -> str:
    from preflight.postgres.server_images import bitnami_access, official_access

    if server.image.family == "bitnami":
        password = any(subject.settings[name].is_set for name in _PASSWORDS if name in subject.settings)
        authority = server.text_of("ssl") == "on" and bool(server.text_of("ssl_ca_file"))
        return bitnami_access(server.environment, authority=authority, password=password)
    return official_access(
        server.environment, server.text_of("password_encryption") or server.image.password_encryption
    )


def _beyond(server: Server, content: AccessFile) -> Unknown | Deferred | None:
    """Return why rows are not known: the first row that matches decides, and what is included may hold it."""
    from preflight.resources._postgres_files import not_followed

    if not content.unread:
        return None
    place, unread = content.unread[0]
    return not_followed(server.access.at(place), unread, "its rows decide who gets in")


def _origin(server: Server, content: AccessFile, rows: tuple[Row, ...]) -> Origin | None:
    places = [(place.line, place.file) for place, _ in content.errors]
    places += [(row.line, row.file) for row in rows[:1]]
    places += [(place.line, place.file) for place, _ in content.unread]
    line, file = places[0] if places else (None, "")
    return server.access.origin(line, included=file)


def _problems(server: Server, content: AccessFile, asking: list[Row]) -> Iterator[str]:
    from preflight.postgres.hba import PROBLEMS
    from preflight.postgres.includes import Place

    here = server.access.text is not None

    def at(place: Place) -> str:
        return server.access.at(place) if here else f"{_MADE}:{place.line}"

    for place, code in content.errors:
        yield f"PostgreSQL cannot read {at(place)}: {PROBLEMS[code]}"
    if asking and server.text_of("ssl") == "on" and server.setting("ssl_ca_file").value == "":
        place = Place(file=asking[0].file, line=asking[0].line)
        yield f"{at(place)} asks for a client certificate, and no ssl_ca_file says which CA must have signed it"
