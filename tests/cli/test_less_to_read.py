"""`tag` reads no more of a record than it prints; what it prints is the same for that."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from articles import article
from litwatch.edge.as_json import one_line
from litwatch.query.match import Scope, compile_scopes
from litwatch.query.parse import parse
from litwatch.reading.blocks import without_authors
from litwatch.reading.pubmed_xml import read_article
from world import litwatch

AUTHORS = (
    '<AuthorList CompleteYN="Y"><Author ValidYN="Y"><LastName>Made</LastName><ForeName>Up</ForeName>'
    "<AffiliationInfo><Affiliation>Nowhere.</Affiliation></AffiliationInfo></Author></AuthorList>"
)


def test_only_the_authors_are_left_out() -> None:
    raw = article(AUTHORS)

    assert read_article(without_authors(raw)) == replace(read_article(raw), authors=())


@pytest.mark.parametrize(
    "authors",
    [
        AUTHORS.replace("</LastName>", ""),
        AUTHORS.replace("Made", "&unknown;"),
        AUTHORS.replace("</AuthorList>", ""),
        f"<!-- {AUTHORS} -->",
    ],
)
def test_a_list_that_does_not_look_whole_stays(authors: str) -> None:
    raw = article(authors)

    assert without_authors(raw) == raw


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_broken_author_list_is_reported_whatever_the_subject(tmp_path: Path, jobs: str) -> None:
    path = tmp_path / "broken.xml"
    broken = article(AUTHORS.replace("</LastName>", ""), title="Bees")
    whole = article(AUTHORS, title="Ketamine and bees")
    path.write_bytes(b"<PubmedArticleSet>" + broken + whole + b"</PubmedArticleSet>")

    done = litwatch("tag", "--json", "--jobs", jobs, str(path), folder=tmp_path)

    assert done.code == 1
    assert [json.loads(line)["title"] for line in done.out.splitlines()] == ["Ketamine and bees"]
    assert "PMID 99000901 could not be read" in done.err


@pytest.mark.parametrize(
    ("query", "asks"),
    [
        ("ketamine[tiab] AND rats[mh]", False),
        ("harvard[ad]", True),
        ("smith j[au]", True),
        ("ketamine[all]", True),
        ("0000-0001-2345-6789[auid]", True),
        ("ketamine[tiab] NOT study group[cn]", True),
    ],
)
def test_a_query_about_people_is_noticed(query: str, asks: bool) -> None:
    assert compile_scopes([Scope(parse(query))]).lookup.asks_for_people is asks


def test_what_orjson_refuses_is_written_too() -> None:
    assert one_line({"a": "é"}) == '{"a":"é"}\n'.encode()
    assert json.loads(one_line({"half": "\ud800", "large": 2**70})) == {"half": "\ud800", "large": 2**70}
