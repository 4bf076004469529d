"""The arithmetic of precision, recall, F1 and their intervals, by hand.

Owns scores.py.
"""

from __future__ import annotations

import pytest

from litwatch.tuning.scores import Resampling, estimate, mean, summed

LABELLED = [True, True, True, True, False, False, False, False, False, False]
FOUND = [True, True, True, False, True, False, False, False, False, False]


def test_by_hand() -> None:
    counts = Resampling(10).counts(LABELLED, FOUND)
    assert (counts.hit[0], counts.extra[0], counts.missed[0]) == (3, 1, 1)
    assert estimate(counts.precision()).value == 0.75
    assert estimate(counts.recall()).value == 0.75
    assert estimate(counts.f1()).value == 0.75


def test_nothing_there_and_nothing_found_is_no_mistake_but_a_false_alarm_is_one() -> None:
    none = Resampling(3).counts([False] * 3, [False] * 3)
    alarm = Resampling(3).counts([False] * 3, [True, False, False])
    assert (none.f1()[0], none.precision()[0], none.recall()[0]) == (1.0, 1.0, 1.0)
    assert (alarm.f1()[0], alarm.precision()[0]) == (0.0, 0.0)


def test_macro_gives_each_value_the_same_weight_and_micro_each_paper() -> None:
    resampling = Resampling(10)
    common = resampling.counts([True] * 9 + [False], [True] * 9 + [False])
    rare = resampling.counts([False] * 9 + [True], [False] * 10)
    assert mean([common.f1(), rare.f1()])[0] == 0.5
    assert summed([common, rare]).f1()[0] == pytest.approx(18 / 19)


def test_the_interval_is_that_of_the_binomial() -> None:
    """80 of 100 recalled: Wilson 0.71 to 0.87; the bootstrap agrees to two hundredths."""
    labelled, found = [True] * 100, [True] * 80 + [False] * 20
    recall = estimate(Resampling(100).counts(labelled, found).recall())
    assert recall.value == 0.8
    assert recall.low == pytest.approx(0.72, abs=0.02)
    assert recall.high == pytest.approx(0.875, abs=0.02)


def test_certainty_has_no_width_and_the_same_papers_the_same_interval() -> None:
    sure = estimate(Resampling(50).counts([True] * 50, [True] * 50).recall())
    assert (sure.low, sure.high) == (1.0, 1.0)
    first, second = (estimate(Resampling(10).counts(LABELLED, FOUND).f1()) for _ in range(2))
    assert first == second
    assert first.low < first.value < first.high
