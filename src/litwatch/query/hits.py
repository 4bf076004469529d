"""Owns where in a paper's own texts the needles stand that an automaton met there.

Never looks for anything: what is more than a needle (a star inside, words near each other), spans.py looks for.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
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


Hit = tuple[Searched, int]
"""A text in which a needle was met, and the place of its last character there, among the words."""


def stretches_met(
    hits: Sequence[Hits], lengths: Sequence[int], texts: Texts, passed_over: Collection[int] = ()
) -> dict[int, list[Stretch]]:
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
                if number < 0 or number in passed_over:
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


def hits_of(wanted: Collection[int], hits: Sequence[Hits], texts: Texts) -> dict[int, list[Hit]]:
    """For each of these leaves where its needle was met in title or abstract."""
    found: dict[int, list[Hit]] = {}
    for met, where in hits:
        parts = _searched(where, texts)
        searched = next(parts)
        end = searched.first + len(searched.worded.normal)
        for last, numbers in met:
            while last >= end:
                searched = next(parts)
                end = searched.first + len(searched.worded.normal)
            if searched.field in ("title", "abstract"):
                for number in numbers:
                    if number in wanted:
                        found.setdefault(number, []).append((searched, last - searched.first))
    return found


def stretch(hit: Hit, length: int) -> Stretch:
    """Where the words of a needle so long stand that was met."""
    (_, worded, begin, field), after = hit
    start = after - length + 2
    if worded.normal[after] != " ":
        after = worded.normal.find(" ", after)
    start, after = worded.stretch(start, after)
    return rank(field), field, begin + start, begin + after


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
