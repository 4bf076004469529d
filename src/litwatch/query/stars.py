"""Owns words side by side, and what a `*` stands for: anything, inside one word of a text or inside one value.

Never goes back: whatever the stars and the text, no place of the text is tried twice for one part between them, and
none more than FEW times for the words of one phrase.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
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


#: A phrase of so many words is tried at each place where its first word stands.
FEW = 8


def stands_in(text: str, words: tuple[str, ...]) -> bool:
    """Whether the words stand side by side in a normal text that has a blank before and after it."""
    if len(words) > FEW:
        return any(True for _ in side_by_side(text.split(), words))
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


def side_by_side(found: Sequence[str], words: tuple[str, ...]) -> Iterator[int]:
    """Each position in `found` where the words begin to stand side by side, from left to right, none over another.

    Of all beginnings of the phrase those that end at a word of the text are the bits of one number (R. Baeza-Yates and
    G. Gonnet, A new approach to text searching, CACM 1992;35(10):74-82): a word is looked at once, however long the
    phrase is.
    """
    bits_of = _bits(words)
    known: dict[str, int] = {}
    whole, begun = 1 << len(words) - 1, 0
    for position, word in enumerate(found):
        bits = known.get(word)
        if bits is None:
            bits = known[word] = bits_of(word)
        begun = (begun << 1 | 1) & bits
        if begun & whole:
            yield position - len(words) + 1
            begun = 0


def _bits(words: tuple[str, ...]) -> Callable[[str], int]:
    """A table from a word of a text to the places of the phrase where it may stand, each a bit."""
    exact: dict[str, int] = {}
    cut: dict[
        tuple[str, str], dict[str, int]
    ] = {}  # by what stands before the first star and behind the last
    for place, word in enumerate(words):
        head, star, _ = word.partition("*")
        alike = cut.setdefault((head, word.rpartition("*")[2]), {}) if star else exact
        alike[word] = alike.get(word, 0) | 1 << place
    lengths = sorted({(len(head), len(tail)) for head, tail in cut})

    def bits_of(word: str) -> int:
        bits, size = exact.get(word, 0), len(word)
        for head, tail in lengths:
            for asked, places in cut.get(
                (word[:head], word[size - tail :] if tail <= size else ""), {}
            ).items():
                if word_test(asked)(word):
                    bits |= places
        return bits

    return bits_of
