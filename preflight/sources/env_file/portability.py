"""Lines of an env file that its readers read differently.

The same file is read by Docker Compose, by python-dotenv and by shells. Each line is read as each of them would, and where they
disagree the line is named with what they disagree about, never with a value.
"""

from __future__ import annotations

from preflight.model.record import Record, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from preflight.sources.env_file.document import Dialect, EnvDocument

DIALECTS: tuple[Dialect, ...] = ("compose", "dotenv", "shell")
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-./:@%+,=^")
_REASONS = (
    ("\r", "trailing_carriage_return"),
    ("`", "command_substitution"),
    ("$", "dollar_expanded"),
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
    from preflight.sources.env_file import parse

    documents = {dialect: parse(text, dialect=dialect, environment=environment) for dialect in DIALECTS}
    lines = text.split("\n")
    found = {line: _ambiguous(line, lines, readings) for line, readings in _by_line(documents).items()}
    return tuple(one for _, one in sorted(found.items()) if one is not None)


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


def _by_line(documents: Mapping[Dialect, EnvDocument]) -> dict[int, dict[str, tuple[str, str | None, int] | None]]:
    """Return what each dialect reads from each line; a dialect that refuses the file counts only where it stumbles."""
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
    for row in readings.values():
        for dialect in whole:
            row.setdefault(dialect, None)
    for dialect, document in documents.items():
        if dialect in whole:
            continue
        stumbles = next(problem.line for problem in document.problems if problem.fatal)
        readings.setdefault(stumbles, {})[dialect] = None
    last = {entry.name: entry.line for document in documents.values() for entry in document.entries}
    for line, row in readings.items():
        names = {reading[0] for reading in row.values() if reading is not None}
        if any(last.get(name, line) > line for name in names):
            row["later line"] = None
    return readings


def _ambiguous(
    line: int, lines: list[str], readings: Mapping[str, tuple[str, str | None, int] | None]
) -> AmbiguousLine | None:
    kept = [reading[:2] if reading is not None else None for reading in readings.values()]
    if len(set(kept)) < 2 and None not in kept:
        return None
    read = [reading for reading in readings.values() if reading is not None]
    most = max(kept, key=lambda one: (kept.count(one), one is not None))
    longest = max((len(value) for _, value, _ in read if value is not None), default=0)
    text = lines[line - 1] if line <= len(lines) else ""
    return AmbiguousLine(
        name=read[0][0] if read else text.partition("=")[0].removeprefix("export ").strip(),
        line=line,
        column=read[0][2] if read else 1,
        reasons=_reasons(text, line, duplicate="later line" in readings),
        dialects=tuple(dialect for dialect in DIALECTS if dialect in readings and _pair(readings[dialect]) != most),
        shortened_in=tuple(
            dialect
            for dialect in DIALECTS
            if dialect in readings and len((_pair(readings[dialect]) or ("", None))[1] or "") < longest
        ),
    )


def _pair(reading: tuple[str, str | None, int] | None) -> tuple[str, str | None] | None:
    return None if reading is None else reading[:2]


def _reasons(text: str, line: int, *, duplicate: bool) -> tuple[str, ...]:
    """Say what a line has that readers disagree about."""
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
    found += [
        reason
        for character, reason in _REASONS
        if character in value and not (reason == "dollar_expanded" and quote == "'")
    ]
    if not quote and (value[:1] in {" ", "\t"} or name != name.rstrip() or " " in body.partition(" #")[0]):
        found.append("space_splits_command")
    if body.startswith("~"):
        found.append("tilde_expanded")
    if not quote and ("'" in body or '"' in body):
        found.append("quote_literal")
    return tuple(dict.fromkeys(found)) or ("other",)
