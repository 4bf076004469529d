"""Reads one record file: which of its records match which queries.

Owns the way from bytes to matches: nearly all records are passed over by their bytes (query/sieve.py), what is left is
parsed and matched as everywhere. Never knows other files.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from litwatch.edge.files import parts
from litwatch.edge.nlm.files import check_sum
from litwatch.errors import ReadError
from litwatch.jobs.scanning.found import Found, Match
from litwatch.paper import Paper
from litwatch.query.leaves import BY_NAME, Vocabulary
from litwatch.query.literals import Cover, covers
from litwatch.query.match import Scope, compile_scopes
from litwatch.query.parse import parse
from litwatch.query.sieve import Sieve
from litwatch.reading.batching import batches
from litwatch.reading.pubmed_xml import BATCH, records_of, without_references
from litwatch.reading.records import Deleted, Record, Unreadable
from litwatch.reading.splitting import pmid_in

TRIED = 1_000
"""On so many records of its first file a scanner tries which letters let the least through."""
_FIRST_VERSION = re.compile(rb'<PMID Version="1">(\d{1,9})</PMID>').match
"""What nearly every record begins with; the versions of any other are compared."""
_DELETION = (b"<DeleteCitation", b"<DeleteDocument")


@dataclass(frozen=True, slots=True)
class Asked:
    """What is looked for: queries in PubMed's language, and PMIDs whatever they match; `today` for relative dates."""

    queries: tuple[str, ...]
    today: date
    pmids: frozenset[int] = frozenset()


class Scanner:
    """What is asked, made ready once for many files."""

    def __init__(self, asked: Asked, vocabulary: Vocabulary = BY_NAME) -> None:
        self._asked = asked
        parsed = [parse(query) for query in asked.queries]
        self._matcher = compile_scopes([Scope(query) for query in parsed], vocabulary)
        self._ways = [covers(query, vocabulary) for query in parsed]
        self._sieve: Sieve | None = None
        self._chosen = False

    @property
    def reads_all(self) -> tuple[int, ...]:
        """The queries, by number, that name no letters which every match must hold: they make it parse everything."""
        return tuple(number for number, ways in enumerate(self._ways) if not ways)

    def scan(self, path: Path) -> Found:
        """What the file holds; where it cannot be read to its end, what was read, and why it ended (`cut`)."""
        found = Found()
        try:
            check_sum(path)
            self._read(parts(path, uncut=True), found)
        except ReadError as error:
            found.cut = str(error)
        return found

    def _read(self, stream: Iterable[Record | bytes], found: Found) -> None:
        # In batches, so that what comes before an error is dealt with before it ends the file.
        for some in batches(stream, TRIED):
            if not self._chosen:
                self._choose([part for part in some if isinstance(part, bytes)])
            self._sift(some, found)

    def _choose(self, raws: Sequence[bytes]) -> None:
        """Of the ways to cover each query the one that lets the least of these records through."""
        self._chosen = True
        if self.reads_all:
            return
        chosen = [min(ways, key=lambda way: _let_through(way, raws)) for ways in self._ways]
        together = Cover(frozenset())
        for way in chosen:
            together |= way
        self._sieve = Sieve(together.literals, everywhere=together.everywhere)

    def _sift(self, stream: Iterable[Record | bytes], found: Found) -> None:
        for batch in batches(self._to_read(stream, found), BATCH):
            self._match(batch, found)

    def _to_read(self, stream: Iterable[Record | bytes], found: Found) -> Iterator[Record | bytes]:
        """The records that must be read, other versions of them included; the PMIDs of all are noted."""
        sieve, asked, kept, note = self._sieve, self._asked.pmids, set(found.versions), found.pmids.append
        for part in stream:
            if not isinstance(part, bytes):
                if isinstance(part, Paper):
                    note(part.pmid)
                yield part
                continue
            first = _FIRST_VERSION(part, part.find(b"<PMID"))
            pmid = None if part.startswith(_DELETION) else int(first[1]) if first else pmid_in(part)
            if pmid is not None:
                note(pmid)
                if first and sieve and pmid not in kept and pmid not in asked and not sieve.passes(part):
                    continue
                kept.add(pmid)
            yield without_references(part)

    def _match(self, batch: Sequence[Record | bytes], found: Found) -> None:
        raws = [part for part in batch if isinstance(part, bytes)]
        read = iter(records_of(raws, len(found.pmids)))
        for part in batch:
            record, raw = (next(read), part) if isinstance(part, bytes) else (part, b"")
            found.parsed += 1
            if isinstance(record, Deleted):
                found.deleted.update(record.pmids)
                for pmid in record.pmids:
                    found.matches.pop(pmid, None)
            elif isinstance(record, Unreadable):
                found.unreadable[record.pmid or 0] = record.reason
            else:
                self._note(record, raw, found)

    def _note(self, paper: Paper, raw: bytes, found: Found) -> None:
        if paper.version < found.versions.get(paper.pmid, 0):
            return
        found.versions[paper.pmid] = paper.version
        found.deleted.discard(paper.pmid)
        watches = self._matcher.read(paper, today=self._asked.today).matching()
        if watches or paper.pmid in self._asked.pmids:
            found.matches[paper.pmid] = Match(watches, raw)
        else:
            found.matches.pop(paper.pmid, None)


def _let_through(way: Cover, raws: Collection[bytes]) -> int:
    sieve = Sieve(way.literals, everywhere=way.everywhere)
    return sum(map(sieve.passes, raws))
