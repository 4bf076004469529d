"""Patterns that are tried only on texts that hold one of the words they cannot do without.

Owns finding out these words. Never changes what a pattern finds: a text without any of them cannot match.

A pattern of forty alternatives that ignores case costs Python's `re` as much on a sentence about something else as on
one that matches; asking for its words first costs a tenth. google-re2 does the same inside (its "prefilter"), but has
no look-around, which our patterns need.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cached_property, lru_cache
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

_SHORTEST = 2
_MOST = 60

Words = frozenset[str]


class Cued:
    """A pattern that ignores case, with the methods of re.Pattern that its users call."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern

    # Both are worked out when they are first needed: a run that reads no paper starts a tenth of a second sooner.

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words of which one must stand in a text; none where that is not certain."""
        return tuple(sorted(_needed(parser.parse(self.pattern, re.IGNORECASE)) or ()))

    @cached_property
    def _compiled(self) -> re.Pattern[str]:
        return re.compile(self.pattern, re.IGNORECASE)

    def may_match(self, text: str) -> bool:
        """False where the text lacks every word that the pattern needs one of."""
        if not self.words:
            return True
        lowered = _lowered(text)
        for word in self.words:  # noqa: SIM110 - any() with a generator takes three times as long
            if word in lowered:
                return True
        return False

    def search(self, text: str, start: int = 0, end: int | None = None) -> re.Match[str] | None:
        """As re.Pattern.search."""
        if not self.may_match(text):
            return None
        return self._compiled.search(text, start, len(text) if end is None else end)

    def match(self, text: str) -> re.Match[str] | None:
        """As re.Pattern.match."""
        return self._compiled.match(text) if self.may_match(text) else None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """As re.Pattern.finditer."""
        return self._compiled.finditer(text) if self.may_match(text) else iter(())

    def findall(self, text: str) -> list[Any]:
        """As re.Pattern.findall."""
        return self._compiled.findall(text) if self.may_match(text) else []


@lru_cache(maxsize=64)
def _lowered(text: str) -> str:
    # re.IGNORECASE takes the long s and the Kelvin sign for s and k, which lower() does not.
    return text.lower().replace("ſ", "s")


def _needed(parsed: Any) -> Words | None:
    """Words one of which stands, in small letters, in every text that matches; None where nothing is certain."""
    choices: list[Words] = []
    run: list[str] = []
    for kind, value in [*parsed, (None, None)]:
        if kind is op.LITERAL:
            run.append(chr(value).lower())
            continue
        if len(run) >= _SHORTEST:
            choices.append(frozenset(("".join(run),)))
        run = []
        found = _needed_by(kind, value)
        if found:
            choices.append(found)
    usable = [found for found in choices if len(found) <= _MOST]
    return max(usable, key=lambda found: (min(map(len, found)), -len(found)), default=None)


def _needed_by(kind: Any, value: Any) -> Words | None:
    if kind is op.BRANCH:
        alternatives = [_needed(branch) for branch in value[1]]
        if not all(alternatives):
            return None
        every = frozenset().union(*alternatives)  # type: ignore[arg-type]
        return frozenset(word for word in every if not any(other in word for other in every - {word}))
    if kind is op.SUBPATTERN:
        return _needed(value[-1])
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT) and value[0] > 0:
        return _needed(value[2])
    return None
