"""Owns which leaves of a query stand together in one sentence of a paper, and so make it hold there.

The title is one sentence; those of the abstract are told. Never splits a text, and never looks for a leaf.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from operator import itemgetter

from litwatch.query.program import Program
from litwatch.query.spans import Stretch

_TITLE = -1
_BEGIN = itemgetter(0)


def earned_together(
    program: Program, places: Mapping[int, Sequence[Stretch]], sentences: Sequence[tuple[int, int]]
) -> set[Stretch]:
    """Where the leaves stand that make the query hold in a sentence, of all sentences in which it does.

    `places` are where each leaf stands. What stands in no sentence of title or abstract counts for nothing.
    """
    held: dict[int, dict[int, list[Stretch]]] = {}
    for leaf, stretches in places.items():
        for stretch in stretches:
            sentence = sentence_of(stretch[1], stretch[2], stretch[3], sentences)
            if sentence is not None:
                held.setdefault(sentence, {}).setdefault(leaf, []).append(stretch)
    found: set[Stretch] = set()
    for leaves in held.values():
        true = program.true(set(leaves))
        if program.answers(true):
            for leaf in program.earned(true):
                found.update(leaves[leaf])
    return found


def sentence_of(field: str, start: int, end: int, sentences: Sequence[tuple[int, int]]) -> int | None:
    """The number of the sentence in which a stretch stands, -1 for the title; None: in none, or in two."""
    if field == "title":
        return _TITLE
    if field != "abstract":
        return None
    number = bisect_right(sentences, start, key=_BEGIN) - 1
    return number if number >= 0 and end <= sentences[number][1] else None
