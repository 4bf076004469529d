"""Proves what readers' verdicts become as labels, and that `eval` reads them."""

from __future__ import annotations

import json

import pytest

from litwatch.decide.tokens import Verdict
from litwatch.paper import Paper
from litwatch.study.facets import Rules
from litwatch.tuning.labels import labelled_records
from litwatch.tuning.verdicts import labelled

PAPER = Paper(pmid=99000001, title="Esketamine for made-up sadness.")


@pytest.mark.parametrize(
    ("verdicts", "relevant"),
    [
        ({"useful": 2}, True),
        ({"not-useful": 1}, False),
        ({"useful": 3, "not-useful": 1}, None),
        ({"wrong-topic": 1}, None),
        ({"useful": 1, "wrong-topic": 1}, True),
    ],
)
def test_a_label_is_made_where_readers_agree(verdicts: dict[Verdict, int], relevant: bool | None) -> None:
    line = labelled("ketamine", PAPER, None, verdicts)
    assert line["relevant"] is relevant
    [read] = labelled_records([json.dumps(line).encode()], Rules("ketamine", ()))
    assert read.paper.pmid == 99000001
    assert read.labels == ({} if relevant is None else {"relevant": relevant})
