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
from functools import cache, cached_property, lru_cache, reduce
from itertools import count
from operator import itemgetter, or_
from re import _constants as op  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import ahocorasick

from litwatch.query.tokens import outside_ascii

_SHORTEST = 2
_MOST = 200
_MOST_SPELLED = 400

Words = frozenset[str]

# Beside the characters of a needed word: a word begins or ends there.
_BORDER = "\b"
_BLANKS = bytes(
    code if code > 127 or chr(code).isalnum() or chr(code) == "_" else ord(" ") for code in range(256)
)

# Escapes and the names of groups stay as they are when a pattern is put into small letters.
_CAPITALS = re.compile(r"\\.|\(\?P|[A-Z]+")


class Cued:
    """A pattern that ignores case, with the methods of re.Pattern that its users call.

    Groups of a match are in small letters; its places are those of the text. `bit` is its own among all patterns.
    """

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.bit = 1 << next(_places)
        _every.append(self)

    # All are worked out when they are first needed: a run that reads no paper starts a tenth of a second sooner.

    @cached_property
    def _parsed(self) -> Any:
        return parser.parse(self.pattern, re.IGNORECASE)

    @cached_property
    def _needed(self) -> Words:
        return _needed(self._parsed) or frozenset()

    @cached_property
    def words(self) -> tuple[str, ...]:
        """The words of which one must stand in a text; none where that is not certain."""
        return tuple(sorted(_fewest(frozenset(word.strip(_BORDER) for word in self._needed))))

    @cached_property
    def cues(self) -> tuple[str, ...]:
        """The same as they stand in a text whose words are `_apart`."""
        return tuple(sorted({_apart(word) for word in self._needed}))

    @cached_property
    def spelled(self) -> tuple[str, ...]:
        """Words of a text whose words are `_apart` that are each all of a match: with one of them it surely matches."""
        return tuple(sorted({cue for text in _spelled(self._parsed) if (cue := _whole_words(text))}))

    @cached_property
    def compiled(self) -> re.Pattern[str]:
        """The pattern for texts in small letters."""
        return re.compile(_CAPITALS.sub(_lowered, self.pattern))

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
_places = count()
_BITS = itemgetter(1)


@cache
def _sieve() -> tuple[ahocorasick.Automaton, int, int]:
    """An automaton from each cue to the bits of the patterns that may match where it stands and, so many places higher,
    of those that do; how many places; and the bits of all patterns but those with cues."""
    high = max((cued.bit.bit_length() for cued in _every), default=0)
    bits: dict[str, int] = {}
    for cued in _every:
        if not cued.cues:
            continue
        for cue in cued.cues:
            bits[cue] = bits.get(cue, 0) | cued.bit
        for cue in cued.spelled:
            bits[cue] = bits.get(cue, 0) | cued.bit | cued.bit << high
    automaton = ahocorasick.Automaton()
    for cue, of_cue in bits.items():
        automaton.add_word(cue, of_cue)
    automaton.make_automaton()
    return automaton, high, ~sum(cued.bit for cued in _every if cued.cues)


def sifted(lowered: str) -> tuple[int, int]:
    """The bits of the patterns that may match a text in small letters, and of those that surely do, in one pass.

    The first are fewer than `may_match` lets through: a word that begins or ends in the pattern must do so in the text.
    """
    automaton, high, others = _sieve()
    found = reduce(or_, map(_BITS, automaton.iter(f" {_apart(lowered)} ")), 0)
    sure = found >> high
    # Whatever needs no word, or was not there when the sieve was made, may match.
    return others | (found ^ sure << high), sure


def _apart(lowered: str) -> str:
    """The text with a blank for each character that is not of a word; one outside ASCII has a blank around it."""
    if not lowered.isascii():
        for other in outside_ascii(lowered):
            if not _is_of_word(other):
                lowered = lowered.replace(other, f" {other} ")
    return lowered.encode("utf-8", "surrogatepass").translate(_BLANKS).decode("utf-8", "surrogatepass")


class Exact:
    """Patterns that mind case, each with the words of which it needs one (if any); it stands where one of them does."""

    def __init__(self, *patterns: tuple[str, tuple[str, ...]]) -> None:
        self.patterns = tuple((re.compile(pattern), needed) for pattern, needed in patterns)
        self.bit = 1 << next(_places)

    def stands_in(self, text: str) -> bool:
        """Whether one of the patterns stands in the text."""
        for pattern, needed in self.patterns:
            for word in needed or ("",):
                if word in text:
                    if pattern.search(text):
                        return True
                    break
        return False


def _lowered(found: re.Match[str]) -> str:
    return found[0] if found[0][0] in "\\(" else found[0].lower()


def in_small_letters(text: str) -> str:
    """`text` in small letters, as long as it is, so that a pattern in small letters finds what re.IGNORECASE finds."""
    if text.isascii():
        return text.lower()
    # lower() makes two characters of the capital I with a dot, and leaves the long s and the i without a dot alone.
    return text.replace("İ", "i").lower().replace("ſ", "s").replace("ı", "i")


#: The same of what is asked for by one pattern after another.
small = lru_cache(maxsize=64)(in_small_letters)


def _needed(parsed: Any, begins: str = "", ends: str = "") -> Words | None:
    """Words one of which stands, in small letters, in every text that matches; None where nothing is certain.

    A word that surely begins or ends there has a _BORDER there; so have `begins` and `ends` before and behind `parsed`.
    """
    choices: list[Words] = []
    steps = [*parsed, (None, ends)]
    run, before, border = "", "", begins
    for (kind, value), following in zip(steps, [*steps[1:], (None, "")], strict=True):
        if kind is op.LITERAL:
            before = before if run else border
            run, border = run + chr(value).lower(), ""
            continue
        behind = _border(kind, value)
        if len(run) >= _SHORTEST or not run.isascii():
            choices.append(frozenset((_bordered(run, before, behind),)))
        run = ""
        if found := _needed_by(kind, value, border, _border(*following)):
            choices.append(found)
        border = behind
    usable = [found for found in choices if len(found) <= _MOST]
    return max(usable, key=lambda found: (min(map(_length, found)), -len(found)), default=None)


def _needed_by(kind: Any, value: Any, begins: str, ends: str) -> Words | None:
    if kind is op.BRANCH:
        alternatives = [_needed(branch, begins, ends) for branch in value[1]]
        if not all(alternatives):
            return None
        return _fewest(frozenset().union(*alternatives))  # type: ignore[arg-type]
    if kind is op.SUBPATTERN:
        return _needed(value[-1], begins, ends)
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT) and value[0] > 0:
        return _needed(value[2])
    return None


def _fewest(words: Words) -> Words:
    """Without those that another stands in."""
    return frozenset(word for word in words if not any(other in word for other in words - {word}))


def _length(word: str) -> int:
    return len(word.strip(_BORDER))


def _border(kind: Any, value: Any) -> str:
    """The _BORDER that a step of a pattern is; behind the last step, what stands behind the pattern."""
    if kind is None:
        return str(value)
    return _BORDER if kind is op.AT and value is op.AT_BOUNDARY else ""


def _bordered(word: str, before: str, behind: str) -> str:
    """The word with its borders; beside what is of no word, a border says that another word begins or ends there."""
    first, last = word[0], word[-1]
    return (before if _is_of_word(first) else "") + word + (behind if _is_of_word(last) else "")


def _is_of_word(character: str) -> bool:
    return character.isalnum() or character == "_"


# Behind the characters of a spelled word: the rest of the word, whatever it is.
_REST = "\0"


def _spelled(parsed: Any) -> list[str]:
    """Texts in small letters that are each a whole match, with _BORDER and _REST in them; not all that there are."""
    texts = [""]
    for kind, value in parsed:
        step = _spelled_by(kind, value)
        texts = [text + more for text in texts for more in step]
        if not texts or len(texts) > _MOST_SPELLED:
            return []
    return texts


def _spelled_by(kind: Any, value: Any) -> list[str]:
    if kind is op.LITERAL:
        return [chr(value).lower()]
    if kind is op.AT:
        return [_BORDER] if value is op.AT_BOUNDARY else []
    if kind is op.IN:
        return (
            [chr(code).lower() for one, code in value if one is op.LITERAL]
            if value[0][0] is not op.NEGATE
            else []
        )
    if kind is op.BRANCH:
        return [text for branch in value[1] for text in _spelled(branch)]
    if kind is op.SUBPATTERN:
        return _spelled(value[-1])
    if kind in (op.MAX_REPEAT, op.MIN_REPEAT) and value[0] == 0:
        rest = value[1] is op.MAXREPEAT and list(value[2]) == [(op.IN, [(op.CATEGORY, op.CATEGORY_WORD)])]
        return ["", *_spelled(value[2])] if not rest else [_REST]
    return []


def _whole_words(text: str) -> str | None:
    """The cue of a spelled text that is (of) one word; None for any other."""
    word = text.removeprefix(_BORDER).removesuffix(_BORDER).removesuffix(_REST)
    if not word.isascii() or not all(map(_is_of_word, word)):
        return None
    begins = " " if text.startswith(_BORDER) else ""
    ends = " " if text.endswith(_BORDER) and not text.endswith(_REST + _BORDER) else ""
    return begins + word + ends if len(word) >= _SHORTEST else None
