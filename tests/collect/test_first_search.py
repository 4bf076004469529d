"""Proves that what comes while the first searches of a watch fail is no backlog."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from notices.noticeworld import World, day, record, world

DAY = timedelta(days=1)
BEFORE, DURING, JUST_NOW = 99000001, 99000002, 99000003
BEGAN = day(0) + DAY


def played(here: World, weeks: int) -> World:
    """So many weeks in which each search fails, and then good ones."""
    here.publish(day(-4), record(BEFORE, created=day(-4)))
    here.publish(day(0) + 3 * DAY, record(DURING, created=day(0) + 3 * DAY))
    here.publish(day(weeks) - DAY, record(JUST_NOW, created=day(weeks) - DAY))
    for on in (BEGAN, *(day(week) + DAY for week in range(1, weeks))):
        here.faults = (("500", "esearch"),) * 9
        assert here.run(on).exit_code == 1
    here.play(day(weeks), day(weeks + 1))
    return here


def test_what_came_while_the_first_searches_failed_is_mailed_once(tmp_path: Path) -> None:
    with world(tmp_path) as made:
        here = played(made, 3)
        assert "They are not lost" in here.texts()[0]
        titles = [
            [pmid for pmid in (BEFORE, DURING, JUST_NOW) if f"paper {pmid}" in text] for text in here.texts()
        ]
        assert [each for each in titles if each] == [[DURING, JUST_NOW]]


def test_a_try_of_long_ago_makes_no_backlog_news(tmp_path: Path) -> None:
    with world(tmp_path) as made:
        made.publish(day(-4), record(BEFORE, created=day(-4)))
        made.publish(day(0) + 3 * DAY, record(DURING, created=day(0) + 3 * DAY))
        made.faults = (("500", "esearch"),) * 9
        assert made.run(BEGAN).exit_code == 1
        made.play(day(20), day(21))
        assert not any(f"paper {pmid}" in text for pmid in (BEFORE, DURING) for text in made.texts())
