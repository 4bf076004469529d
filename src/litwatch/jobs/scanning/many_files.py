"""Reads many record files, several at once, and takes up where it was left.

Owns the processes. Never decides what the newest version is (found.py does), nor what is kept (keeping.py).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import active_children, get_context
from pathlib import Path
from typing import Protocol

from litwatch.errors import LitwatchError
from litwatch.jobs.processes import end_with_parent, interrupts_blocked
from litwatch.jobs.scanning.found import Found
from litwatch.jobs.scanning.keeping import Kept
from litwatch.jobs.scanning.one_file import Asked, Scanner
from litwatch.query.leaves import BY_NAME, Vocabulary

AHEAD = 2
"""Files that are dealt out beyond those at work: what was found in them waits in memory."""


class Way(Protocol):
    """How files are read: gives what was found in each, in their order."""

    def __call__(self, paths: Sequence[Path], asked: Asked, vocabulary: Vocabulary) -> Iterator[Found]: ...


def scan(
    paths: Sequence[Path],
    asked: Asked,
    vocabulary: Vocabulary = BY_NAME,
    *,
    way: Way,
    kept: Path | None = None,
) -> Iterator[tuple[Path, Found]]:
    """What each file holds, in order; what stands in the folder `kept` is not read again."""
    keeping = Kept(kept, asked, vocabulary)
    entries = {path: keeping.entry(path) for path in paths}
    known = {path for path, entry in entries.items() if entry is not None and entry.answers(asked.pmids)}
    rest = way([path for path in paths if path not in known], asked, vocabulary)
    for path in paths:
        entry = entries[path]
        found = entry.read(asked.pmids) if entry is not None and path in known else None
        if found is not None:
            yield path, found
            continue
        found = next(way([path], asked, vocabulary) if path in known else rest)
        yield path, found
        if entry is not None and not found.cut:
            entry.write(found)


def here(paths: Sequence[Path], asked: Asked, vocabulary: Vocabulary) -> Iterator[Found]:
    """One after the other, in this process."""
    scanner = Scanner(asked, vocabulary)
    return map(scanner.scan, paths)


def in_processes(jobs: int) -> Way:
    """So many files at once, each in a process of its own."""

    def way(paths: Sequence[Path], asked: Asked, vocabulary: Vocabulary) -> Iterator[Found]:
        if len(paths) < 2 or jobs < 2:
            yield from here(paths, asked, vocabulary)
            return
        others = set(active_children())
        pool = ProcessPoolExecutor(min(jobs, len(paths)), get_context("spawn"), _begin, (asked, vocabulary))
        waiting: deque[Future[Found]] = deque()
        wanted = True
        try:
            for path in paths:
                with interrupts_blocked():
                    waiting.append(pool.submit(_scan, path))
                if len(waiting) >= jobs + AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
            wanted = False
        except BrokenProcessPool as error:
            raise LitwatchError(
                "a process that read files was killed (out of memory?); what was kept before is whole: "
                "run it again, with fewer --jobs"
            ) from error
        finally:
            if wanted:  # a signal, a full disk, a cut file: nobody waits for what they are reading
                for process in set(active_children()) - others:
                    process.kill()
            pool.shutdown(cancel_futures=True)

    return way


_scanners: list[Scanner] = []
"""The one of this process."""


def _begin(asked: Asked, vocabulary: Vocabulary) -> None:
    end_with_parent()
    _scanners[:] = [Scanner(asked, vocabulary)]


def _scan(path: Path) -> Found:
    return _scanners[0].scan(path)
