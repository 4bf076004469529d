"""Proves matching by a table of documented rules, and spans against plain regular expressions."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from datetime import date
from functools import cache
from pathlib import Path
from time import process_time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litwatch.errors import QueryError
from litwatch.paper import (
    Author,
    DataBank,
    Grant,
    Link,
    MeshHeading,
    OtherAbstract,
    Paper,
    Passage,
    PublicationType,
    Qualifier,
    Substance,
)
from litwatch.query.explain import explain
from litwatch.query.leaves import Vocabulary
from litwatch.query.match import Scope, approximate, compile_scopes, matches, pubmed_only
from litwatch.query.mesh import Heading
from litwatch.query.nlm_tables import Subheading, shipped_subheadings
from litwatch.query.parse import parse
from litwatch.query.proximity import near
from litwatch.query.tokens import fold
from litwatch.query.tree import evaluate, leaves
from litwatch.reading import json_lines
from world import shared

HERE = Path(__file__).parent
TODAY = date(2024, 2, 4)
PARTS = {
    "authors": Author, "investigators": Author, "publication_types": PublicationType, "substances": Substance,
    "grants": Grant, "data_banks": DataBank, "links": Link, "other_abstracts": OtherAbstract,
}  # fmt: skip


def frozen(value: Any) -> Any:
    """Lists as tuples, all the way down."""
    return tuple(map(frozen, value)) if isinstance(value, list) else value


def built(part: Any, row: dict[str, Any]) -> Any:
    return part(**{key: frozen(value) for key, value in row.items()})


@cache
def record(name: str) -> Paper:
    row = tomllib.loads((HERE / "records.toml").read_text("utf-8"))[name]
    values = {key: frozen(value) for key, value in row.items() if key not in PARTS and key != "mesh"}
    for key, part in PARTS.items():
        values[key] = tuple(built(part, one) for one in row.get(key, ()))
    values["mesh"] = tuple(
        MeshHeading(
            one["descriptor"],
            one["ui"],
            one.get("major", False),
            tuple(built(Qualifier, qualifier) for qualifier in one.get("qualifiers", ())),
        )
        for one in row.get("mesh", ())
    )
    return Paper(**values)


RULES = tomllib.loads((HERE / "matched.toml").read_text("utf-8"))["rule"]
CASES = [
    (query, rule["record"], expected)
    for rule in RULES
    for expected, word in ((True, "yes"), (False, "no"))
    for query in rule[word]
]


@pytest.mark.parametrize(("query", "name", "expected"), CASES)
def test_a_query_matches_a_record_as_documented(query: str, name: str, expected: bool) -> None:
    assert matches(parse(query), record(name), TODAY) is expected


def test_all_cases_in_one_matcher_give_the_same_answers() -> None:
    """What compiles together must not disturb each other: shared needles, shared zones, shared values."""
    matcher = compile_scopes([Scope(parse(query)) for query, _, _ in CASES])
    for name in ("trial", "retraction", "bare", "seasonal", "chapter"):
        reading = matcher.read(record(name), (), TODAY)
        for index, (query, asked, expected) in enumerate(CASES):
            if asked == name:
                assert reading.matches(index) is expected, query
        assert reading.matching() == tuple(index for index in range(len(CASES)) if reading.matches(index))


def found(
    query: str, name: str = "trial", sections: str = "", passages: tuple[Passage, ...] = ()
) -> list[tuple[str, str]]:
    matcher = compile_scopes([Scope(parse(query), frozenset(sections.split()))])
    paper = record(name)
    spans = matcher.read(paper, passages, TODAY).spans(0)
    for span in spans:
        assert paper.text(span.field)[span.start : span.end] == span.text
    return [(span.field, span.text) for span in spans]


SPANS: list[tuple[str, list[tuple[str, str]]]] = [
    ("ketamine[tiab]", [("title", "Ketamine"), ("abstract", "Ketamine"), ("abstract", "ketamine")]),
    ("beta-block*[tiab]", [("title", "β-blockers")]),
    ("naive patients[tiab]", [("abstract", "naïve patients")]),
    ("NMDA[tiab]", [("keywords", "NMDA")]),
    ("rapid-acting[ot]", [("keywords", "Rapid-acting")]),
    ('"weekly esketamine"[tiab:~1]', [("abstract", "esketamine, given weekly")]),
    ('"treat* resist*"[tiab]', [("title", "treatment-resistant")]),
    ("humans[mh]", [("mesh", "Humans")]),
    ("ketamine/ae[mh]", [("mesh", "Ketamine")]),
    ("journal article[pt]", [("publication_types", "Journal Article")]),
    ("esketamine[nm]", [("substances", "Esketamine")]),
    ("nice[ad]", [("affiliations", "Nice")]),
    ("J Affect Disord[ta]", [("journal", "Journal of affective disorders")]),
    ("english[la]", []),
    ("2024[crdt]", []),
    ("mice[ti]", []),
    ("esketamine[tiab] AND weekly[tiab]", [("abstract", "esketamine"), ("abstract", "weekly")]),
    ("weekly[tiab] OR mice[tiab] OR safe[tiab]", [("abstract", "weekly"), ("abstract", "safe")]),
    ("weekly[tiab] NOT mice[tiab]", [("abstract", "weekly")]),
    ("weekly[tiab] NOT (safe[tiab] AND mice[tiab])", [("abstract", "weekly")]),
    ("(weekly[tiab] AND mice[tiab]) OR safe[tiab]", [("abstract", "safe")]),
    (
        "weekly[tiab] AND (weekly[ti] OR given weekly[tiab])",
        [("abstract", "given weekly"), ("abstract", "weekly")],
    ),
]


@pytest.mark.parametrize(("query", "expected"), SPANS)
def test_spans_are_the_words_that_made_the_query_true(query: str, expected: list[tuple[str, str]]) -> None:
    assert found(query) == expected


def passages_of(paper: Paper) -> tuple[Passage, ...]:
    starts = [paper.abstract.index(label) for label in ("AIM", "RESULTS", "CONCLUSIONS")]
    ends = [*starts[1:], len(paper.abstract)]
    roles = ("aim", "results", "conclusion")
    return tuple(Passage(role, start, end) for role, start, end in zip(roles, starts, ends, strict=True))


SECTIONS: list[tuple[str, str, list[tuple[str, str]]]] = [
    ("ketamine[tiab]", "results", [("abstract", "Ketamine")]),
    ("ketamine[tiab]", "conclusion", [("abstract", "ketamine")]),
    ("ketamine[tiab]", "title", [("title", "Ketamine")]),
    ("ketamine[tiab]", "title conclusion", [("title", "Ketamine"), ("abstract", "ketamine")]),
    ("ketamine[tiab]", "aim methods", []),
    ("safe[tiab]", "results", []),
    ("depression[ti]", "results", []),
    ("humans[mh]", "results", [("mesh", "Humans")]),
    ("NMDA[ot]", "results", [("keywords", "NMDA")]),
    ("NMDA[tiab]", "results title", []),
    ('"ketamine mg"[tiab:~2]', "results", [("abstract", "Ketamine (0.5 mg")]),
    ('"ketam* 0.5*"[tiab]', "conclusion", []),
    ('"keta*ine 0*"[tiab]', "results", [("abstract", "Ketamine (0")]),
    ('"rose p 0 05 conclusions"[tiab]', "results conclusion", []),
    ("weekly[tiab] AND safe[tiab]", "aim conclusion", [("abstract", "weekly"), ("abstract", "safe")]),
]


@pytest.mark.parametrize(("query", "sections", "expected"), SECTIONS)
def test_sections_say_where_text_counts(query: str, sections: str, expected: list[tuple[str, str]]) -> None:
    passages = passages_of(record("trial"))
    assert found(query, "trial", sections, passages) == expected
    assert found(query, "trial", sections, passages[::-1]) == expected


def test_passages_change_nothing_for_a_query_without_sections() -> None:
    for query, name, expected in CASES:
        if name == "trial":
            reading = compile_scopes([Scope(parse(query))]).read(
                record(name), passages_of(record(name)), TODAY
            )
            assert reading.matches(0) is expected, query


def test_neighbouring_passages_of_one_role_are_one() -> None:
    paper = Paper(1, abstract="We gave ketamine. Infusion was slow.")
    passages = (Passage("methods", 0, 17), Passage("methods", 18, 36))
    reading = compile_scopes([Scope(parse('"ketamine infusion"[tiab]'), frozenset(("methods",)))]).read(
        paper, passages
    )
    assert [span.text for span in reading.spans(0)] == ["ketamine. Infusion"]


def test_what_only_pubmed_can_answer_is_named() -> None:
    query = parse("a[ti] AND (systematic[sb] OR medline[sb]) NOT free full text[filter] OR x[pa]")
    assert [term.key for term in pubmed_only(query)] == ["systematic[sb]", "free full text[sb]", "x[pa]"]
    assert [term.key for term in approximate(parse('a[ti] b OR "c" AND d[all]'))] == ["b", '"c"']


def test_a_relative_date_without_today_is_an_error_not_a_guess() -> None:
    with pytest.raises(QueryError, match="today"):
        matches(parse('"last 30 days"[crdt]'), record("trial"))


def test_very_deep_queries_match_without_a_deep_stack() -> None:
    query = parse("ketamine[ti]" + " AND ketamine[ti] OR mice[ti]" * 5000)
    assert matches(query, record("trial"))
    assert not matches(query, record("retraction"))


WORDS = st.sampled_from(
    [
        "ketamine",
        "Ketamine",
        "KETAMINE",
        "ketamina",
        "β",
        "beta",
        "naïve",
        "naive",
        "5-HT2A",
        "(S)-ketamine",
        "e\u0301tude",
        "½",
        "ß",
    ]
)
GLUE = st.sampled_from([" ", ", ", "-", ". ", "; ", "\u2013", "'", "\u00a0", ""])


@st.composite
def texts(draw: st.DrawFn) -> str:
    return "".join(draw(WORDS) + draw(GLUE) for _ in range(draw(st.integers(0, 12))))


NEEDLES = [
    "ketamine",
    "ketamin*",
    "beta",
    "naive",
    "5-HT2A",
    '"s ketamine"',
    "etude",
    "ss",
    "ketamine beta",
    "1",
    "keta*ine",
    "beta naive*",
]


@given(title=texts(), abstract=texts())
def test_presence_and_spans_agree_with_a_regular_expression_over_folded_text(
    title: str, abstract: str
) -> None:
    paper = Paper(1, title=title, abstract=abstract)
    reading = compile_scopes([Scope(parse(f"{needle}[tiab]")) for needle in NEEDLES]).read(paper)
    for index, needle in enumerate(NEEDLES):
        plain = fold(needle.replace("*", "qqq")).split()
        pattern = r"(?<![^ ])" + " +".join(word.replace("qqq", "[^ ]*") for word in plain) + r"(?![^ ])"
        expected = [
            (field, fold(text)[match.start() : match.end()].split())
            for field, text in (("title", title), ("abstract", abstract))
            for match in re.finditer(pattern, fold(text))
        ]
        spans = reading.spans(index)
        assert reading.matches(index) is bool(expected)
        assert [span.field for span in spans] == [field for field, _ in expected]
        for span, (_, words) in zip(spans, expected, strict=True):
            assert paper.text(span.field)[span.start : span.end] == span.text
            assert " ".join(words) in " ".join(fold(span.text).split())


def test_one_matcher_over_real_records_agrees_with_set_logic_on_single_terms() -> None:
    """The whole query and its terms, evaluated one by one and combined as sets, must say the same."""
    with shared("corpus/ketamine.jsonl").open("rb") as stream:
        papers = [one for one in json_lines.read(stream) if isinstance(one, Paper)]
    queries = [
        parse(
            'ketamine*[tiab] AND (depress*[tiab] OR "mood disorder*"[tiab]) NOT (rats[tiab] OR mice[tiab])'
        ),
        parse('"depressive disorder, major"[mh] OR "treatment resistant"[tiab] AND infusion*[tiab]'),
        parse('"ketamine depression"[tiab:~5] NOT humans[mh]'),
    ]
    terms = list({term.key: term for query in queries for term in leaves(query)}.values())
    matcher = compile_scopes([*map(Scope, queries), *(Scope(parse(term.key)) for term in terms)])
    whole = [0] * len(queries)
    truth = {term.key: 0 for term in terms}
    for place, paper in enumerate(papers):
        reading = matcher.read(paper)
        for index in reading.matching():
            if index < len(queries):
                whole[index] |= 1 << place
            else:
                truth[terms[index - len(queries)].key] |= 1 << place
    assert min(mask.bit_count() for mask in whole) > 10
    for query, mask in zip(queries, whole, strict=True):
        assert evaluate(query, lambda term: truth[term.key], (1 << len(papers)) - 1) == mask


NAMES = st.lists(
    st.lists(
        st.sampled_from(["A", "b; A", "A; b", "b", "; ", "Straße", "", "½ A"]), min_size=1, max_size=2
    ).map(" ".join),
    max_size=3,
).map(tuple)
EVERYWHERE = [
    "A[tiab]", "b[tw]", "A[ad]", '"b a"[ad:~1]', "A[all]", '"b a"', "b*", "strasse[tw]", "A[mh]", "b a[mh]", "a b[mh]",
    "a b[majr]", "a b[nm]", "strasse[nm]", "1 a[nm]", "n1[rn]", "a b[pt]", "b[pt]", "A[ta]", "a b[ta]",
    "1[cois]", "a b*[mh]",
]  # fmt: skip


@given(names=st.tuples(NAMES, NAMES, NAMES, NAMES, NAMES, NAMES), text=texts())
def test_every_span_is_the_papers_own_text_at_its_place(
    names: tuple[tuple[str, ...], ...], text: str
) -> None:
    """Whatever stands in a value, and whoever has the affiliation: a quote is looked up by its Span."""
    headings, substances, types, keywords, places, others = names
    paper = Paper(
        1,
        title=text,
        abstract=" ".join(headings),
        mesh=tuple(MeshHeading(name, major=True) for name in headings),
        substances=tuple(Substance(name, "", f"N{place}") for place, name in enumerate(substances)),
        supplementary_concepts=keywords,
        publication_types=tuple(PublicationType(name) for name in types),
        keywords=keywords,
        authors=(Author("A", affiliations=places), Author("B")),
        investigators=(Author("C", affiliations=others),),
        other_abstracts=tuple(OtherAbstract("", "", name) for name in others),
        journal="; ".join(types),
        conflict_of_interest=text,
    )
    reading = compile_scopes([Scope(parse(query)) for query in EVERYWHERE]).read(paper)
    for index, query in enumerate(EVERYWHERE):
        for span in reading.spans(index):
            assert paper.text(span.field)[span.start : span.end] == span.text, query
        if query.endswith(("[ad]", "[mh]", "[majr]", "[pt]", "[ta]", "[ad:~1]")):
            assert reading.matches(index) is bool([one for one in reading.spans(index) if one.text]), query


def test_the_affiliation_of_an_investigator_is_shown_as_it_stands() -> None:
    paper = Paper(
        1,
        authors=(Author("A", affiliations=("Yale",)),),
        investigators=(Author("B", affiliations=("Harvard Medical School",)),),
    )
    (span,) = compile_scopes([Scope(parse("harvard[ad]"))]).read(paper).spans(0)
    assert paper.text("affiliations") == "Yale; Harvard Medical School"
    assert paper.text(span.field)[span.start : span.end] == span.text == "Harvard"


class CountingMesh:
    """One broad heading, and how often it was exploded."""

    version = "made up"

    def __init__(self) -> None:
        self.exploded = 0

    def find(self, name: str) -> Heading | None:
        return Heading("D000001", "Organic Chemicals", ("D02",)) if "organic" in name.lower() else None

    def explode(self, heading: Heading) -> tuple[Heading, ...]:
        self.exploded += 1
        return (heading,)

    def subheadings(self, name: str) -> frozenset[str]:
        return frozenset((name,))

    def find_subheading(self, name: str) -> Subheading | None:
        return None

    def all_subheadings(self) -> tuple[Subheading, ...]:
        return shipped_subheadings()


def test_a_heading_is_exploded_once_however_often_it_is_asked_for() -> None:
    mesh = CountingMesh()
    vocabulary = Vocabulary(mesh)
    lines = ['1. "Organic Chemicals"[mh]', *(f"{n}. #{n - 1} OR #{n - 1} OR #{n - 1}" for n in range(2, 7))]
    queries = [parse("\n".join(lines)), parse("organic chemicals[majr] OR Organic Chemicals[mh]")]
    paper = Paper(1, mesh=(MeshHeading("Organic Chemicals", "D000001"),))
    assert compile_scopes([*map(Scope, queries)], vocabulary).read(paper).matching() == (0, 1)
    known = mesh.exploded
    assert known == 2  # as it is written, once each
    assert matches(queries[0], paper, vocabulary=vocabulary)
    assert mesh.exploded == known


def test_a_term_that_stands_there_twice_is_one_step() -> None:
    (program,) = compile_scopes(
        [Scope(parse("heart attack AND (heart attack OR ketamine[ti]) OR heart attack"))]
    ).programs
    assert [step.how for step in program.steps] == ["all", "any", "all", "any"]


FEW = st.lists(st.sampled_from("abcdefx"), max_size=12)


@given(
    found=FEW, asked=st.permutations("aabcdefg").map(lambda letters: letters[:7]), distance=st.integers(0, 2)
)
def test_of_many_words_near_each_other_none_is_lost(
    found: list[str], asked: list[str], distance: int
) -> None:
    """Seven words are too many to be chosen exactly: what a chain of them finds is found all the same."""
    text = [*found, *sorted(asked), *found]
    windows = {last: first for first, last in near(text, tuple(asked), distance)}
    for start in range(len(text)):
        end = start + len(asked) - 1
        if sorted(text[start : end + 1]) == sorted(asked):
            assert windows[end] == start
    for last, first in windows.items():
        assert not Counter(asked) - Counter(text[first : last + 1])
        assert last - first + 1 <= len(asked) + distance * (len(asked) - 1)


def test_thousands_of_words_near_each_other_cost_what_they_weigh() -> None:
    """Five thousand different words, and three thousand alike: a second would mean that time grows as their square."""
    words = [f"w{number}" for number in range(5000)]
    before = process_time()
    assert len(list(near(words * 4, tuple(words), 0))) == 15001
    assert len(list(near(["a"] * 20000, ("a",) * 3000, 0))) == 17001
    assert process_time() - before < 1


@pytest.mark.parametrize(
    ("query", "matched", "explained"),
    [
        ("ketamine[ti] AND systematic[sb]", True, None),
        ("ketamine[ti] OR systematic[sb]", True, True),
        ("systematic[sb]", False, None),
    ],
)
def test_what_only_pubmed_knows_is_left_out_of_matching_and_told_by_explain(
    query: str, matched: bool, explained: bool | None
) -> None:
    assert pubmed_only(parse(query))
    assert matches(parse(query), record("trial")) is matched
    assert explain(parse(query), record("trial")).matched is explained
