"""The judge of the year of faults sees what is lost, mailed twice, mailed wrongly and not told."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest

from faults.faultyworld import Ending
from world import ROOT

OLD, RECENT, RETRACTED = 99000001, 99000002, 99000003
GOOD: dict[str, Any] = {
    "mailed": {RECENT: 1, RETRACTED: 1},
    "again": {},
    "told": {(RETRACTED, "retraction", 99000009): 1},
}


@pytest.fixture(autouse=True)
def scripts_are_there() -> Iterator[None]:
    sys.path.insert(0, str(ROOT / "scripts"))
    yield
    sys.path.remove(str(ROOT / "scripts"))


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({}, {}),
        ({"mailed": {RETRACTED: 1}}, {"lost": {RECENT}}),
        ({"mailed": {RECENT: 2, RETRACTED: 1}}, {"twice": {RECENT}}),
        ({"mailed": {RECENT: 2, RETRACTED: 1}, "again": {RECENT: 1}}, {}),
        ({"mailed": {OLD: 1, RECENT: 1, RETRACTED: 1}}, {"undue": {OLD}}),
        ({"told": {}}, {"untold": {RETRACTED}}),
        ({"told": {(RETRACTED, "retraction", 99000009): 2}}, {"untold": {RETRACTED}}),
    ],
)
def test_the_judge_finds_what_is_wrong(change: dict[str, Any], wrong: dict[str, set[int]]) -> None:
    from year.balance import judge
    from year.papers import FIRST_DAY, Life, Version
    from year.play import Week

    def life(pmid: int, kind: str, created: date) -> Life:
        return Life(pmid, kind, created, created, ((created, Version("Ketamine")),))

    lives = {
        OLD: life(OLD, "backlog", FIRST_DAY - timedelta(days=100)),
        RECENT: life(RECENT, "prompt", FIRST_DAY),
        RETRACTED: life(RETRACTED, "retracted", FIRST_DAY),
    }
    came = {**GOOD, **change}
    books = {"matches": 3, "backlog": 1, "mailed": 2, "owed": 0, "held": 0, "excluded": 0, "wanted": 0}
    arrived = {OLD: "backlog", RECENT: "new", RETRACTED: "new"}
    ending = Ending(arrived, Counter(), Counter(came["told"]), books)
    week = Week(
        FIRST_DAY,
        frozenset(lives),
        ending,
        Counter(came["mailed"]),
        Counter(came["again"]),
        3,
        0,
        0,
        0,
        False,
    )
    verdict = judge(lives, [week])
    found = {
        name: set(getattr(verdict, name))
        for name in ("lost", "twice", "undue", "untold")
        if getattr(verdict, name)
    }
    assert found == wrong
    assert verdict.sound == (not wrong)


def test_the_judge_sees_books_that_do_not_add_up() -> None:
    from year.balance import judge
    from year.papers import FIRST_DAY
    from year.play import Week

    books = {"matches": 1, "backlog": 0, "mailed": 0, "owed": 0, "held": 0, "excluded": 0, "wanted": 0}
    ending = Ending({}, Counter(), Counter(), books)
    week = Week(FIRST_DAY, frozenset(), ending, Counter(), Counter(), 3, 0, 0, 0, False)
    assert judge({}, [week]).imbalanced == (f"week of {FIRST_DAY}: the books hold 0, not 1",)
