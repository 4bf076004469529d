"""Proves that what reads queries reads them by the MeSH that it is handed: facets, agreement, tag in processes."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from litwatch.cli.tagging import tag
from litwatch.decide.agreement import Agreement
from litwatch.edge.mesh import MeshFile
from litwatch.edge.mesh.writing import Contents, write
from litwatch.jobs.filing import hash_of
from litwatch.paper import MeshHeading, Paper
from litwatch.query.leaves import BY_NAME, Vocabulary
from litwatch.query.mesh import Heading
from litwatch.query.nlm_tables import shipped_subheadings
from litwatch.query.parse import parse
from litwatch.study.facets import Entry, Facet, Rules
from litwatch.study.student import compile_rules

MESH = Vocabulary(MeshFile())
RESISTANT = MeshHeading("Depressive Disorder, Treatment-Resistant", "D061218")
TODAY = date(2026, 3, 30)


def rules(query: str) -> Rules:
    return Rules("made-up", (Facet("topics", (Entry("mood", "Mood", parse(query)),), first_only=False),))


def test_a_facet_finds_what_is_narrower() -> None:
    paper, asked = Paper(pmid=99000001, mesh=(RESISTANT,)), rules('"Mood Disorders"[mh]')
    assert list(compile_rules(asked, MESH).study(paper).tags) == ["mood"]
    assert list(compile_rules(asked, BY_NAME).study(paper).tags) == []


def test_a_paper_that_pubmed_lists_under_a_narrower_heading_is_no_disagreement() -> None:
    paper, query = Paper(pmid=99000001, mesh=(RESISTANT,)), parse('"Mood Disorders"[mh]')
    assert Agreement(query, MESH).disagreement(paper, TODAY, listed=True) is None
    assert Agreement(query, BY_NAME).disagreement(paper, TODAY, listed=True) is not None


def test_papers_are_studied_anew_by_another_mesh_where_the_rules_ask_for_headings(tmp_path: Path) -> None:
    file = tmp_path / "mesh.sqlite3"
    write(file, Contents("2031", "made up", (Heading("D1", "Mood", ("F1",)),), shipped_subheadings()))
    newer, missing = Vocabulary(MeshFile(file)), Vocabulary(MeshFile(tmp_path / "nothing"))
    headings, words = rules('"Mood Disorders"[mh]'), rules("mood[tiab]")
    assert hash_of(headings, MESH) != hash_of(headings, newer)
    assert hash_of(headings, MESH) == hash_of(headings, Vocabulary(MeshFile()))
    assert hash_of(words, MESH) == hash_of(words, newer) == hash_of(words, missing)  # and no file is opened


def test_tag_hands_its_mesh_to_every_process(tmp_path: Path) -> None:
    record = {
        "pmid": "99000001",
        "title": "A made-up paper",
        "mesh": [{"descriptor": RESISTANT.descriptor, "ui": RESISTANT.ui}],
    }
    path = tmp_path / "papers.jsonl"
    path.write_text("".join(json.dumps({**record, "pmid": str(99000001 + n)}) + "\n" for n in range(250)))
    for jobs in (1, 2):
        for known, expected in ((MESH, ["mood"]), (BY_NAME, [])):
            found = [json.loads(line) for line in tag([path], "made-up", rules('"Mood Disorders"[mh]'), jobs, known)
                     if isinstance(line, bytes)]  # fmt: skip
            assert [list(one["tags"]) for one in found] == [expected] * 250
