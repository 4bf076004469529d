"""What the page of `explain --html` is made of: plain values, in the order in which they are read.

Owns that shape (docs/templates.md). Never renders and writes no HTML: templates/explain.html does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from litwatch import __version__
from litwatch.paper import Paper, Span
from litwatch.study.account import Row
from litwatch.study.entries import ABSENT, ELSEWHERE, GIVEN, PASSED_OVER, TAKEN_AWAY
from litwatch.study.explained import Asked, Explained, Shown, Tree
from litwatch.study.places import Place, marked

DEEPEST = 12  # lists in lists; what stands deeper is shown at that depth

Pieces = tuple[tuple[str, bool], ...]


@dataclass(frozen=True, slots=True)
class PagePlace:
    """Words in their sentence: `where` names field and role."""

    where: str
    pieces: Pieces
    cut_before: bool
    cut_after: bool


@dataclass(frozen=True, slots=True)
class PageRow:
    """A clause; `opens`: a list of what stands under it begins; `closes`: so many lists end after it."""

    row: Row
    state: str
    places: tuple[PagePlace, ...]
    opens: bool
    closes: int


@dataclass(frozen=True, slots=True)
class PageTree:
    """A query and what it makes of the paper; `state` is holds, fails or unknown."""

    name: str
    state: str
    sentence: str
    rows: tuple[PageRow, ...]


@dataclass(frozen=True, slots=True)
class PageEntry:
    """An entry of a facet that was given, or nearly; `reason`: why not, or of what was read what it is."""

    id: str
    label: str
    given: bool
    reason: str
    places: tuple[PagePlace, ...]


@dataclass(frozen=True, slots=True)
class PageFacet:
    """A facet: what was given or taken away, with the words; `absent` are the others."""

    name: str
    entries: tuple[PageEntry, ...]
    absent: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PagePaper:
    """A paper; `title` and `abstract` in pieces, each with whether it is marked; `abstract` by label."""

    pmid: int
    title: Pieces
    journal: str
    date: str
    source: str
    abstract: tuple[tuple[str, Pieces], ...]
    trees: tuple[PageTree, ...]
    facets: tuple[PageFacet, ...]


@dataclass(frozen=True, slots=True)
class PageQuery:
    """A query as written, as it can be pasted into PubMed, and what PubMed would take otherwise."""

    name: str
    written: str
    to_paste: str
    unlike_pubmed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """The whole page; `mesh` is the version of MeSH that headings were exploded by, or ""."""

    papers: tuple[PagePaper, ...]
    queries: tuple[PageQuery, ...]
    mesh: str
    version: str
    now: datetime


def page_of(papers: Sequence[Explained], asked: Sequence[Asked], mesh: str, now: datetime) -> Page:
    """The page of those papers."""
    return Page(
        tuple(_paper(one) for one in papers),
        tuple(
            PageQuery(one.name, one.query.source.strip(), str(one.query), one.unlike_pubmed) for one in asked
        ),
        mesh,
        __version__,
        now,
    )


def _paper(one: Explained) -> PagePaper:
    paper = one.paper
    return PagePaper(
        paper.pmid,
        _pieces(paper, "title", 0, len(paper.title), one.marked),
        paper.journal,
        paper.publication_date,
        one.source,
        tuple(_abstract(paper, one.marked)),
        tuple(_tree(tree) for tree in one.trees),
        tuple(_facet(name, entries) for name, entries in one.facets),
    )


def _pieces(paper: Paper, field: str, start: int, end: int, spans: Sequence[Span]) -> Pieces:
    return marked(paper.text(field), start, end, [span for span in spans if span.field == field])


def _abstract(paper: Paper, spans: Sequence[Span]) -> Iterator[tuple[str, Pieces]]:
    for section in paper.sections:
        yield section.label, _pieces(paper, "abstract", section.start, section.end, spans)
    if not paper.sections and paper.abstract:
        yield "", _pieces(paper, "abstract", 0, len(paper.abstract), spans)


_STATES = {True: "holds", False: "fails", None: "unknown"}


def _tree(tree: Tree) -> PageTree:
    depths = [min(row.depth, DEEPEST) for row in tree.rows]
    steps = pairwise((*depths, 0))
    rows = tuple(
        PageRow(
            row,
            "away" if row.takes_away else _STATES[row.holds],
            _places(row.places),
            opens=after > depth,
            closes=max(depth - after, 0),
        )
        for row, (depth, after) in zip(tree.rows, steps, strict=True)
    )
    return PageTree(tree.asked.name, _STATES[tree.verdict.matches], tree.verdict.sentence, rows)


def _facet(name: str, entries: Sequence[Shown]) -> PageFacet:
    shown = tuple(
        PageEntry(one.id, one.label, one.state == GIVEN, one.reason, _places(one.places))
        for state in (GIVEN, TAKEN_AWAY, ELSEWHERE, PASSED_OVER)
        for one in entries
        if one.state == state
    )
    return PageFacet(name, shown, tuple(one.label or one.id for one in entries if one.state == ABSENT))


def _places(places: Sequence[Place]) -> tuple[PagePlace, ...]:
    return tuple(
        PagePlace(
            place.where,
            place.pieces(),
            place.cut_before,
            place.cut_after,
        )
        for place in places
    )
