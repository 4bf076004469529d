"""Owns the texts of one paper that words are looked for in: whole zones, and the abstract by its passages.

Never knows what is looked for but its needle; lookup.py and spans.py look.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from litwatch.paper import Passage
from litwatch.query.leaves import Words
from litwatch.query.texts import Texts
from litwatch.query.tokens import fold
from litwatch.query.worded import Windows, Worded

Piece = tuple[Worded, int, Windows]
"""A text as words, where it begins in its field, and in which windows of it words count."""


class Pieces:
    """The normal texts of one paper, each made once; the abstract in pieces where passages give it roles."""

    __slots__ = ("_cut", "_of_roles", "passages", "texts")

    def __init__(self, texts: Texts, passages: Sequence[Passage] = ()) -> None:
        self.texts = texts
        self.passages = stretches(texts.paper.abstract, passages) if passages else ()
        self._cut: tuple[tuple[str, Piece], ...] | None = None
        self._of_roles: dict[frozenset[str], tuple[Piece, ...]] = {}

    @property
    def by_role(self) -> tuple[tuple[str, Piece], ...]:
        """The pieces of the abstract with their roles: windows of the whole where no border runs through a word."""
        if not self.passages:
            return ()
        if self._cut is None:
            text = self.texts.paper.abstract
            if self._borders_part_words():
                ((_, whole),) = self.texts.worded("abstract")
                borders = [whole.border(one.start) for one in self.passages[1:]]
                ends = [border + 1 for border in borders]  # the blank at a border is of both sides
                windows = zip([0, *borders], [*ends, len(whole.normal)], strict=True)
                pieces: list[Piece] = [(whole, 0, (window,)) for window in windows]
            else:
                alone = [(one.start, Worded(text[one.start : one.end])) for one in self.passages]
                pieces = [(worded, begin, worded.all) for begin, worded in alone]
            self._cut = tuple(zip([one.role for one in self.passages], pieces, strict=True))
        return self._cut

    def _borders_part_words(self) -> bool:
        """Whether the abstract has the words of its passages, and none runs over a border."""
        text = self.texts.paper.abstract
        for one in self.passages[1:]:
            before = text[one.start - 1 : one.start]
            if before != " " and fold(before)[-1:] != " " and fold(text[one.start : one.start + 1]) != " ":
                return False
        return True

    def allowed(self, leaf: Words) -> Iterable[str]:
        """The texts in which the leaf counts."""
        for zone in leaf.zones:
            if zone == "abstract" and leaf.roles is not None:
                for worded, _, windows in self._pieces_of(leaf.roles):
                    yield from (worded.normal[low:high] for low, high in windows)
            else:
                yield from self.texts.zone(zone).split("|")

    def holding(self, zone: str, roles: frozenset[str] | None, needle: str) -> Sequence[Piece]:
        """The paper's own texts of a zone in which a leaf of those roles counts and its needle may stand."""
        if zone == "abstract" and roles is not None:
            return [piece for piece in self._pieces_of(roles) if needle in piece[0].normal]
        if needle not in self.texts.zone(zone):
            return ()
        return [
            (worded, begin, worded.all)
            for begin, worded in self.texts.worded(zone)
            if needle in worded.normal
        ]

    def _pieces_of(self, roles: frozenset[str]) -> Sequence[Piece]:
        known = self._of_roles.get(roles)
        if known is None:
            pieces = [piece for role, piece in self.by_role if role in roles]
            if pieces and pieces[0][0] is pieces[-1][0]:  # windows of one text are looked into at once
                whole, begin, _ = pieces[0]
                pieces = [(whole, begin, tuple(window for _, _, (window,) in pieces))]
            known = self._of_roles[roles] = tuple(pieces)
        return known


def stretches(text: str, passages: Sequence[Passage]) -> tuple[Passage, ...]:
    """The whole of `text` as passages in order: neighbours of one role are one, the rest has the role ""."""
    found: list[Passage] = []
    position = 0
    for passage in sorted(passages, key=lambda one: (one.start, one.end)):
        start = max(passage.start, position)
        if text[position:start].strip():
            found.append(Passage("", position, start))
        if found and found[-1].role == passage.role:
            start = found.pop().start
        position = max(passage.end, position)
        same = (start, position) == (passage.start, passage.end)
        found.append(passage if same else Passage(passage.role, start, position))
    if text[position:].strip():
        found.append(Passage("", position, len(text)))
    return tuple(found)
