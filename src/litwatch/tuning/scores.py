"""Precision, recall, F1 and shares over many papers, each with its bootstrap interval.

Owns the arithmetic. Never knows what a facet means.

The interval is the percentile bootstrap over papers (Efron & Tibshirani 1993, chapter 13): 2,000 samples of as many
papers, with replacement, always the same ones for the same number of papers, so that two evaluations can be compared.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

SAMPLES = 2_000
SEED = 20_260_101
LOW, HIGH = 2.5, 97.5

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Estimate:
    """A figure and its 95 % interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Counts:
    """For each sample (the first is the papers as they are): hits, false alarms and misses of one value."""

    hit: Array
    extra: Array
    missed: Array

    def precision(self) -> Array:
        """Hits among what was found; 1 where nothing was."""
        return _share(self.hit, self.hit + self.extra, otherwise=1.0)

    def recall(self) -> Array:
        """Hits among what is there; 1 where nothing is."""
        return _share(self.hit, self.hit + self.missed, otherwise=1.0)

    def f1(self) -> Array:
        """Their harmonic mean; 1 where there is nothing to find and nothing was found."""
        return _share(2 * self.hit, 2 * self.hit + self.extra + self.missed, otherwise=1.0)


class Resampling:
    """How often each of `papers` papers stands in each sample."""

    def __init__(self, papers: int) -> None:
        self._weights = _weights(papers)

    def total(self, held: Sequence[bool]) -> Array:
        """In how many papers of each sample it held."""
        answer: Array = self._weights @ np.asarray(held, dtype=np.float64)
        return answer

    def counts(self, labelled: Sequence[bool], found: Sequence[bool]) -> Counts:
        """The counts of one value, paper by paper labelled and found."""
        pairs = list(zip(labelled, found, strict=True))
        return Counts(
            self.total([there and here for there, here in pairs]),
            self.total([here and not there for there, here in pairs]),
            self.total([there and not here for there, here in pairs]),
        )

    def share(self, part: Sequence[bool], whole: Sequence[bool]) -> Array:
        """Papers of `part` among those of `whole`; 1 where that is empty."""
        return _share(self.total(part), self.total(whole), otherwise=1.0)


def mean(figures: Iterable[Array]) -> Array:
    """Their mean, sample by sample: the macro average."""
    answer: Array = np.mean(np.vstack(list(figures)), axis=0)
    return answer


def summed(all_counts: Iterable[Counts]) -> Counts:
    """All counts together: the micro average."""
    some = list(all_counts)
    return Counts(
        np.sum([each.hit for each in some], axis=0),
        np.sum([each.extra for each in some], axis=0),
        np.sum([each.missed for each in some], axis=0),
    )


def estimate(figures: Array) -> Estimate:
    """The figure of the papers as they are, and the interval of the samples."""
    low, high = np.percentile(figures[1:], [LOW, HIGH])
    return Estimate(float(figures[0]), float(low), float(high))


@lru_cache(maxsize=32)
def _weights(papers: int) -> Array:
    """How often each paper stands in the papers as they are, and in each sample."""
    random = np.random.default_rng(SEED)
    drawn = random.multinomial(papers, np.full(papers, 1 / papers), size=SAMPLES)
    return np.vstack([np.ones((1, papers)), drawn]).astype(np.float64)


def _share(part: Array, whole: Array, *, otherwise: float) -> Array:
    answer: Array = np.divide(part, whole, out=np.full_like(whole, otherwise), where=whole > 0)
    return answer
