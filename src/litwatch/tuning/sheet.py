"""A query on a sheet: one line for each clause that is shown, with its figures.

Owns which clauses are shown, their numbers, and the figures of the store. Never asks PubMed and never prints.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from litwatch.query.match import pubmed_only
from litwatch.query.tree import Group, Query, Term
from litwatch.query.verdict import counted, shortened
from litwatch.tuning.clauses import Role, Weighed, hanging

WEEKS = 52
LONGEST = 60
VERBS: Mapping[Role, str] = {
    "whole": "",
    "brings": "brings",
    "narrows": "holds back",
    "removes": "removes",
    "saves": "saves",
}


@dataclass(frozen=True, slots=True, eq=False)
class Line:
    """One clause of the sheet.

    Attributes:
        number: its place in the query: "2.1" is the first clause of the second.
        name: the clause in few words: a term, or the first term of an OR and how many others it has.
        hits: how many papers of the store it matches; None where only PubMed can say.
        alone: how many papers hang on it alone: `role` says which way.
        a_week: how many papers that it matches were created in each of the last 52 weeks, on average.
        unknown: the terms in it that only PubMed can answer, which are passed over here.
    """

    number: str
    depth: int
    name: str
    weighed: Weighed
    hits: int | None
    alone: int
    a_week: float
    unknown: tuple[str, ...]

    @property
    def role(self) -> Role:
        """What it does in its group."""
        return self.weighed.role

    @property
    def text(self) -> str:
        """The clause as PubMed takes it."""
        return str(self.weighed.clause)


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """A query on the papers of the store: `weekly` are the papers found of each of the last 52 weeks, oldest first."""

    query: Query
    whole: Weighed
    lines: tuple[Line, ...]
    weekly: tuple[int, ...]
    papers: int

    @property
    def found(self) -> int:
        """The papers of the store that the query finds."""
        return self.whole.papers or 0


def sheet(
    query: Query, whole: Weighed, created: Mapping[date, int], universe: int, today: date, *, every_leaf: bool
) -> Sheet:
    """The sheet of a query whose clauses are weighed; `created`: the papers of each day."""
    weeks = weeks_of(created, today)
    lately = 0
    for week in weeks:
        lately |= week
    lines = tuple(_line(number, depth, one, lately) for number, depth, one in _shown(whole, every_leaf))
    found = whole.papers or 0
    weekly = tuple((found & week).bit_count() for week in weeks)
    return Sheet(query, whole, lines, weekly, universe.bit_count())


def weeks_of(created: Mapping[date, int], today: date) -> tuple[int, ...]:
    """The papers of each of the last 52 weeks, of which the last ends today."""
    found = [0] * WEEKS
    for day, papers in created.items():
        place = week_of(day, today)
        if place is not None:
            found[place] |= papers
    return tuple(found)


def week_of(day: date, today: date) -> int | None:
    """Which of the last 52 weeks a day is in, 0 being the oldest."""
    first = today - timedelta(days=7 * WEEKS - 1)
    return (day - first).days // 7 if first <= day <= today else None


def _shown(whole: Weighed, every_leaf: bool) -> Iterator[tuple[str, int, Weighed]]:  # noqa: FBT001 passed on
    """(number, depth, clause) of each that is shown: an OR is one line, unless it is the whole or all are asked for."""
    pending = [("", 0, whole)]
    while pending:
        number, depth, one = pending.pop()
        yield number, depth, one
        closed = isinstance(one.clause, Group) and one.clause.operator == "OR" and one is not whole
        if every_leaf or not closed:
            below = [
                (f"{number}.{place}" if number else str(place), depth + 1, child)
                for place, child in enumerate(one.children, 1)
            ]
            pending.extend(reversed(below))


def _line(number: str, depth: int, one: Weighed, lately: int) -> Line:
    clause = one.clause
    if isinstance(clause, Term):
        name = shortened(clause, LONGEST)
    elif clause.operator == "OR":
        name = counted(clause)
    else:
        name = {"AND": "all of these", "NOT": "the first without the others"}[clause.operator]
        name = name if number else "the whole search"
    unknown = tuple(dict.fromkeys(term.key for term in pubmed_only(Query("", clause, ""))))
    papers = one.papers or 0
    return Line(
        number,
        depth,
        name,
        one,
        one.hits,
        hanging(one).bit_count(),
        (papers & lately).bit_count() / WEEKS,
        unknown,
    )


def requests_for(whole: Weighed, *, every_leaf: bool) -> tuple[str, ...]:
    """The clauses that PubMed is asked to count for such a sheet, each once, the whole first."""
    asked = (str(one.clause) for _, _, one in _shown(whole, every_leaf))
    return tuple(dict.fromkeys(asked))
