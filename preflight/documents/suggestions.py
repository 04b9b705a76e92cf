"""The nearest known word to one that is not known, for messages."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_SHORTEST = 3  # two letters are near to everything
_LONGEST = 80  # no name in this project is longer, and the distance costs length times length


def did_you_mean(word: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate that was probably meant, or None when none is near.

    Case and the choice between `-` and `_` count for nothing; otherwise one mistake in three letters is forgiven.

    Args:
        word: The word as written.
        candidates: The words that are known; of equally near ones the first is taken.
    """
    if not _SHORTEST <= len(word) <= _LONGEST:
        return None
    folded = _fold(word)
    best, nearest = None, len(folded) // 3 + 1
    for candidate in candidates:
        if candidate == word or len(candidate) > _LONGEST:
            continue
        found = distance(folded, _fold(candidate), nearest)
        if found < nearest:
            best, nearest = candidate, found
    return best


def distance(left: str, right: str, limit: int) -> int:
    """Return the Damerau-Levenshtein distance: letters inserted, left out, changed, or swapped with a neighbour.

    It is the variant called optimal string alignment: no part of the text is changed twice.

    Args:
        left: One text.
        right: The other.
        limit: Distances from here on are all the same: the computation stops early and returns `limit`.
    """
    if abs(len(left) - len(right)) >= limit:
        return limit
    before: list[int] = []
    previous = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        current = [i]
        for j, b in enumerate(right, 1):
            cost = min(previous[j] + 1, current[j - 1] + 1, previous[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and b == left[i - 2]:
                cost = min(cost, before[j - 2] + 1)
            current.append(cost)
        if min(current) >= limit and min(previous) >= limit:
            return limit
        before, previous = previous, current
    return min(previous[-1], limit)


def _fold(word: str) -> str:
    return word.lower().replace("-", "_")
