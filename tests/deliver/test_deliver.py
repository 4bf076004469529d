"""Delivering: what is owed goes out once, at its time, and is noted as sent after it was.

Owns the weeks that are played here. Never looks into templates: the words of a digest have their own tests.
"""

from __future__ import annotations

import smtplib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import update

from deliver.mailservers import Answers, Broken, broken_server, mail_server
from deliver.mailworld import BEGIN, MONDAY, World, at, opened, plain, reader, watch, weekly, world
from litwatch.edge.outbox import FolderTransport
from litwatch.edge.store import subscriptions, tables
from litwatch.edge.store.balancing import Books, books
from litwatch.edge.transports import SmtpTransport
from litwatch.errors import LockHeld, TemplateError

WEEK = timedelta(weeks=1)


@pytest.fixture
def clinic(tmp_path: Path, backend: str) -> Iterator[World]:
    with world(tmp_path, backend) as built:
        yield built


def test_a_week_of_papers_arrives_as_one_mail_and_the_next_week_brings_only_what_is_new(
    clinic: World,
) -> None:
    clinic.begin()
    clinic.collected(at("2026-11-18 05:00"), [101, 102])
    clinic.collected(at("2026-11-23 05:00"), [103], state="late")
    assert clinic.deliver(MONDAY - timedelta(minutes=1)).sent == []
    receipt = clinic.deliver(MONDAY)
    assert receipt.ok
    assert [str(each) for each in receipt.sent] == ["you@example.org, ketamine 2026-W48"]
    assert clinic.deliver(MONDAY + timedelta(minutes=15)).sent == []
    clinic.collected(at("2026-11-30 05:00"), [104])
    clinic.deliver(MONDAY + WEEK)
    first, second = clinic.mails()
    for pmid in (101, 102, 103):
        assert f"Paper number {pmid}" in plain(first)
        assert f"Paper number {pmid}" not in plain(second)
    assert "Paper number 104" in plain(second)
    assert first["To"] == "you@example.org"
    assert first["From"] == "litwatch <litwatch@clinic.example>"
    assert first["Date"].datetime == MONDAY
    assert clinic.claims() == [
        ("you@example.org", "ketamine", "2026-W48", "sent"),
        ("you@example.org", "ketamine", "2026-W49", "sent"),
    ]


def test_old_by_edit_backlog_and_held_papers_are_not_owed(clinic: World) -> None:
    clinic.begin()
    for pmid, state in enumerate(("old", "by-edit", "backlog", "held", "wanted"), 200):
        clinic.collected(at("2026-11-18 05:00"), [pmid], state=state)
    clinic.deliver(MONDAY)
    assert clinic.held() == []


def test_what_came_before_the_subscription_began_is_not_owed(clinic: World) -> None:
    clinic.collected(BEGIN - timedelta(seconds=1), [101])
    clinic.begin()
    clinic.collected(BEGIN, [102])
    clinic.collected(MONDAY)
    clinic.deliver(MONDAY)
    assert clinic.held() == [("you@example.org", "ketamine", 102)]


def test_a_quiet_week_sends_a_mail_that_says_so(clinic: World) -> None:
    clinic.begin()
    clinic.collected(at("2026-11-23 05:00"))
    clinic.deliver(MONDAY)
    (mail,) = clinic.mails()
    assert "not searched" not in plain(mail).lower()
    assert "0 new" in mail["Subject"] or "nothing new" in mail["Subject"].lower()


def test_missed_weeks_make_one_mail_with_all_that_is_owed(clinic: World) -> None:
    clinic.begin()
    clinic.collected(at("2026-11-18 05:00"), [101])
    clinic.collected(at("2026-12-15 05:00"), [102])
    clinic.deliver(at("2026-12-16 12:00"))
    assert clinic.claims() == [("you@example.org", "ketamine", "2026-W51", "sent")]
    assert clinic.held() == [("you@example.org", "ketamine", pmid) for pmid in (101, 102)]


def test_a_week_without_a_search_waits_a_day_and_says_so_first_and_in_the_subject(clinic: World) -> None:
    clinic.begin()
    clinic.collected(at("2026-11-22 05:00"), [101])
    clinic.deliver(MONDAY)
    receipt = clinic.deliver(MONDAY + WEEK)
    assert [each.period for each in receipt.waiting] == ["2026-W49"]
    assert receipt.sent == []
    assert len(clinic.deliver(MONDAY + WEEK + timedelta(hours=24)).sent) == 1
    mail = clinic.mails()[1]
    assert "not searched" in mail["Subject"].lower()
    assert "not been searched" in plain(mail)[:300].lower() or "not searched" in plain(mail)[:300].lower()


def test_a_retraction_of_a_paper_that_was_sent_is_told_once_with_when_we_sent_it(clinic: World) -> None:
    clinic.begin()
    clinic.collected(at("2026-11-18 05:00"), [101])
    clinic.collected(MONDAY)
    clinic.deliver(MONDAY)
    clinic.noticed(at("2026-11-26 05:00"), 101)
    clinic.collected(MONDAY + WEEK)
    clinic.deliver(MONDAY + WEEK)
    clinic.collected(MONDAY + 2 * WEEK)
    clinic.deliver(MONDAY + 2 * WEEK)
    _, told, after = clinic.mails()
    assert "retract" in told["Subject"].lower()
    assert "23 November 2026" in plain(told)
    assert "retract" not in after["Subject"].lower()
    assert clinic.held() == [("you@example.org", "ketamine", 101)]


def test_a_paper_that_comes_retracted_is_told_as_such_however_long_that_was_known(clinic: World) -> None:
    clinic.begin()
    clinic.collected(at("2026-11-18 05:00"), [101])
    clinic.noticed(BEGIN - timedelta(days=30), 101)  # when another watch already had it
    clinic.collected(MONDAY)
    clinic.deliver(MONDAY)
    (told,) = clinic.mails()
    assert "retract" in told["Subject"].lower()


def test_what_arrived_at_the_very_moment_a_subscription_began_is_owed_and_then_mailed(clinic: World) -> None:
    clinic.begin(BEGIN)
    clinic.collected(BEGIN, [101])
    with clinic.store.reading() as connection:
        assert books(connection, "ketamine") == Books(owed=1)
    clinic.collected(MONDAY)
    clinic.deliver(MONDAY)
    with clinic.store.reading() as connection:
        assert books(connection, "ketamine") == Books(mailed=1)


def test_each_watch_of_a_reader_is_a_subscription_of_its_own(clinic: World) -> None:
    clinic.watches = (watch(), watch("psilocybin"))
    clinic.subscribers = (
        reader("you@example.org", weekly(), weekly("psilocybin")),
        reader("she@example.org"),
    )
    clinic.begin()
    clinic.collected(MONDAY, [101])
    clinic.collected(MONDAY, [101, 102], watch_name="psilocybin")
    assert len(clinic.deliver(MONDAY).sent) == 3
    assert clinic.held() == [
        ("she@example.org", "ketamine", 101),
        ("you@example.org", "ketamine", 101),
        ("you@example.org", "psilocybin", 101),
        ("you@example.org", "psilocybin", 102),
    ]
    assert [mail["To"] for mail in clinic.mails()].count("you@example.org") == 2


# --- crashes


class Crash(BaseException):
    """The process dies."""


@dataclass
class Dies:
    """A transport in a process that dies, before or after the mail was taken."""

    taken: list[bytes] = field(default_factory=list)
    before: bool = False

    def send(self, envelope_from: str, recipient: str, message: bytes) -> None:
        if self.before:
            raise Crash
        self.taken.append(message)
        raise Crash

    def close(self) -> None:
        pass


@pytest.mark.parametrize("before", [True, False], ids=["before the mail was taken", "before it was noted"])
def test_after_a_crash_the_same_bytes_go_out_again(clinic: World, before: bool) -> None:
    clinic.begin()
    clinic.collected(MONDAY, [101])
    dies = Dies(before=before)
    with pytest.raises(Crash):
        clinic.deliver(MONDAY, dies)
    assert clinic.claims() == [("you@example.org", "ketamine", "2026-W48", "open")]
    clinic.collected(MONDAY + timedelta(minutes=10), [102])
    receipt = clinic.deliver(MONDAY + timedelta(minutes=15))
    assert len(receipt.resent) == 1
    (path,) = clinic.outbox.glob("*.eml")
    if not before:
        assert path.read_bytes() == dies.taken[0]
    assert opened(path.read_bytes())["Date"].datetime == MONDAY
    assert "Paper number 102" not in plain(clinic.mails()[0])
    clinic.collected(MONDAY + WEEK)
    clinic.deliver(MONDAY + WEEK)
    assert "Paper number 102" in plain(clinic.mails()[1])


@pytest.mark.parametrize("backend", ["sqlite"], indirect=True)
def test_a_store_that_cannot_note_the_sending_sends_again_later(clinic: World) -> None:
    clinic.begin()
    clinic.collected(MONDAY, [101])
    with clinic.store.writing() as connection:
        connection.exec_driver_sql(
            "CREATE TRIGGER full BEFORE UPDATE OF state ON claim BEGIN SELECT RAISE(ABORT, 'full'); END"
        )
    with pytest.raises(Exception, match="full"):
        clinic.deliver(MONDAY)
    (first,) = [path.read_bytes() for path in clinic.outbox.glob("*.eml")]
    with clinic.store.writing() as connection:
        connection.exec_driver_sql("DROP TRIGGER full")
    clinic.deliver(MONDAY + timedelta(minutes=15))
    assert [path.read_bytes() for path in clinic.outbox.glob("*.eml")] == [first]
    assert clinic.claims()[0][3] == "sent"


# --- one bad delivery harms no other


def test_a_digest_that_cannot_be_made_harms_no_other_and_fails_the_run(clinic: World) -> None:
    clinic.readers(["a@example.org", "nobody", "z@example.org"])
    clinic.begin()
    clinic.collected(MONDAY, [101])
    receipt = clinic.deliver(MONDAY)
    assert [each.subscriber for each in receipt.sent] == ["a@example.org", "z@example.org"]
    assert not receipt.ok
    assert receipt.failures == [
        "nobody, ketamine 2026-W48: 'nobody' is no address that a mail server takes (MailError)"
    ]


def test_a_broken_record_fails_its_digest_and_says_whose(clinic: World) -> None:
    clinic.watches = (watch(), watch("psilocybin"))
    clinic.subscribers = (reader("a@example.org"), reader("b@example.org", weekly("psilocybin")))
    clinic.begin()
    clinic.collected(MONDAY, [101])
    clinic.collected(MONDAY, [102], watch_name="psilocybin")
    with clinic.store.writing() as connection:
        connection.execute(update(tables.paper).where(tables.paper.c.pmid == 101).values(record=b"\x00"))
    receipt = clinic.deliver(MONDAY)
    assert [each.subscriber for each in receipt.sent] == ["b@example.org"]
    assert len(receipt.failures) == 1
    assert receipt.failures[0].startswith("a@example.org, ketamine 2026-W48: ")


def test_a_broken_template_is_a_failure_of_its_own_and_claims_nothing(clinic: World) -> None:
    class Misspelt:
        def render(self, digest: object) -> object:
            raise TemplateError("`titel` is undefined", "digest.html", 12)

    clinic.begin()
    clinic.collected(MONDAY, [101])
    from litwatch.jobs.deliver import deliver

    receipt = deliver(clinic.config, clinic.store, FolderTransport(clinic.outbox), Misspelt(), MONDAY)  # type: ignore[arg-type]
    assert (receipt.ok, receipt.exit_code) == (False, 2)
    assert "`titel` is undefined" in receipt.failures[0]
    assert clinic.claims() == []
    assert len(clinic.deliver(MONDAY).sent) == 1


# --- mail servers


def by_smtp(port: int, **options: float) -> SmtpTransport:
    return SmtpTransport("127.0.0.1", port, "none", timeout_seconds=options.get("seconds", 5.0))


def test_each_reader_gets_one_mail_of_their_own(clinic: World) -> None:
    clinic.readers([f"reader{number}@example.org" for number in range(4)])
    clinic.begin()
    clinic.collected(MONDAY, [101])
    answers = Answers()
    with mail_server(answers) as port:
        assert len(clinic.deliver(MONDAY, by_smtp(port)).sent) == 4
    assert [taken.recipients for taken in answers.taken] == [
        (f"reader{number}@example.org",) for number in range(4)
    ]
    for taken in answers.taken:
        assert opened(taken.content)["To"] == taken.recipients[0]
        assert taken.sender == "bounce@clinic.example"
    identities = {opened(taken.content)["Message-ID"] for taken in answers.taken}
    assert len(identities) == 4
    assert all(identity.endswith("@clinic.example>") for identity in identities)
    assert len(answers.sessions) == 1


def test_a_4xx_is_tried_again_with_the_same_bytes_later_and_later_and_then_given_up(clinic: World) -> None:
    clinic.begin()
    clinic.collected(MONDAY, [101])
    answers = Answers({"you@example.org": "450 4.2.0 Greylisted"})
    moments: list[datetime] = []
    now = MONDAY
    with mail_server(answers) as port:
        while now < MONDAY + timedelta(days=6):
            receipt = clinic.deliver(now, by_smtp(port))
            if receipt.postponed:
                moments.append(now)
            elif receipt.failures:
                assert receipt.failures[0].startswith("given up after")
                break
            now += timedelta(minutes=15 if now < MONDAY + timedelta(hours=2) else 60)
    waits = [after - before for before, after in pairwise(moments)]
    assert waits[:3] == [timedelta(minutes=15), timedelta(minutes=30), timedelta(hours=1)]
    assert waits == sorted(waits)
    assert MONDAY + timedelta(days=4) < now <= MONDAY + timedelta(days=5)
    assert clinic.claims() == [("you@example.org", "ketamine", "2026-W48", "given-up")]
    assert subscriptions.subscriptions(clinic.store)[0].standing == "active"
    clinic.collected(MONDAY + WEEK, [102])
    clinic.deliver(MONDAY + WEEK)
    assert clinic.held() == [("you@example.org", "ketamine", pmid) for pmid in (101, 102)], "owed again"


def test_greylisting_delays_one_reader_only(clinic: World) -> None:
    clinic.readers(["a@example.org", "b@example.org", "c@example.org"])
    clinic.begin()
    clinic.collected(MONDAY, [101])
    answers = Answers({"b@example.org": "451 4.7.1 later"})
    with mail_server(answers) as port:
        first = clinic.deliver(MONDAY, by_smtp(port))
        assert [each.subscriber for each in first.sent] == ["a@example.org", "c@example.org"]
        answers.replies = {}
        assert clinic.deliver(MONDAY + timedelta(minutes=14), by_smtp(port)).sent == []
        again = clinic.deliver(MONDAY + timedelta(minutes=15), by_smtp(port))
    assert [each.subscriber for each in again.resent] == ["b@example.org"]
    assert sorted(taken.recipients[0] for taken in answers.taken) == [
        "a@example.org",
        "b@example.org",
        "c@example.org",
    ]


def test_an_address_refused_in_three_periods_is_suspended_and_named(clinic: World) -> None:
    clinic.readers(["gone@example.org", "here@example.org"])
    clinic.begin()
    answers = Answers({"gone@example.org": "550 5.1.1 User unknown"})
    with mail_server(answers) as port:
        for week in range(4):
            clinic.collected(MONDAY + week * WEEK, [101 + week])
            receipt = clinic.deliver(MONDAY + week * WEEK, by_smtp(port))
            assert [each.subscriber for each in receipt.sent] == ["here@example.org"]
            assert receipt.suspended == (["gone@example.org"] if week == 2 else [])
            assert receipt.ok is (week == 3)
    standing = {each.subscriber: each.standing for each in subscriptions.subscriptions(clinic.store)}
    assert standing == {"gone@example.org": "suspended", "here@example.org": "active"}
    assert [pmid for subscriber, _, pmid in clinic.held() if subscriber == "gone@example.org"] == []


def test_a_mail_that_goes_through_clears_what_was_refused_before(clinic: World) -> None:
    clinic.begin()
    refused = Answers({"you@example.org": "550 5.1.1 User unknown"})
    with mail_server(refused) as port, mail_server(Answers()) as good:
        for week, goes in enumerate((port, port, good, port, port)):
            clinic.collected(MONDAY + week * WEEK)
            clinic.deliver(MONDAY + week * WEEK, by_smtp(goes))
    assert subscriptions.subscriptions(clinic.store)[0].standing == "active"


@pytest.mark.parametrize(
    "replies",
    [
        {"you@example.org": "550 5.7.1 Relaying denied"},
        {"MAIL": "550 Go away"},
        {"DATA": "554 5.7.1 Policy"},
    ],
)
def test_a_refusal_that_is_our_fault_stops_the_run_and_counts_against_nobody(
    clinic: World, replies: dict[str, str]
) -> None:
    clinic.readers(["you@example.org", "z@example.org"])
    clinic.begin()
    clinic.collected(MONDAY, [101])
    answers = Answers(replies)
    with mail_server(answers) as port:
        receipt = clinic.deliver(MONDAY, by_smtp(port))
        assert not receipt.ok
        assert receipt.stopped
        assert receipt.refused == []
        assert clinic.claims() == [("you@example.org", "ketamine", "2026-W48", "open")]
        answers.replies = {}
        later = clinic.deliver(MONDAY + timedelta(minutes=15), by_smtp(port))
    assert later.ok
    assert sorted(each.subscriber for each in later.sent) == ["you@example.org", "z@example.org"]
    assert {each.standing for each in subscriptions.subscriptions(clinic.store)} == {"active"}


def test_a_server_that_is_busy_stops_the_run_without_a_failure(clinic: World) -> None:
    clinic.readers(["a@example.org", "b@example.org"])
    clinic.begin()
    clinic.collected(MONDAY, [101])
    with broken_server(Broken("GREETING", "421 4.3.2 Too busy")) as port:
        receipt = clinic.deliver(MONDAY, by_smtp(port))
    assert receipt.ok
    assert receipt.stopped
    with mail_server(Answers()) as port:
        assert len(clinic.deliver(MONDAY, by_smtp(port)).sent) == 2


def test_no_mail_server_at_all_is_a_failure_that_the_next_run_makes_good(clinic: World) -> None:
    clinic.begin()
    clinic.collected(MONDAY, [101])
    with mail_server(Answers()) as port:
        pass
    receipt = clinic.deliver(MONDAY, by_smtp(port))
    assert receipt.failures == [receipt.stopped]
    assert "cannot be reached" in receipt.stopped
    assert "cannot be reached" in receipt.one_line()
    assert len(clinic.deliver(MONDAY + timedelta(minutes=15)).resent) == 1


@pytest.mark.parametrize(("stage", "copies"), [("MAIL", 1), ("RCPT", 1), ("DATA", 1), ("CONTENT", 2)])
def test_a_connection_that_breaks_repeats_at_most_what_was_in_flight(
    clinic: World, stage: str, copies: int
) -> None:
    clinic.readers(["a@example.org", "b@example.org"])
    clinic.begin()
    clinic.collected(MONDAY, [101])
    broken = Broken(stage, "hang up", times=1)
    with broken_server(broken) as port:
        first = clinic.deliver(MONDAY, by_smtp(port))
        assert [each.subscriber for each in first.postponed] == ["a@example.org"]
        assert [each.subscriber for each in first.sent] == ["b@example.org"]
        clinic.deliver(MONDAY + timedelta(minutes=15), by_smtp(port))
    to_a = [content for content in broken.contents if opened(content)["To"] == "a@example.org"]
    assert len(to_a) == copies
    assert len(set(to_a)) == 1, "a repeat has the same bytes"
    assert len(broken.contents) == copies + 1


def test_when_every_tenth_mail_is_refused_the_run_stops(clinic: World) -> None:
    addresses = [f"reader{number:02d}@example.org" for number in range(30)]
    clinic.readers(addresses)
    clinic.begin()
    clinic.collected(MONDAY, [101])
    answers = Answers(dict.fromkeys(addresses[::4], "550 No"))
    with mail_server(answers) as port:
        receipt = clinic.deliver(MONDAY, by_smtp(port))
    assert len(receipt.refused) == 5
    assert receipt.stopped.startswith("5 of 17 mails were refused")
    assert not receipt.ok


def test_nothing_is_connected_to_when_nothing_is_due(clinic: World) -> None:
    clinic.begin()
    clinic.collected(MONDAY)
    broken = Broken("", "")
    with broken_server(broken) as port:
        receipt = clinic.deliver(MONDAY - timedelta(hours=1), by_smtp(port))
    assert broken.connections == 0
    assert receipt.ok
    assert not receipt.did_something
    assert receipt.one_line() == "deliver: 0 digests sent"


def test_a_second_run_finds_the_lock_held(clinic: World) -> None:
    clinic.begin()
    clinic.collected(MONDAY, [101])
    with clinic.store.lock("deliver"), pytest.raises(LockHeld):
        clinic.deliver(MONDAY)
    assert clinic.claims() == []


# --- standing


def test_a_paused_reader_gets_nothing_and_after_resuming_what_comes_from_then_on(clinic: World) -> None:
    clinic.begin()
    clinic.collected(at("2026-11-18 05:00"), [101])
    assert subscriptions.pause(clinic.store, "You@Example.org", None, at("2026-11-19 05:00")) == 1
    clinic.collected(MONDAY, [102])
    assert clinic.deliver(MONDAY).sent == []
    assert subscriptions.resume(clinic.store, "you@example.org", "ketamine", MONDAY + timedelta(days=1)) == 1
    clinic.collected(MONDAY + WEEK, [103])
    clinic.deliver(MONDAY + WEEK)
    assert clinic.held() == [("you@example.org", "ketamine", 103)]


def test_after_a_suspension_a_reader_is_owed_what_was_owed_before(clinic: World) -> None:
    """Our doing, not the reader's: a full mailbox of three weeks loses nothing."""
    clinic.begin()
    clinic.collected(at("2026-11-18 05:00"), [101])
    assert subscriptions.suspend(clinic.store, "you@example.org", at("2026-11-19 05:00")) == 1
    clinic.collected(MONDAY, [102])
    assert clinic.deliver(MONDAY).sent == []
    assert subscriptions.resume(clinic.store, "you@example.org", None, MONDAY + timedelta(days=1)) == 1
    clinic.collected(MONDAY + WEEK, [103])
    clinic.deliver(MONDAY + WEEK)
    assert [pmid for _, _, pmid in clinic.held()] == [101, 102, 103]


def test_a_mail_that_waited_while_its_reader_was_away_for_long_is_composed_anew(clinic: World) -> None:
    clinic.begin()
    clinic.collected(MONDAY, [101])
    with mail_server(Answers({"you@example.org": "451 4.3.0 later"})) as port:
        clinic.deliver(MONDAY, by_smtp(port))
    clinic.readers([])
    clinic.deliver(MONDAY + timedelta(hours=1))
    clinic.readers(["you@example.org"])
    back = MONDAY + 52 * WEEK
    clinic.collected(back, [102])
    clinic.deliver(back)
    assert [state for *_, state in clinic.claims()] == ["given-up", "sent"]
    assert len(clinic.mails()) == 1
    assert [pmid for _, _, pmid in clinic.held()] == [101, 102]


def test_an_opt_out_beats_the_file_the_operator_and_an_open_claim(clinic: World) -> None:
    clinic.begin()
    clinic.collected(MONDAY, [101])
    with pytest.raises(Crash):
        clinic.deliver(MONDAY, Dies(before=True))
    assert subscriptions.unsubscribe(clinic.store, "you@example.org", None, MONDAY) == 1
    assert subscriptions.unsubscribe(clinic.store, "you@example.org", None, MONDAY) == 0
    assert subscriptions.resume(clinic.store, "you@example.org", None, MONDAY) == 0
    assert clinic.deliver(MONDAY + timedelta(hours=1)).sent == []
    clinic.collected(MONDAY + WEEK)
    assert clinic.deliver(MONDAY + WEEK).sent == []
    assert clinic.mails() == []


def test_a_reader_who_leaves_the_file_and_comes_back_has_lost_nothing(clinic: World) -> None:
    clinic.begin()
    clinic.collected(at("2026-11-18 05:00"), [101])
    clinic.readers(["other@example.org"])
    clinic.begin(at("2026-11-19 05:00"))
    clinic.collected(at("2026-11-20 05:00"), [102])
    standing = {each.subscriber: each.standing for each in subscriptions.subscriptions(clinic.store)}
    assert standing == {"you@example.org": "removed", "other@example.org": "active"}
    clinic.readers(["you@example.org"])
    clinic.collected(MONDAY)
    clinic.deliver(MONDAY)
    assert clinic.held() == [("you@example.org", "ketamine", pmid) for pmid in (101, 102)]


def test_a_subscription_that_a_wrong_clock_began_next_year_begins_now(clinic: World) -> None:
    clinic.begin(at("2027-11-17 09:00"))
    clinic.begin(BEGIN)
    assert subscriptions.subscriptions(clinic.store)[0].since == BEGIN


def test_a_year_ahead_and_back_the_next_digest_still_comes(clinic: World) -> None:
    clinic.begin()
    clinic.collected(at("2026-11-18 05:00"), [101])
    ahead = at("2027-11-22 07:00")
    clinic.collected(ahead, [102])
    clinic.deliver(ahead)
    clinic.collected(MONDAY, [103])
    clinic.deliver(MONDAY)
    assert clinic.held() == [("you@example.org", "ketamine", pmid) for pmid in (101, 102, 103)]
    assert [claim[2] for claim in clinic.claims()] == ["2027-W47", "2026-W48"]


# --- the outbox


def test_an_outbox_that_cannot_be_written_loses_nothing(clinic: World) -> None:
    clinic.begin()
    clinic.collected(MONDAY, [101])
    clinic.outbox.write_text("in the way")
    receipt = clinic.deliver(MONDAY)
    assert not receipt.ok
    assert "cannot be written" in receipt.stopped
    clinic.outbox.unlink()
    clinic.deliver(MONDAY + timedelta(minutes=15))
    assert len(clinic.mails()) == 1


def test_a_mail_program_that_sends_the_eml_on_finds_nothing_to_mend(clinic: World) -> None:
    clinic.begin()
    clinic.collected(MONDAY, [101])
    clinic.deliver(MONDAY)
    (path,) = clinic.outbox.glob("*.eml")
    answers = Answers()
    with mail_server(answers) as port, smtplib.SMTP("127.0.0.1", port, "localhost") as client:
        client.sendmail("a@example.org", ["b@example.org"], path.read_bytes())
    assert answers.taken[0].content == path.read_bytes()
    assert path.with_suffix(".html").read_text("utf-8").lstrip().lower().startswith("<!doctype html>")


def test_a_reader_who_was_away_is_told_of_the_retraction_of_a_paper_that_they_were_sent(
    clinic: World,
) -> None:
    clinic.begin()
    clinic.collected(at("2026-11-18 05:00"), [101])
    clinic.collected(MONDAY)
    clinic.deliver(MONDAY)
    subscriptions.pause(clinic.store, "you@example.org", None, MONDAY + timedelta(days=1))
    clinic.noticed(at("2026-11-26 05:00"), 101)
    subscriptions.resume(clinic.store, "you@example.org", None, MONDAY + timedelta(days=5))
    clinic.collected(MONDAY + WEEK)
    clinic.deliver(MONDAY + WEEK)
    _, told = clinic.mails()
    assert "retract" in told["Subject"].lower()


def test_one_reader_whose_server_refuses_us_does_not_starve_the_others(clinic: World) -> None:
    clinic.readers(["a@example.org", "b@example.org", "c@example.org"])
    clinic.begin()
    clinic.collected(MONDAY, [101])
    answers = Answers({"a@example.org": "550 5.7.133 sender not authenticated for group"})
    with mail_server(answers) as port:
        assert not clinic.deliver(MONDAY, by_smtp(port)).ok
        assert not clinic.deliver(MONDAY + timedelta(minutes=15), by_smtp(port)).ok
        clinic.deliver(MONDAY + timedelta(minutes=30), by_smtp(port))
    assert [taken.recipients for taken in answers.taken] == [("b@example.org",), ("c@example.org",)]
