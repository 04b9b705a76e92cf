"""Whether git tracks or ignores a file.

Outside a work tree that is answered without git. Inside one, git itself is asked, read-only and with a time limit, because only
git knows its index formats and ignore rules.
"""

from __future__ import annotations

import os

from preflight.model.record import Record, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

_SECONDS = 5.0
_HARMLESS = {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}


class GitFacts(Record):
    """What git knows of a path."""

    repository: bool = field("Whether it lies in a work tree.")
    tracked: bool | None = field("Whether the index has it; None when that could not be found out.", default=False)
    ignored: bool | None = field("Whether an ignore rule covers it; None when that could not be found out.", default=False)
    reason: str = field("Why not, where something could not be found out.", default="")


class GitProbe:
    """Looks at git.

    Args:
        environment: HOME and XDG_CONFIG_HOME, where the user's own ignore rules are.
        folder: Where relative paths start.
    """

    __slots__ = ("_environment", "_folder")

    def __init__(self, environment: Mapping[str, str], folder: str = ".") -> None:
        self._environment = {name: environment[name] for name in ("HOME", "XDG_CONFIG_HOME") if name in environment}
        self._folder = folder

    def inspect(self, path: str) -> GitFacts:
        """Say what git knows of a path."""
        full = os.path.abspath(os.path.join(self._folder, path))
        folder, name = os.path.split(full)
        if not _in_work_tree(folder):
            return GitFacts(repository=False)
        tracked = self._ask(folder, "ls-files", "--error-unmatch", "--", name)
        ignored = self._ask(folder, "check-ignore", "-q", "--no-index", "--", name)
        if tracked is None or ignored is None:
            return GitFacts(repository=True, tracked=tracked, ignored=ignored, reason="git is not installed, or did not answer")
        return GitFacts(repository=True, tracked=tracked, ignored=ignored)

    def _ask(self, folder: str, *arguments: str) -> bool | None:
        """Run git; True for exit code 0, False for 1, None where it failed."""
        import subprocess

        environment = {**self._environment, **_HARMLESS, "PATH": os.defpath}
        # A repository of another user's is one that git refuses to look into; looking is all that happens here.
        command = ("git", "-c", f"safe.directory={folder}", "-c", "safe.directory=*", "-c", "core.fsmonitor=false", *arguments)
        try:
            done = subprocess.run(command, cwd=folder, env=environment, stdin=subprocess.DEVNULL, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603 - git with fixed arguments, no shell
        except (OSError, subprocess.SubprocessError):
            return None
        return {0: True, 1: False}.get(done.returncode)


def _in_work_tree(folder: str) -> bool:
    while True:
        if os.path.exists(os.path.join(folder, ".git")):
            return True
        above = os.path.dirname(folder)
        if above == folder:
            return False
        folder = above
