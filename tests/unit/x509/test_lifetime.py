from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from preflight.x509.lifetime import (
    days_until,
    exceeds_private_advice,
    exceeds_public_limit,
    in_days,
    lifetime,
    lifetime_days,
    public_limit,
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
    assert (over.state, over.remaining_days, over.remaining_seconds, over.remaining_share) == ("expired", -1, -1, 0.0)


@pytest.mark.parametrize(("ahead", "state"), [(0, "valid"), (300, "valid"), (301, "not_yet_valid")])
def test_clocks_may_differ_by_five_minutes(ahead, state):
    assert lifetime(START, end(90), START - ahead * SECOND).state == state


def test_the_share_goes_from_one_to_nothing():
    assert lifetime(START, end(10), START).remaining_share == 1.0
    assert lifetime(START, end(10), START + 5 * DAY).remaining_share == pytest.approx(0.5)
    assert lifetime(START, end(10), START - DAY).remaining_share == 1.0


def test_thresholds_can_be_set():
    found = lifetime(START, end(3650), end(3650) - 40 * DAY, warning_days=60, notice_days=100, critical_days=20)
    assert (found.state, found.warning_days, found.notice_days, found.critical_days) == ("warning", 60, 100, 20)


def test_a_certificate_that_ends_before_it_starts_has_expired():
    found = lifetime(START, START - DAY, START)
    assert (found.state, found.days, found.remaining_share) == ("expired", 0, 0.0)


def test_zones_do_not_matter():
    east = timezone(timedelta(hours=9))
    assert lifetime(START, end(90), START.astimezone(east)) == lifetime(START, end(90), START)


@pytest.mark.parametrize(
    ("not_before", "limit"),
    [
        (datetime(2018, 2, 28, tzinfo=UTC), None),
        (datetime(2018, 3, 1, tzinfo=UTC), 825),
        (datetime(2020, 9, 1, tzinfo=UTC), 398),
        (datetime(2026, 3, 14, 23, 59, 59, tzinfo=UTC), 398),
        (datetime(2026, 3, 15, tzinfo=UTC), 200),
        (datetime(2027, 3, 14, tzinfo=UTC), 200),
        (datetime(2027, 3, 15, tzinfo=UTC), 100),
        (datetime(2029, 3, 15, tzinfo=UTC), 47),
    ],
)
def test_the_limit_of_public_cas_depends_on_the_first_day(not_before, limit):
    assert public_limit(not_before) == limit
    if limit is not None:
        longest = not_before + limit * DAY - SECOND
        assert lifetime_days(not_before, longest) == limit
        assert not exceeds_public_limit(not_before, longest)
        assert exceeds_public_limit(not_before, longest + SECOND)


@pytest.mark.parametrize(
    ("days", "is_ca", "expected"), [(825, False, False), (826, False, True), (826, True, False), (7301, True, True)]
)
def test_private_certificates_should_not_live_too_long(days, is_ca, expected):
    assert exceeds_private_advice(START, end(days), is_ca=is_ca) is expected
