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

Wait = Callable[[float], None]
"""Sleeps so many seconds."""

PAUSE_SECONDS = 0.25
TIMES = 240  # a minute, all in all: a backfill files a batch in a few seconds
LONG_PAUSE_SECONDS = 5.0  # on PostgreSQL each try is a connection
LONG_TIMES = 360  # half an hour, which a collect or a refresh may keep a backfill waiting


@contextmanager
def in_turn(store: Store, wait: Wait = time.sleep) -> Iterator[None]:
    """Hold the lock of collect and refresh. Raises LockHeld at once where one of them is at work.

    While a backfill is at work it may only be filing a batch, and that is waited for: a look in the morning must not
    fail because of what is fetched by night.
    """
    with _held(store, PAUSE_SECONDS, TIMES, wait, lambda: _is_held(store, "backfill")):
        yield


@contextmanager
def after_the_others(store: Store, wait: Wait = time.sleep) -> Iterator[None]:
    """Hold the lock of collect and refresh, for a backfill: they come first. Raises LockHeld after half an hour."""
    with _held(store, LONG_PAUSE_SECONDS, LONG_TIMES, wait, lambda: True):
        yield


@contextmanager
def _held(store: Store, pause: float, times: int, wait: Wait, worth_it: Callable[[], bool]) -> Iterator[None]:
    with ExitStack() as held:
        for _ in range(times):
            try:
                held.enter_context(store.lock("collect"))
                break
            except LockHeld:
                if not worth_it():
                    raise
            with stopping.waiting():
                wait(pause)
        else:
            held.enter_context(store.lock("collect"))
        yield


def _is_held(store: Store, name: str) -> bool:
    try:
        with store.lock(name):
            return False
    except LockHeld:
        return True
