"""Groups of papers from pairs of their versions.

Owns that step alone, so that a digest need not load what compares records. Never compares any.
"""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Set as AbstractSet


def groups(
    pairs: Iterable[tuple[int, int]],
    guessed: Iterable[tuple[int, int]] = (),
    apart: AbstractSet[tuple[int, int]] = frozenset(),
) -> tuple[frozenset[int], ...]:
    """Papers from pairs of their versions: all that hang together, by lowest PMID.

    A guessed pair joins none of `apart` (the lower PMID first); they are tried in their order, after the others.
    """
    group_of: dict[int, frozenset[int]] = {}

    def join(one: int, other: int, *, guess: bool) -> None:
        ours, theirs = (group_of.get(pmid, frozenset({pmid})) for pmid in (one, other))
        if ours is theirs or (guess and any((min(a, b), max(a, b)) in apart for a in ours for b in theirs)):
            return
        joined = ours | theirs
        group_of.update(dict.fromkeys(joined, joined))

    for pair in pairs:
        join(*pair, guess=False)
    for pair in guessed:
        join(*pair, guess=True)
    return tuple(sorted(set(group_of.values()), key=min))
