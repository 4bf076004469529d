"""ESummary: a DocSum of a Paper in XML 1.0, XML 2.0 and JSON.

Owns the three shapes. Never looks a record up.

Shapes: recorded answers; https://www.ncbi.nlm.nih.gov/books/NBK25499/#chapter4.ESummary.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date
from xml.sax.saxutils import escape, quoteattr

from litwatch.edge.exporting.medline import author_name, issue
from litwatch.errors import ReadError
from litwatch.paper import Paper
from litwatch.query.dates import read_publication_date
from litwatch.reading.pubmed_xml import read_article
from litwatch.sandbox.shapes import XML, Answer, control, json_answer

MISSING = "cannot get document summary"
_STATUS = {
    "MEDLINE": "PubMed - indexed for MEDLINE",
    "Publisher": "PubMed - as supplied by publisher",
    "In-Process": "PubMed - in process",
    "In-Data-Review": "PubMed - in data review",
    "PubMed-not-MEDLINE": "PubMed",
}
_LANGUAGES = {
    "eng": "English",
    "ger": "German",
    "spa": "Spanish",
    "fre": "French",
}


def summarised(params: Mapping[str, str], records: Sequence[tuple[int, bytes | None]]) -> Answer:
    """The summaries of the records; one whose bytes are None is named as missing."""
    papers = [(pmid, None if raw is None else _paper(pmid, raw)) for pmid, raw in records]
    if params.get("retmode", "").lower() == "json":
        result: dict[str, object] = {"uids": [str(pmid) for pmid, _ in papers]}
        for pmid, paper in papers:
            result[str(pmid)] = {"uid": str(pmid), "error": MISSING} if paper is None else _value(paper)
        return json_answer({"header": {"type": "esummary", "version": "0.3"}, "result": result})
    if params.get("version", "").startswith("2"):
        return _version_2(papers)
    parts = [
        f"\t<ERROR>UID={pmid}: {MISSING}</ERROR>" if paper is None else _document(paper)
        for pmid, paper in papers
    ]
    return control("esummary", "\n" + "\n".join(parts) + "\n\n", None, json=False)


def _paper(pmid: int, raw: bytes) -> Paper:
    try:
        return read_article(raw)
    except (ReadError, ValueError):
        return Paper(pmid=pmid)


# XML 1.0

_Item = tuple[str, str, "str | list[_Item]"]


def _document(paper: Paper) -> str:
    people = [author_name(author) for author in paper.authors]
    issn, essn = [*paper.issn[:2], "", ""][:2]
    items: list[_Item] = [
        ("PubDate", "Date", paper.publication_date),
        ("EPubDate", "Date", paper.electronic_date),
        ("Source", "String", paper.journal_abbreviation),
        ("AuthorList", "List", [("Author", "String", name) for name in people]),
        ("LastAuthor", "String", people[-1] if people else ""),
        ("Title", "String", paper.title),
        ("Volume", "String", paper.volume),
        ("Issue", "String", paper.issue),
        ("Pages", "String", paper.pages),
        ("LangList", "List", [("Lang", "String", _LANGUAGES.get(one, one)) for one in paper.languages]),
        ("NlmUniqueID", "String", paper.nlm_id),
        ("ISSN", "String", issn),
        ("ESSN", "String", essn),
        ("PubTypeList", "List", [("PubType", "String", kind.name) for kind in paper.publication_types]),
        ("RecordStatus", "String", _STATUS.get(paper.status, "PubMed")),
        ("PubStatus", "String", paper.publication_status),
        ("ArticleIds", "List", [(kind, "String", value) for kind, value in paper.article_ids]),
    ]
    if paper.doi:
        items.append(("DOI", "String", paper.doi))
    items += [
        ("History", "List", [(name, "Date", _moment(day)) for name, day in _history(paper)]),
        ("References", "List", []),
        ("HasAbstract", "Integer", "1" if paper.abstract else "0"),
        ("PmcRefCount", "Integer", "0"),
        ("FullJournalName", "String", paper.journal),
        ("ELocationID", "String", f"doi: {paper.doi}" if paper.doi else ""),
        ("SO", "String", issue(paper)),
    ]
    return f"<DocSum>\n\t<Id>{paper.pmid}</Id>\n" + "".join(_item(one, 1) for one in items) + "</DocSum>"


def _item(item: _Item, depth: int) -> str:
    name, kind, value = item
    start = "\t" * depth + f"<Item Name={quoteattr(name)} Type={quoteattr(kind)}>"
    if isinstance(value, str):
        return f"{start}{escape(value)}</Item>\n"
    if not value:
        return f"{start}</Item>\n"
    return f"{start}\n" + "".join(_item(one, depth + 1) for one in value) + "\t" * depth + "</Item>\n"


def _history(paper: Paper) -> list[tuple[str, date]]:
    dated = (("pubmed", paper.entry_date), ("medline", paper.mesh_date), ("entrez", paper.create_date))
    return [(name, day) for name, day in dated if day is not None]


def _moment(day: date | None) -> str:
    return f"{day:%Y/%m/%d} 00:00" if day else ""


def _where(paper: Paper) -> str:
    place = (
        paper.volume
        + (f"({paper.issue})" if paper.issue else "")
        + (f":{paper.pages}" if paper.pages else "")
    )
    return paper.publication_date + (f";{place}" if place else "")


# JSON and XML 2.0


def _value(paper: Paper) -> dict[str, object]:
    people = [author_name(author) for author in paper.authors]
    issn, essn = [*paper.issn[:2], "", ""][:2]
    printed = read_publication_date(paper.publication_date)
    return {
        "uid": str(paper.pmid),
        "pubdate": paper.publication_date,
        "epubdate": paper.electronic_date,
        "source": paper.journal_abbreviation,
        "authors": [
            {
                "name": name,
                "authtype": "CollectiveName" if author.collective_name else "Author",
                "clusterid": "",
            }
            for name, author in zip(people, paper.authors, strict=True)
        ],
        "lastauthor": people[-1] if people else "",
        "title": paper.title,
        "sorttitle": " ".join(re.findall(r"\w+", paper.title.lower())),
        "volume": paper.volume,
        "issue": paper.issue,
        "pages": paper.pages,
        "lang": list(paper.languages),
        "nlmuniqueid": paper.nlm_id,
        "issn": issn,
        "essn": essn,
        "pubtype": [kind.name for kind in paper.publication_types],
        "recordstatus": _STATUS.get(paper.status, "PubMed"),
        "pubstatus": paper.publication_status,
        "articleids": [{"idtype": kind, "idtypen": 1, "value": value} for kind, value in paper.article_ids],
        "history": [{"pubstatus": name, "date": _moment(day)} for name, day in _history(paper)],
        "references": [
            {"refsource": link.source, "reftype": link.kind, "pmid": link.pmid, "note": link.note}
            for link in paper.links
        ],
        "attributes": ["Has Abstract"] if paper.abstract else [],
        "pmcrefcount": "",
        "fulljournalname": paper.journal,
        "elocationid": f"doi: {paper.doi}" if paper.doi else "",
        "doctype": "citation",
        "srccontriblist": [],
        "booktitle": paper.book_title,
        "medium": "",
        "edition": "",
        "publisherlocation": "",
        "publishername": paper.publisher,
        "srcdate": "",
        "reportnumber": "",
        "availablefromurl": "",
        "locationlabel": "",
        "doccontriblist": [],
        "docdate": "",
        "bookname": "",
        "chapter": "",
        "sortpubdate": _sorted_day(printed.first) if printed else "",
        "sortfirstauthor": people[0] if people else "",
        "vernaculartitle": paper.vernacular_title,
    }


def _sorted_day(day: int) -> str:
    return f"{day // 10000}/{day // 100 % 100:02}/{day % 100:02} 00:00"


_NAMES = {
    "pubdate": "PubDate", "epubdate": "EPubDate", "source": "Source", "lastauthor": "LastAuthor",
    "title": "Title", "sorttitle": "SortTitle", "volume": "Volume", "issue": "Issue", "pages": "Pages",
    "nlmuniqueid": "NlmUniqueID", "issn": "ISSN", "essn": "ESSN", "recordstatus": "RecordStatus",
    "pubstatus": "PubStatus", "fulljournalname": "FullJournalName", "elocationid": "ELocationID",
    "doctype": "DocType", "sortpubdate": "SortPubDate", "sortfirstauthor": "SortFirstAuthor",
    "vernaculartitle": "VernacularTitle",
}  # fmt: skip


def _version_2(papers: Sequence[tuple[int, Paper | None]]) -> Answer:
    parts = []
    for pmid, paper in papers:
        if paper is None:
            parts.append(f'<DocumentSummary uid="{pmid}">\n\t<error>{MISSING}</error>\n</DocumentSummary>')
            continue
        value = _value(paper)
        lines = [f"\t<{name}>{escape(str(value[key]))}</{name}>" for key, name in _NAMES.items()]
        people = "".join(
            f"<Author><Name>{escape(name)}</Name><AuthType>Author</AuthType><ClusterID/></Author>"
            for name in map(author_name, paper.authors)
        )
        kinds = "".join(f"<flag>{escape(kind.name)}</flag>" for kind in paper.publication_types)
        ids = "".join(
            f"<ArticleId><IdType>{kind}</IdType><IdTypeN>1</IdTypeN><Value>{escape(one)}</Value></ArticleId>"
            for kind, one in paper.article_ids
        )
        languages = "".join(f"<string>{escape(one)}</string>" for one in paper.languages)
        dates = "".join(
            f"<PubMedPubDate><PubStatus>{name}</PubStatus><Date>{_moment(day)}</Date></PubMedPubDate>"
            for name, day in _history(paper)
        )
        lines += [
            f"\t<Authors>{people}</Authors>",
            f"\t<Lang>{languages}</Lang>",
            f"\t<PubType>{kinds}</PubType>",
            f"\t<ArticleIds>{ids}</ArticleIds>",
            f"\t<History>{dates}</History>",
        ]
        parts.append(f'<DocumentSummary uid="{pmid}">\n' + "\n".join(lines) + "\n</DocumentSummary>")
    inside = "\n".join(parts)
    head = (
        '<?xml version="1.0" encoding="UTF-8" ?>\n<!DOCTYPE eSummaryResult PUBLIC '
        '"-//NLM//DTD esummary pubmed 20160808//EN" "https://eutils.ncbi.nlm.nih.gov/eutils/dtd/20160808/esummary_pubmed.dtd">\n\n'
    )
    documents = f'<DocumentSummarySet status="OK">\n{inside}\n</DocumentSummarySet>'
    return Answer(200, XML, f"{head}<eSummaryResult>\n{documents}\n</eSummaryResult>\n".encode())
