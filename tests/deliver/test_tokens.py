"""Proves that only our own tokens are read, whatever mail programs do to them, and that records get none signed."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliver.mailworld import BEGIN, MONDAY, World, opened, plain, world
from litwatch.decide.tokens import VERDICTS, Bounced, Feedback, Leave, Signer, tokens_in
from litwatch.edge.store import subscriptions
from litwatch.edge.store.signing import signer
from litwatch.jobs.leaving import leave
from litwatch.jobs.personal import feedback_address, signed, unsubscribe_links

KEY = bytes(range(32))
ME, YOU = ("you@example.org", "ketamine"), ("colleague@example.org", "ketamine")
OURS = Signer(KEY)
READER = OURS.reader([ME, YOU, ("you@example.org", "lithium")])


def test_each_token_reads_back_as_what_it_was_made_for() -> None:
    assert READER.read(OURS.unsubscribe(ME)) == Leave(*ME)
    for period in ("2026-10-25", "2026-W43", "2026-10"):
        assert READER.read(OURS.bounce(ME, period)) == Bounced(*ME, period)
    for verdict in VERDICTS:
        assert READER.read(OURS.feedback(YOU, 99000001, verdict)) == Feedback(*YOU, 99000001, verdict)


@pytest.mark.parametrize("change", [str.upper, str.title, lambda token: f"  {token}\n"])
def test_a_token_survives_a_change_of_case_and_blanks_around_it(change: object) -> None:
    assert callable(change)
    assert READER.read(change(OURS.feedback(ME, 7, "not-useful"))) == Feedback(*ME, 7, "not-useful")


def test_a_subject_that_was_answered_or_marked_still_holds_its_token() -> None:
    token = OURS.feedback(ME, 99000001, "not-useful")
    assert tokens_in(f"[EXTERN] Re: {token}") == (token,)
    assert tokens_in(f"unsubscribe ketamine you@example.org {OURS.unsubscribe(ME)}") == (
        OURS.unsubscribe(ME),
    )
    assert tokens_in("Re: Ketamine & depression: 14 new; unsubscribe me, this is not-useful-5") == ()


def test_no_part_of_a_token_can_be_exchanged() -> None:
    useful, leaving = OURS.feedback(ME, 99000001, "useful"), OURS.unsubscribe(ME)
    forged = [
        useful.replace("99000001", "99000002"),
        useful.replace("useful", "not-useful"),
        "unsubscribe-" + useful.split("-", 2)[2],
        leaving.replace(leaving.split("-")[1], OURS.unsubscribe(YOU).split("-")[1]),
        Signer(bytes(32)).unsubscribe(ME),
        OURS.unsubscribe(("stranger@example.org", "ketamine")),
        OURS.bounce(ME, "2026-W43").replace("w43", "w44"),
        "",
        "unsubscribe",
    ]
    assert [READER.read(token) for token in forged] == [None] * len(forged)


@given(st.data())
def test_a_token_with_one_letter_changed_is_none_of_ours(data: st.DataObject) -> None:
    token = OURS.feedback(ME, 99000001, "useful")
    at = data.draw(st.integers(0, len(token) - 1))
    letter = data.draw(st.sampled_from("abcdefghijklmnopqrstuvwxyz0123456789-"))
    changed = token[:at] + letter + token[at + 1 :]
    assert changed == token or READER.read(changed) is None


def test_a_bounce_token_leaves_room_before_the_at() -> None:
    longest = max(len(OURS.bounce(ME, period)) for period in ("2026-10-25", "2026-W43", "2026-10"))
    assert longest + len("+") <= 38


def test_a_record_that_holds_a_token_to_be_signed_gets_none() -> None:
    written = "useful-99000001-aaaaaaaaaa-aaaaaaaaaaaaaaaa unsubscribe-0000000000-0000000000000000"
    assert signed(written, OURS, ME) == written


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as built:
        yield built


def test_a_digest_holds_its_readers_own_links_in_headers_text_and_html(clinic: World) -> None:
    clinic.readers(["you@example.org", "colleague@example.org"])
    clinic.begin()
    clinic.collected(BEGIN, [99000101], topic="efficacy")
    clinic.mail = {"unsubscribe_url": "https://clinic.example/leave/{token}?from=mail", "feedback": True}
    clinic.deliver(MONDAY)
    ours = signer(clinic.store, MONDAY)
    for mail, wire in zip(clinic.mails(), clinic.wires(), strict=True):
        mine = (str(mail["To"]), "ketamine")
        token = ours.unsubscribe(mine)
        by_mail = f"mailto:litwatch@clinic.example?subject=unsubscribe%20ketamine%20{mine[0].replace('@', '%40')}%20"
        https = f"https://clinic.example/leave/{token}?from=mail"
        assert f"\r\nList-Unsubscribe: <{by_mail}{token}>,\r\n <{https}>\r\n".encode() in wire
        assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in wire
        html = mail.get_body(("html",))
        assert html is not None
        for text in (plain(mail), html.get_content()):
            assert https in text
            assert set(tokens_in(text)) <= {
                token,
                *(ours.feedback(mine, 99000101, verdict) for verdict in VERDICTS),
            }
        links = re.findall(r'href="mailto:litwatch@clinic.example\?subject=([^"]*)"', html.get_content())
        assert links == [ours.feedback(mine, 99000101, verdict) for verdict in VERDICTS]


def test_without_a_url_there_is_a_mail_address_only_and_no_one_click(clinic: World) -> None:
    clinic.begin()
    clinic.collected(BEGIN, [99000101])
    clinic.deliver(MONDAY)
    [wire], [mail] = clinic.wires(), clinic.mails()
    assert b"https:" not in wire.split(b"\r\n\r\n")[0]
    assert mail["List-Unsubscribe-Post"] is None
    assert signer(clinic.store, MONDAY).unsubscribe(ME) in str(mail["List-Unsubscribe"])
    assert wire.count(b"List-Unsubscribe: <mailto:") == 1


def test_nobody_is_asked_for_feedback_that_nobody_reads(clinic: World) -> None:
    assert feedback_address(clinic.config.settings.mail) == ""
    clinic.begin()
    clinic.collected(BEGIN, [99000101], topic="efficacy")
    clinic.deliver(MONDAY)
    [mail] = clinic.mails()
    html = mail.get_body(("html",))
    assert html is not None
    assert "feedback" not in html.get_content()
    assert "wrong-topic-" not in html.get_content()


def test_a_token_ends_one_subscription_whenever_it_comes_and_once_more_does_no_harm(clinic: World) -> None:
    clinic.readers(["you@example.org", "colleague@example.org"])
    clinic.begin()
    clinic.collected(BEGIN, [99000101])
    clinic.deliver(MONDAY)
    [token] = {
        one
        for mail in clinic.mails()
        if mail["To"] == ME[0]
        for one in tokens_in(unquote(str(mail["List-Unsubscribe"])))
    }
    years_later = MONDAY.replace(year=2046)
    first, second = leave(clinic.store, token.upper(), years_later), leave(clinic.store, token, years_later)
    assert first is not None
    assert second is not None
    assert (first.subscriber, first.watch, first.anew, second.anew) == (*ME, True, False)
    standings = {one.subscriber: one.standing for one in subscriptions.subscriptions(clinic.store)}
    assert standings == {ME[0]: "unsubscribed", YOU[0]: "active"}


def test_what_is_no_unsubscribe_token_ends_nothing(clinic: World) -> None:
    clinic.begin()
    assert leave(clinic.store, Signer(KEY).unsubscribe(ME), MONDAY) is None  # nothing was signed here yet
    ours = signer(clinic.store, MONDAY)
    others = [
        ours.feedback(ME, 99000101, "useful"),
        ours.bounce(ME, "2026-W43"),
        Signer(KEY).unsubscribe(ME),
        "x",
    ]
    assert [leave(clinic.store, token, MONDAY) for token in others] == [None] * 4
    assert {one.standing for one in subscriptions.subscriptions(clinic.store)} == {"active"}


def test_the_key_is_made_once_and_then_stays(clinic: World) -> None:
    assert signer(clinic.store, MONDAY) == signer(clinic.store, BEGIN)
    assert len(signer(clinic.store, MONDAY).key) == 32


def test_a_long_https_address_stays_on_its_line(clinic: World) -> None:
    url = "https://clinic.example/" + "".join(random.Random(1).choices("abcdefgh", k=600)) + "/{token}"
    clinic.begin()
    clinic.collected(BEGIN, [99000101])
    clinic.mail = {"unsubscribe_url": url}
    clinic.deliver(MONDAY)
    [wire] = clinic.wires()
    token = signer(clinic.store, MONDAY).unsubscribe(ME)
    assert url.replace("{token}", token).encode() in wire
    assert max(map(len, wire.split(b"\r\n"))) <= 998
    assert opened(wire)["List-Unsubscribe"]


def test_links_are_unsigned_until_there_is_somebody_to_sign_for(clinic: World) -> None:
    [link] = unsubscribe_links(clinic.config.settings.mail, "ketamine", ME[0])
    [token] = tokens_in(unquote(link))
    assert READER.read(token) is None
    assert READER.read(tokens_in(unquote(signed(link, OURS, ME)))[0]) == Leave(*ME)
