"""Addresses that a server binds: `HOST`, `BIND_ADDRESS`, `LISTEN_ADDR`, `GUNICORN_CMD_ARGS`."""

from __future__ import annotations

from preflight.model.fact import Deferred
from preflight.model.record import field
from preflight.resources._values import not_literal, with_role
from preflight.resources.base import Resource
from preflight.values.listen_address import SCOPES, bind_addresses, parse_listen_address

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.model.fact import Fact
    from preflight.model.subject import Subject
    from preflight.resources.base import Context


class ListenAddressResource(Resource):
    """One address."""

    scope: Fact[str] = field(
        "Who can reach it: everybody, this machine alone, a private network, and so on.", choices=SCOPES
    )
    in_container: Fact[bool] = field("Whether the process runs in a container, where binding everything is normal.")


RESOURCE = ListenAddressResource


def collect(subject: Subject, context: Context) -> Iterator[ListenAddressResource]:
    """Collect the addresses that settings name."""
    inside: Fact[bool] = context.in_container
    if inside is None:
        inside = Deferred(reason="container", detail="whether it runs in a container is known only where it starts")
    for setting in with_role(subject, context.bindings, "listen_address"):
        if setting.value is None:
            continue
        other = not_literal(setting)
        texts: tuple[str, ...] = (setting.text or "",)
        if setting.name.upper().endswith("CMD_ARGS"):
            texts = bind_addresses(setting.text or "")
        for text in texts:
            scope = other or parse_listen_address(text).scope
            yield ListenAddressResource(
                name=setting.name, origin=setting.origin, via=setting.via, scope=scope, in_container=inside
            )
