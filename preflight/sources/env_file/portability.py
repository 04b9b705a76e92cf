"""Lines of an env file that its readers read differently.

The same file is read by Docker Compose, by python-dotenv and by shells. Each line is read as each of them would, and where they
disagree the line is named with what they disagree about, never with a value.
"""

from __future__ import annotations

from preflight.bindings.roles import secret_role
from preflight.model.record import Record, field
from preflight.sources.env_file.interpolation import name_end

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from preflight.sources.env_file.document import Dialect, EnvDocument

DIALECTS: tuple[Dialect, ...] = ("compose", "dotenv", "shell")
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./:@%+,=^")
_REASONS = (
    ("\r", "trailing_carriage_return"),
    ("`", "command_substitution"),
    ("#", "hash_comment"),
    ("&", "ampersand_or_semicolon"),
    (";", "ampersand_or_semicolon"),
    ("|", "shell_operator"),
    ("<", "shell_operator"),
    (">", "shell_operator"),
    ("(", "shell_operator"),
    (")", "shell_operator"),
    ("\\", "escape_sequence"),
)
MISTAKES = frozenset({"missing_equals", "colon_separator", "space_in_name"})
_MOST_STUMBLES = 20  # lines at which one reader gives up the file, each taken out for the rest to be read
_MOST_REREAD = 1_000_000  # characters that are read again for that
_MOST_DOLLARS = 1000  # of one value that are looked at
_LONGEST_NAME = 256
_CROWDED = 10_000  # dollar signs of one line from which on it is said to be ambiguous, and not read to tell how


class AmbiguousLine(Record):
    """A line whose value depends on who reads it. Holds no value."""

    name: str = field("Name that the line sets, as most readers read it.")
    line: int = field("Line, counted from 1.")
    column: int = field("Column, counted from 1.")
    reasons: tuple[str, ...] = field("What they disagree about, as codes.")
    dialects: tuple[str, ...] = field("Dialects that read something else than the most.")
    shortened_in: tuple[str, ...] = field(
        "Dialects in which the value is shorter than in another, or not there.", default=()
    )


def ambiguous_lines(text: str, environment: Mapping[str, str]) -> tuple[AmbiguousLine, ...]:
    """Return the lines whose value differs between Compose, python-dotenv and a shell, and those that a later line undoes.

    Args:
        text: The file.
        environment: Variables that its values may refer to.
    """
    if _is_plain(text):
        return ()
    text, crowded = _without_crowded(text)
    from preflight.sources.env_file import parse

    documents: dict[Dialect, EnvDocument] = {}
    stumbles: dict[Dialect, list[int]] = {}
    most = min(_MOST_STUMBLES, _MOST_REREAD // max(1, len(text)))
    for dialect in DIALECTS:
        rest = text.split("\n")
        stumbles[dialect] = []
        documents[dialect] = parse(text, dialect=dialect, environment=environment)
        while documents[dialect].fatal and len(stumbles[dialect]) < most:
            line = next(problem.line for problem in documents[dialect].problems if problem.fatal)
            if line > len(rest) or not rest[line - 1]:
                break
            stumbles[dialect].append(line)
            rest[line - 1] = ""
            documents[dialect] = parse("\n".join(rest), dialect=dialect, environment=environment)
    lines = text.split("\n")
    names = {entry.name for document in documents.values() for entry in document.entries} | set(environment)
    found = {
        line: _ambiguous(line, lines, readings, names)
        for line, readings in _by_line(documents, stumbles, lines).items()
    }
    found |= {one.line: one for one in crowded}
    told: list[AmbiguousLine] = []
    ambiguous: set[str] = set()
    for _, one in sorted(found.items(), key=lambda item: item[0]):
        if one is None:
            continue
        # What only differs because a variable in it does is said of the line that sets the variable.
        if one.reasons != ("reference_expanded",) or ambiguous.isdisjoint(_referred(lines[one.line - 1])):
            told.append(one)
            ambiguous.add(one.name)
    return tuple(told)


def _without_crowded(text: str) -> tuple[str, list[AmbiguousLine]]:
    """Take out the lines that hold thousands of dollar signs: nobody wrote them for three readers to read the same."""
    if text.count("$") <= _CROWDED:
        return text, []
    lines = text.split("\n")
    found: list[AmbiguousLine] = []
    for number, line in enumerate(lines, start=1):
        if line.count("$") > _CROWDED:
            lines[number - 1] = ""
            found.append(
                AmbiguousLine(
                    name=_name(line, None), line=number, column=1, reasons=("dollar_expanded",), dialects=DIALECTS
                )
            )
    return "\n".join(lines), found


def _is_plain(text: str) -> bool:
    """Whether every line is a comment, empty, or a name and a value that no reader can misread: the common case, in one pass."""
    seen = set()
    for line in text.split("\n"):
        if not line or line.startswith("#"):
            continue
        name, equals, value = line.partition("=")
        quoted = len(value) > 1 and value[0] == value[-1] == "'" and value.count("'") == 2
        inner = value[1:-1] if quoted else value
        if not equals or not name.isidentifier() or not name.isascii() or name in seen or not _PLAIN.issuperset(inner):
            return False
        seen.add(name)
    return True


def _by_line(
    documents: Mapping[Dialect, EnvDocument], stumbles: Mapping[Dialect, list[int]], lines: list[str]
) -> dict[int, dict[str, tuple[str, str | None, int] | None]]:
    """Return what each dialect reads from each line; one that refuses the file counts where it stumbles, and in the rest."""
    whole = [dialect for dialect, document in documents.items() if not document.fatal]
    readings: dict[int, dict[str, tuple[str, str | None, int] | None]] = {}
    for dialect in whole:
        for entry in documents[dialect].entries:
            if not entry.stray:
                value = entry.value.reveal() if entry.value is not None else None
                readings.setdefault(entry.line, {})[dialect] = (
                    entry.name,
                    None if entry.undetermined else value,
                    entry.column,
                )
    for dialect, found in stumbles.items():
        for line in found:
            readings.setdefault(line, {})[dialect] = None
    for problem in documents["dotenv"].problems:
        if problem.line <= len(lines) and mistake_of(lines[problem.line - 1]) is not None:
            readings.setdefault(problem.line, {})  # nobody may read it at all
    for row in readings.values():
        for dialect in whole:
            row.setdefault(dialect, None)
    for dialect, document in documents.items():
        if dialect not in whole:
            line = next(problem.line for problem in document.problems if problem.fatal)
            readings.setdefault(line, {})[dialect] = None
    last = {entry.name: entry.line for document in documents.values() for entry in document.entries}
    for line, row in readings.items():
        names = {reading[0] for reading in row.values() if reading is not None}
        if any(last.get(name, line) > line for name in names):
            row["later line"] = None
    return readings


def _ambiguous(
    line: int, lines: list[str], readings: Mapping[str, tuple[str, str | None, int] | None], names: set[str]
) -> AmbiguousLine | None:
    kept = [reading[:2] if reading is not None else None for reading in readings.values()]
    if len(set(kept)) < 2 and None not in kept:
        return None
    read = [reading for reading in readings.values() if reading is not None]
    most = max(kept, key=lambda one: (kept.count(one), one is not None))
    longest = max((len(value) for _, value, _ in read if value is not None), default=0)
    text = lines[line - 1] if line <= len(lines) else ""
    return AmbiguousLine(
        name=_name(text, read[0][0] if read else None),
        line=line,
        column=read[0][2] if read else 1,
        reasons=_reasons(text, line, names, duplicate="later line" in readings),
        dialects=tuple(dialect for dialect in DIALECTS if dialect in readings and _pair(readings[dialect]) != most),
        shortened_in=tuple(
            dialect
            for dialect in DIALECTS
            if dialect in readings and len((_pair(readings[dialect]) or ("", None))[1] or "") < longest
        ),
    )


def _pair(reading: tuple[str, str | None, int] | None) -> tuple[str, str | None] | None:
    return None if reading is None else reading[:2]


def _name(text: str, read: str | None) -> str:
    if mistake_of(text) == "missing_equals":
        return text.split(maxsplit=1)[0]
    return read if read is not None else text.partition("=")[0].removeprefix("export ").strip()


def mistake_of(text: str) -> str | None:
    """Return why a line that was meant to set something sets nothing for most, or None.

    Commands of a shell (`set -a`, `export NAME`) are none: their first word is written small, and is no secret's name.

    Returns:
        `missing_equals` for `NAME value`, `colon_separator` for `NAME: value`, `space_in_name` for `A NAME=value`.
    """
    before, equals, behind = text.strip().partition("=")
    name, colon, _ = before.partition(":")
    if colon and _is_meant(name) and not text.partition(":")[2].startswith("//"):
        return "colon_separator"
    words = before.removeprefix("export ").split(None, 1)
    if len(words) < 2 or not _is_meant(words[0]) or words[1].startswith("#"):
        return None
    if not equals or not behind.strip("=") or secret_role(words[0]) is not None:
        return "missing_equals"
    return "space_in_name"


def _is_meant(word: str) -> bool:
    return (
        word.isascii() and word.isidentifier() and len(word) > 1 and (word.isupper() or secret_role(word) is not None)
    )


def _referred(text: str) -> set[str]:
    """Return the names that a line refers to."""
    parts = text.partition("=")[2].split("$")[1:]
    bare = (part.removeprefix("{") for part in parts)
    return {part[: name_end(part, 0)] for part in bare}


def _dollars(value: str, names: set[str]) -> list[str]:
    """Say what readers may disagree about at each `$` of a value.

    `${NAME}` and `${NAME:-text}` are expanded by all three, so they are references, and no part of a password.
    """
    found: list[str] = []
    position = value.find("$")
    last_brace = value.rfind("}")
    while position >= 0 and len(found) < _MOST_DOLLARS:
        rest = value[position + 1 : position + _LONGEST_NAME]
        braced = rest.startswith("{")
        name = rest[braced : name_end(rest, braced)]
        behind = rest[braced + len(name) :]
        meant = bool(name) and (name in names or name.isupper())
        if rest.startswith("("):
            found.append("command_substitution")
        elif braced and last_brace < position:
            found.append("unclosed_brace" if meant else "dollar_expanded")
        elif braced and meant and behind.startswith(("}", ":-")):
            found.append("reference_expanded")
        elif braced and meant and behind[:1] in {":", "-", "?", "+"}:
            found.append("operator_expanded")
        else:
            found.append(
                "bare_reference" if name and name.isupper() and name in names and not braced else "dollar_expanded"
            )
        position = value.find("$", position + 1)
    return found


def _reasons(text: str, line: int, names: set[str], *, duplicate: bool) -> tuple[str, ...]:
    """Say what a line has that readers disagree about."""
    mistake = mistake_of(text)
    if mistake is not None:
        return (mistake,)
    name, equals, value = text.partition("=")
    found = ["duplicate_name"] if duplicate else []
    if line == 1 and text.startswith("\ufeff"):
        found.append("byte_order_mark")
    if not equals:
        found.append("colon_separator" if ":" in name else "name_without_value")
    elif not name.strip().removeprefix("export ").strip().isidentifier():
        found.append("invalid_name")
    body = value.strip(" \t")
    quote = body[:1] if body[:1] in {"'", '"'} else ""
    if quote and body.rstrip("\r").count(quote) < 2:
        found.append("unterminated_quote")
    if quote == "'" and "$" in body:
        found.append("single_quote_expanded")
    dollars = _dollars(value, names) if quote != "'" else []
    found += [reason for character, reason in _REASONS if character in value]
    found += [reason for reason in dollars if reason != "reference_expanded"]
    if not quote and (value[:1] in {" ", "\t"} or name != name.rstrip() or " " in body.partition(" #")[0]):
        found.append("space_splits_command")
    if body.startswith("~"):
        found.append("tilde_expanded")
    if not quote and ("'" in body or '"' in body):
        found.append("quote_literal")
    if "reference_expanded" in dollars:
        found.append("reference_expanded")  # the last: another reason is the better one, and this one says how to quote
    return tuple(dict.fromkeys(found)) or ("other",)
