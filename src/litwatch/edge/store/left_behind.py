"""What watches that are no longer configured still owe to readers: a renamed file makes a new watch.

Owns this question. Never writes.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import and_, or_, select

from litwatch.edge.store.open import Store
from litwatch.edge.store.subscriptions import ACTIVE, REMOVED
from litwatch.edge.store.tables import subscription, watch

ADVICE = "name its file so again and they are owed once more (docs/running.md, Renaming a watch)"


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """A watch of the store that is not configured, and what nobody will be sent of it."""

    watch: str
    papers: int
    readers: int

    def __str__(self) -> str:
        papers = f"{self.papers:,} {'paper was' if self.papers == 1 else 'papers were'} owed"
        readers = f"{self.readers:,} {'reader' if self.readers == 1 else 'readers'}"
        return f"watch {self.watch} is not configured any more: {papers} to {readers}"


def left_behind(
    store: Store, configured: Collection[str], *, news_only: bool = False
) -> tuple[LeftBehind, ...]:
    """The watches that are not configured and owe papers to readers who were not taken away before them.

    With `news_only` those that no run has seen gone (it makes their subscriptions `removed`).
    """
    began = or_(watch.c.last_good_run.is_(None), subscription.c.standing_since > watch.c.last_good_run)
    standing = subscription.c.standing == ACTIVE
    if not news_only:
        standing = or_(standing, and_(subscription.c.standing == REMOVED, began))
    query = (
        select(subscription.c.subscriber, subscription.c.watch, subscription.c.since)
        .join(watch, watch.c.name == subscription.c.watch)
        .where(standing, subscription.c.watch.not_in(sorted(configured)))
        .order_by(subscription.c.watch)
    )
    with store.reading() as connection:
        readers = connection.execute(query).all()
        if not readers:
            return ()
        from litwatch.edge.store.entitled import new_pmids

        owed: dict[str, list[set[int]]] = {}
        for one in readers:
            pmids = set(connection.execute(new_pmids(one.subscriber, one.watch, one.since)).scalars())
            if pmids:
                owed.setdefault(one.watch, []).append(pmids)
    return tuple(LeftBehind(name, len(set().union(*sets)), len(sets)) for name, sets in owed.items())
