"""Secrets: settings whose name ends in what a secret is called, and the passwords inside connection strings.

Strength is estimated by `preflight.strength` (minimum description length, words, letter pairs). None of these facts is ever
reported: they would help to guess.
"""

from __future__ import annotations

from preflight.bindings import SECRET_ROLES
from preflight.model.record import field
from preflight.model.secret_text import SecretText
from preflight.resources._renewal import renewal
from preflight.resources._reuse import SHORTEST_COMPARED, reuse
from preflight.resources._secrets import secrets_of
from preflight.resources._values import STATES, not_literal_value, state_of_value
from preflight.resources.base import Resource
from preflight.strength import FORMS, assess, character_classes, decoded_bytes, form_of, is_pem, placeholder_kind

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from preflight.model.fact import Fact
    from preflight.model.subject import Subject
    from preflight.resources._secrets import FoundSecret
    from preflight.resources.base import Context


class Secret(Resource):
    """One secret."""

    role: Fact[str] = field("What it is for.", choices=SECRET_ROLES)
    state: Fact[str] = field("Whether it is set.", choices=STATES)
    source: Fact[str] = field("Where its value comes from.", choices=("setting", "file", "connection_string"))
    length: Fact[int] = field("Characters, without a trailing newline.", secret=True)
    decoded_bytes: Fact[int] = field(
        "Bytes of key material: decoded from hexadecimal, base64 or a UUID, else as UTF-8.", secret=True
    )
    bits: Fact[float] = field("Estimated strength in bits.", secret=True)
    human: Fact[bool] = field("Whether it reads like words that a person made up.", secret=True)
    encoded_text: Fact[bool] = field("Whether it is plain text in hexadecimal or base64.", secret=True)
    character_classes: Fact[int] = field("How many of lower case, upper case, digits and others occur.", secret=True)
    placeholder: Fact[bool] = field("Whether it is a placeholder that somebody was meant to replace.", secret=True)
    form: Fact[str] = field(
        "What it is by its form: a token that another party signed, the hash of a password, or neither.",
        secret=True,
        choices=FORMS,
    )
    unexpanded: Fact[bool] = field(
        "Whether it still holds a reference that nothing expanded, such as `${NAME}`.", secret=True
    )
    surrounding_space: Fact[bool] = field(
        "Whether white space stands before or after it, and it is no PEM, whose last line may end.", secret=True
    )
    several_lines: Fact[bool] = field("Whether it has more than one line and is no PEM.", secret=True)
    reused_by: Fact[tuple[str, ...]] = field(
        "Other credentials of the subject with the same value; said of one of those that share it."
    )
    example: Fact[str] = field("Where the same value stands in an example file.")
    both_given: Fact[bool] = field("Whether NAME and NAME_FILE are both set.")
    remedy: Fact[str] = field("Where a new value comes from: made at random, or issued by another party.")


RESOURCE = Secret


def collect(subject: Subject, context: Context) -> Iterator[Secret]:
    """Collect the secrets of a subject."""
    found = list(secrets_of(subject, context))
    reused = reuse(found, subject, context)
    for position, one in enumerate(found):
        other = not_literal_value(one.value)
        facts = dict.fromkeys(_FACTS, other) if other is not None else _literal(one, context, reused[position])
        yield Secret(
            name=one.label,
            origin=one.setting.origin,
            via=one.setting.via,
            role=one.role,
            state=state_of_value(one.value),
            remedy=renewal(one.role, one.setting.name, embedded=one.embedded),
            source="connection_string" if one.embedded else "file" if one.setting.path else "setting",
            both_given=f"{one.setting.name}_FILE" in subject.settings
            and subject.settings[f"{one.setting.name}_FILE"].is_set
            and one.setting.path is None
            and one.setting.is_set,
            **facts,
        )


_ALWAYS_KNOWN = frozenset({"name", "origin", "via", "role", "state", "source", "both_given", "remedy"})
_FACTS = tuple(name for name in Secret.fields() if name not in _ALWAYS_KNOWN)


def _literal(one: FoundSecret, context: Context, reused_by: tuple[str, ...]) -> dict[str, Any]:
    text = one.value.reveal() if isinstance(one.value, SecretText) else ""
    if not text:
        return dict.fromkeys(_FACTS)
    strength = context.digest.once(assess, text)
    kind = context.digest.once(placeholder_kind, text)
    example = context.examples.get(context.digest.of(text)) if len(text) >= SHORTEST_COMPARED else None
    lines = text.strip().count("\n") + 1
    return {
        "length": len(text),
        "decoded_bytes": decoded_bytes(text),
        "bits": strength.bits,
        "human": strength.human,
        "encoded_text": strength.encoded_text,
        "character_classes": len(character_classes(text)),
        "placeholder": kind == "placeholder",
        "form": form_of(text),
        "unexpanded": kind == "unexpanded",
        "surrounding_space": text != text.strip() and not is_pem(text),
        "several_lines": lines > 1 and "-----BEGIN" not in text,
        "reused_by": reused_by,
        "example": str(example) if example is not None else None,
    }
