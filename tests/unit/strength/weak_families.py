# ruff: noqa: E501, E731, ICN001, S608, FURB187, RUF100 - generators of weak text, one line each
"""Families of values that look long and are not random: what people, templates and one-liners put where a key belongs.

Every family takes a random source, a list of words and a list of names, and returns one value. The words decide what is
tested, so the same families serve to tune (one list) and to measure (another).
"""

from __future__ import annotations

import base64
import codecs
import datetime
import hashlib
import json
import string
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Sequence

    Family = Callable[[random.Random, Sequence[str], Sequence[str]], str]

ALNUM = string.ascii_letters + string.digits
KEYBOARDS = (
    ("1234567890", "qwertyuiop", "asdfghjkl", "zxcvbnm"),
    ("1234567890", "qwertzuiop", "asdfghjkl", "yxcvbnm"),
    ("1234567890", "azertyuiop", "qsdfghjklm", "wxcvbn"),
)


def phrase(r: random.Random, words: Sequence[str], least: int = 28) -> str:
    """Return words joined in one of the usual ways."""
    joint = r.choice(["", "", "-", "_", ".", " "])
    style = r.choice([str.lower, str.lower, str.capitalize, str.upper])
    text = ""
    while len(text) < least:
        text += (joint if text else "") + style(r.choice(words))
    return text


def person(r: random.Random, names: Sequence[str]) -> str:
    return r.choice(names).capitalize()


def date(r: random.Random) -> datetime.date:
    return datetime.date(1950, 1, 1) + datetime.timedelta(days=r.randrange(30000))


def numbered(r, w, n):
    return (
        phrase(r, w, 24)
        + r.choice(["", "-", "!", "#"])
        + str(r.choice([r.randrange(10), r.randrange(100), r.randrange(1950, 2031)]))
    )


def camel(r, w, n):
    return "".join(r.choice(w).capitalize() for _ in range(5)) + str(r.randrange(1990, 2030)) + r.choice("!@#$")


def words_and_numbers(r, w, n):
    return "".join(r.choice([str.lower, str.capitalize])(r.choice(w)) + str(r.randrange(10, 100)) for _ in range(5))


def words_and_signs(r, w, n):
    return "".join(r.choice(w).capitalize() + r.choice("!@#$%&*?") for _ in range(5))


def leet(r, w, n):
    table = str.maketrans("aeiost", r.choice(["@310$7", "431057", "4310s7", "@3!0$t"]))
    return "".join(
        sign.translate(table) if r.random() < 0.6 else sign
        for sign in "".join(r.choice(w).capitalize() for _ in range(5))
    )


def names_and_years(r, w, n):
    return "".join(person(r, n) + str(r.randrange(1950, 2026)) for _ in range(3))


def full_names(r, w, n):
    return r.choice([" ", ".", "", "-"]).join(person(r, n) for _ in range(5)) + r.choice(["", "1", "123", "!"])


def backwards(r, w, n):
    return phrase(r, w)[::-1]


def words_backwards(r, w, n):
    return r.choice(["", "-"]).join(r.choice(w)[::-1] for _ in range(6))


def alternating_case(r, w, n):
    return "".join(s.upper() if i % 2 else s.lower() for i, s in enumerate(phrase(r, w)))


def doubled_letters(r, w, n):
    return "".join(2 * s for s in phrase(r, w, 18))


def spaced_letters(r, w, n):
    return r.choice(" .-_").join("".join(r.choice(w) for _ in range(4)))


def hex_of_phrase(r, w, n):
    return phrase(r, w, r.choice([12, 16, 24, 32])).encode().hex()


def hex_of_password(r, w, n):
    return (
        (r.choice(w).capitalize() + r.choice(["", "-", "@"]) + r.choice(n) + str(r.randrange(3000)) + "!")
        .encode()
        .hex()
    )


def base64_of_phrase(r, w, n):
    return base64.b64encode(phrase(r, w, r.choice([16, 24, 32])).encode()).decode()


def base64_of_password(r, w, n):
    return base64.b64encode(
        (r.choice(w).capitalize() + r.choice(["", "-", "@"]) + r.choice(n) + str(r.randrange(3000)) + "!").encode()
    ).decode()


def base64url_of_phrase(r, w, n):
    return base64.urlsafe_b64encode(phrase(r, w, 24).encode()).decode().rstrip("=")


def base64_of_base64(r, w, n):
    return base64.b64encode(base64.b64encode(phrase(r, w, 20).encode())).decode()


def base32_of_phrase(r, w, n):
    return base64.b32encode(phrase(r, w, 24).encode()).decode().rstrip(r.choice(["=", ""]))


def basic_credentials(r, w, n):
    return (
        r.choice(["Basic ", "Bearer ", "base64:"])
        + base64.b64encode((r.choice(w) + ":" + r.choice(w) + r.choice(w) + "2024").encode()).decode()
    )


def utf16_base64(r, w, n):
    return base64.b64encode(phrase(r, w, 16).encode("utf-16-le")).decode()


def percent_encoded(r, w, n):
    return "".join(f"%{sign:02x}" for sign in phrase(r, w, 14).encode())


def escaped_hex(r, w, n):
    return r.choice([":", " ", "-", ""]).join(f"{sign:02x}" for sign in phrase(r, w, 18).encode())


def decimal_codes(r, w, n):
    return r.choice([" ", ",", ""]).join(str(sign) for sign in phrase(r, w, 14).encode())


def binary_text(r, w, n):
    return r.choice([" ", ""]).join(f"{sign:08b}" for sign in r.choice(w).encode())[:80].ljust(32, "0")


def rot13(r, w, n):
    return codecs.encode(phrase(r, w, 32), "rot13")


def caesar(r, w, n):
    k = r.randrange(1, 26)
    low = string.ascii_lowercase
    return phrase(r, w, 32).lower().translate(str.maketrans(low, low[k:] + low[:k]))


def phone_numbers(r, w, n):
    one = lambda: (
        r.choice(["+%d-%03d-%03d-%04d", "+%d %03d %03d %04d", "00%d/%03d/%03d%04d", "+%d (%03d) %03d-%04d"])
        % (r.randrange(1, 99), r.randrange(100, 999), r.randrange(100, 999), r.randrange(10000))
    )  # noqa: E731 - used twice, here
    return r.choice([" ", ",", ";"]).join(one() for _ in range(r.choice([2, 3])))


def phone_numbers_joined(r, w, n):
    return "".join(f"{r.choice(['0', '49', '1', '33'])}{r.randrange(10**9, 10**10)}" for _ in range(r.choice([3, 4])))


def counting_list(r, w, n):
    start, step = r.randrange(1, 1200), r.choice([1, 1, 1, 2, 5, 10])
    return r.choice([",", ", ", "-", " ", ".", ";", "_"]).join(str(start + step * i) for i in range(40))[
        : r.choice([32, 40, 48, 64])
    ]


def counting_joined(r, w, n):
    start = r.randrange(1, 1200)
    return "".join(str(start + i) for i in range(40))[: r.choice([32, 40, 48, 64])]


def counting_words(r, w, n):
    word, start = r.choice(w), r.randrange(1, 100)
    return r.choice(["", "-", ","]).join(f"{word}{start + i}" for i in range(6))


def date_list(r, w, n):
    form = r.choice(
        ["%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y", "%Y%m%d", "%d-%b-%Y", "%d %B %Y", "%B %d, %Y", "%d/%m/%y", "%a %d %b %Y"]
    )
    return r.choice([",", " ", ";", ""]).join(date(r).strftime(form) for _ in range(5))


def timestamps(r, w, n):
    day = datetime.datetime(1990, 1, 1) + datetime.timedelta(seconds=r.randrange(10**9))  # noqa: DTZ001 - any moment does
    form = r.choice(
        ["%Y-%m-%dT%H:%M:%SZ", "%Y-%m-%dT%H:%M:%S.%f+00:00", "%a, %d %b %Y %H:%M:%S GMT", "%Y%m%d%H%M%S%f", "%c"]
    )
    text = day.strftime(form)
    return text if len(text) >= 28 else text + r.choice([" ", "_", "/"]) + text[::-1][::-1] + r.choice("12Z")


def unix_times(r, w, n):
    return r.choice(["", ",", "-"]).join(str(1500000000 + r.randrange(2 * 10**8)) for _ in range(4))


def zeros_and_ones(r, w, n):
    return "".join(r.choices("01", k=r.choice([32, 64, 96, 128])))


def few_signs(r, w, n):
    return "".join(
        r.choices(
            r.choice(["acgt", "ACGT", ".-", "xo", "abc", "1234", "IVXLCDM", "!?", "asdf", "123456"]),
            k=r.choice([32, 48, 64]),
        )
    )


def url(r, w, n):
    return (
        r.choice(["https://", "http://", "postgres://", "redis://"])
        + ".".join(r.choice(w) for _ in range(r.choice([2, 3])))
        + r.choice([".com", ".io", ".internal", ".org:8443"])
        + "/"
        + r.choice(w)
        + r.choice(["/", "/v1", "?id=12", ""])
    )


def hostnames(r, w, n):
    return ",".join(
        f"{r.choice(w)}-{r.randrange(1, 9)}.{r.choice(w)}{r.choice(['.svc.cluster.local', '.example.net', '.corp.lan'])}"
        for _ in range(2)
    )


def email(r, w, n):
    return r.choice(["", ","]).join(
        f"{r.choice(n).lower()}.{r.choice(n).lower()}{r.choice(['', '77', '1984'])}@{r.choice(w)}.{r.choice(['com', 'de', 'org', 'co.uk'])}"
        for _ in range(2)
    )


def file_path(r, w, n):
    return (
        r.choice(["/etc/", "/home/", "/var/lib/", "C:\\", "/usr/share/"])
        + r.choice(["/", "\\", "/"]).join(r.choice(w) for _ in range(4))
        + r.choice([".pem", ".txt", ".json", ""])
    )


def json_text(r, w, n):
    return json.dumps({r.choice(w): r.choice(w), r.choice(w): r.randrange(100), r.choice(w): r.choice([True, None])})


def code(r, w, n):
    a, b, c = (r.choice(w) for _ in range(3))
    return r.choice(
        [
            f"SELECT {a} FROM {b} WHERE {c} = 1;",
            f"if ({a} == {b}) {{ return {c}; }}",
            f"export {a.upper()}_{b.upper()}={c}",
            f"{a}.{b}({c}, 'x')[0]",
            f'<{a} class="{b}">{c}</{a}>',
            f"def {a}_{b}({c}): return None",
        ]
    )


def key_value(r, w, n):
    return r.choice([";", "&", ",", " "]).join(
        f"{r.choice(w)}={r.choice([r.choice(w), str(r.randrange(1000))])}" for _ in range(4)
    )


def ip_addresses(r, w, n):
    return r.choice([",", " ", ";"]).join(
        ".".join(str(r.randrange(256)) for _ in range(4)) + r.choice(["", ":5432", "/24"]) for _ in range(3)
    )


def versions(r, w, n):
    return r.choice([",", " ", "-", "_"]).join(
        r.choice(["", "v"]) + ".".join(str(r.randrange(40)) for _ in range(3)) for _ in range(7)
    )


def patterned_uuid(r, w, n):
    digit = lambda k: r.choice(string.hexdigits.lower()[:16]) * k  # noqa: E731 - used five times, here
    return r.choice(
        [
            "-".join(map(digit, (8, 4, 4, 4, 12))),
            f"00000000-0000-0000-0000-{r.randrange(10000):012d}",
            f"{r.randrange(10**6):08d}-0000-4000-8000-{r.randrange(1000):012d}",
            "01234567-89ab-cdef-0123-456789abcdef",
            "deadbeef-dead-beef-dead-beefdeadbeef",
            "12345678-1234-1234-1234-1234567890ab",
            f"{r.randrange(2**32):08x}-{r.randrange(2**16):04x}-1{r.randrange(2**12):03x}-80b4-00c04fd430c8",
        ]
    )


def repeated_token(r, w, n):
    token = "".join(r.choices(ALNUM, k=r.randrange(3, 10)))
    return (token * 40)[: r.choice([32, 40, 48, 64])]


def repeated_with_joints(r, w, n):
    token = "".join(r.choices(ALNUM + "!$%", k=r.randrange(4, 9)))
    return r.choice(["-", "_", ".", "1", "!"]).join([token] * 6)


def padded_token(r, w, n):
    token = r.choice([r.choice(w), "".join(r.choices(ALNUM, k=r.randrange(4, 12)))])
    return r.choice([str.ljust, str.rjust])(token, r.choice([32, 48]), r.choice("0x1.-*=_ A"))


def padded_with_counting(r, w, n):
    return (r.choice(w) + "12345678901234567890123456789012345678901234567890")[:32]


def keyboard_rows(r, w, n):
    rows = list(r.choice(KEYBOARDS))
    r.shuffle(rows)
    return "".join(r.choice([row, row[::-1], row.upper()]) for row in rows)[: r.choice([24, 32, 37])]


def keyboard_steps(r, w, n):
    rows = r.choice(KEYBOARDS)
    y, x = r.randrange(len(rows)), r.randrange(6)
    text = rows[y][x]
    while len(text) < r.choice([32, 32, 40, 48]):
        v, u = y + r.choice([-1, 0, 0, 1]), x + r.choice([-1, 0, 1])
        if (
            (v, u) != (y, x)
            and 0 <= v < len(rows)
            and 0 <= u < len(rows[v])
            and not (v > y and u > x)
            and not (v < y and u < x)
        ):
            y, x = v, u
            text += rows[y][x]
    return text


def keyboard_columns(r, w, n):
    rows = r.choice(KEYBOARDS)
    columns = ["".join(row[x] for row in rows if x < len(row)) for x in range(10)]
    if r.random() < 0.5:
        columns = columns[::-1]
    return "".join(c[:: r.choice([1, -1])] if r.random() < 0.3 else c for c in columns)[:36]


def mashed_keys(r, w, n):
    left, right = "asdfasdfasdfgqwerzxcv", "jkljkljklhuiopnm"
    text = ""
    while len(text) < r.choice([28, 32, 40]):
        text += (
            r.choice(left) + r.choice(right)
            if r.random() < 0.6
            else r.choice(["sdf", "asd", "fds", "jkl", "lkj", "kjh", "dfg"])
        )
    return text


def alphabet(r, w, n):
    low = string.ascii_lowercase
    k = r.randrange(26)
    turned = low[k:] + low[:k]
    text = r.choice(
        [
            turned + string.digits[:6],
            turned[::-1] + string.digits[:6],
            low[::2] + low[1::2] + string.digits[:6],
            "".join(a + b for a, b in zip(low, low[::-1], strict=True)),
            "".join(b + a for a, b in zip(low[::2], low[1::2], strict=True)) + string.digits[:6],
            "".join(a + a.upper() for a in turned)[:32],
            "".join(a + str(i % 10) for i, a in enumerate(turned))[:32],
            low[:13][::-1] + low[13:] + string.digits[:6],
            "".join(r.sample(low, 26)),
            "".join(a * 2 for a in turned),
            "".join(a * 3 for a in turned)[:36],
        ]
    )
    return r.choice([str.lower, str.upper])(text)


def hex_counting(r, w, n):
    start, step = r.randrange(256), r.choice([1, 1, 2, 16, 255])
    return bytes((start + step * i) % 256 for i in range(r.choice([16, 24, 32]))).hex()


def hex_counting_separated(r, w, n):
    start = r.randrange(200)
    return r.choice([",", " ", ":", "-"]).join(r.choice(["0x{:02x}"]).format((start + i) % 256) for i in range(12))


def base64_of_counting(r, w, n):
    start = r.randrange(256)
    return base64.b64encode(bytes((start + i) % 256 for i in range(32))).decode()


def constant_bytes(r, w, n):
    raw = r.choice(
        [
            bytes([r.randrange(256)]) * 32,
            bytes(32),
            bytes([r.randrange(256), r.randrange(256)]) * 16,
            r.randbytes(4) * 8,
        ]
    )
    return r.choice([base64.b64encode(raw).decode(), raw.hex()])


def digest_of_word(r, w, n):
    word = r.choice(
        [
            "password",
            "secret",
            "admin",
            "test",
            "hello",
            "123456",
            "letmein",
            "qwerty",
            "root",
            "welcome",
            "token",
            "changeme",
            "monkey",
            "jwt",
            "abc123",
        ]
    )
    digest = hashlib.new(r.choice(["md5", "sha1", "sha256", "sha512"]), (word + r.choice(["", "\n"])).encode())
    return r.choice([digest.hexdigest(), digest.hexdigest().upper(), base64.b64encode(digest.digest()).decode()])


def roman_numerals(r, w, n):
    pairs = (
        (1000, "M"),
        (900, "CM"),
        (500, "D"),
        (400, "CD"),
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    )

    def roman(k):
        text = ""
        for value, signs in pairs:
            while k >= value:
                text, k = text + signs, k - value
        return text

    return r.choice(["-", " ", ".", ""]).join(roman(r.randrange(1, 2500)) for _ in range(6)).ljust(28, "I")


def palindrome(r, w, n):
    half = r.choice([phrase(r, w, 18), "".join(r.choices(ALNUM, k=12))])
    return half + half[::-1]


def number_words(r, w, n):
    ones = [
        "one",
        "two",
        "three",
        "four",
        "five",
        "six",
        "seven",
        "eight",
        "nine",
        "ten",
        "eleven",
        "twelve",
        "thirteen",
        "twenty",
        "thirty",
    ]
    nato = [
        "alpha",
        "bravo",
        "charlie",
        "delta",
        "echo",
        "foxtrot",
        "golf",
        "hotel",
        "india",
        "juliet",
        "kilo",
        "lima",
        "mike",
        "november",
        "oscar",
        "papa",
        "quebec",
        "romeo",
        "sierra",
        "tango",
        "uniform",
        "victor",
        "whiskey",
        "xray",
        "yankee",
        "zulu",
    ]
    return r.choice(["", "-", " ", "_"]).join(r.choice(r.choice([ones, nato])) for _ in range(7))


def card_numbers(r, w, n):
    return r.choice(["DE", "FR", "", "NL", "ES"]) + r.choice(["", " ", "-"]).join(
        f"{r.randrange(10000):04d}" for _ in range(r.choice([5, 6, 8]))
    )


def no_vowels(r, w, n):
    text = ""
    while len(text) < 28:
        text += r.choice(["", "-", "_"]) + "".join(s for s in r.choice(w) if s not in "aeiou")
    return text


def colours(r, w, n):
    base = ["ff0000", "00ff00", "0000ff", "ffffff", "000000", "c0c0c0", "ffcc00", "336699", "123456", "aabbcc"]
    return r.choice(["#", ",", " "]).join(r.choice(base) for _ in range(6))


def company(r, w, n):
    return (
        r.choice(w).capitalize()
        + r.choice(n).capitalize()
        + r.choice(["Prod", "Production", "Live", "Staging"])
        + r.choice(["JwtKey", "DbPassword", "ApiSecret", "SigningKey"])
        + r.choice(["", "2024", "01", "!"])
    )


def morse(r, w, n):
    table = dict(
        zip(
            string.ascii_lowercase,
            [
                ".-",
                "-...",
                "-.-.",
                "-..",
                ".",
                "..-.",
                "--.",
                "....",
                "..",
                ".---",
                "-.-",
                ".-..",
                "--",
                "-.",
                "---",
                ".--.",
                "--.-",
                ".-.",
                "...",
                "-",
                "..-",
                "...-",
                ".--",
                "-..-",
                "-.--",
                "--..",
            ],
            strict=True,
        )
    )
    return r.choice([" ", "/"]).join(table.get(s, "") for s in r.choice(w) + r.choice(w) + r.choice(w)).ljust(32, ".")


def initials_and_dates(r, w, n):
    return "".join(
        person(r, n)[0] + person(r, n)[0].lower() + date(r).strftime(r.choice(["%d%m%Y", "%Y%m%d", "%d-%m-%Y"]))
        for _ in range(4)
    )


def connection_string(r, w, n):
    return (
        f"Server={r.choice(w)};Database={r.choice(w)};User Id={r.choice(n)};Password={r.choice(w)}{r.randrange(100)};"
    )


def three_way_mix(r, w, n):
    return (
        r.choice(w).capitalize()
        + "".join(r.choices(string.digits, k=4))
        + r.choice("!@#$_-")
        + r.choice(w)
        + r.choice(["qwerty", "asdfgh", "1q2w3e", "zxcvbn"])
        + r.choice(w).upper()
    )


# --- A second set of shapes, written after the estimator was tuned on those above and used to measure it blind.


def sentence(r, w, n):
    return " ".join([r.choice(w).capitalize(), *(r.choice(w) for _ in range(5))]) + r.choice([".", "!", "?", "..."])


def street_address(r, w, n):
    return f"{r.randrange(1, 300)} {r.choice(w).capitalize()} {r.choice(['Street', 'Road', 'Avenue'])}, {r.randrange(10000, 99999)} {r.choice(n)}"


def coordinates(r, w, n):
    return r.choice([";", " ", "|"]).join(f"{r.uniform(-90, 90):.6f},{r.uniform(-180, 180):.6f}" for _ in range(2))


def hardware_addresses(r, w, n):
    return r.choice([",", " ", ";"]).join(":".join(f"{r.randrange(256):02x}" for _ in range(6)) for _ in range(3))


def isbn_list(r, w, n):
    return r.choice([" ", ","]).join(
        f"978-{r.randrange(10)}-{r.randrange(10000, 99999)}-{r.randrange(100, 999)}-{r.randrange(10)}" for _ in range(3)
    )


def chess_moves(r, w, n):
    return r.choice(["", " "]).join(
        r.choice(["", "N", "B", "Q", "R"]) + r.choice("abcdefgh") + r.choice("12345678") for _ in range(14)
    )


def pronounceable(r, w, n):
    return "".join(r.choice("bdfgklmnprstvz") + r.choice("aeiou") for _ in range(r.choice([12, 14, 16]))) + r.choice(
        ["", "1", "7"]
    )


def arithmetic(r, w, n):
    return r.choice([";", ",", " ", ""]).join(
        f"{a}{r.choice('+*-')}{b}={a + b}" for a, b in ((r.randrange(1, 20), r.randrange(1, 20)) for _ in range(7))
    )


def backwards_leet(r, w, n):
    return leet(r, w, n)[::-1]


def doubled_vowels(r, w, n):
    return "".join(2 * s if s in "aeiou" else s for s in phrase(r, w, 24))


def pig_latin(r, w, n):
    return r.choice(["", "-"]).join(x[1:] + x[0] + "ay" for x in (r.choice(w) for _ in range(5)))


def resource_name(r, w, n):
    return r.choice(
        [
            "arn:aws:iam::{a}:role/{b}-{c}",
            "projects/{b}-{d}/secrets/{c}/versions/{e}",
            "registry.{b}.io/{c}/{f}:v{e}.{d}",
            "/subscriptions/{a}/{b}/{c}",
            "refs/heads/feature/{b}-{c}-{d}",
            "system:serviceaccount:{b}:{c}",
        ]
    ).format(
        a=r.randrange(10**11, 10**12),
        b=r.choice(w),
        c=r.choice(w),
        d=r.randrange(100),
        e=r.randrange(20),
        f=r.choice(w),
    )


def software_versions(r, w, n):
    return r.choice([" ", "; ", ","]).join(
        f"{r.choice(w)}/{r.randrange(20)}.{r.randrange(20)}.{r.randrange(20)}" for _ in range(3)
    )


def base64_of_json(r, w, n):
    return base64.b64encode(json.dumps({r.choice(w): r.choice(w), "id": r.randrange(1000)}).encode()).decode()


def base64_of_dates(r, w, n):
    return base64.b64encode(date_list(r, w, n)[:36].encode()).decode().rstrip("=")


def hex_of_hex(r, w, n):
    return phrase(r, w, 12).encode().hex().encode().hex()


def base64_of_hex(r, w, n):
    return base64.b64encode(phrase(r, w, 16).encode().hex().encode()).decode()


def entities(r, w, n):
    return "".join(f"&#{ord(s)};" for s in phrase(r, w, 12))


def unicode_escapes(r, w, n):
    return "".join(f"\\u{ord(s):04x}" for s in phrase(r, w, 12))


def cron_lines(r, w, n):
    return f"{r.randrange(60)} {r.randrange(24)} * * {r.randrange(7)} /usr/bin/{r.choice(w)} --{r.choice(w)}"


def short_tokens(r, w, n):
    return "-".join(r.choice(w)[: r.randrange(2, 5)] for _ in range(8)) + str(r.randrange(100))


def two_words_and_padding(r, w, n):
    return (
        r.choice("!#*_=") * 6 + r.choice(w).capitalize() + r.choice(w) + r.choice("!#*_=") * 10 + str(r.randrange(2030))
    )


def word_then_walk(r, w, n):
    return (
        r.choice(w).capitalize()
        + r.choice(["1qaz2wsx3edc", "qwertyuiop", "!QAZ@WSX#EDC", "zaq12wsx", "1234567890", "poiuytrewq"])
        + r.choice(w)
        + r.choice(["", "!", "99"])
    )


def shifted_walk(r, w, n):
    text = keyboard_rows(r, w, n)
    return text.translate(str.maketrans("1234567890", "!@#$%^&*()"))


def every_word_twice(r, w, n):
    return "".join(2 * r.choice(w) for _ in range(3)) + str(r.randrange(1000))


def dictionary_list(r, w, n):
    return ",".join(sorted(r.choice(w) for _ in range(6)))


def months_and_numbers(r, w, n):
    return "".join(
        r.choice(["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"])
        + f"{r.randrange(1, 29):02d}"
        for _ in range(7)
    )


def names_and_phones(r, w, n):
    return ";".join(f"{person(r, n)}:{r.randrange(10**6, 10**7)}" for _ in range(3))


def interleaved_words(r, w, n):
    a, b = phrase(r, w, 18), phrase(r, w, 18)
    return "".join(x + y for x, y in zip(a, b, strict=False))


def counting_down(r, w, n):
    start = r.randrange(100, 900)
    return r.choice(["", "-", ","]).join(str(start - 7 * i) for i in range(14))


def squares(r, w, n):
    start = r.randrange(2, 60)
    return r.choice(["", ",", "-"]).join(str((start + i) ** 2) for i in range(12))


def initials_of_dates(r, w, n):
    return r.choice(["", "-"]).join(r.choice(n)[:2].upper() + date(r).strftime("%d%m%y") for _ in range(5))


def _families(first_arguments: tuple[str, ...] = ("r", "w", "n")) -> dict[str, Family]:
    return {
        name: function
        for name, function in globals().items()
        if getattr(function, "__code__", None) is not None and function.__code__.co_varnames[:3] == first_arguments
    }


_ALL = _families()
_SECOND = tuple(name for name in _ALL if _ALL[name].__code__.co_firstlineno >= sentence.__code__.co_firstlineno)
#: The families that the estimator was tuned on, by name.
FAMILIES: dict[str, Family] = {"phrase": lambda r, w, _: phrase(r, w)} | {
    n: f for n, f in _ALL.items() if n not in _SECOND
}
#: The families that it was measured on afterwards.
BLIND_FAMILIES: dict[str, Family] = {name: _ALL[name] for name in _SECOND}
