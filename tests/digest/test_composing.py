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
from litwatch.decide.badges import badges, flags, in_words
from litwatch.decide.digest import Digest, DigestPaper, Earlier, SearchFacts, Topic, WatchFacts, compose
from litwatch.decide.harms import harm_label
from litwatch.decide.ordering import order_key, rank
from litwatch.decide.quoting import LONGEST_QUOTE, LONGEST_SHORT_QUOTE, quote
from litwatch.decide.shorten import shorten
from litwatch.paper import Link, Paper, PublicationType, Span


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
    assert full == {
        "guidelines": [400],
        "efficacy": [108, 107, 106],
        "safety": [201, 200],
        "long_term": [300],
    }


def test_a_guideline_on_treatment_stands_in_full_and_first_whatever_its_topics() -> None:
    trials = [
        a_paper(100 + n, tags=["efficacy"], design="rct", participants=100 + n, relevant=True)
        for n in range(9)
    ]
    of_a_lead = a_paper(200, tags=["efficacy"], design="guideline", relevant=True)
    of_none = a_paper(300, tags=["access_practice"], design="guideline", relevant=True)
    without_topic = a_paper(400, tags=[], design="guideline", relevant=True)
    around_surgery = a_paper(500, tags=["efficacy"], design="guideline", setting="perioperative")
    made = digest((*trials, of_a_lead, of_none, without_topic, around_surgery))
    full = [(section.id, [card.pmid for card in section.cards]) for section in made.sections]
    assert full == [("guidelines", [400, 300]), ("efficacy", [200, 108, 107, 106, 105])]
    assert places(made)[500] == "settings"
    assert (made.counts.guidelines, made.counts.in_sections, made.counts.new) == (3, 12, 13)
    kept = {each.pmid for section in shorten(made, 3).sections for each in section.cards}
    assert kept == {400, 300, 200}
    assert made.guidelines == (400, 300, 200)
    assert shorten(made, 0, 0).guidelines == ()


def test_a_watch_that_has_guidelines_as_a_leading_topic_lists_them_once() -> None:
    watch = WatchFacts("made-up", "Made up", (Topic("guidelines", "Guidelines"), Topic("other", "Other")))
    owed = (a_paper(1, tags=["guidelines"], design="guideline"), a_paper(2, tags=["other"]))
    made = digest(owed, watch=watch)
    assert [(section.id, section.papers) for section in made.sections] == [("guidelines", 1), ("other", 1)]


@pytest.mark.parametrize("case", cases("denials.toml"), ids=lambda case: str(case["sentence"]))
def test_no_word_of_a_denial_is_marked(case: dict[str, Any]) -> None:
    sentence = "Before it. " + case["sentence"]
    paper = Paper(1, abstract=sentence)
    whole = span(sentence, case["sentence"])
    marks = [span(sentence, word) for word in case["words"]]
    shown = quote("Result", paper, whole, marks)
    assert shown
    assert [piece.text for piece in shown.pieces if piece.marked] == case["marked"]
    assert "".join(piece.text for piece in shown.pieces) == case["sentence"]


@pytest.mark.parametrize(("design", "expected"), [("rct", ["compared with placebo"]), ("review", [])])
def test_the_title_says_the_control_of_a_trial_where_its_quotes_do_not(
    design: str, expected: list[str]
) -> None:
    owed = a_paper(1, design=design, title="A placebo-controlled trial", result="Mood rose.")
    (card,) = digest((owed,)).sections[0].cards
    assert [each.text for each in card.badges if each.kind == "comparator"] == expected


def test_the_methods_say_the_control_where_neither_quotes_nor_title_do() -> None:
    owed = a_paper(1, design="rct", title="Ketamine in depression", result="Mood rose.")
    assert owed.findings
    spans = {"comparator": (Span("abstract", 0, 9, "midazolam"),)}
    found = badges(replace(owed.findings, spans=spans), LABELS, [], owed.paper.title)
    assert [each.text for each in found if each.kind == "comparator"] == ["compared with midazolam"]
    called = badges(replace(owed.findings, spans=spans), LABELS, [], "A placebo-controlled trial")
    assert [each.text for each in called if each.kind == "comparator"] == ["compared with placebo"]


@pytest.mark.parametrize(
    ("words", "design", "told"),
    [
        ("secondary analysis", "rct", "Secondary analysis of a randomised trial"),
        ("pooled analysis", "rct", "Secondary analysis of randomised trials"),
        ("data from two open-label trials", "trial", "Secondary analysis of trials"),
    ],
)
def test_what_is_analysed_again_is_one_trial_or_several(words: str, design: str, told: str) -> None:
    owed = a_paper(1, design=design, secondary=True)
    assert owed.findings
    spans = {"secondary": (Span("title", 0, len(words), words),)}
    assert flags(replace(owed.findings, spans=spans)) == (told,)


def test_how_many_were_given_a_dose_is_no_part_of_it() -> None:
    owed = a_paper(1, design="rct", dose=["ketamine (3 mg/kg; n = 40)", "ketamine (1 mg/kg)"])
    assert owed.findings
    doses = [each.text for each in badges(owed.findings, LABELS) if each.kind == "dose"]
    assert doses == ["ketamine (3 mg/kg)", "ketamine (1 mg/kg)"]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"result": "Ten trials were found.", "conclusion": "It may help."}, ["Authors’ conclusion"]),
        ({"result": "Ten trials were found."}, ["From the review"]),
    ],
    ids=str,
)
def test_a_narrative_review_has_no_result_but_what_its_authors_conclude(
    said: dict[str, str], expected: list[str]
) -> None:
    made = digest((a_paper(1, design="review", **said),))
    assert [each.label for each in made.sections[0].cards[0].quotes] == expected


def test_a_gain_stands_with_the_difference_that_was_not_found_and_a_conclusion_with_what_takes_it_back() -> (
    None
):
    said = {
        "result": "The score was lower on day 1.",
        "no_difference": "Scores did not differ on day 30.",
        "conclusion": "It may help.",
        "caveat": "However, it did not last.",
    }
    made = digest((a_paper(1, design="rct", **said),))
    [card] = made.sections[0].cards
    assert [(each.label, each.span.text) for each in card.quotes] == [
        ("Result", said["result"]),
        ("No difference", said["no_difference"]),
        ("Authors’ conclusion", said["conclusion"]),
        ("But", said["caveat"]),
    ]
    missed = digest((a_paper(1, design="rct", **said, not_met="Remission failed non-inferiority."),))
    assert [each.label for each in missed.sections[0].cards[0].quotes] == [
        "Result",
        "But",
        "Authors’ conclusion",
        "But",
    ]
    by_title = digest((a_paper(1, design="rct", **said),), subscription=replace(READER, limit=0))
    [line] = by_title.sections[0].lines
    assert (line.quote, line.beside) == (replace(card.quotes[0], marks=()), replace(card.quotes[1], marks=()))


def test_a_result_that_is_null_by_its_figures_is_called_so() -> None:
    null = "The difference was 0.3 (95% CI -0.9 to 1.5)."
    made = digest((a_paper(1, design="rct", result=null, null=null, conclusion="It helps."),))
    told = [(each.label, each.span.text) for each in made.sections[0].cards[0].quotes]
    assert told == [("No difference", null), ("Authors’ conclusion", "It helps.")]


def test_what_was_common_stands_beside_a_grave_harm() -> None:
    said = {
        "harm": "Nine patients died.",
        "common_harm": "Headache occurred in 37%.",
        "result": "Scores fell.",
    }
    made = digest((a_paper(1, design="cohort", tags={"safety": ["died"]}, **said),))
    [card] = [card for section in made.sections for card in section.cards]
    told = [(each.label, each.span.text) for each in card.quotes]
    assert told == [("Harm", said["harm"]), ("Harm", said["common_harm"]), ("Result", said["result"])]


@pytest.mark.parametrize(
    ("said", "mark"),
    [
        ({"result": "The score fell by 3 and 4.", "null": "The score fell by 3 and 4."}, "No difference"),
        ({"result": "Scores at relapse did not differ from those at baseline."}, ""),
        ({"result": "The score was lower than on placebo."}, ""),
        ({"result": "Scores did not differ between the groups."}, "No difference"),
        ({"result": "Both groups improved, but did not differ between drugs."}, "No difference"),
        ({"result": "It was 6 points lower, although this was not significant."}, "No difference"),
        (
            {"result": "Scores were lower on day 1, and no difference was seen on day 30."},
            "No difference in part",
        ),
        ({"result": "The score fell.", "not_met": "Response failed non-inferiority."}, "An outcome not met"),
        ({"result": "The score fell.", "no_difference": "Groups were alike."}, "No difference in part"),
        (
            {"result": "The score fell.", "caveat": "However, it did not reduce relapse."},
            "No difference in part",
        ),
        ({"result": "The score fell.", "caveat": "However, it did not add adverse events."}, ""),
        ({"result": "Adverse events did not differ between the groups."}, ""),
        ({"result": "Before treatment the groups did not differ between them at baseline."}, ""),
    ],
    ids=str,
)
def test_a_title_whose_abstract_found_no_difference_is_marked(said: dict[str, str], mark: str) -> None:
    by_title = replace(READER, limit=0)
    cohort = digest((a_paper(1, design="cohort", **said),), subscription=by_title)
    assert [each.doubt for each in cohort.sections[0].lines] == [mark]  # nothing of it is quoted
    trial = digest((a_paper(1, design="rct", **said),), subscription=by_title)
    told = "no_difference" in said or "not_met" in said
    assert [each.doubt for each in trial.sections[0].lines] == ["" if told else mark]
    case = digest((a_paper(1, design="case", **said),), subscription=by_title)
    assert [each.doubt for each in case.sections[0].lines] == [""]


@pytest.mark.parametrize(
    ("sentence", "label"),
    [
        ("The treatment was safe and well tolerated.", "Tolerability"),
        ("No serious adverse events occurred and safety was good.", "Tolerability"),
        ("It was well tolerated; dissociation occurred in 31%.", "Harm"),
        ("No serious adverse events occurred, but nausea was common.", "Harm"),
        ("Three patients fell.", "Harm"),
        ("No subject described adverse symptoms.", "Tolerability"),
        ("There was relief with only minimal side effects.", "Tolerability"),
        ("Adverse events were similar in the two groups.", "Tolerability"),
        ("It lowered the occurrence of nausea and vomiting.", "Tolerability"),
        ("No serious adverse events, nausea or dissociation were seen.", "Tolerability"),
        ("Neither dose increased the incidence of dizziness.", "Tolerability"),
        ("Nausea (57% v 74%) was less common.", "Harm"),
        ("Side effects were rare, the most common being nausea.", "Harm"),
        ("It raised the risk of adverse mental events without lasting harm.", "Harm"),
        ("There was no difference in all, although women had more headaches.", "Harm"),
        ("Lamotrigine failed to attenuate the side effects of ketamine.", "Harm"),
        ("Adverse effects were not systematically studied.", "Harm"),
    ],
)
def test_praise_that_names_no_event_is_not_called_a_harm(sentence: str, label: str) -> None:
    assert harm_label(sentence) == label
    made = digest((a_paper(1, tags=["safety"], harm=sentence),))
    assert [each.label for each in made.sections[0].cards[0].quotes] == [label]


@pytest.mark.parametrize(
    "facts", [{"subjects": "animal"}, {"design": "laboratory"}, {"setting": "preclinical"}], ids=str
)
def test_work_on_animals_and_cells_shows_no_participants(facts: dict[str, str]) -> None:
    owed = a_paper(1, participants=12, **{"design": "trial", **facts})
    made = digest((owed,))
    assert [each.participants for group in made.elsewhere[0].groups for each in group.lines] == [None]
    assert owed.findings
    assert "participants" not in {each.kind for each in badges(owed.findings, LABELS)}


def test_topics_that_the_reader_did_not_choose_are_listed_by_title() -> None:
    owed = (a_paper(1, tags=["efficacy"]), a_paper(2, tags=["efficacy", "safety"]))
    made = digest(owed, subscription=replace(READER, topics=frozenset({"safety"})))
    assert places(made) == {1: "efficacy", 2: "safety"}
    assert [card.pmid for section in made.sections for card in section.cards] == [2]


def test_designs_that_the_reader_did_not_choose_are_listed_by_title() -> None:
    owed = (a_paper(1, design="rct"), a_paper(2, design="cohort"), a_paper(3))
    reader = replace(READER, designs=frozenset({"rct"}))
    made = digest(owed, subscription=reader)
    assert places(made) == dict.fromkeys((1, 2, 3), "efficacy")
    assert [card.pmid for section in made.sections for card in section.cards] == [1]
    assert made.wishes == ("these study designs in full: Randomised trial",)


def test_a_setting_that_the_reader_promotes_stands_with_treatment_and_says_which_it_is() -> None:
    owed = (
        a_paper(1, design="rct", setting="perioperative"),
        a_paper(2, design="rct", setting="ect-anaesthesia"),
        a_paper(3, design="rct"),
        a_paper(4, setting="preclinical"),
    )
    made = digest(owed, subscription=replace(READER, settings=frozenset({"perioperative"})))
    assert places(made) == {1: "efficacy", 2: "settings", 3: "efficacy", 4: "preclinical"}
    badges = {card.pmid: [(each.kind, each.text) for each in card.badges] for card in made.sections[0].cards}
    assert ("setting", "around surgery and birth") in badges[1]
    assert not [kind for kind, _ in badges[3] if kind == "setting"]
    assert made.wishes == ("beside treatment: Around surgery and birth",)


def test_a_brief_digest_has_every_paper_by_its_title_with_the_results_of_trials() -> None:
    made = digest(subscription=replace(READER, detail="brief"))
    assert made.full_cards == 0
    assert made.pmids == digest().pmids
    lines = {each.pmid: each for section in made.sections for each in section.lines}
    assert lines[99100001].quote
    assert "-1.9" in lines[99100001].quote.span.text
    assert made.wishes == ("every paper by its title",)


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


def test_every_primary_randomised_trial_is_counted_and_those_on_treatment_apart() -> None:
    counts = digest().counts
    assert (counts.randomised, counts.randomised_on_treatment, counts.new) == (4, 1, 15)
    animals = digest((a_paper(1, design="rct", subjects="animal"), a_paper(2, design="rct", secondary=True)))
    assert animals.counts.randomised == 0


def test_syntheses_do_not_take_every_card_of_a_section() -> None:
    owed = [a_paper(100 + number, design="meta-analysis", participants=900 - number) for number in range(9)]
    owed += [a_paper(200 + number, design="rct", participants=90 - number) for number in range(3)]
    owed += [a_paper(300, design="case")]
    made = digest(tuple(owed), subscription=replace(READER, limit=5))
    assert [card.pmid for card in made.sections[0].cards] == [100, 101, 102, 200, 201]
    fewer = shorten(made, 2)
    assert [card.pmid for card in fewer.sections[0].cards] == [100, 200]
    alone = digest(tuple(owed[:9]), subscription=replace(READER, limit=5))
    assert [card.pmid for card in alone.sections[0].cards] == [100, 101, 102, 103, 104]


@pytest.mark.parametrize(
    ("facts", "label"),
    [
        ({"design": "rct"}, "Result"),
        ({"design": "meta-analysis"}, "Result"),
        ({"design": "trial", "tags": ["bipolar"]}, "Result"),
        ({"design": "rct", "tags": ["safety"]}, "Harm"),
        ({"design": "cohort"}, None),
        ({"design": "cohort", "tags": ["safety"]}, "Harm"),
        ({"design": "rct", "setting": "perioperative"}, "Result"),
        ({"design": "rct", "setting": "perioperative", "tags": ["mechanism"]}, None),
        ({"design": "rct", "relevant": False}, None),
    ],
    ids=str,
)
def test_a_trial_by_its_title_still_says_what_it_found(facts: dict[str, Any], label: str | None) -> None:
    owed = a_paper(7, result="It did not differ.", harm="Two fell.", conclusion="It works.", **facts)
    made = digest((owed,), subscription=replace(READER, limit=0))
    lines = [each for section in made.sections for each in section.lines]
    lines += [each for section in made.elsewhere for group in section.groups for each in group.lines]
    assert len(lines) == 1
    words = lines[0].quote
    assert (words.label if words else None) == label
    if words:
        assert words.span.text == {"Result": "It did not differ.", "Harm": "Two fell."}[words.label]


def test_a_card_that_becomes_a_line_keeps_its_result_cut_short_and_visibly() -> None:
    long = "It did not differ " + "in any of the groups " * 25 + "at all."
    made = digest((a_paper(7, design="rct", result=long),))
    assert not made.sections[0].cards[0].quotes[0].cut
    words = shorten(made, 0).sections[0].lines[0].quote
    assert words
    assert words.cut
    assert long.startswith(words.span.text)
    assert len(words.span.text) <= LONGEST_SHORT_QUOTE


def a_notice(pmid: int, title: str, *, links: tuple[Link, ...] = (), **facts: Any) -> DigestPaper:
    """The record of a notice."""
    owed = a_paper(pmid, title=title, tags=[], **{"design": "notice", **facts})
    return replace(owed, paper=replace(owed.paper, title=title, links=links))


@pytest.mark.parametrize(
    ("notice", "kind"),
    [
        (a_notice(9, "Retraction: ketamine in depression", links=(Link("RetractionOf", 7),)), "retraction"),
        (a_notice(9, "A concern", links=(Link("ExpressionOfConcernFor", 7),)), "concern"),
        (a_notice(9, "Correction", links=(Link("ErratumFor", 7),), design="comment"), "correction"),
    ],
    ids=["retraction", "concern", "erratum"],
)
def test_a_notice_told_in_the_alerts_is_no_new_paper_and_listed_once(notice: DigestPaper, kind: str) -> None:
    sent = datetime(2026, 1, 12, tzinfo=UTC)
    for known in ((), (NoticeFacts(7, kind, 9, sent_at=sent),)):
        made = digest((notice, a_paper(8)), known)
        told = [*made.alerts, *made.corrections]
        assert [(each.kind, each.pmid, each.notice_pmid) for each in told] == [(kind, 7, 9)]
        assert told[0].sent_at == (sent if known else None)
        assert not told[0].unidentified
        assert made.counts.new == 1
        assert places(made) == {8: "efficacy"}
        assert made.pmids == (8, 9)


@pytest.mark.parametrize(
    ("notice", "kind"),
    [
        (a_notice(9, "Expression of Concern: ketamine and depression"), "concern"),
        (a_notice(9, "Retraction: ketamine and depression", relevant=False), "retraction"),
        (a_notice(9, "Ketamine", links=(Link("RetractionOf", None, "J Made-Up. 2020"),)), "retraction"),
    ],
    ids=["concern", "retraction", "link without a PMID"],
)
def test_a_grave_notice_without_its_paper_is_an_alert_all_the_same(notice: DigestPaper, kind: str) -> None:
    made = digest((notice,))
    assert [(each.kind, each.pmid, each.unidentified, each.title) for each in made.alerts] == [
        (kind, 9, True, notice.paper.title)
    ]
    assert (made.counts.retractions, made.counts.concerns) == (kind == "retraction", kind == "concern")
    assert (made.counts.new, made.pmids, places(made)) == (0, (9,), {})


def test_an_unlinked_concern_is_known_by_its_publication_type_and_an_erratum_is_none() -> None:
    typed = a_notice(9, "Ketamine and depression", design="other")
    types = (PublicationType("Expression of Concern", ""),)
    typed = replace(typed, paper=replace(typed.paper, publication_types=types))
    assert [(each.kind, each.unidentified) for each in digest((typed,)).alerts] == [("concern", True)]
    erratum = digest((a_notice(9, "Correction to: ketamine and depression"),))
    assert (erratum.alerts, places(erratum)) == ((), {9: "protocols"})
    study = digest((a_paper(9, title="A retracted limb", design="rct"),))
    assert study.alerts == ()


def test_a_new_version_that_is_a_paper_itself_keeps_its_place() -> None:
    newer = a_paper(9, design="rct")
    newer = replace(newer, paper=replace(newer.paper, links=(Link("UpdateOf", 7),)))
    made = digest((newer,), (NoticeFacts(7, "update", 9),))
    assert places(made) == {9: "efficacy"}
    assert made.counts.new == 1


@pytest.mark.parametrize(
    ("query", "asked"),
    [
        ("# all names\nketamine[ti] # short\n  OR\tesketamine[ti]\n#\n", "ketamine[ti] OR esketamine[ti]"),
        ('"treatment # 3"[ti] OR depression # "not" this', '"treatment # 3"[ti] OR depression'),
        ("#1 AND ketamine", "#1 AND ketamine"),
        ("", ""),
    ],
)
def test_the_query_is_said_without_the_comments_of_its_file(query: str, asked: str) -> None:
    assert SearchFacts(query=query).asked == asked


@pytest.mark.parametrize(("filled", "shown"), [(0, False), (1, False), (2, True), (4, True)])
def test_bars_are_drawn_only_where_there_is_something_to_compare(filled: int, shown: bool) -> None:
    weeks = {"efficacy": (0,) * (12 - filled) + (2,) * filled, "safety": (0,) * 11 + (bool(filled),)}
    made = compose(
        papers(), (), weeks, watch=WATCH, subscription=READER, search=SearchFacts(), now=digest().now
    )
    assert bool(made.glance[0].weeks) is shown
    assert bool(made.glance[0].bars) is shown


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
    quiet = replace(digest().search, wanted=())
    assert digest((), search=quiet).state == "quiet"
    for doubtful in (
        {"wanted": (99100099,)},
        {"held": 90},
        {"reason": "25 of 101 papers left PubMed's list"},
        {"last_searched": digest().subscription.period_start},  # in the run of the digest before
    ):
        assert digest((), search=replace(quiet, **doubtful)).state == "normal"
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


@pytest.mark.parametrize(
    ("sent", "numbers", "more", "position", "total"),
    [
        ((), (), 0, None, 0),
        ((3,), (), 0, 2, 2),
        ((3, 900), (4,), 0, 4, 4),
        ((3,), (900,), 0, 2, 3),
        ((), (900,), 0, 1, 2),
        ((3,), (4,), 7, None, 10),
    ],
    ids=str,
)
def test_a_report_of_a_trial_knows_the_how_manieth_it_is(
    sent: tuple[int, ...], numbers: tuple[int, ...], more: int, position: int | None, total: int
) -> None:
    when = datetime(2026, 1, 12, tzinfo=UTC)
    reports = [Earlier(pmid, f"Report {pmid}", "NCT09900001", when) for pmid in sent]
    reports += [Earlier(pmid, f"Report {pmid}", "NCT09900001") for pmid in numbers]
    owed = replace(a_paper(7), earlier=tuple(reports), more_earlier=more)
    told = digest((owed,)).sections[0].cards[0].threads
    assert [(each.registration, each.position, each.total) for each in told] == (
        [("NCT09900001", position, total)] if total else []
    )
    assert [each.pmid for thread in told for each in (*thread.sent, *thread.others)] == [*sent, *numbers]


def test_reports_of_two_trials_are_two_threads() -> None:
    reports = (
        Earlier(3, "One", "NCT09900001"),
        Earlier(4, "Two", "NCT09900002"),
        Earlier(5, "Three", "NCT09900001"),
    )
    told = digest((replace(a_paper(7), earlier=reports, more_earlier=2),)).sections[0].cards[0].threads
    assert [(each.registration, each.position, each.total) for each in told] == [
        ("NCT09900001", None, 5), ("NCT09900002", 2, 2),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("quotes", "expected"),
    [
        ({"result": "MADRS fell more than with placebo (P=0.03)."}, "placebo"),
        ({"result": "It fell by 5 points.", "conclusion": "It was not superior to midazolam."}, "midazolam"),
        ({"result": "Response was 40%, versus 20% of those given active placebo."}, "active placebo"),
        ({"result": "Response was 40% with ketamine and 20% with quetiapine."}, "quetiapine"),
        ({"result": "It fell.", "harm": "Dissociation: 31% and 4% with midazolam."}, "midazolam"),
        ({"result": "Scores fell compared with baseline."}, None),
        ({"result": "Group A did better than group B, and better over time than the control group."}, None),
        ({"result": "Patients kept taking quetiapine and 31% responded."}, None),
        ({"result": "In this placebo-controlled trial scores fell."}, None),
        ({"conclusion": "It works."}, None),
    ],
    ids=str,
)  # fmt: skip
def test_what_a_quote_compares_with_is_said_in_its_words(
    quotes: dict[str, str], expected: str | None
) -> None:
    for design in ("rct", "case"):
        owed = a_paper(7, design=design, tags=["safety"], **quotes)
        told = [
            each.text for each in digest((owed,)).sections[0].cards[0].badges if each.kind == "comparator"
        ]
        assert told == ([f"compared with {expected}"] if expected and design == "rct" else [])


def test_why_a_paper_is_here_says_each_word_once() -> None:
    words = ["resistant depression", "depression", "treatment-resistant depression", "Remission", "relapse"]
    owed = made_up({"pmid": 7, "title": "Paper", "tags": {"efficacy": words}})
    [reason] = digest((owed,)).sections[0].cards[0].reasons
    assert reason.words == ("treatment-resistant depression", "Remission", "relapse")
