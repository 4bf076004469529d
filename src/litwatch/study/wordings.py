"""What stands around a number, in classes of words that a reader understands: "enrolled before", "of these behind".

Owns the classes and how far they reach. Never decides what a number means.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from litwatch.study.weighing import Features

_REACH = 70  # characters
_WORD = re.compile(r"[a-z][a-z'’-]*")
# What is said of this number ends with the next one, and with its clause.
_ENDS_BEHIND = re.compile(r"[;:]|[.]\s|(?:,|\band|\bor)\s(?=\d)")
_ENDS_BEFORE = re.compile(r"[;:]|[.]\s|\d[\d.,]*(?:\s?%\)?)?\s")
_SHARE = re.compile(r"\s?\(\s?\d+(?:\.\d+)?\s?%")
_MOST_WORDS = 4096


class Classes:
    """Classes of words, by their beginnings; a word in full has a = before it. `reach`: how many words count."""

    def __init__(self, stems: Mapping[str, str], reach: int) -> None:
        self._stems = [(stem, name) for name, listed in stems.items() for stem in listed.split()]
        self._reach = reach
        self._known: dict[tuple[str, str], tuple[str, ...]] = {}

    def around(self, lowered: str, start: int, end: int) -> Features:
        """The classes of the words before and behind lowered[start:end], within its clause."""
        before = _ENDS_BEFORE.split(lowered[max(0, start - _REACH) : start])[-1]
        behind = _ENDS_BEHIND.split(lowered[end : end + _REACH], maxsplit=1)[0]
        known: Features = {}
        words = _WORD.findall(before)[-self._reach :]
        for word in words:
            for name in self._of(word, "before"):
                known[name] = 1.0
        for word in _WORD.findall(behind)[: self._reach]:
            for name in self._of(word, "behind"):
                known[name] = 1.0
        if words and words[-1] == "of":
            known["directly of"] = 1.0
        if not before.strip(" (["):
            known["opens its clause"] = 1.0
        if before.endswith("("):
            known["in brackets"] = 1.0
        if _SHARE.match(lowered, end):
            known["with a share"] = 1.0
        return known

    def _of(self, word: str, side: str) -> tuple[str, ...]:
        found = self._known.get((word, side))
        if found is None:
            names = dict.fromkeys(
                name
                for stem, name in self._stems
                if (word == stem[1:] if stem[0] == "=" else word.startswith(stem))
            )
            found = tuple(f"{name} {side}" for name in names)
            if len(self._known) < _MOST_WORDS:
                self._known[word, side] = found
        return found
