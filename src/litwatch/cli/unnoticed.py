"""What is wrong with a watch though no run of it failed: it fell silent, or nobody looks for retractions.

Owns how that is told. Never writes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from litwatch.cli.printing import written

if TYPE_CHECKING:
    from litwatch.edge.store.open import Store

NOTHING: Mapping[str, None] = {"silent": None, "retractions_unasked": None}


def unnoticed(store: Store, name: str, now: datetime) -> dict[str, Any]:
    """The keys of NOTHING, each None or what is to be told of it."""
    return {"silent": _silence(store, name, now), "retractions_unasked": _unasked(store, name, now)}


def in_words(watch: Mapping[str, Any]) -> Iterator[str]:
    """Each of them in a sentence."""
    if watch["silent"] is not None:
        yield silent_in_words(watch["silent"])
    if watch["retractions_unasked"] is not None:
        yield unasked_in_words(watch["retractions_unasked"])


def silent_in_words(silent: Mapping[str, Any]) -> str:
    """That a watch has fallen silent, and by what measure."""
    gap = f"{silent['longest_gap_days']:g} days"
    return f"no new paper since {silent['since']}: more than twice its longest gap so far ({gap})"


def unasked_in_words(unasked: Mapping[str, Any]) -> str:
    """That nobody looks for retractions, and how to."""
    since = f" since {unasked['since']}" if unasked["since"] else ""
    return f"retractions have not been looked for{since}: `litwatch refresh` does, and so does `litwatch run`"


def _silence(store: Store, name: str, now: datetime) -> dict[str, Any] | None:
    """Since when no new paper has come, where that is longer than twice the watch's longest gap."""
    from litwatch.decide.overdue import silence
    from litwatch.edge.store.outstanding import arrivals_of

    found = silence(arrivals_of(store, name), now)
    if found is None:
        return None
    return {
        "since": written(found.since),
        "longest_gap_days": round(found.longest_gap / timedelta(days=1), 1),
    }


def _unasked(store: Store, name: str, now: datetime) -> dict[str, Any] | None:
    """Since when what befell its papers has not been looked for, where that is too long."""
    from litwatch.edge.store.searched import fates_asked

    with store.reading() as connection:
        asked, unasked = fates_asked(connection, name, now)
    return {"since": written(asked)} if unasked else None
