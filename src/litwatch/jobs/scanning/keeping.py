"""What was found in each file, kept in a folder from one run to the next.

Owns the names of these files, when one may be believed, and when it is removed. Never reads a record file.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from litwatch import __version__
from litwatch.errors import LitwatchError, UsageError
from litwatch.jobs.scanning.found import Found
from litwatch.jobs.scanning.one_file import Asked
from litwatch.query.leaves import Vocabulary, counts_from_today
from litwatch.query.parse import parse
from litwatch.query.tree import leaves

UNUSED_SECONDS = 60 * 86_400
"""What nobody asked for in this time is removed: of an edited query, of last year's files."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Where one file's findings stand, or are to stand, and of what state of the file and the question they are."""

    place: Path
    state: bytes

    def answers(self, pmids: frozenset[int]) -> bool:
        """Whether findings of this very state stand there, with the records of these PMIDs."""
        try:
            with self.place.open("rb") as file:
                stands = file.readline() == self.state
        except OSError:
            return False
        return stands and (not pmids or self.read(pmids) is not None)

    def read(self, pmids: frozenset[int]) -> Found | None:
        """What stands there; None where it is damaged, or lacks the record of one of these PMIDs.

        A record that nobody knew of when the file was read is not kept.
        """
        try:
            found = Found.unpacked(self.place.read_bytes().removeprefix(self.state))
            os.utime(self.place)
        except (OSError, ValueError):
            return None
        here = pmids.intersection(found.pmids)
        return None if here.difference(found.matches, found.deleted, found.unreadable) else found

    def write(self, found: Found) -> None:
        """Keep it, whole or not at all. Raises LitwatchError where it cannot be written."""
        half = self.place.with_name(
            f"{self.place.name}.{os.getpid()}.part"
        )  # two runs may keep the same at once
        try:
            half.write_bytes(self.state + found.packed())
            half.replace(self.place)
        except OSError as error:
            with suppress(OSError):
                half.unlink(missing_ok=True)
            raise LitwatchError(
                f"{self.place}: {error.strerror or error}; what was kept before is whole"
            ) from error


class Kept:
    """A folder of findings, one for each file and question; None keeps nothing. Raises UsageError."""

    def __init__(self, folder: Path | None, asked: Asked, vocabulary: Vocabulary) -> None:
        self._folder = folder
        # A relative date in a query makes each day another question.
        terms = (term for query in asked.queries for term in leaves(parse(query)))
        dated = asked.today.isoformat() if any(map(counts_from_today, terms)) else ""
        mesh = vocabulary.mesh.version if vocabulary.mesh is not None else ""
        self._state = (__version__, dated, mesh)
        self._queries = hashlib.sha256(json.dumps(asked.queries).encode()).hexdigest()[:16]
        if folder is not None:
            try:
                folder.mkdir(parents=True, exist_ok=True)
                _tidy(folder, time.time() - UNUSED_SECONDS)
            except OSError as error:
                raise UsageError(f"{folder}: {error.strerror or error}") from error

    def entry(self, path: Path) -> Entry | None:
        """Of the file as it is now; None where nothing is kept of it."""
        if self._folder is None:
            return None
        beside = path.with_name(path.name + ".md5")
        try:
            known = path.stat()
            said = beside.read_bytes() if beside.exists() else b""
        except OSError:
            return None
        told = repr((*self._state, known.st_size, known.st_mtime_ns, said))
        state = hashlib.sha256(told.encode()).hexdigest().encode() + b"\n"
        return Entry(self._folder / f"{path.name}.{self._queries}.found", state)


def _tidy(folder: Path, before: float) -> None:
    """Remove findings, and halves of them, that were not used since."""
    for pattern in ("*.found", "*.found.*.part"):
        for path in folder.glob(pattern):
            with suppress(FileNotFoundError):
                if path.stat().st_mtime < before:
                    path.unlink()
