"""Reads one record file: which of its records match which queries.

Owns the way from bytes to matches: nearly all records are passed over by their bytes (query/sieve.py), what is left is
parsed and matched as everywhere. Never knows other files.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

from litwatch.edge.files import parts
from litwatch.edge.nlm.files import check_sum
from litwatch.errors import ReadError
from litwatch.jobs.scanning.found import Found, Match, Usual
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

TOGETHER = 1_000
"""So many records are looked at before those that may match are read."""
TRIED = 300
"""On so many of its first records a scanner tries which letters let the least through."""
FEW, VERY_FEW = 0.05, 0.01
"""Of so small a share of the records it need not be asked twice whether they may match; or no other way be tried."""
MANY = 0.2
"""Where so large a share of the records must be parsed it is said."""
_FIRST_VERSION = re.compile(rb'<PMID Version="1">(\d{1,9})</PMID>').match
"""What nearly every record begins with; the versions of any other are compared."""
_DELETION = (b"<DeleteCitation", b"<DeleteDocument")
_ANY_PMID = re.compile(rb"<PMID[^<>]*>\s*(\d{1,9})\s*</PMID>").findall


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
        self._closer: tuple[tuple[Sieve, ...], ...] = ()
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
        for some in batches(stream, TOGETHER):
            if not self._chosen:
                found.usual = self._choose([part for part in some[:TRIED] if isinstance(part, bytes)])
            self._sift(some, found)

    def _choose(self, raws: Sequence[bytes]) -> tuple[Usual, ...]:
        """Settle what is looked for, by these records; the queries for which many of them must be parsed."""
        self._chosen = True
        if self.reads_all:
            return ()
        chosen = [_narrowest(ways, raws) for ways in self._ways]
        together = Cover(frozenset())
        for asked, _ in chosen:
            together |= asked[0]
        self._sieve = _sieve_of(together)
        if any(len(asked) > 1 for asked, _ in chosen):
            self._closer = tuple(tuple(map(_sieve_of, asked)) for asked, _ in chosen)
        return tuple(
            Usual(number, let_through / len(raws), _most_usual(asked[0], raws))
            for number, (asked, let_through) in enumerate(chosen)
            if let_through > MANY * len(raws) and len(raws) == TRIED
        )

    def _may_match(self, sieve: Sieve, raw: bytes) -> bool:
        if not sieve.passes(raw):
            return False
        return not self._closer or any(all(one.passes(raw) for one in each) for each in self._closer)

    def _sift(self, stream: Iterable[Record | bytes], found: Found) -> None:
        for batch in batches(self._to_read(stream, found), BATCH):
            self._match(batch, found)

    def _to_read(self, stream: Iterable[Record | bytes], found: Found) -> Iterator[Record | bytes]:
        """The records that must be read, other versions of them included; the PMIDs of all are noted."""
        sieve, asked, note = self._sieve, self._asked.pmids, found.pmids.append
        kept = {*found.versions, *found.deleted, *found.unreadable}
        for part in stream:
            if not isinstance(part, bytes):
                if isinstance(part, Paper):
                    note(part.pmid)
                yield part
                continue
            first = _FIRST_VERSION(part, part.find(b"<PMID"))
            if part.startswith(_DELETION):
                kept.update(map(int, _ANY_PMID(part)))
                yield part
                continue
            pmid = int(first[1]) if first else pmid_in(part)
            if pmid is not None:
                note(pmid)
                if (
                    first
                    and sieve
                    and pmid not in kept
                    and pmid not in asked
                    and not self._may_match(sieve, part)
                ):
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
                self._take_away(record, found)
            elif isinstance(record, Unreadable):
                found.unreadable[record.pmid or 0] = record.reason
            else:
                self._note(record, raw, found)

    def _take_away(self, deleted: Deleted, found: Found) -> None:
        named: dict[int, set[int]] = {}
        for pmid, version in zip(deleted.pmids, deleted.versions, strict=True):
            named.setdefault(pmid, set()).add(version)
        for pmid, versions in named.items():
            if (
                1 in versions
            ):  # of a later version alone the first is left, and it is safer to keep the record
                found.deleted[pmid] = max(versions)
                if found.versions.get(pmid, 1) <= max(versions):
                    found.matches.pop(pmid, None)

    def _note(self, paper: Paper, raw: bytes, found: Found) -> None:
        if paper.version < found.versions.get(paper.pmid, 0):
            return
        found.versions[paper.pmid] = paper.version
        found.deleted.pop(paper.pmid, None)
        watches = self._matcher.read(paper, today=self._asked.today).matching()
        if watches or paper.pmid in self._asked.pmids:
            found.matches[paper.pmid] = Match(watches, raw)
        else:
            found.matches.pop(paper.pmid, None)


def _narrowest(ways: Sequence[Cover], raws: Sequence[bytes]) -> tuple[list[Cover], int]:
    """Of the ways to cover a query the one that lets the least of these records through, and others that halve that.

    And how many pass them all. Every match does, so several may be asked, where one tells little.
    """
    chosen: list[Cover] = []
    left = list(raws)
    while len(chosen) < len(ways) and (not chosen or len(left) > FEW * len(raws)):
        best: tuple[Cover, list[bytes]] | None = None
        for way in ways:
            if way in chosen or (best is not None and len(best[1]) <= VERY_FEW * len(raws)):
                continue
            through = list(filter(_sieve_of(way).passes, left))
            if best is None or len(through) < len(best[1]):
                best = way, through
        if best is None or (chosen and len(best[1]) > len(left) / 2):
            break
        chosen.append(best[0])
        left = best[1]
    return chosen, len(left)


def _most_usual(cover: Cover, raws: Sequence[bytes]) -> str:
    """Of the literals the one that stands in most of these records."""

    def holding(literal: str) -> int:
        return sum(map(_sieve_of(Cover(frozenset((literal,)), cover.everywhere)).passes, raws))

    return max(sorted(cover.literals), key=holding).strip()


@lru_cache(maxsize=64)
def _sieve_of(cover: Cover) -> Sieve:
    return Sieve(cover.literals, everywhere=cover.everywhere)
