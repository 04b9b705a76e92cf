"""Switches that turn a framework's debug mode on.

`DEBUG` of Django and Starlette, `FLASK_DEBUG`, `APP_DEBUG` of Laravel and Symfony. Node.js' `debug` reads the same `DEBUG` as a list of
names, which is no switch.
"""

from __future__ import annotations

from preflight.model.fact import Unknown
from preflight.model.record import field
from preflight.resources._values import flag, with_role
from preflight.resources.base import Resource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.model.fact import Fact
    from preflight.model.subject import Subject
    from preflight.resources.base import Context


class DebugMode(Resource):
    """One switch."""

    on: Fact[bool] = field("Whether it turns debug mode on.")


RESOURCE = DebugMode


def collect(subject: Subject, context: Context) -> Iterator[DebugMode]:
    """Collect the switches that are set to one of both."""
    for setting in with_role(subject, context.bindings, "debug_mode"):
        if not setting.is_set:
            continue
        on = flag(setting)
        if not isinstance(on, Unknown):
            yield DebugMode(name=setting.name, origin=setting.origin, via=setting.via, on=on)
