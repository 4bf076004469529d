"""A sentence of an abstract with the role it plays, and what patterns find in it, each asked once.

Owns what is worked out of one sentence for all who read it. Never decides what a sentence says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from litwatch.paper import Span
from litwatch.reading.quick import quick
from litwatch.study.cues import Cued, Exact, in_small_letters, sifted
from litwatch.study.numbers import IN_WORDS, number_starts

_span = quick(Span)


class Statement:
    """A sentence: `text` stands at start:end of the abstract, `small` is the same in small letters.

    `labelled`: a label of the abstract gave the role, not the words.
    """

    __slots__ = ("_found", "_starts", "end", "labelled", "possible", "role", "small", "start", "sure", "text")

    def __init__(self, role: str, start: int, end: int, text: str, *, labelled: bool = False) -> None:
        self.role, self.start, self.end, self.text = role, start, end, text
        self.labelled = labelled
        self.small = in_small_letters(text)
        #: The bits of the patterns that may stand here, as far as is known, and of those that do.
        self.possible, self.sure = sifted(self.small)
        self._found: dict[Cued, re.Match[str]] = {}
        self._starts: list[int] | None = None

    def may_have(self, pattern: Cued) -> bool:
        """False where the pattern lacks a word that it needs, or was looked for and does not stand."""
        return self.possible & pattern.bit != 0

    def find(self, pattern: Cued) -> re.Match[str] | None:
        """The first place where the pattern stands in it."""
        bit = pattern.bit
        if not self.possible & bit:
            return None
        found = self._found.get(pattern)
        if found is None:
            found = pattern.compiled.search(self.small)
            if found is None:
                self.possible ^= bit
            else:
                self.sure |= bit
                self._found[pattern] = found
        return found

    def has(self, pattern: Cued | Exact) -> bool:
        """Whether the pattern stands in it."""
        bit = pattern.bit
        if self.sure & bit:
            return True
        if not self.possible & bit:
            return False
        if isinstance(pattern, Cued):
            return self.find(pattern) is not None
        if pattern.stands_in(self.text):
            self.sure |= bit
            return True
        self.possible ^= bit
        return False

    def span(self, start: int, end: int) -> Span:
        """The Span of a stretch of it."""
        return _span("abstract", self.start + start, self.start + end, self.text[start:end])

    @property
    def whole(self) -> Span:
        """The Span of all of it."""
        return _span("abstract", self.start, self.end, self.text)

    def numbered(self, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
        """Every match, in small letters, of a pattern that begins with a NUMBER: tried only where one may begin."""
        if self._starts is None:
            self._starts = number_starts(self.small, in_words=self.may_have(IN_WORDS))
        end = 0
        for start in self._starts:
            if start >= end and (found := pattern.match(self.small, start)):
                yield found
                end = found.end()
