"""Owns where in a paper's own texts the needles stand that an automaton met there.

Never looks for anything: what is more than a needle (a star inside, words near each other), spans.py looks for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from litwatch.query.record import ZONES
from litwatch.query.spans import Stretch, rank
from litwatch.query.texts import Texts
from litwatch.query.worded import Worded


class Searched(NamedTuple):
    """A text that was searched: where it began among others, as words, where it begins in its field, the field."""

    first: int
    worded: Worded
    begin: int
    field: str


class Hits(NamedTuple):
    """What was met: the place of the last character of each needle, in order, with the needle's leaves.

    In a text, or in those of zones that were searched as one.
    """

    met: Sequence[tuple[int, tuple[int, ...]]]
    where: tuple[Searched] | tuple[str, ...]


def stretches_met(hits: Sequence[Hits], lengths: Sequence[int], texts: Texts) -> dict[int, list[Stretch]]:
    """For each leaf that is one needle, so long, every stretch of a field where it was met.

    They are those that a search from left to right finds: none of one leaf over another.
    """
    found: dict[int, list[Stretch]] = {}
    for met, where in hits:
        searched = _searched(where, texts)
        end = -1  # of the text that is looked at
        for last, numbers in met:
            while last >= end:
                first, worded, begin, field = next(searched)
                normal = worded.normal
                end, of_field = first + len(normal), rank(field)
            if not field:
                continue
            known: Stretch | None = None
            for number in numbers:
                if number < 0:
                    continue
                if known is None:
                    # A needle begins with a blank, and ends with one or inside a word.
                    after = last - first
                    start = after - lengths[number] + 2
                    if normal[after] != " ":
                        after = normal.find(" ", after)
                    start, after = worded.stretch(start, after)
                    known = (of_field, field, begin + start, begin + after)
                before = found.setdefault(number, [])
                if not before or before[-1][3] <= known[2] or before[-1][1] != field:
                    before.append(known)
    return found


def _searched(where: tuple[Searched] | tuple[str, ...], texts: Texts) -> Iterator[Searched]:
    """The texts one after the other, as `Texts.zone` gives those of a zone, "|" between."""
    first = 0
    for one in where:
        if isinstance(one, Searched):
            yield one
            continue
        field = ZONES[one].span_field
        for begin, worded in texts.worded(one):
            if worded.normal:
                yield Searched(first, worded, begin, field)
                first += len(worded.normal) + len("|")
