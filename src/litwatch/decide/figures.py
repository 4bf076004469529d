"""What the figures of two abstracts say: other ones in the same words tell of two studies, the same results of one.

Owns this comparison. A figure is told from another only where the words before and behind it are the same, so that
a rewritten sentence, or one that is gone, speaks against nothing.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from litwatch.decide.titles import NUMBERS, fold

# 1,254 and 1 254 are one figure; a count stands between two words, 24 in "24-year-old" and n = 24, too.
_WORD = r"[^\W\d_]+"
_THOUSANDS = r"\d{1,3}(?:[, ]\d{3})+(?![\d.])"
_COUNT = re.compile(
    rf"(?<![\d.,])(?P<first>{_WORD})[ =:(]{{1,2}}(?P<count>{_THOUSANDS}|\d{{2,7}})[ ).,;:-]{{1,3}}(?P<last>{_WORD})"
)
_SAID = re.compile(rf"{_WORD}|{_THOUSANDS}|\d+(?:[.·]\d+)?")
_YEAR = re.compile(r"(?:19|20)\d\d")
#: Counts below this are days, doses and sites.
LEAST = 10
#: Everybody's: the width of an interval, levels of significance, the usual dose.
_USUAL = frozenset({"95", "0.05", "0.01", "0.001", "0.0001", "0.5"})
_WRITTEN_OUT = frozenset(NUMBERS) - {"zero", "one"}
#: So many results that are the same are no chance.
SOME, MANY = 3, 5
MOST = 0.75
#: Results that differ in so many places, and in such a part of all that can be compared, are of two studies.
PLACES, PART = 2, 0.25
#: By this part a result changes when an analysis is put right.
CORRECTED = 0.05

Places = Mapping[tuple[str, str], set[float]]
"""The words around figures -> the figures between them."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The figures of an abstract: by the words around them, and by themselves.

    `telling` are hardly ever the same by chance; `all` are those of two digits at least, without years.
    """

    counts: Places
    results: Places
    years: Places
    telling: frozenset[str]
    all: frozenset[str]


def figures(abstract: str, *, written_out: bool = False) -> Figures:
    """What an abstract counts and measures; "five" counts as a result only where it is asked for."""
    folded = fold(abstract)
    counts: dict[tuple[str, str], set[float]] = defaultdict(set)
    for said in _COUNT.finditer(folded):
        count = float(re.sub(r"\D", "", said["count"]))
        if count >= LEAST:
            counts[said["first"], said["last"]].add(count)
    results: dict[tuple[str, str], set[float]] = defaultdict(set)
    years: dict[tuple[str, str], set[float]] = defaultdict(set)
    telling: set[str] = set()
    every: set[str] = set()
    before, waiting = "", list[str]()
    for each in (*_SAID.findall(folded), ""):
        if written_out and each in _WRITTEN_OUT:
            waiting.append(NUMBERS[each])
            continue
        if each[:1].isdecimal():
            plain = re.sub(r"[, ]", "", each).replace("·", ".")
            if plain not in _USUAL:
                waiting.append(plain)
            continue
        for plain in waiting:
            year = bool(_YEAR.fullmatch(plain))
            (years if year else results)[before, each].add(float(plain))
            if year or len(plain) < 2:
                continue
            every.add(plain)
            if "." in plain or len(plain) > 2:
                telling.add(plain)
        before, waiting = each, []
    return Figures(counts, results, years, frozenset(telling), frozenset(every))


def contradicting(one: Figures, other: Figures, tolerance: float) -> bool:
    """Whether a count of one abstract stands in the other's very words as one that differs by more than a part.

    `tolerance`: the part of the larger figure by which a revision may change it (0.1: 90 for 100).
    """
    return _differing(one.counts, other.counts, tolerance) > 0


def of_other_years(one: Figures, other: Figures) -> bool:
    """Whether both tell the same of other years, as the reports of a register do, and what they tell differs."""
    return _differing(one.years, other.years) > 0 and _mostly(one, other)


def other_results(one: Figures, other: Figures) -> bool:
    """Whether what was found differs in many of the places that can be compared."""
    return _mostly(one, other)


def same_results(one: Figures, other: Figures, least: int = SOME) -> bool:
    """Whether all telling figures of the one that has fewer stand in the other, so many at least."""
    few, many = sorted((one.telling, other.telling), key=len)
    return len(few) >= least and few <= many


def same_figures(one: Figures, other: Figures) -> bool:
    """Whether most figures of the one that has fewer stand in the other: enough under one title, whatever the words."""
    shared = len(one.all & other.all)
    return shared >= SOME and shared >= MOST * min(len(one.all), len(other.all))


def _mostly(one: Figures, other: Figures) -> bool:
    differing = _differing(one.results, other.results, CORRECTED)
    return differing >= PLACES and differing >= PART * len(one.results.keys() & other.results.keys())


def _differing(one: Places, other: Places, tolerance: float = 0) -> int:
    """In how many places no figure of one is as good as one of the other's."""
    return sum(
        min(abs(a - b) / (max(a, b) or 1) for a in one[place] for b in other[place]) > tolerance
        for place in one.keys() & other.keys()
    )
