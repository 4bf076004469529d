"""The part of the page on which a sample is marked: the table's rows, which the page saves again with the marks.

Owns that shape (docs/templates.md). Never writes a file: the reader's browser does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from litwatch.tuning.marking import MARK, Marks


@dataclass(frozen=True, slots=True)
class PageMark:
    """A paper of the sample: the `row` of the table that it stands in, and how it is marked ("yes", "no" or "")."""

    row: int
    pmid: str
    title: str
    abstract: str
    about: str
    marked: str


@dataclass(frozen=True, slots=True)
class PageMarking:
    """A table of marks: the name of its file, all its rows for the page to save, and its papers, unmarked ones first.

    `column` is the place of the mark among `columns`.
    """

    file: str
    path: str
    columns: tuple[str, ...]
    column: int
    rows: tuple[tuple[str, ...], ...]
    papers: tuple[PageMark, ...]


def marking_of(table: Path, marks: Marks) -> PageMarking:
    """What the page needs of the table in that file."""
    named = {name.strip().lower(): name for name in marks.columns}

    def cell(row: Mapping[str, str], name: str) -> str:
        return row.get(named.get(name, ""), "")

    papers = [
        PageMark(
            place,
            cell(row, "pmid").strip(),
            cell(row, "title"),
            cell(row, "abstract"),
            ", ".join(filter(None, (cell(row, "journal"), cell(row, "publication_date")))),
            {True: "yes", False: "no", None: ""}[marks.verdicts[int(cell(row, "pmid"))]],
        )
        for place, row in enumerate(marks.rows)
    ]
    return PageMarking(
        table.name,
        str(table),
        marks.columns,
        marks.columns.index(named[MARK]),
        tuple(tuple(row.get(name, "") for name in marks.columns) for row in marks.rows),
        tuple(sorted(papers, key=lambda one: bool(one.marked))),
    )
