"""Strength of a secret: how much of it a person could have made up, and how many bits are left.

`assess` looks at a bounded part of the value (`WINDOW` characters from either end), so its time is bounded too.
"""

from __future__ import annotations

from math import log2

from preflight.model.record import Record, field
from preflight.strength.description import case_bits, describe, period
from preflight.strength.encodings import inner_text, is_hex, is_uuid
from preflight.strength.language import NO_LIKENESS, Language
from preflight.strength.patterns import find_patterns, whole_walks
from preflight.strength.shapes import is_typed, limit

#: Characters looked at from either end of the value.
WINDOW = 128
#: From this share of characters in words and patterns on, a person made the value up.
HUMAN_COVERAGE = 0.30
#: From this likeness on, a person made the value up. Random values stay below 8 but for one in 50,000.
HUMAN_LIKENESS = 9.0

# Words and patterns that save fewer bits than this are chance finds, and no sign of a person.
_CHANCE_BITS = 26.0
# More bits than any rule can ask for; the other end of a long value could add nothing.
_PLENTY = 256.0
# Text that somebody encoded is likelier to be made up than text of which nothing is known.
_ENCODED_BITS = 4.0
_LAYERS = 3  # encodings inside encodings that are taken off


class Strength(Record):
    """What is known of a value's strength. Every fact may decide; none is reported."""

    bits: float = field(
        "Bits of the shortest description found, an upper bound of what has to be guessed.", secret=True
    )
    coverage: float = field("Share, 0 to 1, of the characters inside words and patterns that people use.", secret=True)
    likeness: float = field(
        "log2 of how much likelier a language makes the letters than chance; -99: no letters.", secret=True
    )
    encoded_text: bool = field("The value decodes to readable text.", secret=True)
    human: bool = field("A person made the value up: coverage at least 0.30 or likeness at least 9.", secret=True)


def _covered(size: int, spans: list[tuple[int, int]]) -> int:
    """Return the most characters that spans without overlap can cover."""
    best = [0] * (size + 1)
    ends: dict[int, list[int]] = {}
    for start, end in spans:
        ends.setdefault(end, []).append(start)
    for end in range(1, size + 1):
        best[end] = best[end - 1]
        for start in ends.get(end, ()):
            best[end] = max(best[end], best[start] + end - start)
    return best[size]


def _padding(low: str) -> int:
    """Return how many characters only repeat the three before them."""
    return sum(low[place] == low[place - 1] == low[place - 2] == low[place - 3] for place in range(3, len(low)))


def _plain(text: str) -> str:
    """Return `text` with accents and compatibility forms taken off its Latin letters; other letters stay as they are."""
    from unicodedata import combining, normalize  # only for values outside ASCII

    return "".join(sign for sign in normalize("NFKD", text) if not combining(sign))[: 2 * WINDOW]


def _lower(text: str) -> str:
    """Return `text` in lower case with the same length."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(sign.lower()[:1] for sign in text)


def _under(text: str) -> tuple[str, bool] | None:
    """Return the text that `text` only dresses up, and whether it is encoded: repeated, spaced or grouped letters, an encoding."""
    for times in (2, 3, 4):
        if len(text) >= 8 * times and all(text[start::times] == text[::times] for start in range(1, times)):
            return text[::times], False
    if len(text) < 14:
        return None
    if len(set(text[1::2])) == 1 and not text[1].isalnum():
        return text[::2], False
    for joint in "-: .":
        parts = text.split(joint)
        if len(parts) >= 3 and len(parts[-1]) <= len(parts[0]) > 1 and len({*map(len, parts[:-1])}) == 1:
            return "".join(parts), False
    inner = inner_text(text)
    return None if inner is None else (inner, True)


def _look(text: str) -> Strength:
    """Assess one window: what lies under all dresses of it."""
    encoded = False
    for _ in range(_LAYERS):
        under = _under(text)
        if under is None:
            break
        text = under[0]
        encoded = encoded or under[1]
    return _judge(text, encoded=encoded)


def _judge(text: str, *, encoded: bool) -> Strength:
    """Assess a text that is no other text in disguise."""
    outside = 0
    if not text.isascii():
        outside = sum(sign >= "\x80" and sign.isalpha() for sign in text)
        text = _plain(text)[:WINDOW]
    if not text:
        return Strength(bits=0.0, coverage=0.0, likeness=NO_LIKENESS, encoded_text=encoded, human=False)
    most = limit(text)
    if is_uuid(text):
        text = text.replace("-", "")
    hexadecimal = is_hex(text)
    low = _lower(text)
    size = len(text)
    length = period(text)
    once = text[:length] if 2 * length <= size else text
    repeats = log2(size / length) if once is not text else 0.0
    spans = find_patterns(low, hexadecimal=hexadecimal)
    walks = [(start, end, bits) for start, end, bits, _ in whole_walks(low[: len(once)])]
    language = Language(once, low[: len(once)], walks, hexadecimal=hexadecimal)
    likeness = language.likeness + (_ENCODED_BITS if encoded else 0.0)
    words = [(start, end) for start, end, _ in language.words]
    pieces = [(start, end, bits + case_bits(once[start:end])) for start, end, bits, _ in spans if end <= len(once)]
    pieces += [(start, end, bits + case_bits(once[start:end])) for start, end, bits in language.words]
    saved, bits = describe(once, low[: len(once)], language.table, pieces)
    if is_typed(text, low):
        coverage = 1.0
    else:
        covered = float(_covered(size, [(start, end) for start, end, _, human in spans if human] + words))
        if words:
            covered *= size / len(once)
        covered += outside
        coverage = min(1.0, covered / max(1, size - _padding(low)))
        if saved < _CHANCE_BITS and not outside:
            coverage = min(coverage, HUMAN_COVERAGE - 0.01)
    return Strength(
        bits=min(bits + repeats, most),
        coverage=coverage,
        likeness=likeness,
        encoded_text=encoded,
        human=coverage >= HUMAN_COVERAGE or likeness >= HUMAN_LIKENESS,
    )


def assess(text: str) -> Strength:
    """Estimate the strength of a secret.

    A value of more than `WINDOW` characters is looked at from both ends, and the stronger end counts: what stands before or
    behind a random key neither helps nor harms it.

    Args:
        text: The value as the program gets it. Any text, of any length.
    """
    if len(text) <= WINDOW:
        return _look(text.strip())
    head = _look(text[:WINDOW])
    if not head.human and head.bits >= _PLENTY:
        return head
    start = len(text) - WINDOW
    tail = _look(text[start - start % 12 :][:WINDOW])
    return max(head, tail, key=lambda end: (not end.human, end.bits))
