"""Proves what readers are told of a paper that PubMed lists and never sends, and of mail that went to nobody."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import pytest
from sqlalchemy import update

from litwatch.edge.pubmed import PubMed
from litwatch.edge.store import tables
from litwatch.jobs.collect import collect
from litwatch.sandbox.server import Sandbox
from notices.noticeworld import ME, SHE, World, day, record, world

GHOST, OTHER = 99000001, 99000003
BEFORE, DAY = day(0) - timedelta(days=1), timedelta(days=1)
BEGAN = day(0) + DAY
AWAITED = "1 paper matches that PubMed has not given us yet"
NEVER = "1 paper matches that PubMed has listed for over 30 days and never given us; the end of this mail names it."
QUIET = "A quiet week: PubMed was searched and nothing new matches."
FIRST_LEFT_OUT = (
    ("left-out", "efetch"),
) * 9  # of each answer the first record, which is the ghost where it is wanted


@pytest.fixture
def here(tmp_path: Path) -> Iterator[World]:
    """The ghost and another paper have just come; the other was sent."""
    with world(tmp_path) as made:
        made.publish(day(-20), record(99000002, created=day(-20)))
        made.play(BEFORE, day(0))
        made.publish(BEGAN, record(GHOST, created=BEGAN), record(OTHER, created=BEGAN))
        run(made, BEGAN)
        yield made


def run(here: World, *days: date) -> list[int]:
    """Runs in which the ghost does not come; how they ended."""
    codes = []
    for each in days:
        here.faults = FIRST_LEFT_OUT
        codes.append(here.run(each).exit_code)
    return codes


def accept(here: World, on: date) -> None:
    """A person runs `collect --accept`."""
    with Sandbox(here.corpus, today=on) as sandbox:
        for name, endpoint in FIRST_LEFT_OUT:
            sandbox.fault(name, 1, endpoint)
        pubmed = PubMed(sandbox.base_url, requests_per_second=1000, retry_budget_seconds=1)
        (watch,) = here.mails_of.watches
        now = datetime.combine(on, time(9), UTC)
        assert collect(watch, pubmed, here.mails_of.store, now, here.mails_of.config.settings, accept=True).ok
        pubmed.close()


def test_what_is_never_sent_keeps_no_mail_from_being_quiet_for_ever_and_is_named_in_each(here: World) -> None:
    assert run(here, day(1), day(2), day(3), day(4)) == [0, 0, 0, 0]
    assert run(here, day(5)) == [1]  # over 30 days
    accept(here, day(5))
    assert run(here, day(6), day(7)) == [0, 0]
    _, *mails = here.mails()
    _, *texts = here.texts()
    subjects = [str(mail["Subject"]) for mail in mails]
    assert "1 new" in subjects[0]
    assert all(AWAITED in subject for subject in subjects[1:4])
    assert "may be incomplete" in subjects[4]
    assert all("nothing new" in subject for subject in subjects[5:])
    assert [QUIET in text for text in texts] == [False] * 5 + [True] * 2
    assert [NEVER in text for text in texts] == [False] * 4 + [True] * 3
    assert all(f"we ask again: {GHOST}." in text for text in texts)
    html = mails[-1].get_body(("html",))
    assert html is not None
    assert NEVER in " ".join(html.get_content().split())
    here.play(day(8))
    assert "1 new" in here.mails()[-1]["Subject"]


@pytest.mark.parametrize("way", ["left the list", "unknown to PubMed"])
def test_what_pubmed_does_not_list_or_have_is_not_told_as_a_match(way: str, here: World) -> None:
    if way == "left the list":
        here.publish(BEGAN + DAY, record(GHOST, created=BEGAN, title="Esmolol", abstract="No."))
    assert run(here, day(1)) == [0]
    if way != "left the list":
        with here.mails_of.store.writing() as connection:
            unknown = update(tables.arrival).where(tables.arrival.c.pmid == GHOST)
            connection.execute(unknown.values(gone="deleted"))
    assert run(here, day(2)) == [0]
    text, subject = here.texts()[-1], here.mails()[-1]["Subject"]
    assert "nothing new" in subject
    assert QUIET in text
    assert ", 0 wanted. " in text
    assert str(GHOST) not in text


def test_the_foot_says_how_many_of_the_mailed_went_to_nobody(here: World) -> None:
    here.readers(SHE)  # the other reader is gone before the digest, and this one begins after the papers came
    assert run(here, day(1), day(2)) == [0, 0]
    assert ["1 mailed (1 of them to nobody) + 0 owed" in text for text in here.texts(SHE)] == [True]
    here.readers(SHE, ME)
    assert run(here, day(3), day(4)) == [0, 0]
    assert "1 mailed + 0 owed" in here.texts(SHE)[-1]
