"""Proves that what PubMed deletes or merges is marked, never dropped, and that the books balance all the while."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from litwatch.edge.pubmed.answers import Untrustworthy
from litwatch.edge.pubmed.summaries import read_missing
from notices.noticeworld import World, day, record, world

PAPER, OTHER, OLD, NEWCOMER = 99000001, 99000002, 99000003, 99000004
BEFORE = day(0) - timedelta(days=1)
DAY = timedelta(days=1)
LONG_AGO = day(-300)


def deleted(pmid: int) -> bytes:
    return f"<DeleteCitation><PMID>{pmid}</PMID></DeleteCitation>".encode()


@pytest.fixture
def here(tmp_path: Path, backend: str) -> Iterator[World]:
    with world(tmp_path, backend) as made:
        made.publish(LONG_AGO, record(OLD, created=LONG_AGO))
        made.publish(BEFORE, record(PAPER, created=BEFORE), record(OTHER, created=BEFORE))
        yield made


def balanced(here: World, *days: object) -> None:
    for done in here.play(*days):  # type: ignore[arg-type]
        for receipt in done.collected:
            assert receipt.balanced


@pytest.mark.parametrize("mailed_before", [True, False])
def test_a_deleted_paper_is_marked_stays_in_the_store_and_is_owed_to_nobody(
    mailed_before: bool, here: World
) -> None:
    balanced(here, BEFORE, *([day(0)] if mailed_before else []))
    gone_on = day(0) + DAY if mailed_before else day(0)
    here.publish(gone_on, deleted(PAPER))
    balanced(here, gone_on, day(1), day(2))
    shown = here.shown(PAPER)
    assert (shown.gone, shown.matching) == ("deleted", False)
    assert shown.paper is not None
    assert sum("Ketamine paper 99000001" in text for text in here.texts()) == mailed_before


@pytest.mark.parametrize("same_doi", [True, False])
def test_merged_is_what_has_left_a_record_with_its_doi_and_else_it_is_deleted(
    same_doi: bool, here: World
) -> None:
    doi, other = "10.9016/j.made.7", "10.9016/j.made.7" if same_doi else "10.9016/j.made.8"
    title = "Ketamine after spinal surgery in forty veterans"
    both = (record(pmid, created=BEFORE, title=title, doi=it) for pmid, it in ((PAPER, doi), (OTHER, other)))
    here.publish(BEFORE, *both)
    balanced(here, BEFORE, day(0))
    here.publish(day(0) + DAY, deleted(PAPER))
    balanced(here, day(1))
    shown = here.shown(PAPER)
    assert shown.gone == ("merged" if same_doi else "deleted")
    assert [(each.pmid, each.how) for each in shown.beside.versions] == ([(OTHER, "doi")] if same_doi else [])
    assert here.shown(OTHER).beside.versions == ()  # what is gone is no version that anybody could read
    assert here.shown(OTHER).gone is None


@pytest.mark.parametrize("doi", ["10.9016/J.MADE.7", "10.9016/j.made.8"])
def test_a_mailed_paper_that_was_merged_into_a_new_record_has_one_place_in_the_mail(
    here: World, doi: str
) -> None:
    title = "Ketamine after spinal surgery in forty veterans"
    here.publish(BEFORE, record(PAPER, created=BEFORE, title=title, doi="10.9016/j.made.7"))
    balanced(here, BEFORE, day(0))
    here.publish(day(0) + DAY, deleted(PAPER), record(NEWCOMER, created=day(0) + DAY, title=title, doi=doi))
    balanced(here, day(1))
    text = here.texts()[-1]
    merged = doi.lower().endswith("7")
    assert ("New version: Ketamine after spinal" in text, "1 new paper" in text) == (merged, not merged)
    assert text.count(f"https://pubmed.ncbi.nlm.nih.gov/{NEWCOMER}/") == 1
    balanced(here, day(2))
    assert title not in here.texts()[-1]


def test_a_final_paper_that_is_deleted_years_later_is_marked_when_it_leaves_the_list(here: World) -> None:
    balanced(here, BEFORE, day(0))
    here.publish(day(150), deleted(PAPER))
    balanced(here, day(150))
    assert here.shown(PAPER).gone
    assert not here.shown(OTHER).gone


def test_a_paper_that_was_never_read_is_marked_too(here: World) -> None:
    balanced(here, BEFORE)
    here.publish(day(0), deleted(OLD))
    balanced(here, day(0), day(1))
    shown = here.shown(OLD)
    assert (shown.gone, shown.matching, shown.paper) == ("deleted", False, None)
    here.publish(day(1) + DAY, record(OLD, created=LONG_AGO))
    balanced(here, day(2))
    shown = here.shown(OLD)
    assert (shown.gone, shown.matching, shown.arrival) == (None, True, "backlog")


def test_a_paper_that_only_left_the_list_is_read_again_and_not_called_gone(here: World) -> None:
    balanced(here, BEFORE, day(0))
    here.publish(
        day(0) + DAY, record(PAPER, created=BEFORE, title="Esmolol", abstract="Another paper altogether.")
    )
    balanced(here, day(1), day(2))
    shown = here.shown(PAPER)
    assert (shown.gone, shown.matching) == (None, False)
    assert shown.paper is not None
    assert shown.paper.title == "Esmolol"


def test_a_deleted_paper_that_comes_back_is_no_longer_marked(here: World) -> None:
    balanced(here, BEFORE, day(0))
    here.publish(day(0) + DAY, deleted(PAPER))
    here.publish(day(1) + DAY, record(PAPER, created=BEFORE))
    balanced(here, day(1))
    assert here.shown(PAPER).gone
    balanced(here, day(2))
    shown = here.shown(PAPER)
    assert (shown.gone, shown.matching) == (None, True)


HEAD = b'<?xml version="1.0"?><eSummaryResult>'
MISSING = b"<ERROR>UID=99000001: cannot get document summary</ERROR>"
SUMMARY = b"<DocSum><Id>99000002</Id></DocSum>"


def test_esummary_names_what_pubmed_does_not_have() -> None:
    assert read_missing(HEAD + MISSING + SUMMARY + b"</eSummaryResult>") == {PAPER}
    assert read_missing(HEAD + SUMMARY + b"</eSummaryResult>") == frozenset()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html><body>Bad gateway</body></html>",
        HEAD + MISSING,
        HEAD + b"<ERROR>Search Backend failed</ERROR></eSummaryResult>",
        HEAD + MISSING + b"<ERROR>Unable to connect</ERROR></eSummaryResult>",
        b'<?xml version="1.0"?><eSearchResult><Count>0</Count></eSearchResult>',
    ],
    ids=["empty", "a page", "cut", "an error", "another error", "another answer"],
)
def test_no_paper_is_called_gone_by_an_answer_that_is_none(body: bytes) -> None:
    with pytest.raises(Untrustworthy):
        read_missing(body)
