"""A researcher's desk: the papers of the store by what they match, and PubMed, asked once a day for each thing.

Owns how both are got. Never writes the store.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import Any

from litwatch.edge.pubmed import PubMed
from litwatch.edge.pubmed.answers import SearchAnswer
from litwatch.edge.store.open import Store
from litwatch.edge.store.records import filed_mark, filed_records, filed_stamps
from litwatch.edge.workbook.answering import Answers, needs_rest
from litwatch.edge.workbook.counts import answer_kept, keep_answer, keep_records, records_kept
from litwatch.edge.workbook.file import Workbook, open_workbook, told_apart
from litwatch.edge.workbook.filling import Gather, Papers, add_rest, bring_up, in_turn, is_filled
from litwatch.edge.workbook.variants import keep_tried, tried
from litwatch.errors import PubMedError
from litwatch.jobs.tune.gathering import gather_from, parcels_of
from litwatch.jobs.tune.parcels import papers_in
from litwatch.paper import Paper
from litwatch.query.leaves import Vocabulary
from litwatch.query.tree import Query
from litwatch.tuning.clauses import Weighed, weigh

Told = Callable[[str, int, int], None]
"""Called with what is being done, how much of it is done, of how much."""


def _silent(doing: str, done: int, of: int) -> None:
    """Nobody watches."""


@dataclass(slots=True)
class Desk:
    """What tuning works with; `failures` grow as PubMed does not answer, and then it is asked no more.

    `source` names the PubMed that was asked: answers of one are none of another.
    """

    answers: Answers
    workbook: Workbook
    vocabulary: Vocabulary
    today: date
    pubmed: PubMed | None = None
    source: str = ""
    told: Told = _silent
    failures: list[str] = field(default_factory=list)
    _asked: int = 0

    def weigh(self, query: Query) -> Weighed:
        """Every clause of the query, on the papers of the store."""
        return weigh(query, self.answers.term, self.answers.universe)

    def search(self, query: str, retmax: int = 0) -> SearchAnswer | None:
        """What PubMed says to the query, today's answer where there is one; None where it cannot be asked."""
        question = f"{self.source}\n{retmax}\n{query}"
        kept = answer_kept(self.workbook, question, self.today)
        if kept is not None:
            return _answer(kept)
        if self.pubmed is None or self.failures:
            return None
        try:
            answer = self.pubmed.search(query, retmax=retmax)
        except PubMedError as error:
            self.failures.append(str(error))
            return None
        keep_answer(self.workbook, question, asdict(answer), self.today)
        return answer

    def knows(self, query: str, retmax: int = 0) -> bool:
        """Whether the answer is there without asking."""
        question = f"{self.source}\n{retmax}\n{query}"
        return answer_kept(self.workbook, question, self.today) is not None

    def count(self, query: str) -> int | None:
        """How many papers PubMed finds; None where it cannot be asked."""
        answer = self.search(query)
        return None if answer is None else answer.count

    def keep_tried(self, watch: str, seeds: str, query: str, told: Mapping[str, Any], now: datetime) -> None:
        """Keep the figures of a search that was tried with these seeds."""
        keep_tried(self.workbook, watch, seeds, query, told, now)

    def tried(self, watch: str, seeds: str) -> tuple[tuple[str, Mapping[str, Any]], ...]:
        """The searches that were tried with these seeds, the earliest first."""
        return tried(self.workbook, watch, seeds)

    def fetch(self, pmids: Sequence[int]) -> dict[int, Paper]:
        """The records of these papers from PubMed, those that came; kept for the rest of the day."""
        raws = records_kept(self.workbook, pmids, self.today)
        left = [pmid for pmid in pmids if pmid not in raws]
        found = {pmid: paper for pmid, paper in papers_in(raws.items()) if paper is not None}
        if not left or self.pubmed is None or self.failures:
            return found
        done = 0
        for batch in self.pubmed.fetch(left):
            came = [(record.pmid, record, raw) for record, raw in batch.records if isinstance(record, Paper)]
            keep_records(self.workbook, [(pmid, raw) for pmid, _, raw in came], self.today)
            found.update((pmid, record) for pmid, record, _ in came)
            if batch.failed:
                self.failures.append(batch.failed)
            done += len(batch.asked)
            self.told("records from PubMed", done, len(left))
        return found


def _answer(kept: object) -> SearchAnswer:
    assert isinstance(kept, dict)
    return SearchAnswer(
        kept["count"],
        tuple(kept["pmids"]),
        kept["translation"],
        tuple((name, text) for name, text in kept["errors"]),
        tuple((name, text) for name, text in kept["warnings"]),
    )


@contextmanager
def opened_desk(
    store: Store | None,
    beside: Path,
    vocabulary: Vocabulary,
    today: date,
    *,
    pubmed: PubMed | None = None,
    source: str = "",
    told: Told = _silent,
    queries: Sequence[Query] = (),
) -> Iterator[Desk]:
    """The desk of a store (None: there is none yet), its index brought up; the workbook lies at `beside`.

    `queries` are those known to be weighed: what they need of the index is made in one go.

    Raises WorkbookError, also for what is asked of the desk while it is open.
    """
    with told_apart(beside):
        workbook = open_workbook(beside)
        try:
            papers = _no_papers if store is None else _papers_of(store)
            gather = in_turn(_no_papers) if store is None else gather_from(parcels_of(store))
            read = partial(told, "reading papers")
            whole = any(needs_rest(query, vocabulary) for query in queries)
            _bring_up(workbook, store, gather, read, whole=whole)
            rest = partial(add_rest, workbook, gather, read)
            answers = Answers(workbook, papers, vocabulary, today, rest)
            yield Desk(answers, workbook, vocabulary, today, pubmed, source, told)
        finally:
            workbook.close()


def _bring_up(
    workbook: Workbook, store: Store | None, gather: Gather, told: Callable[[int, int], None], *, whole: bool
) -> None:
    """The index as the store is now; where nothing has come since, only that is asked."""
    if store is None:
        bring_up(workbook, {}, gather)
        return
    with store.reading() as connection:
        mark = filed_mark(connection)
        if is_filled(workbook, mark):
            return
        filed = filed_stamps(connection)
    bring_up(workbook, filed, gather, told, mark, whole=whole)


def _no_papers(_: Sequence[int]) -> Iterator[tuple[int, Paper | None]]:
    return iter(())


def _papers_of(store: Store) -> Papers:
    def papers(pmids: Sequence[int]) -> Iterator[tuple[int, Paper | None]]:
        with store.reading() as connection:
            yield from papers_in(filed_records(connection, pmids))

    return papers
