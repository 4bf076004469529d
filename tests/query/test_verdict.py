"""Proves what decided, in a researcher's words, and which clause is named where PubMed says otherwise.

Owns the table verdicts.toml. Never proves matching.
"""

from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from litwatch.decide.agreement import Agreement
from litwatch.paper import MeshHeading, Paper, Qualifier
from litwatch.query.explain import explain
from litwatch.query.match import matches, pubmed_only
from litwatch.query.parse import parse
from litwatch.query.verdict import verdict

TODAY = date(2026, 3, 9)
PAPER = Paper(
    99000001,
    title="Ketamine for depression",
    abstract="In rats.",
    mesh=(MeshHeading("Depressive Disorder, Major", "D003865", qualifiers=(Qualifier("drug therapy"),)),),
)
CASES: list[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("verdicts.toml").read_text("utf-8"))[
    "case"
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["query"]))
def test_one_line_says_what_decided(case: dict[str, Any]) -> None:
    found = verdict(explain(parse(case["query"]), PAPER))
    assert found.sentence == case["says"]
    assert found.matches is explain(parse(case["query"]), PAPER).matched


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["query"]))
def test_a_disagreement_names_the_smallest_clause_that_can_be_told(case: dict[str, Any]) -> None:
    query = parse(case["query"])
    agreement = Agreement(query)
    told = [agreement.disagreement(PAPER, TODAY, listed=listed) for listed in (True, False)]
    told_of = [one for one in told if one is not None]
    assert [one.clause.split("; ") for one in told_of] == ([case["against"]] if case["against"] else [])
    if not pubmed_only(query):
        (one,) = told_of
        assert one.listed is not matches(query, PAPER)


def test_more_clauses_than_a_line_holds_are_counted() -> None:
    query = parse(" AND ".join(f"word{number}[ti]" for number in range(9)))
    found = Agreement(query).disagreement(PAPER, TODAY, listed=True)
    assert found is not None
    assert found.clause == "word0[ti]; word1[ti]; word2[ti]; 6 more"
    assert verdict(explain(query, PAPER)).sentence.endswith(
        "word2[ti] (part 3 of 9) does not hold and 6 more"
    )


def test_a_long_clause_is_cut() -> None:
    query = parse(" OR ".join(f"word{number}[ti]" for number in range(90)))
    found = Agreement(query).disagreement(PAPER, TODAY, listed=True)
    assert found is not None
    assert len(found.clause) == 120
    assert found.clause.endswith("...")


@pytest.mark.parametrize(
    ("query", "approximate"),
    [
        ("(mood OR sad[ti]) AND ketamine[ti]", True),
        ("mood[ti] AND ketamine", False),
        ("ketamine[ti] NOT (rats[tiab] NOT humans)", True),
        ("ketamine[ti] AND mood[ti]", False),
    ],
)
def test_only_a_disagreement_about_words_without_a_tag_is_approximate(query: str, approximate: bool) -> None:
    found = Agreement(parse(query)).disagreement(PAPER, TODAY, listed=True)
    assert found is not None
    assert found.approximate is approximate
    assert ("approximate" in str(found)) is approximate


@pytest.mark.parametrize(
    "operators", [("AND y[ti]", "OR y[ti]"), ("NOT x[ti]", "AND ketamine[ti]"), ("NOT x[ti]",) * 2]
)
@pytest.mark.parametrize("first", ["x[ti]", "ketamine[ti]"])
def test_ten_thousand_brackets_are_no_recursion(first: str, operators: tuple[str, str]) -> None:
    depth = 10_000
    query = parse("(" * depth + first + "".join(f" {operators[n % 2]})" for n in range(depth)))
    told = [Agreement(query).disagreement(PAPER, TODAY, listed=listed) for listed in (True, False)]
    assert [one is None for one in told].count(False) == 1
