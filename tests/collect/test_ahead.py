"""The next batch is fetched while this one is filed, and no more than that."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from litwatch.edge.pubmed.ahead import one_ahead

PATIENCE = 10.0  # seconds; a right program needs none of them


class Steps:
    """Numbers that say when each is being made."""

    def __init__(self, count: int) -> None:
        self.count = count
        self.begun = [threading.Event() for _ in range(count + 1)]

    def __iter__(self) -> Iterator[int]:
        for number in range(self.count):
            self.begun[number].set()
            yield number
        self.begun[self.count].set()


def test_the_next_item_is_made_while_this_one_is_used() -> None:
    steps = Steps(3)
    items = one_ahead(steps)

    assert next(items) == 0
    assert steps.begun[1].wait(PATIENCE)
    assert list(items) == [1, 2]


def test_no_more_than_one_is_made_ahead() -> None:
    steps = Steps(5)
    items = one_ahead(steps)

    assert next(items) == 0
    assert steps.begun[1].wait(PATIENCE)
    assert not steps.begun[2].wait(0.2)
    assert next(items) == 1
    assert steps.begun[2].wait(PATIENCE)


def test_what_fails_there_is_raised_here_behind_what_came_before() -> None:
    def two_and_a_fault() -> Iterator[int]:
        yield 1
        yield 2
        raise ConnectionError("away")

    items = one_ahead(two_and_a_fault())

    assert (next(items), next(items)) == (1, 2)
    with pytest.raises(ConnectionError, match="away"):
        next(items)


def test_who_stops_early_leaves_no_thread_behind() -> None:
    steps = Steps(100)
    before = set(threading.enumerate())
    items = one_ahead(steps)
    next(items)
    (thread,) = set(threading.enumerate()) - before

    items.close()  # type: ignore[attr-defined]

    thread.join(PATIENCE)
    assert not thread.is_alive()
    assert not steps.begun[3].is_set()
