"""How markup, white space and abstracts become text, and dates keep their precision."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litwatch.paper import Paper, Section
from litwatch.reading.pubmed_xml import read_article

HERE = Path(__file__).parent
TEXTS = tomllib.loads((HERE / "texts.toml").read_text(encoding="utf-8"))["text"]
DATES = tomllib.loads((HERE / "dates.toml").read_text(encoding="utf-8"))


def article(inside: str, around: str = "") -> Paper:
    return read_article(
        f'<PubmedArticle><MedlineCitation Status="MEDLINE"><PMID Version="1">1</PMID><Article>{inside}</Article>'
        f"</MedlineCitation>{around}</PubmedArticle>".encode()
    )


@pytest.mark.parametrize("case", TEXTS, ids=[case["name"] for case in TEXTS])
def test_markup_becomes_text(case: dict[str, Any]) -> None:
    paper = article(f"<Abstract><AbstractText>{case['xml']}</AbstractText></Abstract>")

    assert paper.abstract == case["text"]


pieces = st.recursive(
    st.sampled_from(["one", "two", " ", "\n  ", ""]),
    lambda inner: st.builds(
        lambda tag, parts: f"<{tag}>{''.join(parts)}</{tag}>",
        st.sampled_from(["i", "b", "u", "sub"]),
        st.lists(inner, max_size=4),
    ),
    max_leaves=12,
)


@given(st.lists(pieces, max_size=5))
def test_no_blank_between_words_is_lost_in_any_markup(parts: list[str]) -> None:
    xml = f"<ArticleTitle>{''.join(parts)}</ArticleTitle>"

    assert article(xml).title == " ".join("".join(ET.fromstring(xml).itertext()).split())


def test_labels_stand_in_the_abstract_and_sections_leave_them_out() -> None:
    paper = article(
        '<Abstract><AbstractText Label="AIM" NlmCategory="OBJECTIVE">To see.</AbstractText>'
        '<AbstractText Label="EMPTY"> </AbstractText>'
        '<AbstractText Label="MAIN  RESULTS:" NlmCategory="RESULTS">It <i>is</i>.</AbstractText>'
        "<AbstractText>Registered.</AbstractText><CopyrightInformation>© 2021</CopyrightInformation></Abstract>"
    )

    assert paper.abstract == "AIM: To see. MAIN RESULTS: It is. Registered."
    assert paper.sections == (
        Section("AIM", "objective", 5, 12),
        Section("MAIN RESULTS", "results", 27, 33),
    )
    assert [paper.abstract[part.start : part.end] for part in paper.sections] == ["To see.", "It is."]
    assert paper.copyright == "© 2021"


@pytest.mark.parametrize("case", DATES["text"], ids=[case["text"] or "none" for case in DATES["text"]])
def test_a_publication_date_keeps_its_precision(case: dict[str, str]) -> None:
    paper = article(f"<Journal><JournalIssue><PubDate>{case['xml']}</PubDate></JournalIssue></Journal>")

    assert paper.publication_date == case["text"]


@pytest.mark.parametrize("case", DATES["day"], ids=[case["xml"] for case in DATES["day"]])
def test_a_day_is_a_day_or_none(case: dict[str, str]) -> None:
    history = f'<PubMedPubDate PubStatus="entrez">{case["xml"]}</PubMedPubDate>'

    paper = article("", f"<PubmedData><History>{history}</History></PubmedData>")

    assert str(paper.create_date) == case["day"]


def test_the_three_dates_of_the_history_are_told_apart() -> None:
    history = "".join(
        f'<PubMedPubDate PubStatus="{status}"><Year>2021</Year><Month>{month}</Month><Day>2</Day></PubMedPubDate>'
        for status, month in (("received", 1), ("entrez", 2), ("pubmed", 3), ("medline", 4))
    )

    paper = article("", f"<PubmedData><History>{history}</History></PubmedData>")

    months = [day.month for day in (paper.create_date, paper.entry_date, paper.mesh_date) if day]
    assert months == [2, 3, 4]


def test_the_doi_of_the_id_list_wins_and_an_invalid_one_never_does() -> None:
    wrong = '<ELocationID EIdType="doi" ValidYN="N">10.1/wrong</ELocationID>'
    located = '<ELocationID EIdType="doi" ValidYN="Y">10.1/located</ELocationID>'
    listed = (
        '<PubmedData><ArticleIdList><ArticleId IdType="doi">10.1/listed</ArticleId>'
        '<ArticleId IdType="pmc">PMC77.2</ArticleId></ArticleIdList></PubmedData>'
    )

    assert article(wrong).doi == ""
    assert article(wrong + located).doi == "10.1/located"
    both = article(wrong + located, listed)
    assert (both.doi, both.pmcid) == ("10.1/listed", "PMC77")
    assert ("doi", "10.1/located") in both.article_ids
    assert ("doi", "10.1/wrong") not in both.article_ids


def test_people_are_read_with_what_belongs_to_them() -> None:
    paper = article(
        '<AuthorList CompleteYN="N"><Author><LastName>A</LastName><ForeName>B C</ForeName><Initials>BC</Initials>'
        '<Suffix>Jr</Suffix><Identifier Source="ORCID">0000</Identifier><AffiliationInfo><Affiliation>H<sub>1</sub>, '
        'X</Affiliation><Identifier Source="ROR">r</Identifier></AffiliationInfo><AffiliationInfo><Affiliation>Y'
        "</Affiliation></AffiliationInfo></Author><Author><CollectiveName>The Group</CollectiveName></Author>"
        "</AuthorList>"
    )

    first, second = paper.authors
    assert (first.last_name, first.fore_name, first.initials, first.suffix) == ("A", "B C", "BC", "Jr")
    assert first.affiliations == ("H1, X", "Y")
    assert first.identifiers == ("ORCID: 0000",)
    assert (second.collective_name, second.last_name, second.affiliations) == ("The Group", "", ())
    assert not paper.authors_complete


def test_a_version_above_one_is_kept() -> None:
    paper = read_article(
        b'<PubmedArticle><MedlineCitation VersionID="2"><PMID Version="2">5</PMID></MedlineCitation></PubmedArticle>'
    )

    assert (paper.pmid, paper.version) == (5, 2)


def test_a_chapter_of_a_book_is_read() -> None:
    paper = read_article(
        b'<PubmedBookArticle><BookDocument><PMID Version="1">5</PMID><ArticleIdList><ArticleId '
        b'IdType="bookaccession">NBK1</ArticleId></ArticleIdList><Book><Publisher><PublisherName>P'
        b"</PublisherName><PublisherLocation>Seattle (WA)</PublisherLocation></Publisher><BookTitle>B<sup>x</sup>"
        b'</BookTitle><PubDate><Year>1993</Year></PubDate><AuthorList Type="editors"><Author><LastName>E</LastName>'
        b"</Author></AuthorList><Isbn>978</Isbn></Book><ArticleTitle>T</ArticleTitle><Language>eng</Language>"
        b'<AuthorList Type="authors"><Author><LastName>A</LastName></Author></AuthorList><PublicationType '
        b'UI="D016454">Review</PublicationType><Abstract><AbstractText Label="X">Y.</AbstractText></Abstract>'
        b"</BookDocument><PubmedBookData><History><PubMedPubDate PubStatus='entrez'><Year>2020</Year><Month>1"
        b"</Month><Day>2</Day></PubMedPubDate></History></PubmedBookData></PubmedBookArticle>"
    )

    assert (paper.title, paper.book_title, paper.publisher, paper.country) == ("T", "Bx", "P", "Seattle (WA)")
    assert ([each.last_name for each in paper.authors], [each.last_name for each in paper.editors]) == (
        ["A"],
        ["E"],
    )
    assert (paper.abstract, paper.publication_date, str(paper.create_date)) == ("X: Y.", "1993", "2020-01-02")
    assert (paper.isbn, paper.publication_types[0].ui) == (("978",), "D016454")
    assert paper.article_ids == (("bookaccession", "NBK1"),)


def test_a_whole_book_has_its_own_title_and_authors() -> None:
    paper = read_article(
        b"<PubmedBookArticle><BookDocument><PMID>5</PMID><Book><BookTitle>B</BookTitle><AuthorList "
        b"Type='authors'><Author><LastName>A</LastName></Author></AuthorList></Book></BookDocument></PubmedBookArticle>"
    )

    assert (paper.title, paper.authors[0].last_name) == ("B", "A")
