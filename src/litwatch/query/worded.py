"""Owns one text of a paper as words: which they are, where each stands in the text, and where phrases of them stand.

Made once for a text, asked by every leaf. Never knows fields, zones or leaves.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate, islice

from litwatch.query.stars import FEW, side_by_side, word_test
from litwatch.query.tokens import Offsets, fold, offsets

Windows = Sequence[tuple[int, int]]
"""Stretches of a normal text in order, each from a blank to after a blank; what stands side by side stands in one."""


class Worded:
    """`normal` is the words of `text` one blank apart and around; all of it is a window."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._folded = fold(text)
        # Few words have more than one blank behind them: what stands between two such stays as it is.
        self._runs = self._folded.split("  ")
        self._stripped = list(map(str.strip, self._runs))
        words = " ".join(filter(None, self._stripped))
        self.normal = f" {words} " if words else ""
        self.all: Windows = ((0, len(self.normal)),)

    @cached_property
    def words(self) -> list[str]:
        """The words in order."""
        return self.normal.split()

    @cached_property
    def _begins(self) -> tuple[list[int], list[int]]:
        """Where each run begins in the normal text, and where in the folded text."""
        begins: list[int] = []
        folded: list[int] = []
        place, begin = 0, 1
        for run, words in zip(self._runs, self._stripped, strict=True):
            if words:
                begins.append(begin)
                folded.append(place + (run[0] == " "))
                begin += len(words) + 1
            place += len(run) + 2
        return begins, folded

    @cached_property
    def _places(self) -> Offsets | None:
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

    @cached_property
    def _starts(self) -> list[int]:
        """Where each word begins in the normal text."""
        return list(accumulate((len(word) + 1 for word in self.words[:-1]), initial=1))

    def stretch(self, start: int, end: int) -> tuple[int, int]:
        """From where to where in the text itself the words go that are `normal[start:end]`."""
        begins, folded = self._begins
        run = bisect_right(begins, start) - 1
        start += folded[run] - begins[run]
        if run + 1 < len(begins) and begins[run + 1] < end:
            run = bisect_right(begins, end - 1, run) - 1
        end += folded[run] - begins[run]
        places = self._places
        if places is None:
            return start, end
        return places[start], max(places[end], places[end - 1] + 1)

    def stretch_of_words(self, first: int, last: int) -> tuple[int, int]:
        """The same of the words `first` to `last`."""
        return self.stretch(self._starts[first], self._starts[last] + len(self.words[last]))

    def border(self, place: int) -> int:
        """The blank of the normal text before the first word that begins at that place of the text or after it."""
        if self._places is not None:
            place = self._places.first_from(place)
        if place and self._folded[place - 1 : place] != " ":
            place = self._folded.find(" ", place)
        words = self._folded[place:].lstrip() if place >= 0 else ""
        if not words:
            return max(0, len(self.normal) - 1)
        begins, folded = self._begins
        place = len(self._folded) - len(words)
        run = bisect_right(folded, place) - 1
        return place - folded[run] + begins[run] - 1

    def phrases(self, words: tuple[str, ...], windows: Windows) -> list[tuple[int, int]]:
        """First and last position of each place in a window where the words stand side by side; none over another.

        A `*` in a word stands for any letters and digits.
        """
        among = self.among(windows)
        if len(words) > FEW:
            firsts = [
                low + first for low, high in among for first in side_by_side(self.words[low:high], words)
            ]
        else:
            firsts = self._fitting(words)
        found: list[tuple[int, int]] = []
        after, width = 0, len(words)
        for first in firsts:
            if first < after:
                continue
            end = first + width
            for low, high in among:
                if low <= first and end <= high:
                    found.append((first, end - 1))
                    after = end
                    break
        return found

    def among(self, windows: Windows) -> list[tuple[int, int]]:
        """The windows by their words: from which position to before which."""
        count = self.normal.count
        return [(count(" ", 0, low), max(count(" ", 0, high) - 1, 0)) for low, high in windows]

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
