"""Proves that an explanation says of each clause what the matcher says of the whole."""

from __future__ import annotations

from litwatch.paper import Paper
from litwatch.query.explain import explain
from litwatch.query.match import matches
from litwatch.query.parse import parse

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
