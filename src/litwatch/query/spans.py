"""Owns where in a paper a leaf's words stand.

Never decides whether a query matches; match.py asks only about leaves that made it true.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from itertools import islice

from litwatch.paper import Paper, Span
from litwatch.query.leaves import Leaf, Whole, Words
from litwatch.query.mesh import NAMELESS, UNDER
from litwatch.query.pieces import Pieces
from litwatch.query.proximity import near
from litwatch.query.record import VALUES, ZONES
from litwatch.query.stars import FEW, fits, side_by_side, word_test
from litwatch.query.tokens import fold, offsets

_WORD = re.compile(r"[^ ]+")
_MARKS = (NAMELESS, UNDER)


class WordPlaces:
    """The words of one text and where each stands; made once, asked by every leaf."""

    __slots__ = ("_places", "_sorted", "found", "starts", "where")

    def __init__(self, text: str) -> None:
        folded = fold(text)
        self.found = folded.split()
        self.starts = [match.start() for match in _WORD.finditer(folded)]
        self.where: dict[str, list[int]] = {}
        for position, word in enumerate(self.found):
            self.where.setdefault(word, []).append(position)
        self._sorted: list[str] | None = None
        self._places = offsets(text)

    def stretch(self, first: int, last: int) -> tuple[int, int]:
        """From where to where in the text itself the words `first` to `last` go."""
        start, end = self.starts[first], self.starts[last] + len(self.found[last])
        places = self._places
        if places is None:
            return start, end
        return places[start], max(places[end], places[end - 1] + 1)

    def phrases(self, words: tuple[str, ...]) -> Iterator[tuple[int, int]]:
        """First and last position of each place where the words stand side by side; they do not overlap."""
        if len(words) > FEW:
            yield from ((first, first + len(words) - 1) for first in side_by_side(self.found, words))
            return
        tests = [word_test(word) for word in words]
        begins = self.where.get(words[0], []) if "*" not in words[0] else self._fitting(words[0])
        after = 0
        for first in begins:
            last = first + len(words) - 1
            if first < after or last >= len(self.found):
                continue
            if all(
                test(word) for test, word in zip(tests[1:], self.found[first + 1 : last + 1], strict=True)
            ):
                yield first, last
                after = last + 1

    def _fitting(self, asked: str) -> list[int]:
        """Where words stand that begin as `asked` does and fit it."""
        head, test = asked.split("*", 1)[0], word_test(asked)
        if self._sorted is None:
            self._sorted = sorted(self.where)
        fitting: list[int] = []
        for word in islice(self._sorted, bisect_left(self._sorted, head), None):
            if not word.startswith(head):
                break
            if test(word):
                fitting.extend(self.where[word])
        return sorted(fitting)


Places = dict[tuple[str, int, int], WordPlaces]


def leaf_spans(leaf: Leaf, pieces: Pieces, known: Places) -> Iterator[Span]:
    """Every stretch of the paper's own text for which the leaf holds; none for dates, numbers, names.

    `known` keeps the words of each text from leaf to leaf of one paper.
    """
    if isinstance(leaf, Words):
        needle = leaf.needle
        for zone in leaf.zones:
            if field := ZONES[zone].span_field:
                for begin, text in pieces.places(leaf, zone, needle):
                    place = (zone, begin, len(text))
                    if place not in known:
                        known[place] = WordPlaces(text)
                    yield from _text_spans(leaf, field, begin, text, known[place])
    elif isinstance(leaf, Whole) and VALUES[leaf.values].span_field:
        yield from _value_spans(leaf, pieces.paper)


def _text_spans(leaf: Words, field: str, begin: int, text: str, places: WordPlaces) -> Iterator[Span]:
    if leaf.distance is None:
        windows = places.phrases(leaf.words)
    else:
        windows = near(places.found, leaf.words, leaf.distance)
    for first, last in windows:
        start, end = places.stretch(first, last)
        yield Span(field, begin + start, begin + end, text[start:end])


def _value_spans(leaf: Whole, paper: Paper) -> Iterator[Span]:
    values = VALUES[leaf.values]
    begin = 0
    for text, keys in zip(ZONES[values.span_field].texts(paper), values.keys(paper), strict=False):
        if whole_holds(leaf, keys):
            yield Span(values.span_field, begin, begin + len(text), text)
        begin += len(text) + len("; ")


def whole_holds(leaf: Whole, keys: Sequence[str]) -> bool:
    """Whether a value that is found under `keys` is one that the leaf asks for."""
    if leaf.pattern:
        named = any(fits(leaf.pattern, key) for key in keys if key[:1] not in _MARKS)
    else:
        named = not leaf.keys.isdisjoint(keys)
    return named and (not leaf.qualifiers or not leaf.qualifiers.isdisjoint(keys))
