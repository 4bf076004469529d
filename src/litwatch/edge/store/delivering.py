"""What becomes of claims (`claiming`): each is sent until a server takes it, or given up.

Owns their states. Never composes, renders or sends.

Frozen bytes that show a paper as a finding which was retracted since do not go out (`withdrawing`).
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, func, or_, select, update

from litwatch.edge.store.claiming import OpenClaim, note_sent
from litwatch.edge.store.frozen import unpacked
from litwatch.edge.store.open import Store
from litwatch.edge.store.subscriptions import ACTIVE, key
from litwatch.edge.store.tables import claim, claim_message, subscription
from litwatch.edge.store.withdrawing import WITHDRAWN, withdraw

# The longest wait between two attempts is far below this: a later date was noted by a clock that was wrong.
LATEST_ATTEMPT = timedelta(days=2)

# What a claim's error begins with where the address itself was refused; only these count against it.
REFUSED_ADDRESS = "address refused: "

# So long a mail's bytes are kept; what stood in it, when it was sent and as what (Message-ID) is kept by its claim.
BYTES_KEPT = timedelta(days=30)
FORGOTTEN_AT_ONCE = 1000


def open_claims(store: Store, now: datetime) -> tuple[OpenClaim, ...]:
    """The claims of active subscriptions whose next attempt is due, oldest first."""
    query = (
        select(
            claim.c.id,
            claim.c.subscriber,
            claim.c.watch,
            claim.c.period,
            claim.c.claimed_at,
            claim.c.message_id,
            claim.c.envelope_from,
            claim.c.attempts,
            claim.c.last_error,
        )
        .join(
            subscription,
            (subscription.c.subscriber == claim.c.subscriber) & (subscription.c.watch == claim.c.watch),
        )
        .where(
            claim.c.state == "open",
            subscription.c.standing == ACTIVE,
            or_(
                claim.c.next_attempt.is_(None),
                claim.c.next_attempt <= now,
                claim.c.next_attempt > now + LATEST_ATTEMPT,
            ),
        )
        .order_by(claim.c.claimed_at, claim.c.id)
    )
    with store.reading() as connection:
        return tuple(OpenClaim(**row._mapping) for row in connection.execute(query))  # noqa: SLF001


def came_back(store: Store, claimed_before: datetime) -> frozenset[int]:
    """The open claims from before that moment whose reader has left and come back since they were made."""
    query = (
        select(claim.c.id)
        .join(
            subscription,
            (subscription.c.subscriber == claim.c.subscriber) & (subscription.c.watch == claim.c.watch),
        )
        .where(
            claim.c.state == "open",
            claim.c.claimed_at < claimed_before,
            subscription.c.standing == ACTIVE,
            subscription.c.standing_since > claim.c.claimed_at,
        )
    )
    with store.reading() as connection:
        return frozenset(connection.execute(query).scalars())


def begin_attempt(store: Store, open_claim: OpenClaim) -> bytes | None:
    """The frozen bytes, for one attempt to send them; None where another process has begun it.

    None, too, where a paper in them was retracted at the last moment: then the claim is withdrawn.
    """
    with store.writing() as connection:
        if withdraw(connection, open_claim.id):
            return None
        begun = connection.execute(
            update(claim)
            .where(
                claim.c.id == open_claim.id,
                claim.c.state == "open",
                claim.c.attempts == open_claim.attempts,
            )
            .values(attempts=open_claim.attempts + 1)
        )
        if not begun.rowcount:
            return None
        message = select(claim_message.c.message).where(claim_message.c.claim == open_claim.id)
        return unpacked(bytes(connection.execute(message).scalar_one()))


def mark_sent(store: Store, number: int, now: datetime) -> None:
    """After the server's 250, and never before."""
    with store.writing() as connection:
        note_sent(connection, number, now)


def forget_bytes(store: Store, now: datetime) -> None:
    """Of the mails that are no longer on their way, the bytes of those from before `BYTES_KEPT`.

    They would be nine tenths of a store of years.
    """
    before = now - BYTES_KEPT
    first = select(func.min(claim_message.c.claim)).scalar_subquery()
    oldest = select(claim.c.claimed_at).where(claim.c.id == first)
    with store.reading() as connection:  # the mails of a month are not looked through each time
        claimed_at = connection.execute(oldest).scalar_one_or_none()
    if claimed_at is None or claimed_at >= before:
        return
    some = (
        select(claim_message.c.claim)
        .join(claim, claim.c.id == claim_message.c.claim)
        .where(claim.c.state != "open", claim.c.claimed_at < before)
        .order_by(claim_message.c.claim)
        .limit(FORGOTTEN_AT_ONCE)
    )
    forgotten = FORGOTTEN_AT_ONCE
    while forgotten == FORGOTTEN_AT_ONCE:
        with store.writing() as connection:
            numbers = connection.execute(some).scalars().all()
            connection.execute(delete(claim_message).where(claim_message.c.claim.in_(numbers)))
        forgotten = len(numbers)


def mark_postponed(store: Store, number: int, error: str, next_attempt: datetime) -> None:
    """The same bytes again, at `next_attempt`."""
    _mark(store, number, next_attempt=next_attempt, last_error=error)


def give_up(store: Store, number: int, error: str) -> None:
    """No further attempt: its papers are owed again, and stand in the next digest."""
    _mark(store, number, state="given-up", next_attempt=None, last_error=error)


_OPEN = update(claim).where(claim.c.id == bindparam("number"), claim.c.state == "open")


def _mark(store: Store, number: int, **values: object) -> None:
    with store.writing() as connection:
        connection.execute(_OPEN, {"number": number, **values})


def last_claims(store: Store, now: datetime) -> dict[tuple[str, str], datetime]:
    """(subscriber, watch) -> when its latest digest was claimed, at or before `now`."""
    query = (
        select(claim.c.subscriber, claim.c.watch, func.max(claim.c.claimed_at).label("claimed_at"))
        .where(claim.c.claimed_at <= now, claim.c.state != WITHDRAWN)
        .group_by(claim.c.subscriber, claim.c.watch)
    )
    with store.reading() as connection:
        return {(row.subscriber, row.watch): row.claimed_at for row in connection.execute(query)}


def next_changes(store: Store, now: datetime) -> tuple[datetime, ...]:
    """When a mail that waits is tried again, and when a claim that a clock dated into the future comes to count."""
    again = select(func.min(claim.c.next_attempt)).where(claim.c.state == "open", claim.c.next_attempt > now)
    dated = select(func.min(claim.c.claimed_at)).where(claim.c.claimed_at > now)
    with store.reading() as connection:
        found = [connection.execute(query).scalar_one() for query in (again, dated)]
    return tuple(instant for instant in found if instant is not None)


def claimants(store: Store, watch: str, period: str) -> frozenset[str]:
    """Whose digest of that period has its claim, in whatever state."""
    query = select(claim.c.subscriber).where(claim.c.watch == watch, claim.c.period == period)
    with store.reading() as connection:
        return frozenset(connection.execute(query).scalars())


def refusals(store: Store, subscriber: str) -> int:
    """Periods in which the address was refused, since the last mail that went through or its resuming."""
    subscriber = key(subscriber)
    resumed = select(func.max(subscription.c.standing_since)).where(subscription.c.subscriber == subscriber)
    sent = select(func.max(claim.c.sent_at)).where(claim.c.subscriber == subscriber)
    with store.reading() as connection:
        after = [
            moment for query in (resumed, sent) if (moment := connection.execute(query).scalar()) is not None
        ]
        query = select(func.count(claim.c.period.distinct())).where(
            claim.c.subscriber == subscriber,
            claim.c.state == "given-up",
            claim.c.last_error.startswith(REFUSED_ADDRESS, autoescape=True),
        )
        if after:
            query = query.where(claim.c.claimed_at > max(after))
        return connection.execute(query).scalar_one()
