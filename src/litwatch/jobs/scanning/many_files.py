"""Reads many record files, several at once, and takes up where it was left.

Owns the processes, and the folder in which what was found in each file is kept (one small file each). Never decides
what the newest version is (found.py does).
"""

from __future__ import annotations

import hashlib
import json
import os
import re
from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context, parent_process
from pathlib import Path
from threading import Thread
from typing import Protocol

from litwatch import __version__
from litwatch.errors import LitwatchError, UsageError
from litwatch.jobs.scanning.found import Found
from litwatch.jobs.scanning.one_file import Asked, Scanner
from litwatch.query.leaves import BY_NAME, Vocabulary

_RELATIVE = re.compile(r"\blast\s+\d+\s+(?:day|week|month|year)", re.IGNORECASE)
AHEAD = 2
"""Files that are dealt out beyond those at work: what was found in them waits in memory."""


class Kept:
    """A folder of what was found, by what was asked and by each file's name, size and time; None keeps nothing."""

    def __init__(self, folder: Path | None, asked: Asked, vocabulary: Vocabulary) -> None:
        self._folder = folder
        # A relative date in a query makes each day another question.
        dated = asked.today.isoformat() if any(map(_RELATIVE.search, asked.queries)) else ""
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

    def has(self, path: Path) -> bool:
        """Whether anything is kept of this file by this question; it may be damaged."""
        place = self._place(path)
        return place is not None and place.exists()

    def put(self, path: Path, found: Found) -> None:
        """Keep what was found in a file that was read to its end. Raises LitwatchError where it cannot be written."""
        place = self._place(path)
        if place is None or found.cut:
            return
        half = place.with_name(f"{place.name}.{os.getpid()}.part")  # two runs may keep the same at once
        try:
            half.write_bytes(found.packed())
            half.replace(place)
        except OSError as error:
            half.unlink(missing_ok=True)
            raise LitwatchError(
                f"{place}: {error.strerror or error}; what was kept before is whole"
            ) from error

    def _place(self, path: Path) -> Path | None:
        if self._folder is None:
            return None
        beside = path.with_name(path.name + ".md5")
        try:
            known = path.stat()
            said = beside.read_bytes() if beside.exists() else b""
        except OSError:
            return None
        of_file = f"{self._asked} {path.name} {known.st_size} {known.st_mtime_ns} {said!r}"
        digest = hashlib.sha256(of_file.encode("utf-8", "surrogateescape")).hexdigest()
        return self._folder / f"{path.name}.{digest[:16]}.found"


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
    known = {path for path in paths if keeping.has(path)}
    rest = way([path for path in paths if path not in known], asked, vocabulary)
    for path in paths:
        found = keeping.get(path) if path in known else None
        if found is None:
            found = next(way([path], asked, vocabulary) if path in known else rest)
            yield path, found
            keeping.put(path, found)
        else:
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
    Thread(target=_end_with_parent, daemon=True).start()
    _scanners[:] = [Scanner(asked, vocabulary)]


def _end_with_parent() -> None:
    """A process whose parent was killed would wait for work for ever."""
    parent = parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _scan(path: Path) -> Found:
    return _scanners[0].scan(path)


def cores() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
