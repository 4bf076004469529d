"""Groups of papers from pairs of their versions.

Owns that step alone, so that a digest need not load what compares records. Never compares any.
"""

from __future__ import annotations

from collections.abc import Iterable


def groups(pairs: Iterable[tuple[int, int]]) -> tuple[frozenset[int], ...]:
    """Papers from pairs of their versions: all that hang together, by lowest PMID."""
    leader: dict[int, int] = {}

    def find(pmid: int) -> int:
        while leader.setdefault(pmid, pmid) != pmid:
            leader[pmid] = pmid = leader[leader[pmid]]
        return pmid

    for one, other in pairs:
        low, high = sorted((find(one), find(other)))
        leader[high] = low
    found: dict[int, set[int]] = {}
    for pmid in leader:
        found.setdefault(find(pmid), set()).add(pmid)
    return tuple(frozenset(found[low]) for low in sorted(found))
