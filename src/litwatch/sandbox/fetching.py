"""EFetch's formats for PubMed: XML, MEDLINE, abstract and lists of PMIDs.

Owns which format a request means, and the frame around the records. Never looks a record up.

Formats: table 1 of https://www.ncbi.nlm.nih.gov/books/NBK25499/#chapter4.EFetch.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from litwatch.edge.exporting.medline import medline_text
from litwatch.errors import ReadError
from litwatch.paper import Paper
from litwatch.reading.pubmed_xml import read_article
from litwatch.sandbox.abstracts import abstract_text
from litwatch.sandbox.shapes import TEXT, XML, Answer

# The newest DTD that Biopython 1.87 bundles; a newer name would send its parser to the network.
HEAD = (
    b'<?xml version="1.0" ?>\n<!DOCTYPE PubmedArticleSet PUBLIC '
    b'"-//NLM//DTD PubMedArticle, 1st January 2025//EN" "https://dtd.nlm.nih.gov/ncbi/pubmed/out/pubmed_250101.dtd">\n<PubmedArticleSet>\n'
)
FOOT = b"</PubmedArticleSet>"


def fetched(params: Mapping[str, str], records: Sequence[tuple[int, bytes]]) -> Answer:
    """The records in the format that `retmode` and `rettype` name; XML where they name none."""
    kind, mode = params.get("rettype", "").strip().lower(), params.get("retmode", "").strip().lower()
    if kind == "uilist":
        if mode == "xml":
            ids = "".join(f"<Id>{pmid}</Id>\n" for pmid, _ in records)
            return Answer(200, XML, f'<?xml version="1.0" ?>\n<IdList>\n{ids}</IdList>'.encode())
        return Answer(200, TEXT, "".join(f"{pmid}\n" for pmid, _ in records).encode())
    if kind == "medline" and mode != "xml":
        return Answer(200, TEXT, "".join(f"\n{medline_text(paper)}\n" for paper in _papers(records)).encode())
    if kind == "abstract" and mode == "text":
        blocks = [abstract_text(paper, position) for position, paper in enumerate(_papers(records), 1)]
        return Answer(200, TEXT, ("\n\n\n".join(blocks) + "\n").encode())
    return Answer(200, XML, HEAD + b"\n".join(raw for _, raw in records) + FOOT)


def _papers(records: Sequence[tuple[int, bytes]]) -> list[Paper]:
    papers = []
    for pmid, raw in records:
        try:
            papers.append(read_article(raw))
        except (ReadError, ValueError):
            papers.append(Paper(pmid=pmid))
    return papers
