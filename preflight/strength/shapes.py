"""Values that their whole shape gives away.

Numbers, lists and alphabets; UUIDs that hold a time; bytes that count, repeat or are the digest of a common word.
"""

from __future__ import annotations

from math import log2

from preflight.strength.description import period
from preflight.strength.encodings import inner_bytes, is_hex, is_uuid
from preflight.strength.patterns import DIGITS

#: More bits than any value is given: no limit.
NO_LIMIT = 1e9

_ALPHABET = frozenset("abcdefghijklmnopqrstuvwxyz")
_PART_SIGNS = str.maketrans("", "", "._:-/=@")
_JOINTS = str.maketrans(dict.fromkeys("-_./:@", " "))
_NUMBER_SIGNS = " ,.;:/\\-_+()[]{}#|=*'\"\n\t~<>%$x"


def is_list(text: str) -> bool:
    """Say whether `text` is three or more short words or numbers between commas, spaces and the like."""
    for joint in ",;|# \n\t":
        if text.count(joint) >= 2:
            parts = text.replace(joint, " ").split()
            many = len(parts) >= 4 or (len(parts) == 3 and len(text) >= 28)
            return many and max(map(len, parts)) <= 18 and "".join(parts).translate(_PART_SIGNS).isalnum()
    return False


def is_name(text: str) -> bool:
    """Say whether `text` is put together from short parts as names are: db-prd-eu-west-1, /srv/app/v2/keys.

    Four or more parts of different lengths, each of small letters, capitals or one capital and small letters, digits only
    behind the letters. Parts of one length are how keys are grouped.
    """
    parts = text.translate(_JOINTS).split()
    if len(text) < 20 or len(parts) < 4 or max(map(len, parts)) > 16 or len({*map(len, parts)}) == 1:
        return False
    words = [part.rstrip(DIGITS) for part in parts]
    return all(not word or (word.isalpha() and (word.islower() or word.isupper() or word.istitle())) for word in words)


def is_json(text: str) -> bool:
    """Say whether `text` looks like a JSON object without a long text in it (a JSON web key holds its key as one)."""
    if text[:1] != "{" or text[-1:] != "}" or ":" not in text or text.count('"') < 4:
        return False
    return max(map(len, text.split('"'))) < 24


def is_typed(text: str, low: str) -> bool:
    """Say whether the whole shape is one that generators do not emit.

    Mostly digits, or numbers with separators (dates, telephone numbers, addresses, versions); eight different characters or
    fewer in 28 or more; an alphabet written out in some order; a list, a name, JSON.
    """
    size = len(text)
    digits = sum(map(text.count, DIGITS))
    if size >= 16 and digits >= size - 2 and not text[2:].strip(DIGITS):
        return True
    if size >= 20 and digits * 20 >= size * 13 and not is_hex(text):
        return True
    if size >= 12 and digits * 2 >= size and not is_hex(text):
        others = size - digits - sum(map(text.count, _NUMBER_SIGNS))
        if others * 8 <= size and digits + others < size:
            return True
    different = set(low)
    if size >= 28 and len(different) <= (7 if is_hex(text) else 8):
        return True
    if size >= 26 and len(different) == size and different >= _ALPHABET:
        return True
    return is_list(text) or is_name(text) or is_json(text)


def _uuid_bits(text: str) -> float:
    """Return how many bits of a UUID its version lets be random (RFC 9562, section 5)."""
    version = text[14]
    if version in "126":
        return 60.0  # a time, and a node that is seen elsewhere
    return 74.0 if version == "7" else 122.0


def _known_digest(raw: bytes) -> bool:
    """Say whether `raw` begins as a digest of a common word does."""
    from preflight.strength.digests import BEGINNINGS, WIDTH  # 35 kB, only for values of a digest's length

    low, high = 0, len(BEGINNINGS) // WIDTH
    wanted = raw[:WIDTH]
    while low < high:
        middle = (low + high) // 2
        if BEGINNINGS[middle * WIDTH : middle * WIDTH + WIDTH] < wanted:
            low = middle + 1
        else:
            high = middle
    return BEGINNINGS[low * WIDTH : low * WIDTH + WIDTH] == wanted


def _bytes_bits(raw: bytes) -> float:
    """Return the bits of bytes that repeat or count, of any others more than there can be."""
    step = (raw[1] - raw[0]) % 256
    if all((second - first) % 256 == step for first, second in zip(raw, raw[1:], strict=False)):
        return 20.0
    length = period(raw.decode("latin-1"))
    return 8.0 * length + log2(len(raw) / length) if 2 * length <= len(raw) else NO_LIMIT


def limit(text: str) -> float:
    """Return the most bits that a value can have for what it decodes to, `NO_LIMIT` when that says nothing."""
    if is_uuid(text):
        return _uuid_bits(text)
    most = NO_LIMIT
    for raw in inner_bytes(text) if len(text) >= 16 else ():
        if len(raw) in (16, 20, 32, 64) and _known_digest(raw):
            return 13.0
        if len(raw) >= 8:
            most = min(most, _bytes_bits(raw))
    return most
