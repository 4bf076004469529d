"""Owns which leaves of a query stand together in one sentence of a paper, and so make it hold there.

The title is one sentence; those of the abstract are told. Never splits a text, and never looks for a leaf.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from operator import itemgetter

from litwatch.query.hits import Hit, stretch
from litwatch.query.program import Program
from litwatch.query.worded import Worded

_TITLE = -1
_BEGIN = itemgetter(0)


class Sentences:
    """The sentences of one paper; `bounds` are where those of the abstract begin and end, in order."""

    __slots__ = ("_borders", "_bounds")

    def __init__(self, bounds: Sequence[tuple[int, int]]) -> None:
        self._bounds = bounds
        self._borders: dict[int, list[int]] = {}

    def of(self, field: str, start: int, end: int) -> int | None:
        """The number of the sentence in which a stretch stands, -1 for the title; None: in none, or in two."""
        if field == "title":
            return _TITLE
        if field != "abstract":
            return None
        number = bisect_right(self._bounds, start, key=_BEGIN) - 1
        return number if number >= 0 and end <= self._bounds[number][1] else None

    def of_hit(self, hit: Hit, length: int) -> int | None:
        """The same of a needle so long that was met; told among the words, without where they stand in the text."""
        (_, worded, begin, field), last = hit
        if field != "abstract":
            return _TITLE if field == "title" else None
        if begin:  # a part by itself
            return self.of(*stretch(hit, length)[1:])
        borders = self._borders.get(id(worded)) or self._made(worded)
        place = bisect_right(borders, last - length + 1)
        return place // 2 if place % 2 and last <= borders[place] else None

    def _made(self, worded: Worded) -> list[int]:
        """Where the sentences begin and end among the words, by turns."""
        borders = self._borders[id(worded)] = [
            worded.border(place) for bounds in self._bounds for place in bounds
        ]
        return borders


def true_together(program: Program, standing: Mapping[int, Collection[int]]) -> dict[int, set[int]]:
    """For each sentence in which the query holds what is true there; `standing` are the sentences of each leaf."""
    leaves: dict[int, set[int]] = {}
    for leaf, sentences in standing.items():
        for sentence in sentences:
            leaves.setdefault(sentence, set()).add(leaf)
    trues = {sentence: program.true(found) for sentence, found in leaves.items()}
    return {sentence: true for sentence, true in trues.items() if program.answers(true)}
