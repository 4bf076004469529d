"""Proves the arithmetic of suggestions, and that a change of the tree changes what it says and no more."""

from __future__ import annotations

import pytest
from hypothesis import given

from litwatch.paper import MeshHeading, Paper
from litwatch.query.parse import parse
from litwatch.query.tree import Term, clauses, evaluate, leaves
from litwatch.tuning.candidates import (
    Candidate,
    frequent,
    general,
    is_said_by,
    log_likelihood,
    stems,
    terms_of,
)
from litwatch.tuning.clauses import weigh
from litwatch.tuning.editing import with_beside, without, without_clause
from tuning.test_clauses import UNIVERSE, queries, truth


def test_log_likelihood_is_dunnings() -> None:
    # Two corpora of 100, one word in 30 and in 10: 2 (30 ln 1.5 + 70 ln 0.875 + 10 ln 0.5 + 90 ln 1.125) = 12.97
    assert log_likelihood(30, 100, 10, 100) == pytest.approx(12.97, abs=0.01)
    assert log_likelihood(10, 100, 30, 100) == pytest.approx(-12.97, abs=0.01)
    assert log_likelihood(10, 100, 20, 200) == pytest.approx(0)
    assert log_likelihood(5, 5, 0, 0) == 0


def test_terms_of_a_paper_are_its_words_pairs_and_headings_without_empty_ones() -> None:
    paper = Paper(
        99000001,
        title="Patients with treatment-resistant depression",
        keywords=("anhedonia",),
        mesh=(MeshHeading("Humans", "D006801"), MeshHeading("Depression", "D003863")),
    )
    assert {term.key for term in terms_of(paper)} == {
        "resistant[tiab]",
        "depression[tiab]",
        '"resistant depression"[tiab]',
        "anhedonia[tiab]",
        '"Depression"[mh]',
    }
    assert dict(frequent([paper, paper], 2))[Term("anhedonia", "tiab")] == 2
    assert not list(frequent([paper], 2))


@pytest.mark.parametrize(
    ("asked", "term", "is_said"),
    [
        ("apple[ti]", "apple[tiab]", True),
        ("apple*[ti]", '"Apples"[mh]', True),
        ("apple[ti]", '"green apple"[tiab]', True),
        ('"green apple"[ti]', "apple[tiab]", False),
        ('"green apple"[ti]', '"very green apple"[tiab]', True),
        ("apple[ti]", "pineapple[tiab]", False),
    ],
)
def test_what_a_query_asks_for_is_said_by_a_term(asked: str, term: str, *, is_said: bool) -> None:
    (first,), (second,) = (leaves(parse(text)) for text in (asked, term))
    assert is_said_by(first, second) is is_said


def test_the_most_seeds_for_a_paper_lead_and_of_two_alike_the_one_that_adds_less() -> None:
    def candidate(seeds: int, gains: int) -> Candidate:
        return Candidate(Term("apple", "tiab"), 1, 0.0, False, frozenset(range(seeds)), gains)

    broad, fine, single = candidate(4, 433), candidate(4, 11), candidate(1, 1)
    assert sorted([broad, single, fine], key=lambda one: one.order) == [fine, single, broad]


def test_words_near_to_a_concept_come_before_what_only_goes_with_it_and_phrases_of_theirs() -> None:
    def candidate(text: str, tag: str = "tiab", *, near: bool, seeds: set[int]) -> Candidate:
        return Candidate(Term(text, tag), 1, 20.0, near, frozenset(seeds), 5)

    word = candidate("suicidal", near=True, seeds={1, 2})
    own = candidate("term suicidal", near=True, seeds={1})
    heading = candidate("Suicidal Ideation", "mh", near=True, seeds={2})
    apart = candidate("emergency", near=False, seeds={2})
    further = candidate("self harm", near=False, seeds={2, 3})
    assert list(general([own, word, heading, apart, further])) == [word, heading, further]
    assert list(general([own, apart])) == [own, apart]
    frequent_one = candidate("emergency", near=False, seeds=set())  # where no seed is missed
    assert list(general([word, frequent_one])) == [word, frequent_one]


@pytest.mark.parametrize(
    ("asked", "near", "expected"),
    [
        (["suicide"], ["suicidal", "suicidality", "antisuicidal"], ["suicid*"]),
        (["ketamine"], ["esketamine"], []),
        (["apple"], ["apples"], ["apple*"]),
        ([], ["pears", "pear"], []),
        (["depress"], ["depression", "antidepressant", "antidepressants"], ["antidepressant*", "depress*"]),
    ],
)
def test_words_that_begin_alike_have_a_stem(asked: list[str], near: list[str], expected: list[str]) -> None:
    assert [one.text for one in stems(asked, near)] == expected


@pytest.mark.parametrize(
    ("query", "clause", "expected"),
    [
        ("apple[ti]", "apple[ti]", "apple[ti] OR zinc[ti]"),
        ("apple[ti] AND berry[ti]", "berry[ti]", "apple[ti] AND (berry[ti] OR zinc[ti])"),
        (
            "(apple[ti] OR berry[ti]) AND cherry[ti]",
            "apple[ti] OR berry[ti]",
            "(apple[ti] OR berry[ti] OR zinc[ti]) AND cherry[ti]",
        ),
        ("apple[ti] NOT berry[ti]", "apple[ti]", "(apple[ti] OR zinc[ti]) NOT berry[ti]"),
    ],
)
def test_a_term_beside_a_clause(query: str, clause: str, expected: str) -> None:
    parsed = parse(query)
    (target,) = [one for one in clauses(parsed.root) if str(one) == clause]
    assert str(with_beside(parsed, target, "zinc[ti]")) == expected


@pytest.mark.parametrize(
    ("query", "gone", "expected"),
    [
        ("apple[ti] OR berry[ti] OR cherry[ti]", {"berry[ti]"}, "apple[ti] OR cherry[ti]"),
        ("(apple[ti] OR berry[ti]) AND cherry[ti]", {"berry[ti]"}, "apple[ti] AND cherry[ti]"),
        ("apple[ti] NOT berry[ti]", {"berry[ti]"}, "apple[ti]"),
        ("apple[ti] NOT berry[ti]", {"apple[ti]"}, None),
        ("apple[ti]", {"apple[ti]"}, None),
    ],
)
def test_terms_taken_out(query: str, gone: set[str], expected: str | None) -> None:
    found = without(parse(query), gone)
    assert (None if found is None else str(found)) == expected


@pytest.mark.parametrize(
    ("query", "clause", "expected"),
    [
        ("(apple[ti] OR berry[ti]) AND cherry[ti]", "apple[ti] OR berry[ti]", "cherry[ti]"),
        ("apple[ti] AND cherry[ti] NOT berry[ti]", "cherry[ti]", "apple[ti] NOT berry[ti]"),
        ("apple[ti] NOT berry[ti] NOT cherry[ti]", "berry[ti]", "apple[ti] NOT cherry[ti]"),
        ("apple[ti] NOT berry[ti]", "apple[ti]", None),
        ("apple[ti]", "apple[ti]", None),
        ("apple[ti] NOT (berry[ti] NOT cherry[ti])", "berry[ti]", "apple[ti] AND cherry[ti]"),
        ("apple[ti] NOT (berry[ti] NOT cherry[ti])", "cherry[ti]", "apple[ti] NOT berry[ti]"),
        ("apple[ti] AND (berry[ti] NOT cherry[ti])", "berry[ti]", "apple[ti] NOT cherry[ti]"),
        ("apple[ti] OR (berry[ti] NOT cherry[ti])", "berry[ti]", None),
    ],
)
def test_a_clause_taken_out(query: str, clause: str, expected: str | None) -> None:
    parsed = parse(query)
    (target,) = [one for one in clauses(parsed.root) if str(one) == clause]
    found = without_clause(parsed, target)
    assert (None if found is None else str(found)) == expected


@given(queries)
def test_taking_out_a_term_that_brings_nothing_of_its_own_changes_nothing(text: str) -> None:
    query = parse(text)
    for _, one in weigh(query, truth, UNIVERSE).walk():
        if (
            isinstance(one.clause, Term)
            and one.role == "brings"
            and not one.only_this
            and text.count(one.clause.text) == 1
        ):
            shorter = without(query, {one.clause.key})
            assert shorter is not None
            assert evaluate(shorter, truth, UNIVERSE) == evaluate(query, truth, UNIVERSE)
