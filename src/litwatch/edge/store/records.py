"""PubMed's XML of filed papers, by PMID, and which of them came lately.

Owns how records are read back. Never writes, and never parses one.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from sqlalchemy import Connection, String, func, select, type_coerce

from litwatch.edge.store.inserting import in_hundreds
from litwatch.edge.store.tables import paper
from litwatch.edge.store.unpacking import unpack


def filed_records(connection: Connection, pmids: Iterable[int]) -> Iterator[tuple[int, bytes]]:
    """(PMID, its XML) of those of these papers that are filed, by PMID."""
    for pmid, record in packed_records(connection, pmids):
        yield pmid, unpack(record)


def packed_records(connection: Connection, pmids: Iterable[int]) -> Iterator[tuple[int, bytes]]:
    """The same as the store keeps them (unpacking.unpack)."""
    for some in in_hundreds(pmids):
        query = select(paper.c.pmid, paper.c.record).where(paper.c.pmid.in_(some)).order_by(paper.c.pmid)
        for row in connection.execute(query):
            yield row.pmid, row.record


def filed_mark(connection: Connection) -> str:
    """A text that changes whenever a paper is filed, fetched again or gone: `filed_stamps` in short."""
    query = select(
        func.count(), func.max(type_coerce(paper.c.fetched_at, String)), func.count(paper.c.gone)
    ).select_from(paper)
    return " ".join(map(str, connection.execute(query).one()))


def filed_stamps(connection: Connection) -> dict[int, str]:
    """The papers that are filed and not gone: PMID -> when its record came, as text."""
    query = select(paper.c.pmid, type_coerce(paper.c.fetched_at, String)).where(paper.c.gone.is_(None))
    return {pmid: stamp for pmid, stamp in connection.execute(query)}  # noqa: C416 rows are no pairs to mypy


def fetched_since(connection: Connection, since: datetime | None) -> tuple[int, ...]:
    """Papers that came from PubMed at `since` or later (None: ever) and were not gone, the latest first."""
    query = select(paper.c.pmid).where(paper.c.gone.is_(None))
    if since is not None:
        query = query.where(paper.c.fetched_at >= since)
    return tuple(connection.execute(query.order_by(paper.c.fetched_at.desc(), paper.c.pmid.desc())).scalars())
