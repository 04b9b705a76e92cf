"""When a run, and each check in it, must have ended."""

from __future__ import annotations

import math
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable


class Deadline:
    """A moment on the monotonic clock. All checks of a run share one; each check's own never lies past it.

    Args:
        seconds: From now on; None: never.
        clock: Seconds of a clock that never goes back.
    """

    __slots__ = ("_at", "_clock", "_run")

    def __init__(self, seconds: float | None = None, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._at = math.inf if seconds is None else clock() + max(seconds, 0.0)
        self._run = self

    def within(self, seconds: float) -> Deadline:
        """Return the deadline of one check: in some seconds, and never past this one."""
        inner = Deadline(seconds, clock=self._clock)
        inner._at = min(inner._at, self._at)
        inner._run = self._run
        return inner

    def remaining(self) -> float:
        """Return the seconds that are left, never negative; infinite where there is no deadline."""
        return max(self._at - self._clock(), 0.0)

    def passed(self) -> bool:
        """Whether no time is left."""
        return self._clock() >= self._at

    def reason(self) -> str:
        """Say why there is no time left: `timeout` of the check itself, or `deadline_passed` of the whole run."""
        return "deadline_passed" if self._run.passed() else "timeout"
