"""How many papers one reads for one that is relevant, before and after a change, as a watch's own rules judge.

Owns that arithmetic. Never judges a paper: rules do, and a sample that a person judged says more.
"""

from __future__ import annotations

from litwatch.tuning.changed import Change
from litwatch.tuning.recall import Share


def to_read(kept: int, judged: Share | None, changed: Change) -> float | None:
    """Papers for one relevant, of those that both searches find and those of one direction; None where unknown.

    `judged` are papers of both, of which the rules call `hits` relevant; they stand for all `kept`.
    """
    if kept and (judged is None or judged.value is None):
        return None
    if changed.total and (changed.relevant is None or changed.relevant.value is None):
        return None
    papers = kept + changed.total
    relevant = kept * _share(judged) + changed.total * _share(changed.relevant)
    return papers / relevant if relevant else None


def _share(some: Share | None) -> float:
    return (some.value or 0.0) if some is not None else 0.0
