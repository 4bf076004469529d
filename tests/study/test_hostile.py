"""Hostile abstracts: text that makes a careless pattern read it in 2^n or n^2 ways is read in no time worth telling.

Owns that proof. There is no clock in it: what is exponential would not end within the test's own time limit.
"""

from __future__ import annotations

import contextlib
import io

import pytest

from litwatch.edge.config import load
from litwatch.edge.shipped import config_directory
from litwatch.errors import CutFile
from litwatch.paper import Paper
from litwatch.reading.splitting import split
from litwatch.study.sentences import sentences
from litwatch.study.student import compile_rules

RULES = load(config_directory(), {}).watches[0].rules
TEXTS = {
    "commas": "Patients with depression had ketamine" + " ," * 2_000 + " q 0.5 mg/kg. ",
    "brackets": "METHODS: 0.5 mg/kg" + " (" * 5_000 + " ketamine for depression",
    "full stops": "Ketamine in depression" + "." * 50_000,
    "blanks": "RESULTS: ketamine" + " " * 50_000 + "0.5 mg/kg in depression",
    "numbers": "Ketamine for depression: " + "12 of 34, " * 5_000 + "mg",
    "n equals": "Ketamine for depression, " + "n = " * 10_000,
    "letters": "ketamine depression " + "a" * 100_000,
    "capitals": "ketamine depression " + "A. " * 20_000,
    "weeks": "ketamine depression " + "week " * 20_000 + "12 weeks",
    "figures beside commas": "Ketamine for depression: ketamine " + "10.5," * 2_000 + " mg of it",
    "people side by side": "Ketamine for depression: " + "45 patients and " * 5_000 + "ketamine",
    "a number without end": "Ketamine for depression: n = "
    + "9" * 5_000
    + " patients over "
    + "9" * 5_000
    + " weeks",
    "trials": "ketamine depression " + "NCT0" * 20_000,
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("name", TEXTS)
def test_is_read_to_its_end(name: str) -> None:
    paper = Paper(pmid=99_000_001, title="Ketamine in depression", abstract=TEXTS[name])
    assert compile_rules(RULES).study(paper).relevant is not None


@pytest.mark.timeout(60)
def test_dots_are_one_end_of_a_sentence() -> None:
    assert sentences("One" + "." * 50_000 + " Two.") == [(0, 50_003), (50_004, 50_008)]


@pytest.mark.timeout(60)
@pytest.mark.parametrize("hidden", [b"<!-- PubmedArticle> ", b"<!-- PubmedArticle> -->", b"<PMID"])
def test_a_record_of_openings_is_split(hidden: bytes) -> None:
    stream = io.BytesIO(
        b"<PubmedArticleSet><PubmedArticle>" + hidden * 5_000 + b"</PubmedArticle></PubmedArticleSet>"
    )
    with contextlib.suppress(CutFile):
        assert len(list(split(stream))) >= 1
