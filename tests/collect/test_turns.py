"""Proves that a look waits for the batch that a backfill is filing, and for nothing else."""

from __future__ import annotations

from contextlib import ExitStack

import pytest

from litwatch.edge.store.open import Store
from litwatch.errors import LockHeld
from litwatch.jobs.turns import TIMES, in_turn


def test_a_look_waits_until_a_backfill_has_filed_its_batch(store: Store) -> None:
    waited: list[float] = []
    with store.lock("backfill"), ExitStack() as batch:
        batch.enter_context(store.lock("collect"))

        def wait(seconds: float) -> None:
            waited.append(seconds)
            if len(waited) == 3:
                batch.close()

        with in_turn(store, wait), pytest.raises(LockHeld), store.lock("collect"):
            pass
        assert len(waited) == 3
        with store.lock("collect"):  # given back
            pass


def test_another_collect_is_not_waited_for(store: Store) -> None:
    waited: list[float] = []
    with (
        store.lock("collect"),
        pytest.raises(LockHeld, match="another collect"),
        in_turn(store, waited.append),
    ):
        pass
    assert waited == []


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)  # two hundred and forty tries
def test_a_backfill_that_never_gives_way_is_given_up_after_a_minute(store: Store) -> None:
    waited: list[float] = []
    with (
        store.lock("backfill"),
        store.lock("collect"),
        pytest.raises(LockHeld),
        in_turn(store, waited.append),
    ):
        pass
    assert len(waited) == TIMES
    assert sum(waited) == pytest.approx(60)
