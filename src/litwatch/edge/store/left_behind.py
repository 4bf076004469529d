"""What is owed to nobody any more, by watches or to readers that are no longer configured: a new name makes a new one.

Owns this question. Never writes.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import and_, or_, select

from litwatch.edge.store.open import Store
from litwatch.edge.store.subscriptions import ACTIVE, REMOVED, key
from litwatch.edge.store.tables import subscription, watch

NAMED = 3  # readers in a sentence
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


def readers_left(
    store: Store, wanted: Collection[tuple[str, str]], configured: Collection[str]
) -> str | None:
    """What is owed to readers of configured watches who are in the file no more, in a sentence; None: nothing.

    Only those whom no run has seen gone.
    """
    listed = {(key(address), name) for address, name in wanted}
    query = select(subscription.c.subscriber, subscription.c.watch, subscription.c.since).where(
        subscription.c.standing == ACTIVE, subscription.c.watch.in_(sorted(configured))
    )
    with store.reading() as connection:
        gone = [one for one in connection.execute(query) if (one.subscriber, one.watch) not in listed]
        if not gone:
            return None
        from litwatch.edge.store.entitled import new_pmids

        owed = {
            one.subscriber
            for one in gone
            if connection.execute(new_pmids(one.subscriber, one.watch, one.since).limit(1)).first()
        }
    if not owed:
        return None
    named = ", ".join(sorted(owed)[:NAMED]) + (
        f" and {len(owed) - NAMED:,} more" if len(owed) > NAMED else ""
    )
    return (
        f"papers were owed to {named}, whose subscription is in the configuration no more: where an address was "
        "changed, name the old one again until they are sent"
    )


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
