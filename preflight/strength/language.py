"""How much a value looks like words: words found in it, and letters that follow each other as in a language.

Both look at a few readings of the value: as written, with the digits and signs that stand for letters put back ("p4ssw0rd"),
letters only, backwards, and shifted through the alphabet (rot13).
"""

from __future__ import annotations

from preflight.strength.letter_pairs import PAIRS, POOLED, STEPS, ZERO
from preflight.strength.words import COMMON_WORDS, OTHER_WORDS

LETTERS = "abcdefghijklmnopqrstuvwxyz"
#: Likeness of a value that has too few letters in a row, or is hexadecimal, to say anything.
NO_LIKENESS = -99.0
_LONGEST_WORD = 15

#: Bits that naming a word costs: which of them, and that it is a word.
_COMMON_BITS = 11.5
_OTHER_BITS = 14.0
WORD_BITS: dict[str, float] = dict.fromkeys(OTHER_WORDS.split(), _OTHER_BITS) | dict.fromkeys(
    COMMON_WORDS.split(), _COMMON_BITS
)
_STARTS = frozenset(word[:3] for word in WORD_BITS)
_SHORT_BITS = 8.0
_SHORT_WORDS = frozenset(word for word in COMMON_WORDS.split() if len(word) == 3)

#: Signs that stand for letters; "1", "!" and "|" are read both ways.
_SIGNS = "@4830!|15$79"
_LEET = str.maketrans("@4830!|15$79(+", "aabeoiiisstgct")
_LEET_L = str.maketrans("@4830!|15$79(+", "aabeolllsstgct")
_ROT13 = str.maketrans(LETTERS, LETTERS[13:] + LETTERS[:13])
_PAIR_BITS = 4.7004  # log2(26): what a random letter costs

# The last two tables, words without vowels and mashed keys, are rarer than languages, so they have to be surer.
_PRICED = tuple((pairs, 3 * STEPS if place >= len(PAIRS) - 2 else 0) for place, pairs in enumerate(PAIRS))
# What it costs to choose among the tables and readings, beyond their prices.
_CHOICE_BITS = 2.5
_ENOUGH = 40.0
_SHIFT_BITS = 6.5
_PAIRED = ("()", "[]", "{}", "<>", "''", '""')
_INDEX = {letter: place for place, letter in enumerate(LETTERS)}
# The pooled table over two alphabets, so that a shift of both letters is a shift of the index.
_DOUBLED = b"".join(POOLED[row : row + 26] * 2 for row in range(0, 676, 26)) * 2


def find_words(low: str) -> list[tuple[int, int, float]]:
    """Return each known word of four letters or more in a lower-case text: start, end, bits to name it."""
    found = []
    size = len(low)
    for start in range(size - 3):
        if low[start : start + 3] in _STARTS:
            for end in range(start + 4, min(start + _LONGEST_WORD, size) + 1):
                bits = WORD_BITS.get(low[start:end])
                if bits is not None:
                    found.append((start, end, bits))
    return found


def find_short_words(text: str, low: str) -> list[tuple[int, int, float]]:
    """Return known words of three letters that stand apart: between other signs, or capitalised (dbKey, ApiKey)."""
    found = []
    for start in range(len(low) - 2):
        if low[start : start + 3] in _SHORT_WORDS:
            before, word, after = text[start - 1 : start], text[start : start + 3], text[start + 3 : start + 4]
            if (not before.isalpha() or (word[0].isupper() and before.islower())) and (
                not after.isalpha() or (word[1:].islower() and after.isupper())
            ):
                found.append((start, start + 3, _SHORT_BITS))
    return found


def pair_indexes(low: str) -> list[int]:
    """Return the index into a letter-pair table of every two letters in a row."""
    places = [_INDEX.get(letter, -1) for letter in low]
    return [
        first * 26 + second for first, second in zip(places, places[1:], strict=False) if first >= 0 and second >= 0
    ]


def best_table(indexes: list[int]) -> tuple[float, bytes]:
    """Return log2 of how much likelier the best group of languages makes these pairs than chance, and its table."""
    zero = ZERO * len(indexes)
    top, table = max(
        (sum(map(pairs.__getitem__, indexes)) - price, place) for place, (pairs, price) in enumerate(_PRICED)
    )
    return (top - zero) / STEPS, PAIRS[table]


def shifted_likeness(low: str) -> float:
    """Return the same for the best of the 25 shifts of the alphabet, by the pooled table."""
    places = [_INDEX.get(letter, -1) for letter in low]
    indexes = [
        first * 52 + second for first, second in zip(places, places[1:], strict=False) if first >= 0 and second >= 0
    ]
    top = max(sum(map(_DOUBLED[53 * shift :].__getitem__, indexes)) for shift in range(1, 26))
    return (top - ZERO * len(indexes)) / STEPS


def with_words(low: str, table: bytes, words: list[tuple[int, int, float]]) -> float:
    """Return the likeness of a text when words may be named instead of spelled: the best way through it."""
    ends: dict[int, list[tuple[int, float]]] = {}
    for start, end, bits in words:
        ends.setdefault(end, []).append((start, (end - start) * _PAIR_BITS - bits))
    best = [0.0] * (len(low) + 1)
    before = -1
    for end, letter in enumerate(low, 1):
        place = _INDEX.get(letter, -1)
        value = best[end - 1]
        if before >= 0 and place >= 0:
            value += (table[before * 26 + place] - ZERO) / STEPS
        for start, gain in ends.get(end, ()):
            value = max(value, best[start] + gain)
        best[end] = value
        before = place
    return best[-1]


def case_likeness(text: str) -> float:
    """Return log2 of how much likelier the changes of case are in writing than by chance, minus 6 at worst.

    People keep the case for a stretch, or change it with every letter; a generator tosses a coin for every letter. Text of
    one case says nothing.
    """
    if text == text.lower() or text == text.upper():
        return 0.0
    same = changes = 0
    for first, second in zip(text, text[1:], strict=False):
        if first.isalpha() and second.isalpha():
            if first.isupper() == second.isupper():
                same += 1
            else:
                changes += 1
    return max(0.77 * same - 1.74 * changes, 0.85 * changes - 3.3 * same - 3.0, -6.0)


def disorder(low: str) -> float:
    """Return bits against a person as the author: digits scattered between letters, many different signs."""
    kinds = "".join("d" if sign in "0123456789" else "l" if sign.isalpha() else "s" for sign in low)
    while "dd" in kinds:
        kinds = kinds.replace("dd", "d")
    between = kinds.count("ldl") + (kinds.count("ldldl") and kinds.replace("ldl", "l").count("ldl"))
    signs = {sign for sign in low if not sign.isalnum()}
    for pair in _PAIRED:
        if pair[0] in signs and 0 <= low.find(pair[0]) < low.rfind(pair[1]):
            signs -= {*pair}
    return 1.3 * between + 1.5 * max(0, len(signs) - 2)


def apart(text: str, low: str) -> str:
    """Return `low` with a space where a capital follows a small letter: the words of CamelCase."""
    return low[:1] + "".join(
        " " + sign if second.isupper() and first.islower() else sign
        for first, second, sign in zip(text, text[1:], low[1:], strict=False)
    )


def readings(text: str, low: str) -> list[tuple[str, str, float]]:
    """Return the ways to read a lower-case text: name, reading, price in bits. The less usual, the dearer."""
    found = [("written", low, 0.0)]
    if not (text.islower() or text.isupper()):
        found.append(("capitals", apart(text, low), 2.0))
    signs = sum(map(low.count, _SIGNS))
    if signs:
        found.append(("signs", low.translate(_LEET), 1.0 + 0.5 * signs))
        if "1" in low or "!" in low or "|" in low:
            found.append(("signs", low.translate(_LEET_L), 1.5 + 0.5 * signs))
    letters = "".join(letter for letter in low if letter in _INDEX)
    if len(letters) < len(low):
        found.append(("letters", letters, 2.5))
    found.append(("backwards", low[::-1], 3.0))
    found.append(("rot13", low.translate(_ROT13), 4.0))
    return found


class Language:
    """What the letters of one value say.

    Attributes:
        likeness: log2 of how much likelier a language makes the letters than chance does; `NO_LIKENESS` when there are
            fewer than four letter pairs.
        words: Each known word: start, end, bits to name it. Words spelled with signs or backwards cost a little more.
        table: The letter-pair table that fits the text as written best, None when none fits better than chance.
    """

    __slots__ = ("likeness", "table", "words")

    def __init__(self, text: str, low: str, walks: list[tuple[int, int, float]], *, hexadecimal: bool = False) -> None:
        """Read `text`.

        Args:
            text: The value.
            low: The same in lower case, character by character.
            walks: Pieces of well-known walks over the keyboard, which are no words but as human: start, end, bits.
            hexadecimal: Whether all are hexadecimal digits: then only words count, for the six letters follow each other
                by chance.
        """
        self.likeness = NO_LIKENESS
        self.words = find_words(low)
        self.table: bytes | None = None
        if hexadecimal:
            return
        self.words += find_short_words(text, low)
        form = case_likeness(text)
        untidy = disorder(low)
        best = NO_LIKENESS
        for name, reading, price in readings(text, low):
            indexes = pair_indexes(reading)
            if len(indexes) < 4:
                continue
            value, table = best_table(indexes)
            if name == "written":
                self.table = table if value > 0 else None
                words = self.words + walks
            else:
                words = find_words(reading)
                self._take(name, words, len(low))
            if words:
                value = max(value, with_words(reading, table, words))
            # Digits and signs that are read as letters are no disorder.
            value += form - price - (disorder(reading) if name == "signs" else untidy)
            best = max(best, value)
            if best >= _ENOUGH:
                break  # beyond doubt; the other readings would only add to it
            if name == "written" and len(indexes) >= 12:
                best = max(best, shifted_likeness(low) - _SHIFT_BITS + form - untidy)
        self.likeness = max(NO_LIKENESS, best - _CHOICE_BITS)

    def _take(self, name: str, words: list[tuple[int, int, float]], size: int) -> None:
        """Take words found in another reading to where they stand in the value."""
        if name == "signs":
            self.words += [(start, end, bits + 2.0) for start, end, bits in words]
        elif name == "backwards":
            self.words += [(size - end, size - start, bits + 3.0) for start, end, bits in words]
        elif name == "rot13":
            self.words += [(start, end, bits + 4.0) for start, end, bits in words]
