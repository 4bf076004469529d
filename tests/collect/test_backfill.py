"""Proves that a backfill fetches the backlog and mails none of it, goes on where it stopped, keeps NCBI's hours,
and stands in nobody's way."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, select

from collect.collectworld import (
    FakePubMed,
    after,
    day,
    new_store,
    record,
    retracted_by,
    settings,
    states,
    watch,
)
from litwatch.decide import hours
from litwatch.edge.pubmed import Batch
from litwatch.edge.store import owing, showing, subscriptions
from litwatch.edge.store.open import Store
from litwatch.edge.store.tables import finding, receipt
from litwatch.errors import LockHeld, StoreError
from litwatch.jobs.backfill import backfill
from litwatch.jobs.collect import collect
from litwatch.jobs.receipt import Receipt
from world import World, world

NEWEST, OLDEST = 99_000_500, 99_000_001
NIGHT = datetime(2026, 3, 4, 3, tzinfo=UTC)  # Tuesday, 22:00 in New York
NOON = datetime(2026, 3, 4, 17, tzinfo=UTC)  # Wednesday, 12:00 in New York


def began(store: Store, papers: int = 500) -> FakePubMed:
    """A PubMed whose papers are all backlog after the first look; the lower the PMID, the older."""
    pubmed = FakePubMed()
    for number in range(papers):
        pubmed.add(OLDEST + number, created=day(-30 - papers + number))
    assert collect(watch(), pubmed, store, after(0), settings()).ok
    return pubmed


def run(store: Store, pubmed: FakePubMed, now: datetime = NIGHT, **wishes: object) -> Receipt:
    return backfill(watch(), pubmed, store, now, settings(), **wishes)  # type: ignore[arg-type]


def read(store: Store) -> set[int]:
    with store.reading() as connection:
        return set(connection.execute(select(finding.c.pmid)).scalars())


def test_the_backlog_is_read_and_stays_backlog(store: Store) -> None:
    pubmed = began(store)
    done = run(store, pubmed)
    assert (done.ok, done.fetched, done.backlog_left) == (True, 500, 0)
    assert done.requests == 3
    assert done.balanced
    assert read(store) == set(range(OLDEST, NEWEST + 1))
    assert set(states(store).values()) == {"backlog"}
    assert done.one_line().startswith(
        "backfill w: 500 of the backlog fetched, 0 left, the books balance, 3 req"
    )
    [filed] = [one for one in showing.latest_receipts(store) if one.job == "backfill"]
    assert (filed.ok, filed.document["fetched"], filed.document["balanced"]) == (True, 500, True)
    # What a look would have said of them: PubMed lists them, and they match here, too.
    assert done.compared == 500


def test_a_second_backfill_asks_for_nothing_and_leaves_no_receipt(store: Store) -> None:
    pubmed = began(store, 10)
    run(store, pubmed)
    again = run(store, pubmed)
    assert (again.ok, again.requests, again.backlog_left) == (True, 0, 0)
    with store.reading() as connection:
        filed = select(func.count()).select_from(receipt).where(receipt.c.job == "backfill")
        assert connection.execute(filed).scalar_one() == 1


def test_the_newest_come_first_and_a_limit_is_kept(store: Store) -> None:
    pubmed = began(store)
    assert run(store, pubmed, limit=250).backlog_left == 250
    assert read(store) == set(range(NEWEST - 249, NEWEST + 1))
    assert run(store, pubmed, limit=10).fetched == 10
    assert min(read(store)) == NEWEST - 259


def test_since_takes_what_was_created_on_that_day_or_later(store: Store) -> None:
    pubmed = began(store)
    done = run(store, pubmed, since=day(-130))
    assert done.fetched == 100
    assert min(read(store)) == NEWEST - 99


def test_what_pubmed_does_not_send_goes_last_next_time_and_is_no_failure(store: Store) -> None:
    pubmed = began(store, 300)
    pubmed.withheld = {99_000_300, 99_000_299}
    assert run(store, pubmed, limit=200).fetched == 198
    second = run(store, pubmed, limit=100)
    assert (second.ok, second.fetched, second.backlog_left) == (True, 100, 2)
    pubmed.withheld = set()
    assert run(store, pubmed).fetched == 2


def test_a_batch_that_fails_is_told_and_the_others_are_filed(store: Store) -> None:
    pubmed = began(store, 600)
    pubmed.broken = {99_000_250}
    done = run(store, pubmed)
    assert not done.ok
    assert done.failures == ["200 of 200 papers could not be fetched: no answer"]
    assert (done.fetched, done.backlog_left, done.balanced) == (400, 200, True)


def test_a_pubmed_that_is_away_is_not_asked_for_every_batch(store: Store) -> None:
    pubmed = began(store, 2_000)
    pubmed.broken = set(pubmed.created)
    before = pubmed.tally.requests
    done = run(store, pubmed)
    assert pubmed.tally.requests - before == 2
    assert done.failures[-1] == "PubMed had stopped answering: the next backfill goes on from here"


def test_a_paper_that_another_watch_has_fetched_is_not_asked_for_again(store: Store) -> None:
    from dataclasses import replace

    pubmed = began(store, 300)
    run(store, pubmed)
    other = replace(watch(), name="other")
    assert collect(other, pubmed, store, after(1), settings()).ok
    done = backfill(other, pubmed, store, NIGHT, settings())
    assert (done.ok, done.requests, done.backlog_left) == (True, 0, 0)


def test_what_befell_a_paper_of_old_is_known_and_mailed_to_nobody(store: Store) -> None:
    subscriptions.sync_subscriptions(store, [("you@example.org", "w")], after(-1))
    pubmed = began(store, 10)
    pubmed.records[OLDEST] = record(OLDEST, pubmed.created[OLDEST], inside=retracted_by(99_000_900))
    done = run(store, pubmed)
    assert [(told.pmid, told.kind) for told in done.notices] == [(OLDEST, "retraction")]
    owed = owing.owed(store, "you@example.org", "w", after(-1))
    assert (owed.papers, owed.notices) == ((), ())


def test_a_watch_that_was_never_searched_has_no_backlog_yet(store: Store) -> None:
    done = run(store, FakePubMed())
    assert done.failures == ["the watch w was never searched: `litwatch collect --watch w` first"]


def test_a_stop_loses_at_most_the_batch_under_way(store: Store) -> None:
    class Stopped(FakePubMed):
        def fetch(self, pmids: Sequence[int]) -> Iterator[Batch]:
            if len(read(store)) >= 400:
                raise KeyboardInterrupt
            return super().fetch(pmids)

    pubmed = began(store, 1_000)
    with pytest.raises(KeyboardInterrupt):
        run(store, Stopped(created=pubmed.created))
    assert len(read(store)) == 400
    [filed] = [one for one in showing.latest_receipts(store) if one.job == "backfill"]
    assert filed.document["failures"] == ["stopped by a signal; the next backfill goes on from here"]
    assert (filed.document["fetched"], filed.document["backlog_left"]) == (400, 600)
    before = pubmed.tally.requests
    assert run(store, pubmed).fetched == 600
    assert pubmed.tally.requests - before == 3


def test_a_store_that_fails_leaves_the_receipt_to_the_caller(tmp_path: Path) -> None:
    store = new_store(tmp_path)
    pubmed = began(store, 10)

    class Locked(FakePubMed):
        def fetch(self, pmids: Sequence[int]) -> Iterator[Batch]:
            store.engine.dispose()
            (tmp_path / "store.sqlite3").write_bytes(b"x" * 8192)
            return super().fetch(pmids)

    with pytest.raises(StoreError) as caught:
        run(store, Locked(created=pubmed.created))
    assert caught.value.receipt is not None
    assert caught.value.receipt["job"] == "backfill"


class TestHours:
    def test_outside_of_them_nothing_is_asked_and_it_is_told_when_they_begin(self, store: Store) -> None:
        pubmed = began(store, 10)
        done = run(store, pubmed, NOON)
        assert (done.ok, done.requests, done.backlog_left) == (True, 0, 10)
        assert "from Thursday 02:00 UTC on" in done.notes[0]
        assert not [one for one in showing.latest_receipts(store) if one.job == "backfill"]
        assert run(store, pubmed, NOON, polite=False).fetched == 10

    def test_when_they_end_the_batch_under_way_is_filed_and_the_rest_is_left(self, store: Store) -> None:
        pubmed = began(store, 1_000)
        end = hours.end_after(NIGHT)
        seconds = iter([0.0, 0.0, 60.0, (end - NIGHT).total_seconds() + 1])
        done = run(store, pubmed, elapsed=lambda: next(seconds))
        assert (done.ok, done.fetched, done.backlog_left) == (True, 400, 600)
        assert "fetches what is left" in done.notes[0]
        [filed] = [one for one in showing.latest_receipts(store) if one.job == "backfill"]
        assert filed.document["notes"] == done.notes

    @pytest.mark.parametrize(
        ("now", "quiet"),
        [
            ("2026-03-04T01:59:59Z", False),  # Tuesday, 20:59:59 there
            ("2026-03-04T02:00:00Z", True),
            ("2026-03-04T09:59:59Z", True),
            ("2026-03-04T10:00:00Z", False),
            ("2026-07-01T00:59:59Z", False),  # an hour earlier in summer
            ("2026-07-01T01:00:00Z", True),
            ("2026-03-07T04:59:00Z", True),  # Friday night
            ("2026-03-07T17:00:00Z", True),  # Saturday noon
            ("2026-03-09T08:59:00Z", True),  # Monday, 04:59, the clock went forward that Sunday
            ("2026-03-09T09:00:00Z", False),
        ],
    )
    def test_they_are_nights_and_weekends_in_new_york(self, now: str, quiet: bool) -> None:
        moment = datetime.fromisoformat(now)
        assert hours.are_quiet(moment) is quiet
        if quiet:
            end = hours.end_after(moment)
            assert hours.are_quiet(end - timedelta(seconds=1))
            assert not hours.are_quiet(end)
        else:
            begin = hours.begin_after(moment)
            assert hours.are_quiet(begin)
            assert not hours.are_quiet(begin - timedelta(seconds=1))


class TestLocks:
    def test_a_look_is_not_kept_waiting_while_pubmed_is_asked(self, store: Store) -> None:
        looks: list[Receipt] = []

        class Slow(FakePubMed):
            def fetch(self, pmids: Sequence[int]) -> Iterator[Batch]:
                looks.append(collect(watch(), pubmed, store, after(1), settings()))
                return super().fetch(pmids)

        pubmed = began(store)
        done = run(store, Slow(created=pubmed.created))
        assert (done.fetched, done.balanced) == (500, True)
        assert [look.ok for look in looks] == [True] * 3

    def test_it_waits_for_a_look_and_asks_nothing_meanwhile(self, store: Store) -> None:
        pubmed = began(store, 10)
        before = pubmed.tally.requests
        waited: list[float] = []
        held = store.lock("collect")
        held.__enter__()

        def wait(seconds: float) -> None:
            waited.append(seconds)
            assert pubmed.tally.requests == before
            if len(waited) == 5:
                held.__exit__(None, None, None)

        assert run(store, pubmed, wait=wait).fetched == 10
        assert waited == [5.0] * 5

    def test_a_look_that_takes_half_an_hour_ends_it_with_a_word(self, store: Store) -> None:
        pubmed = began(store, 10)
        waited: list[float] = []
        with store.lock("collect"):
            done = run(store, pubmed, wait=waited.append)
        assert sum(waited) == pytest.approx(1_800)
        assert not done.ok
        assert "another collect is at work" in done.failures[0]

    def test_two_backfills_at_once_are_one(self, store: Store) -> None:
        pubmed = began(store, 10)
        with store.lock("backfill"), pytest.raises(LockHeld, match="another backfill is at work"):
            run(store, pubmed)


@pytest.fixture(scope="module")
def big_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A PubMed with 1,000 papers of old that match, among 10,000."""
    with world(
        tmp_path_factory.mktemp("backfill"), today="2026-03-08", shipped=False, synthetic=10_000
    ) as here:
        assert here.run("2026-03-08T07:05:00Z").code == 0
        yield here


def asked_for(here: World) -> list[str]:
    return [
        pmid
        for request in here.pubmed.requests
        if request.endpoint == "efetch"
        for pmid in request.params["id"].split(",")
    ]


def test_a_kill_at_any_moment_loses_at_most_one_batch(big_world: World) -> None:
    command = [sys.executable, "-m", "litwatch", "backfill"]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("LITWATCH_")}
    process = subprocess.Popen(
        command,
        cwd=big_world.folder,
        env={**clean, **big_world.environment},
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + 60
    while len(asked_for(big_world)) < 600 and time.monotonic() < deadline:
        assert process.poll() is None, "it was done before it could be killed"
        time.sleep(0.001)
    process.send_signal(signal.SIGKILL)
    process.wait(timeout=30)
    again = big_world.litwatch("backfill", "--json")
    assert again.code == 0, again.err
    [told] = again.objects()
    assert (told["backlog_left"], told["balanced"]) == (0, True)
    asked = asked_for(big_world)
    assert len(set(asked)) == 1_000
    assert len(asked) <= 1_200
    papers = big_world.litwatch("papers", "--json").objects()
    assert {(paper["arrival"], paper["title"] is not None) for paper in papers} == {("backlog", True)}
    assert big_world.mails() == []


def test_on_this_machine_there_are_no_hours_and_elsewhere_there_are(big_world: World) -> None:
    # An address of this machine that does not look like one: 0.0.0.0 connects to the loopback on Linux.
    elsewhere = {
        "LITWATCH_PUBMED__BASE_URL": big_world.pubmed.base_url.replace("127.0.0.1", "0.0.0.0"),
        "LITWATCH_PUBMED__REQUESTS_PER_SECOND": "3",
        "LITWATCH_STORE__URL": f"sqlite:///{big_world.folder}/config/var/other.sqlite3",
    }
    big_world.environment.update(elsewhere)
    try:
        assert big_world.litwatch("collect", "--now", "2026-03-08T07:05:00Z").code == 0
        noon = big_world.litwatch("backfill", "--limit", "7", "--now", f"{NOON:%FT%TZ}")
        assert noon.code == 0
        assert "0 of the backlog fetched, 1,000 left" in noon.err
        assert "from Thursday 02:00 UTC on `litwatch backfill` fetches what is left; --now-anyway" in noon.err
        anyway = big_world.litwatch("backfill", "--limit", "7", "--now", f"{NOON:%FT%TZ}", "--now-anyway")
        assert "7 of the backlog fetched, 993 left" in anyway.err
        night = big_world.litwatch("backfill", "--limit", "7", "--now", f"{NIGHT:%FT%TZ}")
        assert "NCBI's hours for large jobs last until Wednesday 10:00 UTC" in night.err
        assert "7 of the backlog fetched, 986 left" in night.err
        big_world.environment["LITWATCH_BACKFILL__POLITE_HOURS"] = "false"
        assert "7 of the backlog fetched" in big_world.litwatch("backfill", "--limit", "7").err
    finally:
        for name in (*elsewhere, "LITWATCH_BACKFILL__POLITE_HOURS"):
            big_world.environment.pop(name, None)
        big_world.environment["LITWATCH_PUBMED__BASE_URL"] = big_world.pubmed.base_url


def test_a_day_that_is_none_and_a_watch_that_is_none_are_wrong_use(big_world: World) -> None:
    assert big_world.litwatch("backfill", "--since", "2026-13-01").code == 2
    assert big_world.litwatch("backfill", "--watch", "none").code == 2
    assert big_world.litwatch("backfill", "--limit", "0").code == 2
