"""`litwatch refresh`: fetches again what can still change, and finds what happened to papers that we sent.

Owns the story, in order. Never mails and never looks for new papers; what a change means is decided in
decide/changes.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from litwatch.decide.changes import content_hash
from litwatch.edge.config import Watch
from litwatch.edge.pubmed import SearchAnswer
from litwatch.edge.store import collecting, refreshing
from litwatch.edge.store.open import Store
from litwatch.errors import PubMedError, StoreError
from litwatch.jobs.collect import Progress, Searched
from litwatch.jobs.filing import Reader, file_receipt, hash_of, study
from litwatch.jobs.receipt import Measured, Receipt
from litwatch.paper import Paper
from litwatch.query.leaves import BY_NAME, Vocabulary
from litwatch.reading.records import Unreadable
from litwatch.study.findings import compile_rules

YOUNG_DAYS = 90
SEARCHED_AT_ONCE = 1_000
FETCHED_AT_ONCE = 200
REQUESTS = 20

# What PubMed knows of a paper's fate (pubmed-facts 15). One that it should drop vanishes from an OR without
# harm, so old and new names stand side by side.
FATES = (
    '"retracted publication"[pt] OR hasretractionin OR hasexpressionofconcernin OR '
    "hasretractedandrepublishedin OR hascorrectedrepublishedin OR haserratumin OR hasupdatein"
)


class Asked(Searched, Protocol):
    """What is asked of PubMed (edge.pubmed.PubMed)."""

    def search(self, query: str, retstart: int = 0, retmax: int = 9_999) -> SearchAnswer:
        """One search."""
        ...


def refresh(
    store: Store,
    pubmed: Asked,
    watches: Sequence[Watch],
    now: datetime,
    *,
    progress: Progress | None = None,
    request_budget: int = REQUESTS,
    vocabulary: Vocabulary = BY_NAME,
) -> Receipt:
    """Fetch again what can still change, and every mailed paper that PubMed says something happened to.

    `request_budget` bounds the requests for papers that can still change (200 each, most stale first); those
    for mailed papers are always made. A paper whose content changed is studied anew; each notice is filed
    once.

    Raises LockHeld, and StoreError with what could not be filed as its `receipt`.
    """
    receipt = Receipt("refresh", None, now)
    run = _Run(store, pubmed, watches, now, receipt, progress, vocabulary)
    with store.lock("collect"):
        measured = Measured(pubmed.tally, receipt)
        try:
            try:
                run.whole(request_budget)
            except PubMedError as error:
                receipt.failures.append(str(error))
            measured.stop()
            with store.writing() as connection:
                file_receipt(connection, receipt)
        except StoreError as error:
            measured.stop()
            receipt.failures.append(str(error))
            error.receipt = receipt.to_json()
            raise
    return receipt


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
    ) -> None:
        self.store, self.pubmed, self.now, self.receipt = store, pubmed, now, receipt
        self.watches = {watch.name: watch for watch in watches}
        self.vocabulary = vocabulary
        self.progress = progress or (lambda *_: None)
        self.readers: dict[str, tuple[Reader, str]] = {}
        # Struck by a notice and never fetched: its title has to stand beside the notice.
        self.unread: dict[int, tuple[str, ...]] = {}

    def whole(self, request_budget: int) -> None:
        """Find out what to ask for, and ask."""
        young_from = (self.now - timedelta(days=YOUNG_DAYS)).date().isoformat()
        with self.store.reading() as connection:
            mailed = {pmid for name in self.watches for pmid in refreshing.mailed_pmids(connection, name)}
            changeable = refreshing.changeable_pmids(
                connection, self.watches, young_from, self.now, request_budget * FETCHED_AT_ONCE
            )
            self.unread = refreshing.struck_unread(connection, self.watches)
        struck = self.struck(sorted(mailed))
        asked = tuple(dict.fromkeys((*struck, *self.unread, *changeable)))
        done = 0
        missing: list[int] = []
        for batch in self.pubmed.fetch(asked):
            papers = [(paper, raw) for paper, raw in batch.records if isinstance(paper, Paper)]
            self.file(papers)
            for record, _ in batch.records:
                if isinstance(record, Unreadable) and record.pmid is not None:
                    self.receipt.unreadable[record.pmid] = record.reason
            if batch.failed is None:
                missing.extend(batch.missing)
            else:
                self.receipt.failures.append(
                    f"{len(batch.missing)} papers could not be fetched again: {batch.failed}"
                )
            done += len(batch.asked)
            self.progress("refreshing", done, len(asked))
        self.mark_gone(missing)

    def struck(self, mailed: Sequence[int]) -> tuple[int, ...]:
        """Those of the mailed papers to which something happened, however old they are."""
        found: list[int] = []
        for some in _in_parts(mailed):
            found.extend(self.pubmed.search(f"({_any_of(some)}) AND ({FATES})").pmids)
        return tuple(sorted(set(found) & set(mailed)))

    def file(self, papers: Sequence[tuple[Paper, bytes]]) -> None:
        """File what changed, in every watch that has the paper; one transaction."""
        self.receipt.refreshed += len(papers)
        pmids = [paper.pmid for paper, _ in papers]
        with self.store.writing() as connection:
            before = refreshing.content_hashes(connection, pmids)
            filed_in = {**refreshing.watches_of(connection, pmids), **self.unread}
            refreshing.mark_seen(connection, pmids, self.now)
            changed = [
                (paper, raw)
                for paper, raw in papers
                if paper.pmid in self.unread or before.get(paper.pmid) not in (None, content_hash(paper))
            ]
            for name in self.watches:
                here = [(paper, raw) for paper, raw in changed if name in filed_in.get(paper.pmid, ())]
                if not here:
                    continue
                reader, rules_hash = self.reader(name)
                studied = [study(reader, paper, raw) for paper, raw in here]
                self.receipt.notices.extend(
                    collecting.file_papers(connection, name, studied, rules_hash, self.now)
                )
                self.receipt.untagged.update(
                    (each.paper.pmid, each.failure) for each in studied if each.failure is not None
                )
        self.receipt.changed += len(changed)

    def reader(self, name: str) -> tuple[Reader, str]:
        """The rules of a watch made ready, once, and their hash."""
        if name not in self.readers:
            rules = self.watches[name].rules
            self.readers[name] = (compile_rules(rules, self.vocabulary), hash_of(rules, self.vocabulary))
        return self.readers[name]

    def mark_gone(self, missing: Iterable[int]) -> None:
        """Mark what did not come and is not in PubMed's index either; it is never dropped.

        EFetch leaves out deleted and merged papers without a word, but also what it mislaid.
        """
        for some in _in_parts(sorted(missing)):
            still_there = set(self.pubmed.search(_any_of(some)).pmids)
            gone = [pmid for pmid in some if pmid not in still_there]
            with self.store.writing() as connection:
                refreshing.mark_seen(connection, gone, self.now, gone="deleted")
            self.receipt.gone.extend(gone)


def _any_of(pmids: Iterable[int]) -> str:
    return " OR ".join(f"{pmid}[uid]" for pmid in pmids)


def _in_parts(pmids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(pmids), SEARCHED_AT_ONCE):
        yield pmids[start : start + SEARCHED_AT_ONCE]
