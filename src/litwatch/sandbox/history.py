"""The history server: sets of PMIDs kept under WebEnv and query_key.

Owns what was stored. Never searches.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

KEPT = 200
"""Environments kept; the oldest goes first. NLM keeps one for about eight hours."""


@dataclass(slots=True)
class History:
    """Sets by environment, numbered from 1 in each."""

    _sets: dict[str, list[tuple[Sequence[int], str]]] = field(default_factory=dict)
    _opened: int = 0

    def store(self, environment: str, pmids: Sequence[int], term: str) -> tuple[str, int]:
        """Keep a set in `environment`, or in a new one if it is unknown; returns WebEnv and query_key."""
        if environment not in self._sets:
            self._opened += 1
            environment = f"MCID_{hashlib.sha256(str(self._opened).encode()).hexdigest()[:24]}"
            self._sets[environment] = []
            if len(self._sets) > KEPT:
                del self._sets[next(iter(self._sets))]
        self._sets[environment].append((pmids, term))
        return environment, len(self._sets[environment])

    def pmids(self, environment: str, key: int) -> Sequence[int] | None:
        """A stored set, or None where it is unknown or gone."""
        stored = self._sets.get(environment, [])
        return stored[key - 1][0] if 0 < key <= len(stored) else None

    def term(self, environment: str, key: int) -> str:
        """The query behind a set, for `#1 AND ...`; something that finds nothing where it is unknown."""
        stored = self._sets.get(environment, [])
        return stored[key - 1][1] if 0 < key <= len(stored) else "0[uid]"

    def forget(self) -> None:
        """Let every environment expire."""
        self._sets.clear()
