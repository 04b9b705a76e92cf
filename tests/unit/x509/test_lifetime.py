from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from preflight.x509.lifetime import (
    days_until,
    in_days,
    lifetime,
    longest_days,
)

START = datetime(2026, 6, 1, tzinfo=UTC)
DAY = timedelta(days=1)
SECOND = timedelta(seconds=1)


def end(days: float) -> datetime:
    return START + days * DAY - SECOND


@pytest.mark.parametrize(
    ("days", "left", "state"),
    [
        (3650, 91, "valid"),
        (3650, 89, "notice"),
        (3650, 31, "notice"),
        (3650, 29, "warning"),
        (3650, 6, "critical"),
        (90, 46, "valid"),
        (90, 44, "notice"),
        (90, 31, "notice"),
        (90, 29, "warning"),
        (90, 6, "critical"),
        (47, 24, "valid"),
        (47, 16, "notice"),
        (47, 15, "warning"),
        (6, 4, "valid"),
        (6, 2.5, "notice"),
        (6, 1.5, "warning"),
        (6, 0.9, "critical"),
    ],
)
def test_the_state_scales_with_the_lifetime(days, left, state):
    found = lifetime(START, end(days), end(days) - left * DAY)
    assert found.state == state
    assert found.remaining_days == int(left)
    assert found.remaining_seconds == left * 86400


@pytest.mark.parametrize("hour", [0, 6, 12, 23])
@pytest.mark.parametrize("days", [1, 47, 90, 365])
def test_a_certificate_has_all_its_days_left_on_the_day_it_is_made(days, hour):
    made = START + timedelta(hours=hour)
    not_after = made - timedelta(minutes=5) + days * DAY - SECOND
    # Made in the first five minutes of a day, it ends on the last day before.
    assert days_until(not_after, made) == (days - 1 if hour == 0 else days)
    assert lifetime(made, not_after, made).remaining_days == days - 1


def test_days_are_counted_by_the_calendar_whatever_the_zone():
    late = datetime(2026, 6, 1, 23, 59, tzinfo=UTC)
    assert [days_until(late + at, late) for at in (SECOND, 60 * SECOND, -DAY)] == [0, 1, -1]
    assert days_until(late.astimezone(timezone(timedelta(hours=9))), START) == 0


def test_days_in_words():
    words = ["12 days ago", "yesterday", "today", "tomorrow", "in 2 days", "in 90 days"]
    assert [in_days(count) for count in (-12, -1, 0, 1, 2, 90)] == words


def test_the_last_second_belongs_to_the_validity():
    assert lifetime(START, end(90), end(90)).state == "critical"
    over = lifetime(START, end(90), end(90) + SECOND)
    assert (over.state, over.remaining_days, over.remaining_seconds) == ("expired", -1, -1)


@pytest.mark.parametrize(("ahead", "state"), [(0, "valid"), (300, "valid"), (301, "not_yet_valid")])
def test_clocks_may_differ_by_five_minutes(ahead, state):
    assert lifetime(START, end(90), START - ahead * SECOND).state == state


def test_a_certificate_that_ends_before_it_starts_has_expired():
    found = lifetime(START, START - DAY, START)
    assert (found.state, found.days) == ("expired", 0)


def test_zones_do_not_matter():
    east = timezone(timedelta(hours=9))
    assert lifetime(START, end(90), START.astimezone(east)) == lifetime(START, end(90), START)


@pytest.mark.parametrize(
    ("first", "days"),
    [
        ("2018-06-01", 825),
        ("2020-08-31", 825),
        ("2020-09-01", 398),
        ("2026-03-14", 398),
        ("2026-03-15", 200),
        ("2027-03-14", 200),
        ("2027-03-15", 100),
        ("2029-03-14", 100),
        ("2029-03-15", 47),
    ],
)
def test_public_certificates_live_shorter_by_their_first_day(first, days):
    start = datetime.fromisoformat(first).replace(tzinfo=UTC)
    assert longest_days(start, public=True) == days
    assert longest_days(start, public=False) == 825


@pytest.mark.parametrize(("passed", "percent"), [(-1, 100), (0, 100), (1, 98), (45, 50), (89, 1), (91, 0)])
def test_what_is_left_as_a_share(passed, percent):
    assert lifetime(START, end(90), START + passed * DAY).remaining_percent == percent
