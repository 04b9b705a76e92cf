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


_QUOTES = "Put the value in single quotes."
_REMEDIES = {
    "trailing_carriage_return": "Save the file with line feeds alone, without carriage returns.",
    "dollar_expanded": (
        "Put the value in single quotes; where it holds `${`, which python-dotenv replaces there too, make another value."
    ),
    "single_quote_expanded": "Make a value without `${`: python-dotenv replaces it in single quotes, too.",
    "escape_sequence": "Make a value without backslashes: no way to write them means the same to all.",
    "unterminated_quote": "Close the quote, or leave it out.",
    "quote_literal": "Leave the quotes out, or make a value without any.",
    "duplicate_name": "Keep one of the lines that set this name.",
    "byte_order_mark": "Save the file as UTF-8 without a byte order mark.",
    "colon_separator": "Write NAME=value, with an equals sign instead of the colon.",
    "name_without_value": "Write NAME=value, or take the line out.",
    "invalid_name": "Make a name of letters, digits and underscores that starts with no digit.",
}


class EnvLine(Resource):
    """One line whose value depends on who reads it."""

    secret: Fact[bool] = field("Whether it sets a secret.")
    stray: Fact[bool] = field("Whether it holds the rest of a value that was pasted over two lines, and sets nothing.")
    reader_known: Fact[bool] = field("Whether Docker Compose alone reads the file, as one of its project's.")
    portable: Fact[bool] = field("Whether all dialects agree.")
    cause: Fact[tuple[str, ...]] = field("What they disagree about, as codes.")
    dialects: Fact[tuple[str, ...]] = field("Dialects that read something else than this file's own.")
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
                dialects=line.dialects,
                shortened=line.shortened,
                remedy=" ".join(dict.fromkeys(_REMEDIES.get(cause, _QUOTES) for cause in line.reasons)),
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
        dialects=(),
        shortened=False,
        remedy=None,
    )
