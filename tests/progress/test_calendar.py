"""Practice days: counted by day and week as a person in the Netherlands counts them."""

from __future__ import annotations

from calendar import timegm
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from skill.progress.calendar import Practice, practice

HOUR = 3600
DAY = 24 * HOUR
WEEK = 7 * DAY
MONDAY = timegm((2026, 3, 9, 0, 0, 0)) - HOUR
"""Monday 9 March 2026 at midnight in Amsterdam, in winter time."""
SPRING = timegm((2026, 3, 29, 1, 0, 0))
AUTUMN = timegm((2026, 10, 25, 1, 0, 0))
"""When the clock goes forward and back in 2026."""


def last_sunday(year: int, month: int) -> datetime:
    """The last Sunday of a month of 31 days, 01:00 UTC: when the European clock changes."""
    last = datetime(year, month, 31, 1, tzinfo=UTC)
    return last - timedelta(days=(last.weekday() + 1) % 7)


def local(at: float) -> datetime:
    """The wall clock in Amsterdam by the rule itself (since 1996), without any table of time zones."""
    moment = datetime.fromtimestamp(at, UTC)
    summer = last_sunday(moment.year, 3) <= moment < last_sunday(moment.year, 10)
    return moment + timedelta(hours=2 if summer else 1)


def counted(finished: list[float], now: float) -> Practice:
    """The same answer in another way: by the number and the year of the ISO week."""
    this = local(now).isocalendar()[:2]
    last = (local(now) - timedelta(days=7)).isocalendar()[:2]
    days = {local(at).isocalendar() for at in finished if at <= now}
    return Practice(sum(day[:2] == this for day in days), sum(day[:2] == last for day in days))


moments = st.integers(timegm((2000, 1, 1, 0, 0, 0)), timegm((2060, 1, 1, 0, 0, 0)))
hours = st.integers(-21 * 24, 48).map(lambda hour: hour * HOUR)
near = st.one_of(hours, hours.map(lambda seconds: seconds - 1), st.integers(-20 * DAY, 2 * DAY))


@settings(deadline=None)
@given(now=moments, steps=st.lists(near, max_size=20))
@example(now=SPRING, steps=[-1, 0, -2 * HOUR, -2 * HOUR - 1, -WEEK])
@example(now=AUTUMN + 22 * HOUR, steps=[0, -1, -HOUR, -DAY, -DAY - HOUR, -7 * DAY])
@example(now=timegm((2027, 1, 1, 12, 0, 0)), steps=[0, -DAY, -4 * DAY, -5 * DAY])
def test_days_are_counted_as_by_another_way(now: int, steps: list[int]) -> None:
    """Any times around any moment, borders of hours, weeks, years and summer time among them."""
    finished = [float(now + step) for step in steps]
    assert practice(finished, now) == counted(finished, now)


def test_a_week_begins_on_monday_at_midnight() -> None:
    """A second before it is last week; two runs on one day are one day."""
    finished = [MONDAY - 1.0, MONDAY, MONDAY + HOUR, MONDAY + DAY]
    assert practice(finished, MONDAY + DAY + 1) == Practice(this_week=2, last_week=1)
    assert practice(finished, MONDAY + WEEK) == Practice(this_week=0, last_week=2)
    assert practice(finished, MONDAY + 2 * WEEK) == Practice(this_week=0, last_week=0)


@pytest.mark.parametrize(("midnight", "hours_long"), [(SPRING - 2 * HOUR, 23), (AUTUMN - 3 * HOUR, 25)])
def test_a_day_of_23_or_25_hours_is_one_day(midnight: int, hours_long: int) -> None:
    """On the two Sundays the day lasts from midnight to midnight on the wall, and the week after it begins then."""
    sunday = [midnight + hour * HOUR + 1.0 for hour in range(hours_long)]
    assert practice(sunday, midnight + hours_long * HOUR - 1) == Practice(this_week=1, last_week=0)
    assert practice(sunday, midnight + hours_long * HOUR) == Practice(this_week=0, last_week=1)


def test_what_lies_ahead_is_left_out() -> None:
    """A time after now (a clock was wrong) counts in no week; nobody practised in an empty list."""
    assert practice([MONDAY + 60.0], MONDAY + 59) == Practice(0, 0)
    assert practice([], MONDAY) == Practice(0, 0)


@pytest.mark.parametrize("strange", [datetime.min, datetime.max])
def test_a_strange_time_is_counted_too(strange: datetime) -> None:
    """The first and the last moment that a request can tell of fall over nothing."""
    at = strange.replace(tzinfo=UTC).timestamp()
    assert practice([at, MONDAY], at).this_week == 1
