"""Until when a run that found nothing to do would go on finding nothing.

Owns that instant, from what each step asks before it begins (jobs/run.py). Never does a step, never writes.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from litwatch.decide.due import next_due
from litwatch.edge.config import Config
from litwatch.edge.store import delivering, searched
from litwatch.edge.store.open import Store

# Whatever we may not have thought of, it is found within this time.
LONGEST = timedelta(hours=1)


def quiet_until(config: Config, store: Store, now: datetime) -> datetime:
    """The first instant at which something may become due, if nothing is at `now` and nobody writes or edits."""
    return min([now + LONGEST, *(instant for instant in _instants(config, store, now) if instant > now)])


def _instants(config: Config, store: Store, now: datetime) -> Iterator[datetime]:
    for watch in config.watches:
        yield next_due(watch.look_schedule, now)
        if watch.guard is not None:
            from litwatch.jobs.guard import next_guard

            yield from next_guard(watch, store, now)
    if config.settings.inbox.host:
        from litwatch.jobs.inbox import next_look

        read = next_look(config.settings.inbox, store, now)
        if read is not None:
            yield read
    yield from searched.next_refresh(store, now)
    yield from delivering.next_changes(store, now)
    for subscriber in config.subscribers:
        for setting in subscriber.subscriptions:
            yield next_due(setting.schedule, now)
