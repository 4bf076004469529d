"""Since when a watch has certain papers, and when its guard was run.

Owns these questions. Never writes.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from litwatch.decide.guarding import MONTHS
from litwatch.edge.store.inserting import in_hundreds
from litwatch.edge.store.tables import arrival, guard_run, watch


@dataclass(frozen=True, slots=True)
class Arrived:
    """A paper that matched a watch: how it came (`wanted`, `held`: it has not yet), and when it was first seen."""

    pmid: int
    state: str
    first_seen: datetime


def arrived(connection: Connection, name: str, pmids: Iterable[int]) -> dict[int, Arrived]:
    """Those of these papers that the watch knows."""
    found: dict[int, Arrived] = {}
    for some in in_hundreds(pmids):
        query = select(arrival.c.pmid, arrival.c.state, arrival.c.first_seen).where(
            arrival.c.watch == name, arrival.c.pmid.in_(some)
        )
        for row in connection.execute(query):
            found[row.pmid] = Arrived(row.pmid, row.state, row.first_seen)
    return found


def began(connection: Connection, name: str) -> datetime | None:
    """When the watch was first searched well."""
    query = select(watch.c.first_good_run).where(watch.c.name == name)
    return connection.execute(query).scalar_one_or_none()


def guard_days(
    connection: Connection, name: str, guard: str, query: str, now: datetime
) -> tuple[datetime, ...]:
    """When the guard was run in the last twelve months with these very queries, in the order of `guarding.months`."""
    runs = (
        select(guard_run.c.ran_at)
        .where(
            guard_run.c.watch == name,
            guard_run.c.guard == guard,
            guard_run.c.query == query,
            guard_run.c.ran_at > now - timedelta(days=31 * MONTHS),
        )
        .order_by(guard_run.c.ran_at, guard_run.c.id)
    )
    return tuple(connection.execute(runs).scalars())
