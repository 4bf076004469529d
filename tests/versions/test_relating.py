"""Proves what a store keeps of versions and trials: both ways, once, in any order, and what a reader gets of it."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from itertools import permutations
from pathlib import Path

import pytest
from sqlalchemy import select, update

from collect import collectworld
from collect.collectworld import FakePubMed
from deliver import mailworld
from deliver.mailworld import at, plain
from litwatch.decide.threads import trial_numbers
from litwatch.edge.store import balancing, relating, tables
from litwatch.edge.store.beside import Report, beside
from litwatch.edge.store.open import Store
from litwatch.jobs.collect import collect
from litwatch.paper import DataBank, Paper
from litwatch.reading.pubmed_xml import read_article
from versions.records import ABSTRACT, TITLE, record

PREPRINT, ARTICLE, TWIN, OTHER = 99_000_401, 99_000_402, 99_000_403, 99_000_404
SUNDAY = date(2026, 11, 22)


def preprint(day: date = SUNDAY, **said: object) -> bytes:
    return record(PREPRINT, day, journal="medRxiv", preprint=True, doi="10.1101/2026.11.01.26300001", **said)  # type: ignore[arg-type]


def article(pmid: int = ARTICLE, day: date = SUNDAY, **said: object) -> bytes:
    return record(pmid, day, **{"doi": f"10.9016/j.made.{ARTICLE}", **said})  # type: ignore[arg-type]


def filed(store: Store, *records: bytes, now: datetime = collectworld.MONDAY) -> int:
    """These records in one transaction, as every job files them; how many notices came of it."""
    from litwatch.edge.store.collecting import Studied, file_papers
    from litwatch.study.findings import Findings

    studied = [Studied(read_article(raw), raw, Findings(relevant=True)) for raw in records]
    with store.writing() as connection:
        if connection.execute(select(tables.watch)).first() is None:
            connection.execute(tables.watch.insert().values(name="w", query="ketamine", translation=""))
        return len(file_papers(connection, "w", studied, "", now))


def test_reports_of_a_trial_stand_beside_each_other_by_its_number(store: Store) -> None:
    titles = {TWIN: TITLE, OTHER: "Unlike them"}
    filed(
        store, *(record(pmid, SUNDAY, title=title, trials=["NCT09999999"]) for pmid, title in titles.items())
    )
    with store.reading() as connection:
        found = beside(connection, [TWIN, OTHER])
    assert found[TWIN].reports == (Report(OTHER, "NCT09999999"),)
    assert found[OTHER].reports == (Report(TWIN, "NCT09999999"),)


def versions(store: Store) -> set[tuple[int, int, str]]:
    with store.reading() as connection:
        return {tuple(row) for row in connection.execute(select(tables.paper_version))}


def groups(store: Store) -> dict[int, int]:
    with store.reading() as connection:
        return {row.pmid: row.versions_of for row in connection.execute(select(tables.paper_group))}


def notices(store: Store) -> list[tuple[int, str, int]]:
    with store.reading() as connection:
        rows = connection.execute(
            select(tables.notice).order_by(tables.notice.c.pmid, tables.notice.c.notice_pmid)
        )
        return [(row.pmid, row.kind, row.notice_pmid) for row in rows]


class Story(mailworld.World):
    """A reader's weeks."""

    def week(self, number: int, *records: bytes) -> str:
        """PubMed has these besides on that Sunday; the text of Monday's mail, "" where there is none."""
        sunday = at("2026-11-22T05:00") + timedelta(weeks=number)
        for raw in records:
            pmid = read_article(raw).pmid
            self.pubmed.records[pmid] = raw
            self.pubmed.created[pmid] = sunday.date()
        collected = collect(self.watches[0], self.pubmed, self.store, sunday, collectworld.settings())
        assert collected.failures == []
        self.deliver(sunday + timedelta(days=1, hours=2))
        with self.store.reading() as connection:
            assert balancing.books(connection, "ketamine").total == len(self.pubmed.created)
        mine = [mail for mail in self.mails() if "you@example.org" in str(mail["To"])]
        new = [mail for mail in mine if str(mail["Message-ID"]) not in self.seen]
        self.seen.update(str(mail["Message-ID"]) for mail in new)
        assert len(new) <= 1
        return " ".join(plain(new[0]).split()) if new else ""

    pubmed: FakePubMed
    seen: set[str]


@pytest.fixture
def story(store: Store, tmp_path: Path) -> Story:
    made = Story(tmp_path, store)
    made.pubmed, made.seen = FakePubMed(), set()
    made.begin()
    return made


BOTH_WAYS = {(PREPRINT, ARTICLE, "title"), (ARTICLE, PREPRINT, "title")}


@pytest.mark.parametrize("at_once", [True, False])
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_versions_are_linked_both_ways_once_whichever_comes_first(
    store: Store, order: tuple[int, int], at_once: bool
) -> None:
    both = [preprint(), article()]
    batches = [tuple(both[number] for number in order)] if at_once else [(both[number],) for number in order]
    for batch in batches:
        filed(store, *batch)
    assert versions(store) == BOTH_WAYS
    assert groups(store) == {PREPRINT: PREPRINT, ARTICLE: PREPRINT}
    assert notices(store) == [(PREPRINT, "update", ARTICLE)]


def test_filing_again_changes_nothing_and_tells_nothing(store: Store) -> None:
    assert filed(store, preprint(), article()) == 1
    assert [filed(store, preprint()), filed(store, article()), filed(store, article(), preprint())] == [
        0,
        0,
        0,
    ]
    assert versions(store) == BOTH_WAYS
    assert notices(store) == [(PREPRINT, "update", ARTICLE)]


def test_a_link_that_pubmed_adds_later_is_the_same_version_and_no_second_notice(store: Store) -> None:
    filed(store, preprint(), article())
    assert filed(store, article(links=[("UpdateOf", PREPRINT)])) == 0
    assert versions(store) == {(PREPRINT, ARTICLE, "pubmed"), (ARTICLE, PREPRINT, "pubmed")}
    assert notices(store) == [(PREPRINT, "update", ARTICLE)]


def test_a_record_that_is_read_again_and_is_another_paper_now_lets_go_of_its_versions(store: Store) -> None:
    filed(store, preprint(), article(), article(TWIN))
    assert len(versions(store)) == 6
    assert set(groups(store).values()) == {PREPRINT}
    filed(
        store,
        article(title="Something else altogether, by others", abstract="", authors=["Quill Martin"], doi=""),
    )
    assert versions(store) == {(PREPRINT, TWIN, "title"), (TWIN, PREPRINT, "title")}
    assert groups(store) == {PREPRINT: PREPRINT, TWIN: PREPRINT}


def test_a_paper_between_two_makes_one_group_of_three_and_two_again_without_it(store: Store) -> None:
    early = preprint(title="An early title that nobody would know again", abstract="")
    late = article(TWIN, title="A late title, quite unlike the first one", abstract="", doi="")
    between = [("UpdateOf", PREPRINT), ("RepublishedIn", TWIN)]
    filed(store, early, late)
    assert groups(store) == {}
    filed(store, article(links=between, title="Between the two"))
    assert groups(store) == dict.fromkeys((PREPRINT, ARTICLE, TWIN), PREPRINT)
    filed(store, article(title="Between the two"))
    assert (groups(store), versions(store)) == ({}, set())


def test_a_chain_is_cut_between_papers_that_are_judged_apart_and_pubmeds_own_link_is_stronger(
    store: Store,
) -> None:
    before = preprint(title=f"{TITLE}: a retrospective study")
    after = record(
        TWIN,
        SUNDAY,
        title=f"{TITLE}: a prospective study",
        preprint=True,
        journal="Res Sq",
        doi="10.21203/rs.3.rs-9",
    )
    for order in permutations((before, article(), after)):
        filed(store, *order)
        assert groups(store) == {PREPRINT: PREPRINT, ARTICLE: PREPRINT}
    assert (PREPRINT, TWIN) not in {(one, other) for one, other, _ in versions(store)}
    assert (ARTICLE, TWIN) in {(one, other) for one, other, _ in versions(store)}
    assert TWIN not in {pmid for told in notices(store) for pmid in told}
    filed(store, article(links=[("UpdateOf", TWIN)]))
    assert groups(store) == {ARTICLE: ARTICLE, TWIN: ARTICLE}


def test_the_order_of_filing_leaves_no_trace(store: Store, tmp_path: Path) -> None:
    from litwatch.edge.store.open import open_store

    records = [
        preprint(),
        article(),
        article(TWIN),
        record(OTHER, SUNDAY, title="Another paper of the same people"),
    ]
    expected: object = None
    for number, order in enumerate(permutations(records)):
        one = open_store(f"sqlite:///{tmp_path}/{number}.sqlite3", create=True, now=collectworld.MONDAY)
        try:
            for raw in order:
                filed(one, raw)
            left = (versions(one), groups(one), notices(one))
        finally:
            one.close()
        expected = expected or left
        assert left == expected


def test_papers_filed_before_there_were_versions_are_compared_with_the_next_search_and_are_no_news(
    story: Story,
) -> None:
    store = story.store
    story.week(0, preprint(), article(), record(OTHER, SUNDAY, title="Unlike them", trials=["NCT09900001"]))
    with store.writing() as connection:
        for table in (
            tables.paper_version,
            tables.paper_group,
            tables.paper_key,
            tables.paper_trial,
            tables.claim_notice,
            tables.notice,
        ):
            connection.execute(table.delete())
        connection.execute(update(tables.paper).values(compared_by=None))
    assert "preprint that we sent you" not in story.week(1)
    assert versions(store) == BOTH_WAYS
    assert notices(store) == []
    with store.reading() as connection:
        assert connection.execute(select(tables.paper_trial.c.number)).scalars().all() == ["NCT09900001"]
        assert relating.left_to_compare(connection, 10) == ()


@pytest.mark.parametrize(
    ("banks", "abstract", "expected"),
    [
        (["NCT09900001"], "", ("NCT09900001",)),
        (["NCT09900001"], "Registered as NCT 09900002.", ("NCT09900001", "NCT09900002")),
        ([], "ClinicalTrials.gov: NCT09900001; NCT09900001", ("NCT09900001",)),
        ([], "PROSPERO CRD42026000001", ()),
        ([], "EudraCT 2015-003578-34", ("2015-003578-34",)),
        ([], "EU CT 2023-504321-10-00 and 2023-504321-10-01", ("2023-504321-10",)),
        ([], "ISRCTN 12345678", ("ISRCTN12345678",)),
        ([], "NCT00000000", ()),
        ([], " ".join(f"NCT0990000{number}" for number in range(7)), ()),
    ],
)
def test_the_trials_of_a_paper_are_known_by_their_numbers(
    banks: list[str], abstract: str, expected: tuple[str, ...]
) -> None:
    listed = (DataBank("ClinicalTrials.gov", tuple(banks)),) if banks else ()
    assert trial_numbers(Paper(1, abstract=abstract, data_banks=listed)) == expected


def test_the_article_of_a_preprint_that_was_sent_is_told_once_and_is_no_new_paper(story: Story) -> None:
    first = story.week(0, preprint())
    assert "1 new paper" in first
    second = story.week(1, article())
    assert "Published version of a preprint that we sent you on 23 November 2026: Repeated ketamine" in second
    assert "No new papers" in second
    assert "Why it is here" not in second
    assert story.held() == [("you@example.org", "ketamine", pmid) for pmid in (PREPRINT, ARTICLE)]
    third = story.week(
        2, article(links=[("UpdateOf", PREPRINT)]), record(OTHER, SUNDAY, title="Ketamine, otherwise")
    )
    assert "Repeated ketamine" not in third


def test_preprint_and_article_of_one_week_have_one_card(story: Story) -> None:
    text = story.week(0, article(), preprint())
    assert "1 new paper" in text
    assert text.count(f"https://pubmed.ncbi.nlm.nih.gov/{PREPRINT}/") == 1
    assert "Same paper: preprint 2026 Nov 22, medRxiv" in text
    assert story.held() == [("you@example.org", "ketamine", pmid) for pmid in (PREPRINT, ARTICLE)]


def test_reports_of_a_trial_are_shown_with_what_was_sent_before(story: Story) -> None:
    protocol = record(
        OTHER, SUNDAY, title="Ketamine in emergencies: study protocol", abstract="", trials=["NCT09900001"]
    )
    story.week(0, protocol)
    text = story.week(1, article(abstract=f"{ABSTRACT} (ClinicalTrials.gov NCT09900001)"))
    assert (
        "Second report of NCT09900001: You were sent: Ketamine in emergencies: study protocol, on 23" in text
    )


def test_a_reader_who_was_not_sent_the_preprint_gets_the_card(story: Story) -> None:
    story.week(0, preprint())
    story.readers(["you@example.org", "new@example.org"])
    story.begin(at("2026-11-25T09:00"))
    story.week(1, article())
    last = [mail for mail in story.mails() if "new@example.org" in str(mail["To"])]
    text = " ".join(plain(last[-1]).split())
    assert "1 new paper" in text
    assert "Same paper: preprint 2026 Nov 22, medRxiv" in text
    assert "preprint that we sent you" not in text


def test_a_hundred_records_in_any_order_keep_each_link_once(store: Store) -> None:
    chance = random.Random(7)
    records = [
        record(
            99_000_500 + number,
            SUNDAY,
            title=f"{TITLE} {number // 2}",
            preprint=number % 2 == 0,
            doi=f"10.9/{number}",
        )
        for number in range(100)
    ]
    for _ in range(3):
        chance.shuffle(records)
        for start in range(0, 100, 30):
            filed(store, *records[start : start + 30])
    pairs = {(one, other) for one, other, _ in versions(store)}
    assert pairs == {(other, one) for one, other in pairs}
    assert all(one // 2 == other // 2 for one, other in pairs)
    assert len(pairs) == 100


def test_a_report_with_two_records_is_named_once(story: Story) -> None:
    number = ["NCT09900001"]
    story.week(0, preprint(trials=number), article(trials=number))
    other = record(
        OTHER, SUNDAY, title="Ketamine a year later, in the same people", abstract="", trials=number
    )
    text = story.week(1, other)
    assert text.count("You were sent: Repeated ketamine") == 1
    assert "Second report of NCT09900001" in text
    assert "Another" not in text
