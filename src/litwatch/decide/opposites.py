"""Do two titles contradict each other? Opposed designs, opposite effects, mirror images of one drug, a denial.

Owns what contradicts what. Never compares whole titles (decide/titles.py does): it is given the words that only one of
the two has.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Set as AbstractSet
from importlib.resources import files
from itertools import product

_TABLE = tomllib.loads(files(__package__).joinpath("opposites.toml").read_text("utf-8"))
_MIRRORED = tuple(_TABLE["mirrored"].split())
_NEGATIONS = frozenset(_TABLE["negations"].split())
_DESIGNS = tuple(
    (frozenset(one.split()), frozenset(other.split())) for one, other in _TABLE["designs"].values()
)
_SENSES = {
    sense: re.compile(rf"(?:{'|'.join(begin.split())})s?(?:e|ed|ing|ion|tion|ment|ement)?")
    for sense, begin in _TABLE["senses"].items()
}
_CONTRARY, _AKIN = (
    frozenset(frozenset(pair.split()) for pair in _TABLE["between_senses"][name])
    for name in ("contrary", "akin")
)

#: Shorter than this, what follows es or ar is no name of a drug (es-timate).
_NAME = 6
# (S)-, S-, S(+)-, es- before a name; R,S is both, and says no more than the name.
_HAND = re.compile(
    r"(?<!\w)(?<!\w[(\[,])[(\[]?(?P<hand>r, ?s|s, ?r|rac|r|s|es|ar)[)\]]?"
    rf"(?:[ -]?\([+±−–-]\)[-‐‑– ]?|[-‐‑–] ?)(?=[a-z]{{{_NAME}}})"
)
_PREFIX = {"s": "es", "es": "es", "r": "ar", "ar": "ar"}


def with_hands_spelt_out(folded: str) -> str:
    """A folded title with the mirror images of drugs under their names: (S)-ketamine is esketamine."""
    return _HAND.sub(lambda said: _PREFIX.get(said["hand"], ""), folded)


def contradict(ours: AbstractSet[str], theirs: AbstractSet[str]) -> bool:
    """Whether these words, each in one title only, cannot be said of one paper."""
    designs = any(
        (ours & one and theirs & other) or (ours & other and theirs & one) for one, other in _DESIGNS
    )
    left, right = _unmatched_senses(ours, theirs)
    senses = any(frozenset(pair) in _CONTRARY for pair in product(left, right))
    return designs or senses or any(one and other for one, other in _mirror_images(ours, theirs))


def differ(ours: AbstractSet[str], theirs: AbstractSet[str]) -> bool:
    """Whether they tell two papers apart, unless the abstracts are the same: a denial, a drug and its mirror image."""
    return bool(ours & _NEGATIONS) != bool(theirs & _NEGATIONS) or bool(_mirror_images(ours, theirs))


def say_otherwise(ours: AbstractSet[str], theirs: AbstractSet[str]) -> bool:
    """Whether each says that something else is done, though not the contrary: improves and alters."""
    return all(_unmatched_senses(ours, theirs))


def without_akin(ours: AbstractSet[str], theirs: AbstractSet[str]) -> tuple[frozenset[str], frozenset[str]]:
    """The words without verbs that say the same: enhances and facilitates."""
    senses = _senses(ours), _senses(theirs)
    if not all(senses) or any(_unmatched_senses(ours, theirs)):
        return frozenset(ours), frozenset(theirs)
    left, right = (frozenset(word for word in side if not _sense(word)) for side in (ours, theirs))
    return left, right


def _unmatched_senses(
    ours: AbstractSet[str], theirs: AbstractSet[str]
) -> tuple[frozenset[str], frozenset[str]]:
    left, right = _senses(ours), _senses(theirs)
    return _unlike(left, right), _unlike(right, left)


def _unlike(senses: AbstractSet[str], others: AbstractSet[str]) -> frozenset[str]:
    return frozenset(
        each
        for each in senses
        if not any(each == other or frozenset((each, other)) in _AKIN for other in others)
    )


def _senses(words: AbstractSet[str]) -> frozenset[str]:
    return frozenset(sense for word in words if (sense := _sense(word)))


def _sense(word: str) -> str:
    return next((sense for sense, verbs in _SENSES.items() if verbs.fullmatch(word)), "")


def _mirror_images(ours: AbstractSet[str], theirs: AbstractSet[str]) -> list[tuple[str, str]]:
    """How each of two names that are mirror images, or one and the plain drug, begins: ("es", "ar"), ("es", "")."""
    return [
        (one, other)
        for one, other in product((*_MIRRORED, ""), repeat=2)
        if one != other and _names_after(one, ours) & _names_after(other, theirs)
    ]


def _names_after(prefix: str, words: AbstractSet[str]) -> frozenset[str]:
    return frozenset(
        word.removeprefix(prefix)
        for word in words
        if word.startswith(prefix) and len(word) >= len(prefix) + _NAME
    )
