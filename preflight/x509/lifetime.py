"""How much of a certificate's life is left, and whether it lives longer than the rules for its kind allow.

Warnings are scaled by the lifetime: 30 days are nothing to a certificate of ten years and two thirds of one of 47 days.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from preflight.model.record import Record, field

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

    State = Literal["valid", "notice", "warning", "critical", "expired", "not_yet_valid"]

STATES = ("valid", "notice", "warning", "critical", "expired", "not_yet_valid")
SKEW = timedelta(minutes=5)
"""How far a start of validity may lie ahead: clocks differ, and CAs sign for now."""
_DAY = 86400
_SECOND = timedelta(seconds=1)

# Longest life of a publicly trusted server certificate by its first day (CA/Browser Forum Baseline Requirements,
# section 6.3.2, ballot SC-081v3), newest first: (from this day on, days).
_PUBLIC_LIMITS = (
    (datetime(2029, 3, 15, tzinfo=UTC), 47),
    (datetime(2027, 3, 15, tzinfo=UTC), 100),
    (datetime(2026, 3, 15, tzinfo=UTC), 200),
    (datetime(2020, 9, 1, tzinfo=UTC), 398),
)
_OTHER_DAYS = 825
"""What is wise for a private CA's certificate, and was the public limit before September 2020."""
# Days left below which it is critical, a warning or worth a notice; at most a sixth, a third and half of the lifetime.
_CRITICAL_DAYS, _WARNING_DAYS, _NOTICE_DAYS = 7, 30, 90


class Lifetime(Record):
    """A certificate's validity, seen from one moment."""

    state: State = field("How things stand.", choices=STATES)
    days: int = field("Days of its whole life, each one begun counted; the first and the last second belong to it.")
    remaining_days: int = field("Whole days left; negative when it has expired, by days begun.")
    remaining_seconds: int = field("Seconds left, negative when it has expired.")
    remaining_percent: int = field("Share of its life that is left, from 0 to 100.")


def lifetime(not_before: datetime, not_after: datetime, now: datetime) -> Lifetime:
    """Say how much of a certificate's life is left.

    Args:
        not_before: The first second in which it is valid, with its zone.
        not_after: The last one (RFC 5280 section 4.1.2.5: it belongs to the validity), with its zone.
        now: The moment that counts, with its zone.
    """
    left = (not_after - now).total_seconds()
    return Lifetime(
        state=_state(not_before, not_after, now),
        days=lifetime_days(not_before, not_after),
        remaining_days=int(left // _DAY),
        remaining_seconds=int(left // 1),
        remaining_percent=_percent((not_after - not_before + _SECOND).total_seconds(), left),
    )


def _percent(whole: float, left: float) -> int:
    return int(min(max((left + 1) / whole, 0.0), 1.0) * 100) if whole > 0 and left >= 0 else 0


def _state(not_before: datetime, not_after: datetime, now: datetime) -> State:
    if now > not_after:
        return "expired"
    if not_before - now > SKEW:
        return "not_yet_valid"
    whole = (not_after - not_before + _SECOND).total_seconds() / _DAY
    left = (not_after - now).total_seconds() / _DAY
    if left < min(_CRITICAL_DAYS, whole / 6):
        return "critical"
    if left < min(_WARNING_DAYS, whole / 3):
        return "warning"
    return "notice" if left < min(_NOTICE_DAYS, whole / 2) else "valid"


def days_until(moment: datetime, now: datetime) -> int:
    """Return the days from one day of the calendar to another, both in UTC, as people count them who are told the date.

    Whole days of 24 hours (`remaining_days`) are what scripts count: by them a certificate of 90 days has 89 left as soon
    as it is made.

    Args:
        moment: The day that is counted to.
        now: The day that is counted from.
    """
    return (moment.astimezone(UTC).date() - now.astimezone(UTC).date()).days


def in_days(count: int) -> str:
    """Return a number of days from today in words: `in 90 days`, `tomorrow`, `today`, `yesterday`, `12 days ago`."""
    near = {-1: "yesterday", 0: "today", 1: "tomorrow"}
    return near.get(count) or (f"in {count} days" if count > 0 else f"{-count} days ago")


def lifetime_days(not_before: datetime, not_after: datetime) -> int:
    """Return the days of a validity, each one begun counted, the last second included."""
    seconds = int((not_after - not_before + _SECOND).total_seconds())
    return max(-(-seconds // _DAY), 0)


def longest_days(not_before: datetime, *, public: bool) -> int:
    """Return the most days that a server certificate of a public CA may live, or that is wise for another.

    Args:
        not_before: Its first day, by which the limit of public CAs is told.
        public: Whether a public CA issued it.
    """
    limits = _PUBLIC_LIMITS if public else ()
    return next((days for since, days in limits if not_before >= since), _OTHER_DAYS)
