"""The shortest description of a value, in bits.

A value is described character by character, or piece by piece where a piece has a name that is shorter: a known word, a
pattern, something that stood earlier in the value. The shortest way through is an upper bound of what an attacker who knows
how people make up secrets has to guess (minimum description length).
"""

from __future__ import annotations

from math import log2

from preflight.strength.encodings import is_uuid
from preflight.strength.letter_pairs import STEPS, ZERO

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

_LOWER = "abcdefghijklmnopqrstuvwxyz"
_UPPER = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_DIGITS = "0123456789"
_LETTER_BITS = log2(26)
_SIGNS = 33  # printable ASCII characters that are neither letters nor digits, and the space
_FOREIGN_LETTER_BITS = 2.5  # a letter outside ASCII stands in a word: generators do not emit it
_FOREIGN_SIGN_BITS = 4.0
_OWN = frozenset(_LOWER + _UPPER + _DIGITS)


def alphabet_size(text: str) -> int:
    """Return the size of the smallest usual alphabet that `text` can be drawn from."""
    if not text.strip(_DIGITS):
        return 10
    if not text.strip("0123456789abcdef") or not text.strip("0123456789ABCDEF") or is_uuid(text):
        return 16
    core = text.rstrip("=")
    lower, upper = core != core.upper(), core != core.lower()
    digits = any(map(core.__contains__, _DIGITS))
    if digits and not (
        core.strip("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") and core.strip("abcdefghijklmnopqrstuvwxyz234567")
    ):
        return 32
    signs = {sign for sign in core if sign < "\x80"} - _OWN
    size = 26 * lower + 26 * upper + 10 * digits
    size += len(signs) if len(signs) < 3 or signs <= {"+", "/", "-", "_"} else _SIGNS
    return max(2, size)


def _by_alphabet(text: str) -> list[float]:
    """Price every character as one of its alphabet. A base64 tail of "=" says nothing; a UUID's dashes neither."""
    bits = log2(alphabet_size(text))
    if is_uuid(text):
        return [0.0 if sign == "-" else bits for sign in text]
    return [bits if sign < "\x80" else _FOREIGN_LETTER_BITS if sign.isalpha() else _FOREIGN_SIGN_BITS for sign in text]


def _by_kind(text: str) -> list[float]:
    """Price every character by its kind after the kind before, learned on the way, and its place within the kind.

    People write stretches of one kind (Summer2025!); generators mix the kinds.
    """
    kinds = [
        0 if sign in _LOWER else 1 if sign in _UPPER else 2 if sign in _DIGITS else 3 if sign < "\x80" else 4
        for sign in text
    ]
    present = len(set(kinds))
    counts = [[0] * 5 for _ in range(5)]
    totals = [0] * 5
    inside = (_LETTER_BITS, _LETTER_BITS, log2(10))
    seen: set[str] = set()
    prices = []
    before = kinds[0]
    for sign, kind in zip(text, kinds, strict=True):
        row = counts[before]
        price = log2((2 * totals[before] + present) / (2 * row[kind] + 1))
        row[kind] += 1
        totals[before] += 1
        before = kind
        if kind < 3:
            price += inside[kind]
        elif kind == 3:
            price += log2(len(seen)) + 1.0 if sign in seen else log2(_SIGNS) + (1.0 if seen else 0.0)
            seen.add(sign)
        else:
            price += _FOREIGN_LETTER_BITS if sign.isalpha() else _FOREIGN_SIGN_BITS
        prices.append(price)
    return prices


def _by_frequency(text: str, size: int) -> list[float]:
    """Price every character by how often it stood before: values of few different characters are cheap."""
    counts: dict[str, int] = {}
    prices = []
    for place, sign in enumerate(text):
        count = counts.get(sign, 0)
        prices.append(log2((2 * place + size) / (2 * count + 1)))
        counts[sign] = count + 1
    return prices


def _without_repeats(text: str, size: int) -> list[float]:
    """Price every character as one of those not used yet; for values in which no character comes twice."""
    return [log2(max(1, size - place)) for place in range(len(text))]


def _by_language(low: str, prices: list[float], table: bytes) -> list[float]:
    """Lower the prices of letters by what the letter before says about them."""
    found = list(prices)
    for place in range(1, len(low)):
        first, second = ord(low[place - 1]) - 97, ord(low[place]) - 97
        if 0 <= first < 26 and 0 <= second < 26:
            found[place] = max(0.1, found[place] - (table[first * 26 + second] - ZERO) / STEPS)
    return found


def character_prices(text: str, low: str, table: bytes | None) -> tuple[list[float], float]:
    """Return the cheapest way to spell `text`: a price for each character, and what it costs to say which way."""
    ways = [(_by_alphabet(text), 0.0)]
    kinds = _by_kind(text)
    ways.append((kinds, 2.0))
    size = alphabet_size(text)
    ways.append((_by_frequency(text, size), 2.0))
    if len(set(text)) == len(text):
        ways.append((_without_repeats(text, max(size, len(text))), 4.0))
    if table is not None:
        ways.append((_by_language(low, kinds, table), 6.0))
    return min(ways, key=lambda way: sum(way[0]) + way[1])


def _copies(text: str) -> Iterable[tuple[int, int, float]]:
    """Yield, for each place, the longest piece from there on that stood earlier, forwards or mirrored: start, end, bits."""
    size = len(text)
    mirror = text[::-1]
    ahead = behind = 0
    for start in range(1, size - 2):
        ahead = max(ahead - 1, 2)
        while start + ahead < size and text.find(text[start : start + ahead + 1], 0, start + ahead) >= 0:
            ahead += 1
        if ahead >= 3:
            yield start, start + ahead, log2(start) + 2.0 + log2(ahead)
        behind = max(behind - 1, 3)
        while start + behind < size and mirror.find(text[start : start + behind + 1], size - start) >= 0:
            behind += 1
        if behind >= 4:
            yield start, start + behind, log2(start) + 4.0 + log2(behind)


def case_bits(piece: str) -> float:
    """Return what it costs to say which characters of a named piece are typed with Shift."""
    shifted = sum(sign.isupper() or sign in '~!@#$%^&*()_+{}|:"<>?' for sign in piece)
    if shifted == 0 or shifted == len(piece) or not any(sign.islower() for sign in piece):
        return 0.5
    return 1.0 if shifted == 1 and piece[0].isupper() else 0.8 * len(piece)


def describe(text: str, low: str, table: bytes | None, pieces: Iterable[tuple[int, int, float]]) -> tuple[float, float]:
    """Return the bits that naming pieces saves, and those of the shortest description of `text`.

    Args:
        text: The value, as far as it is looked at.
        low: The same in lower case, character by character.
        table: The letter-pair table that fits, or None.
        pieces: Pieces with names: start, end, bits to name them.
    """
    size = len(text)
    prices, extra = character_prices(text, low, table)
    from_here: list[list[tuple[int, float]]] = [[] for _ in range(size)]
    for start, end, bits in pieces:
        from_here[start].append((end, bits))
    for start, end, bits in _copies(text):
        from_here[start].append((end, bits))
    best = [0.0] + [1e9] * size
    for start in range(size):
        here = best[start]
        best[start + 1] = min(best[start + 1], here + prices[start])
        for end, bits in from_here[start]:
            best[end] = min(best[end], here + bits)
    return sum(prices) - best[size], best[size] + extra


def period(text: str) -> int:
    """Return the length of the shortest piece whose repetition makes `text` (the last one may be cut off)."""
    borders = [0] * len(text)
    length = 0
    for place in range(1, len(text)):
        while length and text[place] != text[length]:
            length = borders[length - 1]
        if text[place] == text[length]:
            length += 1
        borders[place] = length
    return len(text) - (borders[-1] if borders else 0)
