"""Proves that PubMed's own files say what E-utilities say, to the last PMID: scan, audit, collect and refresh."""

from __future__ import annotations

import gzip
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

import pytest
import requests

from litwatch.edge.config import load
from litwatch.edge.shipped import config_directory
from litwatch.jobs.scanning.found import Found
from litwatch.jobs.scanning.many_files import here
from litwatch.jobs.scanning.many_files import scan as scan_files
from litwatch.jobs.scanning.one_file import Asked
from litwatch.query.leaves import BY_NAME, Vocabulary
from world import Outcome, World, litwatch, world

LAST = "2026-03-28"
WATCH = "ketamine-depression"


@pytest.fixture(scope="module")
def searched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    """A store that was filled from PubMed on the day of the last file."""
    with world(tmp_path_factory.mktemp("searched"), today=LAST) as here:
        assert here.litwatch("collect", "--now", f"{LAST}T07:05:00Z").code == 0
        yield here


@pytest.fixture
def copied(nlm: Path, tmp_path: Path) -> Path:
    """The series, to be spoilt."""
    return Path(shutil.copytree(nlm, tmp_path / "nlm"))


def listed_by_pubmed(here: World) -> set[int]:
    query = str(load(config_directory(), {}).watches[0].query)
    asked = {"db": "pubmed", "term": query, "retmax": "9999", "retmode": "json"}
    answer = requests.post(f"{here.pubmed.base_url}esearch.fcgi", data=asked, timeout=30).json()
    return set(map(int, answer["esearchresult"]["idlist"]))


def scan(*words: object, folder: Path) -> Outcome:
    return litwatch("scan", *map(str, words), folder=folder)


def pmids(outcome: Outcome) -> set[int]:
    lines = [line.split("\t") for line in outcome.out.splitlines()]
    assert all(watch == WATCH for _, watch in lines)
    assert len(lines) == len({pmid for pmid, _ in lines})
    return {int(pmid) for pmid, _ in lines}


def test_scan_lists_what_pubmed_lists(searched: World, nlm: Path, tmp_path: Path) -> None:
    expected = listed_by_pubmed(searched)
    assert len(expected) > 30
    for jobs in ("1", "2"):
        outcome = scan(nlm, "--jobs", jobs, folder=tmp_path)
        assert outcome.code == 0
        assert pmids(outcome) == expected
    assert "scan: " in outcome.err
    named = scan(*sorted(nlm.glob("*.gz")), "--json", folder=tmp_path).objects()
    assert {int(one["pmid"]) for one in named} == expected
    assert {one["file"] for one in named} > {"pubmed26n0001.xml.gz"}


def test_what_was_found_in_a_file_is_kept(copied: Path, tmp_path: Path) -> None:
    first = scan(copied, "--keep", tmp_path / "kept", folder=tmp_path)
    assert first.code == 0
    for file in copied.glob("*.gz"):
        told = file.stat()
        file.write_bytes(b"\0" * told.st_size)
        os.utime(file, ns=(told.st_atime_ns, told.st_mtime_ns))
    again = scan(copied, "--keep", tmp_path / "kept", folder=tmp_path)
    assert (again.code, again.out) == (0, first.out)
    for kept in (tmp_path / "kept").glob("*.found"):
        kept.write_bytes(b"damaged")
    assert scan(copied, "--keep", tmp_path / "kept", folder=tmp_path).code == 1


ABOUT, OTHER = "Ketamine for depression", "Gardening"


def record(pmid: int, title: str = ABOUT, version: int = 1) -> str:
    return (
        f'<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="{version}">{pmid}</PMID><Article>'
        f"<ArticleTitle>{title}</ArticleTitle></Article></MedlineCitation></PubmedArticle>"
    )


def deletion(*pmids: int, version: int = 1) -> str:
    named = "".join(f'<PMID Version="{version}">{pmid}</PMID>' for pmid in pmids)
    return f"<DeleteCitation>{named}</DeleteCitation>"


def write(folder: Path, number: int, *records: str) -> Path:
    """One of NLM's files."""
    path = folder / f"pubmed26n{number:04}.xml.gz"
    path.write_bytes(gzip.compress(f"<PubmedArticleSet>{''.join(records)}</PubmedArticleSet>".encode()))
    return path


def test_the_newest_version_wins_and_what_is_deleted_is_gone(tmp_path: Path) -> None:
    write(tmp_path, 1, *(record(99000101 + number) for number in range(5)), record(99000110, OTHER))
    write(
        tmp_path,
        2,
        record(99000101, OTHER),
        record(99000110),
        record(99000105, OTHER, 2),
        record(99000105),
    )
    write(tmp_path, 3, deletion(99000102), record(99000106), record(99000106, OTHER))
    assert pmids(scan(tmp_path, "--jobs", "1", folder=tmp_path)) == {99000103, 99000104, 99000110}
    # A later file with an earlier version, a deletion of it, and a record that its own file takes away.
    write(tmp_path, 4, record(99000103, version=2), record(99000107))
    write(tmp_path, 5, record(99000103, OTHER), deletion(99000103))
    write(tmp_path, 6, record(99000108), deletion(99000108))
    # Of what has two versions the first goes, or both, or the second, which leaves the first.
    write(
        tmp_path,
        7,
        *(record(99000111 + number, version=version) for number in range(3) for version in (1, 2)),
    )
    write(tmp_path, 8, deletion(99000111), deletion(99000113, version=2))
    write(tmp_path, 9, deletion(99000112).replace("</D", '<PMID Version="2">99000112</PMID></D'))
    write(tmp_path, 10, record(99000114), record(99000114, version=2), deletion(99000114))
    noted = '<!-- <PMID Version="1">1</PMID> --><PMID Version="1">99000115<'
    write(tmp_path, 11, record(99000115).replace('<PMID Version="1">99000115<', noted))
    kept = str(tmp_path / "kept")
    for _ in range(2):
        assert pmids(scan(tmp_path, "--keep", kept, folder=tmp_path)) == {
            99000103, 99000104, 99000107, 99000110, 99000111, 99000113, 99000114, 99000115,
        }  # fmt: skip


def test_a_folder_is_read_as_nlm_lays_it_out_and_nothing_in_it_is_passed_over(tmp_path: Path) -> None:
    for number, part in enumerate(("baseline", "updatefiles"), 1):
        (tmp_path / part).mkdir()
        write(tmp_path / part, number, record(99000100 + number))
    (tmp_path / "baseline" / "._pubmed26n0001.xml.gz").write_bytes(b"what another system keeps of it")
    outcome = scan(tmp_path, folder=tmp_path)
    assert (outcome.code, pmids(outcome)) == (0, {99000101, 99000102})
    (tmp_path / "updatefiles" / "pubmed26n0003.xml.gz").symlink_to("nowhere")
    outcome = scan(tmp_path, folder=tmp_path)
    assert (outcome.code, pmids(outcome)) == (1, {99000101, 99000102})
    assert "pubmed26n0003.xml.gz: No such file" in outcome.err
    assert scan(tmp_path, "--keep", "/dev/null/here", folder=tmp_path).code == 2


@pytest.mark.parametrize(
    ("end", "said"),
    [
        (b"garbage", "something that is no gzip stands behind the end of the gzip file"),
        (gzip.compress(b"", mtime=0)[:9], "the gzip file ends in the middle"),
        (gzip.compress(b"<PubmedArt", mtime=0)[:-4], "the gzip file ends in the middle"),
        (b"\0" * 600, ""),
    ],
    ids=["garbage", "cut in its head", "cut in its end", "padding"],
)
def test_what_stands_whole_before_the_fault_of_a_file_counts(tmp_path: Path, end: bytes, said: str) -> None:
    path = write(tmp_path, 1, record(99000101), record(99000102))
    path.write_bytes(path.read_bytes() + end)
    outcome = scan(tmp_path, folder=tmp_path)
    assert (outcome.code, pmids(outcome)) == (1 if said else 0, {99000101, 99000102})
    assert said in outcome.err


def test_where_a_word_tells_little_another_is_asked_for_and_where_none_is_left_that_is_said(
    tmp_path: Path,
) -> None:
    titles = [f"{'patient' * (number % 2)} {'outcome' * (number % 3 == 0)} of" for number in range(400)]
    path = write(tmp_path, 1, *(record(99000001 + number, title) for number, title in enumerate(titles)))

    def asked(*queries: str) -> Found:
        [found] = here([path], Asked(queries, date(2026, 3, 28)), BY_NAME)
        return found

    both = asked("patient[ti] AND outcome[ti]")
    assert (len(both.matches), both.parsed, both.usual) == (67, 67, ())
    half = asked("nothing[ti]", "patient[ti]")
    assert (len(half.matches), half.parsed) == (200, 200)
    [usual] = half.usual
    assert (usual.query, usual.share) == (1, 0.5)
    assert usual.words(WATCH) == (
        f"{WATCH}: what each match must hold (such as 'patient') stands in 50% of the records, and all of these are "
        "parsed: 2.8 times as long"
    )


def test_an_audit_knows_that_books_are_in_no_file_and_tells_what_is_deleted_once(tmp_path: Path) -> None:
    folder = tmp_path / "nlm"
    folder.mkdir()
    book = (
        f'<PubmedBookArticle><BookDocument><PMID Version="1">99000102</PMID><ArticleTitle>{ABOUT}</ArticleTitle>'
        "</BookDocument></PubmedBookArticle>"
    )
    write(folder, 1, record(99000101), book, record(99000103), record(99000104))
    with world(tmp_path / "here", today=LAST) as here:
        assert here.litwatch("collect", "--from", str(folder)).code == 0
        write(folder, 1, record(99000101), record(99000103), record(99000104))
        write(folder, 2, deletion(99000103))
        outcome = here.litwatch("audit", str(folder), "--json")
        [receipt] = outcome.objects()
        assert (outcome.code, receipt["missing"]) == (0, [])
        assert (receipt["books"], receipt["deleted"], receipt["unmatched"]) == ([99000102], [99000103], [])


def test_audit_finds_nothing_missing_and_then_what_is(searched: World, nlm: Path, tmp_path: Path) -> None:
    outcome = searched.litwatch("audit", str(nlm))
    assert (outcome.code, outcome.err.count("\n")) == (0, 1)
    assert "audited to pubmed26n0014.xml.gz: 0 missing of" in outcome.err
    store = sqlite3.connect(searched.store)
    row = store.execute("SELECT * FROM arrival WHERE state = 'backlog' ORDER BY pmid LIMIT 1").fetchone()
    pmid = int(row[1])
    with store:
        store.execute("DELETE FROM arrival WHERE pmid = ?", (pmid,))
    missed = searched.litwatch("audit", str(nlm), "--json")
    assert missed.code == 1
    [receipt] = missed.objects()
    assert (receipt["missing"], receipt["ok"], receipt["job"]) == ([pmid], False, "audit")
    with store:
        store.execute(f"INSERT INTO arrival VALUES ({','.join('?' * len(row))})", row)
    store.close()
    assert searched.litwatch("audit", str(nlm)).code == 0
    assert any(run["job"] == "audit" for run in searched.litwatch("status", "--json").objects()[0]["runs"])


def test_what_is_held_and_not_in_the_files_is_named(searched: World, nlm: Path, tmp_path: Path) -> None:
    first = Path(shutil.copy(nlm / "pubmed26n0001.xml.gz", tmp_path))
    [receipt] = searched.litwatch("audit", str(first), "--json").objects()
    assert receipt["missing"] == []
    assert len(receipt["unseen"]) > 10
    unnamed = Path(shutil.copy(nlm / "pubmed26n0001.xml.gz", tmp_path / "mine.xml.gz"))
    outcome = searched.litwatch("audit", str(unnamed))
    assert (outcome.code, "0 missing" in outcome.out + outcome.err) == (1, False)
    assert "mine.xml.gz has no name of NLM's" in outcome.err


def test_files_that_lack_what_is_older_than_their_last_paper_are_not_all(
    searched: World, copied: Path
) -> None:
    (copied / "pubmed26n0014.xml.gz").rename(copied / "pubmed26n0002.xml.gz")
    (copied / "pubmed26n0002.xml.gz.md5").unlink()
    outcome = searched.litwatch("audit", *(str(copied / f"pubmed26n000{number}.xml.gz") for number in (1, 2)))
    assert outcome.code == 1
    assert "papers that the store holds stand in no file, though files hold later ones" in outcome.err
    assert "0 missing" not in outcome.out + outcome.err


def test_what_was_kept_is_not_believed_against_another_md5(copied: Path, tmp_path: Path) -> None:
    assert scan(copied, "--keep", tmp_path / "kept", folder=tmp_path).code == 0
    (copied / "pubmed26n0003.xml.gz.md5").write_text("0" * 32)
    again = scan(copied, "--keep", tmp_path / "kept", folder=tmp_path)
    assert (again.code, "its MD5 sum is not the one" in again.err) == (1, True)


def test_what_is_kept_serves_a_store_that_grows_and_gives_way_to_newer_states(
    copied: Path, tmp_path: Path
) -> None:
    kept, paths = tmp_path / "kept", sorted(copied.glob("*.xml.gz"))
    query = str(load(config_directory(), {}).watches[0].query)
    read: list[Path] = []

    def way(paths: Sequence[Path], asked: Asked, vocabulary: Vocabulary) -> Iterator[Found]:
        read.extend(paths)
        return here(paths, asked, vocabulary)

    def ask(*pmids: int, query: str = query) -> set[int]:
        read.clear()
        asked = Asked((query,), date(2026, 3, 28), frozenset(pmids))
        return {pmid for _, found in scan_files(paths, asked, way=way, kept=kept) for pmid in found.matches}

    matching = ask()
    assert read == paths
    assert ask(*sorted(matching)[:5]) == matching  # of these the records are kept anyway
    assert read == []
    [first, *_] = [
        one
        for _, found in zip(paths, here(paths, Asked((query,), date(2026, 3, 28)), BY_NAME), strict=True)
        for one in sorted(set(found.pmids) - matching)
    ]
    assert first in ask(first)
    assert 0 < len(read) < len(paths)
    assert first in ask(first)
    assert read == []
    names = {path.name for path in kept.iterdir()}
    os.utime(paths[2])
    ask(first)
    assert read == [paths[2]]
    assert {path.name for path in kept.iterdir()} == names
    for unused in kept.iterdir():
        os.utime(unused, (1, 1))
    ask(query="gardening[tiab]")
    assert not names & {path.name for path in kept.iterdir()}


@pytest.mark.parametrize("query", ['"last year"[crdt]', "published last year[sb]", '"last 30 days"[edat]'])
def test_what_is_kept_of_a_query_that_counts_from_today_is_of_that_day(
    nlm: Path, tmp_path: Path, query: str
) -> None:
    [path] = [sorted(nlm.glob("*.gz"))[4]]
    query = f"ketamine[tiab] AND {query}"
    for day in (date(2036, 3, 28), date(2026, 3, 28)):
        kept, anew = (
            {
                pmid
                for _, found in scan_files([path], Asked((query,), day), way=here, kept=folder)
                for pmid in found.matches
            }
            for folder in (tmp_path, None)
        )
        assert kept == anew
    assert kept


def test_a_record_that_comes_after_its_deletion_is_there(tmp_path: Path) -> None:
    records = (
        '<PubmedArticle><MedlineCitation><PMID Version="1">99000102</PMID></MedlineCitation></PubmedArticle>'
    )
    deletion = '<DeleteCitation><PMID Version="1">99000102</PMID></DeleteCitation>'
    path = tmp_path / "pubmed26n0001.xml"
    for text, gone in ((deletion + records, set()), (records + deletion, {99000102})):
        path.write_text(f"<PubmedArticleSet>{text}</PubmedArticleSet>")
        [found] = here([path], Asked(("ketamine[tiab]",), date(2026, 3, 28)), BY_NAME)
        assert set(found.deleted) == gone


def test_other_files_of_a_folder_are_named_and_none_of_them_is_collected_from(tmp_path: Path) -> None:
    text = "PMID- 99000001\nOWN - NLM\nTI  - Ketamine for depression.\nDP  - 2026 Jan\n"
    folder = tmp_path / "folder"
    folder.mkdir()
    for name in ("pubmed26n0001.xml", "mine.nbib"):
        (folder / name).write_text(text)
    outcome = scan(folder, folder=tmp_path)
    assert (outcome.code, pmids(outcome)) == (0, {99000001})
    assert "mine.nbib is passed over: of a folder only .xml and .xml.gz are read" in outcome.err
    with world(tmp_path / "site", today=LAST) as here:
        refused = here.litwatch("collect", "--from", str(folder))
        assert refused.code == 1
        assert "pubmed26n0001.xml is no PubMed XML, and the store keeps records as that alone" in refused.err


def test_two_runs_may_keep_in_one_folder(nlm: Path, tmp_path: Path) -> None:
    command = [
        sys.executable,
        "-m",
        "litwatch",
        "scan",
        str(nlm),
        "--keep",
        str(tmp_path / "kept"),
        "--jobs",
        "1",
    ]
    runs = [subprocess.Popen(command, stdout=subprocess.PIPE, cwd=tmp_path) for _ in range(3)]
    outs = {run.communicate(timeout=120)[0] for run in runs}
    assert [run.returncode for run in runs] == [0, 0, 0]
    assert len(outs) == 1
    assert not list((tmp_path / "kept").glob("*.part"))


@pytest.mark.parametrize(
    ("words", "said"), [(["here", "here"], "is given twice"), (["odd"], "which is unknown")]
)
def test_odd_files_are_one_clear_line(nlm: Path, tmp_path: Path, words: list[str], said: str) -> None:
    shutil.copy(nlm / "pubmed26n0001.xml.gz", tmp_path / "here")
    (tmp_path / "odd").write_text(
        '<?xml version="1.0" encoding="base64"?><PubmedArticleSet></PubmedArticleSet>'
    )
    outcome = scan(*words, folder=tmp_path)
    assert (outcome.code, said in outcome.err) == (1, True)
    assert "bug" not in outcome.err


@pytest.mark.parametrize("name", ["cut", "damaged", "other", "order", "sum", "baseline", "gap"])
def test_no_audit_of_files_that_were_not_all_read_says_that_nothing_is_missing(
    searched: World, copied: Path, name: str
) -> None:
    spoilt, last = copied / "pubmed26n0005.xml.gz", copied / "pubmed26n0014.xml.gz"
    asked = [str(copied)]
    if name in ("cut", "damaged", "other"):
        spoilt.with_name(spoilt.name + ".md5").unlink()
    whole = spoilt.read_bytes()
    if name == "cut":
        spoilt.write_bytes(whole[: len(whole) // 2])
    elif name == "damaged":
        spoilt.write_bytes(whole[:200] + bytes(200) + whole[400:])
    elif name == "other":
        spoilt.write_bytes(gzip.compress(b"<html>no records</html>"))
    elif name == "order":
        asked = [str(last), str(spoilt)]
    elif name == "sum":
        spoilt.with_name(spoilt.name + ".md5").write_text("MD5(x)= 00000000000000000000000000000000")
    elif name == "baseline":
        (copied / "pubmed26n0001.xml.gz").unlink()
    elif name == "gap":
        spoilt.unlink()
    outcome = searched.litwatch("audit", *asked)
    assert outcome.code == 1
    assert "0 missing" not in outcome.out + outcome.err
    said = {
        "cut": "ends in the middle",
        "damaged": "is damaged",
        "other": "it holds no PubMed records",
        "order": "comes before",
        "sum": "its MD5 sum is not the one in pubmed26n0005.xml.gz.md5",
        "baseline": "pubmed26n0001 is not there",
        "gap": "pubmed26n0005 is not there",
    }[name]
    assert said in outcome.err
    assert "Traceback" not in outcome.err
    if name not in ("baseline", "gap"):
        read = litwatch("scan", *asked, folder=copied)
        assert read.code == 1
        assert said in read.err
        assert bool(read.out) is (name != "order")  # what could be read is told


def test_collecting_from_files_files_what_collecting_from_pubmed_does(
    searched: World, nlm: Path, tmp_path: Path
) -> None:
    with world(tmp_path, today="2026-01-01") as here:
        now = f"{LAST}T07:05:00Z"
        outcome = here.litwatch("collect", "--from", str(nlm), "--now", now, "--keep", str(tmp_path / "kept"))
        assert outcome.code == 0, outcome.err
        assert "0 requests" in outcome.err
        again = here.litwatch("collect", "--from", str(nlm), "--now", now, "--keep", str(tmp_path / "kept"))
        assert "nothing new" in again.err
        assert here.litwatch("papers", "--json").out == searched.litwatch("papers", "--json").out


def test_nothing_is_concluded_where_a_file_is_not_there(copied: Path, tmp_path: Path) -> None:
    (copied / "pubmed26n0009.xml.gz").unlink()
    with world(tmp_path / "here", today=LAST) as here:
        outcome = here.litwatch("collect", "--from", str(copied), "--now", f"{LAST}T07:05:00Z")
        assert (outcome.code, "pubmed26n0009 is not there" in outcome.err) == (1, True)


def test_nothing_is_concluded_from_a_file_that_is_cut(copied: Path, tmp_path: Path) -> None:
    spoilt = copied / "pubmed26n0009.xml.gz"
    spoilt.with_name(spoilt.name + ".md5").unlink()
    spoilt.write_bytes(spoilt.read_bytes()[:-100])
    with world(tmp_path / "here", today=LAST) as here:
        outcome = here.litwatch("collect", "--from", str(copied), "--now", f"{LAST}T07:05:00Z")
        assert outcome.code == 1
        assert "nothing is concluded" in outcome.err
        assert here.litwatch("papers", "--json").out == ""


def test_a_refresh_from_update_files_finds_what_one_from_pubmed_does(nlm: Path, tmp_path: Path) -> None:
    told = []
    for way in ("pubmed", "files"):
        with world(tmp_path / way, today="2026-03-17") as here:
            assert here.litwatch("run", "--now", "2026-03-17T07:05:00Z").code == 0
            here.pubmed.set_today(LAST)
            later = [str(path) for path in sorted(nlm.glob("*.gz"))[8:]]
            files = [word for path in later for word in ("--from", path)] if way == "files" else []
            outcome = here.litwatch("refresh", *files, "--now", f"{LAST}T07:05:00Z", "--json")
            assert outcome.code == 0, outcome.err
            receipt = outcome.objects()[0]
            assert bool(receipt["requests"]) is (way == "pubmed")
            assert receipt["notices"]
            papers = here.litwatch("papers", "--json").objects()
            told.append((receipt["notices"], receipt["gone"], papers))
    assert told[0] == told[1]


def test_only_what_pubmed_alone_can_answer_is_said_and_refused(nlm: Path, tmp_path: Path) -> None:
    with world(tmp_path, today=LAST) as here:
        watch = here.config / "watches" / "ketamine-depression.toml"
        text = watch.read_text()
        begin = text.index("query = ")
        end = text.index(text[begin + 8 : begin + 11], begin + 11) + 3
        watch.write_text(text[:begin] + 'query = "ketamine[tiab] AND systematic[sb]"' + text[end:])
        refused = here.litwatch("collect", "--from", str(nlm))
        assert refused.code == 2
        assert "only PubMed can answer systematic[sb]" in refused.err
        assert "only PubMed can answer systematic[sb]" in here.litwatch("scan", str(nlm)).err
        assert here.litwatch("collect", "--keep", "x").code == 2
