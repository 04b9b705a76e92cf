"""Values that stand for a secret which nobody has filled in yet: `<...>`, `changeme`, `your-secret-here`, `${VAULT_SECRET}`."""

from __future__ import annotations

from preflight.strength.forms import is_sample_token

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    PlaceholderKind = Literal["placeholder", "unexpanded"]

#: Words that are placeholders when they are the whole value.
WHOLE_VALUES = frozenset(
    """
    none null nil undefined unset default required optional string secret password passwd pass admin root test token key foo
    bar true false todo tbd fixme changeit postgres
    """.split()
)
_BRACKETS = {"<": ">", "[": "]", "{": "}"}
# Six letters or more: a random base64 value of 64 characters holds one of these once in 20 million times.
_ANYWHERE = ("example", "sample", "placeholder", "redacted", "insecure")
_LONGEST = 512  # characters in which phrases are looked for; nobody writes a longer placeholder
_JOINTS = "-_ "
_JOINED = ("", *_JOINTS)
_SECRET = ("secret", *(f"super{joint}secret" for joint in _JOINED))
_STORES = (
    "vault",
    *(f"key{joint}vault" for joint in _JOINED),
    *(f"secret{plural}{joint}manager" for plural in ("", "s") for joint in _JOINED),
)
#: Openings of phrases, what may follow them behind one joint, and whether the joint has to be there.
_PHRASES = (
    ("change", ("me", "this", "it"), False),
    ("replace", ("me", "this", "with"), False),
    ("not", ("set", "secure"), False),
    ("super", ("secret", "strong", "secure"), False),
    ("my", _SECRET, False),
    ("very", _SECRET, False),
    ("from", _STORES, False),
    *((verb, ("your", "in", "here"), True) for verb in ("put", "insert", "enter", "add")),
    *((verb, ("a", "with", "me", "this", "random"), True) for verb in ("generate", "generated")),
)
_YOURS = ("secret", "password", "key", "token", "value", "here", "strong", "super", "jwt", "api")


def _places(text: str, word: str) -> Iterator[int]:
    """Yield every place where `word` stands in `text`."""
    place = text.find(word)
    while place >= 0:
        yield place
        place = text.find(word, place + 1)


def _ends_word(text: str, place: int) -> bool:
    """Say whether no letter, digit or underscore stands at `place`."""
    return place >= len(text) or not (text[place].isalnum() or text[place] == "_")


def _is_name(text: str) -> bool:
    """Say whether `text` is written like a variable's name."""
    return text.isascii() and text.replace("_", "a").isalnum() and not text[0].isdigit()


def _whole(low: str) -> bool:
    """Say whether a whole lower-case value is a placeholder."""
    if not low or low in WHOLE_VALUES:
        return True
    inside = low[1:-1]
    closing = _BRACKETS.get(low[0])
    if closing and len(low) >= 2 and low[-1] == closing:
        if low[0] == "{":
            inside = inside.removeprefix("{").removesuffix("}")
        return low[0] not in inside and closing not in inside
    if low[0] == low[-1] == "%" and inside and _is_name(inside):
        return True
    return low.strip(low[0]) == "" and (low[0] in "-?" or (low[0] in "x*." and len(low) >= 3))


def _follows(low: str) -> bool:
    """Say whether one of the openings is followed by one of its continuations."""
    for opening, continuations, joined in _PHRASES:
        for place in _places(low, opening):
            start = place + len(opening)
            joint = low[start : start + 1]
            if joint and joint in _JOINTS:
                start += 1
            elif joined:
                continue
            for continuation in continuations:
                # "generate-a-key" has the word "a", "generate-apples" has not.
                if low.startswith(continuation, start) and (
                    not opening.startswith("generate") or _ends_word(low, start + len(continuation))
                ):
                    return True
    return False


def _yours(low: str) -> bool:
    """Say whether "your" is followed, at once or behind further words, by the name of a secret."""
    end = 0
    for place in _places(low, "your"):
        if low.startswith(_YOURS, place + 4):
            return True
        if place < end:
            continue  # the words behind an earlier "your" have been read already
        end = place + 4
        while end < len(low) and (low[end].isalnum() or low[end] in _JOINTS):
            end += 1
        words = low[place + 4 : end]
        if any(joint + name in words for joint in _JOINTS for name in _YOURS):
            return True
    return False


def _anywhere(low: str) -> bool:
    """Say whether a lower-case value holds a phrase that only placeholders hold."""
    if any(map(low.__contains__, _ANYWHERE)):
        return True
    for place in _places(low, "dummy"):
        rest = low[place + 5 :]
        if not rest or rest[0] in _JOINTS or (len(rest) <= 12 and rest.replace("_", "a").isalnum()):
            return True
    for word in ("tbd", "to do", "to-do", "to_do"):
        for place in _places(low, word):
            if (place == 0 or _ends_word(low, place - 1)) and _ends_word(low, place + len(word)):
                return True
    return _follows(low) or _yours(low)


def _unexpanded(text: str) -> bool:
    """Say whether `text` holds a reference to a variable or a command that nothing has expanded.

    `${NAME}` anywhere; `$NAME` in upper case or `$(command)` only as the whole value, because random passwords hold "$k".
    """
    place = text.find("${")
    if place >= 0 and text.find("}", place) >= 0:
        return True
    if text[:1] != "$" or len(text) < 2:
        return False
    if text[1] == "(" and text[-1] == ")":
        return "\n" not in text
    return _is_name(text[1:]) and text == text.upper()


def placeholder_kind(text: str) -> PlaceholderKind | None:
    """Say whether a value is a placeholder.

    White space around the value and one pair of quotes do not count. The empty value is a placeholder.

    Returns:
        `"unexpanded"` for a reference that something should have expanded, `"placeholder"` for a text that stands for a
        secret, None for anything else.
    """
    text = text.strip()
    if len(text) >= 2 and text[0] == text[-1] and text[0] in "\"'":
        text = text[1:-1]
    low = text.lower()
    if _whole(low):
        return "placeholder"
    if "$" in text and _unexpanded(text):
        return "unexpanded"
    if is_sample_token(text):
        return "placeholder"
    return "placeholder" if _anywhere(low[:_LONGEST]) or low.endswith(("-here", "_here")) else None
