"""The live checks of one run: each server is asked once, however many services use it, and waited for where that helps."""

from __future__ import annotations

import time

from preflight.errors import DeadlineError
from preflight.live.deadline import Deadline
from preflight.live.waiting import Attempts, attempt, failure_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping
    from typing import Any, TypeVar

    from preflight.live.failures import LiveFailure
    from preflight.model.origin import Origin

    T = TypeVar("T")

TIMEOUT = 5.0
"""Seconds for each step of a check."""
ANNOUNCED_EVERY = 10.0
"""Seconds between two lines about the same waiting, at least."""
LEAST_SHARE = 5.0
"""Seconds in which a server is tried again even where others have used up the time to wait."""
SHARE_OF_DEADLINE = 0.75
"""How much of the time up to the deadline one server may be waited for; the rest is for those that come after it."""


class LiveChecks:
    """What was asked for, and what was found.

    Args:
        deadline: The deadline of the run.
        wait: Seconds from now in which what waiting can cure is tried again, for all servers together: while one of them
            is waited for, the others have time to start, too. A server whose turn comes when that time is over, or almost,
            still has `LEAST_SHARE` of its own; and no server takes more than `SHARE_OF_DEADLINE` of what is left of the run.
        timeout: Seconds for each step of a check.
        endpoints: TLS endpoints to look at besides the settings' servers, as HOST:PORT.
        endpoints_at: Where they are written, if they are.
        announce: Told what is waited for, in words without secrets; None: nobody is.
        recorded: Facts by type of resource, for rules' examples: with them no server is asked.
        clock: Seconds of a clock that never goes back.
        sleep: Waits some seconds.

    Attributes:
        deadline: As given.
        timeout: As given.
        endpoints: As given.
        endpoints_at: As given.
        recorded: As given.
    """

    def __init__(
        self,
        deadline: Deadline,
        *,
        wait: float = 0.0,
        timeout: float = TIMEOUT,
        endpoints: tuple[str, ...] = (),
        endpoints_at: Origin | None = None,
        announce: Callable[[str], None] | None = None,
        recorded: Mapping[str, Mapping[str, Any]] | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.deadline = deadline
        self.timeout = timeout
        self.endpoints = endpoints
        self.endpoints_at = endpoints_at
        self.recorded = recorded
        self._patience = Deadline(wait, clock=clock)
        self._least = min(max(wait, 0.0), LEAST_SHARE)
        self._announce = announce
        self._clock = clock
        self._sleep = sleep
        self._answers: dict[Hashable, tuple[Any, Attempts]] = {}

    def ask(self, target: Hashable, name: str, check: Callable[[Deadline], T]) -> tuple[T, Attempts]:
        """Return what a check gives of a target: from the first time that it was asked about.

        Args:
            target: What is asked about: equal targets are asked once.
            name: What people call it.
            check: Asks, and has ended by the deadline that it is given. An answer whose failure is retriable is asked for
                again while there is time to wait.

        Raises:
            DeadlineError: The deadline of the run passed before there was an answer.
        """
        found = self._answers.get(target)
        if found is None:
            found = self._answers[target] = self._ask(name, check)
        return found

    def _ask(self, name: str, check: Callable[[Deadline], T]) -> tuple[T, Attempts]:
        last: LiveFailure | None = None
        announced: float | None = None
        wait = self._share()
        until = self.deadline.within(wait)

        def tried() -> T:
            nonlocal last
            # What is tried again may not take the time of the servers that come after it.
            own = self.deadline if last is None else self.deadline.within(until.remaining() + self.timeout)
            answer = check(own)
            last = failure_of(answer)
            return answer

        def paused(seconds: float) -> None:
            nonlocal announced
            now = self._clock()
            if self._announce is not None and (announced is None or now - announced >= ANNOUNCED_EVERY):
                announced = now
                self._announce(f"waiting for {name} ({_clause(last)}), {until.remaining():.0f} s left")
            self._sleep(seconds)

        answer, effort = attempt(tried, wait=wait, deadline=self.deadline, sleep=paused, clock=self._clock)
        told = failure_of(answer)
        if told is not None and told.reason == "deadline_passed":
            raise DeadlineError([])
        return answer, effort

    def _share(self) -> float:
        """Return the seconds in which the server whose turn it is may be tried again."""
        return min(max(self._patience.remaining(), self._least), self.deadline.remaining() * SHARE_OF_DEADLINE)


def _clause(failure: LiveFailure | None) -> str:
    return "" if failure is None else clause(failure.message)


def clause(sentence: str) -> str:
    """Turn a sentence of ours into a clause: `The connection was cut off.` into `the connection was cut off`."""
    text = sentence.removesuffix(".")
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]
