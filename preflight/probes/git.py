"""Whether git tracks or ignores a file, from the repository's own files: git is not started.

Starting git costs more than the rest of a start, it may not be installed, it refuses repositories of other users, and it
runs what their configuration names. What the files do not answer is unknown, with the reason; never a guess.
"""

from __future__ import annotations

import os

from preflight.model.record import Record, field
from preflight.probes.files import FileProbe

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping


class GitFacts(Record):
    """What git knows of a path."""

    repository: bool = field("Whether it lies in a work tree; also where a repository is there that cannot be read.")
    tracked: bool | None = field("Whether the index has it; None when that cannot be found out.", default=False)
    ignored: bool | None = field(
        "Whether an ignore rule covers it, tracked or not; None when that cannot be found out.", default=False
    )
    reason: str = field("Why something cannot be found out; empty otherwise.", default="")


class GitProbe:
    """Looks at git's files.

    Args:
        environment: HOME and XDG_CONFIG_HOME say where the user's own ignore rules are; nothing else is taken from it.
        folder: Where relative paths start.
    """

    __slots__ = ("_environment", "_folder")

    def __init__(self, environment: Mapping[str, str], folder: str = ".") -> None:
        self._environment = {name: environment[name] for name in ("HOME", "XDG_CONFIG_HOME") if name in environment}
        self._folder = folder

    def inspect(self, path: str) -> GitFacts:
        """Say what git knows of a file.

        Args:
            path: Its path. Links are followed: what counts is where the content lies, for a link holds no secret.
        """
        try:
            full = os.path.realpath(os.path.join(self._folder, path))
            os.fsencode(full)
        except (OSError, ValueError):
            return GitFacts(repository=False)  # no file can be there
        from preflight.probes.git_config import UnanswerableError
        from preflight.probes.git_repository import find_repository

        try:
            repository = find_repository(os.path.dirname(full), FileProbe(), self._environment)
        except UnanswerableError as bad:
            return GitFacts(repository=True, tracked=None, ignored=None, reason=str(bad))
        if repository is None:
            return GitFacts(repository=False)
        answers: list[bool | None] = []
        reasons: list[str] = []
        for ask in (repository.tracks, repository.ignores):
            try:
                answers.append(ask(full))
            except UnanswerableError as bad:
                answers.append(None)
                reasons.append(str(bad))
        return GitFacts(
            repository=True, tracked=answers[0], ignored=answers[1], reason="; ".join(dict.fromkeys(reasons))
        )
