"""Owns one text of a paper as words: which they are, where each stands in the text, and where phrases of them stand.

Made once for a text, asked by every leaf. Never knows fields, zones or leaves.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate, compress, count, islice
from operator import add

from litwatch.query.stars import FEW, side_by_side, word_test
from litwatch.query.tokens import fold, offsets

Windows = Sequence[tuple[int, int]]
"""From which word to before which, in order; what stands side by side stands in one of them."""


class Worded:
    """`words` are those of `text` in order, `all` of them a window; `normal` is them one blank apart and around."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._folded = fold(text)
        self.words = self._folded.split()
        self.normal = f" {' '.join(self.words)} " if self.words else ""
        self.all: Windows = ((0, len(self.words)),)
        self._begins: dict[str, list[int]] = {}

    @cached_property
    def _starts(self) -> list[int]:
        """Where each word begins in the folded text."""
        parts = self._folded.split(" ")
        begins = map(add, accumulate(map(len, parts), initial=0), count())
        return list(compress(begins, parts))

    @cached_property
    def _places(self) -> tuple[int, ...] | None:
        return offsets(self._text)

    @cached_property
    def _positions(self) -> dict[str, list[int]]:
        """Where each word stands among the words."""
        found: dict[str, list[int]] = {}
        for position, word in enumerate(self.words):
            found.setdefault(word, []).append(position)
        return found

    @cached_property
    def _different(self) -> list[str]:
        return sorted(self._positions)

    def stretch(self, first: int, last: int) -> tuple[int, int]:
        """From where to where in the text itself the words `first` to `last` go."""
        start, end = self._starts[first], self._starts[last] + len(self.words[last])
        places = self._places
        if places is None:
            return start, end
        return places[start], max(places[end], places[end - 1] + 1)

    def position(self, place: int) -> int:
        """The first word that begins at that place of the text or after it."""
        if self._places is not None:
            place = bisect_left(self._places, place)
        return bisect_left(self._starts, place)

    def phrases(self, words: tuple[str, ...], needle: str, windows: Windows) -> list[tuple[int, int]]:
        """First and last position of each place in a window where the words stand side by side; none over another.

        `needle` stands in `normal` at each such place and, where no star stands before the end of the words, at no
        other.
        """
        if len(words) > FEW:
            firsts = [
                low + first for low, high in windows for first in side_by_side(self.words[low:high], words)
            ]
        elif "*" in " ".join(words)[:-1]:
            firsts = self._fitting(words)
        else:
            firsts = self._beginnings(needle)
        found: list[tuple[int, int]] = []
        after, width = 0, len(words)
        for first in firsts:
            if first < after:
                continue
            end = first + width
            for low, high in windows:
                if low <= first and end <= high:
                    found.append((first, end - 1))
                    after = end
                    break
        return found

    def _beginnings(self, needle: str) -> list[int]:
        """The positions at which the needle stands."""
        known = self._begins.get(needle)
        if known is None:
            known = self._begins[needle] = []
            place = self.normal.find(needle)
            while place >= 0:
                known.append(self.normal.count(" ", 0, place))
                place = self.normal.find(needle, place + 1)
        return known

    def _fitting(self, words: tuple[str, ...]) -> list[int]:
        """The positions at which words with stars in them stand side by side."""
        tests = [word_test(word) for word in words]
        begins = self._positions.get(words[0], []) if "*" not in words[0] else self._like(words[0])
        return [
            first
            for first in begins
            if first + len(words) <= len(self.words)
            and all(
                test(word)
                for test, word in zip(tests[1:], self.words[first + 1 : first + len(words)], strict=True)
            )
        ]

    def _like(self, asked: str) -> list[int]:
        """Where words stand that begin as `asked` does and fit it."""
        head, test = asked.split("*", 1)[0], word_test(asked)
        fitting: list[int] = []
        for word in islice(self._different, bisect_left(self._different, head), None):
            if not word.startswith(head):
                break
            if test(word):
                fitting.extend(self._positions[word])
        return sorted(fitting)
