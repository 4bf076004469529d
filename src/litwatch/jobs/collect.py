"""`litwatch collect`: asks PubMed for all that matches now, and takes in what is not known.

Owns the story, in order. Never mails and never decides what a match means (decide/arrivals.py). There is no
watermark: dates choose nothing, so nothing can be lost between two of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Protocol

from litwatch.decide import arrivals
from litwatch.decide.agreement import Agreement
from litwatch.decide.overdue import WANTED_FOR
from litwatch.edge.config import Settings, Watch
from litwatch.edge.pubmed import Batch, Tally
from litwatch.edge.store import balancing, collecting, noticing
from litwatch.edge.store.believed import Believed
from litwatch.edge.store.open import Store
from litwatch.edge.store.outstanding import none_sent
from litwatch.jobs import stopping
from litwatch.jobs.attempt import Progress, attempt, quiet
from litwatch.jobs.comparing import Filed, compare, compare_fetched
from litwatch.jobs.filing import Reader, file_receipt, hash_of, study_each
from litwatch.jobs.looking import Lists, Looking, horizons_of
from litwatch.jobs.receipt import EDIT_LOST, Receipt, listed
from litwatch.jobs.turns import in_turn
from litwatch.jobs.unsent import Summaries, mark_unknown, tell_none_sent, tell_overdue
from litwatch.paper import Paper
from litwatch.query.leaves import BY_NAME, Vocabulary
from litwatch.reading.pubmed_xml import read_article
from litwatch.study.student import compile_rules

MANY = 3  # so many new papers none of which can be had are a fault of PubMed's, not of theirs
COMPARED_ANEW = 2_000  # papers a run that were never compared with the others: a second of work
EROSION = timedelta(days=30)  # what leaves a list a few at a time is added up over so long
STUDIED_ANEW = 500  # papers a run that changed rules are applied to: a second of work


class Searched(Lists, Summaries, Protocol):
    """What is asked of PubMed (edge.pubmed.PubMed)."""

    @property
    def tally(self) -> Tally:
        """What asking cost so far."""
        ...

    def fetch(self, pmids: Sequence[int]) -> Iterator[Batch]:
        """The records of PMIDs, batch by batch."""
        ...


def collect(
    watch: Watch,
    pubmed: Searched,
    store: Store,
    now: datetime,
    settings: Settings,
    *,
    accept: bool = False,
    progress: Progress | None = None,
    reader: Reader | None = None,
    vocabulary: Vocabulary = BY_NAME,
    filed: Filed | None = None,
) -> Receipt:
    """Search for one watch and file what came; PubMed's faults stand in the receipt, which is filed too.

    With `accept` a person agrees to what was refused before: held papers arrive, and papers that no longer
    match are let go. `reader` are the watch's rules made ready, where the caller has them already; `vocabulary` is
    the MeSH that they and the search are read by here; `filed` what was read for the watches before this one.

    Raises:
        LockHeld: another collect or refresh is at work.
        StoreError: the store failed; its `receipt` is what could not be filed.
    """
    receipt = Receipt("collect", watch.name, now, query=str(watch.query))
    run = _Run(
        watch, pubmed, store, now, settings, receipt, progress or quiet, reader, vocabulary, filed or Filed()
    )
    with in_turn(store), stopping.orderly():
        return attempt(receipt, store, pubmed.tally, lambda: run.search_and_file(accept=accept), run.close)


class _Run:
    """One run for one watch; `good` once PubMed answered all that it was asked."""

    def __init__(
        self,
        watch: Watch,
        pubmed: Searched,
        store: Store,
        now: datetime,
        settings: Settings,
        receipt: Receipt,
        progress: Progress,
        reader: Reader | None,
        vocabulary: Vocabulary,
        filed: Filed,
    ) -> None:
        self.filed = filed
        self.watch, self.pubmed, self.store, self.now = watch, pubmed, store, now
        self.horizons = horizons_of(settings)
        self.limit = settings.pubmed.enumerate_limit
        self.receipt, self.progress, self.reader = receipt, progress, reader
        self.vocabulary = vocabulary
        self.rules_hash = hash_of(watch.rules, vocabulary)
        self.good = False
        self.unsent: set[int] = set()

    def search_and_file(self, *, accept: bool) -> None:
        """Enumerate, decide, write the decision down, fetch and file."""
        self.receipt.accepted = accept
        believed = Believed(self.store, self.watch.name, self.receipt.query)
        with self.store.reading() as connection:
            known = collecting.remembered(connection, self.watch.name, self.now)
        looking = Looking(
            self.watch,
            self.pubmed,
            self.receipt,
            self.now,
            self.horizons,
            self.limit,
            self.progress,
            believed,
            accept=accept,
        )
        with stopping.waiting():
            planned = looking.look(known)
        if planned is None:
            return
        found, plan = planned
        self.receipt.no_longer_matching = len(plan.unmatched)
        if self.receipt.edited and plan.unmatched:
            self.receipt.notes.append(
                f"{EDIT_LOST} {len(plan.unmatched):,} of {len(known.matching) if known else 0:,} known papers "
                f"({listed(plan.unmatched, 5)})"
            )
        if plan.backlog:
            self.receipt.arrivals[arrivals.BACKLOG] = len(plan.backlog)
        with self.store.writing() as connection:
            collecting.write_plan(
                connection, self.watch.name, looking.query, found.translation, plan, self.now
            )
            if accept:
                noticing.accept_fates(connection, self.watch.name, self.now)
            wanted = collecting.wanted(connection, self.watch.name)
        agreement = Agreement(self.watch.query, self.vocabulary)
        last_good_run = known.last_good_run if known else None
        undoubted = self.receipt.ok
        self.good = (self._fetch(wanted, last_good_run, agreement) if wanted else True) and undoubted
        mark_unknown(self.store, self.pubmed, wanted, frozenset(self.unsent), self.receipt)
        compare_fetched(
            self.store,
            agreement,
            frozenset(found.pmids),
            # Of another query nothing was compared yet.
            None if self.receipt.edited else last_good_run,
            self.now,
            self.receipt,
            # What was just fetched has been compared; what just left the list may have changed or be gone:
            # refresh looks at it first.
            {*(each.pmid for each in wanted), *plan.unmatched},
            self.filed,
        )
        if not (accept or self.receipt.edited):
            self._tell_erosion(believed.left_since(self.now - EROSION), len(found.pmids))
        self._study_anew()
        self._compare_anew()

    def _tell_erosion(self, left: Sequence[int], still: int) -> None:
        """Fail a run whose list lost little each day, and much in a month; the run is good for all that it filed."""
        if len(left) > arrivals.most_that_may_go(still + len(left)):
            self.receipt.failures.append(
                f"{len(left)} of {still + len(left)} papers left PubMed's list in {EROSION.days} days, though the "
                f"query is the same ({listed(left)}): look at some with `litwatch trace PMID`, and if that is right, "
                "`litwatch collect --accept`"
            )

    def _fetch(
        self, wanted: Sequence[collecting.Wanted], last_good_run: datetime | None, agreement: Agreement
    ) -> bool:
        """Fetch what is wanted and file it, one transaction a batch; whether PubMed answered every batch."""
        by_pmid = {each.pmid: each for each in wanted}
        reader = self._ready_reader()
        all_answered = True
        done = 0
        self.progress("fetching", 0, len(wanted))
        for batch in stopping.each(self.pubmed.fetch(tuple(by_pmid))):
            reasons = self.receipt.take_missing(batch)
            studied = study_each(
                reader, [(paper, raw) for paper, raw in batch.records if isinstance(paper, Paper)]
            )
            states = {
                each.paper.pmid: arrivals.arrives(
                    each.paper.create_date,
                    by_pmid[each.paper.pmid].arrives_as,
                    last_good_run,
                    by_pmid[each.paper.pmid].first_seen,
                    self.horizons,
                )
                for each in studied
            }
            with self.store.writing() as connection:
                notices = collecting.file_papers(
                    connection, self.watch.name, studied, self.rules_hash, self.now
                )
                collecting.settle(connection, self.watch.name, states, self.now)
                collecting.still_wanted(connection, self.watch.name, reasons)
            self.receipt.notices.extend(notices)
            self._note(studied, states, agreement)
            all_answered = all_answered and batch.failed is None
            if batch.failed is None:
                self.unsent.update(batch.missing)
            done += len(batch.asked)
            self.progress("fetching", done, len(wanted))
        fresh = sum(each.since == self.now for each in wanted)
        if all_answered and fresh >= MANY and not self.receipt.fetched:
            self.receipt.failures.append(f"PubMed lists {fresh} new papers, and none of them could be read")
            return False
        return all_answered

    def _note(
        self,
        studied: Sequence[collecting.Studied],
        states: dict[int, str],
        agreement: Agreement,
    ) -> None:
        """Put one batch into the receipt."""
        receipt = self.receipt
        receipt.fetched += len(states)
        for state in states.values():
            receipt.arrivals[state] = receipt.arrivals.get(state, 0) + 1
        receipt.take_studied(studied)
        for each in studied:
            compare(agreement, each.paper, self.now.date(), receipt, listed=True)

    def _study_anew(self) -> None:
        """Tag filed papers by rules that were changed since, so many a run, the latest arrivals first."""
        name = self.watch.name
        with self.store.reading() as connection:
            records = collecting.studied_otherwise(connection, name, self.rules_hash, STUDIED_ANEW)
        if not records:
            return
        reader = self._ready_reader()
        studied = study_each(reader, [(read_article(record), record) for record in records])
        with self.store.writing() as connection:
            collecting.file_findings(connection, name, studied, self.rules_hash)
        self.receipt.studied_anew = len(studied)
        self.receipt.take_studied(studied)

    def _compare_anew(self) -> None:
        """Relate papers that were filed before there were these rules; what they find is no news to anybody."""
        from litwatch.edge.store import relating

        with self.store.reading() as connection:
            records = relating.left_to_compare(connection, COMPARED_ANEW)
        if records:
            with self.store.writing() as connection:
                relating.relate(connection, [read_article(record) for record in records])

    def _ready_reader(self) -> Reader:
        """The rules made ready, once, and only where there is something to read."""
        if self.reader is None:
            self.reader = compile_rules(self.watch.rules, self.vocabulary, found=True)
        return self.reader

    def close(self) -> None:
        """Balance the books from the store, remember a good run, and file the receipt."""
        receipt, name = self.receipt, self.watch.name
        with self.store.writing() as connection:
            still = collecting.wanted(connection, name, unlisted=True)
            receipt.wanted = {each.pmid: each.reason for each in still}
            receipt.books = balancing.books(connection, name)
            receipt.mailed_to_nobody = balancing.mailed_to_nobody(connection, name)
            receipt.held = receipt.books.held
            if self.good and not receipt.balanced:
                self.good = False
                receipt.failures.append(
                    f"the books do not balance: PubMed lists {receipt.count}, the store {receipt.books.total}"
                )
            if self.good:
                collecting.good_run(connection, name, self.now)
            if receipt.untagged:
                receipt.failures.append(f"the rules failed on {listed(receipt.untagged)}: filed untagged")
            if still:
                accepted_at = balancing.last_accepted(connection, name)
                tell_overdue(still, accepted_at, receipt)
                tell_none_sent(none_sent(connection, name, self.now - WANTED_FOR), accepted_at, receipt)
            if receipt.held:
                receipt.failures.append(
                    f"{receipt.held} late papers came at once and are held: look at them with "
                    "`litwatch papers`, then `litwatch collect --accept`"
                )
            struck = noticing.held_fates(connection, name)
            if struck:
                receipt.failures.append(
                    f"{struck} papers that were listed as retracted or questioned at once are held: look at some with "
                    "`litwatch trace PMID`, then `litwatch collect --accept`"
                )
            file_receipt(connection, receipt)
