"""`papers --format` as a researcher calls it.

Owns what comes out for Zotero, spreadsheets and ourselves, and what is left out.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import rispy

from world import World, world


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("formats")) as here:
        here.weeks("2026-03-09")
        yield here


def test_every_format_has_the_papers_that_were_fetched(ran: World) -> None:
    listed = ran.litwatch("papers", "--json").objects()
    fetched = {one["pmid"] for one in listed if one["title"]}
    assert 0 < len(fetched) < len(listed)
    ris = ran.litwatch("papers", "--format", "ris")
    assert {one["accession_number"] for one in rispy.loads(ris.out)} == fetched
    left_out = len(listed) - len(fetched)
    assert f"{left_out} papers are left out" in ris.err
    table = ran.litwatch("papers", "--format", "csv", "--arrival", "new").out
    rows = list(csv.DictReader(io.StringIO(table.removeprefix("\ufeff"))))
    assert {row["pmid"] for row in rows} == {one["pmid"] for one in listed if one["arrival"] == "new"}
    lines = ran.litwatch("papers", "--format", "jsonl").out.splitlines()
    assert {json.loads(line)["pmid"] for line in lines} == {one["pmid"] for one in listed}


def test_what_nbib_wrote_tag_reads(ran: World, tmp_path: Path) -> None:
    path = tmp_path / "papers.nbib"
    path.write_text(ran.litwatch("papers", "--format", "nbib", "--arrival", "new").out, "utf-8")
    tagged = {one["pmid"]: one for one in ran.litwatch("tag", str(path), "--json").objects()}
    stored = {one["pmid"]: one for one in ran.litwatch("papers", "--json", "--arrival", "new").objects()}
    assert tagged.keys() == stored.keys()
    assert {pmid: one["title"] for pmid, one in tagged.items()} == {
        pmid: one["title"] for pmid, one in stored.items()
    }


def test_two_formats_are_wrong_use(ran: World) -> None:
    done = ran.litwatch("papers", "--json", "--format", "ris")
    assert (done.code, done.out) == (2, "")
    assert "choose one" in done.err
    assert ran.litwatch("papers", "--format", "endnote").code == 2
