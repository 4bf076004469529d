"""Until the instant that an idle run names, every run is idle: over schedules, time zones, clocks that change, retries.

Owns that property of jobs/upcoming.py. That the marker which carries it is void after any change is proved in
tests/cli/test_idle.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st
from sqlalchemy import delete, insert

from deliver.mailworld import World, reader, watch
from litwatch.edge.config import Config, SubscriptionSetting
from litwatch.edge.store import tables
from litwatch.edge.store.open import Store, open_store
from litwatch.jobs.run import run
from litwatch.jobs.run_report import RunReport
from litwatch.query.parse import parse

ZONES = ("UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Asia/Kathmandu")
# Clocks go on and back, a day is skipped, a month ends, a year ends.
EVENTS = (
    datetime(2026, 3, 29, 1, tzinfo=UTC),
    datetime(2026, 10, 25, 1, tzinfo=UTC),
    datetime(2026, 11, 1, 6, tzinfo=UTC),
    datetime(2026, 4, 4, 15, tzinfo=UTC),
    datetime(2011, 12, 30, 10, tzinfo=UTC),
    datetime(2026, 2, 28, 23, tzinfo=UTC),
    datetime(2026, 12, 31, 23, tzinfo=UTC),
)
WEEKDAYS = ("monday", "thursday", "sunday")
SOON = st.integers(-40, 100).map(lambda minutes: timedelta(minutes=minutes))


@dataclass(frozen=True)
class Case:
    """A schedule for everything, and what stands in the store before `now`."""

    now: datetime
    config_of_look: tuple[str, str, time, str]
    digest: SubscriptionSetting
    guard: bool
    searched: timedelta
    refreshed: timedelta
    subscribed: timedelta
    guarded: timedelta | None
    guard_tried: timedelta | None
    claimed: timedelta | None
    again: timedelta | None


def near(now: datetime, zone: str, minutes: timedelta) -> time:
    """A time of day that comes soon, or was just there."""
    from zoneinfo import ZoneInfo

    return (now + minutes).astimezone(ZoneInfo(zone)).time().replace(second=0, microsecond=0)


ago = st.one_of(
    st.integers(0, 120).map(lambda minutes: timedelta(minutes=minutes)),
    st.integers(23 * 60, 24 * 60).map(lambda minutes: timedelta(minutes=minutes)),
    st.integers(0, 60 * 60).map(lambda minutes: timedelta(minutes=minutes)),
)


@st.composite
def cases(draw: st.DrawFn) -> Case:
    now = draw(st.sampled_from(EVENTS)) + timedelta(minutes=draw(st.integers(-90, 90)))
    zone, other = draw(st.sampled_from(ZONES)), draw(st.sampled_from(ZONES))
    digest = SubscriptionSetting(
        "ketamine",
        draw(st.sampled_from(("daily", "weekly", "monthly"))),
        draw(st.sampled_from(WEEKDAYS)),
        draw(st.integers(1, 31)),
        near(now, other, draw(SOON)),
        other,
        (),
    )
    look = draw(st.sampled_from(("daily", "weekly"))), draw(st.sampled_from(WEEKDAYS))
    return Case(
        now,
        (*look, near(now, zone, draw(SOON)), zone),
        digest,
        guard=draw(st.booleans()),
        searched=draw(ago),
        refreshed=draw(ago),
        subscribed=draw(ago),
        guarded=draw(st.none() | ago),
        guard_tried=draw(st.none() | ago),
        claimed=draw(st.none() | SOON),
        again=draw(st.none() | SOON),
    )


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    folder = tmp_path_factory.mktemp("quiet")
    open_store(
        f"sqlite:///{folder}/store.sqlite3", create=True, now=EVENTS[0]
    ).close()  # of which a run says a word
    opened = open_store(f"sqlite:///{folder}/store.sqlite3", create=True, now=EVENTS[0])
    yield opened
    opened.close()


def filled(store: Store, case: Case) -> Config:
    """The store as it stands before `case.now`, and the configuration."""
    look, weekday, clock, zone = case.config_of_look
    one = replace(watch(), look=look, look_weekday=weekday, look_time=clock, time_zone=zone)  # type: ignore[arg-type]
    if case.guard:
        one = replace(one, guard=parse("esketamine"))
    assert store.path is not None
    config = World(store.path.parent, store, (reader("you@example.org", case.digest),), (one,)).config
    now = case.now
    with store.writing() as connection:
        for table in reversed(tables.metadata.sorted_tables):
            connection.execute(delete(table))
        searched = now - case.searched
        words = {"name": "ketamine", "query": "ketamine", "translation": ""}
        connection.execute(
            insert(tables.watch).values(**words, first_good_run=searched, last_good_run=searched)
        )
        since = now - case.subscribed
        row = {"subscriber": "you@example.org", "watch": "ketamine", "standing": "active"}
        connection.execute(insert(tables.subscription).values(**row, since=since, standing_since=since))
        tried = {"refresh": case.refreshed, "guard": case.guard_tried}
        for job, ago_ in tried.items():
            if ago_ is not None:
                at = {"started_at": now - ago_, "finished_at": now - ago_}
                name = "ketamine" if job == "guard" else None
                connection.execute(
                    insert(tables.receipt).values(job=job, watch=name, **at, ok=True, document={})
                )
        if case.guarded is not None:
            run_ = {"watch": "ketamine", "guard": "x", "query": "y", "outside": 0, "fresh": 0}
            ran_at = now - case.guarded
            connection.execute(insert(tables.guard_run).values(**run_, ran_at=ran_at, since=ran_at))
        if case.claimed is not None:
            claimed = connection.execute(
                insert(tables.claim).values(
                    subscriber="you@example.org",
                    watch="ketamine",
                    period="2000-W01",
                    claimed_at=now - case.claimed,
                    message_id="<1@example.org>",
                    envelope_from="us@example.org",
                    state="open" if case.again is not None else "sent",
                    attempts=1,
                    next_attempt=now + case.again if case.again is not None else None,
                )
            )
            assert claimed.inserted_primary_key is not None
            number = claimed.inserted_primary_key[0]
            connection.execute(insert(tables.claim_message).values(claim=number, message=b"To: you\r\n\r\n"))
    return config


class Busy(BaseException):
    """A run has asked PubMed, a template or a mail server for something."""


class Nobody:
    """PubMed, templates and a mail server, of which a run with nothing to do asks nothing."""

    def __getattr__(self, name: str) -> object:
        raise Busy(name)

    def close(self) -> None:
        """Nothing is open."""


def run_at(config: Config, store: Store, now: datetime) -> RunReport | None:
    """A run; None where it had something to do."""
    nobody: Any = Nobody()
    try:
        return run(config, store, nobody, nobody, nobody, now)
    except Busy:
        return None


@settings(max_examples=80, suppress_health_check=[HealthCheck.filter_too_much, HealthCheck.too_slow])
@given(case=cases(), shares=st.lists(st.floats(0, 1), min_size=1, max_size=2))
def test_until_then_every_run_is_idle(store: Store, case: Case, shares: list[float]) -> None:
    config = filled(store, case)
    first = run_at(config, store, case.now)
    assume(first is not None and first.idle)
    assert first is not None
    assert first.exit_code == 0
    assert first.quiet_until is not None
    quiet = first.quiet_until - case.now
    event("an hour" if quiet == timedelta(hours=1) else "less than an hour")
    assert timedelta(0) < quiet <= timedelta(hours=1)
    instants = [case.now + quiet * share for share in shares] + [
        first.quiet_until - timedelta(microseconds=1)
    ]
    for instant in instants:
        if instant < first.quiet_until:
            report = run_at(config, store, instant)
            assert report is not None, instant
            assert (report.idle, report.exit_code) == (True, 0), (instant, report.to_json())


@pytest.mark.parametrize(
    ("changes", "minutes"),
    [
        ({}, 60.0),
        ({"config_of_look": ("daily", "monday", time(1, 20), "UTC")}, 20.0),
        (
            {
                "refreshed": timedelta(hours=23, minutes=30),
                "searched": timedelta(hours=23, minutes=45),
                "config_of_look": ("weekly", "monday", time(0, 30), "UTC"),
            },
            30.0,
        ),
        ({"claimed": timedelta(minutes=3), "again": timedelta(minutes=12)}, 12.0),
        ({"claimed": timedelta(minutes=-7)}, 7.0),
        ({"guard": True, "guarded": timedelta(0), "guard_tried": timedelta(hours=23, minutes=45)}, 15.0),
        ({"digest": SubscriptionSetting("ketamine", "daily", "monday", 1, time(1, 40), "UTC", ())}, 40.0),
    ],
)
def test_the_instant_is_that_of_what_comes_first(
    store: Store, changes: dict[str, object], minutes: float
) -> None:
    """So that the property above is none of an instant that is always now."""
    now = EVENTS[0]  # one o'clock
    case = Case(
        now, ("daily", "monday", time(0, 30), "UTC"), reader("a@b.example").subscriptions[0], False,
        timedelta(0), timedelta(0), timedelta(0), None, None, None, None,
    )  # fmt: skip
    report = run_at(filled(store, replace(case, **changes)), store, now)  # type: ignore[arg-type]
    assert report is not None
    assert report.idle
    assert report.quiet_until == now + timedelta(minutes=minutes)
