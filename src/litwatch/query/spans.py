"""Owns where in a paper a leaf's words stand.

Never decides whether a query matches; match.py asks only about leaves that made it true.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from litwatch.paper import Paper
from litwatch.query.leaves import Leaf, Whole, Words
from litwatch.query.mesh import NAMELESS, UNDER
from litwatch.query.pieces import Piece, Pieces
from litwatch.query.proximity import near
from litwatch.query.record import VALUES, ZONES
from litwatch.query.stars import fits

_MARKS = (NAMELESS, UNDER)

Stretch = tuple[str, int, int]
"""A field of Paper.text(), from, to."""


def stretches_of(leaf: Leaf, needle: str, pieces: Pieces) -> list[Stretch]:
    """Every stretch of the paper's own text for which the leaf holds; none for dates, numbers, names.

    `needle` is that of a leaf of words.
    """
    found: list[Stretch] = []
    if isinstance(leaf, Words):
        for zone in leaf.zones:
            if field := ZONES[zone].span_field:
                for piece in pieces.holding(zone, leaf.roles, needle):
                    found += _in_text(leaf, needle, field, piece)
    elif isinstance(leaf, Whole) and VALUES[leaf.values].span_field:
        found += _of_values(leaf, pieces.texts.paper)
    return found


def _in_text(leaf: Words, needle: str, field: str, piece: Piece) -> Iterator[Stretch]:
    worded, begin, windows = piece
    if leaf.distance is None:
        places = worded.phrases(leaf.words, needle, windows)
    else:
        places = [
            (low + first, low + last)
            for low, high in windows
            for first, last in near(worded.words[low:high], leaf.words, leaf.distance)
        ]
    for first, last in places:
        start, end = worded.stretch(first, last)
        yield field, begin + start, begin + end


def _of_values(leaf: Whole, paper: Paper) -> Iterator[Stretch]:
    values = VALUES[leaf.values]
    begin = 0
    for text, keys in zip(ZONES[values.span_field].texts(paper), values.keys(paper), strict=False):
        if whole_holds(leaf, keys):
            yield values.span_field, begin, begin + len(text)
        begin += len(text) + len("; ")


def whole_holds(leaf: Whole, keys: Sequence[str]) -> bool:
    """Whether a value that is found under `keys` is one that the leaf asks for."""
    if leaf.pattern:
        named = any(fits(leaf.pattern, key) for key in keys if key[:1] not in _MARKS)
    else:
        named = not leaf.keys.isdisjoint(keys)
    return named and (not leaf.qualifiers or not leaf.qualifiers.isdisjoint(keys))
