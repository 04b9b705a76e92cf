"""Certificate, key and CA files that a PostgreSQL server with TLS opens at its start.

It refuses a key that others may read: owned by its own user, nobody else may; owned by root, the group may read it
(be-secure-common.c, `check_ssl_key_file_permissions`; manual, 18.9.1 "Basic Setup").
"""

from __future__ import annotations

import posixpath

from preflight.model.fact import Deferred, Unknown
from preflight.model.record import field
from preflight.resources._files import FileResource, file_facts, unknown_file
from preflight.resources.postgres_server import usual_place

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from preflight.model.fact import Fact
    from preflight.model.subject import Subject
    from preflight.probes.files import FileFacts
    from preflight.resources._postgres_server import Server
    from preflight.resources.base import Context

_FILES = {
    "ssl_cert_file": "certificate",
    "ssl_key_file": "key",
    "ssl_ca_file": "authority",
    "ssl_crl_file": "revocations",
    "ssl_dh_params_file": "parameters",
}

_REFUSALS = {
    "wrong_owner": "neither that user nor root owns it",
    "group_or_others": "its group or others have rights to it",
    "others_or_group_write": "root owns it, and its group may do more than read it, or others may do something",
    "not_readable": "that user may not read it",
}


class PostgresServerFile(FileResource):
    """One file."""

    setting: Fact[str] = field("The server's setting that names it.", choices=tuple(_FILES))
    purpose: Fact[str] = field("What it is.", choices=tuple(_FILES.values()))
    stated: Fact[bool] = field("Whether something names it; else it is where PostgreSQL looks by default.")
    stated_source: Fact[str] = field("Who names it, with the place.")
    server_user: Fact[int] = field("User id that the server runs as; absent where it is not known here.")
    server_reads: Fact[bool] = field("Whether that user may read it.")
    refusal: Fact[str] = field(
        "Why the server refuses a key, as a code; absent where it accepts it, and for other files.",
        choices=tuple(_REFUSALS),
    )
    refusal_detail: Fact[str] = field("That reason in words.")
    remedy: Fact[str] = field("What makes the server accept it.")


RESOURCE = PostgresServerFile


def collect(subject: Subject, context: Context) -> Iterator[PostgresServerFile]:
    """Collect the files of a server whose TLS is on, or may be."""
    if subject.service is None:
        return
    from preflight.resources._postgres_server import server_of  # at the start of a container there are no services

    server = server_of(subject, context)
    if server is None or server.setting("ssl").value == "off":
        return
    certain = server.setting("ssl").value == "on"
    for name, purpose in _FILES.items():
        stated = server.setting(name)
        if stated.value == "" or (stated.origin is None and not certain):
            continue
        common: dict[str, Any] = {
            "name": f"{subject.name} ({name})",
            "origin": stated.origin or server.setting("ssl").origin or usual_place(server, subject),
            "via": stated.via,
            "setting": name,
            "purpose": purpose,
            "stated": stated.origin is not None,
            "stated_source": stated.said,
            "server_user": server.user(),
        }
        if not isinstance(stated.value, str):
            later = stated.value or Unknown(reason="unset", detail=f"{name} is not known")
            facts = unknown_file(later)
            yield PostgresServerFile(
                **common, **facts, server_reads=later, refusal=later, refusal_detail=later, remedy=None
            )
            continue
        path = server.absolute(stated.value)
        facts = file_facts(path, context)
        kind = facts["kind"]
        if isinstance(kind, Deferred) or kind != "regular":
            unknown = kind if isinstance(kind, Deferred) else None
            yield PostgresServerFile(
                **common, **facts, server_reads=unknown, refusal=unknown, refusal_detail=unknown, remedy=None
            )
            continue
        yield PostgresServerFile(**common, **{**facts, **_access(server, path, purpose, context)})


def _access(server: Server, path: str, purpose: str, context: Context) -> dict[str, Any]:
    """Return the facts about who may read a file that is there."""
    from preflight.x509.permissions import may_read

    seen = context.files.inspect(path)
    uid, gids = server.user(), server.groups()
    owner = _owner(server, path, seen)
    later: Deferred | None = None
    if uid is None:
        later = Deferred(reason="user", detail=f"which user reads {path} is known only where the service runs")
    closed = seen.closed_to(uid, gids) if uid is not None else None
    reads: Fact[bool] = (
        later if uid is None else closed is None and may_read(seen.mode, owner, seen.gid, uid=uid, gids=gids)
    )
    if purpose != "key":
        return {
            "server_reads": reads, "closed_directory": closed, "refusal": None, "refusal_detail": None, "remedy": None,
        }  # fmt: skip
    code = _refusal(seen, owner, uid, gids) or ("not_readable" if closed is not None else None)
    unsure = later if code is None else None
    detail = _REFUSALS[code] if code is not None else unsure
    return {
        "server_reads": reads,
        "closed_directory": closed,
        "refusal": code or unsure,
        "refusal_detail": f"that user may not enter {closed}"
        if code == "not_readable" and closed is not None
        else detail,
        "remedy": f"Let the server's user enter the directory: chmod a+x {closed}"
        if closed is not None
        else _remedy(uid),
    }


def _refusal(seen: FileFacts, owner: int, uid: int | None, gids: tuple[int, ...]) -> str | None:
    from preflight.x509.permissions import server_key

    if uid is not None:
        return server_key(seen.mode, owner, seen.gid, uid=uid, gids=gids)
    # Some user other than root: what the mode alone refuses is refused whoever it is.
    code = server_key(seen.mode, owner, seen.gid, uid=owner or 1, gids=(seen.gid,))
    return None if code == "not_readable" else code


def _owner(server: Server, path: str, seen: FileFacts) -> int:
    """Return who owns a file when the server opens it: the official entrypoint gives its database's folder to its own user."""
    user = (server.service.user or "0").partition(":")[0]
    inside = posixpath.normpath(path).startswith(posixpath.normpath(server.data) + "/")
    if server.image.family != "official" or user not in ("0", "root") or not inside or server.image.user is None:
        return seen.uid
    place = next((one for one in server.service.files if path == one.target or path.startswith(one.target + "/")), None)
    return seen.uid if place is None or place.read_only else server.image.user


def _remedy(uid: int | None) -> str:
    if uid is None:
        return "Give the key to the user that the server runs as, mode 0600."
    return f"Give the key to the server's user {uid}, and to nobody else."
