"""When a look at PubMed or a digest is due.

Owns calendars: time zones, clocks that change, short months, ISO weeks. Never reads a clock; `now` is given.

A period is named in local calendar text (2026-10-25, 2026-W43, 2026-10), so that an hour that comes twice
cannot make two. Dates never choose papers: they only say when a digest goes.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

Frequency = Literal["daily", "weekly", "monthly"]

WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")

# How long a digest waits for a search that has not succeeded in its period.
PATIENCE = timedelta(hours=24)

# A mail that is not taken is tried again after these minutes, the last wait again and again, for some days.
BACK_OFF_MINUTES = (15, 30, 60, 120, 240, 480, 720)
GIVE_UP_AFTER = timedelta(days=5)

# A search "in the future" by more than this was recorded by a clock that was wrong.
CLOCK_SLACK = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Schedule:
    """When something is due, in the reader's calendar.

    `weekday` (English, lower case) counts for weekly, `day_of_month` (1 to 31; the last day where a month is
    shorter) for monthly; `time_zone` is an IANA name.
    """

    frequency: Frequency = "weekly"
    weekday: str = "monday"
    day_of_month: int = 1
    time: time = time(7)
    time_zone: str = "UTC"


@dataclass(frozen=True, slots=True)
class Period:
    """The calendar unit whose moment has come: `previous_due < due <= now`, all in UTC."""

    id: str
    due: datetime
    previous_due: datetime


@dataclass(frozen=True, slots=True)
class DigestDue:
    """A digest to claim now; `not_searched_since` is set where the last look that was due has not succeeded."""

    period: Period
    not_searched_since: datetime | None


@dataclass(frozen=True, slots=True)
class DigestWaits:
    """A digest whose moment has come and which waits for a search, at the longest until `until`."""

    period: Period
    until: datetime


def instant(day: date, clock: time, zone: ZoneInfo) -> datetime:
    """The UTC instant of a local date and time.

    A time that comes twice is its first coming; a time that is skipped is the instant after the gap.
    """
    local = datetime.combine(day, clock.replace(tzinfo=None))
    # https://peps.python.org/pep-0495/: in a gap fold=0 counts with the offset before it, so lies after it.
    late = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    if late.astimezone(zone).replace(tzinfo=None) == local:
        return late
    early = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    after = late.astimezone(zone).utcoffset()
    while late - early > timedelta(seconds=1):
        middle = early + (late - early) // 2
        if middle.astimezone(zone).utcoffset() == after:
            late = middle
        else:
            early = middle
    return late.replace(microsecond=0)


def period(schedule: Schedule, now: datetime) -> Period:
    """The latest period whose moment has come."""
    zone = ZoneInfo(schedule.time_zone)
    day = _unit_day(schedule, now.astimezone(zone).date() + timedelta(days=2))
    while (due := instant(day, schedule.time, zone)) > now:
        day = _step(schedule, day, -1)
    before = _step(schedule, day, -1)
    # A date that a zone skipped whole (Apia had no 2011-12-30) falls on the next day's first instant.
    while (previous := instant(before, schedule.time, zone)) >= due:
        before = _step(schedule, before, -1)
    return Period(_name(schedule, day), due, previous)


def next_due(schedule: Schedule, now: datetime) -> datetime:
    """The first due moment after `now`, in UTC."""
    zone = ZoneInfo(schedule.time_zone)
    day = _unit_day(schedule, now.astimezone(zone).date() - timedelta(days=2))
    while (due := instant(day, schedule.time, zone)) <= now:
        day = _step(schedule, day, 1)
    while (earlier := instant(before := _step(schedule, day, -1), schedule.time, zone)) > now:
        day, due = before, earlier
    return due


def look_due(look: Schedule, last_good: datetime | None, now: datetime) -> bool:
    """Whether PubMed is to be searched: the last good search was before the latest look moment.

    One that a wrong clock dated into the future does not count.
    """
    if last_good is None or last_good > now + CLOCK_SLACK:
        return True
    return last_good < period(look, now).due


def digest_due(
    schedule: Schedule,
    now: datetime,
    *,
    since: datetime,
    last_claim: datetime | None,
    look: Schedule,
    last_good: datetime | None,
) -> DigestDue | DigestWaits | None:
    """Whether a subscription's digest goes now, waits for a search, or is not due.

    `since` is when the subscription began or resumed, `last_claim` when its latest digest was claimed (at or
    before `now`), `look` when the watch is to be searched, `last_good` its last good search. A search lists all
    that matches, so that a look which failed and was made good since is nothing to tell; one that is still due is,
    however often PubMed was searched before. Missed periods make one digest, the latest period's.
    """
    current = period(schedule, now)
    served = since if last_claim is None else max(since, last_claim)
    if current.due <= served:
        return None
    if not look_due(look, last_good, now):
        return DigestDue(current, None)
    if last_good is not None and last_good > now + CLOCK_SLACK:
        last_good = None
    unsearched = current.due
    if schedule.frequency == "daily":
        # Counted from the latest moment, a daily digest would wait for ever: count from the first one that
        # found a look undone.
        unsearched = next_due(schedule, max(served, last_good or served))
        while unsearched < current.due and not look_due(look, last_good, unsearched):
            unsearched = next_due(schedule, unsearched)
    until = min(unsearched, current.due) + PATIENCE
    if now < until:
        return DigestWaits(current, until)
    return DigestDue(current, last_good or since)


def retry_at(attempts: int, claimed_at: datetime, now: datetime) -> datetime | None:
    """When a mail is tried again after that many attempts; None where it has been tried for long enough."""
    wait = timedelta(minutes=BACK_OFF_MINUTES[min(max(attempts, 1), len(BACK_OFF_MINUTES)) - 1])
    return None if now + wait > claimed_at + GIVE_UP_AFTER else now + wait


def _unit_day(schedule: Schedule, day: date) -> date:
    """The scheduled date of the calendar unit that `day` lies in."""
    if schedule.frequency == "daily":
        return day
    if schedule.frequency == "weekly":
        return day + timedelta(days=WEEKDAYS.index(schedule.weekday) - day.weekday())
    return _in_month(day.year, day.month, schedule.day_of_month)


def _step(schedule: Schedule, day: date, units: int) -> date:
    """The scheduled date that many units later."""
    if schedule.frequency == "daily":
        return day + timedelta(days=units)
    if schedule.frequency == "weekly":
        return day + timedelta(weeks=units)
    months = day.year * 12 + day.month - 1 + units
    return _in_month(months // 12, months % 12 + 1, schedule.day_of_month)


def _in_month(year: int, month: int, wanted: int) -> date:
    return date(year, month, min(wanted, monthrange(year, month)[1]))


def _name(schedule: Schedule, day: date) -> str:
    if schedule.frequency == "daily":
        return day.isoformat()
    if schedule.frequency == "weekly":
        year, week, _ = day.isocalendar()
        return f"{year:04d}-W{week:02d}"
    return f"{day.year:04d}-{day.month:02d}"
