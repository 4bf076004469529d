"""Papers as CSV for a spreadsheet.

Owns its columns. A cell that a spreadsheet would run as a formula gets an apostrophe before it, which the program hides
(https://owasp.org/www-community/attacks/CSV_Injection).
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import TextIO

from litwatch.decide.shown import one_line, pubmed_link
from litwatch.edge.exporting.row import Row, name_of

COLUMNS = (
    *(
        "watch",
        "pmid",
        "arrival",
        "first_seen",
        "title",
        "authors",
        "journal",
        "publication_date",
        "create_date",
    ),
    *("doi", "pmcid", "url", "relevant", "topics", "design", "secondary", "preprint", "industry", "setting"),
    *("subjects", "population", "participants", "studies", "drugs", "routes", "dose", "followup_days"),
    *("registrations", "result", "conclusion", "harm", "abstract"),
)
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
_SEPARATOR = "; "


def write(rows: Iterable[Row], out: TextIO) -> None:
    """One line a paper and watch under a line of names; begins with the mark by which Excel knows UTF-8."""
    out.write("\ufeff")
    writer = csv.DictWriter(out, COLUMNS, lineterminator="\r\n")
    writer.writeheader()
    for row in rows:
        writer.writerow({name: _safe(value) for name, value in _cells(row).items()})


def _cells(row: Row) -> dict[str, object]:
    paper = row.paper
    cells: dict[str, object] = {
        "watch": row.watch,
        "pmid": paper.pmid,
        "arrival": row.arrival,
        "first_seen": row.first_seen.isoformat(timespec="seconds"),
        "title": paper.title,
        "authors": _SEPARATOR.join(map(name_of, paper.authors)),
        "journal": paper.journal,
        "publication_date": paper.publication_date,
        "create_date": paper.create_date,
        "doi": paper.doi,
        "pmcid": paper.pmcid,
        "url": pubmed_link(paper.pmid),
        "abstract": paper.abstract,
    }
    if row.findings is not None:
        found = row.findings
        cells |= {"topics": _SEPARATOR.join(found.tags)}
        cells |= {
            name: getattr(found, name)
            for name in ("relevant", "design", "secondary", "preprint", "industry", "setting", "subjects")
        }
        cells |= {name: getattr(found, name) for name in ("participants", "studies", "followup_days")}
        cells |= {
            name: _SEPARATOR.join(getattr(found, name))
            for name in ("population", "drugs", "routes", "dose", "registrations")
        }
        cells |= {
            name: span.text
            for name in ("result", "conclusion", "harm")
            if (span := getattr(found.quotes, name)) is not None
        }
    return cells


def _safe(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = "" if value is None else one_line(str(value))
    return f"'{text}" if text.startswith(_FORMULA) else text
