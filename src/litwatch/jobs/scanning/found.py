"""What was found in record files, one by one, and put together: the newest version of a record wins.

Owns that rule. Never opens a file.
"""

from __future__ import annotations

import json
import zlib
from array import array
from base64 import b64decode, b64encode
from dataclasses import dataclass, field

PARSED_TIMES = 4.5
"""So many times as long it takes where every record is parsed (docs/benchmarks.md)."""


@dataclass(frozen=True, slots=True)
class Match:
    """A record that matches: which watches, by number, and its bytes as the store keeps them (b"" for other files)."""

    watches: tuple[int, ...]
    raw: bytes


@dataclass(frozen=True, slots=True)
class Usual:
    """A query for which a large `share` of the records must be parsed, because `letters` stand in so many."""

    query: int
    share: float
    letters: str

    def words(self, watch: str) -> str:
        """What of it, and what it costs."""
        times = 1 + (PARSED_TIMES - 1) * self.share
        return (
            f"{watch}: what each match must hold (such as {self.letters!r}) stands in {self.share:.0%} of the records, "
            f"and all of these are parsed: {times:.1f} times as long"
        )


@dataclass(slots=True)
class Found:
    """What stands in one file.

    Attributes:
        pmids: of every record, in order; of one that comes twice, twice.
        matches: PMID -> what it matches, by its newest version in this file. With watches () it was asked for by PMID.
        versions: PMID -> the newest version, of the records that were more than looked at; 1 of any other.
        deleted: PMID that the file takes away, and does not bring again -> the last of the versions that it names.
        parsed: how many records were more than looked at.
        unreadable: PMID (0: unknown) -> why.
        cut: why the file could not be read to its end; "" where it was.
        usual: the queries, by number, whose letters many records hold; only of the first file that a process reads.
    """

    pmids: array[int] = field(default_factory=lambda: array("q"))
    matches: dict[int, Match] = field(default_factory=dict)
    versions: dict[int, int] = field(default_factory=dict)
    deleted: dict[int, int] = field(default_factory=dict)
    parsed: int = 0
    unreadable: dict[int, str] = field(default_factory=dict)
    cut: str = ""
    usual: tuple[Usual, ...] = ()

    def packed(self) -> bytes:
        """All of it, to be kept."""
        kept = {
            "pmids": b64encode(self.pmids.tobytes()).decode(),
            "matches": [[pmid, one.watches, one.raw.decode()] for pmid, one in self.matches.items()],
            "versions": [[pmid, version] for pmid, version in self.versions.items() if version != 1],
            "deleted": sorted(self.deleted.items()),
            "parsed": self.parsed,
            "unreadable": list(self.unreadable.items()),
        }
        return zlib.compress(json.dumps(kept).encode(), 1)

    @classmethod
    def unpacked(cls, packed: bytes) -> Found:
        """What `packed` gave. Raises ValueError for anything else."""
        try:
            kept = json.loads(zlib.decompress(packed))
            return cls(
                array("q", b64decode(kept["pmids"])),
                {pmid: Match(tuple(watches), raw.encode()) for pmid, watches, raw in kept["matches"]},
                dict(kept["versions"]),
                deleted=dict(kept["deleted"]),
                parsed=kept["parsed"],
                unreadable=dict(kept["unreadable"]),
            )
        except (zlib.error, KeyError, TypeError, AttributeError) as error:
            raise ValueError(f"not what was kept: {error}") from error


class Newest:
    """Files put together in their order; `nameless` is why records could not be read that show no PMID."""

    def __init__(self) -> None:
        self.matches: dict[int, Match] = {}
        self.versions: dict[int, int] = {}
        self.deleted: set[int] = set()
        self.unreadable: dict[int, str] = {}
        self.nameless: list[str] = []
        self.records = 0

    def add(self, file: Found) -> None:
        """The next file: what it says of a record counts from now on."""
        # A PMID that stands in a comment before the record's own was noted in its place.
        seen = {*file.pmids, *file.matches}
        here = {pmid for pmid in seen if file.versions.get(pmid, 1) >= self.versions.get(pmid, 1)}
        # Where there is a later version than those that a deletion names, it is safer to keep that.
        deleted = {
            pmid
            for pmid, version in file.deleted.items()
            if version >= max(self.versions.get(pmid, 1), file.versions.get(pmid, 1))
        }
        gone = here | deleted
        for pmid in self.matches.keys() & gone:
            del self.matches[pmid]
        for pmid in self.unreadable.keys() & gone:
            del self.unreadable[pmid]
        self.deleted = (self.deleted - here) | deleted
        self.versions.update((pmid, one) for pmid, one in file.versions.items() if one != 1 and pmid in here)
        self.matches.update((pmid, one) for pmid, one in file.matches.items() if pmid in here)
        self.unreadable.update((pmid, why) for pmid, why in file.unreadable.items() if pmid)
        self.nameless.extend(why for pmid, why in file.unreadable.items() if not pmid)
        self.records += len(file.pmids)
