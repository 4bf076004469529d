"""What a change of a search costs and brings, in a sentence or two and by facet, on a terminal and on a page alike.

Owns those words. Never works a figure out of papers.
"""

from __future__ import annotations

from collections.abc import Iterator

from litwatch.cli.tuning.outcome import Outcome, Sought
from litwatch.jobs.tune.changing import Comparison
from litwatch.tuning.changed import estimated

ENTRIES = 4


def verdict_text(outcome: Outcome) -> str:
    """Papers and seeds gained and lost, papers a week, and how many one reads for one that is relevant."""
    comparison, sought, resought = outcome.comparison, outcome.sought, outcome.resought
    assert comparison is not None
    gained, lost = _counted(comparison.gained.total), _counted(comparison.lost.total)
    if sought is not None and resought is not None:
        more, less = len(found_by(resought) - found_by(sought)), len(found_by(sought) - found_by(resought))
        gained, lost = f"{gained} and {_counted(more, 'seed')}", f"{lost} and {_counted(less, 'seed')}"
    said = f"The change gains {gained}, and loses {lost}"
    before, after = outcome.figures.a_week, comparison.new.a_week
    if before is not None and after is not None:
        said += f"; {after:.1f} papers a week, {before:.1f} before"
    read, read_after = comparison.to_read
    if read is not None and read_after is not None:
        said += f"; about {read_after:.1f} read for one relevant, {read:.1f} before"
        said += " (an estimate, by the watch's own rules)"
    return f"{said}."


def found_by(sought: Sought) -> set[int]:
    """The seeds that are found, of those that may be shown."""
    shown = [one for one in sought.seeds.held if sought.unblind or not one.to_validate]
    return {one.known.paper.pmid for one in shown if one.found and one.known.paper is not None}


def facet_texts(comparison: Comparison) -> Iterator[str]:
    """A line for each facet: the entries that gain or lose most, those that change nothing left out."""
    found: dict[str, dict[str, list[int]]] = {}
    for place, change in enumerate((comparison.gained, comparison.lost)):
        for facet, label, share in change.facets(comparison.facets):
            of_all, _, _ = estimated(share, change.total)
            found.setdefault(facet, {}).setdefault(label, [0, 0])[place] = of_all
    for facet, entries in found.items():
        moved = [(label, more, less) for label, (more, less) in entries.items() if more != less]
        moved.sort(key=lambda it: -abs(it[1] - it[2]))
        told = [f"{label} {_signed(more, less)}" for label, more, less in moved[:ENTRIES]]
        if told:
            rest = len(moved) - len(told)
            yield f"{facet}: {', '.join(told)}{f', and {rest} more' if rest else ''}"


def _signed(more: int, less: int) -> str:
    return " ".join([f"+{more:,}"] * bool(more) + [f"-{less:,}"] * bool(less))


def _counted(number: int, noun: str = "paper") -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
