"""Proves that SIGTERM ends a run soon, between two things done, and that the next run takes it up."""

from __future__ import annotations

import asyncio
import json
import signal
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session

from crash.killing import command, differences, state, step
from deliver.mailservers import Answers, Broken, broken_server, mail_server
from warm import Command
from world import World, read_mail, world

SOON = 20  # seconds in which a run has to end
SECOND_READER = """
[[subscriber]]
address = "colleague@example.org"
watches = ["ketamine-depression"]
frequency = "weekly"
weekday = "monday"
time = "07:00"
time_zone = "UTC"
"""


@pytest.fixture
def here(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path, today="2026-03-08") as made:
        yield made


def stopped(process: Command, when: Callable[[], object]) -> tuple[str, str]:
    """Send SIGTERM as soon as `when` holds; what the process wrote until it ended, by itself and soon."""
    deadline = time.monotonic() + 60
    while not when():
        assert process.poll() is None, process.communicate(timeout=SOON)
        assert time.monotonic() < deadline
        time.sleep(0.01)
    process.send_signal(signal.SIGTERM)
    out, said = process.communicate(timeout=SOON)
    assert process.returncode == 130
    assert "Traceback" not in said
    assert said.count("\n") == 1, said
    assert "stopped by a signal; the next " in said
    return out, said


def run_of(here: World, job: str) -> dict[str, object]:
    """The last receipt of a job."""
    runs: Sequence[dict[str, object]] = here.litwatch("status", "--json").objects()[0]["runs"]
    return next(run for run in runs if run["job"] == job)


@pytest.mark.parametrize("fault", ["trickle", "slow-headers"])
@pytest.mark.parametrize("service", ["esearch", "efetch"])
def test_while_pubmed_is_slow_a_run_ends_at_once_and_the_next_one_does_its_work(
    here: World, fault: str, service: str
) -> None:
    assert step(here, 0).code == 0
    undisturbed = state(here)
    here.begin_anew()
    here.pubmed.requests.clear()
    here.pubmed.fault(fault, 100, service)
    process = command(here, ("run", "--json", "--now", "2026-03-08T07:05:00Z"))
    out, said = stopped(process, lambda: any(service in str(request) for request in here.pubmed.requests))
    [receipt] = json.loads(out)["collected"]
    assert (json.loads(out)["exit_code"], receipt["ok"]) == (130, False)
    assert receipt["failures"] == ["stopped by a signal; the next run takes it up"]
    assert "collect ketamine-depression: " in said
    assert "stopped by a signal" in str(run_of(here, "collect"))
    here.pubmed.faults.planned.clear()
    assert step(here, 0).code == 0
    assert differences(undisturbed, state(here)) == []


def test_a_backfill_that_is_stopped_prints_its_receipt_and_its_line(here: World) -> None:
    assert step(here, 0).code == 0
    here.pubmed.requests.clear()
    here.pubmed.fault("slow-headers", 100, "efetch")
    process = command(here, ("backfill", "--json", "--now", "2026-03-08T07:05:00Z"))
    out, said = stopped(process, lambda: any("efetch" in str(request) for request in here.pubmed.requests))
    receipt = json.loads(out)
    assert (receipt["job"], receipt["fetched"]) == ("backfill", 0)
    assert receipt["failures"] == ["stopped by a signal; the next backfill goes on from here"]
    assert "backfill ketamine-depression: " in said


@dataclass
class Slow(Answers):
    """Thinks about each mail for a while after its final dot."""

    in_hand: threading.Event = field(default_factory=threading.Event)

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        self.in_hand.set()
        await asyncio.sleep(2)
        return await super().handle_DATA(server, session, envelope)


def by_smtp(here: World, port: int) -> None:
    here.environment |= {
        "LITWATCH_MAIL__TRANSPORT": "smtp",
        "LITWATCH_MAIL__HOST": "127.0.0.1",
        "LITWATCH_MAIL__PORT": str(port),
        "LITWATCH_MAIL__SECURITY": "none",
        "LITWATCH_MAIL__FROM": "litwatch@clinic.example",
    }


def test_the_mail_in_hand_goes_out_and_is_noted_and_the_next_reader_gets_theirs_from_the_next_run(
    here: World,
) -> None:
    with (here.config / "subscribers.toml").open("a") as file:
        file.write(SECOND_READER)
    assert step(here, 0).code == 0
    answers = Slow()
    with mail_server(answers) as port:
        by_smtp(here, port)
        here.pubmed.set_today("2026-03-09")
        assert here.litwatch("collect", "--now", "2026-03-09T07:05:00Z").code == 0
        stopped(command(here, ("deliver", "--now", "2026-03-09T07:05:00Z")), answers.in_hand.is_set)
        assert len(answers.taken) == 1
        assert "stopped by a signal" in str(run_of(here, "deliver"))
        again = here.litwatch("deliver", "--now", "2026-03-09T07:20:00Z")
        assert again.code == 0, again.err
    assert sorted(str(read_mail(mail.content)["To"]) for mail in answers.taken) == [
        "Example reader <you@example.org>",
        "colleague@example.org",
    ]


def test_a_mail_server_that_never_answers_holds_a_run_up_no_longer_than_the_grace(here: World) -> None:
    assert step(here, 0).code == 0
    silent = Broken("CONTENT", "silence")
    with broken_server(silent) as port:
        by_smtp(here, port)
        here.pubmed.set_today("2026-03-09")
        stopped(command(here, ("run", "--now", "2026-03-09T07:05:00Z")), lambda: silent.contents)
    answers = Answers()
    with mail_server(answers) as port:
        by_smtp(here, port)
        again = here.litwatch("run", "--now", "2026-03-09T07:20:00Z")
        assert again.code == 0, again.err
    # Whether the first server took it nobody knows: the same bytes, so that a mail program shows it once.
    assert [read_mail(mail.content)["Message-ID"] for mail in answers.taken] == [
        read_mail(silent.contents[0].removesuffix(b".\r\n"))["Message-ID"]
    ]
