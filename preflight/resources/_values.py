"""Facts from settings: what every collector asks of a value."""

from __future__ import annotations

from preflight.bindings.tokens import tokens
from preflight.model.fact import Deferred, Unknown
from preflight.model.secret_text import SecretText
from preflight.model.setting import Reference, Unreadable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from preflight.bindings import Bindings
    from preflight.model.fact import Fact
    from preflight.model.setting import Setting, Value
    from preflight.model.subject import Subject

STATES = ("set", "empty", "unset", "reference", "unreadable")
NEGATIVE = frozenset({"disable", "disabled", "no", "without"})
_TRUE = frozenset({"true", "1", "yes", "on", "y", "t", "enabled", "enable"})
_FALSE = frozenset({"false", "0", "no", "off", "n", "f", "disabled", "disable", "none"})


def state_of(setting: Setting | None) -> str:
    """Return set, empty, unset, reference or unreadable."""
    return state_of_value(setting.value if setting is not None else None)


def state_of_value(value: Value) -> str:
    """Return set, empty, unset, reference or unreadable, for a value that is only a part of a setting's."""
    if value is None:
        return "unset"
    if isinstance(value, SecretText):
        return "set" if value else "empty"
    return "reference" if isinstance(value, Reference) else "unreadable"


def not_literal(setting: Setting) -> Unknown | Deferred | None:
    """Return what a fact about a setting's value is when that is no literal, else None."""
    return not_literal_value(setting.value)


def not_literal_value(value: Value) -> Unknown | Deferred | None:
    """Return what a fact about a value is when it is no literal, else None."""
    if isinstance(value, Reference):
        return deferred(value)
    if isinstance(value, Unreadable):
        return Unknown(reason=value.code, detail=value.detail)
    return None


def deferred(reference: Reference) -> Deferred:
    """Return the fact of a value that only the place where the service starts knows."""
    return Deferred(
        reason="reference",
        detail=f"its value is a reference ({_named(reference)}), known only where the service starts",
    )


def _named(reference: Reference) -> str:
    kind = reference.kind.replace("_", " ")
    return reference.target if reference.target == f"a {kind}" else f"{kind} {reference.target}"


def flag(setting: Setting | None) -> Fact[bool]:
    """Read a switch: None when it is unset or empty, unknown when it is neither on nor off."""
    if setting is None or not setting.is_set:
        return None
    other = not_literal(setting)
    if other is not None:
        return other
    return flag_of(setting.text or "", setting.name)


def flag_of(text: str, name: str) -> Fact[bool]:
    """Read the text of a switch."""
    word = text.strip().strip("\"'").lower()
    if word in _TRUE:
        return True
    if word in _FALSE or not word:
        return False
    return Unknown(reason="malformed", detail=f"{name} is neither on nor off; write true or false")


def switch(setting: Setting | None) -> Fact[bool]:
    """Read a switch by what its name says: `DISABLE_TLS=true` and `TLS_DISABLED=true` turn it off."""
    on = flag(setting)
    if setting is None or on is None or isinstance(on, (Unknown, Deferred)):
        return on
    return on is NEGATIVE.isdisjoint(tokens(setting.name))


def text(setting: Setting | None) -> Fact[str]:
    """Read a text: None when it is unset or empty."""
    if setting is None or not setting.is_set:
        return None
    return not_literal(setting) or setting.text


def with_role(subject: Subject, bindings: Bindings, *roles: str) -> list[Setting]:
    """Return the settings of a subject that play one of the roles, in the order written."""
    return bindings.playing(subject.settings, *roles)


def prefix_of(name: str, *words: str) -> str:
    """Return what stands before the first of the words in a setting's name, for settings that belong together.

    `PAYMENTS_SERVER_TLS_CERT_FILE` and `PAYMENTS_SERVER_TLS_ENABLED` share `PAYMENTS_SERVER` before `TLS`.
    """
    upper = name.upper().replace("-", "_").replace(".", "_")
    parts = upper.split("_")
    for position, part in enumerate(parts):
        if part in words:
            return "_".join(parts[:position])
    return ""
