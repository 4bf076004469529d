"""A sentence of an abstract with the role it plays, and what patterns find in it, each asked once.

Owns what is worked out of one sentence for all who read it. Never decides what a sentence says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from litwatch.paper import Span
from litwatch.study.cues import Cued, Exact, sifted, small
from litwatch.study.numbers import IN_WORDS, number_starts


class Statement:
    """A sentence: `text` stands at start:end of the abstract, `small` is the same in small letters."""

    __slots__ = ("_found", "_held", "_starts", "end", "possible", "role", "small", "start", "sure", "text")

    def __init__(self, role: str, start: int, end: int, text: str) -> None:
        self.role, self.start, self.end, self.text = role, start, end, text
        self.small = small(text)
        #: The bits of the patterns (Cued.bit) that have a word here that they need, and of those that surely stand.
        self.possible, self.sure = sifted(self.small)
        self._found: dict[Cued, re.Match[str] | None] = {}
        self._held: dict[Exact, bool] = {}
        self._starts: list[int] | None = None

    def may_have(self, pattern: Cued) -> bool:
        """False where the pattern lacks a word that it needs."""
        return self.possible & pattern.bit != 0

    def find(self, pattern: Cued) -> re.Match[str] | None:
        """The first place where the pattern stands in it."""
        if not self.possible & pattern.bit:
            return None
        if pattern not in self._found:
            self._found[pattern] = pattern.compiled.search(self.small)
        return self._found[pattern]

    def has(self, pattern: Cued | Exact) -> bool:
        """Whether the pattern stands in it."""
        if isinstance(pattern, Cued):
            if self.sure & pattern.bit:
                return True
            return self.possible & pattern.bit != 0 and self.find(pattern) is not None
        held = self._held.get(pattern)
        if held is None:
            held = self._held[pattern] = pattern.stands_in(self.text)
        return held

    def span(self, start: int, end: int) -> Span:
        """The Span of a stretch of it."""
        return Span("abstract", self.start + start, self.start + end, self.text[start:end])

    @property
    def whole(self) -> Span:
        """The Span of all of it."""
        return Span("abstract", self.start, self.end, self.text)

    def numbered(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Every match, in small letters, of a pattern that begins with a NUMBER: tried only where one may begin."""
        if self._starts is None:
            self._starts = number_starts(self.small, in_words=self.may_have(IN_WORDS))
        end = 0
        for start in self._starts:
            if start >= end and (found := pattern.match(self.small, start)):
                yield found
                end = found.end()
