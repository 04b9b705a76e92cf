"""PostgreSQL servers that a service runs: whether they speak TLS, from which version on, and who reaches them.

What their command, `postgresql.conf`, image and environment say is read in `preflight.postgres`, as the server itself does
(manual, chapter 19 "Server Configuration").
"""

from __future__ import annotations

from preflight.model.record import field
from preflight.resources._network import REACHES
from preflight.resources.base import Resource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.model.fact import Fact, TlsVersion
    from preflight.model.origin import Origin
    from preflight.model.subject import Subject
    from preflight.resources._postgres_server import Server, Stated
    from preflight.resources.base import Context


class PostgresServer(Resource):
    """One server."""

    image: Fact[str] = field("Its image; absent where it is only built.")
    ssl: Fact[bool] = field("Whether it offers TLS.")
    ssl_source: Fact[str] = field("Who says so, with the place.")
    min_tls_version: Fact[TlsVersion] = field("Lowest TLS version it accepts.")
    min_tls_version_source: Fact[str] = field("Who says so, with the place.")
    max_tls_version: Fact[TlsVersion] = field("Highest TLS version it accepts; absent where none is set.")
    weak_ciphers: Fact[tuple[str, ...]] = field(
        "Kinds of weak suites that its ssl_ciphers means, for TLS up to 1.2, in OpenSSL's words; none where it accepts TLS 1.3 alone."
    )
    ciphers_source: Fact[str] = field("Who says so, with the place.")
    password_encryption: Fact[str] = field("How it hashes new passwords.", choices=("md5", "scram-sha-256"))
    password_encryption_source: Fact[str] = field("Who says so, with the place.")
    reach: Fact[str] = field(
        "Who reaches it: nobody outside of its container, other services of the project over networks without a way out "
        "(internal) or with one (project), what runs on this machine (host), whoever is in a network that is not the project's "
        "own or spans machines (shared), or every host (published).",
        choices=REACHES,
    )
    problems: Fact[tuple[str, ...]] = field("What in its configuration keeps it from starting, in words.")
    remedy: Fact[str] = field("How to turn TLS on, in the Compose file.")


RESOURCE = PostgresServer
_REMEDY = """\
command: postgres -c ssl=on -c ssl_cert_file=/tls/crt.pem -c ssl_key_file=/tls/key.pem
volumes: ["./tls:/tls:ro"]"""
_REMEDY_BITNAMI = """\
environment: {POSTGRESQL_ENABLE_TLS: "yes", POSTGRESQL_TLS_CERT_FILE: /tls/crt.pem,
POSTGRESQL_TLS_KEY_FILE: /tls/key.pem}
volumes: ["./tls:/tls:ro"]"""


def collect(subject: Subject, context: Context) -> Iterator[PostgresServer]:
    """Collect the server of a service; other subjects run none."""
    if subject.service is None:
        return
    # Loaded here: at the start of a container there are no services.
    from preflight.resources._postgres_reach import reach_of
    from preflight.resources._postgres_refusals import refusals
    from preflight.resources._postgres_server import server_of

    server = server_of(subject, context)
    if server is None:
        return
    ssl = server.setting("ssl")
    lowest = server.setting("ssl_min_protocol_version")
    highest = server.setting("ssl_max_protocol_version")
    ciphers = server.setting("ssl_ciphers")
    hashing = server.setting("password_encryption")
    found = list(refusals(server))
    refused = [place for _, place in found if place is not None]
    named = lowest.origin is not None and isinstance(lowest.value, str)
    stated = lowest if ssl.value == "on" and named else ssl
    yield PostgresServer(
        name=subject.name,
        origin=refused[0] if refused else stated.origin or usual_place(server, subject),
        via=() if refused else stated.via,
        image=server.service.image,
        ssl=ssl.value == "on" if isinstance(ssl.value, str) else ssl.value,
        ssl_source=ssl.said,
        min_tls_version=_version(lowest),
        min_tls_version_source=lowest.said,
        max_tls_version=_version(highest),
        weak_ciphers=_weak(ciphers, lowest),
        ciphers_source=ciphers.said,
        password_encryption=hashing.value,
        password_encryption_source=hashing.said,
        reach=reach_of(server),
        problems=tuple(dict.fromkeys(text for text, _ in found)),
        remedy=_REMEDY_BITNAMI if server.image.family == "bitnami" else _REMEDY,
    )


def usual_place(server: Server, subject: Subject) -> Origin:
    """Return where a server is described as a whole: its command, its image, or its service.

    Args:
        server: The server.
        subject: Its service.
    """
    places = server.service.places
    return next((places[key] for key in ("command", "entrypoint", "image", "build") if key in places), subject.origin)


def _weak(ciphers: Stated, lowest: Stated) -> Fact[tuple[str, ...]]:
    if lowest.value == "TLSv1.3":
        return ()
    if not isinstance(ciphers.value, str):
        return ciphers.value
    from preflight.postgres.ciphers import KINDS, weak_kinds

    return tuple(f"{kind} ({KINDS[kind]})" for kind in weak_kinds(ciphers.value))


def _version(stated: Stated) -> Fact[TlsVersion]:
    if not isinstance(stated.value, str):
        return stated.value
    from preflight.postgres.server_settings import tls_version

    return tls_version(stated.value) if stated.value else None
