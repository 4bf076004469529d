"""Proves what a sample of a change says of all of it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from litwatch.paper import MeshHeading, Paper
from litwatch.query.explain import explain
from litwatch.query.parse import parse
from litwatch.tuning.changed import deciding_words, estimated
from litwatch.tuning.recall import Share


def test_where_all_were_read_there_is_no_guess() -> None:
    assert estimated(Share(3, 20), 20) == (3, 3, 3)
    assert estimated(Share(0, 0), 0) == (0, 0, 0)


def test_a_sample_stands_for_all_with_an_interval() -> None:
    assert estimated(Share(50, 200), 2_000) == (500, 383, 632)  # Clopper and Pearson: 0.1916 to 0.3160
    assert estimated(Share(0, 200), 2_000)[:2] == (0, 0)


@given(st.integers(0, 50), st.integers(0, 50), st.integers(0, 5_000))
def test_an_estimate_never_goes_beyond_what_was_seen(hits: int, others: int, more: int) -> None:
    total = hits + others + more
    of_all, low, high = estimated(Share(hits, hits + others), total)
    assert low <= of_all <= high
    if hits + others:
        assert hits <= low
        assert high <= total - others


def test_the_words_that_decided_are_the_papers_own_and_not_those_behind_not() -> None:
    paper = Paper(
        99000001, title="Esketamine for depression in rats", mesh=(MeshHeading("Depression", "D003863"),)
    )
    query = parse("(esketamine[ti] OR zinc[ti]) AND (depress*[ti] OR depression[mh]) NOT mice[ti]")
    assert deciding_words(explain(query, paper)) == ("Esketamine", "depression")
