"""Proves that one paper has one place in a digest, whatever the number of its records and when they came."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest

from digest.samples import TEMPLATES, digest, made_up, versions
from litwatch.decide.alerts import NoticeFacts
from litwatch.decide.digest import Digest, DigestPaper
from litwatch.decide.related import Version, version_of
from litwatch.edge.render import Renderer
from litwatch.paper import Paper, PublicationType

SENT = datetime(2026, 1, 12, 7, tzinfo=UTC)
PREPRINT, ARTICLE, TWIN = 99_000_301, 99_000_302, 99_000_303


def owed(pmid: int, **said: Any) -> DigestPaper:
    one = made_up({"pmid": pmid, "title": f"Paper {pmid}", "tags": {"efficacy": ["made-up"]}})
    kinds = (PublicationType("Preprint"),) if pmid == PREPRINT else ()
    return replace(one, paper=replace(one.paper, publication_types=kinds), **said)


def version(pmid: int, **said: Any) -> Version:
    return version_of(owed(pmid).paper, **said)


def shown(made: Digest) -> list[int]:
    """Everything that has a place of its own."""
    titles = [each.pmid for section in made.sections for each in section.titles]
    return titles + [
        each.pmid for section in made.elsewhere for group in section.groups for each in group.lines
    ]


def all_three() -> list[DigestPaper]:
    pmids = (PREPRINT, ARTICLE, TWIN)
    return [
        owed(pmid, versions=tuple(version(other, here=True) for other in pmids if other != pmid))
        for pmid in pmids
    ]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_versions_that_come_together_have_one_card_in_any_order(order: tuple[int, ...]) -> None:
    papers = all_three()
    made = digest(tuple(papers[number] for number in order))
    assert shown(made) == [TWIN]
    assert made.counts.new == 1
    assert made.pmids == (PREPRINT, ARTICLE, TWIN)
    assert [each.pmid for each in made.sections[0].cards[0].versions] == [PREPRINT, ARTICLE]


def test_the_published_version_has_the_card_before_the_preprint() -> None:
    made = digest((owed(PREPRINT + 10, versions=()), *all_three()[:2]))
    assert sorted(shown(made)) == [ARTICLE, PREPRINT + 10]


def test_a_version_of_a_paper_that_was_sent_is_told_and_is_no_new_paper() -> None:
    made = digest((owed(ARTICLE, versions=(version(PREPRINT, sent_at=SENT),)),))
    assert shown(made) == []
    assert made.counts.new == 0
    assert made.pmids == (ARTICLE,)
    (alert,) = made.corrections
    assert (alert.kind, alert.pmid, alert.notice_pmid, alert.sent_at) == ("version", PREPRINT, ARTICLE, SENT)
    text = " ".join(Renderer(TEMPLATES).render(made).text.split())
    assert "Published version of a preprint that we sent you on 12 January 2026: Paper 99000302" in text


@pytest.mark.parametrize(
    ("sent", "came", "words"),
    [
        (ARTICLE, PREPRINT, "Preprint of a paper that we sent you"),
        (ARTICLE, TWIN, "Another record of a paper that we sent you"),
        (PREPRINT, ARTICLE, "Published version of a preprint that we sent you"),
    ],
)
def test_what_came_after_what_is_said(sent: int, came: int, words: str) -> None:
    made = digest((owed(came, versions=(version(sent, sent_at=SENT),)),))
    rendered = Renderer(TEMPLATES).render(made)
    assert words in " ".join(rendered.text.split())
    assert words in " ".join(rendered.html.split())


def test_a_notice_of_the_store_and_the_version_itself_are_told_once() -> None:
    facts = NoticeFacts(PREPRINT, "update", ARTICLE, "2026", "J", paper=owed(PREPRINT).paper, sent_at=SENT)
    made = digest((owed(ARTICLE, versions=(version(PREPRINT, sent_at=SENT),)),), (facts,))
    assert len(made.corrections) == 1


def test_a_version_that_stands_on_the_card_needs_no_notice() -> None:
    facts = NoticeFacts(PREPRINT, "update", ARTICLE, "2026", "J", paper=owed(PREPRINT).paper)
    made = digest((owed(ARTICLE, versions=(version(PREPRINT),)),), (facts,))
    assert made.corrections == ()
    assert shown(made) == [ARTICLE]


def test_what_stands_in_the_place_of_a_retracted_paper_is_news() -> None:
    made = digest((owed(ARTICLE, versions=(version(TWIN, sent_at=SENT, retracted=True),)),))
    assert shown(made) == [ARTICLE]
    assert "retracted" in Renderer(TEMPLATES).render(made).html


def test_a_retracted_version_is_an_alert_and_the_other_keeps_its_card() -> None:
    papers = all_three()[:2]
    made = digest(tuple(papers), (NoticeFacts(PREPRINT, "RetractionIn", 99_000_399),))
    assert [alert.pmid for alert in made.alerts] == [PREPRINT]
    assert shown(made) == [ARTICLE]
    assert made.pmids == (PREPRINT, ARTICLE)


def test_a_correction_of_one_version_stands_on_the_card() -> None:
    made = digest(tuple(all_three()[:2]), (NoticeFacts(PREPRINT, "ErratumIn", 99_000_399),))
    assert made.sections[0].cards[0].pmid == ARTICLE
    assert made.sections[0].cards[0].corrected


def test_a_registration_at_prospero_is_called_a_review() -> None:
    one = owed(ARTICLE)
    assert one.findings is not None
    made = digest((replace(one, findings=replace(one.findings, registrations=("CRD42026000001",))),))
    assert "Review CRD42026000001" in Renderer(TEMPLATES).render(made).html


def test_a_paper_that_is_shown_again_with_its_abstract_is_not_taken_for_its_version() -> None:
    again = owed(ARTICLE, versions=(version(PREPRINT, sent_at=SENT),), sent_without_abstract=SENT)
    assert shown(digest((again,))) == [ARTICLE]


def test_every_version_and_thread_stands_in_text_and_html() -> None:
    rendered = Renderer(TEMPLATES).render(versions())
    for body in (rendered.text, rendered.html):
        for pmid in (99000201, 99000203, 99000204, 99000205, 99000206, 99000207):
            assert f"https://pubmed.ncbi.nlm.nih.gov/{pmid}/" in body, pmid
    assert all(len(row) <= 78 for row in rendered.text.splitlines() if "https://" not in row)


def test_titles_of_versions_are_escaped() -> None:
    title = "<script>alert(1)</script> of a version"
    other = version_of(Paper(PREPRINT, title=title, journal="<b>J</b>"), sent_at=None)
    card = Renderer(TEMPLATES).render(digest((owed(ARTICLE, versions=(other,)),))).html
    told = (
        Renderer(TEMPLATES)
        .render(
            digest(
                (
                    replace(
                        owed(ARTICLE, versions=(replace(other, sent_at=SENT),)),
                        paper=Paper(ARTICLE, title=title),
                    ),
                )
            )
        )
        .html
    )
    assert "<script>" not in card + told
    assert "<b>J" not in card + told
    assert "&lt;script&gt;" in card
    assert "&lt;script&gt;" in told
