"""Papers as JSON lines: what other programs write is read, and what we write comes back whole."""

from __future__ import annotations

import dataclasses
import io
import json
import tomllib
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litwatch.paper import (
    Author,
    DataBank,
    Grant,
    Link,
    MeshHeading,
    OtherAbstract,
    Paper,
    PublicationType,
    Qualifier,
    Section,
    Substance,
)
from litwatch.reading.json_lines import from_json, read, to_json
from litwatch.reading.records import Unreadable
from litwatch.reading.text import abstract_of

MISTAKES = tomllib.loads(Path(__file__).with_name("lines.toml").read_text(encoding="utf-8"))["line"]

words = st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), max_size=8)
texts = st.lists(words.filter(bool), max_size=4).map(" ".join)
filled = texts.filter(bool)
some = st.lists(filled, max_size=2).map(tuple)
days = st.none() | st.dates()
people = st.lists(st.builds(Author, texts, texts, texts, texts, texts, some, some), max_size=2).map(tuple)
abstracts = st.lists(st.tuples(texts, st.sampled_from(["", "results"]), filled), max_size=3).map(abstract_of)


PLAIN: dict[str, st.SearchStrategy[Any]] = {"str": texts, "tuple[str, ...]": some, "date | None": days}


@st.composite
def papers(draw: st.DrawFn) -> Paper:
    abstract, sections = draw(abstracts)
    plain: dict[str, Any] = {
        field.name: draw(PLAIN[str(field.type)])
        for field in dataclasses.fields(Paper)
        if str(field.type) in PLAIN and field.name != "abstract"
    }
    qualifiers = st.builds(Qualifier, texts, texts, st.booleans())
    rest: dict[str, Any] = {
        "version": st.integers(1, 9),
        "authors": people,
        "authors_complete": st.booleans(),
        "investigators": people,
        "personal_name_subjects": people,
        "editors": people,
        "other_abstracts": st.lists(st.builds(OtherAbstract, texts, texts, texts), max_size=2).map(tuple),
        "article_ids": st.lists(st.tuples(texts, texts), max_size=2).map(tuple),
        "publication_types": st.lists(st.builds(PublicationType, filled, texts), max_size=3).map(tuple),
        "mesh": st.lists(
            st.builds(MeshHeading, texts, texts, st.booleans(), st.lists(qualifiers, max_size=2).map(tuple)),
            max_size=2,
        ).map(tuple),
        "substances": st.lists(st.builds(Substance, texts, texts, texts), max_size=2).map(tuple),
        "grants": st.lists(st.builds(Grant, texts, texts, texts, texts), max_size=2).map(tuple),
        "data_banks": st.lists(st.builds(DataBank, texts, some), max_size=2).map(tuple),
        "links": st.lists(
            st.builds(Link, texts, st.none() | st.integers(1, 10**8), texts, texts), max_size=2
        ).map(tuple),
    }
    drawn = {name: draw(strategy) for name, strategy in rest.items()}
    return Paper(pmid=draw(st.integers(1, 10**8)), abstract=abstract, sections=sections, **plain, **drawn)


@given(papers())
def test_a_paper_comes_back_whole(paper: Paper) -> None:
    line = json.dumps(to_json(paper), ensure_ascii=False)

    assert from_json(json.loads(line)) == paper
    assert list(read(io.BytesIO(line.encode()))) == [paper]


def test_every_field_of_a_paper_is_carried() -> None:
    """A field added to Paper and forgotten here would be lost in silence."""
    names = {field.name for field in dataclasses.fields(Paper)}
    drawn = {
        field.name
        for field in dataclasses.fields(Paper)
        if str(field.type) in {"str", "tuple[str, ...]", "date | None"}
    }
    structured = {
        *(
            "pmid",
            "version",
            "sections",
            "authors",
            "authors_complete",
            "investigators",
            "personal_name_subjects",
        ),
        *("editors", "other_abstracts", "article_ids", "publication_types", "mesh", "substances", "grants"),
        *("data_banks", "links"),
    }

    assert names == drawn | structured


def test_the_documented_keys_are_read() -> None:
    line = {
        "pmid": "12",
        "title": " A  title ",
        "abstract": [{"label": "AIM", "text": "To see."}, {"label": "", "text": "Seen."}],
        "journal": "J",
        "year": 2024,
        "publication_types": ["Journal Article"],
        "mesh": [
            {"descriptor": "Ketamine", "major": True, "qualifiers": [{"name": "toxicity", "major": False}]}
        ],
        "substances": [{"name": "Ketamine", "ui": "D007649", "registry_number": "690G0D6V8H"}],
        "keywords": ["k"],
        "doi": "10.1/x",
        "language": "eng",
        "source": "passed over",
    }

    assert from_json(line) == Paper(
        pmid=12,
        title="A title",
        abstract="AIM: To see. Seen.",
        sections=(Section("AIM", "", 5, 12),),
        journal="J",
        publication_date="2024",
        publication_types=(PublicationType("Journal Article"),),
        mesh=(MeshHeading("Ketamine", "", major=True, qualifiers=(Qualifier("toxicity"),)),),
        substances=(Substance("Ketamine", "D007649", "690G0D6V8H"),),
        keywords=("k",),
        doi="10.1/x",
        languages=("eng",),
    )


def test_null_is_as_good_as_absent() -> None:
    keys = to_json(Paper(1))

    assert from_json(dict.fromkeys(keys) | {"pmid": 1, "create_date": None, "authors": None}) == Paper(1)


def test_the_sections_of_papers_json_are_read() -> None:
    paper = from_json({"pmid": 1, "abstract": "AIM: To see.", "sections": {"AIM": [5, 12]}})

    assert paper.sections == (Section("AIM", "", 5, 12),)


@pytest.mark.parametrize("case", MISTAKES, ids=[case["reason"] for case in MISTAKES])
def test_a_bad_line_is_named_by_number_and_reason_and_the_next_is_read(case: dict[str, str]) -> None:
    stream = io.BytesIO(f'{{"pmid": 1}}\n\n{case["line"]}\n{{"pmid": 2}}'.encode())

    first, bad, last = read(stream)

    assert (first, last) == (Paper(1), Paper(2))
    assert isinstance(bad, Unreadable)
    assert bad.position == 3
    assert case["reason"] in bad.reason
    assert bad.pmid == (7 if '"pmid": 7' in case["line"] else None)


def test_a_line_that_is_not_utf_8_is_unreadable() -> None:
    (bad,) = read(io.BytesIO(b'{"pmid": 1, "title": "\xe9"}'))

    assert isinstance(bad, Unreadable)
    assert "UTF-8" in bad.reason


def test_dates_are_written_as_days() -> None:
    assert to_json(Paper(1, create_date=date(2026, 1, 2)))["create_date"] == "2026-01-02"
