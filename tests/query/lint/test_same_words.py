"""Lint reads the words and lines that the parser reads, so what parses is never called broken.

Owns the comparison of the two readings. Never says what lint should find.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litwatch.query.lexemes import lexemes
from litwatch.query.lint import lint
from litwatch.query.lint.rough_reading import read_roughly
from litwatch.query.tree import Query, leaves
from query.lint.small_mesh import small_mesh
from query.test_round_trip import QUERIES, read, strategies

MESH = small_mesh()
BROKEN = {
    "misspelt-tag", "dangling-operator", "doubled-operator", "unbalanced-bracket", "unbalanced-quote",
    "empty-brackets", "tag-on-bracket", "missing-line", "syntax", "date-format",
}  # fmt: skip
TABLES = Path(__file__).parents[1]


def texts(value: Any) -> Iterator[str]:
    """Every text in a table, whatever it is there for."""
    pending = [value]
    while pending:
        one = pending.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, dict):
            pending.extend(one.values())
        elif isinstance(one, list):
            pending.extend(one)


def parsed_texts() -> list[str]:
    """Each text of the tables that the parser takes."""
    files = [*TABLES.glob("*.toml"), *TABLES.glob("rules/*.toml"), *TABLES.glob("lint/*.toml")]
    found = {text for file in files for text in texts(tomllib.loads(file.read_text("utf-8")))}
    return sorted(text for text in found if read(text) is not None)


def check_one_reading(text: str, query: Query) -> None:
    assert [one for one in lint(text, MESH) if one.code in BROKEN] == []
    reading = read_roughly(text)
    assert [(one.number, one.start, one.end) for one in reading.lines if one.number is not None] == [
        (one.number, one.start, one.end) for one in query.lines
    ]
    # A row of PMIDs is one term, and a term of a line that is not used stands in no tree.
    ours = {(term.start, term.end) for term in reading.terms}
    assert {(one.start, one.end) for one in leaves(query) if one.tag != "uid"} <= ours


def test_no_text_of_our_tables_that_parses_is_read_otherwise() -> None:
    known = parsed_texts()
    assert len(known) > 500
    for text in known:
        query = read(text)
        assert query is not None
        check_one_reading(text, query)


@given(QUERIES | strategies())
def test_no_query_that_parses_is_read_otherwise(text: str) -> None:
    query = read(text)
    if query is not None:
        check_one_reading(text, query)


@pytest.mark.parametrize(
    "text",
    [
        "[18F]FDG[tiab]",
        "ket\u200bamine[ti\u200bab]",
        "5 HT2A[tiab] OR\n17 beta[tiab] OR ketamine[tiab]",
        "# why\n1. ketamine[tiab]\n2. mood[tiab]\n3. #1 AND #2",
        '"2024/01/01" : "2024/06/30"[crdt]',
        "ketamine[\x01tiab]",
    ],
)
def test_what_once_was_read_otherwise_is_not(text: str) -> None:
    query = read(text)
    assert query is not None
    check_one_reading(text, query)
    assert [one for one in lint(text, MESH, "facet") if one.severity == "error"] == []


def test_the_number_of_a_line_is_no_part_of_its_first_phrase() -> None:
    told = lint("1. ketamine[tiab] AND depress*[tiab]", MESH)
    assert [one for one in told if "1." in one.instead + one.message] == []


def test_the_bracket_of_a_chemical_name_parts_no_words() -> None:
    assert "unquoted-phrase" not in {one.code for one in lint("S(+)-ketamine[tiab]", MESH)}
    assert "unquoted-phrase" in {one.code for one in lint("S (+)-ketamine[tiab]", MESH)}


def test_a_field_that_hangs_on_a_phrase_is_one_piece() -> None:
    texts = ['"low mood":ti,ab', '"2024/01/01"[dp]:2024[dp]']
    assert [[one.text for one in read_roughly(text).pieces] for text in texts] == [
        ['"low mood"', ":ti,ab"],
        ['"2024/01/01"', "[dp]", ":2024", "[dp]"],
    ]


def test_a_remark_above_the_first_line_of_a_strategy_is_a_remark() -> None:
    text = "# only English can be read here – for now\n1. ketamine[tiab]\n2. #1 AND english[la]"
    assert read_roughly(text).comments == ((0, text.index("\n")),)
    assert "typographic-dash" not in {one.code for one in lint(text, MESH)}


def test_numbers_that_do_not_rise_are_the_parsers_to_refuse() -> None:
    assert [
        one.code for one in lint("2. ketamine[tiab]\n1. mood[tiab]", MESH) if one.severity == "error"
    ] == ["syntax"]


def test_a_place_is_right_where_invisible_characters_stand_before_it() -> None:
    text = "ket\u200bamine%x[tiab]"
    (found,) = (one for one in lint(text) if one.code == "blanked-character")
    assert text[found.start : found.end] == "%"


@pytest.mark.parametrize(
    ("text", "at"), [('"low mood[ti] OR x', '"low mood[ti]'), ('"lo\u200bw mood[ti] OR x', '"')]
)
def test_a_guess_where_a_quotation_mark_closes_is_for_a_place_that_is_known(text: str, at: str) -> None:
    (found,) = (one for one in lint(text) if one.code == "unbalanced-quote")
    assert text[found.start : found.end] == at
    assert bool(found.instead) is (at != '"')


@given(st.text(alphabet='a “"[]()#:&\n\ud800\u200b1.', max_size=40))
def test_the_tolerant_reading_never_fails_and_loses_nothing_that_is_visible(text: str) -> None:
    pieces = list(lexemes(text, tolerant=True))
    assert [one.start for one in pieces] == sorted(one.start for one in pieces)
    covered = {place for one in pieces for place in range(one.start, one.end)}
    assert all(text[place] in " \n\u200b#" for place in range(len(text)) if place not in covered)
