"""A query's sheet: what each clause does in the store, and how much PubMed has of it.

Owns the order of the questions. Never prints.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from litwatch.decide.agreement import Agreement, Disagreement
from litwatch.edge.pubmed.answers import SearchAnswer
from litwatch.edge.pubmed.client import PAGE
from litwatch.jobs.tune.desk import Desk
from litwatch.query.tree import Query
from litwatch.tuning.clauses import GAINS
from litwatch.tuning.editing import without_clause
from litwatch.tuning.sheet import WEEKS, Sheet, requests_for, sheet, week_of, weeks_of

FETCHED = 400
"""So many papers of the last year that are not in the store are fetched for their days."""
COMPARED = 20
"""So many papers of either kind are read to say by which clause we differ."""


@dataclass(frozen=True, slots=True)
class Differences:
    """Stored papers on which PubMed and litwatch differ: how many only PubMed lists, how many only match here.

    `named` are the first of them, each with the smallest clause by which we differ.
    """

    only_listed: int
    only_here: int
    named: tuple[Disagreement, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Figures:
    """A query's sheet with what PubMed says.

    Attributes:
        counts: how many papers PubMed finds, by clause; what it could not be asked is missing.
        pubmed: PubMed's answer to the whole query, with its PMIDs (up to 9,999); None where it was not asked.
        lately: how many of them were created in the last 52 weeks; None where it was not asked.
        weekly: how many in each of these weeks, the oldest first; None where the days of too many are not known here.
        apart: how many papers of PubMed hang on a clause alone, by the number of its line.
        differences: where PubMed reads the query differently from us; None where that cannot be seen.
    """

    sheet: Sheet
    counts: Mapping[str, int]
    pubmed: SearchAnswer | None
    lately: int | None
    apart: Mapping[str, int] = field(default_factory=dict)
    differences: Differences | None = None
    weekly: tuple[int, ...] | None = None

    @property
    def a_week(self) -> float | None:
        """How many papers a week PubMed has brought over the last 52 weeks."""
        return None if self.lately is None else self.lately / WEEKS

    @property
    def listed(self) -> frozenset[int] | None:
        """Every PMID that PubMed lists; None where it lists more than it gives, or was not asked."""
        if self.pubmed is None or len(self.pubmed.pmids) != self.pubmed.count:
            return None
        return frozenset(self.pubmed.pmids)


def figures_of(desk: Desk, query: Query, *, every_leaf: bool = False) -> Figures:
    """The sheet of a query, with PubMed's counts as far as it answers."""
    whole = desk.weigh(query)
    created = desk.answers.by_create_date()
    made = sheet(query, whole, created, desk.answers.universe, desk.today, every_leaf=every_leaf)
    answer = desk.search(str(query), PAGE)
    lately = desk.search(last_year(desk, str(query)), PAGE)
    asked = requests_for(whole, every_leaf=every_leaf)
    counts = {} if answer is None else {asked[0]: answer.count}
    for number, clause in enumerate(asked[1:], 1):
        desk.told("asking PubMed for counts", number, len(asked) - 1)
        count = desk.count(clause)
        if count is not None:
            counts[clause] = count
    apart: dict[str, int] = {}
    roles = {line.number: line.role for line in made.lines}
    for line, shorter in _without(query, made).items():
        count = desk.count(shorter)
        if count is not None and answer is not None:
            more = count - answer.count
            apart[line] = max(0, -more if roles[line] in GAINS else more)
    figures = Figures(made, counts, answer, None if lately is None else lately.count, apart)
    weekly = None if lately is None else _weekly(desk, lately, created)
    return replace(figures, differences=_differences(desk, query, figures), weekly=weekly)


def _weekly(desk: Desk, lately: SearchAnswer, created: Mapping[date, int]) -> tuple[int, ...] | None:
    """How many papers of PubMed were created in each of the last 52 weeks; records that the store lacks are fetched."""
    lacking = [pmid for pmid in lately.pmids if pmid not in desk.answers.slots]
    if len(lately.pmids) != lately.count or len(lacking) > FETCHED:
        return None
    days = [paper.create_date for paper in desk.fetch(lacking).values()]
    if len(days) != len(lacking):
        return None
    here = desk.answers.papers_of(lately.pmids)
    weeks = [(here & papers).bit_count() for papers in weeks_of(created, desk.today)]
    for day in days:
        place = week_of(day, desk.today) if day is not None else None
        if place is not None:
            weeks[place] += 1
    return tuple(weeks)


def _without(query: Query, made: Sheet) -> dict[str, str]:
    """The query without each clause that is shown, by the number of the clause's line."""
    found: dict[str, str] = {}
    for line in made.lines:
        if line.role != "whole":
            shorter = without_clause(query, line.weighed.clause)
            if shorter is not None:
                found[line.number] = str(shorter)
    return found


def _differences(desk: Desk, query: Query, figures: Figures) -> Differences | None:
    if figures.listed is None:
        return None
    listed, found = desk.answers.papers_of(figures.listed), figures.sheet.found
    agreement = Agreement(query, desk.vocabulary)
    named: list[Disagreement] = []
    for apart, is_listed in ((listed & ~found, True), (found & ~listed, False)):
        some = desk.answers.papers_of(desk.answers.pmids_of(apart)[:COMPARED])
        for paper in desk.answers.read(some):
            told = agreement.disagreement(paper, desk.today, listed=is_listed)
            if told is not None:
                named.append(told)
    if not named:
        return None  # they hang on what only PubMed knows
    return Differences((listed & ~found).bit_count(), (found & ~listed).bit_count(), tuple(named))


def questions(desk: Desk, query: Query) -> int:
    """How many requests the counts of every leaf would take that are not answered yet."""
    whole = desk.weigh(query)
    asked = list(requests_for(whole, every_leaf=True)[1:])
    made = sheet(query, whole, {}, desk.answers.universe, desk.today, every_leaf=True)
    asked += _without(query, made).values()
    waiting = [clause for clause in dict.fromkeys(asked) if not desk.knows(clause)]
    first = 0 if desk.knows(str(query), PAGE) else 1
    return len(waiting) + first + (0 if desk.knows(last_year(desk, str(query)), PAGE) else 1)


def last_year(desk: Desk, query: str) -> str:
    """The query, of the last 52 weeks."""
    first = desk.today - timedelta(days=7 * WEEKS - 1)
    return f"({query}) AND {first:%Y/%m/%d}:{desk.today:%Y/%m/%d}[crdt]"
