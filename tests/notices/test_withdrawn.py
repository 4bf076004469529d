"""Proves that a mail which waits for its server does not show as a finding what was retracted while it waited."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from deliver.mailservers import Answers, mail_server
from deliver.mailworld import BEGIN, MONDAY, World, at, opened, plain, world
from litwatch.edge.store import claiming, delivering
from litwatch.edge.store.tables import claim
from litwatch.edge.transports import SmtpTransport
from litwatch.jobs.telling import in_lines

LATER = MONDAY + timedelta(minutes=20)


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as built:
        yield built


def by_smtp(port: int) -> SmtpTransport:
    return SmtpTransport("127.0.0.1", port, "none", timeout_seconds=5.0)


def waiting(clinic: World, *pmids: int) -> str:
    """A digest of these papers was claimed, and no server took it; its Message-ID."""
    clinic.begin()
    clinic.collected(at("2026-11-18 05:00"), pmids)
    clinic.collected(MONDAY)
    clinic.deliver(MONDAY, by_smtp(9))
    with clinic.store.reading() as connection:
        return str(connection.execute(select(claim.c.message_id)).scalar_one())


def test_a_paper_that_is_retracted_between_claim_and_sending_is_an_alert_in_the_same_weeks_mail(
    clinic: World,
) -> None:
    before = waiting(clinic, 101, 102)
    clinic.noticed(MONDAY + timedelta(minutes=5), 101)
    answers = Answers()
    with mail_server(answers) as port:
        receipt = clinic.deliver(LATER, by_smtp(port))
    assert receipt.ok
    assert [each.period for each in receipt.withdrawn] == ["2026-W48"]
    assert "101" in receipt.withdrawn[0].note
    assert "withdrawn for a retraction" in receipt.one_line()
    (said,) = [line for line in in_lines(receipt.to_json()) if line.startswith("  withdrawn ")]
    assert "2026-W48: " in said
    assert "101" in said
    (taken,) = answers.taken
    mail = opened(taken.content)
    told = " ".join(plain(mail).split())
    assert "*** RETRACTED *** Paper number 101" in told
    assert "New in this search, not shown as a finding" in told
    assert told.count("Paper number 101") == 1
    assert "Paper number 102" in told
    assert "1 retraction" in mail["Subject"]
    # Another mail: a program that hides a second one of the same id must not hide it.
    assert mail["Message-ID"] != before
    assert [state for *_, state in clinic.claims()] == ["withdrawn", "sent"]
    assert clinic.claims()[1][2] == "2026-W48"
    assert clinic.held() == [("you@example.org", "ketamine", 101), ("you@example.org", "ketamine", 102)]
    clinic.collected(MONDAY + timedelta(weeks=1))
    clinic.deliver(MONDAY + timedelta(weeks=1))
    assert "101" not in plain(clinic.mails()[0])


@pytest.mark.parametrize(
    ("kind", "goes_out"), [("erratum", True), ("update", True), ("expression-of-concern", False)]
)
def test_only_what_forbids_to_show_a_paper_holds_its_mail_back(
    kind: str, goes_out: bool, clinic: World
) -> None:
    before = waiting(clinic, 101)
    clinic.noticed(MONDAY + timedelta(minutes=5), 101, kind)
    answers = Answers()
    with mail_server(answers) as port:
        clinic.deliver(LATER, by_smtp(port))
    (taken,) = answers.taken
    assert (opened(taken.content)["Message-ID"] == before) is goes_out


def test_a_mail_that_tells_the_retraction_itself_goes_out_as_it_is(clinic: World) -> None:
    clinic.begin()
    clinic.collected(at("2026-11-18 05:00"), [101])
    clinic.noticed(BEGIN, 101)
    clinic.collected(MONDAY)
    clinic.deliver(MONDAY, by_smtp(9))
    answers = Answers()
    with mail_server(answers) as port:
        assert clinic.deliver(LATER, by_smtp(port)).withdrawn == []
    assert len(answers.taken) == 1


def test_a_retraction_at_the_last_moment_stops_the_attempt(clinic: World) -> None:
    waiting(clinic, 101)
    (open_claim,) = delivering.open_claims(clinic.store, LATER)
    clinic.noticed(LATER, 101)  # after the run has looked for such claims
    assert delivering.begin_attempt(clinic.store, open_claim) is None
    assert [state for *_, state in clinic.claims()] == ["withdrawn"]
    assert clinic.held() == []
    clinic.deliver(LATER + timedelta(minutes=15))
    assert "*** RETRACTED ***" in plain(clinic.mails()[0])


def test_a_claim_whose_notice_got_its_pmid_meanwhile_is_composed_anew(clinic: World) -> None:
    clinic.begin()
    clinic.collected(MONDAY, [101])
    clinic.noticed(BEGIN, 101, "retraction", 109)
    stale = claiming.Draft(
        "you@example.org",
        "ketamine",
        "2026-W48",
        (101,),
        ((101, "retraction", 0),),
        "<x@y>",
        "b@example.org",
        b"",
    )
    assert claiming.make_claim(clinic.store, stale, MONDAY) is None
    assert clinic.claims() == []
