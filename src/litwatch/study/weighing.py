"""Chooses among candidates by weights that a reader can check: what speaks for each one, and how much.

Owns the tables (a row for each feature, a column for each question), the score and the chance that is made of it. Never
says what a candidate is or has; scripts/learn-choices writes the tables.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from importlib import resources
from itertools import repeat
from math import exp
from operator import mul

Features = dict[str, float]
Weights = Mapping[str, float]

#: What every candidate has: it says how likely "none of them" is, and nothing of one.
OF_ALL = frozenset(("number", "duration", "sentence"))


@cache
def weights(table: str, kind: str) -> Weights:
    """The weights of one question of a table, read once."""
    return _read(table)[kind]


@cache
def _read(table: str) -> Mapping[str, Weights]:
    text = resources.files("litwatch.study").joinpath(f"{table}.tsv").read_text("utf-8")
    head, *rows = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return {
        kind: {row[0]: float(row[place]) for row in rows if row[place]}
        for place, kind in enumerate(head[1:], 1)
    }


def score(known: Features, learnt: Weights) -> float:
    """How much speaks for a candidate; "none of them" has 0."""
    weighed: Iterable[float] = map(mul, map(learnt.get, known, repeat(0.0)), known.values())
    return sum(weighed)


def chances(scores: Sequence[float]) -> list[float]:
    """How likely each candidate is, when "none of them" has the score 0."""
    highest = max((0.0, *scores))
    shares = [exp(each - highest) for each in scores]
    whole = sum(shares) + exp(-highest)
    return [share / whole for share in shares]


def likeliest(answers: Sequence[int], scores: Sequence[float], least: float) -> int | None:
    """The place of the likeliest answer; None where its chance is not above `least`.

    Several places may give one answer: their chances add up, and the likeliest of them is told.
    """
    by_place = chances(scores)
    by_answer: dict[int, float] = {}
    for answer, chance in zip(answers, by_place, strict=True):
        by_answer[answer] = by_answer.get(answer, 0.0) + chance
    best = max(by_answer, key=by_answer.__getitem__, default=None)
    if best is None or by_answer[best] <= least:
        return None
    return max((place for place, answer in enumerate(answers) if answer == best), key=by_place.__getitem__)


def highest(answers: Sequence[int], scores: Sequence[float], least: float) -> int | None:
    """The place of what is likeliest the highest right answer; None where its chance is not above `least`.

    Each answer is right or not, whatever the others are: the highest right one is right, and all above it are not.
    """
    by_answer: dict[int, list[int]] = {}
    for place, answer in enumerate(answers):
        by_answer.setdefault(answer, []).append(place)
    best, most, none_above = None, least, 1.0
    for answer in sorted(by_answer, reverse=True):
        chance = sum(chances([scores[place] for place in by_answer[answer]]))
        if none_above * chance > most:
            best, most = answer, none_above * chance
        none_above *= 1.0 - chance
    return None if best is None else max(by_answer[best], key=scores.__getitem__)


def reasons(known: Features, learnt: Weights, most: int = 3) -> tuple[str, ...]:
    """The features that spoke most for a candidate, the strongest first."""
    spoke = {name: learnt.get(name, 0.0) * value for name, value in known.items() if name not in OF_ALL}
    return tuple(sorted((name for name in spoke if spoke[name] > 0), key=lambda name: -spoke[name])[:most])
