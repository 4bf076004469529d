"""The same story through a real mail server on loopback, by environment variables alone."""

from __future__ import annotations

import re
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


def test_readers_of_a_csv_file_get_mail_pause_leave_and_are_taken_out_like_others(here: World) -> None:
    answers = Answers()
    toml = here.config / "subscribers.toml"
    toml.write_text('csv = "lists/readers.csv"\n\n' + toml.read_text("utf-8"), "utf-8")
    lines = [
        "address;name;watches;frequency",
        *(f"{name}@example.org;;ketamine-depression;Weekly" for name in "abcd"),
    ]
    listed = here.config / "lists/readers.csv"
    listed.parent.mkdir()
    listed.write_text("\r\n".join(lines), "utf-8-sig")
    with mail_server(answers) as port:
        here.environment["LITWATCH_MAIL__PORT"] = str(port)
        assert here.run(SUNDAY).code == 0
        assert "paused 1 subscription" in here.litwatch("subscribers", "pause", "A@example.org").out
        assert here.run(MONDAY).code == 0
        got = {taken.recipients[0]: read_mail(taken.content) for taken in answers.taken}
        assert sorted(got) == ["b@example.org", "c@example.org", "d@example.org", "you@example.org"]
        token = re.search(r"unsubscribe-[\w-]+", str(got["b@example.org"]["List-Unsubscribe"]))
        assert token
        assert here.litwatch("unsubscribe", token[0]).code == 0
        listed.write_text("\n".join(lines[:-1]), "utf-8")
        standing = {
            row["address"]: row["standing"]
            for row in here.litwatch("subscribers", "list", "--json").objects()
        }
        assert standing == {
            "you@example.org": "active",
            "a@example.org": "paused",
            "b@example.org": "unsubscribed",
            "c@example.org": "active",
        }
        assert here.run("2026-03-16T07:05:00Z").code == 0
    after = [taken.recipients[0] for taken in answers.taken[4:]]
    assert sorted(after) == ["c@example.org", "you@example.org"]


def test_a_change_of_the_csv_file_is_seen_by_the_next_run(here: World) -> None:
    toml = here.config / "subscribers.toml"
    toml.write_text('csv = "readers.csv"\n\n' + toml.read_text("utf-8"), "utf-8")
    listed = here.config / "readers.csv"
    listed.write_text("address,watches\n", "utf-8")
    answers = Answers()
    with mail_server(answers) as port:
        here.environment["LITWATCH_MAIL__PORT"] = str(port)
        for minute in (5, 10, 15):
            assert here.run(f"2026-03-08T07:{minute:02}:00Z").code == 0
        listed.write_text("address,watches\na example.org,ketamine-depression\n", "utf-8")
        broken = here.run("2026-03-08T07:20:00Z")
    assert broken.code == 2
    assert "readers.csv: line 2, column address:" in broken.err
