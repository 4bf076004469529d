"""Proves decide/arrivals.py by tables: arrivals.toml."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from litwatch.decide.arrivals import (
    Horizons,
    Kept,
    Plan,
    Remembered,
    arrives,
    distrust,
    plan_first,
    plan_next,
)

CASES = tomllib.loads(Path(__file__).with_name("arrivals.toml").read_text("utf-8"))
NOW = datetime(2026, 3, 16, 6, tzinfo=UTC)
LAST = datetime(2026, 3, 9, 6, tzinfo=UTC)


def table(name: str) -> pytest.MarkDecorator:
    return pytest.mark.parametrize("case", [pytest.param(case, id=case["why"]) for case in CASES[name]])


def numbers(case: dict[str, Any], name: str) -> frozenset[int]:
    """A list of PMIDs, or a range with both ends."""
    first, last = case.get(f"{name}_range", (1, 0))
    return frozenset(case.get(name, ())) | frozenset(range(first, last + 1))


@table("arrives")
def test_a_paper_arrives_by_its_dates(case: dict[str, Any]) -> None:
    assert arrives(case.get("created"), case.get("as"), LAST, NOW, Horizons()) == case["state"]


def test_without_a_good_run_before_late_is_counted_from_now() -> None:
    assert arrives(NOW.date().replace(day=1), None, None, NOW, Horizons()) == "late"
    assert arrives(NOW.date().replace(day=2), None, None, NOW, Horizons()) == "new"


@table("plans")
def test_a_list_of_matches_means(case: dict[str, Any]) -> None:
    kept = {pmid: Kept(state) for state, pmids in case.get("known", {}).items() for pmid in pmids}
    kept |= {
        pmid: Kept(state, matching=False)
        for state, pmids in case.get("known_gone", {}).items()
        for pmid in pmids
    }
    kept |= {pmid: Kept("held") for pmid in numbers(case, "known_held")}
    remembered = Remembered("q", "t", LAST, kept, case.get("normal_week", 0.0))
    wanted = {pmid: arrives_as or None for pmid, arrives_as in case.get("wanted", ())}
    wanted |= dict.fromkeys(numbers({"wanted_range": case.get("wanted_range", (1, 0))}, "wanted"))
    assert plan_next(
        numbers(case, "matching") | numbers(case, "matching_too"),
        remembered,
        added=numbers(case, "added"),
        late=numbers(case, "late"),
        accept=case.get("accept", False),
    ) == Plan(
        wanted=tuple(sorted(wanted.items())),
        held=tuple(sorted(numbers(case, "held"))),
        accepted=tuple(sorted(numbers(case, "accepted"))),
        unmatched=tuple(sorted(numbers(case, "unmatched"))),
        matching_again=tuple(sorted(numbers(case, "matching_again"))),
    )


@table("distrusted")
def test_a_list_is_believed_or_not(case: dict[str, Any]) -> None:
    known = numbers(case, "known")
    remembered = Remembered("q", "t", LAST, dict.fromkeys(known, Kept("new"))) if known else None
    reasons = distrust(
        numbers(case, "matching"),
        tuple((name, text) for name, text in case.get("errors", ())),
        remembered,
        case.get("sentinels", ()),
        edited=case.get("edited", False),
        accept=case.get("accept", False),
    )
    if "says" in case:
        assert len(reasons) == 1
        assert case["says"] in reasons[0]
    else:
        assert reasons == ()


def test_papers_that_had_stopped_matching_do_not_count_as_shrinkage() -> None:
    kept = {pmid: Kept("new", matching=pmid <= 30) for pmid in range(1, 61)}
    assert distrust(frozenset(range(1, 20)), (), Remembered("q", "t", LAST, kept)) == ()


def test_on_the_first_run_only_what_is_recent_is_wanted_and_it_is_new() -> None:
    plan = plan_first(frozenset({1, 2, 3}), frozenset({3, 4}))
    assert plan == Plan(backlog=(1, 2), wanted=((3, "new"),))
