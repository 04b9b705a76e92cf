"""The settings of a PostgreSQL server that decide about TLS and passwords: configuration files, values, what is in force.

A configuration file is read as `guc-file.l` does, values as `parse_bool` and the enumerations of `guc_tables.c` (PostgreSQL 18 and
15; manual, 19.1 "Setting Parameters" and 19.3 "Connections and Authentication"). The command line wins over
`postgresql.auto.conf`, which wins over `postgresql.conf`; in each the last of a name wins.
"""

from __future__ import annotations

from preflight.model.record import Record, field
from preflight.postgres.includes import INCLUDES, Include, Place, Unread, followed
from preflight.postgres.includes import PROBLEMS as _OF_INCLUDES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.postgres.includes import Files

_TLS_VERSIONS = ("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")
_WORDS = {
    "ssl_min_protocol_version": _TLS_VERSIONS,
    "ssl_max_protocol_version": ("", *_TLS_VERSIONS),
    "password_encryption": ("md5", "scram-sha-256"),
}
_FLAGS = frozenset({"ssl", "ssl_prefer_server_ciphers", "ssl_passphrase_command_supports_reload"})
_TEXTS = frozenset(
    """ssl_cert_file ssl_key_file ssl_ca_file ssl_crl_file ssl_crl_dir ssl_dh_params_file ssl_ciphers ssl_ecdh_curve ssl_groups
    ssl_tls13_ciphers ssl_passphrase_command ssl_library config_file hba_file data_directory listen_addresses port""".split()
)
#: What a server does that nobody told anything.
DEFAULTS = {
    "ssl": "off",
    "ssl_cert_file": "server.crt",
    "ssl_key_file": "server.key",
    "ssl_ca_file": "",
    "ssl_crl_file": "",
    "ssl_ciphers": "HIGH:MEDIUM:+3DES:!aNULL",
    "ssl_min_protocol_version": "TLSv1.2",
    "ssl_max_protocol_version": "",
    "password_encryption": "scram-sha-256",
    "listen_addresses": "localhost",
}
#: What keeps the server from reading a line, by code.
PROBLEMS = {"syntax": "it is not written name = value", **_OF_INCLUDES}
_HASH_NAMES_SINCE = 14  # before, password_encryption could be `on`

_CURVES = ("prime", "secp", "sect", "c2", "brainpoolP", "wap-wsg-", "Oakley-EC2N-")

_DIGITS = frozenset("0123456789")
_HEXADECIMAL = frozenset("0123456789abcdefABCDEF")
_LETTERS = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_")
_UNITS = _LETTERS - {"_"}
_IN_WORDS = frozenset("-._:/")
_ESCAPES = {"b": "\b", "f": "\f", "n": "\n", "r": "\r", "t": "\t"}
_OCTAL = frozenset("01234567")


class Entry(Record):
    """A line of a configuration file that sets something."""

    name: str = field("Name of the setting, in lower case.")
    value: str = field("Its value, without quotes.")
    line: int = field("Line, counted from 1.")
    file: str = field(
        "What to call the file that it is included from; empty where it is included from none.", default=""
    )
    written: str = field("Its name as written.")


class ConfigurationFile(Record):
    """What a configuration file says."""

    entries: tuple[Entry, ...] = field("What it sets, in order: the last of a name wins.", default=())
    unread: tuple[tuple[Place, Unread, int], ...] = field(
        "Includes whose files are not known here, each with how many of the entries stand above it.", default=()
    )
    errors: tuple[tuple[Place, str], ...] = field(
        "Lines that the server cannot read, so that it does not start, each with a code of `PROBLEMS`.", default=()
    )

    def of(self, name: str) -> Entry | None:
        """Return what the file says last about a setting."""
        return next((one for one in reversed(self.entries) if one.name == name), None)

    def looked_at(self) -> tuple[Entry, ...]:
        """Return the lines whose values the server looks at: of several with one spelling of a name, the last."""
        return tuple({one.written: one for one in self.entries}.values())

    def unread_after(self, entry: Entry | None) -> tuple[Place, Unread] | None:
        """Return the first include that is not known here and stands after an entry: what it says would win."""
        position = -1 if entry is None else next(at for at, one in enumerate(self.entries) if one is entry)
        return next(((place, unread) for place, unread, above in self.unread if above > position), None)


def read_configuration(text: str, *, path: str = "/", files: Files | None = None) -> ConfigurationFile:
    """Read a configuration file.

    Args:
        text: Its text.
        path: Its absolute path, from which relative ones in it start.
        files: Opens what it includes; without it nothing of that is known.
    """
    entries: list[Entry] = []
    unread: list[tuple[Place, Unread, int]] = []
    errors: list[tuple[Place, str]] = []
    for place, item in followed(text, path, _lines, files):
        if isinstance(item, Entry):
            entries.append(item.replace(file=place.file) if place.file else item)
        elif isinstance(item, Unread):
            unread.append((place, item, len(entries)))
        else:
            errors.append((place, str(item)))
    return ConfigurationFile(entries=tuple(entries), unread=tuple(unread), errors=tuple(errors))


def _lines(text: str) -> Iterator[tuple[int, Entry | Include | str]]:
    """Yield the lines with what they are: an entry, an include, or the code of what is wrong."""
    for number, line in enumerate(text.split("\n"), start=1):
        tokens = list(_tokens(line))
        if not tokens:
            continue
        named = tokens[0][0] in ("id", "qualified")
        rest = tokens[2:] if len(tokens) > 1 and tokens[1][0] == "=" else tokens[1:]
        if not named or len(rest) != 1 or rest[0][0] not in ("id", "string", "number", "word"):
            yield number, "syntax"
            continue
        name = _lower(tokens[0][1])
        kind, written = rest[0]
        value = _unquoted(written) if kind == "string" else written
        if name in INCLUDES:
            yield number, Include(kind=name, path=value)
        else:
            yield number, Entry(name=name, value=value, line=number, written=tokens[0][1])


def canonical(name: str, value: str, *, major: int | None = None) -> str | None:
    """Return a value as the server shows it, or None where it refuses it.

    Args:
        name: The setting, in lower case.
        value: What is written.
        major: Major version of PostgreSQL; None is a recent one.
    """
    if name == "password_encryption" and major is not None and major < _HASH_NAMES_SINCE and read_flag(value):
        return "md5"
    if name in _FLAGS:
        flag = read_flag(value)
        return None if flag is None else "on" if flag else "off"
    if name in _WORDS:
        return next((word for word in _WORDS[name] if _lower(word) == _lower(value)), None)
    return value


def is_curve(value: str) -> bool:
    """Whether a value can be the short name of a curve, as `ssl_ecdh_curve` takes one before PostgreSQL 18 (be-secure-openssl.c).

    Args:
        value: What is written. X25519 is none of those that this way takes, and case counts.
    """
    return (value == "SM2" or value.startswith(_CURVES)) and ":" not in value


def read_flag(value: str) -> bool | None:
    """Read a boolean: on, off, true, false, yes, no, 1, 0 in any case, and beginnings of these that are not those of another.

    Args:
        value: What is written; None comes back for what the server refuses (`bool.c`, `parse_bool_with_len`).
    """
    word = _lower(value)
    if not word:
        return None
    for whole, flag in (("true", True), ("false", False), ("yes", True), ("no", False)):
        if whole.startswith(word):
            return flag
    return {"on": True, "of": False, "off": False, "1": True, "0": False}.get(word)


def tls_version(value: str) -> str:
    """Return a version on the scale of TLS versions: `1.2` for `TLSv1.2`."""
    return "1.0" if value == "TLSv1" else value.removeprefix("TLSv")


def is_known(name: str) -> bool:
    """Whether a name can be a setting's: one that is none keeps the server from starting.

    Args:
        name: The name, in lower case. Only those of TLS are all known here; one with a dot is an extension's.
    """
    if "." in name:
        return True
    plain = name.isascii() and name[:1].isalpha() and name.replace("_", "").isalnum()
    return plain and (not name.startswith("ssl") or name in _FLAGS or name in _WORDS or name in _TEXTS)


def _lower(text: str) -> str:
    """Lower the letters of ASCII alone, as the server does."""
    return text.lower() if text.isascii() else "".join(one.lower() if one.isascii() else one for one in text)


def _tokens(line: str) -> Iterator[tuple[str, str]]:
    """Yield kind and text of each token of a line; an `error` for what is none."""
    at = 0
    while at < len(line):
        first = line[at]
        if first in " \t\r":
            at += 1
        elif first == "#":
            return
        elif first == "=":
            yield "=", first
            at += 1
        else:
            kind, end = _longest(line, at)
            yield kind, line[at:end]
            if kind == "error":
                return
            at = end


def _longest(line: str, at: int) -> tuple[str, int]:
    """Return kind and end of the longest token at a place; of equally long ones the first rule counts."""
    first = line[at]
    if first == "'":
        end = _end_of_string(line, at)
        return ("string", end) if end else ("error", at + 1)
    if _is_letter(first):
        name = _run(line, at + 1, _is_letter_or_digit)
        kind, end = "id", name
        if name + 1 < len(line) and line[name] == "." and _is_letter(line[name + 1]):
            kind, end = "qualified", _run(line, name + 1, _is_letter_or_digit)
        word = _run(line, at + 1, lambda one: _is_letter_or_digit(one) or one in _IN_WORDS)
        return ("word", word) if word > end else (kind, end)
    end = max(_end_of_integer(line, at), _end_of_real(line, at))
    return ("number", end) if end else ("error", at + 1)


def _end_of_string(line: str, at: int) -> int:
    position = at + 1
    while position < len(line):
        if line[position] == "\\":
            position += 2
        elif line[position] != "'":
            position += 1
        elif line[position + 1 : position + 2] == "'":
            position += 2
        else:
            return position + 1
    return 0


def _end_of_integer(line: str, at: int) -> int:
    start = at + (line[at] in "+-")
    digits = _run(line, start, _DIGITS.__contains__)
    if line[start : start + 2] == "0x":
        digits = max(
            digits, hexadecimal if (hexadecimal := _run(line, start + 2, _HEXADECIMAL.__contains__)) > start + 2 else 0
        )
    return _run(line, digits, _UNITS.__contains__) if digits > start else 0


def _end_of_real(line: str, at: int) -> int:
    whole = _run(line, at + (line[at] in "+-"), _DIGITS.__contains__)
    if line[whole : whole + 1] != ".":
        return 0
    end = _run(line, whole + 1, _DIGITS.__contains__)
    if line[end : end + 1] in ("e", "E"):
        start = end + 1 + (line[end + 1 : end + 2] in ("+", "-"))
        exponent = _run(line, start, _DIGITS.__contains__)
        end = exponent if exponent > start else end
    return end


def _run(line: str, at: int, belongs) -> int:  # type: ignore[no-untyped-def] # noqa: ANN001 - a predicate on characters
    while at < len(line) and belongs(line[at]):
        at += 1
    return at


def _is_letter(character: str) -> bool:
    return character in _LETTERS or not character.isascii()


def _is_letter_or_digit(character: str) -> bool:
    return _is_letter(character) or character in _DIGITS


def _unquoted(text: str) -> str:
    """Take the quotes and escapes away (`GUC_scanstr`): doubled quotes, backslashes as in C, octal numbers."""
    inner, found, at = text[1:-1], "", 0
    while at < len(inner):
        character = inner[at]
        at += 1
        if character == "'":
            at += 1  # the second of a pair
        elif character == "\\":
            escaped = inner[at : at + 1]
            digits = _run(inner, at, _OCTAL.__contains__)
            if digits > at:
                digits = min(digits, at + 3)
                character, at = chr(int(inner[at:digits], 8) & 0xFF), digits
            else:
                character, at = _ESCAPES.get(escaped, escaped), at + 1
        found += character
    return found
