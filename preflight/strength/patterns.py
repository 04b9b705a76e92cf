"""Pieces of a value that follow a rule: walks over the keyboard, sequences, counting, dates.

Every finder takes lower-case text and returns spans: start, end, bits that it takes to name the piece, and whether it is a
sign of a person (a short piece that random values contain now and then is not).
"""

from __future__ import annotations

from math import log2

Span = tuple[int, int, float, bool]

DIGITS = "0123456789"

_ROWS = (
    ("`1234567890-=", "qwertyuiop[]\\", "asdfghjkl;'", "zxcvbnm,./"),  # US
    ("^1234567890ß\u00b4", "qwertzuiopü+", "asdfghjklöä#", "yxcvbnm,.-"),  # German
    ("²&é\"'(-è_çà)=", "azertyuiop^$", "qsdfghjklmù*", "wxcvbn,;:!"),  # French
)
_OFFSETS = (0.0, 1.0, 1.25, 1.75)  # how far the rows of a keyboard are shifted, in keys
_SHIFTED = str.maketrans('~!@#$%^&*()_+{}|:"<>?', "`1234567890-=[]\\;',./")

# Whole walks: rows, columns, zigzags, number pads, alphabets, and numbers that people know by heart.
_FORWARD = """
1234567890 0123456789abcdefghijklmnopqrstuvwxyz0123456789+/ qwertyuiop[]\\ asdfghjkl;' zxcvbnm,./ qwertyuiopasdfghjklzxcvbnm
qwertzuiop yxcvbnm qwertzuiopasdfghjklyxcvbnm azertyuiop qsdfghjklm wxcvbn azertyuiopqsdfghjklmwxcvbn
1qaz2wsx3edc4rfv5tgb6yhn7ujm8ik,9ol.0p;/ qazwsxedcrfvtgbyhnujmikolp zaq12wsxcde34rfvbgt56yhnmju78ik,.lo90p;/ 1qazxsw23edcvfr45tgbnhy67ujm,ki8
zaq1xsw2cde3vfr4bgt5nhy6mju7,ki8.lo9 zaqxswcdevfrbgtnhymjukilop 1q2w3e4r5t6y7u8i9o0p q1w2e3r4t5y6u7i8o9p0 qaswzxerdfcvtyghbnuijkm
qweasdzxc qweasdzxcrtyfghvbnuiojklm 1qa2ws3ed4rf5tg6yh7uj8ik9ol0p qawsedrftgyhujikolp awsedrftgyhujiko zsxdcfvgbhnjmk plokimjunhybgtvfcrdxeszwaq
1a2s3d4f5g6h7j8k9l 1z2x3c4v5b6n7m a1s2d3f4g5h6j7k8l9 z1x2c3v4b5n6m7 qpwoeirutyalskdjfhgzmxncbv qpalzmwoskxneidjcnrufhbvtyg
1a2b3c4d5e6f7g8h9i0j1k2l3m4n5o6p7q8r9s0t a1b2c3d4e5f6g7h8i9j0k1l2m3n4o5p6 aeiouaeiou aeioubcdfghjklmnpqrstvwxyz etaoinshrdlucmfwypvbgkjqxz
789456123 147258369 741852963 159753 7894561230 963852741 7410852096 258456 12369874 14789632 123654789 321456987
pyfgcrl aoeuidhtns qjkxbmwvz pyfgcrlaoeuidhtnsqjkxbmwvz qwfpgjluy arstdhneio zxcvbkm qwfpgjluyarstdhneiozxcvbkm
йцукенгшщзхъфывапролджэячсмитьбю абвгдеёжзийклмнопрстуфхцчшщъыьэюя αβγδεζηθικλμνξοπρστυφχψω
3141592653589793238462643383279502884197169399375105820974944592307816406286 2718281828459045235360287471352662497757247093699959
1414213562373095048801688724209698078569671875376948 1618033988749894848204586834365638117720309179805762 1732050807568877293527446341505872
11235813213455891442333776109871597258441816765 2357111317192329313741434753596167717379838997 1248163264128256512102420484096819216384
149162536496481100121144169196225 doremifasolatido monthsjanfebmaraprmayjunjulaugsepoctnovdec montuewedthufrisatsun
""".split()
_WALK = 5  # shortest piece of a whole walk
_WALKS = "\n".join(_FORWARD + [walk[::-1] for walk in _FORWARD])
_WALK_STARTS = frozenset(_WALKS[start : start + _WALK] for start in range(len(_WALKS) - _WALK + 1))
_WALK_BITS = log2(len(_WALKS))


def _neighbours(rows: tuple[str, ...]) -> frozenset[str]:
    """Return the ordered pairs of keys that touch each other, or are one key."""
    keys = [
        (x + offset, y, key)
        for y, (row, offset) in enumerate(zip(rows, _OFFSETS, strict=True))
        for x, key in enumerate(row)
    ]
    return frozenset(a + b for x, y, a in keys for u, v, b in keys if abs(y - v) <= 1 and abs(x - u) <= 1.0 and a != b)


_TOUCHING = tuple(_neighbours(rows) for rows in _ROWS)


def whole_walks(low: str) -> list[Span]:
    """Find pieces of well-known walks, alphabets and constants, five characters or more."""
    plain = low.translate(_SHIFTED)
    found: list[Span] = []
    start, size = 0, len(plain)
    while start <= size - _WALK:
        if plain[start : start + _WALK] in _WALK_STARTS:
            end = start + _WALK
            while end < size and plain[start : end + 1] in _WALKS:
                end += 1
            found.append((start, end, _WALK_BITS + log2(end - start), end - start > _WALK))
            start = max(start + 1, end - _WALK + 1)
        else:
            start += 1
    return found


def key_walks(low: str) -> list[Span]:
    """Find stretches of four keys or more where each touches the one before, on the usual layouts."""
    plain = low.translate(_SHIFTED)
    found: list[Span] = []
    for touching in _TOUCHING:
        start = 0
        for end in range(1, len(plain) + 1):
            if end == len(plain) or plain[end - 1 : end + 1] not in touching:
                if end - start >= 4:
                    found.append((start, end, 7.0 + 2.3 * (end - start - 1), end - start >= 8))
                start = end
    return found


def sequences(low: str) -> list[Span]:
    """Find stretches that step evenly through the alphabet.

    One sequence (abcd, 9876, aaaa, acegi), or two or three taking turns (a1b2c3, aabbcc, azbycx, 001002003).
    """
    codes = [ord(sign) for sign in low]
    found: list[Span] = []
    for stride in (1, 2, 3):
        steps = [second - first for first, second in zip(codes, codes[stride:], strict=False)]
        count = len(steps)
        start = 0
        for place in range(stride, count + 1):
            if place < count and steps[place] == steps[place - stride]:
                continue
            length = place - start + stride
            if length >= 3 * stride:
                widest = max(map(abs, steps[start : start + stride]))
                if widest <= 1 or (widest <= 3 and length > 3 * stride):
                    bits = stride * (5.4 if widest <= 1 else 8.0) + 2.0 + log2(length)
                    found.append((start, start + length, bits, length >= 3 * stride + 2))
            start = place - stride + 1
    return found


def _number_end(low: str, start: int) -> int:
    """Return where the digits that begin at `start` end."""
    end = start
    while end < len(low) and low[end] in DIGITS:
        end += 1
    return end


def _separated(low: str, start: int) -> tuple[int, int]:
    """Return where counting with equal separators (1,2,3 or item08item10) ends, and how many numbers it has."""
    end = _number_end(low, start)
    if end - start > 9:
        return start, 0
    first, between = low[start:end], ""
    value, step, count = int(first), 0, 1
    while True:
        # The next number starts behind the separator, which the first two numbers fix.
        begin = end + len(between)
        if not between:
            while begin < len(low) and low[begin] not in DIGITS:
                begin += 1
            between = low[end:begin]
            if not between or len(between) > 12:
                return start, 0
        elif low[end:begin] != between:
            break
        stop = _number_end(low, begin)
        if stop == begin or stop - begin > 9:
            break
        number = int(low[begin:stop])
        if count == 1:
            step = number - value
            if not 0 < abs(step) <= 100:
                return start, 0
        elif number - value != step:
            # The last number may be cut off: 97,98,99,1
            if not str(value + step).startswith(low[begin:stop]):
                break
            return stop, count + 1
        value, end, count = number, stop, count + 1
    return end, count


def _joined(low: str, start: int) -> tuple[int, int]:
    """Return where counting without separators (9899100101) ends, and how many numbers it has."""
    best = (start, 0)
    for width in (1, 2, 3, 4):
        first = low[start : start + width]
        if len(first) < width or first.strip(DIGITS) or (width > 1 and first[0] == "0"):
            break
        for step in (1, -1, 2, 5, 10, 100):
            value, end, count = int(first), start + width, 1
            while value + step >= 0 and low.startswith(str(value + step), end):
                value += step
                end += len(str(value))
                count += 1
            if count >= 4 and end > best[0]:
                best = (end, count)
    return best


def counting(low: str) -> list[Span]:
    """Find numbers that count: at least four with separators, or six digits without."""
    found: list[Span] = []
    start, size = 0, len(low)
    while start < size:
        if low[start] not in DIGITS:
            start += 1
            continue
        stop = _number_end(low, start)
        end, count = _separated(low, start)
        if count < 4:
            end, count = start, 0
            if stop - start >= 6:
                end, count = _joined(low, start)
        if count and end - start >= 6:
            found.append((start, end, 3.4 * (stop - start if end > stop else 4) + 9.0 + log2(count), True))
            start = end
        elif stop - start >= 6:
            start += 1
        else:
            start = stop
    return found


def _two(low: str, start: int, most: int, least: int = 1) -> bool:
    """Say whether two digits from `start` on are a number from `least` to `most`."""
    digits = low[start : start + 2]
    return len(digits) == 2 and not digits.strip(DIGITS) and least <= int(digits) <= most


def _year(low: str, start: int) -> bool:
    """Say whether four digits from `start` on are a year of the last or this century."""
    digits = low[start : start + 4]
    return len(digits) == 4 and digits[:2] in ("19", "20") and not digits.strip(DIGITS)


def _date_end(low: str, start: int) -> int:
    """Return where a date of day, month and year that begins at `start` ends, or `start`."""
    if _year(low, start):
        between = low[start + 4 : start + 5]
        if between and between in _DATE_SIGNS:
            whole = _two(low, start + 5, 12) and low[start + 7 : start + 8] == between and _two(low, start + 8, 31)
            return start + 10 if whole else start
        return start + 8 if _two(low, start + 4, 12) and _two(low, start + 6, 31) else start
    if not _two(low, start, 31):
        return start
    between = low[start + 2 : start + 3]
    if between and between in _DATE_SIGNS:
        # Day before month, or as in the United States month before day.
        both = _two(low, start + 3, 31) and (_two(low, start + 3, 12) or _two(low, start, 12))
        return start + 10 if both and low[start + 5 : start + 6] == between and _year(low, start + 6) else start
    return start + 8 if _two(low, start + 2, 12) and _year(low, start + 4) else start


_DATE_SIGNS = "-/._ "
_MONTHS = frozenset("jan feb mar apr may jun jul aug sep oct nov dec mon tue wed thu fri sat sun".split())


def _time_end(low: str, start: int) -> int:
    """Return where a time of day (hh:mm or hh:mm:ss) that begins at `start` ends, or `start`."""
    if _two(low, start, 23, 0) and low[start + 2 : start + 3] == ":" and _two(low, start + 3, 59, 0):
        end = start + 5
        return end + 3 if low[end : end + 1] == ":" and _two(low, end + 1, 60, 0) else end
    return start


def dates(low: str) -> list[Span]:
    """Find dates, times of day, years that stand alone, and short names of months and days that stand apart."""
    found: list[Span] = []
    for start, sign in enumerate(low):
        before = low[start - 1 : start]
        if sign in DIGITS:
            end = _date_end(low, start)
            if end > start:
                found.append((start, end, 15.0, True))
            if before and before in DIGITS:
                continue
            if _number_end(low, start) == start + 4 and _year(low, start):
                found.append((start, start + 4, 8.0, True))
            end = _time_end(low, start)
            if end > start:
                found.append((start, end, 11.0 if end - start == 5 else 17.0, True))
        elif low[start : start + 3] in _MONTHS and not before.isalpha() and not low[start + 3 : start + 4].isalpha():
            found.append((start, start + 3, 8.0, True))
    return found


def find_patterns(low: str, *, hexadecimal: bool = False) -> list[Span]:
    """Return every span that the finders of this module find in a lower-case text.

    Among hexadecimal digits, dates, counting and touching keys are found too often by chance.
    """
    found = whole_walks(low) + sequences(low)
    if hexadecimal:
        return found
    found += key_walks(low)
    if any(map(low.__contains__, DIGITS)):
        found += counting(low) + dates(low)
    return found
