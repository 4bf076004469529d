"""Proves that numbered strategies read as their last line with the others written out."""

from __future__ import annotations

import time
import tomllib
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from litwatch.errors import QueryError
from litwatch.query.parse import parse
from litwatch.query.tree import Group, clauses, leaves

CASES: list[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("strategies.toml").read_text("utf-8"))[
    "case"
]


@pytest.mark.parametrize("case", [case for case in CASES if "reads" in case], ids=lambda case: case["rule"])
def test_a_strategy_reads_as_its_last_line(case: dict[str, Any]) -> None:
    query = parse(case["query"])
    assert str(query) == case["reads"]
    assert parse(str(query)) == query
    assert [line.number for line in query.lines if line.used] == case["used"]


@pytest.mark.parametrize("case", [case for case in CASES if "says" in case], ids=lambda case: case["rule"])
def test_a_mistake_in_a_strategy_is_told_with_its_place(case: dict[str, Any]) -> None:
    with pytest.raises(QueryError) as caught:
        parse(case["query"])
    error = caught.value
    assert case["says"] in error.message
    assert error.query == case["query"]
    assert error.query[error.start : error.end] == case["at"]
    assert error.hint.startswith(case.get("hint", ""))


def test_places_are_those_of_the_whole_text() -> None:
    text = "1. ketamine[ti] OR esketamine[ti]\n2. depression[ti]\n\n3. (#2) AND #1\n"
    query = parse(text)
    assert [text[term.start : term.end] for term in leaves(query)] == [
        "depression[ti]",
        "ketamine[ti]",
        "esketamine[ti]",
    ]
    groups = [clause for clause in clauses(query.root) if isinstance(clause, Group)]
    assert [text[group.start : group.end] for group in groups] == [
        "ketamine[ti] OR esketamine[ti]",
        "(#2) AND #1",
    ]
    assert [text[line.start : line.end] for line in query.lines] == [
        "ketamine[ti] OR esketamine[ti]",
        "depression[ti]",
        "(#2) AND #1",
    ]


def test_a_line_that_stands_twice_is_two_clauses() -> None:
    """What is marked on one of them (behind a NOT, matched) must not show on the other."""
    query = parse("1. a[ti] OR b[ti]\n2. #1 AND c[ti]\n3. #2 NOT #1")
    groups = [clause for clause in clauses(query.root) if isinstance(clause, Group)]
    assert len({id(group) for group in groups}) == len(groups) == 4


def test_lines_that_double_each_time_are_refused_at_once() -> None:
    lines = ["1. ketamine[ti]", *(f"{number}. #{number - 1} OR #{number - 1}" for number in range(2, 60))]
    text = "\n".join(lines)
    begin = time.process_time()
    with pytest.raises(QueryError, match="words and marks") as caught:
        parse(text)
    assert time.process_time() - begin < 1
    assert text[caught.value.start : caught.value.end].startswith("#")


def test_long_strategies_take_time_in_proportion() -> None:
    lines = [f"{number}. {'ketamine[ti] OR ' * 10}depression[ti]" for number in range(1, 600)]
    text = "\n".join([*lines, "600. " + " OR ".join(f"#{number}" for number in range(1, 600))])
    begin = time.process_time()
    query = parse(text)
    assert time.process_time() - begin < 5
    assert len(leaves(query)) == 599 * 11


def test_a_strategy_may_have_more_than_999_lines() -> None:
    lines = [f"{number}. #{number - 1} OR word{number}[ti]" for number in range(2, 1_101)]
    query = parse("\n".join(["1. word1[ti]", *lines]))
    assert [line.number for line in query.lines if line.used] == list(range(1, 1_101))
    assert len(leaves(query)) == 1_100
    # A gap of a hundred may stand above 999, as an editor leaves it; a year or a PMID is none.
    text = "1. a[ti]\n950. b[ti]\n1050. #1 OR\n2019. c[ti]\n1060. #1050 OR d[ti]"
    assert [line.number for line in parse(text).lines] == [1, 950, 1050, 1060]


@pytest.mark.parametrize("written", ["{}/or", "or/1-{}", "#1-{}", "#{}", "{}"])
def test_numbers_of_any_length_break_nothing(written: str) -> None:
    """Python refuses to read more than 4,300 digits."""
    for digits in (6, 7, 50, 90, 5_000):
        with suppress(QueryError):
            parse(f"1. a[ti]\n2. {written.format('1' * digits)}")
