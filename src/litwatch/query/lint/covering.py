"""Owns which wordings other wordings already find: a shorter phrase, a wildcard, the same words elsewhere.

Never knows English; it compares words as PubMed parts them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from litwatch.query.lint.structure import TEXT_WIDTH, reads
from litwatch.query.stars import fits
from litwatch.query.tokens import query_words
from litwatch.query.tree import Term

#: Stands for "anything": only a wildcard finds what a wildcard finds.
ANYTHING = "\uffff"
_LONGEST = 12


def wording(term: Term) -> tuple[str, ...]:
    """The words of a term, ANYTHING where a wildcard stands."""
    return tuple(word.replace("*", ANYTHING) for word in query_words(term.text))


@dataclass(slots=True)
class Cover:
    """What some text terms find. A term counts where it searches the field that is asked about."""

    exact: dict[tuple[str, ...], list[Term]] = field(default_factory=dict)
    wild: dict[str, list[tuple[tuple[str, ...], Term]]] = field(default_factory=dict)
    near: dict[str, list[tuple[frozenset[str], Term]]] = field(default_factory=dict)

    def by(self, phrase: Sequence[str], tag: str | None, other: Term | None = None) -> Term | None:
        """A term that is not `other` and finds every paper that holds `phrase` in that field; None for any field."""
        phrase = phrase[:_LONGEST]
        for start in range(len(phrase)):
            for end in range(start + 1, len(phrase) + 1):
                for term in self.exact.get(tuple(phrase[start:end]), ()):
                    if term is not other and reads(term.tag, tag):
                        return term
            first = phrase[start]
            for length in range(min(len(first), _LONGEST_WORD) + 1):
                for pattern, term in self.wild.get(first[:length], ()):
                    if term is not other and reads(term.tag, tag) and _fits(pattern, phrase[start:]):
                        return term
            for needed, term in self.near.get(first, ()):
                if term is not other and reads(term.tag, tag) and needed <= set(phrase):
                    return term
        return None


#: Longer beginnings are cut to it; what stands behind is compared letter by letter.
_LONGEST_WORD = 40


def cover_of(terms: Iterable[Term]) -> Cover:
    """The text terms among `terms`, ready to be asked."""
    cover = Cover()
    for term in terms:
        found = query_words(term.text)
        if term.tag not in TEXT_WIDTH or not found:
            continue
        if term.distance is not None or (not term.tag and not term.quoted and len(found) > 1):
            needed = frozenset(found)
            cover.near.setdefault(min(needed), []).append((needed, term))
        elif "*" in term.text:
            cover.wild.setdefault(found[0].partition("*")[0][:_LONGEST_WORD], []).append((found, term))
        else:
            cover.exact.setdefault(found, []).append(term)
    return cover


def _fits(pattern: Sequence[str], phrase: Sequence[str]) -> bool:
    return len(pattern) <= len(phrase) and all(map(fits, pattern, phrase))
