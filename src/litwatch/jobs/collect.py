"""`litwatch collect`: asks PubMed for all that matches now, and takes in what is not known.

Owns the story, in order. Never mails, never decides what a match means (decide/arrivals.py), and has no
watermark: dates choose nothing, so nothing can be lost between two of them.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from litwatch.decide import arrivals
from litwatch.decide.agreement import Agreement
from litwatch.decide.arrivals import Horizons, Plan, Remembered
from litwatch.edge.pubmed import Batch, Enumeration, Tally
from litwatch.edge.store import balancing, collecting
from litwatch.edge.store.open import Store
from litwatch.errors import PubMedError, PubMedRefused, StoreError, TooManyMatches
from litwatch.jobs.filing import Reader, hash_of, study
from litwatch.jobs.receipt import Receipt
from litwatch.paper import Paper
from litwatch.query.tree import Query
from litwatch.reading.records import Unreadable
from litwatch.study.facets import Rules

LOOKS = 4  # enumerations of a first run until two in a row are equal
ENUMERATE_LIMIT = 100_000

Progress = Callable[[str, int, int], None]
"""Told (what is being done, how much of it is done, of how much)."""


class Watched(Protocol):
    """What is read of a watch (edge.config.Watch)."""

    @property
    def name(self) -> str:
        """Its name."""
        ...

    @property
    def query(self) -> Query:
        """The query as read."""
        ...

    @property
    def sentinels(self) -> tuple[int, ...]:
        """PMIDs that must always match."""
        ...

    @property
    def rules(self) -> Rules:
        """What its papers are tagged by."""
        ...


class Searched(Protocol):
    """What is asked of PubMed (edge.pubmed.PubMed)."""

    @property
    def tally(self) -> Tally:
        """What asking cost so far."""
        ...

    def enumerate(self, query: str, limit: int) -> Enumeration:
        """All PMIDs that match."""
        ...

    def fetch(self, pmids: Sequence[int]) -> Iterator[Batch]:
        """The records of PMIDs, batch by batch."""
        ...


def collect(
    watch: Watched,
    pubmed: Searched,
    store: Store,
    reader: Reader,
    now: datetime,
    *,
    accept: bool = False,
    progress: Progress | None = None,
    horizons: Horizons = Horizons(),  # noqa: B008 a frozen value
    enumerate_limit: int = ENUMERATE_LIMIT,
) -> Receipt:
    """Search for one watch and file what came; PubMed's faults stand in the receipt, which is filed too.

    `reader` are the watch's rules made ready (study.findings.compile_rules). With `accept` a person agrees to
    what was refused before: held papers arrive, and papers that no longer match are let go.

    Raises:
        LockHeld: another collect or refresh is at work.
        StoreError: the store failed; its `receipt` is what could not be filed.
    """
    run = _Run(watch, pubmed, store, reader, now, accept, progress or _quiet, horizons, enumerate_limit)
    with store.lock("collect"):
        return run.whole()


class _Run:
    """One run for one watch."""

    def __init__(
        self,
        watch: Watched,
        pubmed: Searched,
        store: Store,
        reader: Reader,
        now: datetime,
        accept: bool,  # noqa: FBT001
        progress: Progress,
        horizons: Horizons,
        limit: int,
    ) -> None:
        self.watch, self.pubmed, self.store, self.reader = watch, pubmed, store, reader
        self.now, self.accept, self.progress = now, accept, progress
        self.horizons, self.limit = horizons, limit
        self.query = str(watch.query)  # without our comments, and the same however it is laid out
        self.receipt = Receipt("collect", watch.name, now, query=self.query)
        self.good = False

    def whole(self) -> Receipt:
        """Enumerate, decide, fetch and file, close the books."""
        measured = Measured(self.pubmed.tally, self.receipt)
        try:
            try:
                self.search_and_file()
            except PubMedError as error:
                self.receipt.failures.append(str(error))
            measured.stop()
            self.close()
        except StoreError as error:
            measured.stop()
            self.receipt.failures.append(str(error))
            error.receipt = self.receipt.to_json()
            raise
        return self.receipt

    def search_and_file(self) -> None:
        """The story; leaves `good` false where something was not done."""
        with self.store.reading() as connection:
            known = collecting.remembered(connection, self.watch.name, self.now)
        planned = self.first_look() if known is None else self.look(known)
        if planned is None:
            return
        found, plan = planned
        receipt = self.receipt
        receipt.no_longer_matching = len(plan.unmatched)
        if plan.backlog:
            receipt.arrivals[arrivals.BACKLOG] = len(plan.backlog)
        with self.store.writing() as connection:
            collecting.write_plan(connection, self.watch.name, self.query, found.translation, plan, self.now)
            wanted = collecting.wanted(connection, self.watch.name)
        self.good = self.fetch(wanted, known.last_good_run if known else None)

    def first_look(self) -> tuple[Enumeration, Plan] | None:
        """The first run's list: believed when two in a row are equal, for backlog is never mailed."""
        found = self.enumerate(self.query)
        for _ in range(LOOKS - 1):
            again = self.enumerate(self.query)
            if again.pmids == found.pmids:
                break
            found = again
        else:
            raise PubMedRefused(
                f"PubMed's list of matches was another each of {LOOKS} times; nothing is concluded from it"
            )
        if not self.trusted(found, None, edited=False):
            return None
        since = arrivals.recent_from(self.now, self.horizons)
        recent = self.created_from(since.strftime("%Y/%m/%d"))
        return found, arrivals.plan_first(frozenset(found.pmids), recent)

    def look(self, known: Remembered) -> tuple[Enumeration, Plan] | None:
        """Any later run's list, with the old query's where the query or its translation changed."""
        edited = known.query != self.query
        self.receipt.edited = edited
        old = self.enumerate_old(known.query, known) if edited else None
        found = self.enumerate(self.query)
        if not self.trusted(found, known, edited=edited):
            return None
        matching = frozenset(found.pmids)
        fresh = matching - known.kept.keys()
        translated = not edited and bool(known.translation) and found.translation != known.translation
        self.receipt.translation_changed = translated
        old_query = known.query
        if translated:
            self.receipt.notes.append(f"PubMed translates the query anew: {found.translation}")
            old_query = known.translation
            old = self.enumerate_old(old_query, None) if fresh else None
        added = fresh - old if old is not None else frozenset()
        if added:  # what came to PubMed between the two lists is no edit's doing
            once_more = self.enumerate_old(old_query, None)
            added -= once_more if once_more is not None else frozenset()
        late = self.late_among(fresh - added, known)
        return found, arrivals.plan_next(
            matching,
            known,
            added=added,
            added_as=arrivals.BY_TRANSLATION if translated else arrivals.BY_EDIT,
            late=late,
            accept=self.accept,
        )

    def enumerate(self, query: str) -> Enumeration:
        """PubMed's whole list for `query`."""
        self.progress("searching", self.pubmed.tally.requests, 0)
        return self.pubmed.enumerate(query, self.limit)

    def trusted(self, found: Enumeration, known: Remembered | None, *, edited: bool) -> bool:
        """Whether anything may be concluded from a list; what speaks against it goes into the receipt."""
        receipt = self.receipt
        receipt.count, receipt.enumerated, receipt.translation = (
            found.count,
            len(found.pmids),
            found.translation,
        )
        receipt.notes.extend(f"PubMed says {name}: {text}" for name, text in (*found.errors, *found.warnings))
        reasons = arrivals.distrust(
            frozenset(found.pmids),
            found.errors,
            known,
            self.watch.sentinels,
            edited=edited,
            accept=self.accept,
        )
        receipt.failures.extend(reasons)
        return not reasons

    def enumerate_old(self, query: str, known: Remembered | None) -> frozenset[int] | None:
        """What the query matched before it was edited; None where that cannot be known."""
        try:
            found = self.enumerate(query)
        except (PubMedRefused, TooManyMatches) as error:
            self.receipt.notes.append(f"the query as it was before cannot be listed: {error}")
            return None
        reasons = arrivals.distrust(frozenset(found.pmids), found.errors, known)
        if reasons:
            self.receipt.notes.append(f"the query as it was before is not believed: {'; '.join(reasons)}")
            return None
        return frozenset(found.pmids)

    def created_from(self, day: str) -> frozenset[int]:
        """The matches that were created in PubMed on that day or later."""
        found = self.enumerate(f"({self.query}) AND {day}:3000[crdt]")
        if any(name == "FieldNotFound" for name, _ in found.errors):
            raise PubMedRefused(
                "PubMed did not understand a range of create dates; nothing is concluded from it"
            )
        return frozenset(found.pmids)

    def late_among(self, fresh: frozenset[int], known: Remembered) -> frozenset[int]:
        """Those of `fresh` that were created late but not long ago; asked only where they may be held."""
        room = arrivals.hold_above(known.normal_week) - len(known.held)
        if self.accept or not fresh or len(fresh) <= room:
            return frozenset()
        before = arrivals.late_before(known, self.now, self.horizons)
        late = fresh - self.created_from(before.strftime("%Y/%m/%d"))
        if not late or len(late) <= room:
            return late
        return late & self.created_from(arrivals.old_before(self.now, self.horizons).strftime("%Y/%m/%d"))

    def fetch(self, wanted: Sequence[collecting.Wanted], last_good_run: datetime | None) -> bool:
        """Fetch what is wanted and file it, one transaction a batch; whether PubMed answered every batch."""
        by_pmid = {each.pmid: each for each in wanted}
        agreement = Agreement(self.watch.query)
        rules_hash = hash_of(self.watch.rules)
        all_answered = True
        done = 0
        self.progress("fetching", 0, len(wanted))
        for batch in self.pubmed.fetch(tuple(by_pmid)):
            papers = [(record, raw) for record, raw in batch.records if isinstance(record, Paper)]
            reasons = dict.fromkeys(batch.missing, batch.failed or "PubMed lists it but did not send it")
            for record, _ in batch.records:
                if isinstance(record, Unreadable) and record.pmid is not None:
                    reasons[record.pmid] = self.receipt.unreadable[record.pmid] = (
                        f"unreadable: {record.reason}"
                    )
            studied = [study(self.reader, paper, raw) for paper, raw in papers]
            states = {
                paper.pmid: arrivals.arrives(
                    paper.create_date,
                    by_pmid[paper.pmid].arrives_as,
                    last_good_run,
                    self.now,
                    self.horizons,
                )
                for paper, _ in papers
            }
            with self.store.writing() as connection:
                fresh = collecting.file_papers(connection, self.watch.name, studied, rules_hash, self.now)
                collecting.settle(connection, self.watch.name, states, self.now)
                collecting.still_wanted(connection, self.watch.name, reasons)
            self.note_batch(batch, studied, states, agreement)
            self.receipt.notices.extend(fresh)
            all_answered = all_answered and batch.failed is None
            done += len(batch.asked)
            self.progress("fetching", done, len(wanted))
        return all_answered

    def note_batch(
        self,
        batch: Batch,
        studied: Iterable[collecting.Studied],
        states: dict[int, str],
        agreement: Agreement,
    ) -> None:
        """Put one batch into the receipt."""
        receipt = self.receipt
        receipt.fetched += len(states)
        for state in states.values():
            receipt.arrivals[state] = receipt.arrivals.get(state, 0) + 1
        for each in studied:
            if each.failure is not None:
                receipt.untagged[each.paper.pmid] = each.failure
            clause = agreement.clause_against(each.paper, self.now.date())
            if clause is not None:
                receipt.disagreements[each.paper.pmid] = clause
        if batch.failed is not None:
            receipt.failures.append(
                f"{len(batch.missing)} of {len(batch.asked)} papers could not be fetched: {batch.failed}"
            )

    def close(self) -> None:
        """Balance the books from the store, remember a good run, and file the receipt."""
        receipt, name = self.receipt, self.watch.name
        with self.store.writing() as connection:
            still = collecting.wanted(connection, name)
            receipt.wanted = {each.pmid: each.reason for each in still}
            receipt.books = balancing.books(connection, name)
            receipt.held = receipt.books.held
            if self.good and not receipt.balanced:
                self.good = False
                receipt.failures.append(
                    f"the books do not balance: PubMed lists {receipt.count}, the store {receipt.books.total}"
                )
            if self.good:
                collecting.good_run(connection, name, self.now)
            if receipt.untagged:
                receipt.failures.append(f"the rules failed on {_listed(receipt.untagged)}: filed untagged")
            long_ago = self.now - timedelta(days=arrivals.WANTED_DAYS)
            overdue = [each.pmid for each in still if each.since < long_ago]
            if overdue:
                receipt.failures.append(
                    f"PubMed has listed but not sent for over {arrivals.WANTED_DAYS} days: {_listed(overdue)}"
                )
            if receipt.held:
                receipt.failures.append(
                    f"{receipt.held} late papers came at once and are held: look at them in "
                    f"`litwatch papers`, then `litwatch collect --accept`"
                )
            balancing.save_receipt(
                connection,
                receipt.job,
                name,
                receipt.started_at,
                receipt.finished_at,
                receipt.to_json(),
                ok=receipt.ok,
            )


class Measured:
    """Counts what a job cost, from now until `stop`, into its receipt."""

    def __init__(self, tally: Tally, receipt: Receipt) -> None:
        self._tally, self._receipt = tally, receipt
        self._began = time.monotonic()
        self._requests, self._retries, self._waited = tally.requests, tally.retries.copy(), tally.waited

    def stop(self) -> None:
        """Write the figures down."""
        self._receipt.requests = self._tally.requests - self._requests
        self._receipt.retries = dict(self._tally.retries - self._retries)
        self._receipt.waited_seconds = round(self._tally.waited - self._waited, 3)
        self._receipt.seconds = round(time.monotonic() - self._began, 3)


def _listed(pmids: Iterable[int], most: int = 20) -> str:
    listed = sorted(pmids)
    more = f" and {len(listed) - most} more" if len(listed) > most else ""
    return ", ".join(map(str, listed[:most])) + more


def _quiet(doing: str, done: int, of: int) -> None:
    """Tell nobody."""
