"""Claims: a digest of a subscription for a period, frozen with its bytes, then sent until a server takes it.

Owns the claim tables. Never composes, renders or sends.

Whatever two processes do: a period is claimed once, and a paper stands in one sent or open claim of a
subscription (and in one more when it is shown again). The first is a unique key; for the second the claims of one
subscription are made one after the other (its row is locked first) and each looks at those before it.

Frozen bytes that show a paper as a finding which was retracted since do not go out (`withdrawing`).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import Connection, exists, func, insert, or_, select, update

from litwatch.edge.store.entitled import HOLDING_STATES
from litwatch.edge.store.inserting import insert_new
from litwatch.edge.store.open import Store
from litwatch.edge.store.subscriptions import ACTIVE, key
from litwatch.edge.store.tables import claim, claim_notice, claim_paper, notice, subscription
from litwatch.edge.store.withdrawing import WITHDRAWN, withdraw

if TYPE_CHECKING:
    from litwatch.edge.store.owing import NoticeKey

# The longest wait between two attempts is far below this: a later date was noted by a clock that was wrong.
LATEST_ATTEMPT = timedelta(days=2)

# What a claim's error begins with where the address itself was refused; only these count against it.
REFUSED_ADDRESS = "address refused: "


@dataclass(frozen=True, slots=True)
class Draft:
    """A digest that is ready to be claimed: what it holds, and the bytes that will go out, now or later.

    `again`: those of the papers that it shows once more. `without_abstract`: those that had none.
    """

    subscriber: str
    watch: str
    period: str
    pmids: tuple[int, ...]
    notices: tuple[NoticeKey, ...]
    message_id: str
    envelope_from: str
    message: bytes
    again: frozenset[int] = frozenset()
    without_abstract: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class OpenClaim:
    """A claim that no server has taken yet; `attempts` were begun."""

    id: int
    subscriber: str
    watch: str
    period: str
    claimed_at: datetime
    message_id: str
    envelope_from: str
    attempts: int
    last_error: str | None = None


class _TakenError(Exception):
    """Rolls a claim back."""


def make_claim(store: Store, draft: Draft, now: datetime) -> OpenClaim | None:
    """Claims a period with all that the draft holds, or nothing: None where that came too late.

    Too late is: the period is claimed, a paper or notice stands in another sent or open claim, a notice has got
    its PMID, or the subscription is no longer active. Then compose anew, from what is owed now.
    """
    try:
        with store.writing() as connection:
            return _claim(connection, draft, now)
    except _TakenError:
        return None


def _claim(connection: Connection, draft: Draft, now: datetime) -> OpenClaim:
    subscriber = key(draft.subscriber)
    standing = connection.execute(
        select(subscription.c.standing)
        .where(subscription.c.subscriber == subscriber, subscription.c.watch == draft.watch)
        .with_for_update()
    ).scalar_one_or_none()
    if standing != ACTIVE:
        raise _TakenError
    number = connection.execute(
        insert_new(connection, claim)
        .values(
            subscriber=subscriber,
            watch=draft.watch,
            period=draft.period,
            claimed_at=now,
            message_id=draft.message_id,
            envelope_from=draft.envelope_from,
            message=draft.message,
            state="open",
            attempts=0,
            next_attempt=now,
        )
        .returning(claim.c.id)
    ).scalar_one_or_none()
    if number is None:
        raise _TakenError
    if draft.pmids:
        rows = [
            {
                "claim": number,
                "pmid": pmid,
                "again": pmid in draft.again,
                "without_abstract": pmid in draft.without_abstract,
            }
            for pmid in draft.pmids
        ]
        connection.execute(insert(claim_paper), rows)
    if draft.notices:
        connection.execute(
            insert(claim_notice),
            [
                {"claim": number, "pmid": pmid, "kind": kind, "notice_pmid": notice_pmid}
                for pmid, kind, notice_pmid in draft.notices
            ],
        )
    if _stands_elsewhere(connection, subscriber, draft.watch, number) or _renamed(connection, number):
        raise _TakenError
    return OpenClaim(
        number, subscriber, draft.watch, draft.period, now, draft.message_id, draft.envelope_from, 0
    )


def _stands_elsewhere(connection: Connection, subscriber: str, watch: str, number: int) -> bool:
    """Whether another claim that counts holds a paper or notice of this one."""
    for table, keys in ((claim_paper, ("pmid", "again")), (claim_notice, ("pmid", "kind", "notice_pmid"))):
        mine, other = table.alias(), table.alias()
        query = (
            select(other.c.claim)
            .join(mine, (mine.c.claim == number) & (mine.c.pmid == other.c.pmid))
            .join(claim, claim.c.id == other.c.claim)
            .where(
                other.c.claim != number,
                claim.c.subscriber == subscriber,
                claim.c.watch == watch,
                claim.c.state.in_(HOLDING_STATES),
                *(mine.c[name] == other.c[name] for name in keys),
            )
            .limit(1)
        )
        if connection.execute(query).first() is not None:
            return True
    return False


def _renamed(connection: Connection, number: int) -> bool:
    """Whether a notice of this claim is known by its PMID since the digest was composed."""
    there = exists().where(
        notice.c.pmid == claim_notice.c.pmid,
        notice.c.kind == claim_notice.c.kind,
        notice.c.notice_pmid == claim_notice.c.notice_pmid,
    )
    query = select(claim_notice.c.pmid).where(claim_notice.c.claim == number, ~there).limit(1)
    return connection.execute(query).first() is not None


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
        return connection.execute(
            update(claim)
            .where(
                claim.c.id == open_claim.id,
                claim.c.state == "open",
                claim.c.attempts == open_claim.attempts,
            )
            .values(attempts=open_claim.attempts + 1)
            .returning(claim.c.message)
        ).scalar_one_or_none()


def mark_sent(store: Store, number: int, now: datetime) -> None:
    """After the server's 250, and never before."""
    _mark(store, number, state="sent", sent_at=now, next_attempt=None, last_error=None)


def mark_postponed(store: Store, number: int, error: str, next_attempt: datetime) -> None:
    """The same bytes again, at `next_attempt`."""
    _mark(store, number, next_attempt=next_attempt, last_error=error)


def give_up(store: Store, number: int, error: str) -> None:
    """No further attempt: its papers are owed again, and stand in the next digest."""
    _mark(store, number, state="given-up", next_attempt=None, last_error=error)


def _mark(store: Store, number: int, **values: object) -> None:
    with store.writing() as connection:
        connection.execute(
            update(claim).where(claim.c.id == number, claim.c.state == "open").values(**values)
        )


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


def is_claimed(store: Store, subscriber: str, watch: str, period: str) -> bool:
    """Whether that period has its claim, in whatever state."""
    query = select(claim.c.id).where(
        claim.c.subscriber == key(subscriber), claim.c.watch == watch, claim.c.period == period
    )
    with store.reading() as connection:
        return connection.execute(query).first() is not None


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
