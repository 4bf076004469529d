"""`litwatch backfill`: fetches and files what was there before a watch began, batch by batch.

Owns the story, in order, and the hours that it keeps. Never mails: what is filed here stays backlog. Each batch is
one transaction under the lock of `collect`, which is free while PubMed is asked: a look and Monday's mail wait for
no backfill, and a kill loses the batch under way.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta

from litwatch.decide import hours
from litwatch.decide.agreement import Agreement
from litwatch.edge.config import Settings, Watch
from litwatch.edge.pubmed import Batch, Enumeration
from litwatch.edge.store import backlog, balancing, collecting
from litwatch.edge.store.collecting import Studied
from litwatch.edge.store.open import Store
from litwatch.edge.store.records import filed_records
from litwatch.errors import LockHeld, PubMedError
from litwatch.jobs import stopping
from litwatch.jobs.attempt import Progress, attempt, quiet
from litwatch.jobs.collect import Searched
from litwatch.jobs.comparing import compare
from litwatch.jobs.filing import file_receipt, hash_of, study_each
from litwatch.jobs.looking import created_from
from litwatch.jobs.receipt import Receipt
from litwatch.jobs.turns import Wait, after_the_others
from litwatch.paper import Paper
from litwatch.query.leaves import BY_NAME, Vocabulary
from litwatch.reading.pubmed_xml import read_article
from litwatch.study.student import compile_rules

AT_ONCE = 200  # papers: one request, and what a kill may lose
OUTAGES = 2  # batches in a row of which nothing came: PubMed is away


def backfill(
    watch: Watch,
    pubmed: Searched,
    store: Store,
    now: datetime,
    settings: Settings,
    *,
    since: date | None = None,
    limit: int | None = None,
    polite: bool = True,
    progress: Progress | None = None,
    vocabulary: Vocabulary = BY_NAME,
    elapsed: Callable[[], float] | None = None,
    wait: Wait = time.sleep,
) -> Receipt:
    """Fetch and file the backlog of a watch that was not read yet, newest first; the receipt is filed, too.

    Args:
        since: only what was created in PubMed on that day or later. limit: at most so many papers.
        polite: only in NCBI's hours for large jobs (decide/hours.py); when they end, the rest is left.
        elapsed: seconds since `now`; wait: seconds to sleep while the lock is held; given by tests.

    A run that did nothing because it was not the hour leaves no receipt in the store, only the one returned.

    Raises:
        LockHeld: another backfill is at work.
        StoreError: the store failed; its `receipt` is what could not be filed.
    """
    receipt = Receipt("backfill", watch.name, now, query=str(watch.query))
    began = time.monotonic()
    run = _Run(watch, pubmed, store, now, receipt, progress or quiet, vocabulary, wait)
    run.elapsed = elapsed or (lambda: time.monotonic() - began)
    run.polite = polite
    with store.lock("backfill"), stopping.orderly():
        return attempt(
            receipt,
            store,
            pubmed.tally,
            lambda: run.everything(since, limit, settings.pubmed.enumerate_limit),
            run.close,
            survived=(PubMedError, LockHeld),
            stopped="stopped by a signal; the next backfill goes on from here",
        )


class _Run:
    """One backfill of one watch."""

    elapsed: Callable[[], float]
    polite: bool

    def __init__(
        self,
        watch: Watch,
        pubmed: Searched,
        store: Store,
        now: datetime,
        receipt: Receipt,
        progress: Progress,
        vocabulary: Vocabulary,
        wait: Wait,
    ) -> None:
        self.watch, self.pubmed, self.store, self.now = watch, pubmed, store, now
        self.receipt, self.progress, self.wait = receipt, progress, wait
        self.vocabulary = vocabulary
        self.did_something = False

    def everything(self, since: date | None, limit: int | None, enumerate_limit: int) -> None:
        """Find out what is to be had, and have it."""
        with self.store.reading() as connection:
            searched = backlog.matching(connection, self.watch.name) is not None
            pmids = backlog.unread(connection, self.watch.name)
        if not searched:
            self.receipt.failures.append(
                f"the watch {self.watch.name} was never searched: `litwatch collect --watch {self.watch.name}` first"
            )
        if not pmids or self._hours_are_over():
            return
        self.did_something = True
        if since is not None:
            created = self._created_from(since, enumerate_limit)
            pmids = tuple(pmid for pmid in pmids if pmid in created)
        self._batches(pmids[:limit])

    def _created_from(self, day: date, enumerate_limit: int) -> frozenset[int]:
        def enumerated(query: str) -> Enumeration:
            self._wait_for_others()
            with stopping.waiting():
                return self.pubmed.enumerate(query, enumerate_limit)

        return created_from(enumerated, str(self.watch.query), day)

    def _batches(self, pmids: Sequence[int]) -> None:
        reader = compile_rules(self.watch.rules, self.vocabulary, found=True)
        rules_hash = hash_of(self.watch.rules, self.vocabulary)
        agreement = Agreement(self.watch.query, self.vocabulary)
        outages = 0
        self.progress("fetching the backlog", 0, len(pmids))
        for start in range(0, len(pmids), AT_ONCE):
            stopping.boundary()
            if self._hours_are_over():
                return
            asked = pmids[start : start + AT_ONCE]
            with self.store.reading() as connection:
                here = dict(filed_records(connection, asked))
            known = study_each(reader, [(read_article(record), record) for record in here.values()])
            came: list[Studied] = []
            reasons: dict[int, str] = {}
            for batch in self._fetched([pmid for pmid in asked if pmid not in here]):
                came += study_each(
                    reader, [(each, raw) for each, raw in batch.records if isinstance(each, Paper)]
                )
                missing = self.receipt.take_missing(batch)
                if batch.records or not batch.failed:  # else they are to be asked for first next time
                    reasons |= missing
                outages = outages + 1 if batch.failed and not batch.records else 0
            with after_the_others(self.store, self.wait), self.store.writing() as connection:
                told = collecting.file_papers(connection, self.watch.name, came, rules_hash, self.now)
                collecting.file_findings(connection, self.watch.name, known, rules_hash)
                collecting.still_wanted(connection, self.watch.name, reasons)
            self.receipt.notices.extend(told)
            self.receipt.fetched += len(came)
            self.receipt.take_studied((*known, *came))
            for each in (*known, *came):
                compare(agreement, each.paper, self.now.date(), self.receipt, listed=True)
            self.progress("fetching the backlog", min(start + AT_ONCE, len(pmids)), len(pmids))
            if outages >= OUTAGES:
                self.receipt.failures.append(
                    "PubMed had stopped answering: the next backfill goes on from here"
                )
                return

    def _fetched(self, pmids: Sequence[int]) -> Iterator[Batch]:
        """What PubMed sends, asked for while no collect or refresh is at work: all share three requests a second."""
        if pmids:
            self._wait_for_others()
            yield from stopping.each(self.pubmed.fetch(pmids))

    def _hours_are_over(self) -> bool:
        """Whether NCBI's hours for large jobs have not begun, or are over; it is told when they begin."""
        moment = self.now + timedelta(seconds=self.elapsed())
        if not self.polite or hours.are_quiet(moment):
            return False
        self.receipt.notes.append(
            "NCBI asks for large jobs at weekends or between 21:00 and 05:00 US Eastern time: "
            f"from {hours.begin_after(moment):%A %H:%M} UTC on `litwatch backfill` fetches what is left; "
            "--now-anyway does it now"
        )
        return True

    def _wait_for_others(self) -> None:
        """So that we ask while no other job does."""
        with after_the_others(self.store, self.wait):
            pass

    def close(self) -> None:
        """Balance the books from the store, and file the receipt."""
        receipt, name = self.receipt, self.watch.name
        with self.store.writing() as connection:
            receipt.count = backlog.matching(connection, name)
            receipt.books = balancing.books(connection, name)
            receipt.backlog_left = backlog.left(connection, name)
            if receipt.balanced is False:
                receipt.failures.append(
                    f"the books do not balance: PubMed listed {receipt.count}, the store {receipt.books.total}"
                )
            if self.did_something or receipt.failures:
                file_receipt(connection, receipt)
            else:
                balancing.end(connection, receipt.job, name)
