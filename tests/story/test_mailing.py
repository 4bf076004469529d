"""The same story through a real mail server on loopback, by environment variables alone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from deliver.mailservers import Answers, mail_server
from world import World, read_mail, world

SUNDAY, MONDAY = "2026-03-08T07:05:00Z", "2026-03-09T07:05:00Z"


@pytest.fixture
def here(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path, today="2026-03-08") as made:
        made.environment |= {
            "LITWATCH_MAIL__TRANSPORT": "smtp",
            "LITWATCH_MAIL__HOST": "127.0.0.1",
            "LITWATCH_MAIL__SECURITY": "none",
            "LITWATCH_MAIL__FROM": "litwatch@example.org",
        }
        yield made


def test_a_digest_goes_out_by_smtp_once(here: World) -> None:
    answers = Answers()
    with mail_server(answers) as port:
        here.environment["LITWATCH_MAIL__PORT"] = str(port)
        assert here.run(SUNDAY).code == 0
        assert answers.taken == []
        assert here.run(MONDAY).code == 0
        assert here.run("2026-03-09T07:20:00Z").code == 0
    (taken,) = answers.taken
    assert taken.recipients == ("you@example.org",)
    mail = read_mail(taken.content)
    assert "Ketamine & depression" in str(mail["Subject"])
    assert mail["List-Unsubscribe"] is not None
    assert not here.outbox.exists()


def test_a_server_that_is_down_owes_the_same_mail(here: World) -> None:
    here.environment["LITWATCH_MAIL__PORT"] = "9"
    assert here.run(SUNDAY).code == 0
    down = here.run(MONDAY)
    assert down.code == 1
    assert "127.0.0.1:9" in down.err
    assert "Traceback" not in down.err
    answers = Answers()
    with mail_server(answers) as port:
        here.environment["LITWATCH_MAIL__PORT"] = str(port)
        assert here.run("2026-03-09T07:20:00Z").code == 0
        assert here.run("2026-03-09T07:35:00Z").code == 0
    assert [taken.recipients for taken in answers.taken] == [("you@example.org",)]


def test_a_paused_reader_gets_nothing_and_loses_nothing_that_comes_after(here: World) -> None:
    answers = Answers()
    with mail_server(answers) as port:
        here.environment["LITWATCH_MAIL__PORT"] = str(port)
        assert here.run(SUNDAY).code == 0
        paused = here.litwatch("subscribers", "pause", "You@Example.org")
        assert "paused 1 subscription" in paused.out
        assert here.run(MONDAY).code == 0
        assert answers.taken == []
        standing = here.litwatch("subscribers", "list", "--json").objects()
        assert [row["standing"] for row in standing] == ["paused"]
        assert here.litwatch("subscribers", "resume", "you@example.org").code == 0
