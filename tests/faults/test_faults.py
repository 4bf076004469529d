"""The whole program against every fault: nothing is lost, nothing is mailed that should not be, and it says why.

Owns what a user sees of a fault. Never proves that a fault does what its name says (tests/sandbox does).
"""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest

from faults.faultyworld import Ending, FaultyWorld, faulty_world
from litwatch.sandbox.faults import ADDRESSES, FAULTS

CASES: list[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("faults.toml").read_text("utf-8"))[
    "fault"
]
FIRST, SECOND = "2026-03-08T07:05:00", "2026-03-10T07:05:00"
AFTERWARDS = ("2026-03-12T07:05:00", "2026-03-24T07:05:00")
SOON = ":20:00"  # cron comes again after a quarter of an hour


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> Ending:
    with faulty_world(tmp_path_factory.mktemp("undisturbed")) as here:
        for moment in (FIRST, SECOND, *AFTERWARDS):
            assert here.run(moment)[0].code == 0
        ending = here.ending()
    assert len(ending.mailed) > 20
    assert ending.told
    return ending


def receipts(report: dict[str, Any]) -> list[dict[str, Any]]:
    """Of collect and refresh."""
    return [one for one in (*report["collected"], report["refreshed"]) if one]


def retried(report: dict[str, Any]) -> dict[str, int]:
    """How often each cause was asked again, all in all."""
    causes = [cause for one in receipts(report) for cause in one["retries"]]
    return {cause: sum(one["retries"].get(cause, 0) for one in receipts(report)) for cause in causes}


def order(here: FaultyWorld, case: dict[str, Any], when: str) -> None:
    """Let the fault come: to each kind of request."""
    name = case["name"]
    if name in ADDRESSES:
        here.pubmed.faults.plan_text(name)
        return
    endpoints = [FAULTS[name].endpoint] if FAULTS[name].endpoint else ["esearch", "efetch"]
    for endpoint in endpoints:
        here.pubmed.faults.plan_text(f"{name}:{endpoint},{when}")


def played(
    here: FaultyWorld, moment: str, case: dict[str, Any], when: str, **settings: Any
) -> dict[str, Any]:
    """One run with the fault, and again without it where it failed; the report of the first."""
    if case["name"] in ADDRESSES:
        settings["requests_per_second"] = 3  # no more to another machine's address
    if "timeout" in case:
        settings["timeout_seconds"] = case["timeout"]
    order(here, case, when)
    done, report = here.run(moment, **settings)
    here.pubmed.faults.end()
    assert done.code == case["once" if when == "1" else "lasting"], done.err
    assert (done.code == 0) == all(one["ok"] for one in receipts(report))
    assert "Traceback" not in done.err
    if done.code:
        again, _ = here.run(moment[:13] + SOON)
        assert again.code == 0, again.err
    return report


def test_every_fault_is_survived_by_a_test() -> None:
    assert sorted(case["name"] for case in CASES) == sorted({**FAULTS, **ADDRESSES})


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["name"]))
def test_a_fault_loses_nothing_mails_nothing_wrong_and_is_named(
    case: dict[str, Any], tmp_path: Path, undisturbed: Ending
) -> None:
    causes = [case["retries"]] if isinstance(case.get("retries"), str) else case.get("retries", [])
    with faulty_world(tmp_path) as here:
        once = played(here, FIRST, case, "1")
        again = retried(once)
        assert set(causes) <= set(again), again
        waited = sum(one["waited_seconds"] for one in receipts(once))
        assert bool(again) == (waited > 0)
        assert waited >= case.get("waits", 0)

        lasting = played(here, SECOND, case, "always", retry_budget_seconds=0.2)
        assert case.get("says", "") in json.dumps(lasting, ensure_ascii=False)
        for one in receipts(lasting):
            assert one["waited_seconds"] <= 0.2
            assert one["ok"] or one["failures"]

        for moment in AFTERWARDS:
            done, _ = here.run(moment)
            assert done.code == 0, done.err
        ending = here.ending()
    assert ending == undisturbed
