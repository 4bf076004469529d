"""What becomes of answers: stored once whatever happens, then moved; and a broken mailbox keeps no digest back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from answers.imapservers import Faulty, faulty_server
from answers.mails import bounce, from_reader
from deliver.mailservers import Answers, mail_server
from deliver.mailworld import BEGIN, MONDAY, World, world
from litwatch.decide.tokens import Signer
from litwatch.edge.config import InboxSettings, Secret
from litwatch.edge.imap import Account, opened
from litwatch.edge.store import answering, subscriptions
from litwatch.edge.store.balancing import books
from litwatch.edge.store.signing import signer
from litwatch.edge.transports import SmtpTransport
from litwatch.errors import InboxError, LockHeld
from litwatch.jobs.inbox import next_look, read_inbox
from litwatch.jobs.inbox_receipt import InboxReceipt

ME, YOU = ("you@example.org", "ketamine"), ("colleague@example.org", "ketamine")
WEEK = timedelta(weeks=1)
SETTINGS = InboxSettings(host="imap.clinic.example")


@dataclass
class Box:
    """A mailbox in memory; `fails` names what it refuses to do."""

    mails: dict[str, bytes] = field(default_factory=dict)
    folders: dict[str, list[bytes]] = field(default_factory=dict)
    fails: str = ""

    def put(self, *mails: bytes) -> None:
        for mail in mails:
            self.mails[str(len(self.mails) + sum(map(len, self.folders.values())) + 1)] = mail

    @contextmanager
    def opened(self) -> Iterator[Box]:
        if self.fails == "open":
            raise InboxError("the IMAP server cannot be reached: Connection refused")
        yield self

    def waiting(self) -> tuple[str, ...]:
        return tuple(self.mails)

    def heads(self, numbers: Sequence[str]) -> dict[str, bytes]:
        return {number: self.mails[number] for number in numbers}

    def move(self, numbers: Sequence[str], folder: str) -> None:
        if self.fails == "move" and numbers:
            raise InboxError("the IMAP server broke off: no reason given")
        self.folders.setdefault(folder, []).extend(self.mails.pop(number) for number in numbers)


@pytest.fixture
def clinic(tmp_path: Path, backend: str) -> Iterator[World]:
    with world(tmp_path, backend) as built:
        built.inbox = SETTINGS
        built.readers([ME[0], YOU[0]])
        built.begin()
        yield built


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
def ours(clinic: World) -> Signer:
    return signer(clinic.store, BEGIN)


def look(clinic: World, box: Box, weeks: int = 0) -> InboxReceipt:
    return read_inbox(SETTINGS, clinic.store, MONDAY + weeks * WEEK, open_inbox=box.opened)


def standing(clinic: World, address: str = ME[0]) -> str:
    [one] = subscriptions.subscriptions(clinic.store, address)
    return one.standing


def week(clinic: World, number: int, *pmids: int) -> None:
    """What was collected, and the digests of that Monday."""
    clinic.collected(MONDAY + number * WEEK - timedelta(days=1), pmids)
    assert clinic.deliver(MONDAY + number * WEEK).ok


def test_who_leaves_by_mail_gets_no_more_digests(clinic: World, box: Box, ours: Signer) -> None:
    week(clinic, 0, 99000101)
    box.put(from_reader(f"unsubscribe ketamine {ME[0]} {ours.unsubscribe(ME)}"))
    receipt = look(clinic, box)
    assert receipt.unsubscribed == ["you@example.org, ketamine"]
    assert (standing(clinic), standing(clinic, YOU[0])) == ("unsubscribed", "active")
    assert list(box.folders) == ["litwatch", "litwatch-other"]
    week(clinic, 1, 99000102)
    assert [one[0] for one in clinic.claims()] == [ME[0], YOU[0], YOU[0]]


def test_feedback_is_kept_once_and_the_latest_verdict_counts(clinic: World, box: Box, ours: Signer) -> None:
    useful, useless = (ours.feedback(ME, 99000101, verdict) for verdict in ("useful", "not-useful"))
    box.put(*(from_reader(token) for token in (useful, useful.upper(), useless)))
    box.put(from_reader(ours.feedback(YOU, 99000101, "useful")))
    receipt = look(clinic, box)
    assert receipt.feedback == {"useful": 2, "not-useful": 1}
    assert receipt.repeated == 1
    assert dict(answering.verdicts(clinic.store, "ketamine")) == {99000101: {"useful": 1, "not-useful": 1}}
    box.put(from_reader(useful))  # whoever has seen that mail sends it again
    assert look(clinic, box, 1).repeated == 1
    assert dict(answering.verdicts(clinic.store, "ketamine")) == {99000101: {"useful": 1, "not-useful": 1}}


def back(ours: Signer, number: int, status: str, reader: tuple[str, str] = ME) -> bytes:
    """The notice that the digest of that week could not be delivered."""
    period = f"2026-W{48 + number}"
    return bounce(f"bounce+{ours.bounce(reader, period)}@clinic.example", status)


def test_three_bounces_in_different_weeks_suspend_and_tell_the_operator(
    clinic: World, box: Box, ours: Signer
) -> None:
    for number in range(3):
        week(clinic, number, 99000101 + number)
        box.put(back(ours, number, "5.1.1"), back(ours, number, "5.1.1"))
        receipt = look(clinic, box, number)
        assert (len(receipt.came_back), receipt.counted, receipt.repeated) == (1, 1, 1)
        assert standing(clinic) == ("suspended" if number == 2 else "active")
        assert receipt.ok == (number < 2)
    assert receipt.suspended == [ME[0]]
    assert "you@example.org was suspended" in receipt.one_line()
    assert standing(clinic, YOU[0]) == "active"


def test_what_came_back_is_owed_again_and_loses_nothing(clinic: World, box: Box, ours: Signer) -> None:
    week(clinic, 0, 99000101, 99000102)
    with clinic.store.reading() as connection:
        assert books(connection, "ketamine").mailed == 2
    box.put(back(ours, 0, "5.2.2"))
    assert look(clinic, box).ok
    with clinic.store.reading() as connection:
        assert (books(connection, "ketamine").mailed, books(connection, "ketamine").owed) == (0, 2)
    week(clinic, 1, 99000103)
    assert [pmid for who, _, pmid in clinic.held() if who == ME[0]] == [99000101, 99000102, 99000103]


@pytest.mark.parametrize("status", ["5.2.2", "4.4.7", "5.7.1"])
def test_a_full_mailbox_and_what_is_not_the_readers_fault_suspend_nobody(
    clinic: World, box: Box, ours: Signer, status: str
) -> None:
    for number in range(4):
        week(clinic, number, 99000101 + number)
        box.put(back(ours, number, status))
        assert look(clinic, box, number).ok
    assert standing(clinic) == "active"


def test_a_digest_that_arrived_between_clears_what_came_back_before(
    clinic: World, box: Box, ours: Signer
) -> None:
    for number in range(4):
        week(clinic, number, 99000101 + number)
        if number != 1:
            box.put(back(ours, number, "5.1.1"))
        look(clinic, box, number)
    assert standing(clinic) == "active"


def test_forged_and_repeated_tokens_do_nothing_and_are_counted(clinic: World, box: Box, ours: Signer) -> None:
    week(clinic, 0, 99000101)
    theirs = Signer(bytes(32))
    box.put(
        from_reader(theirs.unsubscribe(ME)),
        from_reader(ours.feedback(ME, 99000101, "useful").replace("101", "102")),
        back(theirs, 0, "5.1.1"),
        bounce("bounce@clinic.example"),
        from_reader("Could you add lithium?"),
        from_reader("Out of office", Auto_Submitted="auto-replied"),
    )
    receipt = look(clinic, box)
    assert (receipt.forged, receipt.other, receipt.automatic) == (3, 2, 1)
    assert (receipt.unsubscribed, receipt.feedback, receipt.came_back) == ([], {}, [])
    assert receipt.ok
    assert {state for *_, state in clinic.claims()} == {"sent"}
    assert standing(clinic) == "active"
    assert (len(box.folders["litwatch"]), len(box.folders["litwatch-other"])) == (1, 5)


def test_a_crash_between_storing_and_moving_repeats_nothing(clinic: World, box: Box, ours: Signer) -> None:
    week(clinic, 0, 99000101)
    box.put(
        from_reader(ours.unsubscribe(YOU)),
        from_reader(ours.feedback(ME, 99000101, "useful")),
        back(ours, 0, "5.1.1"),
    )
    box.fails = "move"
    broken = look(clinic, box)
    assert not broken.ok
    assert len(broken.unsubscribed) + sum(broken.feedback.values()) + len(broken.came_back) == 3
    assert len(box.mails) == 3
    box.fails = ""
    again = look(clinic, box)
    assert (again.read, again.repeated) == (3, 3)
    assert (again.unsubscribed, again.feedback, again.came_back) == ([], {}, [])
    assert box.mails == {}
    assert dict(answering.verdicts(clinic.store, "ketamine")) == {99000101: {"useful": 1}}


def test_a_kill_before_the_suspension_is_made_good_by_the_next_look(
    clinic: World, box: Box, ours: Signer
) -> None:
    for number in range(3):
        week(clinic, number, 99000101 + number)
        box.put(back(ours, number, "5.1.1"))
        if number < 2:
            look(clinic, box, number)
    said = signer(clinic.store, BEGIN).reader([ME]).read(ours.bounce(ME, "2026-W50"))
    assert said is not None
    assert answering.come_back(clinic.store, said, "5.1.1", counts=True)  # type: ignore[arg-type]
    assert look(clinic, box, 2).suspended == [ME[0]]


def test_a_mailbox_that_cannot_be_read_is_one_line_and_clears_with_the_next_good_look(
    clinic: World, box: Box
) -> None:
    box.fails = "open"
    receipt = look(clinic, box)
    assert receipt.one_line() == (
        "inbox: 0 mails read; failed: the IMAP server cannot be reached: Connection refused"
    )
    assert receipt.to_json()["ok"] is False
    box.fails = ""
    assert look(clinic, box).ok
    last = answering.last_look(clinic.store)
    assert last is not None
    assert last.ok


def test_it_is_read_every_quarter_of_an_hour_however_early_cron_is(clinic: World, box: Box) -> None:
    assert next_look(InboxSettings(), clinic.store, MONDAY) is None
    assert next_look(SETTINGS, clinic.store, MONDAY) == MONDAY
    look(clinic, box)
    soon = next_look(SETTINGS, clinic.store, MONDAY)
    assert soon == MONDAY + timedelta(minutes=14)
    assert next_look(replace(SETTINGS, every_minutes=1), clinic.store, MONDAY) == MONDAY + timedelta(
        seconds=30
    )
    before = MONDAY - timedelta(days=365)  # the clock was a year ahead
    assert next_look(SETTINGS, clinic.store, before) == before


def test_two_do_not_read_it_at_once(clinic: World, box: Box) -> None:
    with clinic.store.lock("inbox"), pytest.raises(LockHeld):
        look(clinic, box)


def test_each_digest_has_a_bounce_address_of_its_own(clinic: World, ours: Signer) -> None:
    clinic.collected(BEGIN, [99000101])
    answers = Answers()
    with mail_server(answers) as port:
        clinic.deliver(MONDAY, SmtpTransport("127.0.0.1", port, "none"))
    senders = {taken.recipients[0]: taken.sender for taken in answers.taken}
    assert senders == {
        reader[0]: f"bounce+{ours.bounce(reader, '2026-W48')}@clinic.example" for reader in (ME, YOU)
    }
    assert all(len(sender.partition("@")[0]) <= 64 for sender in senders.values())


FAULTS = {
    "hangs up at once": ({"GREETING": "hang up"}, "broke off: socket error: EOF"),
    "is silent": ({"GREETING": "silence"}, "gave no answer in time"),
    "is no IMAP server": ({"GREETING": "HTTP/1.1 400 Bad Request"}, "broke off"),
    "is busy": ({"GREETING": "* BYE too many connections"}, "broke off"),
    "refuses the login": (
        {"LOGIN": "{tag} NO [AUTHENTICATIONFAILED] no"},
        "refused the login: [AUTHENTICATIONFAILED] no",
    ),
    "ends at the login": ({"LOGIN": "* BYE go away"}, "broke off"),
    "has no such folder": (
        {"SELECT": "{tag} NO no such mailbox"},
        "has no folder 'INBOX' for us (no such mailbox)",
    ),
    "hangs up at the search": ({"UID SEARCH": "hang up"}, "broke off"),
    "searches nonsense": ({"UID SEARCH": "* SEARCH \u00fc \u00e4\r\n{tag} OK"}, ""),
    "gives no mail": ({"UID FETCH": "{tag} NO cannot"}, "did not give us the mails"),
    "hangs up in a mail": (
        {"UID FETCH": "* 1 FETCH (UID 1 BODY[]<0> {{99}}\r\nhalf"},
        "gave no answer in time",
    ),
    "is silent at a mail": ({"UID FETCH": "silence"}, "gave no answer in time"),
    "speaks in tongues": ({"UID FETCH": "\u0000\u0007}}{{ ("}, ""),
    "makes no folder": ({"LIST": "{tag} OK none", "CREATE": "{tag} NO [CANNOT] no"}, "refused: [CANNOT] no"),
    "cannot move": ({"UID COPY": "{tag} NO [OVERQUOTA] full"}, "refused: [OVERQUOTA] full"),
}


def read_and_move(account: Account) -> dict[str, bytes]:
    with opened(account) as inbox:
        heads = inbox.heads(inbox.waiting())
        inbox.move(["1"], "litwatch")
    return heads


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_is_wrong_with_the_server_is_one_clear_line(fault: str) -> None:
    instead, says = FAULTS[fault]
    with faulty_server(Faulty(instead)) as port:
        account = Account("127.0.0.1", port, "none", "litwatch", "right", "INBOX", 0.5)
        with pytest.raises(InboxError) as caught:
            read_and_move(account)
    assert f"the IMAP server 127.0.0.1:{port}" in str(caught.value)
    assert says in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_server_that_answers_as_it_should_is_read_and_emptied() -> None:
    faulty = Faulty()
    with faulty_server(faulty) as port:
        account = Account("127.0.0.1", port, "none", "litwatch", "right", "INBOX", 5)
        assert read_and_move(account) == {"1": b"Subject: a\r\n\r\n"}
    assert faulty.heard[-5:] == ["LIST", "UID COPY", "UID STORE", "EXPUNGE", "LOGOUT"]


def test_nobody_listens_is_one_clear_line(clinic: World) -> None:
    settings = replace(
        SETTINGS, host="127.0.0.1", port=9, security="none", username=Secret("u"), password=Secret("p")
    )
    receipt = read_inbox(settings, clinic.store, MONDAY)
    assert receipt.failures == ["the IMAP server 127.0.0.1:9 cannot be reached: Connection refused"]
