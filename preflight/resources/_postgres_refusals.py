"""What keeps a PostgreSQL server from starting, in words: options, settings and lines that it cannot read."""

from __future__ import annotations

from preflight.model.fact import Unknown
from preflight.postgres.ciphers import selects_nothing
from preflight.postgres.server_command import PROBLEMS
from preflight.postgres.server_names import gone, nearest
from preflight.postgres.server_settings import PROBLEMS as LINE_PROBLEMS
from preflight.postgres.server_settings import canonical, is_curve, is_known

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeAlias

    from preflight.model.origin import Origin
    from preflight.postgres.server_settings import ConfigurationFile
    from preflight.resources._postgres_files import ServerFile
    from preflight.resources._postgres_server import Server

    Refusal: TypeAlias = tuple[str, Origin | None]

_GROUPS_SINCE = 18  # ssl_ecdh_curve became a list of groups
_MOST_SHOWN = 40  # letters of a name that PostgreSQL does not know


def refusals(server: Server) -> Iterator[Refusal]:
    """Yield what keeps a server from starting, each with its place where it has one.

    Args:
        server: The server.
    """
    for code in server.command.problems:
        yield f"in its command {PROBLEMS[code]}", server.service.places.get("command")
    for one in server.command.settings:
        stated = server.of_command(one)
        # What an option sets is a setting, whatever it is called.
        if one.written.endswith("=") and not is_known(one.name):
            yield f"PostgreSQL has no setting {_shown(one.name)} (in its command{_at(stated.origin)})", stated.origin
        elif gone(one.name, server.image.major):
            yield (
                f"PostgreSQL {server.image.major} has no setting {one.name} (in its command{_at(stated.origin)})",
                stated.origin,
            )
        elif (near := nearest(one.name)) is not None and one.written.endswith("="):
            yield (
                f"PostgreSQL has no setting of a name in its command{_at(stated.origin)}: it is near to {near}",
                stated.origin,
            )
        elif isinstance(stated.value, Unknown):
            yield stated.value.detail, stated.origin
    if isinstance(server.configuration.later, Unknown) and server.written("config_file"):
        yield f"its config_file {server.configuration.later.detail}", server.setting("config_file").origin
    yield from _of_file(server.read, server.configuration, server.image.major)
    yield from _of_file(server.altered, server.altered_file, server.image.major)
    yield from _of_versions(server)
    yield from _of_suites(server)


def _of_file(read: ConfigurationFile, file: ServerFile, major: int | None) -> Iterator[Refusal]:
    for place, code in read.errors:
        why = f": {LINE_PROBLEMS[code]}" if code != "syntax" else ""
        yield f"PostgreSQL cannot read {file.at(place)}{why}", file.origin(place.line, included=place.file)
    for entry in read.looked_at():
        origin = file.origin(entry.line, included=entry.file)
        at = f"{entry.file or file.shown}:{entry.line}"
        if not is_known(entry.name):
            yield f"PostgreSQL has no setting {_shown(entry.name)} ({at})", origin
        elif gone(entry.name, major):
            yield f"PostgreSQL {major} has no setting {entry.name} ({at})", origin
        elif (near := nearest(entry.name)) is not None:
            yield f"PostgreSQL has no setting of the name at {at}: it is near to {near}", origin
        elif canonical(entry.name, entry.value, major=major) is None:
            yield f"{entry.name} is set in {at} to a value that PostgreSQL refuses", origin


def _of_versions(server: Server) -> Iterator[Refusal]:
    lowest, highest = server.setting("ssl_min_protocol_version"), server.setting("ssl_max_protocol_version")
    if not isinstance(lowest.value, str) or not isinstance(highest.value, str) or server.text_of("ssl") != "on":
        return
    if "" != highest.value < lowest.value:  # the words sort as the versions do
        names = f"ssl_max_protocol_version ({highest.said}) is below ssl_min_protocol_version ({lowest.said})"
        yield names, highest.origin


def _of_suites(server: Server) -> Iterator[Refusal]:
    if server.text_of("ssl") != "on":
        return  # it looks at neither
    ciphers, curve = server.setting("ssl_ciphers"), server.setting("ssl_ecdh_curve")
    if isinstance(ciphers.value, str) and selects_nothing(ciphers.value):
        yield f"ssl_ciphers is set {ciphers.said} to a list in which OpenSSL finds no suite of TLS 1.2", ciphers.origin
    major = server.image.major
    if major is None or major >= _GROUPS_SINCE or not isinstance(curve.value, str) or not curve.value:
        return
    if not is_curve(curve.value):
        yield f"ssl_ecdh_curve is set {curve.said} to no curve that PostgreSQL {major} knows", curve.origin


def _at(origin: Origin | None) -> str:
    return f" at {origin}" if origin is not None else ""


def _shown(name: str) -> str:
    """Return a name that PostgreSQL does not know; one that does not begin as those of TLS do may be a secret in the wrong place."""
    plain = name.isascii() and name.replace("_", "").isalnum() and len(name) <= _MOST_SHOWN
    return name if plain and name.startswith("ssl") else "of a name that is written there"
