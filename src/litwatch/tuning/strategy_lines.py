"""A search as numbered lines, each a clause or Booleans of lines above, from which the search can be built again.

Owns the numbers. Never counts a paper.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from litwatch.query.tree import Clause, Group, clauses


@dataclass(frozen=True, slots=True)
class LogLine:
    """A line of a strategy: `search` is PubMed's, with #n for line n; `count` how many papers it found."""

    number: int
    search: str
    count: int | None

    @property
    def label(self) -> str:
        """How other lines call it."""
        return f"#{self.number}"


def strategy_lines(root: Clause, shown: Collection[Clause], counts: Mapping[str, int]) -> tuple[LogLine, ...]:
    """The lines of those clauses that are shown, each after those that it joins; the last one is the whole.

    A clause that is shown without its parts stands as it is; one that occurs twice has one line.
    """
    places = {id(one) for one in shown}
    numbers: dict[str, int] = {}
    lines: list[LogLine] = []
    for one in clauses(root):
        text = str(one)
        if id(one) not in places or text in numbers:
            continue
        search = text
        if isinstance(one, Group) and all(id(child) in places for child in one.children):
            search = f" {one.operator} ".join(f"#{numbers[str(child)]}" for child in one.children)
        numbers[text] = len(lines) + 1
        lines.append(LogLine(numbers[text], search, counts.get(text)))
    return tuple(lines)
