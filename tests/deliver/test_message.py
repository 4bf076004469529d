"""The bytes of a mail, as they go on the wire and as other programs read them.

Owns hostile headers and texts (message_cases.toml). Never opens a connection.
"""

from __future__ import annotations

import mailbox
import re
import tomllib
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from litwatch.edge.message import (
    Mail,
    bare_address,
    list_id,
    mailto,
    message_bytes,
    message_id,
    recipient_of,
)
from litwatch.errors import MailError

CASES = tomllib.loads((Path(__file__).parent / "message_cases.toml").read_text("utf-8"))

MAIL = Mail(
    subject="Ketamine & depression: 1 retraction, 14 new (3 RCTs)",
    text="Guten Tag.\nα-ketamine: “29 %”\n.\nFrom here on.\n",
    html='<!doctype html><html lang="en"><p>α-ketamine: &ldquo;29 %&rdquo;</p></html>\n',
    sender="litwatch@clinic.example",
    sender_name="litwatch",
    recipient="you@example.org",
    recipient_name="Dr. Zoë Müller, MD",
    reply_to="library@clinic.example",
    message_id="<litwatch.0123456789abcdef@clinic.example>",
    date=datetime(2026, 11, 23, 8, 0, tzinfo=timezone(timedelta(hours=1))),
    list_id="ketamine-depression.litwatch.clinic.example",
    list_unsubscribe=(
        "mailto:leave@clinic.example?subject=unsubscribe%20ketamine-depression%20" + "0123456789abcdef" * 12,
    ),
)


def parsed(mail: Mail) -> EmailMessage:
    message = BytesParser(policy=policy.default).parsebytes(message_bytes(mail))
    assert isinstance(message, EmailMessage)
    assert message.defects == []
    assert all(part.defects == [] for part in message.walk())
    return message


def test_the_message_is_plain_text_then_html_each_quoted_printable_and_complete() -> None:
    message = parsed(MAIL)
    assert message.get_content_type() == "multipart/alternative"
    text, html = message.iter_parts()
    for part, subtype, wanted in ((text, "plain", MAIL.text), (html, "html", MAIL.html)):
        assert part.get_content_type() == f"text/{subtype}"
        assert part["Content-Transfer-Encoding"] == "quoted-printable"
        assert part.get_content_charset() == "utf-8"
        assert isinstance(part, EmailMessage)
        assert part.get_content().replace("\r\n", "\n") == wanted


def test_every_header_says_what_it_should_once() -> None:
    message = parsed(MAIL)
    assert dict(message.items()) == {
        "From": "litwatch <litwatch@clinic.example>",
        "To": '"Dr. Zoë Müller, MD" <you@example.org>',
        "Subject": MAIL.subject,
        "Date": "Mon, 23 Nov 2026 07:00:00 +0000",
        "Message-ID": MAIL.message_id,
        "List-Id": "<ketamine-depression.litwatch.clinic.example>",
        "Reply-To": "library@clinic.example",
        "List-Unsubscribe": f"<{MAIL.list_unsubscribe[0]}>",
        "Auto-Submitted": "auto-generated",
        "Content-Language": "en",
        "MIME-Version": "1.0",
        "Content-Type": message["Content-Type"],
    }


def test_a_long_list_unsubscribe_is_on_the_wire_as_it_is() -> None:
    wire = message_bytes(MAIL)
    assert b"\r\nList-Unsubscribe: <" + MAIL.list_unsubscribe[0].encode() + b">\r\n" in wire
    assert b"List-Unsubscribe-Post" not in wire


def test_one_click_is_offered_only_with_an_https_address() -> None:
    https = "https://litwatch.example/leave?token=" + "x" * 60
    wire = message_bytes(replace(MAIL, list_unsubscribe=(*MAIL.list_unsubscribe, https)))
    assert f",\r\n <{https}>\r\n".encode() in wire
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in wire


def test_the_same_mail_gives_the_same_bytes() -> None:
    assert message_bytes(MAIL) == message_bytes(replace(MAIL))
    other = message_bytes(replace(MAIL, message_id="<litwatch.f@clinic.example>"))
    boundary = re.search(rb'boundary="(.*?)"', message_bytes(MAIL))
    assert boundary is not None
    assert boundary[1] not in other


@pytest.mark.parametrize("case", CASES["subject"], ids=lambda case: str(case["says"]))
def test_a_hostile_subject_stays_one_header(case: dict[str, Any]) -> None:
    subject = case["subject"] * case.get("times", 1)
    message = parsed(replace(MAIL, subject=subject, recipient_name=subject, sender_name=subject))
    assert list(message.keys()) == list(parsed(MAIL).keys())
    if "reads" in case:
        assert message["Subject"] == case["reads"]
    assert message["To"].addresses[0].addr_spec == "you@example.org"
    assert len(message["To"].addresses) == 1
    assert message["From"].addresses[0].addr_spec == "litwatch@clinic.example"
    assert wire_is_sound(message_bytes(replace(MAIL, subject=subject, recipient_name=subject)))


@pytest.mark.parametrize("address", CASES["no_address"])
def test_what_is_no_address_reaches_no_header(address: str) -> None:
    with pytest.raises(MailError, match="no address"):
        message_bytes(replace(MAIL, recipient=address))


@pytest.mark.parametrize("uri", CASES["no_uri"])
def test_what_is_no_uri_reaches_no_list_header(uri: str) -> None:
    with pytest.raises(MailError, match="cannot stand in List-Unsubscribe"):
        message_bytes(replace(MAIL, list_unsubscribe=(uri,)))


def wire_is_sound(wire: bytes) -> bool:
    """7-bit, CRLF only, no line over 998 octets (RFC 5322 2.1.1), and a blank line before the body."""
    lines = wire.split(b"\r\n")
    assert all(len(line) <= 998 for line in lines)
    assert all(b"\r" not in line and b"\n" not in line for line in lines)
    assert wire.isascii()
    assert b"\0" not in wire
    return True


texts = st.text(max_size=400) | st.text(alphabet=".\r\n \t=-_?a\u202eβ😀", max_size=400)


@given(texts, texts, texts, texts)
def test_whatever_stands_in_it_the_message_is_sound_and_reads_back(
    subject: str, text: str, html: str, name: str
) -> None:
    mail = replace(MAIL, subject=subject, text=text, html=html, recipient_name=name)
    assert wire_is_sound(message_bytes(mail))
    message = parsed(mail)
    assert list(message.keys()) == list(parsed(MAIL).keys())
    assert recipient_of(message_bytes(mail)) == "you@example.org"
    plain, rich = message.iter_parts()
    for part, wanted in ((plain, text), (rich, html)):
        assert isinstance(part, EmailMessage)
        assert visible(part.get_content()) == visible(wanted.encode("utf-8", "replace").decode())


def visible(text: str) -> str:
    """Without line ends (which change form) and control characters (which are left out)."""
    return "".join(c for c in text if unicodedata.category(c) != "Cc" or c == "\t")


def test_a_line_of_100_kb_is_folded_by_the_encoding_and_reads_back() -> None:
    long = "x" * 100_000 + " end\n"
    mail = replace(MAIL, text=long, subject=long)
    assert wire_is_sound(message_bytes(mail))
    body = parsed(mail).get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == long
    assert len(parsed(mail)["Subject"]) <= 200


def test_a_mailbox_program_keeps_it_as_it_is(tmp_path: Path) -> None:
    box = mailbox.Maildir(tmp_path / "box")
    key = box.add(message_bytes(MAIL))
    kept = message_from_bytes(box.get_bytes(key), policy=policy.default)
    assert kept["Message-ID"] == MAIL.message_id
    assert isinstance(kept, EmailMessage)
    body = kept.get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == MAIL.text


def test_a_message_id_stays_the_same_tells_nothing_and_is_on_the_senders_domain() -> None:
    one = message_id("Litwatch@Klinik-Zürich.example", "you@example.org", "w", "2026-W48")
    assert one == message_id("x@klinik-zürich.example", "you@example.org", "w", "2026-W48")
    assert one.endswith("@xn--klinik-zrich-klb.example>")
    assert "you" not in one
    assert one != message_id("x@klinik-zürich.example", "you@example.org", "w", "2026-W49")


def test_a_list_id_is_a_domain_whatever_the_watch_is_called() -> None:
    assert list_id("ketamine depression/2", "a@b.example") == "ketamine-depression-2.litwatch.b.example"
    assert list_id("抑郁", "a@b.example") == "watch.litwatch.b.example"


def test_a_mailto_subject_cannot_add_fields() -> None:
    assert mailto("a@b.example", "leave x&cc=all@b.example\r\nBcc: c") == (
        "mailto:a@b.example?subject=leave%20x%26cc%3Dall%40b.example%0D%0ABcc%3A%20c"
    )


def test_an_address_keeps_its_local_part_and_gets_an_ascii_domain() -> None:
    assert bare_address(" Jo.O'Neil+x@Bücher.example ") == "Jo.O'Neil+x@xn--bcher-kva.example"


def test_dates_are_utc() -> None:
    winter = replace(MAIL, date=datetime(2026, 1, 1, tzinfo=UTC))
    assert parsed(winter)["Date"] == "Thu, 01 Jan 2026 00:00:00 +0000"
