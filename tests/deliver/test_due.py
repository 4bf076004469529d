"""When a digest is due: in every time zone, over every change of the clock.

Owns the calendar cases (due_cases.toml) and properties. Never reads a clock.
"""

from __future__ import annotations

import tomllib
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any, get_args
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from litwatch.decide.due import (
    PATIENCE,
    WEEKDAYS,
    DigestDue,
    DigestWaits,
    Frequency,
    Schedule,
    digest_due,
    instant,
    look_due,
    next_due,
    period,
)

CASES = tomllib.loads((Path(__file__).parent / "due_cases.toml").read_text("utf-8"))["case"]
ZONES = sorted(available_timezones() - {"localtime"})


def schedule_of(case: dict[str, Any]) -> Schedule:
    return Schedule(
        case["frequency"],
        case.get("weekday", "monday"),
        case.get("day_of_month", 1),
        time.fromisoformat(case.get("time", "07:00")),
        case.get("time_zone", "UTC"),
    )


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["says"]))
def test_the_calendar_says(case: dict[str, Any]) -> None:
    schedule = schedule_of(case)
    now = datetime.fromisoformat(case["now"])
    current = period(schedule, now)
    assert current.id == case["id"]
    assert current.due == datetime.fromisoformat(case["due"])
    assert current.due.tzinfo is UTC
    assert next_due(schedule, now) == datetime.fromisoformat(case["next"])


schedules = st.builds(
    Schedule,
    frequency=st.sampled_from(get_args(Frequency)),
    weekday=st.sampled_from(WEEKDAYS),
    day_of_month=st.integers(1, 31),
    time=st.times().map(lambda clock: clock.replace(second=0, microsecond=0)),
    time_zone=st.sampled_from(ZONES),
)
instants = st.datetimes(datetime(1990, 1, 1), datetime(2037, 12, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(schedules, instants)
@settings(max_examples=400, deadline=None)
def test_now_lies_between_the_last_due_moment_and_the_next(schedule: Schedule, now: datetime) -> None:
    current = period(schedule, now)
    following = next_due(schedule, now)
    assert current.previous_due < current.due <= now < following
    assert next_due(schedule, current.due) == following
    assert period(schedule, following).previous_due == current.due
    assert period(schedule, following - timedelta(microseconds=1)) == current


@given(schedules, instants, st.integers(2, 40))
@settings(max_examples=150, deadline=None)
def test_ids_rise_with_due_moments_and_name_each_calendar_unit_once(
    schedule: Schedule, now: datetime, count: int
) -> None:
    ids, moments = [], []
    for _ in range(count):
        now = next_due(schedule, now)
        ids.append(period(schedule, now).id)
        moments.append(period(schedule, now).due)
    assert all(a < b for a, b in pairwise(ids)), ids
    assert moments == sorted(set(moments))
    for name, moment in zip(ids, moments, strict=True):
        local = moment.astimezone(ZoneInfo(schedule.time_zone)).date()
        # a moment that falls into a gap may come on the next date, never earlier
        assert name in {unit(schedule, local), unit(schedule, local - timedelta(days=1))}


def unit(schedule: Schedule, day: date) -> str:
    forms = {"daily": "%Y-%m-%d", "weekly": "%G-W%V", "monthly": "%Y-%m"}
    return day.strftime(forms[schedule.frequency])


@given(st.sampled_from(ZONES), st.dates(date(1990, 1, 1), date(2037, 1, 1)), st.times())
@settings(max_examples=300, deadline=None)
def test_a_local_time_that_exists_is_kept_and_one_that_does_not_comes_right_after_the_gap(
    zone_name: str, day: date, clock: time
) -> None:
    zone = ZoneInfo(zone_name)
    clock = clock.replace(microsecond=0)
    moment = instant(day, clock, zone)
    wanted = datetime.combine(day, clock)
    local = moment.astimezone(zone).replace(tzinfo=None)
    if local != wanted:
        assert local > wanted
        just_before = (moment - timedelta(seconds=1)).astimezone(zone).replace(tzinfo=None)
        assert just_before < wanted, "nothing before the gap's end could have been meant"


def test_every_zone_that_python_knows_has_a_due_moment_on_the_days_its_clock_changes() -> None:
    start = datetime(2026, 1, 1, tzinfo=UTC)
    for zone_name in ZONES:
        schedule = Schedule("daily", time=time(2, 30), time_zone=zone_name)
        now, seen = start, []
        for _ in range(120):
            now = next_due(schedule, now)
            seen.append(period(schedule, now).id)
        assert len(set(seen)) == 120, zone_name
        assert date.fromisoformat(seen[-1]) - date.fromisoformat(seen[0]) == timedelta(days=119), zone_name


WEEKLY = Schedule("weekly", "monday", 1, time(7), "UTC")
DAILY = Schedule("daily", time=time(7))
LOOK = Schedule("daily", time=time(5))


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def test_a_subscription_that_begins_after_its_weekday_gets_its_first_digest_at_the_next_due_time() -> None:
    since = at("2026-11-17 09:00")  # a Tuesday
    good = at("2026-11-17 05:00")
    assert (
        digest_due(WEEKLY, at("2026-11-17 09:00"), since=since, last_claim=None, look=LOOK, last_good=good)
        is None
    )
    assert (
        digest_due(WEEKLY, at("2026-11-23 06:59"), since=since, last_claim=None, look=LOOK, last_good=good)
        is None
    )
    good = at("2026-11-23 05:00")
    first = digest_due(
        WEEKLY, at("2026-11-23 07:00"), since=since, last_claim=None, look=LOOK, last_good=good
    )
    assert isinstance(first, DigestDue)
    assert first.period.id == "2026-W48"
    assert first.not_searched_since is None


def test_one_that_begins_at_the_very_due_moment_waits_for_the_next() -> None:
    moment = at("2026-11-23 07:00")
    assert digest_due(WEEKLY, moment, since=moment, last_claim=None, look=LOOK, last_good=moment) is None


def test_missed_periods_make_one_digest_and_it_is_the_latest_one() -> None:
    now = at("2026-11-25 12:00")
    due = digest_due(
        WEEKLY, now, since=at("2026-10-01 00:00"), last_claim=at("2026-11-02 07:00"), look=LOOK, last_good=now
    )
    assert isinstance(due, DigestDue)
    assert due.period.id == "2026-W48"
    assert (
        digest_due(WEEKLY, now, since=at("2026-10-01 00:00"), last_claim=now, look=LOOK, last_good=now)
        is None
    )


def test_a_change_of_frequency_does_not_bring_a_second_mail_for_a_moment_already_served() -> None:
    claimed = at("2026-11-25 07:00")  # as a daily one, on Wednesday
    now = at("2026-11-25 09:00")
    assert (
        digest_due(WEEKLY, now, since=at("2026-10-01 00:00"), last_claim=claimed, look=LOOK, last_good=now)
        is None
    )


def test_without_a_search_in_the_week_the_digest_waits_a_day_and_then_says_since_when() -> None:
    since, claimed, good = at("2026-10-01 00:00"), at("2026-11-16 07:00"), at("2026-11-16 05:00")
    waits = digest_due(
        WEEKLY, at("2026-11-23 07:00"), since=since, last_claim=claimed, look=LOOK, last_good=good
    )
    assert isinstance(waits, DigestWaits)
    assert waits.until == at("2026-11-24 07:00")
    assert isinstance(
        digest_due(
            WEEKLY, at("2026-11-24 06:59"), since=since, last_claim=claimed, look=LOOK, last_good=good
        ),
        DigestWaits,
    )
    goes = digest_due(
        WEEKLY, at("2026-11-24 07:00"), since=since, last_claim=claimed, look=LOOK, last_good=good
    )
    assert isinstance(goes, DigestDue)
    assert goes.not_searched_since == good
    searched = digest_due(
        WEEKLY,
        at("2026-11-23 08:00"),
        since=since,
        last_claim=claimed,
        look=LOOK,
        last_good=at("2026-11-23 07:59"),
    )
    assert isinstance(searched, DigestDue)
    assert searched.not_searched_since is None


@pytest.mark.parametrize(
    ("schedule", "claimed", "good", "now", "until"),
    [  # the search in the run of the digest before is none of this period
        (Schedule("monthly"), "2026-11-01 07:05", "2026-11-01 07:05", "2026-12-01 07:05", "2026-12-02 07:00"),
        (DAILY, "2026-11-22 07:05", "2026-11-22 07:05", "2026-11-23 07:05", "2026-11-24 07:00"),
        (WEEKLY, "2026-11-16 07:05", "2026-11-16 07:05", "2026-11-23 07:05", "2026-11-24 07:00"),
        # six days without a search are not made good by the seventh
        (WEEKLY, "2026-11-16 07:05", "2026-11-17 07:00", "2026-11-23 07:05", "2026-11-24 07:00"),
        # nor is a look that failed today by yesterday's
        (WEEKLY, "2026-11-16 07:05", "2026-11-22 23:00", "2026-11-23 07:05", "2026-11-24 07:00"),
        # one that was made good is nothing to tell
        (WEEKLY, "2026-11-16 07:05", "2026-11-23 05:00", "2026-11-23 07:05", None),
        # the machine was off since Monday's look, and now PubMed is away
        (WEEKLY, "2026-11-16 07:05", "2026-11-23 05:00", "2026-11-24 06:55", "2026-11-24 07:00"),
        # a search that a wrong clock dated ahead is none
        (WEEKLY, "2026-11-16 07:05", "2027-11-23 05:00", "2026-11-23 07:05", "2026-11-24 07:00"),
    ],
)
def test_a_digest_waits_while_a_look_is_due(
    schedule: Schedule, claimed: str, good: str, now: str, until: str | None
) -> None:
    due = digest_due(
        schedule,
        at(now),
        since=at("2026-10-01 00:00"),
        last_claim=at(claimed),
        look=LOOK,
        last_good=at(good),
    )
    assert isinstance(due, DigestWaits if until else DigestDue)
    if isinstance(due, DigestWaits) and until:
        assert due.until == at(until)


def test_a_machine_that_was_off_for_weeks_gives_the_search_its_full_day() -> None:
    since, claimed, good = at("2026-10-01 00:00"), at("2026-11-02 07:00"), at("2026-11-03 05:00")
    waits = digest_due(
        WEEKLY, at("2026-11-23 08:00"), since=since, last_claim=claimed, look=LOOK, last_good=good
    )
    assert isinstance(waits, DigestWaits)
    assert waits.until == at("2026-11-24 07:00")


def test_a_daily_digest_without_searches_does_not_wait_for_ever() -> None:
    since, good = at("2026-10-01 00:00"), at("2026-11-20 05:00")
    claimed = at("2026-11-20 07:00")
    sent = []
    now = claimed
    while now < at("2026-11-27 12:00"):
        now += timedelta(minutes=15)
        due = digest_due(DAILY, now, since=since, last_claim=claimed, look=LOOK, last_good=good)
        if isinstance(due, DigestDue):
            assert due.not_searched_since == good
            sent.append(now)
            claimed = now
    assert sent == [at("2026-11-22 07:00"), at("2026-11-24 07:00"), at("2026-11-26 07:00")]


def test_a_watch_that_was_never_searched_says_since_the_subscription_began() -> None:
    since = at("2026-11-20 12:00")
    assert isinstance(
        digest_due(WEEKLY, at("2026-11-23 07:00"), since=since, last_claim=None, look=LOOK, last_good=None),
        DigestWaits,
    )
    goes = digest_due(WEEKLY, at("2026-11-24 07:00"), since=since, last_claim=None, look=LOOK, last_good=None)
    assert isinstance(goes, DigestDue)
    assert goes.not_searched_since == since


@given(schedules, instants, st.timedeltas(timedelta(0), timedelta(days=80)), st.data())
@settings(max_examples=200, deadline=None)
def test_whatever_fails_a_digest_goes_at_the_latest_a_day_after_the_second_moment(
    schedule: Schedule, since: datetime, silence: timedelta, data: st.DataObject
) -> None:
    good = data.draw(st.none() | st.just(since - silence))
    latest = next_due(schedule, next_due(schedule, since)) + PATIENCE
    due = digest_due(schedule, latest, since=since, last_claim=None, look=LOOK, last_good=good)
    assert isinstance(due, DigestDue)


def test_a_day_of_25_hours_adds_no_day_to_a_daily_digest_that_waits() -> None:
    daily = Schedule("daily", time=time(3), time_zone="Antarctica/Macquarie")
    since, latest = at("1999-03-24 00:00"), at("1999-03-26 16:00")
    assert next_due(daily, latest) - latest == timedelta(hours=25)
    assert isinstance(
        digest_due(daily, latest, since=since, last_claim=None, look=LOOK, last_good=None), DigestDue
    )


def test_a_look_is_due_when_the_last_good_search_lies_before_the_latest_look_moment() -> None:
    look = Schedule("daily", time=time(5), time_zone="Europe/Zurich")
    now = at("2026-11-23 09:00")
    assert look_due(look, None, now)
    assert look_due(look, at("2026-11-22 23:00"), now)
    assert not look_due(look, at("2026-11-23 04:00"), now)
    assert not look_due(look, now, now)


def test_a_search_that_a_wrong_clock_dated_a_year_ahead_does_not_stop_the_watch() -> None:
    look = Schedule("daily", time=time(5))
    assert look_due(look, at("2027-11-23 09:00"), at("2026-11-23 09:00"))
    assert not look_due(look, at("2026-11-23 09:00:20"), at("2026-11-23 09:00"))
