"""References as RIS, the format that every reference manager and screening tool takes.

Owns which tag takes which field. Tags: https://en.wikipedia.org/wiki/RIS_(file_format) and rispy's own table.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, TextIO

import rispy

from litwatch.decide.shown import one_line, pubmed_link
from litwatch.edge.exporting.row import Row, is_book, name_of, pages_of, year_of


class _Writer(rispy.RisWriter):  # type: ignore[misc]  # rispy has no types
    """rispy numbers references, which EndNote takes for text."""

    def set_header(self, count: int) -> str:
        return ""


def write(rows: Iterable[Row], out: TextIO) -> None:
    """One reference a paper: the topics as C1, the design as C2, how it came as C3."""
    for row in rows:
        written: str = rispy.dumps([_reference(row)], implementation=_Writer)
        out.write(written.strip() + "\n\n")


def _reference(row: Row) -> dict[str, Any]:
    paper, found = row.paper, row.findings
    first, last = pages_of(paper)
    fields: dict[str, Any] = {
        "type_of_reference": "CHAP" if is_book(paper) else "JOUR",
        "title": one_line(paper.title),
        "translated_title": one_line(paper.vernacular_title),
        "authors": [name_of(author) for author in paper.authors],
        "abstract": one_line(paper.abstract),
        "secondary_title": one_line(paper.book_title or paper.journal),
        "alternate_title2": one_line(paper.journal_abbreviation),
        "year": year_of(paper),
        "date": one_line(paper.publication_date),
        "volume": one_line(paper.volume),
        "number": one_line(paper.issue),
        "start_page": first,
        "end_page": last,
        "issn": one_line(next(iter(paper.isbn or paper.issn), "")),
        "doi": one_line(paper.doi),
        "accession_number": str(paper.pmid),
        "name_of_database": "PubMed",
        "language": ", ".join(paper.languages),
        "keywords": [one_line(keyword) for keyword in paper.keywords],
        "urls": [pubmed_link(paper.pmid)],
        "custom1": ", ".join(found.tags) if found else "",
        "custom2": (found.design or "") if found else "",
        "custom3": row.arrival,
    }
    return {name: value for name, value in fields.items() if value}
