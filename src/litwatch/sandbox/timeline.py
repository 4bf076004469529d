"""What PubMed holds at a date: versions of records, from dated update files.

Owns the corpus on disk: the raw bytes of each version by offset, and from when to when it is seen. Never
parses a record beyond its PMID and dates and never answers a request.

A corpus is one file or a folder of PubMed XML files (.xml, .xml.gz). A file whose name holds a date
(2026-03-10 or 20260310) is seen from that day, another one always. A later file wins over an earlier one, a
later record over an earlier one in the same file, and a DeleteCitation removes a PMID from its file's day on.
This is how NLM's own update files are applied (https://ftp.ncbi.nlm.nih.gov/pubmed/updatefiles/README.txt).
"""

from __future__ import annotations

import gzip
import os
import re
import tempfile
from array import array
from bisect import bisect_left
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from typing import IO

from litwatch.errors import NotRecords, ReadError, UsageError
from litwatch.reading.pubmed_xml import split

ALWAYS = 0
NEVER = date.max.toordinal() + 1
SHIPPED = Path(str(files(__package__).joinpath("corpus")))

_DATE_IN_NAME = re.compile(r"(?<!\d)(\d{4})-?(\d{2})-?(\d{2})(?!\d)")
_PMID = re.compile(rb"<PMID\b[^>]*>\s*(\d+)\s*</PMID>")
_CREATED = re.compile(
    rb'<PubMedPubDate PubStatus="entrez">\s*<Year>(\d+)</Year>\s*<Month>(\d+)</Month>\s*<Day>(\d+)</Day>'
)


class Timeline:
    """Versions of records in the order of their PMIDs; a row is one version.

    `pmids[row]`, and it is seen while `seen_from[row] <= day < seen_until[row]` (days are date ordinals).
    Memory: 40 bytes a version; the bytes themselves lie in an unnamed temporary file.
    """

    def __init__(self, path: Path | None, *, by_create_date: bool = False) -> None:
        """Read `path`; None is an empty corpus.

        With `by_create_date` a record is seen from its create date (CRDT) if that is later than its file,
        so that one real file can be played day by day. Raises UsageError, NotRecords or CutFile, each with
        the file's name.
        """
        self._bytes: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed by `close`
        versions: list[tuple[int, int, int, int, int]] = []  # pmid, order, seen_from, offset, length
        deletions: list[tuple[int, int, int]] = []  # pmid, order, day
        try:
            self._copy(path, versions, deletions, by_create_date=by_create_date)
        except BaseException:
            self.close()
            raise
        versions.sort()
        self.pmids = array("q", (version[0] for version in versions))
        self.seen_from = array("l", (version[2] for version in versions))
        self.seen_until = array("l", (NEVER for _ in versions))
        self._offsets = array("q", (version[3] for version in versions))
        self._lengths = array("l", (version[4] for version in versions))
        for row in range(len(versions) - 1):
            if self.pmids[row] == self.pmids[row + 1]:
                self.seen_until[row] = max(self.seen_from[row], self.seen_from[row + 1])
        self._delete(deletions, [version[1] for version in versions])

    def _copy(
        self,
        path: Path | None,
        versions: list[tuple[int, int, int, int, int]],
        deletions: list[tuple[int, int, int]],
        *,
        by_create_date: bool,
    ) -> None:
        written = 0
        for file in corpus_files(path):
            day = file_date(file.name)
            for raw in _records(file):
                if raw.startswith((b"<DeleteCitation", b"<DeleteDocument")):
                    deletions.extend((int(pmid), len(versions), day) for pmid in _PMID.findall(raw))
                    continue
                found = _PMID.search(raw)
                if found is None:
                    continue
                seen_from = max(day, _created(raw)) if by_create_date else day
                versions.append((int(found[1]), len(versions), seen_from, written, len(raw)))
                self._bytes.write(raw)
                written += len(raw)
        self._bytes.flush()

    def _delete(self, deletions: list[tuple[int, int, int]], orders: list[int]) -> None:
        for pmid, order, day in deletions:
            for row in self.rows_of(pmid):
                if orders[row] < order:
                    self.seen_until[row] = max(self.seen_from[row], min(self.seen_until[row], day))

    def __len__(self) -> int:
        return len(self.pmids)

    def close(self) -> None:
        """Give the temporary file back."""
        self._bytes.close()

    def raw(self, row: int) -> bytes:
        """The bytes of a version as they stand in its file."""
        return os.pread(self._bytes.fileno(), self._lengths[row], self._offsets[row])

    def rows_of(self, pmid: int) -> range:
        """The versions of a PMID, oldest first."""
        first = bisect_left(self.pmids, pmid)
        return range(first, bisect_left(self.pmids, pmid + 1, first))

    def row_at(self, pmid: int, day: int) -> int | None:
        """The version of a PMID that is seen on a day, or None."""
        return next(
            (row for row in self.rows_of(pmid) if self.seen_from[row] <= day < self.seen_until[row]), None
        )

    def last_change(self, day: int) -> int:
        """The last day up to `day` on which a record came or went; the same answer means the same PubMed."""
        changes = self._changes()
        position = bisect_left(changes, day + 1)
        return changes[position - 1] if position else ALWAYS

    @lru_cache(maxsize=1)  # noqa: B019 - one timeline lives as long as its sandbox
    def _changes(self) -> list[int]:
        return sorted({*self.seen_from, *self.seen_until})


def file_date(name: str) -> int:
    """The ordinal of the date in a file's name, or ALWAYS."""
    for year, month, day in _DATE_IN_NAME.findall(name):
        try:
            return date(int(year), int(month), int(day)).toordinal()
        except ValueError:
            continue
    return ALWAYS


def corpus_files(path: Path | None) -> list[Path]:
    """The record files of a corpus, by the date in their names, those without one first."""
    if path is None:
        return []
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise UsageError(f"{path}: no such file or folder of PubMed XML")
    found = sorted(
        (file for file in path.iterdir() if file.name.endswith((".xml", ".xml.gz"))),
        key=lambda file: (file_date(file.name), file.name),
    )
    if not found:
        raise UsageError(f"{path}: no .xml or .xml.gz file in this folder")
    return found


def _records(path: Path) -> Iterator[bytes]:
    with _opened(path) as stream:
        try:
            for _, raw in split(stream):
                yield raw
        except ReadError as error:
            raise type(error)(f"{path}: {error}") from error
        except (OSError, EOFError) as error:
            raise NotRecords(f"{path}: {error}") from error


@contextmanager
def _opened(path: Path) -> Iterator[IO[bytes]]:
    with path.open("rb") as file:
        magic = file.read(2)
        file.seek(0)
        if magic == b"\x1f\x8b":
            with gzip.open(file, "rb") as unpacked:
                yield unpacked  # type: ignore[misc]  # GzipFile reads as IO[bytes] does
        else:
            yield file


def _created(raw: bytes) -> int:
    found = _CREATED.search(raw)
    if found is None:
        return ALWAYS
    try:
        return date(int(found[1]), int(found[2]), int(found[3])).toordinal()
    except ValueError:
        return ALWAYS
