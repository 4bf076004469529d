"""The books of a watch, counted from the store alone, and the receipts of runs.

Owns what is mailed and what is owed as figures. Never trusts what a run remembers of itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, func, insert, select, true

from litwatch.decide.arrivals import BACKLOG, BY_EDIT, HELD, LATE, NEW, OLD, WANTED
from litwatch.edge.store.inserting import in_hundreds, upsert
from litwatch.edge.store.tables import arrival, begun, claim, claim_paper, paper, receipt, subscription


@dataclass(frozen=True, slots=True)
class Books:
    """Where every paper of a watch that matches now stands; they add up to what PubMed says matches.

    `mailed`: sent to every active subscription that is entitled to it, else `owed`; where there is no such
    subscription it went to nobody (mailed_to_nobody);
    `excluded`: old, by-edit, or no longer in PubMed.
    """

    backlog: int = 0
    mailed: int = 0
    owed: int = 0
    held: int = 0
    excluded: int = 0
    wanted: int = 0

    @property
    def total(self) -> int:
        """All of them."""
        return self.backlog + self.mailed + self.owed + self.held + self.excluded + self.wanted


def books(connection: Connection, name: str) -> Books:
    """Count the papers of a watch that match now by where they stand."""
    matching = and_(arrival.c.watch == name, arrival.c.unmatched_since.is_(None))
    states = select(arrival.c.state, func.count().label("papers")).where(matching).group_by(arrival.c.state)
    counted = {row.state: row.papers for row in connection.execute(states)}
    # Few are gone; to ask a million papers one by one would read a million records.
    gone = frozenset(connection.execute(select(paper.c.pmid).where(paper.c.gone.is_not(None))).scalars())
    excluded = counted.pop(OLD, 0) + counted.pop(BY_EDIT, 0)
    for some in in_hundreds(gone):
        here = matching, arrival.c.state.in_((NEW, LATE)), arrival.c.pmid.in_(some)
        for state in connection.execute(select(arrival.c.state).where(*here)).scalars():
            counted[state] -= 1
            excluded += 1
    coming = counted.get(NEW, 0) + counted.get(LATE, 0)
    owed = _owed(connection, name, gone) if coming else 0
    wanted = counted.get(WANTED, 0)
    if wanted:  # listed, but PubMed says that it has them no more
        unknown = select(func.count()).where(matching, arrival.c.state == WANTED, arrival.c.gone.is_not(None))
        never_sent = connection.execute(unknown).scalar_one()
        wanted, excluded = wanted - never_sent, excluded + never_sent
    return Books(
        backlog=counted.get(BACKLOG, 0),
        mailed=coming - owed,
        owed=owed,
        held=counted.get(HELD, 0),
        excluded=excluded,
        wanted=wanted,
    )


def _owed(connection: Connection, name: str, gone: frozenset[int]) -> int:
    """How many arrivals some entitled subscription has not been sent.

    A subscription is entitled to what arrived since it began or was resumed. The database compares who is entitled to
    what with who was sent it: a watch of years has a row for each paper in each digest.
    """
    entitled = (
        select(arrival.c.pmid, subscription.c.subscriber)
        .join(
            subscription,
            and_(subscription.c.watch == arrival.c.watch, subscription.c.since <= arrival.c.arrived_at),
        )
        .where(
            arrival.c.watch == name,
            arrival.c.unmatched_since.is_(None),
            arrival.c.state.in_((NEW, LATE)),
            subscription.c.standing == "active",
        )
    )
    sent = (
        select(claim_paper.c.pmid, claim.c.subscriber)
        .join(claim, claim.c.id == claim_paper.c.claim)
        .where(claim.c.watch == name, claim.c.state == "sent")
    )
    owed = {pmid for pmid, _ in connection.execute(entitled.except_(sent))}
    return len(owed - gone)


def mailed_to_nobody(connection: Connection, name: str) -> int:
    """How many of the `mailed` no reader was ever sent, because none was entitled to them."""
    subscribed = and_(subscription.c.watch == name, subscription.c.standing == "active")
    first = connection.execute(select(func.min(subscription.c.since)).where(subscribed)).scalar_one()
    before = arrival.c.arrived_at < first if first is not None else true()
    came = select(arrival.c.pmid).where(
        arrival.c.watch == name,
        arrival.c.unmatched_since.is_(None),
        arrival.c.state.in_((NEW, LATE)),
        before,
    )
    if connection.execute(came.limit(1)).first() is None:
        return 0  # as ever, where readers were there from the beginning
    sent = (
        select(claim_paper.c.pmid)
        .join(claim, claim.c.id == claim_paper.c.claim)
        .where(claim.c.watch == name, claim.c.state == "sent")
    )
    gone = select(paper.c.pmid).where(paper.c.gone.is_not(None))
    return connection.execute(
        select(func.count()).select_from(came.except_(sent, gone).subquery())
    ).scalar_one()


def begin(connection: Connection, job: str, watch: str | None, now: datetime) -> datetime | None:
    """Note that a run is at work; when an earlier one of its kind had begun that left no receipt, or None.

    The caller holds the lock of the job: such a run is at work no more.
    """
    this = and_(begun.c.job == job, begun.c.watch == (watch or ""))
    earlier = connection.execute(select(begun.c.at).where(this)).scalar_one_or_none()
    upsert(connection, begun, [{"job": job, "watch": watch or "", "at": now}])
    return earlier


def end(connection: Connection, job: str, watch: str | None) -> None:
    """Note that a run is at work no more."""
    connection.execute(delete(begun).where(begun.c.job == job, begun.c.watch == (watch or "")))


def last_document(connection: Connection, job: str) -> Mapping[str, Any] | None:
    """The receipt of the last run of a job, whatever its watch; None where there is none."""
    query = select(receipt.c.document).where(receipt.c.job == job).order_by(receipt.c.id.desc()).limit(1)
    found: Mapping[str, Any] | None = connection.execute(query).scalar_one_or_none()
    return found


def last_accepted(connection: Connection, watch: str) -> datetime | None:
    """When a person last ran a collect of the watch with --accept; None: never."""
    query = select(func.max(receipt.c.started_at)).where(
        receipt.c.job == "collect", receipt.c.watch == watch, receipt.c.document["accepted"].as_boolean()
    )
    accepted: datetime | None = connection.execute(query).scalar_one()
    return accepted


def save_receipt(
    connection: Connection,
    job: str,
    watch: str | None,
    started_at: datetime,
    finished_at: datetime,
    document: Mapping[str, Any],
    *,
    ok: bool,
) -> None:
    """Keep what a run did; it is at work no more."""
    end(connection, job, watch)
    connection.execute(
        insert(receipt).values(
            job=job,
            watch=watch,
            started_at=started_at,
            finished_at=finished_at,
            ok=ok,
            document=dict(document),
        )
    )
