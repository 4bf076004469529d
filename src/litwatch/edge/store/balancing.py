"""The books of a watch, counted from the store alone, and the receipts of runs.

Owns what is mailed and what is owed as figures. Never trusts what a run remembers of itself.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, func, insert, select

from litwatch.decide.arrivals import BACKLOG, BY_EDIT, HELD, LATE, NEW, OLD, WANTED
from litwatch.edge.store.tables import arrival, claim, claim_paper, paper, receipt, subscription


@dataclass(frozen=True, slots=True)
class Books:
    """Where every paper of a watch that matches now stands; they add up to what PubMed says matches.

    `mailed`: sent to every active subscription that is entitled to it (there may be none), else `owed`;
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
    gone = paper.c.gone.is_not(None)
    here = arrival.outerjoin(paper, paper.c.pmid == arrival.c.pmid)
    matching = and_(arrival.c.watch == name, arrival.c.unmatched_since.is_(None))
    query = select(arrival.c.state, gone, func.count()).select_from(here).where(matching)
    counted: dict[str, int] = {}
    excluded = 0
    for state, is_gone, count in connection.execute(query.group_by(arrival.c.state, gone)):
        if state in (OLD, BY_EDIT) or (is_gone and state in (NEW, LATE)):
            excluded += count
        else:
            counted[state] = counted.get(state, 0) + count
    coming = counted.get(NEW, 0) + counted.get(LATE, 0)
    owed = _owed(connection, name) if coming else 0
    return Books(
        backlog=counted.get(BACKLOG, 0),
        mailed=coming - owed,
        owed=owed,
        held=counted.get(HELD, 0),
        excluded=excluded,
        wanted=counted.get(WANTED, 0),
    )


def _owed(connection: Connection, name: str) -> int:
    """How many arrivals some entitled subscription has not been sent.

    A subscription is entitled to what arrived since it began or was resumed. So an arrival is owed when fewer
    of the entitled have it in a sent claim than are entitled.
    """
    active = and_(subscription.c.watch == name, subscription.c.standing == "active")
    began = sorted(connection.execute(select(subscription.c.since).where(active)).scalars())
    if not began:
        return 0
    sent_to = (
        select(claim_paper.c.pmid, func.count(func.distinct(claim.c.subscriber)).label("sent"))
        .join(claim, claim.c.id == claim_paper.c.claim)
        .join(
            subscription,
            and_(subscription.c.subscriber == claim.c.subscriber, subscription.c.watch == claim.c.watch),
        )
        .join(arrival, and_(arrival.c.watch == claim.c.watch, arrival.c.pmid == claim_paper.c.pmid))
        .where(active, claim.c.state == "sent", subscription.c.since <= arrival.c.arrived_at)
        .group_by(claim_paper.c.pmid)
        .subquery()
    )
    coming = (
        select(arrival.c.arrived_at, func.coalesce(sent_to.c.sent, 0))
        .select_from(
            arrival.outerjoin(sent_to, sent_to.c.pmid == arrival.c.pmid).outerjoin(
                paper, paper.c.pmid == arrival.c.pmid
            )
        )
        .where(
            arrival.c.watch == name,
            arrival.c.unmatched_since.is_(None),
            arrival.c.state.in_((NEW, LATE)),
            arrival.c.arrived_at >= began[0],
            paper.c.gone.is_(None),
        )
    )
    return sum(sent < bisect_right(began, arrived_at) for arrived_at, sent in connection.execute(coming))


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
    """Keep what a run did."""
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
