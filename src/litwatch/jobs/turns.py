"""The lock of collect and refresh, which a backfill gives up between two batches.

Owns how long one waits for it. Never takes it from anybody.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager

from litwatch.edge.store.open import Store
from litwatch.errors import LockHeld
from litwatch.jobs import stopping

PAUSE_SECONDS = 0.1
TIMES = 600  # a minute, all in all: a backfill files a batch in a few seconds


@contextmanager
def in_turn(store: Store, wait: Callable[[float], None] = time.sleep) -> Iterator[None]:
    """Hold the lock of collect and refresh. Raises LockHeld at once where one of them is at work.

    While a backfill is at work it may only be filing a batch, and that is waited for: a look in the morning must not
    fail because of what is fetched by night.
    """
    with ExitStack() as held:
        for _ in range(TIMES):
            try:
                held.enter_context(store.lock("collect"))
                break
            except LockHeld:
                if not _is_held(store, "backfill"):
                    raise
            with stopping.waiting():
                wait(PAUSE_SECONDS)
        else:
            held.enter_context(store.lock("collect"))
        yield


def _is_held(store: Store, name: str) -> bool:
    try:
        with store.lock(name):
            return False
    except LockHeld:
        return True
