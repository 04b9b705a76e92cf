"""Signals, and the alarm that holds the deadline, without `signal` itself, which loads `enum` (3 ms): CPython's module below it has the same functions."""

from __future__ import annotations

from preflight.errors import DeadlineError, Interrupted
from preflight.model.problem import Problem

TYPE_CHECKING = False
if TYPE_CHECKING:
    import signal as signals
else:
    try:
        import _signal as signals
    except ImportError:  # another interpreter
        import signal as signals

_NAMES = {2: "SIGINT", 15: "SIGTERM"}


def _raise_interrupted(number: int, _: object) -> None:
    message = f"{_NAMES.get(number, 'a signal')} ended the run before everything was decided"
    raise Interrupted([Problem(kind="interrupted", code="interrupted", message=message, hint="Run it again.")], number)


def catch() -> None:
    """Turn SIGINT and SIGTERM into `Interrupted`, so that the report is still written."""
    for number in _NAMES:
        signals.signal(number, _raise_interrupted)


def _raise_late(_: int, __: object) -> None:
    raise DeadlineError([])


def alarm(seconds: float) -> None:
    """Raise `DeadlineError` after a time, whatever is being done then.

    Looking at the clock between checks would not do: one check can wait for a file system, or be long by itself.

    Args:
        seconds: From now.
    """
    signals.signal(signals.SIGALRM, _raise_late)
    signals.setitimer(signals.ITIMER_REAL, max(seconds, 0.001))


def end_alarm() -> None:
    """Take the alarm back: an exec'd service would inherit it (execve(2))."""
    signals.setitimer(signals.ITIMER_REAL, 0)
    signals.signal(signals.SIGALRM, signals.SIG_DFL)


def release() -> None:
    """Give all signals back to the kernel's default, which an exec'd service inherits."""
    end_alarm()
    for number in _NAMES:
        signals.signal(number, signals.SIG_DFL)


def reset_for_exec() -> None:
    """Give back what CPython ignores (SIGPIPE, SIGXFSZ) and unblock everything: both survive exec (POSIX, exec)."""
    for name in ("SIGPIPE", "SIGXFSZ"):
        number = getattr(signals, name, None)
        if number is not None:
            signals.signal(number, signals.SIG_DFL)
    signals.pthread_sigmask(signals.SIG_UNBLOCK, signals.valid_signals())
