"""Lint goes by the rules of the core where both speak of one thing: stars, tags that are missing, NOT.

Owns what both must agree on. Never says how lint words it.
"""

from __future__ import annotations

import pytest
from hypothesis import given

from litwatch.paper import Paper
from litwatch.query.lint import lint
from litwatch.query.match import approximate, matches
from litwatch.query.parse import parse
from litwatch.query.tokens import without_idle_stars
from litwatch.query.tree import leaves
from query.test_round_trip import QUERIES, read

UNTAGGED = {"untagged-term", "untagged-acronym", "untagged-stop-word"}


def codes(query: str, severity: str = "") -> set[str]:
    return {one.code for one in lint(query) if severity in ("", one.severity)}


@pytest.mark.parametrize(
    "star", ["5-ht*", "5ht*", "cat*", "cats*", "a b c d*", '"a b c*"', "β-b*", "scratch cat*"]
)
def test_lint_and_the_matcher_drop_the_same_stars(star: str) -> None:
    query = f"{star}[tiab]"
    (term,) = leaves(parse(query))
    assert ("short-truncation" in codes(query)) is (without_idle_stars(term.text) != term.text)


@pytest.mark.parametrize("star", ["wu*", "wu j*", "smit*n", "s*th j", '"lee j*"', "o'b*"])
def test_lint_and_the_matcher_drop_the_same_stars_of_names(star: str) -> None:
    query = f"{star}[au]"
    (term,) = leaves(parse(query))
    assert ("short-truncation" in codes(query)) is (without_idle_stars(term.text) != term.text)


def test_a_star_in_a_date_is_not_dropped() -> None:
    assert "short-truncation" not in codes("202*[dp]")


FACETS = [
    '"and"', "2020", "the", "1999:2004", "x2020:", "ketamine", "40000001", "1:9[uid]", "PMC2600426", "hasabstract",
    "eye/injuries", "ketamine OR 2020", '"the"', "hasabstract english", '"2024/01/01" : "2024/06/30"[crdt]',
]  # fmt: skip


@pytest.mark.parametrize("query", FACETS)
def test_a_facet_has_an_error_for_each_term_without_a_tag_that_the_configuration_refuses(query: str) -> None:
    refused = [(term.start, term.end) for term in approximate(parse(query))]
    found = [one for one in lint(query, kind="facet") if one.code in UNTAGGED]
    assert [(one.start, one.end) for one in found] == refused
    assert all(one.severity == "error" for one in found)


def test_a_lower_case_operator_that_stands_alone_in_a_facet_is_an_error() -> None:
    assert approximate(parse("and"))
    assert any(one.severity == "error" for one in lint("and", kind="facet"))


@given(QUERIES)
def test_whatever_a_facet_is_refused_for_lint_calls_an_error(text: str) -> None:
    query = read(text)
    if query is None:
        return
    found = lint(text, kind="facet")
    refused = approximate(query)
    if refused:
        assert any(one.severity == "error" for one in found)
    elif all(term.tag != "uid" for term in leaves(query)):
        assert [one for one in found if one.code in UNTAGGED] == []


TITLE = Paper(pmid=99000001, title="Berry and cherry")


@pytest.mark.parametrize(
    ("query", "severity"),
    [
        ("apple[ti] NOT apple[ti]", "error"),
        ("berry[ti] AND (apple[ti] NOT apple[ti])", "error"),
        ("apple[ti] NOT (apple[ti] OR plum[ti]) NOT pear[ti]", "error"),
        ("apple[ti] AND berry[ti] NOT apple[ti] OR berry[ti]", "warning"),
        ("berry[ti] OR (apple[ti] NOT apple[ti])", "warning"),
        ("berry[ti] NOT (apple[ti] NOT apple[ti])", "warning"),
        ("berry[ti] AND ((apple[ti] NOT apple[ti]) OR cherry[ti])", "warning"),
    ],
)
def test_what_takes_itself_away_is_an_error_only_where_nothing_can_be_found(
    query: str, severity: str
) -> None:
    (found,) = (one for one in lint(query) if one.code == "takes-itself-away")
    assert found.severity == severity
    assert matches(parse(query), TITLE) is (severity == "warning")
