"""A published filter is known inside any query, whatever its layout and order, and is left alone but for errors.

Owns a filter made up here. The real ones are third parties' texts: only their fingerprints are shipped.
"""

from __future__ import annotations

import pytest

from litwatch.query.lint.published import fingerprints, published_places
from litwatch.query.lint.structure import structure_of
from litwatch.query.parse import parse

FILTER = "mood disorder[tiab] OR randomized[tiab] OR cohort[mh]"


def mark(text: str) -> str:
    root = parse(text).root
    return fingerprints(root)[id(root)]


@pytest.mark.parametrize(
    "written",
    [
        "randomized [Title/Abstract] OR\n  cohort[MeSH Terms] OR Mood Disorder[tiab]",
        "((cohort[mesh] OR mood disorder[tiab] OR randomized[tiab]))",
    ],
)
def test_layout_order_and_long_tags_do_not_change_a_fingerprint(written: str) -> None:
    assert mark(written) == mark(FILTER)


@pytest.mark.parametrize(
    "other", [FILTER.replace("mh]", "mh:noexp]"), FILTER.replace(" OR c", " NOT c"), f"x[ti] OR {FILTER}"]
)
def test_another_meaning_has_another_fingerprint(other: str) -> None:
    assert mark(other) != mark(FILTER)


def test_the_filter_is_found_where_it_stands() -> None:
    query = f"ketamine[tiab] AND ({FILTER}) NOT animals[mh]"
    [(start, end)] = published_places(structure_of(parse(query)), {mark(FILTER): "ours"})
    assert query[start:end] == FILTER
