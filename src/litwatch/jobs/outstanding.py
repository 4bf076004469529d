"""What should have happened and has not: digests that have not gone out, and runs that were killed.

Owns which of them somebody has to be told of. Never does anything about it, never writes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from litwatch.decide.overdue import (
    GRACE,
    GRACE_AT_WORK,
    REFUSED_FOR_LONG,
    refused_for_hours,
    unclaimed_since,
    untried,
)
from litwatch.edge.config import Config
from litwatch.edge.store import delivering, outstanding, searched, showing, subscriptions
from litwatch.edge.store.open import Store
from litwatch.edge.store.outstanding import Waiting

NEVER_TRIED = "no run has sent it"
NEVER_AGAIN = "no run has tried again"
NEVER_MADE = "no run has made it"


@dataclass(frozen=True, slots=True)
class LateDigest:
    """A digest that has not gone out; `why`: what the mail server said, or that nobody tried.

    One with nothing new is late only where a server has refused it for hours.
    """

    address: str
    watch: str
    since: datetime
    papers: int
    notices: int
    why: str
    grave: bool = True


@dataclass(frozen=True, slots=True)
class Unfinished:
    """A run that began and left no receipt: it is at work, or it was killed."""

    job: str
    watch: str | None
    began: datetime
    at_work: bool


def late_digests(config: Config, store: Store, now: datetime) -> tuple[LateDigest, ...]:
    """The digests that should have gone out by now, those made and not taken by a server first."""
    grace = GRACE_AT_WORK if store.is_held("collect") else GRACE  # mail is left to that run
    waiting = outstanding.waiting(store)
    late = [each for one in waiting if (each := _not_taken(one, now, grace)) is not None]
    behind = {(one.subscriber, one.watch) for one in waiting}
    late += (one for one in _unclaimed(config, store, now, grace) if (one.address, one.watch) not in behind)
    return tuple(late)


def _not_taken(one: Waiting, now: datetime, grace: timedelta) -> LateDigest | None:
    """A digest that was made, if it is late: nobody tries to send it, or a server has refused it for hours."""
    idle, why = untried(one.next_attempt, now, grace), one.last_error or NEVER_TRIED
    refused = one.last_error is not None and refused_for_hours(one.claimed_at, now)
    if not refused and not (idle and (one.papers or one.notices)):
        return None
    if idle and one.last_error:
        why = f"{NEVER_AGAIN} after: {one.last_error}"
    grave = idle or now - one.claimed_at >= REFUSED_FOR_LONG
    return LateDigest(one.subscriber, one.watch, one.claimed_at, one.papers, one.notices, why, grave)


def _unclaimed(config: Config, store: Store, now: datetime, grace: timedelta) -> Iterator[LateDigest]:
    standing = {(each.subscriber, each.watch): each for each in subscriptions.subscriptions(store)}
    claims = delivering.last_claims(store, now)
    last_good = {watch.name: searched.last_good_search(store, watch.name) for watch in config.watches}
    looks = {watch.name: watch.look_schedule for watch in config.watches}
    for subscriber in config.subscribers:
        for setting in subscriber.subscriptions:
            kept = standing.get((subscriptions.key(subscriber.address), setting.watch))
            if kept is None or kept.standing != subscriptions.ACTIVE:
                continue
            since = unclaimed_since(
                setting.schedule,
                now,
                grace,
                since=kept.since,
                last_claim=claims.get((kept.subscriber, kept.watch)),
                look=looks[setting.watch],
                last_good=last_good[setting.watch],
            )
            if since is None:
                continue
            papers, notices = outstanding.owed(store, kept.subscriber, kept.watch, kept.since)
            if papers or notices:
                yield LateDigest(kept.subscriber, kept.watch, since, papers, notices, NEVER_MADE)


def unfinished_runs(store: Store) -> tuple[Unfinished, ...]:
    """The runs that have left no receipt, the oldest first.

    The store is asked before and after the lock: a run that ends meanwhile takes its word back before it gives up
    the lock, one that begins meanwhile stands in the second answer only.
    """
    before = showing.without_receipt(store)
    held = {name: store.is_held(name) for name in {_lock_of(job) for job, _, _ in before}}
    still = set(showing.without_receipt(store)) if before else set()
    return tuple(
        Unfinished(job, watch, began, held[_lock_of(job)])
        for job, watch, began in before
        if (job, watch, began) in still
    )


def _lock_of(job: str) -> str:
    """The lock that such a run holds (jobs/turns.py)."""
    return "backfill" if job == "backfill" else "collect"
