"""Wait for what waiting can cure: a server that is starting, a name that does not resolve yet. Never a wrong password."""

from __future__ import annotations

import time

from preflight.live.failures import LiveFailure
from preflight.model.record import Record, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TypeVar

    from preflight.live.deadline import Deadline

    T = TypeVar("T")

FIRST_PAUSE = 0.25
"""Seconds between the first and the second attempt; each pause is twice the one before."""
LONGEST_PAUSE = 5.0
"""Seconds between two attempts, at most."""


class Attempts(Record):
    """How an answer came about."""

    attempts: int = field("How often it was tried, at least once.")
    seconds: float = field("How long it took, pauses included.")


def failure_of(answer: object) -> LiveFailure | None:
    """Return the failure that an answer is, or has as `failure`; None where there is none."""
    found = answer if isinstance(answer, LiveFailure) else getattr(answer, "failure", None)
    return found if isinstance(found, LiveFailure) else None


def attempt(
    check: Callable[[], T],
    *,
    wait: float,
    deadline: Deadline,
    sleep: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> tuple[T, Attempts]:
    """Try a check until it succeeds, fails for a reason that no waiting cures, or the time is over.

    The last attempt begins when the time is just over, so that a server which came up in the last pause counts. An
    attempt that has begun is cut short by its own timeout and the deadline alone. Signals are heard in the pauses as in
    the checks: what their handler raises ends the waiting.

    Args:
        check: What is tried. An answer with a failure that is retriable is tried again, anything else is final.
        wait: Seconds from the first attempt in which others may follow; 0: there is one attempt.
        deadline: The deadline of the run.
        sleep: Waits some seconds.
        clock: Seconds of a clock that never goes back.

    Returns:
        The last answer, and how it came about. Where the deadline cut the last attempt short, the answer before it: why
        the server was not there says more than that time ran out.
    """
    began = clock()
    answer = check()
    attempts = 1
    pause = FIRST_PAUSE
    while _may_heal(answer):
        left = min(began + wait - clock(), deadline.remaining())
        if left <= 0:
            break
        sleep(min(pause, left))
        if deadline.passed():
            break
        again = check()
        attempts += 1
        told = failure_of(again)
        if told is not None and told.reason == "deadline_passed":
            break
        answer = again
        pause = min(pause * 2, LONGEST_PAUSE)
    return answer, Attempts(attempts=attempts, seconds=clock() - began)


def _may_heal(answer: object) -> bool:
    told = failure_of(answer)
    return told is not None and told.retriable
