"""Owns where in a paper a leaf's words stand.

Never decides whether a query matches; match.py asks only about leaves that made it true.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from litwatch.paper import Paper
from litwatch.query.leaves import Leaf, Whole, Words
from litwatch.query.mesh import NAMELESS, UNDER
from litwatch.query.pieces import Pieces
from litwatch.query.proximity import near
from litwatch.query.record import VALUES, ZONES
from litwatch.query.stars import fits

_MARKS = (NAMELESS, UNDER)
_FIELDS = ("title", "abstract", "other_abstracts", "keywords", "mesh")

Stretch = tuple[int, str, int, int]
"""The rank of a field of Paper.text(), its name, from, to: sorted as they are shown."""


def rank(field: str) -> int:
    """The place of a field among those of one paper."""
    return _FIELDS.index(field) if field in _FIELDS else 99


@dataclass(frozen=True, slots=True)
class Sought:
    """A leaf of words with its needle, and the zones that have Spans: (zone, rank of its field, field)."""

    leaf: Words
    needle: str
    zones: tuple[tuple[str, int, str], ...]


def sought(leaf: Leaf, needle: str) -> Sought | Whole | None:
    """What is looked for where a leaf holds; None where there is nothing to show: dates, numbers, names."""
    if isinstance(leaf, Words):
        fields = [(zone, ZONES[zone].span_field) for zone in leaf.zones]
        return Sought(leaf, needle, tuple((zone, rank(field), field) for zone, field in fields if field))
    return leaf if isinstance(leaf, Whole) and VALUES[leaf.values].span_field else None


def stretches_of(asked: Sought | Whole | None, pieces: Pieces) -> list[Stretch]:
    """Every stretch of the paper's own text for which the leaf holds."""
    if isinstance(asked, Sought):
        return _of_words(asked, pieces)
    return list(_of_values(asked, pieces.texts.paper)) if asked is not None else []


def _of_words(asked: Sought, pieces: Pieces) -> list[Stretch]:
    leaf, needle = asked.leaf, asked.needle
    found: list[Stretch] = []
    for zone, of_field, field in asked.zones:
        for worded, begin, windows in pieces.holding(zone, leaf.roles, needle):
            if leaf.distance is None:
                places = worded.phrases(leaf.words, windows)
            else:
                places = [
                    (low + first, low + last)
                    for low, high in worded.among(windows)
                    for first, last in near(worded.words[low:high], leaf.words, leaf.distance)
                ]
            for first, last in places:
                start, end = worded.stretch_of_words(first, last)
                found.append((of_field, field, begin + start, begin + end))
    return found


def _of_values(leaf: Whole, paper: Paper) -> Iterator[Stretch]:
    values = VALUES[leaf.values]
    of_field, begin = rank(values.span_field), 0
    for text, keys in zip(ZONES[values.span_field].texts(paper), values.keys(paper), strict=False):
        if whole_holds(leaf, keys):
            yield of_field, values.span_field, begin, begin + len(text)
        begin += len(text) + len("; ")


def whole_holds(leaf: Whole, keys: Sequence[str]) -> bool:
    """Whether a value that is found under `keys` is one that the leaf asks for."""
    if leaf.pattern:
        named = any(fits(leaf.pattern, key) for key in keys if key[:1] not in _MARKS)
    else:
        named = not leaf.keys.isdisjoint(keys)
    return named and (not leaf.qualifiers or not leaf.qualifiers.isdisjoint(keys))
