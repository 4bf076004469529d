"""What was there before a watch began and has not been read yet.

Owns these questions. Never writes: papers are filed by `collecting`, and stay backlog.
"""

from __future__ import annotations

from sqlalchemy import ColumnElement, Connection, and_, func, select

from litwatch.decide.arrivals import BACKLOG
from litwatch.edge.store.tables import arrival, finding, watch

_with_findings = arrival.outerjoin(
    finding, and_(finding.c.watch == arrival.c.watch, finding.c.pmid == arrival.c.pmid)
)


def _unread(name: str) -> ColumnElement[bool]:
    return and_(
        arrival.c.watch == name,
        arrival.c.state == BACKLOG,
        arrival.c.unmatched_since.is_(None),
        arrival.c.gone.is_(None),
        finding.c.pmid.is_(None),
    )


def unread(connection: Connection, name: str) -> tuple[int, ...]:
    """The backlog of a watch that no rules have read, newest first; what could not be had before comes last."""
    query = select(arrival.c.pmid).select_from(_with_findings).where(_unread(name))
    return tuple(connection.execute(query.order_by(arrival.c.wanted_tries, arrival.c.pmid.desc())).scalars())


def left(connection: Connection, name: str) -> int:
    """How many of the backlog no rules have read."""
    query = select(func.count()).select_from(_with_findings).where(_unread(name))
    return connection.execute(query).scalar_one()


def matching(connection: Connection, name: str) -> int | None:
    """How many papers PubMed listed when the watch was last searched; None before it ever was."""
    if connection.execute(select(watch.c.name).where(watch.c.name == name)).first() is None:
        return None
    listed = and_(arrival.c.watch == name, arrival.c.unmatched_since.is_(None))
    return connection.execute(select(func.count()).select_from(arrival).where(listed)).scalar_one()
