"""scripts/psynamic: what a paper is in litwatch's terms, and in PsyNamic's."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from world import ROOT

PAIN = {
    "title": "Ketamine for neuropathic pain: a double-blind placebo-controlled crossover study",
    "abstract": "METHODS: Twenty patients with neuropathic pain were given ketamine 0.5 mg/kg or placebo in a "
    "double-blind crossover study. RESULTS: Pain scores fell by 2 points with ketamine.",
    "human_labels": {"study_purpose": ["Efficacy endpoints"], "study_type": "Other"},
}
MOOD = {
    "title": "Ketamine for major depressive disorder: a randomised controlled trial",
    "abstract": "METHODS: Forty patients were randomly assigned to ketamine or placebo. RESULTS: MADRS scores improved "
    "with ketamine, and adverse events were mild.",
    "human_labels": {
        "study_purpose": ["Efficacy endpoints", "Safety endpoints"],
        "study_type": "Randomized-controlled trial (RCT)",
    },
}
OTHER_DRUG = {"title": "Psilocybin for depression", "abstract": "", "human_labels": {"study_type": "Other"}}


def test_each_figure_stands_as_tagged_and_in_their_terms(tmp_path: Path) -> None:
    train = tmp_path / "train.jsonl"
    train.write_text("".join(json.dumps(one) + "\n" for one in (PAIN, MOOD, OTHER_DRUG)), encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "psynamic"), str(train)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    head, _, efficacy, safety, kind = done.stdout.splitlines()
    assert head.startswith("| 2 records on ketamine |")
    assert [cell.split()[0] for cell in efficacy.split("|")[2:4]] == ["0.667", "1.000"]
    assert safety.split("|")[2].split()[0] == "1.000"
    assert [cell.split()[0] for cell in kind.split("|")[2:4]] == ["0.500", "1.000"]


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "psynamic"), str(tmp_path / "none.jsonl")],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].endswith("not there; name the file of PsyNamic's labels")
