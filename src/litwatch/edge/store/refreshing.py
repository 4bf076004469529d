"""Which papers can still change, and what is written down when one did or is gone.

Owns these statements. Never begins or ends a transaction; papers themselves are filed by `collecting`.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, and_, or_, select, update

from litwatch.decide.changes import FINAL
from litwatch.edge.store.collecting import in_hundreds
from litwatch.edge.store.tables import arrival, claim, claim_paper, finding, notice, paper


def mailed_pmids(connection: Connection, name: str) -> tuple[int, ...]:
    """Every paper of a watch that was ever mailed to anybody, ascending."""
    query = (
        select(claim_paper.c.pmid)
        .join(claim, claim.c.id == claim_paper.c.claim)
        .where(claim.c.watch == name, claim.c.state == "sent")
        .distinct()
        .order_by(claim_paper.c.pmid)
    )
    return tuple(connection.execute(query).scalars())


def changeable_pmids(
    connection: Connection, names: Iterable[str], young_from: str, now: datetime, most: int
) -> tuple[int, ...]:
    """Filed papers of these watches that can still change, most stale first.

    They are not final, or were created on `young_from` (ISO) or later; one that PubMed had dropped is asked
    for again once it matches again. What was fetched at `now` is fresh.
    """
    back = and_(paper.c.gone.is_not(None), arrival.c.unmatched_since.is_(None))
    open_end = or_(paper.c.status.not_in(tuple(FINAL)), paper.c.create_date >= young_from)
    query = (
        select(paper.c.pmid)
        .join(arrival, arrival.c.pmid == paper.c.pmid)
        .where(
            arrival.c.watch.in_(tuple(names)),
            paper.c.fetched_at < now,
            or_(and_(paper.c.gone.is_(None), open_end), back),
        )
        .distinct()
        .order_by(paper.c.fetched_at, paper.c.pmid)
        .limit(most)
    )
    return tuple(row.pmid for row in connection.execute(query.add_columns(paper.c.fetched_at)))


def struck_unread(connection: Connection, names: Iterable[str]) -> dict[int, tuple[str, ...]]:
    """Papers of these watches that a notice speaks of and that were never fetched (backlog), with their watches."""
    query = (
        select(arrival.c.pmid, arrival.c.watch)
        .join(notice, notice.c.pmid == arrival.c.pmid)
        .outerjoin(paper, paper.c.pmid == arrival.c.pmid)
        .where(arrival.c.watch.in_(tuple(names)), paper.c.pmid.is_(None))
        .distinct()
        .order_by(arrival.c.pmid, arrival.c.watch)
    )
    found: dict[int, tuple[str, ...]] = {}
    for pmid, name in connection.execute(query):
        found[pmid] = (*found.get(pmid, ()), name)
    return found


def content_hashes(connection: Connection, pmids: Iterable[int]) -> dict[int, str]:
    """Of these PMIDs those that are filed, with the hash of what was kept."""
    found: dict[int, str] = {}
    for some in in_hundreds(pmids):
        query = select(paper.c.pmid, paper.c.content_hash).where(paper.c.pmid.in_(some))
        found.update((row.pmid, row.content_hash) for row in connection.execute(query))
    return found


def watches_of(connection: Connection, pmids: Iterable[int]) -> dict[int, tuple[str, ...]]:
    """In which watches these papers are filed."""
    found: dict[int, tuple[str, ...]] = {}
    for some in in_hundreds(pmids):
        query = select(finding.c.pmid, finding.c.watch).where(finding.c.pmid.in_(some))
        for pmid, name in connection.execute(query.order_by(finding.c.pmid, finding.c.watch)):
            found[pmid] = (*found.get(pmid, ()), name)
    return found


def mark_seen(connection: Connection, pmids: Iterable[int], now: datetime, gone: str | None = None) -> None:
    """Note that these papers were asked for again; with `gone`, that PubMed no longer has them."""
    for some in in_hundreds(pmids):
        connection.execute(update(paper).where(paper.c.pmid.in_(some)).values(fetched_at=now, gone=gone))
