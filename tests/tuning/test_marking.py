"""Proves that marks are read back whichever way they were saved, and what they say of a search."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litwatch.errors import ReadError
from litwatch.paper import Paper
from litwatch.tuning.marking import NOTHING, Part, precision, read_marks, shares_of, table_of

PAPERS = [
    Paper(
        99000001, title="=1+1 in a title", abstract='Two lines\nof text, with "quotes".', journal="J Made Up"
    ),
    Paper(99000002, title="Another"),
]


def test_a_table_is_read_back_as_it_was_written_and_runs_no_cell() -> None:
    text = table_of(NOTHING, PAPERS)
    rows = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))
    assert [row["pmid"] for row in rows] == ["99000001", "99000002"]
    assert rows[0]["title"] == "'=1+1 in a title"
    marks = read_marks(text)
    assert marks.verdicts == {99000001: None, 99000002: None}
    assert table_of(marks, ()) == text


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_marks_come_back_as_spreadsheets_save_them_with_columns_of_ones_own(delimiter: str) -> None:
    lines = [
        ("PMID", "Relevant", "my remark"),
        ("99000001", "Yes", "good"),
        ("99000002", " n ", ""),
        ("99000003", "", "?"),
    ]
    marks = read_marks("\ufeff" + "\r\n".join(delimiter.join(line) for line in lines) + "\r\n")
    assert marks.verdicts == {99000001: True, 99000002: False, 99000003: None}
    assert marks.judged == 2
    again = read_marks(table_of(marks, [Paper(99000004, title="New")]))
    assert again.rows[0]["my remark"] == "good"
    assert again.verdicts == {**marks.verdicts, 99000004: None}


def test_what_is_no_mark_is_told_and_the_rest_is_kept() -> None:
    marks = read_marks("pmid,relevant\n99000001,yes\n99000002,perhaps\nhello,no\n,\n")
    assert marks.verdicts == {99000001: True, 99000002: None}
    assert marks.wrong == ("line 3: 'perhaps' is neither yes nor no", "line 4: 'hello' is no PMID")
    for text in ("", "a,b\n1,2\n", "pmid\n1\n"):
        with pytest.raises(ReadError):
            read_marks(text)


def test_precision_of_one_part_is_that_of_its_sample() -> None:
    found = precision([Part(1_000, 50, 40), Part(0, 0, 0)])
    assert found is not None
    assert found.share == 0.8
    assert (round(found.low, 3), round(found.high, 3)) == (0.663, 0.9)  # Clopper and Pearson of 40 in 50
    assert [round(one, 2) for one in found.to_read] == [1.25, 1.11, 1.51]


def test_parts_are_weighed_by_their_sizes_and_one_that_nobody_judged_says_nothing() -> None:
    found = precision([Part(900, 30, 30), Part(100, 30, 0)])
    assert found is not None
    assert found.share == pytest.approx(0.9)
    assert found.low < 0.9 < found.high
    assert precision([Part(900, 30, 30), Part(100, 0, 0)]) is None
    assert precision([]) is None
    whole = precision([Part(4, 4, 1)])
    assert whole is not None
    assert whole.low == whole.share == whole.high == 0.25
    none = precision([Part(10, 10, 0)])
    assert none is not None
    assert none.to_read[0] == float("inf")


@given(st.integers(1, 100), st.lists(st.integers(0, 1_000), min_size=1, max_size=3))
def test_every_part_gets_its_share_of_a_sample(size: int, papers: list[int]) -> None:
    found = shares_of(size, papers)
    for wanted, there in zip(found, papers, strict=True):
        assert 0 <= wanted <= there
        assert wanted > 0 or there == 0
