"""What a store lacks and what it holds beside, by an independent list of all that matches.

Owns the comparison. Never reads a file or a store.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from litwatch.decide.arrivals import Remembered


@dataclass(frozen=True, slots=True)
class Audited:
    """How a watch stands beside the files; all PMIDs ascending.

    Attributes:
        matching: how many records of the files match.
        missing: they match, were created by the day of the last good search, and the store does not know them.
        newer: they match and were created after it: the next search finds them.
        left: they match, and the store says that PubMed's list has dropped them.
        unmatched: the store holds them as matching; the files have them, and they do not match as we read them.
        unseen: the store holds them as matching, and no file has them.
        deleted: the store holds them as matching, and the files took them away.
        books: the store holds them as matching; they are of NCBI's Bookshelf, and NLM's files hold articles alone.
    """

    matching: int
    missing: tuple[int, ...] = ()
    newer: tuple[int, ...] = ()
    left: tuple[int, ...] = ()
    unmatched: tuple[int, ...] = ()
    unseen: tuple[int, ...] = ()
    deleted: tuple[int, ...] = ()
    books: tuple[int, ...] = ()


def audited(
    matching: Mapping[int, date | None],
    present: frozenset[int],
    deleted: frozenset[int],
    known: Remembered,
    books: frozenset[int] = frozenset(),
) -> Audited:
    """Compare `matching` (PMID -> create date, None where it is not known) with what a watch knows.

    `present`: those of the known PMIDs that the files hold, matching or not; `deleted`: what they took away; `books`:
    those that the store knows to be books.
    """
    searched = known.last_good_run.date() if known.last_good_run is not None else date.min
    unknown = sorted(matching.keys() - known.kept.keys())
    newer = [pmid for pmid in unknown if (created := matching[pmid]) is not None and created > searched]
    beyond = known.matching - matching.keys()
    return Audited(
        len(matching),
        tuple(pmid for pmid in unknown if pmid not in frozenset(newer)),
        tuple(newer),
        tuple(sorted(pmid for pmid in matching if pmid in known.kept and not known.kept[pmid].matching)),
        tuple(sorted((beyond & present) - deleted)),
        tuple(sorted(beyond - present - deleted - books)),
        tuple(sorted(beyond & deleted)),
        tuple(sorted((beyond & books) - present - deleted)),
    )
