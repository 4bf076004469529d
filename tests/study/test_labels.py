"""What readers said of fresh records (scripts/labels), joined with the corpus: no facet falls under its floor.

Owns these floors, a little under what is measured. Never copies any of the texts.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from litwatch.tuning.evaluation import Evaluation, evaluate
from litwatch.tuning.labels import labelled_records
from study.rules import student, watch
from world import ROOT, shared

LEADS = ("efficacy", "safety", "long_term")
FIGURES = {
    "topic-macro-F1": 0.86,
    "lead-topic-macro-F1": 0.90,
    "drugs-micro-F1": 0.96,
    "design-right": 0.935,
    "setting-right": 0.94,
    "subjects-right": 0.96,
}
#: Of the papers that state it: right at least, wrong at most.
ANSWERS = {
    "participants": (0.86, 0.055),
    "followup_days": (0.825, 0.055),
    "routes": (0.92, 0.04),
    "result": (0.855, 0.145),
    "conclusion": (0.92, 0.075),
    "harm": (0.79, 0.12),
    "dose": (0.77, 0.025),
}


@pytest.fixture(scope="module")
def measured(tmp_path_factory: pytest.TempPathFactory) -> Evaluation:
    corpus = shared("corpus/ketamine.jsonl")
    joined: Path = tmp_path_factory.mktemp("labels") / "joined.jsonl"
    subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "labelled"), str(joined), "--corpus", str(corpus)], check=True
    )
    with joined.open("rb") as lines:
        labelled = list(labelled_records(lines, watch().rules))
    return evaluate(labelled, student().study, watch().name, LEADS)


@pytest.mark.parametrize("name", sorted(FIGURES))
def test_no_facet_falls_under_its_floor(measured: Evaluation, name: str) -> None:
    assert measured.figures[name].value >= FIGURES[name]


@pytest.mark.parametrize("name", sorted(ANSWERS))
def test_no_number_and_no_quote_falls_under_its_floor(measured: Evaluation, name: str) -> None:
    right, wrong = ANSWERS[name]
    assert measured.answers[name].right.value >= right
    assert measured.answers[name].wrong.value <= wrong


def test_the_labels_hold_no_text() -> None:
    told = (ROOT / "scripts" / "labels" / "ketamine.jsonl").read_text("utf-8")
    assert max(map(len, re.findall(r'"([^"]*)"', told))) <= len("relapse_maintenance") + 1
