"""Names of settings as lists of words."""

from __future__ import annotations

_MOST_KEPT = 10_000
_known: dict[str, tuple[str, ...]] = {}


def tokens(name: str) -> tuple[str, ...]:
    """Split a setting's name into lower-case words.

    Words end at `_`, `-`, `.`, `:` and `/`, and where camel case starts a new one: `DB_PASSWORD`, `db.password` and
    `dbPassword` are the same words.
    """
    found = _known.get(name)
    if found is None:
        found = _split(name)
        if len(_known) < _MOST_KEPT:  # the same few names stand in every service of a project
            _known[name] = found
    return found


def _split(name: str) -> tuple[str, ...]:
    words: list[str] = []
    word = ""
    previous = ""
    for character in name:
        if not character.isalnum():
            if word:
                words.append(word)
            word = ""
        elif character.isupper() and previous.islower():
            words.append(word)
            word = character.lower()
        else:
            word += character.lower()
        previous = character
    if word:
        words.append(word)
    return tuple(words)
