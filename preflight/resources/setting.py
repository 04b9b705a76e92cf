"""Settings as such: how their values came to be."""

from __future__ import annotations

from preflight.model.record import field
from preflight.resources._values import STATES, state_of
from preflight.resources.base import Resource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.model.fact import Fact
    from preflight.model.subject import Subject
    from preflight.resources.base import Context


class SettingResource(Resource):
    """One setting."""

    state: Fact[str] = field("Whether it is set.", choices=STATES)
    role: Fact[str] = field("The role its name plays; absent when it plays none.")
    secret: Fact[bool] = field("Whether it is a secret.")
    interpolated: Fact[bool] = field("Whether its value was put together from other variables.")
    blanked_by: Fact[tuple[str, ...]] = field(
        "Variables that were unset, so that their part of the value came out empty."
    )


RESOURCE = SettingResource


def collect(subject: Subject, context: Context) -> Iterator[SettingResource]:
    """Collect every setting of a subject."""
    for setting in subject.settings.values():
        yield SettingResource(
            name=setting.name,
            origin=setting.origin,
            via=setting.via,
            state=state_of(setting),
            role=context.bindings.role(setting.name),
            secret=context.bindings.is_secret(setting.name, setting.text),
            interpolated=bool(setting.references),
            blanked_by=setting.blanked_by,
        )
