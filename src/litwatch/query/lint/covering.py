"""Owns which wordings other wordings already find: a shorter phrase, a wildcard, words near to each other.

Never knows English; it compares words as PubMed parts them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from litwatch.query.leaves import untagged_phrases
from litwatch.query.lint.structure import TEXT_WIDTH, reads
from litwatch.query.proximity import near
from litwatch.query.stars import fits
from litwatch.query.tokens import query_words, without_idle_stars
from litwatch.query.tree import Term

#: Stands for "anything": only a wildcard finds what a wildcard finds.
ANYTHING = "\uffff"
_LONGEST = 12
#: Of terms that begin alike, or stand for the same words, so many are tried: who has more pasted something else.
_MOST_TRIED = 50
Words = tuple[str, ...]


def wording(term: Term) -> Words:
    """The words of a term, ANYTHING where a wildcard stands that PubMed does not pass over."""
    return tuple(word.replace("*", ANYTHING) for word in query_words(without_idle_stars(term.text)))


@dataclass(slots=True)
class Cover:
    """What some text terms find. A term counts where it searches the field that is asked about.

    `wild` are phrases with a star, by a word of theirs that has none and its place in the phrase; `begun` those without
    such a word, by how their first word begins and ends; `near` those whose words may stand apart, by one of them. Of
    each there are at most _MOST_TRIED a key, so that a cover may be overlooked and is never made up.
    """

    exact: dict[Words, list[Term]] = field(default_factory=dict)
    wild: dict[tuple[str, int], list[tuple[Words, Term]]] = field(default_factory=dict)
    begun: dict[str, dict[str, list[tuple[Words, Term]]]] = field(default_factory=dict)
    near: dict[str, list[Term]] = field(default_factory=dict)

    def by(self, phrase: Sequence[str], tag: str | None, other: Term | None = None) -> Term | None:
        """A term that is not `other` and finds every paper that holds `phrase` in that field; None for any field."""
        phrase = phrase[:_LONGEST]
        for start, first in enumerate(phrase):
            for end in range(start + 1, len(phrase) + 1):
                for term in self.exact.get(tuple(phrase[start:end]), ()):
                    if term is not other and reads(term.tag, tag):
                        return term
            for pattern, term in self._patterns(phrase, start, first):
                if term is not other and reads(term.tag, tag) and _fits(pattern, phrase[start:]):
                    return term
            for term in self.near.get(first, ()):
                if term is not other and reads(term.tag, tag) and _stands_near(term, phrase):
                    return term
        return None

    def _patterns(self, phrase: Sequence[str], start: int, first: str) -> Iterable[tuple[Words, Term]]:
        if self.wild:
            for place in range(start, len(phrase)):
                yield from self.wild.get((phrase[place], place - start), ())
        for head in range(min(len(first), _LONGEST_WORD) + 1) if self.begun else ():
            by_tail = self.begun.get(first[:head], {})
            for tail in range(min(len(first) - head, _LONGEST_WORD) + 1) if by_tail else ():
                yield from by_tail.get(first[len(first) - tail :], ())


#: Longer beginnings and endings are cut to it; what stands between is compared letter by letter.
_LONGEST_WORD = 40


def cover_of(terms: Iterable[Term]) -> Cover:
    """The text terms among `terms`, ready to be asked."""
    cover = Cover()
    wild: list[tuple[Words, Term]] = []
    apart: list[tuple[Words, Term]] = []
    for term in terms:
        found = query_words(without_idle_stars(term.text))
        if term.tag not in TEXT_WIDTH or not found:
            continue
        if "*" not in term.text and (
            term.distance is not None or (not term.tag and not term.quoted and len(found) > 1)
        ):
            apart.append((found, term))
        elif any("*" in word for word in found):
            wild.append((found, term))
        else:
            alike = cover.exact.setdefault(found, [])
            if sum(one.tag == term.tag for one in alike) < _OTHER_AND_ONE:
                alike.append(term)
    _by_rarest_place(wild, cover)
    _by_rarest_word(apart, cover)
    return cover


#: Of terms that say the same, two: one may be the term that is asked about.
_OTHER_AND_ONE = 2


def _by_rarest_place(wild: Sequence[tuple[Words, Term]], cover: Cover) -> None:
    common = Counter(
        (word, place)
        for pattern, _ in wild
        for place, word in enumerate(pattern[:_LONGEST])
        if "*" not in word
    )
    for pattern, term in wild:
        places = [(word, place) for place, word in enumerate(pattern[:_LONGEST]) if "*" not in word]
        if places:
            alike = cover.wild.setdefault(min(places, key=common.__getitem__), [])
        else:
            head, _, rest = pattern[0].partition("*")
            by_tail = cover.begun.setdefault(head[:_LONGEST_WORD], {})
            alike = by_tail.setdefault(rest.rpartition("*")[2][-_LONGEST_WORD:], [])
        if len(alike) < _MOST_TRIED:
            alike.append((pattern, term))


def _by_rarest_word(apart: Sequence[tuple[Words, Term]], cover: Cover) -> None:
    common = Counter(word for found, _ in apart for word in set(found))
    for found, term in apart:
        alike = cover.near.setdefault(min(found, key=common.__getitem__), [])
        if len(alike) < _MOST_TRIED and len(found) <= _LONGEST:
            alike.append(term)


def _fits(pattern: Words, phrase: Sequence[str]) -> bool:
    return len(pattern) <= len(phrase) and all(map(fits, pattern, phrase))


def _stands_near(term: Term, phrase: Sequence[str]) -> bool:
    """Whether the words of a term that may stand apart do so in the phrase, as near as the term wants them."""
    if term.distance is not None:
        return any(True for _ in near(phrase, query_words(term.text), term.distance))
    return all(
        any(tuple(phrase[start : start + len(part)]) == part for start in range(len(phrase)))
        for part in untagged_phrases(term.text)
    )


def hyphens(term: Term) -> str:
    """What of a phrase PubMed's phrase index may hold in one form and not in the other."""
    return (
        " ".join(term.text.casefold().split()) if "-" in term.text and len(query_words(term.text)) > 1 else ""
    )


def surely_finds(broader: Term, term: Term) -> bool:
    """Whether no gap of the phrase index can make the broader one find less."""
    parted = hyphens(broader)
    return not parted or parted in " ".join(term.text.casefold().split())
