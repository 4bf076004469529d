"""`litwatch guard`: asks PubMed what a broader query finds that the search of a watch does not.

Owns the story, in order. Never mails, and never makes anything outside a paper of the watch.

The guard and the search are asked for in one query, `(GUARD) NOT (SEARCH)`, so that both are of the same moment: a
paper that came between two lists is no missed paper. How many `(SEARCH) NOT (GUARD)` finds says whether the guard is
broader than the search: one that is not measures nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Protocol

from litwatch.decide import arrivals, guarding
from litwatch.decide.due import look_due, next_due
from litwatch.edge.config import Settings, Watch
from litwatch.edge.store import guarding as kept
from litwatch.edge.store.guarding import Searched
from litwatch.edge.store.open import Store
from litwatch.jobs import stopping
from litwatch.jobs.attempt import Progress, attempt, quiet
from litwatch.jobs.collect import Searched as Lists
from litwatch.jobs.filing import file_receipt
from litwatch.jobs.looking import created_from
from litwatch.jobs.receipt import Receipt
from litwatch.paper import Paper

if TYPE_CHECKING:
    from litwatch.edge.pubmed import Enumeration, SearchAnswer

AGAIN_AFTER = timedelta(days=1)  # a month has room for a second try, and PubMed for one that asks less often
FIRST_DAYS = 31  # what the first run looks back on; later ones on the time since the one before


class Asked(Lists, Protocol):
    """What is asked of PubMed here (edge.pubmed.PubMed)."""

    def search(self, query: str, retstart: int = 0, retmax: int = 9_999) -> SearchAnswer:
        """One search."""
        ...


def guard(
    watch: Watch,
    pubmed: Asked,
    store: Store,
    now: datetime,
    settings: Settings,
    *,
    progress: Progress | None = None,
) -> Receipt:
    """List what the guard of a watch finds outside of its search, keep a sample of what is new, and file the receipt.

    What PubMed does wrong stands in the receipt, and then nothing is concluded. At most `pubmed.enumerate_limit`
    papers are listed, as in a collect.

    Raises:
        LockHeld: a collect or a refresh is at work.
        StoreError: the store failed; its `receipt` is what could not be filed.
    """
    receipt = Receipt("guard", watch.name, now, query=str(watch.guard))
    run = _Run(watch, pubmed, store, now, settings, receipt, progress or quiet)
    with store.lock("collect"), stopping.orderly():
        return attempt(receipt, store, pubmed.tally, run.list_and_draw, run.close)


def guard_due(watch: Watch, store: Store, now: datetime) -> bool:
    """Whether a watch has a guard that has not run this month nor failed today, and was searched before."""
    if watch.guard is None:
        return False
    with store.reading() as connection:
        known = kept.searched(connection, watch.name)
        tried = kept.last_try(connection, watch.name)
    if known is None or (tried is not None and now - AGAIN_AFTER < tried <= now):
        return False
    return look_due(guarding.monthly(watch.look_schedule), known.last_guard, now)


def next_guard(watch: Watch, store: Store, now: datetime) -> tuple[datetime, ...]:
    """When the guard of a watch may next be due, if it is not now: the month's day, or the second try."""
    with store.reading() as connection:
        tried = kept.last_try(connection, watch.name)
    month = next_due(guarding.monthly(watch.look_schedule), now)
    return (month,) if tried is None else (month, tried + AGAIN_AFTER)


class _Run:
    """One guard run of one watch."""

    def __init__(
        self,
        watch: Watch,
        pubmed: Asked,
        store: Store,
        now: datetime,
        settings: Settings,
        receipt: Receipt,
        progress: Progress,
    ) -> None:
        self.watch, self.pubmed, self.store, self.now = watch, pubmed, store, now
        self.settings, self.receipt, self.progress = settings, receipt, progress
        self.guard, self.query = str(watch.guard), str(watch.query)
        self.new = self.drawn = 0
        self.breadth: dict[str, int] = {}

    def list_and_draw(self) -> None:
        """Ask, decide what is new, write it down with its sample, and fetch the sample."""
        with self.store.reading() as connection:
            known = kept.searched(connection, self.watch.name)
            here = kept.arrived(connection, self.watch.name)
            before = kept.outside_before(connection, self.watch.name)
        if known is None:
            name = self.watch.name
            self.receipt.failures.append(
                f"the watch {name} was never searched well: `litwatch collect --watch {name}` first"
            )
            return
        both = f"({self.guard}) NOT ({self.query})"
        found = self._listed(both)
        if not self._trusted(found, here):
            return
        with stopping.waiting():
            lacking = self.pubmed.search(f"({self.query}) NOT ({self.guard})", 0, 0).count
        self.breadth = {"outside_now": found.count, "lacking": lacking, "matching": sum(here.values())}
        outside = frozenset(found.pmids) - here.keys()
        since = self._since(known)
        fresh = outside - before
        if known.last_guard is None or (known.guard, known.query) != (self.guard, self.query):
            # What stood there already, or what an edit has put there, is not new.
            self.receipt.edited = known.last_guard is not None
            fresh &= created_from(self._listed, both, since)
        drawn = guarding.sample(
            fresh, self.settings.guard.sample, f"{self.watch.name} {self.now.isoformat()}"
        )
        self.new, self.drawn = len(fresh), len(drawn)
        with self.store.writing() as connection:
            kept.write_run(
                connection,
                self.watch.name,
                guard=self.guard,
                query=self.query,
                now=self.now,
                since=since,
                outside=outside,
                fresh=fresh,
                drawn=drawn,
            )
            wanted = kept.unfetched(connection, self.watch.name)
        self._fetch(wanted)

    def _since(self, known: Searched) -> datetime:
        """Where the period of this run begins."""
        if known.last_guard is not None:
            return known.last_guard
        look_back = timedelta(days=self.settings.collect.look_back_days)
        return max(self.now - timedelta(days=FIRST_DAYS), known.first_good - look_back)

    def _listed(self, query: str) -> Enumeration:
        self.progress("searching for what the watch misses", 0, 0)
        with stopping.waiting():
            return self.pubmed.enumerate(query, self.settings.pubmed.enumerate_limit)

    def _trusted(self, found: Enumeration, here: dict[int, bool]) -> bool:
        """Whether anything may be concluded from the list; what speaks against it goes into the receipt."""
        receipt = self.receipt
        receipt.take_list(found)
        receipt.failures.extend(arrivals.distrust(frozenset(found.pmids), found.errors, None))
        matching = sum(matches for matches in here.values())
        both = sum(here.get(pmid, False) for pmid in found.pmids)
        if both > arrivals.most_that_may_go(matching):
            receipt.failures.append(
                f"{both} of the papers that PubMed lists outside of the search are matches of it: nothing is "
                "concluded; `litwatch collect` and then `litwatch guard` ask again"
            )
        return not receipt.failures

    def _fetch(self, wanted: Sequence[int]) -> None:
        """Fetch the sample, to be judged here; what does not come can be judged at PubMed."""
        for batch in stopping.each(self.pubmed.fetch(wanted)):
            papers = [(each, raw) for each, raw in batch.records if isinstance(each, Paper)]
            with self.store.writing() as connection:
                kept.keep(connection, papers, self.now)
            self.receipt.fetched += len(papers)
            self.receipt.take_missing(batch)

    def close(self) -> None:
        """Say what is known of what the watch misses, and file the receipt."""
        known = kept.standing(
            self.store, self.watch.name, self.guard, self.query, self.now, breadth=self.breadth
        )
        self.receipt.guard = {"new": self.new, "drawn": self.drawn, **known}
        with self.store.writing() as connection:
            file_receipt(connection, self.receipt)
