from __future__ import annotations

import datetime as dt
import re
import time

import pytest

from preflight.probes.clock import Clock


class FixedClock(Clock):
    def __init__(self, now: float) -> None:
        self._now = now

    def now(self) -> float:
        return self._now


@pytest.mark.parametrize("now", [0, 1, 951782400, 951868799.999, 1736935200, 4102444799, 253402300799])
def test_the_text_is_what_datetime_writes(now: float) -> None:
    expected = dt.datetime.fromtimestamp(int(now), dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    assert FixedClock(now).iso8601() == expected


def test_the_text_is_in_utc_wherever_the_machine_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TZ", "Pacific/Auckland")
    time.tzset()
    try:
        assert FixedClock(0).iso8601() == "1970-01-01T00:00:00Z"
    finally:
        monkeypatch.undo()
        time.tzset()


def test_the_real_clock_goes_forward() -> None:
    clock = Clock()
    assert abs(clock.now() - time.time()) < 5
    before = clock.monotonic()
    assert clock.monotonic() >= before
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", clock.iso8601())
