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
    from preflight.model.subject import Subject
    from preflight.resources.base import Context


class EnvLine(Resource):
    """One line whose value depends on who reads it."""

    secret: Fact[bool] = field("Whether it sets a secret.")
    portable: Fact[bool] = field("Whether all dialects agree.")
    cause: Fact[tuple[str, ...]] = field("What they disagree about, as codes.")
    dialects: Fact[tuple[str, ...]] = field("Dialects that read something else than this file's own.")
    shortened: Fact[bool] = field("Whether some dialect cuts the value short.")


RESOURCE = EnvLine


def collect(subject: Subject, context: Context) -> Iterator[EnvLine]:
    """Collect the ambiguous lines of every env file of a subject; a file without any gives one portable line, the file itself."""
    for source in subject.env_files:
        whole = subject.origin.replace(file=source.path, line=1, column=1, setting=None)
        if not source.ambiguous:
            yield EnvLine(
                name=source.path, origin=whole, secret=False, portable=True, cause=(), dialects=(), shortened=False
            )
        for line in source.ambiguous:
            yield EnvLine(
                name=line.name,
                origin=whole.replace(line=line.line, column=line.column, setting=line.name),
                secret=context.bindings.is_secret(line.name)
                or context.bindings.role(line.name) in {"database_url", "redis_url"},
                portable=False,
                cause=line.reasons,
                dialects=line.dialects,
                shortened=line.shortened,
            )
