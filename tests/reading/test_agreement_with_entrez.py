"""The reader and Bio.Entrez.read say the same of every field that we keep.

Read by both: all records on ketamine, every twentieth of an NLM update file, and all odd ones.
On failure a table says how often each field was compared, held anything, and differed.
"""

from __future__ import annotations

import dataclasses
import gzip
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any

import pytest

from litwatch.paper import Paper
from litwatch.reading.pubmed_xml import read_article, split
from reading import entrez
from world import shared

PROLOG = (
    b'<?xml version="1.0" encoding="utf-8"?><!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, '
    b'1st January 2019//EN" "https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_190101.dtd"><PubmedArticleSet>'
)
BOOKS_ONLY = {"editors", "publisher", "book_title", "collection_title", "isbn"}
SLICE = 200
EXAMPLES = 3


@pytest.fixture(scope="module")
def read_by_entrez(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Bio.Entrez.read, with a home of its own: importing its parser writes into the home that it finds."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        from Bio import Entrez

        def read(document: bytes) -> Any:
            answer = Entrez.read(io.BytesIO(document))  # type: ignore[no-untyped-call,unused-ignore]
            return answer if isinstance(answer, list) else answer["PubmedArticle"]  # a list before 2013

        yield read


def plain_value(value: Any) -> Any:
    if dataclasses.is_dataclass(value):
        return tuple(plain_value(getattr(value, field.name)) for field in dataclasses.fields(value))
    if isinstance(value, tuple):
        return [plain_value(each) for each in value]
    return value


def our_fields(paper: Paper) -> dict[str, Any]:
    fields = {
        field.name: plain_value(getattr(paper, field.name))
        for field in dataclasses.fields(paper)
        if field.name not in BOOKS_ONLY
    }
    fields["sections"] = [
        (section.label, section.category, paper.abstract[section.start : section.end])
        for section in paper.sections
    ]
    fields["article_ids"] = [tuple(pair) for pair in paper.article_ids]
    return fields


def low(value: Any) -> Any:
    """Superscripts lowered, at any depth; pairs and tuples alike."""
    if isinstance(value, str):
        return entrez.lowered(value)
    if isinstance(value, list | tuple):
        return [low(each) for each in value]
    return value


def compare(batches: Iterable[tuple[bytes, list[bytes]]], read_by_entrez: Any) -> int:
    """Compares the records of documents, each with the bytes of its records; how many there were."""
    compared, held, differed = Counter[str](), Counter[str](), Counter[str]()
    examples: list[str] = []
    for document, raws in batches:
        for raw, record in zip(raws, read_by_entrez(document), strict=True):
            theirs = entrez.paper_fields(record)
            ours = our_fields(read_article(raw))
            assert ours.keys() == theirs.keys(), ours.keys() ^ theirs.keys()
            for name, value in ours.items():
                if b"MathML" in raw and name in {"title", "abstract", "sections"}:
                    continue  # Bio.Entrez keeps the tags; test_nothing_is_lost sees to these
                compared[name] += 1
                held[name] += bool(value)
                if low(value) != low(theirs[name]):
                    differed[name] += 1
                    if differed[name] <= EXAMPLES:
                        examples.append(
                            f"{ours['pmid']} {name}:\n  ours   {value!r}\n  theirs {theirs[name]!r}"
                        )
    print(f"\n{'field':24}{'compared':>9}{'held':>7}{'differed':>9}")
    for name in compared:
        print(f"{name:24}{compared[name]:9}{held[name]:7}{differed[name]:9}")
    print("\n".join(examples))
    assert not differed
    return compared["pmid"]


def records_of(path: Path) -> Iterator[bytes]:
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
        for _, raw in split(stream):  # type: ignore[arg-type,unused-ignore]
            if raw.startswith(b"<PubmedArticle"):
                yield raw


def slices(path: Path, step: int = 1) -> Iterator[tuple[bytes, list[bytes]]]:
    """Every `step`th record in documents of their own, because Bio.Entrez takes 100 kB of memory a record."""
    records = islice(records_of(path), 0, None, step)
    while raws := list(islice(records, SLICE)):
        yield PROLOG + b"".join(raws) + b"</PubmedArticleSet>", raws


def test_records_on_ketamine(read_by_entrez: Any) -> None:
    assert compare(slices(shared("corpus/ketamine.xml.gz")), read_by_entrez) == 1168


def test_every_twentieth_record_of_an_update_file(read_by_entrez: Any) -> None:
    assert compare(slices(shared("corpus/nlm-update-2021.xml.gz"), step=20), read_by_entrez) == 1040


def test_odd_records(read_by_entrez: Any) -> None:
    paths = sorted(shared("corpus/odd").glob("*.xml"))

    # Bio.Entrez has the DTDs beside it, but refuses an address that is not https.
    documents = (
        (path.read_bytes().replace(b'"http://www.ncbi', b'"https://www.ncbi', 1), list(records_of(path)))
        for path in paths
    )

    assert compare(documents, read_by_entrez) == 216
