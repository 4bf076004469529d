"""Proves that mails and `status` say so where nobody looks for retractions: `collect` and `deliver` alone do not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from notices.noticeworld import record
from world import World, world

PAPER, NEXT = 99000001, 99000002
OLD, FIRST, SECOND = date(2026, 2, 1), date(2026, 3, 3), date(2026, 3, 10)
UNASKED = "Retractions, expressions of concern and corrections have not been looked for"
NONE = "No retraction, expression of concern or correction became known."
QUIET = "A quiet week: PubMed was searched and nothing new matches."
WATCH = """
title = "Ketamine"
query = "ketamine[tiab]"
[topics.efficacy]
label = "Efficacy"
query = "efficac*[tiab]"
"""


def _corpus(folder: Path) -> Path:
    folder.mkdir()
    told = {
        OLD: [record(99000000, created=OLD, title="Ketamine in depression")],
        FIRST: [record(PAPER, created=FIRST, title="Ketamine in depression, one")],
        SECOND: [
            record(
                PAPER, created=FIRST, title="Ketamine in depression, one", links=[("RetractionIn", 99000091)]
            ),
            record(NEXT, created=SECOND, title="Ketamine in depression, two"),
        ],
    }
    for on, records in told.items():
        whole = b"<PubmedArticleSet>" + b"".join(records) + b"</PubmedArticleSet>"
        (folder / f"update-{on}.xml").write_bytes(whole)
    return folder


@contextmanager
def _world(folder: Path) -> Iterator[World]:
    with world(folder / "here", _corpus(folder / "corpus")) as made:
        (made.config / "watches" / "ketamine-depression.toml").write_text(WATCH, "utf-8")
        yield made


def test_without_a_refresh_no_mail_says_that_nothing_was_retracted(tmp_path: Path) -> None:
    with _world(tmp_path) as here:

        def steps(day: str, *commands: str) -> None:
            here.pubmed.set_today(day)
            for command in commands:
                done = here.litwatch(command, "--now", f"{day}T07:05:00Z")
                assert done.code == 0, done.err

        def told(now: str) -> tuple[str, str]:
            check = here.litwatch("status", "--check", "--now", f"{now}T08:00:00Z")
            return check.out, here.litwatch("status", "--now", f"{now}T08:00:00Z").out

        steps("2026-03-01", "collect", "refresh")
        steps("2026-03-09", "collect", "deliver")
        for out in told("2026-03-09"):
            assert "retractions have not been looked for since 2026-03-01T07:05:00Z" in out
        steps("2026-03-16", "collect", "deliver")
        steps("2026-03-23", "collect", "deliver")
        steps("2026-03-30", "collect", "refresh", "deliver")
        assert all("not been looked for" not in out for out in told("2026-03-30"))
        steps("2026-04-06", "collect", "refresh", "deliver")
        mails = here.mails()
        bodies = [mail.get_body(("plain",)) for mail in mails]
        texts = [" ".join(body.get_content().split()) for body in bodies if body is not None]
        since = f"{UNASKED} since 1 March 2026, 07:05"
        assert [since in text for text in texts] == [True, True, True, False, False]
        assert ["retractions not looked for" in mail["Subject"] for mail in mails] == [True] * 3 + [False] * 2
        assert not any(NONE in text for text in texts)
        assert [QUIET in text for text in texts] == [False, False, False, False, True]
        assert ["*** RETRACTED ***" in text for text in texts] == [False, False, False, True, False]


def test_where_nobody_ever_looked_for_retractions_the_first_mail_says_that(tmp_path: Path) -> None:
    with _world(tmp_path) as here:
        for day in ("2026-03-01", "2026-03-09"):
            here.pubmed.set_today(day)
            for command in ("collect", "deliver"):
                assert here.litwatch(command, "--now", f"{day}T07:05:00Z").code == 0
        (mail,) = here.mails()
        body = mail.get_body(("plain",))
        assert body is not None
        assert f"{UNASKED} yet" in " ".join(body.get_content().split())
        assert "retractions not looked for" in mail["Subject"]
