"""What the page of `tune --html` is made of: plain values, in the order in which they are read.

Owns that shape (docs/templates.md). Never renders and writes no HTML: templates/tune.html does.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from markupsafe import Markup

from litwatch import __version__
from litwatch.cli.explain.page import Pieces
from litwatch.cli.tuning.marking_page import PageMarking, marking_of
from litwatch.cli.tuning.outcome import Outcome, Sought
from litwatch.cli.tuning.tries import Try, tries_of
from litwatch.cli.tuning.verdict import verdict_text
from litwatch.cli.tuning.words import (
    alone_text,
    both_weeks,
    change_rows,
    differences_text,
    does_text,
    estimated_text,
    precise,
    price_text,
    recall_text,
    said_texts,
    warned_text,
)
from litwatch.edge.pictures import Variant, recall_by_precision, weekly
from litwatch.jobs.tune.changing import Comparison
from litwatch.jobs.tune.figures import Figures
from litwatch.jobs.tune.sampling import Sample
from litwatch.jobs.tune.suggesting import Suggestion
from litwatch.paper import Span
from litwatch.study.places import marked
from litwatch.tuning.changed import Change, ChangedPaper
from litwatch.tuning.clauses import GAINS, hanging
from litwatch.tuning.marking import NOTHING, Marks
from litwatch.tuning.sheet import Line

TEXT = 60


@dataclass(frozen=True, slots=True)
class PageClause:
    """A clause: `share` (0 to 100) is its part of the largest count, for its bar; `seeds` of the developing half.

    `behind`: whether NOT is written before it.
    """

    number: str
    depth: int
    name: str
    text: str
    role: str
    behind: bool
    pubmed: int | None
    store: int | None
    share: float
    a_week: float
    does: str
    seeds: str


@dataclass(frozen=True, slots=True)
class PageSeed:
    """A seed that is missed, and why."""

    pmid: int | None
    title: str
    why: str


@dataclass(frozen=True, slots=True)
class PageSeeds:
    """Recall of both halves before and after, and what is missed; `blind`: how many missed ones are not shown."""

    rows: tuple[tuple[str, str, str], ...]
    missed: tuple[PageSeed, ...]
    blind: int


@dataclass(frozen=True, slots=True)
class PagePaper:
    """A paper gained or lost; `relevant` is "yes", "no" or ""; `tags` what it can be chosen by."""

    kind: str
    pmid: int
    title: Pieces
    abstract: Pieces
    journal: str
    date: str
    words: tuple[str, ...]
    why: str
    relevant: str
    tags: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PageChange:
    """One direction of a change; `facets`: (facet, (label, how many)...)."""

    name: str
    total: int
    read: int
    relevant: str
    facets: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """The whole page; a picture is None where there is nothing to draw."""

    watch: str
    query: str
    other: str
    count: int | None
    new_count: int | None
    found: int
    papers: int
    translation: str
    verdict: str
    said: tuple[str, ...]
    clauses: tuple[PageClause, ...]
    alone: str
    weekly: Markup
    weekly_in: str
    weeks: tuple[int, ...]
    seeds: PageSeeds | None
    variants: Markup | None
    tried: tuple[Try, ...]
    rows: tuple[tuple[str, str, str, str, str], ...]
    changes: tuple[PageChange, ...]
    changed: tuple[PagePaper, ...]
    tags: tuple[str, ...]
    sample: tuple[str, ...]
    marking: PageMarking | None
    suggestions: tuple[tuple[Suggestion, str], ...]
    version: str
    now: datetime


def page_of(outcome: Outcome, now: datetime, table: Path | None = None, marks: Marks = NOTHING) -> Page:
    """The page of one tuning; `table` is the file of the sample's marks, `marks` what stands in it."""
    figures, comparison = outcome.figures, outcome.comparison
    answer = figures.pubmed
    where, before, after = both_weeks(figures, comparison)
    changed = tuple(_changed(comparison)) if comparison is not None else ()
    return Page(
        outcome.watch,
        str(figures.sheet.query),
        str(comparison.new.sheet.query) if comparison is not None else "",
        answer.count if answer is not None else None,
        comparison.new.pubmed.count if comparison is not None and comparison.new.pubmed is not None else None,
        figures.sheet.found.bit_count(),
        figures.sheet.papers,
        answer.translation if answer is not None else "",
        verdict_text(outcome) if comparison is not None else "",
        tuple(_said(outcome)),
        tuple(_clauses(*outcome.shown)),
        alone_text(outcome.shown[0]),
        Markup(weekly("weekly", now.date(), before, after)),  # noqa: S704 drawn by us, of numbers
        where,
        before if after is None else after,
        _seeds(outcome.sought, outcome.resought) if outcome.sought is not None else None,
        _variants(outcome.tried) if outcome.tried else None,
        tries_of(outcome),
        tuple(change_rows(figures, comparison)) if comparison is not None else (),
        tuple(_changes(comparison)) if comparison is not None else (),
        changed,
        tuple(sorted({tag for one in changed for tag in one.tags})),
        tuple(_sample(outcome.sample)) if outcome.sample is not None else (),
        marking_of(table, marks) if table is not None and marks.verdicts else None,
        tuple((one, _prices(one)) for one in outcome.suggestions or ()),
        __version__,
        now,
    )


def _said(outcome: Outcome) -> Iterator[str]:
    yield from said_texts(outcome.figures)
    if outcome.figures.differences is not None:
        yield differences_text(outcome.figures)
    yield from (f"Lint: {warned_text(one)}" for one in outcome.warned)


def _clauses(figures: Figures, sought: Sought | None) -> Iterator[PageClause]:
    lines = figures.sheet.lines
    most = max((_size(line, figures) for line in lines), default=0) or 1
    for line in lines:
        seeds = ""
        if sought is not None:
            one = sought.clauses[line.number]
            alone = hanging(one).bit_count()
            sign = "+" if one.role in GAINS else "−"
            told = alone and one.role != "whole"
            seeds = f"{one.hits or 0}" + (f" ({sign}{alone} alone)" if told else "")
        yield PageClause(
            line.number, line.depth, line.name, line.text, line.role, line.weighed.joined == "NOT",
            figures.counts.get(line.text), line.hits,
            100 * _size(line, figures) / most, line.a_week, does_text(line, figures), seeds,
        )  # fmt: skip


def _size(line: Line, figures: Figures) -> int:
    return figures.counts.get(line.text, line.hits or 0)


def _seeds(sought: Sought, resought: Sought | None) -> PageSeeds:
    rows = tuple(
        (
            called,
            recall_text(sought.seeds.recall(to_validate=half)),
            recall_text(resought.seeds.recall(to_validate=half)) if resought is not None else "",
        )
        for called, half in (("to develop on", False), ("to validate on", True))
    )
    missed = [one for one in (resought or sought).seeds.held if one.found is not True]
    shown = [one for one in missed if sought.unblind or one.known.problem or not one.to_validate]
    listed = tuple(
        PageSeed(one.known.pmid, one.known.paper.title if one.known.paper else one.known.seed.name, one.why)
        for one in shown
    )
    return PageSeeds(rows, listed, len(missed) - len(shown))


def _variants(tried: Sequence[tuple[str, Mapping[str, Any]]]) -> Markup:
    variants = [Variant(str(place), **told) for place, (_, told) in enumerate(tried, 1)]
    return Markup(recall_by_precision("variants", variants))  # noqa: S704 drawn by us, of numbers


def _changes(comparison: Comparison) -> Iterator[PageChange]:
    for name, change in (("gained", comparison.gained), ("lost", comparison.lost)):
        facets: dict[str, list[tuple[str, str]]] = {}
        for facet, label, found in change.facets(comparison.facets):
            facets.setdefault(facet, []).append((label, estimated_text(found, change.total)))
        relevant = change.relevant
        yield PageChange(
            name,
            change.total,
            len(change.papers),
            estimated_text(relevant, change.total) if relevant is not None else "",
            tuple((facet, tuple(told)) for facet, told in facets.items()),
        )


def _changed(comparison: Comparison) -> Iterator[PagePaper]:
    labels = {
        (facet.name, entry.id): entry.label or entry.id
        for facet in comparison.facets
        for entry in facet.entries
    }
    for kind, change in (("gained", comparison.gained), ("lost", comparison.lost)):
        for one in _in_order(change):
            tags = tuple(
                labels.get((facet, id_), id_) for facet, found in one.findings.items() for id_ in found
            )
            yield PagePaper(
                kind,
                one.paper.pmid,
                _pieces(one, "title", one.spans),
                _pieces(one, "abstract", one.spans),
                one.paper.journal,
                one.paper.publication_date,
                one.words,
                one.why,
                {True: "yes", False: "no", None: ""}[one.relevant],
                tuple(dict.fromkeys(tags)),
            )


def _in_order(change: Change) -> Sequence[ChangedPaper]:
    return sorted(change.papers, key=lambda one: (one.relevant is False, -one.paper.pmid))


def _pieces(one: ChangedPaper, field: str, spans: Sequence[Span]) -> Pieces:
    text = one.paper.text(field)
    return marked(text, 0, len(text), [span for span in spans if span.field == field])


def _sample(sample: Sample) -> Iterator[str]:
    yield f"{sample.judged:,} judged, {sample.waiting:,} to judge, of {sample.papers:,} found"
    for called, found in (("precision", sample.before), ("precision of the change", sample.after)):
        if found is not None:
            yield f"{called}: {precise(found)}"


def _prices(one: Suggestion) -> str:
    prices = [f"seeds {price_text(one.seeds)}"] if any(one.seeds) else []
    prices += [f"PubMed {price_text(one.pubmed)}"] if one.pubmed is not None else []
    return "; ".join((*prices, f"store {price_text(one.store)}"))
