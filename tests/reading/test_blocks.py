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
from litwatch.reading.pubmed_xml import read_article, records_of, split, without_references
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


WHOLE = (
    OPENING
    + "<ArticleTitle>Ketamine in <i>mice</i> at 10<sup>6</sup> m</ArticleTitle>"
    + "<Pagination><StartPage>1</StartPage><EndPage>9</EndPage><MedlinePgn>1-9</MedlinePgn></Pagination>"
    + '<ELocationID EIdType="doi" ValidYN="Y">10.1000/made.up</ELocationID>'
    + '<Abstract><AbstractText Label="AIM &amp; SCOPE:" NlmCategory="OBJECTIVE">To see, p &lt; 0.05.</AbstractText>'
    + "<AbstractText>CO<sub>2</sub> rose &gt; 2.</AbstractText>"
    + "<CopyrightInformation>© 2021 Nobody.</CopyrightInformation></Abstract>"
    + f'<AuthorList CompleteYN="Y">{AUTHOR}{AUTHOR}</AuthorList><Language>eng</Language><Language>ger</Language>'
    + '<GrantList CompleteYN="Y"><Grant><GrantID>M 1</GrantID><Agency>Made Up</Agency><Country/></Grant></GrantList>'
    + '<PublicationTypeList><PublicationType UI="D016428">Journal Article</PublicationType></PublicationTypeList>'
    + "<VernacularTitle>Ketamin.</VernacularTitle>"
    + '<ArticleDate DateType="Electronic"><Year>2021</Year><Month>06</Month><Day>01</Day></ArticleDate></Article>'
    + "<MedlineJournalInfo><Country>England</Country><MedlineTA>Ann Mood</MedlineTA><NlmUniqueID>1</NlmUniqueID>"
    + "<ISSNLinking>0000-0018</ISSNLinking></MedlineJournalInfo><CitationSubset>IM</CitationSubset>"
    + '<KeywordList Owner="NOTNLM"><Keyword MajorTopicYN="N">mood</Keyword><Keyword MajorTopicYN="Y">T<sub>m</sub>'
    + "</Keyword></KeywordList><CoiStatement>None at all.</CoiStatement></MedlineCitation><PubmedData>"
    + f"{HISTORY}<PublicationStatus>ppublish</PublicationStatus><ArticleIdList>"
    + '<ArticleId IdType="pubmed">99000901</ArticleId><ArticleId IdType="doi">10.1000/made.up</ArticleId>'
    + "</ArticleIdList><?pmcsd ?></PubmedData></PubmedArticle>"
)
MESH = (
    '<MeshHeadingList><MeshHeading><DescriptorName UI="D1" MajorTopicYN="N">Mood &amp; &lt;Sleep</DescriptorName>'
    "</MeshHeading></MeshHeadingList>"
)
INVESTIGATORS = (
    '<InvestigatorList><Investigator ValidYN="Y"><LastName>Made</LastName></Investigator></InvestigatorList>'
)
TEXTS = ["Ketamine", "10<sup>6</sup>", "Made Up", "Ann Mood", "IM", "mood", "None at all.", "To see", "rose"]
HOSTILE = [
    *(
        "<![CDATA[a<b]]>",
        "<!-- </Abstract><AuthorList> -->",
        "<?odd ?>",
        "&quot;",
        "&#8805;",
        "&amp;lt;",
        "&lt;i&gt;",
    ),
    *(
        "\xa0a\u2009\u3000b",
        " \n a \t b\r\n ",
        "\u0085",
        "]] &gt;",
        "]]&gt;",
        "\ufffd",
        "!?<i>!</i>?",
        "\U0001f41d",
    ),
    *(
        "<i>a<sup>2</sup></i>",
        "<sup><i>2</i></sup>",
        "1<sup>2</sup><sup>3</sup>",
        "<i/>",
        "<i> </i> <b> </b>",
    ),
    *(
        '<i class="x">a</i>',
        "<sup> -3 </sup>",
        "3<sup></sup><sup>4</sup>",
        "<Abstract>a</Abstract>",
        "<u>&lt;</u>",
    ),
    *(
        "&unknown;",
        "]]>",
        "\x01",
        "\x0b",
        "\ufffe",
        "\uffff",
        "<i>",
        "</sup>",
        "&",
        "&amp",
        "<",
        "a<b",
        "&#0;",
    ),
]


def article(authors: str, history: str = HISTORY) -> bytes:
    return articles.article(f'<AuthorList CompleteYN="Y">{authors}</AuthorList>', history)


def opened(opening: str, linking: str = "0000-0018") -> bytes:
    return (
        f"{opening}<ArticleTitle>T</ArticleTitle><Language>eng</Language></Article><MedlineJournalInfo>"
        f"<MedlineTA>Ann Mood</MedlineTA><ISSNLinking>{linking}</ISSNLinking></MedlineJournalInfo>"
        "</MedlineCitation><PubmedData></PubmedData></PubmedArticle>"
    ).encode()


def read_without_patterns(raw: bytes) -> Paper:
    try:
        return paper_of(parse(raw), {})
    except BlanksMatter:
        return paper_of(parse(raw, keep_blanks=True), {})


def assert_both_ways_agree(path: Path, step: int = 1) -> int:
    """How many records were read by pattern alone."""
    taken = 0
    with gzip.open(path) if path.suffix == ".gz" else path.open("rb") as stream:
        for number, (_, raw) in enumerate(split(stream)):  # type: ignore[arg-type,unused-ignore]
            if number % step == 0 and raw.startswith(b"<PubmedArticle>"):
                brief = without_references(raw)
                assert read_article(brief) == read_without_patterns(raw)
                taken += not take_blocks((brief,))[0][0]
    return taken


@pytest.mark.parametrize("name", ODD or ["(none here)"])
def test_both_ways_agree_on_odd_records(name: str) -> None:
    assert_both_ways_agree(shared(f"corpus/odd/{name}"))


def test_both_ways_agree_on_an_update_file() -> None:
    assert assert_both_ways_agree(shared("corpus/nlm-update-2021.xml.gz"), step=7) == 2636


def both_ways(raw: bytes) -> tuple[Paper | None, Paper | None]:
    """The paper read with and without patterns; None where it was refused."""
    read: list[Paper | None] = []
    for reader in (read_article, read_without_patterns):
        try:
            read.append(reader(raw))
        except (ReadError, ValueError):
            read.append(None)
    return read[0], read[1]


@pytest.mark.parametrize(
    "whole", [WHOLE, WHOLE.replace("><", ">\r\n    <"), WHOLE.replace("T<sub>m</sub>", "")]
)
def test_nothing_is_left_of_a_whole_record_in_nlms_shape(whole: str) -> None:
    raw = whole.encode()

    assert take_blocks((raw,))[0][0] == b""
    assert read_article(raw) == read_without_patterns(raw)


def test_what_a_whole_record_says_is_read() -> None:
    paper = read_article(WHOLE.encode())

    assert paper.title == "Ketamine in mice at 10⁶ m"
    assert paper.abstract == "AIM & SCOPE: To see, p < 0.05. CO2 rose > 2."
    assert (paper.pages, paper.doi, paper.languages) == ("1-9", "10.1000/made.up", ("eng", "ger"))
    assert (paper.issn, paper.keywords) == (("0000-000X", "0000-0018"), ("mood", "Tm"))


@pytest.mark.parametrize("hostile", HOSTILE)
@pytest.mark.parametrize("text", TEXTS)
def test_hostile_text_is_the_same_both_ways_or_refused_both_ways(text: str, hostile: str) -> None:
    assert text in WHOLE
    for changed in (text + hostile, hostile + text, hostile):
        found, expected = both_ways(WHOLE.replace(text, changed).encode())

        assert found == expected


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('EIdType="doi" ValidYN="Y"', 'ValidYN="Y" EIdType="doi"'),
        ('EIdType="doi" ValidYN="Y"', 'EIdType="doi" ValidYN="N"'),
        ('Label="AIM &amp; SCOPE:" NlmCategory="OBJECTIVE"', 'NlmCategory="OBJECTIVE" Label="AIM"'),
        ("AIM &amp; SCOPE:", " &lt;AIM&gt;\n&amp;  SCOPE: "),
        ("AIM &amp; SCOPE:", "&quot;&gt;AIM"),
        ("<AbstractText>CO", '<AbstractText Label="NONE"/><AbstractText>CO'),
        ("<MedlinePgn>1-9", "<MedlinePgn> "),
        ("<CitationSubset>", MESH + "<CitationSubset>"),
        ("<KeywordList", MESH + "<KeywordList"),
        ("<KeywordList", MESH.replace("Mood", "<!-- </MeshHeadingList> -->") + "<KeywordList"),
        ("<KeywordList", MESH.replace("Mood", "]]&gt;") + "<KeywordList"),
        ("<KeywordList", MESH.replace("</MeshHeading>", "") + "<KeywordList"),
        ("<KeywordList", "<OtherID Source='NLM'>PMC1</OtherID><KeywordList"),
        ("</MedlineCitation>", "<KeywordList><Keyword>more</Keyword></KeywordList></MedlineCitation>"),
        ("</MedlineCitation>", INVESTIGATORS + "</MedlineCitation>"),
        ("</MedlineCitation>", INVESTIGATORS.replace("Made", "&nbsp;") + "</MedlineCitation>"),
        ("</MedlineCitation>", INVESTIGATORS + INVESTIGATORS + "</MedlineCitation>"),
        ("</MedlineCitation>", INVESTIGATORS),
        ("</MedlineCitation>", ""),
        ("</Article>", ""),
        ("<Abstract>", f'<!-- </Abstract><AuthorList CompleteYN="Y">{AUTHOR}</AuthorList> --><Abstract>'),
        (
            "<AuthorList",
            "<AuthorList Type='editors'><Author><LastName>E</LastName></Author></AuthorList><AuthorList",
        ),
        ("<AuthorList", "<Affiliation>Where.</Affiliation><AuthorList"),
        ("<PublicationStatus>", "<?odd ?><PublicationStatus>"),
        ('IdType="doi">', 'IdType="doi" Other="x">'),
        ('IdType="doi">10.1000/made.up', 'IdType="pubmed">99000901'),
        ("</PubmedArticle>", "</PubmedArticle> \n"),
        ("</PubmedArticle>", "</PubmedArticle>x"),
        ("<PubmedData>", "<PubmedData><PubmedData>"),
        ("<Language>eng", "\xa0<Language>eng"),
    ],
)
def test_odd_shapes_are_the_same_both_ways_or_refused_both_ways(old: str, new: str) -> None:
    assert old in WHOLE

    found, expected = both_ways(WHOLE.replace(old, new).encode())

    assert found == expected


def test_a_broken_record_harms_none_of_those_read_with_it() -> None:
    whole = WHOLE.encode()
    broken = whole.replace(b"</ArticleTitle>", b"")

    first, second, third = records_of((whole, broken, whole), 1)

    assert first == third == read_article(whole)
    assert not isinstance(second, Paper)


def test_a_plain_opening_is_taken() -> None:
    ((rest, fields),) = take_blocks((opened(OPENING),))

    assert rest.startswith(
        b'<PubmedArticle><MedlineCitation Status="MEDLINE"><Article PubModel="Print-Electronic"><Language>'
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


def test_the_authors_of_a_record_are_taken_though_the_rest_does_not_fit() -> None:
    ((rest, fields),) = take_blocks((article(AUTHOR),))

    assert b"Author" not in rest
    assert b"<Language>" in rest
    affiliations = ("One Place.", "Other Place.")
    assert fields["authors"] == [Author("de Vries", "Ann B", "AB", affiliations=affiliations)]


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
