"""All that one `tune` found out, for the terminal, JSON and the page.

Owns the values. Never prints.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from litwatch.jobs.tune.changing import Comparison
from litwatch.jobs.tune.desk import Desk
from litwatch.jobs.tune.figures import Figures
from litwatch.jobs.tune.linting import Warned
from litwatch.jobs.tune.sampling import Sample
from litwatch.jobs.tune.seeding import SeedPapers, Seeds, by_clause, hold, look_up, weigh_on
from litwatch.jobs.tune.suggesting import Suggestion
from litwatch.paper import Paper
from litwatch.query.tree import Query
from litwatch.tuning.clauses import Weighed
from litwatch.tuning.seeds import SeedFile


@dataclass(frozen=True, slots=True, eq=False)
class Sought:
    """Seeds and the query that was held against them.

    Attributes:
        clauses: every clause by its number, weighed on the records of the half to develop on.
        unblind: whether the seeds of the other half are shown, too.
    """

    papers: SeedPapers
    seeds: Seeds
    clauses: Mapping[str, Weighed]
    unblind: bool

    @property
    def shown_papers(self) -> list[Paper]:
        """The records of the seeds that may be shown."""
        return self.papers.papers if self.unblind else self.papers.developing

    @classmethod
    def of(
        cls, desk: Desk, query: Query, file: SeedFile, listed: frozenset[int] | None, *, unblind: bool
    ) -> Sought:
        """The seeds of a file, looked up."""
        papers = look_up(desk, file)
        return cls.again(desk, query, papers, listed, unblind=unblind)

    @classmethod
    def again(
        cls, desk: Desk, query: Query, papers: SeedPapers, listed: frozenset[int] | None, *, unblind: bool
    ) -> Sought:
        """Seeds that were looked up, held against another query."""
        weighed = weigh_on(desk, query, papers.papers if unblind else papers.developing)
        return cls(papers, hold(desk, query, papers, listed), by_clause(weighed), unblind)


@dataclass(frozen=True, slots=True, eq=False)
class Outcome:
    """What `tune` tells of a watch; `resought`: the seeds held against the other search.

    `warned` is what lint says of the search that is tried, or without one of the watch's own; `tried` are the searches
    that were tried with these seeds, each with its figures.
    """

    watch: str
    figures: Figures
    sought: Sought | None = None
    comparison: Comparison | None = None
    resought: Sought | None = None
    suggestions: tuple[Suggestion, ...] | None = None
    sample: Sample | None = None
    warned: tuple[Warned, ...] = ()
    tried: tuple[tuple[str, Mapping[str, Any]], ...] = ()

    @property
    def shown(self) -> tuple[Figures, Sought | None]:
        """What the researcher works on: the other search where there is one, else the watch's own."""
        if self.comparison is None:
            return self.figures, self.sought
        return self.comparison.new, self.resought


def with_tried(outcome: Outcome, desk: Desk, now: datetime) -> Outcome:
    """The outcome with all that was tried with its seeds; what it tried itself is kept for the next one."""
    sought, sample = outcome.sought, outcome.sample
    if sought is None:
        return outcome
    names = sorted(str(one.pmid or one.seed.doi) for one in sought.papers.known)
    mark = sha256(" ".join(names).encode()).hexdigest()[:16]
    searches = [(outcome.figures, sought, sample.before if sample is not None else None)]
    if outcome.comparison is not None and outcome.resought is not None:
        after = sample.after if sample is not None else None
        searches.append((outcome.comparison.new, outcome.resought, after))
    for place, (figures, held, precision) in enumerate(searches):
        if figures.pubmed is not None:
            told = {
                "developing": held.seeds.recall(to_validate=False).value,
                "validating": held.seeds.recall(to_validate=True).value,
                "papers": figures.pubmed.count,
                "precision": precision.share if precision is not None else None,
            }
            at = now + timedelta(microseconds=place)
            desk.keep_tried(outcome.watch, mark, str(figures.sheet.query), told, at)
    return replace(outcome, tried=desk.tried(outcome.watch, mark))
