"""The shipped rules: ids that other programs rely on, and a search that PubMed itself can read."""

from __future__ import annotations

import re

import pytest

from litwatch.paper import Paper
from litwatch.query.match import pubmed_only
from litwatch.query.parse import parse
from litwatch.query.tree import leaves
from litwatch.study.facets import ROLES, Entry, Facet, Rules
from litwatch.study.student import compile_rules
from study.rules import student, watch
from world import ROOT

TOPICS = """efficacy safety long_term rapid_onset treatment_resistance suicidality bipolar dosing_route mechanism
    cognition
    misuse relapse_maintenance access_practice"""
DESIGNS = """meta-analysis systematic-review rct trial cohort cross-sectional case qualitative review guideline protocol
    comment notice animal laboratory other"""
SETTINGS = "treatment perioperative ect-anaesthesia volunteers use preclinical other"


def ids(name: str) -> list[str]:
    facet = watch().rules.facet(name)
    assert facet is not None
    return [entry.id for entry in facet.entries]


def test_the_facets_have_the_ids_that_the_design_fixes() -> None:
    assert ids("topics") == TOPICS.split()
    assert sorted(ids("design")) == sorted(DESIGNS.split())
    assert sorted(ids("setting")) == sorted(SETTINGS.split())
    assert set(ids("subjects")) <= {"human", "animal", "laboratory", "mixed", "none"}
    assert ids("design")[:2] == ["notice", "protocol"]


def test_the_search_keeps_to_tags_and_truncation_that_pubmed_reads() -> None:
    terms = leaves(watch().query)
    assert {term.tag for term in terms} <= {"tiab", "mh", "nm", "tw", "ot"}
    short = [term.key for term in terms if "*" in term.text and term.text.index("*") < 4]
    assert short == []
    assert pubmed_only(watch().query) == ()


def test_every_query_of_the_rules_can_be_answered_from_a_record() -> None:
    entries = [entry for facet in watch().rules.facets for entry in facet.entries]
    for entry in entries:
        assert pubmed_only(entry.query) == ()
        assert entry.unless is None or pubmed_only(entry.unless) == ()
        assert entry.sections <= set(ROLES)


def test_the_general_facets_name_no_drug_of_the_watch() -> None:
    text = (ROOT / "config" / "facets.toml").read_text("utf-8").replace("ketamine-depression.toml", "")
    assert not re.search("ketamin|psilocybin|psychedelic", text, re.IGNORECASE)


def test_the_shipped_watch_has_no_sentinels_and_knows_makers() -> None:
    assert watch().sentinels == ()
    assert "Janssen" in watch().rules.makers


def rules_of(*entries: Entry, first_only: bool = False, name: str = "topics") -> Rules:
    return Rules("made-up", (Facet(name, entries, first_only=first_only),))


def entry(name: str, query: str, sections: str = "", unless: str = "") -> Entry:
    return Entry(name, name, parse(query), frozenset(sections.split()), parse(unless) if unless else None)


PAPER = Paper(
    pmid=1,
    title="Sleep after ketamine",
    abstract="BACKGROUND: Ketamine is safe. RESULTS: Sleep was longer in rats. CONCLUSIONS: Ketamine lengthens sleep.",
)


@pytest.mark.parametrize(
    ("one", "tags"),
    [
        (entry("x", "safe[tiab]"), ["x"]),
        (entry("x", "safe[tiab]", "title results conclusion"), []),
        (entry("x", "sleep[ti]", "title"), ["x"]),
        (entry("x", "sleep[tiab]", "results", "rats[tiab]"), []),
        (entry("x", "sleep[tiab]", "conclusion", "rats[tiab]"), ["x"]),
    ],
)
def test_sections_and_unless_say_where_a_query_counts(one: Entry, tags: list[str]) -> None:
    assert list(compile_rules(rules_of(one)).study(PAPER).tags) == tags


APART = Paper(
    pmid=99000001,
    title="Ketamine eases depression; mice",
    abstract="BACKGROUND: Mood rose within hours. METHODS: Mood was scored. Rats slept 24 hours. RESULTS: At 24 hours "
    "mood had risen. Mood was scored at 24 hours. CONCLUSIONS: More studies must tell of mood at 24 hours.",
    keywords=("mood", "24 hours", "mice"),
)


@pytest.mark.parametrize(
    ("sentence", "sections", "earned"),
    [
        ('mood[tiab] AND "24 hours"[tiab]', "results", "24 hours, mood, Mood, 24 hours"),
        ('mood[tiab] AND "24 hours"[tiab]', "methods", None),  # in two sentences
        ('mood[tiab] AND "24 hours"[tiab]', "conclusion", None),  # a wish
        ('mood[tiab] AND "24 hours"[tiab]', "", "24 hours, mood, Mood, 24 hours, mood, 24 hours"),
        ('"mood risen"[tiab:~1] AND "24 hours"[tiab]', "results", "24 hours, mood had risen"),
        ('mood[tiab] AND "24 hour*"[tiab] NOT scored[tiab]', "results", "24 hours, mood"),
        ("mood[tiab] NOT (hours[tiab] OR scored[tiab])", "methods results", None),
        ('"scored rats"[tiab]', "methods", None),  # a phrase over the end of a sentence
        ("depression[tiab] AND ketamine[ti]", "title", "Ketamine, depression"),  # the title is one
        ("ketamine[ti] AND mood[tiab]", "title results", None),
        ("mice[tiab] AND mood[tiab]", "", None),  # two keywords
        ("rats[tiab] OR cats[tiab]", "methods", "Rats"),
    ],
)
def test_one_sentence_must_hold_all_of_what_is_asked_of_a_sentence(
    sentence: str, sections: str, earned: str | None
) -> None:
    one = Entry("x", "x", parse("nothing[ti]"), frozenset(sections.split()), sentence=parse(sentence))
    found = compile_rules(rules_of(one)).study(APART).tags
    assert [span.text for span in found.get("x", ())] == (earned.split(", ") if earned else [])


def test_an_entry_is_earned_by_its_query_or_its_sentence_and_unless_takes_both_away() -> None:
    query, sentence = parse("mice[ti]"), parse('mood[tiab] AND "24 hours"[tiab]')
    results = frozenset(("results",))
    both = Entry("both", "both", query, sentence=sentence)
    gone = Entry("gone", "gone", parse("nothing[ti]"), results, parse("risen[tiab]"), sentence)
    stays = Entry("stays", "stays", parse("nothing[ti]"), results, parse("slept[tiab]"), sentence)
    found = compile_rules(rules_of(both, gone, stays)).study(APART).tags
    assert list(found) == ["both", "stays"]
    assert [span.field for span in found["both"]] == ["title", *["abstract"] * 6]


def test_the_value_of_a_facet_may_be_earned_by_a_sentence() -> None:
    nothing, first = parse("nothing[ti]"), parse("ketamine[ti] AND mice[ti]")
    facet = rules_of(
        Entry("a", "a", nothing, sentence=first),
        Entry("b", "b", parse("mice[ti]")),
        name="design",
        first_only=True,
    )
    findings = compile_rules(facet).study(APART)
    assert findings.design == "a"
    assert [span.text for span in findings.spans["design"]] == ["Ketamine", "mice"]


def test_of_a_facet_with_one_value_the_first_entry_that_matches_counts() -> None:
    facet = rules_of(
        entry("a", "nowhere[ti]"), entry("b", "sleep[ti]"), entry("c", "ketamine[ti]"), name="design"
    )
    findings = compile_rules(facet).study(PAPER)
    assert findings.design == "b"
    assert [span.text for span in findings.spans["design"]] == ["Sleep"]


def test_without_rules_a_paper_is_unknown_not_irrelevant() -> None:
    findings = compile_rules(Rules("made-up")).study(PAPER)
    assert (findings.relevant, findings.design, findings.industry) == (None, None, None)
    assert not findings.tags


def test_a_paper_off_the_subject_has_a_design_and_no_evidence() -> None:
    paper = Paper(
        pmid=1,
        title="Propranolol for migraine: a randomised trial",
        abstract="METHODS: We randomised 80 adults. RESULTS: Adverse events were rare. CONCLUSIONS: It was safe.",
    )
    findings = student().study(paper)
    assert (findings.relevant, findings.design) == (False, "rct")
    assert (findings.tags, findings.participants, findings.quotes.harm) == ({}, None, None)


@pytest.mark.parametrize(
    ("name", "drugs"),
    [("(R,S)-ketamine", ("ketamine",)), ("S-ketamine", ("esketamine",))],
)
def test_the_racemate_is_not_its_half(name: str, drugs: tuple[str, ...]) -> None:
    paper = Paper(
        pmid=99999999,
        title=f"Intranasal {name} in depression: a randomised trial",
        abstract=f"METHODS: We randomised 40 patients with depression to {name} or saline. "
        f"RESULTS: MADRS scores fell by 9 points with {name}. CONCLUSIONS: {name} improved depression.",
    )
    assert student().study(paper).drugs == drugs
