"""Runs an iterator one step ahead, in a thread of its own: the next batch is fetched while this one is filed.

Owns that thread. Never holds more than the item that is being used and the one that comes next.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from queue import SimpleQueue
from typing import TypeVar

Item = TypeVar("Item")


def one_ahead(items: Iterable[Item]) -> Iterator[Item]:
    """The same items in the same order; what raises there is raised here, behind what came before it.

    Who stops early waits for nothing: the thread ends after the step that it is at, or with the process.
    """
    ready: SimpleQueue[tuple[bool, Item | BaseException | None]] = SimpleQueue()
    wanted = threading.Semaphore(1)
    stopped = threading.Event()

    def produce() -> None:
        rest = iter(items)
        while True:
            wanted.acquire()
            if stopped.is_set():
                return
            try:
                item = next(rest)
            except StopIteration:
                ready.put((False, None))
                return
            except BaseException as error:  # noqa: BLE001 - it belongs to who takes the items
                ready.put((False, error))
                return
            ready.put((True, item))
            del item

    threading.Thread(target=produce, name="one-ahead", daemon=True).start()
    try:
        while True:
            more, item = ready.get()
            if not more:
                if isinstance(item, BaseException):
                    raise item
                return
            wanted.release()
            yield item  # type: ignore[misc]
            del item
    finally:
        stopped.set()
        wanted.release()
