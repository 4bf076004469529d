"""What is written of one paper, and the texts that several formats share.

Owns Row. Never writes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from litwatch.decide.shown import one_line
from litwatch.paper import Author, Paper
from litwatch.study.findings import Findings

_YEAR = re.compile(r"[12]\d{3}")
_PAGES = re.compile(r"([^\s-]+)\s*-\s*(\S+)")


@dataclass(frozen=True, slots=True)
class Row:
    """A paper in a watch; `findings` is None where the rules did not read it."""

    paper: Paper
    findings: Findings | None
    watch: str
    arrival: str
    first_seen: datetime


def name_of(author: Author) -> str:
    """ "Roe, Richard Q", or the name of a group."""
    if author.collective_name:
        return one_line(author.collective_name)
    given = " ".join(filter(None, (author.fore_name or author.initials, author.suffix)))
    return one_line(", ".join(filter(None, (author.last_name, given))))


def year_of(paper: Paper) -> str:
    """The year of publication, or "" where the record has none."""
    found = _YEAR.search(paper.publication_date) or _YEAR.search(paper.electronic_date)
    return found.group() if found else ""


def pages_of(paper: Paper) -> tuple[str, str]:
    """First and last page; the last is written out ("145-9" ends on 149), "" where there is one."""
    found = _PAGES.match(paper.pages)
    if found is None:
        return one_line(paper.pages), ""
    first, last = found.groups()
    if first.isdigit() and last.isdigit() and len(last) < len(first):
        last = first[: len(first) - len(last)] + last
    return first, last


def is_book(paper: Paper) -> bool:
    """Whether it is a chapter of a book or a book."""
    return bool(paper.book_title)
