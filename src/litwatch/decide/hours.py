"""When NCBI wants large jobs: at weekends, or between 21:00 and 05:00 US Eastern time.

Owns that calendar (https://www.ncbi.nlm.nih.gov/books/NBK25497/, "Frequency, Timing and Registration of E-utility URL
Requests"). Never reads a clock; `now` is given.
"""

from __future__ import annotations

from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from litwatch.decide.due import instant

EASTERN = ZoneInfo("America/New_York")
BEGIN, END = time(21), time(5)
SATURDAY = 5


def are_quiet(now: datetime) -> bool:
    """Whether a large job may run at that instant."""
    there = now.astimezone(EASTERN)
    return there.weekday() >= SATURDAY or not END <= there.time() < BEGIN


def begin_after(now: datetime) -> datetime:
    """When the quiet hours begin, in UTC; `now` itself where they have begun."""
    return now if are_quiet(now) else instant(now.astimezone(EASTERN).date(), BEGIN, EASTERN)


def end_after(now: datetime) -> datetime:
    """When the quiet hours that `now` lies in end, in UTC; `now` itself where it lies in none."""
    if not are_quiet(now):
        return now
    day = now.astimezone(EASTERN).date()
    while (end := instant(day, END, EASTERN)) <= now or day.weekday() >= SATURDAY:
        day += timedelta(days=1)
    return end
