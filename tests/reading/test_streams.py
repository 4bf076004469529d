"""What comes of streams that are odd, broken, cut or something else."""

from __future__ import annotations

import io
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litwatch.errors import CutFile, NotRecords, ReadError
from litwatch.paper import Paper
from litwatch.reading import splitting
from litwatch.reading.pubmed_xml import read, read_article, read_with_raw, split
from litwatch.reading.records import Deleted, Record, Unreadable

CASES = tomllib.loads(Path(__file__).with_name("streams.toml").read_text(encoding="utf-8"))["stream"]
RECORDS = {
    name: f'<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">{pmid}</PMID><Article>'
    f"<ArticleTitle>Title {pmid}</ArticleTitle></Article></MedlineCitation><PubmedData/></PubmedArticle>\n"
    for name, pmid in (("A", 1), ("B", 2), ("C", 3))
}


class Dribble(io.RawIOBase):
    """A stream that gives a few bytes at a time, as a socket may."""

    def __init__(self, body: bytes, size: int) -> None:
        self._body, self._size, self._place = body, size, 0

    def read(self, size: int = -1, /) -> bytes:
        taken = self._body[self._place : self._place + self._size]
        self._place += len(taken)
        return taken


def told(record: Record) -> str:
    match record:
        case Paper():
            return str(record.pmid)
        case Deleted():
            return "deleted " + " ".join(map(str, record.pmids))
        case Unreadable():
            return f"unreadable {record.pmid or '?'}: {record.reason}"


def gathered(records: Iterator[Record]) -> tuple[list[str], str]:
    found: list[str] = []
    try:
        for record in records:
            found.append(told(record))  # noqa: PERF401 - what came before the error counts
    except ReadError as error:
        return found, f"{type(error).__name__}: {error}"
    return found, ""


@pytest.mark.parametrize("size", [1 << 20, 7])
@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_each_stream_gives_what_the_table_says(case: dict[str, Any], size: int) -> None:
    body = case["body"].format(**RECORDS).encode()

    found, error = gathered(read(Dribble(body, size)))  # type: ignore[arg-type]

    expected = case.get("records", [])
    assert len(found) == len(expected), found
    for seen, wanted in zip(found, expected, strict=True):
        if wanted.startswith("unreadable"):
            who, _, why = wanted.partition(": ")
            assert seen.startswith(who + ":")
            assert why in seen
        else:
            assert seen == wanted
    kind, _, message = case.get("error", "").partition(": ")
    assert error.partition(": ")[0] == kind
    assert message in error


@given(size=st.integers(1, 400), order=st.lists(st.sampled_from("ABC"), max_size=8))
def test_where_chunks_end_makes_no_difference(size: int, order: list[str]) -> None:
    body = (
        "<PubmedArticleSet>\n" + "".join(RECORDS[name] for name in order) + "</PubmedArticleSet>"
    ).encode()

    records = list(split(Dribble(body, size)))  # type: ignore[arg-type]

    assert [raw.decode() + "\n" for _, raw in records] == [RECORDS[name] for name in order]
    assert all(body[offset : offset + len(raw)] == raw for offset, raw in records)


@given(cut=st.integers(0, 700))
def test_a_cut_anywhere_is_an_error_and_whole_records_before_it_are_read(cut: int) -> None:
    body = f"<PubmedArticleSet>{RECORDS['A']}{RECORDS['B']}{RECORDS['C']}</PubmedArticleSet>".encode()
    body = body[: min(cut, len(body) - 1)]

    found, error = gathered(read(io.BytesIO(body)))

    whole = body.count(b"</PubmedArticle>")
    assert [told for told in found if not told.startswith("unreadable")] == ["1", "2", "3"][:whole]
    assert error.startswith(("CutFile", "NotRecords"))


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "iso-8859-1"])
def test_other_encodings_are_recoded(encoding: str) -> None:
    title = "Kétamine à l’hôpital" if encoding != "iso-8859-1" else "Kétamine à l'hôpital"
    declared = "" if encoding in {"utf-16-le", "utf-16-be"} else encoding.replace("utf-8-sig", "utf-8")
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else '<?xml version="1.0"?>'
    text = declaration + f"<PubmedArticleSet>{RECORDS['A'].replace('Title 1', title)}</PubmedArticleSet>"

    (paper, raw) = next(read_with_raw(io.BytesIO(text.encode(encoding))))

    assert isinstance(paper, Paper)
    assert paper.title == title
    assert title in raw.decode()


def test_bytes_that_are_not_in_the_encoding_break_only_their_record() -> None:
    body = f"<PubmedArticleSet>{RECORDS['A']}{RECORDS['B']}</PubmedArticleSet>".encode()
    body = body.replace(b"Title 1", b"K\xe9tamine")

    found, error = gathered(read(io.BytesIO(body)))

    assert found[0].startswith("unreadable 1: broken XML")
    assert found[1:] == ["2"]
    assert not error


def test_null_bytes_break_only_their_record() -> None:
    body = f"<PubmedArticleSet>{RECORDS['A']}{RECORDS['B']}</PubmedArticleSet>".encode()

    found, _ = gathered(read(io.BytesIO(body.replace(b"Title 1", b"a\0b"))))

    assert found[0].startswith("unreadable 1")
    assert found[1:] == ["2"]


def test_an_encoding_that_nobody_knows_is_named() -> None:
    with pytest.raises(NotRecords, match="klingon"):
        list(read(io.BytesIO(b'<?xml version="1.0" encoding="klingon"?><PubmedArticleSet/>')))


def test_a_record_without_end_does_not_fill_the_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(splitting, "RECORD_LIMIT", 1 << 20)
    endless = io.BytesIO(b"<PubmedArticleSet><PubmedArticle>" + b"x" * (3 << 20))

    with pytest.raises(ReadError, match="begins at byte 18"):
        list(read(endless))


def test_a_record_that_defines_entities_itself_is_refused() -> None:
    raw = (
        b'<!DOCTYPE PubmedArticle [<!ENTITY a "bb">]><PubmedArticle><MedlineCitation><PMID>1</PMID>&a;'
        b"</MedlineCitation></PubmedArticle>"
    )

    with pytest.raises(ReadError, match="entities"):
        read_article(raw)


def test_a_missing_end_is_told_after_the_last_record() -> None:
    records = read(io.BytesIO(f"<PubmedArticleSet>{RECORDS['A']}".encode()))

    assert told(next(records)) == "1"
    with pytest.raises(CutFile):
        next(records)


def test_the_kept_bytes_have_no_reference_list_and_read_the_same() -> None:
    references = "<ReferenceList><Reference><ReferenceList><x/></ReferenceList></Reference></ReferenceList>"
    record = RECORDS["A"].replace("<PubmedData/>", f"<PubmedData><ArticleIdList/>{references}</PubmedData>")

    paper, raw = next(read_with_raw(io.BytesIO(f"<PubmedArticleSet>{record}</PubmedArticleSet>".encode())))

    assert b"Reference" not in raw
    assert read_article(raw) == paper == read_article(record.encode())


def test_what_looks_like_a_reference_list_in_a_text_stays() -> None:
    record = RECORDS["A"].replace("Title 1", "<![CDATA[<ReferenceList> and </ReferenceList>]]>")

    paper, _ = next(read_with_raw(io.BytesIO(f"<PubmedArticleSet>{record}</PubmedArticleSet>".encode())))

    assert isinstance(paper, Paper)
    assert paper.title == "<ReferenceList> and </ReferenceList>"


@pytest.mark.parametrize("broken", [0, 1, 15, 16, 17, 39])
def test_a_broken_record_harms_none_of_those_read_together_with_it(broken: int) -> None:
    pages = [RECORDS["A"].replace(">1<", f">{pmid}<") for pmid in range(1, 41)]
    pages[broken] = pages[broken].replace("</ArticleTitle>", "&nbsp;</ArticleTitle>")
    body = f"<PubmedArticleSet>{''.join(pages)}</PubmedArticleSet>".encode()

    found, _ = gathered(read(io.BytesIO(body)))

    whole = [str(pmid) for pmid in range(1, 41) if pmid != broken + 1]
    assert [each for each in found if "unreadable" not in each] == whole
    assert found[broken].startswith(f"unreadable {broken + 1}: broken XML")


@pytest.mark.parametrize("whole", [0, 1, 15, 16, 17, 32])
def test_what_stands_before_the_cut_is_read(whole: int) -> None:
    pages = [RECORDS["A"].replace(">1<", f">{pmid}<") for pmid in range(1, whole + 2)]
    body = f"<PubmedArticleSet>{''.join(pages)}".encode()[:-60]

    found, reason = gathered(read(io.BytesIO(body)))

    assert found == [str(pmid) for pmid in range(1, whole + 1)]
    assert reason.startswith("CutFile")
