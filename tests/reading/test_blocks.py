"""What is read by pattern is what libxml2 reads; where a block is odd, the pattern leaves it alone."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import articles
from litwatch.errors import ReadError
from litwatch.paper import Author, MeshHeading, Paper, PublicationType
from litwatch.reading.article import paper_of
from litwatch.reading.blocks import take_blocks
from litwatch.reading.parsing import BlanksMatter, parse
from litwatch.reading.pubmed_xml import read_article, split
from litwatch.reading.quick import quick
from world import SHARED, shared

ODD = sorted(path.name for path in (SHARED / "corpus" / "odd").glob("*.xml"))
HISTORY = (
    '<History><PubMedPubDate PubStatus="entrez"><Year>2021</Year><Month>6</Month><Day>7</Day>'
    "<Hour>6</Hour><Minute>0</Minute></PubMedPubDate></History>"
)
OPENING = (
    '<PubmedArticle><MedlineCitation Status="MEDLINE" IndexingMethod="Automated" Owner="NLM">'
    '<PMID Version="2">99000901</PMID>'
    "<DateCompleted><Year>2021</Year><Month>06</Month><Day>30</Day></DateCompleted>"
    "<DateRevised><Year>2021</Year><Month>07</Month><Day>01</Day></DateRevised>"
    '<Article PubModel="Print-Electronic"><Journal><ISSN IssnType="Print">0000-000X</ISSN>'
    '<JournalIssue CitedMedium="Print"><Volume>7</Volume><Issue>2 Suppl</Issue>'
    "<PubDate><Year>2021</Year><Month>06</Month><Day>07</Day></PubDate></JournalIssue>"
    "<Title>Annals of Mood &amp; Sleep</Title><ISOAbbreviation>Ann Mood</ISOAbbreviation></Journal>"
)
AUTHOR = (
    '<Author ValidYN="Y"><LastName>de Vries</LastName><ForeName>Ann B</ForeName><Initials>AB</Initials>'
    "<AffiliationInfo><Affiliation>One  Place.</Affiliation></AffiliationInfo>\n"
    "<AffiliationInfo><Affiliation>Other Place.</Affiliation></AffiliationInfo></Author>"
)


def article(authors: str, history: str = HISTORY) -> bytes:
    return articles.article(f'<AuthorList CompleteYN="Y">{authors}</AuthorList>', history)


def opened(opening: str, linking: str = "0000-0018") -> bytes:
    return (
        f"{opening}<ArticleTitle>T</ArticleTitle><Language>eng</Language></Article><MedlineJournalInfo>"
        f"<MedlineTA>Ann Mood</MedlineTA><ISSNLinking>{linking}</ISSNLinking></MedlineJournalInfo>"
        "</MedlineCitation><PubmedData/></PubmedArticle>"
    ).encode()


def read_without_patterns(raw: bytes) -> Paper:
    try:
        return paper_of(parse(raw), {})
    except BlanksMatter:
        return paper_of(parse(raw, keep_blanks=True), {})


def assert_both_ways_agree(path: Path, step: int = 1) -> int:
    """How many records had a block that was read by pattern."""
    taken = 0
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
        for number, (_, raw) in enumerate(split(stream)):  # type: ignore[arg-type,unused-ignore]
            if number % step == 0 and raw.startswith(b"<PubmedArticle>"):
                assert read_article(raw) == read_without_patterns(raw)
                taken += take_blocks(raw)[0] != raw
    return taken


@pytest.mark.parametrize("name", ODD or ["(none here)"])
def test_both_ways_agree_on_odd_records(name: str) -> None:
    assert_both_ways_agree(shared(f"corpus/odd/{name}"))


def test_both_ways_agree_on_an_update_file() -> None:
    assert assert_both_ways_agree(shared("corpus/nlm-update-2021.xml.gz"), step=7) == 2970


def test_a_plain_opening_is_taken() -> None:
    rest, fields = take_blocks(opened(OPENING))

    assert rest.startswith(
        b'<PubmedArticle><MedlineCitation Status="MEDLINE"><Article PubModel="Print-Electronic"><ArticleTitle>'
    )
    assert (fields["pmid"], fields["version"], fields["journal"]) == (99000901, 2, "Annals of Mood & Sleep")
    assert (str(fields["completed_date"]), str(fields["revised_date"])) == ("2021-06-30", "2021-07-01")
    assert (fields["volume"], fields["issue"], fields["publication_date"]) == ("7", "2 Suppl", "2021 Jun 7")


@pytest.mark.parametrize(
    "opening",
    [
        OPENING,
        OPENING.replace("<Month>06</Month><Day>07</Day></PubDate>", "</PubDate>"),
        OPENING.replace("<Day>07</Day></PubDate>", "</PubDate>"),
        OPENING.replace("<Month>06</Month><Day>07</Day></PubDate>", "<Day>07</Day></PubDate>"),
        OPENING.replace("<Month>06</Month><Day>07</Day></PubDate>", "<Month> </Month></PubDate>"),
        OPENING.replace("<Month>06</Month><Day>07</Day></PubDate>", "<Season>Summer</Season></PubDate>"),
        OPENING.replace(
            "<Year>2021</Year><Month>06</Month><Day>07</Day></PubDate>",
            "<MedlineDate>2021 Jun-Jul</MedlineDate></PubDate>",
        ),
        OPENING.replace("<Month>06</Month><Day>30</Day>", "<Month>02</Month><Day>30</Day>"),
        OPENING.replace(
            "<Year>2021</Year><Month>06</Month><Day>30</Day>",
            "<Year>99999999999</Year><Month>06</Month><Day>30</Day>",
        ),
        OPENING.replace(' IndexingMethod="Automated"', ""),
        OPENING.replace(' Owner="NLM"', ' VersionID="2" Owner="NLM"'),
        OPENING.replace("<Volume>7</Volume>", "<Volume/>"),
        OPENING.replace("<Volume>7</Volume>", "<Volume> 7\n 8 </Volume>"),
        OPENING.replace("Mood &amp;", "<i>Mood</i> &amp;"),
        OPENING.replace("Mood &amp;", "Mood &lt;"),
        OPENING.replace("Mood &amp;", "Mood\u2009\xa0\n"),
        OPENING.replace("Mood &amp;", "<!-- Mood -->"),
        OPENING.replace("0000-000X", ""),
        OPENING.replace("0000-000X", "0000-0018"),
        OPENING.replace(">99000901<", "> 99000901 <"),
        OPENING.replace("><", ">\n      <"),
    ],
)
def test_odd_openings_are_the_same_both_ways(opening: str) -> None:
    raw = opened(opening)

    assert read_article(raw) == read_without_patterns(raw)


def test_a_day_beyond_all_calendars_is_no_day() -> None:
    assert (
        read_article(opened(OPENING.replace("<Year>2021</Year>", "<Year>99999999999</Year>"))).revised_date
        is None
    )


def test_both_blocks_of_a_plain_record_are_taken() -> None:
    rest, fields = take_blocks(article(AUTHOR))

    assert b"Author" not in rest
    assert b"History" not in rest
    affiliations = ("One Place.", "Other Place.")
    assert fields["authors"] == [Author("de Vries", "Ann B", "AB", affiliations=affiliations)]
    assert str(fields["create_date"]) == "2021-06-07"


@pytest.mark.parametrize(
    "authors",
    [
        AUTHOR.replace("Place", "<i>Place</i>"),
        AUTHOR.replace("Place", "Pl&amp;ce"),
        AUTHOR.replace("Place", "Place &amp;lt; &amp;amp;"),
        AUTHOR.replace("Place", "Place &lt; &amp;"),
        AUTHOR.replace("Place", "<![CDATA[Place]]>"),
        AUTHOR.replace("Place", "<!-- Place -->"),
        AUTHOR + "loose words",
        AUTHOR + '<Author ValidYN="Y"><CollectiveName>Group</CollectiveName></Author>',
        AUTHOR.replace(' ValidYN="Y"', ""),
        AUTHOR.replace("</LastName>", "</LastName><Unheard>of</Unheard>"),
        AUTHOR.replace("One  Place.", " "),
        AUTHOR.replace("<Initials>", '<Identifier Source="ISNI">1</Identifier><Initials>'),
        AUTHOR.replace("</Initials>", '</Initials><Identifier Source="ORCID"> 1 </Identifier>'),
        AUTHOR.replace("</Initials>", '</Initials><Identifier Source="ORCID"></Identifier>'),
        AUTHOR.replace("</Initials>", "</Initials><Suffix> Jr </Suffix>"),
        "",
    ],
)
def test_odd_authors_are_the_same_both_ways(authors: str) -> None:
    raw = article(authors)

    assert read_article(raw) == read_without_patterns(raw)


@pytest.mark.parametrize(
    "raw",
    [
        article(AUTHOR.replace("Place", "Pl\x00ace")),
        article(AUTHOR.replace("Place", "Pl\x1bace")),
        article(AUTHOR.replace("Place", "Pl]]>ace")),
        article(AUTHOR).replace(b"Ann", b"\xe9"),
        article(AUTHOR.replace("</LastName>", "")),
        article(AUTHOR.replace("</Author>", "")),
        article(AUTHOR, HISTORY.replace("</Year>", "")),
        article(AUTHOR, HISTORY.replace("2021", "20&unknown;21")),
        article(AUTHOR, HISTORY.replace("2021", "20\x0021")),
        opened(OPENING.replace("Mood", "Mo\x0bod")),
        opened(OPENING.replace("Mood", "Mo]]>od")),
        opened(OPENING.replace("Mood", "Mo&nbsp;od")),
        opened(OPENING.replace("</Volume>", "")),
        opened(OPENING.replace("<Journal>", "<Journal><Journal>")),
    ],
)
def test_what_libxml2_would_refuse_is_refused(raw: bytes) -> None:
    with pytest.raises(ReadError):
        read_article(raw)


pieces = st.sampled_from(
    [
        "<LastName>",
        "</LastName>",
        "<ForeName>A</ForeName>",
        "<Author ValidYN='Y'>",
        "</Author>",
        "x",
        " ",
        "&amp;",
    ]
)


@given(st.lists(pieces, max_size=6), st.integers(0, len(AUTHOR)))
def test_whatever_stands_in_the_block_both_ways_agree_or_both_refuse(added: list[str], place: int) -> None:
    raw = article(AUTHOR[:place] + "".join(added) + AUTHOR[place:])

    try:
        expected: Paper | None = read_without_patterns(raw)
    except ReadError:
        expected = None
    try:
        found: Paper | None = read_article(raw)
    except ReadError:
        found = None

    assert found == expected


@pytest.mark.parametrize("kind", [Author, MeshHeading, Paper, PublicationType])
def test_values_made_quickly_are_as_if_made_by_their_class(kind: Any) -> None:
    slow, fast = kind("x"), quick(kind)("x")

    assert (type(fast), fast, hash(fast), repr(fast)) == (kind, slow, hash(slow), repr(slow))
    with pytest.raises(AttributeError):
        fast.__setattr__(next(iter(kind.__slots__)), "y")
