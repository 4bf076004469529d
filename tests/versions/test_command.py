"""Proves what `litwatch versions` prints of record files, and how it ends."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from litwatch.reading.json_lines import to_json
from versions.pairs import pairs
from world import litwatch


@pytest.fixture
def some(tmp_path: Path) -> Path:
    """Two true pairs and a false one, as JSON lines."""
    table = pairs()
    true = [pair for pair in table if pair.same][:2]
    studies = {pair.study for pair in true}
    false = next(pair for pair in table if not pair.same and pair.study not in studies)
    path = tmp_path / "some.jsonl"
    lines = [json.dumps(to_json(paper)) for pair in (*true, false) for paper in (pair.other, pair.one)]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def test_a_pair_a_line_with_how_it_is_known(some: Path, tmp_path: Path) -> None:
    done = litwatch("versions", str(some), folder=tmp_path)
    assert (done.code, done.err) == (0, "")
    assert done.out == "99000001\t99000002\ttitle\n99000003\t99000004\ttitle\n"
    done = litwatch("versions", str(some), "--json", folder=tmp_path)
    assert done.objects()[0] == {"pmid": "99000001", "other": "99000002", "how": "title"}


def test_a_file_that_is_not_there_is_named_and_the_others_are_read(some: Path, tmp_path: Path) -> None:
    done = litwatch("versions", "none.xml", str(some), folder=tmp_path)
    assert done.code == 1
    assert "none.xml" in done.err
    assert done.out.count("\n") == 2
