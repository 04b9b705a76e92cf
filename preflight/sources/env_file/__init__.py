"""Env files, as those who load them read them: Docker Compose, python-dotenv (and pydantic-settings), a POSIX shell."""

from __future__ import annotations

from preflight.sources.env_file.document import EnvDocument, EnvEntry, EnvProblem, EnvReference
from preflight.sources.env_file.portability import MISTAKES, AmbiguousLine, ambiguous_lines

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from preflight.sources.env_file.document import Dialect as Dialect

__all__ = [
    "MISTAKES",
    "AmbiguousLine",
    "EnvDocument",
    "EnvEntry",
    "EnvProblem",
    "EnvReference",
    "ambiguous_lines",
    "parse",
]


def parse(text: str, *, dialect: Dialect, environment: Mapping[str, str], override: bool = True) -> EnvDocument:
    """Read an env file as one of its consumers would.

    Args:
        text: The file's text.
        dialect: Whose rules apply.
        environment: The variables that values may refer to.
        override: For `dotenv`, whether an entry wins over a variable of the same name when a later value refers to it
            (`dotenv_values` and pydantic-settings: yes; `load_dotenv`: no).
    """
    if dialect == "compose":
        from preflight.sources.env_file import compose

        return compose.read(text, environment)
    if dialect == "shell":
        from preflight.sources.env_file import shell

        return shell.read(text, environment)
    from preflight.sources.env_file import dotenv

    return dotenv.read(text, environment, override=override)
