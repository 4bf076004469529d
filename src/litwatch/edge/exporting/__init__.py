"""Papers for other programs: reference managers, screening tools, spreadsheets.

Owns which formats there are. Never chooses papers.

    ris.py       Zotero, EndNote, Covidence, Rayyan
    bibtex.py    LaTeX, JabRef
    medline.py   PubMed's own text format (.nbib)
    table.py     spreadsheets: CSV
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import TextIO

from litwatch.edge.exporting.row import Row

FORMATS = {"ris": "ris", "bibtex": "bibtex", "nbib": "medline", "csv": "table"}
ROWS_BY_WATCH = frozenset({"csv"})
"""Formats in which a paper of two watches stands twice; in the others a reference is one paper, once."""


def write(form: str, rows: Iterable[Row], out: TextIO) -> None:
    """Write papers in one of FORMATS, in their order."""
    module = import_module(f"{__name__}.{FORMATS[form]}")
    module.write(rows if form in ROWS_BY_WATCH else _once(rows), out)


def _once(rows: Iterable[Row]) -> Iterable[Row]:
    seen: set[int] = set()
    for row in rows:
        if row.paper.pmid not in seen:
            seen.add(row.paper.pmid)
            yield row
