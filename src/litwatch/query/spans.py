"""Owns where in a paper a leaf's words stand.

Never decides whether a query matches; match.py asks only about leaves that made it true.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache

from litwatch.paper import Paper, Passage, Span
from litwatch.query.leaves import Leaf, Whole, Words
from litwatch.query.record import VALUES, ZONES
from litwatch.query.tokens import fold, offsets

_WORD = re.compile(r"[^ ]+")


def word_pattern(word: str) -> str:
    """The regular expression of one word in folded text."""
    return "[^ ]*".join(map(re.escape, word.split("*")))


@lru_cache(maxsize=16384)
def phrase_pattern(words: tuple[str, ...]) -> re.Pattern[str]:
    """The regular expression of a phrase in folded text."""
    return re.compile(r"(?<![^ ])" + " +".join(map(word_pattern, words)) + r"(?![^ ])")


def near(found: Sequence[str], words: tuple[str, ...], distance: int) -> Iterator[tuple[int, int]]:
    """Windows (first and last position in `found`) that hold all `words`, at most `distance` others between.

    Each window is the shortest that ends where it ends. A word that is asked for twice must be there twice.
    """
    wanted: dict[str, int] = {}
    for word in words:
        wanted[word] = wanted.get(word, 0) + 1
    places: dict[str, list[int]] = {word: [] for word in wanted}
    for position, word in enumerate(found):
        if word not in places:
            continue
        places[word].append(position)
        if all(len(places[one]) >= count for one, count in wanted.items()):
            first = min(places[one][-count] for one, count in wanted.items())
            if position - first + 1 - len(words) <= distance:
                yield first, position


def leaf_spans(leaf: Leaf, paper: Paper, passages: Sequence[Passage]) -> Iterator[Span]:
    """Every stretch of the paper's own text for which the leaf holds; none for dates, numbers, names."""
    if isinstance(leaf, Words):
        for zone in leaf.zones:
            if ZONES[zone].span_field:
                yield from _zone_spans(leaf, zone, paper, passages)
    elif isinstance(leaf, Whole) and VALUES[leaf.values].span_field:
        yield from _value_spans(leaf, paper)


def _zone_spans(leaf: Words, zone: str, paper: Paper, passages: Sequence[Passage]) -> Iterator[Span]:
    field = ZONES[zone].span_field
    roles = leaf.roles if zone == "abstract" else None
    begin = 0
    for text in ZONES[zone].texts(paper):
        folded, places = fold(text), offsets(text)
        for start, end in _stretches(leaf, folded):
            if places is not None:
                start, end = places[start], max(places[end], places[end - 1] + 1)
            if roles is None or any(
                one.role in roles and one.start <= start and end <= one.end for one in passages
            ):
                yield Span(field, begin + start, begin + end, text[start:end])
        begin += len(text) + len("; ")


def _stretches(leaf: Words, folded: str) -> Iterator[tuple[int, int]]:
    if leaf.distance is None:
        for match in phrase_pattern(leaf.words).finditer(folded):
            yield match.span()
        return
    found = list(_WORD.finditer(folded))
    for first, last in near([match[0] for match in found], leaf.words, leaf.distance):
        yield found[first].start(), found[last].end()


def _value_spans(leaf: Whole, paper: Paper) -> Iterator[Span]:
    values = VALUES[leaf.values]
    texts = paper.text(values.span_field).split("; ") if values.span_field != "journal" else [paper.journal]
    begin = 0
    for text, keys in zip(texts, values.keys(paper), strict=False):
        if whole_holds(leaf, keys):
            yield Span(values.span_field, begin, begin + len(text), text)
        begin += len(text) + len("; ")


def whole_holds(leaf: Whole, keys: Sequence[str]) -> bool:
    """Whether a value that is found under `keys` is one that the leaf asks for."""
    if not leaf.pattern:
        return not leaf.keys.isdisjoint(keys)
    return any(re.fullmatch(leaf.pattern, key) for key in keys)
