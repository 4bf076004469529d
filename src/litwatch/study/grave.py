"""Deaths, suicides and serious events that people had: what one prescribes by, however rare.

Owns which sentences tell them. Never quotes one (study.quotes and study.beside do).
"""

from __future__ import annotations

from collections.abc import Sequence

from litwatch.study import harm_cues
from litwatch.study import quote_cues as cues
from litwatch.study.statements import Statement


def gravest(parts: Sequence[Statement], places: Sequence[int]) -> Statement | None:
    """The first of these sentences that tells deaths or suicides, else the first that tells serious events."""
    grave = [parts[place] for place in places if is_grave(parts[place])]
    return next((part for part in grave if part.has(harm_cues.DEADLY)), next(iter(grave), None))


def is_grave(part: Statement) -> bool:
    """Whether it counts such events; not that there were none, nor whom they befell before."""
    if part.role not in ("results", "methods") or not part.has(harm_cues.GRAVE):
        return False
    return part.has(harm_cues.COUNTED) and part.has(harm_cues.HAPPENED) and _is_told(part)


def _is_told(part: Statement) -> bool:
    """Whether a clause tells such events and does not deny them: one died, "and there were no serious events"."""
    if not part.has(harm_cues.NOT_GRAVE):
        return True
    return any(
        harm_cues.GRAVE.compiled.search(clause) and not harm_cues.NOT_GRAVE.compiled.search(clause)
        for clause in harm_cues.CLAUSES.split(part.small)
    )


def is_common(part: Statement) -> bool:
    """Whether it tells an event that people had, or how often, and none of the grave ones."""
    if not part.has(harm_cues.EVENT) or part.has(harm_cues.GRAVE):
        return False
    if part.has(harm_cues.NO_EVENT) or part.has(harm_cues.FEWER):
        return False
    return (part.has(harm_cues.MOST_COMMON) or part.has(cues.FIGURES)) and not part.has(cues.WANTED)
