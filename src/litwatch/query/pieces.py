"""Owns the texts of one paper that words are looked for in: whole zones, and the abstract by its passages.

Never knows what is looked for but its needle; lookup.py and spans.py look.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from litwatch.paper import Paper, Passage
from litwatch.query.leaves import Words
from litwatch.query.record import ZONES
from litwatch.query.tokens import fold, normal


class Pieces:
    """The normal texts of one paper, each made once; the abstract in pieces where passages give it roles."""

    __slots__ = ("_abstract", "_zones", "paper", "passages")

    def __init__(self, paper: Paper, passages: Sequence[Passage]) -> None:
        self.paper = paper
        self.passages = stretches(paper.abstract, passages) if passages else ()
        self._zones: dict[str, str] = {}
        self._abstract: tuple[tuple[str, str], ...] | None = None

    @property
    def abstract(self) -> tuple[tuple[str, str], ...]:
        """(role, normal text) in order; what stands in no passage has the role ""."""
        if self._abstract is None:
            text = self.paper.abstract
            self._abstract = tuple((one.role, normal(text[one.start : one.end])) for one in self.passages)
        return self._abstract

    def zone(self, name: str) -> str:
        """The texts of a zone, " | " between them, a blank before and after; "" where there is nothing."""
        known = self._zones.get(name)
        if known is None:
            if name == "abstract" and self.passages and self._borders_part_words():
                known = " ".join([piece for _, piece in self.abstract if piece])
            else:
                known = " | ".join([normal(text) for text in ZONES[name].texts(self.paper) if text])
            known = self._zones[name] = f" {known} " if known else ""
        return known

    def _borders_part_words(self) -> bool:
        """Whether the abstract has the words of its passages, and none runs over a border."""
        text = self.paper.abstract
        return all(
            fold(text[one.start - 1 : one.start])[-1:] == " " or fold(text[one.start : one.start + 1]) == " "
            for one in self.passages[1:]
        )

    def allowed(self, leaf: Words) -> Iterable[str]:
        """The texts in which the leaf counts."""
        for zone in leaf.zones:
            if zone == "abstract" and leaf.roles is not None:
                yield from (f" {piece} " for role, piece in self.abstract if role in leaf.roles)
            else:
                yield from self.zone(zone).split("|")

    def places(self, leaf: Words, zone: str, needle: str) -> Iterator[tuple[int, str]]:
        """The paper's own texts in which the leaf counts and may stand, each after the place where it begins."""
        if zone == "abstract" and leaf.roles is not None:
            for one, (role, piece) in zip(self.passages, self.abstract, strict=True):
                if role in leaf.roles and needle in f" {piece} ":
                    yield one.start, self.paper.abstract[one.start : one.end]
        elif needle in self.zone(zone):
            begin = 0
            for text in ZONES[zone].texts(self.paper):
                yield begin, text
                begin += len(text) + len("; ")


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
        found.append(Passage(passage.role, start, position))
    if text[position:].strip():
        found.append(Passage("", position, len(text)))
    return tuple(found)
