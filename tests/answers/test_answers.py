"""What a mail says: only a token of ours says anything, and nothing that stands in a mail stops the reading."""

from __future__ import annotations

import base64
import tomllib
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from answers.mails import bounce, from_reader
from litwatch.decide.answers import Answer, answer
from litwatch.decide.tokens import Bounced, Feedback, Leave, Signer

ME = ("you@example.org", "ketamine")
OURS, OTHERS = Signer(bytes(range(32))), Signer(bytes(32))
READER = OURS.reader([ME])
BACK = f"bounce+{OURS.bounce(ME, '2026-W48')}@clinic.example"
NOTICES = tomllib.loads(Path(__file__).with_name("statuses.toml").read_text())["notice"]


@pytest.mark.parametrize("case", NOTICES, ids=lambda case: f"{case['status']} {case['diagnostic'][:30]}")
def test_a_notice_counts_against_an_address_only_where_the_address_is_at_fault(case: dict[str, Any]) -> None:
    mail = bounce(BACK, case["status"], case["diagnostic"], case.get("action", "failed"))
    said = answer(mail, READER)
    assert said.kind == case["kind"]
    if "counts" in case:
        assert said.asked == Bounced(*ME, "2026-W48")
        assert said.failure is not None
        assert said.failure.counts == case["counts"]


@pytest.mark.parametrize(
    "to",
    [
        "bounce@clinic.example",
        f"bounce+{OTHERS.bounce(ME, '2026-W48')}@clinic.example",
        f"bounce+{OURS.unsubscribe(ME)}@clinic.example",
    ],
)
def test_a_notice_without_our_token_in_its_address_is_nobodys(to: str) -> None:
    said = answer(bounce(to), READER)
    assert said.asked is None
    assert said.kind == ("other" if to == "bounce@clinic.example" else "forged")


def test_the_address_may_stand_where_servers_leave_it() -> None:
    for name in ("Delivered-To", "X-Original-To", "Envelope-To"):
        mail = f"{name}: <{BACK.upper()}>\r\n".encode() + bounce("postmaster@clinic.example")
        assert answer(mail, READER).asked == Bounced(*ME, "2026-W48")


def test_a_holiday_note_to_the_bounce_address_is_no_bounce() -> None:
    note = from_reader("Automatic reply: Ketamine: 1 retraction", to=BACK, Auto_Submitted="auto-replied")
    assert answer(note, READER) == Answer("automatic")


def test_a_link_s_mail_is_read_by_the_token_in_its_subject() -> None:
    leaving, useful = OURS.unsubscribe(ME), OURS.feedback(ME, 99000001, "useful")
    assert answer(from_reader(f"unsubscribe ketamine you@example.org {leaving}"), READER).asked == Leave(*ME)
    assert answer(from_reader(f"Re: [EXT] {useful.upper()}"), READER).asked == Feedback(
        *ME, 99000001, "useful"
    )
    encoded = "=?utf-8?b?" + base64.b64encode(useful.encode()).decode() + "?="
    assert answer(from_reader(encoded), READER).asked == Feedback(*ME, 99000001, "useful")
    folded = f"unsubscribe ketamine\r\n\tyou@example.org\r\n {leaving}"
    assert answer(from_reader(folded), READER).asked == Leave(*ME)


def test_a_token_in_the_body_says_nothing_for_an_answer_quotes_the_digest() -> None:
    quoted = from_reader("Re: Ketamine: 1 paper") + f"> Unsubscribe: {OURS.unsubscribe(ME)}\r\n".encode()
    assert answer(quoted, READER) == Answer("other")


def test_a_token_of_somebody_else_s_making_is_forged() -> None:
    for token in (OTHERS.unsubscribe(ME), OURS.feedback(ME, 1, "useful").replace("-1-", "-2-")):
        assert answer(from_reader(token), READER) == Answer("forged")
    assert answer(from_reader(OURS.unsubscribe(ME)), None) == Answer("forged")  # nothing was ever signed here
    assert answer(from_reader(f"x {OURS.bounce(ME, '2026-W48')}"), READER) == Answer("forged")


def test_any_other_mail_is_for_a_person_and_an_automatic_one_for_nobody() -> None:
    assert answer(from_reader("Could you add lithium?"), READER) == Answer("other")
    assert answer(from_reader("Out of office", Auto_Submitted="auto-replied"), READER) == Answer("automatic")
    assert answer(b"", READER) == Answer("other")


@pytest.mark.parametrize(
    "mail",
    [
        b"\0\xff\xfe" * 1000,
        b"Subject: =?nonsense?q?=80?=\r\n\r\n",
        b"Subject: =?utf-8?b?!!!!?=\r\n\r\n",
        b"Subject: \xff\xfe\x80\r\nTo: \xff@\r\n\r\n",
        b"To: " + b"<a@b>, " * 50_000 + b"\r\n\r\n",
        b"Content-Type: multipart/report; boundary=\r\n\r\n----",
        b"Content-Type: multipart/report; boundary=b\r\n\r\n"
        + b"--b\r\nContent-Type: multipart/mixed\r\n\r\n" * 6000,
        b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n",
        b"Content-Type: multipart/report\r\nAuto-Submitted: \xff\r\n\r\n",
        bounce("bounce@clinic.example")[:400],
    ],
    ids=range(10),
)
def test_garbage_is_for_a_person(mail: bytes) -> None:
    assert answer(mail, READER).asked is None


@given(st.binary(max_size=300), st.integers(0, 900))
def test_whatever_stands_in_a_mail_nothing_is_raised_and_nothing_believed(noise: bytes, at: int) -> None:
    whole = bounce(f"bounce+{OTHERS.bounce(ME, '2026-W48')}@clinic.example")
    for mail in (noise, b"Subject: " + noise, whole[:at] + noise + whole[at:]):
        assert answer(mail, READER).asked is None


def test_a_notice_that_is_cut_after_its_status_still_counts() -> None:
    mail = bounce(BACK, body=b"x" * 100_000)
    said = answer(mail[: mail.index(b"x" * 100) + 5], READER)
    assert said.failure is not None
    assert said.failure.counts
