"""Who is subscribed since when, and whether they stand: active, paused, suspended, unsubscribed, removed.

Owns the subscription table. Never decides who gets what: that is subscribers.toml; standing wins over it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, bindparam, case, func, literal, select, update

from litwatch.edge.store.clock import CLOCK_SLACK, beginning, is_behind
from litwatch.edge.store.inserting import insert_new
from litwatch.edge.store.open import Store
from litwatch.edge.store.tables import Instant, claim, subscription

ACTIVE, PAUSED, SUSPENDED, UNSUBSCRIBED, REMOVED = "active", "paused", "suspended", "unsubscribed", "removed"


@dataclass(frozen=True, slots=True)
class Subscription:
    """A subscriber's watch: what arrives from `since` on is owed, while `standing` is active."""

    subscriber: str
    watch: str
    since: datetime
    standing: str
    standing_since: datetime
    last_sent: datetime | None = None


def key(address: str) -> str:
    """What an address is called in the store: the same reader in whatever case the file writes it."""
    return address.strip().lower()


def sync_subscriptions(store: Store, wanted: Iterable[tuple[str, str]], now: datetime) -> int:
    """Brings the table up to the file's (address, watch) pairs; the number that began now.

    Called before anything is collected, so that a subscription is older than what it is owed. One that
    leaves the file is `removed`, and active again with its old `since` when it comes back: a mistake in the
    file loses nobody's papers. Every other standing is left alone.
    """
    pairs = {(key(address), watch) for address, watch in wanted}
    with store.reading() as connection:
        known = {(row.subscriber, row.watch): row for row in connection.execute(select(subscription))}
        ahead = {pair for pair, row in known.items() if row.since > now + CLOCK_SLACK}
        if ahead and is_behind(connection, now):
            ahead = set()  # it is this clock that is wrong: nobody is to get what came before they began
    begun = pairs - known.keys()
    changes = {
        pair: {
            "standing": REMOVED if pair not in pairs else ACTIVE if row.standing == REMOVED else row.standing,
            "since": now if pair in ahead else row.since,
        }
        for pair, row in known.items()
        if (pair not in pairs and row.standing == ACTIVE)
        or (pair in pairs and (row.standing == REMOVED or pair in ahead))
    }
    if not begun and not changes:
        return 0
    with store.writing() as connection:
        if begun:
            new = {"since": beginning(connection, now), "standing": ACTIVE, "standing_since": now}
            connection.execute(
                insert_new(connection, subscription),
                [{"subscriber": address, "watch": watch, **new} for address, watch in sorted(begun)],
            )
        for (address, watch), change in sorted(changes.items()):
            connection.execute(
                update(subscription)
                .where(
                    subscription.c.subscriber == address,
                    subscription.c.watch == watch,
                    subscription.c.standing == known[address, watch].standing,
                )
                .values(**change, standing_since=now)
            )
    return len(begun)


def not_before_its_readers(connection: Connection, name: str, now: datetime) -> datetime:
    """When what is filed now for a watch came: with the run, but after the readers who began while it was at work.

    They are owed what comes from their beginning on, and this is filed after it. A beginning beyond a day ahead was
    noted by a clock that was wrong, unless this one is.
    """
    begun = select(func.max(subscription.c.since)).where(subscription.c.watch == name)
    if not is_behind(connection, now):
        begun = begun.where(subscription.c.since <= now + timedelta(days=1))
    return max(now, connection.execute(begun).scalar_one() or now)


def subscriptions(
    store: Store, address: str | None = None, *, standings: Collection[str] = ()
) -> tuple[Subscription, ...]:
    """Every subscription, or those of one address, by address and watch."""
    last = (
        select(claim.c.subscriber, claim.c.watch, func.max(claim.c.sent_at).label("last_sent"))
        .group_by(claim.c.subscriber, claim.c.watch)
        .subquery()
    )
    query = (
        select(subscription, last.c.last_sent)
        .outerjoin(
            last,
            (last.c.subscriber == subscription.c.subscriber) & (last.c.watch == subscription.c.watch),
        )
        .order_by(subscription.c.subscriber, subscription.c.watch)
    )
    if address is not None:
        query = query.where(subscription.c.subscriber == key(address))
    if standings:
        query = query.where(subscription.c.standing.in_(sorted(standings)))
    with store.reading() as connection:
        return tuple(Subscription(**row._mapping) for row in connection.execute(query))  # noqa: SLF001


def pause(store: Store, address: str, watch: str | None, now: datetime) -> int:
    """Stops mail to an address (for one watch, or all) until `resume`; the number of subscriptions paused."""
    return _stand(store, address, watch, {ACTIVE, SUSPENDED}, PAUSED, now)


def resume(store: Store, address: str, watch: str | None, now: datetime) -> int:
    """Starts mail again; the number of subscriptions resumed.

    After a pause with what arrives from now on: its reader asked for none of it. After a suspension, which was our
    doing, with all that was owed before.
    One that its reader has ended (`unsubscribed`) is not resumed: an opt-out beats every file and operator.
    """
    return _stand(store, address, watch, {PAUSED, SUSPENDED}, ACTIVE, now)


def unsubscribe(store: Store, address: str, watch: str | None, now: datetime) -> int:
    """Ends a subscription for its reader, for good; doing it twice does no harm."""
    return _stand(store, address, watch, {ACTIVE, PAUSED, SUSPENDED, REMOVED}, UNSUBSCRIBED, now)


def suspend(store: Store, address: str, now: datetime) -> int:
    """Stops mail to an address that its mail server refuses time and again."""
    return _stand(store, address, None, {ACTIVE}, SUSPENDED, now)


def _stand(
    store: Store, address: str, watch: str | None, before: Collection[str], after: str, now: datetime
) -> int:
    change: dict[str, Any] = {"standing": after, "standing_since": now}
    statement = (
        update(subscription)
        .where(subscription.c.subscriber == key(address), subscription.c.standing.in_(sorted(before)))
        .values(**change)
    )
    waiting = (
        update(claim)
        .where(claim.c.subscriber == key(address), claim.c.state == "open")
        .values(state=bindparam("given_up"), last_error=bindparam("reason"), next_attempt=None)
    )
    if watch is not None:
        statement = statement.where(subscription.c.watch == watch)
        waiting = waiting.where(claim.c.watch == watch)
    with store.writing() as connection:
        if after == ACTIVE:
            begun = literal(beginning(connection, now), Instant)
            since = case((subscription.c.standing == SUSPENDED, subscription.c.since), else_=begun)
            statement = statement.values(since=since)
        changed = connection.execute(statement).rowcount
        if changed and after != ACTIVE:
            connection.execute(waiting, {"given_up": "given-up", "reason": f"the subscription was {after}"})
        return changed
