"""Reads many record files, several at once, and takes up where it was left.

Owns the processes, and the folder in which what was found in each file is kept (one small file each). Never decides
what the newest version is (found.py does).
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from pathlib import Path
from typing import Protocol

from litwatch import __version__
from litwatch.errors import LitwatchError, UsageError
from litwatch.jobs.scanning.found import Found
from litwatch.jobs.scanning.one_file import Asked, Scanner
from litwatch.query.leaves import BY_NAME, Vocabulary

AHEAD = 2
"""Files that are dealt out beyond those at work: what was found in them waits in memory."""


class Kept:
    """A folder of what was found, by what was asked and by each file's name, size and time; None keeps nothing."""

    def __init__(self, folder: Path | None, asked: Asked, vocabulary: Vocabulary) -> None:
        self._folder = folder
        # A relative date in a query makes each day another question.
        dated = asked.today.isoformat() if any("last" in query.lower() for query in asked.queries) else ""
        mesh = vocabulary.mesh.version if vocabulary.mesh is not None else ""
        told = (__version__, asked.queries, sorted(asked.pmids), dated, mesh)
        self._asked = hashlib.sha256(json.dumps(told).encode()).hexdigest()
        if folder is not None:
            try:
                folder.mkdir(parents=True, exist_ok=True)
            except OSError as error:
                raise UsageError(f"{folder}: {error.strerror or error}") from error

    def get(self, path: Path) -> Found | None:
        """What was found in this file by this question; None where that is not known, or was damaged."""
        place = self._place(path)
        try:
            return None if place is None else Found.unpacked(place.read_bytes())
        except (OSError, ValueError):
            return None

    def put(self, path: Path, found: Found) -> None:
        """Keep what was found in a file that was read to its end. Raises LitwatchError where it cannot be written."""
        place = self._place(path)
        if place is None or found.cut:
            return
        half = place.with_suffix(".part")
        try:
            half.write_bytes(found.packed())
            half.replace(place)
        except OSError as error:
            raise LitwatchError(
                f"{place}: {error.strerror or error}; what was kept before is whole"
            ) from error

    def _place(self, path: Path) -> Path | None:
        if self._folder is None:
            return None
        try:
            known = path.stat()
        except OSError:
            return None
        of_file = f"{self._asked} {path.name} {known.st_size} {known.st_mtime_ns}"
        return self._folder / f"{path.name}.{hashlib.sha256(of_file.encode()).hexdigest()[:16]}.found"


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
    known = {path: found for path in paths if (found := keeping.get(path)) is not None}
    rest = way([path for path in paths if path not in known], asked, vocabulary)
    for path in paths:
        found = known.pop(path, None)
        if found is None:
            found = next(rest)
            keeping.put(path, found)
        yield path, found


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
        with ProcessPoolExecutor(
            min(jobs, len(paths)), get_context("spawn"), _begin, (asked, vocabulary)
        ) as pool:
            waiting: deque[Future[Found]] = deque()
            left = iter(paths)
            try:
                for path in left:
                    waiting.append(pool.submit(_scan, path))
                    if len(waiting) >= jobs + AHEAD:
                        yield waiting.popleft().result()
                while waiting:
                    yield waiting.popleft().result()
            except BrokenProcessPool as error:
                raise LitwatchError(
                    "a process that read files was killed (out of memory?); what was kept before is whole: "
                    "run it again, with fewer --jobs"
                ) from error
            finally:
                pool.shutdown(cancel_futures=True)

    return way


_scanners: list[Scanner] = []
"""The one of this process."""


def _begin(asked: Asked, vocabulary: Vocabulary) -> None:
    _scanners[:] = [Scanner(asked, vocabulary)]


def _scan(path: Path) -> Found:
    return _scanners[0].scan(path)


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
