"""What stands in a digest, where, and in which order.

Owns the promises of decide/. Never renders.
"""

from __future__ import annotations

import random
import tomllib
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.samples import (
    HERE,
    LABELS,
    READER,
    TOPICS,
    WATCH,
    digest,
    forty,
    hostile,
    made_up,
    papers,
    retraction,
    span,
)
from litwatch.decide.alerts import NoticeFacts, alert_kind
from litwatch.decide.cards import LONGEST_QUOTE, in_words, quote
from litwatch.decide.digest import Digest, DigestPaper, Topic, WatchFacts
from litwatch.decide.ordering import order_key, rank
from litwatch.decide.shorten import shorten
from litwatch.paper import Link, Paper, PublicationType


def cases(name: str) -> list[dict[str, Any]]:
    """The cases of a table."""
    return list(tomllib.loads((HERE / name).read_text("utf-8"))["case"])


def a_paper(pmid: int = 1, **facts: Any) -> DigestPaper:
    """A made-up paper on efficacy, but for what is said."""
    tags = {topic: ["made-up"] for topic in facts.pop("tags", ["efficacy"])}
    return made_up({"pmid": pmid, "title": f"Paper {pmid}", "tags": tags, **facts})


def places(made: Digest) -> dict[int, str]:
    """PMID -> the section that it stands in."""
    found = {each.pmid: section.id for section in made.sections for each in section.titles}
    found.update(
        (each.pmid, section.id)
        for section in made.elsewhere
        for group in section.groups
        for each in group.lines
    )
    return found


@pytest.mark.parametrize("case", cases("order.toml"), ids=str)
def test_a_study_design_has_its_place(case: dict[str, Any]) -> None:
    facts = {name: value for name, value in case.items() if not name.endswith("place")}
    owed = a_paper(**facts)
    assert rank(owed) == case["place"]
    assert rank(owed, cohorts_rank_with_trials=True) == case.get("harms_place", case["place"])


def test_papers_of_one_design_stand_by_participants_then_by_date_then_by_pmid() -> None:
    expected = [
        a_paper(3, design="rct", participants=90),
        a_paper(1, design="rct", participants=60, created=date(2026, 3, 5)),
        a_paper(4, design="rct", participants=60, created=date(2026, 3, 4)),
        a_paper(2, design="rct", participants=60, created=date(2026, 3, 4)),
        a_paper(9, design="rct"),
    ]
    shuffled = expected[::-1]
    random.Random(7).shuffle(shuffled)
    assert sorted(shuffled, key=order_key) == expected


@pytest.mark.parametrize("case", cases("places.toml"), ids=lambda case: str(case["why"]))
def test_a_paper_has_one_place(case: dict[str, Any]) -> None:
    facts = {name: value for name, value in case.items() if name not in ("why", "place")}
    facts.setdefault("relevant", None)
    made = digest((a_paper(7, **facts),))
    assert places(made) == {7: case["place"]}


def test_a_paper_without_findings_is_listed_as_unread_with_the_reason() -> None:
    made = digest((DigestPaper(Paper(7, title="Odd"), None, failure="no rule could read it"),))
    assert places(made) == {7: "unread"}
    assert made.elsewhere[0].groups[0].lines[0].note == "no rule could read it"


@given(
    st.integers(0, 45),
    st.integers(0, 10),
    st.sets(st.sampled_from([topic.id for topic in TOPICS])),
    st.randoms(),
)
def test_nothing_owed_is_dropped_whatever_the_limit_the_topics_and_the_order(
    count: int, limit: int, chosen: set[str], shuffle: random.Random
) -> None:
    base = papers()
    owed = [
        replace(base[number % len(base)], paper=replace(base[number % len(base)].paper, pmid=1000 + number))
        for number in range(count)
    ]
    shuffle.shuffle(owed)
    reader = replace(READER, limit=limit, topics=frozenset(chosen))
    made = digest(tuple(owed), subscription=reader)
    expected = tuple(sorted(each.paper.pmid for each in owed))
    assert made.pmids == expected
    assert tuple(sorted(places(made))) == expected
    assert made.full_cards <= limit
    assert made == digest(tuple(sorted(owed, key=lambda each: each.paper.pmid)), subscription=reader)
    for cards, lines in ((2, None), (0, 1), (0, 0)):
        assert shorten(made, cards, lines).pmids == expected


def test_full_cards_go_by_turns_to_the_lead_sections_before_the_other_topics() -> None:
    owed = [
        *(
            a_paper(100 + number, tags=["efficacy"], design="rct", participants=100 + number)
            for number in range(9)
        ),
        *(a_paper(200 + number, tags=["safety"]) for number in range(2)),
        a_paper(300, tags=["long_term"]),
        a_paper(400, tags=["bipolar"], design="guideline"),
    ]
    made = digest(tuple(owed))
    full = {section.id: [card.pmid for card in section.cards] for section in made.sections}
    assert full == {"efficacy": [108, 107, 106, 105], "safety": [201, 200], "long_term": [300], "other": []}


def test_topics_that_the_reader_did_not_choose_are_listed_by_title() -> None:
    owed = (a_paper(1, tags=["efficacy"]), a_paper(2, tags=["efficacy", "safety"]))
    made = digest(owed, subscription=replace(READER, topics=frozenset({"safety"})))
    assert places(made) == {1: "efficacy", 2: "safety"}
    assert [card.pmid for section in made.sections for card in section.cards] == [2]


@pytest.mark.parametrize(
    "withdrawn",
    [
        {"links": (Link("RetractionIn", 5),)},
        {"links": (Link("ExpressionOfConcernIn", 5),)},
        {"publication_types": (PublicationType("Whatever NLM calls it", "D016441"),)},
    ],
    ids=["retraction link", "concern link", "publication type"],
)
def test_a_withdrawn_paper_is_an_alert_and_never_a_finding(withdrawn: dict[str, Any]) -> None:
    owed = a_paper(
        7, design="rct", result="It worked.", harm="It hurt.", tags=["efficacy", "safety", "bipolar"]
    )
    made = digest((replace(owed, paper=replace(owed.paper, **withdrawn)), a_paper(8)))
    assert [(alert.pmid, alert.owed) for alert in made.alerts] == [(7, True)]
    assert places(made) == {8: "efficacy"}
    assert not [pointer for section in made.sections for pointer in section.also if pointer.pmid == 7]
    assert not [pointer for row in made.index for pointer in row.papers if pointer.pmid == 7]
    assert (made.counts.new, made.counts.randomised) == (1, 0)
    assert made.pmids == (7, 8)


def test_a_notice_that_the_store_and_the_record_both_know_is_told_once() -> None:
    owed = a_paper(7)
    owed = replace(owed, paper=replace(owed.paper, links=(Link("RetractionIn", 5), Link("CommentIn", 6))))
    sent = datetime(2026, 1, 12, tzinfo=UTC)
    told = digest((owed,), (NoticeFacts(7, "retraction", None, sent_at=sent),)).alerts
    assert [(alert.kind, alert.notice_pmid, alert.sent_at) for alert in told] == [("retraction", 5, sent)]


def test_a_corrected_paper_keeps_its_card_and_says_so() -> None:
    made = digest(None, retraction())
    corrected = [card.pmid for section in made.sections for card in section.cards if card.corrected]
    assert corrected == [99100003]
    assert [(alert.kind, alert.pmid) for alert in made.corrections] == [("correction", 99100003)]
    assert [(alert.kind, alert.pmid) for alert in made.alerts] == [
        ("retraction", 99000001),
        ("concern", 99100006),
    ]


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("RetractionIn", "retraction"), ("RetractedandRepublishedIn", "retraction"),
        ("retraction", "retraction"),
        ("ExpressionOfConcernIn", "concern"), ("expression of concern", "concern"),
        ("ErratumIn", "correction"),
        ("CorrectedandRepublishedIn", "correction"), ("erratum", "correction"), ("UpdateIn", "version"),
        ("new version", "version"), ("CommentIn", ""),
    ],
)  # fmt: skip
def test_what_nlm_calls_a_notice_is_known(kind: str, expected: str) -> None:
    assert alert_kind(kind) == expected


def test_every_quote_stands_word_for_word_in_its_paper() -> None:
    owed = (*papers(), *hostile())
    by_pmid = {each.paper.pmid: each.paper for each in owed}
    made = digest(owed, subscription=replace(READER, limit=100))
    quotes = [
        (card.pmid, each) for section in made.sections for card in section.cards for each in card.quotes
    ]
    quotes += [(each.pmid, each.quote) for section in made.sections for each in section.also if each.quote]
    assert len(quotes) > 20
    for pmid, each in quotes:
        text = by_pmid[pmid].abstract
        assert text[each.span.start : each.span.end] == each.span.text
        assert "".join(piece.text for piece in each.pieces) == each.span.text
        assert all(text[mark.start : mark.end] == mark.text for mark in each.marks)


def test_words_that_earned_a_tag_are_marked_inside_a_quote_and_nowhere_twice() -> None:
    text = "Before. MADRS fell in MADRS responders. After MADRS."
    paper = Paper(1, abstract=text)
    sentence = span(text, "MADRS fell in MADRS responders.")
    marks = (span(text, "MADRS fell"), span(text, "MADRS"), span(text, "responders"), span(text, "Before"))
    made = quote("Result", paper, sentence, marks)
    assert made
    assert [(piece.text, piece.marked) for piece in made.pieces] == [
        ("MADRS fell", True), (" in MADRS ", False), ("responders", True), (".", False),
    ]  # fmt: skip


def test_a_quote_that_the_record_no_longer_holds_is_not_shown() -> None:
    sentence = span("It worked well.", "It worked well.")
    assert quote("Result", Paper(1, abstract="It did not work."), sentence) is None


@pytest.mark.parametrize("text", ["word " * 1000, "W" * 100_000])
def test_a_sentence_without_end_is_cut_and_says_so(text: str) -> None:
    made = quote("Result", Paper(1, abstract=text), span(text, text))
    assert made
    assert made.cut
    assert 0 < len(made.span.text) <= LONGEST_QUOTE
    assert text.startswith(made.span.text)


def test_a_conclusion_never_stands_before_the_result_nor_alone_where_there_is_one() -> None:
    for section in digest(subscription=replace(READER, limit=100)).sections:
        for card in section.cards:
            labels = [each.label for each in card.quotes]
            if "Authors’ conclusion" in labels:
                assert labels[-1] == "Authors’ conclusion"
            findings = next(each.findings for each in papers() if each.paper.pmid == card.pmid)
            assert findings
            if findings.quotes.result:
                assert set(labels) & {"Result", "Harm"}


def test_harms_lists_every_other_paper_that_quotes_a_harm_once() -> None:
    harms = next(section for section in digest().sections if section.id == "safety")
    assert [(each.pmid, each.quote.span.text) for each in harms.also if each.quote] == [
        (
            99100001,
            "Dissociation occurred in 31% of patients given esketamine and in 4% given the comparator.",
        ),
        (99100003, "Treatment was stopped for raised blood pressure in 11 patients (3.5%)."),
    ]


def test_secondary_analyses_and_other_settings_are_not_counted_as_new_trials() -> None:
    assert digest().counts.randomised == 1
    assert digest().counts.new == 15


def test_a_watch_without_the_lead_topics_is_led_by_its_own_first_three() -> None:
    topics = tuple(Topic(name, name.title()) for name in ("rain", "snow", "hail", "fog"))
    made = digest(
        (a_paper(1, tags=["snow"]), a_paper(2, tags=["fog"])), watch=WatchFacts("weather", "Weather", topics)
    )
    assert [(section.id, section.heading) for section in made.sections] == [
        ("snow", "Snow"),
        ("other", "Other new papers"),
    ]


def test_a_digest_is_quiet_only_when_searched_and_empty() -> None:
    assert digest(()).state == "quiet"
    assert digest(papers()[:1]).state == "normal"
    assert digest((), retraction()[:1]).state == "normal"
    assert digest((), search=replace(digest().search, failed=True)).state == "failed"
    assert (
        digest(papers(), search=replace(digest().search, not_searched_since=digest().now)).state == "failed"
    )


@pytest.mark.parametrize(
    ("days", "words"),
    [(1, "1 day"), (3, "3 days"), (7, "7 days"), (14, "2 weeks"), (28, "4 weeks"), (30, "1 month"),
     (180, "6 months"), (365, "1 year"), (730, "2 years"), (100, "100 days")],
)  # fmt: skip
def test_a_follow_up_is_said_as_papers_say_it(days: int, words: str) -> None:
    assert in_words(days) == words


def test_labels_come_from_the_rules_and_an_id_without_one_is_still_readable() -> None:
    unlabelled = replace(WATCH, labels={**LABELS, "design": {}})
    made = digest((a_paper(1, design="cross-sectional"),), watch=unlabelled)
    assert made.sections[0].cards[0].badges[0].text == "cross sectional"


def test_forty_papers_all_have_their_place() -> None:
    assert len(places(forty())) == 40


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("four weeks", "follow-up four weeks"),
        ("28 days", "follow-up 28 days"),
        ("weeks 4", "follow-up 4 weeks"),
    ],
)
def test_a_follow_up_is_shown_as_the_paper_says_it_where_that_reads_well(said: str, shown: str) -> None:
    owed = a_paper(1, followup_days=28, result=f"Seen at {said}.")
    assert owed.findings
    findings = replace(owed.findings, spans={"followup_days": (span(owed.paper.abstract, said),)})
    badges = digest((replace(owed, findings=findings),)).sections[0].cards[0].badges
    assert [badge.text for badge in badges] == [shown]
