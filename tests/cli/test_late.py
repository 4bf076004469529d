"""Proves that what should have happened and has not is told: by `status`, and to a monitoring system."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete, insert, select, update

from litwatch.edge.store.open import Store, open_store
from litwatch.edge.store.tables import arrival, begun, claim, subscription
from world import World, world

SUBSCRIBERS = """
[[subscriber]]
address = "ward@example.org"
watches = ["ketamine-depression"]
frequency = "daily"
time = "{due:%H:%M}"
"""


def due() -> datetime:
    """When the reader's digest was due."""
    return datetime.now(UTC) - timedelta(hours=2)


@pytest.fixture
def collected(tmp_path: Path) -> Iterator[World]:
    """What is new came five hours ago for a reader whose digest was due two hours ago; nothing has been mailed."""
    with world(tmp_path, today="2026-03-08") as here:
        (here.config / "subscribers.toml").write_text(SUBSCRIBERS.format(due=due()), encoding="utf-8")
        here.environment["LITWATCH_COLLECT__LOOK_BACK_DAYS"] = "3650"  # all is new, and nothing backlog
        assert here.litwatch("collect").code == 0
        ago = datetime.now(UTC) - timedelta(hours=5)
        with changing(here) as connection:
            connection.execute(update(subscription).values(since=ago))
            connection.execute(
                update(arrival).where(arrival.c.state == "new").values(arrived_at=ago, first_seen=ago)
            )
        yield here


@contextmanager
def opened(here: World) -> Iterator[Store]:
    store = open_store(f"sqlite:///{here.store}", create=True, now=datetime.now(UTC))
    try:
        yield store
    finally:
        store.close()


@contextmanager
def changing(here: World) -> Iterator[Connection]:
    with opened(here) as store, store.writing() as connection:
        yield connection


def checked(here: World) -> tuple[int, str]:
    """How `status --check` ends, and what it says before the performance data."""
    outcome = here.litwatch("status", "--check")
    return outcome.code, outcome.out.split(" | ")[0]


def test_a_digest_that_nobody_has_sent_is_critical_until_it_goes_out(collected: World) -> None:
    told = collected.litwatch("status", "--json")
    [late] = told.objects()[0]["late_digests"]
    owed = told.objects()[0]["watches"][0]["owed"]
    assert (late["address"], late["watch"]) == ("ward@example.org", "ketamine-depression")
    assert late["papers"] == owed > 0
    assert due() - timedelta(minutes=2) < datetime.fromisoformat(late["since"]) <= due()
    assert told.code == 1
    code, said = checked(collected)
    assert code == 2
    assert said == (
        f"LITWATCH CRITICAL - ward@example.org, ketamine-depression: the digest due since {late['since']} "
        f"has not gone out ({owed} papers and 1 notice): no run has made it"
    )
    assert f"LATE: {said.removeprefix('LITWATCH CRITICAL - ')}\n" in collected.litwatch("status").out
    with opened(collected) as store, store.lock("collect"):
        assert checked(collected)[0] == 0, "mail is left to a run that collects, for a day"
    assert collected.litwatch("deliver").code == 0
    assert checked(collected)[0] == 0
    assert collected.litwatch("status").code == 0


def test_a_digest_that_was_claimed_and_never_sent_is_critical_after_an_hour(collected: World) -> None:
    """What a kill in the midst of a mail server's answer leaves."""
    assert collected.litwatch("deliver").code == 0

    def claimed(ago: timedelta) -> None:
        at = datetime.now(UTC) - ago
        with changing(collected) as connection:
            connection.execute(
                update(claim).values(state="open", attempts=1, sent_at=None, claimed_at=at, next_attempt=at)
            )

    claimed(timedelta(minutes=50))
    assert checked(collected)[0] == 0
    claimed(timedelta(minutes=70))
    code, said = checked(collected)
    assert code == 2
    assert said.startswith("LITWATCH CRITICAL - ward@example.org, ketamine-depression: the digest due since ")
    assert said.endswith(": no run has sent it")
    traced = collected.litwatch("trace", "ward@example.org")
    assert "  owed now: 28 papers, 1 notice; all in the digest that waits since 20" in traced.out


@pytest.mark.parametrize(
    "change", [{"standing": "paused"}, {"since": datetime(2100, 1, 1, tzinfo=UTC)}], ids=str
)
def test_a_digest_that_owes_nothing_is_not_late(collected: World, change: dict[str, object]) -> None:
    with changing(collected) as connection:
        connection.execute(update(subscription).values(**change))
    assert collected.litwatch("status", "--json").objects()[0]["late_digests"] == []


def test_a_run_that_was_killed_is_a_warning_and_one_at_work_is_not(collected: World) -> None:
    assert collected.litwatch("deliver").code == 0
    with changing(collected) as connection:
        connection.execute(insert(begun).values(job="refresh", watch="", at=datetime.now(UTC)))
    with opened(collected) as store, store.lock("collect"):
        assert checked(collected)[0] == 0
        assert "is at work\n" in collected.litwatch("status").out
    code, said = checked(collected)
    assert code == 1
    assert said.startswith("LITWATCH WARNING - refresh: the run of ")
    assert said.endswith("was killed: it has left no receipt")
    with changing(collected) as connection:
        connection.execute(delete(begun))
    assert checked(collected)[0] == 0


def test_papers_that_are_wanted_for_more_than_a_day_are_a_warning(collected: World) -> None:
    assert collected.litwatch("deliver").code == 0

    def wanted(ago: timedelta) -> None:
        with changing(collected) as connection:
            since = datetime.now(UTC) - ago
            some = connection.execute(select(arrival.c.pmid).limit(3)).scalars().all()
            connection.execute(
                update(arrival).where(arrival.c.pmid.in_(some)).values(state="wanted", wanted_since=since)
            )

    wanted(timedelta(hours=23))
    assert checked(collected)[0] == 0
    wanted(timedelta(hours=25))
    code, said = checked(collected)
    assert code == 1
    assert said.startswith(
        "LITWATCH WARNING - ketamine-depression: 3 papers have been wanted for more than a day"
    )
