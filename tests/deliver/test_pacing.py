"""Proves that no more mails go in a minute than a relay allows, and that nobody waits without need."""

from __future__ import annotations

from dataclasses import dataclass, field

from litwatch.jobs.pacing import Pace


@dataclass
class Clock:
    now: float = 100.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


def test_mails_are_spread_evenly_over_the_minute() -> None:
    clock = Clock()
    pace = Pace(30, lambda: clock.now, clock.sleep)
    for _ in range(31):
        pace.wait()
    assert clock.now == 160.0
    assert clock.slept == [2.0] * 30


def test_who_was_slower_than_allowed_waits_for_nothing_and_makes_nothing_up() -> None:
    clock = Clock()
    pace = Pace(30, lambda: clock.now, clock.sleep)
    for _ in range(5):
        pace.wait()
        clock.now += 10
    assert clock.slept == []
    pace.wait()
    pace.wait()
    assert clock.slept == [2.0]


def test_without_a_limit_nobody_waits() -> None:
    clock = Clock()
    pace = Pace(0, lambda: clock.now, clock.sleep)
    for _ in range(5):
        pace.wait()
    assert clock.slept == []
