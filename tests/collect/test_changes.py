"""Proves what a record says has happened, and that each is told once."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from litwatch.decide.changes import Notice, content_hash, notices_in, unknown_notices
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


def test_a_retraction_told_first_by_its_type_is_not_told_again_when_its_notice_turns_up() -> None:
    assert unknown_notices([Notice(7, "retraction", 9)], frozenset({(7, "retraction", 0)})) == ()
    assert unknown_notices([Notice(7, "retraction")], frozenset({(7, "retraction", 9)})) == ()
    both = [Notice(7, "retraction"), Notice(7, "retraction", 9)]
    assert unknown_notices(both, frozenset()) == (Notice(7, "retraction", 9),)


def test_every_erratum_is_told_once() -> None:
    told = [Notice(7, "erratum", 9), Notice(7, "erratum", 10), Notice(7, "erratum", 9)]
    assert unknown_notices(told, frozenset({(7, "erratum", 10)})) == (Notice(7, "erratum", 9),)


def test_only_what_we_keep_changes_the_hash() -> None:
    before = content_hash(PAPER)
    assert content_hash(replace(PAPER, revised_date=date(2026, 3, 9))) == before
    assert content_hash(replace(PAPER, abstract="Now with one.")) != before
    assert content_hash(replace(PAPER, status="MEDLINE")) != before
    assert content_hash(replace(PAPER, title="half a pair \ud800")) != before
