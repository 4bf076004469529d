"""A corpus of dated files is played as PubMed would have been: what is there on a day, and in which version.

Owns time. Never looks at searching beyond "everything".
"""

from __future__ import annotations

import gzip
from datetime import date
from pathlib import Path

import pytest

from litwatch.errors import CutFile, NotRecords, UsageError
from litwatch.sandbox.server import Sandbox
from litwatch.sandbox.synthetic import FIRST_PMID, SHARES, Synthetic
from litwatch.sandbox.timeline import Timeline, file_date
from sandbox.asking import ask
from world import shared

HEAD, FOOT = '<?xml version="1.0" encoding="utf-8"?>\n<PubmedArticleSet>\n', "\n</PubmedArticleSet>\n"


def record(pmid: int, title: str, created: str = "2026-03-01") -> str:
    year, month, day = (int(part) for part in created.split("-"))
    return (
        '<PubmedArticle><MedlineCitation Status="Publisher" Owner="NLM">'
        f'<PMID Version="1">{pmid}</PMID><Article><ArticleTitle>{title}</ArticleTitle></Article>'
        "</MedlineCitation>"
        '<PubmedData><History><PubMedPubDate PubStatus="entrez">'
        f"<Year>{year}</Year><Month>{month}</Month><Day>{day}</Day></PubMedPubDate>"
        "</History></PubmedData></PubmedArticle>"
    )


def deleted(*pmids: int) -> str:
    return (
        "<DeleteCitation>"
        + "".join(f'<PMID Version="1">{pmid}</PMID>' for pmid in pmids)
        + "</DeleteCitation>"
    )


def write(folder: Path, name: str, *parts: str) -> Path:
    path = folder / name
    text = HEAD + "\n".join(parts) + FOOT
    if name.endswith(".gz"):
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text, "utf-8")
    return path


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    write(
        tmp_path, "base.xml", record(1, "one"), record(2, "two, first"), record(2, "two, second in one file")
    )
    write(tmp_path, "update-2026-03-10.xml", record(2, "two, third"), record(3, "three"))
    write(tmp_path, "pubmed26n20260312.xml.gz", record(4, "four"), deleted(1, 3))
    write(tmp_path, "update-2026-03-14.xml", record(3, "three, back again"))
    return tmp_path


DAYS = [
    ("2026-03-09", {1: "one", 2: "two, second in one file"}),
    ("2026-03-10", {1: "one", 2: "two, third", 3: "three"}),
    ("2026-03-11", {1: "one", 2: "two, third", 3: "three"}),
    ("2026-03-12", {2: "two, third", 4: "four"}),
    ("2026-03-14", {2: "two, third", 3: "three, back again", 4: "four"}),
]


def seen(sandbox: Sandbox) -> dict[int, str]:
    pmids = ask(sandbox, "esearch", term="all[sb]", retmax=100).pmids
    articles = ask(sandbox, "efetch", id=",".join(map(str, pmids))).xml if pmids else []
    return {
        int(one.findtext("MedlineCitation/PMID", "")): one.findtext(".//ArticleTitle", "") for one in articles
    }


@pytest.mark.parametrize(("today", "expected"), DAYS, ids=[day for day, _ in DAYS])
def test_a_day_shows_the_newest_version_of_what_is_there(
    corpus: Path, today: str, expected: dict[int, str]
) -> None:
    with Sandbox(corpus, today=today) as sandbox:
        assert seen(sandbox) == expected


def test_the_clock_moves_forward_and_back_while_it_serves(corpus: Path) -> None:
    with Sandbox(corpus, today="2026-03-01") as sandbox:
        for today, expected in [*DAYS, *reversed(DAYS)]:
            sandbox.today = today
            assert seen(sandbox) == expected


def test_a_search_follows_the_version_of_the_day(corpus: Path) -> None:
    with Sandbox(corpus, today="2026-03-09") as sandbox:
        assert ask(sandbox, "esearch", term="third[ti]").pmids == []
        sandbox.today = "2026-03-10"
        assert ask(sandbox, "esearch", term="third[ti]").pmids == [2]
        assert ask(sandbox, "esearch", term="second[ti]").pmids == []


def test_a_deleted_record_cannot_be_fetched(corpus: Path) -> None:
    with Sandbox(corpus, today="2026-03-12") as sandbox:
        assert ask(sandbox, "efetch", id="1,2", rettype="uilist").text == "2\n"


def test_a_file_can_be_played_by_create_dates(tmp_path: Path) -> None:
    file = write(tmp_path, "real.xml", record(1, "one", "2026-03-01"), record(2, "two", "2026-03-05"))
    with Sandbox(file, today="2026-03-04", by_create_date=True) as sandbox:
        assert seen(sandbox) == {1: "one"}
        sandbox.today = "2026-03-05"
        assert seen(sandbox) == {1: "one", 2: "two"}
    with Sandbox(file, today="2026-03-04") as sandbox:
        assert seen(sandbox) == {1: "one", 2: "two"}


@pytest.mark.parametrize(
    ("name", "day"),
    [
        ("a-2026-03-10.xml", "2026-03-10"),
        ("a20260310b.xml.gz", "2026-03-10"),
        ("2026-03-10.xml", "2026-03-10"),
        ("pubmed26n1334.xml.gz", None),
        ("a-2026-13-10.xml", None),
        ("a-120260310.xml", None),
        ("20261399-2026-03-10.xml", "2026-03-10"),
    ],
)
def test_a_date_is_found_in_a_file_name(name: str, day: str | None) -> None:
    assert file_date(name) == (date.fromisoformat(day).toordinal() if day else 0)


def test_a_corpus_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    whole = write(tmp_path, "whole.xml", record(1, "one"), record(2, "two")).read_text("utf-8")
    cut = tmp_path / "cut.xml"
    cut.write_text(whole[: len(whole) // 2], "utf-8")
    other = tmp_path / "other.xml"
    other.write_text("<html>no records</html>", "utf-8")
    broken = tmp_path / "broken.xml.gz"
    broken.write_bytes(gzip.compress(whole.encode())[:-20])
    empty = tmp_path / "empty"
    empty.mkdir()
    with pytest.raises(CutFile, match=r"cut\.xml"):
        Timeline(cut)
    with pytest.raises(NotRecords, match=r"other\.xml"):
        Timeline(other)
    with pytest.raises((CutFile, NotRecords), match=r"broken\.xml\.gz"):
        Timeline(broken)
    with pytest.raises(UsageError, match="empty"):
        Timeline(empty)
    with pytest.raises(UsageError, match="missing"):
        Timeline(tmp_path / "missing")


def test_synthetic_records_come_on_their_create_dates() -> None:
    made_up = Synthetic(1_000)
    for number in (0, 1, 499, 998, 999):
        created = made_up.created(number)
        assert made_up.seen_on(created - 1) <= number < made_up.seen_on(created)
    assert made_up.seen_on(made_up.first.toordinal() - 1) == 0
    assert made_up.seen_on(made_up.last.toordinal()) == 1_000


def test_synthetic_records_have_the_shares_that_are_promised() -> None:
    with Sandbox(today="2026-03-30", shipped=False, synthetic=2_000) as sandbox:
        counts = {
            name: ask(sandbox, "esearch", term=term, rettype="count").count
            for name, term in {
                "ketamine and depression": "ketamine[tiab] AND depression[tiab]",
                "ketamine": "ketamine[tiab] NOT depression[tiab]",
                "depression": "depression[tiab] NOT ketamine[tiab]",
                "neither": "all[sb] NOT (ketamine[tiab] OR depression[tiab])",
            }.items()
        }
        assert counts == {name: share * 20 for name, share in SHARES.items()}
        fetched = ask(
            sandbox, "efetch", id=f"{FIRST_PMID + 1_999},{FIRST_PMID + 2_000}", rettype="uilist"
        ).text
        assert fetched == f"{FIRST_PMID + 1_999}\n"


def test_the_large_file_is_served_whole() -> None:
    with Sandbox(shared("corpus/nlm-update-2021.xml.gz"), today="2026-03-30") as sandbox:
        assert ask(sandbox, "esearch", term="1:999999999[uid]", rettype="count").count == 20_783
        assert len(ask(sandbox, "efetch", id="10704411,33984391").xml) == 2
