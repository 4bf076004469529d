"""Proves that mail which a server does not take for the moment is told: at once in words, after hours as a failure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path

import pytest

from deliver.mailservers import Answers, mail_server
from deliver.mailworld import MONDAY, World, at, reader, replace, weekly, world
from litwatch.cli.status import failed_jobs, late_in_words
from litwatch.edge.transports import SmtpTransport
from litwatch.jobs.outstanding import late_digests

GREYLISTED = "450 4.2.0 Greylisted, come back"
BUSY = "451 4.3.0 Busy"


def by_smtp(port: int) -> SmtpTransport:
    return SmtpTransport("127.0.0.1", port, "none", timeout_seconds=5.0)


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as built:
        built.begin()
        built.collected(at("2026-11-23 05:00"), [101, 102])
        yield built


@pytest.mark.parametrize(
    "replies", [{"you@example.org": GREYLISTED}, {"MAIL": BUSY}], ids=["reader", "server"]
)
def test_a_temporary_refusal_names_the_reader_at_once_and_is_a_failure_after_four_hours(
    clinic: World, replies: dict[str, str]
) -> None:
    with mail_server(Answers(replies)) as port:
        first = clinic.deliver(MONDAY, by_smtp(port))
        for minutes in (15, 45, 105, 225):
            assert clinic.deliver(MONDAY + timedelta(minutes=minutes), by_smtp(port)).ok
        later = clinic.deliver(MONDAY + timedelta(hours=8), by_smtp(port))
    [reply] = replies.values()
    assert first.ok
    assert reply in first.one_line()
    assert "you@example.org, ketamine 2026-W48" in first.one_line()
    assert not later.ok
    assert "not taken since 2026-11-23 07:00 UTC: you@example.org, ketamine 2026-W48" in later.one_line()
    assert reply in later.one_line()
    assert later.failures == later.late
    run = {"job": "deliver", "watch": None, **later.to_json()}
    assert failed_jobs({"watches": [], "runs": [run]}) == [], (
        "it stands among the late digests while it waits"
    )


def test_a_digest_that_a_server_refuses_for_hours_is_late_and_after_a_day_gravely(clinic: World) -> None:
    now = MONDAY
    with mail_server(Answers({"you@example.org": GREYLISTED})) as port:
        told = {}
        while now < MONDAY + timedelta(hours=26):
            clinic.deliver(now, by_smtp(port))
            told[(now - MONDAY) / timedelta(hours=1)] = late_digests(clinic.config, clinic.store, now)
            now += timedelta(minutes=15)
    assert all(not late for hours, late in told.items() if hours < 4)
    assert {late[0].grave for hours, late in told.items() if 4 <= hours < 24} == {False}
    assert {late[0].grave for hours, late in told.items() if hours >= 24} == {True}
    [late] = told[5.0]
    assert (late.address, late.papers, late.since) == ("you@example.org", 2, MONDAY)
    assert GREYLISTED in late.why


def test_a_digest_with_nothing_new_that_a_server_refuses_for_hours_is_late_as_well(clinic: World) -> None:
    assert clinic.deliver(MONDAY).ok
    monday = MONDAY + timedelta(days=7)
    clinic.collected(monday - timedelta(hours=2))
    with mail_server(Answers({"you@example.org": GREYLISTED})) as port:
        for hours in (0, 1, 3, 5):
            clinic.deliver(monday + timedelta(hours=hours), by_smtp(port))
            told = late_digests(clinic.config, clinic.store, monday + timedelta(hours=hours))
            assert len(told) == (hours > 4)
    [late] = told
    assert (late.papers, late.grave) == (0, False)
    assert "has not gone out (nothing new): the mail server" in late_in_words(asdict(late))


def test_a_refused_digest_that_nobody_tries_again_is_grave(clinic: World) -> None:
    with mail_server(Answers({"you@example.org": GREYLISTED})) as port:
        clinic.deliver(MONDAY, by_smtp(port))
    assert late_digests(clinic.config, clinic.store, MONDAY + timedelta(minutes=70)) == ()
    [late] = late_digests(clinic.config, clinic.store, MONDAY + timedelta(minutes=80))
    assert late.grave
    assert late.why.startswith("no run has tried again after: ")


def test_no_digest_without_news_is_made_behind_one_that_waits(clinic: World) -> None:
    clinic.subscribers = (reader("you@example.org", replace(weekly(), frequency="daily")),)
    tuesday, wednesday = (MONDAY + timedelta(days=days) for days in (1, 2))
    with mail_server(Answers({"you@example.org": GREYLISTED})) as port:
        clinic.deliver(MONDAY, by_smtp(port))
        clinic.collected(tuesday - timedelta(hours=2))
        clinic.deliver(tuesday, by_smtp(port))
        assert [period for _, _, period, _ in clinic.claims()] == ["2026-11-23"]
        clinic.collected(wednesday - timedelta(hours=2), [103])
        clinic.deliver(wednesday, by_smtp(port))
        assert [period for _, _, period, _ in clinic.claims()] == ["2026-11-23", "2026-11-25"]
    with mail_server(Answers()) as port:
        assert len(clinic.deliver(wednesday + timedelta(hours=23), by_smtp(port)).sent) == 2
