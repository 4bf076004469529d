"""What a watch misses, estimated from a sample of what its guard finds and its search does not.

Owns the sample and the arithmetic. Never asks PubMed, and never judges a paper: a person does.

The estimator is stratified by guard run ("month"). What the search found is counted; of what stood outside, each
month's share of missed papers is that of its judged papers. The interval of the share of missed papers among all that
stood outside is that of Clopper and Pearson (Biometrika 1934;26:404), of as many papers as would be judged had every
month been judged as thinly as the thinnest. Weighing by the judged ones' shares (Kish, Survey Sampling, 1965) takes the
months to be alike: where the papers that are missed stand in a month that was hardly judged, its interval held the
truth in 88 of 100 simulated cases. With w the month's part of those outside and n its judged ones, the variance of the
estimate, the sum of w^2 p(1-p)/n, is at most P(1-P)/m with m the least n/w, by the concavity of p(1-p).
It is not corrected for finite populations, which makes it too wide rather than too narrow, but it never goes beyond
what is possible: those judged missed are, and at most those judged and all that were not judged can be.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from random import Random

from litwatch.decide.due import Schedule

CONFIDENCE = 0.95
MONTHS = 12  # how far back an estimate looks

# Of what the search finds, the guard may miss so much. What a guard misses among the papers on the subject that the
# search misses is not seen either: were that the same share s, a recall R would be told as R/(R + (1 - R)(1 - s)), too
# high by s R(1 - R) at most about: at 5 % by 0.5 points where R is 90 %, by 1.3 where it is 50 %, less than the
# interval of any sample that a person judges. A heading or two that a guard of words does not see is 1 to 3 %.
MOST_LACKING = 0.05


@dataclass(frozen=True, slots=True)
class Month:
    """What came between two guard runs: `found` by the search and relevant; `outside`: by the guard alone.

    Of those outside `judged` were judged, and `missed` of them should have been found and were not found since.
    """

    found: int
    outside: int
    judged: int
    missed: int


@dataclass(frozen=True, slots=True)
class Recall:
    """The share (0 to 1) of the papers on the subject that the search finds, and its 95 % interval.

    `missed` is the estimated number of papers that it does not find; `judged` of the `outside` papers were judged.
    """

    share: float
    low: float
    high: float
    found: int
    missed: float
    outside: int
    judged: int


def is_broader(outside: int, lacking: int, matching: int) -> bool:
    """Whether a guard can measure a search: it finds more, and misses hardly any of what the search finds.

    `outside`: how many papers only the guard finds; `lacking`: how many of the `matching` ones only the search finds.
    """
    return outside > 0 and lacking <= MOST_LACKING * matching


def recall(months: Sequence[Month]) -> Recall | None:
    """The estimate from those months of which something was judged, or in which nothing stood outside.

    None where nothing was judged at all, or where there was no paper on the subject.
    """
    used = [month for month in months if month.judged or not month.outside]
    found = sum(month.found for month in used)
    outside = sum(month.outside for month in used)
    judged = sum(month.judged for month in used)
    certain = sum(month.missed for month in used)
    if not judged:
        return None
    weighed = [(month.outside / outside, month) for month in used if month.judged]
    share = sum(weight * month.missed / month.judged for weight, month in weighed)
    worth = min(month.judged / weight for weight, month in weighed)
    least, most = clopper_pearson(share * worth, worth)
    missed = outside * share
    low = max(float(certain), outside * least)
    high = min(float(outside - judged + certain), outside * most)
    if not found + missed:
        return None
    return Recall(
        found / (found + missed),
        found / (found + high),
        found / (found + low) if found + low else 0.0,
        found,
        missed,
        outside,
        judged,
    )


def sample(pmids: Collection[int], size: int, seed: str) -> tuple[int, ...]:
    """A random sample, in random order; the same for the same PMIDs and seed, whatever the order they come in."""
    chance = Random(seed)  # noqa: S311 a sample, not a secret
    return tuple(chance.sample(sorted(pmids), min(size, len(pmids))))


def monthly(look: Schedule) -> Schedule:
    """When a guard is due: on the first of the month, at the time of the watch's look."""
    return Schedule("monthly", day_of_month=1, time=look.time, time_zone=look.time_zone)


def clopper_pearson(hits: float, of: float) -> tuple[float, float]:
    """The 95 % interval of a share of which `hits` of `of` were seen; either may be a fraction."""
    tail = (1 - CONFIDENCE) / 2
    low = 0.0 if hits <= 0 else _beta_quantile(tail, hits, of - hits + 1)
    high = 1.0 if hits >= of else _beta_quantile(1 - tail, hits + 1, of - hits)
    return low, high


def _beta_quantile(share: float, a: float, b: float) -> float:
    low, high = 0.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        if _beta_below(middle, a, b) < share:
            low = middle
        else:
            high = middle
    return (low + high) / 2


def _beta_below(x: float, a: float, b: float) -> float:
    """The regularized incomplete beta function (Numerical Recipes in C, 1992, 6.4)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    front = math.exp(
        math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)
    )
    if x < (a + 1) / (a + b + 2):
        return front * _continued_fraction(x, a, b) / a
    return 1 - front * _continued_fraction(1 - x, b, a) / b


def _continued_fraction(x: float, a: float, b: float) -> float:
    tiny = 1e-300
    c, d = 1.0, 1 / _not_zero(1 - (a + b) * x / (a + 1), tiny)
    value = d
    for m in range(1, 1000):
        for numerator in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1 / _not_zero(1 + numerator * d, tiny)
            c = _not_zero(1 + numerator / c, tiny)
            value *= c * d
        if abs(c * d - 1) < 1e-14:
            break
    return value


def _not_zero(value: float, tiny: float) -> float:
    return value if abs(value) > tiny else tiny
