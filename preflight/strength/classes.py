"""Which kinds of characters a value is written with."""

from __future__ import annotations

#: Every class, in the order in which `character_classes` returns them.
CLASSES = ("lower", "upper", "digit", "other")


def character_classes(text: str) -> tuple[str, ...]:
    """Return the classes of characters that occur in `text`: of `lower`, `upper`, `digit` and `other`, in this order.

    Letters of every script count by their case; "other" is everything else: signs, spaces, letters without case.
    """
    found = set()
    for sign in set(text):
        if sign.islower():
            found.add("lower")
        elif sign.isupper():
            found.add("upper")
        elif sign.isdecimal():
            found.add("digit")
        else:
            found.add("other")
    return tuple(name for name in CLASSES if name in found)
