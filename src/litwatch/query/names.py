"""Owns whether a name that was asked for is a person or group of the record, as PubMed's author index has them.

Never says which people of a paper count: record.PEOPLE does.

PubMed User Guide, "Searching by author" and Author [au]: the format is last name, initials, suffix; "smith j" is
truncated for varying initials unless it is in quotes; a full name may be entered in natural or inverted order, and
without its middle names; a comma following the last name says which is the last name. Initials and suffixes may be
left out. Ours, for the Guide has examples of both: an apostrophe is nothing or a blank, on either side.

Names are compared part by part, so that smith j is no Smith-Jones and li ma no Li Mary. Where the Guide is silent
nobody is lost: a single letter stands for a fore name that begins with it, the beginning of a last name of several
words (garcia for García López) for all of it where nothing follows.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

from litwatch.paper import Author
from litwatch.query.leaves import Person
from litwatch.query.record import remembered
from litwatch.query.stars import word_test
from litwatch.query.tokens import APOSTROPHES_APART, NO_APOSTROPHES


@dataclass(slots=True)
class NameIndex:
    """Leaves by the first word of what they ask for: an author is compared with those that begin as a name of his.

    Of a first word with a `*`, `cut` has what stands before it.
    """

    whole: dict[str, list[tuple[Person, int]]] = field(default_factory=dict)
    cut: dict[str, list[tuple[Person, int]]] = field(default_factory=dict)

    def add(self, leaf: Person, number: int) -> None:
        """The leaf will be found as `number`."""
        head, star, _ = leaf.name.partition(" ")[0].partition("*")
        table = self.cut if star else self.whole
        table.setdefault(head, []).append((leaf, number))

    def named(self, author: Author) -> Iterator[int]:
        """The numbers of the leaves that ask for the author."""
        for first in first_words(author):
            beginnings = [first[:length] for length in range(len(first) + 1)] if self.cut else []
            for leaf, number in chain(
                self.whole.get(first, ()), *(self.cut.get(one, ()) for one in beginnings)
            ):
                if is_named(leaf, author):
                    yield number


class _Parts(NamedTuple):
    """A name as words; `initials` is one word, made of the fore names where the record has none."""

    last: list[str]
    fore: list[str]
    initials: str
    suffix: list[str]
    collective: list[str]


@lru_cache(maxsize=65536)
def _ways(author: Author) -> tuple[_Parts, ...]:
    """The name as it is written, and, where an apostrophe or its blank stands in it, the other way."""
    together = _parts(author, NO_APOSTROPHES)
    ways = [together, _parts(author, APOSTROPHES_APART)]
    if len(together.last) > 1 and len(together.last[0]) == 1:  # O Brien
        ways.append(together._replace(last=["".join(together.last[:2]), *together.last[2:]]))
    return tuple(way for place, way in enumerate(ways) if way not in ways[:place])


def _parts(author: Author, apostrophes: Mapping[int, str]) -> _Parts:
    last, fore, suffix, collective = (
        remembered(part.translate(apostrophes)).split()
        for part in (author.last_name, author.fore_name, author.suffix, author.collective_name)
    )
    initials = remembered(author.initials).replace(" ", "") or "".join(word[0] for word in fore)
    return _Parts(last, fore, initials, suffix, collective)


@lru_cache(maxsize=65536)
def first_words(author: Author) -> frozenset[str]:
    """What a name of the author can begin with: last name, fore name or group (see _is_called)."""
    return frozenset(
        words[0] for way in _ways(author) for words in (way.last, way.fore, way.collective) if words
    )


def is_named(leaf: Person, author: Author) -> bool:
    """Whether the author is who was asked for."""
    return any(_is_called(leaf, parts) for parts in _ways(author))


def _is_called(leaf: Person, parts: _Parts) -> bool:
    asked = leaf.name.split()
    if leaf.cut:
        return _is_cut(leaf, asked, parts)
    if leaf.quoted:
        return asked in _exact(leaf, parts)
    if parts.collective and _begins(parts.collective, asked):
        return True
    if not parts.last:
        return False
    shorter = (
        asked[: -len(parts.suffix)] if parts.suffix and asked[-len(parts.suffix) :] == parts.suffix else asked
    )
    return any(
        _is_inverted(leaf, one, parts) or _is_natural(leaf, one, parts) for one in (asked, shorter) if one
    )


def _begins(words: list[str], asked: list[str]) -> bool:
    return words[: len(asked)] == asked


def _is_inverted(leaf: Person, asked: list[str], parts: _Parts) -> bool:
    """Last name first, then nothing, initials or fore names."""
    if not _begins(asked, parts.last):
        return _begins(parts.last, asked)
    rest = asked[len(parts.last) :]
    if len(rest) <= len(parts.fore) and all(map(_is_fore_name, rest, parts.fore)):
        return True
    return not leaf.full and parts.initials.startswith("".join(rest))


def _is_fore_name(asked: str, name: str) -> bool:
    return asked == name or (len(asked) == 1 and name.startswith(asked))


def _is_natural(leaf: Person, asked: list[str], parts: _Parts) -> bool:
    """Fore names, of which the last may be missing, and the last name."""
    fore = asked[: -len(parts.last)]
    return bool(fore) and not leaf.inverted and asked == [*parts.fore[: len(fore)], *parts.last]


def _exact(leaf: Person, parts: _Parts) -> list[list[str]]:
    """What finds the name in quotes: all of it in each order, or the last name alone."""
    if not parts.last:
        return [parts.collective]
    forms = [parts.last, [*parts.last, *parts.fore, *parts.suffix]]
    if not leaf.inverted:
        forms.append([*parts.fore, *parts.last, *parts.suffix])
    if not leaf.full:
        forms.append([*parts.last, parts.initials, *parts.suffix])
    return forms


def _is_cut(leaf: Person, asked: list[str], parts: _Parts) -> bool:
    """Word by word, each `*` inside its word; behind one at the end anything may follow.

    One word is the last name. Unquoted, a name goes on as it does without a `*`.
    """
    forms = _exact(leaf, parts)[: None if len(asked) > 1 else 1]
    if not leaf.quoted:
        forms += _beginnings(leaf, parts, len(asked))
    tests, open_end = list(map(word_test, asked)), asked[-1].endswith("*")
    return any(
        len(form) >= len(asked)
        and (open_end or len(form) == len(asked))
        and all(test(word) for test, word in zip(tests, form, strict=False))
        for form in forms
    )


def _beginnings(leaf: Person, parts: _Parts, size: int) -> list[list[str]]:
    """What of a name may be written where the rest is left out: initials, middle names, a part of a last name."""
    whole = parts.last or parts.collective
    forms = [whole[:size]]
    if not parts.last or size == 1:
        return forms
    for count in range(1, len(parts.fore) + 1):
        forms.append([*whole, *parts.fore[:count]])
        if not leaf.inverted:
            forms.append([*parts.fore[:count], *whole])
    if not leaf.full:
        forms.extend([*whole, parts.initials[:count]] for count in range(1, len(parts.initials) + 1))
    return forms
