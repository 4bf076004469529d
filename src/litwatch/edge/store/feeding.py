"""The papers of a watch that came last, for its feeds.

Owns this question. Never writes.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select

from litwatch.decide.cards import DigestPaper
from litwatch.decide.changes import notice_quote
from litwatch.decide.digest import NoticeFacts
from litwatch.decide.feeds import FeedPaper
from litwatch.edge.store.entitled import MAILED_STATES
from litwatch.edge.store.inserting import in_hundreds
from litwatch.edge.store.open import Store
from litwatch.edge.store.tables import arrival, finding, notice, paper, paper_change, tag, watch
from litwatch.edge.store.unpacking import read_record
from litwatch.study.findings import from_json


def begun(store: Store, watch_name: str) -> datetime | None:
    """When the watch was first searched with success; None: never."""
    with store.reading() as connection:
        found = connection.execute(select(watch.c.first_good_run).where(watch.c.name == watch_name))
        return found.scalar_one_or_none()


def latest(
    store: Store, watch_name: str, topics: Iterable[str], most: int
) -> dict[str | None, list[FeedPaper]]:
    """The newest arrivals of the watch (None) and of each topic, at most so many of each."""
    came = select(arrival.c.pmid).where(
        arrival.c.watch == watch_name, arrival.c.state.in_(MAILED_STATES), arrival.c.arrived_at.is_not(None)
    )
    came = came.order_by(arrival.c.arrived_at.desc(), arrival.c.pmid.desc()).limit(most)
    asked: dict[str | None, Select[Any]] = {None: came}
    for topic in topics:
        of_topic = (tag.c.watch == arrival.c.watch) & (tag.c.pmid == arrival.c.pmid) & (tag.c.topic == topic)
        asked[topic] = came.where(select(tag.c.pmid).where(of_topic).exists())
    with store.reading() as connection:
        pmids = {topic: list(connection.execute(query).scalars()) for topic, query in asked.items()}
        known = _papers(connection, watch_name, {pmid for some in pmids.values() for pmid in some})
    return {topic: [known[pmid] for pmid in some if pmid in known] for topic, some in pmids.items()}


def _papers(connection: Connection, watch_name: str, pmids: Iterable[int]) -> dict[int, FeedPaper]:
    found: dict[int, FeedPaper] = {}
    for some in in_hundreds(pmids):
        notices, touched = _notices(connection, some)
        changes = select(paper_change.c.pmid, func.max(paper_change.c.changed_at).label("at")).where(
            paper_change.c.pmid.in_(some)
        )
        for change in connection.execute(changes.group_by(paper_change.c.pmid)):
            touched[change.pmid] = max(touched.get(change.pmid, change.at), change.at)
        for row in connection.execute(_records(watch_name, some)):
            owed = DigestPaper(
                paper=read_record(row.record),
                findings=None if row.document is None else from_json(row.document),
                arrival=row.state,
                first_seen=row.first_seen,
                failure=row.failure or "",
            )
            at = touched.get(row.pmid, row.arrived_at)
            found[row.pmid] = FeedPaper(owed, row.arrived_at, at, tuple(notices.get(row.pmid, ())))
    return found


def _records(watch_name: str, pmids: Iterable[int]) -> Select[Any]:
    return (
        select(
            arrival.c.pmid,
            arrival.c.state,
            arrival.c.first_seen,
            arrival.c.arrived_at,
            paper.c.record,
            finding.c.document,
            finding.c.failure,
        )
        .join(paper, paper.c.pmid == arrival.c.pmid)
        .outerjoin(finding, (finding.c.watch == arrival.c.watch) & (finding.c.pmid == arrival.c.pmid))
        .where(arrival.c.watch == watch_name, arrival.c.pmid.in_(pmids))
    )


def _notices(
    connection: Connection, pmids: Iterable[int]
) -> tuple[dict[int, list[NoticeFacts]], dict[int, datetime]]:
    """What befell these papers, and when we learnt the last of it."""
    told: dict[int, list[NoticeFacts]] = {}
    touched: dict[int, datetime] = {}
    query = (
        select(notice, paper.c.record)
        .outerjoin(paper, paper.c.pmid == notice.c.notice_pmid)
        .where(notice.c.pmid.in_(pmids))
        .order_by(notice.c.pmid, notice.c.kind, notice.c.notice_pmid)
    )
    for row in connection.execute(query):
        record = read_record(row.record) if row.record else None
        touched[row.pmid] = max(touched.get(row.pmid, row.first_seen), row.first_seen)
        told.setdefault(row.pmid, []).append(
            NoticeFacts(
                pmid=row.pmid,
                kind=row.kind,
                notice_pmid=row.notice_pmid if row.notice_pmid > 0 else None,
                date=row.date,
                source=row.source,
                quote=notice_quote(record) if record else None,
                notice_paper=record,
            )
        )
    return told, touched
