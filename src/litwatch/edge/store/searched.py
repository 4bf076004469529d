"""When a watch was last searched well, whether a refresh is owed, and whether retractions were looked for.

Owns these questions. Never writes.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from litwatch.edge.store.clock import CLOCK_SLACK
from litwatch.edge.store.open import Store
from litwatch.edge.store.tables import receipt, watch

REFRESH_AFTER = timedelta(days=1)


def last_good_search(store: Store, watch_name: str) -> datetime | None:
    """When the watch was last searched well; None if never."""
    with store.reading() as connection:
        return _last_good(connection, watch_name)


def refresh_due(store: Store, watch_name: str, now: datetime) -> bool:
    """Whether no refresh has ended well since the watch was last searched well, or for a day (REFRESH_AFTER)."""
    with store.reading() as connection:
        refreshed = _last_refresh(connection, now)
        searched = _last_good(connection, watch_name)
    return searched is not None and (refreshed is None or refreshed < max(searched, now - REFRESH_AFTER))


def fates_asked(connection: Connection, watch_name: str, now: datetime) -> tuple[datetime | None, bool]:
    """When what befell the papers of a watch was last looked for, and whether that is missing now.

    It is where the last refresh failed, and where a search came over a day after the last look, or the first search.
    """
    known = connection.execute(
        select(watch.c.fates_at, watch.c.last_good_run).where(watch.c.name == watch_name)
    ).one_or_none()
    asked, searched = (known.fates_at, known.last_good_run) if known else (None, None)
    tried = connection.execute(
        select(func.max(receipt.c.started_at)).where(receipt.c.job == "refresh", receipt.c.started_at <= now)
    ).scalar_one()
    if tried is not None and (asked is None or asked < tried):
        return asked, True
    before = asked
    if before is None:
        looks = receipt.c.job == "collect", receipt.c.watch == watch_name
        before = connection.execute(select(func.min(receipt.c.started_at)).where(*looks)).scalar_one()
    if before is None or searched is None:
        return asked, False
    return asked, before < searched - REFRESH_AFTER


def next_refresh(store: Store, now: datetime) -> tuple[datetime, ...]:
    """When the next one is owed, if none is now and no watch is searched meanwhile; empty if never."""
    with store.reading() as connection:
        refreshed = _last_refresh(connection, now)
    return () if refreshed is None else (refreshed + REFRESH_AFTER,)


def _last_refresh(connection: Connection, now: datetime) -> datetime | None:
    """One that a clock dated ahead, which was wrong, does not count: no other would be due until then."""
    last = select(func.max(receipt.c.started_at)).where(
        receipt.c.job == "refresh", receipt.c.ok, receipt.c.started_at <= now + CLOCK_SLACK
    )
    refreshed: datetime | None = connection.execute(last).scalar_one()
    return refreshed


def _last_good(connection: Connection, name: str) -> datetime | None:
    return connection.execute(select(watch.c.last_good_run).where(watch.c.name == name)).scalar_one_or_none()
