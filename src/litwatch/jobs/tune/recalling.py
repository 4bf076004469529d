"""Completeness and currency of a watch, and its guard's estimate over time.

Owns the order of the questions. Never writes the store.

The definitions are those by which L·OVE was assessed (F. Verdugo-Paiva and others, J Clin Epidemiol 2022;149:195-202):
comprehensiveness, here completeness, is the share of the studies of a reference set that the repository holds; currency
the share that it held when the reference set was searched for.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from statistics import median

from litwatch.decide.guarding import Month, Recall, recall
from litwatch.edge.store.guarding import breadth_of, months, too_narrow
from litwatch.edge.store.open import Store
from litwatch.edge.store.recalling import Arrived, arrived, began, guard_days
from litwatch.jobs.tune.desk import Desk
from litwatch.jobs.tune.seeding import Held, SeedPapers, hold
from litwatch.query.tree import Query
from litwatch.tuning.recall import Share

NOT_YET = ("wanted", "held")
BY_EDIT = "by-edit"
NO_DELAY = ("backlog", BY_EDIT)
"""How long these took says when the watch began or was changed, not how soon it sees a paper."""


@dataclass(frozen=True, slots=True)
class GuardRun:
    """One guard run, and the estimate from all runs up to it; None where nothing was judged by then."""

    ran_at: datetime
    month: Month
    estimate: Recall | None


@dataclass(frozen=True, slots=True)
class Completeness:
    """How a watch stands against a reference set.

    Attributes:
        complete: the seeds that the watch holds, of all that were named: without number or record is not found.
        with_record: the same, of those only of which there is a record.
        current, current_with_record: those that it held on `searched`; None where no day was named, or the watch began
            later.
        began: when the watch was first searched well.
        seeds: each seed with when it came to the watch.
        days: how many days after PubMed created it each seed came, of those that came neither before nor by-edit.
        by_edit: how many came because the search was changed; how long that took says nothing of currency.
        guard: the guard's runs, oldest first.
        guard_is_broader: whether the guard can measure the search, as of its last run; None where that is not known.
    """

    complete: Share
    with_record: Share
    current: Share | None
    current_with_record: Share | None
    searched: date | None
    began: datetime | None
    seeds: tuple[tuple[Held, Arrived | None], ...]
    unread: tuple[str, ...]
    without_number: int
    days: tuple[int, ...]
    by_edit: int
    guard: tuple[GuardRun, ...]
    guard_is_broader: bool | None

    @property
    def median_days(self) -> float | None:
        """The middle of `days`."""
        return median(self.days) if self.days else None


def completeness(
    desk: Desk,
    store: Store | None,
    name: str,
    query: Query,
    seeds: SeedPapers,
    guard: Query | None,
    searched: date | None,
    now: datetime,
) -> Completeness:
    """The watch against the seeds; without a store it holds none."""
    held = hold(desk, query, seeds).held
    pmids = [one.known.paper.pmid for one in held if one.known.paper is not None]
    known: dict[int, Arrived] = {}
    since: datetime | None = None
    runs: tuple[GuardRun, ...] = ()
    broader: bool | None = None
    if store is not None:
        with store.reading() as connection:
            known = arrived(connection, name, pmids)
            since = began(connection, name)
            if guard is not None:
                days = guard_days(connection, name, str(guard), str(query), now)
                breadth = breadth_of(connection, name, str(guard), str(query))
                broader = not too_narrow(breadth) if breadth else None
                figures = months(connection, name, str(guard), str(query), now)
                runs = _over_time(days, figures, told=broader is not False)
    here = {pmid: one for pmid, one in known.items() if one.state not in NOT_YET}
    by_then: int | None = None
    if searched is not None and since is not None and since.date() <= searched:
        by_then = sum(one.first_seen.date() <= searched for one in here.values())
    return Completeness(
        Share(len(here), seeds.named),
        Share(len(here), len(pmids)),
        None if by_then is None else Share(by_then, seeds.named),
        None if by_then is None else Share(by_then, len(pmids)),
        searched,
        since,
        tuple((one, known.get(one.known.paper.pmid) if one.known.paper else None) for one in held),
        seeds.unread,
        seeds.without_number,
        tuple(sorted(_days(held, here))),
        sum(one.state == BY_EDIT for one in here.values()),
        runs,
        broader,
    )


def _days(held: tuple[Held, ...], here: dict[int, Arrived]) -> list[int]:
    found: list[int] = []
    for one in held:
        paper = one.known.paper
        came = here.get(paper.pmid) if paper is not None else None
        if (
            paper is not None
            and paper.create_date is not None
            and came is not None
            and came.state not in NO_DELAY
        ):
            found.append(max(0, (came.first_seen.date() - paper.create_date).days))
    return found


def _over_time(days: tuple[datetime, ...], figures: tuple[Month, ...], *, told: bool) -> tuple[GuardRun, ...]:
    return tuple(
        GuardRun(ran_at, month, recall(figures[: place + 1]) if told else None)
        for place, (ran_at, month) in enumerate(zip(days, figures, strict=True))
    )
