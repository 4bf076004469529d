"""Every record that we have is read, and every word of its title and abstract is there.

Proved against walks that share nothing with the reader: xml.etree, and patterns for the large file. White space is
left out of the comparison here; test_text.py says where it must be.
"""

from __future__ import annotations

import gzip
import html
import re
from collections.abc import Iterator
from pathlib import Path
from typing import IO
from xml.etree import ElementTree as ET

import pytest

from litwatch.edge.files import records
from litwatch.paper import Paper
from litwatch.reading.records import Deleted
from world import SHARED, shared

ODD = sorted(path.name for path in (SHARED / "corpus" / "odd").glob("*.xml"))
# What the reader may change: the height of figures and signs, and the stroke of a fraction.
LOWERED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻−–", "0123456789+---")


def bare(text: str) -> str:
    return "".join(text.split()).translate(LOWERED)


def all_text(element: ET.Element | None) -> str:
    return "" if element is None else "".join(element.itertext())


def abstract_text(abstract: ET.Element | None) -> str:
    pieces = []
    for part in [] if abstract is None else abstract.iter("AbstractText"):
        text = all_text(part).strip()
        label = part.get("Label", "").strip().removesuffix(":")
        if text:
            pieces.append(f"{label}: {text}" if label else text)
    return "".join(pieces)


def told_by_the_walk(stream: IO[bytes] | gzip.GzipFile) -> Iterator[tuple[int, int, str, str, bool]]:
    """PMID, version, bare title, bare abstract, and whether there is a formula, of each record in order."""
    for _, element in ET.iterparse(stream):
        if element.tag != "PubmedArticle":
            continue
        pmid = element.find("MedlineCitation/PMID")
        article = element.find("MedlineCitation/Article")
        assert pmid is not None
        assert article is not None
        title, abstract = article.find("ArticleTitle"), article.find("Abstract")
        formula = any("MathML" in part.tag for part in article.iter())
        yield (
            int(all_text(pmid)),
            int(pmid.get("Version", "1")),
            bare(all_text(title)),
            bare(abstract_text(abstract)),
            formula,
        )
        element.clear()


def assert_all_is_there(path: Path) -> int:
    count = 0
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
        read = (record for record in records(path) if not isinstance(record, Deleted))
        for paper, expected in zip(read, told_by_the_walk(stream), strict=True):
            assert isinstance(paper, Paper), paper
            pmid, version, title, abstract, formula = expected
            found = (bare(paper.title), bare(paper.abstract))
            if formula:
                found = (found[0].replace("/", ""), found[1].replace("/", ""))
                title, abstract = title.replace("/", ""), abstract.replace("/", "")
            assert (paper.pmid, paper.version, *found) == (pmid, version, title, abstract)
            for section in paper.sections:
                before = paper.abstract[: section.start]
                assert before.endswith(f"{section.label}: " if section.label else before)
                assert paper.abstract[section.start : section.end].strip()
            count += 1
    return count


@pytest.mark.parametrize("name", ODD or ["(none here)"])
def test_every_odd_record_is_read_whole(name: str) -> None:
    assert assert_all_is_there(shared(f"corpus/odd/{name}")) >= 1


def test_every_record_on_ketamine_is_read_whole() -> None:
    assert assert_all_is_there(shared("corpus/ketamine.xml.gz")) == 1168


def test_every_record_of_a_whole_update_file_is_read_whole() -> None:
    path = shared("corpus/nlm-update-2021.xml.gz")
    deleted: list[int] = []
    papers = 0

    with gzip.open(path) as stream:
        expected = told_by_patterns(stream)
        for record in records(path):
            if isinstance(record, Deleted):
                deleted.extend(record.pmids)
                continue
            assert isinstance(record, Paper), record
            assert (record.pmid, *told_bare(record)) == next(expected)
            papers += 1
        assert next(expected, None) is None

    assert papers == 20_788
    assert (len(deleted), deleted[0], deleted[-1]) == (20, 31688362, 34096142)


def told_bare(paper: Paper) -> tuple[str, str]:
    return bare(paper.title).replace("/", ""), bare(paper.abstract).replace("/", "")


def told_by_patterns(stream: IO[bytes] | gzip.GzipFile) -> Iterator[tuple[int, str, str]]:
    """PMID, bare title and bare abstract by regular expressions, which xml.etree would take half a minute for."""
    rest = b""
    while chunk := stream.read(1 << 20):
        *whole, rest = (rest + chunk).split(b"</PubmedArticle>")
        for raw in whole:
            text = raw.decode()
            pmid = re.search(r"<PMID[^>]*>(\d+)</PMID>", text)
            title = re.search(r"<ArticleTitle[^>/]*>(.*?)</ArticleTitle>", text, re.DOTALL)
            abstract = re.search(r"<Abstract>.*?</Abstract>", text, re.DOTALL)
            parts = re.findall(
                r"<AbstractText((?:\s[^>]*)?)(?<!/)>(.*?)</AbstractText>",
                abstract.group() if abstract else "",
                re.DOTALL,
            )
            pieces = []
            for attributes, body in parts:
                label = re.search(r' Label="([^"]*)"', attributes)
                if words := without_tags(body):
                    pieces.append(
                        (without_tags(label.group(1)).removesuffix(":") + ":" if label else "") + words
                    )
            assert pmid
            yield (
                int(pmid.group(1)),
                without_tags(title.group(1) if title else "").replace("/", ""),
                "".join(pieces).replace("/", ""),
            )


def without_tags(text: str) -> str:
    return bare(html.unescape(re.sub(r"<[^>]*>", "", text)))


@pytest.mark.parametrize(
    ("name", "count"),
    [
        ("pubmed_result1.txt", 1),
        ("pubmed_result2.txt", 4),
        ("pubmed_result3.txt", 1),
        ("restoration_pubmed.nbib", 104),
    ],
)
def test_every_nbib_record_is_read_with_every_word(name: str, count: int) -> None:
    path = shared(f"corpus/nbib/{name}")
    texts = told_by_lines(path)

    papers = list(records(path))

    assert len(papers) == count
    for paper, fields in zip(papers, texts, strict=True):
        assert isinstance(paper, Paper), paper
        assert str(paper.pmid) == fields["PMID"]
        assert paper.title == fields.get("TI", "")
        assert paper.abstract == fields.get("AB", "")
        assert list(paper.keywords) == [
            word.removeprefix("*") for word in fields.get("OT", "").split("\n") if word
        ]


def told_by_lines(path: Path) -> list[dict[str, str]]:
    """Each record's fields, continuation lines joined, repeated ones a line each."""
    found: list[dict[str, str]] = []
    tag = ""
    for line in path.read_text(encoding="utf-8").splitlines():
        if line.startswith("PMID-"):
            found.append({})
        if line[4:5] == "-":
            tag = line[:4].strip()
            value = line[6:].strip()
            found[-1][tag] = found[-1][tag] + "\n" + value if tag in found[-1] else value
        elif line.strip():
            found[-1][tag] += " " + line.strip()
    return found
