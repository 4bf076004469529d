"""Proves that an explanation says of each clause what the matcher says of the whole."""

from __future__ import annotations

import pytest

from litwatch.paper import Paper
from litwatch.query.explain import explain
from litwatch.query.match import matches
from litwatch.query.parse import parse
from litwatch.query.pasting import unlike_pubmed

PAPER = Paper(1, title="Ketamine for depression", abstract="In rats.")


def shown(query: str) -> list[tuple[int, str, bool | None, list[str]]]:
    top = explain(parse(query), PAPER)
    return [(depth, one.label, one.matched, [span.text for span in one.spans]) for depth, one in top.walk()]


def test_each_clause_says_whether_it_holds_and_where() -> None:
    assert shown("ketamin*[ti] AND (mice[tiab] OR depression[ti]) NOT rats[tiab]") == [
        (0, "NOT", False, []),
        (1, "AND", True, []),
        (2, "ketamin*[ti]", True, ["Ketamine"]),
        (2, "OR", True, []),
        (3, "mice[tiab]", False, []),
        (3, "depression[ti]", True, ["depression"]),
        (1, "rats[tiab]", True, ["rats"]),
    ]


def test_what_takes_the_paper_away_and_what_is_approximate_is_marked() -> None:
    top = explain(parse("ketamine NOT rats[tiab]"), PAPER)
    assert [(one.label, one.takes_away, one.approximate) for _, one in top.walk()] == [
        ("NOT", False, False),
        ("ketamine", False, True),
        ("rats[tiab]", True, False),
    ]


def test_what_only_pubmed_knows_is_neither_yes_nor_no_unless_the_rest_decides() -> None:
    expected = {
        "ketamine[ti] AND systematic[sb]": None,
        "mice[ti] AND systematic[sb]": False,
        "ketamine[ti] OR systematic[sb]": True,
        "mice[ti] OR systematic[sb]": None,
        "ketamine[ti] NOT systematic[sb]": None,
        "mice[ti] NOT systematic[sb]": False,
        "systematic[sb] NOT ketamine[ti]": False,
    }
    assert {query: explain(parse(query), PAPER).matched for query in expected} == expected


def test_where_pubmed_is_not_needed_the_explanation_is_what_the_matcher_says() -> None:
    for query in (
        "ketamine[ti] NOT rats[tiab]",
        "rats[ti] OR rats[tiab] AND in[tiab]",
        "rats",
        "(mice OR rats) NOT x[ti]",
    ):
        assert explain(parse(query), PAPER).matched is matches(parse(query), PAPER)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("ketamine[ti]", []),
        ('"# 1 word"[ti]', []),
        ("ketamine[ti] # a remark", ["remarks (# to the end of the line)"]),
        ("1. ketamine[ti]\n2. mood[ti]\n3. #1 AND #2", ["numbered lines are put together here"]),
        ("(S)-ketamine[ti]", ['"(S)-ketamine"[ti]: read as one word here']),
        ('"(S)-ketamine"[ti]', []),
        ("ketamine AND mood", ["ketamine, mood: no tag"]),
        ("systematic[sb]", ["systematic[sb]: PubMed only"]),
        ("ketamine[ti] or mood[ti]", ["`or` in small letters joins nothing: passed over here"]),
        ('"a b"[ti] And (mood[ti] not (rats[mh]))', ["`And`, `not` in small letters join nothing"]),
        ("1. ketamine[ti] OR mood[ti]\n2. #1 and rats[ti]", ["numbered lines", "`and` in small letters"]),
        ("wit and humor[mh] OR or d[au] OR or manager[ta] OR or[ti] # or so", ["remarks (#"]),
        ("dep*[tiab] OR depr*[tiab] OR cat*[mh]", ["dep*[tiab], cat*[mh]: PubMed passes the star over"]),
    ],
)
def test_what_pubmed_would_not_take_as_it_is_written_is_said(query: str, said: list[str]) -> None:
    found = unlike_pubmed(parse(query))
    assert len(found) == len(said)
    assert all(one.startswith(begin) for one, begin in zip(found, said, strict=True))


def test_a_term_that_stands_twice_is_told_twice_and_each_by_its_own_place() -> None:
    query = parse("rats[tiab] OR (depression[ti] NOT rats[tiab])")
    told = [(one.label, one.takes_away, one.clause.start) for _, one in explain(query, PAPER).walk()]
    assert told == [
        ("OR", False, 0),
        ("rats[tiab]", False, 0),
        ("NOT", False, 15),
        ("depression[ti]", False, 15),
        ("rats[tiab]", True, 34),
    ]
