"""Proves what a reader is shown of an explanation: verbatim sentences, and why an entry was not given."""

from __future__ import annotations

from datetime import date

import pytest

from litwatch.edge.mesh import MeshFile
from litwatch.paper import MeshHeading, Paper, Qualifier, Section, Span
from litwatch.query.leaves import BY_NAME, Vocabulary
from litwatch.query.parse import parse
from litwatch.study.explained import Asked, Explained, PaperExplainer, asked_of
from litwatch.study.facets import Entry, Facet, Rules
from litwatch.study.places import Place, Places, marked
from litwatch.study.student import compile_rules

TODAY = date(2026, 3, 9)
ABSTRACT = (
    "METHODS: We gave 20 patients 0.5 mg/kg, i.v. RESULTS: Mood rose (P = .01). Harm was rare; harm was mild."
)
PAPER = Paper(
    99000001,
    title="Ketamine for depression",
    abstract=ABSTRACT,
    sections=(Section("METHODS", "methods", 9, 44), Section("RESULTS", "results", 54, len(ABSTRACT))),
    keywords=("mood", "harm reduction"),
    mesh=(
        MeshHeading("Humans"),
        MeshHeading(
            "Depressive Disorder, Treatment-Resistant", "D061218", qualifiers=(Qualifier("drug therapy"),)
        ),
    ),
)


def span(field: str, words: str, after: int = 0) -> Span:
    start = PAPER.text(field).index(words, after)
    return PAPER.span(field, start, start + len(words))


def shown(*spans: Span) -> list[tuple[str, str, str]]:
    return [
        (place.field, place.role, "".join(f"[{text}]" if on else text for text, on in place.pieces()))
        for place in Places(PAPER).of(spans)
    ]


def test_words_are_shown_in_their_sentence_those_of_one_sentence_together() -> None:
    first = span("abstract", "Harm")
    assert shown(
        span("title", "depression"), first, span("abstract", "harm"), span("abstract", "0.5 mg/kg")
    ) == [
        ("title", "", "Ketamine for [depression]"),
        ("abstract", "results", "[Harm] was rare; [harm] was mild."),
        ("abstract", "methods", "We gave 20 patients [0.5 mg/kg], i.v."),
    ]


def test_of_a_list_the_value_is_shown() -> None:
    assert shown(span("keywords", "harm"), span("keywords", "mood")) == [
        ("keywords", "", "[harm] reduction"),
        ("keywords", "", "[mood]"),
    ]


def test_words_across_two_sentences_and_words_of_a_label_are_shown_all_the_same() -> None:
    (across,) = Places(PAPER).of([span("abstract", ".01). Harm")])
    assert across.pieces()[-1] == (".01). Harm", True)
    (label,) = Places(PAPER).of([span("abstract", "RESULTS")])
    assert ("RESULTS", True) in label.pieces()


def test_a_long_sentence_is_cut_around_the_words_and_says_so() -> None:
    text = f"{'before ' * 90}ketamine{' after' * 90}."
    paper = Paper(99000001, abstract=text)
    start = text.index("ketamine")
    (place,) = Places(paper).of([paper.span("abstract", start, start + 8)])
    assert (place.cut_before, place.cut_after) == (True, True)
    assert ("ketamine", True) in place.pieces()
    assert place.text in text
    assert len(place.text) <= 320
    assert place.text.startswith("before")
    assert place.text.endswith("after")


@pytest.mark.parametrize("field", ["title", "abstract"])
@pytest.mark.parametrize("at", [0, *range(100, 900, 57), 1_090])
def test_what_is_cut_is_cut_between_words_and_only_where_there_is_more(field: str, at: int) -> None:
    words = [f"w{'o' * (number % 9)}rd{number}" for number in range(100)]
    text = " ".join(words)
    paper = Paper(
        99000001, title=text if field == "title" else "", abstract=text if field == "abstract" else ""
    )
    word = text[:at].count(" ")
    start = len(" ".join(words[:word])) + (word > 0)
    (place,) = Places(paper).of([paper.span(field, start, start + len(words[word]))])
    shown_words = place.text.split()
    first = words.index(shown_words[0])
    assert shown_words == words[first : first + len(shown_words)]
    assert (place.cut_before, place.cut_after) == (first > 0, first + len(shown_words) < len(words))
    assert (words[word], True) in place.pieces()
    longest = 110 if field == "title" else 320
    assert longest - 30 < len(place.text) <= longest  # as much as there is room for, less a word at each end
    assert first == 0 or word - first >= 3  # what stands before the words is shown as well


def test_a_word_without_a_blank_near_it_is_cut_where_there_is_room() -> None:
    text = f"Short start {'a' * 500}ketamine{'b' * 500} end."
    paper = Paper(99000001, abstract=text)
    start = text.index("ketamine")
    (place,) = Places(paper).of([paper.span("abstract", start, start + 8)])
    assert place.text == text[start - 70 : start + 8]
    assert (place.cut_before, place.cut_after) == (True, True)


@pytest.mark.parametrize(
    ("field", "role", "where"),
    [
        ("abstract", "methods", "abstract (methods)"),
        ("mesh", "", "heading"),
        ("publication_types", "", "publication type"),
        ("other_abstract", "", "other abstract"),
    ],
)
def test_where_words_stand_is_said_in_a_readers_words(field: str, role: str, where: str) -> None:
    assert Place(field, role, "x", ()).where == where


def test_every_place_is_verbatim_and_its_marks_are_the_spans() -> None:
    explainer = PaperExplainer(
        [Asked("q", parse("harm[tiab] OR mood[tiab] OR p[tiab] OR 20[tiab] OR results[tiab]"))]
    )
    (tree,) = explainer.explain(PAPER, "", TODAY).trees
    places = [place for row in tree.rows for place in row.places]
    assert len(places) >= 6
    for place in places:
        assert place.text in PAPER.text(place.field)
        assert "".join(text for text, _ in place.pieces()) == place.text
        assert {text.lower() for text, on in place.pieces() if on} <= {"harm", "mood", "p", "20", "results"}


def test_marked_text_is_the_text_in_pieces() -> None:
    spans = [Span("title", 2, 5, "cde"), Span("title", 4, 7, "efg"), Span("title", 9, 12, "jkl")]
    assert marked("abcdefghijklm", 1, 11, spans) == (
        ("b", False),
        ("cdefg", True),
        ("hi", False),
        ("jk", True),
    )
    assert Place("title", "", "ab", ()).pieces() == (("ab", False),)


@pytest.mark.parametrize(
    ("query", "by_name", "by_mesh"),
    [
        ('"depressive disorder"[mh]', None, ("Depressive Disorder, Treatment-Resistant",)),
        ('"mood disorders/therapy"[mh]', None, ("Depressive Disorder, Treatment-Resistant/drug therapy",)),
        ('"depressive disorder"[mh:noexp]', None, None),
        (
            '"depressive disorder, treatment-resistant"[mh]',
            ("Depressive Disorder, Treatment-Resistant",),
            ("Depressive Disorder, Treatment-Resistant",),
        ),
    ],
)
def test_a_heading_is_told_by_the_records_own(
    query: str, by_name: tuple[str, ...] | None, by_mesh: tuple[str, ...] | None
) -> None:
    for vocabulary, expected in ((BY_NAME, by_name), (Vocabulary(MeshFile()), by_mesh)):
        (tree,) = (
            PaperExplainer([Asked("q", parse(query))], vocabulary=vocabulary).explain(PAPER, "", TODAY).trees
        )
        (row,) = tree.rows
        assert (row.values if row.holds else None) == expected


# Facets


def entry(name: str, query: str, *sections: str, unless: str = "") -> Entry:
    return Entry(name, name, parse(query), frozenset(sections), parse(unless) if unless else None)


RULES = Rules(
    "w",
    (
        Facet(
            "topics",
            (
                entry("given", "mood[tiab]"),
                entry("taken", "harm[tiab]", unless="rare[tiab]"),
                entry("elsewhere", "patients[tiab]", "results"),
                entry("absent", "cost[tiab]"),
            ),
        ),
        Facet("design", (entry("one", "harm[tiab]"), entry("two", "mood[tiab]")), first_only=True),
        Facet("drugs", (entry("ketamine", "ketamine[tiab]"),)),
    ),
    relevance=entry("relevance", "depression[ti]"),
)


def facets(paper: Paper, rules: Rules = RULES) -> dict[str, list[tuple[str, str, str]]]:
    explained: Explained = PaperExplainer([], compile_rules(rules)).explain(paper, "", TODAY)
    return {name: [(one.id, one.state, one.reason) for one in entries] for name, entries in explained.facets}


def test_each_entry_says_what_became_of_it() -> None:
    told = facets(PAPER)
    # Which features spoke most is what was learnt; the first of them is what a reader would say, too.
    [*others, (name, state, reason)] = told["evidence"]
    told["evidence"] = [*others, (name, state, reason.split(",")[0])]
    assert told == {
        "relevance": [("relevance", "given", "")],
        "topics": [
            ("given", "given", ""),
            ("taken", "taken away", "its `unless` holds"),
            ("elsewhere", "elsewhere", "only outside its sections (results)"),
            ("absent", "absent", ""),
        ],
        "design": [("one", "given", ""), ("two", "passed over", "one comes first")],
        "drugs": [("ketamine", "given", "")],
        "evidence": [
            ("participants", "given", "20; by largest, role methods, first number"),
            ("result", "given", "by first p value or interval of its part"),
        ],
    }


def sentence(name: str, query: str, *sections: str) -> Entry:
    return Entry(name, name, parse("nothing[ti]"), frozenset(sections), sentence=parse(query))


def test_an_entry_that_a_sentence_earns_says_whether_its_words_stand_together() -> None:
    rules = Rules(
        "w",
        (
            Facet(
                "topics",
                (
                    sentence("together", "mood[tiab] AND rose[tiab]", "results"),
                    sentence("apart", "mood[tiab] AND harm[tiab]"),
                    sentence("outside", "patients[tiab] AND mg[tiab]", "title", "results"),
                    sentence("absent", "mood[tiab] AND cost[tiab]"),
                ),
            ),
        ),
    )
    assert facets(PAPER, rules)["topics"] == [
        ("together", "given", ""),
        ("apart", "elsewhere", "not in one sentence"),
        ("outside", "elsewhere", "not in one sentence, or outside its sections"),
        ("absent", "absent", ""),
    ]


@pytest.mark.parametrize(
    ("query", "matches", "words"),
    [
        ("harm[tiab] AND mild[tiab]", True, "Harm, harm, mild"),
        (
            "mood[tiab] AND mild[tiab] AND rare[tiab]",
            False,
            "rare, mild",
        ),  # the sentence that holds most of it
        ("patients[tiab] OR mood[tiab]", True, "patients"),  # the first of two
        ("ketamine[tiab] NOT mood[tiab]", True, "Ketamine"),
        ("cost[tiab]", False, ""),
    ],
)
def test_the_sentence_of_an_entry_is_explained_by_the_one_that_comes_nearest(
    query: str, matches: bool, words: str
) -> None:
    asked = asked_of("topics.x", sentence("x", query))
    _, tree = PaperExplainer(asked).explain(PAPER, "", TODAY).trees
    assert tree.asked.name == "one sentence of topics.x"
    assert tree.verdict.matches is matches
    found = sorted({one for row in tree.rows for one in row.spans}, key=lambda one: one.start)
    assert ", ".join(one.text for one in found) == words
    assert "one sentence must hold all of it: PubMed knows no sentences" in tree.asked.unlike_pubmed


def test_a_paper_off_the_subject_has_no_topics_and_that_is_said() -> None:
    off = Paper(99000002, title="Mood in the weather", abstract="Mood rose.")
    (given, *_) = facets(off)["topics"]
    assert given == (
        "given",
        "passed over",
        "the paper is off the subject: it names none of the watch's drugs",
    )


def test_a_notice_has_no_topics_and_that_is_said() -> None:
    notices = Rules(
        "w", (RULES.facets[0], Facet("design", (entry("notice", "ketamine[ti]"),), first_only=True))
    )
    assert facets(PAPER, notices)["topics"][0] == ("given", "passed over", "a notice is given no topics")


def test_what_is_given_is_what_the_rules_give() -> None:
    found = compile_rules(RULES).study(PAPER)
    given = {
        name: [one for one, state, _ in each if state == "given"] for name, each in facets(PAPER).items()
    }
    assert given["topics"] == list(found.tags)
    assert given["design"] == [found.design]
    assert given["drugs"] == list(found.drugs)


def test_what_stands_deeper_than_a_reader_is_shown_is_counted_in_one_line() -> None:
    query = parse("ketamine[ti] AND (mood[tiab] OR (harm[tiab] NOT (rats[ti] AND (mice[ti] OR cats[ti]))))")

    def told(deepest: int | None) -> list[tuple[int, str]]:
        explainer = PaperExplainer([Asked("q", query)], everything=True, deepest=deepest)
        (tree,) = explainer.explain(PAPER, "", TODAY).trees
        return [(row.depth, row.label) for row in tree.rows]

    whole = told(None)
    assert [depth for depth, _ in whole] == [0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]
    assert told(5) == told(6) == whole
    assert told(4) == [*whole[:9], (5, "... 1 more level")]
    assert told(2) == [*whole[:5], (3, "... 3 more levels")]
    assert told(0) == [whole[0], (1, "... 5 more levels")]
