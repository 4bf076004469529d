"""Owns the texts of one paper by zone, as words and in normal form, each made once for all who look into them.

Never knows what is looked for, nor which part of an abstract says what (pieces.py does).
"""

from __future__ import annotations

from litwatch.paper import Paper
from litwatch.query.record import ZONES
from litwatch.query.tokens import normal
from litwatch.query.worded import Worded


class Texts:
    """The texts of `paper`."""

    __slots__ = ("_normal", "_worded", "paper")

    def __init__(self, paper: Paper) -> None:
        self.paper = paper
        self._normal: dict[str, str] = {}
        self._worded: dict[str, tuple[tuple[int, Worded], ...]] = {}

    def zone(self, name: str) -> str:
        """The texts of a zone, " | " between them, a blank before and after; "" where there is nothing."""
        known = self._normal.get(name)
        if known is None:
            if name in ("title", "abstract"):
                ((_, worded),) = self.worded(name)
                known = worded.normal
            else:
                known = " | ".join(filter(None, map(normal, ZONES[name].texts(self.paper))))
                known = f" {known} " if known else ""
            self._normal[name] = known
        return known

    def worded(self, zone: str) -> tuple[tuple[int, Worded], ...]:
        """The paper's own texts of a zone as words, each after the place where it begins."""
        known = self._worded.get(zone)
        if known is None:
            found: list[tuple[int, Worded]] = []
            begin = 0
            for text in ZONES[zone].texts(self.paper):
                found.append((begin, Worded(text)))
                begin += len(text) + len("; ")
            known = self._worded[zone] = tuple(found)
        return known
