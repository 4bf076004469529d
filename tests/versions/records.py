"""PubMed records of made-up papers with what versions and threads are known by.

Owns how they are written as XML. Never asserts.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from xml.sax.saxutils import escape

TITLE = "Repeated ketamine infusions for suicidal ideation in emergency departments: a randomised controlled trial"
ABSTRACT = (
    "We randomised 124 adults presenting with active suicidal ideation to three infusions of ketamine or midazolam. "
    "At day seven the mean score had fallen by 11.2 points with ketamine and by 7.9 points with midazolam. "
    "Dissociation was the most common adverse event and resolved within two hours of each infusion."
)


def record(
    pmid: int,
    created: date,
    *,
    title: str = TITLE,
    abstract: str = ABSTRACT,
    authors: Iterable[str] = ("Okonjo Amara", "Brandt Felix", "Ferrari Giulia"),
    journal: str = "Journal of made-up psychiatry",
    doi: str = "",
    preprint: bool = False,
    trials: Iterable[str] = (),
    links: Iterable[tuple[str, int]] = (),
) -> bytes:
    """One PubMed record; `links` are (RefType, PMID), `trials` numbers at ClinicalTrials.gov."""
    day = f"<Year>{created.year}</Year><Month>{created.month}</Month><Day>{created.day}</Day>"
    people = "".join(
        f"<Author><LastName>{name.split()[0]}</LastName><ForeName>{name.split()[1]}</ForeName>"
        f"<Initials>{name.split()[1][0]}</Initials></Author>"
        for name in authors
    )
    numbers = "".join(f"<AccessionNumber>{number}</AccessionNumber>" for number in trials)
    banks = (
        f"<DataBankList><DataBank><DataBankName>ClinicalTrials.gov</DataBankName><AccessionNumberList>{numbers}"
        "</AccessionNumberList></DataBank></DataBankList>"
        if numbers
        else ""
    )
    told = "".join(
        f'<CommentsCorrections RefType="{kind}"><RefSource>medRxiv. 2026</RefSource><PMID>{other}</PMID>'
        "</CommentsCorrections>"
        for kind, other in links
    )
    kind = (
        '<PublicationType UI="D000076942">Preprint'
        if preprint
        else '<PublicationType UI="D016428">Journal Article'
    )
    text = f"<Abstract><AbstractText>{escape(abstract)}</AbstractText></Abstract>" if abstract else ""
    return (
        f'<PubmedArticle><MedlineCitation Status="PubMed-not-MEDLINE"><PMID Version="1">{pmid}</PMID><Article>'
        f"<Journal><JournalIssue><PubDate>{day}</PubDate></JournalIssue><Title>{journal}</Title></Journal>"
        f"<ArticleTitle>{escape(title)}</ArticleTitle>{text}<AuthorList>{people}</AuthorList>{banks}"
        f"<PublicationTypeList>{kind}</PublicationType></PublicationTypeList></Article>"
        f"<CommentsCorrectionsList>{told}</CommentsCorrectionsList></MedlineCitation>"
        f'<PubmedData><History><PubMedPubDate PubStatus="entrez">{day}</PubMedPubDate></History>'
        f'<PublicationStatus>ppublish</PublicationStatus><ArticleIdList><ArticleId IdType="pubmed">{pmid}</ArticleId>'
        + (f'<ArticleId IdType="doi">{doi}</ArticleId>' if doi else "")
        + "</ArticleIdList></PubmedData></PubmedArticle>"
    ).encode()
