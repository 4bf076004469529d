"""`litwatch refresh`: fetches again what can still change, and finds what happened to papers that we know.

Owns the story, in order. Never mails and never looks for new papers; what a change means is decided in
decide/changes.py and decide/refreshed.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from litwatch.decide.changes import GRAVE, content_hash
from litwatch.decide.refreshed import changed_parts
from litwatch.edge.config import Watch
from litwatch.edge.pubmed import SearchAnswer
from litwatch.edge.store import collecting, noticing, refreshing
from litwatch.edge.store.open import Store
from litwatch.errors import PubMedError, PubMedRefused, StoreError, TooManyMatches
from litwatch.jobs import stopping
from litwatch.jobs.collect import Progress, Searched
from litwatch.jobs.filing import Reader, file_receipt, hash_of, study
from litwatch.jobs.receipt import Measured, Receipt
from litwatch.jobs.turns import in_turn
from litwatch.paper import Paper
from litwatch.query.leaves import BY_NAME, Vocabulary
from litwatch.reading.pubmed_xml import read_article
from litwatch.reading.records import Unreadable
from litwatch.study.findings import compile_rules

YOUNG_DAYS = 90
FRESH_HOURS = 12  # a refresh that failed is tried again every quarter of an hour
# What a notice is known of may get another one (a second erratum): it is asked for again after so many days.
AGAIN_AFTER_DAYS = 7
SEARCHED_AT_ONCE = 1_000
FETCHED_AT_ONCE = 200
REQUESTS = 20
STRUCK_LIMIT = 100_000
AT_MOST = 2_000  # papers of each kind that are read in one run because of what befell them

# What PubMed knows of a paper's fate (pubmed-facts 15). One that it should drop vanishes from an OR without
# harm, so old and new names stand side by side.
GRAVE_FATES = (
    '"retracted publication"[pt] OR hasretractionin OR hasexpressionofconcernin '
    "OR hasretractedandrepublishedin"
)
FATES = f"{GRAVE_FATES} OR hascorrectedrepublishedin OR haserratumin OR hasupdatein"


class Asked(Searched, Protocol):
    """What is asked of PubMed (edge.pubmed.PubMed)."""

    def search(self, query: str, retstart: int = 0, retmax: int = 9_999) -> SearchAnswer:
        """One search."""
        ...

    def without_summary(self, pmids: Sequence[int]) -> frozenset[int]:
        """Those that PubMed says it does not have."""
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
    """Find what befell the papers of the watches, and fetch again that and what can still change.

    `request_budget` bounds the requests for papers that can still change (200 each, most stale first); what
    newly befell a paper is always fetched. A paper whose content changed is studied anew; each notice is filed
    once.

    Raises LockHeld, and StoreError with what could not be filed as its `receipt`.
    """
    receipt = Receipt("refresh", None, now)
    run = _Run(store, pubmed, watches, now, receipt, progress, vocabulary)
    with in_turn(store), stopping.orderly():
        measured = Measured(pubmed.tally, receipt)
        try:
            try:
                run.whole(request_budget)
            except PubMedError as error:
                receipt.failures.append(str(error))
            except KeyboardInterrupt:
                receipt.failures.append(stopping.SAID)
                run.close(measured)
                raise
            run.close(measured)
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
        # What is to be filed in watches that may not have read it yet.
        self.befallen: dict[int, tuple[str, ...]] = {}

    def close(self, measured: Measured) -> None:
        """File the receipt."""
        measured.stop()
        with self.store.writing() as connection:
            file_receipt(connection, self.receipt)

    def whole(self, request_budget: int) -> None:
        """Find out what to ask for, and ask."""
        for name in self.watches:
            self.look_for_struck(name)
        anew, again = self.fates_of_mailed()
        young_from = (self.now - timedelta(days=YOUNG_DAYS)).date().isoformat()
        fresh_from = self.now - timedelta(hours=FRESH_HOURS)
        room = request_budget * FETCHED_AT_ONCE
        with self.store.reading() as connection:
            self.befallen = refreshing.befallen(connection, self.watches, AT_MOST)
            stale = [
                *refreshing.changeable(connection, self.watches, young_from, fresh_from, room),
                *refreshing.fetched_before(connection, again, self.now - timedelta(days=AGAIN_AFTER_DAYS)),
            ]
        most_stale = [pmid for _, pmid in sorted(stale)[:room]]
        self.fetch(tuple(dict.fromkeys((*self.befallen, *anew, *most_stale))))

    def look_for_struck(self, name: str) -> None:
        """Ask which matches of a watch are retracted or under concern; what is new there will be read.

        By the query of the last list that was believed: the edited one is listed by `collect` first.
        """
        with self.store.reading() as connection:
            asked = noticing.query_of(connection, name)
        if asked is None:
            return
        query, asked_before = asked
        try:
            listed = self.list_of_struck(query)
            # What the first list lacks would be told as news later.
            agreed = asked_before or self.list_of_struck(query) == listed
        except (PubMedRefused, TooManyMatches) as error:
            self.receipt.failures.append(f"the retracted papers of {name} were not listed: {error}")
            return
        if not agreed:
            self.receipt.failures.append(
                f"PubMed's list of the retracted papers of {name} was another at once; the next run asks again"
            )
            return
        with self.store.writing() as connection:
            noticing.file_struck(connection, name, listed, self.now)

    def list_of_struck(self, query: str) -> tuple[int, ...]:
        """The matches of a query that are retracted or under concern."""
        with stopping.waiting():
            found = self.pubmed.enumerate(f"({query}) AND ({GRAVE_FATES})", STRUCK_LIMIT)
        if any(kind == "FieldNotFound" for kind, _ in found.errors):
            raise PubMedRefused("PubMed did not understand the search; nothing is concluded from it")
        return found.pmids

    def fates_of_mailed(self) -> tuple[tuple[int, ...], tuple[int, ...]]:
        """Of all that was ever mailed: what something befell that we do not know, and the rest of what is marked."""
        anew: list[int] = []
        again: list[int] = []
        above = 0
        while True:
            with self.store.reading() as connection:
                some = refreshing.mailed_pmids(connection, self.watches, above, SEARCHED_AT_ONCE)
            if not some:
                return tuple(anew), tuple(again)
            above = some[-1]
            marked = self.those_of(some, FATES)
            with self.store.reading() as connection:
                known = refreshing.kinds_of_notices(connection, marked)
            # What only a correction is known of may have been retracted since.
            lesser = [pmid for pmid in known if not known[pmid] & set(GRAVE)]
            worse = self.those_of(lesser, GRAVE_FATES) if lesser else frozenset()
            anew.extend(sorted((marked - known.keys()) | worse))
            again.extend(sorted(known.keys() - worse))

    def those_of(self, pmids: Sequence[int], fates: str) -> frozenset[int]:
        """Those of these papers that PubMed's filters find."""
        with stopping.waiting():
            found = self.pubmed.search(f"({_any_of(pmids)}) AND ({fates})")
        return frozenset(found.pmids) & frozenset(pmids)

    def fetch(self, asked: Sequence[int]) -> None:
        """Fetch these papers and file what changed, batch by batch; then look for those that did not come."""
        done = 0
        missing: list[int] = []
        for batch in stopping.each(self.pubmed.fetch(asked)):
            self.file([(paper, raw) for paper, raw in batch.records if isinstance(paper, Paper)])
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

    def file(self, papers: Sequence[tuple[Paper, bytes]]) -> None:
        """File what changed, in every watch that has the paper; one transaction."""
        self.receipt.refreshed += len(papers)
        pmids = [paper.pmid for paper, _ in papers]
        with self.store.reading() as connection:
            read = refreshing.studied_contents(connection, pmids)
            changed: dict[int, set[str]] = {}
            for paper, _ in papers:
                has = content_hash(paper)
                here = {name for name, content in read.get(paper.pmid, {}).items() if content != has}
                here.update(
                    name for name in self.befallen.get(paper.pmid, ()) if name not in read.get(paper.pmid, {})
                )
                if here & self.watches.keys():
                    changed[paper.pmid] = here
            before = refreshing.records(connection, changed)
        studied = {
            name: [
                study(self.reader(name)[0], paper, raw)
                for paper, raw in papers
                if name in changed.get(paper.pmid, ())
            ]
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
            refreshing.note_changes(connection, parts, self.now)
        self.receipt.untagged.update(
            (each.paper.pmid, each.failure)
            for here in studied.values()
            for each in here
            if each.failure is not None
        )
        self.receipt.changed += len(changed)

    def reader(self, name: str) -> tuple[Reader, str]:
        """The rules of a watch made ready, once, and their hash."""
        if name not in self.readers:
            rules = self.watches[name].rules
            self.readers[name] = (compile_rules(rules, self.vocabulary), hash_of(rules, self.vocabulary))
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


def _any_of(pmids: Iterable[int]) -> str:
    return " OR ".join(f"{pmid}[uid]" for pmid in pmids)


def _in_parts(pmids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(pmids), SEARCHED_AT_ONCE):
        yield pmids[start : start + SEARCHED_AT_ONCE]
