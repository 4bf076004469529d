"""Handing a mail over: to a folder, to a mail server, and to one that refuses, breaks off or says nothing.

Owns the table of refusals (refusals.toml). Never reaches beyond loopback.
"""

from __future__ import annotations

import errno
import os
import ssl
import tomllib
from datetime import UTC, datetime
from email import policy
from email.message import EmailMessage
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import pytest

from deliver.mailservers import (
    Answers,
    Broken,
    broken_server,
    mail_server,
    server_context,
    trusting_context,
)
from litwatch import errors
from litwatch.edge.message import Mail, message_bytes
from litwatch.edge.outbox import FolderTransport
from litwatch.edge.transports import Security, SmtpTransport, enhanced_status
from litwatch.errors import MailServerRefused, MessageRefused, RecipientRefused, TemporarilyRefused

CASES = tomllib.loads((Path(__file__).parent / "refusals.toml").read_text("utf-8"))
SENDER = "litwatch@clinic.example"


def mail_to(address: str, text: str = "Hello\n.\n..two\nend\n", number: int = 1) -> bytes:
    return message_bytes(
        Mail(
            subject="2 new",
            text=text,
            html="<!doctype html><title>β</title><p>Hello β</p>\n",
            sender=SENDER,
            recipient=address,
            message_id=f"<litwatch.{number}@clinic.example>",
            date=datetime(2026, 11, 23, 7, 0, tzinfo=UTC),
            list_id="ketamine-depression.litwatch.clinic.example",
        )
    )


def smtp(port: int, security: Security = "none", **options: Any) -> SmtpTransport:
    return SmtpTransport("127.0.0.1", port, security, **{"timeout_seconds": 5.0, **options})


# --- the folder


def test_the_outbox_is_flat_with_one_eml_a_mail_and_an_html_that_a_browser_opens(tmp_path: Path) -> None:
    outbox = FolderTransport(tmp_path / "var" / "outbox")
    for number, address in enumerate(["you@example.org", "she@example.org"]):
        outbox.send(SENDER, address, mail_to(address, number=number))
    emls = sorted((tmp_path / "var" / "outbox").glob("*.eml"))
    assert len(list((tmp_path / "var" / "outbox").iterdir())) == 4
    assert [each.name[:51] for each in emls] == [
        "2026-11-23-0700-ketamine-depression-she-example-org",
        "2026-11-23-0700-ketamine-depression-you-example-org",
    ]
    message = BytesParser(policy=policy.default).parsebytes(emls[1].read_bytes())
    assert isinstance(message, EmailMessage)
    assert emls[1].read_bytes() == mail_to("you@example.org", number=0)
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert emls[1].with_suffix(".html").read_text("utf-8").startswith("<!doctype html><title>β</title>")


def test_a_retry_writes_the_same_file_and_another_message_another(tmp_path: Path) -> None:
    outbox = FolderTransport(tmp_path)
    outbox.send(SENDER, "you@example.org", mail_to("you@example.org"))
    outbox.send(SENDER, "you@example.org", mail_to("you@example.org"))
    assert len(list(tmp_path.glob("*.eml"))) == 1
    outbox.send(SENDER, "you@example.org", mail_to("you@example.org", number=2))
    assert len(list(tmp_path.glob("*.eml"))) == 2


def test_no_name_leads_out_of_the_outbox(tmp_path: Path) -> None:
    address = "../../etc/passwd@example.org"
    FolderTransport(tmp_path / "out").send(SENDER, address, mail_to("you@example.org"))
    assert {path.parent for path in tmp_path.rglob("*.eml")} == {tmp_path / "out"}


def test_an_outbox_that_cannot_be_written_is_one_clear_message(tmp_path: Path) -> None:
    blocked = tmp_path / "outbox"
    blocked.write_text("a file, not a folder")
    with pytest.raises(MailServerRefused, match=r"the outbox .*outbox cannot be written: File exists"):
        FolderTransport(blocked).send(SENDER, "you@example.org", mail_to("you@example.org"))


def test_a_full_disk_leaves_no_half_written_mail(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(MailServerRefused, match="No space left on device"):
        FolderTransport(tmp_path).send(SENDER, "you@example.org", mail_to("you@example.org"))
    assert list(tmp_path.iterdir()) == []


# --- a mail server


def test_many_mails_go_over_one_connection_with_their_bytes_unchanged() -> None:
    answers = Answers()
    with mail_server(answers) as port, smtp(port) as transport:
        for number in range(5):
            address = f"reader{number}@example.org"
            transport.send("bounce@clinic.example", address, mail_to(address, number=number))
    assert len(answers.sessions) == 1
    assert [taken.recipients for taken in answers.taken] == [
        (f"reader{number}@example.org",) for number in range(5)
    ]
    assert {taken.sender for taken in answers.taken} == {"bounce@clinic.example"}
    assert answers.taken[3].content == mail_to("reader3@example.org", number=3)


@pytest.mark.parametrize("case", CASES["reply"], ids=lambda case: f"{case['at']} {case['reply']}")
def test_what_a_reply_means(case: dict[str, Any]) -> None:
    stage = {"RCPT": "you@example.org"}.get(case["at"], case["at"])
    answers = Answers({stage: case["reply"]})
    with mail_server(answers) as port, smtp(port) as transport:
        with pytest.raises(getattr(errors, case["raises"])) as raised:
            transport.send(SENDER, "you@example.org", mail_to("you@example.org"))
        assert type(raised.value).__name__ == case["raises"]
        assert case["reply"][:3] in str(raised.value)
        assert getattr(raised.value, "whole_server", False) is case.get("whole_server", False)
        if case["at"] == "RCPT":
            transport.send(SENDER, "she@example.org", mail_to("she@example.org"))
            assert [taken.recipients for taken in answers.taken] == [("she@example.org",)]


@pytest.mark.parametrize("case", CASES["fault"], ids=lambda case: f"{case['does']} at {case['at']}")
def test_what_a_fault_means(case: dict[str, Any]) -> None:
    broken = Broken(case["at"], case["does"])
    with (
        broken_server(broken) as port,
        smtp(port, timeout_seconds=0.5, final_dot_seconds=0.5) as transport,
        pytest.raises(getattr(errors, case["raises"])) as raised,
    ):
        transport.send(SENDER, "you@example.org", mail_to("you@example.org"))
    assert type(raised.value).__name__ == case["raises"]
    assert getattr(raised.value, "whole_server", False) is case.get("whole_server", False)
    assert str(raised.value).startswith(f"the mail server 127.0.0.1:{port}")
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize(
    ("stage", "first", "idle"), [("NOOP", 0, True), ("MAIL", 1, False)], ids=["after a while", "at once"]
)
def test_a_server_that_hangs_up_between_two_mails_is_called_again(stage: str, first: int, idle: bool) -> None:
    broken = Broken(stage, "hang up", times=1, first=first)
    with broken_server(broken) as port, smtp(port) as transport:
        for number in range(3):
            if idle:
                transport._used = 0.0
            transport.send(SENDER, "you@example.org", mail_to("you@example.org", number=number))
    assert len(broken.contents) == 3
    assert broken.connections == 2


def test_after_a_connection_that_broke_the_next_mail_gets_a_new_one() -> None:
    broken = Broken("CONTENT", "hang up", times=1)
    with broken_server(broken) as port, smtp(port) as transport:
        with pytest.raises(TemporarilyRefused, match="broke off"):
            transport.send(SENDER, "you@example.org", mail_to("you@example.org"))
        transport.send(SENDER, "she@example.org", mail_to("she@example.org"))
    assert broken.connections == 2


def test_nobody_there_is_one_clear_message() -> None:
    with mail_server(Answers()) as port:
        pass
    with pytest.raises(MailServerRefused, match=rf"127.0.0.1:{port} cannot be reached: Connection refused"):
        smtp(port).send(SENDER, "you@example.org", mail_to("you@example.org"))


# --- TLS and login


def test_starttls_with_a_trusted_certificate_sends_and_logs_in() -> None:
    answers = Answers()
    options = {"tls_context": server_context(), "require_starttls": True, "login": True}
    with (
        mail_server(answers, **options) as port,
        smtp(port, "starttls", context=trusting_context(), username="me", password="right") as transport,
    ):
        transport.send(SENDER, "you@example.org", mail_to("you@example.org"))
    assert len(answers.taken) == 1
    assert answers.logins == [b"right"]


def test_tls_from_the_first_byte_sends() -> None:
    answers = Answers()
    with (
        mail_server(answers, ssl_context=server_context()) as port,
        smtp(port, "tls", context=trusting_context()) as transport,
    ):
        transport.send(SENDER, "you@example.org", mail_to("you@example.org"))
    assert len(answers.taken) == 1


@pytest.mark.parametrize("security", ["starttls", "tls"])
def test_a_certificate_that_nobody_signed_is_refused(security: Security) -> None:
    answers = Answers()
    options = (
        {"tls_context": server_context()} if security == "starttls" else {"ssl_context": server_context()}
    )
    with (
        mail_server(answers, **options, login=True) as port,
        pytest.raises(MailServerRefused, match=r"certificate of .* is not to be trusted"),
    ):
        smtp(port, security, username="me", password="right").send(
            SENDER, "you@example.org", mail_to("you@example.org")
        )
    assert answers.logins == []
    assert answers.taken == []


def test_a_certificate_for_another_host_is_refused() -> None:
    context = trusting_context()
    assert context.check_hostname
    assert context.verify_mode is ssl.CERT_REQUIRED
    answers = Answers()
    with mail_server(answers, tls_context=server_context()) as port:
        transport = SmtpTransport("127.0.0.2", port, "starttls", context=context, timeout_seconds=5)
        with pytest.raises(MailServerRefused):
            transport.send(SENDER, "you@example.org", mail_to("you@example.org"))
    assert answers.taken == []


def test_a_server_without_starttls_gets_nothing() -> None:
    answers = Answers()
    with mail_server(answers) as port, pytest.raises(MailServerRefused, match="offers no STARTTLS"):
        smtp(port, "starttls").send(SENDER, "you@example.org", mail_to("you@example.org"))
    assert answers.taken == []


def test_a_password_never_goes_over_a_connection_in_clear() -> None:
    answers = Answers()
    with (
        mail_server(answers, login=True, auth_require_tls=False) as port,
        pytest.raises(MailServerRefused, match=r"mail.security is `none`"),
    ):
        smtp(port, username="me", password="right").send(
            SENDER, "you@example.org", mail_to("you@example.org")
        )
    assert answers.logins == []


def test_a_wrong_password_is_our_fault_and_is_not_shown() -> None:
    answers = Answers()
    with mail_server(answers, tls_context=server_context(), login=True) as port:
        transport = smtp(port, "starttls", context=trusting_context(), username="me", password="wrong-one")
        with pytest.raises(MailServerRefused, match="refused the login: 535") as raised:
            transport.send(SENDER, "you@example.org", mail_to("you@example.org"))
    assert "wrong-one" not in str(raised.value)
    assert "wrong-one" not in repr(transport)


def test_a_server_without_login_says_so() -> None:
    options = {"tls_context": server_context(), "auth_exclude_mechanism": ["LOGIN", "PLAIN"]}
    with mail_server(Answers(), **options) as port:
        transport = smtp(port, "starttls", context=trusting_context(), username="me", password="right")
        with pytest.raises(MailServerRefused, match="offers no login"):
            transport.send(SENDER, "you@example.org", mail_to("you@example.org"))


def test_a_mail_over_the_servers_limit_is_not_tried() -> None:
    answers = Answers()
    with (
        mail_server(answers, data_size_limit=500) as port,
        smtp(port) as transport,
        pytest.raises(MessageRefused, match="takes no mail over 500 bytes"),
    ):
        transport.send(SENDER, "you@example.org", mail_to("you@example.org"))
    assert answers.taken == []


def test_an_enhanced_status_that_contradicts_its_code_counts_for_nothing() -> None:
    assert enhanced_status(550, b"5.1.1 unknown") == "5.1.1"
    assert enhanced_status(550, b"2.1.1 odd") == ""
    assert enhanced_status(550, b"User 5.1.1 unknown") == ""
    assert enhanced_status(450, b"4.2.0\nlater") == "4.2.0"


def test_every_refusal_is_of_the_mail_errors() -> None:
    for kind in (RecipientRefused, MessageRefused, TemporarilyRefused, MailServerRefused):
        assert issubclass(kind, errors.MailError)
        assert kind("x").exit_code == 1
