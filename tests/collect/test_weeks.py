"""Proves that weeks of collecting end the same whatever the order, the faults and the kills in between."""

from __future__ import annotations

import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from collect.collectworld import FakePubMed, after, day, new_store, settings, shipped_watch, states, watch
from litwatch.edge.pubmed import PubMed
from litwatch.edge.store.open import Store
from litwatch.jobs.collect import collect
from litwatch.jobs.receipt import Receipt
from litwatch.sandbox.faults import Faults
from litwatch.sandbox.server import Sandbox

# Every other one is survived by the whole program in tests/faults.
ANSWERS = ("429", "429-retry-after", "500", "html", "backend", "empty", "cut", "left-out")
WEEKS = ("2026-03-09", "2026-03-16", "2026-03-23", "2026-03-30")


def play(store: Store, sandbox: Sandbox, monday: str, retry_budget_seconds: float = 30.0) -> Receipt:
    """One collect of the shipped watch on that day, waiting in no time."""
    sandbox.set_today(monday)
    pubmed = PubMed(
        sandbox.base_url,
        requests_per_second=10_000,
        retry_budget_seconds=retry_budget_seconds,
        sleep=lambda seconds: None,
    )
    receipt = collect(
        shipped_watch(), pubmed, store, after((date.fromisoformat(monday) - day(0)).days), settings()
    )
    pubmed.close()
    return receipt


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[int, str]:
    store = new_store(tmp_path_factory.mktemp("undisturbed"))
    with Sandbox(today=WEEKS[0]) as sandbox:
        for monday in WEEKS:
            receipt = play(store, sandbox, monday)
            assert receipt.ok
            assert receipt.disagreements == {}
    found = states(store)
    store.close()
    assert sum(state == "new" for state in found.values()) > 20
    return found


# Records can only be left out of EFetch's answers.
@pytest.mark.parametrize(
    ("name", "endpoint"),
    [
        (name, endpoint)
        for name in ANSWERS
        for endpoint in ("esearch", "efetch")
        if (name, endpoint) != ("left-out", "esearch")
    ],
)
def test_a_fault_that_passes_costs_nothing_and_is_named(
    name: str, endpoint: str, tmp_path: Path, undisturbed: dict[int, str]
) -> None:
    store = new_store(tmp_path)
    with Sandbox(today=WEEKS[0]) as sandbox:
        for monday in WEEKS:
            sandbox.fault(name, 1, endpoint)
            receipt = play(store, sandbox, monday)
            if name == "left-out":  # half of them are wanted, named, and come with the next run
                assert receipt.ok
                assert receipt.balanced
                assert receipt.wanted
                assert play(store, sandbox, monday).wanted == {}
            else:
                assert receipt.ok
                assert sum(receipt.retries.values()) == 1
    assert states(store) == undisturbed
    store.close()


@pytest.mark.parametrize("endpoint", ["esearch", "efetch"])
@pytest.mark.parametrize("name", [name for name in ANSWERS if name != "left-out"])
def test_a_fault_that_stays_for_a_week_is_a_failure_and_loses_nothing(
    name: str, endpoint: str, tmp_path: Path, undisturbed: dict[int, str]
) -> None:
    store = new_store(tmp_path)
    with Sandbox(today=WEEKS[0]) as sandbox:
        play(store, sandbox, WEEKS[0])
        sandbox.fault(name, 1000, endpoint)
        receipt = play(store, sandbox, WEEKS[1], retry_budget_seconds=5.0)
        assert not receipt.ok
        assert receipt.failures
        assert not receipt.arrivals
        sandbox.faults = Faults()
        for monday in WEEKS[2:]:
            assert play(store, sandbox, monday).ok
    assert states(store) == undisturbed
    store.close()


@hypothesis_settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors],
)
@given(
    weeks=st.lists(st.sets(st.integers(100, 160), max_size=12), min_size=1, max_size=4),
    batch_size=st.integers(1, 7),
    withheld=st.sets(st.integers(100, 160), max_size=5),
    broken=st.sets(st.integers(100, 160), max_size=2),
)
def test_in_whatever_order_papers_come_and_fail_to_come_each_arrives_once(
    weeks: list[set[int]], batch_size: int, withheld: set[int], broken: set[int]
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = new_store(Path(folder))
        pubmed = FakePubMed(batch_size=batch_size)
        pubmed.add(*range(1, 6), created=day(-60))
        collect(watch(), pubmed, store, after(0), settings())
        came: set[int] = set()
        for number, papers in enumerate(weeks, 1):
            pubmed.add(*(papers - came), created=day(7 * number - 1))
            came |= papers
            pubmed.withheld, pubmed.broken = withheld, broken
            receipt = collect(watch(), pubmed, store, after(7 * number), settings())
            assert receipt.balanced
            assert receipt.ok == (not any("could not be fetched" in said for said in receipt.failures))
            assert set(receipt.wanted) <= came
        pubmed.withheld, pubmed.broken = set(), set()
        last = collect(watch(), pubmed, store, after(7 * len(weeks) + 1), settings())
        assert last.ok
        assert last.wanted == {}
        expected = dict.fromkeys(range(1, 6), "backlog") | dict.fromkeys(came, "new")
        found = states(store)
        assert found.keys() == expected.keys()
        assert all(found[pmid] in (state, "late") for pmid, state in expected.items())
        store.close()
