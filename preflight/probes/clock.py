"""The time, without importing `datetime`."""

from __future__ import annotations

import time


class Clock:
    """Tells the time; tests give another one."""

    def now(self) -> float:
        """Return seconds since the epoch."""
        return time.time()

    def monotonic(self) -> float:
        """Return seconds of a clock that never goes back, for durations."""
        return time.monotonic()

    def iso8601(self) -> str:
        """Return the time in UTC as ISO 8601, to the second: `2025-01-15T10:00:00Z`."""
        return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(self.now()))
