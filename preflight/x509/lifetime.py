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

#: Longest life of a publicly trusted server certificate by its first day (CA/Browser Forum Baseline Requirements,
#: section 6.3.2, ballot SC-081v3), newest first: (from this day on, days).
PUBLIC_LIMITS = (
    (datetime(2029, 3, 15, tzinfo=UTC), 47),
    (datetime(2027, 3, 15, tzinfo=UTC), 100),
    (datetime(2026, 3, 15, tzinfo=UTC), 200),
    (datetime(2020, 9, 1, tzinfo=UTC), 398),
    (datetime(2018, 3, 1, tzinfo=UTC), 825),
)
PRIVATE_LEAF_DAYS = 825
PRIVATE_CA_DAYS = 7300


class Lifetime(Record):
    """A certificate's validity, seen from one moment."""

    state: State = field("How things stand.", choices=STATES)
    days: int = field("Days of its whole life, each one begun counted; the first and the last second belong to it.")
    remaining_days: int = field("Whole days left; negative when it has expired, by days begun.")
    remaining_seconds: int = field("Seconds left, negative when it has expired.")
    remaining_share: float = field("Share of its life that is left, from 0 to 1.")
    warning_days: float = field("Below this many days left the state is `warning`: 30, at most a third of its life.")
    notice_days: float = field("Below this many days left the state is `notice`: 90, at most half of its life.")
    critical_days: float = field("Below this many days left the state is `critical`: 7, at most a sixth of its life.")


def lifetime(
    not_before: datetime,
    not_after: datetime,
    now: datetime,
    *,
    critical_days: float = 7,
    warning_days: float = 30,
    notice_days: float = 90,
) -> Lifetime:
    """Say how much of a certificate's life is left.

    Args:
        not_before: The first second in which it is valid, with its zone.
        not_after: The last one (RFC 5280 section 4.1.2.5: it belongs to the validity), with its zone.
        now: The moment that counts, with its zone.
        critical_days: Days left below which it is critical, at most a sixth of the lifetime.
        warning_days: Days left below which it is a warning, at most a third of the lifetime.
        notice_days: Days left below which it is worth a notice, at most half of the lifetime.
    """
    whole = max((not_after - not_before + _SECOND).total_seconds(), 0)
    left = (not_after - now).total_seconds()
    lived = whole / _DAY
    critical, warning, notice = (
        min(critical_days, lived / 6),
        min(warning_days, lived / 3),
        min(notice_days, lived / 2),
    )
    return Lifetime(
        state=_state(not_before, not_after, now, left / _DAY, (critical, warning, notice)),
        days=lifetime_days(not_before, not_after),
        remaining_days=int(left // _DAY),
        remaining_seconds=int(left // 1),
        remaining_share=min(max((left + 1) / whole, 0.0), 1.0) if whole and left >= 0 else 0.0,
        critical_days=critical,
        warning_days=warning,
        notice_days=notice,
    )


def _state(
    not_before: datetime, not_after: datetime, now: datetime, left: float, limits: tuple[float, float, float]
) -> State:
    if now > not_after:
        return "expired"
    if not_before - now > SKEW:
        return "not_yet_valid"
    critical, warning, notice = limits
    if left < critical:
        return "critical"
    if left < warning:
        return "warning"
    return "notice" if left < notice else "valid"


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


def public_limit(not_before: datetime) -> int | None:
    """Return the most days that a public CA may give a server certificate from a day on; None before March 2018."""
    return next((days for since, days in PUBLIC_LIMITS if not_before >= since), None)


def exceeds_public_limit(not_before: datetime, not_after: datetime) -> bool:
    """Say whether a server certificate lives longer than browsers accept of a public CA."""
    limit = public_limit(not_before)
    return limit is not None and lifetime_days(not_before, not_after) > limit


def exceeds_private_advice(not_before: datetime, not_after: datetime, *, is_ca: bool) -> bool:
    """Say whether a private CA's certificate lives longer than is wise: 825 days for a leaf, 20 years for a CA."""
    return lifetime_days(not_before, not_after) > (PRIVATE_CA_DAYS if is_ca else PRIVATE_LEAF_DAYS)
