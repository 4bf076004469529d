"""Proves that the index follows the store: what comes, changes and goes, what is damaged or cannot be written."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path

import pytest

from litwatch.edge.workbook.answering import Answers
from litwatch.edge.workbook.counts import answer_kept, keep_answer, keep_records, records_kept
from litwatch.edge.workbook.file import Workbook, open_workbook
from litwatch.edge.workbook.filling import add_rest, bring_up, has_rest, in_turn
from litwatch.edge.workbook.variants import keep_tried, tried
from litwatch.paper import Author, Paper
from litwatch.query.leaves import BY_NAME
from litwatch.query.parse import parse
from litwatch.query.tree import Term
from workbook.test_answers import reader

TODAY = date(2026, 3, 9)
PAPERS: dict[int, Paper | None] = {
    99000001: Paper(99000001, title="Apples in spring"),
    99000002: Paper(99000002, title="Berries in spring"),
    99000003: Paper(99000003, title="Roses"),
}


def matching(workbook: Workbook, papers: dict[int, Paper | None], query: str) -> list[int]:
    rest = partial(add_rest, workbook, in_turn(reader(papers)))
    answers = Answers(workbook, reader(papers), BY_NAME, TODAY, rest)
    root = parse(query).root
    assert isinstance(root, Term)
    return answers.pmids_of(answers.term(root) or 0)


def test_only_what_came_or_changed_is_read_and_what_went_no_longer_counts(tmp_path: Path) -> None:
    workbook = open_workbook(tmp_path / "a.workbook")
    papers = {**PAPERS, 99000011: Paper(99000011, title="Moss"), 99000012: Paper(99000012, title="Grass")}
    stamps = dict.fromkeys(papers, "1")
    assert bring_up(workbook, stamps, in_turn(reader(papers))) == 5
    assert bring_up(workbook, stamps, in_turn(reader({}))) == 0
    assert matching(workbook, papers, "spring[ti]") == [99000001, 99000002]
    papers[99000002] = replace(papers[99000002] or Paper(1), title="Berries in autumn")
    papers[99000004] = Paper(99000004, title="Cherries in spring")
    del papers[99000003]
    stamps = {99000001: "1", 99000002: "2", 99000004: "1", 99000011: "1", 99000012: "1"}
    assert bring_up(workbook, stamps, in_turn(reader(papers))) == 2
    assert matching(workbook, papers, "spring[ti]") == [99000001, 99000004]
    assert matching(workbook, papers, "autumn[ti]") == [99000002]
    assert matching(workbook, papers, "roses[ti]") == []


def test_people_and_places_are_gathered_once_a_search_asks_for_them_and_then_kept_up(tmp_path: Path) -> None:
    workbook = open_workbook(tmp_path / "a.workbook")
    papers: dict[int, Paper | None] = {
        pmid: replace(one, journal="Pomology") for pmid, one in PAPERS.items() if one is not None
    }
    bring_up(workbook, dict.fromkeys(papers, "1"), in_turn(reader(papers)))
    assert matching(workbook, papers, "spring[ti]") == [99000001, 99000002]
    assert not has_rest(workbook)
    assert matching(workbook, papers, "pomology[ta]") == sorted(papers)
    assert has_rest(workbook)
    papers[99000004] = Paper(99000004, title="Cherries in spring", authors=(Author("Gardener", "Ann", "A"),))
    assert bring_up(workbook, dict.fromkeys(papers, "1"), in_turn(reader(papers))) == 1
    assert matching(workbook, papers, "gardener a[au]") == [99000004]
    assert matching(workbook, papers, "spring[ti]") == [99000001, 99000002, 99000004]


def test_a_workbook_most_of_which_is_dead_is_made_anew(tmp_path: Path) -> None:
    workbook = open_workbook(tmp_path / "a.workbook")
    for stamp in "1234":
        bring_up(workbook, dict.fromkeys(PAPERS, stamp), in_turn(reader(PAPERS)))
        assert matching(workbook, PAPERS, "spring[ti]") == [99000001, 99000002]
    (slots,) = workbook.connection.execute("SELECT max(slot) FROM paper").fetchone()
    assert slots <= 6


def test_a_record_that_cannot_be_read_matches_nothing_and_is_not_read_again(tmp_path: Path) -> None:
    workbook = open_workbook(tmp_path / "a.workbook")
    papers = {**PAPERS, 99000009: None}
    bring_up(workbook, dict.fromkeys(papers, "1"), in_turn(reader(papers)))
    assert bring_up(workbook, dict.fromkeys(papers, "1"), in_turn(reader({}))) == 0
    assert matching(workbook, papers, "spring[ti]") == [99000001, 99000002]


@pytest.mark.parametrize("content", [b"", b"no database at all" * 100])
def test_a_file_that_is_no_workbook_is_replaced(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "a.workbook"
    path.write_bytes(content)
    workbook = open_workbook(path)
    bring_up(workbook, dict.fromkeys(PAPERS, "1"), in_turn(reader(PAPERS)))
    assert matching(workbook, PAPERS, "roses[ti]") == [99000003]
    workbook.close()
    assert bring_up(open_workbook(path), dict.fromkeys(PAPERS, "1"), in_turn(reader({}))) == 0


def test_a_workbook_of_other_code_is_made_anew_and_keeps_what_was_tried(tmp_path: Path) -> None:
    path = tmp_path / "a.workbook"
    workbook = open_workbook(path)
    bring_up(workbook, dict.fromkeys(PAPERS, "1"), in_turn(reader(PAPERS)))
    keep_tried(workbook, "a-watch", "some seeds", "one", {"papers": 1}, datetime(2026, 3, 9, tzinfo=UTC))
    workbook.connection.execute("UPDATE about SET value = 'another' WHERE key = 'made by'")
    workbook.close()
    anew = open_workbook(path)
    assert bring_up(anew, dict.fromkeys(PAPERS, "1"), in_turn(reader(PAPERS))) == 3
    assert tried(anew, "a-watch", "some seeds") == (("one", {"papers": 1}),)


def test_where_nothing_can_be_written_it_works_and_keeps_nothing(tmp_path: Path) -> None:
    workbook = open_workbook(tmp_path / "no" / "such" / "folder.workbook")
    assert workbook.path is None
    bring_up(workbook, dict.fromkeys(PAPERS, "1"), in_turn(reader(PAPERS)))
    assert matching(workbook, PAPERS, "roses[ti]") == [99000003]


def test_a_filling_that_breaks_off_leaves_what_was_there(tmp_path: Path) -> None:
    workbook = open_workbook(tmp_path / "a.workbook")
    bring_up(workbook, {99000001: "1"}, in_turn(reader(PAPERS)))

    def broken(pmids: Sequence[int]) -> Iterator[tuple[int, Paper | None]]:
        yield pmids[0], PAPERS[pmids[0]]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bring_up(workbook, dict.fromkeys(PAPERS, "1"), in_turn(broken))
    assert matching(workbook, PAPERS, "spring[ti]") == [99000001]


def test_searches_that_were_tried_stand_in_the_order_in_which_they_were_first_tried(tmp_path: Path) -> None:
    workbook = open_workbook(tmp_path / "a.workbook")
    for minute, (query, papers) in enumerate((("one", 1), ("two", 2), ("one", 3))):
        at = datetime(2026, 3, 9, 7, minute, tzinfo=UTC)
        keep_tried(workbook, "a-watch", "some seeds", query, {"papers": papers}, at)
    keep_tried(workbook, "a-watch", "other seeds", "three", {"papers": 4}, datetime(2026, 3, 9, tzinfo=UTC))
    assert tried(workbook, "a-watch", "some seeds") == (("one", {"papers": 3}), ("two", {"papers": 2}))


def test_what_pubmed_said_is_kept_for_its_day(tmp_path: Path) -> None:
    workbook = open_workbook(tmp_path / "a.workbook")
    keep_answer(workbook, "a question", {"count": 7}, TODAY)
    keep_records(workbook, [(99000001, b"<xml/>")], TODAY)
    assert answer_kept(workbook, "a question", TODAY) == {"count": 7}
    assert records_kept(workbook, [99000001, 99000002], TODAY) == {99000001: b"<xml/>"}
    tomorrow = date(2026, 3, 10)
    assert answer_kept(workbook, "a question", tomorrow) is None
    assert records_kept(workbook, [99000001], tomorrow) == {}
    keep_answer(workbook, "another", {"count": 8}, tomorrow)
    assert workbook.connection.execute("SELECT count(*) FROM asked").fetchone() == (1,)
