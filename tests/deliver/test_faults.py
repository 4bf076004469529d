"""Every fault of a mail server, played whole: who got what, how often, and what the store and the receipt say."""

from __future__ import annotations

import contextlib
import tomllib
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
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
from deliver.mailworld import BEGIN, MONDAY, World, opened, world
from litwatch.edge.store import delivering, subscriptions
from litwatch.edge.transports import Security, SmtpTransport
from world import ROOT

FAULTS: list[dict[str, Any]] = tomllib.loads(Path(__file__).with_name("faults.toml").read_text())["fault"]
READERS = ["a@example.org", "b@example.org", "c@example.org"]
LATER = MONDAY + timedelta(minutes=15)
DATA_STAGES = {"MAIL", "RCPT", "DATA", "CONTENT"}
SAYS = {"well": "all is well, exit 0", "later": "tried again later, exit 0", "failed": "a failure, exit 1"}


@pytest.fixture
def clinic(tmp_path: Path) -> Iterator[World]:
    with world(tmp_path) as built:
        built.readers(READERS)
        built.begin()
        built.collected(BEGIN, [99000101])
        yield built


@contextlib.contextmanager
def server_with(fault: dict[str, Any], taken: list[bytes]) -> Iterator[SmtpTransport]:
    """A server with that fault, and the transport to it; `taken` is what it has got up to its final dot."""
    at, does = fault["at"], fault["does"]
    if at in ("TLS", "AUTH", "SIZE") or does == "none":
        answers = Answers()
        options: dict[str, Any] = {}
        more: dict[str, Any] = {"security": "none"}
        if at == "TLS":
            options["tls_context"] = server_context()
            more = {"security": "starttls"}
        elif at == "AUTH":
            options |= {"tls_context": server_context(), "login": True}
            trusted = trusting_context()
            more = {"security": "starttls", "username": "u", "password": "wrong", "context": trusted}
        elif at == "SIZE":
            options["data_size_limit"] = 2000
        else:
            more = {"security": "starttls"}
        with mail_server(answers, **options) as port:
            yield SmtpTransport("127.0.0.1", port, timeout_seconds=5, **more)
        taken += [each.content for each in answers.taken]
        return
    slow = 0.5 if does == "slow" else 0.0
    offers = "250-broken.example\r\n250 STARTTLS" if at == "STARTTLS" else ""
    times = 0 if at in ("GREETING", "EHLO", "STARTTLS") else 1
    broken = Broken(at, does, times=times, slow=slow, offers=offers)
    with broken_server(broken) as port:
        security: Security = "starttls" if at == "STARTTLS" else "none"
        seconds = 1.0 if does == "silence" else 5.0
        yield SmtpTransport(
            "127.0.0.1",
            port,
            security,
            timeout_seconds=seconds,
            final_dot_seconds=seconds,
        )
    taken += [content.replace(b"\n..", b"\n.") for content in broken.contents]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault["name"])
def test_a_fault_loses_nobody_and_repeats_nothing_beyond_the_stated_window(
    clinic: World, fault: dict[str, Any]
) -> None:
    seen: list[bytes] = []
    with server_with(fault, seen) as transport:
        first = clinic.deliver(MONDAY, transport)
    states = {who: state for who, _, _, state in clinic.claims()}
    assert [states.get(who, "-") for who in READERS] == fault["after"]
    assert first.ok == (fault["says"] != "failed")
    assert bool(first.failures or first.postponed) == (fault["says"] != "well")
    assert [one.subscriber for one in first.sent] == [
        w for w, s in zip(READERS, fault["after"], strict=True) if s == "sent"
    ]
    assert delivering.refusals(clinic.store, READERS[0]) == int(fault.get("counts", False))
    well = Answers()
    with mail_server(well) as port:
        again = clinic.deliver(LATER, SmtpTransport("127.0.0.1", port, "none", timeout_seconds=5))
    noted = Counter(one.subscriber for one in (*first.sent, *again.sent))
    assert [noted[who] for who in READERS] == fault["got"], "what the receipts say is what happened"
    assert all(one.standing == "active" for one in subscriptions.subscriptions(clinic.store))
    got = Counter(str(opened(each.content)["To"]) for each in well.taken)
    first_seen = [opened(content) for content in seen]
    if fault.get("twice"):
        # The server has all of it and did not say so: the one window in which a mail comes twice, as the same bytes.
        [one] = [each for each in first_seen if each["To"] == READERS[0]]
        [other] = [opened(each.content) for each in well.taken if opened(each.content)["To"] == READERS[0]]
        assert one.as_bytes() == other.as_bytes()
    # What stands given up is owed again, and comes with the next digest.
    owed_again = [who for who, state in zip(READERS, fault["after"], strict=True) if state == "given-up"]
    clinic.collected(MONDAY + timedelta(days=6), [99000102])
    with mail_server(well := Answers()) as port:
        clinic.deliver(
            MONDAY + timedelta(weeks=1), SmtpTransport("127.0.0.1", port, "none", timeout_seconds=5)
        )
    held = Counter(who for who, _, pmid in clinic.held() if pmid == 99000101)
    assert held == Counter(READERS), "each has the paper, and once"
    for who in owed_again:
        [mail] = [each.content for each in well.taken if opened(each.content)["To"] == who]
        assert b"99000101" in mail
    assert max(got.values(), default=0) <= 1


def test_a_mail_asks_for_nothing_that_a_plain_server_lacks(clinic: World) -> None:
    answers = Answers()
    with mail_server(answers, enable_SMTPUTF8=False) as port:
        clinic.deliver(MONDAY, SmtpTransport("127.0.0.1", port, "none"))
    for each in answers.taken:
        assert each.content.isascii()
        assert max(map(len, each.content.split(b"\r\n"))) <= 998


def test_the_page_has_every_fault_as_it_was_played() -> None:
    page = (ROOT / "docs/delivery.md").read_text(encoding="utf-8")
    for row in rows():
        assert row in page.splitlines()


def rows() -> Iterator[str]:
    """The lines of the table in docs/delivery.md; `PYTHONPATH=tests:src python -m deliver.test_faults` prints them."""
    for fault in FAULTS:
        states = ", ".join(fault["after"]).replace("-,", "not yet,").removesuffix("-") or ""
        if fault["after"][-1] == "-":
            states += "not yet"
        states = states.replace("given-not yetup", "given-up")
        got = ", ".join(map(str, fault["got"])) + (
            " (the first may come twice)" if fault.get("twice") else ""
        )
        counts = "yes" if fault.get("counts") else "no"
        yield f"| {fault['name']} | {SAYS[fault['says']]} | {states} | {got} | {counts} |"


if __name__ == "__main__":
    print("\n".join(rows()))
