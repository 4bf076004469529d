"""Proves what is said of a seed that a search misses."""

from __future__ import annotations

from litwatch.paper import MeshHeading, Paper
from litwatch.query.explain import explain
from litwatch.query.parse import parse
from litwatch.tuning.missing import Failing, failing

PAPER = Paper(
    99000001,
    title="Rapid antidepressant effects of esketamine in rats",
    abstract="Thirty rats were given esketamine. Depressivity fell.",
    keywords=("Mood",),
)


def reasons(query: str, paper: Paper = PAPER) -> tuple[Failing, ...]:
    return failing(explain(parse(query), paper), paper)


def test_the_concept_that_fails_and_what_comes_near_to_it() -> None:
    (one,) = reasons("ketamine[tiab] AND rats[tiab]")
    assert one.clause == "ketamine[tiab]"
    assert one.near == (("esketamine", "title"),)
    assert one.text == "fails at ketamine[tiab]; near to it in the title: esketamine"
    (one,) = reasons("esketamine[tiab] AND (depression[tiab] OR melancholia[tiab])")
    assert one.clause == "depression[tiab] and 1 other"
    assert one.near == (("antidepressant", "title"), ("depressivity", "abstract"))


def test_every_concept_that_fails_is_told() -> None:
    assert [one.clause for one in reasons("zinc[ti] AND copper[ti] AND rats[ti]")] == [
        "zinc[ti]",
        "copper[ti]",
    ]


def test_what_stands_behind_not_takes_it_away() -> None:
    (one,) = reasons("esketamine[ti] NOT (mice[tiab] OR rats[tiab])")
    assert one.takes_away
    assert one.text == "rats[tiab] takes it away"


def test_the_reason_goes_down_into_the_way_that_an_or_leaves_open() -> None:
    query = (
        "((esketamine[ti] AND (melancholia[tiab] OR suicid*[tiab])) OR zinc[ti] OR (copper[ti] AND iron[ti]))"
    )
    (one,) = reasons(f"{query} AND rats[tiab]")
    assert one.clause == "melancholia[tiab] and 1 other"
    (one,) = reasons("copper[ti] OR (esketamine[ti] NOT rats[tiab])")
    assert (one.clause, one.takes_away) == ("rats[tiab]", True)
    (one,) = reasons("zinc[ti] OR (copper[ti] AND iron[ti])")
    assert one.clause == "zinc[ti] and 2 others"


def test_a_heading_cannot_find_what_is_not_indexed_yet() -> None:
    query = "esketamine[ti] AND (depression[mh] OR depression[ti])"
    (one,) = reasons(query)
    assert "it is not indexed yet" in one.text
    indexed = Paper(99000002, title=PAPER.title, mesh=(MeshHeading("Rats", "D051381"),))
    (one,) = reasons(query, indexed)
    assert "not indexed" not in one.text


def test_a_paper_that_is_found_and_one_that_only_pubmed_can_judge_have_no_reason() -> None:
    assert reasons("esketamine[ti]") == ()
    assert reasons("systematic[sb]") == ()
