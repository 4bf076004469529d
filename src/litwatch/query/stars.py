"""Owns what a `*` stands for: anything, inside one word of a text or inside one value.

Never goes back: whatever the stars and the text, no place of the text is tried twice for one part between them.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache, partial


def fits(pattern: str, text: str) -> bool:
    """Whether `text` is what `pattern` says, from its first character to its last.

    The parts between the stars are looked for from left to right, each at the first place where it stands: where
    that does not do, no later place does.
    """
    first, *others = pattern.split("*")
    if not others:
        return pattern == text
    if not text.startswith(first):
        return False
    place = len(first)
    for part in others[:-1]:
        place = text.find(part, place)
        if place < 0:
            return False
        place += len(part)
    return len(text) - len(others[-1]) >= place and text.endswith(others[-1])


@lru_cache(maxsize=16384)
def word_test(word: str) -> Callable[[str], object]:
    """A test whether a word of a text is `word`, in which a `*` stands for anything."""
    head, star, tail = word.partition("*")
    if not star:
        return word.__eq__
    return _starts_with(head) if not tail else partial(fits, word)


def _starts_with(head: str) -> Callable[[str], object]:
    return lambda word: word.startswith(head)


def stands_in(text: str, words: tuple[str, ...]) -> bool:
    """Whether the words stand side by side in a normal text that has a blank before and after it."""
    begin = f" {words[0].partition('*')[0]}"
    tests = [word_test(word) for word in words]
    place = text.find(begin)
    while place >= 0:
        if _stands_at(place, text, tests):
            return True
        place = text.find(begin, place + 1)
    return False


def _stands_at(blank: int, text: str, tests: list[Callable[[str], object]]) -> bool:
    for test in tests:
        end = text.find(" ", blank + 1)
        if end < 0 or not test(text[blank + 1 : end]):
            return False
        blank = end
    return True
