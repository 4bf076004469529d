"""What is written of one paper, and the texts that several formats share.

Owns Row. Never writes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from litwatch.paper import Author, Paper
from litwatch.study.findings import Findings

_YEAR = re.compile(r"[12]\d{3}")
_PAGES = re.compile(r"([^\s-]+)\s*-\s*(\S+)")
#: Control characters, and the marks that turn the reading order (Unicode TR36): no reference needs them.
_HARMFUL = re.compile("[\x00-\x08\x0e-\x1f\x7f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]")


@dataclass(frozen=True, slots=True)
class Row:
    """A paper in a watch; `findings` is None where the rules did not read it."""

    paper: Paper
    findings: Findings | None
    watch: str
    arrival: str
    first_seen: datetime


def plain(text: str) -> str:
    """On one line, without characters that would end a field or hide in it."""
    return " ".join(_HARMFUL.sub("", text).split())


def name_of(author: Author) -> str:
    """ "Roe, Richard Q", or the name of a group."""
    if author.collective_name:
        return plain(author.collective_name)
    given = " ".join(filter(None, (author.fore_name or author.initials, author.suffix)))
    return plain(", ".join(filter(None, (author.last_name, given))))


def year_of(paper: Paper) -> str:
    """The year of publication, or "" where the record has none."""
    found = _YEAR.search(paper.publication_date) or _YEAR.search(paper.electronic_date)
    return found.group() if found else ""


def pages_of(paper: Paper) -> tuple[str, str]:
    """First and last page; the last is written out ("145-9" ends on 149), "" where there is one."""
    found = _PAGES.match(paper.pages)
    if found is None:
        return plain(paper.pages), ""
    first, last = found.groups()
    if first.isdigit() and last.isdigit() and len(last) < len(first):
        last = first[: len(first) - len(last)] + last
    return first, last


def address_of(paper: Paper) -> str:
    """The paper at PubMed."""
    return f"https://pubmed.ncbi.nlm.nih.gov/{paper.pmid}/"


def is_book(paper: Paper) -> bool:
    """Whether it is a chapter of a book or a book."""
    return bool(paper.book_title)
