"""Lines of an env file that its readers read differently.

The same file is read by Docker Compose, python-dotenv (and pydantic-settings), and shells (`set -a; . file`); `docker run
--env-file` and Node.js read it too. Which dialects differ is measured against those programs (docs/env-files.md).
"""

from __future__ import annotations

from preflight.model.record import field
from preflight.resources.base import Resource

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from preflight.model.fact import Fact
    from preflight.model.origin import Origin
    from preflight.model.subject import Subject
    from preflight.resources.base import Context


_MISTAKES = ("missing_equals", "colon_separator", "space_in_name")
_QUOTES = "Put the value in single quotes."
_DOUBLE = "Put the value in double quotes; in single ones Docker Compose and a shell do not expand its `${…}`."
_QUOTED = frozenset(
    {"hash_comment", "ampersand_or_semicolon", "shell_operator", "space_splits_command", "tilde_expanded", "other"}
)
_REMEDIES = {
    "trailing_carriage_return": "Save the file with line feeds alone, without carriage returns.",
    "dollar_expanded": (
        "Put the value in single quotes; where it holds `${`, which python-dotenv replaces there too, make another value."
    ),
    "command_substitution": "Put the value in single quotes, or fill in what the command prints.",
    "bare_reference": "Write `${NAME}` instead of `$NAME`.",
    "operator_expanded": "Write `${NAME}` or `${NAME:-text}`, which all of them expand, or fill the value in.",
    "reference_expanded": "Fill the value of the variable in, or name the one reader of this file with --dialect.",
    "unclosed_brace": "Close the brace: `${NAME}`.",
    "single_quote_expanded": (
        "Put a value that refers to `${NAME}` in double quotes, and all expand it. Make a value without `${` where it is meant as "
        "text: python-dotenv replaces it in single quotes, too."
    ),
    "escape_sequence": "Make a value without backslashes: no way to write them means the same to all.",
    "unterminated_quote": "Close the quote, or leave it out.",
    "quote_literal": "Leave the quotes out, or make a value without any.",
    "duplicate_name": "Keep one of the lines that set this name.",
    "byte_order_mark": "Save the file as UTF-8 without a byte order mark.",
    "colon_separator": "Write NAME=value, with an equals sign instead of the colon.",
    "missing_equals": "Write NAME=value, with an equals sign instead of the blank.",
    "space_in_name": "Take the blank out of the name; where its first word is the name, write the `=` behind that.",
    "name_without_value": "Write NAME=value, or take the line out.",
    "invalid_name": "Make a name of letters, digits and underscores that starts with no digit.",
}
_DIFFERENCES = {
    "trailing_carriage_return": "the carriage return at its end is part of the value for some of them",
    "command_substitution": "a shell runs a command in it",
    "dollar_expanded": "what follows a `$` is a variable to some of them, and text to others",
    "bare_reference": "python-dotenv does not expand `$NAME`",
    "operator_expanded": "python-dotenv expands nothing but `${NAME}` and `${NAME:-text}`",
    "reference_expanded": "a variable in it has not the same value for all of them",
    "unclosed_brace": "the brace of a `${` is missing its end",
    "single_quote_expanded": "python-dotenv expands `${` in single quotes, the others do not",
    "hash_comment": "what follows a `#` is a comment to some of them",
    "ampersand_or_semicolon": "a shell ends the value at `&` or `;`",
    "shell_operator": "`|`, `<`, `>`, `(` and `)` are operators to a shell",
    "escape_sequence": "each reads a backslash in its own way",
    "unterminated_quote": "its quote is never closed",
    "quote_literal": "the quotes are part of the value for some of them",
    "duplicate_name": "a later line sets the same name",
    "byte_order_mark": "a byte order mark stands before its name",
    "space_splits_command": "a shell ends the value at a blank",
    "tilde_expanded": "a shell puts the home folder in the place of `~`",
    "name_without_value": "it has a name and no `=`",
    "invalid_name": "not all of them take its name",
    "colon_separator": "a colon stands in the place of the `=`, and only Docker Compose takes it for one",
    "missing_equals": "the `=` behind the name is missing",
    "space_in_name": "its name has a blank in it, or the `=` behind the first word is missing",
}


class EnvLine(Resource):
    """One line whose value depends on who reads it."""

    secret: Fact[bool] = field("Whether it sets a secret.")
    stray: Fact[bool] = field("Whether it holds the rest of a value that was pasted over two lines, and sets nothing.")
    reader_known: Fact[bool] = field("Whether Docker Compose alone reads the file, as one of its project's.")
    portable: Fact[bool] = field("Whether all dialects agree.")
    cause: Fact[tuple[str, ...]] = field("What they disagree about, as codes.")
    dialects: Fact[tuple[str, ...]] = field("Dialects that read something else than this file's own.")
    mistake: Fact[str] = field(
        "Why it sets nothing for most readers, though it was meant to; absent where it sets something.",
        choices=_MISTAKES,
    )
    difference: Fact[str] = field("What they disagree about, in words; absent where they agree.")
    shortened: Fact[bool] = field("Whether some dialect cuts the value short.")
    remedy: Fact[str] = field("What makes all dialects agree; absent where they do.")


RESOURCE = EnvLine


def collect(subject: Subject, context: Context) -> Iterator[EnvLine]:
    """Collect the ambiguous lines of every env file of a subject; a file without any gives one portable line, the file itself."""
    known = context.deployment is not None
    for source in subject.env_files:
        whole = subject.origin.replace(file=source.path, line=1, column=1, setting=None)
        if not source.ambiguous:
            yield _portable(source.path, whole, stray=False, reader_known=known)
        for line in source.ambiguous:
            yield EnvLine(
                name=line.name,
                origin=whole.replace(line=line.line, column=line.column, setting=line.name),
                secret=context.bindings.is_secret(line.name)
                or context.bindings.role(line.name) in {"database_url", "redis_url"},
                stray=False,
                reader_known=known,
                portable=False,
                cause=line.reasons,
                # Docker Compose reads a colon as an equals sign.
                mistake=next(
                    (one for one in line.reasons if one in _MISTAKES and not (known and one == "colon_separator")), None
                ),
                difference="; ".join(
                    _DIFFERENCES.get(one, "they read it differently") for one in _telling(line.reasons)
                ),
                dialects=line.dialects,
                shortened=line.shortened,
                remedy=_remedy(line.reasons),
            )
        for number in source.stray:
            place = whole.replace(line=number, column=1)
            yield _portable(f"line {number}", place, stray=True, reader_known=known)


def _portable(name: str, origin: Origin, *, stray: bool, reader_known: bool) -> EnvLine:
    return EnvLine(
        name=name,
        origin=origin,
        secret=False,
        stray=stray,
        reader_known=reader_known,
        portable=True,
        cause=(),
        mistake=None,
        difference=None,
        dialects=(),
        shortened=False,
        remedy=None,
    )


def _telling(reasons: tuple[str, ...]) -> tuple[str, ...]:
    """Return the reasons that tell: a reference is none beside another, since all expand it."""
    return tuple(one for one in reasons if one != "reference_expanded") or reasons


def _remedy(reasons: tuple[str, ...]) -> str:
    """Return what makes all readers agree, each sentence once."""
    told = _telling(reasons)
    quotes = _DOUBLE if "reference_expanded" in reasons else _QUOTES
    remedies = dict.fromkeys(quotes if one in _QUOTED else _REMEDIES.get(one, quotes) for one in told)
    if "dollar_expanded" in told or "command_substitution" in told:
        remedies.pop(_QUOTES, None)  # said there already
    return " ".join(remedies)
