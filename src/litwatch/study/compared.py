"""What only all the numbers of an abstract tell of one: the largest, one of two groups, those analysed later.

Owns that comparison. Never finds, adds up or chooses a number.
"""

from __future__ import annotations

from collections.abc import Sequence

from litwatch.study.statements import Statement
from litwatch.study.told import Told

_ANALYSED = frozenset(
    f"{what} {side}" for what in ("analysed", "completed", "available") for side in ("before", "behind")
)
_SYNTHESES = frozenset(("meta-analysis", "systematic-review"))
_FEW = 6


def _divide(plain: Sequence[Told], largest: int) -> None:
    """Says of two groups that together are the largest number that they are its parts, or one is the rest."""
    by_number: dict[int, list[Told]] = {}
    for one in plain:
        by_number.setdefault(one.number, []).append(one)
    for number, arms in by_number.items():
        others = by_number.get(largest - number, [])
        if any("left behind" in each.known for each in others):
            for arm in arms:
                arm.known["what is left of the largest"] = 1.0
        elif others and (number != largest - number or len(arms) > 1):
            for arm in arms:
                arm.known["one of several"] = 1.0
            for whole in by_number[largest]:
                whole.known["arms add up to it"] = 1.0


def compare(
    plain: Sequence[Told], sums: Sequence[Told], parts: Sequence[Statement], title: str, design: str | None
) -> None:
    """Says of each number what the others make of it."""
    places = {id(part): place for place, part in enumerate(parts)}
    told_in: dict[int, set[int]] = {}
    for one in plain:
        told_in.setdefault(one.number, set()).add(one.part.start)
    totals = {one.number for one in sums}
    largest = max((one.number for one in plain), default=0)
    first_largest = next((place for place, one in enumerate(plain) if one.number == largest), 0)
    synthesis = design in _SYNTHESES
    _divide(plain, largest)
    later = [
        order > first_largest
        and 0.4 * largest <= one.number < largest
        and not _ANALYSED.isdisjoint(one.known)
        for order, one in enumerate((*plain, *sums))
    ]
    fewer = any(later)
    for order, one in enumerate((*plain, *sums)):
        known, number = one.known, one.number
        known["number"] = 1.0
        known[f"role {one.part.role}"] = 1.0
        known["place in the abstract"] = places[id(one.part)] / max(1, len(parts) - 1)
        said = {
            "first number": order == 0,
            "said again": bool(told_in.get(number, set()) - {one.part.start}),
            "arms add up to it": number in totals and order < len(plain),
            "largest": number == largest,
            "more than the largest": number > largest,
            "a little below the largest": 0.8 * largest <= number < largest,
            "a third of the largest": number < largest / 3,
            "in the title": f" {number} " in title,
            "design unknown": design is None,
            "largest of a synthesis": synthesis and number == largest,
            "less than the largest of a synthesis": synthesis and number < largest,
            "few": number < _FEW and design != "case",
            "fewer, analysed later": later[order],
            "fewer were analysed": fewer and number >= largest,
            "planned where a study is told": design != "protocol" and "planned" in known,
            "planned in a protocol": design == "protocol" and "will be before" in known,
            "n = of a synthesis": synthesis and "n =" in known,
            "of one comparison": synthesis and ("estimate behind" in known or "estimate before" in known),
        }
        known.update((name, 1.0) for name, holds in said.items() if holds)
