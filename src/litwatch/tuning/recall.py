"""How many of some papers a search finds, as a share with its interval.

Owns that arithmetic. Never knows which papers.
"""

from __future__ import annotations

from dataclasses import dataclass

from litwatch.decide.guarding import clopper_pearson


@dataclass(frozen=True, slots=True)
class Share:
    """`hits` of `of`, with the 95 % interval of Clopper and Pearson (Biometrika 1934;26:404)."""

    hits: int
    of: int

    @property
    def value(self) -> float | None:
        """0 to 1; None of nothing."""
        return self.hits / self.of if self.of else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Low and high."""
        return clopper_pearson(self.hits, self.of) if self.of else None

    def __str__(self) -> str:
        if self.value is None or self.interval is None:
            return "none"
        low, high = self.interval
        return f"{self.hits:,} of {self.of:,} ({self.value:.0%}, 95 % interval {low:.0%} to {high:.0%})"
