"""What the store knows of the time: when its newest paper was created, and when the run before this one was.

Owns how a clock that is wrong is found out. Never reads a clock; `now` is given.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, func, select

from litwatch.edge.store.tables import arrival, paper, receipt

# What lies in the future by more than this was noted by a clock that was wrong.
CLOCK_SLACK = timedelta(hours=1)

# PubMed dates a paper by its own day, which may be tomorrow here.
DAYS_OF_GRACE = timedelta(days=2)


def is_behind(connection: Connection, now: datetime) -> bool:
    """Whether `now` is of a clock that runs behind: PubMed has made papers since that are known here."""
    day = connection.execute(select(func.max(paper.c.create_date))).scalar_one()
    return bool(day) and now < datetime.fromisoformat(day).replace(tzinfo=UTC) - DAYS_OF_GRACE


def beginning(connection: Connection, now: datetime) -> datetime:
    """When a reader begins who is first seen now: after all that came, where that is ahead of a clock that runs behind.

    By an hour at most another host's clock may be ahead of this one's, and nobody be wrong.
    """
    last: datetime | None = connection.execute(select(func.max(arrival.c.arrived_at))).scalar_one()
    last = last or datetime.min.replace(tzinfo=UTC)
    if is_behind(connection, now) or now < last <= now + CLOCK_SLACK:
        return last + timedelta(microseconds=1)
    return now


def set_back(connection: Connection, now: datetime) -> datetime | None:
    """When the run before this one was, if that lies ahead: the clock was set back since. None if it does not."""
    last = connection.execute(
        select(receipt.c.started_at).order_by(receipt.c.id.desc()).limit(1)
    ).scalar_one_or_none()
    return last if last is not None and last > now + CLOCK_SLACK else None
