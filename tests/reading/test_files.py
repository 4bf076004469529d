"""Files on disk: told apart by content, unpacked, and named in every error."""

from __future__ import annotations

import gzip
from collections.abc import Iterator
from pathlib import Path

import pytest

from litwatch.edge.files import records
from litwatch.errors import CutFile, NotRecords, ReadError
from litwatch.paper import Paper
from litwatch.reading.records import Record
from world import litwatch, powerless

ARTICLE = "<PubmedArticle><MedlineCitation><PMID>{}</PMID></MedlineCitation></PubmedArticle>"
XML = ("<PubmedArticleSet>" + "".join(map(ARTICLE.format, range(1, 2001))) + "</PubmedArticleSet>").encode()


def pmids(found: Iterator[Record]) -> list[int]:
    return [record.pmid for record in found if isinstance(record, Paper)]


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (XML, list(range(1, 2001))),
        (b"\xef\xbb\xbf" + XML, list(range(1, 2001))),
        (b'{"pmid": "3", "title": "x"}\n{"pmid": 4}\n', [3, 4]),
        (b'\xef\xbb\xbf{"pmid": "3"}', [3]),
        (b"\nPMID- 5\nTI  - x\n\nPMID- 6\nTI  - y\n", [5, 6]),
        (b"\xef\xbb\xbfPMID- 5\nTI  - x\n", [5]),
    ],
)
def test_content_says_what_a_file_is_whatever_its_name(
    tmp_path: Path, body: bytes, expected: list[int], packed: bool
) -> None:
    path = tmp_path / "records.txt"
    path.write_bytes(gzip.compress(body) if packed else body)

    assert pmids(records(path)) == expected


def test_a_gzip_file_of_several_parts_and_padding_is_one_stream(tmp_path: Path) -> None:
    path = tmp_path / "parts.xml.gz"
    path.write_bytes(gzip.compress(XML[:5000]) + gzip.compress(XML[5000:]) + b"\0" * 512)

    assert pmids(records(path)) == list(range(1, 2001))


@pytest.mark.parametrize("kept", [0.2, 0.5, 0.9, 1.0])
def test_a_gzip_file_cut_in_the_middle_gives_what_was_whole_and_then_fails(
    tmp_path: Path, kept: float
) -> None:
    packed = gzip.compress(XML)
    path = tmp_path / "cut.xml.gz"
    path.write_bytes(packed[: int((len(packed) - 8) * kept)])
    found: list[Record] = []

    with pytest.raises(CutFile, match=r"cut\.xml\.gz: .*ends in the middle") as caught:
        found.extend(records(path))  # keeps what came before the error

    assert pmids(iter(found)) == list(range(1, len(found) + 1))
    assert len(found) >= 1900 * kept - 400
    assert "\n" not in str(caught.value)


def test_a_damaged_gzip_file_is_not_taken_for_the_end(tmp_path: Path) -> None:
    packed = bytearray(gzip.compress(XML))
    packed[-6] ^= 0xFF  # the checksum
    path = tmp_path / "bad.xml.gz"
    path.write_bytes(packed)

    with pytest.raises(ReadError, match=r"bad\.xml\.gz: the gzip file is damaged"):
        list(records(path))


@pytest.mark.parametrize(
    ("body", "kind", "message"),
    [
        (b"", NotRecords, "it is empty"),
        (gzip.compress(b"", mtime=0), NotRecords, "it is empty"),
        (b"<html><body>Service unavailable</body></html>", NotRecords, "begins: Service unavailable"),
        (b"pmid,title\n1,x\n", NotRecords, "begins: pmid,title 1,x"),
        (b"\x89PNG\r\n\x1a\n" + bytes(range(256)), NotRecords, "no PubMed records"),
        (XML[:-30], CutFile, "in the middle of PMID 2000, after 1999 whole records"),
    ],
)
def test_what_is_no_record_file_is_refused_by_name(
    tmp_path: Path, body: bytes, kind: type[ReadError], message: str
) -> None:
    path = tmp_path / "odd.xml"
    path.write_bytes(body)

    with pytest.raises(kind) as caught:
        list(records(path))

    assert str(caught.value).startswith(f"{path}: ")
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_missing_file_and_a_folder_are_named(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match=r"none\.xml: No such file"):
        list(records(tmp_path / "none.xml"))
    with pytest.raises(ReadError, match="Is a directory"):
        list(records(tmp_path))


def test_a_file_that_may_not_be_read_is_named(tmp_path: Path) -> None:
    path = tmp_path / "secret.xml"
    path.write_bytes(XML)
    path.chmod(0)
    outcome = litwatch("tag", "secret.xml", folder=tmp_path, before=powerless())
    assert outcome.code == 1
    assert "secret.xml: Permission denied" in outcome.err
