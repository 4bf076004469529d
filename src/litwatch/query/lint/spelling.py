"""Owns how Americans spell what Britons write, and the reverse.

Never makes a spelling up: words and beginnings of words stand in variants.toml, each right whatever follows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

from litwatch.query.lint.covering import ANYTHING
from litwatch.query.lint.facts import facts

#: What may stand behind a verb's -is- or -iz-: metabolism and socialist are none.
_OF_VERBS = re.compile(r"e[drs]?|ers|ing|ations?|abl[ey]|ability")
_LONGEST = 24


def other_spellings(own: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """The words as all of them are spelt in America, and in Britain, where that differs; a `*` is ANYTHING."""
    for change in (_american, _british):
        changed = tuple(map(change, own))
        if changed != own:
            yield changed


@lru_cache(maxsize=4096)
def _american(word: str) -> str:
    return _respelt(word, facts().american_words, facts().american_beginnings, "is", "iz")


@lru_cache(maxsize=4096)
def _british(word: str) -> str:
    return _respelt(word, facts().british_words, facts().british_beginnings, "iz", "is")


def _respelt(word: str, whole: Mapping[str, str], beginnings: Mapping[str, str], old: str, new: str) -> str:
    """The word, or its longest beginning that is known, in the other spelling; `old` and `new` are a verb's ending."""
    head, cut, rest = word.partition(ANYTHING)
    if head in whole:
        return whole[head] + cut + rest
    for length in range(min(len(head), _LONGEST), 2, -1):
        begun, ending = head[:length], head[length:]
        if begun in beginnings and _may_follow(begun, ending, cut=bool(cut)):
            return beginnings[begun] + _as_verb(ending, old, new) + cut + rest
    return word


def _may_follow(begun: str, ending: str, *, cut: bool) -> bool:
    """Whether -is- stands for -iz-: randomised, randomisation, but not optimism, socialist or Candida utilis."""
    if not begun.endswith("is"):
        return True
    return ending.startswith(("e", "a", "ing")) if ending else cut


def _as_verb(ending: str, old: str, new: str) -> str:
    """anaesthetised differs in two places."""
    stem, found, last = ending.rpartition(old)
    return stem + new + last if found and _OF_VERBS.fullmatch(last) else ending
