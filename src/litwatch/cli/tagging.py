"""Reading and tagging record files, in this process or in several, in file order.

Owns how records are dealt out and how their results come back. Never prints.
"""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

from litwatch.edge.as_json import one_line
from litwatch.edge.documents import document, notices_of
from litwatch.edge.files import parts
from litwatch.errors import LitwatchError
from litwatch.paper import Paper
from litwatch.query.leaves import BY_NAME, Vocabulary
from litwatch.reading.batching import batches
from litwatch.reading.blocks import without_authors
from litwatch.reading.pubmed_xml import BATCH, records_of
from litwatch.reading.records import Record, Unreadable
from litwatch.study.facets import Rules
from litwatch.study.findings import Findings
from litwatch.study.student import compile_rules

_DEALT_OUT = 6 * BATCH
"""How many records a process gets at a time."""


@dataclass(frozen=True, slots=True)
class Skipped:
    """A record that could not be read."""

    pmid: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """A file that could not be read to its end; what came before it was."""

    error: LitwatchError


Result = bytes | Skipped | Stopped
"""Bytes are one object of `tag --json`, ready to print: UTF-8, with its line break."""
_Part = Record | bytes


def tag(
    paths: Iterable[Path], watch: str, rules: Rules, jobs: int = 1, vocabulary: Vocabulary = BY_NAME
) -> Iterator[Result]:
    """One result for each record of each file, in order; `jobs` is how many processes share the work."""
    if jobs > 1:
        yield from _in_processes(paths, (watch, rules, vocabulary), jobs)
        return
    worker = _Worker(watch, rules, vocabulary)
    for batch in _batches(paths):
        yield from (batch,) if isinstance(batch, Stopped) else worker.results(batch)


class _Worker:
    """The rules, compiled once in each process."""

    def __init__(self, watch: str, rules: Rules, vocabulary: Vocabulary) -> None:
        self.watch = watch
        self.student = compile_rules(rules, vocabulary)

    def results(self, parts: list[_Part]) -> list[Result]:
        # Most papers of an update file are off the subject, and nothing that is printed needs their authors.
        briefs = parts
        if not self.student.needs_authors:
            briefs = [without_authors(part) if isinstance(part, bytes) else part for part in parts]
        results: list[Result] = []
        for start in range(0, len(parts), BATCH):
            some = slice(start, start + BATCH)
            results += self._tagged(parts[some], briefs[some])
        return results

    def _tagged(self, parts: list[_Part], briefs: list[_Part]) -> Iterator[Result]:
        """Nothing for a DeleteCitation: it names records that are gone; there is nothing to tag."""
        student = self.student
        read: list[tuple[Record, Findings | None]] = []
        for part, brief, record in zip(parts, briefs, _records(briefs), strict=True):
            dismissed = student.dismiss(record) if isinstance(record, Paper) else None
            if dismissed is None and brief is not part:
                (record,) = _records([part])
            read.append((record, dismissed))
        examined = student.examine_each(
            record for record, dismissed in read if dismissed is None and isinstance(record, Paper)
        )
        for record, dismissed in read:
            if isinstance(record, Paper):
                findings = dismissed or next(examined)
                notices = notices_of(record)
                yield one_line(
                    document(record, findings, watch=self.watch, pmid=record.pmid, notices=notices)
                )
            elif isinstance(record, Unreadable):
                yield Skipped(record.pmid, record.reason)


def _records(parts: list[_Part]) -> list[Record]:
    records: list[Record] = [part for part in parts if not isinstance(part, bytes)]
    return records or records_of([part for part in parts if isinstance(part, bytes)], 0)


# One worker a process, made by _begin; or why none could be made.
_workers: list[_Worker | LitwatchError] = []


def _begin(watch: str, rules: Rules, vocabulary: Vocabulary) -> None:
    try:
        _workers.append(_Worker(watch, rules, vocabulary))
    except LitwatchError as error:  # a process that ends here would take its reason with it
        _workers.append(error)


def _work(batch: list[_Part]) -> list[Result]:
    worker = _workers[0]
    if isinstance(worker, LitwatchError):
        raise worker
    return worker.results(batch)


def _in_processes(paths: Iterable[Path], given: tuple[str, Rules, Vocabulary], jobs: int) -> Iterator[Result]:
    waiting: deque[Future[list[Result]] | Stopped] = deque()
    with ProcessPoolExecutor(jobs, multiprocessing.get_context(), _begin, given) as pool:
        for batch in _batches(paths):
            waiting.append(batch if isinstance(batch, Stopped) else pool.submit(_work, batch))
            # Few batches under way: the file is not to stand in memory.
            while len(waiting) > 2 * jobs:
                yield from _results(waiting.popleft())
        while waiting:
            yield from _results(waiting.popleft())


def _results(done: Future[list[Result]] | Stopped) -> list[Result]:
    return [done] if isinstance(done, Stopped) else done.result()


def _batches(paths: Iterable[Path]) -> Iterator[list[_Part] | Stopped]:
    """The files in batches, XML as bytes, so that parsing is shared out too."""
    for path in paths:
        try:
            yield from batches(parts(path), _DEALT_OUT)
        except LitwatchError as error:
            yield Stopped(error)
