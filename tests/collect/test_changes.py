"""Proves what a record says has happened, and that each is told once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from litwatch.decide.changes import News, Notice, content_hash, is_retracted, news, notices_in
from litwatch.paper import Link, Paper, PublicationType

PAPER = Paper(7, title="A trial", journal="J", publication_date="2026 Mar")


@pytest.mark.parametrize(
    ("kind", "told"),
    [
        ("RetractionIn", Notice(7, "retraction", 9, "2026 Mar 9", "J. 2026 Mar 9;1:2")),
        ("ExpressionOfConcernIn", Notice(7, "expression-of-concern", 9, "2026 Mar 9", "J. 2026 Mar 9;1:2")),
        ("ErratumIn", Notice(7, "erratum", 9, "2026 Mar 9", "J. 2026 Mar 9;1:2")),
        (
            "CorrectedandRepublishedIn",
            Notice(7, "corrected-republished", 9, "2026 Mar 9", "J. 2026 Mar 9;1:2"),
        ),
        (
            "RetractedandRepublishedIn",
            Notice(7, "retracted-republished", 9, "2026 Mar 9", "J. 2026 Mar 9;1:2"),
        ),
        ("UpdateIn", Notice(7, "update", 9, "2026 Mar 9", "J. 2026 Mar 9;1:2")),
        ("RetractionOf", Notice(9, "retraction", 7, "2026 Mar", "J. A trial")),
        ("ErratumFor", Notice(9, "erratum", 7, "2026 Mar", "J. A trial")),
        ("UpdateOf", Notice(9, "update", 7, "2026 Mar", "J. A trial")),
        ("CommentIn", None),
        ("Cites", None),
    ],
)
def test_a_link_tells_of_its_paper_or_of_its_subject(kind: str, told: Notice | None) -> None:
    paper = replace(PAPER, links=(Link(kind, 9, "J. 2026 Mar 9;1:2"),))
    assert notices_in(paper) == (() if told is None else (told,))


def test_a_link_without_a_pmid_tells_of_its_paper_but_cannot_tell_of_a_subject() -> None:
    assert notices_in(replace(PAPER, links=(Link("ErratumIn", None, "In print"),))) == (
        Notice(7, "erratum", 0, "", "In print"),
    )
    assert notices_in(replace(PAPER, links=(Link("ErratumFor", None, "In print"),))) == ()


@pytest.mark.parametrize(
    "kind", [PublicationType("Renamed", "D016441"), PublicationType("Retracted Publication", "")]
)
def test_a_retracted_publication_is_one_without_any_link(kind: PublicationType) -> None:
    assert notices_in(replace(PAPER, publication_types=(kind,))) == (Notice(7, "retraction"),)
    linked = replace(PAPER, publication_types=(kind,), links=(Link("RetractionIn", 9),))
    assert notices_in(linked) == (Notice(7, "retraction", 9),)


@pytest.mark.parametrize(
    ("title", "marked"),
    [
        ("RETRACTED: Ketamine for depression", True),
        ("[Retracted] Ketamine for depression", True),
        ("RETRACTED ARTICLE: Ketamine for depression", True),
        ("Retracted article: Ketamine for depression", True),
        ("RETRACTED AND REPUBLISHED: Ketamine for depression", True),
        ("Retracted papers on ketamine: a survey", False),
        ("Retraction: Ketamine for depression", False),
        ("A retracted limb", False),
        ("RETRACTION of the palpebra", False),
    ],
)
def test_a_title_may_be_all_that_says_that_a_paper_is_retracted(title: str, marked: bool) -> None:
    marked_paper = replace(PAPER, title=title)
    assert is_retracted(marked_paper) is marked
    assert notices_in(marked_paper) == ((Notice(7, "retraction"),) if marked else ())


@pytest.mark.parametrize(
    "notice",
    [
        replace(PAPER, links=(Link("RetractionOf", 9),)),
        replace(PAPER, publication_types=(PublicationType("Retraction Notice", "D016440"),)),
        replace(PAPER, publication_types=(PublicationType("Retraction of Publication"),)),
    ],
    ids=["link", "type", "type of old"],
)
def test_a_notice_with_the_title_of_its_paper_is_not_retracted_itself(notice: Paper) -> None:
    notice = replace(notice, title="Retracted: Ketamine for depression")
    assert not is_retracted(notice)
    assert Notice(7, "retraction") not in notices_in(notice)


IN_PRINT = Notice(7, "erratum", 0, "2026 Mar 9", "J. 2026 Mar 9;1:2")
LATER = Notice(7, "erratum", 0, "2026 Jun", "J. 2026 Jun;4:9")


@pytest.mark.parametrize(
    ("known", "told", "expected"),
    [
        # A retraction is one event, told first by its type, by its paper or by its notice.
        ([Notice(7, "retraction")], [Notice(7, "retraction", 9)], ([], [(0, 9)])),
        ([Notice(7, "retraction", 9)], [Notice(7, "retraction")], ([], [])),
        ([Notice(7, "retraction", 9)], [Notice(7, "retraction", 10)], ([], [])),
        ([], [Notice(7, "retraction"), Notice(7, "retraction", 9)], ([9], [])),
        # A concern before a retraction is another event, and so is the corrected paper in its place.
        ([Notice(7, "expression-of-concern", 8)], [Notice(7, "retraction", 9)], ([9], [])),
        ([Notice(7, "retraction", 9)], [Notice(7, "retracted-republished", 10)], ([10], [])),
        ([Notice(7, "expression-of-concern")], [Notice(7, "expression-of-concern", 8)], ([], [(0, 8)])),
        # Each erratum is one, with a PMID or without.
        ([Notice(7, "erratum", 10)], [Notice(7, "erratum", 9), Notice(7, "erratum", 10)], ([9], [])),
        ([IN_PRINT], [IN_PRINT, LATER], ([-1], [])),
        ([], [IN_PRINT, LATER], ([0, -1], [])),
        ([IN_PRINT, replace(LATER, notice_pmid=-1)], [LATER, IN_PRINT], ([], [])),
        # The same one, by its source from the paper's side and by its date from its own.
        ([IN_PRINT], [replace(IN_PRINT, notice_pmid=9)], ([], [(0, 9)])),
        ([IN_PRINT], [Notice(7, "erratum", 9, "2026 Mar", "J. Correction")], ([], [(0, 9)])),
        ([IN_PRINT], [Notice(7, "erratum", 9, "2026", "J. Correction")], ([9], [])),
        # Dates are the same part by part: the 2nd is not the 20th, March is Mar.
        (
            [],
            [Notice(7, "erratum", 9, "2026 Mar 20", "J. A"), Notice(7, "erratum", 0, "2026 Mar 2", "J. B")],
            ([0, 9], []),
        ),
        ([IN_PRINT], [Notice(7, "erratum", 9, "2026 March 09", "J. Correction")], ([], [(0, 9)])),
        ([Notice(8, "erratum", 9)], [Notice(7, "erratum", 9)], ([9], [])),
    ],
)
def test_each_event_is_news_once_whichever_record_tells_it_first(
    known: list[Notice], told: list[Notice], expected: tuple[list[int], list[tuple[int, int]]]
) -> None:
    for order in (told, told[::-1]):
        found = news(order, known)
        fresh, identified = expected
        assert sorted(each.notice_pmid for each in found.fresh) == sorted(fresh)
        assert [(before.notice_pmid, after.notice_pmid) for before, after in found.identified] == identified
        as_filed = {(each.pmid, each.kind, each.notice_pmid): each for each in (*known, *found.fresh)}
        for before, after in found.identified:
            del as_filed[(before.pmid, before.kind, before.notice_pmid)]
            as_filed[(after.pmid, after.kind, after.notice_pmid)] = after
        assert news(order, as_filed.values()) == News()


def test_only_what_we_keep_changes_the_hash() -> None:
    before = content_hash(PAPER)
    assert content_hash(replace(PAPER, revised_date=date(2026, 3, 9))) == before
    assert content_hash(replace(PAPER, abstract="Now with one.")) != before
    assert content_hash(replace(PAPER, status="MEDLINE")) != before
    assert content_hash(replace(PAPER, title="half a pair \ud800")) != before
