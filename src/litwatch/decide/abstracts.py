"""How much of two abstracts is the same text, and whether each says what only its own title names.

Owns these comparisons. Never compares figures (decide/figures.py) and knows no subject.
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet

from litwatch.decide.titles import Title, american, fold, is_telling, own_words

#: Runs of this many words are compared.
RUN = 3
#: An abstract of fewer words proves nothing.
SHORT = 15
#: Words that begin with so many letters of a title's word, or all of it but two, are of its family: hippocampal.
STEM = 6

#: What the words of two titles, each looked for in both abstracts, say: from nothing to two papers.
NONE, ADDED, REPLACED, TITLES, TELLING, BOTH_SIDES = (
    "none", "added", "replaced", "titles", "telling", "both sides",
)  # fmt: skip
#: Part of the words that only one title has.
MOST = 0.5

_WORD = re.compile(r"[^\W_]+")


def shared_text(one: str, other: str) -> float | None:
    """The part of the shorter abstract's runs of words that the other has, too; None where one is too short."""
    ours, theirs = _runs(one), _runs(other)
    few, many = sorted((ours, theirs), key=len)
    return len(few & many) / len(few) if len(few) >= SHORT else None


def _runs(abstract: str) -> frozenset[tuple[str, ...]]:
    words = _WORD.findall(fold(abstract))
    return frozenset(zip(*(words[at:] for at in range(RUN)), strict=False))


def contrast(titles: tuple[Title, Title], abstracts: tuple[str, str]) -> str:
    """Whether a paper is of what the other does not speak of at all.

    BOTH_SIDES: each title names something that its own abstract speaks of and the other's does not (two brain
    regions); TELLING: one of them does, by a word that tells a team's papers apart; TITLES: both titles have such a
    word, whatever the abstracts say; REPLACED, ADDED: one title names anything else in the place of what the other
    names, or beside it; NONE. Of a title that was written anew, most words stand in both abstracts.
    """
    own = own_words(*titles)
    said = tuple(frozenset(map(american, _WORD.findall(fold(each)))) for each in abstracts)
    alone = [
        {word for word in own[side] if _speaks_of(said[side], word) and not _speaks_of(said[1 - side], word)}
        for side in (0, 1)
    ]
    most = [len(alone[side]) >= MOST * len(own[side]) > 0 for side in (0, 1)]
    if all(most):
        return BOTH_SIDES
    if any(map(is_telling, alone[0] | alone[1])):
        return TELLING
    if all(any(map(is_telling, each)) for each in own):
        return TITLES
    if any(most):
        return REPLACED if all(own) else ADDED
    return NONE


def _speaks_of(words: AbstractSet[str], word: str) -> bool:
    stem = word[: min(STEM, len(word) - 2)]
    return word in words or (len(word) > STEM and any(each.startswith(stem) for each in words))
