"""Which names in an env file can be shown.

A line of an env file can be a piece of a secret that was pasted over two lines, and then what stands before its `=` is one, too;
`$word` in `pa$word` looks like a variable and is the end of a password. What does not clearly look like a name is called by its line.
"""

from __future__ import annotations

UNNAMED = "a variable"  # one whose name may be a piece of a secret
_LONGEST_WORD = 20  # letters and digits without a separator: longer ones are rather keys than names
_LONGEST_TEXT = 4096  # characters of a line whose variables are named: a longer one is data, and may use thousands
_SEPARATORS = "_.-"
_SHORTEST_WORD = 3  # chance makes shorter ones of any letters
_VOWELS = frozenset("aeiouyAEIOUY")
# How many letters have to be in words, by how often digits stand between them: `OAuth2ClientId` has them once.
_SHARES = {0: 0.0, 1: 0.5, 2: 0.6}


def presentable(name: str, line: int, *, assigned: bool) -> str:
    """Return a name as it can be shown: itself, or `line N`.

    Args:
        name: The name as its reader reads it.
        line: Where it stands.
        assigned: Whether a `=` stands behind it.
    """
    plain = name.isascii() and bool(name) and all(character.isalnum() or character in _SEPARATORS for character in name)
    separated = any(character in _SEPARATORS for character in name)
    likely = plain and not name[0].isdigit() and (separated or len(name) < _LONGEST_WORD) and _is_made_of_words(name)
    if name == UNNAMED:
        return name
    return name if likely and (assigned or name == name.upper()) else f"line {line}"


def presentable_variable(name: str, text: str) -> str:
    """Return a variable's name, where the text writes it as `${NAME…`; a bare `$NAME` could be a part of a password.

    Args:
        name: The variable.
        text: The line that uses it.
    """
    if len(text) > _LONGEST_TEXT:
        return UNNAMED
    likely = name.isascii() and name.isidentifier() and _is_made_of_words(name)
    return name if likely and f"${{{name}" in text else UNNAMED


def _is_made_of_words(name: str) -> bool:
    """Whether no part of a name mixes letters and digits as keys do."""
    parts = name
    for separator in _SEPARATORS:
        parts = parts.replace(separator, " ")
    return not any(map(_looks_like_a_key, parts.split(" ")))


def _looks_like_a_key(part: str) -> bool:
    """Whether a part of a name has too many digits between its letters, or too few letters in words.

    Args:
        part: Letters and digits.
    """
    if part.isalpha() or part.isdigit() or not part:
        return False
    if len(part) >= _LONGEST_WORD:
        return True
    words = _words(part)
    between = sum(word.isdigit() for word in words)
    if between not in _SHARES:
        return True
    if part in (part.upper(), part.lower()):
        return False
    letters = sum(len(word) for word in words if word.isalpha())
    read = sum(len(word) for word in words if _can_be_read(word))
    return read < _SHARES[between] * letters


def _can_be_read(word: str) -> bool:
    return len(word) >= _SHORTEST_WORD and word[1:].islower() and not _VOWELS.isdisjoint(word)


def _words(part: str) -> list[str]:
    """Return the words of a part: numbers, small letters with one capital before them at most, capitals."""
    words: list[str] = []
    for character in part:
        last = words[-1] if words else ""
        if last and (
            (character.isdigit() and last.isdigit())
            or (character.islower() and last.isalpha() and (last.islower() or last[1:].islower() or len(last) == 1))
            or (character.isupper() and last.isupper())
        ):
            words[-1] += character
        elif character.islower() and last.isupper():
            words[-1] = last[:-1]
            words.append(last[-1] + character)
        else:
            words.append(character)
    return words
