"""Build the tables of `preflight/strength/` (`words.py`, `letter_pairs.py`, `digests.py`) from the texts and words in `tools/strength_corpus/`.

    python tools/build_strength_tables.py            # write the modules
    python tools/build_strength_tables.py --check    # exit 1 when the committed modules differ

Everything the tables are made of was written for this project, so they carry no other licence. The build is
deterministic: same corpus, same bytes.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import math
import re
import sys
import unicodedata
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CORPUS = ROOT / "tools" / "strength_corpus"
PACKAGE = ROOT / "preflight" / "strength"

LETTERS = "abcdefghijklmnopqrstuvwxyz"
LINE = 112

#: Languages whose letter pairs are pooled. Groups, because two kilobytes of one language are too few for 676 pairs.
GROUPS = {
    "english": ("en",),
    "west germanic": ("de", "nl"),
    "north germanic": ("sv", "da"),
    "romance": ("es", "fr", "it", "pt", "ro"),
    "polish": ("pl",),
    "slavic": ("cs", "ru"),
    "open syllables": ("ja", "id", "sw", "fi", "hi", "ar"),
    "short syllables": ("zh", "vi", "ko"),
    "vowel harmony": ("tr", "hu", "fi"),
    "without vowels": ("en", "de", "es", "pl"),
    "keyboard mashing": ("mash",),
}
VOWELS_DROPPED = "without vowels"
OWN_LETTERS = "keyboard mashing"  # not a language: its rare pairs owe nothing to the pooled ones
#: Groups of words in words.txt that people reach for first; their members are the common words.
COMMON_GROUPS = ("secrets and their surroundings", "systems", "what people like as passwords")

PAIR_ZERO = 83  # the byte that stands for "as likely as in random letters"
PAIR_STEPS = 8  # steps to the bit
SMOOTHING = 60.0  # pseudo-counts that pull a rare pair towards the pooled languages
DIGESTS = ("md5", "sha1", "sha256", "sha512")
DIGEST_BYTES = 4  # leading bytes kept: a random value matches one of some 6,000 once in 700,000 times

#: Further texts whose digests are known.
USUAL_TEXTS = """
0 1 123 1234 12345 123456 1234567 12345678 123456789 1234567890 111111 000000 a b c x abc ABC abcd abc123 qwerty qwerty123
qwertyuiop asdf asdfgh azerty 1q2w3e4r 1qaz2wsx password1 password123 Password Password1 Password123 P@ssw0rd p@ssw0rd passw0rd
Passw0rd admin123 letmein123 test123 secret123 Secret secret-key secret_key my-secret mysecret supersecret super-secret jwt-secret
jwt_secret my-secret-key your-secret-key change-me change_me welcome1 root123 Admin Test Hello PASSWORD SECRET ADMIN TEST
"""
WRITTEN_TEXTS = (
    "hello world",
    "Hello World",
    "Hello, World!",
    "hello, world",
    "The quick brown fox jumps over the lazy dog",
)
#: Keys printed in standards (NIST SP 800-38A, appendix F), which examples copy.
PUBLISHED_KEYS = ("2b7e151628aed2a6abf7", "8e73b0f7da0e6452c810", "603deb1015ca71be2b73")

#: What NFKD does not take apart.
_FOLD = str.maketrans(
    {"ß": "ss", "ø": "o", "æ": "ae", "œ": "oe", "ł": "l", "\u0131": "i", "đ": "d", "ð": "d", "þ": "th"}
)


def fold(text: str) -> str:
    """Return `text` in lower case without accents."""
    decomposed = unicodedata.normalize("NFKD", text.lower().translate(_FOLD))
    return "".join(character for character in decomposed if not unicodedata.combining(character))


def read_text(name: str) -> str:
    """Return one language's text, folded, without its comment line."""
    return fold((CORPUS / f"{name}.txt").read_text(encoding="utf-8").split("\n", 1)[1])


def read_groups() -> dict[str, list[str]]:
    """Return the word groups of words.txt by title, each with its words in order."""
    groups: dict[str, list[str]] = {}
    title = ""
    for line in (CORPUS / "words.txt").read_text(encoding="utf-8").splitlines():
        if line.startswith("#"):
            title = line[1:].strip()
        elif line.strip():
            groups.setdefault(title, []).extend(fold(line).split())
    return groups


def count_pairs(text: str) -> list[list[float]]:
    """Count letter pairs inside words: each distinct word once, plus a little for how often it is used.

    People build secrets from content words; running text would mostly teach articles and endings.
    """
    table = [[0.0] * 26 for _ in range(26)]
    words = re.findall("[a-z]+", text)
    for weight, source in ((1.0, sorted(set(words))), (0.3, words)):
        for word in source:
            for first, second in zip(word, word[1:], strict=False):
                table[ord(first) - 97][ord(second) - 97] += weight
    return table


def add(tables: list[list[list[float]]]) -> list[list[float]]:
    """Add tables cell by cell."""
    return [[sum(table[row][column] for table in tables) for column in range(26)] for row in range(26)]


def second_letters(table: list[list[float]]) -> list[float]:
    """Return how likely each letter is as the second of a pair."""
    total = sum(map(sum, table))
    return [(sum(row[column] for row in table) + 0.5) / (total + 13) for column in range(26)]


def log_ratios(table: list[list[float]], pooled: list[list[float]], share: float = 0.5) -> list[float]:
    """Return log2 of P(second | first) over 1/26 for each pair, smoothed towards the pooled table and single letters."""
    single = second_letters(table)
    ratios = []
    for first in range(26):
        pooled_total, total = sum(pooled[first]), sum(table[first])
        for second in range(26):
            from_pool = (pooled[first][second] + 4 * single[second]) / (pooled_total + 4)
            prior = share * from_pool + (1 - share) * single[second]
            probability = (table[first][second] + SMOOTHING * prior) / (total + SMOOTHING)
            ratios.append(math.log2(0.97 * probability * 26 + 0.03))
    return ratios


def encode_pairs(ratios: list[float]) -> str:
    """Write ratios as printable characters: `PAIR_ZERO` is zero, `PAIR_STEPS` characters are a bit."""
    return "".join(chr(max(35, min(126, PAIR_ZERO + round(ratio * PAIR_STEPS)))) for ratio in ratios)


def literal(text: str, prefix: str = "") -> str:
    """Write a string (or, with the prefix `b`, bytes) literal over several lines, as the formatter leaves it."""
    lines = []
    while text:
        cut = min(LINE, len(text))
        lines.append(text[:cut].replace("\\", "\\\\"))
        text = text[cut:]
    quoted = "\n".join(f'    {prefix}"{line}"' for line in lines)
    return f"(\n{quoted}\n)"


def header(summary: str, more: str = "") -> str:
    """Return the docstring and first import of a generated module."""
    origin = "Generated by tools/build_strength_tables.py from tools/strength_corpus/; do not edit."
    return f'"""{summary}\n\n{origin}{more}\n"""\n\nfrom __future__ import annotations\n\n'


def language_names() -> list[str]:
    """Return the names of the texts, sorted."""
    return sorted({name for members in GROUPS.values() for name in members})


def build_words() -> str:
    """Return the source of words.py."""
    groups = read_groups()
    common = {word for title in COMMON_GROUPS for word in groups[title] if len(word) >= 3}
    other = {word for title, words in groups.items() if title not in COMMON_GROUPS for word in words if len(word) >= 4}
    for name in language_names():
        if name != "mash":
            other.update(word for word in re.findall("[a-z]+", read_text(name)) if 5 <= len(word) <= 14)
    other -= common
    return (
        header("Words that the strength estimator knows.")
        + f"#: {len(common)} words that people reach for first when they make up a secret.\n"
        + f"COMMON_WORDS = {literal(' '.join(sorted(common)))}\n"
        + f"#: {len(other)} other words, of many languages, in Latin letters without accents.\n"
        + f"OTHER_WORDS = {literal(' '.join(sorted(other)))}\n"
    )


def build_letter_pairs() -> str:
    """Return the source of letter_pairs.py."""
    texts = {name: read_text(name) for name in language_names()}
    pooled = add([count_pairs(text) for name, text in texts.items() if name != "mash"])
    tables = []
    for group, members in GROUPS.items():
        read = [re.sub("[aeiouy]", "", texts[name]) if group == VOWELS_DROPPED else texts[name] for name in members]
        share = 0.0 if group in (VOWELS_DROPPED, OWN_LETTERS) else 0.5
        ratios = log_ratios(add([count_pairs(text) for text in read]), pooled, share)
        packed = literal(encode_pairs(ratios), "b").replace("\n", "\n    ")
        tables.append(f"    # {group}\n    {packed},\n")
    return (
        header("How likely one letter follows another in languages written with Latin letters.")
        + f"#: The byte that means: as likely as among random letters.\nZERO = {PAIR_ZERO}\n"
        + f"#: How many steps make one bit.\nSTEPS = {PAIR_STEPS}\n"
        + "#: log2(P(second letter | first) x 26) of the 26 x 26 pairs, row by row; one table a group of languages.\n"
        + f"PAIRS = (\n{''.join(tables)})\n"
        + "#: The same over all languages together.\n"
        + f"POOLED = {literal(encode_pairs(log_ratios(pooled, pooled)), 'b')}\n"
    )


def digest_words() -> list[str]:
    """Return the texts whose digests are known: common words as they are usually written."""
    groups = read_groups()
    words = sorted({word for title in COMMON_GROUPS for word in groups[title] if len(word) >= 3})
    return sorted({"", " ", "\n", *WRITTEN_TEXTS, *USUAL_TEXTS.split(), *words})


def build_digests() -> str:
    """Return the source of digests.py."""
    starts = {bytes.fromhex(key)[:DIGEST_BYTES] for key in PUBLISHED_KEYS}
    for text in digest_words():
        for ending in ("", "\n"):  # `echo word | sha256sum` hashes the newline too
            for name in DIGESTS:
                digest = hashlib.new(name, (text + ending).encode(), usedforsecurity=False).digest()
                starts.add(digest[:DIGEST_BYTES])
    packed = base64.b64encode(b"".join(sorted(starts))).decode()
    return (
        header(
            'How the digests of common words begin, so that `sha256("secret")` is not taken for a key.',
            "\nMD5, SHA-1, SHA-256 and SHA-512 of common words, with and without a final newline. Loaded only for values\n"
            "that can be one. Among them are the keys that NIST SP 800-38A prints.",
        )
        + "from binascii import a2b_base64\n\n"
        + f"#: Bytes of each beginning.\nWIDTH = {DIGEST_BYTES}\n"
        + f"#: {len(starts)} beginnings, sorted, one after the other.\n"
        + f"BEGINNINGS = a2b_base64{literal(packed)}\n"
    )


def main() -> int:
    """Write or check the generated modules."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--check", action="store_true", help="compare with the committed modules instead of writing them"
    )
    options = parser.parse_args()
    stale = []
    for name, source in (
        ("words.py", build_words()),
        ("letter_pairs.py", build_letter_pairs()),
        ("digests.py", build_digests()),
    ):
        path = PACKAGE / name
        if options.check:
            if not path.is_file() or path.read_text(encoding="utf-8") != source:
                stale.append(name)
        else:
            path.write_text(source, encoding="utf-8")
            print(f"{path.relative_to(ROOT)}: {len(source)} characters")
    if stale:
        print(f"out of date: {', '.join(stale)}; run python tools/build_strength_tables.py", file=sys.stderr)
    return 1 if stale else 0


if __name__ == "__main__":
    raise SystemExit(main())
