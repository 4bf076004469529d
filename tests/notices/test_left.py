"""Proves that a reader hears of a paper that they were sent, though they get the watch that sent it no more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path

import pytest

from deliver.mailworld import reader, weekly
from litwatch.edge.store.subscriptions import pause, resume, unsubscribe
from litwatch.query.parse import parse
from notices.noticeworld import ME, SHE, World, day, record, world

PAPER, NOTICE = 99000001, 99000091
BEFORE = day(0) - timedelta(days=1)
DAY = timedelta(days=1)
RETRACTED = record(PAPER, created=BEFORE, links=[("RetractionIn", NOTICE)])


@pytest.fixture
def here(tmp_path: Path) -> Iterator[World]:
    """Two watches, both of which two readers get; the first has mailed the paper."""
    with world(tmp_path) as made:
        made.publish(BEFORE, record(99000002, created=day(-50), title="Ketamine and esmolol in rats"))
        made.publish(BEFORE, record(PAPER, created=BEFORE))
        (ketamine,) = made.mails_of.watches
        query = "esmolol[tiab]"
        esmolol = replace(ketamine, name="esmolol", query=parse(query), query_text=query)
        made.get((ketamine, esmolol), ME, SHE)
        made.play(BEFORE, day(0))
        yield made


def told(here: World, address: str) -> list[tuple[str, str]]:
    """Of each mail that tells a retraction the reader's watch and what the subject says of it."""
    found = []
    for mail, text in zip(here.mails(address), here.texts(address), strict=True):
        if "*** RETRACTED ***" in text:
            (watch,) = (name for name in ("ketamine", "esmolol") if f"watch “{name}”" in text)
            found.append(
                (watch, "sent to you" if "retraction (sent to you)" in mail["Subject"] else "not sent")
            )
            assert ("We sent it to you on 2 March 2026" in text) == (found[-1][1] == "sent to you")
            assert ("We had not sent it to you" in text) == (found[-1][1] == "not sent")
    return found


@pytest.mark.parametrize("way", ["taken out", "unsubscribed", "paused"])
def test_who_left_a_watch_that_others_get_hears_in_another_digest_and_once(way: str, here: World) -> None:
    both, one = (weekly(), weekly("esmolol")), (weekly("esmolol"),)
    store, noon = here.mails_of.store, time(12, tzinfo=UTC)
    if way == "unsubscribed":
        assert unsubscribe(store, ME, "ketamine", datetime.combine(day(0) + DAY, noon)) == 1
    elif way == "paused":
        assert pause(store, ME, "ketamine", datetime.combine(day(0) + DAY, noon)) == 1
    else:
        here.mails_of.subscribers = (reader(ME, *one), reader(SHE, *both))
    here.play(day(0) + DAY)
    here.publish(day(0) + 2 * DAY, RETRACTED)
    here.play(day(0) + 3 * DAY, day(1), day(2))
    assert told(here, ME) == [("esmolol", "sent to you")]
    assert told(here, SHE) == [("ketamine", "sent to you")]
    here.mails_of.subscribers = (reader(ME, *both), reader(SHE, *both))
    assert resume(store, ME, "ketamine", datetime.combine(day(2), noon)) == (way == "paused")
    here.play(day(3), day(4))
    assert told(here, ME) == [("esmolol", "sent to you")]
    assert told(here, SHE) == [("ketamine", "sent to you")]


def test_two_digests_say_alike_whether_a_reader_was_sent_the_paper(here: World) -> None:
    wider = "esmolol[tiab] OR ketamine[tiab]"
    ketamine, esmolol = here.mails_of.watches
    here.mails_of.watches = (ketamine, replace(esmolol, query=parse(wider), query_text=wider))
    both = (weekly(), weekly("esmolol"))
    new = "new@example.org"
    here.mails_of.subscribers = (reader(ME, *both), reader(SHE, both[1]), reader(new, *both))
    here.play(day(0) + DAY)  # the paper is by-edit in the second: listed there, and mailed to nobody
    here.publish(day(0) + 2 * DAY, RETRACTED)
    here.play(day(0) + 3 * DAY, day(1), day(2))
    assert sorted(told(here, ME)) == [("esmolol", "sent to you"), ("ketamine", "sent to you")]
    assert told(here, SHE) == [("esmolol", "sent to you")]
    assert sorted(told(here, new)) == [("esmolol", "not sent"), ("ketamine", "not sent")]
