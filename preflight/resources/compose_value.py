"""Texts of a Compose service that may come out as something else than is written: by `$`, by YAML's types, by comments.

Compose says little or nothing of it (Compose specification, "Interpolation"; YAML 1.2, "Core Schema"). The facts are those of the
loader, which reads as Compose does.
"""

from __future__ import annotations

from preflight.bindings.tokens import tokens
from preflight.model.record import field
from preflight.resources._commands import secrets_in
from preflight.resources._given import issued
from preflight.resources._written import mark
from preflight.resources.base import Resource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from preflight.model.fact import Fact
    from preflight.model.origin import Origin
    from preflight.model.service import Service, Trap
    from preflight.model.setting import Setting
    from preflight.model.subject import Subject
    from preflight.resources.base import Context

_SORTS = ("secret", "connection", "other")
_CONNECTIONS = frozenset({"url", "uri", "dsn", "host", "hostname", "addr", "address", "endpoint", "server", "servers"})
_CONNECTION_ROLES = frozenset(
    {"database_url", "redis_url", "redis_host", "vault_address", "listen_address", "cors_origins"}
)
_NUMERIC = frozenset("0123456789+-.")  # what numbers and dates begin with
_COMMANDS = ("command", "entrypoint", "healthcheck")
_ELSEWHERE = frozenset({"ports"})  # judged as published ports


class ComposeValue(Resource):
    """A setting of a service, or one of its fields, whose text Compose could have changed."""

    place: Fact[str] = field("The field of the service it stands in: `environment`, `command`, `image` and so on.")
    sort: Fact[str] = field(
        "Whether it is a secret, an address that something is reached by, or something else.", choices=_SORTS
    )
    cut_at_dollar: Fact[bool] = field(
        "Whether a `$` in it begins the name of an unset variable that was hardly meant as one."
    )
    variable_at: Fact[str] = field(
        "Where the env file sets the variable that is cut there and used in it; absent where the `$` stands in itself."
    )
    unset: Fact[tuple[str, ...]] = field("Variables it is made of that are unset, so that their part came out empty.")
    text_changed: Fact[bool] = field("Whether it is a number, date or boolean to YAML, and becomes another text.")
    comment: Fact[str] = field(
        "Whether a comment took the place of the value; absent where none did.",
        choices=("as its value", "instead of a value"),
    )
    cut_at_operator: Fact[bool] = field("Whether what follows an operator of the shell is dropped.")


RESOURCE = ComposeValue


def collect(subject: Subject, context: Context) -> Iterator[ComposeValue]:
    """Collect the settings and fields of a service whose text Compose could have changed; other subjects have none."""
    service = subject.service
    if service is None:
        return
    traps: dict[str, dict[str, Trap]] = {}
    of_fields: list[Trap] = []
    cut = {trap.origin for trap in service.traps if trap.service is None and trap.code == "dollar_in_value"}
    for trap in service.traps:
        if trap.origin.setting is None:
            of_fields.append(trap)
        elif trap.service is not None:  # those of the project's env files are judged there
            traps.setdefault(trap.setting or "", {})[trap.code] = trap
    for setting in subject.settings.values():
        found = traps.pop(setting.name, {})
        sort = _sort(setting, context)
        if setting.path is None and (found or sort != "other" or _may_change(setting)):
            yield _through_cut(_of_setting(setting, sort, found), setting, cut)
    for name, found in traps.items():
        sort = "secret" if context.bindings.is_secret(name) else _sort_of_name(name, context)
        for trap in found.values():  # a setting that came out without a value
            yield _value(trap.setting or "", trap, "environment", sort).replace(comment=_comment(found))
            break
    yield from _of_fields(service, of_fields, cut, context)


def _sort(setting: Setting, context: Context) -> str:
    text = setting.text
    if context.bindings.is_secret(setting.name, text) or (text is not None and issued(text)):
        return "secret"
    written = setting.written.reveal() if setting.written is not None else ""
    if "://" in written or "://" in (text or ""):
        return "connection"
    return _sort_of_name(setting.name, context)


def _sort_of_name(name: str, context: Context) -> str:
    last = tokens(name)[-1:]
    known = context.bindings.role(name) in _CONNECTION_ROLES or (last and last[0] in _CONNECTIONS)
    return "connection" if known else "other"


def _may_change(setting: Setting) -> bool:
    """Whether there is anything in a text that Compose could change."""
    text = setting.text or ""
    return bool(setting.references) or text[:1] in _NUMERIC or text[:1] == "#" or "$" in text


def _of_setting(setting: Setting, sort: str, found: dict[str, Trap]) -> ComposeValue:
    dollar = "dollar_in_value" in found
    unset = "variable_blanked" in found
    if dollar and sort != "secret" and setting.written is not None:
        # `$NAME` is a variable everywhere but in a password.
        dollar = not all(one.meant or one.name.isupper() for one in mark(setting.written.reveal()).variables.values())
        unset = not dollar
    return ComposeValue(
        name=setting.name,
        origin=setting.origin,
        via=setting.via,
        place="environment",
        sort=sort,
        cut_at_dollar=dollar,
        variable_at=None,
        unset=setting.blanked_by if unset else (),
        text_changed="text_changed" in found,
        comment=_comment(found),
        cut_at_operator=False,
    )


def _through_cut(value: ComposeValue, text: Setting, cut: Collection[Origin]) -> ComposeValue:
    """Return a value that is also cut where it takes in a variable that an env file sets, and Compose cuts there."""
    place = next((one for one in text.via if one in cut), None) if cut else None
    if place is None or value.cut_at_dollar is True:
        return value
    through: ComposeValue = value.replace(cut_at_dollar=True, variable_at=str(place))
    return through


def _comment(found: dict[str, Trap]) -> str | None:
    if "comment_as_value" in found:
        return "as its value"
    return "instead of a value" if "value_is_comment" in found else None


def _of_fields(
    service: Service, traps: list[Trap], cut_variables: Collection[Origin], context: Context
) -> Iterator[ComposeValue]:
    for name in _COMMANDS:
        texts = tuple(text for text in service.texts if text.name == name)
        if texts and (name != "healthcheck" or any(text.blanked_by for text in texts)):
            cut = any(trap.code == "command_cut" and trap.setting == name for trap in traps)
            value: ComposeValue = _of_texts(name, texts, context).replace(cut_at_operator=cut)
            for text in texts:
                value = _through_cut(value, text, cut_variables)
            yield value
    for trap in traps:
        if trap.code == "variable_blanked" and trap.setting not in (*_COMMANDS, *_ELSEWHERE):
            yield _value(trap.setting or "", trap, trap.setting or "", "other").replace(unset=trap.variables)


def _of_texts(name: str, texts: tuple[Setting, ...], context: Context) -> ComposeValue:
    """Return the facts about a command; a secret in it that came out empty is said of the secret."""
    dollar = False
    unset: dict[str, None] = {}
    first = texts[0]
    for text in texts:
        if not text.blanked_by or text.written is None:
            continue
        variables = mark(text.written.reveal()).variables.values()
        meant = all(variable.meant or variable.name.isupper() for variable in variables)
        secret = any(found.given in {"variable", "literal"} for found in secrets_in((text,), context.bindings))
        if not unset and not dollar:
            first = text
        dollar = dollar or not meant
        if meant and not secret:
            unset.update(dict.fromkeys(text.blanked_by))
    return ComposeValue(
        name=name,
        origin=first.origin,
        via=first.via,
        place=name,
        sort="secret" if dollar and any(secrets_in(texts, context.bindings)) else "other",
        cut_at_dollar=dollar,
        variable_at=None,
        unset=tuple(unset),
        text_changed=False,
        comment=None,
        cut_at_operator=False,
    )


def _value(name: str, trap: Trap, place: str, sort: str) -> ComposeValue:
    return ComposeValue(
        name=name,
        origin=trap.origin,
        place=place,
        sort=sort,
        cut_at_dollar=False,
        variable_at=None,
        unset=(),
        text_changed=False,
        comment=None,
        cut_at_operator=False,
    )
