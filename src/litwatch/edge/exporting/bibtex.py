"""References as BibTeX.

Owns which field takes which, and what BibTeX would take for markup.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TextIO

from bibtexparser.entrypoint import write_string
from bibtexparser.library import Library
from bibtexparser.model import Entry, Field

from litwatch.decide.shown import one_line, pubmed_link
from litwatch.edge.exporting.row import Row, is_book, name_of, pages_of, year_of
from litwatch.paper import Paper

#: What TeX would act on. A brace needs a name: BibTeX counts even those behind a backslash.
_NAMED = {
    "\\": r"\textbackslash ",
    "{": r"\textbraceleft ",
    "}": r"\textbraceright ",
    "~": r"\textasciitilde ",
    "^": r"\textasciicircum ",
}
_ESCAPED = {ord(sign): name for sign, name in _NAMED.items()} | {ord(sign): f"\\{sign}" for sign in "&%$#_"}
#: In an address nothing is escaped; braces are written as addresses write them.
_IN_ADDRESSES = {ord("{"): "%7B", ord("}"): "%7D"}


def write(rows: Iterable[Row], out: TextIO) -> None:
    """One entry a paper, its key `pmid` and the number."""
    for row in rows:
        out.write(write_string(Library([_entry(row.paper)])) + "\n")


def _entry(paper: Paper) -> Entry:
    first, last = pages_of(paper)
    book = is_book(paper)
    fields = {
        # Braces keep the capitals of a title.
        "title": f"{{{_escaped(paper.title)}}}" if paper.title else "",
        "author": " and ".join(
            f"{{{_escaped(author.collective_name)}}}" if author.collective_name else _escaped(name_of(author))
            for author in paper.authors
        ),
        "booktitle" if book else "journal": _escaped(paper.book_title or paper.journal),
        "publisher": _escaped(paper.publisher),
        "year": year_of(paper),
        "volume": _escaped(paper.volume),
        "number": _escaped(paper.issue),
        "pages": _escaped(f"{first}--{last}" if last else first),
        "issn": _escaped(next(iter(paper.issn), "")),
        "isbn": _escaped(next(iter(paper.isbn), "")),
        "doi": one_line(paper.doi).translate(_IN_ADDRESSES),
        "pmid": str(paper.pmid),
        "pmcid": _escaped(paper.pmcid),
        "url": pubmed_link(paper.pmid),
        "language": ", ".join(paper.languages),
        "keywords": _escaped(", ".join(paper.keywords)),
        "abstract": _escaped(paper.abstract),
    }
    kind = "incollection" if book else "article"
    return Entry(kind, f"pmid{paper.pmid}", [Field(name, value) for name, value in fields.items() if value])


def _escaped(text: str) -> str:
    return one_line(text).translate(_ESCAPED)
