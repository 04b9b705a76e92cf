"""What a project's contract asks: every key of its `.env.production.example`, by the comments above it.

`# @required` (the default), `# @optional`, `# @sensitive`, `# @type=port` stand in comments above a key.
"""

from __future__ import annotations

from preflight.model.record import field
from preflight.model.secret_text import SecretText
from preflight.resources._types import TYPES, well_formed
from preflight.resources._values import STATES, not_literal, state_of
from preflight.resources.base import Resource, deployment_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.model.fact import Fact
    from preflight.model.setting import Setting
    from preflight.model.subject import Subject
    from preflight.resources.base import Context, ContractKey


class ContractEntry(Resource):
    """One key of the contract, and how the subject keeps it."""

    required: Fact[bool] = field("Whether it must be set.")
    sensitive: Fact[bool] = field("Whether it is a secret.")
    state: Fact[str] = field("Whether the subject sets it.", choices=STATES)
    keeps_example: Fact[bool] = field(
        "Whether it still has the example's placeholder, or a secret has the example's value."
    )
    type: Fact[str] = field("The type the contract declares; absent when it declares none.", choices=TYPES)
    well_formed: Fact[bool] = field("Whether the value is of that type.")
    declared_at: Fact[str] = field("Where the contract names it.")


RESOURCE = ContractEntry


def collect(subject: Subject, context: Context) -> Iterator[ContractEntry]:
    """Hold the deployment against every key of the contract."""
    asked = deployment_of(subject, context)
    if asked is None:
        return
    for key in context.contract:
        setting = asked.settings.get(key.name)
        if (setting is None or setting.value is None) and f"{key.name}_FILE" in asked.settings:
            setting = asked.settings[f"{key.name}_FILE"]
        yield ContractEntry(
            name=key.name,
            origin=setting.origin if setting is not None else asked.origin,
            required=key.required,
            sensitive=key.sensitive,
            state=state_of(setting),
            keeps_example=_keeps_example(setting, key),
            type=key.type,
            well_formed=_well_formed(setting, key),
            declared_at=str(key.origin),
        )


def _keeps_example(setting: Setting | None, key: ContractKey) -> Fact[bool]:
    if setting is None or not isinstance(setting.value, SecretText):
        return not_literal(setting) if setting is not None else None
    written = setting.value.reveal()
    example = key.example.reveal()
    return bool(written) and written == example and (key.sensitive or (example[:1] == "<" and example[-1:] == ">"))


def _well_formed(setting: Setting | None, key: ContractKey) -> Fact[bool]:
    if setting is None or not setting.is_set or key.type is None:
        return None
    return not_literal(setting) or well_formed(setting.text or "", key.type, key.choices)
