"""Reading and tagging record files, in this process or in several, in file order.

Owns how records are dealt out and how their results come back. Never prints.
"""

from __future__ import annotations

import json
import multiprocessing
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

from litwatch.edge.documents import document, notices_of
from litwatch.edge.files import Unpacked, records
from litwatch.errors import LitwatchError, ReadError
from litwatch.paper import Paper
from litwatch.reading import nbib, pubmed_xml
from litwatch.reading.misfits import Rejoined, read_head
from litwatch.reading.records import Deleted, Record, Unreadable
from litwatch.reading.splitting import pmid_in
from litwatch.study.facets import Rules
from litwatch.study.findings import Student, compile_rules

BATCH = 100
_DELETIONS = (b"<DeleteCitation", b"<DeleteDocument")
_encode = json.JSONEncoder(ensure_ascii=False, check_circular=False).encode


@dataclass(frozen=True, slots=True)
class Tagged:
    """One object of `tag --json`, ready to print."""

    line: str


@dataclass(frozen=True, slots=True)
class Skipped:
    """A record that could not be read."""

    pmid: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """A file that could not be read to its end; what came before it was."""

    error: LitwatchError


Result = Tagged | Skipped | Stopped


def tag(paths: Iterable[Path], watch: str, rules: Rules, jobs: int = 1) -> Iterator[Result]:
    """One result for each record of each file, in order; `jobs` is how many processes share the work."""
    if jobs == 1:
        worker = _Worker(watch, rules)
        for path in paths:
            for given in _until_it_stops(records(path)):
                yield from (given,) if isinstance(given, Stopped) else worker.results((given,))
        return
    yield from _in_processes(paths, watch, rules, jobs)


def object_of(paper: Paper, student: Student, watch: str) -> dict[str, Any]:
    """The object of `tag --json` for one paper."""
    return document(paper, student.study(paper), watch=watch, pmid=paper.pmid, notices=notices_of(paper))


class _Worker:
    """The rules, compiled once in each process."""

    def __init__(self, watch: str, rules: Rules) -> None:
        self.watch = watch
        self.student = compile_rules(rules)

    def results(self, batch: Iterable[Record]) -> list[Result]:
        found: list[Result] = []
        for record in batch:
            if isinstance(record, Paper):
                given = object_of(record, self.student, self.watch)
                found.append(Tagged(_encode(given)))
            elif isinstance(record, Unreadable):
                found.append(Skipped(record.pmid, record.reason))
            # A DeleteCitation names records that are gone; there is nothing to tag.
        return found


def _until_it_stops(given: Iterator[Record]) -> Iterator[Record | Stopped]:
    try:
        yield from given
    except LitwatchError as error:
        yield Stopped(error)


# One worker a process, made by _begin.
_workers: list[_Worker] = []


def _begin(watch: str, rules: Rules) -> None:
    _workers.append(_Worker(watch, rules))


def _work(batch: list[bytes] | list[Record]) -> list[Result]:
    return _workers[0].results(given if not isinstance(given, bytes) else _record(given) for given in batch)


def _record(raw: bytes) -> Record:
    """One record of an XML file, as `split` has cut it out; what cannot be read is Unreadable, as in pubmed_xml."""
    if raw.startswith(_DELETIONS):
        return Deleted(())
    try:
        return pubmed_xml.read_article(raw)
    except (ReadError, ValueError) as error:
        return Unreadable(0, pmid_in(raw), str(error))
    except Exception as error:  # noqa: BLE001 - per record: one that we cannot digest must not stop the rest
        return Unreadable(0, pmid_in(raw), f"{type(error).__name__}: {error}")


def _in_processes(paths: Iterable[Path], watch: str, rules: Rules, jobs: int) -> Iterator[Result]:
    waiting: deque[Future[list[Result]] | Stopped] = deque()
    with ProcessPoolExecutor(jobs, multiprocessing.get_context(), _begin, (watch, rules)) as pool:
        for path in paths:
            for batch in _batches(path):
                waiting.append(batch if isinstance(batch, Stopped) else pool.submit(_work, batch))
                # Few batches under way: the file is not to stand in memory.
                while len(waiting) > 2 * jobs:
                    yield from _results(waiting.popleft())
        while waiting:
            yield from _results(waiting.popleft())


def _results(done: Future[list[Result]] | Stopped) -> list[Result]:
    return [done] if isinstance(done, Stopped) else done.result()


def _batches(path: Path) -> Iterator[list[bytes] | list[Record] | Stopped]:
    """The file in batches: XML as bytes, so that parsing is shared out too; other formats as records."""
    try:
        with path.open("rb") as file:
            start = file.read(2)
            joined = Rejoined(start, file)
            stream = Unpacked(joined) if start == b"\x1f\x8b" else joined
            head = read_head(stream, 1 << 16)
            first = head.removeprefix(b"\xef\xbb\xbf").lstrip()
            if first and not first.startswith(b"{") and not nbib.begins(first):
                yield from _xml_batches(Rejoined(head, stream))
                return
    except LitwatchError as error:
        yield Stopped(type(error)(f"{path}: {error}"))
        return
    except OSError:
        pass  # records() says it in one line
    given = _until_it_stops(records(path))
    while batch := list(islice(given, BATCH)):
        yield [record for record in batch if not isinstance(record, Stopped)]
        yield from (record for record in batch if isinstance(record, Stopped))


def _xml_batches(stream: Rejoined) -> Iterator[list[bytes]]:
    raws = pubmed_xml.split(stream)  # type: ignore[arg-type]
    stopped: LitwatchError | None = None
    while stopped is None:
        batch: list[bytes] = []
        try:
            for _, raw in islice(raws, BATCH):
                batch.append(pubmed_xml.without_references(raw))
        except LitwatchError as error:
            stopped = error
        if not batch and stopped is None:
            return
        if batch:
            yield batch
    raise stopped
