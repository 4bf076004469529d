"""Answers by mail through a real IMAP server (Debian's Dovecot), by the commands that ops run."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

import pytest

from answers.dovecot import PASSWORD, Dovecot, dovecot
from answers.mails import bounce, from_reader
from deliver.mailservers import Answers, authority, mail_server
from litwatch.decide.tokens import tokens_in
from world import World, world

pytestmark = pytest.mark.full

SUNDAY, MONDAY, NEXT = "2026-03-08T07:05:00Z", "2026-03-09T07:05:00Z", "2026-03-16T07:05:00Z"


@pytest.fixture(scope="module")
def server() -> Iterator[Dovecot]:
    with dovecot() as running:
        yield running


@pytest.fixture
def user(request: pytest.FixtureRequest) -> str:
    """A mailbox of its own for each test."""
    return f"u{abs(hash(request.node.name)):x}-{os.getpid()}"


@pytest.fixture
def here(tmp_path: Path, server: Dovecot, user: str) -> Iterator[World]:
    ca = tmp_path / "ca.pem"
    authority().cert_pem.write_to_path(str(ca))
    with world(tmp_path, today="2026-03-08") as made:
        made.environment |= {
            "LITWATCH_INBOX__HOST": "127.0.0.1",
            "LITWATCH_INBOX__PORT": str(server.tls_port),
            "LITWATCH_INBOX__USERNAME": user,
            "LITWATCH_INBOX__PASSWORD": PASSWORD,
            "SSL_CERT_FILE": str(ca),
        }
        yield made


def tokens(here: World) -> tuple[str, ...]:
    """Those of the last digest, the one to leave first."""
    mail = here.mails()[-1]
    html = mail.get_body(("html",))
    assert html is not None
    return (*tokens_in(unquote(str(mail["List-Unsubscribe"]))), *tokens_in(html.get_content()))


def test_who_leaves_by_mail_is_not_sent_the_digest_of_the_same_run(
    here: World, server: Dovecot, user: str
) -> None:
    assert [one.code for one in here.weeks("2026-03-08", "2026-03-09")] == [0, 0]
    leave, *feedback = tokens(here)
    assert len({one.partition("-")[0] for one in feedback}) == 3  # useful, not-useful, wrong-topic
    server.put(user, from_reader(f"unsubscribe {leave}"), from_reader(feedback[0]), from_reader("A question"))
    done = here.run(NEXT)
    assert done.code == 0
    assert "inbox: 3 mails read; 1 unsubscribed; 1 of feedback; 1 for a person" in done.err
    assert len(here.mails()) == 1
    counts = {folder: server.count(user, folder) for folder in ("INBOX", "litwatch", "litwatch-other")}
    assert counts == {"INBOX": 0, "litwatch": 2, "litwatch-other": 1}
    assert here.run("2026-03-16T07:06:00Z").err == ""
    [judged] = here.litwatch("papers", "--feedback").objects()
    assert judged["feedback"] == {"useful": 1, "not-useful": 0, "wrong-topic": 0}
    (here.folder / "judged.jsonl").write_text(json.dumps(judged) + "\n")
    evaluated = here.litwatch("eval", "judged.jsonl", "--json")
    assert json.loads(evaluated.out)["records"] == 1


def test_a_digest_that_comes_back_is_owed_again(here: World, server: Dovecot, user: str) -> None:
    answers = Answers()
    with mail_server(answers) as port:
        here.environment |= {
            "LITWATCH_MAIL__TRANSPORT": "smtp",
            "LITWATCH_MAIL__HOST": "127.0.0.1",
            "LITWATCH_MAIL__PORT": str(port),
            "LITWATCH_MAIL__SECURITY": "none",
            "LITWATCH_MAIL__FROM": "litwatch@example.org",
        }
        here.weeks("2026-03-08", "2026-03-09")
        [taken] = answers.taken
        assert taken.sender.startswith("litwatch+b2026w11-")
        server.put(user, bounce(taken.sender, "5.2.2", "smtp; 552 5.2.2 Mailbox full"))
        read = here.litwatch("inbox", "--json")
        assert read.code == 0
        [receipt] = read.objects()
        assert receipt["came_back"] == [
            "you@example.org, ketamine-depression 2026-W11: 5.2.2: smtp; 552 5.2.2 Mailbox full"
        ]
        [watch] = json.loads(here.litwatch("status", "--json").out)["watches"]
        assert (watch["mailed"], watch["owed"] > 0) == (0, True)
        assert here.run(NEXT).code == 0
    assert len(answers.taken) == 2


def test_many_and_huge_and_broken_mails_are_all_moved(here: World, server: Dovecot, user: str) -> None:
    here.weeks("2026-03-08", "2026-03-09")
    _, *feedback = tokens(here)
    huge = from_reader(feedback[0]) + b"x" * 76 + b"\r\n" + (b"y" * 76 + b"\r\n") * 130_000
    garbage = [b"\xff\xfe\x00" * 500, b"", b"Subject: =?x?b?!!?=\r\n\r\n", b"\r\n\r\n"]
    server.put(user, huge, *filter(None, garbage), *(from_reader(one) for one in feedback[1:]))
    server.put(user, *(from_reader(f"question {number}") for number in range(60)))
    read = here.litwatch("inbox", "--json")
    assert (read.code, "Traceback" in read.err) == (0, False)
    [receipt] = read.objects()
    assert sum(receipt["feedback"].values()) == len(feedback)
    assert receipt["other"] == 63
    assert server.count(user, "INBOX") == 0
    assert server.count(user, "litwatch") == len(feedback)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"LITWATCH_INBOX__PASSWORD": "wrong"}, "refused the login"),
        ({"LITWATCH_INBOX__PORT": "9"}, "cannot be reached: Connection refused"),
        ({"SSL_CERT_FILE": "/etc/ssl/certs/ca-certificates.crt"}, "is not to be trusted"),
        ({"LITWATCH_INBOX__FOLDER": "Answers"}, "has no folder 'Answers' for us"),
    ],
    ids=["password", "port", "certificate", "folder"],
)
def test_a_mailbox_that_cannot_be_read_keeps_no_digest_back(
    here: World, change: dict[str, str], says: str
) -> None:
    here.environment |= change
    here.run(SUNDAY)
    done = here.run(MONDAY)
    assert done.code == 1
    assert says in done.err
    assert len(done.err.splitlines()) == 1
    assert "1 digest sent" in done.err
    assert len(here.mails()) == 1
    alone = here.litwatch("inbox")
    assert (alone.code, says in alone.err, len(alone.err.splitlines())) == (1, True, 1)


def test_starttls_is_spoken_where_it_is_asked_for(here: World, server: Dovecot, user: str) -> None:
    here.environment |= {
        "LITWATCH_INBOX__PORT": str(server.plain_port),
        "LITWATCH_INBOX__SECURITY": "starttls",
    }
    server.put(user, from_reader("A question"))
    read = here.litwatch("inbox")
    assert (read.code, read.err) == (0, read.err)
    assert "1 mail read; 1 for a person" in read.err


def test_without_an_inbox_the_command_says_what_to_set_up(tmp_path: Path) -> None:
    with world(tmp_path, today="2026-03-08") as made:
        read = made.litwatch("inbox")
    assert read.code == 2
    assert "[inbox] of litwatch.toml" in read.err
