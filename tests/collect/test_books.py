"""Proves that the books say of every match where it stands, and add up."""

from __future__ import annotations

from dataclasses import replace

import pytest
from sqlalchemy import insert, select, update

from collect.collectworld import FakePubMed, after, day, settings, watch
from litwatch.edge.store import balancing, claiming, delivering
from litwatch.edge.store.balancing import Books
from litwatch.edge.store.claiming import Draft
from litwatch.edge.store.open import Store
from litwatch.edge.store.subscriptions import pause, sync_subscriptions
from litwatch.edge.store.tables import arrival, paper, subscription
from litwatch.jobs.collect import collect

EARLY, LATER = "early@example.org", "later@example.org"


@pytest.fixture
def ten_papers(store: Store) -> Store:
    """4 of the backlog, and 6 new ones that one reader is owed; 3 of them another one, too."""
    pubmed = FakePubMed()
    pubmed.add(*range(1, 5), created=day(-100))
    sync_subscriptions(store, [(EARLY, "w")], after(0))
    collect(watch(), pubmed, store, after(0), settings())
    pubmed.add(11, 12, 13, created=day(0))
    collect(watch(), pubmed, store, after(1), settings())
    sync_subscriptions(store, [(EARLY, "w"), (LATER, "w")], after(2))
    pubmed.add(21, 22, 23, created=day(2))
    collect(watch(), pubmed, store, after(3), settings())
    return store


def books(store: Store) -> Books:
    with store.reading() as connection:
        return balancing.books(connection, "w")


def to_nobody(store: Store) -> int:
    with store.reading() as connection:
        return balancing.mailed_to_nobody(connection, "w")


def sent(store: Store, reader: str, *pmids: int) -> None:
    draft = Draft(reader, "w", f"p{pmids[0]}", pmids, (), f"<{reader}{pmids}>", "a@example.org", b"")
    claim = claiming.make_claim(store, draft, after(4))
    assert claim is not None
    delivering.mark_sent(store, claim.id, after(4))


def test_a_paper_is_mailed_when_all_who_are_entitled_to_it_have_it(ten_papers: Store) -> None:
    assert books(ten_papers) == Books(backlog=4, owed=6)
    sent(ten_papers, EARLY, 11, 12, 13, 21)
    # The first three came before the other reader did; 21 is still owed to them.
    assert books(ten_papers) == Books(backlog=4, mailed=3, owed=3)
    sent(ten_papers, LATER, 21)
    assert books(ten_papers) == Books(backlog=4, mailed=4, owed=2)


def test_a_claim_that_no_server_has_taken_is_still_owed(ten_papers: Store) -> None:
    draft = Draft(EARLY, "w", "p", (11,), (), "<m>", "a@example.org", b"")
    assert claiming.make_claim(ten_papers, draft, after(4)) is not None
    assert books(ten_papers) == Books(backlog=4, owed=6)


def test_who_has_paused_is_owed_nothing(ten_papers: Store) -> None:
    sent(ten_papers, EARLY, 11, 12, 13, 21, 22, 23)
    assert books(ten_papers).owed == 3
    pause(ten_papers, LATER, None, after(5))
    assert books(ten_papers) == Books(backlog=4, mailed=6)
    assert to_nobody(ten_papers) == 0


def test_what_nobody_was_entitled_to_is_told_from_what_a_reader_was_sent(ten_papers: Store) -> None:
    assert to_nobody(ten_papers) == 0
    sent(ten_papers, EARLY, 11)
    pause(ten_papers, EARLY, None, after(5))
    # 12 and 13 came before the other reader did, who is owed the last three.
    assert books(ten_papers) == Books(backlog=4, mailed=3, owed=3)
    assert to_nobody(ten_papers) == 2
    pause(ten_papers, LATER, None, after(5))
    assert to_nobody(ten_papers) == 5


def test_a_paper_that_pubmed_no_longer_has_is_neither_owed_nor_mailed(ten_papers: Store) -> None:
    with ten_papers.writing() as connection:
        connection.execute(update(paper).where(paper.c.pmid.in_((11, 21))).values(gone="deleted"))
    assert books(ten_papers) == Books(backlog=4, owed=4, excluded=2)


def test_what_no_longer_matches_is_in_no_column_and_old_by_edit_wanted_and_held_have_theirs(
    ten_papers: Store,
) -> None:
    states = {1: "backlog", 11: "old", 12: "by-edit", 13: "wanted", 21: "held"}
    with ten_papers.writing() as connection:
        for pmid, state in states.items():
            connection.execute(update(arrival).where(arrival.c.pmid == pmid).values(state=state))
        connection.execute(update(arrival).where(arrival.c.pmid == 1).values(unmatched_since=after(4)))
    found = books(ten_papers)
    assert found == Books(backlog=3, owed=2, held=1, excluded=2, wanted=1)
    assert found.total == 9


def test_of_another_watch_nothing_is_counted(ten_papers: Store) -> None:
    before = books(ten_papers)
    pubmed = FakePubMed()
    pubmed.add(11, 12, 99, created=day(-100))
    collect(replace(watch(), name="other"), pubmed, ten_papers, after(5), settings())
    with ten_papers.writing() as connection:
        row = connection.execute(select(subscription).where(subscription.c.subscriber == EARLY)).one()
        connection.execute(insert(subscription).values({**row._mapping, "watch": "other"}))
    assert books(ten_papers) == before
