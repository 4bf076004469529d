"""Proves the story of jobs/collect.py on a real SQLite store: nothing is lost, and the books say so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import func, insert, select, update

from collect.collectworld import (
    MONDAY,
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
from litwatch.edge.config import Watch
from litwatch.edge.pubmed import Batch, Enumeration
from litwatch.edge.store import balancing, showing
from litwatch.edge.store.open import Store
from litwatch.edge.store.owing import owed
from litwatch.edge.store.subscriptions import pause, resume, subscriptions, sync_subscriptions
from litwatch.edge.store.tables import claim, claim_paper, subscription
from litwatch.edge.store.tables import receipt as receipts
from litwatch.errors import LockHeld
from litwatch.jobs.collect import collect
from litwatch.jobs.receipt import Receipt
from litwatch.jobs.refresh import refresh
from litwatch.paper import Paper
from litwatch.study.findings import Findings
from litwatch.study.student import Student, compile_rules


def run(
    store: Store, pubmed: FakePubMed, days: float, *, of: Watch | None = None, accept: bool = False
) -> Receipt:
    """One collect, so many days after the first Monday."""
    return collect(of or watch(), pubmed, store, after(days), settings(), accept=accept)


def began() -> FakePubMed:
    """A PubMed with 30 old papers and 2 of the last week."""
    pubmed = FakePubMed()
    pubmed.add(*range(1, 31), created=day(-60))
    pubmed.add(31, 32, created=day(-3))
    return pubmed


def test_the_first_run_knows_the_backlog_and_fetches_only_the_last_week(store: Store) -> None:
    pubmed = began()
    receipt = run(store, pubmed, 0)
    assert receipt.ok
    assert states(store) == dict.fromkeys(range(1, 31), "backlog") | {31: "new", 32: "new"}
    assert receipt.arrivals == {"backlog": 30, "new": 2}
    assert (receipt.count, receipt.enumerated, receipt.fetched) == (32, 32, 2)
    assert receipt.books == balancing.Books(backlog=30, mailed=2)  # nobody is subscribed: owed to nobody
    assert receipt.requests == 5  # two lists that are equal, the recent and the older ones, one fetch


def test_a_list_that_changes_on_the_first_run_is_asked_for_until_two_are_equal(store: Store) -> None:
    class Restless(FakePubMed):
        def enumerate(self, query: str, limit: int) -> Enumeration:
            if len(self.asked) < 2:
                self.add(100 + len(self.asked), created=day(-60))
            return super().enumerate(query, limit)

    pubmed = Restless(created=began().created)
    assert run(store, pubmed, 0).ok
    assert len(pubmed.asked) == 5
    assert states(store)[101] == "backlog"


def test_a_list_that_never_settles_concludes_nothing(store: Store) -> None:
    class Restless(FakePubMed):
        def enumerate(self, query: str, limit: int) -> Enumeration:
            self.add(100 + len(self.asked), created=day(-60))
            return super().enumerate(query, limit)

    receipt = run(store, Restless(created=began().created), 0)
    assert not receipt.ok
    assert "another each of 4 times" in receipt.failures[0]
    assert states(store) == {}


def test_a_second_run_with_nothing_new_asks_once_and_changes_nothing(store: Store) -> None:
    pubmed = began()
    run(store, pubmed, 0)
    before = states(store)
    receipt = run(store, pubmed, 1)
    assert receipt.quiet
    assert receipt.requests == 1
    assert states(store) == before


def test_new_late_and_old_papers_are_told_apart(store: Store) -> None:
    pubmed = began()
    run(store, pubmed, 0)
    pubmed.add(40, created=day(1))
    pubmed.add(41, created=day(-20))
    pubmed.add(42, created=day(-900))
    receipt = run(store, pubmed, 2)
    assert {pmid: states(store)[pmid] for pmid in (40, 41, 42)} == {40: "new", 41: "late", 42: "old"}
    assert receipt.ok
    assert receipt.books == balancing.Books(backlog=30, mailed=4, excluded=1)


def test_a_week_of_200_new_papers_takes_at_most_4_requests_beyond_the_list(store: Store) -> None:
    pubmed = began()
    run(store, pubmed, 0)
    pubmed.add(*range(1000, 1200), created=day(5))
    receipt = run(store, pubmed, 7)
    assert receipt.arrivals == {"new": 200}
    assert receipt.requests <= 1 + 4


def test_a_batch_that_fails_is_named_and_comes_with_the_next_run(store: Store) -> None:
    pubmed = began()
    run(store, pubmed, 0)
    pubmed.add(*range(40, 50), created=day(1))
    pubmed.batch_size, pubmed.broken = 5, {47}
    receipt = run(store, pubmed, 2)
    assert not receipt.ok
    assert "5 of 5 papers could not be fetched: no answer" in receipt.failures
    assert set(receipt.wanted) == {45, 46, 47, 48, 49}
    assert receipt.balanced
    pubmed.broken = set()
    assert run(store, pubmed, 3).ok
    assert all(states(store)[pmid] == "new" for pmid in range(40, 50))


def test_a_run_whose_fetch_failed_does_not_count_as_the_last_good_one(store: Store) -> None:
    pubmed = began()
    run(store, pubmed, 0)
    pubmed.add(40, created=day(1))
    pubmed.broken = {40}
    run(store, pubmed, 20)
    pubmed.broken = set()
    run(store, pubmed, 21)
    assert states(store)[40] == "new"  # late counts from the last good run, day 0


def test_a_paper_that_does_not_come_stays_wanted_and_is_no_failure_for_30_days(store: Store) -> None:
    pubmed = began()
    run(store, pubmed, 0)
    pubmed.add(40, 41, created=day(1))
    pubmed.withheld = {40}
    for days in (2, 31):
        receipt = run(store, pubmed, days)
        assert receipt.ok
        assert receipt.wanted == {40: "PubMed lists it but did not send it"}
        assert receipt.balanced
    receipt = run(store, pubmed, 33)
    assert "listed but not sent for over 30 days: 40; `litwatch collect --accept`" in receipt.failures[0]
    assert collect(watch(), pubmed, store, after(33.5), settings(), accept=True).ok
    pubmed.add(42, created=day(33))
    pubmed.withheld = {40, 42}
    for days in (34, 60):
        receipt = run(store, pubmed, days)
        assert receipt.ok
        assert receipt.wanted.keys() == {40, 42}
    assert "over 30 days: 42;" in run(store, pubmed, 65).failures[0]  # nobody has accepted this one
    pubmed.withheld = set()
    assert run(store, pubmed, 66).ok
    assert states(store)[40] == "late"  # it is 65 days old by now: mailed, and marked so


def test_what_pubmed_lists_and_says_that_it_does_not_have_fails_one_run_and_arrives_if_it_comes(
    store: Store,
) -> None:
    pubmed = began()
    run(store, pubmed, 0)
    pubmed.add(40, created=day(1))
    pubmed.withheld = pubmed.unknown = {40}
    assert run(store, pubmed, 2).ok
    gone = run(store, pubmed, 4)
    assert "lists what it no longer has, deleted or merged into others: 40" in gone.failures[0]
    assert (gone.gone, gone.wanted, gone.balanced) == ([40], {}, True)
    assert gone.books is not None
    assert gone.books.excluded == 1
    assert run(store, pubmed, 40).ok
    pubmed.withheld = pubmed.unknown = set()
    back = run(store, pubmed, 41)
    assert (back.ok, back.balanced, back.arrivals) == (True, True, {"late": 1})


def test_where_nothing_that_is_new_comes_for_a_day_the_run_fails(store: Store) -> None:
    pubmed = began()
    run(store, pubmed, 0)
    pubmed.add(40, 41, created=day(1))
    pubmed.withheld = {40, 41}
    assert run(store, pubmed, 2).ok
    assert run(store, pubmed, 3).ok
    assert run(store, pubmed, 3.1).failures == [
        "PubMed lists new papers and has sent none of them for a day: 40, 41"
    ]
    pubmed.add(42, created=day(3))
    assert run(store, pubmed, 4).ok, "one that is new came"


def test_a_record_that_cannot_be_read_stays_wanted_and_is_named(store: Store) -> None:
    from litwatch.edge.pubmed.client import read_records

    broken = record(40, day(1)).replace(b"</ArticleTitle>", b"")
    body = (
        b'<?xml version="1.0" ?><!DOCTYPE PubmedArticleSet><PubmedArticleSet>'
        + broken
        + record(41, day(1))
        + b"</PubmedArticleSet>"
    )

    class Poisoned(FakePubMed):
        def fetch(self, pmids: Sequence[int]) -> Iterator[Batch]:
            self.tally.requests += 1
            yield Batch(tuple(pmids), read_records(body, frozenset(pmids)), ())

    pubmed = began()
    run(store, pubmed, 0)
    pubmed.add(40, 41, created=day(1))
    receipt = run(store, Poisoned(created=pubmed.created), 2)
    assert list(receipt.unreadable) == [40]
    assert receipt.wanted[40].startswith("unreadable: ")
    assert states(store)[41] == "new"
    assert receipt.ok


def test_rules_that_fail_on_a_paper_leave_it_filed_untagged_and_named(store: Store) -> None:
    class Brittle:
        def study(self, paper: Paper) -> Findings:
            if paper.pmid == 31:
                raise ZeroDivisionError("poison")
            return compile_rules(watch().rules).study(paper)

    receipt = collect(watch(), began(), store, MONDAY, settings(), reader=Brittle())
    assert receipt.untagged == {31: "ZeroDivisionError: poison"}
    assert receipt.failures == ["the rules failed on 31: filed untagged"]
    shown = {each.pmid: each for each in showing.papers(store, states=["new"])}
    assert shown[31].paper is not None
    assert shown[31].findings is None
    assert shown[31].failure == "ZeroDivisionError: poison"
    assert shown[32].findings is not None


def test_a_paper_on_which_rules_fail_in_step_is_named_and_the_others_have_their_findings(
    store: Store,
) -> None:
    class Brittle(Student):
        def study(self, paper: Paper) -> Findings:
            if paper.pmid == 31:
                raise ZeroDivisionError("poison")
            return super().study(paper)

        def study_each(self, papers: Iterable[Paper]) -> Iterator[Findings]:
            return map(self.study, papers)

    receipt = collect(watch(), began(), store, MONDAY, settings(), reader=Brittle(watch().rules))
    assert receipt.untagged == {31: "ZeroDivisionError: poison"}
    shown = {each.pmid: each for each in showing.papers(store, states=["new"])}
    assert shown[31].findings is None
    assert shown[32].findings is not None


def test_an_error_list_with_nothing_found_concludes_nothing(store: Store) -> None:
    receipt = run(store, FakePubMed(errors=(("PhraseNotFound", "ketamine"),)), 0)
    assert not receipt.ok
    assert states(store) == {}
    with store.reading() as connection:
        assert connection.execute(select(func.count()).select_from(receipts)).scalar_one() == 1


def test_a_first_search_that_finds_nothing_is_believed_only_when_a_person_accepts_it(store: Store) -> None:
    pubmed = FakePubMed()
    receipt = run(store, pubmed, 0)
    assert "PubMed lists nothing at the first search" in receipt.failures[0]
    # What was there all the time is no news once PubMed tells the truth.
    pubmed.add(1, created=day(-400))
    pubmed.add(2, created=day(-1))
    assert run(store, pubmed, 1).arrivals == {"backlog": 1, "new": 1}


def test_an_empty_first_search_can_be_accepted(store: Store) -> None:
    pubmed = FakePubMed()
    assert run(store, pubmed, 0, accept=True).ok
    pubmed.add(1, created=day(1))
    assert run(store, pubmed, 2).arrivals == {"new": 1}


@pytest.mark.parametrize(("listed", "ok"), [(2, True), (3, False), (5, False)])
def test_many_new_papers_none_of_which_can_be_had_are_a_failure(store: Store, listed: int, ok: bool) -> None:
    pubmed = began()
    run(store, pubmed, 0)
    fresh = range(901, 901 + listed)
    pubmed.add(*fresh, created=day(1))
    pubmed.withheld.update(fresh)

    receipt = run(store, pubmed, 2)

    assert receipt.ok is ok
    assert set(receipt.wanted) >= set(fresh)
    # The next run tries again; that they are still missing is no new fault.
    assert run(store, pubmed, 2.1).ok
    pubmed.withheld.clear()
    assert run(store, pubmed, 3).arrivals == {"new": listed}


def test_shrinkage_concludes_nothing_until_a_person_accepts_it(store: Store) -> None:
    pubmed = began()
    run(store, pubmed, 0)
    whole = dict(pubmed.created)
    pubmed.created = {pmid: created for pmid, created in whole.items() if pmid <= 5}
    pubmed.add(99, created=day(1))
    receipt = run(store, pubmed, 2)
    assert "27 of 32 known papers no longer match" in receipt.failures[0]
    assert 99 not in states(store)
    accepted = run(store, pubmed, 3, accept=True)
    assert accepted.ok
    assert states(store)[99] == "new"
    assert accepted.no_longer_matching == 27
    pubmed.created = whole | {99: day(1)}
    assert run(store, pubmed, 4).balanced  # they match again, and nobody is mailed twice
    assert len(states(store)) == 33


def test_a_missing_sentinel_concludes_nothing(store: Store) -> None:
    receipt = run(store, began(), 0, of=watch(sentinels=(5, 77)))
    assert receipt.failures == ["sentinels no longer match: 77"]
    assert states(store) == {}


def test_books_that_do_not_balance_are_a_failure(store: Store) -> None:
    pubmed = began()
    pubmed.miscount = 1
    receipt = run(store, pubmed, 0)
    assert receipt.failures == ["the books do not balance: PubMed lists 33, the store 32"]


def test_late_papers_by_the_hundred_are_held_until_accepted(store: Store) -> None:
    pubmed = began()
    run(store, pubmed, 0)
    pubmed.add(*range(1000, 1060), created=day(-30))  # late
    pubmed.add(*range(2000, 2300), created=day(-900))  # old: never mailed, so never held
    pubmed.add(40, created=day(1))
    receipt = run(store, pubmed, 2)
    assert not receipt.ok
    assert "60 late papers came at once and are held" in receipt.failures[0]
    assert receipt.arrivals == {"new": 1, "old": 300}
    assert receipt.books == balancing.Books(backlog=30, mailed=3, held=60, excluded=300)
    assert not run(store, pubmed, 3).ok  # until somebody looks
    accepted = run(store, pubmed, 4, accept=True)
    assert accepted.ok
    assert accepted.arrivals == {"late": 60}


def test_how_many_late_papers_are_let_in_goes_by_a_week_and_not_by_all_that_ever_came(store: Store) -> None:
    pubmed = began()
    run(store, pubmed, 0)
    pubmed.add(*range(100, 140), created=day(1))
    run(store, pubmed, 2)
    pubmed.add(*range(1000, 1060), created=day(-30))
    assert run(store, pubmed, 70).held == 60  # 40 in ten weeks are 4 a week


@pytest.mark.parametrize("resumed", [False, True])
def test_a_reader_who_begins_while_a_collect_is_at_work_is_owed_once_what_it_files(
    store: Store, resumed: bool
) -> None:
    class Meanwhile(FakePubMed):
        def fetch(self, pmids: Sequence[int]) -> Iterator[Batch]:
            began = after(1) + timedelta(minutes=20)
            sync_subscriptions(store, [("old@x", "w"), ("new@x", "w")], began)
            if resumed:
                with store.writing() as connection:
                    connection.execute(update(subscription).values(since=began))
            yield from super().fetch(pmids)

    pubmed = Meanwhile()
    pubmed.add(*range(1, 31), created=day(-60))
    sync_subscriptions(store, [("old@x", "w")], after(0))
    assert run(store, pubmed, 0).ok
    pubmed.add(40, 41, created=day(1))
    pubmed.withheld = {41}
    assert run(store, pubmed, 1).balanced
    readers = {each.subscriber: each.since for each in subscriptions(store)}
    assert set(readers) == {"old@x", "new@x"}
    for reader, since in readers.items():
        assert owed(store, reader, "w", since).pmids == (40,)
    # What could not be had then is asked for at the next look, and owed from then on, to both.
    pubmed.withheld = set()
    assert run(store, pubmed, 2).balanced
    for reader, since in readers.items():
        assert owed(store, reader, "w", since).pmids == (40, 41)


def test_a_beginning_that_a_wrong_clock_noted_years_ahead_moves_no_arrival(store: Store) -> None:
    pubmed = began()
    sync_subscriptions(store, [("old@x", "w")], after(2_000))
    assert run(store, pubmed, 0).ok
    assert {each.arrived_at for each in showing.papers(store, states=["new"])} == {after(0)}


@pytest.mark.parametrize("resumed", [False, True])
def test_a_reader_who_begins_on_a_host_whose_clock_is_behind_is_not_owed_what_came_before(
    store: Store, resumed: bool
) -> None:
    pubmed, behind = began(), timedelta(minutes=10)
    if resumed:
        sync_subscriptions(store, [("late@x", "w")], after(-1))
        assert pause(store, "late@x", None, after(-1)) == 1
    run(store, pubmed, 0)
    if resumed:
        assert resume(store, "late@x", None, after(0) - behind) == 1
    sync_subscriptions(store, [("late@x", "w")], after(0) - behind)
    with store.reading() as connection:
        assert balancing.books(connection, "w").owed == 0
    pubmed.add(60, created=day(0))
    assert collect(watch(), pubmed, store, after(0) - behind / 2, settings()).ok
    with store.reading() as connection:
        assert balancing.books(connection, "w").owed == 1


def test_after_an_edit_only_what_the_old_query_did_not_match_is_by_edit(store: Store) -> None:
    pubmed = began()
    odd, wide = "ketamine[tiab]", "ketamine[tiab] OR esketamine[tiab]"
    pubmed.matching[odd] = lambda pmid: pmid % 2 == 1
    run(store, pubmed, 0, of=watch(odd))
    pubmed.add(41, 42, created=day(1))
    receipt = run(store, pubmed, 2, of=watch(wide))
    assert receipt.edited
    assert states(store)[41] == "new"  # the old query matches it, too
    assert all(states(store)[pmid] == "by-edit" for pmid in (2, 30, 32))
    assert states(store)[42] == "new"  # only the new one finds it, but it was created since the last good run
    assert receipt.balanced
    assert receipt.arrivals == {"new": 2, "by-edit": 16}
    again = run(store, pubmed, 3, of=watch(wide))
    assert not again.edited
    assert again.requests == 1


def test_a_slip_in_the_query_that_is_mended_days_later_keeps_no_paper_from_the_readers(store: Store) -> None:
    pubmed, slip = FakePubMed(), watch("ketamine[tiab] AND depresion[tiab]")
    pubmed.add(*range(1, 301), created=day(-100))
    for when in (0, 1, 2):
        assert run(store, pubmed, when).ok
    pubmed.matching[str(slip.query)] = lambda pmid: 5 < pmid < 400
    for when in range(3, 23):
        pubmed.add(400 + when, created=day(when - 1))
        slipped = run(store, pubmed, when, of=slip)
        assert slipped.ok
        assert ("no longer finds 5 of 300 known papers (1, 2, 3, 4, 5)" in slipped.one_line()) == (when == 3)
    pubmed.add(500, created=day(-20))  # indexed late, meanwhile
    mended = run(store, pubmed, 23)
    assert mended.balanced
    assert mended.arrivals == {"new": 14, "late": 7}
    assert "of before" in mended.notes[0]


def test_another_layout_of_the_same_query_is_no_edit(store: Store) -> None:
    pubmed = began()
    run(store, pubmed, 0, of=watch("ketamine[tiab] AND x[tiab]"))
    assert not run(store, pubmed, 1, of=watch("# why\n ketamine [TIAB]\n AND x[tiab]")).edited


def test_an_old_query_that_cannot_be_listed_makes_nothing_by_edit(store: Store) -> None:
    from litwatch.errors import TooManyMatches

    class Strict(FakePubMed):
        def enumerate(self, query: str, limit: int) -> Enumeration:
            if query == "ketamine[tiab]" and len(self.asked) > 2:
                self.asked.append(query)
                raise TooManyMatches("too many")
            return super().enumerate(query, limit)

    pubmed = Strict(created=began().created)
    run(store, pubmed, 0)
    pubmed.add(41, created=day(1))
    receipt = run(store, pubmed, 2, of=watch("esketamine[tiab]"))
    assert receipt.ok
    assert "too many" in receipt.notes[0]
    assert states(store)[41] == "new"


def test_a_changed_translation_makes_older_papers_by_edit_but_not_new_ones(store: Store) -> None:
    pubmed = began()
    query = "ketamine[tiab]"
    pubmed.translations[query] = "old words"
    pubmed.matching |= {
        query: lambda pmid: pmid != 30,
        "old words": lambda pmid: pmid < 30 or pmid in (31, 32),
    }
    run(store, pubmed, 0)
    pubmed.translations[query] = "new words"
    pubmed.matching[query] = lambda pmid: True
    pubmed.add(42, created=day(1))
    receipt = run(store, pubmed, 2)
    assert receipt.translation_changed
    assert states(store)[30] == "by-edit"
    assert states(store)[42] == "new"
    assert receipt.balanced


class KilledError(BaseException):
    """What a kill looks like from inside."""


def test_a_run_killed_between_batches_ends_in_the_same_state_as_an_undisturbed_one(tmp_path: Path) -> None:
    def world(folder: str) -> tuple[Store, FakePubMed]:
        (tmp_path / folder).mkdir()
        pubmed = began()
        pubmed.batch_size = 2
        return new_store(tmp_path / folder), pubmed

    def weeks(store: Store, pubmed: FakePubMed, kill_at: int | None) -> None:
        run(store, pubmed, 0)
        pubmed.add(*range(40, 50), created=day(1))
        pubmed.add(50, created=day(-40))

        def progress(doing: str, done: int, of: int) -> None:
            if doing == "fetching" and done == kill_at:
                raise KilledError

        if kill_at is not None:
            with pytest.raises(KilledError):
                collect(watch(), pubmed, store, after(2), settings(), progress=progress)
        assert run(store, pubmed, 2).ok

    undisturbed, pubmed = world("undisturbed")
    weeks(undisturbed, pubmed, None)
    for kill_at in (0, 2, 6, 11):
        killed, pubmed = world(f"killed{kill_at}")
        weeks(killed, pubmed, kill_at)
        assert states(killed) == states(undisturbed)
        killed.close()
    undisturbed.close()


def test_a_first_run_killed_before_its_fetch_loses_nothing(store: Store) -> None:
    def progress(doing: str, done: int, of: int) -> None:
        if doing == "fetching":
            raise KilledError

    pubmed = began()
    with pytest.raises(KilledError):
        collect(watch(), pubmed, store, MONDAY, settings(), progress=progress)
    pubmed.add(40, created=day(1))
    receipt = run(store, pubmed, 1)
    assert receipt.ok
    assert states(store) == dict.fromkeys(range(1, 31), "backlog") | {31: "new", 32: "new", 40: "new"}


def test_mailed_means_sent_to_everyone_entitled_and_owed_the_rest(store: Store) -> None:
    pubmed = began()
    run(store, pubmed, 0)
    pubmed.add(40, 41, 43, created=day(1))
    run(store, pubmed, 2)
    with store.writing() as connection:
        for name, since in (("early@x", after(-1)), ("later@x", after(1)), ("gone@x", after(-1))):
            connection.execute(
                insert(subscription).values(
                    subscriber=name, watch="w", since=since, standing="active", standing_since=since
                )
            )
        connection.execute(
            update(subscription).where(subscription.c.subscriber == "gone@x").values(standing="unsubscribed")
        )
        for number, (name, state, pmids) in enumerate(
            (
                ("early@x", "sent", (31, 32, 40, 41)),
                ("later@x", "sent", (40, 43)),
                ("later@x", "open", (41,)),
                ("gone@x", "sent", (43,)),
            ),
            1,
        ):
            connection.execute(
                insert(claim).values(
                    id=number,
                    subscriber=name,
                    watch="w",
                    period=str(number),
                    claimed_at=after(2),
                    message_id=str(number),
                    envelope_from="x",
                    state=state,
                )
            )
            connection.execute(insert(claim_paper), [{"claim": number, "pmid": pmid} for pmid in pmids])
    with store.reading() as connection:
        # 31 and 32 came before later@x began; later@x has 41 in an open claim only; early@x has not got 43,
        # and gone@x, who got it, is entitled to nothing any more
        assert balancing.books(connection, "w") == balancing.Books(backlog=30, mailed=3, owed=2)


def test_a_notice_in_a_record_is_filed_once(store: Store) -> None:
    pubmed = began()
    pubmed.records[31] = record(31, day(-3), inside=retracted_by(90))
    receipt = run(store, pubmed, 0)
    assert [(told.pmid, told.kind, told.notice_pmid) for told in receipt.notices] == [(31, "retraction", 90)]
    pubmed.add(90, created=day(1))
    pubmed.records[90] = record(90, day(1), inside=retracted_by(31).replace("RetractionIn", "RetractionOf"))
    receipt = run(store, pubmed, 2)
    assert receipt.notices == []
    (shown,) = showing.papers(store, pmid=31)
    assert [told.notice.notice_pmid for told in shown.notices] == [90]


def test_a_link_to_what_can_be_no_pmid_is_a_link_without_one(store: Store) -> None:
    pubmed = began()
    pubmed.records[31] = record(31, day(-3), inside=retracted_by(10**20))
    receipt = run(store, pubmed, 0)
    assert receipt.ok
    assert [(told.pmid, told.notice_pmid > 0) for told in receipt.notices] == [(31, False)]


def test_a_disagreement_with_pubmed_stands_in_the_receipt_by_clause(store: Store) -> None:
    receipt = run(store, began(), 0, of=watch("ketamine[tiab] AND depress*[tiab]"))
    assert receipt.disagreements == dict.fromkeys((31, 32), "depress*[tiab]")
    assert receipt.ok


def test_two_runs_at_once_are_one_too_many(store: Store) -> None:
    with store.lock("collect"), pytest.raises(LockHeld, match=r"process \d+ o[nf]"):
        run(store, began(), 0)
    assert states(store) == {}


def test_the_receipt_as_json_holds_pmids_as_strings_and_reads_back(store: Store) -> None:
    import json

    pubmed = began()
    pubmed.withheld = {32}
    receipt = run(store, pubmed, 0)
    (filed,) = showing.latest_receipts(store)
    assert filed.document == json.loads(json.dumps(receipt.to_json()))
    assert filed.document["wanted"] == {"32": "PubMed lists it but did not send it"}
    assert filed.document["balanced"] is True
    assert "the books balance" in receipt.one_line()


def test_papers_are_tagged_anew_when_the_rules_change_and_no_request_is_made_for_it(store: Store) -> None:
    from dataclasses import replace

    from litwatch.query.parse import parse
    from litwatch.study.facets import Entry, Facet, Rules

    pubmed = began()
    run(store, pubmed, 0)
    topic = Entry("everything", "Everything", parse("ketamine[tiab]"))
    changed = replace(watch(), rules=Rules("w", (Facet("topics", (topic,)),)))
    receipt = run(store, pubmed, 1, of=changed)
    assert receipt.studied_anew == 2
    assert receipt.requests == 1
    tags = [each.findings.tags.keys() for each in showing.papers(store, states=["new"]) if each.findings]
    assert tags == [{"everything"}, {"everything"}]
    assert run(store, pubmed, 2, of=changed).studied_anew == 0


def test_a_paper_that_comes_between_the_old_querys_list_and_the_new_ones_is_no_edits_doing(
    store: Store,
) -> None:
    wide = "ketamine[tiab] OR esketamine[tiab]"

    class Busy(FakePubMed):
        def enumerate(self, query: str, limit: int) -> Enumeration:
            if query == wide:
                self.add(42, created=day(1))
            return super().enumerate(query, limit)

    pubmed = Busy(created=began().created)
    pubmed.matching["ketamine[tiab]"] = lambda pmid: pmid != 30
    run(store, pubmed, 0)
    assert run(store, pubmed, 2, of=watch(wide)).ok
    assert states(store)[30] == "by-edit"
    assert states(store)[42] == "new"


def test_a_first_run_believes_no_list_of_recent_papers_that_leaves_most_out(tmp_path: Path) -> None:
    """Backlog is never mailed: what the lists by create date leave out must not end there."""

    class Forgetful(FakePubMed):
        def enumerate(self, query: str, limit: int) -> Enumeration:
            found = super().enumerate(query, limit)
            return (
                Enumeration((), 0, "", (("PhraseNotFound", "x"),)) if query.endswith(":3000[crdt]") else found
            )

    pubmed = Forgetful()
    pubmed.add(*range(1, 501), created=day(-100))
    pubmed.add(*range(501, 531), created=day(-1))
    store = new_store(tmp_path)
    receipt = collect(watch(), pubmed, store, after(0), settings())
    assert not receipt.ok
    assert states(store) == {}
    few = Forgetful()
    few.add(*range(1, 501), created=day(-100))
    few.add(501, 502, created=day(-1))
    assert collect(watch(), few, store, after(1), settings()).ok
    assert {pmid for pmid, state in states(store).items() if state == "new"} == {501, 502}
    store.close()


def test_what_pubmed_no_longer_lists_is_no_longer_wanted(tmp_path: Path) -> None:
    pubmed = FakePubMed(withheld={5})
    pubmed.add(*range(1, 40), created=day(-100))
    store = new_store(tmp_path)
    collect(watch(), pubmed, store, after(0), settings())
    pubmed.add(5, created=day(0))
    pubmed.created[77] = day(0)
    pubmed.withheld.add(77)
    assert collect(watch(), pubmed, store, after(1), settings()).wanted.keys() == {77}
    del pubmed.created[77]
    assert collect(watch(), pubmed, store, after(2), settings()).wanted.keys() == {
        77
    }  # nobody knows why it left
    assert refresh(store, pubmed, [watch()], after(2)).gone == [77]
    late = collect(watch(), pubmed, store, after(60), settings())
    assert (late.ok, late.wanted, late.failures) == (True, {}, [])
    store.close()


@pytest.mark.parametrize("found", [(), range(1, 16)], ids=["nothing", "half"])
def test_a_garbled_translation_takes_no_paper_for_an_edits_doing(store: Store, found: Sequence[int]) -> None:
    """PubMed gives a wrong translation for a day; the next list is not held against what that one finds."""
    pubmed = began()
    run(store, pubmed, 0)
    pubmed.translations["ketamine[tiab]"] = "garbled"
    pubmed.matching["garbled"] = lambda pmid: pmid in found
    assert run(store, pubmed, 2).ok
    del pubmed.translations["ketamine[tiab]"]
    pubmed.add(60, created=day(1))  # created before the last good run, seen only now
    receipt = run(store, pubmed, 4)
    assert receipt.ok
    assert receipt.translation_changed
    assert states(store)[60] == "new"


def test_what_a_translation_that_was_garbled_for_days_kept_back_is_new_once_it_is_mended(
    store: Store,
) -> None:
    """Few enough leave for the wrong translation to be believed, day after day."""
    pubmed = FakePubMed(translations={"ketamine[tiab]": "right"})
    pubmed.add(*range(1, 301), created=day(-100))
    for when in (0, 1):
        assert run(store, pubmed, when).ok
    pubmed.translations["ketamine[tiab]"] = "wrong"
    lost = {*range(1, 6), 501, 502, 503}
    pubmed.matching |= dict.fromkeys(("ketamine[tiab]", "wrong"), lambda pmid: pmid not in lost)
    for when in (2, 3, 4):
        pubmed.add(499 + when, created=day(when - 1))
        assert run(store, pubmed, when).ok
    pubmed.translations["ketamine[tiab]"] = "right"
    del pubmed.matching["ketamine[tiab]"]
    receipt = run(store, pubmed, 5)
    assert receipt.balanced
    assert {states(store)[pmid] for pmid in (501, 502, 503)} == {"new"}


def test_a_translation_never_seen_before_makes_nothing_by_edit_that_is_hardly_older_than_the_last_run(
    store: Store,
) -> None:
    pubmed = FakePubMed(translations={"ketamine[tiab]": "old words"})
    pubmed.add(*range(1, 301), created=day(-100))
    pubmed.matching |= dict.fromkeys(("ketamine[tiab]", "old words"), lambda pmid: pmid < 500)
    for when in (0, 8, 16):
        assert run(store, pubmed, when).ok
    pubmed.add(501, created=day(5))
    pubmed.add(502, created=day(1))
    pubmed.translations["ketamine[tiab]"] = "new words"
    del pubmed.matching["ketamine[tiab]"]
    assert run(store, pubmed, 17).ok
    assert (states(store)[501], states(store)[502]) == ("new", "by-edit")


def test_what_an_edit_brings_and_was_created_since_the_last_good_run_is_new_though_read_later(
    store: Store,
) -> None:
    pubmed = began()
    wide = watch("ketamine[tiab] OR esketamine[tiab]")
    pubmed.matching["ketamine[tiab]"] = lambda pmid: pmid < 60
    for when in (0, 2):
        assert run(store, pubmed, when).ok
    pubmed.add(60, created=day(1))
    pubmed.add(61, created=day(15))
    pubmed.add(62, created=day(20))
    pubmed.withheld = {61}
    assert run(store, pubmed, 23, of=wide).ok
    pubmed.withheld = set()
    assert run(store, pubmed, 24, of=wide).ok
    found = states(store)
    assert (found[60], found[61], found[62]) == ("by-edit", "new", "new")


def test_what_left_the_list_before_it_could_be_read_arrives_when_refresh_reads_it(store: Store) -> None:
    pubmed = began()
    run(store, pubmed, 0)
    pubmed.add(41, created=day(1))
    pubmed.withheld = {41}
    assert run(store, pubmed, 1).wanted.keys() == {41}
    pubmed.matching["ketamine[tiab]"] = lambda pmid: pmid != 41
    late = run(store, pubmed, 40)
    assert late.wanted.keys() == {41}
    assert "41" in late.failures[0]
    pubmed.withheld = set()
    assert refresh(store, pubmed, [watch()], after(40)).arrivals == {"late": 1}
    assert states(store)[41] == "late"
    settled = run(store, pubmed, 41)
    assert (settled.ok, settled.wanted, settled.balanced) == (True, {}, True)


def test_an_edit_that_loses_most_papers_is_refused_until_a_person_accepts_it(store: Store) -> None:
    pubmed = began()
    run(store, pubmed, 0)
    slip = watch("ketamine[tiab] AND depresion[tiab]")
    pubmed.matching[str(slip.query)] = lambda pmid: False
    for when in (1, 2):
        refused = run(store, pubmed, when, of=slip)
        assert "finds nothing by it now" in refused.failures[0]
    assert run(store, pubmed, 3).ok  # mended: as if nothing had been
    assert collect(slip, pubmed, store, after(4), settings(), accept=True).balanced
    assert run(store, pubmed, 5, of=slip).ok


def test_a_part_of_the_query_that_pubmed_no_longer_knows_fails_until_it_is_accepted(store: Store) -> None:
    pubmed = began()
    run(store, pubmed, 0)
    pubmed.errors = (("PhraseNotFound", '"Old name"[mh]'),)
    pubmed.matching["ketamine[tiab]"] = lambda pmid: pmid not in (1, 60)
    pubmed.add(60, 61, created=day(1))
    for when in (2, 3):
        doubted = run(store, pubmed, when)
        assert '"Old name"[mh]' in doubted.failures[0]
    assert states(store)[61] == "new"  # what comes is filed all the same
    mended = watch("ketamine[tiab] OR newname[mh]")
    pubmed.errors = ()
    assert run(store, pubmed, 4, of=mended).ok
    assert states(store)[60] == "new"  # created since the last run that nothing spoke against


def test_what_a_person_accepted_of_an_unknown_part_is_a_note_from_then_on(store: Store) -> None:
    pubmed = began()
    run(store, pubmed, 0)
    pubmed.errors = (("PhraseNotFound", '"Old name"[mh]'),)
    assert not run(store, pubmed, 1).ok
    assert collect(watch(), pubmed, store, after(2), settings(), accept=True).ok
    assert run(store, pubmed, 3).ok


def test_what_was_held_grew_no_older_while_it_waited(store: Store) -> None:
    pubmed = began()
    for when in (0, 8):
        run(store, pubmed, when)
    pubmed.add(*range(5000, 5051), created=day(9 - 729))
    assert run(store, pubmed, 9).held == 51
    assert collect(watch(), pubmed, store, after(12), settings(), accept=True).arrivals == {"late": 51}


def test_a_record_without_title_and_journal_is_unreadable_and_takes_no_place() -> None:
    from litwatch.edge.pubmed.client import read_records
    from litwatch.reading.records import Unreadable

    stub = (
        b'<PubmedArticle><MedlineCitation><PMID Version="1">31</PMID><Article/></MedlineCitation>'
        b"<PubmedData/></PubmedArticle>"
    )
    body = b"<PubmedArticleSet>" + record(30, day(-1)) + stub + b"</PubmedArticleSet>"

    (whole, _), (empty, _) = read_records(body, frozenset((30, 31)))

    assert isinstance(whole, Paper)
    assert isinstance(empty, Unreadable)
    assert (empty.pmid, empty.reason) == (31, "a stub: it has neither title nor journal")


def test_a_list_that_loses_a_few_each_day_fails_once_it_is_many_in_a_month(store: Store) -> None:
    pubmed = FakePubMed()
    pubmed.add(*range(1, 101), created=day(-100))
    run(store, pubmed, 0)
    still = 100

    def lose(papers: int) -> None:
        nonlocal still
        still -= papers
        most = still
        pubmed.matching["ketamine[tiab]"] = lambda pmid: pmid <= most or pmid > 1000

    for when in (1, 2):
        lose(10)
        assert run(store, pubmed, when).ok
    lose(5)
    pubmed.add(1001, created=day(3))
    eroded = run(store, pubmed, 3)
    assert "25 of 101 papers left PubMed's list in 30 days" in eroded.failures[0]
    assert states(store)[1001] == "new"
    assert not run(store, pubmed, 4).ok  # until a person has seen it
    assert collect(watch(), pubmed, store, after(5), settings(), accept=True).ok
    lose(10)
    assert run(store, pubmed, 6).ok  # what was accepted does not count again


def test_what_left_longer_ago_than_a_month_or_came_back_is_no_erosion(store: Store) -> None:
    pubmed = FakePubMed()
    pubmed.add(*range(1, 101), created=day(-100))
    run(store, pubmed, 0)
    pubmed.matching["ketamine[tiab]"] = lambda pmid: pmid > 15
    assert run(store, pubmed, 1).ok
    pubmed.matching["ketamine[tiab]"] = lambda pmid: pmid < 90
    assert run(store, pubmed, 2).ok  # 15 are back, 11 are away
    pubmed.matching["ketamine[tiab]"] = lambda pmid: pmid < 78
    assert run(store, pubmed, 33).ok


def test_what_an_edit_lost_is_no_erosion(store: Store) -> None:
    pubmed = FakePubMed()
    pubmed.add(*range(1, 101), created=day(-100))
    run(store, pubmed, 0)
    pubmed.matching["ketamine[ti]"] = lambda pmid: pmid > 40
    assert run(store, pubmed, 1, of=watch("ketamine[ti]")).ok
    assert run(store, pubmed, 2, of=watch("ketamine[ti]")).ok
