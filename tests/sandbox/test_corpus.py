"""The shipped corpus is marked as made up, varied, and plays the weeks that the demo tells of.

Owns the corpus as data. Never proves what a watch finds in it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

import pytest

from litwatch.paper import Paper
from litwatch.reading.pubmed_xml import read
from litwatch.reading.records import Deleted, Record
from litwatch.sandbox.timeline import SHIPPED, file_date


def records() -> Iterator[tuple[str, Record]]:
    for file in sorted(SHIPPED.glob("*.xml"), key=lambda path: file_date(path.name)):
        with file.open("rb") as stream:
            for record in read(stream):
                yield file.name, record


@pytest.fixture(scope="module")
def papers() -> dict[int, Paper]:
    """The newest version of every record, deleted ones too."""
    return {record.pmid: record for _, record in records() if isinstance(record, Paper)}


def test_every_record_can_be_read() -> None:
    assert {type(record) for _, record in records()} == {Paper, Deleted}


def test_every_record_says_that_it_is_made_up(papers: dict[int, Paper]) -> None:
    assert sorted(papers) == list(range(99000001, 99000001 + len(papers)))
    assert len(papers) >= 60
    for paper in papers.values():
        assert re.search("(?i)made-?up|invented|erfunden|inventada", paper.journal), paper.pmid
        assert not paper.doi or paper.doi.startswith("10.9999/madeup.")
        assert not paper.abstract or paper.copyright == "Made up for litwatch. No such study exists."
        assert all(
            re.search("Made-Up University", place)
            for author in paper.authors
            for place in author.affiliations
        )


def test_create_dates_fit_the_files_that_bring_them() -> None:
    first: dict[int, tuple[str, Paper]] = {}
    for name, record in records():
        if isinstance(record, Paper):
            first.setdefault(record.pmid, (name, record))
    for name, paper in first.values():
        assert paper.create_date is not None
        if file_date(name):
            assert 0 <= file_date(name) - paper.create_date.toordinal() <= 3, (name, paper.pmid)


VARIETY: dict[str, Callable[[Paper], object]] = {
    "a structured abstract": lambda paper: len(paper.sections) > 3,
    "a plain abstract": lambda paper: paper.abstract and not paper.sections,
    "labels within a plain abstract": lambda paper: not paper.sections and "RESULTS: " in paper.abstract,
    "no abstract": lambda paper: not paper.abstract,
    "Greek in the title": lambda paper: re.search("[α-ω]", paper.title),
    "an author's own words in another language": lambda paper: (
        paper.vernacular_title and paper.other_abstracts
    ),
    "a collective author": lambda paper: any(author.collective_name for author in paper.authors),
    "a collective author alone": lambda paper: len(paper.authors) == 1 and paper.authors[0].collective_name,
    "no author": lambda paper: not paper.authors,
    "twelve authors": lambda paper: len(paper.authors) == 12,
    "investigators": lambda paper: paper.investigators,
    "MeSH": lambda paper: paper.mesh,
    "no MeSH": lambda paper: not paper.mesh,
    "a registration": lambda paper: paper.data_banks,
    "an interest statement with a firm": lambda paper: "Made-Up Pharma" in paper.conflict_of_interest,
    "a preprint": lambda paper: any(kind.ui == "D000076942" for kind in paper.publication_types),
    "a retracted paper": lambda paper: any(kind.ui == "D016441" for kind in paper.publication_types),
    "a retraction notice": lambda paper: any(kind.ui == "D016440" for kind in paper.publication_types),
    "an erratum": lambda paper: any(link.kind == "ErratumFor" for link in paper.links),
    "an expression of concern": lambda paper: any(
        link.kind == "ExpressionOfConcernFor" for link in paper.links
    ),
    "a published version of a preprint": lambda paper: any(link.kind == "UpdateOf" for link in paper.links),
    "an entry date that was set back": lambda paper: str(paper.entry_date) < str(paper.create_date),
    "a season as publication date": lambda paper: "Spring" in paper.publication_date,
    "months as publication date": lambda paper: "Jan-Feb" in paper.publication_date,
    "a year as publication date": lambda paper: len(paper.publication_date) == 4,
    "a free full text": lambda paper: paper.pmcid,
}


@pytest.mark.parametrize("what", VARIETY)
def test_the_corpus_has(papers: dict[int, Paper], what: str) -> None:
    assert any(VARIETY[what](paper) for paper in papers.values())


def test_markup_in_titles_is_there_as_markup() -> None:
    text = "".join(file.read_text("utf-8") for file in SHIPPED.glob("*.xml"))
    titles = "".join(re.findall("<ArticleTitle>(.*?)</ArticleTitle>", text))
    assert all(f"<{tag}" in titles for tag in ("i>", "sub>", "sup>", "mml:math"))


def test_links_between_records_are_there_both_ways(papers: dict[int, Paper]) -> None:
    for paper in papers.values():
        for link in paper.links:
            if link.kind == "CommentOn":
                continue
            assert link.pmid is not None
            back = {other.kind for other in papers[link.pmid].links if other.pmid == paper.pmid}
            stem = re.sub("(In|Of|For|From)$", "", link.kind)
            assert any(kind.startswith(stem) and kind != link.kind for kind in back), (paper.pmid, link.kind)


def test_three_records_change_after_they_came() -> None:
    versions: dict[int, list[Paper]] = {}
    for _, record in records():
        if isinstance(record, Paper):
            versions.setdefault(record.pmid, []).append(record)
    changed = {pmid: found for pmid, found in versions.items() if len(found) > 1}
    assert any(not first.abstract and last.abstract for first, *_, last in changed.values())
    assert any(not first.mesh and last.mesh for first, *_, last in changed.values())
    assert any(
        any(link.kind == "RetractionIn" for link in last.links) and not first.links
        for first, *_, last in changed.values()
    )
    assert [record.pmids for _, record in records() if isinstance(record, Deleted)] == [(99000052,)]
