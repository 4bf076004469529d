"""What `papers`, `explain` and `status` show of a store.

Owns these questions. Never writes, and reads no more than it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, func, select

from litwatch.decide.changes import Notice, notice_quote
from litwatch.edge.store.balancing import Books, books, mailed_to_nobody
from litwatch.edge.store.beside import Beside, beside
from litwatch.edge.store.open import Store
from litwatch.edge.store.tables import arrival, begun, finding, notice, paper, receipt, watch
from litwatch.edge.store.unpacking import read_record
from litwatch.paper import Paper, Span
from litwatch.study.findings import Findings, from_json

PAGE = 500


@dataclass(frozen=True, slots=True)
class Told:
    """A notice, and what was corrected or why in its own words (None: its record is not here, or says nothing)."""

    notice: Notice
    quote: Span | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A paper in a watch. `paper` is None where it was not fetched, `findings` where it was not studied.

    `arrival` is its state: new, late, old, by-edit, backlog, wanted or held. `matching` says whether PubMed
    still lists it for the query, `gone` what became of it where PubMed has dropped it altogether ("deleted", "merged").
    """

    watch: str
    pmid: int
    arrival: str
    first_seen: datetime
    arrived_at: datetime | None
    matching: bool
    paper: Paper | None
    findings: Findings | None
    failure: str
    gone: str | None
    wanted_reason: str
    notices: tuple[Told, ...]
    beside: Beside


@dataclass(frozen=True, slots=True)
class Filed:
    """A receipt as it was filed."""

    job: str
    watch: str | None
    started_at: datetime
    finished_at: datetime
    ok: bool
    document: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class WatchStanding:
    """How a watch stands now."""

    name: str
    query: str
    translation: str
    first_good_run: datetime | None
    last_good_run: datetime | None
    books: Books
    mailed_to_nobody: int


def papers(
    store: Store,
    *,
    watches: Iterable[str] | None = None,
    states: Iterable[str] | None = None,
    pmid: int | None = None,
    limit: int | None = None,
) -> Iterator[Shown]:
    """The papers of each watch, the highest PMID (the newest) first; all watches in the order of their names.

    `states` keeps only these arrivals; `limit` bounds the whole.
    """
    left = limit
    for name in _names(store, watches):
        below: int | None = None
        while left is None or left > 0:
            most = PAGE if left is None else min(PAGE, left)
            with store.reading() as connection:
                page = _page(connection, name, states, pmid, below, most)
            yield from page
            if left is not None:
                left -= len(page)
            if len(page) < most:
                break
            below = page[-1].pmid


def _names(store: Store, watches: Iterable[str] | None) -> list[str]:
    if watches is not None:
        return list(watches)
    with store.reading() as connection:
        return list(connection.execute(select(watch.c.name).order_by(watch.c.name)).scalars())


def _page(
    connection: Connection,
    name: str,
    states: Iterable[str] | None,
    pmid: int | None,
    below: int | None,
    most: int,
) -> list[Shown]:
    query = (
        select(
            arrival.c.watch,
            arrival.c.pmid,
            arrival.c.state,
            arrival.c.first_seen,
            arrival.c.arrived_at,
            arrival.c.unmatched_since,
            arrival.c.wanted_reason,
            paper.c.record,
            func.coalesce(paper.c.gone, arrival.c.gone).label("gone"),
            finding.c.document,
            finding.c.failure,
        )
        .select_from(
            arrival.outerjoin(paper, paper.c.pmid == arrival.c.pmid).outerjoin(
                finding, and_(finding.c.watch == arrival.c.watch, finding.c.pmid == arrival.c.pmid)
            )
        )
        .where(arrival.c.watch == name)
        .order_by(arrival.c.pmid.desc())
        .limit(most)
    )
    if states is not None:
        query = query.where(arrival.c.state.in_(tuple(states)))
    if pmid is not None:
        query = query.where(arrival.c.pmid == pmid)
    if below is not None:
        query = query.where(arrival.c.pmid < below)
    rows = connection.execute(query).all()
    pmids = [row.pmid for row in rows]
    told, others = notices(connection, pmids), beside(connection, pmids)
    return [_shown(row, told.get(row.pmid, ()), others.get(row.pmid, Beside())) for row in rows]


def _shown(row: Any, told: tuple[Told, ...], others: Beside) -> Shown:
    return Shown(
        watch=row.watch,
        pmid=row.pmid,
        arrival=row.state,
        first_seen=row.first_seen,
        arrived_at=row.arrived_at,
        matching=row.unmatched_since is None,
        paper=_paper(row.record),
        findings=from_json(row.document) if row.document is not None else None,
        failure=row.failure or "",
        gone=others.gone(row.gone),
        wanted_reason=row.wanted_reason or "",
        notices=told,
        beside=others,
    )


def _paper(record: bytes | None) -> Paper | None:
    return read_record(record) if record is not None else None


def notices(connection: Connection, pmids: Iterable[int]) -> dict[int, tuple[Told, ...]]:
    """What happened to these papers, by PMID."""
    query = (
        select(notice, paper.c.record)
        .outerjoin(paper, paper.c.pmid == notice.c.notice_pmid)
        .where(notice.c.pmid.in_(sorted(pmids)))
        .order_by(notice.c.pmid, notice.c.kind, notice.c.notice_pmid)
    )
    found: dict[int, tuple[Told, ...]] = {}
    for row in connection.execute(query):
        record = _paper(row.record)
        told = Told(
            Notice(row.pmid, row.kind, row.notice_pmid, row.date, row.source),
            notice_quote(record) if record else None,
        )
        found[row.pmid] = (*found.get(row.pmid, ()), told)
    return found


def standings(store: Store) -> tuple[WatchStanding, ...]:
    """How each watch stands now, in the order of their names."""
    with store.reading() as connection:
        rows = connection.execute(select(watch).order_by(watch.c.name)).all()
        return tuple(
            WatchStanding(
                row.name,
                row.query,
                row.translation,
                row.first_good_run,
                row.last_good_run,
                books(connection, row.name),
                mailed_to_nobody(connection, row.name),
            )
            for row in rows
        )


def latest_receipts(store: Store) -> tuple[Filed, ...]:
    """The last run of each job and watch."""
    newest = select(func.max(receipt.c.id)).group_by(receipt.c.job, receipt.c.watch)
    return _filed(
        store, select(receipt).where(receipt.c.id.in_(newest)).order_by(receipt.c.job, receipt.c.watch)
    )


def last_receipts(store: Store, most: int) -> tuple[Filed, ...]:
    """The last runs of all jobs, the latest first."""
    return _filed(store, select(receipt).order_by(receipt.c.id.desc()).limit(most))


def without_receipt(store: Store) -> tuple[tuple[str, str | None, datetime], ...]:
    """The runs that are at work or were killed: job, watch, and when they began."""
    with store.reading() as connection:
        rows = connection.execute(select(begun).order_by(begun.c.at)).all()
    return tuple((row.job, row.watch or None, row.at) for row in rows)


def _filed(store: Store, query: Select[Any]) -> tuple[Filed, ...]:
    with store.reading() as connection:
        return tuple(
            Filed(row.job, row.watch, row.started_at, row.finished_at, row.ok, row.document)
            for row in connection.execute(query)
        )
