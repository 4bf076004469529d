"""Patterns that are tried only on texts that hold one of the words they cannot do without.

Owns finding out these words. Never changes what a pattern finds: a text without any of them cannot match.

A pattern of forty alternatives that ignores case costs Python's `re` as much on a sentence about something else as on
one that matches; asking for its words first costs a tenth. google-re2 does the same inside (its "prefilter"), but has
no look-around, which our patterns need. And a pattern that minds case, tried on small letters, is four times as fast
as one that does not: `re` passes over alternatives by their first letter only then.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache, cached_property, lru_cache
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import ahocorasick

_SHORTEST = 2
_MOST = 60

Words = frozenset[str]

# Escapes and the names of groups stay as they are when a pattern is put into small letters.
_CAPITALS = re.compile(r"\\.|\(\?P|[A-Z]+")


class Cued:
    """A pattern that ignores case, with the methods of re.Pattern that its users call.

    Groups of a match are in small letters; its places are those of the text. `bit` is its own among all patterns.
    """

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.bit = 1 << len(_every)
        _every.append(self)

    # Both are worked out when they are first needed: a run that reads no paper starts a tenth of a second sooner.

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words of which one must stand in a text; none where that is not certain."""
        return tuple(sorted(_needed(parser.parse(self.pattern, re.IGNORECASE)) or ()))

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The pattern for texts in small letters."""
        return re.compile(_CAPITALS.sub(_in_small_letters, self.pattern))

    def may_match(self, lowered: str) -> bool:
        """False where a text in small letters lacks every word that the pattern needs one of."""
        for word in self.words:
            if word in lowered:
                return True
        return not self.words

    def search(self, text: str) -> re.Match[str] | None:
        """As re.Pattern.search."""
        lowered = small(text)
        return self.compiled.search(lowered) if self.may_match(lowered) else None

    def match(self, text: str) -> re.Match[str] | None:
        """As re.Pattern.match."""
        lowered = small(text)
        return self.compiled.match(lowered) if self.may_match(lowered) else None

    def finditer(self, text: str) -> Iterator[re.Match[str]]:
        """As re.Pattern.finditer."""
        lowered = small(text)
        return self.compiled.finditer(lowered) if self.may_match(lowered) else iter(())


_every: list[Cued] = []


@cache
def _sieve() -> tuple[ahocorasick.Automaton, int]:
    """An automaton from each word to the bits of the patterns that need it, and the bits of all these patterns."""
    bits: dict[str, int] = {}
    for cued in _every:
        for word in cued.words:
            bits[word] = bits.get(word, 0) | cued.bit
    automaton = ahocorasick.Automaton()
    for word, of_word in bits.items():
        automaton.add_word(word, of_word)
    automaton.make_automaton()
    return automaton, sum(cued.bit for cued in _every if cued.words)


def possible(lowered: str) -> int:
    """The bits of the patterns that may match a text in small letters: `may_match` of all of them in one pass."""
    automaton, sifted = _sieve()
    found = ~sifted  # whatever needs no word, or was not there when the sieve was made
    for _, bits in automaton.iter(lowered):
        found |= bits
    return found


class Exact:
    """A pattern that minds case, tried only on texts that hold one of the characters it cannot do without.

    `needs` says which, as a pattern of its own.
    """

    def __init__(self, pattern: str, needs: str) -> None:
        self._compiled = re.compile(pattern)
        self._needs = re.compile(needs)

    def search(self, text: str) -> re.Match[str] | None:
        """As re.Pattern.search."""
        return self._compiled.search(text) if self._needs.search(text) else None


def _in_small_letters(found: re.Match[str]) -> str:
    return found[0] if found[0][0] in "\\(" else found[0].lower()


@lru_cache(maxsize=64)
def small(text: str) -> str:
    """`text` in small letters, as long as it is, so that a pattern in small letters finds what re.IGNORECASE finds."""
    if text.isascii():
        return text.lower()
    # lower() makes two characters of the capital I with a dot, and leaves the long s and the i without a dot alone.
    return text.replace("İ", "i").lower().replace("ſ", "s").replace("ı", "i")


def _needed(parsed: Any) -> Words | None:
    """Words one of which stands, in small letters, in every text that matches; None where nothing is certain."""
    choices: list[Words] = []
    run: list[str] = []
    for kind, value in [*parsed, (None, None)]:
        if kind is op.LITERAL:
            run.append(chr(value).lower())
            continue
        if len(run) >= _SHORTEST or not "".join(run).isascii():
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
