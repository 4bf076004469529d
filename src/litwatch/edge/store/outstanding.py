"""What waits in the store for longer than it should, as figures: mail that no server has taken, papers that are owed.

Owns these questions. Never writes, reads no record, and never decides what is late.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from litwatch.decide.arrivals import BACKLOG, LATE, NEW, WANTED
from litwatch.edge.store import entitled
from litwatch.edge.store.open import Store
from litwatch.edge.store.subscriptions import ACTIVE, key
from litwatch.edge.store.tables import (
    Instant,
    arrival,
    claim,
    claim_notice,
    claim_paper,
    notice,
    subscription,
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A digest of an active subscription that no server has taken yet, and how much it holds."""

    subscriber: str
    watch: str
    period: str
    claimed_at: datetime
    attempts: int
    next_attempt: datetime | None
    last_error: str | None
    papers: int
    notices: int


def arrivals_of(store: Store, watch: str) -> tuple[datetime, ...]:
    """When new papers came to a watch, each moment once, the earliest first."""
    query = (
        select(arrival.c.arrived_at)
        .where(arrival.c.watch == watch, arrival.c.state.in_((NEW, LATE)), arrival.c.arrived_at.is_not(None))
        .group_by(arrival.c.arrived_at)
        .order_by(arrival.c.arrived_at)
    )
    with store.reading() as connection:
        return tuple(connection.execute(query).scalars())


def waiting(store: Store) -> tuple[Waiting, ...]:
    """The digests that no server has taken yet, the oldest first."""
    holds = [
        select(func.count()).where(table.c.claim == claim.c.id).scalar_subquery().label(name)
        for table, name in ((claim_paper, "papers"), (claim_notice, "notices"))
    ]
    query = (
        select(
            claim.c.subscriber,
            claim.c.watch,
            claim.c.period,
            claim.c.claimed_at,
            claim.c.attempts,
            claim.c.next_attempt,
            claim.c.last_error,
            *holds,
        )
        .join(
            subscription,
            (subscription.c.subscriber == claim.c.subscriber) & (subscription.c.watch == claim.c.watch),
        )
        .where(claim.c.state == "open", subscription.c.standing == ACTIVE)
        .order_by(claim.c.claimed_at, claim.c.id)
    )
    with store.reading() as connection:
        return tuple(Waiting(**row._mapping) for row in connection.execute(query))  # noqa: SLF001


def owed(store: Store, subscriber: str, watch: str, since: datetime) -> tuple[int, int]:
    """How many papers and notices the next digest of a subscription has to hold."""
    new, again, notices = (
        query.order_by(None).with_only_columns(column)
        for query, column in (
            (entitled.new_papers(subscriber, watch, since), arrival.c.pmid),
            (entitled.papers_again(subscriber, watch), arrival.c.pmid),
            (entitled.notices(subscriber, watch, since), notice.c.pmid),
        )
    )
    with store.reading() as connection:
        papers = {pmid for query in (new, again) for pmid in connection.execute(query).scalars()}
        return len(papers), len(connection.execute(notices).all())


def wanted_since_before(store: Store, moment: datetime) -> dict[str, int]:
    """Watch -> how many matches have been wanted since before `moment`: listed, and not to be had or read."""
    query = (
        select(arrival.c.watch, func.count())
        .where(
            arrival.c.state == WANTED,
            arrival.c.unmatched_since.is_(None),
            func.coalesce(arrival.c.wanted_since, arrival.c.first_seen, type_=Instant) < moment,
        )
        .group_by(arrival.c.watch)
    )
    with store.reading() as connection:
        return {row[0]: row[1] for row in connection.execute(query)}


def none_sent(connection: Connection, name: str, moment: datetime) -> dict[int, datetime]:
    """What PubMed lists and a watch has wanted since before `moment`, and since when.

    Empty where a paper came since the first of them.
    """
    since = func.coalesce(arrival.c.wanted_since, arrival.c.first_seen, type_=Instant)
    mine = arrival.c.watch == name
    wanted = connection.execute(
        select(arrival.c.pmid, since.label("since"))
        .where(
            mine,
            arrival.c.state == WANTED,
            arrival.c.unmatched_since.is_(None),
            arrival.c.gone.is_(None),
            since < moment,
        )
        .order_by(arrival.c.pmid)
    ).all()
    if not wanted:
        return {}
    first = min(row.since for row in wanted)
    came = select(arrival.c.pmid).where(mine, arrival.c.state != BACKLOG, arrival.c.arrived_at >= first)
    return {} if connection.execute(came.limit(1)).first() else {row.pmid: row.since for row in wanted}


def is_waiting(store: Store, subscriber: str, watch: str) -> bool:
    """Whether a digest of that subscription has been made and no server has taken it."""
    query = select(claim.c.id).where(
        claim.c.subscriber == key(subscriber), claim.c.watch == watch, claim.c.state == "open"
    )
    with store.reading() as connection:
        return connection.execute(query).first() is not None
