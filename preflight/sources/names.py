"""Which names in an env file can be shown.

A line of an env file can be a piece of a secret that was pasted over two lines, and then what stands before its `=` is one, too;
`$word` in `pa$word` looks like a variable and is the end of a password. What does not clearly look like a name is called by its line.
"""

from __future__ import annotations

UNNAMED = "a variable"  # one whose name may be a piece of a secret
_LONGEST_WORD = 20  # letters and digits without a separator: longer ones are rather keys than names


def presentable(name: str, line: int, *, assigned: bool) -> str:
    """Return a name as it can be shown: itself, or `line N`.

    Args:
        name: The name as its reader reads it.
        line: Where it stands.
        assigned: Whether a `=` stands behind it.
    """
    plain = name.isascii() and bool(name) and all(character.isalnum() or character in "_.-" for character in name)
    separated = any(character in "_.-" for character in name)
    likely = plain and not name[0].isdigit() and (separated or len(name) < _LONGEST_WORD)
    if name == UNNAMED:
        return name
    return name if likely and (assigned or name == name.upper()) else f"line {line}"


def presentable_variable(name: str, text: str) -> str:
    """Return a variable's name, where the text writes it as `${NAME…`; a bare `$NAME` could be a part of a password.

    Args:
        name: The variable.
        text: The line that uses it.
    """
    return name if name.isascii() and name.isidentifier() and f"${{{name}" in text else UNNAMED
