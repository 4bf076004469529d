"""Proves that a paper which first came without an abstract is offered once more with it, to those who were sent it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from litwatch.edge.transports import SmtpTransport
from notices.noticeworld import ME, SHE, World, day, record, world

PAPER = 99000001
BEFORE = day(0) - timedelta(days=1)
DAY = timedelta(days=1)
MARK = "Now with abstract"


@pytest.fixture
def here(tmp_path: Path, backend: str) -> Iterator[World]:
    with world(tmp_path, backend) as made:
        made.publish(BEFORE, record(PAPER, created=BEFORE, abstract="", status="Publisher"))
        yield made


def times(here: World, address: str = ME) -> list[int]:
    """In how many places each mail names the paper as one that has its abstract now."""
    return [text.lower().count(MARK.lower()) for text in here.texts(address)]


def test_it_is_offered_once_more_marked_and_then_never_again(here: World) -> None:
    here.play(BEFORE, day(0))
    here.publish(day(0) + DAY, record(PAPER, created=BEFORE, status="Publisher"))
    here.publish(
        day(2) + DAY, record(PAPER, created=BEFORE, abstract="Efficacious, and no harm.", status="Publisher")
    )
    here.play(day(1), day(2), day(3), day(4))
    assert times(here) == [0, 1, 0, 0, 0]
    mail = here.mails()[1]
    assert "1 now with abstract" in mail["Subject"]
    text = here.texts()[1]
    assert "One paper that we sent you before has its abstract now" in text
    assert "we sent it to you without one on 2 March 2026" in text
    assert "It was efficacious" in text
    html = mail.get_body(("html",))
    assert html is not None
    assert "now with abstract" in html.get_content()


def test_an_abstract_that_changes_no_tag_is_no_news(here: World) -> None:
    here.play(BEFORE, day(0))
    here.publish(day(0) + DAY, record(PAPER, created=BEFORE, abstract="It was an essay.", status="Publisher"))
    here.play(day(1), day(2))
    assert times(here) == [0, 0, 0]
    shown = here.shown(PAPER)
    assert shown.paper is not None
    assert "It was an essay." in shown.paper.abstract


def test_only_those_who_were_sent_it_without_are_offered_it(here: World) -> None:
    here.play(BEFORE, day(0))
    here.readers(ME, SHE)
    here.play(day(0) + DAY)
    here.publish(day(0) + 2 * DAY, record(PAPER, created=BEFORE, status="Publisher"))
    here.play(day(1), day(2))
    assert times(here) == [0, 1, 0]
    assert sum(str(PAPER) in text for text in here.texts(SHE)) == 0


def test_what_waits_in_a_claim_without_is_offered_after_it_was_sent(here: World) -> None:
    here.play(BEFORE)
    nobody = SmtpTransport("127.0.0.1", 9, "none", timeout_seconds=5.0)
    assert here.run(day(0), transport=nobody).exit_code == 1
    here.publish(day(0) + DAY, record(PAPER, created=BEFORE, status="Publisher"))
    here.play(day(0) + DAY, day(1), day(2))
    assert times(here) == [0, 1, 0]
    assert "It was efficacious" not in here.texts()[0]


def test_what_was_first_sent_with_its_abstract_is_not_offered_again(here: World) -> None:
    here.play(BEFORE)
    here.publish(day(0), record(PAPER, created=BEFORE, status="Publisher"))
    here.play(day(0), day(1))
    assert times(here) == [0, 0]
    assert "It was efficacious" in here.texts()[0]


def test_a_retracted_paper_is_not_offered_with_its_abstract(here: World) -> None:
    here.play(BEFORE, day(0))
    struck = [("RetractionIn", 99000091)]
    here.publish(day(0) + DAY, record(PAPER, created=BEFORE, abstract="", status="Publisher", links=struck))
    here.publish(day(1) + DAY, record(PAPER, created=BEFORE, status="Publisher", links=struck))
    here.play(day(1), day(2), day(3))
    assert times(here) == [0, 0, 0, 0]
    assert [text.count("*** RETRACTED ***") for text in here.texts()] == [0, 1, 0, 0]
    assert not any("It was efficacious" in text for text in here.texts())


def test_the_books_balance_before_and_after(here: World) -> None:
    here.play(BEFORE, day(0))
    here.publish(day(0) + DAY, record(PAPER, created=BEFORE, status="Publisher"))
    for done in here.play(day(1), day(2)):
        (receipt,) = done.collected
        assert receipt.balanced
        assert receipt.books is not None
        assert receipt.books.mailed == 1
