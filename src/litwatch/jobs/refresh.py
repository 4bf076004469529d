"""`litwatch refresh`: fetches again what can still change, and finds what happened to papers that we know.

Owns the story, in order. Never mails and never looks for new papers; what a change means is decided in
decide/changes.py and decide/refreshed.py.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from litwatch.decide.arrivals import Horizons
from litwatch.decide.changes import GRAVE, content_hash, notices_in
from litwatch.decide.refreshed import changed_parts
from litwatch.edge.config import Watch
from litwatch.edge.store import collecting, noticing, refreshing
from litwatch.edge.store.collecting import Studied
from litwatch.edge.store.open import Store
from litwatch.edge.store.records import filed_records
from litwatch.jobs import stopping
from litwatch.jobs.attempt import Progress, attempt, quiet
from litwatch.jobs.collect import Searched
from litwatch.jobs.fates import AsksFates, Fates
from litwatch.jobs.filing import Reader, file_receipt, hash_of, study_each
from litwatch.jobs.receipt import Receipt, listed
from litwatch.jobs.turns import in_turn
from litwatch.paper import Paper
from litwatch.query.leaves import BY_NAME, Vocabulary
from litwatch.reading.pubmed_xml import read_article
from litwatch.study.student import compile_rules

YOUNG_DAYS = 90
FRESH_HOURS = 12  # a refresh that failed is tried again every quarter of an hour
# What a notice is known of may get another one (a second erratum): it is asked for again after so many days.
AGAIN_AFTER_DAYS = 7
FETCHED_AT_ONCE = 200
REQUESTS = 20
AT_MOST = 2_000  # papers of each kind that are read in one run because of what befell them


class Asked(Searched, AsksFates, Protocol):
    """What is asked of PubMed (edge.pubmed.PubMed)."""


def refresh(
    store: Store,
    pubmed: Asked,
    watches: Sequence[Watch],
    now: datetime,
    *,
    progress: Progress | None = None,
    request_budget: int = REQUESTS,
    vocabulary: Vocabulary = BY_NAME,
    horizons: Horizons | None = None,
    instead: Callable[[], Sequence[int]] | None = None,
    first_struck: bool = True,
) -> Receipt:
    """Find what befell the papers of the watches, and fetch again that and what can still change.

    `request_budget` bounds the requests for papers that can still change (200 each, most stale first); what
    newly befell a paper is always fetched. A paper whose content changed is studied anew; each notice is filed
    once. With `instead` these papers are read, and not those that can still change. What was wanted and is read here
    arrives, by `horizons`, as it would in a collect. `first_struck`: whether a first list of retracted papers is
    believed to hold them all, so that what a later one adds is news.

    Raises LockHeld, and StoreError with what could not be filed as its `receipt`.
    """
    receipt = Receipt("refresh", None, now)
    run = _Run(store, pubmed, watches, now, receipt, progress, vocabulary, horizons or Horizons())
    with in_turn(store), stopping.orderly():
        return attempt(
            receipt,
            store,
            pubmed.tally,
            lambda: run.whole(request_budget, instead, first_struck=first_struck),
            run.close,
        )


class _Run:
    """One refresh."""

    def __init__(
        self,
        store: Store,
        pubmed: Asked,
        watches: Sequence[Watch],
        now: datetime,
        receipt: Receipt,
        progress: Progress | None,
        vocabulary: Vocabulary,
        horizons: Horizons,
    ) -> None:
        self.store, self.pubmed, self.now, self.receipt = store, pubmed, now, receipt
        self.watches = {watch.name: watch for watch in watches}
        self.vocabulary, self.horizons = vocabulary, horizons
        self.progress = progress or quiet
        self.readers: dict[str, tuple[Reader, str]] = {}
        # What is to be filed in watches that may not have read it yet.
        self.befallen: dict[int, tuple[str, ...]] = {}

    def close(self) -> None:
        """File the receipt."""
        with self.store.writing() as connection:
            file_receipt(connection, self.receipt)

    def whole(
        self, request_budget: int, instead: Callable[[], Sequence[int]] | None, *, first_struck: bool
    ) -> None:
        """Find out what to ask for, and ask."""
        fates = Fates(self.store, self.pubmed, self.now, self.receipt)
        for name in self.watches:
            fates.look_for_struck(name, first_too=first_struck)
        anew, again = fates.of_mailed()
        young_from = (self.now - timedelta(days=YOUNG_DAYS)).date().isoformat()
        fresh_from = self.now - timedelta(hours=FRESH_HOURS)
        room = request_budget * FETCHED_AT_ONCE
        with self.store.reading() as connection:
            self.befallen = refreshing.befallen(connection, self.watches, AT_MOST)
            stale = [
                *refreshing.changeable(connection, self.watches, young_from, fresh_from, room),
                *refreshing.fetched_before(connection, again, self.now - timedelta(days=AGAIN_AFTER_DAYS)),
            ]
        most_stale = [pmid for _, pmid in sorted(stale)[:room]] if instead is None else instead()
        befell = {*self.befallen, *anew}
        failed = self.fetch(tuple(dict.fromkeys((*self.befallen, *anew, *most_stale))))
        if fates.mailed_asked and not befell & failed:
            with self.store.writing() as connection:
                noticing.fates_asked(connection, fates.listed, self.now)
        self.note_untold()

    def fetch(self, asked: Sequence[int]) -> frozenset[int]:
        """Fetch these papers and file what changed, batch by batch; then look for those that did not come.

        Those that PubMed gave no answer for.
        """
        done = 0
        failed: set[int] = set()
        missing: list[int] = []
        for batch in stopping.each(self.pubmed.fetch(asked)):
            self.file([(paper, raw) for paper, raw in batch.records if isinstance(paper, Paper)])
            self.receipt.take_missing(batch)
            (missing.extend if batch.failed is None else failed.update)(batch.missing)
            done += len(batch.asked)
            self.progress("refreshing", done, len(asked))
        self.mark_gone(missing)
        return frozenset(failed)

    def file(self, papers: Sequence[tuple[Paper, bytes]]) -> None:
        """File what changed, in every watch that has the paper; one transaction."""
        self.receipt.refreshed += len(papers)
        pmids = [paper.pmid for paper, _ in papers]
        with self.store.reading() as connection:
            read = refreshing.studied_contents(connection, pmids)
            changed: dict[int, set[str]] = {}
            # What only watches have read that are no more: its findings stay, what befell it is news to its readers.
            left = {pmid for pmid in pmids if pmid in read and not read[pmid].keys() & self.watches.keys()}
            for paper, _ in papers:
                has = content_hash(paper)
                here = {name for name, content in read.get(paper.pmid, {}).items() if content != has}
                here.update(
                    name for name in self.befallen.get(paper.pmid, ()) if name not in read.get(paper.pmid, {})
                )
                if here & self.watches.keys():
                    changed[paper.pmid] = here
            left -= changed.keys()
            before = dict(filed_records(connection, {*changed, *left}))
        studied = {
            name: study_each(
                self.reader(name)[0],
                [(paper, raw) for paper, raw in papers if name in changed.get(paper.pmid, ())],
            )
            for name in self.watches
        }
        parts = {
            paper.pmid: found
            for paper, _ in papers
            if paper.pmid in before and (found := changed_parts(read_article(before[paper.pmid]), paper))
        }
        with self.store.writing() as connection:
            refreshing.mark_seen(connection, pmids, self.now)
            for name, some in studied.items():
                if some:
                    self.receipt.notices.extend(
                        collecting.file_papers(connection, name, some, self.reader(name)[1], self.now)
                    )
                    came = collecting.settle_read(
                        connection, name, [each.paper for each in some], self.now, self.horizons
                    )
                    for state, number in came.items():
                        self.receipt.arrivals[state] = self.receipt.arrivals.get(state, 0) + number
            befell = [
                Studied(paper, raw, None, None, notices_in(paper))
                for paper, raw in papers
                if paper.pmid in left
            ]
            self.receipt.notices.extend(collecting.file_what_befell(connection, befell, self.now))
            refreshing.note_changes(connection, parts, self.now)
        for some in studied.values():
            self.receipt.take_studied(some)
        self.receipt.changed += len(changed) + len(left & parts.keys())

    def note_untold(self) -> None:
        """Say of what was retracted or questioned that readers of a watch which is no more will not hear of it."""
        grave = {told.pmid for told in self.receipt.notices if told.kind in GRAVE}
        with self.store.reading() as connection:
            untold = noticing.untold(connection, grave)
        if untold:
            readers = len(set().union(*untold.values()))
            self.receipt.notes.append(
                f"{listed(untold)} retracted or questioned: mailed by a watch that is no more to {readers} "
                f"{'reader' if readers == 1 else 'readers'} who get no other digest, and are not told"
            )

    def reader(self, name: str) -> tuple[Reader, str]:
        """The rules of a watch made ready, once, and their hash."""
        if name not in self.readers:
            rules = self.watches[name].rules
            self.readers[name] = (
                compile_rules(rules, self.vocabulary, found=True),
                hash_of(rules, self.vocabulary),
            )
        return self.readers[name]

    def mark_gone(self, missing: Iterable[int]) -> None:
        """Mark what did not come and what PubMed says that it does not have; it is never dropped.

        EFetch leaves out deleted and merged papers without a word, but also what it mislaid; and its lists may
        name a deleted paper for days. ESummary says which it does not know.
        """
        for some in _in_parts(sorted(missing)):
            with stopping.waiting():
                gone = sorted(self.pubmed.without_summary(some))
            with self.store.writing() as connection:
                refreshing.mark_gone(connection, gone, self.now)
            self.receipt.gone.extend(gone)


def _in_parts(pmids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(pmids), FETCHED_AT_ONCE):
        yield pmids[start : start + FETCHED_AT_ONCE]
