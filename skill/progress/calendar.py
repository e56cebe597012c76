"""How often somebody practised: days with a finished run, this week and the week before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

ZONE = "Europe/Amsterdam"
_FIRST, _LAST = (datetime(year, 1, 1, tzinfo=UTC).timestamp() for year in (2, 9999))
"""Between these every moment has a date in every time zone; a request may tell any time."""


@dataclass(frozen=True)
class Practice:
    """Days with at least one finished run, by week; a week begins on Monday at midnight in the Netherlands."""

    this_week: int
    last_week: int


def practice(finished: Sequence[float], now: float) -> Practice:
    """On how many days of this week and of last week a run was finished.

    Times are seconds since 1970, in any order; what lies after ``now`` is left out.
    """
    zone = ZoneInfo(ZONE)
    weeks = [_week(day) for day in {_day(at, zone) for at in finished if at <= now}]
    current = _week(_day(now, zone))
    return Practice(weeks.count(current), weeks.count(current - 1))


def _day(at: float, zone: ZoneInfo) -> date:
    return datetime.fromtimestamp(min(max(at, _FIRST), _LAST), zone).date()


def _week(day: date) -> int:
    """Weeks since 1 January of the year 1, which is a Monday in Python's calendar."""
    return (day.toordinal() - 1) // 7
