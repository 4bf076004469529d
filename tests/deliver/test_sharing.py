"""Proves that many readers who get the same share one rendering, and that nobody can tell from the mail."""

from __future__ import annotations

import signal
import smtplib
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

import pytest

from deliver.mailservers import Answers, mail_server
from deliver.mailworld import BEGIN, MONDAY, World, reader, weekly, world
from litwatch.decide.digest import Digest
from litwatch.edge.outbox import FolderTransport
from litwatch.edge.render import Rendered, Renderer
from litwatch.edge.shipped import templates_directory
from litwatch.edge.store import owing, subscriptions
from litwatch.edge.store.alike import Alike
from litwatch.edge.transports import SmtpTransport
from litwatch.jobs.composing import Composer
from litwatch.jobs.deliver import deliver
from litwatch.jobs.delivery_receipt import DeliveryReceipt
from litwatch.jobs.occasions import occasions
from litwatch.jobs.personal import for_reader, stencil
from world import surroundings
from world import world as whole_world

ADDRESSES = (
    "you@example.org",
    "o'brien+list@example.org",
    "a&b@example.org",
    "a@b.example",
    "with.a.rather.long.local.part.that.wraps.every.line@some.department.of.a.hospital.example.org",
    "reader@bücher.example",
)
WEEK = timedelta(weeks=1)


@pytest.fixture
def clinic(tmp_path: Path, backend: str) -> Iterator[World]:
    with world(tmp_path, backend) as built:
        yield built


@dataclass
class Counting:
    """The real templates, and how often they were asked."""

    renderer: Renderer = field(default_factory=lambda: Renderer(templates_directory()))
    asked: int = 0

    def render(self, digest: Digest) -> Rendered:
        self.asked += 1
        return self.renderer.render(digest)


def wires(clinic: World, **mail: object) -> dict[str, bytes]:
    """The bytes of each digest that is due, by reader."""
    clinic.mail = {**clinic.mail, **mail}
    due = occasions(clinic.config, clinic.store, DeliveryReceipt(MONDAY), MONDAY)
    composer = Composer(clinic.config, clinic.store, Renderer(templates_directory()), MONDAY)
    return {one.subscriber.address: composer.draft(watch, one).message for watch, one in due}


@pytest.mark.parametrize("url", ["", "https://clinic.example/leave?token={token}"], ids=["mailto", "https"])
def test_a_shared_rendering_gives_each_reader_the_bytes_of_one_of_their_own(clinic: World, url: str) -> None:
    clinic.readers(ADDRESSES)
    clinic.subscribers = tuple(
        replace(one, name=f"Dr. <Ærø> & {one.address[:3]}" if number % 2 else "")
        for number, one in enumerate(clinic.subscribers)
    )
    clinic.begin()
    clinic.collected(BEGIN, [99000101, 99000102], topic="efficacy")
    clinic.mail = {"feedback": True, "unsubscribe_url": url}
    shared, alone = wires(clinic), wires(clinic, templates=templates_directory())
    assert shared.keys() == set(ADDRESSES)
    for address, wire in shared.items():
        assert wire == alone[address]
        assert b"reader.invalid" not in wire
        assert max(map(len, wire.split(b"\r\n"))) <= 998


def test_each_set_of_preferences_is_rendered_once_and_sent_to_each(clinic: World) -> None:
    brief = replace(weekly(), detail="brief")
    clinic.subscribers = tuple(
        reader(f"reader{number}@example.org", brief if number % 3 else weekly()) for number in range(12)
    )
    clinic.begin()
    clinic.collected(BEGIN, [99000101], topic="efficacy")
    counting = Counting()
    transport = FolderTransport(clinic.outbox)
    receipt = deliver(clinic.config, clinic.store, transport, counting, MONDAY)
    assert len(receipt.sent) == 12
    assert counting.asked == 2
    assert {str(mail["To"]) for mail in clinic.mails()} == {
        f"reader{number}@example.org" for number in range(12)
    }


def test_with_templates_of_the_users_own_each_digest_is_rendered_alone(clinic: World) -> None:
    clinic.readers(ADDRESSES[:3])
    clinic.begin()
    clinic.collected(BEGIN, [99000101])
    clinic.mail = {"templates": templates_directory()}
    counting = Counting()
    deliver(clinic.config, clinic.store, FolderTransport(clinic.outbox), counting, MONDAY)
    assert counting.asked == 3


def test_whoever_is_owed_or_knows_something_else_is_not_taken_for_another(clinic: World) -> None:
    """Readers who came at other times, were away, were sent a paper and its retraction, or left and came back."""
    everybody = [f"reader{number}@example.org" for number in range(6)]
    clinic.collected(BEGIN)
    for week in range(4):
        clinic.readers(everybody[: week + 3])
        clinic.begin(BEGIN + week * WEEK)
        clinic.collected(BEGIN + week * WEEK + timedelta(hours=1), [99000100 + week, 99000200 + week])
        if week == 1:
            subscriptions.pause(clinic.store, everybody[1], None, BEGIN + week * WEEK + timedelta(hours=2))
        if week == 2:
            clinic.noticed(BEGIN + week * WEEK, 99000100)
            subscriptions.resume(clinic.store, everybody[1], None, BEGIN + week * WEEK + timedelta(hours=2))
        if week == 3:
            clinic.noticed(BEGIN + week * WEEK, 99000201)
            clinic.noticed(BEGIN + week * WEEK, 99000203, "expression-of-concern")
            break
        clinic.deliver(MONDAY + week * WEEK)
    alike = Alike(clinic.store)
    answers = []
    for one in (
        *subscriptions.subscriptions(clinic.store),
        *reversed(subscriptions.subscriptions(clinic.store)),
    ):
        answers.append(alike.owed(one.subscriber, one.watch, one.since))
        assert answers[-1] == owing.owed(clinic.store, one.subscriber, one.watch, one.since)
    assert 1 < len({id(answer) for answer in answers}) < 6


def test_what_a_stencil_leaves_open_is_filled_and_nothing_else_is_touched() -> None:
    text = "one\r\ntwo\rthree = é " + "x" * 200 + "\n\nfour"
    from litwatch.decide.tokens import Signer
    from litwatch.edge.message import encoded

    fill = for_reader(Signer(bytes(32)), ("you@example.org", "ketamine"), "you@example.org", "", markup=False)
    assert stencil(text).filled(fill) == encoded(text)
    assert stencil("").filled(fill) in (b"", encoded(""))


def test_a_server_that_refuses_the_last_of_many_has_the_others_noted(clinic: World) -> None:
    clinic.readers([f"reader{number}@example.org" for number in range(4)])
    clinic.begin()
    clinic.collected(BEGIN, [99000101])
    answers = Answers({"reader2@example.org": "550 5.7.1 No"})
    with mail_server(answers) as port:
        receipt = clinic.deliver(MONDAY, SmtpTransport("127.0.0.1", port, "none"))
    assert receipt.stopped
    states = {who: state for who, _, _, state in clinic.claims()}
    assert states == {
        "reader0@example.org": "sent",
        "reader1@example.org": "sent",
        "reader2@example.org": "open",
    }
    with mail_server(answers := Answers()) as port:
        clinic.deliver(MONDAY + timedelta(minutes=15), SmtpTransport("127.0.0.1", port, "none"))
    assert sorted(taken.recipients[0] for taken in answers.taken) == [
        "reader2@example.org",
        "reader3@example.org",
    ]


@pytest.mark.parametrize("after", [1, 9, 25])
def test_a_kill_in_the_middle_loses_nobody_and_repeats_at_most_the_one_in_flight(
    tmp_path: Path, after: int
) -> None:
    readers = 40
    with whole_world(tmp_path, today="2026-03-08") as here, mail_server(answers := Answers()) as port:
        (here.config / "subscribers.toml").write_text(
            "".join(
                f'[[subscriber]]\naddress = "reader{number}@example.org"\nwatches = ["ketamine-depression"]\n'
                for number in range(readers)
            )
        )
        here.weeks("2026-03-08")
        here.pubmed.set_today("2026-03-09")
        here.litwatch("collect", "--now", "2026-03-09T05:00:00Z")
        here.environment |= {
            "LITWATCH_MAIL__TRANSPORT": "smtp",
            "LITWATCH_MAIL__HOST": "127.0.0.1",
            "LITWATCH_MAIL__PORT": str(port),
            "LITWATCH_MAIL__SECURITY": "none",
            "LITWATCH_MAIL__FROM": "litwatch@example.org",
        }
        words = [sys.executable, "-m", "litwatch", "deliver", "--now", "2026-03-09T07:05:00Z"]
        killed = subprocess.Popen(
            words, cwd=here.folder, env=surroundings(here.environment), stdout=subprocess.DEVNULL
        )
        deadline = time.monotonic() + 60
        while len(answers.taken) < after and killed.poll() is None and time.monotonic() < deadline:
            time.sleep(0.001)
        killed.send_signal(signal.SIGKILL)
        assert killed.wait(30) == -signal.SIGKILL
        assert here.litwatch("deliver", "--now", "2026-03-09T07:20:00Z").code == 0
        assert here.litwatch("deliver", "--now", "2026-03-09T07:35:00Z").code == 0
    got = Counter(taken.recipients[0] for taken in answers.taken)
    assert len(got) == readers
    assert sum(got.values()) <= readers + 1
    twice = [taken.content for taken in answers.taken if got[taken.recipients[0]] > 1]
    assert len(set(twice)) <= 1, "the same bytes, with the same Message-ID"


def test_a_dot_at_the_start_of_a_line_arrives_as_one() -> None:
    message = b"Subject: x\r\n\r\n.hidden\r\n..two\r\nend.\r\n.\r\nmore\r\n"
    with mail_server(answers := Answers()) as port, SmtpTransport("127.0.0.1", port, "none") as transport:
        transport.send("a@example.org", "b@example.org", message)
        with smtplib.SMTP("127.0.0.1", port) as library:
            library.sendmail("a@example.org", "b@example.org", message)
    assert [taken.content for taken in answers.taken] == [message, message]
