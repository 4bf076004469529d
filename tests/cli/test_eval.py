"""`litwatch eval` as a researcher calls it, on made-up labelled records and on the real ones beside the checkout.

Owns its text, JSON, page, exit codes and what it says of bad input.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from lxml import html

from world import Outcome, litwatch, shared

HOSTILE = "<script>alert(1)</script> ketamine for depression in {{ 7*7 }}"
RECORDS = (
    {
        "pmid": "99000001",
        "title": "Ketamine for depression: a randomized controlled trial",
        "abstract": "METHODS: We randomized 40 patients to ketamine or placebo. RESULTS: Depression scores fell more "
        "with ketamine (-7.1, 95% CI -9.0 to -5.2). CONCLUSIONS: Ketamine reduced depressive symptoms.",
        "topics": ["efficacy"],
        "design": "rct",
        "participants": 40,
        "relevant": True,
    },
    {"pmid": "99000002", "title": HOSTILE, "topics": ["misuse"], "design": "cohort", "relevant": True},
    {"pmid": "99000003", "title": "Roses and how to prune them", "topics": [], "relevant": False},
)


def run(*words: str) -> Outcome:
    return litwatch(*words, folder=Path.cwd())


@pytest.fixture
def gold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    path = tmp_path / "gold.jsonl"
    path.write_text("".join(json.dumps(record) + "\n" for record in RECORDS), "utf-8")
    return path


def test_figures_and_mistakes_in_text(gold: Path) -> None:
    done = run("eval", str(gold))
    assert done.code == 0
    assert "3 records, without MeSH" in done.out
    figures = {line.split()[0]: line.split()[1] for line in done.out.splitlines() if line.strip()}
    assert figures["design-right"] == "0.500"
    assert figures["rct"] == "1.000"
    listed = run("eval", str(gold), "--mistakes", "topics.misuse").out
    assert "MISSED topics.misuse  PMID 99000002" in listed
    assert "99000001" not in listed


def test_json_is_what_compare_reads(gold: Path, tmp_path: Path) -> None:
    old = tmp_path / "old.json"
    old.write_text(run("eval", str(gold), "--json").out, "utf-8")
    assert "Nothing changed." in run("eval", str(gold), "--compare", str(old)).out
    other = [dict(RECORDS[0], design="trial"), *RECORDS[1:]]
    gold.write_text("".join(json.dumps(record) + "\n" for record in other), "utf-8")
    changed = run("eval", str(gold), "--compare", str(old)).out
    assert "1 new mistakes" in changed
    assert "WRONG design.trial  PMID 99000001" in changed


def test_fail_under_is_exit_1(gold: Path) -> None:
    assert run("eval", str(gold), "--fail-under", "0").code == 0
    failed = run("eval", str(gold), "--fail-under", "0.99")
    assert failed.code == 1
    assert "topic-macro-F1 is" in failed.err


def test_the_page_holds_the_same_and_nothing_hostile(gold: Path, tmp_path: Path) -> None:
    page = tmp_path / "eval.html"
    assert run("eval", str(gold), "--html", str(page)).code == 0
    written = page.read_text("utf-8")
    assert "<script" not in written
    assert "{{ 7*7 }}" in written
    tree = html.fromstring(written)
    rows = {
        "".join(map(str, cells[0].itertext())): "".join(map(str, cells[1].itertext()))
        for row in tree.iterfind(".//tr")
        if len(cells := list(row)) == 2
    }
    assert rows["design-right"].startswith("0.50")
    assert tree.find(".//a[@href='https://pubmed.ncbi.nlm.nih.gov/99000002/']") is not None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nowhere.jsonl"], "nowhere.jsonl cannot be read: No such file or directory"),
        (["{gold}", "--mistakes", "topics.misusse"], "did you mean `topics.misuse`?"),
        (["{gold}", "--compare", "{gold}"], "it is not JSON"),
        (["{gold}", "--compare", "{other}"], "it is not what `litwatch eval --json` prints"),
        (["{other}"], "line 1: "),
        (["{empty}"], "holds no records"),
        (["{untold}", "--fail-under", "0.5"], "no labels of topics"),
        (["{gold}", "--html", "/nowhere/x.html"], "/nowhere/x.html cannot be written"),
    ],
)
def test_bad_input_is_one_message_and_exit_2(
    gold: Path, tmp_path: Path, arguments: list[str], said: str
) -> None:
    named = {name: tmp_path / name for name in ("other", "empty", "untold")}
    named["other"].write_text("[1]", "utf-8")
    named["empty"].write_text("\n", "utf-8")
    named["untold"].write_text('{"pmid": 99000001}', "utf-8")
    done = run("eval", *(each.format(gold=gold, **named) for each in arguments))
    assert (done.code, len(done.err.splitlines())) == (2, 1)
    assert said in done.err


def test_the_real_labels_are_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = json.loads(run("eval", str(shared("gold/dev.jsonl")), "--json").out)
    assert done["records"] == 204
    assert done["facets"]["relevant"]["yes"]["labelled"] == 150
    assert done["answers"]["participants"]["stated"] == 137
    assert done["facets"]["secondary"]["yes"]["labelled"] == 26
